//! The example plans: each is right, and pays a small company what a person reckons by hand.

use std::collections::BTreeMap;

use domain::catalog::Volume;
use domain::money::Money;
use plan::Plan;
use plan::explain::Lang;
use plan::sketch::{Goods, Reckoned, Sketch, SketchError};

use crate::common::{at, at_root, examples};

fn example(name: &str) -> Plan {
    let text = at_root(&format!("plans/examples/{name}.toml"));
    Plan::parse(name, &text).unwrap_or_else(|mistakes| panic!("{mistakes}")).plan
}

/// What everybody earned, as one line a person.
fn told(sums: &BTreeMap<String, Money>) -> String {
    sums.iter().map(|(name, sum)| format!("{name} {sum}")).collect::<Vec<_>>().join(", ")
}

fn earned(reckoned: &Reckoned) -> String {
    told(&reckoned.totals())
}

/// Goods of so many points at so much a point.
fn points(points: i64, price: i64) -> Goods {
    Goods { price: Money::from_minor(points * price * 100), cost: Money::ZERO, points: Volume(points * 100) }
}

#[test]
fn the_examples_are_right_and_say_where_a_cap_may_cut() {
    let mut warned = Vec::new();
    for (name, text) in examples() {
        let parsed = Plan::parse(&name, &text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        assert_eq!(parsed.plan.name(), format!("example-{name}"));
        warned.extend(parsed.warnings.iter().map(|warning| warning.line_in(Lang::En)));
    }
    assert_eq!(examples().len(), 6);
    assert_eq!(
        warned,
        [
            "binary:19:1: the rule \"pairs\" of kind binary pays the same volume to everyone above it: whatever it comes to, the cap cuts above 40%; the plan works: what is above the cap is cut as mode says",
            "hybrid:119:7: the cap of the rule \"override\" may cut: it comes to 13%, and its cap is 12%; the plan works: what is above the cap is cut as mode says"
        ]
    );
}

#[test]
fn the_unilevel_pays_newcomers_customers_and_levels() -> Result<(), SketchError> {
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera", "gleb"])?;
    for old in ["anna", "boris", "vera"] {
        company.joined(old, at("2025-01-01T00:00:00Z"))?;
    }
    company.buys("vera", "1000.00")?.buys("gleb", "1000.00")?.customer_buys("boris", "1000.00")?;
    let reckoned = company.reckon(&example("unilevel"))?;
    // Vera's order by level 100 + 70; Gleb's by fast start 200 + 50; the customer's 150, then 100 + 70.
    assert_eq!(earned(&reckoned), "anna 140.00, boris 400.00, vera 200.00");
    assert_eq!(reckoned.by_rule("retail", "boris").to_string(), "150.00");
    assert_eq!(reckoned.by_rule("welcome", "vera").to_string(), "200.00");
    Ok(())
}

#[test]
fn the_stairstep_breaks_away_at_gold_and_pays_steps_once() -> Result<(), SketchError> {
    let plan = example("stairstep");
    let mut company = Sketch::new();
    company.chain(&["dan", "pat", "gina", "hans"])?;
    company.rank("dan", "platinum")?.rank("pat", "platinum")?.rank("gina", "gold")?;
    company.bought("hans", false, points(100, 100))?;
    let first = company.reckon(&plan)?;
    assert_eq!(first.paid_as("hans"), Some("member"));
    // 100 points are 5000.00: gina 10 %, and no level above her; pat 7 % - 4 %, dan the second leader 2 %.
    assert_eq!(earned(&first), "dan 100.00, gina 500.00, pat 150.00");

    let mut next = company.next_period(&first);
    next.bought("hans", false, points(100, 100))?.stranger_buys("1000000.00")?;
    let second = next.reckon(&plan)?;
    assert_eq!(earned(&second), "dan 68100.00, gina 18500.00, pat 68150.00");
    let mut third = next.next_period(&second);
    third.bought("hans", false, points(100, 100))?;
    assert_eq!(earned(&third.reckon(&plan)?), earned(&first), "a step is paid once");
    Ok(())
}

#[test]
fn the_generations_are_counted_over_leaders_after_the_roll_up() -> Result<(), SketchError> {
    let mut company = Sketch::new();
    company.chain(&["paula", "dora", "max", "cora", "ed"])?;
    company.rank("paula", "president")?.rank("dora", "director")?.rank("max", "manager")?;
    for leader in ["paula", "dora", "max"] {
        company.buys(leader, "3000.00")?;
    }
    company.buys("cora", "10000.00")?.buys("ed", "1000.00")?;
    let reckoned = company.reckon(&example("generation"))?;
    assert_eq!(reckoned.paid_as("cora"), Some("consultant"));
    // Ed's thousand is Cora's. Everyone's group is at 6 %, so each has 6 % of his own; then generations
    // 4, 3, 2 % above each, and beyond the nearest leader 1 % to Dora and what is left of 2 % to Paula.
    assert_eq!(earned(&reckoned), "cora 660.00, dora 740.00, max 620.00, paula 780.00");
    let of = |rule| ["dora", "max", "paula"].map(|name| reckoned.by_rule(rule, name).to_string());
    assert_eq!(of("generations"), ["450.00", "440.00", "430.00"]);
    assert_eq!(of("infinity"), ["110.00", "0.00", "170.00"]);
    Ok(())
}

#[test]
fn the_binary_matches_legs_and_carries_the_rest() -> Result<(), SketchError> {
    let plan = example("binary");
    let mut company = Sketch::new();
    company.chain(&["olga", "anna", "boris"])?.partner("vera", Some("anna"))?;
    company.rank("olga", "star")?;
    company.buys("boris", "2000.00")?.customer_buys("boris", "1000.00")?.buys("vera", "5000.00")?;
    let first = company.reckon(&plan)?;
    // 3000 of both legs match; Boris has a fifth of what his customer paid; Olga invited Anna.
    assert_eq!(earned(&first), "anna 300.00, boris 200.00, olga 30.00");
    let mut next = company.next_period(&first);
    next.buys("boris", "4000.00")?.buys("vera", "1000.00")?;
    assert_eq!(earned(&next.reckon(&plan)?), "anna 300.00, olga 30.00", "2000 were carried on the right");
    Ok(())
}

#[test]
fn the_matrix_spills_and_its_pool_waits_for_two() -> Result<(), SketchError> {
    let plan = example("matrix");
    let mut company = Sketch::new();
    company.partner("root", None)?;
    for name in ["a", "b", "c", "d"] {
        company.partner(name, Some("root"))?;
    }
    company.bought("root", false, points(100, 50))?.bought("d", false, points(100, 50))?;
    let first = company.reckon(&plan)?;
    assert_eq!((first.paid_as("root"), first.paid_as("a")), (Some("silver"), Some("member")));
    // D found no place under Root and stands under A: 5 % of 4000.00 for each. The pool has one silver.
    assert_eq!(earned(&first), "a 200.00, root 200.00");
    let mut next = company.next_period(&first);
    next.rank("a", "gold")?.bought("root", false, points(100, 50))?.bought("d", false, points(100, 50))?;
    // 240 carried and 240 more: a quarter for Root, three quarters for A, of which a half is the most.
    assert_eq!(earned(&next.reckon(&plan)?), "a 440.00, root 320.00");
    Ok(())
}

#[test]
fn the_hybrid_pays_by_every_rule() -> Result<(), SketchError> {
    let mut company = Sketch::new();
    company.chain(&["amber", "dirk", "sena", "mark", "cara", "dave"])?;
    company.rank("amber", "ambassador")?.rank("dirk", "director")?.rank("sena", "senior")?;
    company.rank("mark", "manager")?;
    for (name, points) in
        [("amber", "100"), ("dirk", "600"), ("sena", "100"), ("mark", "100"), ("cara", "100")]
    {
        company.buys(name, points)?;
    }
    company.buys("dave", "200")?.customer_buys("cara", "100")?;
    let reckoned = company.reckon(&example("hybrid"))?;
    let by = |rule: &str| {
        let names = ["amber", "dirk", "sena", "mark", "cara", "dave"];
        names.map(|name| reckoned.by_rule(rule, name).to_string()).join(" ")
    };
    assert_eq!(by("retail"), "0.00 0.00 0.00 0.00 10.00 0.00");
    assert_eq!(by("personal"), "10.00 90.00 10.00 10.00 20.00 20.00");
    assert_eq!(by("team"), "0.00 5.00 0.00 0.00 0.00 0.00");
    assert_eq!(by("courtesy"), "30.00 0.00 5.00 10.00 10.00 0.00");
    assert_eq!(by("override"), "21.00 21.00 20.00 0.00 0.00 0.00");
    assert_eq!(by("infinity"), "6.00 4.00 0.00 0.00 0.00 0.00");
    assert_eq!(by("match"), "2.60 2.00 0.00 0.00 0.00 0.00");
    assert_eq!(by("pool"), "10.40 6.50 0.00 0.00 0.00 0.00");
    assert_eq!(earned(&reckoned), "amber 80.00, cara 40.00, dave 20.00, dirk 128.50, mark 20.00, sena 35.00");
    Ok(())
}
