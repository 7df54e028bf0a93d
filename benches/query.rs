//! The single-person query beside what it cannot do without: the parser beside a bare pull, and asking over
//! TLS beside a bare client.
//!
//! `query parse [FOLDER]` reads the found people of `testdata/query`, or the messages of a folder, ours and a bare
//! namespace-aware pull over the same bytes by turns, and prints CPU rates and their ratio.
//! `query ask URL CA IDENTITY CODES` asks a simulated VTJ
//! (`ajantasa mock --tls`) about the codes in a file, sixteen at a time, by turns ours and a bare one (same
//! bytes sent, bare pull over the answer), and prints both rates, the ratio and the peak of the memory.
//! `query rate URL CA IDENTITY CODES R` asks at a limit of R a second for twenty seconds. Nothing is asserted.

use std::error::Error;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ajantasa::identity_code::IdentityCode;
use ajantasa::municipality::{FieldGroup, Grants, MunicipalityCode};
use ajantasa::purpose::GroundedPurpose;
use ajantasa::vtj::call::Call;
use ajantasa::vtj::http::HttpLimits;
use ajantasa::vtj::query::{EndUser, QueryAnswer, QueryClient, QuerySettings, Way, XRoadClient, read_answer};
use ajantasa::vtj::tls::{TlsSettings, install_provider};
use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Pairs of ours and the floor, by turns.
const ROUNDS: usize = 7;
/// Messages in one turn of the parser.
const MESSAGES: usize = 20_000;
/// Questions under way at once.
const AT_ONCE: usize = 16;
const MESSAGE_ID: Uuid = Uuid::from_u128(0x5b0f_6c1e_6f0a_4a39_9f36_1d1c_6f2f_7a10);

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["parse"] => parse(&of_testdata()?),
        ["parse", folder] => parse(&of_folder(folder)?),
        ["ask", url, ca, identity, codes] => {
            runtime()?.block_on(ask(settings(url, Some((ca, identity)), 1_000_000)?, codes))
        }
        ["rate", url, ca, identity, codes, rate] => {
            runtime()?.block_on(at_a_rate(settings(url, Some((ca, identity)), rate.parse()?)?, codes))
        }
        _ => {
            println!(
                "usage: query parse [FOLDER] | ask URL CA IDENTITY CODES | rate URL CA IDENTITY CODES R"
            );
            Ok(())
        }
    }
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// CPU seconds of this process.
fn cpu() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: f64 = stat.split_whitespace().next().ok_or("no time")?.parse()?;
    Ok(nanoseconds / 1e9)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn settings(url: &str, files: Option<(&str, &str)>, rate: u32) -> Outcome<QuerySettings> {
    let tls = match files {
        None => TlsSettings::default(),
        Some((ca, identity)) => TlsSettings {
            ca_pem: Some(std::fs::read(ca)?),
            client_identity_pem: Some(SecretString::from(std::fs::read_to_string(identity)?)),
        },
    };
    Ok(QuerySettings {
        url: url.to_owned(),
        way: Way::XRoad {
            client: XRoadClient::parse("FI-TEST/MUN/1234567-1/kirjasto")?,
            service_instance: "FI-TEST".to_owned(),
        },
        product: "KIRJASTO1".to_owned(),
        username: "demo".to_owned(),
        password: SecretString::from("demo"),
        requests_per_second: NonZeroU32::new(rate).ok_or("a rate is at least 1")?,
        limits: HttpLimits::default(),
        tls,
    })
}

/// What a bare reader takes from a message: enough to know that it read it.
#[derive(Default)]
struct Bare {
    code: String,
    surname: String,
    first_names: String,
    lines: [String; 5],
    municipality: String,
    date_of_death: String,
    protected: bool,
}

/// A namespace-aware pull that reads eleven fields and refuses nothing.
fn bare(bytes: &[u8]) -> Outcome<Bare> {
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

/// Messages, each with the code it answers.
type Messages = Vec<(Vec<u8>, IdentityCode)>;

fn of_testdata() -> Outcome<Messages> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/query");
    let mut messages = Vec::new();
    for (name, code) in [
        ("x-road-found", "021172-9147"),
        ("x-road-with-notice", "021172-9147"),
        ("x-road-abroad", "021172-9147"),
        ("x-road-protected", "140385-901E"),
        ("x-road-dead", "300641-923J"),
    ] {
        messages.push((std::fs::read(format!("{folder}/{name}.xml"))?, IdentityCode::parse(code)?));
    }
    Ok(messages)
}

/// Every message of a folder; each echoes the code it was asked about.
fn of_folder(folder: &str) -> Outcome<Messages> {
    let mut messages = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let text = std::fs::read_to_string(entry?.path())?;
        let (_, behind) = text.split_once("<Henkilotunnus>").ok_or("a message without an echo")?;
        let code = behind.split('<').next().unwrap_or_default();
        let code = IdentityCode::parse(code)?;
        messages.push((text.into_bytes(), code));
    }
    Ok(messages)
}

