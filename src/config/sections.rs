//! Readers of the plain sections: database, keys, identity codes, register, and what is about all of the work.

use std::path::PathBuf;

use super::CronCheck;
use super::model::{
    Collection, Connector, CsvRegister, Database, Hidden, IdentityCodes, Keys, Register, RegisterMode,
    Retention, Review, Schedules,
};
use super::reader::Section;
use super::secrets::{SecretName, SecretPlace};
use super::values;
use crate::schedule::check::MOST_BUDGET;

pub(super) fn database(root: &mut Section<'_>) -> Database {
    let mut section = root.table("database");
    let folder = section.folder();
    let password = SecretPlace { name: SecretName::DatabasePassword, file: section.path("password_file") };
    let read = section.parsed("url", |url| match values::sqlite_file(url, folder) {
        Some(file) => file.map(|file| Database::Sqlite { file }),
        None => values::postgres_url(url)
            .map(|()| Database::Postgres { url: Hidden::new(url.to_owned()), password: password.clone() }),
    });
    section.finish();
    read.unwrap_or_else(|| Database::Sqlite {
        file: PathBuf::from(Database::DEFAULT_URL.trim_start_matches("sqlite:")),
    })
}

pub(super) fn keys(root: &mut Section<'_>) -> Keys {
    let mut section = root.table("keys");
    let file = section.path("file").unwrap_or_else(|| PathBuf::from(Keys::DEFAULT_FILE));
    section.finish();
    Keys { file }
}

pub(super) fn identity_code(root: &mut Section<'_>) -> IdentityCodes {
    let mut section = root.table("identity_code");
    let allow_test_codes = section.flag("allow_test_codes", false);
    section.finish();
    IdentityCodes { allow_test_codes }
}

pub(super) fn register(root: &mut Section<'_>) -> Register {
    let mut section = root.table("register");
    let modes = [("write", RegisterMode::Write), ("observe", RegisterMode::Observe)];
    let mode = section.word("mode", &modes, RegisterMode::Write);
    let uses_csv = section.word("connector", &[("embedded", false), ("csv", true)], false);
    let max_shrink_percent = section.number("max_shrink_percent", &(0..=100), Register::MAX_SHRINK_PERCENT);
    let undo_seconds = section.number("undo_seconds", &(0..=86_400), Register::UNDO_SECONDS);
    let csv = csv_register(&mut section, uses_csv);
    section.finish();
    let connector = csv.filter(|_| uses_csv).map_or(Connector::Embedded, Connector::Csv);
    Register { mode, connector, max_shrink_percent, undo_seconds }
}

/// The table is checked whenever it is there, so that turning the connector on brings no surprise.
fn csv_register(register: &mut Section<'_>, needed: bool) -> Option<CsvRegister> {
    let mut section = register.table("csv");
    if !needed && !section.is_present() {
        return None;
    }
    let folder = section.folder();
    let file = |text: &str| values::some_text(text).map(|text| folder.join(text));
    let patron_file = section.needed("patron_file", file);
    let correction_file = section.needed("correction_file", file);
    if patron_file.is_some() && patron_file == correction_file {
        let message = "register.csv: patron_file and correction_file are the same file".to_owned();
        section.problem(None, message, None);
    }
    section.finish();
    Some(CsvRegister { patron_file: patron_file?, correction_file: correction_file? })
}

pub(super) fn collection(root: &mut Section<'_>, cron: CronCheck) -> Collection {
    let mut section = root.table("collection");
    let read = Collection {
        minimum_days_overdue: section.number(
            "minimum_days_overdue",
            &(0..=3650),
            Collection::MINIMUM_DAYS_OVERDUE,
        ),
        minimum_age: section.number("minimum_age", &(Collection::MINIMUM_AGE..=150), Collection::MINIMUM_AGE),
        verified_within_days: section.number(
            "verified_within_days",
            &(0..=365),
            Collection::VERIFIED_WITHIN_DAYS,
        ),
        cut_off: section
            .parsed("cut_off", |text| cron(text).map(|()| text.to_owned()))
            .unwrap_or_else(|| Collection::CUT_OFF.to_owned()),
    };
    section.finish();
    read
}

pub(super) fn schedules(root: &mut Section<'_>) -> Schedules {
    let mut section = root.table("schedules");
    let groups = section.texts("home_service_groups").unwrap_or_default();
    let two_person_people =
        section.number("two_person_people", &(0..=MOST_BUDGET), Schedules::TWO_PERSON_PEOPLE);
    section.finish();
    let groups = groups.into_iter().map(|group| group.value.trim().to_owned());
    let home_service_groups = groups.filter(|group| !group.is_empty()).collect();
    Schedules { home_service_groups, two_person_people }
}

pub(super) fn review(root: &mut Section<'_>) -> Review {
    let mut section = root.table("review");
    let planted_percent = section.number("planted_percent", &(0..=100), Review::PLANTED_PERCENT);
    let planted_misses = section.number("planted_misses", &(0..=49), Review::PLANTED_MISSES);
    section.finish();
    Review { planted_percent, planted_misses }
}

pub(super) fn retention(root: &mut Section<'_>) -> Retention {
    let mut section = root.table("retention");
    let disclosures_years = section.number("disclosures_years", &(1..=100), Retention::DISCLOSURES_YEARS);
    let runs_days = section.number("runs_days", &(30..=3650), Retention::RUNS_DAYS);
    section.finish();
    Retention { disclosures_years, runs_days }
}
