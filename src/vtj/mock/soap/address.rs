//! Where a person can be found, in the two shapes that products have: street lines in one piece, and parts.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::facts::{Facts, date, digits, has_ended, in_any_language, in_language, text};
use super::names;
use super::person::{element, group};
use super::xml::Element;

type Record = Map<String, Value>;

const PERMANENT: &str = "VAKINAINEN_KOTIMAINEN_OSOITE";
const PERMANENT_ABROAD: &str = "VAKINAINEN_ULKOMAINEN_OSOITE";
const POSTAL: &str = "KOTIMAINEN_POSTIOSOITE";
const POSTAL_ABROAD: &str = "ULKOMAINEN_POSTIOSOITE";
const TEMPORARY: &str = "TILAPAINEN_KOTIMAINEN_OSOITE";
const TEMPORARY_ABROAD: &str = "TILAPAINEN_ULKOMAINEN_OSOITE";

/// The official order in which an address is the best one a person has.
const BEST_FIRST: [&str; 6] =
    [PERMANENT, PERMANENT_ABROAD, POSTAL, POSTAL_ABROAD, TEMPORARY, TEMPORARY_ABROAD];

const LIVING: [&str; 2] = ["AsuminenAlkupvm", "AsuminenLoppupvm"];
const RECEIVING: [&str; 2] = ["PostiosoiteAlkupvm", "PostiosoiteLoppupvm"];

/// Eight digits that are no date.
const NO_DATE: &str = "99999999";

/// A record to describe, or the placeholder where there is none.
type Described<'f> = Option<&'f Record>;

/// Every kind of address, street lines in one piece, and the identifier of the dwelling. What is withheld
/// is empty, and so is what there is not.
pub fn in_lines(facts: &Facts, withheld: bool, today: NaiveDate) -> Vec<Element> {
    let one = |name: &'static str| if withheld { None } else { current(facts, name, today) };
    let dwelling = one(PERMANENT).map(dwelling).unwrap_or_default();
    let permanent = one(PERMANENT);
    let abroad = one(PERMANENT_ABROAD);
    let mut out = vec![
        line("VakinainenKotimainenLahiosoite", permanent),
        group("VakinainenAsuinpaikka", [("Asuinpaikantunnus", dwelling)]),
        line_abroad("VakinainenUlkomainenLahiosoite", abroad),
    ];
    out.extend(each(facts, TEMPORARY, withheld, |record| line("TilapainenKotimainenLahiosoite", record)));
    out.extend(each(facts, TEMPORARY_ABROAD, withheld, |record| {
        line_abroad("TilapainenUlkomainenLahiosoite", record)
    }));
    out.extend(each(facts, POSTAL, withheld, |record| postal("KotimainenPostiosoite", record, None)));
    out.extend(each(facts, POSTAL_ABROAD, withheld, |record| {
        country_apart("UlkomainenPostiosoite", record, RECEIVING, None)
    }));
    as_odd(out, facts, withheld)
}

/// Every kind of address, streets in parts, the best one marked.
pub fn in_parts(facts: &Facts, withheld: bool, today: NaiveDate) -> Vec<Element> {
    let one = |name: &'static str| if withheld { None } else { current(facts, name, today) };
    let usable = |name: &&'static str| one(name).is_some_and(|record| !is_empty(record));
    let best = BEST_FIRST.into_iter().find(|name| usable(name)).and_then(one);
    let mark = |record: Described<'_>| {
        let is_best = record.zip(best).is_some_and(|(record, best)| std::ptr::eq(record, best));
        Some(if is_best { "1" } else { "" })
    };
    let mut out = vec![
        parts("VakinainenKotimainenOsoite", one(PERMANENT), mark(one(PERMANENT))),
        country_apart(
            "VakinainenUlkomainenOsoite",
            one(PERMANENT_ABROAD),
            LIVING,
            mark(one(PERMANENT_ABROAD)),
        ),
    ];
    out.extend(each(facts, TEMPORARY, withheld, |record| {
        parts("TilapainenKotimainenOsoite", record, mark(record))
    }));
    out.extend(each(facts, TEMPORARY_ABROAD, withheld, |record| {
        country_apart("TilapainenUlkomainenOsoite", record, LIVING, mark(record))
    }));
    out.extend(each(facts, POSTAL, withheld, |record| postal("KotimainenPostiosoite", record, mark(record))));
    out.extend(each(facts, POSTAL_ABROAD, withheld, |record| {
        country_apart("UlkomainenPostiosoite", record, RECEIVING, mark(record))
    }));
    as_odd(out, facts, withheld)
}

