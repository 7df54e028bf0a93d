//! How the libraries of each municipality are reached: what is written, what is lacking, and a form a language.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::super::errors::WebError;
use super::super::language::own_name;
use super::super::visit::{Visit, page, page_with};
use super::super::{Frame, Language, Routes, Who};
use crate::contacts::{self, ContactBlock, ContactError, Fault, Field, HOURS_LINES, Moved, Version};
use crate::municipality::Municipality;
use crate::web::input::{Form, Query, Word};

const PATH: &str = "/administration/contacts";
/// Earlier versions that are listed.
const EARLIER: usize = 20;

pub(super) fn routes(routes: Routes) -> Routes {
    let who = Who::ADMINISTRATORS;
    routes
        .get(PATH, who, list)
        .get("/administration/contacts/{code}", who, show)
        .post("/administration/contacts/{code}", who, change)
        .post("/administration/contacts/{code}/preview", who, preview)
}

fn path_of(code: &str) -> String {
    format!("{PATH}/{code}")
}

/// A block as it reads, in its own language.
#[derive(Debug, Clone)]
pub(in crate::web) struct ShownBlock {
    pub(in crate::web) lang: &'static str,
    pub(in crate::web) library: String,
    pub(in crate::web) lines: Vec<String>,
    pub(in crate::web) phone: Option<String>,
    pub(in crate::web) email: String,
    pub(in crate::web) hours: Vec<String>,
    pub(in crate::web) web: String,
    pub(in crate::web) href: String,
}

impl ShownBlock {
    pub(in crate::web) fn of(language: Language, block: ContactBlock) -> Self {
        let town = format!("{} {}", block.postal_code, block.city).trim().to_owned();
        let lines = [block.street, town].into_iter().filter(|line| !line.is_empty()).collect();
        let phone =
            (!block.phone.is_empty()).then(|| language.t1("contacts-line-phone", "phone", block.phone));
        Self {
            lang: language.as_str(),
            library: block.library,
            lines,
            phone,
            email: block.email,
            hours: block.opening_hours.lines().map(str::to_owned).collect(),
            href: contacts::link_of(&block.web),
            web: block.web,
        }
    }
}

#[derive(Template)]
#[template(path = "contacts/list.html")]
struct ListPage {
    frame: Frame,
    municipalities: Vec<Listed>,
}

struct Listed {
    path: String,
    name: String,
    languages: Vec<Lacking>,
}

/// What a block of a language lacks.
struct Lacking {
    language: String,
    badge: &'static str,
    sign: &'static str,
    text: String,
    changed: Option<String>,
}

async fn list(visit: Visit) -> Result<Response, WebError> {
    let context = visit.context();
    let written = contacts::all(&context).await?;
    let listed = |known: &Municipality| {
        let code = known.code.as_str();
        let lacking = |language: &Language| {
            let of = |(of, version): &&(String, Version)| of == code && version.language == *language;
            lacking(&visit, *language, written.iter().find(of).map(|(_, version)| version))
        };
        Listed {
            path: path_of(code),
            name: known.name.text(visit.language).to_owned(),
            languages: known.languages.iter().map(lacking).collect(),
        }
    };
    page(&ListPage {
        frame: visit.frame(visit.t("contacts-title")),
        municipalities: context.settings.municipalities.values().map(listed).collect(),
    })
}

fn lacking(visit: &Visit, language: Language, newest: Option<&Version>) -> Lacking {
    let l = visit.language;
    let lacks = newest.map(|version| version.block.lacks());
    let (badge, sign, text) = match lacks.as_deref() {
        None => ("bad", "×", l.t("contacts-none")),
        Some([]) => ("good", "✓", l.t("contacts-whole")),
        Some(fields) => {
            let names: Vec<String> = fields.iter().map(|field| field_name(l, *field)).collect();
            ("warn", "!", l.t1("contacts-lacks", "fields", names.join(", ")))
        }
    };
    Lacking {
        language: l.t(&format!("contacts-in-{}", language.as_str())),
        badge,
        sign,
        text,
        changed: newest.map(|version| told(l, version)),
    }
}

fn field_name(l: Language, field: Field) -> String {
    l.t(&format!("contacts-field-{}", field.as_str()))
}

/// Who wrote a version, and when.
fn told(l: Language, version: &Version) -> String {
    l.t2("contacts-changed", "time", l.time(version.changed_at), "name", version.changed_by.clone())
}

