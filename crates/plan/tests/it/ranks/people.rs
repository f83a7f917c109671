//! People of a rank: how many, within how many levels, in separate legs.

use plan::Plan;
use plan::sketch::{Sketch, SketchError};

use super::{Result, anna, plan};

/// `star`, the lowest, asks for people; `silver` and `gold` are given by staff.
fn asks(people: &str) -> Plan {
    plan(
        "",
        &format!(
            "[[ranks]]\nname = \"star\"\npeople = [{people}]\n[[ranks]]\nname = \"silver\"\nstaff_only = true\n[[ranks]]\nname = \"gold\"\nstaff_only = true"
        ),
    )
}

fn reaches(company: &Sketch, people: &str) -> std::result::Result<bool, SketchError> {
    Ok(anna(company, &asks(people))?.is_some())
}

/// Anna over Boris (silver) over Vera over Galina (silver); and over Dmitri over Egor (gold).
fn company() -> std::result::Result<Sketch, SketchError> {
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera", "galina"])?;
    company.partner("dmitri", Some("anna"))?.partner("egor", Some("dmitri"))?;
    company.rank("boris", "silver")?.rank("galina", "silver")?.rank("egor", "gold")?;
    Ok(company)
}

#[test]
fn those_of_a_higher_rank_count_as_well_at_any_depth() -> Result {
    assert!(reaches(&company()?, "{ rank = \"silver\", count = 3 }")?);
    assert!(!reaches(&company()?, "{ rank = \"silver\", count = 4 }")?);
    assert!(reaches(&company()?, "{ rank = \"gold\", count = 1 }")?);
    assert!(!reaches(&company()?, "{ rank = \"gold\", count = 2 }")?);
    Ok(())
}

#[test]
fn only_so_many_levels_count() -> Result {
    for (within, silver, gold) in [(1, 1, 0), (2, 2, 1), (3, 3, 1), (100, 3, 1)] {
        for (rank, there) in [("silver", silver), ("gold", gold)] {
            let enough = |count: u32| {
                reaches(&company()?, &format!("{{ rank = \"{rank}\", count = {count}, within = {within} }}"))
            };
            assert!(there == 0 || enough(there)?, "{there} of {rank} within {within}");
            assert!(!enough(there + 1)?, "no more than {there} of {rank} within {within}");
        }
    }
    Ok(())
}

#[test]
fn a_leg_counts_once_however_many_it_has() -> Result {
    let separate = "separate_legs = true";
    for (people, reached) in [
        ("{ rank = \"silver\", count = 2, separate_legs = true }", true),
        ("{ rank = \"silver\", count = 3, separate_legs = true }", false),
        ("{ rank = \"silver\", count = 3, separate_legs = false }", true),
        ("{ rank = \"gold\", count = 1, separate_legs = true }", true),
        ("{ rank = \"gold\", count = 2, separate_legs = true }", false),
    ] {
        assert_eq!(reaches(&company()?, people)?, reached, "{people}");
    }
    for (within, legs) in [(1, 1), (2, 2)] {
        let enough = |count: u32| {
            reaches(
                &company()?,
                &format!("{{ rank = \"silver\", count = {count}, within = {within}, {separate} }}"),
            )
        };
        assert!(enough(legs)? && !enough(legs + 1)?, "{legs} legs within {within}");
    }
    Ok(())
}

#[test]
fn the_nearest_of_a_leg_is_the_one_that_counts() -> Result {
    // Silver two levels and four levels below Anna, in one leg, on either side of it.
    for (near, far) in [("vera", "zoya"), ("zoya", "vera")] {
        let mut company = Sketch::new();
        company.chain(&["anna", "boris"])?;
        for name in ["vera", "zoya"] {
            if name == near {
                company.partner(near, Some("boris"))?.rank(near, "silver")?;
            } else {
                company.partner(far, Some("boris"))?.partner("egor", Some(far))?;
            }
        }
        company.partner("fedor", Some("egor"))?.rank("fedor", "silver")?;
        let within = |levels: u16| {
            reaches(
                &company,
                &format!("{{ rank = \"silver\", count = 1, within = {levels}, separate_legs = true }}"),
            )
        };
        assert_eq!([within(1)?, within(2)?], [false, true], "{near} is nearer than Fedor");
    }
    Ok(())
}

#[test]
fn every_group_of_people_must_be_there() -> Result {
    let both = "{ rank = \"silver\", count = 1, within = 1 }, { rank = \"gold\", count";
    assert!(reaches(&company()?, &format!("{both} = 1 }}"))?);
    assert!(!reaches(&company()?, &format!("{both} = 2 }}"))?);
    Ok(())
}

#[test]
fn oneself_is_not_among_the_people_below() -> Result {
    let mut company = Sketch::new();
    company.partner("anna", None)?.rank("anna", "gold")?;
    let ranks =
        "[[ranks]]\nname = \"gold\"\n[[ranks]]\nname = \"star\"\npeople = [{ rank = \"gold\", count = 1 }]";
    company.partner("boris", Some("anna"))?;
    let reckoned = company.reckon(&plan("", ranks))?;
    assert_eq!([reckoned.paid_as("anna"), reckoned.paid_as("boris")], [Some("gold"), Some("gold")]);
    Ok(())
}

#[test]
fn ranks_grow_from_below_within_one_period() -> Result {
    // Everyone over a star of his own rank or above is one: it climbs the whole chain at once.
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera", "galina"])?.rank("galina", "star")?;
    let reckoned = company.reckon(&asks("{ rank = \"star\", count = 1, within = 1 }"))?;
    for name in ["anna", "boris", "vera", "galina"] {
        assert_eq!(reckoned.paid_as(name), Some("star"), "{name}");
    }
    Ok(())
}
