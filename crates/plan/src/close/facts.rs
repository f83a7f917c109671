//! The facts of a period: who was there, what was bought, what orders paid, what was carried over.

use std::collections::BTreeMap;

use domain::accrual::RuleId;
use domain::ids::PartnerId;
use domain::money::Money;
use domain::network::Standing;
use domain::order::{Order, OrderLine};
use domain::partner::PartnerCode;
use jiff::Timestamp;

use super::seats::{PerSeat, Seat};

/// Everything a close asks about.
#[derive(Debug, Clone)]
pub struct CloseFacts<'o> {
    /// The first instant after the period.
    pub end: Timestamp,
    /// Everybody, as at the end of the period.
    pub people: PerSeat<Participant>,
    /// The paid orders that took effect in the period, with their refunds so far.
    pub orders: Vec<SeatedOrder<'o>>,
    /// What order rules gave for orders of the period, by rule and earner, less what is taken back.
    pub commissions: Vec<Commission>,
    /// What earlier periods left.
    pub carried: Carried,
}

/// One partner as at the end of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub partner: PartnerId,
    /// The code people see; breaks ties.
    pub code: PartnerCode,
    /// Who sponsors him.
    pub sponsor: Option<Seat>,
    /// Who personally invited him; that never changes.
    pub inviter: Option<Seat>,
    /// When he joined.
    pub joined_at: Timestamp,
    /// From when he has a place in the trees of `binary` and `matrix`: when he joined, unless that became
    /// known only after a month of it was closed. Places that were taken by then stay.
    pub placed_at: Timestamp,
    /// Whether he may earn.
    pub standing: Standing,
    /// How many of those he personally invited are active.
    pub active_invited: u32,
    /// The rank that staff gave him, which then is what he is paid as.
    pub staff_rank: Option<String>,
    /// As what he was paid in the period before.
    pub paid_as_before: Option<String>,
    /// The highest rank he reached before the period.
    pub highest_before: Option<String>,
}

/// An order with the seat of its origin.
#[derive(Debug, Clone, Copy)]
pub struct SeatedOrder<'o> {
    /// Who bought.
    pub bought: Bought,
    /// The order.
    pub order: &'o Order,
}

/// Who bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bought {
    /// A partner for himself.
    By(Seat),
    /// An outside customer whom this partner brought.
    ByCustomerOf(Seat),
    /// A customer whom nobody brought: counts for the company only.
    ByNobody,
}

impl SeatedOrder<'_> {
    /// Its lines with the pieces that were not given back; none if it is cancelled.
    pub(crate) fn kept_lines(&self) -> impl Iterator<Item = (&OrderLine, u32)> {
        let order = self.order;
        let kept = |line: &OrderLine| {
            let back: u32 = order.refunds.iter().filter_map(|refund| refund.lines.get(&line.line_no)).sum();
            line.quantity.saturating_sub(back)
        };
        let stands = order.paid_at.is_some() && order.cancelled_at.is_none();
        order.lines.iter().filter(move |_| stands).map(move |line| (line, kept(line)))
    }
}

/// What a rule gave one partner for orders of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commission {
    /// By which rule.
    pub rule: RuleId,
    /// To whom.
    pub earner: Seat,
    /// Before any cap.
    pub raw: Money,
    /// What was paid.
    pub paid: Money,
}

/// What one period leaves to the next: amounts in kopecks or hundredths of a point, and marks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Carried(pub BTreeMap<CarryKey, i64>);

/// What is carried: of which rule (`None` for the plan's caps), of whom (`None` for the company's).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CarryKey {
    /// Of which rule.
    pub rule: Option<RuleId>,
    /// Of whom.
    pub seat: Option<Seat>,
    /// What.
    pub what: Carry,
}

/// What is carried over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carry {
    /// Unmatched volume of the leg placed first.
    FirstLeg,
    /// Unmatched volume of the other leg.
    SecondLeg,
    /// What a cap held back to be paid later.
    Excess,
    /// The part of a pool that nobody got.
    Unused,
    /// The sum for this rank was paid, or will never be.
    Advanced(String),
    /// For so many periods in a row the partner was paid as this rank or above; -1 if he was before,
    /// and is not now.
    Held(String),
    /// The award was given.
    Given,
}

impl Carried {
    /// What is carried under a key; zero if nothing is.
    pub fn of(&self, rule: Option<&RuleId>, seat: Option<Seat>, what: Carry) -> i64 {
        self.0.get(&CarryKey { rule: rule.cloned(), seat, what }).copied().unwrap_or(0)
    }

    /// Carries an amount; nothing if it is zero.
    pub fn put(&mut self, rule: Option<&RuleId>, seat: Option<Seat>, what: Carry, amount: i64) {
        if amount != 0 {
            self.0.insert(CarryKey { rule: rule.cloned(), seat, what }, amount);
        }
    }

    /// Carries an amount beside what is carried under the key.
    pub(crate) fn add(&mut self, rule: Option<&RuleId>, seat: Option<Seat>, what: Carry, amount: i64) {
        let before = self.of(rule, seat, what.clone());
        self.put(rule, seat, what, before.saturating_add(amount));
    }
}

impl Carry {
    /// The word stored: `first_leg`, `advanced:gold`.
    pub fn to_word(&self) -> String {
        match self {
            Self::FirstLeg => "first_leg".to_owned(),
            Self::SecondLeg => "second_leg".to_owned(),
            Self::Excess => "excess".to_owned(),
            Self::Unused => "unused".to_owned(),
            Self::Advanced(rank) => format!("advanced:{rank}"),
            Self::Held(rank) => format!("held:{rank}"),
            Self::Given => "given".to_owned(),
        }
    }

    /// Reads the word; `None` if it is none.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.split_once(':') {
            Some(("advanced", rank)) => Self::Advanced(rank.to_owned()),
            Some(("held", rank)) => Self::Held(rank.to_owned()),
            Some(_) => return None,
            None => match word {
                "first_leg" => Self::FirstLeg,
                "second_leg" => Self::SecondLeg,
                "excess" => Self::Excess,
                "unused" => Self::Unused,
                "given" => Self::Given,
                _ => return None,
            },
        })
    }
}