#[derive(Template)]
#[template(path = "contacts/form.html")]
struct FormPage {
    frame: Frame,
    path: String,
    panels: Vec<Panel>,
    /// What is wrong, and with which field.
    problems: Vec<(String, String)>,
    moved: Option<ShownMove>,
    earlier: Vec<Earlier>,
}

/// What somebody else has changed meanwhile.
struct ShownMove {
    who: String,
    /// Field, what it said, what it says now.
    changes: Vec<(String, String, String)>,
}

/// The form of one language.
struct Panel {
    code: &'static str,
    title: String,
    is_needed: bool,
    seen: i64,
    fields: Vec<ShownField>,
    changed: Option<String>,
    preview: Option<ShownBlock>,
}

struct ShownField {
    name: &'static str,
    id: String,
    label: String,
    help: Option<String>,
    value: String,
    longest: usize,
    kind: &'static str,
    is_text: bool,
    error: Option<String>,
}

struct Earlier {
    language: String,
    number: i64,
    written: String,
}

/// What has just been done, as an address tells it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    done: Option<String>,
}

/// A block as a form sends it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    language: String,
    seen: i64,
    library: String,
    street: String,
    postal_code: String,
    city: String,
    phone: String,
    email: String,
    opening_hours: String,
    web: String,
}

impl Given {
    fn read(self) -> Result<Typed, WebError> {
        let block = ContactBlock {
            library: self.library,
            street: self.street,
            postal_code: self.postal_code,
            city: self.city,
            phone: self.phone,
            email: self.email,
            opening_hours: self.opening_hours,
            web: self.web,
        };
        let language = Language::from_code(&self.language).ok_or(WebError::BadForm)?;
        Ok(Typed { language, seen: self.seen, block: block.trimmed(), faults: Vec::new() })
    }
}

/// What somebody has typed, and what is wrong with it.
struct Typed {
    language: Language,
    seen: i64,
    block: ContactBlock,
    faults: Vec<(Field, Fault)>,
}

async fn show(visit: Visit, Word(code): Word, asked: Query<Asked>) -> Result<Response, WebError> {
    let done = asked.done.as_deref().and_then(|what| match what {
        "saved" => Some(visit.t("contacts-done-saved")),
        "same" => Some(visit.t("contacts-done-same")),
        _ => None,
    });
    let mut whole = FormPage::new(&visit, &code, None).await?;
    whole.frame = whole.frame.with_done(done);
    page(&whole)
}

async fn change(visit: Visit, Word(code): Word, form: Form<Given>) -> Result<Response, WebError> {
    known(&visit, &code)?;
    let mut typed = form.0.read()?;
    let place = (code.as_str(), typed.language);
    match contacts::change(&visit.context(), visit.actor()?, place, typed.seen, &typed.block).await {
        Ok(is_new) => {
            let done = if is_new { "saved" } else { "same" };
            let language = typed.language.as_str();
            Ok(Redirect::to(&format!("{}?done={done}#{language}", path_of(&code))).into_response())
        }
        Err(ContactError::Faults(faults)) => {
            typed.faults = faults;
            let whole = FormPage::new(&visit, &code, Some(typed)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &whole)
        }
        Err(ContactError::Moved(moved)) => {
            // Who saves once more has read what is replaced.
            typed.seen = moved.newest.number;
            let mut whole = FormPage::new(&visit, &code, Some(typed)).await?;
            whole.moved = Some(ShownMove::of(visit.language, &moved));
            page_with(StatusCode::CONFLICT, &whole)
        }
        Err(error) => Err(web(error)),
    }
}

#[derive(Template)]
#[template(path = "contacts/block.html")]
struct BlockPart {
    block: ShownBlock,
}

/// What is typed, as it will read: a part of the page where a script asks, and the whole page otherwise.
async fn preview(
    visit: Visit,
    Word(code): Word,
    headers: HeaderMap,
    form: Form<Given>,
) -> Result<Response, WebError> {
    known(&visit, &code)?;
    let typed = form.0.read()?;
    if headers.contains_key("hx-request") {
        return page(&BlockPart { block: ShownBlock::of(typed.language, typed.block) });
    }
    page(&FormPage::new(&visit, &code, Some(typed)).await?)
}

/// A municipality that is configured; another is nothing.
fn known(visit: &Visit, code: &str) -> Result<Municipality, WebError> {
    visit.context().settings.municipalities.get(code).cloned().ok_or(WebError::NotFound)
}

