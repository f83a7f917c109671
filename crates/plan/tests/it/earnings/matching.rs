//! A share of what those whom one personally invited earn.

use domain::accrual::RuleId;
use domain::money::{Money, Rate};
use domain::network::Standing;
use plan::Plan;
use plan::close::{How, Line, Seat, Source, UnpaidReason, Why};
use plan::sketch::{Sketch, SketchError};

use super::{notes, paid, ranked, reckon, unpaid};
use crate::common::rule;

const LEVELS: &str = "kind = \"level\"\nbase = \"turnover\"\nrates = [\"10%\"]\ncompression = \"none\"";

const FIVE: [&str; 5] = ["anna", "boris", "vera", "dina", "eva"];

/// Level commissions of 10 %, and a match with these keys.
fn matching(keys: &str) -> Plan {
    ranked(&format!(
        "{}{}",
        rule("levels", LEVELS),
        rule("match", &format!("kind = \"matching\"\nof = [\"levels\"]\n{keys}"))
    ))
}

fn fifty() -> Plan {
    matching("rates = [\"50%\", \"25%\", \"10%\"]")
}

/// Five people one under the other; the last buys for 1 000.00, so dina earns 100.00.
fn five() -> Result<Sketch, SketchError> {
    let mut company = Sketch::new();
    company.chain(&FIVE)?.buys("eva", "1000")?;
    Ok(company)
}

#[test]
fn everyones_commissions_are_matched_by_generation() -> Result<(), SketchError> {
    let plan = ranked(&format!(
        "{}{}",
        rule("levels", &LEVELS.replace("[\"10%\"]", "[\"10%\", \"5%\"]")),
        rule("match", "kind = \"matching\"\nof = [\"levels\"]\nrates = [\"50%\", \"25%\", \"10%\"]")
    ));
    let reckoned = reckon(&five()?, &plan);
    // dina earns 100.00 and vera 50.00.
    // vera: 50 % of 100.00; boris: 25 % of 100.00 + 50 % of 50.00; anna: 10 % of 100.00 + 25 % of 50.00.
    assert_eq!(paid(&reckoned, "match", FIVE), ["22.50", "50.00", "50.00", "0.00", "0.00"]);
    Ok(())
}

#[test]
fn a_line_says_of_whose_commissions_it_is() -> Result<(), SketchError> {
    let reckoned = reckon(&five()?, &matching("rates = [\"50%\", \"25%\"]"));
    let line = |earner: usize, level, percent: u32, paid| Line {
        rule: RuleId::new("match"),
        earner: Seat::new(earner),
        source: Source::Partner(Seat::new(3)),
        level,
        base: Money::from_minor(100_00),
        how: How::Rate(Rate::from_ppm(percent * 10_000)),
        raw: Money::from_minor(paid),
        paid: Money::from_minor(paid),
    };
    assert_eq!(reckoned.period.lines, [line(2, 1, 50, 50_00), line(1, 2, 25, 25_00)]);
    Ok(())
}

#[test]
fn the_walk_goes_up_those_who_invited_not_the_sponsors() -> Result<(), SketchError> {
    let mut company = five()?;
    company.partner("oleg", None)?.partner("pavel", Some("oleg"))?.inviter("dina", "pavel")?;
    let reckoned = reckon(&company, &fifty());
    assert_eq!(reckoned.by_rule("levels", "dina"), Money::from_minor(100_00));
    assert_eq!(
        paid(&reckoned, "match", ["pavel", "oleg", "vera", "boris"]),
        ["50.00", "25.00", "0.00", "0.00"]
    );
    Ok(())
}

#[test]
fn inactive_inviters_take_no_generation_unless_the_plan_says_so() -> Result<(), SketchError> {
    let mut company = five()?;
    company.standing("vera", Standing::Inactive)?;
    assert_eq!(paid(&reckon(&company, &fifty()), "match", FIVE), ["25.00", "50.00", "0.00", "0.00", "0.00"]);
    let counted = matching("rates = [\"50%\", \"25%\", \"10%\"]\nskip_inactive = false");
    assert_eq!(paid(&reckon(&company, &counted), "match", FIVE), ["10.00", "25.00", "0.00", "0.00", "0.00"]);
    assert_eq!(notes(&company, &fifty(), "match", "vera"), [(Some(1), Why::Inactive)]);
    assert_eq!(notes(&company, &counted, "match", "vera"), [(Some(1), Why::Inactive)]);
    company.standing("boris", Standing::Inactive)?.standing("anna", Standing::Inactive)?;
    assert_eq!(reckon(&company, &fifty()).period.lines, [], "nobody is left");
    assert_eq!(notes(&company, &fifty(), "match", "anna"), [(Some(1), Why::Inactive)]);
    Ok(())
}

#[test]
fn one_on_hold_takes_his_generation_and_it_stays_unpaid() -> Result<(), SketchError> {
    let mut company = five()?;
    company.standing("vera", Standing::Held)?;
    let reckoned = reckon(&company, &fifty());
    assert_eq!(paid(&reckoned, "match", ["vera", "boris", "anna"]), ["0.00", "25.00", "10.00"]);
    assert_eq!(unpaid(&reckoned), [(UnpaidReason::Held, Some(2), "50.00".to_owned())]);
    assert_eq!(notes(&company, &fifty(), "match", "vera"), [(Some(1), Why::Held)]);
    Ok(())
}

#[test]
fn what_a_source_on_hold_does_not_earn_is_not_matched() -> Result<(), SketchError> {
    for standing in [Standing::Held, Standing::Inactive] {
        let mut company = five()?;
        company.standing("dina", standing)?;
        assert_eq!(reckon(&company, &fifty()).period.lines, [], "{standing:?}");
    }
    Ok(())
}

