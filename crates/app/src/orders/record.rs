//! Applies events to orders, many in one transaction.

use std::collections::{BTreeMap, HashSet};

use domain::ids::{OrderId, RefundId};
use domain::order::{Applied, Order, OrderBody, OrderEvent, OrderKey, OrderLine, ParseError, Refusal};
use domain::text;
use jiff::Timestamp;
use store::{StoreError, Tx};

use super::attribution::Names;
use crate::App;
use crate::catalog::Terms;
use crate::notices;
use crate::notices::orders::Changed;

/// What one event did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The order is new or changed.
    Changed(OrderId),
    /// All of it was known.
    Known(OrderId),
    /// It was refused; the order it concerns, if that is known.
    Refused(Refusal, Option<OrderId>),
}

/// What many events did.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    /// One for each event, in order.
    pub(crate) outcomes: Vec<Outcome>,
    /// The paid orders that changed, each once, as they are now.
    pub(crate) to_settle: Vec<Order>,
}

/// Applies events in their order and stores what they change. Nothing here depends on whether two
/// events of an order come in one call or in two.
pub(crate) async fn record_all(
    app: &App,
    tx: &mut Tx,
    events: &[OrderEvent],
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    let mut directory = Directory::load(tx, events).await?;
    let mut shelf = Shelf::load(tx, events).await?;
    let mut outcomes = Vec::with_capacity(events.len());
    for event in events {
        outcomes.push(match apply(app, &mut directory, &mut shelf, event, now) {
            Ok((id, Applied::Advanced)) => Outcome::Changed(id),
            Ok((id, Applied::Duplicate)) => Outcome::Known(id),
            Err(refusal) => Outcome::Refused(refusal, shelf.id_of(event)),
        });
    }
    let to_settle = shelf.save(app, tx, now).await?;
    directory.names.save(tx, now).await?;
    Ok(Recorded { outcomes, to_settle })
}

fn key_of(body: &OrderBody) -> OrderKey {
    OrderKey { source: body.source.clone(), external_id: body.external_id.clone() }
}

fn apply(
    app: &App,
    directory: &mut Directory,
    shelf: &mut Shelf,
    event: &OrderEvent,
    now: Timestamp,
) -> Result<(OrderId, Applied), Refusal> {
    let key = key_of(&event.order);
    let known = shelf.slots.get(&key).map(|slot| &slot.order);
    let incoming = directory.order(app, event, known, now)?;
    let refund_id = RefundId::new(app.ids.uuid(now));
    if let Some(slot) = shelf.slots.get_mut(&key) {
        let applied = slot.order.apply(event, incoming.as_ref(), refund_id)?;
        slot.is_changed |= applied == Applied::Advanced;
        directory.remember(event, &slot.order)?;
        return Ok((slot.order.id, applied));
    }
    let Some(mut order) = incoming else {
        let problem = text!(
            "такого заказа ещё нет: назовите его целиком (buyer, currency, ordered_at, lines)",
            "this order is not known yet: tell it whole (buyer, currency, ordered_at, lines)"
        );
        return Err(ParseError::new("order.id", problem).into());
    };
    order.apply(event, None, refund_id)?;
    directory.remember(event, &order)?;
    let id = order.id;
    let fresh =
        Slot { order, version: 0, known_refunds: 0, was_paid: false, was_cancelled: false, is_changed: true };
    shelf.slots.insert(key, fresh);
    Ok((id, Applied::Advanced))
}

/// The orders that events are about, as read and as changed.
struct Shelf {
    slots: BTreeMap<OrderKey, Slot>,
}

struct Slot {
    order: Order,
    /// As read; 0 if new.
    version: i64,
    known_refunds: usize,
    was_paid: bool,
    was_cancelled: bool,
    is_changed: bool,
}

impl Shelf {
    async fn load(tx: &mut Tx, events: &[OrderEvent]) -> Result<Self, StoreError> {
        let mut by_source: BTreeMap<_, HashSet<String>> = BTreeMap::new();
        for event in events {
            by_source
                .entry(event.order.source.clone())
                .or_default()
                .insert(event.order.external_id.to_string());
        }
        let mut slots = BTreeMap::new();
        for (source, ids) in by_source {
            let ids: Vec<String> = ids.into_iter().collect();
            for stored in store::orders::by_keys(tx, &source, &ids).await? {
                let slot = Slot {
                    version: stored.version,
                    known_refunds: stored.order.refunds.len(),
                    was_paid: stored.order.paid_at.is_some(),
                    was_cancelled: stored.order.cancelled_at.is_some(),
                    order: stored.order,
                    is_changed: false,
                };
                slots.insert(slot.order.key.clone(), slot);
            }
        }
        Ok(Self { slots })
    }

