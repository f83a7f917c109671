//! Each condition of a rank by itself, both ways.

use domain::network::Standing;
use plan::sketch::Sketch;

use super::{Result, anna, first_line, is_star, plan, stands, star};
use crate::common::at;

/// Anna 30 and 20 by customers, Boris under her 100 and 7 by customers, Vera under him 200.
fn three() -> std::result::Result<Sketch, plan::sketch::SketchError> {
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera"])?;
    company.buys("anna", "30")?.customer_buys("anna", "20")?;
    company.buys("boris", "100")?.customer_buys("boris", "7")?.buys("vera", "200")?;
    Ok(company)
}

#[test]
fn every_measure_is_reached_at_its_kopeck_and_not_a_kopeck_before() -> Result {
    for (measure, exactly, just_above) in [
        ("personal_volume", "50", "50.01"),
        ("unrolled_volume", "50", "50.01"),
        ("customer_volume", "20", "20.01"),
        ("frontline_volume", "157", "157.01"),
        ("group_volume", "357", "357.01"),
    ] {
        assert!(is_star(&three()?, &format!("{measure} = \"{exactly}\""))?, "{measure} {exactly}");
        assert!(!is_star(&three()?, &format!("{measure} = \"{just_above}\""))?, "{measure} {just_above}");
    }
    Ok(())
}

#[test]
fn all_conditions_must_hold_together() -> Result {
    let both = |personal: &str, group: &str| {
        is_star(&three()?, &format!("personal_volume = \"{personal}\"\ngroup_volume = \"{group}\""))
    };
    assert_eq!([both("50", "357")?, both("51", "357")?, both("50", "358")?], [true, false, false]);
    Ok(())
}

#[test]
fn a_threshold_is_measured_in_the_unit_the_plan_names() -> Result {
    use domain::catalog::Volume;
    use domain::money::Money;
    use plan::sketch::Goods;
    let mut company = first_line(&[])?;
    let goods = Goods { price: Money::from_minor(9_00), cost: Money::from_minor(5_00), points: Volume(2_50) };
    company.bought("anna", false, goods)?;
    for (unit, exactly, just_above) in
        [("turnover", "9", "9.01"), ("margin", "4", "4.01"), ("volume", "2.5", "2.51")]
    {
        let reached = |threshold: &str| {
            let ranks = format!("[[ranks]]\nname = \"star\"\npersonal_volume = \"{threshold}\"");
            anna(&company, &plan(&format!("qualify_by = \"{unit}\""), &ranks))
        };
        assert_eq!(reached(exactly)?.as_deref(), Some("star"), "{unit}");
        assert_eq!(reached(just_above)?, None, "{unit}");
    }
    Ok(())
}

#[test]
fn one_leg_brings_no_more_than_its_share_of_what_is_needed() -> Result {
    let mut company = first_line(&["boris", "vera"])?;
    company.buys("anna", "10")?.buys("boris", "1000")?.buys("vera", "40")?;
    // 10 + at most half of 100 from Boris + 40 from Vera.
    assert!(is_star(&company, "group_volume = \"100\"\nmax_leg_share = \"50%\"")?);
    assert!(!is_star(&company, "group_volume = \"100\"\nmax_leg_share = \"49.9999%\"")?);
    assert!(!is_star(&company, "group_volume = \"100.01\"\nmax_leg_share = \"49.9%\"")?);
    assert!(is_star(&company, "group_volume = \"1050\"")?, "without a share the whole leg counts");
    assert!(is_star(&company, "group_volume = \"1050\"\nmax_leg_share = \"100%\"")?);
    Ok(())
}

#[test]
fn a_share_of_a_leg_is_exact_below_a_kopeck() -> Result {
    // A third of 0.05 three times is not yet 0.05, at 33.3333 %; it is at 33.3334 %.
    let mut company = first_line(&["boris", "vera", "galina"])?;
    company.buys("boris", "1")?.buys("vera", "1")?.buys("galina", "1")?;
    assert!(!is_star(&company, "group_volume = \"0.05\"\nmax_leg_share = \"33.3333%\"")?);
    assert!(is_star(&company, "group_volume = \"0.05\"\nmax_leg_share = \"33.3334%\"")?);
    Ok(())
}

