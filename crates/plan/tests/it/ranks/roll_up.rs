//! The roll-up: what is below the threshold joins the nearest above who is not.

use plan::Plan;
use plan::sketch::{Sketch, SketchError};

use super::{Result, first_line, plan, stands};

fn below(threshold: &str) -> Plan {
    plan(
        &format!("qualify_by = \"turnover\"\nroll_up = {{ below = \"{threshold}\" }}"),
        "[[ranks]]\nname = \"star\"\nfrontline_volume = \"300\"",
    )
}

/// Anna 100, Boris 99.99, Vera 100, Galina 1, one under the other.
fn chain() -> std::result::Result<Sketch, SketchError> {
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera", "galina"])?;
    company.buys("anna", "100")?.buys("boris", "99.99")?.buys("vera", "100")?.buys("galina", "1")?;
    Ok(company)
}

#[test]
fn volume_below_the_threshold_joins_the_nearest_above_who_has_it() -> Result {
    let reckoned = chain()?.reckon(&below("100"))?;
    let personal = [0, 1, 2, 3].map(|place| stands(&reckoned, place).personal);
    assert_eq!(personal, [199_99, 0, 101_00, 0]);
    let unrolled = [0, 1, 2, 3].map(|place| stands(&reckoned, place).unrolled);
    assert_eq!(unrolled, [100_00, 99_99, 100_00, 1_00], "what was bought stays whose it is");
    Ok(())
}

#[test]
fn at_the_threshold_nothing_rolls_up() -> Result {
    let reckoned = chain()?.reckon(&below("99.99"))?;
    let personal = [0, 1, 2, 3].map(|place| stands(&reckoned, place).personal);
    assert_eq!(personal, [100_00, 99_99, 101_00, 0]);
    Ok(())
}

#[test]
fn without_a_roll_up_everything_stays() -> Result {
    let plan = plan("qualify_by = \"turnover\"", "");
    let reckoned = chain()?.reckon(&plan)?;
    for place in 0..4 {
        let stood = stands(&reckoned, place);
        assert_eq!(stood.personal, stood.unrolled, "{place}");
    }
    Ok(())
}

#[test]
fn those_below_one_who_rolls_up_become_the_first_line_of_the_one_above_him() -> Result {
    let reckoned = chain()?.reckon(&below("100"))?;
    let frontline = [0, 1, 2, 3].map(|place| stands(&reckoned, place).frontline);
    assert_eq!(frontline, [300_99, 0, 101_00, 0]);
    let group = [0, 1, 2, 3].map(|place| stands(&reckoned, place).group);
    assert_eq!(group, [300_99, 0, 101_00, 0]);
    assert_eq!(reckoned.paid_as("anna"), Some("star"));
    assert_eq!(reckoned.paid_as("boris"), None);
    Ok(())
}

#[test]
fn it_passes_many_and_joins_by_what_was_bought_not_by_what_had_joined() -> Result {
    // Vera's 60 and Galina's 60 would make 120 of one who takes from below; each is judged by his own.
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera", "galina"])?;
    company.buys("anna", "100")?.buys("vera", "60")?.buys("galina", "60")?;
    let reckoned = company.reckon(&below("100"))?;
    let personal = [0, 1, 2, 3].map(|place| stands(&reckoned, place).personal);
    assert_eq!(personal, [220_00, 0, 0, 0]);
    Ok(())
}

#[test]
fn what_nobody_above_can_take_counts_for_nobody() -> Result {
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera"])?;
    company.buys("anna", "50")?.buys("boris", "99")?.buys("vera", "100")?;
    let reckoned = company.reckon(&below("100"))?;
    let personal = [0, 1, 2].map(|place| stands(&reckoned, place).personal);
    assert_eq!(personal, [0, 0, 100_00]);
    assert_eq!(stands(&reckoned, 0).group, 0, "Vera stands at the top of the period's tree");
    Ok(())
}

#[test]
fn purchases_of_customers_count_towards_the_threshold_and_roll_up_too() -> Result {
    let mut company = first_line(&["boris"])?;
    company.buys("anna", "60")?.customer_buys("anna", "40")?.customer_buys("boris", "99")?;
    let reckoned = company.reckon(&below("100"))?;
    let [anna, boris] = [0, 1].map(|place| stands(&reckoned, place));
    assert_eq!((anna.personal, anna.customers), (199_00, 40_00), "of customers only her own");
    assert_eq!((boris.personal, boris.customers), (0, 99_00));
    Ok(())
}

#[test]
fn the_threshold_is_in_the_unit_of_qualification() -> Result {
    use domain::catalog::Volume;
    use domain::money::Money;
    use plan::sketch::Goods;
    let mut company = first_line(&["boris"])?;
    company.buys("anna", "100")?;
    let goods = Goods { price: Money::from_minor(500_00), cost: Money::ZERO, points: Volume(99_99) };
    company.bought("boris", false, goods)?;
    let of = |unit: &str| {
        let reckoned = company
            .reckon(&plan(&format!("qualify_by = \"{unit}\"\nroll_up = {{ below = \"100\" }}"), ""))?;
        Ok::<_, SketchError>([0, 1].map(|place| stands(&reckoned, place).personal))
    };
    assert_eq!(of("volume")?, [199_99, 0]);
    assert_eq!(of("turnover")?, [100_00, 500_00]);
    // Points are what is measured unless the plan says otherwise.
    let unsaid = company.reckon(&plan("roll_up = { below = \"100\" }", ""))?;
    assert_eq!(stands(&unsaid, 0).personal, 199_99);
    Ok(())
}