    fn id_of(&self, event: &OrderEvent) -> Option<OrderId> {
        self.slots.get(&key_of(&event.order)).map(|slot| slot.order.id)
    }

    /// Stores what changed; gives the paid ones among it.
    async fn save(self, app: &App, tx: &mut Tx, now: Timestamp) -> Result<Vec<Order>, StoreError> {
        let changed: Vec<Slot> = self.slots.into_values().filter(|slot| slot.is_changed).collect();
        let told: Vec<Changed<'_>> = changed.iter().map(Slot::told).collect();
        notices::orders::changed(app, tx, &told, now).await?;
        let paid = changed.iter().map(|slot| &slot.order).filter(|order| order.paid_at.is_some());
        let to_settle = paid.cloned().collect();
        let (new, old): (Vec<Slot>, Vec<Slot>) = changed.into_iter().partition(|slot| slot.version == 0);
        let mut new: Vec<Order> = new.into_iter().map(|slot| slot.order).collect();
        new.sort_by_key(|order| order.id);
        let old: Vec<(Order, i64, usize)> =
            old.into_iter().map(|slot| (slot.order, slot.version, slot.known_refunds)).collect();
        store::orders::insert_all(tx, &new, now).await?;
        store::orders::update_all(tx, &old, now).await?;
        Ok(to_settle)
    }
}

impl Slot {
    fn told(&self) -> Changed<'_> {
        Changed {
            order: &self.order,
            was_paid: self.was_paid,
            was_cancelled: self.was_cancelled,
            known_refunds: self.known_refunds,
        }
    }
}

/// Who and what events name: partners by their handles, products by their articles.
struct Directory {
    names: Names,
    terms: Terms,
}

impl Directory {
    async fn load(tx: &mut Tx, events: &[OrderEvent]) -> Result<Self, StoreError> {
        let lines = events.iter().filter_map(|event| Some(&event.order.details.as_ref()?.lines)).flatten();
        let skus: HashSet<String> = lines.map(|line| line.sku.to_string()).collect();
        let skus: Vec<String> = skus.into_iter().collect();
        Ok(Self { names: Names::load(tx, events).await?, terms: Terms::load(tx, &skus).await? })
    }

    /// Remembers whom an event that was taken in names beside those whom the order belongs to.
    fn remember(&mut self, event: &OrderEvent, order: &Order) -> Result<(), ParseError> {
        event.order.details.as_ref().map_or(Ok(()), |details| self.names.remember(order, details))
    }

    /// The order as an event tells it, if it tells it whole.
    fn order(
        &self,
        app: &App,
        event: &OrderEvent,
        known: Option<&Order>,
        now: Timestamp,
    ) -> Result<Option<Order>, ParseError> {
        let Some(details) = &event.order.details else {
            return Ok(None);
        };
        let (buyer, seller) = self.names.buyer(details, known)?;
        let lines = (0..).zip(&details.lines).map(|(index, line)| {
            let product = self.terms.at(&line.sku, details.ordered_at).ok_or_else(|| {
                let sku = line.sku.as_str();
                let problem = text!("{sku:?} нет в каталоге", "{sku:?} is not in the catalogue");
                ParseError::new(format!("order.lines[{index}].sku"), problem)
            })?;
            Ok(OrderLine {
                line_no: line.line_no,
                product: product.id,
                sku: line.sku.clone(),
                category: product.category.clone(),
                kind: product.kind,
                quantity: line.quantity,
                unit_price: line.unit_price,
                unit_cost: product.terms.cost,
                unit_volume: product.terms.volume,
            })
        });
        Ok(Some(Order {
            id: OrderId::new(app.ids.uuid(now)),
            key: key_of(&event.order),
            number: event.order.number.clone(),
            buyer,
            seller,
            ordered_at: details.ordered_at,
            paid_at: None,
            delivered_at: None,
            cancelled_at: None,
            lines: lines.collect::<Result<_, ParseError>>()?,
            refunds: Vec::new(),
        }))
    }
}
