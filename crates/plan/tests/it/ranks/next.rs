//! What opens the next rank, and how it is said.

use domain::network::Standing;
use plan::close::{Condition, Leg, Requirement};
use plan::explain::{self, Lang};
use plan::sketch::{Sketch, SketchError};
use plan::{LegsOf, Measure, Plan};

use super::{Result, first_line, plan};

fn terms() -> Plan {
    plan(
        "qualify_by = \"turnover\"\nroll_up = { below = \"0.01\" }",
        r#"
[[ranks]]
name = "low"
personal_volume = "10"

[[ranks]]
name = "honoured"
staff_only = true

[[ranks]]
name = "high"
personal_volume = "100"
unrolled_volume = "101"
customer_volume = "5"
frontline_volume = "300"
group_volume = "500"
max_leg_share = "40%"
legs = ["150", "120"]
legs_of = "unrolled"
people = [{ rank = "low", count = 2, within = 1 }, { rank = "low", count = 3, separate_legs = true }]
tenure_months = 6
active = true
keep = { personal_volume = "20" }
"#,
    )
}

/// Anna 10, Boris 160 and Vera 30 under her.
fn company() -> std::result::Result<Sketch, SketchError> {
    let mut company = first_line(&["boris", "vera"])?;
    company.buys("anna", "10")?.buys("boris", "160")?.buys("vera", "30")?;
    company.standing("anna", Standing::Inactive)?;
    Ok(company)
}

#[test]
fn everything_that_is_not_enough_is_told_and_nothing_else() -> Result {
    let next = company()?.missing(&terms(), "anna")?.expect("a rank above");
    assert_eq!(next.rank, 2, "the next that is not for staff to give");
    let volume = |measure, needs, has| Requirement { condition: Condition::Volume(measure), needs, has };
    let people = |within, separate_legs, needs, has| Requirement {
        condition: Condition::People { rank: 0, within, separate_legs },
        needs,
        has,
    };
    let expected = [
        volume(Measure::Personal, 100_00, 10_00),
        volume(Measure::Unrolled, 101_00, 10_00),
        volume(Measure::Customers, 5_00, 0),
        volume(Measure::Frontline, 300_00, 200_00),
        Requirement {
            condition: Condition::GroupVolume { max_leg_share: domain::money::Rate::from_ppm(400_000) },
            needs: 500_00,
            has: 200_00,
        },
        Requirement {
            condition: Condition::Leg { leg: Leg::Second, of: LegsOf::Unrolled },
            needs: 120_00,
            has: 30_00,
        },
        people(None, true, 3, 2),
        Requirement { condition: Condition::TenureMonths, needs: 6, has: 1 },
        Requirement { condition: Condition::Active, needs: 1, has: 0 },
    ];
    assert_eq!(next.missing, expected);
    Ok(())
}

#[test]
fn what_keeps_a_rank_is_asked_of_one_who_had_it() -> Result {
    let mut company = company()?;
    company.was("anna", "high", "high")?;
    let next = company.missing(&terms(), "anna")?.expect("a rank above");
    let personal = Requirement { condition: Condition::Volume(Measure::Personal), needs: 20_00, has: 10_00 };
    assert_eq!(next.missing, [personal]);
    Ok(())
}

#[test]
fn there_is_nothing_above_the_top_or_for_whom_staff_decide() -> Result {
    let mut company = company()?;
    company.rank("boris", "low")?;
    assert_eq!(company.missing(&terms(), "boris")?, None, "staff decide");
    company.buys("anna", "10")?.was("anna", "high", "high")?;
    assert_eq!(company.missing(&terms(), "anna")?, None, "she is at the top");
    let names = plan("", "ranks = [\"low\", \"high\"]");
    assert_eq!(company.missing(&names, "vera")?, None, "only staff give these");
    Ok(())
}

#[test]
fn doing_what_is_missing_opens_the_rank() -> Result {
    let plan = plan("qualify_by = \"turnover\"", "[[ranks]]\nname = \"star\"\ngroup_volume = \"100\"");
    let mut company = first_line(&["boris"])?;
    company.buys("boris", "40")?;
    let next = company.missing(&plan, "anna")?.expect("a rank above");
    let [missing] = next.missing.as_slice() else { panic!("one condition") };
    let left = domain::money::Money::from_minor(missing.needs - missing.has);
    company.buys("anna", &left.to_string())?;
    assert_eq!(company.reckon(&plan)?.paid_as("anna"), Some("star"));
    Ok(())
}

#[test]
fn one_who_joins_after_the_period_has_no_months_yet() -> Result {
    let plan = plan("", "[[ranks]]\nname = \"star\"\ntenure_months = 2");
    let mut company = first_line(&[])?;
    company.joined("anna", crate::common::at("2026-08-01T00:00:00Z"))?;
    let next = company.missing(&plan, "anna")?.expect("a rank above");
    assert_eq!(next.missing, [Requirement { condition: Condition::TenureMonths, needs: 2, has: 0 }]);
    Ok(())
}

