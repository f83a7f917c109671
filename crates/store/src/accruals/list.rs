//! Accruals in pages, filtered: what orders paid and what closes of periods did.

use std::collections::HashMap;

use domain::accrual::RuleId;
use domain::ids::{OrderId, PartnerId, TransferId};
use domain::ledger::partner_account;
use domain::money::{Money, Rate};
use domain::page::{Key, Page, Place, Window};
use domain::period::Period;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, instant, period, period_number};
use crate::select::Select;
use crate::{StoreError, Tx};

/// Which accruals are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Of this partner.
    pub earner: Option<PartnerId>,
    /// Posted in this period.
    pub period: Option<Period>,
    /// For this order.
    pub order: Option<OrderId>,
    /// By this rule.
    pub rule: Option<String>,
}

/// One accrual with its posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Its transfer, which carries its id.
    pub id: TransferId,
    /// Who earned.
    pub earner: PartnerId,
    /// For which order; `None` if the close of a period paid it.
    pub order: Option<OrderId>,
    /// In which period it is posted.
    pub period: Period,
    /// By which rule.
    pub rule: RuleId,
    /// At which level.
    pub level: u16,
    /// Of which base.
    pub base: Money,
    /// At which rate, where the rule has one.
    pub rate: Option<Rate>,
    /// Before the caps.
    pub raw: Money,
    /// After them.
    pub paid: Money,
    /// When it counts.
    pub effective_at: Timestamp,
    /// From when on it may be paid out.
    pub available_at: Timestamp,
}

type Head = (Uuid, Uuid, i64, i64, i64);
type OfOrder = (Uuid, Uuid, Uuid, String, i64, i64, i64, i64, i64);
type OfPeriod = (Uuid, Uuid, String, i64, i64, Option<i64>, i64, i64);

/// A page of accruals, in the order in which they were written.
pub async fn list(tx: &mut Tx, wanted: &Wanted, window: &Window) -> Result<Page<Posted>, StoreError> {
    let head = "SELECT t.id, t.cause, t.effective_at, t.available_at, t.period FROM transfers t";
    let mut select = Select::new(tx, head);
    select.and("t.kind = ?", ["accrual".into()]);
    if let Some(earner) = wanted.earner {
        select.and("t.credit_id = ?", [partner_account(earner).uuid().into()]);
    }
    if let Some(period) = wanted.period {
        select.and("t.period = ?", [period_number(period).into()]);
    }
    if let Some(order) = wanted.order {
        let condition = "EXISTS (SELECT 1 FROM accruals a WHERE a.order_id = ? AND a.id = t.id)";
        select.and(condition, [order.uuid().into()]);
    }
    if let Some(rule) = &wanted.rule {
        let condition =
            "EXISTS (SELECT 1 FROM accruals a WHERE a.order_id = t.cause AND a.id = t.id AND a.rule = ?)
            OR EXISTS (SELECT 1 FROM period_accruals a WHERE a.id = t.id AND a.rule = ?)";
        select.and(condition, [rule.as_str().into(), rule.as_str().into()]);
    }
    let select = select.within_ids(window, "t.id");
    let heads = fetch_select!(tx, Head, select);
    let page = window.page(heads, |(id, ..)| Place { key: Key::Number(0), id: *id });
    let mut details = Details::load(tx, &page.items).await?;
    let items = page.items.iter().map(|head| details.of(head)).collect::<Result<Vec<_>, _>>()?;
    Ok(Page { items, next: page.next })
}

/// What stands beside the transfers of a page.
struct Details {
    of_orders: HashMap<Uuid, OfOrder>,
    of_periods: HashMap<Uuid, OfPeriod>,
}

impl Details {
    async fn load(tx: &mut Tx, heads: &[Head]) -> Result<Self, StoreError> {
        let ids: Vec<Uuid> = heads.iter().map(|(id, ..)| *id).collect();
        let mut causes: Vec<Uuid> = heads.iter().map(|(_, cause, ..)| *cause).collect();
        causes.sort_unstable();
        causes.dedup();
        let sql = "SELECT id, order_id, earner_id, rule, level, base, rate, raw, paid FROM accruals
            WHERE order_id IN ({list})";
        let of_orders = fetch_listed!(tx, OfOrder, sql, [], causes);
        let sql = "SELECT id, earner_id, rule, level, base, rate, raw, paid FROM period_accruals
            WHERE id IN ({list})";
        let of_periods = fetch_listed!(tx, OfPeriod, sql, [], ids);
        Ok(Self {
            of_orders: of_orders.into_iter().map(|row| (row.0, row)).collect(),
            of_periods: of_periods.into_iter().map(|row| (row.0, row)).collect(),
        })
    }

    fn of(&mut self, (id, _, effective_at, available_at, of): &Head) -> Result<Posted, StoreError> {
        const TABLE: &str = "accruals";
        let (order, earner, rule, level, base, rate, raw, paid) =
            match (self.of_orders.remove(id), self.of_periods.remove(id)) {
                (Some((_, order, earner, rule, level, base, rate, raw, paid)), _) => {
                    (Some(order), earner, rule, level, base, Some(rate), raw, paid)
                }
                (None, Some((_, earner, rule, level, base, rate, raw, paid))) => {
                    (None, earner, rule, level, base, rate, raw, paid)
                }
                (None, None) => {
                    return Err(StoreError::corrupt("transfers", format!("{id} accrues nothing")));
                }
            };
        let rate = rate.map(|rate| count(TABLE, rate).map(Rate::from_ppm)).transpose()?;
        Ok(Posted {
            id: TransferId::new(*id),
            earner: PartnerId::new(earner),
            order: order.map(OrderId::new),
            period: period("transfers", *of)?,
            rule: RuleId::new(&rule),
            level: count(TABLE, level)?,
            base: Money::from_minor(base),
            rate,
            raw: Money::from_minor(raw),
            paid: Money::from_minor(paid),
            effective_at: instant("transfers", *effective_at)?,
            available_at: instant("transfers", *available_at)?,
        })
    }
}
