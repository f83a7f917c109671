//! A sketch of a company by names: who stands under whom, and what was bought in one period. For
//! examples, rehearsals and tests; the same engine runs over it as over the books.
//!
//! [`Script`] reads several periods of one from a file, and [`rehearse`] says of everything who gets it
//! and why.

mod company;
mod facts;
mod reckoned;
mod rehearsal;
mod script;

use domain::accrual::Accruals;
use domain::catalog::{ProductKind, Sku, Volume};
use domain::money::Money;
use domain::network::Standing;
use domain::order::OrderLine;
use domain::period::Period;
use jiff::Timestamp;

use crate::close::{Bought, Carried, Paid, PerSeat, Qualified, Seat};

pub use rehearsal::{
    BonusLine, CarriedLine, OrderEarning, OrderLost, PersonSum, RehearsedOrder, RehearsedPeriod, UnpaidLine,
    rehearse,
};
pub use script::{Act, Script, ScriptPeriod};

/// A company sketched by names.
#[derive(Debug, Clone, Default)]
pub struct Sketch {
    names: Vec<String>,
    people: Vec<Someone>,
    orders: Vec<(Bought, OrderLine)>,
    carried: Carried,
    /// Who bought something in an earlier period.
    bought_before: Vec<Bought>,
    /// March 2026 unless it is said.
    month: Option<Period>,
}

/// One partner of a sketch.
#[derive(Debug, Clone)]
struct Someone {
    sponsor: Option<Seat>,
    inviter: Option<Seat>,
    standing: Standing,
    rank: Option<String>,
    invited: Option<u32>,
    joined_at: Timestamp,
    before: Option<String>,
    highest: Option<String>,
}

/// Goods of a sketch: price, cost and points, all in hundredths.
#[derive(Debug, Clone, Copy)]
pub struct Goods {
    /// The price paid.
    pub price: Money,
    /// The cost.
    pub cost: Money,
    /// The points.
    pub points: Volume,
}

/// What goods of a sketch are called, for rules that pay on some only, and whether they are a fee.
#[derive(Debug, Clone)]
pub struct Label {
    /// The article number.
    pub sku: Sku,
    /// The category.
    pub category: String,
    /// Goods or a fee.
    pub kind: ProductKind,
}

/// Why a sketch cannot be reckoned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SketchError {
    /// Nobody has this name.
    #[error("nobody is called {0:?}")]
    Unknown(String),
    /// Somebody has this name already.
    #[error("somebody is called {0:?} already")]
    Twice(String),
    /// A text is not a sum.
    #[error(transparent)]
    Sum(#[from] domain::money::MoneyError),
    /// An order cannot be judged.
    #[error(transparent)]
    Order(#[from] crate::AccrueError),
    /// The period cannot be closed.
    #[error(transparent)]
    Close(#[from] crate::close::CloseError),
}

/// What a sketch gives under a plan.
#[derive(Debug, Clone)]
pub struct Reckoned {
    names: Vec<String>,
    /// Volumes and ranks.
    pub qualified: PerSeat<Qualified>,
    /// What orders paid, in their order.
    pub orders: Vec<Accruals>,
    /// What the close pays.
    pub period: Paid,
    plan_ranks: Vec<String>,
}
