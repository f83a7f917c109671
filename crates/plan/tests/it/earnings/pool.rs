//! A share of what the whole company sold, split among those who qualify.

use domain::catalog::Volume;
use domain::money::Money;
use domain::network::Standing;
use plan::Plan;
use plan::close::{Carry, How, Source, UnpaidReason, Why};
use plan::sketch::{Goods, Reckoned, Sketch, SketchError};

use super::{notes, paid, ranked, reckon, unpaid};
use crate::common::rule;

const FOUR: [&str; 4] = ["anna", "boris", "vera", "gleb"];

/// A pool of 1 % of turnover with these keys.
fn pool(keys: &str) -> Plan {
    ranked(&rule("fund", &format!("kind = \"pool\"\nbase = \"turnover\"\npercent = \"1%\"\n{keys}")))
}

/// Anna is of gold, boris and vera of silver, gleb a member; a stranger buys for this much.
fn four(sum: &str) -> Result<Sketch, SketchError> {
    let mut company = Sketch::new();
    company.chain(&FOUR)?.rank("anna", "gold")?.rank("boris", "silver")?.rank("vera", "silver")?;
    company.rank("gleb", "member")?.stranger_buys(sum)?;
    Ok(company)
}

/// What of the pool goes to the next period, in kopecks.
fn carried(reckoned: &Reckoned) -> Vec<i64> {
    let unused = reckoned.period.carried.0.iter().filter(|(key, _)| key.what == Carry::Unused);
    unused.map(|(_, amount)| *amount).collect()
}

#[test]
fn equal_shares_and_the_kopecks_left_go_to_the_first_codes() -> Result<(), SketchError> {
    // A fund of 100.02 in four: 25.005 each, so 25.00 and two kopecks more.
    let reckoned = reckon(&four("10002")?, &pool("shares = \"equal\""));
    assert_eq!(paid(&reckoned, "fund", FOUR), ["25.01", "25.01", "25.00", "25.00"]);
    let line = reckoned.period.lines.first().expect("four lines");
    assert_eq!((line.source, line.level), (Source::Company, 1));
    assert_eq!((line.base, line.how), (Money::from_minor(100_02), How::Shares { own: 1, all: 4 }));
    Ok(())
}

#[test]
fn shares_by_rank_go_to_the_largest_remainders() -> Result<(), SketchError> {
    // 100.00 in 1 + 1 + 5 shares: 14.2857.. twice and 71.4285..; the kopeck left is nearest at 14.28|57.
    let reckoned = reckon(&four("10000")?, &pool("shares = { silver = 1, gold = 5 }"));
    assert_eq!(paid(&reckoned, "fund", FOUR), ["71.43", "14.29", "14.28", "0.00"]);
    Ok(())
}

#[test]
fn points_of_all_points_published() -> Result<(), SketchError> {
    // Published: 10 000 pooled, 500 points of 5 000 give 1 000.
    let plan = ranked(&rule(
        "fund",
        "kind = \"pool\"\nbase = \"turnover\"\npercent = \"100%\"\nshares = \"customer_volume\"",
    ));
    let points = |points: i64| Goods { price: Money::ZERO, cost: Money::ZERO, points: Volume(points * 100) };
    let mut company = four("10000")?;
    company.bought("anna", true, points(500))?.bought("boris", true, points(4_500))?;
    assert_eq!(paid(&reckon(&company, &plan), "fund", FOUR), ["1000.00", "9000.00", "0.00", "0.00"]);
    Ok(())
}

#[test]
fn every_measure_of_volume_may_be_the_share() -> Result<(), SketchError> {
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera"])?;
    company.buys("anna", "100")?.customer_buys("boris", "200")?.buys("vera", "300")?;
    // A fund of 6.00. Personal 100, 200, 300; with the first line 300, 500, 300; with all 600, 500, 300.
    for (measure, expected) in [
        ("personal_volume", ["1.00", "2.00", "3.00"]),
        ("unrolled_volume", ["1.00", "2.00", "3.00"]),
        ("customer_volume", ["0.00", "6.00", "0.00"]),
        ("frontline_volume", ["1.64", "2.73", "1.63"]),
        ("group_volume", ["2.57", "2.14", "1.29"]),
    ] {
        let reckoned = reckon(&company, &pool(&format!("shares = \"{measure}\"")));
        assert_eq!(paid(&reckoned, "fund", ["anna", "boris", "vera"]), expected, "{measure}");
    }
    let of_customers = pool("shares = \"customer_volume\"");
    assert_eq!(
        notes(&company, &of_customers, "fund", "vera"),
        [(Some(1), Why::TooLittle { needs: 1, has: 0 })]
    );
    Ok(())
}

