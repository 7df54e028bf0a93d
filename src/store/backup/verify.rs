//! Whether a backup is what was written, and whole.

use std::path::Path;

use super::super::{StoreError, Tx, data_key, on};
use super::{BackupError, KEYS_FOLDER, KeysManifest, Manifest, Result, counts, files, postgres, sqlite};

/// What was found in a backup that is in order.
#[derive(Debug, Clone)]
pub struct VerifyReport {
    /// What the backup holds.
    pub manifest: Manifest,
    /// The data keys, unless they are kept elsewhere.
    pub keys: Option<KeysManifest>,
    /// Whether the content was read, beside the digests: always for SQLite; for PostgreSQL the table of
    /// contents only, and only where `pg_restore` is installed.
    pub content_read: bool,
}

/// Checks digests, and the content as far as it can be read without a server.
///
/// # Errors
/// [`BackupError::Damaged`] with the file and what is wrong with it.
pub async fn verify(folder: &Path) -> Result<VerifyReport> {
    let manifest: Manifest = files::read_json(folder)?;
    files::check(folder, &manifest.file).await?;
    let keys_folder = folder.join(KEYS_FOLDER);
    let keys = if keys_folder.exists() { Some(verify_keys(&keys_folder).await?) } else { None };
    let path = folder.join(&manifest.file.name);
    let content_read = if manifest.database == "sqlite" {
        let copy = sqlite::open_copy(&path, None).await?;
        let checked = verify_sqlite(&mut copy.read().await?, &manifest).await;
        copy.close().await;
        checked?;
        true
    } else if postgres::find("pg_restore").is_some() {
        postgres::list(path).await?;
        true
    } else {
        false
    };
    Ok(VerifyReport { manifest, keys, content_read })
}

/// Checks a folder of data keys, which may be kept apart from its backup.
pub(super) async fn verify_keys(folder: &Path) -> Result<KeysManifest> {
    let manifest: KeysManifest = files::read_json(folder)?;
    files::check(folder, &manifest.file).await?;
    let path = folder.join(&manifest.file.name);
    if manifest.database == "sqlite" {
        let copy = sqlite::open_copy(&path, None).await?;
        let mut tx = copy.read().await?;
        let checked = intact(&mut tx, &manifest.file.name).await;
        let count = data_key::count(&mut tx).await;
        drop(tx);
        copy.close().await;
        checked?;
        let count = count?;
        if count != manifest.data_keys {
            let what = format!("it holds {count} data keys, {} were written", manifest.data_keys);
            return Err(BackupError::Damaged { file: manifest.file.name, what });
        }
    } else if postgres::find("pg_restore").is_some() {
        postgres::list(path).await?;
    }
    Ok(manifest)
}

async fn verify_sqlite(tx: &mut Tx, manifest: &Manifest) -> Result<()> {
    let file = &manifest.file.name;
    let damaged = |what: String| Err(BackupError::Damaged { file: file.clone(), what });
    intact(tx, file).await?;
    let strays: i64 = scalar(tx, "SELECT count(*) FROM pragma_foreign_key_check").await?;
    if strays != 0 {
        return damaged(format!("{strays} rows refer to rows that are not there"));
    }
    let found = counts(tx).await?;
    for (table, written) in &manifest.rows {
        let there = found.rows.get(table).copied().unwrap_or_default();
        if there != *written {
            return damaged(format!("{table} holds {there} rows, {written} were written"));
        }
    }
    let gaps: i64 =
        scalar(tx, "SELECT COALESCE(max(sequence) - min(sequence) + 1, 0) - count(*) FROM audit").await?;
    if gaps != 0 {
        return damaged(format!("{gaps} rows of the audit log are missing"));
    }
    let last: i64 = scalar(tx, "SELECT COALESCE(max(sequence), 0) FROM audit").await?;
    if last != found.audit_sequence || last != manifest.audit_sequence {
        return damaged(format!("the audit log ends at {last} instead of {}", manifest.audit_sequence));
    }
    Ok(())
}

async fn intact(tx: &mut Tx, file: &str) -> Result<()> {
    let sql = "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
    if scalar(tx, sql).await? == 0 {
        return Ok(());
    }
    Err(BackupError::Damaged { file: file.to_owned(), what: "the database is damaged".to_owned() })
}

async fn scalar(tx: &mut Tx, sql: &'static str) -> Result<i64> {
    Ok(on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await.map_err(StoreError::from)?))
}
