//! Synthetic data: a register, a population and a change log of people who do not exist, and the truth.
//!
//! Four files are written: `patrons.csv` (a patron file), `population.jsonl` (what VTJ says before the
//! log), `changes.jsonl` (the log) and `truth.csv` (`patron_id,kind`): which findings the register shall
//! end up with when the whole log has been played. A patron of whom nothing is to be found is not in the
//! truth. About half of the differences are there before the log, the rest comes by it.
//!
//! Each person is a function of the seed and an index, so memory does not grow with the number of people,
//! and the same settings give the same bytes in every build. All identity codes are in the range 900–999,
//! which no registered person has; all names are invented.

mod chance;
mod codes;
mod moves;
mod person;
mod places;
mod register;
mod vtj;
mod wire;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Helsinki;

use crate::finding::FindingKind;
use crate::patron_file::Column;

use chance::Chance;
use moves::Moves;
use person::Person;
use vtj::{Said, World};
use wire::{ChangeLine, PersonLine};

/// The log key of the first entry: above 2^32, as VTJ's are.
const FIRST_KEY: u64 = 5_446_000_001;
/// Keys grow by more than one: others' changes lie between.
const KEY_STEP: u64 = 3;
/// The entries are spread from this time of yesterday (Helsinki)…
const LOG_BEGINS: (u32, u32) = (4, 5);
/// …over so long, into the first minutes of today.
const LOG_MINUTES: i64 = 20 * 60;

/// Which files to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Number of patrons.
    pub persons: u64,
    /// Another seed gives other people.
    pub seed: u64,
    /// Entries of the change log beside those that bring half of the differences: moves of people chosen
    /// by chance.
    pub changes: u64,
    /// The Helsinki date on which the files are used: the log's entries are of yesterday and of its first
    /// minutes.
    pub today: NaiveDate,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Rows of the patron file.
    pub patrons: u64,
    /// Lines of the population file.
    pub population: u64,
    /// Entries of the change log.
    pub changes: u64,
    /// Findings that shall be made, by kind.
    pub findings: BTreeMap<FindingKind, u64>,
}

/// Why the files could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// More people than there are codes for.
    #[error("{persons} people are too many: there are invented identity codes for {most}")]
    TooMany {
        /// How many were asked for.
        persons: u64,
        /// How many there can be.
        most: u64,
    },
    /// A change log about nobody.
    #[error("changes need people: ask for at least one person")]
    NoPeople,
    /// The people of these files do not live on that date.
    #[error("{0}: write a date from 2025 to 2100")]
    Date(NaiveDate),
    /// A file cannot be written.
    #[error("{path}: cannot be written: check the folder's rights and the space left", path = .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Writes the four files into a folder, which is made if it is not there. Earlier files are replaced.
///
/// # Errors
/// When there are too many people, or a file cannot be written.
pub fn synth(settings: &Settings, out: &Path) -> Result<Summary, SynthError> {
    let most = codes::MOST_PERSONS;
    if settings.persons > most {
        return Err(SynthError::TooMany { persons: settings.persons, most });
    }
    if settings.persons == 0 && settings.changes > 0 {
        return Err(SynthError::NoPeople);
    }
    if !(2025..=2100).contains(&settings.today.year()) {
        return Err(SynthError::Date(settings.today));
    }
    let world = World { chance: Chance::new(settings.seed), today: settings.today };
    let moves = Moves::new(world.chance, settings.persons, settings.changes);
    let mut log = Log::new(world, settings, out)?;
    let mut population = Lines::create(out, "population.jsonl")?;
    let mut patrons = Lines::create(out, "patrons.csv")?;
    let mut truth = Lines::create(out, "truth.csv")?;
    patrons.row(Column::ALL.map(Column::as_str))?;
    truth.row(["patron_id", "kind"])?;
    let mut findings = BTreeMap::new();
    for index in 0..settings.persons {
        let person = Person::new(world.chance, index);
        patrons.row(register::row(world, &person, settings.persons))?;
        for said in world.population(&person) {
            population.json(&PersonLine { henkilotunnus: &said.code, tietoryhmat: &said.groups })?;
        }
        if let Some(said) = world.entry(&person) {
            log.write(&said)?;
        }
        for kind in truth_of(&person, moves) {
            truth.row([register::patron_id(index).as_str(), kind.as_str()])?;
            *findings.entry(kind).or_default() += 1;
        }
    }
    for entry in 0..settings.changes {
        log.write(&moves.entry(world, entry))?;
    }
    let summary = Summary {
        patrons: settings.persons,
        population: population.written,
        changes: log.lines.written,
        findings,
    };
    for lines in [population, patrons, truth, log.lines] {
        lines.finish()?;
    }
    Ok(summary)
}

