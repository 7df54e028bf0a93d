//! What an answer means: the order in which it is judged, from the envelope to the person.
//!
//! Nothing is believed before the message is shown to be the answer to this very question, and an answer that
//! is about anybody else is an error of its own.

use super::answer::{Described, QueryAnswer, UnreadablePerson};
use super::codes::{self, AT, Said, malformed};
use super::message::{Envelope, Message, Named, Person, Wrapper};
use super::person;
use super::reader::Unread;
use crate::identity_code::IdentityCode;
use crate::municipality::{FieldGroup, Grants};
use crate::person::CodeStatus;
use crate::vtj::error::VtjError;

/// What was asked, and how.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub wrapper: Wrapper,
    /// The id of the message, over X-Road.
    pub message_id: Option<&'a str>,
    pub code: &'a IdentityCode,
    pub product: &'a str,
    pub grants: &'a Grants,
}

/// The state of a search key, or of a code, that is no longer valid.
const PASSIVE: &str = "2";

/// Judges what was read of an answer with HTTP status 200.
///
/// # Errors
/// Everything that is not an answer, by what to do about it.
pub(super) fn outcome(read: Result<Envelope, Unread>, asked: &Asked<'_>) -> Result<QueryAnswer, VtjError> {
    let mut envelope = read.map_err(unread)?;
    if let Some(fault) = &envelope.fault {
        return Err(codes::fault(fault));
    }
    belongs_to_the_question(&envelope, asked)?;
    if let Some(fault) = &envelope.service_fault {
        let by_text = || fault.text.as_deref().and_then(codes::code_of_text);
        let code = fault.code.as_deref().or_else(by_text).unwrap_or_default();
        return without_a_message(codes::meaning(code)?);
    }
    let message = envelope.message.take().ok_or_else(|| malformed("it holds no message about a person"))?;
    let code = message
        .return_code
        .as_deref()
        .filter(|code| !code.is_empty())
        .ok_or_else(|| malformed("it has no return code"))?;
    let said = codes::meaning(code)?;
    match said {
        Said::Person(code_said) => {
            let person = person_of(message, asked)?
                .ok_or_else(|| malformed("it says that somebody was found, and describes nobody"))?;
            found(person, code_said, asked)
        }
        Said::Passivated => match person_of(message, asked)? {
            Some(person) => passivated(person, asked),
            None => without_a_message(said),
        },
        Said::NotFound | Said::Dead | Said::NotDisclosable => without_a_message(said),
    }
}

fn unread(why: Unread) -> VtjError {
    let what = match why {
        Unread::Broken(what) => return malformed(what),
        Unread::Empty => "its answer is empty",
        Unread::NotXml => "its answer is a web page or a plain text; check vtj.query.url if it stays so",
    };
    VtjError::Unavailable { at: AT, what: what.to_owned(), retry_after: None }
}

fn belongs_to_the_question(envelope: &Envelope, asked: &Asked<'_>) -> Result<(), VtjError> {
    if envelope.wrapper != Some(asked.wrapper) {
        return Err(malformed("it is not the answer of this operation"));
    }
    if let (Some(echoed), Some(sent)) = (envelope.message_id.as_deref(), asked.message_id)
        && !echoed.eq_ignore_ascii_case(sent)
    {
        return Err(malformed("it answers another request than the one sent"));
    }
    let searched = envelope.message.as_ref().and_then(|message| message.searched.as_ref());
    for named in [envelope.echoed.as_ref(), searched].into_iter().flatten() {
        if !person::is(Some(named), asked.code) {
            return Err(VtjError::WrongPerson { at: AT });
        }
    }
    Ok(())
}

fn without_a_message(said: Said) -> Result<QueryAnswer, VtjError> {
    Ok(match said {
        Said::NotFound => QueryAnswer::NotFound,
        Said::Passivated => QueryAnswer::Passivated { successor: None, described: None },
        Said::Dead => QueryAnswer::DeadNotDisclosed,
        Said::NotDisclosable => QueryAnswer::NotDisclosable,
        Said::Person(_) => return Err(malformed("it says that somebody was found, and describes nobody")),
    })
}

/// A described person, with what the message says around them.
struct Stated {
    person: Box<Person>,
    code: IdentityCode,
    /// Whether the message marks the code asked about as no longer valid.
    passive: bool,
    notice: Option<String>,
}

