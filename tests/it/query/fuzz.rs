//! Mutated answers: never a panic, never somebody else, never an error that tells a secret.
//!
//! A bounded number of cases in the tests. By hand for as long as one likes, with other cases each time:
//! `AJANTASA_FUZZ_SECONDS=600 cargo test --release --test it query::fuzz`.

use std::time::Instant;

use rand::rngs::SmallRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};

use super::*;

/// Cases in the tests.
const CASES: u64 = 4000;

/// Pieces that break things or that a reader could fall for.
const PIECES: [&str; 26] = [
    "<",
    ">",
    "</",
    "/>",
    "&",
    "&#0;",
    "&#x41;",
    "&amp;",
    "&other;",
    "\"",
    "'",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<!DOCTYPE a>",
    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
    " xmlns=\"http://xml.vrk.fi/schema/vtjkysely\"",
    " xmlns=\"\"",
    "<Henkilo>",
    "</Henkilo>",
    "<Henkilotunnus>140385-901E</Henkilotunnus>",
    "<TurvakieltoTieto>1</TurvakieltoTieto>",
    "140385-901E",
    "\u{0}",
    "\u{fffd}",
];

fn files() -> Vec<(Way, Vec<u8>)> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".xml").map(str::to_owned))
        .collect();
    names.sort();
    names.iter().map(|name| (way_of(name), file(name))).collect()
}

fn mutate(body: &mut Vec<u8>, other: &[u8], chance: &mut SmallRng) {
    let at = chance.random_range(0..=body.len());
    let end = (at + chance.random_range(0..200)).min(body.len());
    match chance.random_range(0..8) {
        0 => body.truncate(at),
        1 => drop(body.drain(at..end)),
        2 => {
            let piece = body[at..end].to_vec();
            let to = chance.random_range(0..=body.len());
            drop(body.splice(to..to, piece));
        }
        3 => {
            let piece = PIECES[chance.random_range(0..PIECES.len())];
            drop(body.splice(at..at, piece.bytes()));
        }
        4 => {
            let piece = PIECES[chance.random_range(0..PIECES.len())];
            drop(body.splice(at..end, piece.bytes()));
        }
        5 if at < body.len() => body[at] = chance.next_u32().to_le_bytes()[0],
        6 if at < body.len() => body[at] ^= 1 << chance.random_range(0..8),
        _ => {
            let from = chance.random_range(0..=other.len());
            body.truncate(at);
            body.extend_from_slice(&other[from..]);
        }
    }
}

fn check(body: &[u8], way: &Way, asked: &str) {
    let asked = code(asked);
    let settings = settings("http://localhost/", way.clone());
    match read_answer(body, None, &settings, &asked, &everything(), MESSAGE_ID) {
        Ok(QueryAnswer::Found(described)) => {
            assert_eq!(described.record.code, asked, "somebody else was found");
            assert!(!described.passive_said);
        }
        Ok(QueryAnswer::Passivated { successor, described }) => {
            assert_ne!(successor.as_ref(), Some(&asked));
            if let Some(described) = described {
                assert_eq!(described.record.code, successor.unwrap_or(asked));
            }
        }
        Ok(
            QueryAnswer::NotFound
            | QueryAnswer::DeadNotDisclosed
            | QueryAnswer::NotDisclosable
            | QueryAnswer::Unreadable(_),
        ) => {}
        Err(error) => is_discreet(&error),
    }
}

#[test]
fn mutated_answers_never_panic_and_never_find_somebody_else() {
    let files = files();
    let long = std::env::var("AJANTASA_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let seed = if long.is_some() { rand::random() } else { 1 };
    println!("seed {seed}");
    let start = Instant::now();
    let mut chance = SmallRng::seed_from_u64(seed);
    let mut cases = 0;
    while long.map_or(cases < CASES, |seconds| start.elapsed() < Duration::from_secs(seconds)) {
        let (way, body) = &files[chance.random_range(0..files.len())];
        let (_, other) = &files[chance.random_range(0..files.len())];
        let mut body = body.clone();
        for _ in 0..chance.random_range(1..6) {
            mutate(&mut body, other, &mut chance);
        }
        let asked = [AINO, PROTECTED, DEAD, OLD, CHILD][chance.random_range(0..5)];
        check(&body, way, asked);
        cases += 1;
    }
    println!("{cases} cases");
}