#[test]
fn one_whose_rank_has_no_rate_takes_the_generation() -> Result<(), SketchError> {
    let plan = matching("rate_table = { member = [\"10%\"], gold = [\"20%\", \"15%\"] }");
    let mut company = five()?;
    company.rank("vera", "silver")?.rank("boris", "gold")?.rank("anna", "gold")?;
    assert_eq!(paid(&reckon(&company, &plan), "match", FIVE), ["0.00", "15.00", "0.00", "0.00", "0.00"]);
    assert_eq!(notes(&company, &plan, "match", "vera"), [(Some(1), Why::BelowRank)]);
    assert_eq!(notes(&company, &plan, "match", "anna"), [(Some(3), Why::TooFar)]);
    company.rank("vera", "member")?.rank("boris", "member")?;
    assert_eq!(paid(&reckon(&company, &plan), "match", FIVE), ["0.00", "0.00", "10.00", "0.00", "0.00"]);
    assert_eq!(notes(&company, &plan, "match", "boris"), [(Some(2), Why::BelowRank)]);
    company.standing("vera", Standing::Inactive)?.rank("vera", "silver")?;
    let counted = matching("rate_table = { gold = [\"20%\"] }\nskip_inactive = false");
    assert_eq!(
        notes(&company, &counted, "match", "vera"),
        [(Some(1), Why::Inactive)],
        "said before the rank"
    );
    Ok(())
}

#[test]
fn a_match_is_of_what_was_paid_or_of_what_was_reckoned() -> Result<(), SketchError> {
    let capped = |on: &str| {
        ranked(&format!(
            "[cap]\npercent = \"4%\"\nmode = \"pro_rata\"\nof = \"turnover\"\n{}{}",
            rule("levels", LEVELS),
            rule("match", &format!("kind = \"matching\"\nof = [\"levels\"]\nrates = [\"50%\"]\n{on}"))
        ))
    };
    // dina would get 100.00 and gets 40.00.
    for (on, expected) in [("", "20.00"), ("on = \"capped\"", "20.00"), ("on = \"raw\"", "50.00")] {
        let reckoned = reckon(&five()?, &capped(on));
        assert_eq!(reckoned.by_rule("levels", "dina"), Money::from_minor(40_00));
        assert_eq!(paid(&reckoned, "match", ["vera"]), [expected], "{on}");
    }
    Ok(())
}

#[test]
fn commissions_of_several_rules_are_added_before_anything_is_rounded() -> Result<(), SketchError> {
    let plan = |of: &str| {
        ranked(&format!(
            "{}{}{}",
            rule("levels", LEVELS),
            rule("more", LEVELS),
            rule("match", &format!("kind = \"matching\"\nof = [{of}]\nrates = [\"25%\"]"))
        ))
    };
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera"])?.buys("vera", "0.10")?;
    // A kopeck by each rule: a quarter of one is nothing, of both half a kopeck and so a whole one.
    assert_eq!(paid(&reckon(&company, &plan("\"levels\"")), "match", ["anna"]), ["0.00"]);
    assert_eq!(notes(&company, &plan("\"levels\""), "match", "anna"), [(Some(1), Why::RoundsToZero)]);
    assert_eq!(paid(&reckon(&company, &plan("\"levels\", \"more\"")), "match", ["anna"]), ["0.01"]);
    Ok(())
}

#[test]
fn what_the_close_pays_is_matched_like_what_orders_paid() -> Result<(), SketchError> {
    let at_close = format!("decided = \"close\"\n{LEVELS}");
    let pool =
        "kind = \"pool\"\nbase = \"turnover\"\npercent = \"3%\"\nshares = \"equal\"\nmin_rank = \"gold\"";
    let plan = ranked(&format!(
        "{}{}{}",
        rule("levels", &at_close),
        rule("fund", pool),
        rule("match", "kind = \"matching\"\nof = [\"levels\", \"fund\"]\nrates = [\"10%\"]")
    ));
    let mut company = five()?;
    company.rank("boris", "gold")?;
    // dina earns 100.00 of eva; the fund of 30.00 goes to boris, who is of gold.
    let reckoned = reckon(&company, &plan);
    assert_eq!(paid(&reckoned, "match", ["vera", "anna"]), ["10.00", "3.00"]);
    Ok(())
}

#[test]
fn commissions_of_other_rules_are_not_matched() -> Result<(), SketchError> {
    let plan = ranked(&format!(
        "{}{}{}",
        rule("levels", LEVELS),
        rule("other", &LEVELS.replace("10%", "1%")),
        rule("match", "kind = \"matching\"\nof = [\"other\"]\nrates = [\"50%\"]")
    ));
    assert_eq!(paid(&reckon(&five()?, &plan), "match", ["vera"]), ["5.00"]);
    Ok(())
}

#[test]
fn nothing_earned_is_nothing_matched() -> Result<(), SketchError> {
    let mut company = Sketch::new();
    company.chain(&FIVE)?.buys("anna", "1000")?;
    let reckoned = reckon(&company, &fifty());
    assert_eq!((reckoned.period.lines, reckoned.period.unpaid), (vec![], vec![]));
    Ok(())
}

#[test]
fn a_ring_of_inviters_is_refused() -> Result<(), SketchError> {
    let mut company = five()?;
    company.inviter("anna", "eva")?;
    let refused = company.reckon(&fifty()).expect_err("a ring");
    assert_eq!(refused, SketchError::Close(plan::close::CloseError::EndlessUpline));
    Ok(())
}
