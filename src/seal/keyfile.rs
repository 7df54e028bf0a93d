//! The key file: one line per master key, and one for the root of keyed hashes.
//!
//! ```text
//! # Ajantasa master key. Keep a copy apart from the database and its backups.
//! index 0 <base64>
//! master 1 <base64>
//! ```
//!
//! Only its owner may read it. Rotation adds a master key; the old one stays until every data key has been
//! wrapped anew. The root of keyed hashes stays for the life of the installation.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

use super::{KEY_BYTES, fingerprint};

/// The first line of a key file.
const HEADING: &str = "# Ajantasa master key. Keep a copy apart from the database and its backups.";

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It does not exist.
    #[error("no key file at {0}; make one with `ajantasa keys create`")]
    Missing(PathBuf),
    /// It exists already.
    #[error("{0} exists already; a new key would make the database unreadable")]
    Exists(PathBuf),
    /// Others than the owner may read it.
    #[error("{0} can be read by others; run `chmod 600` on it")]
    Readable(PathBuf),
    /// A line is not what it should be.
    #[error("{path}:{line}: not a line of a key file")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from one.
        line: usize,
    },
    /// A kind of key is missing.
    #[error("{0}: the file holds no {1} key; restore it from its copy")]
    Incomplete(PathBuf, &'static str),
    /// The file system refused.
    #[error("{0}: {1}")]
    Io(PathBuf, #[source] std::io::Error),
}

/// The keys of an installation as the key file holds them.
pub struct MasterKeys {
    index_root: Zeroizing<[u8; KEY_BYTES]>,
    versions: Vec<(u32, Zeroizing<[u8; KEY_BYTES]>)>,
}

impl std::fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKeys(***)")
    }
}

impl MasterKeys {
    /// New random keys.
    pub fn generate() -> Self {
        Self {
            index_root: Zeroizing::new(rand::random()),
            versions: vec![(1, Zeroizing::new(rand::random()))],
        }
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// When it is missing, readable by others, or not a key file.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let io = |error| KeyFileError::Io(path.to_owned(), error);
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(KeyFileError::Missing(path.to_owned()));
            }
            Err(error) => return Err(io(error)),
        };
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::Readable(path.to_owned()));
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(io)?);
        Self::parse(path, &text)
    }

    /// Writes a new key file.
    ///
    /// # Errors
    /// When a file is there already, or it cannot be written.
    pub fn create(&self, path: &Path) -> Result<(), KeyFileError> {
        if path.exists() {
            return Err(KeyFileError::Exists(path.to_owned()));
        }
        self.write(path)
    }

    /// Replaces the key file in one step.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), KeyFileError> {
        let io = |error| KeyFileError::Io(path.to_owned(), error);
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".new");
        let temporary = PathBuf::from(temporary);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)
            .map_err(io)?;
        file.write_all(self.text().as_bytes()).map_err(io)?;
        file.sync_all().map_err(io)?;
        fs::rename(&temporary, path).map_err(io)
    }

    /// Each master key with its version, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = (u32, &[u8; KEY_BYTES])> {
        self.versions.iter().map(|(version, key)| (*version, &**key))
    }

    /// Each master key's version and fingerprint.
    pub fn fingerprints(&self) -> Vec<(u32, String)> {
        self.versions().map(|(version, key)| (version, fingerprint(key))).collect()
    }

    /// The root of keyed hashes.
    pub(super) fn index_root(&self) -> &[u8; KEY_BYTES] {
        &self.index_root
    }

    /// Adds a master key, which wraps data keys from now on.
    pub fn add_version(&mut self) -> u32 {
        let next = self.versions.last().map_or(1, |(version, _)| version + 1);
        self.versions.push((next, Zeroizing::new(rand::random())));
        next
    }

    /// Drops every master key but the newest.
    pub fn retire_all_but_current(&mut self) {
        self.versions.drain(..self.versions.len().saturating_sub(1));
    }

    /// Reads the text of a key file; `path` names it in errors.
    ///
    /// # Errors
    /// When it is not a key file.
    pub fn parse(path: &Path, text: &str) -> Result<Self, KeyFileError> {
        let mut index_root = None;
        let mut versions = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = || KeyFileError::Line { path: path.to_owned(), line: at + 1 };
            let words: Vec<&str> = line.split_whitespace().collect();
            let [kind, version, encoded] = words[..] else { return Err(wrong()) };
            let version: u32 = version.parse().map_err(|_| wrong())?;
            let bytes = Zeroizing::new(BASE64.decode(encoded).map_err(|_| wrong())?);
            let key = Zeroizing::new(bytes.as_slice().try_into().map_err(|_| wrong())?);
            match kind {
                "index" => index_root = Some(key),
                "master" => versions.push((version, key)),
                _ => return Err(wrong()),
            }
        }
        versions.sort_by_key(|(version, _)| *version);
        if versions.is_empty() {
            return Err(KeyFileError::Incomplete(path.to_owned(), "master"));
        }
        let index_root = index_root.ok_or_else(|| KeyFileError::Incomplete(path.to_owned(), "index"))?;
        Ok(Self { index_root, versions })
    }

    fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(format!("{HEADING}\nindex 0 {}\n", BASE64.encode(*self.index_root)));
        for (version, key) in self.versions() {
            let _ = writeln!(*text, "master {version} {}", BASE64.encode(key));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_read_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ajantasa.key");
        let keys = MasterKeys::generate();
        keys.create(&path).unwrap();
        let read = MasterKeys::read(&path).unwrap();
        assert_eq!(read.fingerprints(), keys.fingerprints());
        assert_eq!(read.index_root, keys.index_root);
    }

    #[test]
    fn an_existing_key_file_is_never_overwritten_by_create() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ajantasa.key");
        MasterKeys::generate().create(&path).unwrap();
        assert!(matches!(MasterKeys::generate().create(&path), Err(KeyFileError::Exists(_))));
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ajantasa.key");
        MasterKeys::generate().create(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(MasterKeys::read(&path), Err(KeyFileError::Readable(_))));
    }

    #[test]
    fn a_missing_key_names_the_command_that_makes_one() {
        let error = MasterKeys::read(Path::new("/nonexistent/ajantasa.key")).unwrap_err();
        assert!(error.to_string().contains("ajantasa keys create"));
    }

    #[test]
    fn a_damaged_key_file_says_which_line_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ajantasa.key");
        fs::write(&path, "index 0 AAAA\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(MasterKeys::read(&path), Err(KeyFileError::Line { line: 1, .. })));
    }
}