#[test]
fn min_rank_keeps_the_lower_out() -> Result<(), SketchError> {
    for (rank, expected) in [
        ("member", ["25.00", "25.00", "25.00", "25.00"]),
        ("silver", ["33.34", "33.33", "33.33", "0.00"]),
        ("gold", ["100.00", "0.00", "0.00", "0.00"]),
    ] {
        let plan = pool(&format!("shares = \"equal\"\nmin_rank = \"{rank}\""));
        assert_eq!(paid(&reckon(&four("10000")?, &plan), "fund", FOUR), expected, "{rank}");
    }
    let mut company = four("10000")?;
    company.partner("nobody", None)?;
    let silver = pool("shares = \"equal\"\nmin_rank = \"silver\"");
    for name in ["gleb", "nobody"] {
        assert_eq!(notes(&company, &silver, "fund", name), [(Some(1), Why::BelowRank)], "{name}");
    }
    let by_rank = pool("shares = { gold = 1 }");
    assert_eq!(notes(&company, &by_rank, "fund", "boris"), [(Some(1), Why::BelowRank)]);
    Ok(())
}

#[test]
fn the_inactive_take_no_part_and_the_held_theirs_unpaid() -> Result<(), SketchError> {
    let mut company = four("10000")?;
    company.standing("anna", Standing::Inactive)?.standing("boris", Standing::Held)?;
    let plan = pool("shares = \"equal\"");
    let reckoned = reckon(&company, &plan);
    assert_eq!(paid(&reckoned, "fund", FOUR), ["0.00", "0.00", "33.33", "33.33"]);
    assert_eq!(unpaid(&reckoned), [(UnpaidReason::Held, Some(1), "33.34".to_owned())]);
    assert_eq!(notes(&company, &plan, "fund", "anna"), [(Some(1), Why::Inactive)]);
    assert_eq!(notes(&company, &plan, "fund", "boris"), [(Some(1), Why::Held)]);
    Ok(())
}

#[test]
fn too_few_who_qualify_get_nothing() -> Result<(), SketchError> {
    let gold =
        |least: u32| pool(&format!("shares = \"equal\"\nmin_rank = \"silver\"\nmin_qualifiers = {least}"));
    assert_eq!(paid(&reckon(&four("10000")?, &gold(3)), "fund", ["anna"]), ["33.34"]);
    let reckoned = reckon(&four("10000")?, &gold(4));
    assert_eq!(reckoned.period.lines, []);
    assert_eq!(unpaid(&reckoned), [(UnpaidReason::Nobody, None, "100.00".to_owned())]);
    assert_eq!(
        notes(&four("10000")?, &gold(4), "fund", "anna"),
        [(Some(1), Why::TooFew { needs: 4, has: 3 })]
    );
    Ok(())
}

#[test]
fn a_maximum_cuts_each_part_and_is_not_split_again() -> Result<(), SketchError> {
    let shares = "shares = { silver = 1, gold = 2 }";
    for (most, expected, rest) in [
        ("\"30.00\"", ["30.00", "25.00", "25.00"], "20.00"),
        ("\"25%\"", ["25.00", "25.00", "25.00"], "25.00"),
        ("\"10.005%\"", ["10.00", "10.00", "10.00"], "70.00"),
        ("\"50%\"", ["50.00", "25.00", "25.00"], ""),
    ] {
        let reckoned = reckon(&four("10000")?, &pool(&format!("{shares}\nmax_per_partner = {most}")));
        assert_eq!(paid(&reckoned, "fund", ["anna", "boris", "vera"]), expected, "{most}");
        let left: Vec<String> = unpaid(&reckoned).into_iter().map(|(.., amount)| amount).collect();
        assert_eq!(left.concat(), rest, "{most}");
        assert_eq!(reckoned.period.lines[0].raw, Money::from_minor(50_00), "what it was before");
    }
    Ok(())
}

