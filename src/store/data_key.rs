//! Wrapped data keys, kept apart from the database.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Db, ROWS_PER_STATEMENT, Result, StoreError, Tx, in_list, on, pieces};
use crate::seal::{DataKey, SealError, Vault, WrappedKey};

/// The opened data keys of some patrons, by patron and version; which of them do not open is known, too.
#[derive(Debug, Default)]
pub struct Keyring {
    keys: BTreeMap<(Uuid, i64), DataKey>,
    damaged: BTreeSet<(Uuid, i64)>,
}

impl Keyring {
    /// The key that sealed a row.
    ///
    /// # Errors
    /// When the key is gone: the person has been forgotten. [`SealError::DamagedKey`] when it is there and
    /// does not open.
    pub fn get(&self, patron: Uuid, version: i64) -> Result<&DataKey> {
        self.keys.get(&(patron, version)).ok_or_else(|| lacks(self.damaged.contains(&(patron, version))))
    }

    /// The newest key of a patron, which seals from now on.
    ///
    /// # Errors
    /// When the patron has none. [`SealError::DamagedKey`] when it does not open: an older one must not take
    /// its place.
    pub fn newest(&self, patron: Uuid) -> Result<&DataKey> {
        let versions = (patron, 0)..=(patron, i64::MAX);
        let newest = self.keys.range(versions.clone()).next_back();
        let damaged = self.damaged.range(versions).next_back();
        match (newest, damaged) {
            (Some((at, key)), damaged) if damaged.is_none_or(|damaged| damaged < at) => Ok(key),
            (_, damaged) => Err(lacks(damaged.is_some())),
        }
    }

    /// The tag by which the audit log speaks of a patron, as far as it is known.
    pub fn tag(&self, patron: Uuid) -> Option<[u8; 16]> {
        self.newest(patron).ok().map(|key| key.subject_tag)
    }

    /// Adds a key that has just been made.
    pub fn add(&mut self, key: DataKey) {
        self.keys.insert((key.patron, key.version), key);
    }

    /// Opens a stored key and adds it; one that does not open is noted and leaves the others as they are.
    fn open(&mut self, vault: &Vault, stored: &WrappedKey) -> Result<()> {
        match vault.unwrap(stored) {
            Ok(key) => self.add(key),
            Err(SealError::DoesNotOpen { .. }) => {
                self.damaged.insert((stored.patron, stored.version));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

fn lacks(damaged: bool) -> StoreError {
    let gone = SealError::DoesNotOpen { table: "data_key", column: "wrapped" };
    StoreError::Seal(if damaged { SealError::DamagedKey } else { gone })
}

#[derive(sqlx::FromRow)]
struct Row {
    patron: Uuid,
    version: i64,
    subject_tag: Vec<u8>,
    master_version: i64,
    wrapped: Vec<u8>,
}

impl From<Row> for WrappedKey {
    fn from(row: Row) -> Self {
        Self {
            patron: row.patron,
            version: row.version,
            subject_tag: row.subject_tag,
            master_version: row.master_version,
            wrapped: row.wrapped,
        }
    }
}

/// Opens every data key of the patrons. A damaged one fails its patron alone, when it is asked for.
///
/// # Errors
/// When the keys cannot be read, or the key file lacks their master key.
pub async fn keyring(db: &Db, vault: &Vault, patrons: &[Uuid]) -> Result<Keyring> {
    let mut keyring = Keyring::default();
    if patrons.is_empty() {
        return Ok(keyring);
    }
    let mut tx = db.read_keys().await?;
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        for stored in of_patrons(&mut tx, patrons).await? {
            keyring.open(vault, &stored)?;
        }
    }
    Ok(keyring)
}

/// Makes and stores a first data key for each patron.
///
/// # Errors
/// When they cannot be stored.
pub async fn create(db: &Db, vault: &Vault, patrons: &[Uuid], at: DateTime<Utc>) -> Result<Keyring> {
    let mut keyring = Keyring::default();
    let mut stored = Vec::with_capacity(patrons.len());
    for &patron in patrons {
        let (key, wrapped) = vault.new_data_key(patron, 1, None);
        keyring.add(key);
        stored.push(wrapped);
    }
    if !stored.is_empty() {
        let mut tx = db.begin_keys().await?;
        insert(&mut tx, &stored, at).await?;
        tx.commit("data_key.create").await?;
    }
    Ok(keyring)
}

/// Adds the next key of each patron to the ring and stores it; the old ones stay until nothing is sealed
/// with them.
///
/// # Errors
/// When they cannot be stored.
pub async fn replace(
    db: &Db,
    vault: &Vault,
    keyring: &mut Keyring,
    patrons: &[Uuid],
    at: DateTime<Utc>,
) -> Result<()> {
    if patrons.is_empty() {
        return Ok(());
    }
    let mut stored = Vec::with_capacity(patrons.len());
    let mut keys = Vec::with_capacity(patrons.len());
    for &patron in patrons {
        let newest = keyring.newest(patron)?;
        let (key, wrapped) = vault.new_data_key(patron, newest.version + 1, Some(newest.subject_tag));
        keys.push(key);
        stored.push(wrapped);
    }
    let mut tx = db.begin_keys().await?;
    insert(&mut tx, &stored, at).await?;
    tx.commit("data_key.replace").await?;
    for key in keys {
        keyring.add(key);
    }
    Ok(())
}

/// Destroys the keys of patrons, each up to a version.
///
/// # Errors
/// When they cannot be deleted.
pub async fn destroy_up_to(db: &Db, versions: &[(Uuid, i64)]) -> Result<u64> {
    if versions.is_empty() {
        return Ok(0);
    }
    let mut deleted = 0;
    let mut tx = db.begin_keys().await?;
    for (patron, version) in versions {
        let sql = "DELETE FROM data_key WHERE patron = $1 AND version <= $2";
        deleted += on!(&mut tx, conn => sqlx::query(sql).bind(patron).bind(version)
            .execute(conn).await?.rows_affected());
    }
    tx.commit("data_key.destroy").await?;
    Ok(deleted)
}

/// Stores wrapped keys.
///
/// # Errors
/// When they cannot be stored. [`SealError::NoMasterKey`] when a newer master key wraps others already: the
/// key that this process read at its start may be retired.
pub async fn insert(tx: &mut Tx, keys: &[WrappedKey], at: DateTime<Utc>) -> Result<()> {
    for keys in pieces(keys) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(
                "INSERT INTO data_key (patron, version, subject_tag, master_version, wrapped, created_at) ",
            );
            query.push_values(keys, |mut row, key| {
                row.push_bind(key.patron)
                    .push_bind(key.version)
                    .push_bind(&key.subject_tag)
                    .push_bind(key.master_version)
                    .push_bind(&key.wrapped)
                    .push_bind(at);
            });
            query.build().execute(conn).await?;
        });
    }
    // Keys are wrapped anew in this order, so that one of the first rows that are not these tells.
    let sql = "SELECT max(master_version)
         FROM (SELECT master_version FROM data_key ORDER BY patron, version LIMIT $1) AS first_rows";
    let first_rows = i64::try_from(keys.len()).unwrap_or(i64::MAX).saturating_add(1);
    let newest: Option<i64> =
        on!(tx, conn => sqlx::query_scalar(sql).bind(first_rows).fetch_one(conn).await?);
    match newest {
        Some(newest) if keys.iter().any(|key| key.master_version < newest) => {
            Err(SealError::NoMasterKey(u32::try_from(newest).unwrap_or(u32::MAX)).into())
        }
        _ => Ok(()),
    }
}

