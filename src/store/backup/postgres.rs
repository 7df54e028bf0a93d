//! Dumps of a PostgreSQL database by PostgreSQL's own programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::{Db, Pools, StoreError, Tx, data_key};
use super::{BackupError, Counts, Result, counts, files};

/// The dump of everything but the data keys.
pub(super) const MAIN: &str = "main.dump";
/// The dump of the data keys.
pub(super) const KEYS: &str = "keys.dump";
/// The schema of the data keys.
const KEYS_SCHEMA: &str = "ajantasa_keys";

pub(super) async fn dump_main(db: &Db, url: &str, folder: &Path) -> Result<(&'static str, Counts)> {
    let (mut tx, snapshot) = snapshot(db).await?;
    let found = counts(&mut tx).await?;
    dump(url, &snapshot, &format!("--exclude-schema={KEYS_SCHEMA}"), folder.join(MAIN)).await?;
    Ok((MAIN, found))
}

pub(super) async fn dump_keys(db: &Db, url: &str, folder: &Path) -> Result<(&'static str, i64)> {
    let (mut tx, snapshot) = snapshot(db).await?;
    let found = data_key::count(&mut tx).await?;
    dump(url, &snapshot, &format!("--schema={KEYS_SCHEMA}"), folder.join(KEYS)).await?;
    Ok((KEYS, found))
}

/// Puts a dump back, all of it or nothing.
pub(super) async fn load(url: &str, dump: PathBuf) -> Result<()> {
    let (url, password) = without_password(url);
    let arguments = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("--dbname={url}"), dump.to_string_lossy().into_owned()]);
    run("pg_restore", arguments.collect(), password).await
}

/// Whether a dump can be read as one.
pub(super) async fn list(dump: PathBuf) -> Result<()> {
    run("pg_restore", vec!["--list".to_owned(), dump.to_string_lossy().into_owned()], None).await
}

/// Whether the database holds any table, in any schema of ours.
pub(super) async fn is_empty(db: &Db) -> Result<bool> {
    let Pools::Postgres(pool) = &db.pools else { return Ok(true) };
    let sql = "SELECT count(*) FROM information_schema.tables
         WHERE table_schema NOT IN ('pg_catalog', 'information_schema')";
    let tables: i64 = sqlx::query_scalar(sql).fetch_one(pool).await.map_err(StoreError::from)?;
    Ok(tables == 0)
}

/// A reading transaction, and the name by which `pg_dump` sees the same moment.
async fn snapshot(db: &Db) -> Result<(Tx, String)> {
    let mut tx = db.read().await?;
    let Tx::Postgres(inner) = &mut tx else {
        return Err(StoreError::CannotOpen("it is not PostgreSQL".to_owned()).into());
    };
    let name = sqlx::query_scalar("SELECT pg_export_snapshot()")
        .fetch_one(&mut **inner)
        .await
        .map_err(StoreError::from)?;
    Ok((tx, name))
}

async fn dump(url: &str, snapshot: &str, which: &str, path: PathBuf) -> Result<()> {
    drop(files::new_file(&path)?);
    let (url, password) = without_password(url);
    let arguments = vec![
        "--format=custom".to_owned(),
        // Most of it is sealed, which does not shrink; and what is not can be searched for leaks.
        "--compress=0".to_owned(),
        "--no-owner".to_owned(),
        "--no-privileges".to_owned(),
        which.to_owned(),
        format!("--snapshot={snapshot}"),
        format!("--file={}", path.display()),
        format!("--dbname={url}"),
    ];
    run("pg_dump", arguments, password).await
}

async fn run(tool: &'static str, arguments: Vec<String>, password: Option<String>) -> Result<()> {
    let program = find(tool).ok_or(BackupError::NoTool(tool))?;
    files::blocking(move || {
        let mut command = Command::new(&program);
        command.args(arguments).stdin(Stdio::null());
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        let output = command.output().map_err(files::io(&program))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(BackupError::Tool { tool, said: said.lines().next().unwrap_or_default().to_owned() })
    })
    .await
}

/// The newest program of that name: it reads every older server, and not the other way round.
pub(super) fn find(tool: &str) -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin").join(tool)))
        })
        .filter(|(_, program)| program.is_file())
        .collect();
    versions.sort();
    if let Some((_, program)) = versions.pop() {
        return Some(program);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(tool)).find(|program| program.is_file())
}

/// The URL without its password, which would show in the list of processes, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let Some((user, host)) = rest[..end].rsplit_once('@') else { return (url.to_owned(), None) };
    let Some((user, password)) = user.split_once(':') else { return (url.to_owned(), None) };
    (format!("{scheme}://{user}@{host}{}", &rest[end..]), Some(percent_decoded(password)))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|digits| hex::decode(digits).ok());
        if let (b'%', Some(decoded)) = (byte, hex) {
            bytes.extend(decoded);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_taken_out_of_the_url() {
        let cases = [
            (
                "postgres://u:p%40%25@h:5432/d?sslmode=require",
                "postgres://u@h:5432/d?sslmode=require",
                Some("p@%"),
            ),
            ("postgres://u@h/d", "postgres://u@h/d", None),
            ("postgres://h/d?user=a:b@c", "postgres://h/d?user=a:b@c", None),
            ("postgres:///d", "postgres:///d", None),
        ];
        for (url, without, password) in cases {
            assert_eq!(without_password(url), (without.to_owned(), password.map(str::to_owned)));
        }
    }
}
