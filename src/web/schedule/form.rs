//! From the form of a schedule to its definition, with everything that is not right at once.

use std::collections::BTreeSet;

use super::FieldProblem;
use super::fields::{NO_LANGUAGE, OWN, ScheduleForm, TEXT, YES, presets_of};
use super::words::{self, Words, cron_problem};
use crate::municipality::Language;
use crate::planning::{Edit, PlanningError, StartWithin, Unusable};
use crate::schedule::definition::{
    AddressRefresh, Definition, OverBudget, Overlap, Work, holidays_of, minutes_of,
};
use crate::schedule::holiday::Holiday;
use crate::schedule::{CronExpression, Task};
use crate::segment::form::{Form, Join, Row};
use crate::segment::{
    Comparison, Condition, MOST_CENTS, MOST_DAYS, MOST_MONTHS, MOST_YEARS, Segment, SegmentError,
};
use crate::web::texts::Argument as _;

/// Reads the form, and notes what is not right.
pub(super) struct Reader<'a> {
    words: &'a Words,
    form: &'a ScheduleForm,
    problems: Vec<FieldProblem>,
}

/// Whom a form selects.
pub(super) struct Selection {
    pub(super) municipalities: BTreeSet<String>,
    pub(super) segment: Segment,
}

/// The definition that a form says.
///
/// # Errors
/// Everything that is not right.
pub(super) fn definition(words: &Words, form: &ScheduleForm) -> Result<Definition, Vec<FieldProblem>> {
    let mut reader = Reader { words, form, problems: Vec::new() };
    let cron = reader.cron();
    let work = reader.work();
    let skip_holidays = reader.holidays();
    let start_within_minutes = reader.start_within();
    match (cron, work) {
        (Some(cron), Some(work)) if reader.problems.is_empty() => Ok(Definition {
            skip_holidays,
            start_within_minutes,
            overlap: word(&Overlap::WORDS, &form.overlap),
            catch_up: form.catch_up == YES,
            ..Definition::new(work, cron)
        }),
        _ => Err(reader.problems),
    }
}

/// Whom a form selects, whatever else it says.
///
/// # Errors
/// What of that is not right.
pub(super) fn selection(words: &Words, form: &ScheduleForm) -> Result<Selection, Vec<FieldProblem>> {
    let mut reader = Reader { words, form, problems: Vec::new() };
    let selection = reader.selection();
    selection.filter(|_| reader.problems.is_empty()).ok_or(reader.problems)
}

/// A definition as a change of everything it says.
pub(super) fn edit(definition: &Definition) -> Edit {
    let refresh = definition.refresh();
    let start_within = definition.start_within_minutes;
    Edit {
        cron: Some(definition.cron.clone()),
        task: definition.task(),
        municipalities: refresh.map(|refresh| refresh.municipalities.clone()),
        purpose: refresh.map(|refresh| refresh.purpose.clone()),
        segment: refresh.map(|refresh| refresh.segment.clone()),
        budget: refresh.map(|refresh| refresh.budget),
        over_budget: refresh.map(|refresh| refresh.over_budget),
        overlap: Some(definition.overlap),
        start_within: Some(start_within.map_or(StartWithin::AnyTime, StartWithin::Minutes)),
        catch_up: Some(definition.catch_up),
        skip_holidays: Some(definition.skip_holidays.clone()),
    }
}

/// What an error of planning says of the form's fields; the error itself where it is about none of them.
pub(super) fn of_planning(words: &Words, error: PlanningError) -> Result<Vec<FieldProblem>, PlanningError> {
    Ok(match error {
        PlanningError::NameTaken(_) => {
            vec![FieldProblem::new("name", words.l.t("schedule-error-name_taken"))]
        }
        PlanningError::Input(why @ (Unusable::Name(_) | Unusable::CodeInName)) => {
            vec![FieldProblem::new("name", words::unusable(words.l, &why))]
        }
        PlanningError::Input(why @ Unusable::CodeInSegment) => {
            vec![FieldProblem::new("segment", words::unusable(words.l, &why))]
        }
        PlanningError::Definition(wrong) => wrong
            .iter()
            .map(|wrong| {
                let field = if wrong.key == "municipalities" { "municipality" } else { wrong.key };
                FieldProblem::new(field, words.wrong(wrong))
            })
            .collect(),
        other => return Err(other),
    })
}

