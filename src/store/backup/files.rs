//! Folders, files and digests of a backup: everything is its owner's alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::manifest::FORMAT;
use super::{BackupError, FileEntry, Result};

/// The name of a manifest in its folder.
const MANIFEST: &str = "manifest.json";
/// How much of a file is read at a time.
const READ_BYTES: usize = 1 << 18;

pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::Io(path, error)
}

/// Makes a folder, or takes an empty one.
pub(super) fn new_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        if fs::read_dir(folder).map_err(io(folder))?.next().is_some() {
            return Err(BackupError::FolderNotEmpty(folder.to_owned()));
        }
        return fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(io(folder));
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io(folder))
}

/// Makes an empty file that only its owner may read.
pub(super) fn new_file(path: &Path) -> Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io(path))
}

/// Copies a file in one step, so that the copy is durable and its owner's alone.
pub(super) async fn copy(from: PathBuf, to: PathBuf) -> Result<()> {
    blocking(move || {
        let mut source = File::open(&from).map_err(io(&from))?;
        let mut name = to.as_os_str().to_owned();
        name.push(".new");
        let new = PathBuf::from(name);
        let mut target = new_file(&new)?;
        std::io::copy(&mut source, &mut target).map_err(io(&new))?;
        target.sync_all().map_err(io(&new))?;
        fs::rename(&new, &to).map_err(io(&to))
    })
    .await
}

/// Removes a file, if there is one.
pub(super) async fn remove(path: PathBuf) -> Result<()> {
    blocking(move || match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(&path)(error)),
        _ => Ok(()),
    })
    .await
}

/// Makes a file durable and takes its digest.
pub(super) async fn entry(folder: &Path, name: &'static str) -> Result<FileEntry> {
    let path = folder.join(name);
    blocking(move || {
        let file = File::open(&path).map_err(io(&path))?;
        file.sync_all().map_err(io(&path))?;
        let (bytes, sha256) = digest(file).map_err(io(&path))?;
        Ok(FileEntry { name: name.to_owned(), bytes, sha256 })
    })
    .await
}

/// Whether a file is the one that was written.
pub(super) async fn check(folder: &Path, entry: &FileEntry) -> Result<()> {
    let damaged = |what: &str| BackupError::Damaged { file: entry.name.clone(), what: what.to_owned() };
    // A name from a manifest must not lead out of the folder.
    if Path::new(&entry.name).file_name().is_none_or(|name| name != entry.name.as_str()) {
        return Err(damaged("the manifest does not name a file of the backup"));
    }
    let path = folder.join(&entry.name);
    if !path.is_file() {
        return Err(damaged("the file is missing"));
    }
    let found = blocking(move || digest(File::open(&path).map_err(io(&path))?).map_err(io(&path))).await?;
    if found == (entry.bytes, entry.sha256.clone()) {
        Ok(())
    } else {
        Err(damaged("the content is not what was written"))
    }
}

/// Writes a manifest, in one step.
pub(super) fn write_json(folder: &Path, manifest: &impl Serialize) -> Result<()> {
    let path = folder.join(MANIFEST);
    let new = folder.join("manifest.json.new");
    let text = serde_json::to_vec_pretty(manifest).map_err(|error| io(&path)(error.into()))?;
    let mut file = new_file(&new)?;
    file.write_all(&text).and_then(|()| file.write_all(b"\n")).map_err(io(&new))?;
    file.sync_all().map_err(io(&new))?;
    fs::rename(&new, &path).map_err(io(&path))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io(folder))
}

/// Reads a manifest.
pub(super) fn read_json<T: DeserializeOwned>(folder: &Path) -> Result<T> {
    let none = || BackupError::NotABackup(folder.to_owned());
    let text = fs::read(folder.join(MANIFEST)).map_err(|_| none())?;
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(|_| none())?;
    if value.get("format").and_then(serde_json::Value::as_u64) != Some(u64::from(FORMAT)) {
        return Err(none());
    }
    serde_json::from_value(value).map_err(|_| none())
}

/// Runs what waits for the disk or for another program beside the asynchronous work.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(BackupError::Io(PathBuf::from("backup"), std::io::Error::other(error))),
    }
}

fn digest(mut file: File) -> std::io::Result<(u64, String)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; READ_BYTES];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, hex::encode(hasher.finalize())));
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
}
