//! What a request carries, read strictly: what is unknown, missing or of another type is refused, and not repeated.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::de::{Deserialize as _, DeserializeOwned, Deserializer, Error as _};
use serde_json::error::Category;
use uuid::Uuid;

use super::problem::{Kind, Problem};
use crate::review::listing::Position;
use crate::web::visit::text_of;

/// The most that a list hands out at once, and how much without a word.
const MOST: usize = 100;
const USUAL: usize = 50;
/// The last instant that a place in a list can be behind.
const LAST_INSTANT: i64 = 253_402_300_799_000_000;

/// The identifier that a path names.
pub(super) struct Id(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let word = path.map(|Path(word)| word).ok().filter(|word| word.len() == 36);
        let id = word.and_then(|word| word.parse().ok());
        id.map(Self).ok_or_else(|| Problem::bad("the identifier in the path is no UUID"))
    }
}

/// A query, every part of it known.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong =
            || Problem::bad("the query has a part that is unknown, empty, given twice, or cannot be read");
        let text = parts.uri.query().unwrap_or_default();
        // The reader takes what is empty for what was not given.
        if form_urlencoded::parse(text.as_bytes()).any(|(_, value)| value.is_empty()) {
            return Err(wrong());
        }
        let query = axum_extra::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|_| wrong())
    }
}

/// A body of JSON, every part of it known.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = text_of(request.headers(), CONTENT_TYPE.as_str()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Problem::of(Kind::NotJson));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let is_too_large = rejection.into_response().status() == Kind::TooLarge.status();
            Problem::of(if is_too_large { Kind::TooLarge } else { Kind::BadRequest })
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| wrong(&error))
    }
}

/// Where a body is wrong. What stands there is not repeated.
fn wrong(error: &serde_json::Error) -> Problem {
    let what = match error.classify() {
        Category::Data => "a field is missing, unknown, given twice, or of another type or value",
        Category::Io | Category::Syntax | Category::Eof => "the body is not JSON, or too deep",
    };
    let place = match error.line() {
        0 => String::new(),
        line => format!(", at line {line}, column {}", error.column()),
    };
    Problem::bad(format!("{what}{place}"))
}

/// A whole number, also where it is written with a point: JSON knows one kind of number.
pub(super) fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let number = serde_json::Number::deserialize(from)?;
    let text = number.to_string();
    let digits = text.strip_suffix(".0").unwrap_or(&text);
    digits.parse().map_err(|_| D::Error::custom("no whole number"))
}

/// How many are wanted.
pub(super) fn limit(wanted: Option<usize>) -> Result<usize, Problem> {
    let limit = wanted.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) { Ok(limit) } else { Err(Problem::bad("the limit is from 1 to 100")) }
}

/// A place in a list of cases as a word that says nothing to anybody.
pub(super) fn cursor(place: Position) -> String {
    let bytes = [&place.at.timestamp_micros().to_be_bytes()[..], place.finding.as_bytes()].concat();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place of such a word.
pub(super) fn place(word: &str) -> Result<Position, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(word).ok();
    let (at, id) = bytes.as_deref().and_then(|bytes| bytes.split_first_chunk::<8>()).ok_or_else(unknown)?;
    let micros = i64::from_be_bytes(*at).clamp(0, LAST_INSTANT);
    let at: DateTime<Utc> = DateTime::from_timestamp_micros(micros).ok_or_else(unknown)?;
    Ok(Position { at, finding: Uuid::from_slice(id).map_err(|_| unknown())? })
}

fn unknown() -> Problem {
    Problem::bad("`after` is no place that a list has named")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_from_its_word_and_is_never_out_of_reach() {
        let at = DateTime::from_timestamp_micros(1_795_000_000_123_456).unwrap();
        let here = Position { at, finding: Uuid::from_u128(7) };
        let word = cursor(here);
        assert_eq!(word.len(), 32);
        assert_eq!(place(&word).ok(), Some(here));
        for far in [
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "f_______________________________",
            "gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            let year = place(far).ok().unwrap().at.format("%Y").to_string();
            assert!(["1970", "9999"].contains(&year.as_str()), "{year}");
        }
        for none in ["", "x", &word[..31], &format!("{word}AAAA"), "åäö"] {
            assert!(place(none).is_err(), "{none}");
        }
    }
}
