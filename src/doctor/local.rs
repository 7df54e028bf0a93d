//! What the configuration and the file system can tell.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Check, zone};
use crate::cli::Code;
use crate::config::{self, Config, Database, RegisterMode, SecretSources};
use crate::schedule::{Task, local as helsinki};
use crate::service;

/// Days before the end of a certificate from which it is spoken of.
const CERTIFICATE_DAYS: i64 = 30;
/// Days before its end from which renewing it cannot wait.
const CERTIFICATE_URGENT_DAYS: i64 = 7;

/// Less free space than this is a warning: a first run over a million patrons takes a few times as much.
const LITTLE_SPACE: u64 = 1 << 30;
/// With less than this the next commit may fail.
const NO_SPACE: u64 = 50 << 20;

/// Looks at the configuration and the files it names.
pub fn local(config: &Config, secrets: &SecretSources, now: DateTime<Utc>) -> Vec<Check> {
    let mut checks = Vec::new();
    let problems = config::check(config, secrets);
    if problems.is_empty() {
        checks.push(Check::ok("configuration", format!("{} can be used", config.file.display())));
        checks.push(Check::ok("secrets", "the key and password files are readable by their owner only"));
    }
    checks.extend(
        problems
            .into_iter()
            .map(|problem| Check::wrong("configuration", problem.message, problem.hint, Code::Configuration)),
    );
    if let Database::Sqlite { file } = &config.database {
        checks.extend(space(file.parent().unwrap_or(Path::new("/"))));
    }
    checks.extend(
        service::certificates(config, secrets, now).into_iter().map(|(file, days)| certificate(file, days)),
    );
    checks.push(schedules(config, now));
    checks.push(zone::check(&zone::system_file(), now));
    checks.push(match config.register.mode {
        RegisterMode::Write => Check::ok("mode", "approved corrections are written to the patron register"),
        RegisterMode::Observe => Check::warn(
            "mode",
            "observation mode: nothing is ever written to the patron register",
            "set register.mode = \"write\" when the trial is over",
        ),
    });
    if config.identity_code.allow_test_codes {
        checks.push(Check::warn(
            "test codes",
            "identity codes 900 to 999, which no real person has, are admitted",
            "set identity_code.allow_test_codes = false in production",
        ));
    }
    if config.vtj.changes.is_none() {
        checks.push(Check::warn(
            "VTJ",
            "the change interface is not configured: nothing can be fetched or refreshed",
            "write [vtj.changes]",
        ));
    } else if config.vtj.is_loopback() {
        checks.push(Check::warn(
            "VTJ",
            "its address is on this machine: it may be a simulation",
            "write the address of your security server in production",
        ));
    }
    checks
}

fn space(folder: &Path) -> Option<Check> {
    let space = nix::sys::statvfs::statvfs(folder).ok()?;
    #[expect(clippy::useless_conversion, reason = "the widths differ between platforms")]
    let free = u64::from(space.blocks_available()).saturating_mul(u64::from(space.fragment_size()));
    let message = format!("{} MiB free in {}", free >> 20, folder.display());
    Some(if free < NO_SPACE {
        Check::wrong("disk", message, Some("free some space".to_owned()), Code::Unavailable)
    } else if free < LITTLE_SPACE {
        Check::warn("disk", message, "free some space")
    } else {
        Check::ok("disk", message)
    })
}

fn certificate(file: &str, days: Option<i64>) -> Check {
    let (key, then) = match file {
        "ca" => ("vtj.tls.ca_file", "VTJ cannot be asked any more"),
        "web" => ("web.certificate_file", "browsers refuse the staff pages"),
        _ => ("vtj.tls.client_identity_file", "VTJ cannot be asked any more"),
    };
    match days {
        None => Check::wrong(
            "certificate",
            format!("{key} holds no certificate that can be read"),
            Some("give it in PEM".to_owned()),
            Code::Configuration,
        ),
        Some(days) if days < 0 => Check::wrong(
            "certificate",
            format!("{key} has ended {} days ago", -days),
            Some("put the renewed certificate in its place".to_owned()),
            Code::Configuration,
        ),
        Some(days) if days <= CERTIFICATE_URGENT_DAYS => {
            Check::warn("certificate", format!("{key} ends in {days} days, then {then}"), "renew it now")
        }
        Some(days) if days <= CERTIFICATE_DAYS => {
            Check::warn("certificate", format!("{key} ends in {days} days"), "renew it")
        }
        Some(days) => Check::ok("certificate", format!("{key} ends in {days} days")),
    }
}

fn schedules(config: &Config, now: DateTime<Utc>) -> Check {
    let enabled = config.schedules.iter().filter(|entry| entry.definition.enabled);
    let next: Vec<String> = enabled
        .filter_map(|entry| {
            let next = entry.definition.cron.next_after(now)?;
            Some(format!("{} {}", entry.name, helsinki(next).format("%d.%m. %H:%M")))
        })
        .collect();
    let idle: Vec<&str> = Task::ALL
        .into_iter()
        .filter(|task| !config.schedules.iter().any(|entry| entry.starts(*task)))
        .map(Task::as_str)
        .collect();
    if idle.is_empty() {
        Check::ok("schedules", format!("next in Helsinki time: {}", next.join(", ")))
    } else {
        Check::warn(
            "schedules",
            format!("no schedule starts {}", idle.join(", ")),
            "enable one, or run it by hand with `ajantasa run`",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn a_certificate_is_spoken_of_louder_as_its_end_comes_near() {
        let states = [400, 31, 30, 14, 7, 1, 0].map(|days| certificate("ca", Some(days)).state);
        assert_eq!(states[..2], [Level::Ok; 2]);
        assert_eq!(states[2..], [Level::Warn; 5]);
        assert_ne!(certificate("ca", Some(7)).message, certificate("ca", Some(14)).message);
        for ended in [Some(-1), None] {
            let check = certificate("identity", ended);
            assert_eq!((check.state, check.code), (Level::Wrong, Code::Configuration));
        }
    }
}
