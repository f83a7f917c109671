//! The explanation of a closed period: what was sealed, what was adjusted since, what there is in all.

use app::periods::{Explained, Sealed, explain};
use domain::money::Money;
use testkit::{Company, FakeShop, OrderDraft, TestApp, for_each_backend};

use super::{close_january, january, january_is_over, minor};

async fn of_january(test: &TestApp, company: &Company<'_>, code: &str) -> (Explained, Sealed) {
    let explained = explain(&test.app, january(), &company.code(code)).await.expect("the partner exists");
    let sealed = explained.sealed.clone().expect("the month is closed");
    (explained, sealed)
}

/// When, of which rule and partner, why, how much.
fn adjustments(sealed: &Sealed) -> Vec<(String, &str, Option<&str>, &str, i64)> {
    let shown = sealed.adjustments.iter().map(|one| {
        let source = one.source_code.as_ref().map(domain::partner::PartnerCode::as_str);
        let rule = one.rule.as_deref().unwrap_or("");
        (one.posted_in.to_string(), rule, source, one.why_ru.as_str(), one.amount.minor())
    });
    shown.collect()
}

fn of_anna() -> OrderDraft {
    let paid_at = "2026-01-20T12:00:00+03:00";
    OrderDraft::new("S-2", "ANNA", 1, "6000.00", paid_at).paid_at(paid_at)
}

#[tokio::test]
async fn what_was_sealed_stays_and_a_later_refund_stands_beside_it() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        let (before, sealed) = of_january(&test, &company, "ANNA").await;
        assert_eq!((sealed.bonuses, sealed.total), (minor(1_060_00), minor(1_060_00)));
        assert_eq!(sealed.adjustments, []);
        assert!(sealed.is_reckoned);

        test.it_is("2026-02-05T12:00:00+03:00");
        let refund = of_anna().refund("R-1", &[(1, 1)], "2026-02-05T11:00:00+03:00");
        FakeShop::default().send(&test, &refund).await;
        let (after, sealed) = of_january(&test, &company, "ANNA").await;
        assert_eq!(
            (&after.lines, &after.stands, &after.notes),
            (&before.lines, &before.stands, &before.notes)
        );
        assert_eq!(after.stands.group, 16_000_00, "as it was at the close");
        assert_eq!((sealed.bonuses, sealed.total), (minor(1_060_00), minor(460_00)));
        assert_eq!(
            adjustments(&sealed),
            [("2026-02".to_owned(), "team", Some("ANNA"), "возврат R-1 по заказу nanorvs/S-2", -600_00)]
        );
        let adjusted: Money = sealed.adjustments.iter().map(|one| one.amount).sum();
        assert_eq!(sealed.bonuses + adjusted, sealed.total);
        assert_eq!(company.balance("ANNA").await.total, sealed.total, "January is all she has");
    })
    .await;
}

#[tokio::test]
async fn each_adjustment_has_its_own_cause() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        test.it_is("2026-02-05T12:00:00+03:00");
        company.buys("S-3", "BORIS", "5000.00", "2026-01-31T12:00:00+03:00").await;
        test.it_is("2026-02-06T12:00:00+03:00");
        FakeShop::default().send(&test, &of_anna().event("order.cancelled")).await;
        let (_, sealed) = of_january(&test, &company, "BORIS").await;
        assert_eq!(
            adjustments(&sealed),
            [(
                "2026-02".to_owned(),
                "team",
                Some("BORIS"),
                "заказ nanorvs/S-3 стал известен после закрытия",
                900_00
            )]
        );
        let (explained, sealed) = of_january(&test, &company, "ANNA").await;
        assert_eq!(explained.lines.iter().map(|line| line.paid).sum::<Money>(), minor(1_060_00));
        let last = adjustments(&sealed).pop();
        let cancelled = ("2026-02".to_owned(), "team", Some("ANNA"), "отмена заказа nanorvs/S-2", -600_00);
        assert_eq!(last, Some(cancelled));
        for code in ["ROOT", "ANNA", "BORIS"] {
            let (_, sealed) = of_january(&test, &company, code).await;
            let adjusted: Money = sealed.adjustments.iter().map(|one| one.amount).sum();
            assert_eq!(sealed.bonuses + adjusted, sealed.total, "{code}");
            assert_eq!(company.balance(code).await.total, sealed.total, "{code}: January is all there is");
        }
    })
    .await;
}

/// 10 % at level 1 of every order, and nothing at the close.
const ORDERS_ONLY: &str = r#"
name = "orders-only"
title = { ru = "Заказы", en = "Orders" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14

[activity]
annual = { price = "10000.00", months = 12 }

[[rules]]
id = "levels"
kind = "level"
base = "turnover"
rates = ["10%"]
compression = "skip_inactive"
"#;

#[tokio::test]
async fn a_month_without_rules_of_its_own_tells_what_its_orders_paid() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, ORDERS_ONLY).await;
        company.chain(&["ROOT", "ANNA", "BORIS"]).await;
        test.it_is("2026-02-02T12:00:00+03:00");
        let paid_at = "2026-01-15T12:00:00+03:00";
        let of_boris = OrderDraft::new("S-1", "BORIS", 2, "5000.00", paid_at).paid_at(paid_at);
        FakeShop::default().send(&test, &of_boris.event("order.paid")).await;
        app::periods::close(&test.app, &testkit::staff("elena"), january()).await.expect("nothing waits");
        test.it_is("2026-02-03T12:00:00+03:00");
        let refund = of_boris.refund("R-1", &[(1, 1)], "2026-02-03T11:00:00+03:00");
        FakeShop::default().send(&test, &refund).await;
        company.buys("S-2", "BORIS", "1000.00", "2026-01-16T12:00:00+03:00").await;
        let (explained, sealed) = of_january(&test, &company, "ANNA").await;
        assert_eq!(explained.lines, []);
        assert_eq!((sealed.commissions, sealed.total), (minor(1_000_00), minor(600_00)));
        assert_eq!(
            adjustments(&sealed),
            [
                (
                    "2026-02".to_owned(),
                    "levels",
                    None,
                    "заказ nanorvs/S-2 стал известен после закрытия",
                    100_00
                ),
                ("2026-02".to_owned(), "levels", None, "возврат R-1 по заказу nanorvs/S-1", -500_00),
            ]
        );
        assert_eq!(company.balance("ANNA").await.total, sealed.total);
    })
    .await;
}

#[tokio::test]
async fn a_statement_names_the_rule_and_the_source_of_a_bonus() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        let shown = app::ledger::statement(&test.app, &company.code("ANNA")).await.expect("she exists");
        let mut earned: Vec<_> = shown
            .lines
            .iter()
            .map(|line| {
                let of = line.source_code.as_ref().map(domain::partner::PartnerCode::as_str);
                (line.rule.as_deref(), line.source.as_deref(), of, line.amount.minor())
            })
            .collect();
        earned.sort_unstable();
        assert_eq!(
            earned,
            [
                (Some("mentor"), Some("partner"), Some("BORIS"), 60_00),
                (Some("team"), Some("partner"), Some("ANNA"), 600_00),
                (Some("team"), Some("partner"), Some("BORIS"), 400_00)
            ]
        );
    })
    .await;
}
