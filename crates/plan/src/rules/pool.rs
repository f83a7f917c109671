//! `pool`: a share of what the whole company sold in a period, split among those who qualify.
//!
//! Fund = base of the whole company x percent, rounded down to the kopeck, + what was carried. The base
//! is everything sold, also to customers whom nobody brought. Who is active, has a rank of `min_rank` or
//! above and has any shares takes part; one on hold too, and what would be his stays unpaid. With fewer
//! of them than `min_qualifiers` nobody gets anything.
//!
//! Part = fund x his shares / all shares, each cut down to the kopeck; the kopecks still missing go one by
//! one to the largest remainders (ties: the lower partner code). Then `max_per_partner` cuts each part; a
//! maximum in percent is of the fund, rounded down. What is cut is not split again. What nobody gets stays
//! with the company, or is carried into the fund of the next period. So fund = paid + held + unused, to
//! the kopeck.
//!
//! Source: such pools are published as a percent of the company's volume "shared among" those of some
//! ranks: Agel, *Global Rank Pool*: 1 % of the global volume among Supervisors, Managers and Senior
//! Managers, weighted by rank; *Executive Bonus*: 3 % of the company's volume by shares of the volume one
//! has. Inhabit Realty, *Bonuses*: 10 000 pooled, 500 points of 5 000 give 1 000.
//!
//! # Worked example
//!
//! The company sells for 100 000.00, a pool of 1 % is 1 000.00. A silver partner has one share, a gold one
//! three, so of 5 shares gold gets 600.00, and each of the two silver ones 200.00:
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let text = r#"
//! name = "pool"
//! title = { ru = "Лидерский фонд", en = "Leaders' pool" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//! ranks = ["member", "silver", "gold"]
//!
//! [[rules]]
//! id = "leaders"
//! kind = "pool"
//! base = "turnover"
//! percent = "1%"
//! shares = { silver = 1, gold = 3 }
//! "#;
//! let plan = Plan::parse("pool.toml", text)?.plan;
//! let mut company = Sketch::new();
//! company.chain(&["anna", "boris", "vera", "gleb"])?;
//! company.rank("anna", "gold")?.rank("boris", "silver")?.rank("vera", "silver")?.rank("gleb", "member")?;
//! company.buys("gleb", "40000")?.stranger_buys("60000")?;
//! let reckoned = company.reckon(&plan)?;
//! let earned = |name| reckoned.earned(name).to_string();
//! assert_eq!([earned("anna"), earned("boris"), earned("vera")], ["600.00", "200.00", "200.00"]);
//! assert_eq!(earned("gleb"), "0.00");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use domain::money::{Money, Rate, Rounding, split};
use domain::network::Standing;

use crate::close::{Carry, Close, Ground, How, Line, Seat, Source, Tally, UnpaidReason, Volumes, Why};
use crate::ladder::Measure;
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "pool";

/// The terms of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// The share of the company's base of the period.
    pub percent: Rate,
    /// How it is split.
    pub shares: Shares,
    /// The ranks that qualify: the one named and all above it; empty for everyone active.
    pub ranks: Vec<String>,
    /// With fewer who qualify nothing is paid.
    pub min_qualifiers: u32,
    /// The most that one partner gets.
    pub max_per_partner: Option<PoolLimit>,
    /// What becomes of what nobody gets.
    pub unused: Unused,
}

/// How a pool is split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shares {
    /// One share each.
    Equal,
    /// So many shares by rank; ranks without any do not qualify.
    ByRank(Vec<(String, u32)>),
    /// A share for every unit of a measure.
    ByVolume(Measure),
}

/// The most that one partner gets of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolLimit {
    /// A sum.
    Sum(Money),
    /// A share of the pool.
    Share(Rate),
}

/// What becomes of the part of a pool that nobody gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unused {
    /// It stays with the company.
    Company,
    /// It is added to the pool of the next period.
    Carried,
}

/// Of what a pool is split, and at which level it stands in the books: it has none.
const GROUND: Ground = Ground { source: Source::Company, level: 1 };

