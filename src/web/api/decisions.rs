//! Decisions about a case: what has been said, and saying something.

use axum::Json;
use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::admit::Caller;
use super::cases::with_version;
use super::input::{Body, Id};
use super::problem::{Kind, Problem};
use super::words::{ReasonWord, StateWord};
use crate::clock::helsinki_midnight;
use crate::review::single::{self, Seen};
use crate::review::{Decided, Rejection, ReviewError, Said, remote};
use crate::store::StoreError;

/// A note is never longer, in characters.
const LONGEST_NOTE: usize = 1000;
/// A case is put off for at most so many days.
const LONGEST_DAYS: i64 = 366;

/// What can go wrong with a decision.
pub(super) const PROBLEMS: &[Kind] = &[
    Kind::BadRequest,
    Kind::ReadsOnly,
    Kind::OwnCard,
    Kind::NotFound,
    Kind::NotOpen,
    Kind::Stale,
    Kind::CauseGone,
    Kind::WindowClosed,
    Kind::NotApprovable,
    Kind::TryAgain,
    Kind::Changed,
    Kind::TooLarge,
    Kind::NotJson,
    Kind::Unusable,
    Kind::PreconditionRequired,
];

/// What somebody has said about a case.
#[derive(Serialize, ToSchema)]
pub(super) struct Decision {
    #[schema(value_type = Verdict, inline)]
    act: String,
    /// The account.
    #[schema(example = "maija")]
    by: String,
    /// When.
    at: DateTime<Utc>,
    /// The reason of a rejection.
    #[schema(value_type = Option<ReasonWord>, inline)]
    reason: Option<String>,
    /// A note, where there is one and it is not masked.
    note: Option<String>,
    /// Whether the text was put into other words.
    edited: bool,
}

/// What can be said about a case.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes the words; the database holds them")]
enum Verdict {
    Approve,
    Reject,
    Snooze,
    Undo,
    Revert,
}

impl Decision {
    fn of(said: Said) -> Self {
        Self {
            act: said.verdict,
            by: said.by,
            at: said.at,
            reason: said.reason,
            note: said.note,
            edited: said.edited,
        }
    }
}

/// Who decided what about a case and when, the newest first.
#[utoipa::path(
    get, path = "/api/v1/cases/{id}/decisions", operation_id = "listDecisions", tag = "decisions",
    params(("id" = Uuid, Path, description = "The case.")),
    responses((status = 200, description = "The decisions.", body = Vec<Decision>)),
    security(("client" = [])),
)]
pub(super) async fn list(caller: Caller, id: Id) -> Result<Response, Problem> {
    let said = remote::decisions(&caller.context, &caller.account, id.0).await?;
    let decisions: Vec<Decision> = said.into_iter().map(Decision::of).collect();
    Ok(Json(decisions).into_response())
}

/// A decision to be made.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Act {
    /// What is proposed is to be carried out, after the undo window.
    #[schema(title = "approve")]
    Approve {},
    /// What is proposed is wrong. The same evidence is not put before anybody again.
    #[schema(title = "reject")]
    Reject {
        #[schema(inline)]
        reason: ReasonWord,
        /// A note, sealed with the patron's key; needed with the reason `other`.
        #[schema(max_length = 1000, example = "The patron has moved again and called us.")]
        note: Option<String>,
    },
    /// The case comes back in the morning of a day.
    #[schema(title = "snooze")]
    Snooze {
        /// The day, after today and at most 366 days ahead.
        #[schema(example = "2026-12-01")]
        until: NaiveDate,
    },
    /// The account's own last word about the case is taken back, while its undo window lasts.
    #[schema(title = "undo")]
    Undo {},
}

/// What came of a decision.
#[derive(Serialize, ToSchema)]
pub(super) struct Outcome {
    id: Uuid,
    #[schema(value_type = StateWord, inline)]
    state: &'static str,
    /// When an approval takes effect; until then it can be undone.
    effective_at: Option<DateTime<Utc>>,
    /// Until when the case is put off.
    snoozed_until: Option<DateTime<Utc>>,
    /// The version of the case now.
    #[schema(minimum = 0, example = 3)]
    version: i64,
}