/// Keeps others from adding keys until the transaction ends. SQLite has one writer anyway.
///
/// # Errors
/// When the table cannot be locked.
pub async fn stop_inserts(tx: &mut Tx) -> Result<()> {
    if let Tx::Postgres(inner) = tx {
        sqlx::query("LOCK TABLE data_key IN SHARE ROW EXCLUSIVE MODE").execute(&mut **inner).await?;
    }
    Ok(())
}

/// Up to `limit` keys that an older master key wraps.
///
/// # Errors
/// When they cannot be read.
pub async fn wrapped_by_older(tx: &mut Tx, master_version: i64, limit: i64) -> Result<Vec<WrappedKey>> {
    let sql = "SELECT patron, version, subject_tag, master_version, wrapped
         FROM data_key
         WHERE master_version < $1
         ORDER BY patron, version
         LIMIT $2";
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(sql).bind(master_version).bind(limit).fetch_all(conn).await?);
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Replaces the wrapping of a key.
///
/// # Errors
/// When it cannot be stored.
pub async fn update_wrapping(tx: &mut Tx, key: &WrappedKey) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE data_key SET master_version = $1, wrapped = $2 WHERE patron = $3 AND version = $4")
        .bind(key.master_version).bind(&key.wrapped).bind(key.patron).bind(key.version)
        .execute(conn).await?.rows_affected());
    Ok(())
}

/// How many data keys there are.
///
/// # Errors
/// When they cannot be counted.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    on!(tx, conn => Ok(sqlx::query_scalar("SELECT count(*) FROM data_key").fetch_one(conn).await?))
}

async fn of_patrons(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<WrappedKey>> {
    let rows: Vec<Row> = on!(tx, conn => {
        let mut query = QueryBuilder::new(
            "SELECT patron, version, subject_tag, master_version, wrapped FROM data_key WHERE patron IN (",
        );
        in_list!(query, patrons);
        query.push(") ORDER BY patron, version");
        query.build_query_as().fetch_all(conn).await?
    });
    Ok(rows.into_iter().map(Into::into).collect())
}