fn web(error: ContactError) -> WebError {
    match error {
        ContactError::NotAdministrator => WebError::NotAllowed,
        ContactError::UnknownMunicipality => WebError::NotFound,
        ContactError::UnknownVersion => WebError::BadForm,
        ContactError::Store(error) => error.into(),
        error => WebError::Conflict(error.to_string()),
    }
}

impl FormPage {
    async fn new(visit: &Visit, code: &str, typed: Option<Typed>) -> Result<Self, WebError> {
        let known = known(visit, code)?;
        let l = visit.language;
        let versions = contacts::of(&visit.context(), code).await.map_err(web)?;
        let others = contacts::LANGUAGES.into_iter().filter(|language| !known.languages.contains(language));
        let languages: Vec<Language> = known.languages.iter().copied().chain(others).collect();
        let panel = |language: &Language| {
            let newest = versions.iter().find(|version| version.language == *language);
            let typed = typed.as_ref().filter(|typed| typed.language == *language);
            Panel::new(l, *language, known.languages.contains(language), newest, typed)
        };
        let panels: Vec<Panel> = languages.iter().map(panel).collect();
        let faults = panels.iter().flat_map(|panel| &panel.fields);
        let problems = faults.filter_map(|field| Some((field.id.clone(), field.error.clone()?))).collect();
        let earlier = versions.iter().take(EARLIER).map(|version| Earlier {
            language: l.t(&format!("contacts-in-{}", version.language.as_str())),
            number: version.number,
            written: told(l, version),
        });
        Ok(Self {
            frame: visit.frame(l.t1("contacts-of", "name", known.name.text(l))),
            path: path_of(code),
            problems,
            moved: None,
            earlier: earlier.collect(),
            panels,
        })
    }
}

impl Panel {
    fn new(
        l: Language,
        language: Language,
        is_needed: bool,
        newest: Option<&Version>,
        typed: Option<&Typed>,
    ) -> Self {
        let block = match (typed, newest) {
            (Some(typed), _) => typed.block.clone(),
            (None, Some(newest)) => newest.block.clone(),
            (None, None) => ContactBlock::default(),
        };
        let faults = typed.map(|typed| typed.faults.as_slice()).unwrap_or_default();
        let field = |field: Field| {
            let fault = faults.iter().find(|(of, _)| *of == field).map(|(_, fault)| *fault);
            ShownField::new(l, language, field, block.text(field), fault)
        };
        Self {
            code: language.as_str(),
            title: own_name(language).to_owned(),
            is_needed,
            seen: typed.map_or_else(|| newest.map_or(0, |newest| newest.number), |typed| typed.seen),
            fields: Field::ALL.into_iter().map(field).collect(),
            changed: newest.map(|version| told(l, version)),
            preview: (!block.is_empty()).then(|| ShownBlock::of(language, block)),
        }
    }
}

impl ShownField {
    fn new(l: Language, language: Language, field: Field, value: &str, fault: Option<Fault>) -> Self {
        let kind = match field {
            Field::Phone => "tel",
            Field::Email => "email",
            _ => "text",
        };
        let help = match field {
            Field::OpeningHours => {
                let lines = i64::try_from(HOURS_LINES).unwrap_or_default();
                Some(l.t1("contacts-help-opening_hours", "lines", lines))
            }
            Field::Web => Some(l.t("contacts-help-web")),
            _ => None,
        };
        let error = fault.map(|fault| match fault {
            Fault::TooLong => l.t2(
                "contacts-fault-long",
                "field",
                field_name(l, field),
                "count",
                i64::try_from(field.longest()).unwrap_or_default(),
            ),
            other => l.t1(&format!("contacts-fault-{}", other.as_str()), "field", field_name(l, field)),
        });
        Self {
            name: field.as_str(),
            id: format!("{}-{}", language.as_str(), field.as_str()),
            label: field_name(l, field),
            help,
            value: value.to_owned(),
            longest: field.longest(),
            kind,
            is_text: field == Field::OpeningHours,
            error,
        }
    }
}

impl ShownMove {
    fn of(l: Language, moved: &Moved) -> Self {
        let newest = &moved.newest.block;
        let changed = moved.seen.differs(newest).into_iter();
        Self {
            who: l.t2(
                "contacts-moved",
                "name",
                moved.newest.changed_by.clone(),
                "time",
                l.time(moved.newest.changed_at),
            ),
            changes: changed
                .map(|field| {
                    (field_name(l, field), moved.seen.text(field).to_owned(), newest.text(field).to_owned())
                })
                .collect(),
        }
    }
}