/// The person a message describes, if it is of the product that was asked for.
fn person_of(message: Message, asked: &Asked<'_>) -> Result<Option<Stated>, VtjError> {
    let Some(mut person) = message.person else { return Ok(None) };
    let product = message
        .product
        .as_deref()
        .filter(|product| !product.is_empty())
        .ok_or_else(|| malformed("it does not name its product"))?;
    let (product, wanted) = (product.trim(), asked.product.trim());
    if !product.eq_ignore_ascii_case(wanted) && product.to_lowercase() != wanted.to_lowercase() {
        let what = "it answered with another product than vtj.query.product names; check the setting";
        return Err(VtjError::Refused { at: AT, what: what.to_owned() });
    }
    let Some(Named::Code(code)) = person.code.take() else {
        return Err(malformed("the person in it has no identity code"));
    };
    let passive =
        message.search_state.as_deref() == Some(PASSIVE) || person.validity.as_deref() == Some(PASSIVE);
    Ok(Some(Stated { person, code, passive, notice: message.notice.as_deref().and_then(announcement) }))
}

/// Somebody was found. Under another code than the one asked about, that is not yet the person asked about.
fn found(stated: Stated, code_said: &'static str, asked: &Asked<'_>) -> Result<QueryAnswer, VtjError> {
    let same = stated.code == *asked.code;
    let valid = stated.person.validity.as_deref() == Some("1");
    if same && (valid || !stated.passive) {
        let status = if valid { CodeStatus::Valid } else { CodeStatus::NotSaid };
        return Ok(match describe(stated, status, false, code_said, asked) {
            Ok(described) => QueryAnswer::Found(Box::new(described)),
            Err(unreadable) => QueryAnswer::Unreadable(unreadable),
        });
    }
    if !same && !stated.passive && !asked.grants.allow(FieldGroup::IdentityCode) {
        return Err(VtjError::WrongPerson { at: AT });
    }
    changed(stated, code_said, asked)
}

/// The code was said to be passivated.
fn passivated(stated: Stated, asked: &Asked<'_>) -> Result<QueryAnswer, VtjError> {
    changed(Stated { passive: true, ..stated }, "0002", asked)
}

/// A code that is no longer valid, with the successor and the person where the permit grants to know of
/// changes of codes. A description under another code that cannot be understood is nobody's.
fn changed(stated: Stated, code_said: &'static str, asked: &Asked<'_>) -> Result<QueryAnswer, VtjError> {
    if !asked.grants.allow(FieldGroup::IdentityCode) {
        return Ok(QueryAnswer::Passivated { successor: None, described: None });
    }
    let passive = stated.passive;
    let successor = (stated.code != *asked.code).then(|| stated.code.clone());
    let status = match (&successor, stated.person.validity.as_deref()) {
        (None, _) | (_, Some(PASSIVE)) => CodeStatus::Passivated,
        (Some(_), Some("1")) => CodeStatus::Valid,
        (Some(_), _) => CodeStatus::NotSaid,
    };
    let described = describe(stated, status, passive, code_said, asked)
        .map_err(|unreadable| malformed(unreadable.what))?;
    Ok(QueryAnswer::Passivated { successor, described: Some(Box::new(described)) })
}

fn describe(
    stated: Stated,
    status: CodeStatus,
    passive_said: bool,
    code_said: &'static str,
    asked: &Asked<'_>,
) -> Result<Described, UnreadablePerson> {
    let Stated { person, code, notice, .. } = stated;
    let carried = person::carried(&person);
    let replaced = passive_said && code != *asked.code;
    let former = if replaced { vec![asked.code.clone()] } else { Vec::new() };
    let record = person::record(*person, code, status, former, asked.grants)?;
    Ok(Described { record, carried, code_said, passive_said, notice })
}

/// What stands behind the date and time in `Asiakasinfo`.
fn announcement(text: &str) -> Option<String> {
    let behind: String = text.chars().skip(DATE_AND_TIME).collect();
    let behind = behind.trim();
    (!behind.is_empty()).then(|| behind.to_owned())
}

/// The characters of `21.11.2026 10:15`.
const DATE_AND_TIME: usize = 16;

/// Judges an answer with another HTTP status than 200. A SOAP fault says what is wrong; without one, the
/// status does.
pub(super) fn with_status(
    status: u16,
    read: Result<Envelope, Unread>,
    asked_again: Option<std::time::Duration>,
) -> VtjError {
    if let Ok(Envelope { fault: Some(fault), .. }) = read {
        return codes::fault(&fault);
    }
    match status {
        429 => VtjError::Throttled { at: AT, retry_after: asked_again },
        300..=399 => malformed("it is a redirect, which is never followed; check vtj.query.url"),
        408 | 500..=599 => {
            VtjError::Unavailable { at: AT, what: format!("status {status}"), retry_after: asked_again }
        }
        400..=499 => VtjError::Refused {
            at: AT,
            what: format!("status {status}; check vtj.query.url, the user name and the certificate"),
        },
        _ => malformed("its HTTP status is not one of an answer"),
    }
}
