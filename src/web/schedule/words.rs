//! What a schedule says, in the language of the page.

use chrono::{DateTime, Utc};

use crate::municipality::Language;
use crate::planning::{NotAllowed, Size, Unusable, Weight};
use crate::schedule::check::Wrong;
use crate::schedule::definition::{ALL_HOLIDAYS, Definition, Work, minutes_of};
use crate::schedule::difference::FieldChange;
use crate::schedule::holiday::Holiday;
use crate::schedule::upcoming::{Upcoming, upcoming};
use crate::schedule::{CronError, CronExpression};
use crate::segment::Segment;
use crate::task::Context;
use crate::web::texts::Argument as _;
use crate::web::visit::Visit;

/// How many of the next runs are shown.
const NEXT: usize = 10;

/// The words of one page: its language, and what the configuration calls things.
pub(in crate::web) struct Words {
    pub(in crate::web) l: Language,
    context: Context,
}

/// A due time as a row of a table.
#[derive(Debug, Clone)]
pub(in crate::web) struct Run {
    pub(in crate::web) weekday: &'static str,
    pub(in crate::web) local: String,
    pub(in crate::web) offset: String,
    /// What the clocks do on that day.
    pub(in crate::web) clock: Option<&'static str>,
    /// The holiday for which it is left out.
    pub(in crate::web) holiday: Option<&'static str>,
}

/// A field in which two versions differ.
#[derive(Debug, Clone)]
pub(in crate::web) struct Change {
    pub(in crate::web) field: String,
    pub(in crate::web) before: Option<String>,
    pub(in crate::web) after: Option<String>,
}

impl Words {
    pub(in crate::web) fn of(visit: &Visit) -> Self {
        Self { l: visit.language, context: visit.context() }
    }

    pub(in crate::web) fn context(&self) -> &Context {
        &self.context
    }

    /// The name of a municipality; of one that is not configured, its code.
    pub(in crate::web) fn municipality(&self, code: &str) -> String {
        let known = self.context.settings.municipalities.get(code);
        known.map_or_else(|| code.to_owned(), |known| known.name.text(self.l).to_owned())
    }

    pub(in crate::web) fn municipalities<'a>(&self, codes: impl IntoIterator<Item = &'a str>) -> String {
        codes.into_iter().map(|code| self.municipality(code)).collect::<Vec<_>>().join(", ")
    }

    /// A purpose; one that the configuration adds has its own name.
    pub(in crate::web) fn purpose(&self, name: &str) -> String {
        self.l.known(&format!("purpose-{name}")).unwrap_or_else(|| name.to_owned())
    }

    /// The statute a purpose rests on, as the configuration says it.
    pub(in crate::web) fn legal_basis(&self, name: &str) -> Option<String> {
        self.context
            .settings
            .purposes
            .get(name)
            .map(|rule| crate::web::patron::legal_basis(self.l, &rule.grounded.legal_basis))
    }

    /// What a schedule does, in a few words.
    pub(in crate::web) fn work(&self, definition: &Definition) -> String {
        match &definition.work {
            Work::Task { task } => self.l.t(&format!("schedule-task-{}", task.as_str())),
            Work::AddressRefresh(refresh) => {
                let towns = self.municipalities(refresh.municipalities.iter().map(String::as_str));
                let purpose = self.purpose(&refresh.purpose);
                self.l.t2("schedule-does-refresh", "purpose", purpose, "municipalities", towns)
            }
        }
    }

    /// Why somebody is left out or put aside.
    pub(in crate::web) fn left_out(&self, reason: &str) -> String {
        self.l.known(&format!("schedule-left-out-{reason}")).unwrap_or_else(|| reason.to_owned())
    }

    /// The name of a field of a definition.
    pub(in crate::web) fn field(&self, field: &str) -> String {
        self.l.t(&format!("schedule-field-{field}"))
    }

    /// What a field says, from the way in which definitions are compared.
    pub(in crate::web) fn value(&self, field: &str, said: &str) -> String {
        let l = self.l;
        match field {
            "task" => l.known(&format!("schedule-task-{said}")).unwrap_or_else(|| said.to_owned()),
            "municipalities" => self.municipalities(said.split(", ")),
            "segment" => Segment::parse(said).map_or_else(|_| said.to_owned(), |one| one.reading(l)),
            "purpose" => self.purpose(said),
            "over_budget" | "overlap" | "enabled" | "catch_up" => {
                l.known(&format!("schedule-{field}-{said}")).unwrap_or_else(|| said.to_owned())
            }
            "cron" => CronExpression::parse(said).map_or_else(|_| said.to_owned(), |one| one.reading(l)),
            "start_within" => {
                minutes_of(said).map_or_else(|_| l.t("schedule-any-time"), |all| minutes(l, all))
            }
            "skip_holidays" => self.holidays(said),
            _ => said.to_owned(),
        }
    }

    fn holidays(&self, said: &str) -> String {
        if said == ALL_HOLIDAYS {
            return self.l.t("schedule-all-holidays");
        }
        let names: Vec<&str> =
            said.split(", ").filter_map(Holiday::from_word).map(|one| one.name(self.l)).collect();
        if names.is_empty() { self.l.t("schedule-no-holidays") } else { names.join(", ") }
    }

    pub(in crate::web) fn changes(&self, changes: &[FieldChange]) -> Vec<Change> {
        let shown = |change: &FieldChange| {
            let value = |said: &Option<String>| said.as_deref().map(|said| self.value(change.field, said));
            Change {
                field: self.field(change.field),
                before: value(&change.before),
                after: value(&change.after),
            }
        };
        changes.iter().map(shown).collect()
    }

    /// Why a change needs a second administrator.
    pub(in crate::web) fn weight(&self, weight: &Weight) -> String {
        let fields: Vec<String> = weight.changes.iter().map(|field| self.field(field)).collect();
        let (id, number) = match weight.size {
            Size::Selects(people) => ("schedule-weight-selects", people),
            Size::Budget(budget) => ("schedule-weight-budget", budget),
        };
        let values = [
            ("fields", fields.join(", ").value()),
            ("number", number.value()),
            ("limit", weight.limit.value()),
        ];
        self.l.with(id, &values)
    }

    /// What is wrong with a definition.
    pub(in crate::web) fn wrong(&self, wrong: &Wrong) -> String {
        let codes = self.municipalities(wrong.problem.codes().iter().map(String::as_str));
        self.l.t1(&format!("schedule-wrong-{}", wrong.problem.as_str()), "municipalities", codes)
    }
}

