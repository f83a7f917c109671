//! What caps give to a pool.

use domain::money::Money;
use plan::Plan;
use plan::close::Carry;

use super::{CLOSE, cap, partner_cap, reckon, rule, three, unpaid};
use crate::common::plan;

const POOL: &str = "kind = \"pool\"\nbase = \"turnover\"\npercent = \"1%\"\nshares = \"equal\"";

fn pools(caps: &str) -> Plan {
    let pool = |id: &str| crate::common::rule(id, POOL);
    plan(&format!("{caps}{}{}{}", rule("month", "\"20%\"", CLOSE), pool("first"), pool("second")))
}

#[test]
fn what_a_cap_gives_to_a_pool_joins_the_first_one_of_the_next_period() {
    let capped = pools(&partner_cap("11.00", "mode = \"tail\"\nexcess = \"pool\""));
    let march = reckon(&three("100.00"), &capped);
    // Of each pool's 1.00 Boris gets 0.33 and 0.33: 20.66 is cut to 11.00.
    assert_eq!(march.earned("boris"), Money::from_minor(1100));
    assert!(unpaid(&march).contains(&"- 1 ToPool 9.66".to_owned()), "{:?}", unpaid(&march));
    assert_eq!(march.period.carried.of(None, None, Carry::Excess), 966);
    let april = reckon(three("0.00").next_period(&march).buys("vera", "3.00").expect("known"), &capped);
    let all =
        |rule| ["anna", "boris", "vera"].map(|name| april.by_rule(rule, name)).into_iter().sum::<Money>();
    assert_eq!((all("first").minor(), all("second").minor()), (3 + 966, 3));
    assert_eq!(april.period.carried.of(None, None, Carry::Excess), 0, "and is given once");
}

#[test]
fn what_is_for_a_pool_waits_while_a_plan_has_none() {
    let march = reckon(&three("100.00"), &pools(&cap("10%", "mode = \"tail\"\nexcess = \"pool\"")));
    let waits = march.period.carried.of(None, None, Carry::Excess);
    assert_eq!(waits, 2200 - 1000);
    let without = plan(&rule("month", "\"20%\"", CLOSE));
    let april = reckon(&three("100.00").next_period(&march), &without);
    assert_eq!(april.period.carried.of(None, None, Carry::Excess), waits);
}
