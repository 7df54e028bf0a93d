//! Reader of the schedules.

use std::collections::BTreeSet;

use super::CronCheck;
use super::model::default_schedules;
use super::problem::nearest;
use super::reader::Section;
use super::values;
use crate::schedule::check::{self, Known};
use crate::schedule::definition::{
    ALL_HOLIDAYS, AddressRefresh, Definition, OverBudget, Overlap, ScheduleEntry, Work, holidays_of,
    minutes_of,
};
use crate::schedule::holiday::Holiday;
use crate::schedule::{CronExpression, Task};
use crate::segment::Segment;

/// The keys that a refresh has and a round of a task has not.
const OF_REFRESH: [&str; 5] = ["municipalities", "purpose", "segment", "budget", "over_budget"];

/// The schedules of the file; a task of which none starts rounds keeps its default schedule. A table without keys
/// says nothing and is passed over.
pub(super) fn read(root: &mut Section<'_>, cron: CronCheck, known: &Known<'_>) -> Vec<ScheduleEntry> {
    let mut read: Vec<ScheduleEntry> = Vec::new();
    let given = root.tables("schedule").into_iter().filter(|section| !section.is_empty());
    for (index, section) in given.enumerate() {
        let mut section = section.numbered("schedule", index);
        if let Some(entry) = schedule(&mut section, cron, known) {
            if read.iter().any(|known| known.name == entry.name) {
                section.problem(
                    None,
                    format!("{}: {:?} is there twice", section.name("name"), entry.name),
                    None,
                );
            }
            read.push(entry);
        }
        section.finish();
    }
    let is_started = |task: Option<Task>| read.iter().any(|entry| entry.task() == task);
    let defaults: Vec<_> =
        default_schedules().into_iter().filter(|entry| !is_started(entry.task())).collect();
    read.extend(defaults);
    read
}

fn schedule(section: &mut Section<'_>, cron: CronCheck, known: &Known<'_>) -> Option<ScheduleEntry> {
    let name = section.needed("name", values::some_text);
    let work = work(section);
    let cron = section.needed("cron", |text| {
        cron(text)?;
        CronExpression::parse(text).map_err(|error| error.to_string())
    });
    let enabled = section.flag("enabled", true);
    let overlap = section.word("overlap", &Overlap::WORDS, Overlap::default());
    let start_within_minutes = section.parsed("start_within", minutes_of);
    let catch_up = section.flag("catch_up", true);
    let skip_holidays = holidays(section);
    let (name, work, cron) = (name?, work?, cron?);
    let task = if let Work::Task { task } = &work { Some(task.as_str()) } else { None };
    // The default schedules are named after their tasks.
    if task != Some(name.as_str()) && Task::from_name(&name).is_some() {
        let message = format!("{}: {name:?} is the name of another task", section.name("name"));
        section.problem(None, message, Some("choose another name".to_owned()));
    }
    let definition =
        Definition { work, cron, enabled, overlap, start_within_minutes, catch_up, skip_holidays };
    for wrong in check::wrong(&definition, known) {
        section.problem_of(wrong.key, &wrong.message);
    }
    Some(ScheduleEntry { name, definition })
}

/// A round of a task where `task` stands, a refresh where one of its keys does.
fn work(section: &mut Section<'_>) -> Option<Work> {
    let of_refresh = OF_REFRESH.into_iter().find(|key| section.has(key));
    for key in OF_REFRESH {
        section.pass_over(key);
    }
    if of_refresh.is_some() && !section.has("task") {
        return refresh(section).map(Work::AddressRefresh);
    }
    let tasks = Task::ALL.map(Task::as_str);
    if let Some(key) = of_refresh {
        let message = "a schedule starts rounds of a task or a refresh, not both";
        let hint = format!("remove task, or {}", OF_REFRESH.join(", "));
        section.problem(section.line_of(key), format!("{}: {message}", section.name(key)), Some(hint));
    }
    let task = section.word_needed("task", &tasks)?;
    Task::from_name(&task).map(|task| Work::Task { task })
}

fn refresh(section: &mut Section<'_>) -> Option<AddressRefresh> {
    section.pass_over("task");
    let municipalities = section
        .texts("municipalities")
        .map(|codes| codes.into_iter().map(|code| code.value.trim().to_owned()).collect::<BTreeSet<_>>());
    if municipalities.is_none() && !section.has("municipalities") {
        let message = format!("{}: this key is needed", section.name("municipalities"));
        section.problem(None, message, Some("write such as municipalities = [\"710\"]".to_owned()));
    }
    let purpose = section.needed("purpose", values::some_text);
    let segment = section.needed("segment", |text| Segment::parse(text).map_err(|error| error.to_string()));
    let budget = section.number_if_set("budget", &(1..=check::MOST_BUDGET));
    if budget.is_none() && !section.has("budget") {
        let hint = "write the most people one run may ask about, such as budget = 300";
        section.problem(
            None,
            format!("{}: this key is needed", section.name("budget")),
            Some(hint.to_owned()),
        );
    }
    let over_budget = section.word("over_budget", &OverBudget::WORDS, OverBudget::default());
    Some(AddressRefresh {
        municipalities: municipalities?,
        purpose: purpose?,
        segment: segment?,
        budget: budget?,
        over_budget,
    })
}

fn holidays(section: &mut Section<'_>) -> BTreeSet<Holiday> {
    let known: Vec<&str> = [ALL_HOLIDAYS].into_iter().chain(Holiday::ALL.map(Holiday::as_str)).collect();
    let mut read = BTreeSet::new();
    for found in section.text_or_texts("skip_holidays").into_iter().flatten() {
        match holidays_of([found.value.as_str()]) {
            Ok(holidays) => read.extend(holidays),
            Err(word) => {
                let message = format!("{}: {word:?} is no holiday", section.name("skip_holidays"));
                section.problem(Some(found.line), message, nearest(&word, &known));
            }
        }
    }
    read
}
