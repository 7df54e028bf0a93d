//! The folder of a demonstration: what is in it, and who may use it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::{Code, Exit};
use crate::seal::MasterKeys;

/// The file that marks a folder as a demonstration; it holds how many entries of the log have been played.
const MARK: &str = "demo.state";

/// The file of the accounts' names and passwords.
const SIGN_INS: &str = "sign-ins";

/// The file that marks the folder of a practice.
const PRACTICE: &str = "practice.state";

/// The first words of the mark.
const MARK_WORDS: &str = "ajantasa demo, entries played:";

/// The invented people, their log, and the example patrons, as files of the folder.
const FILES: &[(&str, &str)] = &[
    ("patrons.csv", include_str!("../../testdata/patrons/register.csv")),
    ("population/changes.json", include_str!("../../testdata/population/changes.json")),
    (
        "population/population/children.json",
        include_str!("../../testdata/population/population/children.json"),
    ),
    ("population/population/codes.json", include_str!("../../testdata/population/population/codes.json")),
    ("population/population/deaths.json", include_str!("../../testdata/population/population/deaths.json")),
    ("population/population/hanko.json", include_str!("../../testdata/population/population/hanko.json")),
    ("population/population/inkoo.json", include_str!("../../testdata/population/population/inkoo.json")),
    (
        "population/population/protection.json",
        include_str!("../../testdata/population/population/protection.json"),
    ),
    (
        "population/population/raasepori.json",
        include_str!("../../testdata/population/population/raasepori.json"),
    ),
    ("population/population/siuntio.json", include_str!("../../testdata/population/population/siuntio.json")),
    ("population/population/vantaa.json", include_str!("../../testdata/population/population/vantaa.json")),
    ("vtj.password", "demo\n"),
];

/// The configuration; the addresses of the simulated VTJ are empty in it.
const CONFIG: &str = include_str!("ajantasa.toml");

/// A demonstration's folder, ours as long as this lives.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Locked: a second demonstration in the same folder would play the same log.
    _lock: File,
}

impl Folder {
    /// Makes the folder, or goes on in one of an earlier demonstration.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        make_or_admit(path)?;
        let cannot = || format!("{}: the demonstration's folder cannot be used", path.display());
        let mark = private_file().create(true).open(path.join(MARK)).with_context(cannot)?;
        match mark.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let message = format!(
                    "another demonstration is running in {}; stop it, or name another folder with --dir",
                    path.display()
                );
                return Err(Exit::new(Code::TryAgain, message).into());
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
        }
        for (name, text) in FILES {
            write_if_absent(&path.join(name), text).with_context(cannot)?;
        }
        Ok(Self { path: path.to_owned(), _lock: mark })
    }

    /// Refuses the folder of a practice to a demonstration that goes on by itself, and the other way round.
    pub(super) fn admit(&self, is_practice: bool) -> anyhow::Result<()> {
        let path = self.path.join(PRACTICE);
        if path.exists() == is_practice {
            return Ok(());
        }
        if is_practice && self.played()?.is_none() {
            return write(&path, "").with_context(|| format!("{} cannot be written", path.display()));
        }
        let which = if is_practice { "was used without --practice" } else { "is for practice" };
        let message = format!("{} {which}; name another folder with --dir", self.path.display());
        Err(Exit::new(Code::Usage, message).into())
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The configuration file.
    pub(super) fn config(&self) -> PathBuf {
        self.path.join("ajantasa.toml")
    }

    /// The example patrons.
    pub(super) fn patrons(&self) -> PathBuf {
        self.path.join("patrons.csv")
    }

    /// The people and the log of the simulated VTJ.
    pub(super) fn population(&self) -> PathBuf {
        self.path.join("population")
    }

    /// Writes the configuration; in one that is there, only where the simulated VTJ listens is changed.
    pub(super) fn write_config(&self, url: &str) -> anyhow::Result<()> {
        let path = self.config();
        let text = match fs::read_to_string(&path) {
            Ok(text) => with_addresses(&text, url),
            Err(error) if error.kind() == ErrorKind::NotFound => with_addresses(CONFIG, url),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        write(&path, &text).with_context(|| format!("{} cannot be written", path.display()))
    }

    /// Makes the master key, unless there is one.
    pub(super) fn create_key(&self) -> anyhow::Result<()> {
        let path = self.path.join("ajantasa.key");
        if !path.exists() {
            MasterKeys::generate().create(&path)?;
        }
        Ok(())
    }

    /// Names and passwords of the accounts, kept from an earlier demonstration or made now.
    pub(super) fn sign_ins(
        &self,
        invent: impl FnOnce() -> BTreeMap<String, String>,
    ) -> anyhow::Result<BTreeMap<String, String>> {
        let path = self.path.join(SIGN_INS);
        let cannot = || format!("{} cannot be used", path.display());
        if let Ok(text) = fs::read_to_string(&path) {
            let pairs = text.lines().filter_map(|line| line.split_once(' '));
            return Ok(pairs.map(|(name, word)| (name.to_owned(), word.to_owned())).collect());
        }
        let made = invent();
        let lines: Vec<String> = made.iter().map(|(name, word)| format!("{name} {word}")).collect();
        let text = format!("{}\n", lines.join("\n"));
        write(&path, &text).with_context(cannot)?;
        Ok(made)
    }

    /// How many entries of the log an earlier demonstration has played; `None` at the first time.
    pub(super) fn played(&self) -> anyhow::Result<Option<usize>> {
        let path = self.path.join(MARK);
        let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        Ok(text.strip_prefix(MARK_WORDS).and_then(|count| count.trim().parse().ok()))
    }

    /// Remembers how many entries of the log have been played.
    pub(super) fn set_played(&self, count: usize) -> anyhow::Result<()> {
        let path = self.path.join(MARK);
        write(&path, &format!("{MARK_WORDS} {count}\n"))
            .with_context(|| format!("{} cannot be written", path.display()))
    }
}

/// Makes the folder private, or refuses one that holds anything else than a demonstration.
fn make_or_admit(path: &Path) -> anyhow::Result<()> {
    let cannot = || format!("{}: the demonstration's folder cannot be made", path.display());
    let mut entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                fs::create_dir_all(parent).with_context(cannot)?;
            }
            return fs::DirBuilder::new().mode(0o700).create(path).with_context(cannot);
        }
        Err(error) if error.kind() == ErrorKind::NotADirectory => return Err(refused(path).into()),
        Err(error) => return Err(error).with_context(cannot),
    };
    if path.join(MARK).is_file() {
        return Ok(());
    }
    if entries.next().is_some() {
        return Err(refused(path).into());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).with_context(cannot)
}

fn refused(path: &Path) -> Exit {
    let message = format!(
        "{} holds something that is no demonstration and is left as it is; name another folder with --dir",
        path.display()
    );
    Exit::new(Code::Usage, message)
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

fn write_if_absent(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    if path.exists() { Ok(()) } else { write(path, text) }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    private_file().create(true).truncate(true).open(path)?.write_all(text.as_bytes())
}

/// The configuration with both addresses of the simulated VTJ; the database's is another kind of address.
fn with_addresses(text: &str, url: &str) -> String {
    let changes = format!("base_url = \"{url}/api/v1\"");
    let query = format!("url = \"{url}/\"");
    text.lines()
        .map(|old| match old {
            old if old.starts_with("base_url = ") => &changes,
            old if old == "url = \"\"" || old.starts_with("url = \"http") => &query,
            old => old,
        })
        .fold(String::new(), |text, line| text + line + "\n")
}
