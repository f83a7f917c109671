//! The import: all or nothing of a batch, every mistake named, run again without harm.

mod mistakes;

use std::fmt::Write as _;
use std::path::Path;

use app::figures::figures;
use app::import::{Import, ImportError, Progress, Stage, StageReport, import};
use app::plans::{Activate, activate};
use domain::actor::Actor;
use domain::lang::Lang;
use domain::order::ExternalId;
use tempfile::TempDir;
use testkit::{Company, TestApp, at, for_each_backend, on_sqlite, rub, staff};

const FILES: [&str; 6] =
    ["products.csv", "partners.csv", "activity.csv", "orders.csv", "order_lines.csv", "refunds.csv"];

/// A company of ten in a chain, each the sponsor of the next, with twenty orders of the tenth.
pub(crate) fn write_company(orders: usize) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut texts = [
        "sku,name,category,price,cost,volume\nRVS-1,Состав 1,Составы,1000.00,400.00,10\nRVS-2,Состав 2,Составы,50.00,20.00,0.5\n".to_owned(),
        "code,sponsor_code,first_name,last_name,phone,email,joined_at\n".to_owned(),
        "partner_code,paid_at,kind\n".to_owned(),
        "order_id,ordered_at,paid_at,buyer_code,status\n".to_owned(),
        "order_id,line_no,sku,quantity,unit_price\n".to_owned(),
        "refund_id,order_id,line_no,quantity,refunded_at\nR-1,O-1,1,1,2026-01-05T10:00:00+03:00\nR-1,O-1,2,2,2026-01-05T10:00:00+03:00\nR-2,O-2,1,1,2026-01-05T11:00:00+03:00\n".to_owned(),
    ];
    let [_, partners, activity, heads, lines, _] = &mut texts;
    for number in 1..=10 {
        let sponsor = if number == 1 { String::new() } else { format!("NR{:05}", number - 1) };
        writeln!(
            partners,
            "NR{number:05},{sponsor},Иван,Иванов-{number},+7900000000{},i{number}@example.org,2025-01-{number:02}T10:00:00+03:00",
            number % 10
        )
        .expect("a string takes text");
        // The sixth never paid, the seventh by the month.
        if number != 6 {
            let kind = if number == 7 { "monthly" } else { "annual" };
            writeln!(activity, "NR{number:05},2025-12-{number:02}T10:00:00+03:00,{kind}")
                .expect("a string takes text");
        }
    }
    for number in 1..=orders {
        let second =
            format!("2026-01-02T{:02}:{:02}:{:02}+03:00", number / 3_600, number / 60 % 60, number % 60);
        let (paid_at, status) = match number {
            3 => (String::new(), "created"),
            4 => (String::new(), "cancelled"),
            5 => (second.clone(), "cancelled"),
            _ => (second.clone(), "paid"),
        };
        writeln!(heads, "O-{number},{second},{paid_at},NR00010,{status}").expect("a string takes text");
        writeln!(lines, "O-{number},1,RVS-1,2,1000.00\nO-{number},2,RVS-2,2,50.00")
            .expect("a string takes text");
    }
    for (file, text) in FILES.iter().zip(texts) {
        std::fs::write(folder.path().join(file), text).expect("the folder is ours");
    }
    folder
}

/// Replaces a line of a file, or adds it at the end.
fn put_line(folder: &Path, file: &str, line: usize, row: &str) {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).expect("the file was written");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.resize(lines.len().max(line), row);
    lines[line - 1] = row;
    std::fs::write(path, lines.join("\n") + "\n").expect("the folder is ours");
}

fn wanted(folder: &Path, dry_run: bool) -> Import {
    Import { folder: folder.to_owned(), source: ExternalId::parse("nanorvs").expect("a valid id"), dry_run }
}

async fn with_plan(test: &TestApp) {
    let (_, text) = app::plans::SHIPPED[0];
    let plan =
        Activate { file_name: "test.toml", text, since: at("2025-01-01T00:00:00+03:00"), force: false };
    activate(&test.app, &staff("owner"), plan).await.expect("the plan is right");
}

pub(crate) async fn run(test: &TestApp, folder: &Path) -> Result<Vec<StageReport>, ImportError> {
    import(&test.app, &staff("elena"), &wanted(folder, false), |_| {}).await
}

