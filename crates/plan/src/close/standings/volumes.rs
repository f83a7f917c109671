//! Everyone's volumes in a period.

use super::Qualified;
use crate::close::{Close, PerSeat, Seat};
use crate::plan::Plan;
use crate::rules::{Buyers, PeriodRule};

/// Everyone's measures. Of the group only what is personal: the rest is added as ranks are found.
pub(super) fn measured(close: &Close<'_>) -> PerSeat<Qualified> {
    let unrolled = close.bought.of(Buyers::Both);
    let personal = close.rolled.joined(&unrolled);
    let measured = |(seat, personal): (Seat, &i64)| Qualified {
        personal: *personal,
        unrolled: unrolled[seat],
        customers: close.bought.customers[seat],
        frontline: *personal,
        group: *personal,
        paid_as: None,
        highest: None,
    };
    let mut stands: PerSeat<Qualified> = personal.iter().map(measured).collect();
    for (seat, personal) in personal.iter() {
        if let Some(above) = close.rolled.tree.parent(seat) {
            let frontline = &mut stands[above].frontline;
            *frontline = frontline.saturating_add(*personal);
        }
    }
    stands
}

/// What everyone's group adds to the group volume above him.
pub(super) struct Groups {
    /// Which ranks, by place, break away with their group.
    apart: Vec<bool>,
    /// What everyone who is settled adds.
    added: PerSeat<i64>,
    /// The first line of each, where a rank asks how much of the volume one leg may bring.
    first_lines: Option<PerSeat<Vec<Seat>>>,
}

impl Groups {
    pub(super) fn new(close: &Close<'_>) -> Self {
        let shares = close.plan.ranks().iter().flat_map(crate::Rank::all_conditions);
        let by_leg = shares.into_iter().any(|conditions| conditions.max_leg_share.is_some());
        Self {
            apart: apart(close.plan),
            added: PerSeat::filled(0, close.facts.people.len()),
            first_lines: by_leg.then(|| close.rolled.tree.children()),
        }
    }

    /// Takes somebody's rank and group volume, and says what he adds to the one above: nothing if his
    /// group has broken away.
    pub(super) fn settle(&mut self, seat: Seat, rank: Option<usize>, group: i64) -> i64 {
        let is_apart = rank.and_then(|rank| self.apart.get(rank)).is_some_and(|apart| *apart);
        let added = if is_apart { 0 } else { group };
        self.added[seat] = added;
        added
    }

    /// What each leg of somebody adds to his group volume.
    pub(super) fn legs(&self, seat: Seat) -> impl Iterator<Item = i64> {
        let first_line = self.first_lines.as_ref().map(|first_lines| first_lines[seat].as_slice());
        first_line.unwrap_or_default().iter().map(|leg| self.added[*leg])
    }
}

/// Which ranks, by place, count in no group volume above them.
fn apart(plan: &Plan) -> Vec<bool> {
    let excluded: Vec<&String> = plan
        .rules()
        .iter()
        .filter_map(|rule| match rule.period_rule() {
            Some(PeriodRule::Breakaway(breakaway)) if breakaway.exclude_group => Some(&breakaway.leaders),
            _ => None,
        })
        .flatten()
        .collect();
    plan.ranks().iter().map(|rank| excluded.contains(&&rank.name)).collect()
}

#[cfg(test)]
mod tests {
    use domain::money::Rate;

    use crate::close::{Qualified, qualify};
    use crate::plan::Plan;
    use crate::rules::{Breakaway, OverrideMode, PeriodRule, RuleKind};
    use crate::sketch::{Sketch, SketchError};

    const TEXT: &str = r#"
name = "groups"
title = { ru = "Группы", en = "Groups" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14
qualify_by = "turnover"
ranks = [
    { name = "leader", group_volume = "100" },
    { name = "captain", group_volume = "150", max_leg_share = "50%" },
    { name = "director", legs = ["140"] },
]

[[rules]]
id = "apart"
kind = "level"
base = "turnover"
rates = ["1%"]
compression = "none"
"#;

    /// Everyone of a chain, from the top, where groups of some ranks break away.
    fn chain(
        leaders: &[&str],
        exclude_group: bool,
        bought: [&str; 3],
    ) -> Result<Vec<Qualified>, SketchError> {
        let mut plan = Plan::parse("groups.toml", TEXT).expect("a right plan").plan;
        let breakaway = Breakaway {
            leaders: leaders.iter().map(|&rank| rank.to_owned()).collect(),
            overrides: vec![("leader".to_owned(), Rate::from_ppm(10_000))],
            mode: OverrideMode::Fixed,
            min_override: None,
            generations: Vec::new(),
            of: Vec::new(),
            exclude_group,
        };
        for rule in &mut plan.rules {
            rule.kind = RuleKind::Period(PeriodRule::Breakaway(breakaway.clone()));
        }
        let mut company = Sketch::new();
        company.chain(&["anna", "boris", "vera"])?;
        for (name, sum) in ["anna", "boris", "vera"].into_iter().zip(bought) {
            company.buys(name, sum)?;
        }
        company.with_facts(&plan, |facts, _| {
            Ok(qualify(&plan, facts)?.iter().map(|(_, stands)| stands.clone()).collect())
        })
    }

    fn groups(stands: &[Qualified]) -> Vec<(i64, Option<usize>)> {
        stands.iter().map(|one| (one.group, one.paid_as)).collect()
    }

    #[test]
    fn a_group_that_broke_away_adds_nothing_above_it() -> Result<(), SketchError> {
        let apart = ["leader", "captain", "director"];
        let stands = chain(&apart, true, ["60", "50", "99.99"])?;
        // Vera is no leader; Boris with her is one, and leaves Anna with her own. The legs measure never
        // excludes: Anna's leg is all of Boris.
        assert_eq!(groups(&stands), [(60_00, Some(2)), (149_99, Some(0)), (99_99, None)]);
        Ok(())
    }

    #[test]
    fn a_plan_may_let_groups_count_that_broke_away() -> Result<(), SketchError> {
        let stands = chain(&["leader", "captain", "director"], false, ["60", "50", "99.99"])?;
        assert_eq!(groups(&stands), [(209_99, Some(2)), (149_99, Some(0)), (99_99, None)]);
        Ok(())
    }

    #[test]
    fn only_groups_of_the_ranks_that_break_away_are_left_out() -> Result<(), SketchError> {
        let stands = chain(&["captain", "director"], true, ["60", "50", "99.99"])?;
        assert_eq!(groups(&stands), [(209_99, Some(2)), (149_99, Some(0)), (99_99, None)]);
        Ok(())
    }

    #[test]
    fn a_group_that_broke_away_is_no_leg_of_a_share_either() -> Result<(), SketchError> {
        // Anna's 75 and half of 150 from Boris make a captain, unless Boris broke away as a leader.
        let anna = |exclude_group, own| {
            let stands = chain(&["leader"], exclude_group, [own, "20", "80"])?;
            Ok::<_, SketchError>(groups(&stands).into_iter().next())
        };
        assert_eq!(anna(false, "75")?, Some((175_00, Some(1))));
        assert_eq!(anna(false, "74.99")?, Some((174_99, Some(0))), "half of what is needed, not more");
        assert_eq!(anna(true, "75")?, Some((75_00, None)));
        assert_eq!(anna(true, "149.99")?, Some((149_99, Some(0))));
        assert_eq!(anna(true, "150")?, Some((150_00, Some(1))));
        Ok(())
    }
}
