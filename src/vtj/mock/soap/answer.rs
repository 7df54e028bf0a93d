//! An answer of VTJkysely: what it says, and the message it becomes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Helsinki;
use sha2::{Digest as _, Sha512};

use super::codes::{fault_text, text_of};
use super::person::{self, Person};
use super::product::Product;
use super::request::{DIRECT_OPERATION, OPERATION, Request, Way};
use super::xml::{DIRECT, ENVELOPE, Element, INSTANCE, MESSAGE, QUERY, XROAD};

/// Everything an answer says. A misbehaviour changes it before it is written.
#[derive(Clone)]
pub struct Answer {
    /// How the question came.
    pub way: Way,
    /// The question.
    pub request: Request,
    /// The question's bytes, of which the security server tells the digest.
    pub request_digest: String,
    /// `Paluukoodi` or `faultCode`; left out where there is none.
    pub return_code: Option<String>,
    /// Whether VTJ answers with a message, and not with `faultCode` alone.
    pub in_message: bool,
    /// The code that is echoed as the one searched with.
    pub searched: String,
    /// `hakuperustePaluukoodi`.
    pub search: &'static str,
    /// `sanomatunnus`.
    pub message_name: String,
    /// What the person is described in.
    pub product: Option<&'static Product>,
    /// The person.
    pub person: Option<Person>,
    /// The operation that the answer claims to be of.
    pub operation: String,
    /// A notice behind the time in `Asiakasinfo`.
    pub notice: String,
    /// When it is answered.
    pub at: DateTime<Utc>,
}

impl Answer {
    /// An answer without a person, in the place where this way carries it.
    pub fn without_person(way: Way, request: &Request, body: &[u8], code: &str, at: DateTime<Utc>) -> Self {
        Self {
            way,
            request: request.clone(),
            request_digest: STANDARD.encode(Sha512::digest(body)),
            return_code: Some(code.to_owned()),
            in_message: way == Way::Direct,
            searched: request.code.clone(),
            search: if matches!(code, "0001" | "0006") { "0" } else { "4" },
            message_name: request.product.to_uppercase(),
            product: None,
            person: None,
            operation: match way {
                Way::XRoad => OPERATION.to_owned(),
                Way::Direct => DIRECT_OPERATION.to_owned(),
            },
            notice: String::new(),
            at,
        }
    }

    /// The whole message.
    pub fn envelope(&self) -> Element {
        let soap = |name: &str| Element::new(ENVELOPE, name);
        let body = match self.way {
            Way::XRoad => self.over_x_road(),
            Way::Direct => self.direct(),
        };
        let header = (self.way == Way::XRoad).then(|| soap("Header").with(self.header()));
        soap("Envelope").with(header).with([soap("Body").with([body])])
    }

    /// The headers of the question, and the digest that the security server adds.
    fn header(&self) -> Vec<Element> {
        let mut header = self.request.header.clone();
        header.retain(|element| !element.is(XROAD, "requestHash"));
        for element in &mut header {
            if element.is(XROAD, "id") {
                element.text.clone_from(&self.request.message_id);
            }
        }
        let algorithm = "http://www.w3.org/2001/04/xmlenc#sha512";
        let digest = Element::new(XROAD, "requestHash").attribute("algorithmId", algorithm);
        header.push(digest.text(&self.request_digest));
        header
    }

    fn over_x_road(&self) -> Element {
        let query = |name: &str, text: &str| Element::new(QUERY, name).text(text);
        let echo = query("request", "").with([
            query("SoSoNimi", &self.request.product),
            query("Kayttajatunnus", &self.request.username),
            query("Salasana", ""),
            query("Loppukayttaja", &self.request.end_user),
            query("Henkilotunnus", &self.searched),
        ]);
        let said = if self.in_message {
            vec![self.message()]
        } else {
            let code = self.return_code.iter();
            code.flat_map(|code| [query("faultCode", code), query("faultString", text_of(code))]).collect()
        };
        let wrapper = format!("{}Response", self.operation);
        query(&wrapper, "").with([echo, query("response", "").with(said)])
    }

    fn direct(&self) -> Element {
        let wrapped = Element::new(DIRECT, &format!("{}Result", self.operation)).with([self.message()]);
        Element::new(DIRECT, &format!("{}Response", self.operation)).with([wrapped])
    }

    fn message(&self) -> Element {
        let element = |name: &str| Element::new(MESSAGE, name);
        let local = self.at.with_timezone(&Helsinki);
        let info = format!("{} {}", local.format("%d.%m.%Y %H:%M"), self.notice);
        let info = ["InfoS", "InfoR", "InfoE"].map(|name| element(name).text(info.trim()));
        let (english, swedish, finnish) = search_texts(self.search);
        let searched = element("Henkilotunnus")
            .attribute("hakuperustePaluukoodi", self.search)
            .attribute("hakuperusteTekstiE", english)
            .attribute("hakuperusteTekstiR", swedish)
            .attribute("hakuperusteTekstiS", finnish)
            .text(&self.searched);
        let code = self.return_code.as_deref();
        let mut root = element("VTJHenkiloVastaussanoma")
            .attribute("sanomatunnus", &self.message_name)
            .attribute("tietojenPoimintaaika", local.format("%Y%m%d%H%M%S").to_string())
            .attribute("versio", "1.0");
        let schema = format!("{MESSAGE} {}.xsd", self.message_name);
        root.attributes.push((INSTANCE, "schemaLocation".to_owned(), schema));
        root.with([element("Asiakasinfo").with(info)])
            .with(code.map(|code| element("Paluukoodi").attribute("koodi", code).text(text_of(code))))
            .with([element("Hakuperusteet").with([searched])])
            .with(
                self.person
                    .as_ref()
                    .zip(self.product)
                    .map(|(person, product)| person::describe(person, product, local.date_naive())),
            )
    }
}

/// What a `hakuperustePaluukoodi` means in English, Swedish and Finnish.
fn search_texts(search: &str) -> (&'static str, &'static str, &'static str) {
    match search {
        "0" => ("Not found", "Hittades inte", "Ei löytynyt"),
        "1" => ("Found", "Hittades", "Löytyi"),
        "2" => ("Passive", "Passiv", "Passiivi"),
        _ => ("Not used", "Inte använd", "Ei käytetty"),
    }
}

/// A fault of a security server, or of the service behind it.
pub fn fault(code: &str, text: Option<&str>) -> Element {
    let soap = |name: &str| Element::new(ENVELOPE, name);
    let plain = |name: &str| Element::new("", name);
    let id = uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string();
    let fault = soap("Fault").with([
        plain("faultcode").text(code),
        plain("faultstring").text(text.unwrap_or_else(|| fault_text(code))),
        plain("faultactor"),
        plain("detail").with([plain("faultDetail").text(id)]),
    ]);
    soap("Envelope").with([soap("Body").with([fault])])
}
