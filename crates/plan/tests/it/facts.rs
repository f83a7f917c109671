//! Origins, dates, knowledge: what the walk stands on.

use domain::ids::{FactSeq, PartnerId};
use domain::money::Money;
use domain::network::Dated;
use domain::order::Order;
use plan::{AccrueError, Plan};
use uuid::Uuid;

use crate::common::{
    HEAD, accrue, active, at, broken, id, levels, line, network, order, order_of, paid, paid_to, rule, steps,
    try_accrue,
};

const TEN: &str = "rates = [\"10%\"]\ncompression = \"none\"";

#[test]
fn the_seller_of_an_outside_customer_stands_first() {
    let plan = levels("rates = [\"10%\", \"5%\"]\ncompression = \"skip_inactive\"");
    let order = Order { buyer: None, seller: Some(id(1)), ..order_of(10_000) };
    let accruals = accrue(&plan, &order, &[active(), active(), active(), active()]);
    let [walk] = accruals.walks.as_slice() else { panic!("one walk") };
    assert_eq!(steps(walk), ["1@1 paid 10%", "2@2 paid 5%", "3@- no more levels"]);
    let own = levels("rates = [\"10%\", \"5%\"]\ncompression = \"skip_inactive\"\npay_self = true");
    assert_eq!(
        accrue(&own, &order, &[active(), active(), active(), active()]),
        accruals,
        "a customer is no partner"
    );
}

#[test]
fn an_order_that_nobody_brought_breaks_wholly() {
    let plan = levels("rates = [\"10%\", \"5%\"]\ncompression = \"skip_inactive\"\npay_self = true");
    let order = Order { buyer: None, ..order_of(10_000) };
    let accruals = accrue(&plan, &order, &[active()]);
    assert_eq!(broken(&accruals), ["1 no_sponsor 10.00", "2 no_sponsor 5.00"]);
    assert_eq!((accruals.shares.len(), accruals.maximum.minor()), (0, 1500));
    assert_eq!(accruals.walks[0].steps, []);
}

#[test]
fn only_a_paid_order_in_effect_pays() {
    let chain = network(&[active(), active()]);
    let unpaid = Order { paid_at: None, delivered_at: Some(paid()), ..order_of(100) };
    for word in ["paid_at", "ordered_at", "delivered_at"] {
        let text = format!(
            "{}{}",
            HEAD.replace("\"paid_at\"", &format!("\"{word}\"")),
            rule("r", &format!("kind = \"level\"\nbase = \"turnover\"\n{TEN}"))
        );
        let plan = Plan::parse("x", &text).expect("valid").plan;
        assert_eq!(plan.effective_at(&unpaid), None, "{word}");
        assert_eq!(try_accrue(&plan, &unpaid, &chain), Err(AccrueError::NotPaid(unpaid.id)));
        let dated = Order {
            ordered_at: at("2026-02-01T00:00:00Z"),
            paid_at: Some(at("2026-02-02T00:00:00Z")),
            delivered_at: None,
            ..order_of(100)
        };
        let expected = match word {
            "paid_at" => dated.paid_at,
            "ordered_at" => Some(dated.ordered_at),
            _ => None,
        };
        assert_eq!(plan.effective_at(&dated), expected, "{word}");
        let refused = try_accrue(&plan, &dated, &chain).err();
        assert_eq!(refused, expected.is_none().then_some(AccrueError::NotInEffect(dated.id)));
        let delivered = Order { delivered_at: Some(at("2026-02-03T00:00:00Z")), ..dated };
        assert_eq!(plan.effective_at(&delivered), expected.or(delivered.delivered_at));
    }
}

#[test]
fn what_the_network_does_not_know_is_an_error_and_never_a_guess() {
    let plan = levels(TEN);
    let stranger = Order { buyer: Some(id(9)), ..order_of(100) };
    assert_eq!(try_accrue(&plan, &stranger, &network(&[active()])), Err(AccrueError::PartnerUnknown(id(9))));
    let seller = Order { buyer: None, seller: Some(id(9)), ..order_of(100) };
    assert_eq!(try_accrue(&plan, &seller, &network(&[active()])), Err(AccrueError::PartnerUnknown(id(9))));
    let mut ring = network(&[active().inactive(), active().inactive(), active().inactive()]);
    ring.person(id(2)).sponsors.push(Dated { from: paid(), seq: FactSeq(2), fact: Some(id(0)) });
    let skipping = levels("rates = [\"10%\"]\ncompression = \"skip_inactive\"");
    assert_eq!(try_accrue(&skipping, &order_of(100), &ring), Err(AccrueError::EndlessUpline(id(0))));
    let huge = order(vec![line(1, 2, Money::LARGEST.minor())]);
    assert_eq!(try_accrue(&plan, &huge, &network(&[active()])), Err(AccrueError::TooLarge(huge.id)));
}

#[test]
fn a_network_loaded_in_part_asks_for_more_only_where_the_walk_goes_on() {
    let plan = levels("rates = [\"10%\", \"5%\"]\ncompression = \"skip_inactive\"");
    let beyond = PartnerId::new(Uuid::from_u128(4040));
    let part = |chain: &[_]| {
        let mut part = network(chain);
        let last = u32::try_from(chain.len()).expect("small") - 1;
        part.person(id(last)).sponsors.push(Dated { from: paid(), seq: FactSeq(2), fact: Some(beyond) });
        part
    };
    let enough = part(&[active(), active(), active()]);
    let accruals = try_accrue(&plan, &order_of(10_000), &enough).expect("two levels are taken");
    assert_eq!(paid_to(&accruals, 3), [0, 1000, 500]);
    assert_eq!(steps(&accruals.walks[0]), ["0@- buyer", "1@1 paid 10%", "2@2 paid 5%"]);
    let short = part(&[active(), active(), active().inactive()]);
    assert_eq!(try_accrue(&plan, &order_of(10_000), &short), Err(AccrueError::UplineTooShort));
    let bounded = levels("rates = [\"10%\", \"5%\"]\ncompression = \"skip_inactive\"\nmax_scan = 2");
    assert!(try_accrue(&bounded, &order_of(10_000), &short).is_ok(), "nobody beyond is asked about");
}

#[test]
fn plans_say_what_a_loader_must_know() {
    let text = |keys: &str| levels(&format!("rates = [\"1%\", \"1%\", \"1%\"]\n{keys}"));
    let asks = |plan: &Plan| (plan.invited_that_matter(), plan.uses_ranks());
    assert_eq!(asks(&text("compression = \"none\"")), (0, false));
    assert_eq!(asks(&text("compression = \"none\"\nunlock = \"one_to_one\"")), (3, false));
    let tiers = "compression = \"skip_below_rank\"\nmin_rank = \"low\"\nunlock = { tiers = [{ min_active = 2, max_level = 1 }, { min_active = 7, max_level = 9 }] }";
    assert_eq!(asks(&text(tiers)), (7, true));
    assert_eq!(asks(&levels("rate_table = { low = [\"1%\"] }\ncompression = \"none\"")), (0, true));
}