/// The one address of a kind of which a message holds one: that which holds, else the last there was.
fn current<'f>(facts: &'f Facts, name: &'f str, today: NaiveDate) -> Described<'f> {
    let starts = |record: &&Record| date(record, "alkupv").map(crate::date::PartialDate::first_day);
    facts.records(name).max_by_key(|record| {
        let begun = starts(record).is_none_or(|starts| starts <= today);
        (begun && !has_ended(record, "loppupv", today), starts(record))
    })
}

/// Every address of a kind, or the placeholder.
fn each(facts: &Facts, name: &str, withheld: bool, write: impl Fn(Described<'_>) -> Element) -> Vec<Element> {
    let records = facts.records(name).filter(|_| !withheld);
    let written: Vec<Element> = records.map(|record| write(Some(record))).collect();
    if written.is_empty() { vec![write(None)] } else { written }
}

fn is_empty(record: &Record) -> bool {
    ["katunimi", "postiosoite", "lahiosoite"].iter().all(|key| in_any_language(record, key).is_empty())
        && text(record, "postinumero").is_empty()
}

fn of<'f>(record: Described<'f>, read: impl Fn(&'f Record) -> String) -> String {
    record.map(read).unwrap_or_default()
}

fn bilingual<'f>(record: Described<'f>, key: &'f str, language: &'f str) -> String {
    of(record, |record| in_language(record, key, language).to_owned())
}

fn plain(record: Described<'_>, key: &str) -> String {
    of(record, |record| text(record, key).to_owned())
}

/// Postal code and post town.
fn town(record: Described<'_>) -> [(&'static str, String); 3] {
    [
        ("Postinumero", plain(record, "postinumero")),
        ("PostitoimipaikkaS", bilingual(record, "postitoimipaikka", "fi")),
        ("PostitoimipaikkaR", bilingual(record, "postitoimipaikka", "sv")),
    ]
}

