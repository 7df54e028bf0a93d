//! The configuration file: its keys, its checks and its display.
//!
//! One TOML file says everything that differs between installations; each key that is left out has a default.
//! [`load`] reads it and answers with every problem at once, each with file, line and what to write instead.
//! [`check()`] looks at the files the configuration names, and [`show()`] prints what is in force and where it
//! comes from.
//!
//! Invariants: a key that is not known is an error, never ignored. A secret is never in the file's place of
//! display; the configuration holds where a secret is, and [`SecretPlace::read`] fetches it when it is needed.
//! Relative paths start at the folder of the file.
//!
//! To add a key: a field in `model`, a line in the reader of its section, a line in `show`, and an entry in
//! `config/ajantasa.toml`; the tests compare the four.

mod check;
mod lists;
mod model;
mod pages;
mod problem;
mod reader;
mod schedules;
mod secret_file;
mod secrets;
mod sections;
mod show;
mod values;
mod vtj;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use check::check;
pub use model::{
    Auth, Collection, Config, Connector, CsvRegister, Database, Hidden, IdentityCodes, Keys, Listener, Oidc,
    OidcSecondFactor, Origins, Pages, PagesCertificate, QueryVariant, Register, RegisterMode, Retention,
    Review, Schedules, Vtj, VtjChanges, VtjQuery, VtjTls, default_schedules,
};
pub use problem::{ConfigError, Problem};
pub use secret_file::{SecretFileError, is_private, read_secret};
pub use secrets::{SECRETS, SecretError, SecretName, SecretPlace, SecretSources};
pub use show::show;

pub use crate::schedule::definition::ScheduleEntry;

use reader::Reader;

use crate::schedule::check::Known;
use crate::segment::SegmentRules;

/// The file read when the command line names none.
pub const DEFAULT_FILE: &str = "/etc/ajantasa/ajantasa.toml";

/// Says whether a cron wording can be used, and if not, why and what to write.
pub type CronCheck = fn(&str) -> Result<(), String>;

/// Reads and checks a configuration file.
///
/// # Errors
/// Every problem found, each with its line. The command ends with exit code [`ConfigError::EXIT_CODE`].
pub fn load(file: &Path, cron: CronCheck) -> Result<Config, ConfigError> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        ConfigError::one(Problem {
            file: file.to_owned(),
            line: None,
            message: format!("cannot read the configuration file: {error}"),
            hint: Some("name the file with --config FILE".to_owned()),
        })
    })?;
    parse(&text, file, cron)
}

/// Checks the text of a configuration file. `file` names it in problems, and relative paths start at its folder.
///
/// # Errors
/// Every problem found, each with its line.
pub fn parse(text: &str, file: &Path, cron: CronCheck) -> Result<Config, ConfigError> {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder = absolute.parent().map_or_else(|| PathBuf::from("/"), Path::to_owned);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = toml::de::DeTable::parse(text)
        .map_err(|error| ConfigError::one(problem::from_toml(file, text, &error)))?;
    let reader = Reader::new(file, &folder, text);
    let mut root = reader.root(document.get_ref());

    let database = sections::database(&mut root);
    let keys = sections::keys(&mut root);
    let identity_code = sections::identity_code(&mut root);
    let vtj = vtj::read(&mut root);
    let register = sections::register(&mut root);
    let (municipalities, municipality_ceilings) = lists::municipalities(&mut root);
    let (web, service) = pages::read(&mut root, &municipalities);
    let purposes = lists::purposes(&mut root, &municipalities);
    let all_schedules = sections::schedules(&mut root);
    let collection = sections::collection(&mut root, cron);
    let segment = SegmentRules {
        minimum_days_overdue: collection.minimum_days_overdue,
        home_service_groups: all_schedules.home_service_groups.clone(),
    };
    let known = Known {
        municipalities: municipalities.iter().map(|one| one.code.as_str()).collect(),
        purposes: purposes.iter().map(|rule| (rule.name(), rule)).collect(),
        changes: vtj.changes.is_some(),
        query: vtj.query.is_some(),
        segment: &segment,
    };
    let schedules = schedules::read(&mut root, cron, &known);
    let review = sections::review(&mut root);
    let retention = sections::retention(&mut root);
    root.finish();

    let origins = reader.into_origins()?;
    Ok(Config {
        file: absolute,
        database,
        keys,
        identity_code,
        vtj,
        register,
        web,
        service,
        municipalities,
        municipality_ceilings,
        schedules,
        all_schedules,
        purposes,
        collection,
        review,
        retention,
        origins,
    })
}
