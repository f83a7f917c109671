//! The plan language and its engine: a compensation plan as data, and what it pays for an order.
//!
//! Everything here is pure: no async, no I/O, no clock, no randomness, no SQL. A [`Plan`] is made
//! only from its text, so one that exists is right; the same facts and the same text give the same
//! bytes on any machine.

pub mod batch;
pub mod check;
pub mod close;
pub mod explain;
pub mod sketch;

mod accrue;
mod ascent;
mod base;
mod cap;
mod climb;
mod compression;
mod earning;
mod ladder;
mod language;
mod paying;
mod plan;
mod rank;
mod rates;
mod ratio;
mod reversals;
mod roll;
mod rules;
mod unlock;
mod way;

pub use accrue::{AccrueError, OrderFacts, accrue};
pub use base::Base;
pub use cap::{Cap, CapMode, CapScope, Excess, PartnerCap, RuleCap};
pub use climb::{Climb, ClosedLevel};
pub use compression::Compression;
pub use domain::lang::{Lang, Text};
pub use ladder::{Bands, Ladder, Measure};
pub use language::{Diagnostic, Diagnostics, Localized, Parsed, Severity};
pub use plan::{Effective, FeeTerms, Plan};
pub use rank::{Conditions, Legs, LegsOf, People, Rank};
pub use rates::Rates;
pub use ratio::Ratio;
pub use reversals::{Posted, Reversal, ReversalCause, reversals};
pub use rules::{
    AfterMatch, Award, Balance, Binary, BinaryPays, Boundary, Breakaway, Buyers, Differential, FastStart,
    FastStartWhen, Generation, Infinity, InfinityPays, MatchOn, Matching, Matrix, OrderRule, OverrideMode,
    PartnerPrice, PeriodRule, Personal, Pool, PoolLimit, Products, RankAdvance, RetailMargin, Rule, RuleKind,
    SameLevel, Shares, Skipped, Unused,
};
pub use unlock::{Tier, Unlock};
