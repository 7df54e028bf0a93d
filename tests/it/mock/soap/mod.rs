//! The query about one person, in both forms, as raw HTTP.

use super::*;

mod faults;
mod found;
mod people;
mod refused;
mod tls;

use ajantasa::vtj::mock::soap::{FAULTS, PRODUCTS, RETURN_CODES, snake_case};

/// What a question consists of; a test changes what it wants wrong.
struct Question {
    product: &'static str,
    username: &'static str,
    password: &'static str,
    end_user: String,
    billing: &'static str,
    code: String,
    id: &'static str,
    issue: &'static str,
    version: &'static str,
    client: &'static str,
    service: &'static str,
}

impl Question {
    fn about(code: &str) -> Self {
        Self {
            product: "KIRJASTO1",
            username: "demo",
            password: "demo",
            end_user: "aj-0123456789abcdef01234567".to_owned(),
            billing: "",
            code: code.to_owned(),
            id: "5b0f6c1e-6f0a-4a39-9f36-1d1c6f2f7a10",
            issue: "7d4c",
            version: "4.0",
            client: "FI-TEST/MUN/1234567-1/kirjasto",
            service: "FI-TEST/GOV/0245437-2/VTJkysely/HenkilonTunnusKysely/v1",
        }
    }

    fn in_product(mut self, product: &'static str) -> Self {
        self.product = product;
        self
    }

    fn fields(&self) -> String {
        format!(
            "<SoSoNimi>{}</SoSoNimi><Kayttajatunnus>{}</Kayttajatunnus><Salasana>{}</Salasana>\
             <Loppukayttaja>{}</Loppukayttaja><Laskutustiedot>{}</Laskutustiedot><Henkilotunnus>{}</Henkilotunnus>",
            self.product, self.username, self.password, self.end_user, self.billing, self.code
        )
    }

    fn x_road(&self) -> String {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:x=\"http://x-road.eu/xsd/xroad.xsd\" xmlns:i=\"http://x-road.eu/xsd/identifiers\">\
             <s:Header><x:client i:objectType=\"SUBSYSTEM\">{}</x:client>\
             <x:service i:objectType=\"SERVICE\">{}</x:service><x:id>{}</x:id><x:userId>FI-test</x:userId>\
             <x:issue>{}</x:issue><x:protocolVersion>{}</x:protocolVersion></s:Header>\
             <s:Body><HenkilonTunnusKysely xmlns=\"http://xml.vrk.fi/ws/vtj/vtjkysely/1\">\
             <request>{}</request></HenkilonTunnusKysely></s:Body></s:Envelope>",
            identifier(self.client),
            identifier(self.service),
            self.id,
            self.issue,
            self.version,
            self.fields()
        )
    }

    fn direct(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header/><soap:Body>\
             <TeeHenkilonTunnusKysely xmlns=\"http://tempuri.org/\">{}</TeeHenkilonTunnusKysely>\
             </soap:Body></soap:Envelope>",
            self.fields()
        )
    }
}

fn identifier(path: &str) -> String {
    let names =
        ["xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serviceCode", "serviceVersion"];
    let parts = path.split('/').zip(names);
    parts.fold(String::new(), |all, (part, name)| format!("{all}<i:{name}>{part}</i:{name}>"))
}

const ACTION: &str = "\"http://tempuri.org/TeeHenkilonTunnusKysely\"";

impl Vtj {
    fn soap(&self, path: &str, action: &str, body: String) -> RequestBuilder {
        let call = self.bare(path).header("content-type", "text/xml; charset=UTF-8");
        call.header("soapaction", action).body(body)
    }

    fn over_x_road(&self, question: &Question) -> RequestBuilder {
        self.soap("/", "\"\"", question.x_road())
    }

    fn directly(&self, question: &Question) -> RequestBuilder {
        self.soap("/sosowebsite/soso.asmx", ACTION, question.direct())
    }

    /// The answers of both forms.
    async fn both(&self, question: &Question) -> [String; 2] {
        [said(self.over_x_road(question)).await, said(self.directly(question)).await]
    }
}

async fn said(call: RequestBuilder) -> String {
    let response = call.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/xml; charset=utf-8");
    assert_eq!(response.headers()["x-simulation"], SIMULATION);
    response.text().await.unwrap()
}

/// The texts of all elements of that name, whatever their prefix and attributes, in order.
fn all<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    for tag in text.split('<').filter(|tag| !tag.starts_with(['/', '!', '?'])) {
        let end = tag.find('>').unwrap_or(0);
        let (head, content) = (&tag[..end], tag.get(end + 1..).unwrap_or_default());
        let full = head.trim_end_matches('/').split(' ').next().unwrap();
        if full.rsplit(':').next().unwrap() == name {
            found.push(if head.ends_with('/') { "" } else { content });
        }
    }
    found
}

/// The text of the first element of that name.
fn one<'t>(text: &'t str, name: &str) -> &'t str {
    all(text, name).first().copied().unwrap_or_else(|| panic!("no {name} in {text}"))
}

/// What stands between the first such tag and its end, elements and all.
fn inside<'t>(text: &'t str, name: &str) -> &'t str {
    let start = text.find(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {text}"));
    let rest = &text[start..];
    &rest[..rest.find(&format!("</{name}>")).unwrap()]
}

/// The return code: in the message, or over X-Road beside it.
fn return_code(answer: &str) -> &str {
    match answer.split_once("koodi=\"") {
        Some((_, rest)) => rest.split('"').next().unwrap(),
        None => one(answer, "faultCode"),
    }
}

async fn population() -> Vtj {
    let mut settings = settings();
    settings.population = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/population");
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Vtj { mock: RunningMock::start(settings).await.unwrap(), client }
}
