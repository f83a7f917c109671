//! Which keys each role is shown, as an allow-list: what is not in it must not appear in an answer.

use std::collections::BTreeSet;

use domain::partner::Partner;
use serde_json::Value;
use testkit::{Company, FakeShop, OrderDraft, TestApp, on_sqlite};

use super::desk::Desk;

/// Every path of an answer, as `items[].code`.
fn paths(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                paths(field, &if at.is_empty() { name.clone() } else { format!("{at}.{name}") }, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                paths(item, &format!("{at}[]"), found);
            }
        }
        _ => {
            found.insert(at.to_owned());
        }
    }
}

async fn company(test: &TestApp) -> Vec<Partner> {
    let company = Company::with_plan(test, "nanorem-5").await;
    company.chain(&["A1", "B1", "C1"]).await;
    let order = OrderDraft::new("S-1", "C1", 2, "5000.00", "2026-01-09T10:00:00+03:00")
        .paid_at("2026-01-09T10:00:00+03:00");
    FakeShop::default().send(test, &order.event("order.paid")).await;
    FakeShop::default().send(test, &order.refund("R-1", &[(1, 1)], "2026-01-09T18:00:00+03:00")).await;
    company.buys("S-2", "B1", "1000.00", "2026-01-09T11:00:00+03:00").await;
    test.it_is("2026-03-01T12:00:00+03:00");
    let mut partners = Vec::new();
    for code in ["A1", "B1", "C1"] {
        partners.push(app::people::card(&test.app, &company.code(code)).await.expect("there").partner);
    }
    app::payouts::request(&test.app, &testkit::staff("owner"), &company.code("B1"), None)
        .await
        .expect("he has money");
    partners
}

#[tokio::test]
async fn each_role_is_shown_what_it_may_see_and_nothing_more() {
    on_sqlite(async |test| {
        let partners = company(&test).await;
        let desk = Desk::of(&test, &partners.iter().collect::<Vec<_>>());
        let mut shown = Vec::new();
        for path in [
            "/api/v1/partners",
            "/api/v1/partners/B1",
            "/api/v1/partners/B1/tree",
            "/api/v1/partners/B1/downline?search=C",
            "/api/v1/partners/B1/statement",
            "/api/v1/orders",
            "/api/v1/orders/nanorvs/S-2",
            "/api/v1/accruals",
            "/api/v1/payouts",
            "/api/v1/payouts/1",
            "/api/v1/periods/2026-01/preview",
            "/api/v1/periods/2026-01/partners/B1",
            "/api/v1/plans",
            "/api/v1/products",
            "/api/v1/ledger",
        ] {
            for token in ["owner", "support", "B1", "user", "shop"] {
                let answer = desk.who(token).get(path).await;
                if !answer.status.is_success() {
                    shown.push(format!("{path} {token}: {}", answer.status.as_u16()));
                    continue;
                }
                let mut found = BTreeSet::new();
                paths(&answer.ok(), "", &mut found);
                let found: Vec<String> = found.into_iter().collect();
                shown.push(format!("{path} {token}:\n  {}", found.join("\n  ")));
            }
        }
        insta::assert_snapshot!("keys_by_role", shown.join("\n"));
    })
    .await;
}
