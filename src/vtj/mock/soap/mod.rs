//! VTJkysely, the query about a single person, over SOAP: through the national data exchange layer
//! (`POST /`) and direct (`POST /sosowebsite/soso.asmx`), answered from the same people as the change
//! interface.
//!
//! Pure, as the rules of the change interface are: a request in, a reply out. `request` is what must be asked
//! and how, `answer` what is said, `person` with `address` how a person is described, `product` in which
//! elements, `fault` how it can be spoilt.
//!
//! A person whom the simulation protects is described as to a customer without the right to see them: with
//! the return code of success and with every leaf that leads to their door empty.

mod address;
mod answer;
mod codes;
mod facts;
pub mod fault;
mod names;
mod person;
mod product;
mod request;
mod xml;

use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};

pub use answer::Answer;
pub use codes::{FAULTS, RETURN_CODES, snake_case};
pub use product::{PRODUCTS, Part, Product};
pub use request::{Refused, Request, Way};

use super::fault::Reply;
use super::model::World;
use crate::identity_code::IdentityCode;
use facts::{Facts, Standing};
use person::Person;
use xml::{Element, Style};

/// The longest `Loppukayttaja`, in characters.
const LONGEST_END_USER: usize = 50;

/// Who may ask.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The user.
    pub username: &'a str,
    /// The password.
    pub password: &'a str,
}

/// What VTJ answers to a request, or why VTJ does not get to see it.
///
/// # Errors
/// When the security server or the service refuses the message itself.
pub fn ask(
    way: Way,
    headers: &HeaderMap,
    body: &[u8],
    credentials: Credentials<'_>,
    world: &World,
    at: DateTime<Utc>,
) -> Result<Answer, Refused> {
    let request = request::read(way, headers, body)?;
    if let Some(code) = objection(&request, credentials) {
        return Ok(Answer::without_person(way, &request, body, code, at));
    }
    let mut answer = Answer::without_person(way, &request, body, "0001", at);
    answer.product = product::product(&request.product);
    match IdentityCode::parse(request.code.trim()) {
        Err(_) => answer.return_code = Some("0006".to_owned()),
        Ok(code) => find(&mut answer, &code, world),
    }
    Ok(answer)
}

/// What VTJ has against a question, by its return code, in the order in which it looks.
fn objection(request: &Request, credentials: Credentials<'_>) -> Option<&'static str> {
    let forbidden =
        |text: &str| text.chars().any(|c| !(c == ' ' || c.is_ascii_graphic()) || ";=<>&\"".contains(c));
    let wrong = [
        (!request.in_order, "-1805"),
        (request.username.is_empty(), "0004"),
        (request.password.is_empty(), "0003"),
        (request.username != credentials.username || request.password != credentials.password, "-1500"),
        (request.product.is_empty(), "-1900"),
        (product::product(&request.product).is_none(), "-1901"),
        (request.end_user.trim().is_empty(), "-1904"),
        (forbidden(&request.end_user) || forbidden(&request.issue), "-1902"),
        (request.end_user.chars().count() > LONGEST_END_USER, "-1903"),
        (!request.billing.is_empty(), "-1905"),
        (request.code.trim().is_empty(), "0005"),
    ];
    wrong.into_iter().find(|(is_wrong, _)| *is_wrong).map(|(_, code)| code)
}

/// Fills in the person, if there is one.
fn find(answer: &mut Answer, code: &IdentityCode, world: &World) {
    let Some(groups) = world.base_data(code) else { return };
    let facts = Facts::of(groups);
    answer.in_message = true;
    let (return_code, search) = match facts.standing(code) {
        Standing::Valid => ("0000", "1"),
        Standing::ReplacedBy(_) | Standing::Passive => ("0002", "2"),
    };
    answer.return_code = Some(return_code.to_owned());
    answer.search = search;
    answer.person = Some(described(code, facts, world));
}

/// The person under the code that is valid now, with what is known under that one.
fn described(code: &IdentityCode, facts: Facts, world: &World) -> Person {
    match facts.standing(code) {
        Standing::Valid => Person { code: code.expose().to_owned(), validity: "1", facts },
        Standing::Passive => Person { code: code.expose().to_owned(), validity: "2", facts },
        Standing::ReplacedBy(successor) => {
            let own = world.base_data(&successor).map(Facts::of);
            Person { code: successor.expose().to_owned(), validity: "1", facts: own.unwrap_or(facts) }
        }
    }
}

/// The right answer as it goes out.
pub fn reply(asked: &Result<Answer, Refused>) -> Reply {
    match asked {
        Ok(answer) => document(StatusCode::OK, &answer.envelope(), Style::default()),
        Err(Refused::XRoad(code)) => document(StatusCode::OK, &answer::fault(code, None), Style::default()),
        Err(Refused::Service(code, text)) => {
            let fault = answer::fault(code, Some(text));
            document(StatusCode::INTERNAL_SERVER_ERROR, &fault, Style::default())
        }
        Err(Refused::Http(status, text)) => {
            let mut reply = Reply::json(*status, text.as_bytes().to_vec());
            reply.content_type = "text/plain; charset=utf-8";
            reply
        }
    }
}

/// A document on its way out.
fn document(status: StatusCode, root: &Element, style: Style) -> Reply {
    let mut reply = Reply::json(status, xml::write(root, style));
    reply.content_type =
        if style == Style::Latin { "text/xml; charset=ISO-8859-1" } else { "text/xml; charset=utf-8" };
    reply
}
