//! The rules of a period: two steps, paid once, adjusted by what comes later.

mod adjusted;
mod sealed;

use app::periods::{CloseError, close, explain, preview, qualify, standings};
use app::standing::Decision;
use domain::money::Money;
use domain::period::Period;
use testkit::{Company, TestApp, for_each_backend, staff};

/// Levels by rank on every order; at the close a differential by the volume of the group, and a match.
pub(crate) const PLAN: &str = r#"
name = "two-speeds"
title = { ru = "Две скорости", en = "Two speeds" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14
qualify_by = "turnover"

[activity]
monthly = { price = "3000.00", months = 1 }
annual = { price = "10000.00", months = 12 }

[[ranks]]
name = "member"

[[ranks]]
name = "leader"
group_volume = "15000.00"

[[rules]]
id = "levels"
kind = "level"
base = "turnover"
rate_table = { member = ["5%"], leader = ["5%", "2%"] }
compression = "skip_inactive"

[[rules]]
id = "team"
kind = "differential"
base = "turnover"
bands = [{ from = "1000", rate = "3%" }, { from = "10000", rate = "6%" }, { from = "15000", rate = "10%" }]
by = "group_volume"
pay_self = true

[[rules]]
id = "mentor"
kind = "matching"
of = ["levels", "team"]
rates = ["10%"]
"#;

pub(crate) fn january() -> Period {
    "2026-01".parse().expect("a period")
}

pub(crate) fn minor(kopecks: i64) -> Money {
    Money::from_minor(kopecks)
}

/// `ROOT` over `ANNA` over `BORIS`; Boris buys for 10 000, Anna for 6 000, in January; it is February.
pub(crate) async fn january_is_over(test: &TestApp) -> Company<'_> {
    let company = Company::with_plan(test, PLAN).await;
    company.chain(&["ROOT", "ANNA", "BORIS"]).await;
    test.it_is("2026-02-02T12:00:00+03:00");
    company.buys("S-1", "BORIS", "10000.00", "2026-01-15T12:00:00+03:00").await;
    company.buys("S-2", "ANNA", "6000.00", "2026-01-20T12:00:00+03:00").await;
    company
}

/// What everybody has: levels pay nobody yet, since no rank is known before the first close.
///
/// Team: Boris has a group of 10 000 (6 %), Anna of 16 000 (10 %), the root too. Boris earns 600 of his own,
/// Anna 400 of Boris and 600 of her own. Mentor: the root 10 % of Anna's 1 000, Anna 10 % of Boris' 600.
const AFTER_JANUARY: [(&str, i64); 3] = [("ROOT", 100_00), ("ANNA", 1_060_00), ("BORIS", 600_00)];

pub(crate) async fn balances(company: &Company<'_>) -> Vec<(&'static str, i64)> {
    let mut found = Vec::new();
    for code in ["ROOT", "ANNA", "BORIS"] {
        found.push((code, company.balance(code).await.total.minor()));
    }
    found
}

pub(crate) async fn close_january(test: &TestApp) {
    qualify(&test.app, &staff("elena"), january()).await.expect("the month is over");
    close(&test.app, &staff("elena"), january()).await.expect("it was qualified");
}

#[tokio::test]
async fn a_period_with_rules_is_qualified_first_and_paid_once() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        let elena = staff("elena");
        let refused = close(&test.app, &elena, january()).await;
        assert!(matches!(refused, Err(CloseError::NotQualified(_))), "{refused:?}");

        let first = qualify(&test.app, &elena, january()).await.expect("the month is over");
        let again = qualify(&test.app, &staff("oleg"), january()).await.expect("it may be taken again");
        assert_eq!(first, again, "the same facts change nothing");
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 0), ("BORIS", 0)], "nothing is paid yet");
        let stands = standings(&test.app, january()).await.expect("it was qualified");
        let stands: Vec<_> = stands
            .iter()
            .map(|stand| (stand.partner_code.as_str(), stand.stands.group, stand.stands.paid_as.as_deref()))
            .collect();
        assert_eq!(
            stands,
            [
                ("ANNA", 16_000_00, Some("leader")),
                ("BORIS", 10_000_00, Some("member")),
                ("ROOT", 16_000_00, Some("leader"))
            ]
        );

        close(&test.app, &elena, january()).await.expect("it was qualified");
        assert_eq!(balances(&company).await, AFTER_JANUARY);
        let refused = close(&test.app, &elena, january()).await;
        assert!(matches!(refused, Err(CloseError::AlreadyClosed { .. })), "{refused:?}");
        let refused = qualify(&test.app, &elena, january()).await;
        assert!(matches!(refused, Err(CloseError::AlreadyClosed { .. })), "{refused:?}");
        test.assert_verified().await;
    })
    .await;
}

