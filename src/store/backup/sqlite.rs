//! Copies of SQLite files, taken while they are in use.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::super::{Db, Pools, StoreError};
use super::{Counts, Result, counts, files};

/// The copy of the database.
pub(super) const MAIN: &str = "main.db";
/// The copy of the data keys.
pub(super) const KEYS: &str = "keys.db";

pub(super) async fn copy_main(db: &Db, folder: &Path) -> Result<(&'static str, Counts)> {
    let path = folder.join(MAIN);
    if let Pools::Sqlite { reader, .. } = &db.pools {
        vacuum_into(reader, &path).await?;
    }
    let copy = open_copy(&path, None).await?;
    let found = counts(&mut copy.read().await?).await;
    copy.close().await;
    Ok((MAIN, found?))
}

pub(super) async fn copy_keys(db: &Db, folder: &Path) -> Result<(&'static str, i64)> {
    let path = folder.join(KEYS);
    if let Pools::Sqlite { keys, .. } = &db.pools {
        vacuum_into(keys, &path).await?;
    }
    let copy = open_copy(&path, None).await?;
    let found = super::super::data_key::count(&mut copy.read_keys().await?).await;
    copy.close().await;
    Ok((KEYS, found?))
}

/// Opens copied files so that nothing of them can change.
pub(super) async fn open_copy(main: &Path, keys: Option<&Path>) -> Result<Db> {
    let main = read_only(main).await?;
    let keys = match keys {
        Some(keys) => read_only(keys).await?,
        None => main.clone(),
    };
    Ok(Db { pools: Pools::Sqlite { writer: main.clone(), reader: main, keys } })
}

async fn read_only(path: &Path) -> Result<sqlx::SqlitePool> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
    Ok(pool.map_err(StoreError::from)?)
}

/// One consistent copy, without the free pages in which deleted values could linger.
async fn vacuum_into(pool: &sqlx::SqlitePool, path: &Path) -> Result<()> {
    // SQLite takes an empty file as it takes a missing one, and keeps its mode.
    drop(files::new_file(path)?);
    let path = path.to_string_lossy().into_owned();
    sqlx::query("VACUUM INTO $1").bind(path).execute(pool).await.map_err(StoreError::from)?;
    Ok(())
}
