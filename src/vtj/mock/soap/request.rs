//! A request of VTJkysely, read as strictly as the security server and the service read it.

use axum::http::{HeaderMap, StatusCode};

use super::xml::{self, DIRECT, ENVELOPE, Element, IDENTIFIERS, QUERY, XROAD};

/// How the question came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Through the national data exchange layer.
    XRoad,
    /// Straight to `soso.asmx`.
    Direct,
}

/// Why a request is not answered by VTJ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The security server's fault, by its code; sent with HTTP 200.
    XRoad(&'static str),
    /// The service's own fault: code and text.
    Service(&'static str, &'static str),
    /// No SOAP at all.
    Http(StatusCode, &'static str),
}

/// A question that was understood; what is wrong with it is told by a return code.
#[derive(Clone, Default)]
pub struct Request {
    /// The X-Road headers, as they came.
    pub header: Vec<Element>,
    /// `id` of the X-Road headers.
    pub message_id: String,
    /// `issue` of the X-Road headers.
    pub issue: String,
    /// Whether the elements are known ones, each once, in the order of the schema.
    pub in_order: bool,
    /// `SoSoNimi`.
    pub product: String,
    /// `Kayttajatunnus`.
    pub username: String,
    /// `Salasana`.
    pub password: String,
    /// `Loppukayttaja`.
    pub end_user: String,
    /// `Laskutustiedot`.
    pub billing: String,
    /// `Henkilotunnus`.
    pub code: String,
}

/// The elements of a request in the order of the schema.
const FIELDS: [&str; 13] = [
    "SoSoNimi",
    "Kayttajatunnus",
    "Salasana",
    "Loppukayttaja",
    "Laskutustiedot",
    "Henkilotunnus",
    "SahkoinenAsiointitunnus",
    "VarmenteenMyontaja",
    "X509Certificate",
    "VarmenteenVoimassaolotarkistus",
    "VarmenteenSulkulistatarkistus",
    "Tunnistusportaali",
    "Vara1",
];

/// The operation over X-Road.
pub const OPERATION: &str = "HenkilonTunnusKysely";
/// The operation of the direct service.
pub const DIRECT_OPERATION: &str = "TeeHenkilonTunnusKysely";
/// What the direct service wants as `SOAPAction`.
const ACTION: &str = "http://tempuri.org/TeeHenkilonTunnusKysely";
/// The business identity code of the Digital and Population Data Services Agency.
const AGENCY: &str = "0245437-2";

const NO_ACTION: Refused =
    Refused::Service("s:Client", "Server did not recognize the value of HTTP Header SOAPAction");
const NOT_READ: Refused = Refused::Service("s:Client", "Server was unable to read request");

/// Reads a request.
///
/// # Errors
/// When it is not one that VTJ gets to see or can read.
pub fn read(way: Way, headers: &HeaderMap, body: &[u8]) -> Result<Request, Refused> {
    match way {
        Way::XRoad => over_x_road(headers, body),
        Way::Direct => direct(headers, body),
    }
}

fn over_x_road(headers: &HeaderMap, body: &[u8]) -> Result<Request, Refused> {
    if !is_text_xml(headers) {
        return Err(Refused::XRoad("Client.InvalidContentType"));
    }
    let soap = Refused::XRoad("Client.InvalidSoap");
    let (header, operation) = envelope(body).ok_or_else(|| soap.clone())?;
    let header = header.ok_or(Refused::XRoad("Client.MissingHeader"))?.children;
    let named = |name: &str| header.iter().filter(|element| element.is(XROAD, name)).collect::<Vec<_>>();
    for name in ["client", "service", "id", "protocolVersion", "userId", "issue"] {
        match (named(name).as_slice(), name) {
            ([_], _) | ([], "userId" | "issue") => {}
            ([], _) => return Err(Refused::XRoad("Client.MissingHeaderField")),
            _ => return Err(Refused::XRoad("Client.DuplicateHeaderField")),
        }
    }
    let text = |name: &str| named(name).first().map(|element| element.trimmed().to_owned());
    if text("protocolVersion").as_deref() != Some("4.0") {
        return Err(Refused::XRoad("Client.InvalidProtocolVersion"));
    }
    let message_id = text("id").filter(|id| !id.is_empty());
    let message_id = message_id.ok_or(Refused::XRoad("Client.MissingHeaderField"))?;
    let client = identifier(named("client")[0], &["SUBSYSTEM", "MEMBER"]).ok_or_else(|| soap.clone())?;
    let service = identifier(named("service")[0], &["SERVICE"]).ok_or(soap)?;
    known(&client, &service)?;
    if operation.name != service[4] {
        return Err(Refused::XRoad("Client.InvalidBody"));
    }
    if !action(headers).is_some_and(str::is_empty) {
        return Err(NO_ACTION);
    }
    if operation.namespace != QUERY {
        return Err(NOT_READ);
    }
    let issue = text("issue").unwrap_or_default();
    let mut request = match operation.children.as_slice() {
        [request] if request.is(QUERY, "request") => fields(request),
        _ => Request::default(),
    };
    request.message_id = message_id;
    request.issue = issue;
    request.header = header;
    Ok(request)
}

/// Whether both are at home in this instance and the service is the one that is simulated.
fn known(client: &[String], service: &[String]) -> Result<(), Refused> {
    let class = ["GOV", "MUN", "COM", "ORG"].contains(&client[1].as_str());
    let instance = ["FI", "FI-TEST", "FI-DEV"].contains(&client[0].as_str());
    if !class || !instance || service[..3] != [client[0].as_str(), "GOV", AGENCY] {
        return Err(Refused::XRoad("Server.ClientProxy.UnknownMember"));
    }
    let subsystem = ["VTJkysely", "VTJService"].contains(&service[3].as_str());
    if !subsystem
        || service.get(4).is_none_or(|code| code != OPERATION)
        || service.get(5).is_none_or(|v| v != "v1")
    {
        return Err(Refused::XRoad("Server.ServerProxy.UnknownService"));
    }
    Ok(())
}

/// The parts of an identifier, if it is of one of these types and they stand in their order.
fn identifier(element: &Element, types: &[&str]) -> Option<Vec<String>> {
    let is_type =
        |(namespace, name, _): &&(&str, String, String)| *namespace == IDENTIFIERS && name == "objectType";
    let object_type = element.attributes.iter().find(is_type).map(|(_, _, value)| value.as_str())?;
    let parts: &[&str] = match object_type {
        "SERVICE" => {
            &["xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serviceCode", "serviceVersion"]
        }
        "SUBSYSTEM" => &["xRoadInstance", "memberClass", "memberCode", "subsystemCode"],
        _ => &["xRoadInstance", "memberClass", "memberCode"],
    };
    let right = types.contains(&object_type)
        && element.children.len() == parts.len()
        && element
            .children
            .iter()
            .zip(parts)
            .all(|(child, part)| child.is(IDENTIFIERS, part) && !child.trimmed().is_empty());
    right.then(|| element.children.iter().map(|child| child.trimmed().to_owned()).collect())
}

fn direct(headers: &HeaderMap, body: &[u8]) -> Result<Request, Refused> {
    if !is_text_xml(headers) {
        return Err(Refused::Http(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type"));
    }
    if action(headers) != Some(ACTION) {
        return Err(NO_ACTION);
    }
    let (_, operation) = envelope(body).ok_or(NOT_READ)?;
    if operation.is(DIRECT, DIRECT_OPERATION) { Ok(fields(&operation)) } else { Err(NOT_READ) }
}

/// `text/xml` in UTF-8, which is also what no charset means.
fn is_text_xml(headers: &HeaderMap) -> bool {
    let value = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    let utf8 = |part: &str| {
        let Some((name, value)) = part.split_once('=') else { return false };
        !name.trim().eq_ignore_ascii_case("charset")
            || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    parts.next().is_some_and(|media| media.eq_ignore_ascii_case("text/xml")) && parts.all(utf8)
}

/// The action, without the quotation marks that SOAP wants around it.
fn action(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get("soapaction")?.to_str().ok()?.trim();
    Some(value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value))
}

/// The header, if there is one, and the one element of the body.
fn envelope(body: &[u8]) -> Option<(Option<Element>, Element)> {
    let mut envelope = xml::read(body).ok().filter(|root| root.is(ENVELOPE, "Envelope"))?;
    let mut body = envelope.children.pop().filter(|last| last.is(ENVELOPE, "Body"))?;
    let header = envelope.children.pop();
    let right = header.as_ref().is_none_or(|header| header.is(ENVELOPE, "Header"));
    if !right || !envelope.children.is_empty() || body.children.len() != 1 {
        return None;
    }
    Some((header, body.children.pop()?))
}

fn fields(of: &Element) -> Request {
    let mut from = 0;
    let mut request = Request { in_order: true, ..Request::default() };
    for child in &of.children {
        let at = FIELDS.iter().position(|field| child.is(&of.namespace, field));
        request.in_order &= child.children.is_empty() && at.is_some_and(|at| at >= from);
        let Some(at) = at else { continue };
        from = at + 1;
        let text = child.text.clone();
        match FIELDS[at] {
            "SoSoNimi" => request.product = text,
            "Kayttajatunnus" => request.username = text,
            "Salasana" => request.password = text,
            "Loppukayttaja" => request.end_user = text,
            "Laskutustiedot" => request.billing = text,
            "Henkilotunnus" => request.code = text,
            _ => {}
        }
    }
    request
}
