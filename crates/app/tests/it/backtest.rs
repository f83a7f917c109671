//! The back-test: what the books paid, another plan beside it, and nothing written.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::backtest::{BacktestError, Months, backtest, diff};
use domain::money::Money;
use plan::Plan;
use testkit::{Company, TestApp, for_each_backend, on_sqlite, staff};

use crate::import::{digest, run, write_company};
use crate::period_rules::{PLAN, balances, close_january, january_is_over};

fn plan(text: &str) -> Arc<Plan> {
    Arc::new(Plan::parse("test.toml", text).expect("the test's plan is right").plan)
}

fn shipped(name: &str) -> Arc<Plan> {
    let (_, text) = app::plans::SHIPPED.into_iter().find(|(known, _)| *known == name).expect("it ships");
    plan(text)
}

fn months(first: &str, last: &str) -> Months {
    Months { first: first.parse().expect("a month"), last: last.parse().expect("a month") }
}

async fn by_books(test: &TestApp) -> BTreeMap<String, Money> {
    let earned = app::accruals::by_partner(&test.app).await.expect("sums");
    earned.into_iter().map(|one| (one.partner_code.to_string(), one.net)).collect()
}

async fn by_backtest(test: &TestApp, plan: &Arc<Plan>, months: Months) -> BTreeMap<String, Money> {
    let tried = backtest(&test.app, plan, months).await.expect("the history is right");
    tried.partners.into_iter().map(|one| (one.partner_code.to_string(), one.total)).collect()
}

#[tokio::test]
async fn the_plan_in_force_gives_what_the_books_paid_and_nothing_is_written() {
    for_each_backend(async |test| {
        for name in ["nanorem-5", "nanorem-12"] {
            if name == "nanorem-5" {
                Company::with_plan(&test, name).await;
                run(&test, write_company(400).path()).await.expect("the files are right");
            }
            let before = digest(&test).await;
            let facts = app::figures::figures(&test.app).await.expect("figures");
            let tried = backtest(&test.app, &shipped(name), months("2026-01", "2026-01")).await;
            let tried = tried.expect("the history is right");
            assert_eq!(tried.total.paid, tried.total.commissions, "no rule of the period");
            assert_eq!(digest(&test).await, before, "nothing is paid");
            assert_eq!(app::figures::figures(&test.app).await.expect("figures"), facts);
        }
        let by_plan = by_backtest(&test, &shipped("nanorem-5"), months("2026-01", "2026-01")).await;
        assert_eq!(by_plan, by_books(&test).await, "refunds and cancellations too");
        assert_eq!(by_plan.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn months_that_were_closed_by_rules_of_the_period_are_reckoned_as_they_were() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        test.it_is("2026-03-02T12:00:00+03:00");
        // Ranks of January open the levels of February's orders.
        company.buys("S-3", "BORIS", "4000.00", "2026-02-15T12:00:00+03:00").await;
        let february = "2026-02".parse().expect("a month");
        app::periods::qualify(&test.app, &staff("elena"), february).await.expect("it is over");
        app::periods::close(&test.app, &staff("elena"), february).await.expect("it was qualified");
        let tried = by_backtest(&test, &plan(PLAN), months("2026-01", "2026-02")).await;
        let paid: Vec<(&str, i64)> = balances(&company)
            .await
            .into_iter()
            .map(|(code, _)| (code, tried.get(code).map_or(0, |total| total.minor())))
            .collect();
        assert_eq!(paid, balances(&company).await);
        let only = backtest(&test.app, &plan(PLAN), months("2026-02", "2026-02")).await.expect("right");
        assert!(only.total.commissions.is_positive(), "January is run in, so its ranks hold");
        assert_eq!(only.months.len(), 1);
        assert_eq!(only.total.turnover.to_string(), "4000.00");
    })
    .await;
}

#[tokio::test]
async fn a_diff_names_who_wins_and_who_loses_and_sums_up() {
    on_sqlite(async |test| {
        Company::with_plan(&test, "nanorem-5").await;
        run(&test, write_company(40).path()).await.expect("the files are right");
        let (five, twelve) = (shipped("nanorem-5"), shipped("nanorem-12"));
        let span = months("2026-01", "2026-01");
        let same = diff(&test.app, &five, &five, span).await.expect("right");
        assert_eq!((same.winners.partners.len(), same.losers.partners.len()), (0, 0));
        assert_eq!(same.unchanged, 5);
        assert_eq!(same.paid_difference, Money::ZERO);
        // A chain: each has one active invited, so under twelve levels only the first line is open.
        let shown = diff(&test.app, &five, &twelve, span).await.expect("right");
        assert_eq!(shown.winners.partners.len(), 0);
        let losers: Vec<&str> =
            shown.losers.partners.iter().map(|partner| partner.partner_code.as_str()).collect();
        assert_eq!(losers, ["NR00008", "NR00009", "NR00004", "NR00005", "NR00007"]);
        assert_eq!(shown.winners.amount + shown.losers.amount, shown.paid_difference);
        assert_eq!(shown.after.total.paid + -shown.paid_difference, shown.before.total.paid);
        assert!(shown.after.breakage["level_closed"].is_positive());
        assert_eq!(
            shown.after.total.of_turnover.map(|ratio| ratio.to_string()).as_deref(),
            Some("12%"),
            "the first line of twelve"
        );
        let refused = diff(&test.app, &five, &twelve, months("2026-02", "2026-01")).await;
        assert!(matches!(refused, Err(BacktestError::Backwards { .. })), "{refused:?}");
    })
    .await;
}