/// Rules of orders only, under a cap of the period.
const CAPPED: &str = r#"
name = "capped"
title = { ru = "С лимитом", en = "Capped" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14

[activity]
monthly = { price = "3000.00", months = 1 }
annual = { price = "10000.00", months = 12 }

[cap]
percent = "15%"
scope = "period"
mode = "pro_rata"

[[rules]]
id = "levels"
kind = "level"
base = "turnover"
rates = ["10%", "10%"]
compression = "skip_inactive"
"#;

#[tokio::test]
async fn a_cap_of_the_period_is_reckoned_also_where_no_rule_waits_for_the_close() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, CAPPED).await;
        company.chain(&["ROOT", "ANNA", "BORIS"]).await;
        test.it_is("2026-02-02T12:00:00+03:00");
        company.buys("S-1", "BORIS", "10000.00", "2026-01-15T12:00:00+03:00").await;
        company.buys("S-2", "ANNA", "6000.00", "2026-01-20T12:00:00+03:00").await;
        let refused = close(&test.app, &staff("elena"), january()).await;
        assert!(matches!(refused, Err(CloseError::NotQualified(_))), "{refused:?}");
        close_january(&test).await;
        // 1000 and 1600 were paid, and 15 % of 16 000 are 2400: each keeps 12 parts of 13.
        assert_eq!(balances(&company).await, [("ROOT", 1_476_92), ("ANNA", 923_08), ("BORIS", 0)]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_comes_in_after_the_first_step_has_to_be_reviewed() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        let elena = staff("elena");
        let first = qualify(&test.app, &elena, january()).await.expect("the month is over");
        company.buys("S-3", "BORIS", "1000.00", "2026-01-31T12:00:00+03:00").await;
        let refused = close(&test.app, &elena, january()).await;
        assert!(matches!(refused, Err(CloseError::FactsChanged(_))), "{refused:?}");
        let second = qualify(&test.app, &elena, january()).await.expect("it may be taken again");
        assert_ne!(first.inputs, second.inputs);
        close(&test.app, &elena, january()).await.expect("it was reviewed");
        // Boris: 6 % of 11 000; Anna: 4 % of it and 10 % of 6 000, and 10 % of Boris' 660.
        assert_eq!(balances(&company).await, [("ROOT", 104_00), ("ANNA", 1_106_00), ("BORIS", 660_00)]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_close_survives_a_death_between_its_steps() {
    for_each_backend(async |test| {
        january_is_over(&test).await;
        qualify(&test.app, &staff("elena"), january()).await.expect("the month is over");
        let test = test.restarted([9; 32]).await;
        close(&test.app, &staff("oleg"), january()).await.expect("the first step is kept");
        assert_eq!(balances(&Company::of(&test)).await, AFTER_JANUARY);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_preview_is_what_the_close_pays_and_writes_nothing() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        let before = app::ledger::digest(&test.app).await.expect("the ledger");
        let shown = preview(&test.app, january()).await.expect("a plan is in force");
        assert_eq!(app::ledger::digest(&test.app).await.expect("the ledger"), before);
        assert_eq!((shown.turnover, shown.bonuses), (minor(16_000_00), minor(1_760_00)));
        close_january(&test).await;
        for partner in &shown.partners {
            let paid = company.balance(partner.partner_code.as_str()).await.total;
            assert_eq!(partner.bonuses, paid, "{}", partner.partner_code);
        }
        let strange: Vec<_> =
            shown.anomalies.iter().map(|anomaly| serde_json::to_value(anomaly).expect("plain")).collect();
        let kinds: Vec<_> = strange
            .iter()
            .map(|found| {
                format!("{} {}", found["partner_code"].as_str().unwrap(), found["kind"].as_str().unwrap())
            })
            .collect();
        assert_eq!(
            kinds,
            [
                "ANNA self_purchase",
                "ANNA first_payout",
                "BORIS self_purchase",
                "BORIS first_payout",
                "ROOT first_payout"
            ]
        );
        insta::assert_json_snapshot!("preview_of_january", shown.lines);
    })
    .await;
}

#[tokio::test]
async fn everyone_can_ask_why_not_more() {
    for_each_backend(async |test| {
        january_is_over(&test).await;
        let code = domain::partner::PartnerCode::parse("BORIS").expect("a code");
        let shown = explain(&test.app, january(), &code).await.expect("he is there");
        insta::assert_json_snapshot!("boris_asks_why", (&shown.lines, &shown.notes, &shown.missing_ru));
    })
    .await;
}

#[tokio::test]
async fn the_rank_of_a_close_decides_the_orders_after_it() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        let before = balances(&company).await;
        company.buys("S-9", "BORIS", "1000.00", "2026-02-01T12:00:00+03:00").await;
        // Anna is a leader since January ended: 5 % at level 1; the root too: 2 % at level 2.
        let gained: Vec<_> = before
            .iter()
            .zip(balances(&company).await)
            .map(|((code, before), (_, after))| (*code, after - before))
            .collect();
        assert_eq!(gained, [("ROOT", 20_00), ("ANNA", 50_00), ("BORIS", 0)]);
        // Staff's word holds against the close.
        company.decree("ANNA", Decision::Rank("member".to_owned()), "2026-02-01T00:00:00+03:00").await;
        company.decree("ROOT", Decision::Rank("member".to_owned()), "2026-02-01T00:00:00+03:00").await;
        app::jobs::run_due(&test.app).await.expect("the worker runs");
        let gained: Vec<_> = before
            .iter()
            .zip(balances(&company).await)
            .map(|((code, before), (_, after))| (*code, after - before))
            .collect();
        assert_eq!(gained, [("ROOT", 0), ("ANNA", 50_00), ("BORIS", 0)], "a member has no second level");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn two_who_close_at_once_pay_once() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        qualify(&test.app, &staff("elena"), january()).await.expect("the month is over");
        let (elena, oleg) = (staff("elena"), staff("oleg"));
        let (one, other) =
            tokio::join!(close(&test.app, &elena, january()), close(&test.app, &oleg, january()));
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{one:?} {other:?}");
        assert_eq!(balances(&company).await, AFTER_JANUARY);
        test.assert_verified().await;
    })
    .await;
}
