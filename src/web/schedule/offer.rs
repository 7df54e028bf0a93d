//! What the form of a schedule offers to choose from, with what is chosen.

use super::fields::{NO_LANGUAGE, ScheduleForm, YES, presets_of};
use super::words::Words;
use crate::municipality::Language;
use crate::schedule::definition::{OverBudget, Overlap};
use crate::schedule::holiday::Holiday;
use crate::segment::Comparison;
use crate::staff::ProvedAccount;

/// Something to choose.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) detail: Option<String>,
    pub(super) is_chosen: bool,
}

impl Choice {
    fn new(value: &str, text: impl Into<String>, is_chosen: bool) -> Self {
        Self { value: value.to_owned(), text: text.into(), detail: None, is_chosen }
    }
}

/// What is offered for a form.
pub(super) struct Offer {
    pub(super) presets: Vec<Choice>,
    pub(super) holidays: Vec<Choice>,
    pub(super) municipalities: Vec<Choice>,
    pub(super) purposes: Vec<Choice>,
    pub(super) over_budget: Vec<Choice>,
    pub(super) overlap: Vec<Choice>,
    pub(super) comparisons: Vec<Choice>,
    pub(super) languages: Vec<Choice>,
    pub(super) boxes: Vec<Choice>,
    /// Whether the configuration names the patron groups of home service.
    pub(super) has_home_service: bool,
}

impl Offer {
    pub(super) fn of(words: &Words, form: &ScheduleForm, account: &ProvedAccount) -> Self {
        let l = words.l;
        let word = |area: &str, word: &str, chosen: &str| {
            Choice::new(word, l.t(&format!("schedule-{area}-{word}")), word == chosen)
        };
        Self {
            presets: presets(words, form),
            holidays: holidays(l, form),
            municipalities: municipalities(words, form, account),
            purposes: purposes(words, form),
            over_budget: OverBudget::WORDS.map(|(one, _)| word("over_budget", one, &form.over_budget)).into(),
            overlap: Overlap::WORDS.map(|(one, _)| word("overlap", one, &form.overlap)).into(),
            comparisons: comparisons(l, form),
            languages: languages(l, form),
            boxes: boxes(words, form),
            has_home_service: has_home_service(words),
        }
    }
}

fn has_home_service(words: &Words) -> bool {
    !words.context().settings.segment.home_service_groups.is_empty()
}

fn presets(words: &Words, form: &ScheduleForm) -> Vec<Choice> {
    let l = words.l;
    let shown = |preset: &crate::schedule::preset::Preset| Choice {
        detail: Some(preset.cron.reading(l)),
        ..Choice::new(preset.name, preset.label(l), form.when == preset.name)
    };
    presets_of(words.context()).iter().map(shown).collect()
}

fn holidays(l: Language, form: &ScheduleForm) -> Vec<Choice> {
    let shown = |holiday: Holiday| {
        let is_chosen = form.skip_holiday.iter().any(|word| word == holiday.as_str());
        Choice::new(holiday.as_str(), holiday.name(l), is_chosen)
    };
    Holiday::ALL.map(shown).into()
}

/// Those of the account. One of others is offered only where it is chosen already, so that looking loses nothing.
fn municipalities(words: &Words, form: &ScheduleForm, account: &ProvedAccount) -> Vec<Choice> {
    let configured = words.context().settings.municipalities.keys();
    let is_offered =
        |code: &&String| account.municipalities.contains(*code) || form.municipality.contains(code);
    let shown = |code: &String| Choice::new(code, words.municipality(code), form.municipality.contains(code));
    configured.filter(is_offered).map(shown).collect()
}

fn purposes(words: &Words, form: &ScheduleForm) -> Vec<Choice> {
    let shown = |rule: &crate::purpose::PurposeRule| Choice {
        detail: words.legal_basis(rule.name()),
        ..Choice::new(rule.name(), words.purpose(rule.name()), form.purpose == rule.name())
    };
    words.context().settings.purposes.values().map(shown).collect()
}

fn comparisons(l: Language, form: &ScheduleForm) -> Vec<Choice> {
    let words = ["under", "at_most", "exactly", "at_least", "over"];
    let shown = |(one, word): (Comparison, &str)| {
        let is_chosen = form.age_comparison == one.as_str();
        Choice::new(one.as_str(), l.t(&format!("schedule-age-{word}")), is_chosen)
    };
    Comparison::ALL.into_iter().zip(words).map(shown).collect()
}

fn languages(l: Language, form: &ScheduleForm) -> Vec<Choice> {
    let codes = [Language::Fi, Language::Sv, Language::En].map(Language::as_str).into_iter();
    let shown = |code: &str| {
        let is_chosen = form.language.iter().any(|one| one == code);
        Choice::new(code, l.t(&format!("language-{code}")), is_chosen)
    };
    codes.chain([NO_LANGUAGE]).map(shown).collect()
}

fn boxes(words: &Words, form: &ScheduleForm) -> Vec<Choice> {
    let all = [
        ("never_verified", &form.never_verified),
        ("wrong_contact_details", &form.wrong_contact_details),
        ("open_debts", &form.open_debts),
        ("home_service", &form.home_service),
    ];
    let offered = all.into_iter().filter(|(name, _)| *name != "home_service" || has_home_service(words));
    let text = |name: &str| words.l.t(&format!("schedule-box-{name}"));
    offered.map(|(name, said)| Choice::new(name, text(name), said == YES)).collect()
}