fn dates(record: Described<'_>, names: [&'static str; 2]) -> [(&'static str, String); 2] {
    let [starts, ends] = names;
    [
        (starts, of(record, |record| digits(record, "alkupv"))),
        (ends, of(record, |record| digits(record, "loppupv"))),
    ]
}

/// A part of an address in a wrong type has no place in a message. The first address of such a person starts
/// on a date that is none, so that here, too, it cannot be understood.
fn as_odd(mut addresses: Vec<Element>, facts: &Facts, withheld: bool) -> Vec<Element> {
    let first = addresses.first_mut().filter(|_| facts.have_an_odd_address() && !withheld);
    if let Some(starts) =
        first.and_then(|first| first.children.iter_mut().find(|leaf| leaf.name == LIVING[0]))
    {
        NO_DATE.clone_into(&mut starts.text);
    }
    addresses
}

fn line(name: &str, record: Described<'_>) -> Element {
    let street = |language| of(record, |record| street_line(record, language));
    group(name, [("LahiosoiteS", street("fi")), ("LahiosoiteR", street("sv"))])
        .with(group("", town(record)).children)
        .with(group("", dates(record, LIVING)).children)
}

/// Street, number, stair and flat: `Raaseporintie 8 A 12b`. Empty in a language without a street.
fn street_line(record: &Record, language: &str) -> String {
    let street = in_language(record, "katunimi", language);
    if street.is_empty() {
        return String::new();
    }
    let flat = text(record, "huoneistonumero").trim_start_matches('0');
    let flat = format!("{flat}{}", text(record, "jakokirjain").to_lowercase());
    let stair = text(record, "huoneistokirjain").to_uppercase();
    let words = [street, text(record, "katunumero"), &stair, &flat];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Building, running number, stair, flat and split letter in their sixteen places.
fn dwelling(record: &Record) -> String {
    let building = text(record, "rakennustunnus");
    if building.is_empty() {
        return String::new();
    }
    let number = record.get("osoitenumero").and_then(Value::as_u64).unwrap_or(1);
    let or_blank = |key: &str| text(record, key).chars().next().unwrap_or(' ');
    let flat = text(record, "huoneistonumero");
    format!("{building:10}{number}{}{flat:3}{}", or_blank("huoneistokirjain"), or_blank("jakokirjain"))
}

fn line_abroad(name: &str, record: Described<'_>) -> Element {
    let code = plain(record, "valtiokoodi");
    let (fi, sv) = names::country(&code);
    let fi = if fi.is_empty() {
        of(record, |r| in_any_language(r, "valtionimi").to_owned())
    } else {
        fi.to_owned()
    };
    let locality = of(record, |record| {
        let towns = ["paikkakunta", "postitoimipaikka"].into_iter();
        towns
            .map(|key| in_any_language(record, key))
            .find(|town| !town.is_empty())
            .unwrap_or_default()
            .to_owned()
    });
    let place = |country: &str| {
        let known = [locality.as_str(), country].into_iter().filter(|word| !word.is_empty());
        known.collect::<Vec<_>>().join(", ")
    };
    // A country without a code of its own is known in words alone.
    let in_words = code == "998";
    let (finnish, swedish, words) = if in_words || record.is_none() {
        (String::new(), String::new(), place(&fi))
    } else {
        (place(&fi), if sv.is_empty() { String::new() } else { place(sv) }, String::new())
    };
    group(
        name,
        [
            ("UlkomainenLahiosoite", of(record, delivery)),
            ("UlkomainenPaikkakuntaJaValtioS", finnish),
            ("UlkomainenPaikkakuntaJaValtioR", swedish),
            ("UlkomainenPaikkakuntaJaValtioSelvakielinen", words),
            ("Valtiokoodi3", code),
        ],
    )
    .with(group("", dates(record, LIVING)).children)
}

/// The lines of a delivery abroad in one.
fn delivery(record: &Record) -> String {
    let lines = ["lahiosoite", "postiosoite", "postiosoiteLisarivi"].into_iter();
    let lines = lines.map(|key| in_any_language(record, key)).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(", ")
}

/// The mark of the best address, in the products that have it.
fn marked(name: &str, mark: Option<&str>) -> Element {
    element(name).with(mark.map(|mark| element("ParasOsoiteTieto").text(mark)))
}

fn postal(name: &str, record: Described<'_>, mark: Option<&str>) -> Element {
    let lines = [
        ("PostiosoiteS", bilingual(record, "postiosoite", "fi")),
        ("PostiosoiteR", bilingual(record, "postiosoite", "sv")),
    ];
    marked(name, mark)
        .with(group("", lines).children)
        .with(group("", town(record)).children)
        .with(group("", dates(record, RECEIVING)).children)
}

fn parts(name: &str, record: Described<'_>, mark: Option<&str>) -> Element {
    let street = [
        ("KatuS", bilingual(record, "katunimi", "fi")),
        ("KatuR", bilingual(record, "katunimi", "sv")),
        ("Katunumero", plain(record, "katunumero")),
        ("Porraskirjain", plain(record, "huoneistokirjain")),
        ("Huoneistonumero", plain(record, "huoneistonumero")),
        ("Jakokirjain", plain(record, "jakokirjain")),
    ];
    marked(name, mark)
        .with(group("", street).children)
        .with(group("", town(record)).children)
        .with(group("", dates(record, LIVING)).children)
}

/// An address abroad with town and country apart.
fn country_apart(
    name: &str,
    record: Described<'_>,
    period: [&'static str; 2],
    mark: Option<&str>,
) -> Element {
    let code = plain(record, "valtiokoodi");
    let (fi, sv) = names::country(&code);
    let said = of(record, |record| in_any_language(record, "valtionimi").to_owned());
    let in_words = code == "998";
    let finnish = if in_words {
        ""
    } else if fi.is_empty() {
        &said
    } else {
        fi
    };
    let locality = of(record, |record| {
        let towns = ["paikkakunta", "postitoimipaikka"].into_iter();
        towns
            .map(|key| in_any_language(record, key))
            .find(|town| !town.is_empty())
            .unwrap_or_default()
            .to_owned()
    });
    let place = [
        ("UlkomainenLahiosoite", of(record, delivery)),
        ("UlkomainenPaikkakunta", locality),
        ("Valtiokoodi3", code.clone()),
        ("ValtioS", finnish.to_owned()),
        ("ValtioR", sv.to_owned()),
        ("ValtioSelvakielinen", if in_words { said.clone() } else { String::new() }),
    ];
    marked(name, mark).with(group("", place).children).with(group("", dates(record, period)).children)
}