/// A time in minutes, in the largest unit that has no rest.
pub(in crate::web) fn minutes(l: Language, minutes: u32) -> String {
    let day = 24 * 60;
    match minutes {
        _ if minutes.is_multiple_of(day) => l.t1("schedule-days", "count", minutes / day),
        _ if minutes.is_multiple_of(60) => l.t1("schedule-hours", "count", minutes / 60),
        _ => l.t1("schedule-minutes", "count", minutes),
    }
}

/// The next runs of an expression.
pub(in crate::web) fn next_runs(
    l: Language,
    cron: &CronExpression,
    now: DateTime<Utc>,
    skip: &[Holiday],
) -> Vec<Run> {
    let shown = |run: Upcoming| Run {
        weekday: run.weekday,
        clock: run.clock_change.map(|change| change.name(l)),
        holiday: run.holiday.map(|holiday| holiday.name(l)),
        local: run.local,
        offset: run.offset,
    };
    upcoming(cron, now, NEXT, l, skip).into_iter().map(shown).collect()
}

/// A due time in one line: weekday, date and time.
pub(in crate::web) fn when(l: Language, at: DateTime<Utc>) -> String {
    let shown = Upcoming::new(at, l, &[]);
    l.t2("schedule-when", "weekday", shown.weekday, "local", shown.local)
}

/// Why an expression cannot be read.
pub(in crate::web) fn cron_problem(l: Language, error: &CronError) -> String {
    let field = |id: &str, text: &str| l.t1(id, "text", text);
    match error {
        CronError::FieldCount(found) => l.t1("schedule-cron-field_count", "found", *found),
        CronError::Seconds(found) => l.t1("schedule-cron-seconds", "found", *found),
        CronError::Reboot => l.t("schedule-cron-reboot"),
        CronError::Shorthand(text) => field("schedule-cron-shorthand", text),
        CronError::Special { text, .. } => field("schedule-cron-special", text),
        CronError::Value { text, low, high, .. } => {
            let values = [("text", text.value()), ("low", low.value()), ("high", high.value())];
            l.with("schedule-cron-value", &values)
        }
        CronError::Backwards { text, instead, .. } => {
            l.t2("schedule-cron-backwards", "text", text, "instead", instead)
        }
        CronError::StepWithoutRange { text, instead, .. } => {
            l.t2("schedule-cron-step_without_range", "text", text, "instead", instead)
        }
        CronError::Step { text, high, .. } => l.t2("schedule-cron-step", "text", text, "high", *high),
        CronError::DayAndWeekday { day_only, weekday_only } => {
            l.t2("schedule-cron-day_and_weekday", "day", day_only, "weekday", weekday_only)
        }
        CronError::ImpossibleDate { day, month } => {
            l.t2("schedule-cron-impossible_date", "day", day, "month", month)
        }
    }
}