impl Pool {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let fund = self.fund(close, rule);
        let sharers = self.sharers(close, rule, tally);
        let given = if self.are_enough(&sharers) {
            self.divide(fund, &sharers, close, rule, tally)
        } else {
            let (needs, has) = (i64::from(self.min_qualifiers), count(&sharers));
            for (seat, _) in &sharers {
                tally.note(rule, *seat, GROUND, Why::TooFew { needs, has });
            }
            Money::ZERO
        };
        let unused = fund - given;
        match self.unused {
            Unused::Carried => tally.carried.put(Some(&rule.id), None, Carry::Unused, unused.minor()),
            Unused::Company => tally.unpaid(Some(rule), None, UnpaidReason::Nobody, unused),
        }
    }

    fn fund(&self, close: &Close<'_>, rule: &Rule) -> Money {
        let sold = Money::from_minor(Volumes::of_rule(close.plan, rule, close.facts).company);
        let carried = close.facts.carried.of(Some(&rule.id), None, Carry::Unused);
        self.percent.of(sold, Rounding::Down) + Money::from_minor(carried) + close.cut_for_pool(rule)
    }

    /// Who takes part, with his shares, the lower code first.
    fn sharers(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) -> Vec<(Seat, i64)> {
        let mut sharers = Vec::new();
        for (seat, person) in close.facts.people.iter() {
            if person.standing == Standing::Inactive {
                tally.note(rule, seat, GROUND, Why::Inactive);
                continue;
            }
            match self.shares_of(close, seat) {
                Ok(shares) => sharers.push((seat, shares)),
                Err(why) => tally.note(rule, seat, GROUND, why),
            }
        }
        sharers.sort_by_key(|(seat, _)| &close.facts.people[*seat].code);
        sharers
    }

    /// How many shares somebody has; why he has none.
    fn shares_of(&self, close: &Close<'_>, seat: Seat) -> Result<i64, Why> {
        let rank = close.rank(seat);
        if !self.ranks.is_empty() && !rank.is_some_and(|rank| self.ranks.iter().any(|known| known == rank)) {
            return Err(Why::BelowRank);
        }
        match &self.shares {
            Shares::Equal => Ok(1),
            Shares::ByRank(table) => {
                let of_rank = table.iter().find(|(name, _)| Some(name.as_str()) == rank);
                of_rank.map(|(_, shares)| i64::from(*shares)).ok_or(Why::BelowRank)
            }
            Shares::ByVolume(measure) => match close.measure(*measure, seat) {
                shares @ 1.. => Ok(shares),
                has => Err(Why::TooLittle { needs: 1, has }),
            },
        }
    }

    fn are_enough(&self, sharers: &[(Seat, i64)]) -> bool {
        count(sharers) >= i64::from(self.min_qualifiers)
    }

    /// Splits the fund. Returns what is taken out of it, with what is held.
    fn divide(
        &self,
        fund: Money,
        sharers: &[(Seat, i64)],
        close: &Close<'_>,
        rule: &Rule,
        tally: &mut Tally,
    ) -> Money {
        let weights: Vec<i128> = sharers.iter().map(|(_, shares)| i128::from(*shares)).collect();
        let all = i64::try_from(weights.iter().sum::<i128>()).unwrap_or(i64::MAX);
        let most = self.most(fund);
        let mut parts: Vec<(Seat, i64, Money)> = sharers
            .iter()
            .zip(split(fund, &weights))
            .map(|((seat, own), part)| (*seat, *own, part))
            .collect();
        parts.sort_by_key(|(seat, ..)| *seat);
        let Ground { source, level } = GROUND;
        let mut taken = Money::ZERO;
        for (earner, own, raw) in parts {
            let (paid, how) = (raw.min(most), How::Shares { own, all });
            taken += paid;
            let line = Line { rule: rule.id.clone(), earner, source, level, base: fund, how, raw, paid };
            tally.give(close, rule, line);
        }
        taken
    }

    /// The most that one partner gets of a fund.
    fn most(&self, fund: Money) -> Money {
        match self.max_per_partner {
            None => fund,
            Some(PoolLimit::Sum(sum)) => sum,
            Some(PoolLimit::Share(share)) => share.of(fund, Rounding::Down),
        }
    }
}

fn count(sharers: &[(Seat, i64)]) -> i64 {
    i64::try_from(sharers.len()).unwrap_or(i64::MAX)
}
