//! What a whole history pays: sums by partner, by level and by reason.

use domain::accrual::{BreakageReason, RuleId};
use domain::money::Money;
use sha2::{Digest, Sha256};

use super::company::Company;
use super::roster::Seat;
use super::terms::Terms;

/// The sums of a batch: the same for any number of threads and any order of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// What each earns, by seat.
    pub earned: Vec<Money>,
    /// What the rates promise and what became of it, rule by rule.
    pub rules: Vec<RuleTotals>,
    /// How many accruals there are: one partner, one order, one rule and level, above zero.
    pub accruals: u64,
}

/// The sums of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTotals {
    /// Which.
    pub rule: RuleId,
    /// Level 1 first.
    pub levels: Vec<LevelTotals>,
}

/// The sums of one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LevelTotals {
    /// What is paid.
    pub paid: Money,
    /// What nobody gets, each reason at its place (see `sum`).
    broken: [Money; 7],
}

impl Totals {
    /// Nothing yet, by number.
    pub(super) fn nothing(terms: &Terms<'_>, people: usize) -> Self {
        let rule = |rule: &super::terms::RuleTerms<'_>| RuleTotals {
            rule: rule.id.clone(),
            levels: vec![LevelTotals::default(); rule.levels],
        };
        Self { earned: vec![Money::ZERO; people], rules: terms.rules.iter().map(rule).collect(), accruals: 0 }
    }

    /// What one earns.
    pub fn earned_by(&self, seat: Seat) -> Money {
        self.earned.get(seat.index()).copied().unwrap_or(Money::ZERO)
    }

    /// What is paid in all.
    pub fn paid(&self) -> Money {
        self.rules.iter().flat_map(|rule| &rule.levels).map(|level| level.paid).sum()
    }

    /// What nobody gets for a reason, in all.
    pub fn broken(&self, reason: BreakageReason) -> Money {
        self.rules.iter().flat_map(|rule| &rule.levels).map(|level| level.broken(reason)).sum()
    }

    /// SHA-256 of all sums, for comparing two runs at a glance.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let mut put = |money: Money| digest.update(money.minor().to_be_bytes());
        self.earned.iter().copied().for_each(&mut put);
        for level in self.rules.iter().flat_map(|rule| &rule.levels) {
            put(level.paid);
            level.broken.iter().copied().for_each(&mut put);
        }
        digest.update(self.accruals.to_be_bytes());
        digest.finalize().into()
    }

    /// Adds what another part of the history pays.
    pub(super) fn add(&mut self, other: &Self) {
        for (sum, more) in self.earned.iter_mut().zip(&other.earned) {
            *sum += *more;
        }
        let levels = self.rules.iter_mut().flat_map(|rule| &mut rule.levels);
        for (sum, more) in levels.zip(other.rules.iter().flat_map(|rule| &rule.levels)) {
            sum.add(more);
        }
        self.accruals += other.accruals;
    }

    /// From sums by number to sums by seat; what is paid is what is earned.
    pub(super) fn seated(mut self, company: &Company) -> Self {
        let mut earned = vec![Money::ZERO; self.earned.len()];
        for (number, sum) in self.earned.iter().enumerate() {
            if let Some(kept) = company.seat(number).and_then(|seat| earned.get_mut(seat.index())) {
                *kept = *sum;
            }
        }
        self.earned = earned;
        assert_eq!(self.paid(), self.earned.iter().copied().sum(), "what levels pay is what partners earn");
        self
    }
}

impl LevelTotals {
    /// What the rates promise: what is paid, and what nobody gets.
    pub fn promised(&self) -> Money {
        self.paid + self.broken.iter().copied().sum()
    }

    /// What nobody gets for a reason.
    pub fn broken(&self, reason: BreakageReason) -> Money {
        let mut sums = *self;
        *sums.sum(reason)
    }

    /// Adds to what nobody gets.
    pub(super) fn lose(&mut self, reason: BreakageReason, amount: Money) {
        *self.sum(reason) += amount;
    }

    /// Where what is lost for a reason is summed; a reason without a place does not compile.
    fn sum(&mut self, reason: BreakageReason) -> &mut Money {
        let [no_sponsor, broken_away, inactive, level_closed, below_rank, held, over_cap] = &mut self.broken;
        match reason {
            BreakageReason::NoSponsor => no_sponsor,
            BreakageReason::BrokenAway => broken_away,
            BreakageReason::Inactive => inactive,
            BreakageReason::LevelClosed => level_closed,
            BreakageReason::BelowRank => below_rank,
            BreakageReason::Held => held,
            BreakageReason::OverCap => over_cap,
        }
    }

    fn add(&mut self, other: &Self) {
        self.paid += other.paid;
        for (sum, more) in self.broken.iter_mut().zip(other.broken) {
            *sum += more;
        }
    }
}
