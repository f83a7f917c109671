//! Every mistake of a file is named with its place, in both languages.

use app::figures::figures;
use app::import::{ImportError, RowError};
use domain::lang::Lang;
use testkit::on_sqlite;

use super::{put_line, run, with_plan, write_company};

/// A row that is wrong: its file, line and text, the column that must be named, a part of the problem,
/// and how many partners and orders are stored all the same.
type Wrong = (&'static str, usize, &'static str, &'static str, &'static str, (i64, i64));

const WRONG: &[Wrong] = &[
    ("products.csv", 1, "sku,name,category,price,cost", "volume", "the column is missing", (0, 0)),
    ("products.csv", 1, "sku;name;category;price;cost;volume", "sku", "part columns by commas", (0, 0)),
    ("products.csv", 1, "sku,name,category,price,cost,volume,colour", "", "\"colour\" is unknown", (0, 0)),
    (
        "products.csv",
        3,
        "RVS-2,Состав 2,Составы,50.00,20.00",
        "",
        "the row has 5 columns, the header 6",
        (0, 0),
    ),
    ("products.csv", 3, ",Состав 2,Составы,50.00,20.00,0.5", "sku", "is not a SKU", (0, 0)),
    ("products.csv", 3, "RVS-2,,Составы,50.00,20.00,0.5", "name", "1 to 200 characters", (0, 0)),
    ("products.csv", 3, "RVS-2,Состав 2,Составы,-50.00,20.00,0.5", "price", "below zero", (0, 0)),
    ("products.csv", 3, "RVS-2,Состав 2,Составы,50.00,20.005,0.5", "cost", "20.005", (0, 0)),
    (
        "products.csv",
        3,
        "RVS-1,Состав 2,Составы,50.00,20.00,0.5",
        "sku",
        "RVS-1 stands in line 2 already",
        (0, 0),
    ),
    (
        "partners.csv",
        3,
        "NR00002,NR00003,Иван,И,,,2025-01-02T10:00:00+03:00",
        "sponsor_code",
        "must stand above this line",
        (0, 0),
    ),
    (
        "partners.csv",
        3,
        "N 2,NR00001,Иван,И,,,2025-01-02T10:00:00+03:00",
        "code",
        "is not a partner code",
        (0, 0),
    ),
    (
        "partners.csv",
        3,
        "NR00001,,Иван,И,,,2025-01-02T10:00:00+03:00",
        "code",
        "stands in line 2 already",
        (0, 0),
    ),
    (
        "partners.csv",
        3,
        "NR00002,NR00001,,И,,,2025-01-02T10:00:00+03:00",
        "first_name",
        "is not a name",
        (0, 0),
    ),
    (
        "partners.csv",
        3,
        "NR00002,NR00001,Иван,И,12,,2025-01-02T10:00:00+03:00",
        "phone",
        "is not a phone",
        (0, 0),
    ),
    (
        "partners.csv",
        3,
        "NR00002,NR00001,Иван,И,+79000000001,,2025-01-02T10:00:00+03:00",
        "phone",
        "line 2",
        (0, 0),
    ),
    (
        "partners.csv",
        3,
        "NR00002,NR00001,Иван,И,,a@,2025-01-02T10:00:00+03:00",
        "email",
        "is not an e-mail",
        (0, 0),
    ),
    ("partners.csv", 3, "NR00002,NR00001,Иван,И,,,2025-01-02", "joined_at", "is not an instant", (0, 0)),
    (
        "partners.csv",
        3,
        "NR00002,NR00099,Иван,И,,,2025-01-02T10:00:00+03:00",
        "sponsor_code",
        "there is no partner NR00099",
        (0, 0),
    ),
    ("activity.csv", 3, "NR00002,2025-12-02T10:00:00+03:00,weekly", "kind", "is not a kind", (0, 0)),
    ("activity.csv", 3, "NR00002,yesterday,annual", "paid_at", "is not an instant", (0, 0)),
    (
        "activity.csv",
        3,
        "NR00099,2025-12-02T10:00:00+03:00,annual",
        "partner_code",
        "no partner NR00099",
        (0, 0),
    ),
    (
        "orders.csv",
        3,
        "O-2,2026-01-02T00:00:02+03:00,2026-01-02T00:00:02+03:00,NR00010,sent",
        "status",
        "is unknown",
        (0, 0),
    ),
    ("orders.csv", 3, "O-2,2026-01-02T00:00:02+03:00,,NR00010,paid", "paid_at", "is empty", (0, 0)),
    (
        "orders.csv",
        3,
        "O-2,2026-01-02T00:00:02+03:00,2026-01-02T00:00:02+03:00,NR00010,created",
        "paid_at",
        "\"paid\"",
        (0, 0),
    ),
    (
        "orders.csv",
        22,
        "O-21,2026-01-02T00:00:02+03:00,,NR00010,created",
        "order_id",
        "no row of order_lines.csv",
        (0, 0),
    ),
    (
        "orders.csv",
        3,
        "O-2,2026-01-02T00:00:02+03:00,2026-01-02T00:00:02+03:00,NR00099,paid",
        "buyer_code",
        "no partner",
        (0, 0),
    ),
    (
        "orders.csv",
        3,
        "O-1,2026-01-02T00:00:02+03:00,2026-01-02T00:00:02+03:00,NR00010,paid",
        "order_id",
        "stands in line 2 already",
        (0, 0),
    ),
    ("order_lines.csv", 3, "O-1,2,RVS-2,0,50.00", "quantity", "from 1 to 1000000", (0, 0)),
    ("order_lines.csv", 3, "O-1,2,RVS-2,²,50.00", "quantity", "is not a whole number", (0, 0)),
    ("order_lines.csv", 3, "O-1,2,RVS-2,2,50.001", "unit_price", "50.001", (0, 0)),
    ("order_lines.csv", 3, "O-1,2,RVS-2,1000000,9000000000000.00", "unit_price", "more than", (0, 0)),
    ("order_lines.csv", 3, "O-1,1,RVS-2,2,50.00", "line_no", "stands in line 2 already", (0, 0)),
    ("order_lines.csv", 42, "O-99,1,RVS-2,2,50.00", "order_id", "no row of orders.csv", (0, 0)),
    ("order_lines.csv", 3, "O-1,2,RVS-9,2,50.00", "sku", "nor in the catalogue", (0, 0)),
    (
        "refunds.csv",
        4,
        "R-2,O-2,1,none,2026-01-05T11:00:00+03:00",
        "quantity",
        "is not a whole number",
        (0, 0),
    ),
    ("refunds.csv", 4, "R-1,O-2,1,1,2026-01-05T11:00:00+03:00", "refund_id", "with another order", (0, 0)),
    ("refunds.csv", 4, "R-2,O-2,1,3,2026-01-05T11:00:00+03:00", "quantity", "has 2 pieces", (0, 0)),
    (
        "refunds.csv",
        4,
        "R-2,O-2,1,1,2026-01-01T11:00:00+03:00",
        "refunded_at",
        "before it was ordered",
        (0, 0),
    ),
    ("refunds.csv", 4, "R-2,O-99,1,1,2026-01-05T11:00:00+03:00", "order_id", "nor known", (0, 0)),
];

