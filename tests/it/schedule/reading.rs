//! Expressions in plain words: good sentences for the usual ones, and never a false one.

use std::collections::BTreeSet;

use ajantasa::municipality::Language;
use ajantasa::schedule::CronExpression;
use proptest::prelude::*;

use super::at;
use super::wording::{Known, Written, any_day, field, hour, known, wordings};

const LANGUAGES: [Language; 3] = [Language::Fi, Language::Sv, Language::En];

/// So many due times tell two expressions apart.
const MOST_COMPARED: usize = 400;

fn reading(cron: &str) -> [String; 3] {
    let expression = CronExpression::parse(cron).unwrap();
    LANGUAGES.map(|language| expression.reading(language))
}

#[test]
fn the_usual_schedules_read_as_people_say_them() {
    for (cron, fi, sv, en) in [
        ("0 6 * * *", "joka päivä klo 6.00", "varje dag kl. 6.00", "every day at 06:00"),
        ("@daily", "joka päivä klo 0.00", "varje dag kl. 0.00", "every day at 00:00"),
        (
            "0 6 * * MON-FRI",
            "arkisin (maanantaista perjantaihin) klo 6.00",
            "varje vardag (måndag till fredag) kl. 6.00",
            "every weekday (Monday to Friday) at 06:00",
        ),
        ("0 6 * * 1", "maanantaisin klo 6.00", "varje måndag kl. 6.00", "every Monday at 06:00"),
        (
            "30 18 * * MON,WED,SUN",
            "maanantaisin, keskiviikkoisin ja sunnuntaisin klo 18.30",
            "varje måndag, onsdag och söndag kl. 18.30",
            "every Monday, Wednesday and Sunday at 18:30",
        ),
        (
            "7 * * * *",
            "joka tunti 7 minuuttia yli",
            "varje timme 7 minuter över",
            "every hour at 7 minutes past",
        ),
        ("@hourly", "tasatunnein", "varje hel timme", "every hour on the hour"),
        ("1 * * * *", "joka tunti minuutin yli", "varje timme 1 minut över", "every hour at 1 minute past"),
        ("*/15 * * * *", "15 minuutin välein", "var 15:e minut", "every 15 minutes"),
        ("*/2 * * * *", "2 minuutin välein", "varannan minut", "every 2 minutes"),
        ("* * * * *", "joka minuutti", "varje minut", "every minute"),
        (
            "0 6 1 * *",
            "joka kuukauden 1. päivä klo 6.00",
            "den 1 varje månad kl. 6.00",
            "on the 1st of every month at 06:00",
        ),
        (
            "0 6 1,15 * *",
            "joka kuukauden 1. ja 15. päivä klo 6.00",
            "den 1 och 15 varje månad kl. 6.00",
            "on the 1st and 15th of every month at 06:00",
        ),
        (
            "@yearly",
            "tammikuun 1. päivä klo 0.00",
            "den 1 januari kl. 0.00",
            "on the 1st of January at 00:00",
        ),
        (
            "0 6,18 * * *",
            "joka päivä klo 6.00 ja 18.00",
            "varje dag kl. 6.00 och 18.00",
            "every day at 06:00 and 18:00",
        ),
    ] {
        assert_eq!(reading(cron), [fi, sv, en], "{cron}");
    }
}

#[test]
fn odd_times_are_said_in_full() {
    for (cron, fi, sv, en) in [
        (
            "*/15 8-16 * * 1-5",
            "arkisin (maanantaista perjantaihin) 15 minuutin välein klo 8.00–16.45",
            "varje vardag (måndag till fredag) var 15:e minut kl. 8.00–16.45",
            "every weekday (Monday to Friday), every 15 minutes between 08:00 and 16:45",
        ),
        (
            "0 8-16 * * *",
            "tunnin välein klo 8.00–16.00",
            "varje timme kl. 8.00–16.00",
            "every hour between 08:00 and 16:00",
        ),
        (
            "10 1-23/2 * * 6",
            "lauantaisin 2 tunnin välein klo 1.10–23.10",
            "varje lördag varannan timme kl. 1.10–23.10",
            "every Saturday, every 2 hours between 01:10 and 23:10",
        ),
        (
            "*/30 6-7,12-13 * * *",
            "30 minuutin välein klo 6.00–7.30 ja 12.00–13.30",
            "var 30:e minut kl. 6.00–7.30 och 12.00–13.30",
            "every 30 minutes between 06:00 and 07:30 and between 12:00 and 13:30",
        ),
        (
            "5,17,40 4,6,9,11,22 * * *",
            "minuuteilla 5, 17 ja 40 tuntien 4, 6, 9, 11 ja 22 aikana",
            "vid minuterna 5, 17 och 40 under timmarna 4, 6, 9, 11 och 22",
            "at minutes 5, 17 and 40 of the hours 4, 6, 9, 11 and 22",
        ),
        (
            "*/7 * * * *",
            "joka tunti 0, 7, 14, 21, 28, 35, 42, 49 ja 56 minuuttia yli",
            "varje timme 0, 7, 14, 21, 28, 35, 42, 49 och 56 minuter över",
            "every hour at 0, 7, 14, 21, 28, 35, 42, 49 and 56 minutes past",
        ),
    ] {
        assert_eq!(reading(cron), [fi, sv, en], "{cron}");
    }
}

