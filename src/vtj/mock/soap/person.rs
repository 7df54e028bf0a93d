//! The description of a person (`Henkilo`) in the elements and the order of a product.
//!
//! Every element a product has is always there; what is not known is an empty leaf, and a list without
//! items holds one item whose leaves are all empty. Of a person under a non-disclosure order, everything
//! that leads to their door is empty.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::facts::{Facts, date, digits, first_text, has_ended, text};
use super::product::{Part, Product};
use super::xml::{Element, MESSAGE};
use super::{address, names};

type Record = Map<String, Value>;

/// A person to be described.
#[derive(Debug, Clone)]
pub struct Person {
    /// The code that is said to be theirs.
    pub code: String,
    /// `voimassaolokoodi`: 1 active, 2 passive.
    pub validity: &'static str,
    /// What is known of them.
    pub facts: Facts,
}

/// An empty element of the message.
pub fn element(name: &str) -> Element {
    Element::new(MESSAGE, name)
}

/// An element with leaves.
pub fn group<const N: usize>(name: &str, leaves: [(&str, String); N]) -> Element {
    element(name).with(leaves.map(|(name, text)| element(name).text(text)))
}

fn leaf(name: &str, text: &str) -> Element {
    element(name).text(text)
}

/// The description in a product, by the calendar of `today`.
pub fn describe(person: &Person, product: &Product, today: NaiveDate) -> Element {
    let code = leaf("Henkilotunnus", &person.code).attribute("voimassaolokoodi", person.validity);
    let parts = product.parts.iter().flat_map(|part| elements(*part, &person.facts, today));
    element("Henkilo").with([code]).with(parts)
}

fn elements(part: Part, facts: &Facts, today: NaiveDate) -> Vec<Element> {
    let withheld = facts.is_protected();
    match part {
        Part::Name => name(facts),
        Part::CallName => vec![call_name(facts)],
        Part::FormerNames => former_names(facts),
        Part::Addresses => address::in_lines(facts, withheld, today),
        Part::SplitAddresses => address::in_parts(facts, withheld, today),
        Part::Municipality => vec![municipality(facts, withheld)],
        Part::Death => vec![death(facts, true)],
        Part::DeathDate => vec![death(facts, false)],
        Part::DeclaredDead => vec![declared_dead(facts)],
        Part::MotherTongue => vec![mother_tongue(facts)],
        Part::MotherTongueCode => vec![mother_tongue_code(facts)],
        Part::ServiceLanguage => vec![service_language(facts)],
        Part::Protection => vec![protection(facts)],
        Part::Sex => vec![sex(facts)],
        Part::Citizenship => vec![citizenship()],
        Part::Guardians => guardians(facts, today),
        Part::LegalGuardians => vec![legal_guardianship(facts, today)],
    }
}

/// First names have a blank behind them, as VTJ sends them.
fn name(facts: &Facts) -> Vec<Element> {
    let record = facts.records("HENKILON_NIMI").next();
    let last = record.map(|record| first_text(record, ["sukunimiUTF8", "sukunimi"])).unwrap_or_default();
    let first = record.map(|record| first_text(record, ["etunimiUTF8", "etunimi"])).unwrap_or_default();
    let blank = if first.is_empty() { "" } else { " " };
    names_of(last, &format!("{first}{blank}"))
}

fn names_of(last: &str, first: &str) -> Vec<Element> {
    vec![
        element("NykyinenSukunimi").with([leaf("Sukunimi", last)]),
        element("NykyisetEtunimet").with([leaf("Etunimet", first)]),
    ]
}

fn call_name(facts: &Facts) -> Element {
    let present =
        facts.records("KUTSUMANIMI").find(|record| text(record, "nimilaji") == "NYKYINEN_KUTSUMANIMI");
    let name = present.map(|record| first_text(record, ["nimiUTF8", "nimi"])).unwrap_or_default();
    element("NykyinenKutsumanimi").with([leaf("Kutsumanimi", name)])
}

