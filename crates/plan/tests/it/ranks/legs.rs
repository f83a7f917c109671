//! Legs: the largest, the second, all others together, before and after the roll-up.

use plan::sketch::{Sketch, SketchError};

use super::{Result, anna, first_line, is_star, plan};

/// Legs of 100, 90, 60 and 50, with Anna's own volume in none of them.
fn four() -> std::result::Result<Sketch, SketchError> {
    let mut company = first_line(&["boris", "vera", "galina", "dmitri"])?;
    company.partner("egor", Some("boris"))?;
    company.buys("anna", "1000")?.buys("boris", "30")?.buys("egor", "70")?;
    company.buys("vera", "60")?.buys("galina", "90")?.buys("dmitri", "50")?;
    Ok(company)
}

#[test]
fn one_leg_is_the_largest() -> Result {
    assert!(is_star(&four()?, "legs = [\"100\"]")?);
    assert!(!is_star(&four()?, "legs = [\"100.01\"]")?);
    Ok(())
}

#[test]
fn two_legs_are_the_largest_and_the_second() -> Result {
    assert!(is_star(&four()?, "legs = [\"100\", \"90\"]")?);
    assert!(!is_star(&four()?, "legs = [\"100.01\", \"90\"]")?);
    assert!(!is_star(&four()?, "legs = [\"100\", \"90.01\"]")?, "the others together help no second leg");
    Ok(())
}

#[test]
fn of_three_the_others_together_may_stand_for_the_largest() -> Result {
    // 110 of the others, 100, 90.
    assert!(is_star(&four()?, "legs = [\"110\", \"100\", \"90\"]")?);
    assert!(is_star(&four()?, "legs = [\"90\", \"110\", \"100\"]")?, "in whatever order they are asked for");
    for legs in ["\"110.01\", \"100\", \"90\"", "\"110\", \"100.01\", \"90\"", "\"110\", \"100\", \"90.01\""]
    {
        assert!(!is_star(&four()?, &format!("legs = [{legs}]"))?, "{legs}");
    }
    Ok(())
}

#[test]
fn equal_legs_are_two_legs() -> Result {
    let mut company = first_line(&["boris", "vera"])?;
    company.buys("boris", "50")?.buys("vera", "50")?;
    assert!(is_star(&company, "legs = [\"50\", \"50\"]")?);
    assert!(!is_star(&company, "legs = [\"50\", \"50\", \"0.01\"]")?);
    Ok(())
}

#[test]
fn nobody_below_is_no_leg() -> Result {
    assert!(!is_star(&first_line(&[])?, "legs = [\"0.01\"]")?);
    Ok(())
}

/// Legs before the roll-up below 100: 190 of Boris, 120 of Vera, 150 of Galina and Dmitri. The 90 of
/// Boris's Egor join Boris; the 50 of Dmitri join Anna herself.
fn rolling() -> std::result::Result<Sketch, SketchError> {
    let mut company = first_line(&["boris", "vera", "galina", "dmitri"])?;
    company.partner("egor", Some("boris"))?;
    company.buys("anna", "100")?.buys("boris", "100")?.buys("egor", "90")?;
    company.buys("vera", "120")?.buys("galina", "100")?.buys("dmitri", "50")?;
    Ok(company)
}

fn rolls(company: &Sketch, of: &str, legs: &str) -> std::result::Result<bool, SketchError> {
    let head = "qualify_by = \"turnover\"\nroll_up = { below = \"100\" }";
    let ranks = format!("[[ranks]]\nname = \"star\"\nlegs = [{legs}]\n{of}");
    Ok(anna(company, &plan(head, &ranks))?.is_some())
}

