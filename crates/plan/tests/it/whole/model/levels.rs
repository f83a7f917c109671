//! Walks over levels: who gets level k, and why nobody does.

use super::super::terms::{Climb, Compression};
use super::super::world::Stands;

/// One whom a walk passes.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    pub(super) who: usize,
    pub(super) rank: Option<usize>,
    pub(super) stands: Stands,
    pub(super) invited: i128,
}

/// What becomes of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Untaken,
    Inactive,
    Closed,
    NoRate,
    /// He would have it at this rate.
    Held(usize, i128),
    Earned(usize, i128),
}

enum Verdict {
    NotCounted,
    Inactive,
    Closed,
    NoRate,
    Held(i128),
    Earns(i128),
}

fn judge(climb: &Climb, passed: &Passed, level: usize) -> Verdict {
    if let Compression::SkipBelowRank(least) = climb.compression
        && passed.rank.is_none_or(|rank| rank < least)
    {
        return Verdict::NotCounted;
    }
    if passed.stands == Stands::Inactive {
        return Verdict::Inactive;
    }
    if climb.unlock.needs(level).is_none_or(|needs| passed.invited < needs) {
        return Verdict::Closed;
    }
    let Some(rate) = climb.rates.at(passed.rank, level) else {
        return Verdict::NoRate;
    };
    if passed.stands == Stands::Held { Verdict::Held(rate) } else { Verdict::Earns(rate) }
}

/// What becomes of every level on a walk past these.
pub(super) fn walk(climb: &Climb, chain: &[Passed]) -> Vec<Fate> {
    if climb.compression == Compression::RollToNext { rolling(climb, chain) } else { counting(climb, chain) }
}

fn counting(climb: &Climb, chain: &[Passed]) -> Vec<Fate> {
    let mut fates = Vec::new();
    for passed in chain {
        let level = fates.len() + 1;
        if level > climb.rates.levels() {
            break;
        }
        let dynamic = climb.compression == Compression::Dynamic;
        let skips_inactive = dynamic || climb.compression == Compression::SkipInactive;
        let fate = match judge(climb, passed, level) {
            Verdict::NotCounted => None,
            Verdict::Inactive => (!skips_inactive).then_some(Fate::Inactive),
            Verdict::Closed => (!dynamic && !climb.pass_up).then_some(Fate::Closed),
            Verdict::NoRate => (!dynamic).then_some(Fate::NoRate),
            Verdict::Held(rate) => (!dynamic).then_some(Fate::Held(passed.who, rate)),
            Verdict::Earns(rate) => Some(Fate::Earned(passed.who, rate)),
        };
        fates.extend(fate);
    }
    fates.resize(climb.rates.levels(), Fate::Untaken);
    fates
}

fn rolling(climb: &Climb, chain: &[Passed]) -> Vec<Fate> {
    let mut fates = vec![Fate::Untaken; climb.rates.levels()];
    for (place, passed) in chain.iter().enumerate() {
        for level in 1..=climb.rates.levels().min(place + 1) {
            if fates[level - 1] != Fate::Untaken {
                continue;
            }
            let his_own = level == place + 1;
            fates[level - 1] = match judge(climb, passed, level) {
                Verdict::Closed if his_own && !climb.pass_up => Fate::Closed,
                Verdict::NotCounted | Verdict::Inactive | Verdict::Closed | Verdict::NoRate => Fate::Untaken,
                Verdict::Held(rate) => Fate::Held(passed.who, rate),
                Verdict::Earns(rate) => Fate::Earned(passed.who, rate),
            };
        }
    }
    fates
}
