//! `level`: the k-th counted sponsor above the buyer gets base times rate k.
//!
//! ```text
//! base x rate[k], rounded once
//! ```
//!
//! Who is counted says the rule's compression, which levels are open to him its unlock; all of it is the
//! walk itself. Decided when an order is paid; with `decided = "close"` over the period's copy of the
//! tree, after the roll-up, for everyone's volume of the period.
//!
//! The unilevel of the field, as NANOREM's own plan has it with twelve levels.
//!
//! # Example
//!
//! Dave buys for 1000.00. Carol is inactive and is not counted, so Bob stands at level 1 and Alice at 2.
//!
//! ```
//! use domain::network::Standing;
//! use plan::{Plan, sketch::Sketch};
//!
//! let plan = Plan::parse("levels.toml", r#"
//! name = "levels"
//! title = { ru = "Уровни", en = "Levels" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//!
//! [[rules]]
//! id = "level"
//! kind = "level"
//! base = "turnover"
//! rates = ["10%", "5%", "3%"]
//! compression = "skip_inactive"
//! "#).unwrap().plan;
//!
//! let mut company = Sketch::new();
//! company.chain(&["alice", "bob", "carol", "dave"])?;
//! company.standing("carol", Standing::Inactive)?.buys("dave", "1000.00")?;
//! let month = company.reckon(&plan)?;
//! assert_eq!(month.earned("bob"), "100.00".parse()?);
//! assert_eq!(month.earned("alice"), "50.00".parse()?);
//! assert_eq!(month.earned("carol"), "0.00".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use domain::accrual::BreakageReason;
use domain::money::Money;
use domain::network::Member;

use crate::climb::{Climb, Fate, Meeting};
use crate::close::{Close, Ground, How, PerSeat, Seat, SeatWay, Source, Tally, Tree, Why};
use crate::compression::Verdict;
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "level";

/// Runs the rule over a period.
pub(crate) fn run(climb: &Climb, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
    over(climb, &close.rolled.tree, close, rule, tally);
}

/// Walks up a tree from everyone who has volume.
pub(super) fn over(climb: &Climb, tree: &Tree, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
    let members = close.members();
    let watched = tally.watched.map(|seat| (seat, tree.below(seat)));
    for (source, base) in close.personal_base(rule).iter() {
        if base.is_positive() {
            let above = watched.as_ref().filter(|(_, below)| below[source]).map(|(seat, _)| *seat);
            walk(climb, &members, tree, (source, *base), above, (close, rule, tally));
        }
    }
}

fn walk(
    climb: &Climb,
    members: &PerSeat<Member>,
    tree: &Tree,
    (source, base): (Seat, Money),
    watched_above: Option<Seat>,
    (close, rule, tally): (&Close<'_>, &Rule, &mut Tally),
) {
    let mut way = SeatWay::new(members, tree, source);
    let Ok(climbed) = climb.walk(&mut way);
    let ground = |level| Ground { source: Source::Partner(source), level };
    for (level, fate) in (1..).zip(&climbed.fates) {
        if let Fate::Earned { step, rate } | Fate::Held { step, rate } = *fate
            && let Some(earner) = climbed.steps.get(step).and_then(|step| way.seat(step.distance))
        {
            tally.earn(close, rule, earner, ground(level), base, How::Rate(rate));
        }
    }
    for step in &climbed.steps {
        if let Some(seat) = way.seat(step.distance)
            && let Some(why) = why_not(step.meeting)
        {
            tally.note(rule, seat, ground(step.level.unwrap_or(0)), why);
        }
    }
    if let Some(seat) = watched_above
        && climbed.fates.contains(&Fate::Untaken(BreakageReason::BrokenAway))
        && !climbed.steps.iter().any(|step| way.seat(step.distance) == Some(seat))
    {
        tally.note(rule, seat, ground(0), Why::EndedBelow);
    }
}

/// Why one who was met does not earn; `None` where he does, or where it is said by the tally.
fn why_not(meeting: Meeting) -> Option<Why> {
    match meeting {
        Meeting::TooLate => Some(Why::TooFar),
        Meeting::Asked(Verdict::Inactive) => Some(Why::Inactive),
        Meeting::Asked(Verdict::Closed { needs, has }) => Some(Why::LevelClosed { needs, has }),
        Meeting::Asked(Verdict::NoRate | Verdict::NotCounted) => Some(Why::BelowRank),
        Meeting::Buyer | Meeting::Asked(Verdict::Earns(_) | Verdict::Held(_)) => None,
    }
}
