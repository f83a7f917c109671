//! An app on a database of its own, SQLite or PostgreSQL.

use std::sync::Arc;

use app::App;
use sqlx::{Connection, PgConnection};
use store::Store;
use tempfile::TempDir;

use crate::clock::FixedClock;
use crate::company::at;

/// An app on a fresh, migrated database.
pub struct TestApp {
    /// The app.
    pub app: App,
    /// Its clock; it starts on 10 January 2026, 12:00 in Moscow.
    pub clock: Arc<FixedClock>,
    /// The URL of its database.
    pub url: String,
}

/// Runs a test on SQLite, and on PostgreSQL where `NANOREM_TEST_POSTGRES` names a server. Each has a
/// database of its own, gone afterwards.
pub async fn for_each_backend(test: impl AsyncFn(TestApp)) {
    let folder = temporary_folder();
    run_on_sqlite(&folder, &test).await;
    let Ok(server) = std::env::var("NANOREM_TEST_POSTGRES") else {
        eprintln!("NANOREM_TEST_POSTGRES is not set: PostgreSQL is skipped");
        return;
    };
    let database = Database::create(&server, &folder).await;
    let started = TestApp::start(database.url.clone(), [7; 32]).await;
    let store = started.app.store.clone();
    test(started).await;
    store.close().await;
    database.drop().await;
}

/// Runs a test on SQLite alone, where what it asks does not depend on the database.
pub async fn on_sqlite(test: impl AsyncFn(TestApp)) {
    run_on_sqlite(&temporary_folder(), &test).await;
}

fn temporary_folder() -> TempDir {
    tempfile::Builder::new().prefix("nanorem").tempdir().expect("a temporary folder can be made")
}

async fn run_on_sqlite(folder: &TempDir, test: &impl AsyncFn(TestApp)) {
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let started = TestApp::start(url, [7; 32]).await;
    let store = started.app.store.clone();
    test(started).await;
    store.close().await;
}

impl TestApp {
    /// The same database after the program died and was started again: nothing is left in memory.
    pub async fn restarted(self, seed: [u8; 32]) -> Self {
        self.app.store.close().await;
        let store = Store::connect(&self.url).await.expect("the test database can be opened again");
        Self { app: furnished(App::new(store, self.clock.clone(), seed)), clock: self.clock, url: self.url }
    }

    /// Puts the clock to an instant, as `2026-01-31T10:00:00+03:00`.
    pub fn it_is(&self, instant: &str) {
        self.clock.set(at(instant));
    }

    /// An app on the database of a URL, with dice that start from a seed.
    pub async fn start(url: String, seed: [u8; 32]) -> Self {
        let store = Store::connect(&url).await.expect("the test database can be opened");
        store.migrate().await.expect("the tables can be made");
        let clock = Arc::new(FixedClock::at(at("2026-01-10T12:00:00+03:00")));
        Self { app: furnished(App::new(store, clock.clone(), seed)), clock, url }
    }

    /// Lets the worker do what is due.
    pub async fn work(&self) {
        app::jobs::run_due(&self.app).await.expect("the jobs can be run");
    }

    /// How many webhooks are kept, whatever became of them.
    pub async fn kept_webhooks(&self) -> i64 {
        let mut tx = self.app.store.begin_read().await.expect("the test database answers");
        let counts = store::receipts::count_by_verdict(&mut tx).await.expect("receipts can be counted");
        counts.into_iter().map(|(_, count)| count).sum()
    }

    /// Asserts that the books are right.
    pub async fn assert_verified(&self) {
        let report = app::verify::verify(&self.app).await.expect("the books can be read");
        let wrong: Vec<_> = report.checks.iter().filter(|check| !check.differences.is_empty()).collect();
        assert!(wrong.is_empty(), "the books are wrong: {wrong:#?}");
    }
}

/// Under which the secrets of tests are sealed.
const KEY: &str = "dGhlIGtleSBvZiBhbGwgdGVzdHMsIDMyIGJ5dGVzLi4=";

/// With a key for secrets, and with passwords that cost next to nothing.
fn furnished(app: App) -> App {
    let access = app::auth::Rules::default().with_cost(app::auth::Cost::LEAST);
    let sealer = app::sealed::Sealer::parse([KEY]).expect("32 bytes in base64");
    app.sealing_with(sealer).with_access(access)
}

/// A PostgreSQL database of a test's own.
struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    /// The temporary folder's random name is the database's too.
    async fn create(server: &str, folder: &TempDir) -> Self {
        let random =
            folder.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name: String = random
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        let name = format!("{name}_{}", std::process::id());
        let mut connection = PgConnection::connect(server).await.expect("the PostgreSQL server answers");
        let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(sql).execute(&mut connection).await.expect("a database can be made");
        let (base, _) = server.rsplit_once('/').expect("the server's URL names a database");
        Self { server: server.to_owned(), url: format!("{base}/{name}"), name }
    }

    async fn drop(self) {
        let mut connection =
            PgConnection::connect(&self.server).await.expect("the PostgreSQL server answers");
        let sql = sqlx::AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name));
        sqlx::query(sql).execute(&mut connection).await.expect("the database can be dropped");
    }
}
