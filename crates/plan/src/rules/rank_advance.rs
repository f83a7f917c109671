//! `rank_advance`: a fixed sum for a rank, once in a partner's life.
//!
//! A rank is due when the partner was paid as it, or as a higher one, for `hold_periods` periods in a row,
//! this one included. Then its sum is paid and never again. A rank that he loses on the way begins again.
//!
//! - `skipped = "each"`: of the ranks that become due in one close every one is paid; `"highest"`: the
//!   highest only, and the others never will be.
//! - An inactive partner is not paid, and nothing is lost: it is due again when he is active and holds the
//!   rank. One on hold has it booked as unpaid, and that was his once.
//! - A rank reached before the rule first saw the partner (in the books that were imported, or under an
//!   earlier plan) counts as paid.
//! - It is a fixed sum, not a share of what is sold, so the worst case of a plan does not count it. It must
//!   rest on goods all the same: the language refuses a sum for a rank that nothing but joining or inviting
//!   reaches.
//!
//! Source: published as *one-time rank advancement bonus*. goDésana: "paid when the rank is held for three
//! consecutive months following the month the rank was achieved", which is `hold_periods = 4`.
//!
//! # Worked example
//!
//! Silver gives 1 000.00 and gold 5 000.00. Who comes to gold at once gets both under `"each"`, and nothing
//! in the period after:
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let text = r#"
//! name = "steps"
//! title = { ru = "Ступени", en = "Steps" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//! ranks = ["member", "silver", "gold"]
//!
//! [[rules]]
//! id = "steps"
//! kind = "rank_advance"
//! sums = { silver = "1000.00", gold = "5000.00" }
//! skipped = "each"
//! "#;
//! let plan = Plan::parse("steps.toml", text)?.plan;
//! let mut company = Sketch::new();
//! company.partner("anna", None)?.rank("anna", "gold")?;
//! let march = company.reckon(&plan)?;
//! assert_eq!(march.earned("anna").to_string(), "6000.00");
//! let april = company.next_period(&march).reckon(&plan)?;
//! assert_eq!(april.earned("anna").to_string(), "0.00");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;

use domain::money::Money;
use domain::network::Standing;

use crate::close::{Carry, Close, Ground, How, Seat, Source, Tally, Why};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "rank_advance";

/// The terms of a rank advancement bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankAdvance {
    /// The sum of each rank that has one, low to high.
    pub sums: Vec<(String, Money)>,
    /// What one who jumps over ranks gets.
    pub skipped: Skipped,
    /// For so many periods in a row the rank must be held; from 1.
    pub hold_periods: u16,
}

/// What one who jumps over ranks gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// The sum of every rank passed.
    Each,
    /// That of the highest only; the others are never paid.
    Highest,
}

/// A rank with a sum.
#[derive(Clone, Copy)]
struct Step<'r> {
    /// Its place among the plan's ranks, from 0.
    place: usize,
    rank: &'r str,
    sum: Money,
}

/// What earlier closes know of a partner and a rank.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Past {
    /// Its sum was paid, or will never be.
    Advanced,
    /// So many periods in a row; none in a row now if not above zero.
    Held(i64),
}

/// A rank that was held at an earlier close and is not now: without it the next close would take the rank
/// for one of before the rule.
const NOT_NOW: i64 = -1;

/// How a rank stands with a partner at this close.
enum Now {
    /// Its sum is due; so many periods in a row.
    Due(i64),
    /// Its sum was paid, or will never be.
    Advanced,
    /// It is held, and not for long enough.
    Waits(i64),
    /// It is not held; it was at an earlier close.
    Lost,
    /// It was never held.
    Never,
}

impl Now {
    /// What the next close will know.
    fn kept(&self) -> Option<Past> {
        match self {
            Self::Due(periods) | Self::Waits(periods) => Some(Past::Held(*periods)),
            Self::Advanced => Some(Past::Advanced),
            Self::Lost => Some(Past::Held(NOT_NOW)),
            Self::Never => None,
        }
    }
}

impl Step<'_> {
    fn ground(self) -> Ground {
        let level = u16::try_from(self.place + 1).unwrap_or(u16::MAX);
        Ground { source: Source::Reached, level }
    }
}

type Known<'f> = BTreeMap<(Seat, &'f str), Past>;