#[tokio::test]
async fn a_wrong_row_is_named_and_nothing_of_its_batch_is_stored() {
    for wrong in WRONG {
        on_sqlite(async |test| {
            let (file, line, row, column, problem, stored) = *wrong;
            with_plan(&test).await;
            let folder = write_company(20);
            put_line(folder.path(), file, line, row);
            let done = run(&test, folder.path()).await;
            let Err(ImportError::Rows(rows)) = done else { panic!("{wrong:?}: {done:?}") };
            let names = |error: &RowError| {
                (error.file, error.line, error.column) == (file, line as u64, column)
                    && error.problem.in_lang(Lang::En).contains(problem)
            };
            assert!(rows.iter().any(names), "{wrong:?}: {rows:#?}");
            let is_russian = |text: &str| text.chars().any(|letter| ('а'..='я').contains(&letter));
            assert!(rows.iter().all(|row| is_russian(row.problem.in_lang(Lang::Ru))), "{rows:#?}");
            let figures = figures(&test.app).await.expect("figures");
            assert_eq!((figures.partners, figures.orders.0), stored, "{wrong:?}");
            test.assert_verified().await;
        })
        .await;
    }
}

#[tokio::test]
async fn all_mistakes_are_told_at_once() {
    on_sqlite(async |test| {
        with_plan(&test).await;
        let folder = write_company(20);
        put_line(folder.path(), "products.csv", 2, "RVS-1,Состав 1,Составы,free,400.00,10");
        put_line(folder.path(), "activity.csv", 5, "NR00004,2025-12-04T10:00:00+03:00,daily");
        put_line(folder.path(), "orders.csv", 9, "O-8,then,2026-01-02T00:00:08+03:00,NR00010,paid");
        let done = run(&test, folder.path()).await;
        let Err(ImportError::Rows(rows)) = done else { panic!("{done:?}") };
        let places: Vec<_> = rows.iter().map(|row| (row.file, row.line, row.column)).collect();
        let expected =
            [("products.csv", 2, "price"), ("activity.csv", 5, "kind"), ("orders.csv", 9, "ordered_at")];
        assert_eq!(places, expected);
    })
    .await;
}

#[tokio::test]
async fn a_refund_before_an_order_that_is_known_already_is_refused() {
    on_sqlite(async |test| {
        with_plan(&test).await;
        run(&test, write_company(20).path()).await.expect("the files are right");
        let folder = write_company(20);
        for file in ["orders.csv", "order_lines.csv"] {
            let path = folder.path().join(file);
            let text = std::fs::read_to_string(&path).expect("it was written");
            let header = text.lines().next().expect("a header");
            std::fs::write(&path, format!("{header}\n")).expect("the folder is ours");
        }
        put_line(folder.path(), "refunds.csv", 4, "R-9,O-2,1,1,2026-01-01T11:00:00+03:00");
        let done = run(&test, folder.path()).await;
        let Err(ImportError::Rows(rows)) = done else { panic!("{done:?}") };
        let told: Vec<_> = rows.iter().map(|row| (row.file, row.line, row.column)).collect();
        assert_eq!(told, [("refunds.csv", 4, "refunded_at")]);
    })
    .await;
}