/// Why an account may not do something with a schedule or its runs.
pub(in crate::web) fn not_allowed(visit: &Visit, why: &NotAllowed) -> String {
    let (l, words) = (visit.language, Words::of(visit));
    match why {
        NotAllowed::NotAdministrator(_) => l.t("schedule-refused-not_administrator"),
        NotAllowed::OfOthers(others) => {
            let lacking = words.municipalities(others.lacking.iter().map(String::as_str));
            if others.who_may.is_empty() {
                return l.t1("schedule-refused-nobody", "lacking", lacking);
            }
            l.t2("schedule-refused-of_others", "lacking", lacking, "who", others.who_may.join(", "))
        }
        NotAllowed::SamePerson { version, made_by, same, .. } => {
            let id = format!("schedule-refused-same_{}", same.as_str());
            l.t2(&id, "version", *version, "maker", made_by)
        }
    }
}

/// What of an administrator's words cannot be used.
pub(in crate::web) fn unusable(l: Language, why: &Unusable) -> String {
    match why {
        Unusable::Name(_) => l.t("schedule-unusable-name"),
        Unusable::CodeInName | Unusable::CodeInSegment | Unusable::CodeInReason => {
            l.t("schedule-unusable-code")
        }
        Unusable::RefreshOfTask | Unusable::TaskOfRefresh => l.t("schedule-unusable-kind"),
        Unusable::NoReason => l.t("schedule-unusable-no_reason"),
        Unusable::LongReason => l.t1("schedule-unusable-long_reason", "most", 300_u32),
        Unusable::PauseEnd(last) => l.t1("schedule-unusable-pause_end", "last", l.date(*last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::slice::Priority;
    use crate::patron::Inadmissible;
    use crate::purpose::default_rules;
    use crate::schedule::Task;
    use crate::schedule::check::Problem;
    use crate::schedule::definition::{AddressRefresh, OverBudget, Overlap};
    use crate::schedule::difference;

    #[track_caller]
    fn is_there(id: &str) {
        assert!(Language::Sv.known(id).is_some(), "{id}");
    }

    #[test]
    fn every_word_of_a_schedule_has_its_text() {
        for task in Task::ALL {
            is_there(&format!("schedule-task-{}", task.as_str()));
        }
        for rule in default_rules() {
            is_there(&format!("purpose-{}", rule.name()));
        }
        for (word, _) in Overlap::WORDS {
            is_there(&format!("schedule-overlap-{word}"));
        }
        for (word, _) in OverBudget::WORDS {
            is_there(&format!("schedule-over_budget-{word}"));
        }
        for priority in Priority::ALL {
            is_there(&format!("schedule-priority-{}", priority.as_str()));
        }
        for reason in [Inadmissible::Organisation, Inadmissible::NoCode, Inadmissible::NotInRegister] {
            is_there(&format!("schedule-left-out-{}", reason.as_str()));
        }
        for problem in [Problem::NoMunicipality, Problem::NoQueryInterface, Problem::NotOpenTo(Vec::new())] {
            let id = format!("schedule-wrong-{}", problem.as_str());
            let said = Language::Sv.t1(&id, "municipalities", "Raseborg");
            assert!(!said.contains("Unknown"), "{id}");
        }
        let refresh = AddressRefresh {
            municipalities: std::collections::BTreeSet::new(),
            purpose: "desk".to_owned(),
            segment: Segment::everyone(),
            budget: 1,
            over_budget: OverBudget::Wait,
        };
        let cron = CronExpression::parse("@daily").unwrap();
        let task = Definition::of_task(Task::Fetch, cron.clone());
        let refresh = Definition::new(Work::AddressRefresh(refresh), cron);
        for (field, _) in difference::fields(&task).into_iter().chain(difference::fields(&refresh)) {
            is_there(&format!("schedule-field-{field}"));
        }
    }

    #[test]
    fn every_mistake_of_an_expression_is_told_without_english() {
        for text in [
            "* *",
            "* * * * * *",
            "@reboot",
            "@x",
            "0 0 L * *",
            "99 * * * *",
            "5-1 * * * *",
            "5/2 * * * *",
            "*/0 * * * *",
            "0 0 1 * MON",
            "0 0 31 2 *",
        ] {
            let error = CronExpression::parse(text).unwrap_err();
            let said = cron_problem(Language::Sv, &error);
            assert!(!said.contains("Unknown") && !said.contains("write"), "{said}");
        }
    }
}
