//! Bases, fast starts, origins, knowledge: what is around the walk.

use domain::accrual::{Accruals, Share};
use domain::catalog::{ProductKind, Volume};
use domain::ids::FactSeq;
use domain::money::{Money, Rate};
use domain::network::Network;
use domain::order::Order;
use plan::{OrderFacts, Plan};

use crate::common::{
    accrue, active, at, id, levels, line, network, order, order_of, plan, rule, steps, try_accrue,
};

const TEN: &str = "rates = [\"10%\"]\ncompression = \"none\"";

fn with_first(plan: &Plan, order: &Order, network: &Network) -> Accruals {
    plan::accrue(plan, &OrderFacts { order, is_first: true }, network, FactSeq::LATEST).expect("sound")
}

#[test]
fn a_share_carries_everything_that_made_it() {
    let accruals = accrue(&levels(TEN), &order_of(1_234_567), &[active(), active()]);
    let share = Share {
        rule: domain::accrual::RuleId::new("levels"),
        earner: id(1),
        level: 1,
        base: Money::from_minor(1_234_567),
        rate: Rate::from_ppm(100_000),
        raw: Money::from_minor(123_457),
        paid: Money::from_minor(123_457),
    };
    assert_eq!(accruals.shares, [share]);
    assert_eq!(
        (accruals.maximum, accruals.cap, accruals.breakage),
        (Money::from_minor(123_457), None, vec![])
    );
}

#[test]
fn rounding_is_what_the_plan_says() {
    for (word, sums) in [("half_up", [3, 2]), ("half_even", [2, 2]), ("down", [2, 1])] {
        let plan = plan(&format!(
            "rounding = \"{word}\"\n{}",
            rule("r", &format!("kind = \"level\"\nbase = \"turnover\"\n{TEN}"))
        ));
        let sum = |minor| accrue(&plan, &order_of(minor), &[active(), active()]).paid().minor();
        assert_eq!([sum(25), sum(19)], sums, "{word}");
    }
}

#[test]
fn fees_are_never_a_base() {
    let mut fee = line(2, 1, 300_000);
    fee.kind = ProductKind::Fee;
    fee.unit_volume = Volume(100);
    for base in ["turnover", "margin", "volume"] {
        let head = if base == "volume" { "point_value = \"1.00\"\n" } else { "" };
        let plan =
            plan(&format!("{head}{}", rule("r", &format!("kind = \"level\"\nbase = \"{base}\"\n{TEN}"))));
        let accruals = accrue(&plan, &order(vec![fee.clone()]), &[active(), active()]);
        assert_eq!((accruals.shares.len(), accruals.maximum), (0, Money::ZERO), "{base}");
        let [walk] = accruals.walks.as_slice() else { panic!("the walk is reported all the same") };
        assert_eq!(steps(walk), ["0@- buyer", "1@1 10% rounds to zero"]);
    }
}

#[test]
fn each_base_is_summed_over_the_lines_before_it_is_rounded_or_kept_at_zero() {
    let lines = |costs: [i64; 2]| {
        let mut lines = vec![line(1, 3, 1000), line(2, 1, 500)];
        for (line, cost) in lines.iter_mut().zip(costs) {
            line.unit_cost = Money::from_minor(cost);
            line.unit_volume = Volume(25);
        }
        order(lines)
    };
    let plan = |base: &str| {
        plan(&format!(
            "point_value = \"1.50\"\n{}",
            rule("r", &format!("kind = \"level\"\nbase = \"{base}\"\n{TEN}"))
        ))
    };
    let base = |word: &str, order: &Order| {
        let plan = plan(word);
        let [rule] = plan.rules() else { panic!("one rule") };
        plan.base(rule, order).minor()
    };
    assert_eq!(base("turnover", &lines([0, 0])), 3500);
    assert_eq!(base("margin", &lines([400, 700])), 1600, "a line below cost takes from the others");
    assert_eq!(base("margin", &lines([1100, 700])), 0, "an order below cost pays nothing");
    // 4 pieces of 0.25 points make 1.00 point, worth 1.50.
    assert_eq!(base("volume", &lines([0, 0])), 150);
    let mut odd = line(1, 1, 100);
    odd.unit_volume = Volume(1);
    assert_eq!(base("volume", &order(vec![odd])), 2, "0.01 point is 1.5 kopecks, half up");
}

#[test]
fn a_rule_on_some_products_pays_on_their_lines_only() {
    let keys = "kind = \"level\"\nbase = \"turnover\"\nrates = [\"10%\"]\ncompression = \"none\"\n";
    let text = [
        rule("some", &format!("{keys}products = {{ categories = [\"oil\"], skus = [\"SKU-3\"] }}")),
        rule("rest", &keys.replace("10%", "1%")),
    ];
    let mut lines = vec![line(1, 1, 10_000), line(2, 1, 20_000), line(3, 1, 40_000)];
    lines[1].category = "oil".to_owned();
    let accruals = accrue(&plan(&text.concat()), &order(lines), &[active(), active()]);
    let sums: Vec<_> = accruals
        .shares
        .iter()
        .map(|share| (share.rule.as_str(), share.base.minor(), share.paid.minor()))
        .collect();
    assert_eq!(sums, [("some", 60_000, 6_000), ("rest", 70_000, 700)]);
}

const FAST: &str = "kind = \"fast_start\"\nbase = \"turnover\"\nrates = [\"20%\"]\ncompression = \"none\"\n";

#[test]
fn a_fast_start_by_days_counts_calendar_days_of_the_zone() {
    let plan = plan(&rule("fast", &format!("{FAST}days = 30")));
    // He joined on 1 January at 03:00 in Moscow; 30 days later is 31 January at 03:00.
    for (when, paid) in [("2026-01-30T23:59:59.999999Z", 20), ("2026-01-31T00:00:00Z", 0)] {
        let order = Order { paid_at: Some(at(when)), ..order_of(100) };
        let accruals = accrue(&plan, &order, &[active(), active()]);
        assert_eq!(accruals.paid().minor(), paid, "{when}");
        assert_eq!(accruals.maximum.minor(), paid, "where it does not apply it promises nothing");
    }
}

#[test]
fn a_fast_start_on_the_first_order_may_replace_the_levels() {
    let level = rule("levels", &format!("kind = \"level\"\nbase = \"turnover\"\n{TEN}"));
    let chain = network(&[active(), active()]);
    let order = order_of(100);
    for (replaces, expected) in [("false", vec![("levels", 10), ("fast", 20)]), ("true", vec![("fast", 20)])]
    {
        let plan = plan(
            &[level.clone(), rule("fast", &format!("{FAST}first_order = true\nreplaces_level = {replaces}"))]
                .concat(),
        );
        let sums = |accruals: &Accruals| {
            accruals
                .shares
                .iter()
                .map(|share| (share.rule.as_str().to_owned(), share.paid.minor()))
                .collect::<Vec<_>>()
        };
        let expected: Vec<_> = expected.into_iter().map(|(rule, sum)| (rule.to_owned(), sum)).collect();
        let first = with_first(&plan, &order, &chain);
        assert_eq!(sums(&first), expected);
        assert_eq!(first.maximum, first.paid());
        assert_eq!(first.walks.len(), expected.len());
        assert_eq!(sums(&try_accrue(&plan, &order, &chain).expect("sound")), [("levels".to_owned(), 10)]);
        let customer = Order { buyer: None, seller: Some(id(0)), ..order.clone() };
        assert_eq!(
            sums(&with_first(&plan, &customer, &chain)),
            [("levels".to_owned(), 10)],
            "a customer never joined"
        );
    }
}