#[test]
fn the_others_are_less_after_the_roll_up_than_before_it() -> Result {
    let company = rolling()?;
    let of = |of: &str| {
        let least = |others: &str| rolls(&company, of, &format!("\"190\", \"120\", \"{others}\""));
        Ok::<_, SketchError>([least("100")?, least("100.01")?, least("120")?])
    };
    assert_eq!(of("")?, [true, false, false], "rolled is what is not said");
    assert_eq!(of("legs_of = \"rolled\"")?, [true, false, false]);
    assert_eq!(of("legs_of = \"mixed\"")?, [true, false, false]);
    // Dmitri's 50 and Galina's 100: three values of 190, 150, 120.
    assert_eq!(of("legs_of = \"unrolled\"")?, [true, true, true]);
    Ok(())
}

#[test]
fn mixed_measures_the_two_largest_before_the_roll_up_and_takes_them_off_all_after_it() -> Result {
    // Vera's 90 join Anna: after the roll-up her leg is empty, before it it is the second.
    let mut company = first_line(&["boris", "vera", "galina", "dmitri"])?;
    company.buys("anna", "100")?.buys("boris", "200")?.buys("vera", "90")?;
    company.buys("galina", "80")?.buys("dmitri", "70")?;
    company.partner("egor", Some("dmitri"))?.buys("egor", "100")?;
    // Before: 200, 170 of Dmitri with Egor, 170 of the others. After: Boris 200, Egor 100.
    let reached = |of: &str, legs: &str| rolls(&company, &format!("legs_of = \"{of}\""), legs);
    assert!(reached("rolled", "\"200\", \"100\"")?);
    assert!(!reached("rolled", "\"200\", \"100.01\"")?);
    assert!(reached("unrolled", "\"200\", \"170\", \"170\"")?);
    assert!(reached("mixed", "\"200\", \"170\"")?);
    assert!(!reached("mixed", "\"200\", \"170\", \"0.01\"")?, "300 after it less 370 before it is nothing");
    Ok(())
}

#[test]
fn with_two_legs_mixed_has_no_others_whatever_rolled_up() -> Result {
    let mut company = first_line(&["boris", "vera"])?;
    company.buys("anna", "100")?.buys("boris", "200")?.buys("vera", "90")?;
    assert!(rolls(&company, "legs_of = \"mixed\"", "\"200\", \"90\"")?);
    assert!(!rolls(&company, "legs_of = \"rolled\"", "\"200\", \"90\"")?);
    assert!(!rolls(&company, "legs_of = \"mixed\"", "\"200\", \"90\", \"0.01\"")?);
    Ok(())
}

#[test]
fn one_whose_legs_are_all_rolled_up_has_no_mixed_legs() -> Result {
    let mut company = first_line(&["boris"])?;
    company.buys("anna", "100")?.buys("boris", "99")?;
    assert!(!rolls(&company, "legs_of = \"mixed\"", "\"0.01\"")?);
    assert!(rolls(&company, "legs_of = \"unrolled\"", "\"99\"")?);
    Ok(())
}

/// The terms published for a company of this kind: own volume before the roll-up, volume of the first
/// line after it, three legs.
#[test]
fn the_published_conditions_of_a_director_work_together() -> Result {
    let head = "qualify_by = \"volume\"\nroll_up = { below = \"100\" }";
    let ranks = "[[ranks]]\nname = \"manager\"\nunrolled_volume = \"100\"\nfrontline_volume = \"750\"\n[[ranks]]\nname = \"director\"\nunrolled_volume = \"100\"\nfrontline_volume = \"750\"\nlegs = [\"24000\", \"18000\", \"9000\"]\nlegs_of = \"mixed\"";
    let plan = plan(head, ranks);
    let month = |own: &str, last: &str| {
        let mut company = first_line(&["boris", "vera", "galina", "dmitri"])?;
        company.buys("anna", own)?.buys("boris", "24000")?.buys("vera", "18000")?;
        company.buys("galina", "5000")?.buys("dmitri", last)?;
        anna(&company, &plan)
    };
    assert_eq!(month("100", "4000")?.as_deref(), Some("director"));
    assert_eq!(month("100", "3999.99")?.as_deref(), Some("manager"));
    assert_eq!(month("99.99", "4000")?, None);
    Ok(())
}
