//! What caps put off: who gets it, when, and once.

use std::collections::BTreeMap;

use domain::money::Money;
use domain::network::Standing;
use plan::close::{Carry, Source, UnpaidReason};

use super::{both, cap, cuts, partner_cap, reckon, three};

#[test]
fn what_a_partner_may_not_get_now_is_paid_later_exactly_once() {
    let capped = both(&partner_cap("7.00", "mode = \"pro_rata\"\nexcess = \"carried\""), "", "");
    let mut company = three("100.00");
    let mut sums: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for _ in 0..4 {
        let reckoned = reckon(&company, &capped);
        for name in ["anna", "boris"] {
            sums.entry(name).or_default().push(reckoned.earned(name).minor());
        }
        company = company.next_period(&reckoned);
    }
    assert_eq!(sums["boris"], [700, 700, 400, 0]);
    assert_eq!(sums["anna"], [700, 200, 0, 0]);
}

#[test]
fn what_is_carried_waits_for_one_who_may_not_earn() {
    let capped = both(&cap("18%", "mode = \"pro_rata\"\nexcess = \"carried\""), "", "");
    let march = reckon(&three("100.00"), &capped);
    assert_eq!((march.earned("boris").minor(), march.earned("anna").minor()), (1200, 600));
    let mut april = three("100.00").next_period(&march);
    april.buys("anna", "100.00").expect("known");
    for standing in [Standing::Inactive, Standing::Held] {
        let mut company = april.clone();
        company.standing("boris", standing).expect("known");
        let waiting = reckon(&company, &capped);
        assert_eq!(waiting.earned("boris"), Money::ZERO);
        let may = reckon(
            company
                .next_period(&waiting)
                .standing("boris", Standing::Active)
                .expect("known")
                .buys("anna", "100.00")
                .expect("known"),
            &capped,
        );
        assert_eq!(may.by_rule("carried", "boris"), Money::from_minor(600));
    }
    let paid = reckon(&april, &capped);
    let line = &paid.period.lines[0];
    assert_eq!(
        (line.source, line.raw, line.paid),
        (Source::CarriedOver, Money::from_minor(300), Money::from_minor(300))
    );
    assert_eq!(paid.by_rule("carried", "boris"), Money::from_minor(600));
    assert_eq!(paid.period.carried.0.len(), 0);
}

#[test]
fn what_is_carried_by_a_plan_before_is_paid_by_a_plan_without_caps() {
    let march = reckon(&three("100.00"), &both(&cap("9%", "mode = \"tail\"\nexcess = \"carried\""), "", ""));
    let april = reckon(&three("100.00").next_period(&march), &both("", "", ""));
    let total = |name| (march.earned(name) + april.earned(name)).minor();
    assert_eq!((total("anna"), total("boris")), (900, 1800));
}

#[test]
fn a_company_that_cuts_after_a_partner_keeps_his_carried_part_apart() {
    // Boris 18.00 is cut to 10.00 and 8.00 is carried; the company then cuts 19.00 to 9.50: that is lost.
    let caps = format!(
        "{}{}",
        cap("9.5%", "mode = \"pro_rata\""),
        partner_cap("10.00", "mode = \"pro_rata\"\nexcess = \"carried\"")
    );
    let reckoned = reckon(&three("100.00"), &both(&caps, "", ""));
    assert_eq!((reckoned.earned("boris").minor(), reckoned.earned("anna").minor()), (500, 450));
    assert_eq!(cuts(&reckoned), ["order 0 OverCap 2.50", "order 1 OverCap 2.78", "order 1 CarriedOver 4.44"]);
    let carried: Vec<i64> = reckoned.period.carried.0.values().copied().collect();
    assert_eq!(carried, [800]);
}

#[test]
fn carried_kopecks_and_marks_of_the_pool_are_kept_apart() {
    let text = both(&cap("9%", "mode = \"tail\"\nexcess = \"carried\""), "", "");
    let reckoned = reckon(&three("100.00"), &text);
    let keys: Vec<_> = reckoned
        .period
        .carried
        .0
        .keys()
        .map(|key| (key.rule.is_none(), key.seat.is_some(), key.what.clone()))
        .collect();
    assert_eq!(keys, [(true, true, Carry::Excess), (true, true, Carry::Excess)]);
    assert!(reckoned.period.unpaid.iter().all(|part| part.reason == UnpaidReason::CarriedOver));
}