fn reports(new: [usize; 5], known: [usize; 5]) -> Vec<StageReport> {
    let stages = [Stage::Products, Stage::Partners, Stage::Activity, Stage::Orders, Stage::Refunds];
    let counts = new.into_iter().zip(known);
    let report = |(stage, (new, known))| StageReport { stage, rows: new + known, new, known };
    stages.into_iter().zip(counts).map(report).collect()
}

pub(crate) async fn digest(test: &TestApp) -> [u8; 32] {
    app::ledger::digest(&test.app).await.expect("the ledger can be read").sha256
}

#[tokio::test]
async fn a_company_is_imported_and_paid_to_the_kopeck() {
    for_each_backend(async |test| {
        with_plan(&test).await;
        let folder = write_company(20);
        let done = run(&test, folder.path()).await.expect("the files are right");
        assert_eq!(done, reports([2, 10, 9, 20, 2], [0; 5]));
        let figures = figures(&test.app).await.expect("figures");
        // Paid: all but two. Each of 18 pays five levels: the sixth is passed over.
        assert_eq!((figures.partners, figures.orders, figures.accruals), (10, (20, 18, 2), (18, 90)));
        let mut earned: Vec<(String, i64)> = Vec::new();
        for one in app::accruals::by_partner(&test.app).await.expect("sums") {
            earned.push((one.partner_code.to_string(), one.net.minor()));
        }
        // 17 stand of 2 100.00 each, less 1 100.00 and 1 000.00 given back: 33 600.00 in all.
        let expected = [
            ("NR00004", 1_680_00),
            ("NR00005", 1_680_00),
            ("NR00007", 1_680_00),
            ("NR00008", 3_360_00),
            ("NR00009", 6_720_00),
        ];
        assert_eq!(earned, expected.map(|(code, net)| (code.to_owned(), net)));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    for_each_backend(async |test| {
        with_plan(&test).await;
        let folder = write_company(20);
        run(&test, folder.path()).await.expect("the files are right");
        let before = (digest(&test).await, figures(&test.app).await.expect("figures"));
        let again = run(&test, folder.path()).await.expect("the files are right");
        assert_eq!(again, reports([0; 5], [2, 10, 9, 20, 2]));
        assert_eq!((digest(&test).await, figures(&test.app).await.expect("figures")), before);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    for_each_backend(async |test| {
        with_plan(&test).await;
        let folder = write_company(20);
        let before = figures(&test.app).await.expect("figures");
        let dry = import(&test.app, &staff("elena"), &wanted(folder.path(), true), |_| {}).await;
        assert_eq!(dry.expect("the files are right"), reports([2, 10, 9, 20, 2], [0; 5]));
        assert_eq!(figures(&test.app).await.expect("figures"), before);
        put_line(
            folder.path(),
            "orders.csv",
            2,
            "O-1,2026-01-02T00:00:01+03:00,2026-01-02T00:00:01+03:00,NR00099,paid",
        );
        let dry = import(&test.app, &staff("elena"), &wanted(folder.path(), true), |_| {}).await;
        let Err(ImportError::Rows(rows)) = dry else { panic!("{dry:?}") };
        let told: Vec<String> = rows.iter().map(|row| row.in_lang(Lang::Ru)).collect();
        assert_eq!(told, ["orders.csv:2: buyer_code: партнёра NR00099 нет"]);
    })
    .await;
}

#[tokio::test]
async fn only_staff_import_and_only_under_a_plan() {
    for_each_backend(async |test| {
        let folder = write_company(20);
        let wanted = wanted(folder.path(), false);
        let refused = import(&test.app, &Actor::System, &wanted, |_| {}).await;
        assert!(matches!(refused, Err(ImportError::NotStaff)), "{refused:?}");
        let refused = run(&test, folder.path()).await;
        assert!(
            matches!(refused, Err(ImportError::NoPlan(first)) if first == at("2025-12-01T10:00:00+03:00")),
            "{refused:?}"
        );
        std::fs::remove_file(folder.path().join("refunds.csv")).expect("the folder is ours");
        let refused = run(&test, folder.path()).await;
        assert!(
            matches!(&refused, Err(ImportError::File { path, .. }) if path.ends_with("refunds.csv")),
            "{refused:?}"
        );
        assert_eq!(figures(&test.app).await.expect("figures").partners, 0);
    })
    .await;
}

#[tokio::test]
async fn rows_that_contradict_what_is_known_are_refused() {
    for_each_backend(async |test| {
        with_plan(&test).await;
        let changes: [(&str, usize, &str, &str); 4] = [
            ("partners.csv", 4, "NR00003,NR00001,Иван,И,,,2025-01-03T10:00:00+03:00", "code"),
            (
                "orders.csv",
                8,
                "O-7,2026-01-02T00:00:07+03:00,2026-01-02T00:00:08+03:00,NR00010,paid",
                "order_id",
            ),
            ("order_lines.csv", 2, "O-1,1,RVS-1,2,1000.01", "order_id"),
            ("refunds.csv", 4, "R-2,O-2,1,2,2026-01-05T11:00:00+03:00", "order_id"),
        ];
        run(&test, write_company(20).path()).await.expect("the files are right");
        let before = digest(&test).await;
        for (file, line, row, column) in changes {
            let folder = write_company(20);
            put_line(folder.path(), file, line, row);
            let done = run(&test, folder.path()).await;
            let Err(ImportError::Batch(rows)) = done else { panic!("{row}: {done:?}") };
            assert!(matches!(&rows[..], [one] if one.column == column), "{row}: {rows:?}");
        }
        assert_eq!(digest(&test).await, before);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn an_import_that_was_cut_off_is_run_again() {
    for_each_backend(async |test| {
        with_plan(&test).await;
        let folder = write_company(4_100);
        let cuts = [
            Progress { stage: Stage::Partners, done: 0, total: 10 },
            Progress { stage: Stage::Activity, done: 9, total: 9 },
            Progress { stage: Stage::Orders, done: 4_000, total: 4_100 },
            Progress { stage: Stage::Refunds, done: 0, total: 2 },
        ];
        for cut in cuts {
            cut_off(&test, folder.path(), cut).await;
            test.assert_verified().await;
        }
        let done = run(&test, folder.path()).await.expect("the files are right");
        let [.., orders, refunds] = &done[..] else { panic!("{done:?}") };
        assert_eq!((orders.new + orders.known, refunds.new + refunds.known), (4_100, 2));
        test.assert_verified().await;
        // 4 097 stand, less what was given back: 8 603 700.00 - 2 100.00.
        let company =
            app::ledger::statement(&test.app, &"NR00009".parse().expect("a code")).await.expect("he exists");
        assert_eq!(company.balance.total, rub(1_720_320));
        assert_eq!(
            company.lines.len(),
            4_098 + 1 + 2,
            "an accrual for each paid order, and what was taken back"
        );
    })
    .await;
}

/// Lets the import die once it has told of so much progress.
async fn cut_off(test: &TestApp, folder: &Path, cut: Progress) {
    let reached = tokio::sync::Notify::new();
    let (staff, wanted) = (staff("elena"), wanted(folder, false));
    let running = import(&test.app, &staff, &wanted, |progress| {
        if progress == cut {
            reached.notify_one();
        }
    });
    tokio::select! {
        biased;
        () = reached.notified() => {}
        done = running => panic!("it went through to its end: {done:?}"),
    }
}

#[tokio::test]
async fn fees_imported_after_orders_correct_them() {
    on_sqlite(async |test| {
        with_plan(&test).await;
        let folder = write_company(20);
        let activity = std::fs::read_to_string(folder.path().join("activity.csv")).expect("written");
        std::fs::write(folder.path().join("activity.csv"), "partner_code,paid_at,kind\n").expect("ours");
        run(&test, folder.path()).await.expect("the files are right");
        assert_eq!(app::accruals::by_partner(&test.app).await.expect("sums"), [], "nobody was active");
        test.assert_verified().await;
        std::fs::write(folder.path().join("activity.csv"), activity).expect("ours");
        run(&test, folder.path()).await.expect("the files are right");
        let company =
            app::ledger::statement(&test.app, &"NR00009".parse().expect("a code")).await.expect("he exists");
        assert_eq!(company.balance.total, rub(6_720), "as if it had been known from the beginning");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_file_from_a_spreadsheet_is_read() {
    on_sqlite(async |test| {
        Company::with_plan(&test, "nanorem-5").await;
        let folder = write_company(20);
        for file in FILES {
            let path = folder.path().join(file);
            let text = std::fs::read_to_string(&path).expect("written").replace('\n', "\r\n");
            std::fs::write(path, format!("\u{feff}{text}")).expect("ours");
        }
        run(&test, folder.path()).await.expect("a byte order mark and CRLF are no mistakes");
        test.assert_verified().await;
    })
    .await;
}