/// What the register shall end up with about a person, in the order of the kinds.
fn truth_of(person: &Person, moves: Moves) -> Vec<FindingKind> {
    let mut kinds = person.class.findings().to_vec();
    let has_moved = person.class.may_move() && moves.of(person.index) > 0;
    if has_moved && !kinds.contains(&FindingKind::AddressChange) {
        kinds.push(FindingKind::AddressChange);
    }
    kinds.sort();
    kinds
}

/// The change log as it is written: keys and times grow.
struct Log {
    lines: Lines,
    begins: DateTime<Utc>,
    total: u64,
}

impl Log {
    fn new(world: World, settings: &Settings, out: &Path) -> Result<Self, SynthError> {
        let logged =
            (0..settings.persons).filter(|&index| person::in_log(world.chance, index)).count() as u64;
        let begins = world
            .today
            .checked_sub_days(Days::new(1))
            .zip(NaiveTime::from_hms_opt(LOG_BEGINS.0, LOG_BEGINS.1, 0))
            .and_then(|(yesterday, time)| Helsinki.from_local_datetime(&yesterday.and_time(time)).earliest())
            .ok_or(SynthError::Date(settings.today))?
            .to_utc();
        let lines = Lines::create(out, "changes.jsonl")?;
        Ok(Self { lines, begins, total: (logged + settings.changes).max(1) })
    }

    fn write(&mut self, said: &Said) -> Result<(), SynthError> {
        let entry = self.lines.written;
        let span = u128::from(Duration::minutes(LOG_MINUTES).num_milliseconds().unsigned_abs());
        let after = span * u128::from(entry) / u128::from(self.total.saturating_sub(1).max(1));
        let at = self.begins + Duration::milliseconds(i64::try_from(after).expect("less than a day"));
        self.lines.json(&ChangeLine {
            kirjausavain: FIRST_KEY + KEY_STEP * entry,
            muutospv: at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            henkilotunnus: &said.code,
            tietoryhmat: &said.groups,
        })
    }
}

/// A file written line by line.
struct Lines {
    path: PathBuf,
    file: BufWriter<File>,
    /// Lines of JSON so far.
    written: u64,
}

impl Lines {
    /// Opens the file for its owner alone: a patron file is treated as one, also when it is invented.
    fn create(out: &Path, name: &str) -> Result<Self, SynthError> {
        let path = out.join(name);
        let opened = std::fs::create_dir_all(out).and_then(|()| {
            let mut options = File::options();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(&path)
        });
        match opened {
            Ok(file) => Ok(Self { path, file: BufWriter::with_capacity(1 << 18, file), written: 0 }),
            Err(source) => Err(SynthError::Write { path, source }),
        }
    }

    fn json(&mut self, line: &impl serde::Serialize) -> Result<(), SynthError> {
        self.written += 1;
        let written = serde_json::to_writer(&mut self.file, line).map_err(std::io::Error::from);
        let written = written.and_then(|()| self.file.write_all(b"\n"));
        written.map_err(|source| SynthError::Write { path: self.path.clone(), source })
    }

    /// A row of CSV. No cell made here holds a quote or a line break; commas do not occur either.
    fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) -> Result<(), SynthError> {
        let mut line = String::new();
        for cell in cells {
            if !line.is_empty() {
                line.push(',');
            }
            line.push_str(cell.as_ref());
        }
        line.push('\n');
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|source| SynthError::Write { path: self.path.clone(), source })
    }

    fn finish(mut self) -> Result<(), SynthError> {
        self.file.flush().map_err(|source| SynthError::Write { path: self.path, source })
    }
}
