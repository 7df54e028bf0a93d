//! A message says the same of a person as base data does, for everybody in the population.

use super::*;

use ajantasa::address::AddressLines;
use ajantasa::municipality::{FieldGroup, Grants, Language};
use ajantasa::person::{AddressKind, PersonRecord};
use ajantasa::vtj::wire;

const BOTH: [Language; 2] = [Language::Fi, Language::Sv];

fn codes() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/population/population");
    let mut codes = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let people: Vec<Value> = serde_json::from_str(&text).unwrap();
        codes.extend(people.iter().map(|person| person["henkilotunnus"].as_str().unwrap().to_owned()));
    }
    codes
}

/// The text in a language, or the other one where it is empty, as every reader does.
fn chosen<'t>(text: &'t str, stem: &str, language: Language) -> &'t str {
    let (fi, sv) = (one(text, &format!("{stem}S")), one(text, &format!("{stem}R")));
    match language {
        Language::Sv if !sv.is_empty() => sv,
        _ if fi.is_empty() => sv,
        _ => fi,
    }
}

fn domestic(text: &str, line: &str, language: Language) -> AddressLines {
    AddressLines {
        street_address: chosen(text, line, language).to_owned(),
        postal_code: one(text, "Postinumero").to_owned(),
        city: chosen(text, "Postitoimipaikka", language).to_owned(),
        ..AddressLines::default()
    }
}

/// What stands inside each element of that name.
fn elements<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let parts = text.split(&*format!("<{name}>")).skip(1).collect::<Vec<_>>();
    parts.into_iter().map(|part| part.split(&*format!("</{name}>")).next().unwrap()).collect()
}

fn compare(record: &PersonRecord, answer: &str) {
    let person = inside(answer, "Henkilo");
    let name = record.name.as_ref().unwrap();
    assert_eq!(
        (one(person, "Sukunimi"), one(person, "Etunimet").trim()),
        (&*name.last_name, &*name.first_names)
    );
    assert_eq!(one(person, "Kutsumanimi"), name.name_in_use.as_deref().unwrap_or_default());
    let dead = record.death.is_some_and(|death| death.dead);
    assert_eq!(one(person, "Kuollut") == "1" || !one(person, "Kuolleeksijulistamispvm").is_empty(), dead);
    let language = record.contact_language.map_or("", Language::as_str);
    assert_eq!(one(inside(person, "Asiointikieli"), "Kielikoodi"), language);
    let protected = record.protection() == ajantasa::protected::Protection::Yes;
    assert_eq!(one(person, "TurvakieltoTieto") == "1", protected);
    if protected {
        return;
    }
    let contact = record.contact.disclosed().unwrap();
    assert_eq!(one(person, "Kuntanumero"), contact.home_municipality.as_deref().unwrap_or_default());
    for (kind, element, line) in [
        (AddressKind::PermanentDomestic, "VakinainenKotimainenLahiosoite", "Lahiosoite"),
        (AddressKind::TemporaryDomestic, "TilapainenKotimainenLahiosoite", "Lahiosoite"),
        (AddressKind::PostalDomestic, "KotimainenPostiosoite", "Postiosoite"),
    ] {
        let known =
            contact.addresses.iter().filter(|address| address.kind == kind && address.holds_on(today()));
        let known: Vec<_> = known.map(|address| &address.address).collect();
        for language in BOTH {
            let mut expected: Vec<AddressLines> = known.iter().map(|known| known.lines(language)).collect();
            expected.dedup();
            let said = elements(person, element).into_iter().map(|said| domestic(said, line, language));
            let said: Vec<AddressLines> = said.filter(|lines| *lines != AddressLines::default()).collect();
            assert_eq!(said, expected, "{element}");
        }
    }
    let kind = AddressKind::PermanentForeign;
    if let Some(abroad) = contact.addresses.iter().find(|address| address.kind == kind) {
        let lines = abroad.address.lines(Language::Fi);
        assert_eq!(one(person, "UlkomainenLahiosoite"), lines.street_address);
        let place = one(person, "UlkomainenPaikkakuntaJaValtioS");
        assert_eq!(place.rsplit_once(", ").unwrap().0, lines.city);
    }
}

#[tokio::test]
async fn everybody_is_described_as_in_base_data_in_either_form() {
    let vtj = population().await;
    let grants = Grants::new(FieldGroup::ALL);
    let mut compared = 0;
    for code in codes() {
        let base = vtj.answer("perustiedot", &json!({ "hetulista": [code] })).await;
        let answers = vtj.both(&Question::about(&code)).await;
        let Ok(record) = wire::person(&base["perustiedot"][0], &grants) else {
            let odd = |answer: &String| {
                one(answer, "AsuminenAlkupvm") == "99999999"
                    || !matches!(one(answer, "Kuollut"), "" | "0" | "1")
            };
            assert!(answers.iter().all(odd), "as odd as in base data");
            continue;
        };
        for answer in answers {
            let code_holds = matches!(
                record.code_status,
                ajantasa::person::CodeStatus::NotSaid | ajantasa::person::CodeStatus::Valid
            );
            assert_eq!(return_code(&answer), if code_holds { "0000" } else { "0002" });
            compare(&record, &answer);
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared}");
}

#[tokio::test]
async fn a_childs_custodian_is_named_and_nobody_in_place_of_none() {
    let vtj = population().await;
    for answer in vtj.both(&Question::about("180223A904A")).await {
        assert_eq!(one(&answer, "HuoltajaLkm"), "1");
        let custodian = inside(&answer, "Huoltaja");
        assert_eq!(
            (one(custodian, "Sukunimi"), one(custodian, "Henkilosuhdelajikoodi")),
            ("Uusihuoltaja", "06")
        );
        assert_eq!(one(custodian, "Syntymaaika"), "19901114");
    }
    for answer in vtj.both(&Question::about("010783-952D")).await {
        assert_eq!((one(&answer, "HuoltajaLkm"), all(&answer, "Huoltaja").len()), ("", 1));
        assert_eq!(one(inside(&answer, "Huoltaja"), "Sukunimi"), "");
    }
}

#[tokio::test]
async fn names_beyond_latin_letters_come_in_full() {
    let vtj = population().await;
    for answer in vtj.both(&Question::about("231195-918U")).await {
        assert_eq!((one(&answer, "Sukunimi"), one(&answer, "Etunimet")), ("Geahččal", "Áile Ánná "));
    }
}
