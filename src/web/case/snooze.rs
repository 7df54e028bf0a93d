//! Putting a case off until a day, or until the patron visits.

use axum::response::Response;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Helsinki;
use serde::Deserialize;

use super::acts::on;
use super::came::Came;
use super::page::{self, Draft, Problem};
use super::problem;
use crate::review::ReviewError;
use crate::review::single::{self, Seen};
use crate::web::errors::WebError;
use crate::web::input::{Form, Id};
use crate::web::visit::Visit;

/// A case is put off for at most so many days.
const LONGEST: u64 = 366;
/// A case that waits for a visit comes back after so many days when nobody has come.
const WITHOUT_A_VISIT: u64 = 90;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PutOff {
    version: i64,
    list: String,
    #[serde(default)]
    until: String,
    visit: Option<String>,
}

pub(super) async fn snooze(visit: Visit, id: Id, form: Form<PutOff>) -> Result<Response, WebError> {
    let Form(form) = form;
    let came = Came::of_form(&form.list);
    let context = visit.context();
    let waits = form.visit.is_some();
    let today = context.clock.today();
    let day = match day(&form.until, waits, today) {
        Ok(day) => day,
        Err(text) => {
            let problems = vec![Problem::at("until", visit.t(text))];
            let draft = Draft { problems, until: form.until, visit: waits, ..Draft::default() };
            return page::again(&visit, id.0, &came, draft).await;
        }
    };
    let seen = Seen { id: id.0, version: form.version };
    match single::snooze(&context, visit.actor()?, seen, morning(day), waits).await {
        Ok(_) => on(&visit, &came, "snoozed", id.0).await,
        Err(ReviewError::DateNotAhead) => Err(WebError::BadForm),
        Err(error) => problem::conflict(&visit, id.0, &came, error),
    }
}

/// The day meant, or which text says what is wrong with it.
fn day(text: &str, waits: bool, today: NaiveDate) -> Result<NaiveDate, &'static str> {
    let text = text.trim();
    let day = if text.is_empty() && waits {
        today.checked_add_days(Days::new(WITHOUT_A_VISIT))
    } else {
        // As a browser sends it, or as it is written in Finland.
        text.parse().ok().or_else(|| NaiveDate::parse_from_str(text, "%d.%m.%Y").ok())
    };
    let day = day.ok_or("case-snooze-date-missing")?;
    if day <= today {
        Err("case-snooze-date-past")
    } else if today.checked_add_days(Days::new(LONGEST)).is_none_or(|last| last < day) {
        Err("case-snooze-date-far")
    } else {
        Ok(day)
    }
}

/// The beginning of a day in Helsinki, where clocks never change at midnight.
fn morning(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    Helsinki.from_local_datetime(&midnight).earliest().map_or(midnight.and_utc(), |at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_ahead_and_not_too_far() {
        let today: NaiveDate = "2026-11-21".parse().unwrap();
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(day("2026-11-22", false, today), Ok(date("2026-11-22")));
        assert_eq!(day(" 3.12.2026 ", false, today), Ok(date("2026-12-03")));
        assert_eq!(day("", true, today), Ok(date("2027-02-19")));
        assert_eq!(day("", false, today), Err("case-snooze-date-missing"));
        assert_eq!(day("tomorrow", true, today), Err("case-snooze-date-missing"));
        assert_eq!(day("2026-11-21", false, today), Err("case-snooze-date-past"));
        assert_eq!(day("2027-11-23", false, today), Err("case-snooze-date-far"));
    }
}
