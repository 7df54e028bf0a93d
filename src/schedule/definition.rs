//! What one version of a schedule says: what is started, when, and what holds it back.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::holiday::Holiday;
use super::{CronExpression, Task};
use crate::segment::Segment;

/// The content of one version of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What is started.
    pub work: Work,
    /// When, on the Helsinki wall clock.
    pub cron: CronExpression,
    /// Whether it is started at all; written in the configuration only. An administrator's schedule is paused instead.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What becomes of a due time while an earlier run has not ended.
    #[serde(default)]
    pub overlap: Overlap,
    /// How many minutes after its due time it may still start; any time where nothing is said.
    #[serde(default)]
    pub start_within_minutes: Option<u32>,
    /// Whether the newest of the due times that nobody was there to start is made up for.
    #[serde(default = "yes")]
    pub catch_up: bool,
    /// Holidays on which it is not started.
    #[serde(default)]
    pub skip_holidays: BTreeSet<Holiday>,
}

/// A schedule as the configuration file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleEntry {
    /// The name, unlike every other's.
    pub name: String,
    /// What it says.
    pub definition: Definition,
}

impl ScheduleEntry {
    /// The task of which it starts rounds, if it is no refresh.
    pub fn task(&self) -> Option<Task> {
        self.definition.task()
    }

    /// Whether it is enabled and starts rounds of a task.
    pub fn starts(&self, task: Task) -> bool {
        self.definition.enabled && self.task() == Some(task)
    }
}

/// What a schedule starts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// One round of a task.
    Task {
        /// Which.
        task: Task,
    },
    /// VTJ is asked about the people of a segment.
    AddressRefresh(AddressRefresh),
}

/// A refresh of the people of a segment.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressRefresh {
    /// The municipalities whose patrons it is about, by three-digit code; never empty.
    pub municipalities: BTreeSet<String>,
    /// Why they are asked about, by the purpose's configured name. The upkeep of the register is served by base
    /// data, every other purpose by the single-person query.
    pub purpose: String,
    /// Which of their patrons.
    pub segment: Segment,
    /// The most people one run asks about.
    pub budget: u32,
    /// What becomes of a run that would ask about more.
    #[serde(default)]
    pub over_budget: OverBudget,
}

/// What becomes of a due time while an earlier run of the schedule has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// It is skipped, and the run says so.
    #[default]
    Forbid,
    /// It starts when the earlier one has ended.
    Queue,
}

/// What becomes of a run whose segment holds more people than its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverBudget {
    /// Nobody is asked about; the run waits and says what it needs.
    #[default]
    Wait,
    /// Those who have not been verified for longest are asked about, the others are counted as not checked.
    First,
}

impl Overlap {
    /// Every one by its word.
    pub const WORDS: [(&'static str, Self); 2] = [("forbid", Self::Forbid), ("queue", Self::Queue)];

    /// The word in commands, files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forbid => "forbid",
            Self::Queue => "queue",
        }
    }
}

impl OverBudget {
    /// Every one by its word.
    pub const WORDS: [(&'static str, Self); 2] = [("wait", Self::Wait), ("first", Self::First)];

    /// The word in commands, files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::First => "first",
        }
    }
}

/// The word for every holiday.
pub const ALL_HOLIDAYS: &str = "all";

/// Reads the names of holidays, or [`ALL_HOLIDAYS`].
///
/// # Errors
/// Names the first that is not known.
pub fn holidays_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<BTreeSet<Holiday>, String> {
    let mut found = BTreeSet::new();
    for word in words {
        match Holiday::from_word(word) {
            Some(holiday) => {
                found.insert(holiday);
            }
            None if word == ALL_HOLIDAYS => found.extend(Holiday::ALL),
            None => return Err(word.to_owned()),
        }
    }
    Ok(found)
}

/// The longest time that a run can be late, in minutes: a year.
const MOST_MINUTES: u32 = 366 * 24 * 60;

/// Reads a time such as `90m`, `6h` or `2d`, as minutes.
///
/// # Errors
/// Says what to write.
pub fn minutes_of(text: &str) -> Result<u32, String> {
    let wrong =
        || "write minutes, hours or days, at least 1m and at most 366d, such as 90m, 6h or 2d".to_owned();
    let text = text.trim();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let each = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        _ => return Err(wrong()),
    };
    let digits = text.strip_suffix(unit).ok_or_else(wrong)?;
    let number: u32 = digits.parse().map_err(|_| wrong())?;
    let minutes = number.checked_mul(each).filter(|minutes| (1..=MOST_MINUTES).contains(minutes));
    minutes.filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit())).ok_or_else(wrong)
}

