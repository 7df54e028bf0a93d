//! Misbehaviour of the query about one person, set by `POST /_mock/fault` as that of the change interface.
//!
//! | kind | what happens | takes |
//! |---|---|---|
//! | `latency`, `truncate`, `cut_off`, `wrong_content_type` | as for the change interface | |
//! | `status`, `throttle` | that status with a web page | `status`, `retry_after` |
//! | `xroad_error` | a SOAP fault of the security server, HTTP 200 | `status`, `code`, `snake_case` (as X-Road writes codes from 7.8 on) |
//! | `garbage`, `html` (or `html_200`) | 200 and bytes that are no XML; 200 and a web page | |
//! | `empty` | 200 and nothing | |
//! | `oversized` | the right answer before very many spaces | `bytes` (64 MiB) |
//! | `absent_person` | the person is not found | `code` |
//! | `wrong_person` | the right code is echoed, and the person described is another | `code`, `keep_code` (under the code asked) |
//! | `wrong_echo` | the answer to another question: another code is echoed, that person described | `code` |
//! | `wrong_message_id` | another `id` in the X-Road headers | |
//! | `wrong_product` | `sanomatunnus` of another product | |
//! | `wrong_wrapper` | the answer of another operation | |
//! | `return_code` | this return code; with `0000` and `0018` the person stays | `code` (`-1800`), `in_message` (in `Paluukoodi`, true, or over X-Road in `faultCode`, false; otherwise where it usually is) |
//! | `no_return_code`, `no_person` | `Paluukoodi` or `Henkilo` is missing | |
//! | `unmarked` | the person's new code without a word that the old one has ended | |
//! | `service_fault` | a SOAP fault of the service that repeats the code asked about, HTTP 500 | `status` |
//! | `notice` | a notice in `Asiakasinfo` | |
//! | `doctype`, `external_entity`, `bomb` | a document type; with an entity of a file; with entities of entities | |
//! | `deep` | elements inside one another | `bytes` (100,000 elements) |
//! | `attributes` | attributes of one element | `bytes` (200,000 attributes) |
//! | `elements` | elements beside one another | `bytes` (24 MB) |
//! | `iso_8859_1`, `other_prefixes`, `reordered`, `pretty`, `broken_text` | the right answer, written otherwise | |

use axum::http::StatusCode;

use super::super::fault::{Fault, FaultKind, GARBAGE, Reply, WEB_PAGE};
use super::super::model::World;
use super::answer::{self, Answer};
use super::codes::{fault_text, snake_case};
use super::facts::Facts;
use super::person::Person;
use super::request::{Refused, Way};
use super::xml::{Element, MESSAGE, Style};
use super::{document, reply};
use crate::identity_code::IdentityCode;

/// The message id of an answer that is to somebody else.
const ANOTHER_ID: &str = "00000000-0000-4000-8000-000000000000";

/// The spoiled answer, or nothing when the fault cannot spoil this one.
pub fn apply(fault: &Fault, asked: &Result<Answer, Refused>, world: &World) -> Option<Reply> {
    if let Some(reply) = whatever_was_asked(fault, asked) {
        return Some(reply);
    }
    let Ok(right) = asked else { return None };
    if let Some(style) = style(fault.kind) {
        return Some(restyled(fault.kind, right, style));
    }
    if let Some(body) = attack(fault, right) {
        return Some(Reply { body, ..document(StatusCode::OK, &Element::default(), Style::Usual) });
    }
    let mut answer = right.clone();
    change(fault, &mut answer, world)?;
    Some(document(StatusCode::OK, &answer.envelope(), Style::Usual))
}

