//! Accruals in pages, with what was taken back of each.

use std::collections::HashMap;

use domain::ids::{OrderId, PartnerId, TransferId};
use domain::money::Money;
use domain::order::OrderKey;
use domain::page::{Page, Window};
use domain::partner::PartnerCode;
use domain::period::Period;
use store::accruals::Posted;
use store::{StoreError, Tx};

use crate::App;
use crate::people::{PeopleError, id_of};

/// Which accruals are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Of the partner whom staff name.
    pub partner: Option<PartnerCode>,
    /// Of the partner who asks.
    pub own: Option<PartnerId>,
    /// Posted in this period.
    pub period: Option<Period>,
    /// For this order.
    pub order: Option<OrderKey>,
    /// By this rule.
    pub rule: Option<String>,
}

/// One accrual of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The accrual with its posting.
    pub posted: Posted,
    /// Who earned.
    pub partner: PartnerCode,
    /// For which order; `None` if the close of a period paid it.
    pub order: Option<OrderKey>,
    /// What was taken back of it.
    pub reversed: Money,
}

/// A page of accruals, in the order in which they were written. Of an order that is not known there are
/// none.
///
/// # Errors
/// [`PeopleError::UnknownPartner`] if nobody has the code.
pub async fn list(app: &App, wanted: &Wanted, window: &Window) -> Result<Page<Listed>, PeopleError> {
    let mut tx = app.store.begin_read().await?;
    let order = match &wanted.order {
        None => None,
        Some(key) => {
            let ids = [key.external_id.to_string()];
            match store::orders::by_keys(&mut tx, &key.source, &ids).await?.pop() {
                Some(stored) => Some(stored.order.id),
                None => return Ok(Page { items: Vec::new(), next: None }),
            }
        }
    };
    let named = id_of(&mut tx, wanted.partner.as_ref()).await?;
    let wanted = store::accruals::Wanted {
        earner: wanted.own.or(named),
        period: wanted.period,
        order,
        rule: wanted.rule.clone(),
    };
    let page = store::accruals::list(&mut tx, &wanted, window).await?;
    let beside = Beside::load(&mut tx, &page.items).await?;
    let items = page.items.into_iter().filter_map(|posted| beside.of(posted)).collect();
    Ok(Page { items, next: page.next })
}

struct Beside {
    partners: HashMap<PartnerId, PartnerCode>,
    orders: HashMap<OrderId, OrderKey>,
    reversed: HashMap<TransferId, Money>,
}

impl Beside {
    async fn load(tx: &mut Tx, accruals: &[Posted]) -> Result<Self, StoreError> {
        let earners: Vec<PartnerId> = accruals.iter().map(|accrual| accrual.earner).collect();
        let orders: Vec<OrderId> = accruals.iter().filter_map(|accrual| accrual.order).collect();
        let ids: Vec<TransferId> = accruals.iter().map(|accrual| accrual.id).collect();
        let mut reversed: HashMap<TransferId, Money> = HashMap::new();
        for reversal in store::transfers::reversals_of(tx, &ids).await? {
            if let Some(of) = reversal.reverses {
                *reversed.entry(of).or_default() += reversal.amount;
            }
        }
        let partners = store::partners::by_ids(tx, &earners).await?;
        let orders = store::orders::by_ids(tx, &orders).await?;
        Ok(Self {
            partners: partners.into_iter().map(|partner| (partner.id, partner.code)).collect(),
            orders: orders.into_iter().map(|stored| (stored.order.id, stored.order.key)).collect(),
            reversed,
        })
    }

    fn of(&self, posted: Posted) -> Option<Listed> {
        Some(Listed {
            partner: self.partners.get(&posted.earner)?.clone(),
            order: posted.order.and_then(|order| self.orders.get(&order).cloned()),
            reversed: self.reversed.get(&posted.id).copied().unwrap_or_default(),
            posted,
        })
    }
}