impl RankAdvance {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let known = known(close, rule);
        let steps = self.steps(close);
        // What was paid under an earlier version of the plan stays paid, also if it has no sum now; what
        // was only held is not counted on.
        let has_sum = |rank: &str| steps.iter().any(|step| step.rank == rank);
        for ((seat, rank), past) in known.iter().filter(|((_, rank), _)| !has_sum(rank)) {
            let past = if *past == Past::Advanced { Past::Advanced } else { Past::Held(NOT_NOW) };
            keep(rule, *seat, rank, past, tally);
        }
        for seat in close.facts.people.seats() {
            self.advance(close, rule, &steps, &known, seat, tally);
        }
    }

    fn steps<'r>(&'r self, close: &Close<'_>) -> Vec<Step<'r>> {
        let step = |(rank, sum): &'r (String, Money)| {
            let place = place(close, rank)?;
            Some(Step { place, rank, sum: *sum })
        };
        self.sums.iter().filter_map(step).collect()
    }

    fn advance(
        &self,
        close: &Close<'_>,
        rule: &Rule,
        steps: &[Step<'_>],
        known: &Known<'_>,
        seat: Seat,
        tally: &mut Tally,
    ) {
        let inactive = close.facts.people[seat].standing == Standing::Inactive;
        let mut due: Vec<Step<'_>> = Vec::new();
        for step in steps {
            let now = self.now(close, *step, known.get(&(seat, step.rank)).copied(), seat);
            if matches!(now, Now::Due(_)) && !inactive {
                due.push(*step);
                continue;
            }
            if let Some(past) = now.kept() {
                keep(rule, seat, step.rank, past, tally);
            }
            let why = match now {
                Now::Due(_) => Why::Inactive,
                Now::Advanced => Why::Already,
                Now::Waits(has) => Why::TooLittle { needs: i64::from(self.hold_periods), has },
                Now::Lost | Now::Never => Why::BelowRank,
            };
            tally.note(rule, seat, step.ground(), why);
        }
        self.pay(close, rule, &due, seat, tally);
    }

    fn now(&self, close: &Close<'_>, step: Step<'_>, past: Option<Past>, seat: Seat) -> Now {
        let holds = close.qualified()[seat].paid_as >= Some(step.place);
        let periods = match past {
            Some(Past::Advanced) => return Now::Advanced,
            Some(Past::Held(_)) if !holds => return Now::Lost,
            Some(Past::Held(before)) => before.max(0).saturating_add(1),
            None if reached_before(close, seat) >= Some(step.place) => return Now::Advanced,
            None if !holds => return Now::Never,
            None => 1,
        };
        if periods < i64::from(self.hold_periods) { Now::Waits(periods) } else { Now::Due(periods) }
    }

    /// Pays what is due, ranks low to high, and marks all of it.
    fn pay(&self, close: &Close<'_>, rule: &Rule, due: &[Step<'_>], seat: Seat, tally: &mut Tally) {
        let highest = due.last().map(|step| step.place);
        for step in due {
            if self.skipped == Skipped::Each || Some(step.place) == highest {
                tally.earn(close, rule, seat, step.ground(), step.sum, How::Whole);
            } else {
                tally.note(rule, seat, step.ground(), Why::Surpassed);
            }
            keep(rule, seat, step.rank, Past::Advanced, tally);
        }
    }
}

/// What earlier closes wrote down.
fn known<'f>(close: &Close<'f>, rule: &Rule) -> Known<'f> {
    let mut known = Known::new();
    for (key, amount) in close.facts.carried.0.iter().filter(|(key, _)| key.rule.as_ref() == Some(&rule.id)) {
        let Some(seat) = key.seat else {
            continue;
        };
        match &key.what {
            Carry::Advanced(rank) => {
                known.insert((seat, rank.as_str()), Past::Advanced);
            }
            Carry::Held(rank) => {
                known.entry((seat, rank.as_str())).or_insert(Past::Held(*amount));
            }
            _ => {}
        }
    }
    known
}

/// Writes down what the next close has to know.
fn keep(rule: &Rule, seat: Seat, rank: &str, past: Past, tally: &mut Tally) {
    let (what, amount) = match past {
        Past::Advanced => (Carry::Advanced(rank.to_owned()), 1),
        Past::Held(periods) => (Carry::Held(rank.to_owned()), periods),
    };
    tally.carried.put(Some(&rule.id), Some(seat), what, amount);
}

/// The highest rank somebody reached before this period.
fn reached_before(close: &Close<'_>, seat: Seat) -> Option<usize> {
    place(close, close.facts.people[seat].highest_before.as_deref()?)
}

fn place(close: &Close<'_>, rank: &str) -> Option<usize> {
    close.plan.ranks().iter().position(|known| known.name == rank)
}
