//! The schedules that most libraries want, ready to be taken: daily, on weekdays, before the collection file, monthly.
//!
//! They start at 06:00: housekeeping is over by then, and what is found lies in the queue when the library opens.

use std::collections::BTreeSet;

use super::CronExpression;
use super::field::WEEKDAY_NAMES;
use crate::municipality::Language;

/// A schedule ready to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// The word in commands.
    pub name: &'static str,
    /// When it starts.
    pub cron: CronExpression,
    label: [&'static str; 3],
}

impl Preset {
    /// What a form calls it.
    pub fn label(&self, language: Language) -> &'static str {
        let [fi, sv, en] = self.label;
        match language {
            Language::Fi => fi,
            Language::Sv => sv,
            Language::En => en,
        }
    }
}

/// The presets. `cut_off` is when the collection file is closed (`[collection] cut_off`).
pub fn presets(cut_off: &CronExpression) -> Vec<Preset> {
    let preset = |name, cron: &str, label| Preset {
        name,
        cron: CronExpression::parse(cron).expect("the presets are cron expressions, as their test shows"),
        label,
    };
    vec![
        preset("daily", "0 6 * * *", ["joka päivä klo 6", "varje dag kl. 6", "daily at 06:00"]),
        preset("weekdays", "0 6 * * MON-FRI", ["arkisin klo 6", "på vardagar kl. 6", "on weekdays at 06:00"]),
        preset(
            "weekly_before_collection",
            &before_collection(cut_off),
            [
                "viikoittain ennen perintätiedostoa",
                "varje vecka före inkassofilen",
                "weekly before the collection file",
            ],
        ),
        preset("monthly", "0 6 1 * *", ["kuukausittain", "varje månad", "monthly"]),
    ]
}

/// At 06:00 on the day before the file is closed: what the answers change can still be reviewed, and hardly
/// anybody moves in between. A file that is not closed on a weekday has none before it: then on Mondays, at most
/// a week earlier.
fn before_collection(cut_off: &CronExpression) -> String {
    let closed = &cut_off.fields.weekdays;
    if closed.is_any() {
        return "0 6 * * MON".to_owned();
    }
    let before: BTreeSet<u32> = closed.numbers().iter().map(|weekday| (weekday + 6) % 7).collect();
    let names: Vec<&str> = before.into_iter().map(|weekday| WEEKDAY_NAMES[weekday as usize]).collect();
    format!("0 6 * * {}", names.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weekly(cut_off: &str) -> String {
        let presets = presets(&CronExpression::parse(cut_off).unwrap());
        presets.iter().find(|preset| preset.name == "weekly_before_collection").unwrap().cron.to_string()
    }

    #[test]
    fn the_weekly_one_runs_on_the_day_before_the_file_is_closed() {
        assert_eq!(weekly("0 12 * * 4"), "0 6 * * WED");
        assert_eq!(weekly("0 12 * * SUN"), "0 6 * * SAT");
        assert_eq!(weekly("0 12 * * 7,MON"), "0 6 * * SUN,SAT");
        for not_by_weekday in ["0 12 * * *", "0 12 15 * *", "@monthly"] {
            assert_eq!(weekly(not_by_weekday), "0 6 * * MON");
        }
    }

    #[test]
    fn the_presets_are_those_of_the_form_in_its_order() {
        let presets = presets(&CronExpression::parse("@weekly").unwrap());
        let names: Vec<_> = presets.iter().map(|preset| preset.name).collect();
        assert_eq!(names, ["daily", "weekdays", "weekly_before_collection", "monthly"]);
        assert_eq!(presets[1].label(Language::Sv), "på vardagar kl. 6");
    }
}
