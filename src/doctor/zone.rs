//! Whether the system's time zone data say the same of Helsinki as the rules by which schedules run.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};

use super::Check;
use crate::schedule::zone::{BUILT_IN, difference};

/// What the line is called.
const NAME: &str = "time zone";

/// Where the system's data are when `TZDIR` does not say otherwise.
const DEFAULT_FOLDER: &str = "/usr/share/zoneinfo";

/// Time zone files are a few kilobytes long; nothing longer is read.
const LONGEST: u64 = 1 << 20;

/// The system's file for Helsinki.
pub(super) fn system_file() -> PathBuf {
    let folder = std::env::var_os("TZDIR").filter(|folder| !folder.is_empty());
    folder.map_or_else(|| PathBuf::from(DEFAULT_FOLDER), PathBuf::from).join("Europe/Helsinki")
}

/// Compares the file with the built-in rules.
pub(super) fn check(file: &Path, now: DateTime<Utc>) -> Check {
    let used = format!("schedules run by the rules built into ajantasa (tzdata {BUILT_IN})");
    let data = match read(file) {
        Ok(data) => data,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Check::ok(NAME, format!("the system has no {}; {used}", file.display()));
        }
        Err(error) => return unreadable(file, &error.to_string(), &used),
    };
    match difference(&data, now) {
        Ok(None) => {
            Check::ok(NAME, format!("the system agrees on the clock of Helsinki, for three years; {used}"))
        }
        Ok(Some(found)) => Check::warn(
            NAME,
            format!(
                "from {} on the clock of Helsinki is {} by the system's data and {} by ajantasa's; {used}",
                found.at.to_rfc3339_opts(SecondsFormat::Secs, true),
                found.system,
                found.built_in
            ),
            "update ajantasa if the law has changed, otherwise update the system's tzdata; until then runs may be off \
             the clock on the wall",
        ),
        Err(error) => unreadable(file, &error.to_string(), &used),
    }
}

fn unreadable(file: &Path, why: &str, used: &str) -> Check {
    Check::warn(
        NAME,
        format!("{} cannot be compared: {why}; {used}", file.display()),
        "install the system's tzdata anew",
    )
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut data = Vec::new();
    File::open(file)?.take(LONGEST).read_to_end(&mut data)?;
    Ok(data)
}
