//! How far the log of the simulated world has been played, and what its entries are in plain words.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use super::folder::Folder;
use crate::vtj::mock::World;

/// Entries of the log that are held back from the first run, to happen while the demonstration follows.
const HELD_BACK: usize = 12;

/// Longer than any demonstration lasts.
pub(super) const NEVER: Duration = Duration::from_hours(365 * 24);

/// What happens in the entries that are held back, in the order of the log.
const STORIES: [&str; HELD_BACK] = [
    "a death that was registered by mistake is taken back",
    "another death is taken back",
    "somebody gets a non-disclosure order",
    "somebody with a new non-disclosure order moves",
    "a non-disclosure order ends",
    "somebody gets a new identity code",
    "a child gets another custodian, which the permit does not let us know",
    "somebody dies in Vantaa, where the permit does not let us know of deaths",
    "somebody in Vantaa moves abroad",
    "somebody whom no library follows changes names",
    "a home municipality is registered again, by a word that is not documented",
    "an address is corrected, to what it was",
];

/// The day after the last entry of the log (21 November 2026, 10:00 in Helsinki).
pub(super) fn begins() -> DateTime<Utc> {
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).and_then(|day| day.and_hms_opt(8, 0, 0));
    day.expect("a day that there is").and_utc()
}

/// How far the log has been played, kept in the folder so that a demonstration goes on where it was.
#[derive(Debug)]
pub(super) struct Progress {
    played: Option<usize>,
    entries: usize,
}

impl Progress {
    /// What an earlier demonstration in the folder left.
    pub(super) fn read(folder: &Folder) -> anyhow::Result<Self> {
        Ok(Self { played: folder.played()?, entries: 0 })
    }

    /// Plays what had happened before, and at the first time all but what is held back, or all `to_the_end`.
    pub(super) fn begin(
        &mut self,
        folder: &Folder,
        mut world: World,
        to_the_end: bool,
    ) -> anyhow::Result<World> {
        self.entries = world.entries();
        let held_back = if to_the_end { 0 } else { HELD_BACK };
        let until = self.played.unwrap_or(self.entries.saturating_sub(held_back));
        world.play(until);
        self.played = Some(world.played());
        folder.set_played(world.played())?;
        Ok(world)
    }

    /// Lets the next thing happen and says what it is; nothing when the log has ended.
    pub(super) fn next(
        &mut self,
        folder: &Folder,
        world: &Mutex<World>,
        today: NaiveDate,
    ) -> anyhow::Result<Option<&'static str>> {
        let (happened, played) = {
            let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
            world.set_today(today);
            (world.play(1), world.played())
        };
        if happened == 0 {
            return Ok(None);
        }
        self.played = Some(played);
        folder.set_played(played)?;
        let from_end = self.entries.saturating_sub(played) + 1;
        let story = HELD_BACK.checked_sub(from_end).and_then(|at| STORIES.get(at));
        Ok(Some(story.copied().unwrap_or("something is registered")))
    }

    /// How many entries are still to come.
    pub(super) fn left(&self) -> usize {
        self.entries.saturating_sub(self.played.unwrap_or_default())
    }
}
