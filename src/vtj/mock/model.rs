//! The world of the simulated VTJ: people, their base data, and the log of what happened to them.
//!
//! Everything is pure: the date is an argument, nothing is asked of the system. A person's data groups are
//! kept as the JSON text they came in, so that a million people take little more than their file. Codes lead
//! to people through one sorted index; a code that a person gets later leads to the same person once the
//! entry that gives it has been played, and is answered under either code from then on. A code that is
//! another person's own already stays that person's.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Europe::Helsinki;
use serde_json::value::RawValue;

use super::play;
use crate::identity_code::IdentityCode;

/// A person before the log begins.
pub struct Person {
    /// The code the person is registered under.
    pub code: IdentityCode,
    /// The data groups, a JSON array.
    pub groups: Box<RawValue>,
}

/// One registration event of one person.
pub struct Entry {
    /// The place in the log (`kirjausavain`), unique.
    pub key: i64,
    /// When it was registered (`muutospv`).
    pub at: DateTime<Utc>,
    /// The code it was registered under.
    pub code: IdentityCode,
    /// The data groups with their change attributes, a JSON array.
    pub groups: Box<RawValue>,
}

/// Why people and entries do not make a world. Indices count from 0; no code is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartsError {
    /// Two people under one code.
    #[error("person {later} has the code of an earlier person: give each person a code of their own")]
    RepeatedPerson {
        /// Index of the later one.
        later: usize,
    },
    /// Two entries under one key.
    #[error("two entries have the log key {key}: give each entry a kirjausavain of its own")]
    RepeatedKey {
        /// The key.
        key: i64,
    },
    /// More people or entries than can be counted in 32 bits.
    #[error("too many people or entries: at most 4294967295 of each")]
    TooMany,
}

/// An entry as a follower gets it.
pub struct Delivered<'w> {
    /// The code the follower asked with.
    pub code: IdentityCode,
    /// When it was registered.
    pub at: DateTime<Utc>,
    /// The data groups, a JSON array.
    pub groups: &'w RawValue,
}

/// One answer of the change log.
pub struct Page<'w> {
    /// The entries, in log order.
    pub entries: Vec<Delivered<'w>>,
    /// The cursor to go on from.
    pub cursor: i64,
    /// Whether nothing more is waiting behind the cursor.
    pub up_to_date: bool,
}

/// Where a code leads, and how many entries must have been played before it does.
#[derive(Clone, Copy)]
struct Reach {
    person: u32,
    since: u32,
}

/// People and their log.
pub struct World {
    index: BTreeMap<IdentityCode, Reach>,
    people: Vec<Box<RawValue>>,
    log: Vec<Entry>,
    /// Person and position in the log, so that a list of people finds its entries without reading the log.
    entries_of: BTreeSet<(u32, u32)>,
    /// The person of each entry.
    person_of: Vec<u32>,
    played: usize,
    today: NaiveDate,
}

impl World {
    /// Makes a world in which nothing has been played yet. Entries may come in any order.
    ///
    /// # Errors
    /// When two people share a code or two entries a key.
    pub fn from_parts(
        people: Vec<Person>,
        mut log: Vec<Entry>,
        today: NaiveDate,
    ) -> Result<Self, PartsError> {
        if u32::try_from(people.len().max(log.len())).is_err() {
            return Err(PartsError::TooMany);
        }
        log.sort_by_key(|entry| entry.key);
        if let Some(pair) = log.windows(2).find(|pair| pair[0].key == pair[1].key) {
            return Err(PartsError::RepeatedKey { key: pair[0].key });
        }
        let mut world = Self {
            index: BTreeMap::new(),
            people: Vec::with_capacity(people.len()),
            log: Vec::new(),
            entries_of: BTreeSet::new(),
            person_of: Vec::with_capacity(log.len()),
            played: 0,
            today,
        };
        for (later, person) in people.into_iter().enumerate() {
            let reach = Reach { person: narrow(world.people.len()), since: 0 };
            if world.index.insert(person.code, reach).is_some() {
                return Err(PartsError::RepeatedPerson { later });
            }
            world.people.push(person.groups);
        }
        world.index_former_codes();
        world.index_log(&log);
        world.log = log;
        Ok(world)
    }

    /// The codes that base data names besides the person's own.
    fn index_former_codes(&mut self) {
        for person in 0..self.people.len() {
            for code in play::codes_named(&self.people[person]) {
                self.index.entry(code).or_insert(Reach { person: narrow(person), since: 0 });
            }
        }
    }

    /// Finds the person of every entry; one under a code nobody has is the first news of a new person.
    fn index_log(&mut self, log: &[Entry]) {
        for (position, entry) in log.iter().enumerate() {
            let since = narrow(position + 1);
            let next = narrow(self.people.len());
            let reach = *self.index.entry(entry.code.clone()).or_insert(Reach { person: next, since });
            if reach.person == next {
                self.people.push(play::no_groups());
            }
            for code in play::codes_named(&entry.groups) {
                self.index.entry(code).or_insert(Reach { person: reach.person, since });
            }
            self.person_of.push(reach.person);
            self.entries_of.insert((reach.person, narrow(position)));
        }
    }

