//! Random rules: of every kind, each after those that it may name.

use super::super::dice::Dice;
use super::super::terms::{
    After, Binary, Breakaway, Climb, Compression, Kind, Ladder, Mode, Pool, RankRates, Rates, Rule, RuleCap,
    Shares, Unit, Unlock, Whose,
};
use super::{MEASURES, UNITS, volume};

fn rate(dice: &mut Dice, most: i128) -> i128 {
    if dice.chance(50) { dice.between(1, most / 10_000) * 10_000 } else { dice.between(1, most) }
}

fn rates(dice: &mut Dice, ranks: usize) -> Rates {
    if ranks == 0 || dice.chance(60) {
        return Rates::List(dice.list(1, 4, |dice| rate(dice, 60_000)));
    }
    let mut lists: Vec<Vec<i128>> = (0..ranks)
        .map(|_| if dice.chance(75) { dice.list(1, 4, |dice| rate(dice, 60_000)) } else { Vec::new() })
        .collect();
    if lists.iter().all(Vec::is_empty) {
        lists[0] = vec![50_000];
    }
    Rates::Table(lists)
}

fn some_ranks<T>(dice: &mut Dice, ranks: usize, mut value: impl FnMut(&mut Dice) -> T) -> Vec<(usize, T)> {
    let mut some: Vec<(usize, T)> = Vec::new();
    for rank in 0..ranks {
        if dice.chance(65) || (rank + 1 == ranks && some.is_empty()) {
            some.push((rank, value(dice)));
        }
    }
    some
}

fn rank_rates(dice: &mut Dice, ranks: usize, most: i128) -> RankRates {
    some_ranks(dice, ranks, |dice| rate(dice, most))
}

fn climb(dice: &mut Dice, ranks: usize, placed: bool) -> Climb {
    let mut all =
        vec![Compression::None, Compression::SkipInactive, Compression::Dynamic, Compression::RollToNext];
    if ranks > 0 {
        all.push(Compression::SkipBelowRank(dice.below(ranks)));
    }
    let rates = rates(dice, ranks);
    let levels = rates.levels();
    let unlock = match dice.below(4) {
        0 => Unlock::OneToOne,
        1 => Unlock::Tiers(vec![(1, 1), (2, levels.max(2))]),
        _ => Unlock::Open,
    };
    Climb {
        compression: dice.pick(&all),
        pass_up: dice.chance(30) && !matches!(unlock, Unlock::Open),
        unlock,
        pay_self: !placed && dice.chance(25),
        max_scan: if placed { None } else { dice.maybe(20, |dice| levels + dice.below(3)) },
        rates,
    }
}

fn bands(dice: &mut Dice, most: i128) -> Vec<(i128, i128)> {
    let mut from: Vec<i128> = dice.list(1, 4, volume);
    if dice.chance(40) {
        from.push(0);
    }
    from.sort_unstable();
    from.dedup();
    from.into_iter().map(|from| (from, rate(dice, most))).collect()
}

/// A rule that can stand after these; nothing where the kind that came up cannot.
pub(super) fn rule(dice: &mut Dice, ranks: usize, before: &[Rule]) -> Option<Rule> {
    let kind = kind(dice, ranks, before)?;
    let mut unit = dice.pick(&UNITS);
    let mut category = dice.maybe(20, |dice| dice.below(2));
    if let Kind::Retail { discount } = &kind {
        unit = if discount.is_some() { Unit::Turnover } else { Unit::Margin };
    }
    if matches!(kind, Kind::Matching { .. } | Kind::RankAdvance { .. }) {
        category = None;
    }
    let capped = !matches!(
        kind,
        Kind::Retail { .. } | Kind::Matching { .. } | Kind::RankAdvance { .. } | Kind::Award { .. }
    );
    let mut rule = Rule { kind, unit, category, cap: None, priority: None };
    if capped {
        let at_order = rule.at_order();
        let stop = dice.chance(12);
        rule.cap = dice.maybe(25, |dice| RuleCap {
            percent: if stop { dice.between(200_000, 900_000) } else { dice.between(1, 120_000) },
            mode: if stop { Mode::Stop } else { dice.pick(&[Mode::ProRata, Mode::Tail]) },
            period: !at_order || dice.chance(50),
        });
    }
    rule.priority = dice.maybe(25, |dice| 1 + dice.below(4));
    Some(rule)
}

fn places(rules: &[Rule], fits: impl Fn(&Kind) -> bool) -> Vec<usize> {
    rules.iter().enumerate().filter(|(_, rule)| fits(&rule.kind)).map(|(place, _)| place).collect()
}