fn former_names(facts: &Facts) -> Vec<Element> {
    let former = |name: &str, kind: &str, record: Option<&Record>| {
        let date = |key| record.map(|record| digits(record, key)).unwrap_or_default();
        group(
            "EntinenNimi",
            [
                ("Nimi", name.to_owned()),
                ("Nimilajikoodi", kind.to_owned()),
                ("Alkupvm", date("alkupv")),
                ("Loppupvm", date("loppupv")),
                ("Info8S", String::new()),
                ("Info8R", String::new()),
            ],
        )
    };
    let known: Vec<Element> = facts
        .records("NIMENMUUTOS")
        .map(|record| {
            let kind = if text(record, "nimilaji") == "EDELLINEN_SUKUNIMI" { "05" } else { "06" };
            former(first_text(record, ["nimiUTF8", "nimi"]), kind, Some(record))
        })
        .collect();
    if known.is_empty() { vec![former("", "", None)] } else { known }
}

fn municipality(facts: &Facts, withheld: bool) -> Element {
    let record = facts.records("KOTIKUNTA").next().filter(|_| !withheld);
    let code = record.map(|record| text(record, "kuntakoodi")).unwrap_or_default();
    let (fi, sv) = names::municipality(code);
    group(
        "Kotikunta",
        [
            ("Kuntanumero", code.to_owned()),
            ("KuntaS", fi.to_owned()),
            ("KuntaR", sv.to_owned()),
            ("KuntasuhdeAlkupvm", record.map(|record| digits(record, "kuntaanMuuttopv")).unwrap_or_default()),
        ],
    )
}

/// The record that says "dead", else the one that says anything.
fn said<'f>(facts: &'f Facts, name: &'f str) -> Option<&'f Record> {
    let dead = |record: &&Record| record.get("kuollut") == Some(&Value::Bool(true));
    facts.records(name).find(dead).or_else(|| facts.records(name).next())
}

/// `1` for a death; empty where there is none, were it taken back or never registered. A text that base data
/// has in place of yes or no stands here, too.
fn death(facts: &Facts, with_word: bool) -> Element {
    let said = said(facts, "KUOLINPAIVA");
    let record = said.filter(|record| record.get("kuollut") == Some(&Value::Bool(true)));
    let other = said.map(|record| text(record, "kuollut")).unwrap_or_default();
    let word = if record.is_some() { "1" } else { other };
    let on = record.map(|record| digits(record, "kuolinpv")).unwrap_or_default();
    element("Kuolintiedot").with(with_word.then(|| leaf("Kuollut", word))).with([leaf("Kuolinpvm", &on)])
}

fn declared_dead(facts: &Facts) -> Element {
    let record = said(facts, "KUOLLEEKSIJULISTAMISPAIVA");
    let record = record.filter(|record| record.get("kuollut") == Some(&Value::Bool(true)));
    let on = record.map(|record| digits(record, "kuolleeksijulistamispv")).unwrap_or_default();
    group("Kuolleeksijulistamistiedot", [("Kuolleeksijulistamispvm", on)])
}

fn language_code<'f>(facts: &'f Facts, name: &'f str) -> &'f str {
    facts.records(name).next().map(|record| text(record, "kielikoodi")).unwrap_or_default()
}

fn mother_tongue(facts: &Facts) -> Element {
    let code = language_code(facts, "AIDINKIELI");
    let (fi, sv) = names::language(code);
    group(
        "Aidinkieli",
        [
            ("Kielikoodi", code.to_owned()),
            ("KieliS", fi.to_owned()),
            ("KieliR", sv.to_owned()),
            ("KieliSelvakielinen", String::new()),
        ],
    )
}

fn mother_tongue_code(facts: &Facts) -> Element {
    let kind = match language_code(facts, "AIDINKIELI") {
        "" => "",
        "fi" => "1",
        "sv" => "2",
        _ => "3",
    };
    group("AidinkieliTietokoodi", [("Tietokoodi", kind.to_owned())])
}

fn service_language(facts: &Facts) -> Element {
    let code = language_code(facts, "ASIOINTIKIELI");
    let (fi, sv) = names::language(code);
    let leaves = [("Kielikoodi", code.to_owned()), ("KieliS", fi.to_owned()), ("KieliR", sv.to_owned())];
    group("Asiointikieli", leaves)
}

/// `1` where an order is in force, `0` where base data says that there is none, empty where it says nothing.
fn protection(facts: &Facts) -> Element {
    let record = facts.records("TURVAKIELTO").next();
    let word = match (facts.is_protected(), record) {
        (true, _) => "1",
        (false, Some(_)) => "0",
        (false, None) => "",
    };
    let ends = record.map(|record| digits(record, "turvaLoppuPv")).unwrap_or_default();
    group("Turvakielto", [("TurvakieltoTieto", word.to_owned()), ("TurvakieltoPaattymispvm", ends)])
}