    /// Sets the date by which playing tells what is still in force.
    pub fn set_today(&mut self, today: NaiveDate) {
        self.today = today;
    }

    /// Plays at most `count` further entries and returns how many there were.
    pub fn play(&mut self, count: usize) -> usize {
        let until = self.played.saturating_add(count).min(self.log.len());
        let from = std::mem::replace(&mut self.played, until);
        for position in from..until {
            let base = &mut self.people[self.person_of[position] as usize];
            if let Some(after) = play::after(base, &self.log[position].groups, self.today) {
                *base = after;
            }
        }
        until - from
    }

    /// How many people there are, those included whom an entry not yet played brings.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// How many entries the log has.
    pub fn entries(&self) -> usize {
        self.log.len()
    }

    /// How many entries have been played.
    pub fn played(&self) -> usize {
        self.played
    }

    /// The person's data groups now, a JSON array; nothing for a code that leads to nobody yet.
    pub fn base_data(&self, code: &IdentityCode) -> Option<&RawValue> {
        self.person(code).map(|person| &*self.people[person as usize])
    }

    /// Someone who is not among `asked`, for an answer that is about the wrong person.
    pub fn stranger(&self, asked: &[IdentityCode]) -> Option<(&IdentityCode, &RawValue)> {
        let known: BTreeSet<u32> = asked.iter().filter_map(|code| self.person(code)).collect();
        let (code, reach) = self
            .index
            .iter()
            .find(|(_, reach)| reach.since <= narrow(self.played) && !known.contains(&reach.person))?;
        Some((code, &*self.people[reach.person as usize]))
    }

    /// The key from which every entry registered on `date` (Helsinki) or later follows; the newest key when
    /// there is none.
    pub fn key_at(&self, date: NaiveDate) -> i64 {
        let midnight = date.and_hms_opt(0, 0, 0).and_then(|at| Helsinki.from_local_datetime(&at).earliest());
        let first = self.log[..self.played]
            .iter()
            .find(|entry| midnight.is_some_and(|midnight| entry.at >= midnight));
        first.map_or_else(|| self.newest_key(), |entry| entry.key - 1)
    }

    /// The key of the entry played last; before any, one that all entries follow.
    pub fn newest_key(&self) -> i64 {
        match (self.log[..self.played].last(), self.log.first()) {
            (Some(last), _) => last.key,
            (None, Some(first)) => first.key - 1,
            (None, None) => 0,
        }
    }

    /// The first `limit` entries behind `cursor` of the people asked about. Codes that lead to nobody are
    /// passed over in silence, as VTJ does.
    pub fn changes_since(&self, cursor: i64, codes: &[IdentityCode], limit: usize) -> Page<'_> {
        let from = self.log[..self.played].partition_point(|entry| entry.key <= cursor);
        let mut found = self.positions(codes, from, self.played);
        let up_to_date = found.len() <= limit;
        found.truncate(limit);
        let cursor = match found.last() {
            Some(&(position, _)) if !up_to_date => self.log[position].key,
            _ => self.newest_key().max(cursor),
        };
        Page { entries: self.deliver(&found), cursor, up_to_date }
    }

    /// The last `limit` entries at or before `cursor` of the people asked about: what was delivered before.
    pub fn changes_before(&self, cursor: i64, codes: &[IdentityCode], limit: usize) -> Vec<Delivered<'_>> {
        let until = self.log[..self.played].partition_point(|entry| entry.key <= cursor);
        let found = self.positions(codes, 0, until);
        self.deliver(&found[found.len().saturating_sub(limit)..])
    }

    fn person(&self, code: &IdentityCode) -> Option<u32> {
        self.index.get(code).filter(|reach| reach.since <= narrow(self.played)).map(|reach| reach.person)
    }

    /// Positions of the people's entries in log order, each with the code it is delivered under: its own if
    /// that was asked, else the one that was.
    fn positions<'c>(
        &self,
        codes: &'c [IdentityCode],
        from: usize,
        until: usize,
    ) -> Vec<(usize, &'c IdentityCode)> {
        let mut asked: BTreeMap<u32, Vec<&'c IdentityCode>> = BTreeMap::new();
        for code in codes {
            if let Some(person) = self.person(code) {
                asked.entry(person).or_default().push(code);
            }
        }
        let mut found = Vec::new();
        for (&person, codes) in &asked {
            for &(_, position) in self.entries_of.range((person, narrow(from))..(person, narrow(until))) {
                let position = position as usize;
                let own = codes.iter().find(|code| ***code == self.log[position].code);
                found.push((position, *own.unwrap_or(&codes[0])));
            }
        }
        found.sort_unstable_by_key(|&(position, _)| position);
        found
    }

    fn deliver(&self, found: &[(usize, &IdentityCode)]) -> Vec<Delivered<'_>> {
        found
            .iter()
            .map(|&(position, code)| {
                let entry = &self.log[position];
                Delivered { code: code.clone(), at: entry.at, groups: &entry.groups }
            })
            .collect()
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("people", &self.people.len())
            .field("entries", &self.log.len())
            .field("played", &self.played)
            .finish_non_exhaustive()
    }
}

/// A position as the index keeps it; `from_parts` has refused anything larger.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
