//! What tells two contents of a schedule apart, field by field and in words.

use std::collections::BTreeSet;
use std::fmt;

use super::definition::{ALL_HOLIDAYS, Definition, Work, in_minutes};
use super::holiday::Holiday;

/// A field in which two contents differ.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldChange {
    /// The key of the configuration file.
    pub field: &'static str,
    /// What it said; nothing where the field or the schedule is new.
    pub before: Option<String>,
    /// What it says; nothing where the field is gone.
    pub after: Option<String>,
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        match &self.before {
            Some(before) => write!(f, "{}: {before} → {}", self.field, word(&self.after)),
            None => write!(f, "{}: {}", self.field, word(&self.after)),
        }
    }
}

/// The fields in which a content differs from the one before; all that it says when there is none before.
pub fn between(before: Option<&Definition>, after: &Definition) -> Vec<FieldChange> {
    let old = before.map(fields).unwrap_or_default();
    let new = fields(after);
    let value = |fields: &[(&'static str, String)], name: &str| {
        fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone())
    };
    let gone = old.iter().filter(|(name, _)| value(&new, name).is_none());
    let mut found: Vec<FieldChange> = gone
        .map(|(field, before)| FieldChange { field, before: Some(before.clone()), after: None })
        .collect();
    for (field, after) in &new {
        let before = value(&old, field);
        if before.as_ref() != Some(after) {
            found.push(FieldChange { field, before, after: Some(after.clone()) });
        }
    }
    found
}

/// What a content says, by the keys of the configuration file, in their order.
pub fn fields(definition: &Definition) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    match &definition.work {
        Work::Task { task } => fields.push(("task", task.as_str().to_owned())),
        Work::AddressRefresh(refresh) => fields.extend([
            ("municipalities", list(refresh.municipalities.iter().map(String::as_str))),
            ("segment", refresh.segment.to_string()),
            ("purpose", refresh.purpose.clone()),
            ("budget", refresh.budget.to_string()),
            ("over_budget", refresh.over_budget.as_str().to_owned()),
        ]),
    }
    let start_within = definition.start_within_minutes.map_or_else(|| "any time".to_owned(), in_minutes);
    fields.extend([
        ("cron", definition.cron.as_str().to_owned()),
        ("enabled", yes_or_no(definition.enabled)),
        ("overlap", definition.overlap.as_str().to_owned()),
        ("start_within", start_within),
        ("catch_up", yes_or_no(definition.catch_up)),
        ("skip_holidays", holidays(&definition.skip_holidays)),
    ]);
    fields
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn holidays(holidays: &BTreeSet<Holiday>) -> String {
    if holidays.len() == Holiday::ALL.len() {
        return ALL_HOLIDAYS.to_owned();
    }
    list(holidays.iter().map(|holiday| holiday.as_str()))
}

fn yes_or_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::definition::{AddressRefresh, OverBudget};
    use crate::schedule::{CronExpression, Task};
    use crate::segment::Segment;

    fn refresh(budget: u32) -> Definition {
        let refresh = AddressRefresh {
            municipalities: BTreeSet::from(["710".to_owned(), "078".to_owned()]),
            purpose: "debt_collection".to_owned(),
            segment: Segment::parse("open_debts").unwrap(),
            budget,
            over_budget: OverBudget::Wait,
        };
        Definition::new(Work::AddressRefresh(refresh), CronExpression::parse("0 6 * * 3").unwrap())
    }

    fn words(before: Option<&Definition>, after: &Definition) -> Vec<String> {
        between(before, after).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_what_differs_is_told_from_before_to_after() {
        let later = Definition { start_within_minutes: Some(360), catch_up: false, ..refresh(300) };
        let wanted = ["budget: 200 → 300", "start_within: any time → 6h", "catch_up: yes → no"];
        assert_eq!(words(Some(&refresh(200)), &later), wanted);
        assert_eq!(words(Some(&refresh(200)), &refresh(200)), [""; 0]);
    }

    #[test]
    fn a_first_content_is_told_whole_and_another_kind_of_work_from_nothing() {
        let first = words(None, &refresh(200));
        assert!(first.contains(&"municipalities: 078, 710".to_owned()) && first.len() == 11, "{first:?}");
        let task = Definition::of_task(Task::Fetch, CronExpression::parse("0 6 * * 3").unwrap());
        let changed = words(Some(&refresh(200)), &task);
        assert!(changed.contains(&"segment: open_debts → nothing".to_owned()), "{changed:?}");
        assert!(changed.contains(&"task: fetch".to_owned()), "{changed:?}");
    }
}