/// The misbehaviours that do not depend on the answer.
fn whatever_was_asked(fault: &Fault, asked: &Result<Answer, Refused>) -> Option<Reply> {
    let status = |usual: StatusCode| {
        fault.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(usual)
    };
    let mut right = reply(asked);
    match fault.kind {
        FaultKind::Latency => right.delay = Some(fault.delay()),
        FaultKind::Truncate => right.body.truncate(right.body.len() / 2),
        FaultKind::CutOff => right.cut_off = true,
        FaultKind::WrongContentType => right.content_type = "text/plain; charset=utf-8",
        FaultKind::Oversized => right.body.resize(right.body.len() + fault.amount(64 << 20), b' '),
        FaultKind::Garbage => right.body = GARBAGE.to_vec(),
        FaultKind::Empty => right.body.clear(),
        FaultKind::Html => right = page(StatusCode::OK, None),
        FaultKind::Status => right = page(status(StatusCode::SERVICE_UNAVAILABLE), fault.retry_after),
        FaultKind::Throttle => {
            right = page(status(StatusCode::TOO_MANY_REQUESTS), Some(fault.retry_after.unwrap_or(1)));
        }
        FaultKind::XRoadError => {
            let code = fault.code.as_deref().unwrap_or("Server.ServerProxy.ServiceFailed");
            let written = if fault.snake_case { snake_case(code) } else { code.to_owned() };
            let said = answer::fault(&written, Some(fault_text(code)));
            right = document(status(StatusCode::OK), &said, Style::Usual);
        }
        FaultKind::ServiceFault => {
            let code = asked.as_ref().map(|right| right.request.code.clone()).unwrap_or_default();
            let text = format!(
                "Server was unable to process request. ---> System.Exception: {code}\n   at Simulated.Soso()"
            );
            let said = answer::fault("s:Server", Some(&text));
            right = document(status(StatusCode::INTERNAL_SERVER_ERROR), &said, Style::Usual);
        }
        _ => return None,
    }
    Some(right)
}

/// A web page in place of an answer.
fn page(status: StatusCode, retry_after: Option<u64>) -> Reply {
    let mut reply = Reply::json(status, WEB_PAGE.as_bytes().to_vec());
    reply.content_type = "text/html; charset=utf-8";
    reply.headers.extend(retry_after.map(|seconds| ("retry-after", seconds.to_string())));
    if status.is_redirection() {
        reply.headers.push(("location", "/".to_owned()));
    }
    reply
}

fn style(kind: FaultKind) -> Option<Style> {
    Some(match kind {
        FaultKind::Latin => Style::Latin,
        FaultKind::OtherPrefixes => Style::OtherPrefixes,
        FaultKind::Pretty => Style::Pretty,
        FaultKind::BrokenText => Style::BrokenText,
        FaultKind::Reordered => Style::Usual,
        _ => return None,
    })
}

/// The right answer, written otherwise. A pretty one also has space around its texts.
fn restyled(kind: FaultKind, right: &Answer, style: Style) -> Reply {
    let mut envelope = right.envelope();
    envelope.each(&mut |element| {
        if kind == FaultKind::Reordered && element.namespace == MESSAGE {
            element.children.reverse();
        }
        if kind == FaultKind::Pretty && !element.text.is_empty() {
            element.text = format!("\n    {}\n  ", element.text);
        }
    });
    document(StatusCode::OK, &envelope, style)
}