#[test]
fn odd_days_are_said_in_full() {
    for (cron, fi, sv, en) in [
        (
            "0 6 1-7 6-8 *",
            "kesä–elokuun 1.–7. päivä klo 6.00",
            "den 1–7 i juni–augusti kl. 6.00",
            "on the 1st to 7th of June to August at 06:00",
        ),
        (
            "0 6 * 1,7 TUE",
            "tiistaisin tammikuussa ja heinäkuussa klo 6.00",
            "varje tisdag i januari och juli kl. 6.00",
            "every Tuesday in January and July at 06:00",
        ),
        (
            "0 6 * 6-8 *",
            "joka päivä kesäkuusta elokuuhun klo 6.00",
            "varje dag i juni–augusti kl. 6.00",
            "every day in June to August at 06:00",
        ),
        (
            "0 6 31 * *",
            "joka kuukauden 31. päivä (niinä kuukausina, joissa päivä on) klo 6.00",
            "den 31 varje månad (i de månader som har dagen) kl. 6.00",
            "on the 31st of every month (in months that have the day) at 06:00",
        ),
        (
            "0 6 29 2 *",
            "helmikuun 29. päivä (29.2. vain karkausvuosina) klo 6.00",
            "den 29 februari (29 februari endast under skottår) kl. 6.00",
            "on the 29th of February (29 February in leap years only) at 06:00",
        ),
    ] {
        assert_eq!(reading(cron), [fi, sv, en], "{cron}");
    }
}

#[test]
fn times_in_the_hour_of_the_clock_changes_say_what_becomes_of_them() {
    assert_eq!(
        reading("30 3 * * *"),
        [
            "joka päivä klo 3.30 (kesäajan alkaessa kerran klo 4.00; kesäajan päättyessä vain ensimmäisellä kerralla)",
            "varje dag kl. 3.30 (när sommartiden börjar en gång kl. 4.00; när sommartiden slutar endast första gången)",
            "every day at 03:30 (when summer time begins, once at 04:00; when summer time ends, the first time round only)",
        ]
    );
    assert_eq!(
        reading("*/15 3 * * *")[2],
        "every 15 minutes between 03:00 and 03:45 (when summer time begins, once at 04:00; when summer time ends, the first \
         time round only)"
    );
    assert_eq!(
        reading("0 */3 * * *")[2],
        "every 3 hours between 00:00 and 21:00 (what falls between 03:00 and 03:59: when summer time begins, left out; when \
         summer time ends, both times round)"
    );
    for never_on_such_a_night in
        ["30 3 * * MON", "30 3 1 * *", "30 3 * 5 *", "30 4 * * *", "*/30 * * * *", "*/30 4-5 * * SUN"]
    {
        let [_, _, en] = reading(never_on_such_a_night);
        assert!(!en.contains("summer"), "{en}");
    }
    assert!(reading("30 3 25 3 *")[2].ends_with("(when summer time begins, once at 04:00)"));
    assert!(reading("30 3 * OCT SUN")[2].ends_with("(when summer time ends, the first time round only)"));
}

#[test]
fn every_month_and_weekday_has_its_name_and_case() {
    let months = [
        "tammikuussa januari January",
        "helmikuussa februari February",
        "maaliskuussa mars March",
        "huhtikuussa april April",
        "toukokuussa maj May",
        "kesäkuussa juni June",
        "heinäkuussa juli July",
        "elokuussa augusti August",
        "syyskuussa september September",
        "lokakuussa oktober October",
        "marraskuussa november November",
        "joulukuussa december December",
    ];
    for (month, names) in (1..).zip(months) {
        let found = reading(&format!("0 6 * {month} *"));
        for (found, name) in found.iter().zip(names.split(' ')) {
            assert!(found.contains(&format!(" {name} ")), "{found}");
        }
    }
    let weekdays = [
        "maanantaisin måndag Monday",
        "tiistaisin tisdag Tuesday",
        "keskiviikkoisin onsdag Wednesday",
        "torstaisin torsdag Thursday",
        "perjantaisin fredag Friday",
        "lauantaisin lördag Saturday",
        "sunnuntaisin söndag Sunday",
    ];
    for (weekday, names) in (1..).zip(weekdays) {
        let found = reading(&format!("0 6 * * {weekday}"));
        for (found, name) in found.iter().zip(names.split(' ')) {
            assert!(found.contains(name), "{found}");
        }
    }
}