#[test]
fn it_is_said_in_both_languages() -> Result {
    let plan = terms();
    let next = company()?.missing(&plan, "anna")?.expect("a rank above");
    assert_eq!(
        explain::next_rank(&plan, &next, Lang::Ru),
        [
            "до ранга high не хватает:",
            "личный объём: нужно 100,00\u{a0}₽, есть 10,00\u{a0}₽, не хватает 90,00\u{a0}₽",
            "личный объём без присоединённого снизу: нужно 101,00\u{a0}₽, есть 10,00\u{a0}₽, не хватает 91,00\u{a0}₽",
            "объём клиентов: нужно 5,00\u{a0}₽, есть 0,00\u{a0}₽, не хватает 5,00\u{a0}₽",
            "личный объём вместе с первой линией: нужно 300,00\u{a0}₽, есть 200,00\u{a0}₽, не хватает 100,00\u{a0}₽",
            "групповой объём, из одной ветки засчитывается не больше 40% нужного: нужно 500,00\u{a0}₽, есть 200,00\u{a0}₽, не хватает 300,00\u{a0}₽",
            "вторая ветка, до присоединения объёмов: нужно 120,00\u{a0}₽, есть 30,00\u{a0}₽, не хватает 90,00\u{a0}₽",
            "веток с партнёром ранга low и выше на любой глубине: нужно 3, есть 2, не хватает 1",
            "полных месяцев с вступления: нужно 6, есть 1, не хватает 5",
            "нужна активность на конец периода",
        ]
    );
    assert_eq!(
        explain::next_rank(&plan, &next, Lang::En),
        [
            "what is missing for rank high:",
            "personal volume: 100.00 roubles needed, 10.00 roubles there, 90.00 roubles missing",
            "personal volume before the roll-up: 101.00 roubles needed, 10.00 roubles there, 91.00 roubles missing",
            "volume of customers: 5.00 roubles needed, 0.00 roubles there, 5.00 roubles missing",
            "personal volume and that of the first line: 300.00 roubles needed, 200.00 roubles there, 100.00 roubles missing",
            "group volume, of which one leg counts up to 40% of what is needed: 500.00 roubles needed, 200.00 roubles there, 300.00 roubles missing",
            "the second leg, before the roll-up: 120.00 roubles needed, 30.00 roubles there, 90.00 roubles missing",
            "legs with a partner of rank low or above at any depth: 3 needed, 2 there, 1 missing",
            "whole months since joining: 6 needed, 1 there, 5 missing",
            "must be active as the period ends",
        ]
    );
    Ok(())
}

#[test]
fn what_holds_is_said_without_a_lack() {
    let points = plan("", "[[ranks]]\nname = \"star\"");
    let said = |condition, needs, has| {
        explain::requirement(&points, &Requirement { condition, needs, has }, Lang::En)
    };
    assert_eq!(
        said(Condition::Volume(Measure::Group), 1_00, 2_50),
        "group volume: 1.00 points needed, 2.50 points there"
    );
    assert_eq!(said(Condition::Active, 1, 1), "active");
    let stars = |within, separate_legs| Condition::People { rank: 0, within, separate_legs };
    assert_eq!(
        said(stars(Some(1), false), 2, 3),
        "partners of rank star or above in the first line: 2 needed, 3 there"
    );
    assert_eq!(
        said(stars(Some(4), false), 2, 0),
        "partners of rank star or above within levels 1 to 4: 2 needed, 0 there, 2 missing"
    );
    let leg = |leg, of| Condition::Leg { leg, of };
    assert_eq!(
        said(leg(Leg::OfThree(3), LegsOf::Mixed), 2_00, 2_00),
        "number 3 by size of three (largest leg, second, all others together), the two largest before the roll-up, the others after it: 2.00 points needed, 2.00 points there"
    );
    assert_eq!(
        said(leg(Leg::Largest, LegsOf::Rolled), 2_00, 2_00),
        "the largest leg: 2.00 points needed, 2.00 points there"
    );
}

#[test]
fn who_no_longer_keeps_a_rank_is_told_what_keeps_it() -> Result {
    let mut company = company()?;
    company.was("anna", "high", "high")?;
    let next = company.missing(&terms(), "anna")?.expect("she has fallen");
    assert_eq!((next.rank, next.is_kept, next.missing.len()), (2, true, 1));
    let told = explain::next_rank(&terms(), &next, Lang::Ru);
    assert_eq!(
        told,
        [
            "чтобы сохранить ранг high, не хватает:",
            "личный объём: нужно 20,00\u{a0}₽, есть 10,00\u{a0}₽, не хватает 10,00\u{a0}₽"
        ]
    );
    assert_eq!(explain::next_rank(&terms(), &next, Lang::En)[0], "what is missing to keep rank high:");
    Ok(())
}
