//! The rules of a plan: what each pays on, and to whom. One file a kind.
//!
//! An [`OrderRule`] is decided when an order is paid, a [`PeriodRule`] when a period is closed.

pub(crate) mod award;
pub(crate) mod binary;
pub(crate) mod breakaway;
pub(crate) mod differential;
pub(crate) mod fast_start;
pub(crate) mod generation;
pub(crate) mod infinity;
pub(crate) mod level;
pub(crate) mod matching;
pub(crate) mod matrix;
pub(crate) mod personal;
pub(crate) mod pool;
pub(crate) mod rank_advance;
pub(crate) mod retail_margin;
pub(crate) mod same_level;

use domain::accrual::RuleId;
use domain::order::OrderLine;

pub use award::Award;
pub use binary::{AfterMatch, Balance, Binary, BinaryPays};
pub use breakaway::{Breakaway, OverrideMode};
pub use differential::Differential;
pub use fast_start::{FastStart, FastStartWhen};
pub use generation::{Boundary, Generation};
pub use infinity::{Infinity, InfinityPays};
pub use matching::{MatchOn, Matching};
pub use matrix::Matrix;
pub use personal::{Buyers, Personal};
pub use pool::{Pool, PoolLimit, Shares, Unused};
pub use rank_advance::{RankAdvance, Skipped};
pub use retail_margin::{PartnerPrice, RetailMargin};
pub use same_level::SameLevel;

use crate::base::Base;
use crate::cap::{CapScope, RuleCap};
use crate::climb::Climb;

/// One rule of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name, unique in the plan.
    pub id: RuleId,
    /// What its rates are taken of. Kinds that pay fixed sums, things or a share of commissions never
    /// ask for it.
    pub base: Base,
    /// On which lines it pays; `None` for all.
    pub products: Option<Products>,
    /// The most that all its earnings together may be, as a share of its base.
    pub cap: Option<RuleCap>,
    /// Under a cap that cuts by priority the rules with the highest number give way first; its place in
    /// the plan from 1, unless said.
    pub priority: u32,
    /// What it does.
    pub kind: RuleKind,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleKind {
    /// Decided when an order is paid.
    Order(OrderRule),
    /// Decided when a period is closed.
    Period(PeriodRule),
}

/// A rule that is decided when an order is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderRule {
    /// Rates by level to the sponsors above the buyer.
    Level(Climb),
    /// The same for a new buyer's orders only.
    FastStart(FastStart),
    /// What an outside customer pays above the partner's price, to who brought him.
    RetailMargin(RetailMargin),
    /// A share of the order by its own size, to the buyer or to who brought him.
    Personal(Personal),
}

/// A rule that is decided when a period is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodRule {
    /// Rates by level over the tree as it stands at the close, after the roll-up.
    Level(Climb),
    /// A share of one's own volume by bands.
    Personal(Personal),
    /// A share of commissions of those personally invited.
    Matching(Matching),
    /// One's own percentage less what is done below.
    Differential(Differential),
    /// A floor from those who left no difference.
    SameLevel(SameLevel),
    /// Rates by generations of leaders.
    Generation(Generation),
    /// A share of unlimited depth.
    Infinity(Infinity),
    /// An override on the groups of leaders who broke away.
    Breakaway(Breakaway),
    /// A share of the company's base, split.
    Pool(Pool),
    /// A fixed sum for a rank, once.
    RankAdvance(RankAdvance),
    /// A thing, once.
    Award(Award),
    /// Matched volume of two legs.
    Binary(Binary),
    /// Rates by level in a tree of limited width.
    Matrix(Matrix),
}

/// Lines on which a rule pays: those of the categories and those of the article numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Products {
    /// The shop's categories.
    pub categories: Vec<String>,
    /// Article numbers.
    pub skus: Vec<String>,
}

impl Products {
    /// Whether a line is one of them.
    pub fn contain(&self, line: &OrderLine) -> bool {
        self.categories.contains(&line.category) || self.skus.iter().any(|sku| sku == line.sku.as_str())
    }
}

impl Rule {
    /// What it does when an order is paid; `None` if it waits for the close.
    pub const fn order_rule(&self) -> Option<&OrderRule> {
        match &self.kind {
            RuleKind::Order(rule) => Some(rule),
            RuleKind::Period(_) => None,
        }
    }

    /// What it does at the close; `None` if it is decided when an order is paid.
    pub const fn period_rule(&self) -> Option<&PeriodRule> {
        match &self.kind {
            RuleKind::Order(_) => None,
            RuleKind::Period(rule) => Some(rule),
        }
    }

    /// The terms of its walk over levels, where it has one.
    pub const fn climb(&self) -> Option<&Climb> {
        match &self.kind {
            RuleKind::Order(OrderRule::Level(climb)) | RuleKind::Period(PeriodRule::Level(climb)) => {
                Some(climb)
            }
            RuleKind::Order(OrderRule::FastStart(fast_start)) => Some(&fast_start.climb),
            RuleKind::Order(OrderRule::RetailMargin(retail)) => Some(&retail.climb),
            RuleKind::Period(PeriodRule::Matrix(matrix)) => Some(&matrix.climb),
            _ => None,
        }
    }

    /// Whether it pays a share of its base; a fixed sum, a thing and a share of commissions are none.
    pub const fn takes_base(&self) -> bool {
        !matches!(
            &self.kind,
            RuleKind::Period(PeriodRule::Matching(_) | PeriodRule::RankAdvance(_) | PeriodRule::Award(_))
        )
    }

    /// Its own cap, where it is reckoned over this.
    pub(crate) fn cap_over(&self, scope: CapScope) -> Option<&RuleCap> {
        self.cap.as_ref().filter(|cap| cap.scope == scope)
    }

    /// The word of its kind in the language.
    pub const fn kind_name(&self) -> &'static str {
        match &self.kind {
            RuleKind::Order(rule) => rule.name(),
            RuleKind::Period(rule) => rule.name(),
        }
    }

    /// Whether it pays on a line; fees are never paid on, whatever a rule says.
    pub fn selects(&self, line: &OrderLine) -> bool {
        self.products.as_ref().is_none_or(|products| products.contain(line))
    }
}

impl OrderRule {
    /// The word of its kind in the language.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Level(_) => level::NAME,
            Self::FastStart(_) => fast_start::NAME,
            Self::RetailMargin(_) => retail_margin::NAME,
            Self::Personal(_) => personal::NAME,
        }
    }
}

impl PeriodRule {
    /// The word of its kind in the language.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Level(_) => level::NAME,
            Self::Personal(_) => personal::NAME,
            Self::Matching(_) => matching::NAME,
            Self::Differential(_) => differential::NAME,
            Self::SameLevel(_) => same_level::NAME,
            Self::Generation(_) => generation::NAME,
            Self::Infinity(_) => infinity::NAME,
            Self::Breakaway(_) => breakaway::NAME,
            Self::Pool(_) => pool::NAME,
            Self::RankAdvance(_) => rank_advance::NAME,
            Self::Award(_) => award::NAME,
            Self::Binary(_) => binary::NAME,
            Self::Matrix(_) => matrix::NAME,
        }
    }
}