fn sex(facts: &Facts) -> Element {
    let record = facts.records("SUKUPUOLI").next();
    let (code, fi, sv) = match record.map(|record| text(record, "sukupuoli")) {
        Some("MIES") => ("1", "Mies", "Man"),
        Some("NAINEN") => ("2", "Nainen", "Kvinna"),
        _ => ("", "", ""),
    };
    let leaves =
        [("Sukupuolikoodi", code.to_owned()), ("SukupuoliS", fi.to_owned()), ("SukupuoliR", sv.to_owned())];
    group("Sukupuoli", leaves)
}

fn citizenship() -> Element {
    let leaves =
        ["Kansalaisuuskoodi3", "KansalaisuusS", "KansalaisuusR", "KansalaisuusSelvakielinen", "Saamispvm"];
    group("Kansalaisuus", leaves.map(|name| (name, String::new())))
}

/// The custodians of a child, those of the past left out.
fn guardians(facts: &Facts, today: NaiveDate) -> Vec<Element> {
    let records: Vec<&Record> = facts
        .records_like("HUOLTAJA")
        .filter(|record| !has_ended(record, "huoltosuhteenLoppupv", today))
        .collect();
    let count = if records.is_empty() { String::new() } else { records.len().to_string() };
    let mut out = vec![leaf("HuoltajaLkm", &count)];
    if records.is_empty() {
        out.push(guardian(None));
    }
    out.extend(records.into_iter().map(|record| guardian(Some(record))));
    out
}

fn guardian(record: Option<&Record>) -> Element {
    let stub = record.and_then(|record| record.get("huoltaja")).and_then(Value::as_object);
    let kind = match record.map(|record| text(record, "huoltajanRooli")) {
        None => "",
        Some("AITI" | "ISA" | "VANHEMPI") => "03",
        Some(_) => "06",
    };
    stub_of("Huoltaja", stub, [element("Huoltotiedot").with([leaf("Henkilosuhdelajikoodi", kind)])])
}

/// Code, date of birth, what stands between, and names of a person inside another's description.
fn stub_of<const N: usize>(name: &str, stub: Option<&Record>, between: [Element; N]) -> Element {
    let read = |key: &str| stub.map(|stub| text(stub, key)).unwrap_or_default();
    let born = stub.filter(|stub| date(stub, "syntymapv").is_some());
    let last = stub.map(|stub| first_text(stub, ["sukunimiUTF8", "sukunimi"])).unwrap_or_default();
    let first = stub.map(|stub| first_text(stub, ["etunimetUTF8", "etunimet"])).unwrap_or_default();
    element(name)
        .with([
            leaf("Henkilotunnus", read("henkilotunnus")),
            leaf("Syntymaaika", &born.map(|stub| digits(stub, "syntymapv")).unwrap_or_default()),
        ])
        .with(between)
        .with(names_of(last, first))
}

fn legal_guardianship(facts: &Facts, today: NaiveDate) -> Element {
    let record = facts.records("EDUNVALVONTA").find(|record| !has_ended(record, "paatymispv", today));
    let date_of = |key: &str| record.map(|record| digits(record, key)).unwrap_or_default();
    let empty = String::new;
    let rows = record.and_then(|record| record.get("nykyisetEdunvalvojat")).and_then(Value::as_array);
    let stubs: Vec<Option<&Record>> =
        rows.into_iter().flatten().map(|row| row["edunvalvoja"].as_object()).collect();
    let people = if stubs.is_empty() { vec![None] } else { stubs };
    let period = || [leaf("TehtavaAlkupvm", ""), leaf("TehtavaLoppupvm", "")];
    group(
        "Edunvalvonta",
        [
            ("Alkupvm", date_of("alkupv")),
            ("Paattymispvm", date_of("paatymispv")),
            ("Rajoituskoodi", empty()),
            ("RajoitustekstiS", empty()),
            ("RajoitustekstiR", empty()),
            ("Tehtavienjakokoodi", empty()),
            ("TehtavienjakoS", empty()),
            ("TehtavienjakoR", empty()),
        ],
    )
    .with(people.into_iter().map(|stub| stub_of("HenkiloEdunvalvoja", stub, []).with(period())))
}
