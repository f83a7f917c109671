//! A plan as plain values, as the reference describes it, and its text.
//!
//! Rates are parts per million, sums kopecks, volumes hundredths, ranks numbers from the lowest.

/// The unit of a base, and of qualification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Turnover,
    Margin,
    Volume,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    SkipInactive,
    SkipBelowRank(usize),
    Dynamic,
    RollToNext,
}

#[derive(Debug, Clone)]
pub(super) enum Rates {
    List(Vec<i128>),
    /// By rank; an empty list is a rank that is not in the table.
    Table(Vec<Vec<i128>>),
}

#[derive(Debug, Clone)]
pub(super) enum Unlock {
    Open,
    OneToOne,
    /// Active invited, highest level.
    Tiers(Vec<(i128, usize)>),
}

/// A walk over levels.
#[derive(Debug, Clone)]
pub(super) struct Climb {
    pub(super) rates: Rates,
    pub(super) compression: Compression,
    pub(super) unlock: Unlock,
    pub(super) pass_up: bool,
    pub(super) pay_self: bool,
    pub(super) max_scan: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Personal,
    Unrolled,
    Customers,
    Frontline,
    Group,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Own,
    Customers,
    Both,
}

/// Thresholds with their rates, ascending.
pub(super) type Bands = Vec<(i128, i128)>;
/// A rate for some of the ranks.
pub(super) type RankRates = Vec<(usize, i128)>;

#[derive(Debug, Clone)]
pub(super) enum Ladder {
    Bands(Measure, Bands),
    Ranks(RankRates),
}

#[derive(Debug, Clone)]
pub(super) enum Shares {
    Equal,
    Ranks(Vec<(usize, i128)>),
    Measure(Measure),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    CarryForward,
    NetOff,
    FullFlush,
}

