//! What is written beside the files of a backup.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The form of the manifests.
pub(super) const FORMAT: u32 = 1;

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name within its folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this manifest.
    pub format: u32,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// The schema.
    pub schema: i64,
    /// When the backup was begun.
    pub created_at: DateTime<Utc>,
    /// The database.
    pub file: FileEntry,
    /// Rows of the main tables.
    pub rows: BTreeMap<String, i64>,
    /// The highest number of the audit log.
    pub audit_sequence: i64,
}

/// What the folder of the data keys holds; it may be kept apart from the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysManifest {
    /// The form of this manifest.
    pub format: u32,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// When the backup was begun.
    pub created_at: DateTime<Utc>,
    /// The wrapped keys.
    pub file: FileEntry,
    /// How many there are.
    pub data_keys: i64,
}