#[test]
fn unused_is_carried_into_the_next_fund_until_somebody_qualifies() -> Result<(), SketchError> {
    let plan =
        pool("shares = \"equal\"\nmin_rank = \"gold\"\nmax_per_partner = \"150.00\"\nunused = \"carried\"");
    let mut march = four("10000")?;
    march.rank("anna", "silver")?;
    let first = reckon(&march, &plan);
    assert_eq!((first.period.lines.len(), carried(&first)), (0, vec![100_00]));
    assert_eq!(unpaid(&first), [], "it is not the company's");
    let april = march.next_period(&first);
    let second = reckon(&april, &plan);
    assert_eq!(carried(&second), [100_00], "nothing sold, nothing lost");
    let mut may = april.next_period(&second);
    may.rank("anna", "gold")?.stranger_buys("8000")?;
    // 100.00 carried + 80.00, of which anna gets at most 150.00.
    let third = reckon(&may, &plan);
    assert_eq!((paid(&third, "fund", ["anna"]), carried(&third)), (["150.00".to_owned()], vec![30_00]));
    assert_eq!(third.period.lines[0].base, Money::from_minor(180_00));
    let fourth = reckon(&may.next_period(&third), &plan);
    assert_eq!((paid(&fourth, "fund", ["anna"]), carried(&fourth)), (["30.00".to_owned()], vec![]));
    Ok(())
}

#[test]
fn what_the_company_keeps_is_not_carried() -> Result<(), SketchError> {
    for unused in ["", "unused = \"company\""] {
        let plan = pool(&format!("shares = \"equal\"\nmin_rank = \"gold\"\n{unused}"));
        let mut march = four("10000")?;
        march.rank("anna", "silver")?;
        let first = reckon(&march, &plan);
        assert_eq!(carried(&first), Vec::<i64>::new());
        assert_eq!(unpaid(&first), [(UnpaidReason::Nobody, None, "100.00".to_owned())]);
    }
    Ok(())
}

#[test]
fn the_fund_rounds_down_and_a_kopeck_goes_to_one() -> Result<(), SketchError> {
    let plan = pool("shares = \"equal\"");
    let reckoned = reckon(&four("1.99")?, &plan);
    assert_eq!(paid(&reckoned, "fund", FOUR), ["0.01", "0.00", "0.00", "0.00"]);
    assert_eq!(notes(&four("1.99")?, &plan, "fund", "gleb"), [(Some(1), Why::RoundsToZero)]);
    let nothing = reckon(&four("0.99")?, &plan);
    assert_eq!((nothing.period.lines, nothing.period.unpaid), (vec![], vec![]));
    Ok(())
}

#[test]
fn the_base_is_all_that_is_sold_of_what_the_rule_says() -> Result<(), SketchError> {
    let of = |base: &str, more: &str| {
        let text =
            format!("kind = \"pool\"\nbase = \"{base}\"\npercent = \"10%\"\nshares = \"equal\"\n{more}");
        ranked(&format!(
            "{}{}",
            if base == "volume" { "point_value = \"2.00\"\n" } else { "" },
            rule("fund", &text)
        ))
    };
    let goods =
        Goods { price: Money::from_minor(100_00), cost: Money::from_minor(40_00), points: Volume(10_00) };
    let mut company = Sketch::new();
    company.partner("anna", None)?.bought("anna", false, goods)?.bought("anna", true, goods)?;
    company.stranger_buys("0.00")?;
    for (base, more, expected) in [
        ("turnover", "", "20.00"),
        ("margin", "", "12.00"),
        ("volume", "", "4.00"),
        ("turnover", "products = { categories = [\"goods\"] }", "20.00"),
        ("turnover", "products = { categories = [\"others\"] }", "0.00"),
    ] {
        let reckoned = reckon(&company, &of(base, more));
        assert_eq!(paid(&reckoned, "fund", ["anna"]), [expected], "{base} {more}");
    }
    Ok(())
}
