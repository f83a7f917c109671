//! A thing, once, for so many active buyers in the first line.

use domain::catalog::Volume;
use domain::lang::Lang;
use domain::money::Money;
use domain::network::Standing;
use plan::Plan;
use plan::close::Why;
use plan::sketch::{Goods, Reckoned, Sketch, SketchError};

use super::{notes, ranked, reckon};
use crate::common::rule;

fn gift(keys: &str) -> Plan {
    let item = "item = { ru = \"Компрессометр\", en = \"A compression gauge\" }";
    ranked(&rule("gift", &format!("kind = \"award\"\ncount = 2\n{item}\n{keys}")))
}

/// Anna with boris and vera under her, who both buy; gleb under vera.
fn company() -> Result<Sketch, SketchError> {
    let mut company = Sketch::new();
    company.partner("anna", None)?.partner("boris", Some("anna"))?.partner("vera", Some("anna"))?;
    company.partner("gleb", Some("vera"))?.buys("boris", "10")?.buys("vera", "0.01")?;
    Ok(company)
}

/// Who gets what, by place in the sketch.
fn given(reckoned: &Reckoned) -> Vec<(usize, String)> {
    let short =
        |award: &plan::close::Awarded| (award.earner.place(), award.item.in_lang(Lang::Ru).to_owned());
    reckoned.period.awards.iter().map(short).collect()
}

fn to_anna() -> Vec<(usize, String)> {
    vec![(0, "Компрессометр".to_owned())]
}

#[test]
fn so_many_buyers_in_the_first_line_give_the_thing() -> Result<(), SketchError> {
    let reckoned = reckon(&company()?, &gift(""));
    assert_eq!(given(&reckoned), to_anna());
    assert_eq!((&reckoned.period.lines, &reckoned.period.unpaid), (&vec![], &vec![]), "a thing is no money");
    let three = ranked(&rule("gift", "kind = \"award\"\ncount = 3\nitem = { ru = \"Д\", en = \"G\" }"));
    assert_eq!(given(&reckon(&company()?, &three)), []);
    assert_eq!(notes(&company()?, &three, "gift", "anna"), [(Some(1), Why::TooLittle { needs: 3, has: 2 })]);
    Ok(())
}

#[test]
fn those_who_only_joined_do_not_count() -> Result<(), SketchError> {
    let mut company = Sketch::new();
    company.partner("anna", None)?;
    for name in ["b", "c", "d", "e", "f"] {
        company.partner(name, Some("anna"))?;
    }
    company.buys("b", "1000")?;
    assert_eq!(given(&reckon(&company, &gift(""))), []);
    Ok(())
}

#[test]
fn only_active_buyers_for_themselves_in_the_first_line_count() -> Result<(), SketchError> {
    let mut inactive = company()?;
    inactive.standing("vera", Standing::Inactive)?;
    let mut held = company()?;
    held.standing("vera", Standing::Held)?;
    assert_eq!(given(&reckon(&inactive, &gift(""))), []);
    assert_eq!(given(&reckon(&held, &gift(""))), to_anna(), "one on hold is active");
    let mut apart = Sketch::new();
    apart.partner("anna", None)?.partner("boris", Some("anna"))?.partner("vera", Some("anna"))?;
    apart
        .partner("gleb", Some("vera"))?
        .buys("boris", "10")?
        .buys("gleb", "10")?
        .customer_buys("vera", "10")?;
    apart.buys("anna", "10")?;
    assert_eq!(
        given(&reckon(&apart, &gift(""))),
        [],
        "neither the second line, nor customers, nor she herself"
    );
    Ok(())
}

#[test]
fn the_first_line_is_of_sponsors_not_of_inviters_and_of_the_real_tree() -> Result<(), SketchError> {
    let mut company = company()?;
    company.partner("oleg", None)?.inviter("boris", "oleg")?.inviter("vera", "oleg")?;
    assert_eq!(given(&reckon(&company, &gift(""))), to_anna());
    let mut chain = Sketch::new();
    chain.chain(&["anna", "boris", "vera"])?.buys("vera", "10")?.buys("anna", "10")?;
    let one = |head: &str| {
        ranked(&format!(
            "{head}{}",
            rule("gift", "kind = \"award\"\ncount = 1\nitem = { ru = \"Д\", en = \"G\" }")
        ))
    };
    // With a roll-up vera hangs under anna for the period; her sponsor is boris all the same.
    for head in ["", "roll_up = { below = \"5\" }\n"] {
        assert_eq!(given(&reckon(&chain, &one(head))), [(1, "Д".to_owned())], "{head}");
    }
    Ok(())
}

#[test]
fn only_the_goods_of_the_rule_count() -> Result<(), SketchError> {
    assert_eq!(given(&reckon(&company()?, &gift("products = { categories = [\"goods\"] }"))), to_anna());
    assert_eq!(given(&reckon(&company()?, &gift("products = { categories = [\"others\"] }"))), []);
    let points = Goods { price: Money::ZERO, cost: Money::ZERO, points: Volume(100) };
    let mut free = Sketch::new();
    free.partner("anna", None)?.partner("boris", Some("anna"))?.partner("vera", Some("anna"))?;
    free.bought("boris", false, points)?.bought("vera", false, points)?;
    assert_eq!(given(&reckon(&free, &gift(""))), [], "what costs nothing is not bought");
    Ok(())
}

#[test]
fn once_in_a_life() -> Result<(), SketchError> {
    let plan = gift("");
    let mut period = company()?;
    for (number, expected) in [to_anna(), vec![], vec![], vec![]].into_iter().enumerate() {
        let reckoned = reckon(&period, &plan);
        assert_eq!(given(&reckoned), expected, "period {number}");
        let mut next = period.next_period(&reckoned);
        if number != 1 {
            next.buys("boris", "10")?.buys("vera", "10")?;
        }
        period = next;
    }
    assert_eq!(notes(&period, &plan, "gift", "anna"), [(Some(1), Why::Already)]);
    Ok(())
}

#[test]
fn the_inactive_and_the_held_get_it_later() -> Result<(), SketchError> {
    let plan = gift("");
    for (standing, why) in [(Standing::Inactive, Why::Inactive), (Standing::Held, Why::Held)] {
        let mut march = company()?;
        march.standing("anna", standing)?;
        let first = reckon(&march, &plan);
        assert_eq!(given(&first), [], "{standing:?}");
        assert_eq!(notes(&march, &plan, "gift", "anna"), [(Some(1), why)]);
        let mut april = march.next_period(&first);
        april.standing("anna", Standing::Active)?.buys("boris", "10")?.buys("vera", "10")?;
        assert_eq!(given(&reckon(&april, &plan)), to_anna(), "{standing:?}");
    }
    Ok(())
}
