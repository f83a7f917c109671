//! `verify` is worth what it finds: every seeded corruption must be named by the check that is meant
//! for it, and a sound company by none.

use std::path::Path;

use app::sponsors::Move;
use domain::activity::FeeKind;
use domain::payout::PayoutStep;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqliteConnection};
use testkit::{Company, FakeShop, OrderDraft, TestApp, at, on_sqlite, staff};

/// What is done to the database, and the check that must name it.
struct Corruption {
    name: &'static str,
    check: &'static str,
    sql: &'static str,
}

const fn corruption(name: &'static str, check: &'static str, sql: &'static str) -> Corruption {
    Corruption { name, check, sql }
}

/// Names of the company below: `first` is refunded in part, `late` is corrected, `gone` is cancelled,
/// `unpaid` is only placed, `waiting` is paid and its job waits, `march` is in the open period.
const CORRUPTIONS: &[Corruption] = &[
    corruption(
        "a transfer goes nowhere",
        "I1",
        "UPDATE transfers SET credit_id = debit_id WHERE kind = 'payout_settlement'",
    ),
    corruption(
        "a transfer moves less than nothing",
        "I1",
        "UPDATE transfers SET amount = -amount WHERE kind = 'payout_settlement'",
    ),
    corruption(
        "money is available before it counts",
        "I1",
        "UPDATE transfers SET available_at = effective_at - 1 WHERE kind = 'payout_settlement'",
    ),
    corruption(
        "an account is renamed",
        "I1",
        "UPDATE accounts SET code = 'partner:OTHER' WHERE code = 'partner:ANNA'",
    ),
    corruption(
        "a kept balance is wrong",
        "I2",
        "UPDATE balances_at_close SET total = total + 1 WHERE account_id = (SELECT id FROM partners WHERE code = 'ANNA')",
    ),
    corruption(
        "a kept balance is gone",
        "I2",
        "DELETE FROM balances_at_close WHERE account_id = (SELECT id FROM partners WHERE code = 'ANNA')",
    ),
    corruption(
        "a span of activity is edited",
        "I3",
        "UPDATE activity_periods SET until = until + 86400000000
         WHERE partner_id = (SELECT id FROM partners WHERE code = 'ANNA')",
    ),
    corruption(
        "a span that was replaced counts again",
        "I3",
        "UPDATE activity_periods SET superseded = NULL WHERE superseded IS NOT NULL",
    ),
    corruption(
        "a fee costs what the plan does not say",
        "I3",
        "UPDATE activity_fees SET amount = amount - 100 WHERE partner_id = (SELECT id FROM partners WHERE code = 'ANNA')",
    ),
    corruption(
        "a fee is gone",
        "I3",
        "DELETE FROM activity_fees WHERE partner_id = (SELECT id FROM partners WHERE code = 'ANNA')",
    ),
    corruption(
        "more is paid out than was available",
        "I4",
        "UPDATE transfers SET amount = amount * 100 WHERE kind = 'payout_request';
         UPDATE transfers SET amount = amount * 100 WHERE kind IN ('payout_settlement', 'payout_return');
         UPDATE payouts SET amount = amount * 100",
    ),
    corruption(
        "an order pays more than its cap",
        "I5",
        "UPDATE transfers SET amount = 500000 WHERE kind = 'accrual'
            AND cause = (SELECT id FROM orders WHERE external_id = 'first');
         UPDATE accruals SET paid = 500000 WHERE order_id = (SELECT id FROM orders WHERE external_id = 'first')",
    ),
    corruption(
        "an accrued order was never paid",
        "I6",
        "UPDATE orders SET paid_at = NULL WHERE external_id = 'march'",
    ),
    corruption(
        "a paid order is forgotten: its job is gone",
        "I6",
        "DELETE FROM jobs WHERE key IN (SELECT key FROM jobs)",
    ),
    corruption(
        "an order is judged in a run that skips a number",
        "I7",
        "UPDATE accrual_runs SET run = 3 WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march')",
    ),
    corruption(
        "an order is judged twice by the same knowledge",
        "I7",
        "INSERT INTO accrual_runs SELECT randomblob(16), order_id, 2, plan_version_id, known_seq, is_first,
            effective_at, maximum, recorded_at FROM accrual_runs
         WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march')",
    ),
    corruption(
        "a refund took nothing back",
        "I8",
        "DELETE FROM transfers WHERE kind = 'refund_reversal'",
    ),
    corruption(
        "a refund took back less",
        "I8",
        "UPDATE transfers SET amount = amount - 1 WHERE kind = 'refund_reversal'",
    ),
    corruption(
        "a cancellation took nothing back",
        "I8",
        "DELETE FROM transfers WHERE kind = 'cancel_reversal'",
    ),
    corruption(
        "an order that stands is taken back in part",
        "I8",
        "INSERT INTO transfers SELECT randomblob(16), credit_id, debit_id, 1, 'cancel_reversal', cause, id,
            effective_at, available_at, recorded_at, period FROM transfers
         WHERE kind = 'accrual' AND cause = (SELECT id FROM orders WHERE external_id = 'march') LIMIT 1",
    ),
    corruption(
        "more pieces are given back than were bought",
        "I8",
        "UPDATE refund_lines SET quantity = 100",
    ),
    corruption(
        "a correction took back less than stood",
        "I8",
        "UPDATE transfers SET amount = amount - 1 WHERE kind = 'correction_reversal'",
    ),
    corruption(
        "a reversal is larger than what it reverses",
        "I9",
        "UPDATE transfers SET amount = amount * 10 WHERE kind = 'refund_reversal'",
    ),
    corruption(
        "a reversal goes to another account",
        "I9",
        "UPDATE transfers SET debit_id = (SELECT id FROM partners WHERE code = 'INNA')
         WHERE kind = 'cancel_reversal'",
    ),
    corruption(
        "a reversal is caused by another order",
        "I9",
        "UPDATE transfers SET cause = (SELECT id FROM orders WHERE external_id = 'march') WHERE kind = 'cancel_reversal'",
    ),
    corruption(
        "an inactive partner earns",
        "I10",
        "UPDATE accruals SET earner_id = (SELECT id FROM partners WHERE code = 'INNA')
         WHERE level = 1 AND order_id = (SELECT id FROM orders WHERE external_id = 'march');
         UPDATE transfers SET credit_id = (SELECT id FROM partners WHERE code = 'INNA')
         WHERE id IN (SELECT id FROM accruals WHERE earner_id = (SELECT id FROM partners WHERE code = 'INNA'))",
    ),
    corruption(
        "a level is paid twice",
        "I10",
        "INSERT INTO accruals SELECT order_id, run, rule, level, (SELECT id FROM partners WHERE code = 'ROOT'), randomblob(16),
            base, rate, raw, paid FROM accruals
         WHERE level = 1 AND order_id = (SELECT id FROM orders WHERE external_id = 'march');
         INSERT INTO transfers SELECT a.id, t.debit_id, a.earner_id, t.amount, t.kind, t.cause, t.reverses,
            t.effective_at, t.available_at, t.recorded_at, t.period
         FROM accruals a JOIN accruals b ON b.order_id = a.order_id AND b.level = 1 AND b.id <> a.id
         JOIN transfers t ON t.id = b.id WHERE a.level = 1 AND a.id NOT IN (SELECT id FROM transfers)",
    ),
    corruption(
        "the tree is a ring",
        "I11",
        "UPDATE sponsorships SET sponsor_id = (SELECT id FROM partners WHERE code = 'BUYER')
         WHERE partner_id = (SELECT id FROM partners WHERE code = 'ROOT')",
    ),
    corruption(
        "who invited whom is rewritten",
        "I12",
        "UPDATE partners SET inviter_id = (SELECT id FROM partners WHERE code = 'INNA') WHERE code = 'BORIS'",
    ),
    corruption(
        "a partner joins before the one who invited him",
        "I12",
        "UPDATE partners SET joined_at = joined_at + 1 WHERE code = 'ROOT';
         UPDATE sponsorships SET since = since + 1 WHERE partner_id = (SELECT id FROM partners WHERE code = 'ROOT')",
    ),
    corruption(
        "a fact is numbered beyond the last",
        "I12",
        "UPDATE sponsorships SET seq = 1000000 WHERE reason <> 'enrolment'",
    ),
    corruption(
        "an adjustment of another amount than the ledger's",
        "H1",
        "UPDATE adjustments SET amount = amount + 1 WHERE state = 'made'",
    ),
    corruption(
        "an adjustment that was refused is said to be made",
        "H1",
        "UPDATE adjustments SET state = 'made' WHERE state = 'rejected'",
    ),
    corruption(
        "an adjustment decided by who asked for it",
        "H1",
        "UPDATE adjustments SET decided_by = requested_by WHERE state = 'rejected'",
    ),
    corruption(
        "an adjustment is gone",
        "H2",
        "DELETE FROM adjustments WHERE number = 1",
    ),
    corruption(
        "a payout that settled is said to be on its way",
        "I13",
        "UPDATE payouts SET state = 'sent' WHERE state = 'settled'",
    ),
    corruption(
        "a payout nobody approved",
        "I13",
        "UPDATE payouts SET approved_by = NULL WHERE state = 'settled'",
    ),
    corruption(
        "a payout approved by the one who asked",
        "I13",
        "UPDATE payouts SET approved_by = requested_by WHERE state = 'settled'",
    ),
    corruption(
        "a payout of another amount than the ledger's",
        "I13",
        "UPDATE payouts SET amount = amount + 1 WHERE state = 'requested'",
    ),
    corruption(
        "a payout is gone",
        "I13",
        "DELETE FROM payouts WHERE number = (SELECT MAX(number) FROM payouts)",
    ),
    corruption(
        "a closed period has another digest",
        "I15",
        "UPDATE periods SET digest = zeroblob(32)",
    ),
    corruption(
        "money is slipped into a closed period",
        "I15",
        "INSERT INTO transfers SELECT randomblob(16), debit_id, credit_id, amount, kind, cause, reverses,
            effective_at, available_at, recorded_at, period FROM transfers
         WHERE kind = 'accrual' AND period = 202601 LIMIT 1",
    ),
    corruption(
        "a transfer stands in another period",
        "I15a",
        "UPDATE transfers SET period = 202605 WHERE cause = (SELECT id FROM orders WHERE external_id = 'march')",
    ),
    corruption(
        "an accrual is gone and its money stays",
        "I16",
        "DELETE FROM accruals WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march') AND level = 1",
    ),
    corruption(
        "a transfer has no cause",
        "I16",
        "UPDATE transfers SET cause = zeroblob(16) WHERE kind = 'breakage'",
    ),
    corruption(
        "a line of the trail is changed",
        "I17",
        "UPDATE audit SET reason = 'another reason' WHERE action = 'partner.move'",
    ),
    corruption(
        "a line of the trail has another hash",
        "I17",
        "UPDATE audit SET hash = zeroblob(32) WHERE seq = 3",
    ),
    corruption("a line of the trail is gone", "I17", "DELETE FROM audit WHERE seq = 3"),
    corruption(
        "the last line of the trail is gone",
        "I22",
        "DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)",
    ),
    corruption(
        "an approval is not written down",
        "I22",
        "UPDATE audit SET action = 'payout.look' WHERE action = 'payout.approve'",
    ),
    corruption(
        "a decision about a partner is not written down",
        "I22",
        "INSERT INTO partner_holds SELECT id, 1000000, 1, joined_at, 'slipped in', joined_at FROM partners WHERE code = 'INNA'",
    ),
    corruption("the closing of a period is forgotten", "I22", "DELETE FROM balances_at_close; DELETE FROM periods"),
    corruption("a trigger is gone", "I18", "-- no trigger is put back"),
    corruption(
        "an accrual has another amount",
        "I19",
        "UPDATE transfers SET amount = amount + 1 WHERE id = (SELECT id FROM accruals
         WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march') AND level = 1)",
    ),
    corruption(
        "an accrual is gone with its money",
        "I19",
        "DELETE FROM transfers WHERE id IN (SELECT id FROM accruals
            WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march') AND level = 1);
         DELETE FROM accruals WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march') AND level = 1",
    ),
    corruption(
        "an accrual has another beneficiary",
        "I19",
        "UPDATE transfers SET credit_id = (SELECT id FROM partners WHERE code = 'ROOT') WHERE id = (SELECT id FROM accruals
            WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march') AND level = 1)",
    ),
    corruption(
        "the breakage is larger",
        "I19",
        "UPDATE transfers SET amount = amount + 1 WHERE kind = 'breakage'",
    ),
    corruption(
        "money becomes available earlier",
        "I19",
        "UPDATE transfers SET available_at = effective_at WHERE kind = 'accrual'",
    ),
    corruption(
        "the instant of payment is edited",
        "I19",
        "UPDATE orders SET paid_at = paid_at + 1 WHERE external_id = 'march'",
    ),
    corruption(
        "a run promised another sum",
        "I19",
        "UPDATE accrual_runs SET maximum = maximum + 1 WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march')",
    ),
    corruption(
        "a run names a plan that is not there",
        "I19",
        "UPDATE accrual_runs SET plan_version_id = zeroblob(16) WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march')",
    ),
    corruption(
        "a line of an order has another price",
        "I21",
        "UPDATE order_lines SET unit_price = unit_price + 1 WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march')",
    ),
    corruption(
        "a line of an order has another cost",
        "I21",
        "UPDATE order_lines SET unit_cost = unit_cost + 1 WHERE order_id = (SELECT id FROM orders WHERE external_id = 'march')",
    ),
    corruption(
        "an order has another buyer",
        "I21",
        "UPDATE orders SET buyer_id = (SELECT id FROM partners WHERE code = 'INNA') WHERE external_id = 'march'",
    ),
    corruption(
        "a late move is never applied",
        "I19",
        "INSERT INTO sponsorships SELECT id, (SELECT id FROM partners WHERE code = 'INNA'), joined_at + 1,
            (SELECT seq + 1 FROM fact_clock), 'late', joined_at FROM partners WHERE code = 'BUYER';
UPDATE fact_clock SET seq = seq + 1",
    ),
    corruption(
        "the hold of accruals is passed over",
        "I19",
        "UPDATE transfers SET effective_at = effective_at + 1, available_at = effective_at + 1
            WHERE kind = 'accrual'",
    ),
    corruption(
        "what is taken back is taken later",
        "I9",
        "UPDATE transfers SET available_at = available_at + 86400000000 WHERE kind = 'refund_reversal'",
    ),
    corruption(
        "the body of a webhook is changed",
        "I21",
        "UPDATE receipts SET body = CAST('{}' AS BLOB) WHERE verdict = 'accepted'",
    ),
    corruption(
        "an accepted order is gone",
        "I21",
        "DELETE FROM order_lines WHERE order_id = (SELECT id FROM orders WHERE external_id = 'unpaid');
         DELETE FROM orders WHERE external_id = 'unpaid'",
    ),
    corruption(
        "the text of a plan is changed",
        "I22a",
        "UPDATE plan_versions SET source = source || '# a comment'",
    ),
    corruption(
        "a line belongs to no order",
        "I23",
        "INSERT INTO order_lines SELECT zeroblob(16), line_no, product_id, sku, category, kind, quantity, unit_price,
            unit_cost, unit_volume FROM order_lines LIMIT 1",
    ),
    corruption(
        "a bonus is not what moved",
        "I16b",
        "UPDATE period_accruals SET paid = paid + 1",
    ),
    corruption(
        "a bonus is raised in both places",
        "I19b",
        "UPDATE transfers SET amount = amount + 1 WHERE id IN (SELECT id FROM period_accruals);
         UPDATE period_accruals SET paid = paid + 1, raw = raw + 1",
    ),
    corruption(
        "a bonus is given to another",
        "I19b",
        "UPDATE transfers SET credit_id = (SELECT id FROM partners WHERE code = 'INNA')
            WHERE id IN (SELECT id FROM period_accruals);
         UPDATE period_accruals SET earner_id = (SELECT id FROM partners WHERE code = 'INNA')",
    ),
    corruption(
        "a bonus is gone without a trace",
        "I19b",
        "DELETE FROM transfers WHERE id IN (SELECT id FROM period_accruals);
         DELETE FROM period_accruals",
    ),
    corruption(
        "the seal of a period is another",
        "I19b",
        "UPDATE period_runs SET result = zeroblob(32) WHERE result IS NOT NULL",
    ),
    corruption(
        "a period leaves somebody more than it should",
        "I19b",
        "INSERT INTO period_carries SELECT id, 99, NULL, (SELECT id FROM partners LIMIT 1), 'excess', 100
            FROM period_runs WHERE result IS NOT NULL",
    ),
    corruption(
        "a reckoning of a period has another number",
        "I19b",
        "UPDATE period_runs SET run = run + 1",
    ),
    corruption(
        "a period was qualified by nobody",
        "I22",
        "UPDATE audit SET action = 'period.qualified' WHERE action = 'period.qualify'",
    ),
    corruption(
        "a number of payouts is left out",
        "I25",
        "UPDATE payouts SET number = number + 1 WHERE number = (SELECT MAX(number) FROM payouts)",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_corruption_is_found_by_its_check() {
    on_sqlite(async |test| {
        build(&test).await;
        test.assert_verified().await;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut missed = Vec::new();
        for (number, corruption) in CORRUPTIONS.iter().enumerate() {
            let file = folder.path().join(format!("{number}.db"));
            test.app.store.backup(&file).await.expect("the database can be copied");
            corrupt(&file, corruption).await;
            let found = wrong_checks(&file, &test).await;
            if !found.contains(&corruption.check) {
                missed.push(format!(
                    "{}: {} should find it, found by {found:?}",
                    corruption.name, corruption.check
                ));
            }
        }
        assert!(missed.is_empty(), "{missed:#?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_weakened_table_is_found_even_if_it_has_its_name() {
    let weakened = [
        "DROP INDEX transfers_reversal",
        "DROP TRIGGER transfers_no_update;
         CREATE TRIGGER transfers_no_update BEFORE UPDATE ON transfers WHEN 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER pay_more AFTER INSERT ON accruals BEGIN SELECT 1; END",
    ];
    on_sqlite(async |test| {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for (number, sql) in weakened.iter().enumerate() {
            let file = folder.path().join(format!("{number}.db"));
            test.app.store.backup(&file).await.expect("the database can be copied");
            let options = SqliteConnectOptions::new().filename(&file);
            let mut connection = options.connect().await.expect("the copy can be opened");
            connection.execute(*sql).await.expect("whoever has the file can do this");
            connection.close().await.expect("the copy can be closed");
            assert_eq!(wrong_checks(&file, &test).await, ["I23"], "{sql}");
        }
    })
    .await;
}

#[test]
fn every_check_has_a_corruption() {
    let covered: std::collections::BTreeSet<_> =
        CORRUPTIONS.iter().map(|corruption| corruption.check).collect();
    let all = [
        "H1", "H2", "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "I12", "I13", "I15",
        "I15a", "I16", "I16b", "I17", "I18", "I19", "I19b", "I21", "I22", "I22a", "I23", "I25",
    ];
    assert_eq!(covered, all.into_iter().collect());
}

/// Does to a copy what the triggers and keys would refuse. The triggers are put back, unless it is
/// they that should be missing.
async fn corrupt(file: &Path, corruption: &Corruption) {
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
    let mut connection = options.connect().await.expect("the copy can be opened");
    connection.execute("PRAGMA ignore_check_constraints = ON").await.expect("checks can be put off");
    let triggers: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            .fetch_all(&mut connection)
            .await
            .expect("triggers can be listed");
    for (name, _) in &triggers {
        run(&mut connection, format!("DROP TRIGGER {name}")).await;
    }
    let before = changes(&mut connection).await;
    for statement in corruption.sql.split(";\n") {
        run(&mut connection, statement.to_owned()).await;
    }
    if corruption.check == "I18" {
        return;
    }
    assert_ne!(changes(&mut connection).await, before, "{} changed nothing", corruption.name);
    for (_, sql) in triggers {
        run(&mut connection, sql).await;
    }
    connection.close().await.expect("the copy can be closed");
}

async fn changes(connection: &mut SqliteConnection) -> i64 {
    sqlx::query_scalar("SELECT total_changes()").fetch_one(connection).await.expect("changes are counted")
}

async fn run(connection: &mut SqliteConnection, sql: String) {
    let done = connection.execute(AssertSqlSafe(sql.clone())).await;
    assert!(done.is_ok(), "{sql}: {done:?}");
}

async fn wrong_checks(file: &Path, test: &TestApp) -> Vec<&'static str> {
    let copy = TestApp::start(format!("sqlite://{}", file.display()), [9; 32]).await;
    copy.clock.set(test.app.now());
    let report = app::verify::verify(&copy.app).await.expect("the books can be read");
    copy.app.store.close().await;
    let wrong = report.checks.into_iter().filter(|check| !check.differences.is_empty());
    wrong.map(|check| check.id).collect()
}

/// A company in which everything has happened once, with January and February closed.
async fn build(test: &TestApp) {
    let capped = app::plans::SHIPPED[0].1.replace(
        "[[rules]]",
        "[cap]\npercent = \"40%\"\nof = \"turnover\"\nscope = \"order\"\nmode = \"pro_rata\"\n\n[[rules]]",
    );
    let mentor = "[[rules]]\nid = \"mentor\"\nkind = \"matching\"\nof = [\"levels\"]\nrates = [\"10%\"]\n";
    let plan = format!("{capped}\n{mentor}");
    let company = Company::with_plan(test, &plan).await;
    company.chain(&["ROOT", "ANNA", "BORIS", "BUYER"]).await;
    company.partner("INNA", Some("BORIS")).await;
    let shop = FakeShop::default();
    let unpaid = OrderDraft::new("unpaid", "BUYER", 1, "500.00", "2026-01-05T10:00:00+03:00");
    shop.send(test, &unpaid.event("order.created")).await;
    let paid = |id: &str, paid_at: &str| OrderDraft::new(id, "BUYER", 3, "3333.33", paid_at).paid_at(paid_at);
    let first = paid("first", "2026-01-06T10:00:00+03:00");
    shop.send(test, &first.event("order.paid")).await;
    shop.send(test, &first.refund("R-1", &[(1, 1)], "2026-01-08T10:00:00+03:00")).await;
    let gone = paid("gone", "2026-01-07T10:00:00+03:00");
    shop.send(test, &gone.event("order.paid")).await;
    shop.send(test, &gone.event("order.cancelled")).await;
    late_fees(test, &company).await;
    test.it_is("2026-03-02T12:00:00+03:00");
    pay_out(test, &company).await;
    adjust(test, &company).await;
    for period in ["2026-01", "2026-02"] {
        let period = period.parse().expect("a period");
        app::periods::qualify(&test.app, &staff("elena"), period).await.expect("the month is over");
        app::periods::close(&test.app, &staff("elena"), period).await.expect("the month is over");
    }
    let away = Move {
        partner: company.code("INNA"),
        to: Some(company.code("ANNA")),
        since: at("2026-03-01T00:00:00+03:00"),
        reason: "asked for it".to_owned(),
    };
    app::sponsors::move_partner(&test.app, &staff("elena"), &away).await.expect("no ring");
    shop.send(test, &paid("march", "2026-03-01T12:00:00+03:00").event("order.paid")).await;
    shop.receive(test, &paid("waiting", "2026-03-02T10:00:00+03:00").event("order.paid")).await;
    // The last line of the trail is one that is counted.
    let anna = company.code("ANNA");
    app::payouts::request(&test.app, &staff("elena"), &anna, Some(testkit::rub(10)))
        .await
        .expect("Anna has more");
}

/// INNA buys while her fees are not known; ZOYA, below INNA, then buys, and INNA's fees come late.
async fn late_fees(test: &TestApp, company: &Company<'_>) {
    company.partner("ZOYA", Some("INNA")).await;
    company.buys("late", "ZOYA", "1000.00", "2026-01-09T10:00:00+03:00").await;
    company.fee("INNA", FeeKind::Monthly, "2026-01-08T10:00:00+03:00").await;
    test.work().await;
    // An earlier fee moves the span of the later one.
    company.fee("INNA", FeeKind::Monthly, "2026-01-01T10:00:00+03:00").await;
    test.work().await;
}

/// One adjustment of each end: made alone, refused by another, and one that waits.
async fn adjust(test: &TestApp, company: &Company<'_>) {
    use app::adjustments::{Decision, decide, make};
    let (elena, anna) = (staff("elena"), company.code("ANNA"));
    for roubles in [50, 6_000, 7_000] {
        make(&test.app, &elena, &anna, testkit::rub(roubles), "a reason").await.expect("it is allowed");
    }
    decide(&test.app, &staff("oleg"), 2, Decision::Reject, Some("a reason")).await.expect("another person");
}

/// One payout of each end: settled, rejected, and one still asked for.
async fn pay_out(test: &TestApp, company: &Company<'_>) {
    let (elena, oleg) = (staff("elena"), staff("oleg"));
    for (partner, steps) in [
        ("BORIS", &[PayoutStep::Approve, PayoutStep::Send, PayoutStep::Settle][..]),
        ("ANNA", &[PayoutStep::Reject]),
        ("ROOT", &[]),
    ] {
        let payout = app::payouts::request(&test.app, &elena, &company.code(partner), None)
            .await
            .expect("he has money");
        for step in steps {
            app::payouts::advance(&test.app, &oleg, payout.number, *step, Some("a reason"))
                .await
                .expect("a legal step");
        }
    }
}