/// A kind that can stand after these rules; nothing where the one that came up cannot.
fn kind(dice: &mut Dice, ranks: usize, before: &[Rule]) -> Option<Kind> {
    let ranked = ranks > 0;
    // Few plans have what a floor stands on.
    if dice.chance(25)
        && let Some(floor) = same_level(dice, before)
    {
        return Some(floor);
    }
    Some(match dice.below(20) {
        0..=2 => Kind::Level { climb: climb(dice, ranks, false), close: false },
        3..=4 => Kind::Level { climb: climb(dice, ranks, false), close: true },
        5 => Kind::FastStart {
            climb: climb(dice, ranks, false),
            days: dice.maybe(60, |dice| dice.between(1, 60)),
            replaces: dice.chance(50),
        },
        6..=7 => Kind::Personal {
            bands: bands(dice, 100_000),
            of: dice.pick(&[Whose::Own, Whose::Customers, Whose::Both]),
            close: dice.chance(70),
        },
        8 => Kind::Retail { discount: dice.maybe(90, |dice| rate(dice, 200_000)) },
        9..=10 => {
            let personal = places(before, |kind| matches!(kind, Kind::Personal { close: true, .. }));
            Kind::Differential {
                ladder: ladder(dice, ranks),
                pay_self: dice.chance(50),
                after: if personal.is_empty() { None } else { dice.maybe(60, |dice| dice.pick(&personal)) },
                top: dice.maybe(30, |dice| rate(dice, 150_000)),
            }
        }
        11 => return same_level(dice, before),
        12 if ranked => Kind::Generation {
            rates: rates(dice, ranks),
            first: 1 + dice.below(3),
            boundary: dice.maybe(70, |dice| dice.below(ranks)),
            inactive_bounds: dice.chance(50),
            empty_counts: dice.chance(50),
        },
        13 if ranked => Kind::Infinity {
            rates: rank_rates(dice, ranks, 60_000),
            after_generation: dice.below(3),
            boundary: dice.maybe(40, |dice| dice.below(ranks)),
            full: dice.chance(50),
        },
        14 if ranked => Kind::Breakaway(breakaway(dice, ranks, before)),
        15 => return matching(dice, ranks, before),
        16 => Kind::Pool(pool(dice, ranks)),
        17 if ranked && dice.chance(60) => Kind::RankAdvance {
            sums: some_ranks(dice, ranks, |dice| dice.between(1, 100_00)),
            highest: dice.chance(50),
            hold_periods: dice.between(1, 3),
        },
        17 => Kind::Award { count: 1 + dice.below(2) },
        18 => Kind::Binary(binary(dice)),
        19 => {
            let climb = climb(dice, ranks, true);
            Kind::Matrix {
                width: 2 + dice.below(2),
                height: climb.rates.levels() + dice.below(3),
                depth_first: dice.chance(40),
                climb,
            }
        }
        _ => return None,
    })
}

fn same_level(dice: &mut Dice, before: &[Rule]) -> Option<Kind> {
    let fits = |kind: &Kind| matches!(kind, Kind::Differential { pay_self, after, .. } if *pay_self || after.is_some());
    let of = places(before, fits);
    (!of.is_empty()).then(|| Kind::SameLevel {
        of: dice.pick(&of),
        rate: rate(dice, 60_000),
        counts_as_done: dice.chance(70),
    })
}

fn ladder(dice: &mut Dice, ranks: usize) -> Ladder {
    if ranks > 0 && dice.chance(40) {
        return Ladder::Ranks(rank_rates(dice, ranks, 150_000));
    }
    Ladder::Bands(dice.pick(&MEASURES), bands(dice, 150_000))
}

fn breakaway(dice: &mut Dice, ranks: usize, before: &[Rule]) -> Breakaway {
    let levels = places(before, |kind| matches!(kind, Kind::Level { .. }));
    let fixed = dice.chance(40);
    Breakaway {
        at_rank: dice.below(ranks),
        overrides: rank_rates(dice, ranks, 80_000),
        fixed,
        min_override: if fixed { None } else { dice.maybe(50, |dice| rate(dice, 20_000)) },
        generations: if dice.chance(40) { dice.list(1, 2, |dice| rate(dice, 30_000)) } else { Vec::new() },
        of: if levels.is_empty() || dice.chance(60) { Vec::new() } else { vec![dice.pick(&levels)] },
        exclude_group: dice.chance(60),
    }
}

fn matching(dice: &mut Dice, ranks: usize, before: &[Rule]) -> Option<Kind> {
    let fits =
        |kind: &Kind| !matches!(kind, Kind::Matching { .. } | Kind::RankAdvance { .. } | Kind::Award { .. });
    let mut of = places(before, fits);
    while of.len() > 1 && dice.chance(50) {
        of.remove(dice.below(of.len()));
    }
    (!of.is_empty()).then(|| Kind::Matching {
        of,
        rates: rates(dice, ranks),
        raw: dice.chance(40),
        skip_inactive: dice.chance(60),
    })
}

fn pool(dice: &mut Dice, ranks: usize) -> Pool {
    let shares = match dice.below(3) {
        0 if ranks > 0 => Shares::Ranks(some_ranks(dice, ranks, |dice| dice.between(1, 5))),
        1 => Shares::Measure(dice.pick(&MEASURES)),
        _ => Shares::Equal,
    };
    Pool {
        percent: rate(dice, 40_000),
        shares,
        min_rank: if ranks > 0 { dice.maybe(40, |dice| dice.below(ranks)) } else { None },
        min_qualifiers: dice.maybe(30, |dice| 1 + dice.below(4)),
        most: dice.maybe(40, |dice| {
            if dice.chance(50) { Ok(dice.between(1, 20_00)) } else { Err(dice.between(1, 900_000)) }
        }),
        carried: dice.chance(50),
    }
}

fn binary(dice: &mut Dice) -> Binary {
    let pays = if dice.chance(60) {
        Ok(rate(dice, 100_000))
    } else {
        let unit = dice.between(1, 300_00);
        Err((unit, dice.between(1, unit.min(20_00))))
    };
    let after = dice.pick(&[After::CarryForward, After::NetOff, After::FullFlush]);
    let balance = pays.is_ok() && dice.chance(30);
    Binary {
        pays,
        after,
        carry_cap: if after == After::FullFlush {
            None
        } else {
            dice.maybe(30, |dice| dice.between(1, 500_00))
        },
        period_cap: dice.maybe(30, |dice| dice.between(1, 50_00)),
        ratio: if balance || dice.chance(50) { (1, 1) } else { dice.pick(&[(1, 2), (2, 1), (2, 3), (3, 7)]) },
        balance,
        depth_first: dice.chance(40),
    }
}
