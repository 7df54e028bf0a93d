//! Writing a request: the envelope of either way, its elements in the order of the schema.
//!
//! The order matters to the service, and so do the elements that stay empty. The text holds the password and
//! an identity code: it goes into the request's body and nowhere else.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use secrecy::ExposeSecret;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::end_user::{EndUser, XRoadClient};
use super::names::{DIRECT, IDENTIFIERS, SERVICE, SOAP, X_ROAD};
use super::settings::{QuerySettings, Way};
use crate::identity_code::IdentityCode;

/// The service at VTJ: the class, the business id of its owner, its subsystem, name and version.
const SERVICE_ID: [(&str, &str); 5] = [
    ("id:memberClass", "GOV"),
    ("id:memberCode", "0245437-2"),
    ("id:subsystemCode", "VTJkysely"),
    ("id:serviceCode", "HenkilonTunnusKysely"),
    ("id:serviceVersion", "v1"),
];

/// The version of X-Road's message protocol.
const PROTOCOL_VERSION: &str = "4.0";

/// The elements behind the code: another key, the certificate log-in of old, a reserve. They stay empty.
const EMPTY_AT_THE_END: [&str; 7] = [
    "SahkoinenAsiointitunnus",
    "VarmenteenMyontaja",
    "X509Certificate",
    "VarmenteenVoimassaolotarkistus",
    "VarmenteenSulkulistatarkistus",
    "Tunnistusportaali",
    "Vara1",
];

/// What differs from request to request.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    /// Who is asked about.
    pub code: &'a IdentityCode,
    /// Who asks.
    pub end_user: &'a EndUser,
    /// The row in the disclosure log.
    pub disclosure: Uuid,
    /// The name of this attempt.
    pub message_id: Uuid,
}

/// `SOAPAction` of a way, with its quotes. The direct service refuses a request without it.
pub(super) fn soap_action(way: &Way) -> &'static str {
    match way {
        Way::XRoad { .. } => "\"\"",
        Way::Direct => "\"http://tempuri.org/TeeHenkilonTunnusKysely\"",
    }
}

/// Writes a request.
pub(super) fn write(settings: &QuerySettings, question: &Question<'_>) -> Zeroizing<Vec<u8>> {
    let mut xml = Writer::new(Vec::with_capacity(ROOM));
    envelope(&mut xml, settings, question)
        .expect("writing to memory cannot fail, and the closures only write");
    Zeroizing::new(xml.into_inner())
}

/// More than any request needs, so that the buffer with the password in it never moves.
const ROOM: usize = 8 * 1024;

type Xml = Writer<Vec<u8>>;

fn envelope(xml: &mut Xml, settings: &QuerySettings, question: &Question<'_>) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let envelope = xml.create_element("s:Envelope").with_attribute(("xmlns:s", SOAP));
    match &settings.way {
        Way::XRoad { client, service_instance } => envelope
            .with_attributes([("xmlns:x", X_ROAD), ("xmlns:id", IDENTIFIERS)])
            .write_inner_content(|xml| {
                xml.create_element("s:Header")
                    .write_inner_content(|xml| x_road_header(xml, client, service_instance, question))?;
                body(xml, ("HenkilonTunnusKysely", SERVICE), |xml| {
                    xml.create_element("request")
                        .write_inner_content(|xml| key(xml, settings, question))
                        .map(drop)
                })
            }),
        Way::Direct => envelope.write_inner_content(|xml| {
            xml.create_element("s:Header").write_empty()?;
            body(xml, ("TeeHenkilonTunnusKysely", DIRECT), |xml| key(xml, settings, question))
        }),
    }
    .map(drop)
}

fn body(
    xml: &mut Xml,
    (operation, namespace): (&str, &str),
    inside: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    xml.create_element("s:Body")
        .write_inner_content(|xml| {
            xml.create_element(operation)
                .with_attribute(("xmlns", namespace))
                .write_inner_content(inside)
                .map(drop)
        })
        .map(drop)
}

fn x_road_header(
    xml: &mut Xml,
    client: &XRoadClient,
    service_instance: &str,
    question: &Question<'_>,
) -> io::Result<()> {
    let members = [
        ("id:xRoadInstance", client.instance.as_str()),
        ("id:memberClass", &client.class),
        ("id:memberCode", &client.code),
        ("id:subsystemCode", &client.subsystem),
    ];
    x_road_id(xml, ("x:client", "SUBSYSTEM"), &members)?;
    let mut service = vec![("id:xRoadInstance", service_instance)];
    service.extend(SERVICE_ID);
    x_road_id(xml, ("x:service", "SERVICE"), &service)?;
    element(xml, "x:id", &question.message_id.to_string())?;
    element(xml, "x:userId", &format!("FI-{}", question.end_user.as_str()))?;
    element(xml, "x:issue", &question.disclosure.to_string())?;
    element(xml, "x:protocolVersion", PROTOCOL_VERSION)
}

fn x_road_id(xml: &mut Xml, (name, kind): (&str, &str), members: &[(&str, &str)]) -> io::Result<()> {
    xml.create_element(name)
        .with_attribute(("id:objectType", kind))
        .write_inner_content(|xml| members.iter().try_for_each(|(name, text)| element(xml, name, text)))
        .map(drop)
}

/// The thirteen elements of the question, the same on both ways.
fn key(xml: &mut Xml, settings: &QuerySettings, question: &Question<'_>) -> io::Result<()> {
    element(xml, "SoSoNimi", &settings.product)?;
    element(xml, "Kayttajatunnus", &settings.username)?;
    element(xml, "Salasana", settings.password.expose_secret())?;
    element(xml, "Loppukayttaja", question.end_user.as_str())?;
    element(xml, "Laskutustiedot", "")?;
    element(xml, "Henkilotunnus", question.code.expose())?;
    EMPTY_AT_THE_END.iter().try_for_each(|name| element(xml, name, ""))
}

fn element(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    let element = xml.create_element(name);
    if text.is_empty() { element.write_empty() } else { element.write_text_content(BytesText::new(text)) }
        .map(drop)
}
