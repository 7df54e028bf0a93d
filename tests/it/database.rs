//! A database of a test's own, of either kind: an SQLite file, and a new database on the PostgreSQL server
//! that `AJANTASA_TEST_POSTGRES` names, dropped again at the end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use ajantasa::seal::{MasterKeys, Vault, WrappedKey};
use ajantasa::store::{Db, StoreUrl, data_key};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tempfile::TempDir;
use uuid::Uuid;

/// The variable that names a database whose user may create databases.
const SERVER: &str = "AJANTASA_TEST_POSTGRES";

/// What the name of a test's second database ends with.
const RESTORED: &str = "_restored";

/// A database of one test, and the keys that seal in it.
pub struct TestDb {
    pub db: Db,
    pub url: StoreUrl,
    pub master: MasterKeys,
    pub vault: Vault,
    folder: TempDir,
}

impl TestDb {
    /// A folder of the test's own.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether it is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.url, StoreUrl::Sqlite(_))
    }

    /// A place for another database of the same kind, which does not hold anything yet.
    pub async fn empty_target(&self) -> StoreUrl {
        match &self.url {
            StoreUrl::Sqlite(_) => StoreUrl::Sqlite(self.folder().join("restored.db")),
            StoreUrl::Postgres(url) => {
                let (_, name) = url.rsplit_once('/').unwrap();
                let name = format!("{}{RESTORED}", name.split('?').next().unwrap());
                execute(&self.url, &format!("CREATE DATABASE {name}")).await.unwrap();
                StoreUrl::Postgres(url_of(url, &name))
            }
        }
    }

    /// Runs statements past the store, as someone with the database's own tools would.
    pub async fn execute(&self, sql: &str) {
        execute(&self.url, sql).await.unwrap();
    }
}

/// Runs statements on a database past the store.
pub async fn execute(url: &StoreUrl, sql: &str) -> Result<(), sqlx::Error> {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match url {
        StoreUrl::Sqlite(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
            let mut connection = options.connect().await?;
            connection.execute(sqlx::raw_sql(sql)).await?;
            connection.close().await
        }
        StoreUrl::Postgres(url) => {
            let mut connection = sqlx::PgConnection::connect(url).await?;
            connection.execute(sqlx::raw_sql(sql)).await?;
            connection.close().await
        }
    }
}

/// Makes a patron's wrapped data keys useless. Returns them as they were.
pub async fn damage_keys(db: &Db, patron: Uuid) -> Vec<WrappedKey> {
    let mut tx = db.begin_keys().await.unwrap();
    let mut keys = data_key::wrapped_by_older(&mut tx, i64::MAX, i64::MAX).await.unwrap();
    keys.retain(|key| key.patron == patron);
    for key in &keys {
        let damaged = WrappedKey { wrapped: vec![7; key.wrapped.len()], ..key.clone() };
        data_key::update_wrapping(&mut tx, &damaged).await.unwrap();
    }
    tx.commit("test").await.unwrap();
    keys
}

/// Brings wrapped data keys back.
pub async fn mend_keys(db: &Db, keys: &[WrappedKey]) {
    let mut tx = db.begin_keys().await.unwrap();
    for key in keys {
        data_key::update_wrapping(&mut tx, key).await.unwrap();
    }
    tx.commit("test").await.unwrap();
}

/// Runs a test on an SQLite file of its own.
#[expect(clippy::needless_pass_by_value, reason = "a closure is handed over where it is written")]
pub fn on_sqlite(test: impl AsyncFn(&TestDb)) {
    let folder = tempfile::tempdir().unwrap();
    let url = StoreUrl::Sqlite(folder.path().join("test.db"));
    run(&test, folder, url);
}

/// Runs a test on a PostgreSQL database of its own, or says why not.
#[expect(clippy::needless_pass_by_value, reason = "a closure is handed over where it is written")]
pub fn on_postgres(test: impl AsyncFn(&TestDb)) {
    with_postgres_url(&async |_: &StoreUrl| {}, |url| run(&test, tempfile::tempdir().unwrap(), url));
}

/// Creates an empty PostgreSQL database, lets `prepare` work on it, hands its URL on, and drops it.
pub fn with_postgres_url(prepare: &impl AsyncFn(&StoreUrl), test: impl FnOnce(StoreUrl)) {
    let Ok(server) = std::env::var(SERVER) else {
        println!("skipped: PostgreSQL: {SERVER} is not set");
        return;
    };
    let name = new_name();
    let server_url = StoreUrl::Postgres(server.clone());
    let url = StoreUrl::Postgres(url_of(&server, &name));
    block_on(async {
        execute(&server_url, &format!("CREATE DATABASE {name}")).await.unwrap();
        prepare(&url).await;
    });
    let outcome = catch_unwind(AssertUnwindSafe(|| test(url)));
    block_on(async {
        for name in [name.clone(), format!("{name}{RESTORED}")] {
            let _ = execute(&server_url, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    });
    outcome.unwrap_or_else(|panic| resume_unwind(panic));
}

/// Waits for a future on threads of its own.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn run(test: &impl AsyncFn(&TestDb), folder: TempDir, url: StoreUrl) {
    block_on(async {
        let db = Db::open(&url).await.unwrap();
        let master = MasterKeys::generate();
        let vault = Vault::new(&master);
        let database = TestDb { db, url, master, vault, folder };
        test(&database).await;
        database.db.close().await;
    });
}

fn new_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("ajantasa_test_{}_{count}", std::process::id())
}

/// The URL of another database on the same server.
fn url_of(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, None), |(base, query)| (base, Some(query)));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &base[..end])
}

/// One test body, two tests: `name::on_sqlite` and `name::on_postgres`.
macro_rules! both {
    ($(async fn $name:ident($database:ident: &TestDb) $body:block)+) => {
        $(
            async fn $name($database: &crate::database::TestDb) $body

            mod $name {
                #[test]
                fn on_sqlite() {
                    crate::database::on_sqlite(super::$name);
                }

                #[test]
                fn on_postgres() {
                    crate::database::on_postgres(super::$name);
                }
            }
        )+
    };
}
pub(crate) use both;
