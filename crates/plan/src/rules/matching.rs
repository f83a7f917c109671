//! `matching`: a share of what those whom one personally invited earn.
//!
//! Whoever earned C > 0 by the rules named in `of` - at orders of the period and at this close, added up
//! over these rules - is the source. The walk goes up those who invited, never up the sponsors: who
//! invited him is the first generation, who invited that one the second. The one at generation g earns
//! C x rate g, rounded once.
//!
//! - With `on = "capped"` C is what was paid: after the cap of the order, after a rule's own cap, before
//!   the caps of the plan, which cut last. With `on = "raw"` it is what was reckoned before any cap.
//! - What a source on hold or an inactive one does not earn is not matched.
//! - Inactive inviters take no generation, unless `skip_inactive = false`: then they take it, and nobody
//!   is paid. One on hold takes his, and it stays unpaid. One whose rank has no rate there takes it too.
//! - A match is never matched: the language refuses it, so the cost of a plan stays bounded.
//!
//! Source: the bonus is told everywhere in the same words. `multisoft.net`, *The Matching Bonus*: the sponsoring
//! distributor is paid a share of the earnings of those whom he enrolled, under the caps in place, over any
//! number of levels, by rank, and along the enrolling lineage only: a changed placement loses nothing. Its
//! example is a match of 10 %.
//!
//! # Worked example
//!
//! Rates of 50, 25 and 10 %, on level commissions of 10 %. Eva buys for 1 000.00, so Dina earns 100.00. Who
//! invited Dina gets 50.00, his inviter 25.00, and the one above 10.00:
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let text = r#"
//! name = "match"
//! title = { ru = "Соответствие", en = "Match" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//!
//! [[rules]]
//! id = "levels"
//! kind = "level"
//! base = "turnover"
//! rates = ["10%"]
//! compression = "skip_inactive"
//!
//! [[rules]]
//! id = "match"
//! kind = "matching"
//! of = ["levels"]
//! rates = ["50%", "25%", "10%"]
//! "#;
//! let plan = Plan::parse("match.toml", text)?.plan;
//! let mut company = Sketch::new();
//! company.chain(&["anna", "boris", "vera", "dina", "eva"])?.buys("eva", "1000")?;
//! let reckoned = company.reckon(&plan)?;
//! let matched = |name| reckoned.by_rule("match", name).to_string();
//! assert_eq!(reckoned.by_rule("levels", "dina").to_string(), "100.00");
//! assert_eq!([matched("vera"), matched("boris"), matched("anna")], ["50.00", "25.00", "10.00"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use domain::accrual::RuleId;
use domain::money::Money;
use domain::network::Standing;

use crate::close::{Close, Ground, How, PerSeat, Seat, Source, Tally, Why};
use crate::rates::Rates;
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "matching";

/// The terms of a matching bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    /// The rules whose commissions are matched.
    pub of: Vec<RuleId>,
    /// Rates by generation of personally invited, the same for everyone or by rank.
    pub rates: Rates,
    /// Which sum is matched.
    pub on: MatchOn,
    /// Whether the inactive take no generation.
    pub skips_inactive: bool,
}

/// Which sum is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchOn {
    /// Before any cap.
    Raw,
    /// What was paid.
    Capped,
}

/// The ways up from everyone to who may take a generation.
struct Ways {
    /// The nearest one above who takes a generation.
    next: PerSeat<Option<Seat>>,
    /// Whether the watched partner is passed over on the way there.
    passes_watched: PerSeat<bool>,
}

impl Matching {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let ways = self.ways(close, tally.watched);
        for (source, earned) in self.commissions(close, tally).iter() {
            if *earned > 0 {
                self.walk(close, rule, source, Money::from_minor(*earned), &ways, tally);
            }
        }
    }

    /// The greatest rates of all generations together, in parts per million.
    pub(crate) fn together(&self) -> i128 {
        (1..=self.rates.levels()).map(|generation| i128::from(self.rates.greatest(generation).ppm())).sum()
    }

    /// What everyone earned by the matched rules, in kopecks.
    fn commissions(&self, close: &Close<'_>, tally: &Tally) -> PerSeat<i64> {
        let mut sums = PerSeat::filled(0_i64, close.facts.people.len());
        let mut add = |rule: &RuleId, earner: Seat, raw: Money, paid: Money| {
            if self.of.contains(rule) {
                let sum = match self.on {
                    MatchOn::Raw => raw,
                    MatchOn::Capped => paid,
                };
                sums[earner] = sums[earner].saturating_add(sum.minor());
            }
        };
        for earned in &tally.commissions {
            add(&earned.rule, earned.earner, earned.raw, earned.paid);
        }
        for line in &tally.lines {
            add(&line.rule, line.earner, line.raw, line.paid);
        }
        sums
    }

    /// Found once from the top, so that a long line of inactive inviters is not walked for everyone.
    fn ways(&self, close: &Close<'_>, watched: Option<Seat>) -> Ways {
        let people = &close.facts.people;
        let mut ways = Ways {
            next: PerSeat::filled(None, people.len()),
            passes_watched: PerSeat::filled(false, people.len()),
        };
        for seat in close.inviters.downward() {
            let Some(inviter) = close.inviters.parent(seat) else {
                continue;
            };
            let passed = self.skips_inactive && people[inviter].standing == Standing::Inactive;
            ways.next[seat] = if passed { ways.next[inviter] } else { Some(inviter) };
            ways.passes_watched[seat] = passed && (watched == Some(inviter) || ways.passes_watched[inviter]);
        }
        ways
    }

    fn walk(
        &self,
        close: &Close<'_>,
        rule: &Rule,
        source: Seat,
        earned: Money,
        ways: &Ways,
        tally: &mut Tally,
    ) {
        let ground = |level| Ground { source: Source::Partner(source), level };
        let mut from = source;
        for generation in 1..=self.rates.levels() {
            if let Some(watched) = tally.watched.filter(|_| ways.passes_watched[from]) {
                tally.note(rule, watched, ground(generation), Why::Inactive);
            }
            let Some(inviter) = ways.next[from] else {
                return;
            };
            let inactive = close.facts.people[inviter].standing == Standing::Inactive;
            match self.rates.at(generation, close.rank(inviter)) {
                Some(rate) => {
                    tally.earn(close, rule, inviter, ground(generation), earned, How::Rate(rate));
                }
                None if inactive => tally.note(rule, inviter, ground(generation), Why::Inactive),
                None => tally.note(rule, inviter, ground(generation), Why::BelowRank),
            }
            from = inviter;
        }
        if let Some(inviter) = ways.next[from] {
            tally.note(rule, inviter, ground(self.rates.levels().saturating_add(1)), Why::TooFar);
        }
    }
}
