//! What is written out, letter by letter: people read it, and the database keeps it.

use std::fmt::Display;

use domain::accrual::RuleId;
use domain::activity::FeeKind;
use domain::actor::{Actor, StaffLogin};
use domain::catalog::Sku;
use domain::lang::Text;
use domain::ledger::TransferKind;
use domain::money::{Money, Rate};
use domain::order::{EventKind, ExternalId, OrderKey};
use domain::partner::{PartnerCode, PersonName};
use domain::payout::{PayoutState, PayoutStep};
use domain::period::Period;
use domain::webhook::Secret;

fn shown(values: &[&dyn Display]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

#[test]
fn sums_rates_and_months() {
    let money = |minor| Money::from_minor(minor).to_string();
    assert_eq!([-100, -5, 0, 5, 123_450].map(money), ["-1.00", "-0.05", "0.00", "0.05", "1234.50"]);
    let rate = |ppm| Rate::from_ppm(ppm).to_string();
    assert_eq!([0, 1, 3_000, 120_000, 1_000_000].map(rate), ["0%", "0.0001%", "0.3%", "12%", "100%"]);
    assert_eq!("2026-03".parse::<Period>().expect("a month").to_string(), "2026-03");
    assert_eq!(format!("{:>8}|{:<6}|", Money::from_minor(100), Rate::from_ppm(120_000)), "    1.00|12%   |");
}

#[test]
fn who_did_it_and_what_things_are_called() {
    let elena = StaffLogin::parse("elena").expect("a login");
    let anna = PersonName::parse("Анна", "Иванова").expect("a name");
    let [shop, number] = ["shop", "42"].map(|text| ExternalId::parse(text).expect("an id"));
    let sku = Sku::parse("RVS-1").expect("an article");
    let actors = [Actor::Staff(elena.clone()), Actor::Partner(PartnerCode::numbered(1)), Actor::System];
    assert_eq!(actors.map(|actor| actor.to_string()), ["staff:elena", "partner:NR00001", "system"]);
    let key = OrderKey { source: shop.clone(), external_id: number };
    let values = shown(&[&elena, &anna, &shop, &key, &sku, &RuleId::new("levels"), &Text::new("да", "yes")]);
    assert_eq!(values, ["elena", "Анна Иванова", "shop", "shop/42", "RVS-1", "levels", "yes"]);
}

#[test]
fn the_words_of_kinds_states_and_steps() {
    assert_eq!(shown(&[&FeeKind::Monthly, &FeeKind::Annual]), ["monthly", "annual"]);
    let words = ["order.created", "order.paid", "order.completed", "order.cancelled", "order.refunded"];
    let again = words.map(|word| word.parse::<EventKind>().expect("known").to_string());
    assert_eq!(again, words);
    let kind = TransferKind::parse("refund_reversal").expect("known");
    assert_eq!(shown(&[&kind, &PayoutState::Sent]), ["refund_reversal", "sent"]);
    let steps =
        [PayoutStep::Approve, PayoutStep::Reject, PayoutStep::Send, PayoutStep::Settle, PayoutStep::Fail];
    assert_eq!(steps.map(|step| step.to_string()), ["approve", "reject", "send", "settle", "fail"]);
}

#[test]
fn a_secret_is_not_shown() {
    let secret = Secret::legacy("a-long-enough-legacy-secret").expect("a secret");
    assert_eq!(format!("{secret:?}"), "Secret([REDACTED])");
}
