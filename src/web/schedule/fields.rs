//! The form of a schedule as it was typed. Nothing of it is lost when something is not right.

use serde::Deserialize;
use uuid::Uuid;

use crate::municipality::Language;
use crate::planning::VersionShown;
use crate::schedule::CronExpression;
use crate::schedule::definition::{Definition, OverBudget, Overlap, in_minutes};
use crate::schedule::preset::{Preset, presets};
use crate::segment::form::{Form, Join, Row};
use crate::segment::{Comparison, Condition, Segment};
use crate::task::Context;

/// The word for an expression of one's own, in the place of a preset.
pub(super) const OWN: &str = "own";
/// The word for a segment that is written as text.
pub(super) const TEXT: &str = "text";
/// The word for a segment that is put together by the form.
pub(super) const ROWS: &str = "rows";
/// The word of a box that is ticked.
pub(super) const YES: &str = "yes";
/// The word for a patron without a language.
pub(super) const NO_LANGUAGE: &str = "none";

/// The fields of the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ScheduleForm {
    /// The schedule that is changed; empty for a new one.
    pub(super) schedule: String,
    /// Its newest version, as it was seen.
    pub(super) seen: String,
    pub(super) name: String,
    /// The task of which it starts rounds; empty for a refresh.
    pub(super) task: String,
    /// The name of a preset, or [`OWN`].
    pub(super) when: String,
    pub(super) expression: String,
    pub(super) skip_holiday: Vec<String>,
    pub(super) municipality: Vec<String>,
    pub(super) purpose: String,
    pub(super) budget: String,
    pub(super) over_budget: String,
    /// [`ROWS`] or [`TEXT`].
    pub(super) by: String,
    pub(super) home_library: String,
    pub(super) patron_group: String,
    pub(super) language: Vec<String>,
    pub(super) age_comparison: String,
    pub(super) age: String,
    pub(super) not_verified_for: String,
    pub(super) never_verified: String,
    pub(super) wrong_contact_details: String,
    pub(super) open_debts: String,
    pub(super) open_debts_over: String,
    pub(super) collection_within: String,
    pub(super) turning_15_within: String,
    pub(super) home_service: String,
    pub(super) segment: String,
    pub(super) overlap: String,
    pub(super) start_within: String,
    pub(super) catch_up: String,
}

/// The presets of this installation.
pub(super) fn presets_of(context: &Context) -> Vec<Preset> {
    presets(&context.settings.collection.cut_off)
}

fn yes(value: bool) -> String {
    if value { YES.to_owned() } else { String::new() }
}

impl ScheduleForm {
    /// The form of a new schedule: of the municipalities of an administrator, on weekdays, whoever has not been
    /// verified for a year.
    pub(super) fn new(municipalities: &[String]) -> Self {
        Self {
            when: "weekdays".to_owned(),
            municipality: municipalities.to_vec(),
            purpose: "register_upkeep".to_owned(),
            over_budget: OverBudget::default().as_str().to_owned(),
            by: ROWS.to_owned(),
            age_comparison: Comparison::AtLeast.as_str().to_owned(),
            not_verified_for: "12".to_owned(),
            overlap: Overlap::default().as_str().to_owned(),
            catch_up: YES.to_owned(),
            ..Self::default()
        }
    }

    /// The form of a schedule as it stands.
    pub(super) fn of(context: &Context, id: Uuid, name: &str, newest: i64, version: &VersionShown) -> Self {
        let definition = &version.definition;
        let mut form = Self {
            schedule: id.to_string(),
            seen: newest.to_string(),
            name: name.to_owned(),
            task: definition.task().map(|task| task.as_str().to_owned()).unwrap_or_default(),
            skip_holiday: definition.skip_holidays.iter().map(|one| one.as_str().to_owned()).collect(),
            overlap: definition.overlap.as_str().to_owned(),
            start_within: definition.start_within_minutes.map(in_minutes).unwrap_or_default(),
            catch_up: yes(definition.catch_up),
            ..Self::new(&[])
        };
        form.take_time(context, &definition.cron);
        form.take_refresh(definition);
        form
    }

    fn take_time(&mut self, context: &Context, cron: &CronExpression) {
        let preset = presets_of(context).into_iter().find(|preset| preset.cron == *cron);
        cron.as_str().clone_into(&mut self.expression);
        preset.map_or(OWN, |preset| preset.name).clone_into(&mut self.when);
    }

    fn take_refresh(&mut self, definition: &Definition) {
        let Some(refresh) = definition.refresh() else { return };
        self.municipality = refresh.municipalities.iter().cloned().collect();
        refresh.purpose.clone_into(&mut self.purpose);
        self.budget = refresh.budget.to_string();
        refresh.over_budget.as_str().clone_into(&mut self.over_budget);
        self.segment = refresh.segment.to_string();
        self.not_verified_for.clear();
        match Self::rows_of(&refresh.segment) {
            Some(rows) => rows.iter().for_each(|row| self.take_row(&row.condition)),
            None => TEXT.clone_into(&mut self.by),
        }
    }

