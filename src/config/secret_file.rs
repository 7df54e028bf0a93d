//! Files that hold a secret: read only when nobody else can read them.

use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use zeroize::Zeroizing;

/// The most bytes a secret may have. A password or key is far smaller; a wrong file often is not.
const MAX_BYTES: u64 = 64 * 1024;

/// Permission bits of group and world.
pub(super) const GROUP_AND_WORLD: u32 = 0o077;

/// Permission bits of world. A systemd credential shows group bits when the service user gets it through an
/// access list; its folder is closed to everyone else.
pub(super) const WORLD: u32 = 0o007;

/// Why a secret file is not used. No text holds anything of its content.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// The file cannot be opened or read.
    #[error("cannot read {}: {}", path.display(), source.kind())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Group or world may read it.
    #[error("{} can be read by others (mode {mode:04o}); run `chmod 600 {}`", path.display(), path.display())]
    Public {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The content cannot be a secret of ours.
    #[error("{} {what}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with the content.
        what: &'static str,
    },
}

/// Reads a secret from a file that only its owner can use; one newline at the end is cut.
///
/// # Errors
/// When the file cannot be read, when group or world have any right to it, or when it is empty, larger than
/// 64 KiB, or not UTF-8.
pub fn read_secret(path: &Path) -> Result<SecretString, SecretFileError> {
    read_with(path, GROUP_AND_WORLD)
}

/// Whether only the owner has any right to a file.
///
/// # Errors
/// When the file's permissions cannot be read.
pub fn is_private(path: &Path) -> std::io::Result<bool> {
    Ok(std::fs::metadata(path)?.permissions().mode() & GROUP_AND_WORLD == 0)
}

/// Reads a secret from a file on which none of the `forbidden` permission bits is set.
pub(super) fn read_with(path: &Path, forbidden: u32) -> Result<SecretString, SecretFileError> {
    let io = |source| SecretFileError::Io { path: path.to_owned(), source };
    let content = |what| SecretFileError::Content { path: path.to_owned(), what };

    // The permissions are those of the opened file, so that no other can be put in its place in between.
    let file = File::open(path).map_err(io)?;
    refuse_readable(path, &file.metadata().map_err(io)?, forbidden)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(content("is larger than 64 KiB: it is not a secret file"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| content("is not UTF-8 text"))?;
    let secret = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(text);
    if secret.is_empty() {
        return Err(content("is empty; write the secret into it"));
    }
    Ok(SecretString::from(secret))
}

fn refuse_readable(path: &Path, metadata: &Metadata, forbidden: u32) -> Result<(), SecretFileError> {
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & forbidden == 0 {
        return Ok(());
    }
    Err(SecretFileError::Public { path: path.to_owned(), mode })
}
