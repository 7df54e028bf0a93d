//! The public holidays of Finland, and the eves on which libraries are closed.
//!
//! A schedule can leave them out. The days follow from the calendar alone: fixed dates, days counted from
//! Easter Sunday, and the Saturdays of midsummer and All Saints' Day (Church Act, 652/2023; the eves of midsummer
//! and Christmas are days off by collective agreement).

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};

use super::local;
use crate::municipality::Language;

/// A public holiday, or an eve on which libraries are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holiday {
    /// 1 January.
    NewYearsDay,
    /// 6 January.
    Epiphany,
    /// The Friday before Easter Sunday.
    GoodFriday,
    /// The first Sunday after the first full moon of spring.
    EasterSunday,
    /// The day after Easter Sunday.
    EasterMonday,
    /// 1 May.
    MayDay,
    /// The Thursday 39 days after Easter Sunday.
    AscensionDay,
    /// The Sunday 49 days after Easter Sunday.
    WhitSunday,
    /// The Friday from 19 to 25 June.
    MidsummerEve,
    /// The Saturday from 20 to 26 June.
    MidsummerDay,
    /// The Saturday from 31 October to 6 November.
    AllSaintsDay,
    /// 6 December.
    IndependenceDay,
    /// 24 December.
    ChristmasEve,
    /// 25 December.
    ChristmasDay,
    /// 26 December.
    SecondDayOfChristmas,
}

impl Holiday {
    /// Every one, in the order of the year.
    pub const ALL: [Self; 15] = [
        Self::NewYearsDay,
        Self::Epiphany,
        Self::GoodFriday,
        Self::EasterSunday,
        Self::EasterMonday,
        Self::MayDay,
        Self::AscensionDay,
        Self::WhitSunday,
        Self::MidsummerEve,
        Self::MidsummerDay,
        Self::AllSaintsDay,
        Self::IndependenceDay,
        Self::ChristmasEve,
        Self::ChristmasDay,
        Self::SecondDayOfChristmas,
    ];

    /// The word in commands, files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewYearsDay => "new_years_day",
            Self::Epiphany => "epiphany",
            Self::GoodFriday => "good_friday",
            Self::EasterSunday => "easter_sunday",
            Self::EasterMonday => "easter_monday",
            Self::MayDay => "may_day",
            Self::AscensionDay => "ascension_day",
            Self::WhitSunday => "whit_sunday",
            Self::MidsummerEve => "midsummer_eve",
            Self::MidsummerDay => "midsummer_day",
            Self::AllSaintsDay => "all_saints_day",
            Self::IndependenceDay => "independence_day",
            Self::ChristmasEve => "christmas_eve",
            Self::ChristmasDay => "christmas_day",
            Self::SecondDayOfChristmas => "second_day_of_christmas",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|holiday| holiday.as_str() == word)
    }

    /// The name that people use.
    pub fn name(self, language: Language) -> &'static str {
        let (fi, sv, en) = match self {
            Self::NewYearsDay => ("uudenvuodenpäivä", "nyårsdagen", "New Year's Day"),
            Self::Epiphany => ("loppiainen", "trettondagen", "Epiphany"),
            Self::GoodFriday => ("pitkäperjantai", "långfredagen", "Good Friday"),
            Self::EasterSunday => ("pääsiäispäivä", "påskdagen", "Easter Sunday"),
            Self::EasterMonday => ("2. pääsiäispäivä", "annandag påsk", "Easter Monday"),
            Self::MayDay => ("vappu", "första maj", "May Day"),
            Self::AscensionDay => ("helatorstai", "Kristi himmelsfärdsdag", "Ascension Day"),
            Self::WhitSunday => ("helluntaipäivä", "pingstdagen", "Whit Sunday"),
            Self::MidsummerEve => ("juhannusaatto", "midsommarafton", "Midsummer Eve"),
            Self::MidsummerDay => ("juhannuspäivä", "midsommardagen", "Midsummer Day"),
            Self::AllSaintsDay => ("pyhäinpäivä", "alla helgons dag", "All Saints' Day"),
            Self::IndependenceDay => ("itsenäisyyspäivä", "självständighetsdagen", "Independence Day"),
            Self::ChristmasEve => ("jouluaatto", "julafton", "Christmas Eve"),
            Self::ChristmasDay => ("joulupäivä", "juldagen", "Christmas Day"),
            Self::SecondDayOfChristmas => ("tapaninpäivä", "annandag jul", "Second Day of Christmas"),
        };
        match language {
            Language::Fi => fi,
            Language::Sv => sv,
            Language::En => en,
        }
    }

    /// The holiday of a day. Where two meet (Ascension Day on 1 May), the one that stands first in [`Self::ALL`].
    pub fn of(date: NaiveDate) -> Option<Self> {
        Self::ALL.into_iter().find(|holiday| holiday.falls_on(date))
    }

    /// The holiday among `these` on which an instant falls in Helsinki: what a schedule that leaves them out
    /// looks at, for showing and for starting alike.
    pub fn among(these: &[Self], at: DateTime<Utc>) -> Option<Self> {
        let date = local(at).date_naive();
        these.iter().copied().find(|holiday| holiday.falls_on(date))
    }

    /// Whether it is on this day.
    pub fn falls_on(self, date: NaiveDate) -> bool {
        let from_easter = |days: i64| (date - easter_sunday(date.year())).num_days() == days;
        let fixed = |month: u32, day: u32| (date.month(), date.day()) == (month, day);
        // The first such weekday from a day of June on, or from 31 October on.
        let in_week = |weekday: Weekday, month: u32, day: u32| {
            date.weekday() == weekday
                && NaiveDate::from_ymd_opt(date.year(), month, day)
                    .is_some_and(|first| (0..7).contains(&(date - first).num_days()))
        };
        match self {
            Self::NewYearsDay => fixed(1, 1),
            Self::Epiphany => fixed(1, 6),
            Self::GoodFriday => from_easter(-2),
            Self::EasterSunday => from_easter(0),
            Self::EasterMonday => from_easter(1),
            Self::MayDay => fixed(5, 1),
            Self::AscensionDay => from_easter(39),
            Self::WhitSunday => from_easter(49),
            Self::MidsummerEve => in_week(Weekday::Fri, 6, 19),
            Self::MidsummerDay => in_week(Weekday::Sat, 6, 20),
            Self::AllSaintsDay => in_week(Weekday::Sat, 10, 31),
            Self::IndependenceDay => fixed(12, 6),
            Self::ChristmasEve => fixed(12, 24),
            Self::ChristmasDay => fixed(12, 25),
            Self::SecondDayOfChristmas => fixed(12, 26),
        }
    }
}