fn parse(messages: &Messages) -> Outcome<()> {
    let settings = settings("http://localhost/", None, 1)?;
    let grants = Grants::new(FieldGroup::ALL);
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = cpu()?;
        for turn in 0..MESSAGES {
            let (bytes, code) = &messages[turn % messages.len()];
            let answer = read_answer(bytes, Some("utf-8"), &settings, code, &grants, MESSAGE_ID)?;
            std::hint::black_box(answer);
        }
        let between = cpu()?;
        for turn in 0..MESSAGES {
            let read = bare(&messages[turn % messages.len()].0)?;
            if read.code.len() != 11 {
                return Err("the bare reader found nobody".into());
            }
            std::hint::black_box(read);
        }
        let end = cpu()?;
        let count = f64::from(u32::try_from(MESSAGES)?);
        ours.push(count / (between - start));
        floor.push(count / (end - between));
    }
    report("parse", ours, floor);
    Ok(())
}

fn report(what: &str, ours: Vec<f64>, floor: Vec<f64>) {
    let ratios = ours.iter().zip(&floor).map(|(ours, floor)| ours / floor).collect();
    let (ours, floor, ratio) = (median(ours), median(floor), median(ratios));
    println!("{what}: ours {ours:.0}, bare {floor:.0} a CPU second; ours/bare {ratio:.2}");
}

fn codes(file: &str) -> Outcome<Arc<Vec<IdentityCode>>> {
    let text = std::fs::read_to_string(file)?;
    Ok(Arc::new(text.lines().map(|line| IdentityCode::parse(line.trim())).collect::<Result<_, _>>()?))
}

fn call(number: usize) -> Outcome<Call> {
    let purpose = GroundedPurpose::new("desk", "a bench")?;
    let number = u128::try_from(number)?;
    Ok(Call::recorded(Uuid::from_u128(number), purpose, MunicipalityCode::parse("710")?))
}

/// Asks about everybody, so many at once, and returns how many a CPU second were answered.
async fn together<F, G>(codes: &Arc<Vec<IdentityCode>>, ask: F) -> Outcome<f64>
where
    F: Fn(usize, IdentityCode) -> G + Clone + 'static,
    G: Future<Output = Outcome<()>> + 'static,
{
    let start = cpu()?;
    let next = Arc::new(AtomicUsize::new(0));
    let local = tokio::task::LocalSet::new();
    for _ in 0..AT_ONCE {
        let (next, codes, ask) = (Arc::clone(&next), Arc::clone(codes), ask.clone());
        local.spawn_local(async move {
            while let Some((number, code)) = {
                let number = next.fetch_add(1, Ordering::Relaxed);
                codes.get(number).map(|code| (number, code.clone()))
            } {
                if let Err(error) = ask(number, code).await {
                    eprintln!("{error}");
                    std::process::exit(1);
                }
            }
        });
    }
    local.await;
    Ok(f64::from(u32::try_from(codes.len())?) / (cpu()? - start))
}

async fn ask(settings: QuerySettings, file: &str) -> Outcome<()> {
    let codes = codes(file)?;
    let client = QueryClient::new(&settings)?;
    let end_user = EndUser::new("aj-bench")?;
    let grants = Grants::new(FieldGroup::ALL);
    let one = move |number: usize, code: IdentityCode| {
        let (client, end_user, grants) = (client.clone(), end_user.clone(), grants.clone());
        async move {
            let call = call(number)?;
            match client.ask(&code, &end_user, &grants, &call, chrono::DateTime::UNIX_EPOCH).await? {
                QueryAnswer::Found(_) | QueryAnswer::Passivated { .. } | QueryAnswer::NotFound => Ok(()),
                other => Err(format!("unexpected: {}", other.as_str()).into()),
            }
        }
    };
    let floor = bare_client(&settings)?;
    let url = settings.url.clone();
    let two = move |number: usize, code: IdentityCode| {
        let (floor, url) = (floor.clone(), url.clone());
        async move {
            let body = envelope(number, &code);
            let request = floor.post(url).header("Content-Type", "text/xml; charset=UTF-8");
            let answer = request.header("SOAPAction", "\"\"").body(body).send().await?.bytes().await?;
            std::hint::black_box(bare(&answer)?);
            Ok(())
        }
    };
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        ours.push(together(&codes, one.clone()).await?);
        bare.push(together(&codes, two.clone()).await?);
        eprintln!("round {}: {}", round + 1, peak()?);
    }
    report("ask", ours, bare);
    println!("{}", peak()?);
    Ok(())
}

fn peak() -> Outcome<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    Ok(status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned())
}

fn bare_client(settings: &QuerySettings) -> Outcome<reqwest::Client> {
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

async fn at_a_rate(settings: QuerySettings, file: &str) -> Outcome<()> {
    const SECONDS: usize = 20;
    let limit = usize::try_from(settings.requests_per_second.get())?;
    let codes = codes(file)?;
    let client = QueryClient::new(&settings)?;
    let (end_user, grants) = (EndUser::new("aj-bench")?, Grants::new(FieldGroup::ALL));
    let (mut times, start) = (Vec::new(), Instant::now());
    for number in 0..=limit * SECONDS {
        let code = &codes[number % codes.len()];
        client.ask(code, &end_user, &grants, &call(number)?, chrono::DateTime::UNIX_EPOCH).await?;
        times.push(start.elapsed());
    }
    let last = times.last().copied().unwrap_or_default();
    let shares =
        times.windows(limit + 1).filter(|some| some[limit].saturating_sub(some[0]) < Duration::from_secs(1));
    let reached = f64::from(u32::try_from(times.len() - 1)?) / last.as_secs_f64();
    println!(
        "rate: {reached:.2} of {limit} a second; windows of a second above the limit: {}",
        shares.count()
    );
    Ok(())
}
