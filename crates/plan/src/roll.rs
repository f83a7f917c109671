//! `roll_to_next`: the i-th sponsor stands at level i; a level that he may not earn goes on up.

use domain::network::{Member, Standing};

use crate::climb::{Climb, Climbed, ClosedLevel, Fate, Meeting};
use crate::compression::Verdict;
use crate::way::Way;

/// Walks until every level is taken. Returns where it stopped with all levels taken.
pub(crate) fn walk<W: Way>(
    climb: &Climb,
    way: &mut W,
    climbed: &mut Climbed,
) -> Result<Option<usize>, W::Error> {
    let first = climb.first_distance(way);
    let mut distance = first;
    let mut rolling: Vec<u16> = Vec::new();
    loop {
        let own = u16::try_from(distance - first + 1).ok().filter(|level| *level <= climb.levels());
        if own.is_none() && rolling.is_empty() {
            return Ok(Some(distance));
        }
        if !climb.reaches(distance) {
            return Ok(None);
        }
        let Some(member) = way.at(distance)? else {
            return Ok(None);
        };
        meet(climb, climbed, &mut rolling, member, distance, own);
        if climb.ends_with(member) {
            climbed.break_away();
            return Ok(None);
        }
        distance += 1;
    }
}

/// Offers one partner the levels that roll, lowest first, then his own.
fn meet(
    climb: &Climb,
    climbed: &mut Climbed,
    rolling: &mut Vec<u16>,
    member: &Member,
    distance: usize,
    own: Option<u16>,
) {
    if member.standing == Standing::Inactive {
        climbed.pass(member, distance, own, Meeting::Asked(Verdict::Inactive));
        rolling.extend(own);
        return;
    }
    let lowest = rolling.first().copied();
    let before = climbed.steps.len();
    rolling.retain(|level| {
        let verdict = climb.verdict(member, *level);
        let takes = matches!(verdict, Verdict::Earns(_) | Verdict::Held(_));
        if takes {
            let step = climbed.pass(member, distance, Some(*level), Meeting::Asked(verdict));
            climbed.settle(*level, Fate::of(verdict, step));
        }
        !takes
    });
    if let Some(level) = own {
        let verdict = climb.verdict(member, level);
        let step = climbed.pass(member, distance, Some(level), Meeting::Asked(verdict));
        if rolls_on(climb, verdict) {
            rolling.push(level);
        } else {
            climbed.settle(level, Fate::of(verdict, step));
        }
        return;
    }
    if let Some(level) = lowest.filter(|_| climbed.steps.len() == before) {
        let verdict = climb.verdict(member, level);
        climbed.pass(member, distance, Some(level), Meeting::Asked(verdict));
    }
}

/// Whether the own level of one with this verdict goes to the next above.
pub(crate) fn rolls_on(climb: &Climb, verdict: Verdict) -> bool {
    match verdict {
        Verdict::Inactive | Verdict::NoRate | Verdict::NotCounted => true,
        Verdict::Closed { .. } => climb.closed_level == ClosedLevel::PassUp,
        Verdict::Earns(_) | Verdict::Held(_) => false,
    }
}