fn word<T: Copy + Default>(words: &[(&'static str, T)], said: &str) -> T {
    words.iter().find(|(word, _)| *word == said).map(|(_, value)| *value).unwrap_or_default()
}

impl Reader<'_> {
    fn l(&self) -> Language {
        self.words.l
    }

    fn problem(&mut self, field: &'static str, text: String) {
        self.problems.push(FieldProblem::new(field, text));
    }

    fn cron(&mut self) -> Option<CronExpression> {
        if self.form.when == OWN {
            return match CronExpression::parse(&self.form.expression) {
                Ok(cron) => Some(cron),
                Err(error) => {
                    self.problem("expression", cron_problem(self.l(), &error));
                    None
                }
            };
        }
        let presets = presets_of(self.words.context());
        let found = presets.into_iter().find(|preset| preset.name == self.form.when);
        if found.is_none() {
            self.problem("when", self.l().t("schedule-choose-when"));
        }
        found.map(|preset| preset.cron)
    }

    fn work(&mut self) -> Option<Work> {
        if !self.form.task.is_empty() {
            let task = Task::from_name(&self.form.task);
            if task.is_none() {
                self.problem("when", self.l().t("schedule-unusable-kind"));
            }
            return task.map(|task| Work::Task { task });
        }
        let selection = self.selection();
        let budget = self.number(
            "budget",
            &self.form.budget.clone(),
            1,
            u64::from(crate::schedule::check::MOST_BUDGET),
        );
        if self.form.budget.trim().is_empty() {
            self.problem("budget", self.l().t("schedule-needed-budget"));
        }
        if self.form.purpose.is_empty() {
            self.problem("purpose", self.l().t("schedule-needed-purpose"));
        }
        let (selection, budget) = (selection?, budget?);
        Some(Work::AddressRefresh(AddressRefresh {
            municipalities: selection.municipalities,
            purpose: self.form.purpose.clone(),
            segment: selection.segment,
            budget: u32::try_from(budget).ok()?,
            over_budget: word(&OverBudget::WORDS, &self.form.over_budget),
        }))
    }

    fn selection(&mut self) -> Option<Selection> {
        let municipalities: BTreeSet<String> = self.form.municipality.iter().cloned().collect();
        if municipalities.is_empty() {
            self.problem("municipality", self.l().t("schedule-needed-municipality"));
        }
        let segment = if self.form.by == TEXT { self.segment_of_text() } else { self.segment_of_rows() }?;
        if segment.check(&self.words.context().settings.segment).is_err() {
            let field = if self.form.by == TEXT { "segment" } else { "home_service" };
            self.problem(field, self.l().t("schedule-wrong-segment"));
        }
        Some(Selection { municipalities, segment })
    }

    fn segment_of_text(&mut self) -> Option<Segment> {
        let read = Segment::parse(&self.form.segment);
        read.map_err(|error| self.segment_problem(&error)).ok()
    }

    fn segment_problem(&mut self, error: &SegmentError) {
        let (text, english) = match error {
            SegmentError::Text { position, what, instead } => {
                let text = self.l().t1("schedule-segment-position", "position", *position);
                (text, Some(format!("{what}: {instead}")))
            }
            SegmentError::Bounds { what, instead } => {
                (self.l().t("schedule-segment-bounds"), Some(format!("{what}: {instead}")))
            }
            SegmentError::NoHomeServiceGroups => (self.l().t("schedule-wrong-segment"), None),
        };
        self.problems.push(FieldProblem { field: "segment", text, english });
    }

    fn segment_of_rows(&mut self) -> Option<Segment> {
        let before = self.problems.len();
        let rows: Vec<Row> =
            self.conditions().into_iter().map(|condition| Row { negated: false, condition }).collect();
        if self.problems.len() > before {
            return None;
        }
        if rows.is_empty() {
            return Some(Segment::everyone());
        }
        let read = Form { join: Join::All, rows }.segment();
        read.map_err(|error| self.segment_problem(&error)).ok()
    }

    fn conditions(&mut self) -> Vec<Condition> {
        let form = self.form;
        let mut found = Vec::new();
        found.extend(names(&form.home_library).map(Condition::HomeLibrary));
        found.extend(names(&form.patron_group).map(Condition::PatronGroup));
        found.extend(languages(&form.language).map(Condition::Language));
        let comparison = Comparison::ALL.into_iter().find(|one| one.as_str() == form.age_comparison);
        let comparison = comparison.unwrap_or(Comparison::AtLeast);
        found.extend(
            self.small("age", &form.age, 0, MOST_YEARS).map(|years| Condition::Age(comparison, years)),
        );
        let months = self.small("not_verified_for", &form.not_verified_for, 1, MOST_MONTHS);
        found.extend(months.map(|months| Condition::NotVerifiedFor { months }));
        let ticked = [
            (&form.never_verified, Condition::NeverVerified),
            (&form.wrong_contact_details, Condition::WrongContactDetails),
            (&form.home_service, Condition::HomeService),
        ];
        found.extend(ticked.into_iter().filter(|(said, _)| *said == YES).map(|(_, condition)| condition));
        if form.open_debts == YES || !form.open_debts_over.trim().is_empty() {
            found.extend(self.cents().map(|over_cents| Condition::OpenDebts { over_cents }));
        }
        let days = self.small("collection_within", &form.collection_within, 0, MOST_DAYS);
        found.extend(days.map(|days| Condition::CollectionWithin { days }));
        let days = self.small("turning_15_within", &form.turning_15_within, 0, MOST_DAYS);
        found.extend(days.map(|days| Condition::Turning15Within { days }));
        found
    }

    /// A number, if one is written.
    fn number(&mut self, field: &'static str, said: &str, least: u64, most: u64) -> Option<u64> {
        let said = said.trim();
        if said.is_empty() {
            return None;
        }
        let plain = said.bytes().all(|byte| byte.is_ascii_digit());
        let read = said.parse().ok().filter(|number| plain && (least..=most).contains(number));
        if read.is_none() {
            let values = [("least", least.value()), ("most", most.value())];
            self.problem(field, self.l().with("schedule-number", &values));
        }
        read
    }

    fn small(&mut self, field: &'static str, said: &str, least: u32, most: u32) -> Option<u32> {
        let read = self.number(field, said, u64::from(least), u64::from(most));
        read.and_then(|number| u32::try_from(number).ok())
    }

    /// Euros with a comma or a point; nothing is none.
    fn cents(&mut self) -> Option<u64> {
        let said = self.form.open_debts_over.trim().replace(',', ".");
        if said.is_empty() {
            return Some(0);
        }
        let (euros, cents) = said.split_once('.').unwrap_or((&said, "00"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let read = (digits(euros) && digits(cents) && cents.len() == 2)
            .then(|| Some(euros.parse::<u64>().ok()?.checked_mul(100)? + cents.parse::<u64>().ok()?))
            .flatten()
            .filter(|cents| *cents <= MOST_CENTS);
        if read.is_none() {
            self.problem("open_debts_over", self.l().t("schedule-euros"));
        }
        read
    }

    fn holidays(&mut self) -> BTreeSet<Holiday> {
        let read = holidays_of(self.form.skip_holiday.iter().map(String::as_str));
        if read.is_err() {
            self.problem("skip_holiday", self.l().t("schedule-choose-holidays"));
        }
        read.unwrap_or_default()
    }

    fn start_within(&mut self) -> Option<u32> {
        if self.form.start_within.trim().is_empty() {
            return None;
        }
        let read = minutes_of(&self.form.start_within).ok();
        if read.is_none() {
            self.problem("start_within", self.l().t("schedule-write-time"));
        }
        read
    }
}

fn names(said: &str) -> Option<BTreeSet<String>> {
    let names: BTreeSet<String> =
        said.split(';').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    (!names.is_empty()).then_some(names)
}

fn languages(said: &[String]) -> Option<BTreeSet<Option<Language>>> {
    let read = |word: &String| match word.as_str() {
        NO_LANGUAGE => Some(None),
        code => Language::from_code(code).map(Some),
    };
    let found: BTreeSet<_> = said.iter().filter_map(read).collect();
    (!found.is_empty()).then_some(found)
}