/// Minutes as [`minutes_of`] reads them, in the largest unit that has no rest.
pub fn in_minutes(minutes: u32) -> String {
    match minutes {
        _ if minutes.is_multiple_of(24 * 60) => format!("{}d", minutes / (24 * 60)),
        _ if minutes.is_multiple_of(60) => format!("{}h", minutes / 60),
        _ => format!("{minutes}m"),
    }
}

const fn yes() -> bool {
    true
}

impl Definition {
    /// A round of a task, with nothing that holds it back.
    pub fn of_task(task: Task, cron: CronExpression) -> Self {
        Self::new(Work::Task { task }, cron)
    }

    /// The work at its times, with the defaults of everything else.
    pub fn new(work: Work, cron: CronExpression) -> Self {
        Self {
            work,
            cron,
            enabled: true,
            overlap: Overlap::default(),
            start_within_minutes: None,
            catch_up: true,
            skip_holidays: BTreeSet::new(),
        }
    }

    /// The task of which it starts rounds, if it is no refresh.
    pub fn task(&self) -> Option<Task> {
        match self.work {
            Work::Task { task } => Some(task),
            Work::AddressRefresh(_) => None,
        }
    }

    /// The refresh, if it is one.
    pub fn refresh(&self) -> Option<&AddressRefresh> {
        match &self.work {
            Work::Task { .. } => None,
            Work::AddressRefresh(refresh) => Some(refresh),
        }
    }

    /// Whether a due time is too long ago for its run to begin.
    pub fn is_too_late(&self, now: DateTime<Utc>, due: DateTime<Utc>) -> bool {
        let within = self.start_within_minutes.map(|minutes| TimeDelta::minutes(i64::from(minutes)));
        within.is_some_and(|within| now - due > within)
    }

    /// The holidays on which it is not started, in the order of the year.
    pub fn holidays(&self) -> Vec<Holiday> {
        self.skip_holidays.iter().copied().collect()
    }

    /// Reads it as the database keeps it.
    ///
    /// # Errors
    /// When it was not written by [`Definition::to_json`].
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// As the database keeps it: the same content gives the same text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings, numbers and words are always JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_read_back_as_it_was_written() {
        let refresh = AddressRefresh {
            municipalities: BTreeSet::from(["710".to_owned()]),
            purpose: "debt_collection".to_owned(),
            segment: Segment::parse("open_debts").unwrap(),
            budget: 300,
            over_budget: OverBudget::First,
        };
        let cron = CronExpression::parse("0 6 * * 3").unwrap();
        for work in [Work::AddressRefresh(refresh), Work::Task { task: Task::Fetch }] {
            let definition =
                Definition { start_within_minutes: Some(90), ..Definition::new(work, cron.clone()) };
            assert_eq!(Definition::from_json(&definition.to_json()).unwrap(), definition);
        }
    }

    #[test]
    fn a_time_is_read_in_minutes_hours_and_days() {
        for (text, minutes) in [("90m", 90), ("6h", 360), ("2d", 2880), ("60m", 60), ("1m", 1)] {
            assert_eq!(minutes_of(text), Ok(minutes), "{text}");
            assert_eq!(minutes_of(&in_minutes(minutes)), Ok(minutes), "{text}");
        }
        assert_eq!([90, 360, 2880].map(in_minutes), ["90m", "6h", "2d"]);
        for text in
            ["", "6", "h", "0h", "-1h", "+1h", "6 h", "6hh", "1.5h", "367d", "99999999999d", "6w", "6ä"]
        {
            assert!(minutes_of(text).is_err_and(|why| why.contains("6h")), "{text}");
        }
    }

    #[test]
    fn what_is_not_said_has_its_default() {
        let text = r#"{"work": {"kind": "task", "task": "fetch"}, "cron": "7 * * * *"}"#;
        let cron = CronExpression::parse("7 * * * *").unwrap();
        assert_eq!(Definition::from_json(text).unwrap(), Definition::of_task(Task::Fetch, cron));
        assert!(
            Definition::from_json(r#"{"work": {"kind": "task", "task": "fetch"}, "cron": "7 * * *"}"#)
                .is_err()
        );
    }
}
