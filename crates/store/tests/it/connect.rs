use sqlx::AssertSqlSafe;
use store::{Backend, Store, StoreError, Tx};
use testkit::{for_each_backend, on_sqlite};

use crate::make::{accrual, company, day, order, partner_id, period, run, stored};

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_no_trace() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        store::facts::take(&mut tx, 5).await.expect("numbers");
        drop(tx);
        let mut tx = test.app.store.begin_read().await.expect("a transaction");
        assert_eq!(store::facts::last(&mut tx).await.expect("read").0, 0);
    })
    .await;
}

#[tokio::test]
async fn one_who_reads_sees_one_state_and_writes_nothing() {
    for_each_backend(async |test| {
        let mut reader = test.app.store.begin_read().await.expect("a transaction");
        assert_eq!(store::facts::last(&mut reader).await.expect("read").0, 0);
        let mut writer = test.app.store.begin().await.expect("a transaction");
        store::facts::take(&mut writer, 5).await.expect("numbers");
        writer.commit().await.expect("committed");
        assert_eq!(
            store::facts::last(&mut reader).await.expect("read").0,
            0,
            "still the state it began with"
        );
        let refused = store::facts::take(&mut reader, 1).await;
        assert!(refused.is_err(), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn migrations_run_once() {
    for_each_backend(async |test| {
        let store = &test.app.store;
        company(store).await;
        assert_eq!(store.pending_migrations().await.expect("read"), 0);
        store.migrate().await.expect("nothing to do");
        let mut tx = store.begin_read().await.expect("a transaction");
        assert_eq!(store::partners::count(&mut tx).await.expect("read"), 3);
    })
    .await;
}

#[tokio::test]
async fn an_empty_database_has_every_migration_before_it() {
    let folder = std::env::temp_dir().join(format!("nanorem-store-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let url = format!("sqlite://{}", folder.join("new.db").display());
    let missing = Store::open(&url).await;
    assert!(missing.is_err(), "a database that is not there is not made in silence");
    let store = Store::connect(&url).await.expect("made");
    let pending = store.pending_migrations().await.expect("read");
    assert!(pending > 0);
    store.migrate().await.expect("migrated");
    assert_eq!(store.pending_migrations().await.expect("read"), 0);
    store.close().await;
    let store = Store::open(&url).await.expect("it is there now");
    assert_eq!(store.backend(), Backend::Sqlite);
    store.close().await;
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
}

#[tokio::test]
async fn a_url_of_no_database_is_refused_and_not_repeated() {
    for url in ["mysql://root:secret@host/db", "nothing", ""] {
        let refused = Store::connect(url).await;
        let Err(StoreError::Url(told)) = refused else { panic!("{url}: {refused:?}") };
        assert!(!told.contains("secret"), "{told}");
    }
}

#[tokio::test]
async fn a_backup_is_the_whole_database_while_it_is_in_use() {
    on_sqlite(async |test| {
        company(&test.app.store).await;
        let copy =
            std::path::PathBuf::from(test.url.trim_start_matches("sqlite://")).with_file_name("copy.db");
        let mut writer = test.app.store.begin().await.expect("a transaction");
        store::facts::take(&mut writer, 5).await.expect("numbers");
        for _ in 0..6 {
            test.app.store.backup(&copy).await.expect("copied");
            let copied =
                Store::open(&format!("sqlite://{}", copy.display())).await.expect("it is a database");
            let mut tx = copied.begin_read().await.expect("a transaction");
            assert_eq!(store::partners::count(&mut tx).await.expect("read"), 3);
            assert_eq!(
                store::facts::last(&mut tx).await.expect("read").0,
                3,
                "nothing that is not committed"
            );
            drop(tx);
            copied.close().await;
            std::fs::remove_file(&copy).expect("the copy is ours");
        }
        drop(writer);
        let mut reader = test.app.store.begin_read().await.expect("readers are left");
        assert!(store::facts::take(&mut reader, 1).await.is_err(), "and still may not write");
    })
    .await;
}

#[tokio::test]
async fn a_server_is_not_copied_into_a_file() {
    for_each_backend(async |test| {
        if test.app.store.backend() == Backend::Postgres {
            let refused = test.app.store.backup(std::path::Path::new("/nowhere/copy.db")).await;
            assert!(matches!(refused, Err(StoreError::Url(_))), "{refused:?}");
        }
    })
    .await;
}

/// Writes a statement as somebody with the database's password would.
async fn by_hand(tx: &mut Tx, sql: &str) -> Result<(), sqlx::Error> {
    let sql = AssertSqlSafe(sql.to_owned());
    match tx {
        Tx::Sqlite(tx) => sqlx::query(sql).execute(&mut **tx).await.map(drop),
        Tx::Postgres(tx) => sqlx::query(sql).execute(&mut **tx).await.map(drop),
    }
}

#[tokio::test]
async fn what_is_written_of_money_and_acts_cannot_be_changed() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let order = order(1, None).id;
        let transfer = accrual(1, order, 200_00, 18, "2025-12");
        store::transfers::insert_all(&mut tx, std::slice::from_ref(&transfer)).await.expect("stored");
        store::accruals::insert_runs(&mut tx, &[run(order, 1, 3)], day(9)).await.expect("stored");
        store::accruals::insert_all(&mut tx, &[stored(&transfer, 1, 1)]).await.expect("stored");
        let digest = [1; 32];
        let (period, closed_by) = (period("2025-12"), "staff:elena".to_owned());
        let closed = store::periods::Closed { period, closed_at: day(5), closed_by, transfers: 1, digest };
        store::periods::insert(&mut tx, &closed).await.expect("stored");
        let account = domain::ledger::partner_account(partner_id(1));
        store::balances::keep(&mut tx, period, &[(account, transfer.amount)]).await.expect("stored");
        let line = store::audit::Line {
            seq: 1,
            actor: "staff:elena".to_owned(),
            action: "period.close".to_owned(),
            entity: "period:2025-12".to_owned(),
            before: None,
            after: None,
            reason: None,
            at: day(5),
            previous_hash: [0; 32],
            hash: [0; 32],
        };
        store::audit::insert_all(&mut tx, &[line]).await.expect("stored");
        tx.commit().await.expect("committed");
        let changes = [
            ("transfers", "amount = amount + 1"),
            ("accruals", "paid = paid + 1"),
            ("accrual_runs", "maximum = maximum + 1"),
            ("audit", "reason = 'other'"),
            ("periods", "closed_by = 'other'"),
            ("balances_at_close", "total = total + 1"),
        ];
        for (table, change) in changes {
            for sql in [format!("UPDATE {table} SET {change}"), format!("DELETE FROM {table}")] {
                let mut tx = test.app.store.begin().await.expect("a transaction");
                let refused = by_hand(&mut tx, &sql).await.expect_err(&sql);
                assert!(refused.to_string().contains("immutable"), "{sql}: {refused}");
            }
            if test.app.store.backend() == Backend::Postgres {
                let mut tx = test.app.store.begin().await.expect("a transaction");
                let sql = format!("TRUNCATE {table} CASCADE");
                assert!(by_hand(&mut tx, &sql).await.is_err(), "{sql}");
            }
        }
    })
    .await;
}