    /// The rows of a segment that the form has fields for, each at most once.
    fn rows_of(segment: &Segment) -> Option<Vec<Row>> {
        let form = Form::of(segment).filter(|form| form.join == Join::All || form.rows.len() == 1)?;
        let mut words: Vec<&str> = form.rows.iter().map(|row| row.condition.word()).collect();
        words.sort_unstable();
        words.dedup();
        let is_alone = |row: &Row| matches!(row.condition, Condition::Everyone) && form.rows.len() > 1;
        let fits = |row: &Row| {
            let has_no_field = match &row.condition {
                Condition::Municipality(_) => true,
                Condition::HomeLibrary(names) | Condition::PatronGroup(names) => {
                    names.iter().any(|name| name.is_empty() || name.contains(';'))
                }
                _ => false,
            };
            !row.negated && !has_no_field && !is_alone(row)
        };
        (words.len() == form.rows.len() && form.rows.iter().all(fits)).then_some(form.rows)
    }

    fn take_row(&mut self, condition: &Condition) {
        let list = |names: &std::collections::BTreeSet<String>| {
            names.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
        };
        match condition {
            Condition::Everyone | Condition::Municipality(_) => {}
            Condition::HomeLibrary(names) => self.home_library = list(names),
            Condition::PatronGroup(names) => self.patron_group = list(names),
            Condition::Language(languages) => {
                let word = |one: &Option<Language>| one.map_or(NO_LANGUAGE, Language::as_str).to_owned();
                self.language = languages.iter().map(word).collect();
            }
            Condition::Age(comparison, years) => {
                comparison.as_str().clone_into(&mut self.age_comparison);
                self.age = years.to_string();
            }
            Condition::NotVerifiedFor { months } => self.not_verified_for = months.to_string(),
            Condition::NeverVerified => self.never_verified = yes(true),
            Condition::WrongContactDetails => self.wrong_contact_details = yes(true),
            Condition::OpenDebts { over_cents } => {
                self.open_debts = yes(true);
                if *over_cents > 0 {
                    self.open_debts_over = format!("{},{:02}", over_cents / 100, over_cents % 100);
                }
            }
            Condition::CollectionWithin { days } => self.collection_within = days.to_string(),
            Condition::Turning15Within { days } => self.turning_15_within = days.to_string(),
            Condition::HomeService => self.home_service = yes(true),
        }
    }

    /// Every field that says something, to be sent again by another page.
    pub(super) fn hidden(&self) -> Vec<(&'static str, &str)> {
        let one = [
            ("schedule", &self.schedule),
            ("seen", &self.seen),
            ("name", &self.name),
            ("task", &self.task),
            ("when", &self.when),
            ("expression", &self.expression),
            ("purpose", &self.purpose),
            ("budget", &self.budget),
            ("over_budget", &self.over_budget),
            ("by", &self.by),
            ("home_library", &self.home_library),
            ("patron_group", &self.patron_group),
            ("age_comparison", &self.age_comparison),
            ("age", &self.age),
            ("not_verified_for", &self.not_verified_for),
            ("never_verified", &self.never_verified),
            ("wrong_contact_details", &self.wrong_contact_details),
            ("open_debts", &self.open_debts),
            ("open_debts_over", &self.open_debts_over),
            ("collection_within", &self.collection_within),
            ("turning_15_within", &self.turning_15_within),
            ("home_service", &self.home_service),
            ("segment", &self.segment),
            ("overlap", &self.overlap),
            ("start_within", &self.start_within),
            ("catch_up", &self.catch_up),
        ];
        let lists = [
            ("skip_holiday", &self.skip_holiday),
            ("municipality", &self.municipality),
            ("language", &self.language),
        ];
        let one = one.into_iter().map(|(name, value)| (name, value.as_str()));
        let lists = lists
            .into_iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value.as_str())));
        one.chain(lists).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The schedule that is changed, if one is.
    pub(super) fn id(&self) -> Option<Uuid> {
        self.schedule.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_of_the_form_is_shown_by_its_fields_and_another_as_text() {
        for text in
            ["everyone", "open_debts", "age >= 18 and open_debts over 12.50 and language in (fi, none)"]
        {
            assert!(ScheduleForm::rows_of(&Segment::parse(text).unwrap()).is_some(), "{text}");
        }
        for text in [
            "not open_debts",
            "open_debts or home_service",
            "age > 18 and age < 30",
            "municipality = 710",
            "home_library = \"\"",
            "everyone and open_debts",
        ] {
            assert!(ScheduleForm::rows_of(&Segment::parse(text).unwrap()).is_none(), "{text}");
        }
    }
}