#[test]
fn wordings_of_the_same_times_read_alike() {
    for (one, other) in [
        ("@daily", "0 0 * * *"),
        ("0 6 * * 0", "0 6 * * 7"),
        ("0 6 * * 1-7", "0 6 * * *"),
        ("0 6 1-31 * *", "0 6 * * *"),
        ("0 6 * 1-12 *", "0 6 ? */1 ?"),
        ("0,15,30,45 * * * *", "*/15 * * * *"),
        ("0 6,12,18 * * *", "0 6-18/6 * * *"),
    ] {
        assert_eq!(reading(one), reading(other));
    }
    assert_ne!(reading("0 * * * *"), reading("0 0-23 * * *"), "the nights of the clock changes differ");
}

/// Two expressions that differ in one field, or only in whether the hour is written as a list.
fn pairs() -> impl Strategy<Value = (Known, Known)> {
    let fields = (field(0, 59), hour(), field(1, 31), field(1, 12), field(0, 6));
    let others = (field(0, 59), hour(), field(1, 31), field(1, 12), field(0, 6));
    (fields, others, 0_usize..7, any::<bool>())
        .prop_map(|(fields, others, which, by_day)| {
            let mut fields = <[Written; 5]>::from(fields);
            if by_day {
                fields[4] = any_day();
            } else {
                fields[2] = any_day();
            }
            let mut changed = fields.clone();
            match which {
                0..5 if fields[which].0 != "*" || which < 2 => {
                    changed[which] = <[Written; 5]>::from(others)[which].clone();
                }
                _ => changed[1].0 = fields[1].1.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
            }
            let of = |[minute, hour, day, month, weekday]: [Written; 5]| {
                known(&minute, &hour, &day, &month, &weekday)
            };
            (of(fields), of(changed))
        })
        .prop_filter("impossible dates are refused", |(one, other)| {
            [one, other].iter().all(|known| CronExpression::parse(&known.text).is_ok())
        })
}

/// Whether two expressions mean the same numbers, and the same on the nights of the clock changes.
fn same_sets(one: &Known, other: &Known) -> bool {
    let sets = |known: &Known| {
        let unless_all = |set: &Option<BTreeSet<u32>>, all: usize| set.clone().filter(|set| set.len() < all);
        let days = [(&known.days, 31), (&known.months, 12), (&known.weekdays, 7)];
        let days = days.map(|(set, all)| unless_all(set, all));
        (known.every_hour, known.minutes.clone(), known.hours.clone(), days)
    };
    sets(one) == sets(other)
}

/// The first due times in which the two differ: from the beginning of a leap year, and around its clock changes.
fn first_difference(one: &str, other: &str) -> Option<String> {
    let due = |text: &str| CronExpression::parse(text).unwrap();
    let (one, other) = (due(one), due(other));
    let stretches = [
        ("2027-12-31T23:59:00+02:00", "2029-01-01T00:00:00+02:00"),
        ("2028-03-26T00:00:00+02:00", "2028-03-26T06:00:00+03:00"),
        ("2028-10-29T00:00:00+03:00", "2028-10-29T06:00:00+02:00"),
    ];
    stretches.into_iter().find_map(|(from, end)| {
        let pairs = one.iter_after(at(from)).zip(other.iter_after(at(from))).take(MOST_COMPARED);
        let mut pairs = pairs.take_while(|(a, b)| *a.min(b) < at(end));
        pairs.find(|(a, b)| a != b).map(|(a, b)| format!("{a} is not {b}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn expressions_that_read_alike_have_the_same_due_times((one, other) in pairs()) {
        let (first, second) = (reading(&one.text), reading(&other.text));
        for (a, b) in first.iter().zip(&second) {
            if a == b && !same_sets(&one, &other) {
                prop_assert_eq!(first_difference(&one.text, &other.text), None, "{} and {}: {}", one.text, other.text, a);
            }
        }
    }

    #[test]
    fn a_reading_is_a_line_of_plain_text_and_names_every_number_or_its_row(known in wordings()) {
        let expression = CronExpression::parse(&known.text).unwrap();
        let words: BTreeSet<String> = LANGUAGES.into_iter().map(|language| expression.reading(language)).collect();
        prop_assert_eq!(words.len(), LANGUAGES.len(), "the languages differ");
        for reading in words {
            prop_assert!(!reading.contains(['\n', '*', '/']) && !reading.contains("  "), "{}", reading);
        }
    }
}