/// Changes what is said; nothing when there is nothing to change.
fn change(fault: &Fault, answer: &mut Answer, world: &World) -> Option<()> {
    let hit = fault.code.as_ref().is_none_or(|code| *code == answer.request.code);
    match fault.kind {
        FaultKind::ReturnCode => return_code(fault, answer),
        FaultKind::WrongMessageId => ANOTHER_ID.clone_into(&mut answer.request.message_id),
        FaultKind::WrongProduct => "PERUSSANOMA 2".clone_into(&mut answer.message_name),
        FaultKind::WrongWrapper => answer.operation = answer.operation.replace("Tunnus", "Tunnistus"),
        FaultKind::NoReturnCode => answer.return_code = None,
        FaultKind::Notice => "Simulated notice: a break on Sunday".clone_into(&mut answer.notice),
        FaultKind::NoPerson => drop(answer.person.take()?),
        FaultKind::AbsentPerson => {
            answer.person.take().filter(|_| hit)?;
            answer.return_code = Some("0001".to_owned());
            answer.search = "0";
            answer.in_message = answer.way == Way::Direct;
        }
        FaultKind::WrongPerson | FaultKind::WrongEcho => {
            let person = answer.person.as_mut().filter(|_| hit)?;
            let asked = IdentityCode::parse(&answer.request.code).ok();
            let (code, groups) = world.stranger(asked.as_slice())?;
            let kept = if fault.keep_code { person.code.clone() } else { code.expose().to_owned() };
            *person = Person { code: kept, validity: "1", facts: Facts::of(groups) };
            if fault.kind == FaultKind::WrongEcho {
                code.expose().clone_into(&mut answer.searched);
            }
        }
        FaultKind::Unmarked => {
            answer.person.as_ref().filter(|person| person.code != answer.request.code)?;
            answer.return_code = Some("0000".to_owned());
            answer.search = "1";
        }
        _ => return None,
    }
    Some(())
}

fn return_code(fault: &Fault, answer: &mut Answer) {
    let code = fault.code.as_deref().unwrap_or("-1800");
    let with_person = matches!(code, "0000" | "0018");
    answer.return_code = Some(code.to_owned());
    answer.in_message = fault.in_message.unwrap_or(answer.way == Way::Direct || with_person);
    if !with_person {
        answer.person = None;
        answer.search = match code {
            "0001" | "0006" => "0",
            "0002" => "2",
            _ => "4",
        };
    }
    // The direct service has no other place for it.
    answer.in_message |= answer.way == Way::Direct;
}

/// An answer that is to harm its reader.
fn attack(fault: &Fault, right: &Answer) -> Option<Vec<u8>> {
    let usual = document(StatusCode::OK, &right.envelope(), Style::Usual).body;
    let text = String::from_utf8(usual).ok()?;
    let typed = |entities: &str| text.replacen("?>", &format!("?><!DOCTYPE s:Envelope{entities}>"), 1);
    let named = |text: String, entity: &str| match (text.find("<Sukunimi>"), text.find("</Sukunimi>")) {
        (Some(from), Some(to)) => format!("{}<Sukunimi>&{entity};{}", &text[..from], &text[to..]),
        _ => text,
    };
    let inside = |what: String| text.replacen("<s:Body>", &format!("<s:Body>{what}"), 1);
    let harmful = match fault.kind {
        FaultKind::Doctype => typed(""),
        FaultKind::ExternalEntity => named(typed(" [<!ENTITY x SYSTEM \"file:///etc/hostname\">]"), "x"),
        FaultKind::Bomb => named(typed(&format!(" [{}]", entities())), "e9"),
        FaultKind::Deep => {
            let depth = fault.amount(100_000);
            inside(format!("{}{}", "<n>".repeat(depth), "</n>".repeat(depth)))
        }
        FaultKind::Attributes => {
            let more = |all: String, at: usize| all + " a" + &at.to_string() + "=\"\"";
            let attributes = (0..fault.amount(200_000)).fold(String::new(), more);
            inside(format!("<n{attributes}/>"))
        }
        FaultKind::Elements => inside("<n>x</n>".repeat(fault.amount(24_000_000) / 8)),
        _ => return None,
    };
    Some(harmful.into_bytes())
}

/// Ten entities, each ten times the one before: a thousand million characters in a few hundred.
fn entities() -> String {
    let first = "<!ENTITY e0 \"0123456789\">".to_owned();
    let entity = |at: usize| format!("<!ENTITY e{at} \"{}\">", format!("&e{};", at - 1).repeat(10));
    (1..10).map(entity).fold(first, |all, one| all + &one)
}
