//! Where a patron file is read from: a file, or anything that can be read only once.
//!
//! An import reads twice, so standard input and pipes are first copied to a file that has no name and that
//! nobody else can open.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};

use super::{PatronsError, io};
use crate::patron_file::rejected_path;

/// The rights by which others than the owner can read a file.
#[cfg(unix)]
const OTHERS_READ: u32 = 0o044;

/// Where a patron file comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Source {
    /// Reads the word of the command line: `-` is standard input.
    pub fn from_word(word: &str) -> Self {
        if word == "-" { Self::Stdin } else { Self::File(PathBuf::from(word)) }
    }

    /// Where the rejected rows are listed: beside the file, for standard input in the current folder.
    pub fn rejected_path(&self) -> PathBuf {
        match self {
            Self::File(path) => rejected_path(path),
            Self::Stdin => rejected_path(Path::new("stdin")),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stdin => Path::new("standard input"),
        }
    }
}

/// An opened source that can be read from its beginning again.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    path: PathBuf,
    /// Bytes in all.
    pub(super) bytes: u64,
    /// Whether others than the owner can read it.
    pub(super) readable_by_others: bool,
}

impl Opened {
    pub(super) fn open(source: &Source, at: DateTime<Utc>) -> Result<Self, PatronsError> {
        let path = source.path().to_owned();
        let (file, readable_by_others) = match source {
            Source::Stdin => (spool(io::stdin().lock(), &path, at)?, false),
            Source::File(given) => {
                let file = File::open(given).map_err(io(&path, "cannot be opened"))?;
                let metadata = file.metadata().map_err(io(&path, "cannot be read"))?;
                if metadata.is_file() {
                    (file, others_read(&metadata))
                } else {
                    (spool(file, &path, at)?, false)
                }
            }
        };
        let bytes = file.metadata().map_err(io(&path, "cannot be read"))?.len();
        Ok(Self { file, path, bytes, readable_by_others })
    }

    /// Reads from the beginning; `read` counts the bytes.
    pub(super) fn rewound(&self, read: Arc<AtomicU64>) -> Result<Counted<File>, PatronsError> {
        let mut file = self.file.try_clone().map_err(io(&self.path, "cannot be read"))?;
        file.seek(SeekFrom::Start(0)).map_err(io(&self.path, "cannot be read again"))?;
        Ok(Counted { inner: file, read })
    }
}

/// Counts the bytes that are read through it.
#[derive(Debug)]
pub(super) struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Copies what can be read only once to a file without a name.
fn spool(mut from: impl Read, path: &Path, at: DateTime<Utc>) -> Result<File, PatronsError> {
    let name = std::env::temp_dir().join(format!("ajantasa-{}", crate::store::new_id(at)));
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&name).map_err(io(&name, "a private copy cannot be made"))?;
    std::fs::remove_file(&name).map_err(io(&name, "the private copy's name cannot be removed"))?;
    io::copy(&mut from, &mut file).map_err(io(path, "cannot be read to its end"))?;
    Ok(file)
}

#[cfg(unix)]
fn others_read(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & OTHERS_READ != 0
}

#[cfg(not(unix))]
fn others_read(_: &std::fs::Metadata) -> bool {
    false
}