/// Decides a case, in the name of the client's account, if the case is still as it was read.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/decisions", operation_id = "decideCase", tag = "decisions",
    params(
        ("id" = Uuid, Path, description = "The case."),
        ("If-Match" = String, Header, description = "The ETag with which the case was read.",
            pattern = "^\"(0|[1-9][0-9]{0,17})\"$", example = "\"2\""),
    ),
    request_body(content = Act, description = "The decision.", content_type = "application/json"),
    responses((status = 200, description = "It is decided so.", body = Outcome,
        headers(("ETag" = String, description = "The version of the case now.")))),
    security(("client" = [])),
)]
pub(super) async fn decide(
    caller: Caller,
    id: Id,
    headers: HeaderMap,
    act: Body<Act>,
) -> Result<Response, Problem> {
    let seen = Seen { id: id.0, version: version(&headers)? };
    match carry_out(&caller, seen, act.0).await? {
        Ok(decided) => {
            let version = seen.version + 1;
            let Decided { id, state, effective_at, snoozed_until } = decided;
            let outcome = Outcome { id, state: state.as_str(), effective_at, snoozed_until, version };
            Ok(with_version(Json(outcome).into_response(), version))
        }
        Err(error) => Err(refused(&caller, seen, error).await),
    }
}

/// The one version that `If-Match` names.
fn version(headers: &HeaderMap) -> Result<i64, Problem> {
    let mut all = headers.get_all(IF_MATCH).iter();
    let Some(first) = all.next() else { return Err(Problem::of(Kind::PreconditionRequired)) };
    let word = first.to_str().ok().and_then(|word| word.strip_prefix('"')?.strip_suffix('"'));
    let digits = word.filter(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()));
    let version = digits.and_then(|digits| digits.parse().ok()).filter(|_| all.next().is_none());
    version.ok_or_else(|| Problem::bad("`If-Match` is one ETag of a case, such as \"2\""))
}

async fn carry_out(caller: &Caller, seen: Seen, act: Act) -> Result<Result<Decided, ReviewError>, Problem> {
    let Caller { account, context } = caller;
    let window = context.settings.review.undo_window;
    Ok(match act {
        Act::Approve {} => single::approve(context, account, seen, Vec::new(), window).await,
        Act::Reject { reason, note } => {
            let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
            if note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
                return Err(Problem::bad("a note has at most 1000 characters"));
            }
            single::reject(context, account, seen, Rejection { reason: reason.0, note }).await
        }
        Act::Snooze { until } => {
            if (until - context.clock.today()).num_days() > LONGEST_DAYS {
                return Err(Problem::of(Kind::Unusable).saying("a case is put off for at most 366 days"));
            }
            single::snooze(context, account, seen, helsinki_midnight(until), false).await
        }
        Act::Undo {} => single::take_back_seen(context, account, seen, window).await,
    })
}

/// Why a decision was not made; with the version that the case has now, where that is what is wrong.
async fn refused(caller: &Caller, seen: Seen, error: ReviewError) -> Problem {
    let moved = matches!(
        error,
        ReviewError::ChangedMeanwhile { .. }
            | ReviewError::Moved(_)
            | ReviewError::CauseGone
            | ReviewError::Store(StoreError::Conflict(_))
    );
    let problem = Problem::from(error);
    if !moved {
        return problem;
    }
    match remote::version(&caller.context, &caller.account, seen.id).await {
        Ok(version) => problem.at_version(version),
        Err(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (IF_MATCH, axum::http::HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_decision_names_exactly_one_version() {
        assert_eq!(version(&headers(&["\"12\""])).ok(), Some(12));
        for wrong in [
            &["12"][..],
            &["*"],
            &["W/\"12\""],
            &["\"12\", \"13\""],
            &["\"\""],
            &["\"+1\""],
            &["\"1\"", "\"1\""],
        ] {
            assert!(version(&headers(wrong)).is_err(), "{wrong:?}");
        }
        assert!(version(&headers(&[])).is_err());
    }
}
