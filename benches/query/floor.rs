//! The floor: a bare namespace-aware pull, and a bare client that sends a text with holes.

use ajantasa::identity_code::IdentityCode;
use ajantasa::vtj::query::QuerySettings;
use ajantasa::vtj::tls::install_provider;
use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::Outcome;

/// What a bare reader takes from a message: enough to know that it read it.
#[derive(Default)]
pub struct Bare {
    pub code: String,
    surname: String,
    first_names: String,
    lines: [String; 5],
    municipality: String,
    date_of_death: String,
    protected: bool,
}

/// A namespace-aware pull that reads eleven fields and refuses nothing.
pub fn bare(bytes: &[u8]) -> Outcome<Bare> {
    let mut xml = NsReader::from_str(std::str::from_utf8(bytes)?);
    let mut read = Bare::default();
    let (mut depth, mut person, mut part, mut field) = (0_u32, 0_u32, 0_u8, 0_u8);
    loop {
        match xml.read_resolved_event()? {
            (namespace, Event::Start(element)) => {
                depth += 1;
                let ours = matches!(namespace, ResolveResult::Bound(name) if name.0 == "http://xml.vrk.fi/schema/vtjkysely");
                let name = if ours { element.local_name().into_inner() } else { "" };
                if person == 0 {
                    if name == "Henkilo" {
                        person = depth;
                    }
                } else if depth == person + 1 {
                    part = match name {
                        "Henkilotunnus" => 1,
                        "NykyinenSukunimi" => 2,
                        "NykyisetEtunimet" => 3,
                        "VakinainenKotimainenLahiosoite" => 4,
                        "Kotikunta" => 6,
                        "Kuolintiedot" => 7,
                        "Turvakielto" => 8,
                        _ => 0,
                    };
                    field = u8::from(part == 1);
                } else if part != 0 {
                    field = match name {
                        "Sukunimi" => 2,
                        "Etunimet" => 3,
                        "LahiosoiteS" => 4,
                        "LahiosoiteR" => 5,
                        "Postinumero" => 6,
                        "PostitoimipaikkaS" => 7,
                        "PostitoimipaikkaR" => 8,
                        "Kuntanumero" => 9,
                        "Kuolinpvm" => 11,
                        "TurvakieltoTieto" => 12,
                        _ => 0,
                    };
                }
            }
            (_, Event::Text(text)) if part != 0 && field != 0 => match (part, field) {
                (1, 1) => read.code.push_str(&text),
                (2, 2) => read.surname.push_str(&text),
                (3, 3) => read.first_names.push_str(&text),
                (4, line @ 4..=8) => read.lines[usize::from(line) - 4].push_str(&text),
                (6, 9) => read.municipality.push_str(&text),
                (7, 11) => read.date_of_death.push_str(&text),
                (8, 12) => read.protected = &*text == "1",
                _ => {}
            },
            (_, Event::End(_)) => {
                if person != 0 && depth == person + 1 {
                    part = 0;
                }
                if depth == person {
                    person = u32::MAX;
                }
                field = 0;
                depth -= 1;
            }
            (_, Event::Eof) => return Ok(read),
            _ => {}
        }
    }
}

/// A client without any limit.
pub fn client(settings: &QuerySettings) -> Outcome<reqwest::Client> {
    install_provider();
    let ca = settings.tls.ca_pem.as_deref().ok_or("no authority")?;
    let identity = settings.tls.client_identity_pem.as_ref().ok_or("no identity")?;
    Ok(reqwest::Client::builder()
        .tls_certs_only(reqwest::Certificate::from_pem_bundle(ca)?)
        .identity(reqwest::Identity::from_pem(identity.expose_secret().as_bytes())?)
        .no_proxy()
        .build()?)
}

/// The question as a text with holes.
fn envelope(number: usize, code: &IdentityCode) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers"><s:Header><x:client id:objectType="SUBSYSTEM"><id:xRoadInstance>FI-TEST</id:xRoadInstance><id:memberClass>MUN</id:memberClass><id:memberCode>1234567-1</id:memberCode><id:subsystemCode>kirjasto</id:subsystemCode></x:client><x:service id:objectType="SERVICE"><id:xRoadInstance>FI-TEST</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>0245437-2</id:memberCode><id:subsystemCode>VTJkysely</id:subsystemCode><id:serviceCode>HenkilonTunnusKysely</id:serviceCode><id:serviceVersion>v1</id:serviceVersion></x:service><x:id>{}</x:id><x:userId>FI-aj-bench</x:userId><x:issue>bench</x:issue><x:protocolVersion>4.0</x:protocolVersion></s:Header><s:Body><HenkilonTunnusKysely xmlns="http://xml.vrk.fi/ws/vtj/vtjkysely/1"><request><SoSoNimi>KIRJASTO1</SoSoNimi><Kayttajatunnus>demo</Kayttajatunnus><Salasana>demo</Salasana><Loppukayttaja>aj-bench</Loppukayttaja><Laskutustiedot/><Henkilotunnus>{}</Henkilotunnus><SahkoinenAsiointitunnus/><VarmenteenMyontaja/><X509Certificate/><VarmenteenVoimassaolotarkistus/><VarmenteenSulkulistatarkistus/><Tunnistusportaali/><Vara1/></request></HenkilonTunnusKysely></s:Body></s:Envelope>"#,
        Uuid::from_u128(u128::try_from(number).unwrap_or_default()),
        code.expose(),
    )
}

/// Asks about somebody and reads the answer.
pub async fn ask(client: reqwest::Client, url: String, number: usize, code: IdentityCode) -> Outcome<()> {
    let request = client.post(url).header("Content-Type", "text/xml; charset=UTF-8");
    let request = request.header("SOAPAction", "\"\"").body(envelope(number, &code));
    let answer = request.send().await?.bytes().await?;
    std::hint::black_box(bare(&answer)?);
    Ok(())
}