#[derive(Debug, Clone)]
pub(super) struct Binary {
    /// A rate, or a unit with its sum.
    pub(super) pays: Result<i128, (i128, i128)>,
    pub(super) after: After,
    pub(super) carry_cap: Option<i128>,
    pub(super) period_cap: Option<i128>,
    pub(super) ratio: (i128, i128),
    pub(super) balance: bool,
    pub(super) depth_first: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Breakaway {
    pub(super) at_rank: usize,
    pub(super) overrides: RankRates,
    pub(super) fixed: bool,
    pub(super) min_override: Option<i128>,
    pub(super) generations: Vec<i128>,
    /// Rules by place; all where there are none.
    pub(super) of: Vec<usize>,
    pub(super) exclude_group: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Pool {
    pub(super) percent: i128,
    pub(super) shares: Shares,
    pub(super) min_rank: Option<usize>,
    pub(super) min_qualifiers: Option<usize>,
    /// A sum, or a share of the fund.
    pub(super) most: Option<Result<i128, i128>>,
    pub(super) carried: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Level {
        climb: Climb,
        close: bool,
    },
    /// Days, or the first order.
    FastStart {
        climb: Climb,
        days: Option<i128>,
        replaces: bool,
    },
    Personal {
        bands: Bands,
        of: Whose,
        close: bool,
    },
    /// A discount, or the cost.
    Retail {
        discount: Option<i128>,
    },
    Differential {
        ladder: Ladder,
        pay_self: bool,
        after: Option<usize>,
        top: Option<i128>,
    },
    SameLevel {
        of: usize,
        rate: i128,
        counts_as_done: bool,
    },
    Generation {
        rates: Rates,
        first: usize,
        boundary: Option<usize>,
        inactive_bounds: bool,
        empty_counts: bool,
    },
    Infinity {
        rates: RankRates,
        after_generation: usize,
        boundary: Option<usize>,
        full: bool,
    },
    Breakaway(Breakaway),
    Matching {
        of: Vec<usize>,
        rates: Rates,
        raw: bool,
        skip_inactive: bool,
    },
    Pool(Pool),
    RankAdvance {
        sums: Vec<(usize, i128)>,
        highest: bool,
        hold_periods: i128,
    },
    Award {
        count: usize,
    },
    Binary(Binary),
    Matrix {
        climb: Climb,
        width: usize,
        height: usize,
        depth_first: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    ProRata,
    Priority,
    Tail,
    Stop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    Company,
    Carried,
    Pool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct RuleCap {
    pub(super) percent: i128,
    pub(super) mode: Mode,
    pub(super) period: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) kind: Kind,
    pub(super) unit: Unit,
    /// The one category on which it pays; all goods without it.
    pub(super) category: Option<usize>,
    pub(super) cap: Option<RuleCap>,
    pub(super) priority: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct CompanyCap {
    pub(super) percent: i128,
    pub(super) of: Unit,
    pub(super) period: bool,
    pub(super) mode: Mode,
    pub(super) excess: Excess,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct PartnerCap {
    pub(super) amount: i128,
    pub(super) mode: Mode,
    pub(super) excess: Excess,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LegsOf {
    Rolled,
    Unrolled,
    Mixed,
}

/// So many people of a rank below.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) rank: usize,
    pub(super) count: usize,
    pub(super) within: Option<usize>,
    pub(super) separate_legs: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Conditions {
    pub(super) volumes: Vec<(Measure, i128)>,
    /// Of the group volume, which then is among the volumes.
    pub(super) max_leg_share: Option<i128>,
    pub(super) legs: Vec<i128>,
    pub(super) legs_of: LegsOf,
    pub(super) people: Vec<Wanted>,
    pub(super) tenure: Option<i128>,
    pub(super) active: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Rank {
    /// Nothing where only staff give it.
    pub(super) reach: Option<Conditions>,
    pub(super) keep: Option<Conditions>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    HalfUp,
    HalfEven,
    Down,
}

/// A whole plan.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) rounding: Rounding,
    pub(super) point_value: i128,
    pub(super) ranks: Vec<Rank>,
    pub(super) qualify_by: Unit,
    pub(super) roll_up: Option<i128>,
    pub(super) cap: Option<CompanyCap>,
    pub(super) partner_cap: Option<PartnerCap>,
    pub(super) rules: Vec<Rule>,
}

pub(super) const RANKS: [&str; 4] = ["low", "mid", "high", "top"];
pub(super) const CATEGORIES: [&str; 2] = ["care", "tools"];

impl Rates {
    pub(super) fn levels(&self) -> usize {
        match self {
            Self::List(rates) => rates.len(),
            Self::Table(lists) => lists.iter().map(Vec::len).max().unwrap_or(0),
        }
    }

    /// The rate of a rank at a level from 1.
    pub(super) fn at(&self, rank: Option<usize>, level: usize) -> Option<i128> {
        match self {
            Self::List(rates) => rates.get(level - 1).copied(),
            Self::Table(lists) => lists.get(rank?)?.get(level - 1).copied(),
        }
    }

    pub(super) fn greatest(&self, level: usize) -> i128 {
        match self {
            Self::List(_) => self.at(None, level).unwrap_or(0),
            Self::Table(lists) => {
                lists.iter().filter_map(|list| list.get(level - 1)).copied().max().unwrap_or(0)
            }
        }
    }
}

impl Unlock {
    /// How many active invited a level needs; nothing where it never opens.
    pub(super) fn needs(&self, level: usize) -> Option<i128> {
        match self {
            Self::Open => Some(0),
            Self::OneToOne => i128::try_from(level).ok(),
            Self::Tiers(tiers) => tiers.iter().find(|(_, most)| *most >= level).map(|(least, _)| *least),
        }
    }
}

impl Rule {
    pub(super) fn at_order(&self) -> bool {
        match &self.kind {
            Kind::Level { close, .. } | Kind::Personal { close, .. } => !close,
            Kind::FastStart { .. } | Kind::Retail { .. } => true,
            _ => false,
        }
    }
}

pub(super) fn of_rank(rates: &RankRates, rank: Option<usize>) -> Option<i128> {
    rates.iter().find(|(of, _)| Some(*of) == rank).map(|(_, rate)| *rate)
}

/// The rate of the highest band reached.
pub(super) fn of_band(bands: &Bands, size: i128) -> i128 {
    bands.iter().rev().find(|(from, _)| *from <= size).map_or(0, |(_, rate)| *rate)
}
