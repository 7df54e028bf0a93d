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

use chance::{Chance, Question};
use person::{Class, Person};
use vtj::{Said, World};
use wire::{ChangeLine, Group, PersonLine};

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

/// Which person each further entry of the log is about: a walk that visits everyone once before anyone
/// twice, so that a person's moves can be counted without reading the log.
#[derive(Debug, Clone, Copy)]
struct Moves {
    persons: u64,
    changes: u64,
    stride: u64,
    start: u64,
}

impl Moves {
    fn new(chance: Chance, persons: u64, changes: u64) -> Self {
        let persons = persons.max(1);
        let start = chance.draw(Question::Extra, 0, persons);
        // A stride near the golden section of the circle spreads a part of the walk over everyone.
        let golden = persons / 1_000 * 618 + persons % 1_000 * 618 / 1_000;
        let stride =
            (golden.max(1)..=persons.max(golden)).find(|&stride| gcd(stride, persons) == 1).unwrap_or(1);
        Self { persons, changes, stride, start }
    }

    /// The person an entry is about.
    fn person(self, entry: u64) -> u64 {
        let step = u128::from(entry % self.persons) * u128::from(self.stride) + u128::from(self.start);
        u64::try_from(step % u128::from(self.persons)).expect("a remainder of a 64-bit number")
    }

    /// How many of the entries are about a person.
    fn of(self, index: u64) -> u64 {
        let from_start = (index + self.persons - self.start) % self.persons;
        let step = u128::from(from_start) * u128::from(inverse(self.stride, self.persons));
        let position = u64::try_from(step % u128::from(self.persons)).expect("a remainder");
        self.changes / self.persons + u64::from(position < self.changes % self.persons)
    }

    /// The entry: a move, or, about someone whose move would make the truth unclear, a group that a
    /// library is not granted.
    fn entry(self, world: World, entry: u64) -> Said {
        let chosen = self.person(entry);
        let is_known = |index: &u64| person::class(world.chance, *index) != Class::NotInVtj;
        // The log does not speak of someone who is not in VTJ: the next one takes the entry.
        let index =
            (0..self.persons).map(|step| (chosen + step) % self.persons).find(is_known).unwrap_or(chosen);
        let class = person::class(world.chance, chosen);
        let groups = if class.may_move() {
            let round = entry / self.persons;
            let had_moved = class.findings().contains(&FindingKind::AddressChange);
            let from = if round == 0 { u64::from(had_moved) } else { round + 1 };
            let since = world.today.pred_opt().unwrap_or(world.today);
            world.move_groups(index, from, round + 2, since)
        } else {
            vec![Group::of("AMMATTI").changed("MUUTETTU")]
        };
        Said { code: codes::code(index).expose().to_owned(), groups }
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The number that undoes a multiplication by `a` modulo `modulus`; the two have no common factor.
fn inverse(a: u64, modulus: u64) -> u64 {
    let (mut old, mut new) = (i128::from(a), i128::from(modulus));
    let (mut old_factor, mut new_factor) = (1_i128, 0_i128);
    while new != 0 {
        let times = old / new;
        (old, new) = (new, old - times * new);
        (old_factor, new_factor) = (new_factor, old_factor - times * new_factor);
    }
    u64::try_from(old_factor.rem_euclid(i128::from(modulus))).expect("a remainder of a 64-bit number")
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
