//! The single-person query beside what it cannot do without: the parser beside a bare pull, asking over TLS
//! beside a bare client, and a whole question with database and audit beside both.
//!
//! `query parse [FOLDER]` reads the found people of `testdata/query`, or the messages of a folder, ours and a bare
//! namespace-aware pull over the same bytes by turns, and prints CPU rates and their ratio.
//! `query ask URL CA IDENTITY CODES` asks a simulated VTJ
//! (`ajantasa mock --tls`) about the codes in a file, sixteen at a time, by turns ours and a bare one (same
//! bytes sent, bare pull over the answer), and prints both rates, the ratio and the memory.
//! `query check CONFIG CARDS URL CA IDENTITY CODES` does the same, and by turns asks about the cards in a file as
//! `ajantasa check` does, in the installation that a configuration file describes.
//! `query rate URL CA IDENTITY CODES R` asks at a limit of R a second for twenty seconds. Nothing is asserted.

mod floor;
mod whole;

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
use ajantasa::vtj::tls::TlsSettings;
use secrecy::SecretString;
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
        ["check", config, cards, url, ca, identity, codes] => {
            let settings = settings(url, Some((ca, identity)), 1_000_000)?;
            runtime()?.block_on(check(settings, codes, config, cards))
        }
        ["rate", url, ca, identity, codes, rate] => {
            runtime()?.block_on(at_a_rate(settings(url, Some((ca, identity)), rate.parse()?)?, codes))
        }
        _ => {
            println!(
                "usage: query parse [FOLDER] | ask URL CA IDENTITY CODES | check CONFIG CARDS URL CA IDENTITY CODES \
                 | rate URL CA IDENTITY CODES R"
            );
            Ok(())
        }
    }
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// CPU seconds of all threads of this process.
fn cpu() -> Outcome<f64> {
    let mut nanoseconds = 0.0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        let stat = std::fs::read_to_string(thread?.path().join("schedstat"))?;
        nanoseconds += stat.split_whitespace().next().ok_or("no time")?.parse::<f64>()?;
    }
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
            let read = floor::bare(&messages[turn % messages.len()].0)?;
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

/// Does a thing for every item, so many at once, and returns how many a CPU second were done.
async fn together<T, F, G>(items: &Arc<Vec<T>>, one: F) -> Outcome<f64>
where
    T: Clone + 'static,
    F: Fn(usize, T) -> G + Clone + 'static,
    G: Future<Output = Outcome<()>> + 'static,
{
    let start = cpu()?;
    let next = Arc::new(AtomicUsize::new(0));
    let local = tokio::task::LocalSet::new();
    for _ in 0..AT_ONCE {
        let (next, items, one) = (Arc::clone(&next), Arc::clone(items), one.clone());
        local.spawn_local(async move {
            while let Some((number, item)) = {
                let number = next.fetch_add(1, Ordering::Relaxed);
                items.get(number).map(|item| (number, item.clone()))
            } {
                if let Err(error) = one(number, item).await {
                    eprintln!("{error}");
                    std::process::exit(1);
                }
            }
        });
    }
    local.await;
    Ok(f64::from(u32::try_from(items.len())?) / (cpu()? - start))
}

/// Our client, with nothing before and nothing behind it.
async fn ours(client: QueryClient, number: usize, code: IdentityCode) -> Outcome<()> {
    let (end_user, grants) = (EndUser::new("aj-bench")?, Grants::new(FieldGroup::ALL));
    let call = call(number)?;
    match client.ask(&code, &end_user, &grants, &call, chrono::DateTime::UNIX_EPOCH).await? {
        QueryAnswer::Found(_) | QueryAnswer::Passivated { .. } | QueryAnswer::NotFound => Ok(()),
        other => Err(format!("unexpected: {}", other.as_str()).into()),
    }
}

async fn ask(settings: QuerySettings, file: &str) -> Outcome<()> {
    let codes = codes(file)?;
    let (client, floor) = (QueryClient::new(&settings)?, floor::client(&settings)?);
    let (mut by_ours, mut by_bare) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (client, floor, url) = (client.clone(), floor.clone(), settings.url.clone());
        by_ours.push(together(&codes, move |number, code| ours(client.clone(), number, code)).await?);
        let two = move |number, code| floor::ask(floor.clone(), url.clone(), number, code);
        by_bare.push(together(&codes, two).await?);
        eprintln!("round {}: {}", round + 1, memory()?);
    }
    report("ask", by_ours, by_bare);
    Ok(())
}

/// The whole question, the client alone and the bare one, by turns.
async fn check(settings: QuerySettings, codes_file: &str, config: &str, cards: &str) -> Outcome<()> {
    let codes = codes(codes_file)?;
    let cards = Arc::new(std::fs::read_to_string(cards)?.lines().map(str::to_owned).collect::<Vec<_>>());
    let site = whole::open(config).await?;
    let (client, floor) = (QueryClient::new(&settings)?, floor::client(&settings)?);
    // The first question of an installation is a trial by itself.
    whole::ask(Arc::clone(&site), cards[0].clone()).await?;
    let (mut by_whole, mut by_ours, mut by_bare) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (client, floor, url) = (client.clone(), floor.clone(), settings.url.clone());
        let site = Arc::clone(&site);
        let start = Instant::now();
        by_whole.push(together(&cards, move |_, card| whole::ask(Arc::clone(&site), card)).await?);
        let seconds = start.elapsed().as_secs_f64();
        by_ours.push(together(&codes, move |number, code| ours(client.clone(), number, code)).await?);
        let two = move |number, code| floor::ask(floor.clone(), url.clone(), number, code);
        by_bare.push(together(&codes, two).await?);
        eprintln!("round {}: {} whole questions in {seconds:.1} s; {}", round + 1, cards.len(), memory()?);
    }
    report("client alone", by_ours, by_bare.clone());
    report("whole question", by_whole, by_bare);
    Ok(())
}

/// The memory of this process: now, and at its highest.
fn memory() -> Outcome<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let lines: Vec<&str> =
        status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM")).collect();
    Ok(lines.join(", "))
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