#[test]
fn tenure_counts_whole_calendar_months_to_the_end_of_the_period_in_the_zone_of_the_plan() -> Result {
    // The period ends with March UTC, that is on 1 April at 3 in the morning in Moscow.
    for (joined, months) in [
        ("2026-03-01T00:00:00Z", 1),
        ("2026-03-01T00:00:01Z", 0),
        ("2026-02-28T23:59:59Z", 1),
        ("2026-02-01T00:00:00Z", 2),
        ("2025-04-01T00:00:00Z", 12),
        ("2025-04-01T00:00:01Z", 11),
        ("2026-08-01T00:00:00Z", 0),
    ] {
        let mut company = first_line(&[])?;
        company.joined("anna", at(joined))?;
        let reached = |months: u32| is_star(&company, &format!("tenure_months = {months}"));
        if months > 0 {
            assert!(reached(months)?, "{joined}: {months} months");
        }
        assert!(!reached(months + 1)?, "{joined}: no more than {months} months");
    }
    Ok(())
}

#[test]
fn months_are_those_of_the_plans_zone() {
    // The year ends on 31 December at 21:00 UTC: a month before that it was 1 December in Moscow.
    let mut facts = super::model::facts_of(&[super::model::person(None)], &[]);
    for (joined, rank) in [("2025-11-30T21:00:00Z", Some(0)), ("2025-11-30T21:00:01Z", None)] {
        let joined_at = at(joined);
        facts.people = facts.people.map(|one| plan::close::Participant { joined_at, ..one.clone() });
        let stands = plan::close::qualify(&star("tenure_months = 1"), &facts).expect("a tree");
        assert_eq!(stands[super::Seat::new(0)].paid_as, rank, "{joined}");
    }
}

#[test]
fn the_last_day_of_a_short_month_stands_in_for_the_day_it_lacks() -> Result {
    // 31 December in Moscow, and the period ends on 1 April: 31 March is the third month.
    let mut company = first_line(&[])?;
    company.joined("anna", at("2025-12-31T10:00:00+03:00"))?;
    assert!(is_star(&company, "tenure_months = 3")?);
    assert!(!is_star(&company, "tenure_months = 4")?);
    Ok(())
}

#[test]
fn the_inactive_fail_where_activity_is_asked_for_and_the_held_do_not() -> Result {
    for (standing, is_active) in
        [(Standing::Active, true), (Standing::Held, true), (Standing::Inactive, false)]
    {
        let mut company = first_line(&[])?;
        company.standing("anna", standing)?;
        assert_eq!(is_star(&company, "active = true")?, is_active, "{standing:?}");
        assert!(is_star(&company, "active = false")?, "{standing:?}");
    }
    Ok(())
}

#[test]
fn a_rank_without_conditions_is_everybodys_and_a_plan_without_ranks_gives_none() -> Result {
    assert!(is_star(&first_line(&[])?, "")?);
    let reckoned = first_line(&[])?.reckon(&plan("", ""))?;
    assert_eq!((stands(&reckoned, 0).paid_as, stands(&reckoned, 0).highest), (None, None));
    Ok(())
}

#[test]
fn the_highest_rank_reached_counts_even_if_a_lower_one_is_not() -> Result {
    let ranks = "[[ranks]]\nname = \"low\"\ncustomer_volume = \"1000\"\n[[ranks]]\nname = \"mid\"\npersonal_volume = \"10\"\n[[ranks]]\nname = \"high\"\npersonal_volume = \"100\"";
    let plan = plan("qualify_by = \"turnover\"", ranks);
    for (bought, rank) in [("9.99", None), ("10", Some("mid")), ("99.99", Some("mid")), ("100", Some("high"))]
    {
        let mut company = first_line(&[])?;
        company.buys("anna", bought)?;
        assert_eq!(anna(&company, &plan)?.as_deref(), rank, "{bought}");
    }
    Ok(())
}

#[test]
fn what_was_given_back_counts_for_no_rank() {
    use domain::order::Order;
    use plan::close::qualify;
    let mut order: Order = crate::common::order(vec![crate::common::line(1, 3, 10_00)]);
    order.refunds.push(crate::common::refund(1, &[(1, 1)]));
    let people = [super::model::Person { own: 0, ..super::model::person(None) }];
    let paid = |order: &Order, threshold: &str| {
        let orders = [(plan::close::Bought::By(super::Seat::new(0)), order.clone())];
        let facts = super::model::facts_of(&people, &orders);
        let plan = star(&format!("personal_volume = \"{threshold}\""));
        qualify(&plan, &facts).expect("a tree")[super::Seat::new(0)].paid_as
    };
    assert_eq!((paid(&order, "20"), paid(&order, "20.01")), (Some(0), None));
    order.cancelled_at = Some(crate::common::paid());
    assert_eq!(paid(&order, "0.01"), None);
}