/// Easter Sunday of a year in the Gregorian calendar, by the computus of Gauss as Lichtenberg completed it.
fn easter_sunday(year: i32) -> NaiveDate {
    let century = year.div_euclid(100);
    let moon_correction = 15 + (3 * century + 3) / 4 - (8 * century + 13) / 25;
    let sun_correction = 2 - (3 * century + 3) / 4;
    let golden = year.rem_euclid(19);
    let seed = (19 * golden + moon_correction).rem_euclid(30);
    let full_moon_correction = (seed + golden / 11) / 29;
    let full_moon = 21 + seed - full_moon_correction;
    let first_sunday = 7 - (year + year.div_euclid(4) + sun_correction).rem_euclid(7);
    let day_of_march = full_moon + 7 - (full_moon - first_sunday).rem_euclid(7);
    let first_of_march = NaiveDate::from_ymd_opt(year, 3, 1).unwrap_or(NaiveDate::MIN);
    first_of_march + Days::new(u64::try_from(day_of_march - 1).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn of_year(year: i32) -> Vec<(Holiday, String)> {
        let days =
            NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(|day| day.year() == year);
        days.filter_map(|day| Some((Holiday::of(day)?, day.format("%-d.%-m.").to_string()))).collect()
    }

    #[test]
    fn the_holidays_of_a_year_are_those_of_the_almanac() {
        for (year, dates) in [
            (2026, "1.1. 6.1. 3.4. 5.4. 6.4. 1.5. 14.5. 24.5. 19.6. 20.6. 31.10. 6.12. 24.12. 25.12. 26.12."),
            (
                2027,
                "1.1. 6.1. 26.3. 28.3. 29.3. 1.5. 6.5. 16.5. 25.6. 26.6. 6.11. 6.12. 24.12. 25.12. 26.12.",
            ),
            (
                2028,
                "1.1. 6.1. 14.4. 16.4. 17.4. 1.5. 25.5. 4.6. 23.6. 24.6. 4.11. 6.12. 24.12. 25.12. 26.12.",
            ),
        ] {
            let found = of_year(year);
            assert_eq!(found.iter().map(|(_, date)| date.as_str()).collect::<Vec<_>>().join(" "), dates);
            assert_eq!(found.into_iter().map(|(holiday, _)| holiday).collect::<Vec<_>>(), Holiday::ALL);
        }
    }

    #[test]
    fn easter_is_on_its_known_days() {
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (1981, 4, 19),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2024, 3, 31),
            (2025, 4, 20),
            (2029, 4, 1),
            (2035, 3, 25),
            (2038, 4, 25),
            (2049, 4, 18),
            (2076, 4, 19),
        ] {
            assert_eq!(easter_sunday(year), NaiveDate::from_ymd_opt(year, month, day).unwrap());
        }
    }

    #[test]
    fn two_holidays_on_one_day_are_each_known() {
        let both = NaiveDate::from_ymd_opt(2008, 5, 1).unwrap();
        assert!(Holiday::MayDay.falls_on(both) && Holiday::AscensionDay.falls_on(both));
        let at = both.and_hms_opt(3, 0, 0).unwrap().and_utc();
        assert_eq!(Holiday::among(&[Holiday::AscensionDay], at), Some(Holiday::AscensionDay));
        assert_eq!(Holiday::among(&[Holiday::Epiphany], at), None);
    }

    #[test]
    fn a_holiday_is_counted_on_the_clock_of_helsinki() {
        let eve = DateTime::parse_from_rfc3339("2026-12-23T22:30:00Z").unwrap().to_utc();
        assert_eq!(Holiday::among(&Holiday::ALL, eve), Some(Holiday::ChristmasEve));
    }

    #[test]
    fn words_and_names_tell_the_holidays_apart() {
        for holiday in Holiday::ALL {
            assert_eq!(Holiday::from_word(holiday.as_str()), Some(holiday));
            assert_eq!(serde_json::to_string(&holiday).unwrap(), format!("\"{}\"", holiday.as_str()));
        }
        for language in [Language::Fi, Language::Sv, Language::En] {
            let names: BTreeSet<_> = Holiday::ALL.iter().map(|holiday| holiday.name(language)).collect();
            assert_eq!(names.len(), Holiday::ALL.len());
        }
        assert_eq!(Holiday::from_word("juhannus"), None);
    }
}
