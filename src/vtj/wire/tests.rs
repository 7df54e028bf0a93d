//! Golden readings of the protocol's own examples, and of what can be wrong with them.

use serde_json::{Value, json};

use super::*;
use crate::address::AnyAddress;
use crate::identity_code::IdentityCode;
use crate::municipality::{FieldGroup, Grants, Language};
use crate::person::{AddressKind, CodeStatus, Contact, Death, GuardianRole, PersonRecord};
use crate::protected::Protection;

const ASKED: &str = "010180-9015";
const OTHER: &str = "020180-902U";
const CHILD: &str = "150612A903R";

fn all() -> Grants {
    Grants::new(FieldGroup::ALL)
}

fn code(text: &str) -> IdentityCode {
    IdentityCode::parse(text).unwrap()
}

fn day(text: &str) -> Value {
    json!({"arvo": text, "tarkkuus": "PAIVA"})
}

fn read(groups: &Value) -> PersonRecord {
    read_with(groups, &all()).unwrap()
}

fn read_with(groups: &Value, asked: &Grants) -> Result<PersonRecord, Unreadable> {
    person(&json!({"henkilotunnus": ASKED, "tietoryhmat": groups}), asked)
}

fn contact(record: &PersonRecord) -> &Contact {
    record.contact.for_sealing()
}

fn signal(groups: &Value) -> Signals {
    signals(&code(ASKED), groups.as_array().unwrap(), &all())
}

fn moved() -> Value {
    json!([
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"LISATTY","alkupv":day("2019-06-27"),
         "rakennustunnus":"9000001596","katunumero":"6a-6b","osoitenumero":4,"huoneistokirjain":"A",
         "huoneistonumero":"002","jakokirjain":"a","kuntakoodi":"287","postinumero":"64370",
         "katunimi":{"fi":"Gabriella","sv":"Gabriella"},"postitoimipaikka":{"fi":"MYRKKY","sv":"MÖRTMARK"}},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"MUUTETTU","alkupv":day("2004-05-01"),
         "loppupv":day("2019-06-26"),"katunumero":"32","huoneistokirjain":"A","huoneistonumero":"004",
         "kuntakoodi":"091","postinumero":"00200","katunimi":{"fi":"Lauttasaarentie","sv":"Drumsövägen"},
         "postitoimipaikka":{"fi":"HELSINKI","sv":"HELSINGFORS"}},
        {"tietoryhma":"KOTIKUNTA","muutosattribuutti":"LISATTY","kuntakoodi":"287",
         "kuntaanMuuttopv":day("2019-06-27")}
    ])
}

#[test]
fn an_address_is_read_in_parts_and_two_languages() {
    let record = read(&moved());
    let contact = contact(&record);
    assert_eq!(contact.home_municipality.as_deref(), Some("287"));
    assert_eq!(contact.addresses.len(), 2);
    let new = &contact.addresses[0];
    assert_eq!(new.kind, AddressKind::PermanentDomestic);
    assert_eq!((new.starts.unwrap().to_string(), new.ends), ("2019-06-27".to_owned(), None));
    let AnyAddress::Domestic(address) = &new.address else { panic!("a street address") };
    assert_eq!(address.street.sv.as_deref(), Some("Gabriella"));
    assert_eq!(address.number.as_deref(), Some("6a-6b"));
    assert_eq!(address.stair.as_deref(), Some("A"));
    assert_eq!(address.flat.as_deref(), Some("002"));
    assert_eq!(address.split_letter.as_deref(), Some("a"));
    assert_eq!(address.post_town.sv.as_deref(), Some("MÖRTMARK"));
    assert_eq!(contact.addresses[1].ends.unwrap().to_string(), "2019-06-26");
}

#[test]
fn every_kind_of_address_is_read_and_several_temporary_ones_are_kept() {
    let record = read(&json!([
        {"tietoryhma":"TILAPAINEN_KOTIMAINEN_OSOITE","katunimi":{"fi":"Porotie"},"huoneistonumero":"000",
         "postinumero":"99980","postitoimipaikka":{}},
        {"tietoryhma":"TILAPAINEN_KOTIMAINEN_OSOITE","katunimi":{"fi":"Mallikatu"},"postinumero":"00100"},
        {"tietoryhma":"KOTIMAINEN_POSTIOSOITE","postiosoite":{"fi":"Poste restante","sv":"Poste restante"},
         "postinumero":"10600","postitoimipaikka":{"fi":"TAMMISAARI","sv":"EKENÄS"}},
        {"tietoryhma":"VAKINAINEN_ULKOMAINEN_OSOITE","lahiosoite":"Provgatan 1","paikkakunta":"111 11 Stad",
         "valtiokoodi":"752"},
        {"tietoryhma":"TILAPAINEN_ULKOMAINEN_OSOITE","lahiosoite":"Provgatan 2","valtiokoodi":"998",
         "valtionimi":"Landet"},
        {"tietoryhma":"ULKOMAINEN_POSTIOSOITE","postiosoite":"Box 1","postiosoiteLisarivi":"c/o Provberg",
         "postitoimipaikka":"222 22 Stad","valtiokoodi":"752"},
        {"tietoryhma":"KOTIMAINEN_YHTEYSOSOITE","postiosoite":{"fi":"PL 5"},"postinumero":"00101"},
        {"tietoryhma":"KOTIMAINEN_YHTEYSOSOITE","katunimi":{"fi":"Toimistotie"},"postinumero":"00101"},
        {"tietoryhma":"ULKOMAINEN_YHTEYSOSOITE","postiosoite":{"sv":"Box 2"},"valtiokoodi":"752"},
    ]));
    let addresses = &contact(&record).addresses;
    let kinds: Vec<AddressKind> = addresses.iter().map(|address| address.kind).collect();
    assert_eq!(
        kinds,
        [
            AddressKind::TemporaryDomestic,
            AddressKind::TemporaryDomestic,
            AddressKind::PostalDomestic,
            AddressKind::PermanentForeign,
            AddressKind::TemporaryForeign,
            AddressKind::PostalForeign,
            AddressKind::ContactDomestic,
            AddressKind::ContactDomestic,
            AddressKind::ContactForeign,
        ]
    );
    let AnyAddress::Domestic(lapland) = &addresses[0].address else { panic!("a street address") };
    assert_eq!((lapland.flat.as_deref(), lapland.street.sv.as_deref()), (Some("000"), None));
    let AnyAddress::Foreign(postal) = &addresses[5].address else { panic!("an address abroad") };
    assert_eq!(postal.extra_line.as_deref(), Some("c/o Provberg"));
    assert_eq!(postal.locality.as_deref(), Some("222 22 Stad"));
    assert!(matches!(&addresses[7].address, AnyAddress::Domestic(_)));
}

#[test]
fn an_address_without_street_and_postal_code_is_no_address() {
    let record = read(&json!([
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","kuntakoodi":"710","postitoimipaikka":{"fi":"TAMMISAARI"}},
        {"tietoryhma":"VAKINAINEN_ULKOMAINEN_OSOITE","valtiokoodi":"752"},
        {"tietoryhma":"TILAPAINEN_KOTIMAINEN_OSOITE","voimassaolo":"PASSIIVI","katunimi":{"fi":"Vanhatie"}},
    ]));
    assert!(contact(&record).addresses.is_empty());
}

#[test]
fn withheld_fields_mean_protection_and_give_no_address() {
    let record = read(&json!([
        {"tietoryhma":"TURVAKIELTO","turvakieltoAktiivinen":false},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","turvakiellonAlaisetKentat":["katunimi"],
         "postinumero":"10600"},
    ]));
    assert_eq!((record.protection(), record.protection_said), (Protection::Yes, Some(true)));
    assert!(contact(&record).addresses.is_empty());
}

#[test]
fn protection_is_read_as_said_and_never_ended_by_its_date() {
    let said = |groups: Value| {
        let record = read(&groups);
        (record.protection(), record.protection_said)
    };
    assert_eq!(said(json!([])), (Protection::No, None));
    let no =
        json!([{"tietoryhma":"TURVAKIELTO","turvakieltoAktiivinen":false,"turvaLoppuPv":day("2020-01-01")}]);
    assert_eq!(said(no), (Protection::No, Some(false)));
    let over =
        json!([{"tietoryhma":"TURVAKIELTO","turvakieltoAktiivinen":true,"turvaLoppuPv":day("2001-01-01")}]);
    assert_eq!(said(over), (Protection::Yes, Some(true)));
    let neither = read_with(&json!([{"tietoryhma":"TURVAKIELTO"}]), &all()).unwrap_err();
    assert_eq!(
        neither.to_string(),
        "VTJ's data group TURVAKIELTO cannot be understood: turvakieltoAktiivinen is missing"
    );
}

#[test]
fn names_are_read_in_full_character_set_and_only_the_present_name_in_use() {
    let record = read(&json!([
        {"tietoryhma":"HENKILON_NIMI","etunimi":"Aino Maria","sukunimi":"Mallila","sukunimiUTF8":"Mállila ",
         "alkupv":day("1980-01-01"),"lisatieto":null},
        {"tietoryhma":"KUTSUMANIMI","nimilaji":"EDELLINEN_KUTSUMANIMI","nimi":"Aino"},
        {"tietoryhma":"KUTSUMANIMI","nimilaji":"NYKYINEN_KUTSUMANIMI","nimi":"Maria"},
    ]));
    let name = record.name.unwrap();
    assert_eq!(name.last_name, "Mállila");
    assert_eq!(name.first_names, "Aino Maria");
    assert_eq!(name.name_in_use.as_deref(), Some("Maria"));
}

#[test]
fn a_death_is_read_with_the_precision_it_has() {
    let dead = |group: Value| read(&json!([group])).death.unwrap();
    let month = json!({"arvo":"1965-11-01","tarkkuus":"KUUKAUSI"});
    let exact = dead(json!({"tietoryhma":"KUOLINPAIVA","kuollut":true,"kuolinpv":day("2019-07-30")}));
    assert_eq!(exact.date.unwrap().to_string(), "2019-07-30");
    let inexact = dead(json!({"tietoryhma":"KUOLINPAIVA","kuollut":true,"kuolinpv":month}));
    assert_eq!(inexact.date.unwrap().to_string(), "1965-11");
    for (value, read) in [
        (json!({"arvo":"1965-11","tarkkuus":"KUUKAUSI"}), Some("1965-11")),
        (json!({"arvo":"1965","tarkkuus":"VUOSI"}), Some("1965")),
        (json!({"arvo":"1965-11-01","tarkkuus":"EI_TIEDOSSA"}), None),
        (json!({"tarkkuus":"PAIVA"}), None),
        (json!({"arvo":"1965-11-01","tarkkuus":"VUOSIKYMMEN"}), Some("1965")),
    ] {
        let death = dead(json!({"tietoryhma":"KUOLINPAIVA","kuollut":true,"kuolinpv":value}));
        assert_eq!(death.date.map(|date| date.to_string()).as_deref(), read);
    }
    let alive = dead(json!({"tietoryhma":"KUOLINPAIVA","kuollut":false}));
    assert_eq!(alive, Death { dead: false, date: None, declared: false });
}

#[test]
fn a_declaration_of_death_beside_a_day_of_death_is_one_death() {
    let record = read(&json!([
        {"tietoryhma":"KUOLLEEKSIJULISTAMISPAIVA","kuollut":true,"kuolleeksijulistamispv":day("2020-02-02")},
        {"tietoryhma":"KUOLINPAIVA","kuollut":true,"kuolinpv":day("2010-01-01")},
    ]));
    let death = record.death.unwrap();
    assert!(death.dead && death.declared);
    assert_eq!(death.date.unwrap().to_string(), "2010-01-01");
}

#[test]
fn the_group_of_the_code_is_normal_and_only_another_valid_code_is_a_change() {
    let status = |rows: Value| read(&rows).code_status;
    let row = |validity: &str, active: Value| {
        json!([{"tietoryhma":"HENKILOTUNNUS_KORJAUS","voimassaolo":validity,
                "aktiivinenHenkilotunnus":active,"edellisetHenkilotunnukset":[]}])
    };
    assert_eq!(status(json!([])), CodeStatus::NotSaid);
    assert_eq!(status(row("AKTIIVI", json!(ASKED))), CodeStatus::Valid);
    assert_eq!(status(row("PASSIIVI", json!(OTHER))), CodeStatus::ReplacedBy(code(OTHER)));
    assert_eq!(status(row("PASSIIVI", Value::Null)), CodeStatus::Passivated);
    let absent = json!([{"tietoryhma":"HENKILOTUNNUS_KORJAUS","voimassaolo":"PASSIIVI"}]);
    assert_eq!(status(absent), CodeStatus::Passivated);
    let unclear = json!([{"tietoryhma":"HENKILOTUNNUS_KORJAUS","voimassaolo":"AKTIIVI"}]);
    assert_eq!(status(unclear), CodeStatus::NotSaid);
}

#[test]
fn former_codes_are_kept_so_that_an_answer_under_the_new_code_is_the_persons_own() {
    let record = read(&json!([
        {"tietoryhma":"HENKILOTUNNUS_KORJAUS","voimassaolo":"AKTIIVI","aktiivinenHenkilotunnus":ASKED,
         "edellisetHenkilotunnukset":[OTHER, "unreadable old code"]},
    ]));
    assert_eq!(record.former_codes, [code(OTHER)]);
    assert!(record.answers_for(&code(OTHER)));
}

#[test]
fn two_different_valid_codes_are_not_understood() {
    let rows = json!([
        {"tietoryhma":"HENKILOTUNNUS_KORJAUS","aktiivinenHenkilotunnus":ASKED},
        {"tietoryhma":"HENKILOTUNNUS_KORJAUS","aktiivinenHenkilotunnus":OTHER},
    ]);
    let error = read_with(&rows, &all()).unwrap_err();
    assert_eq!(error.group, "HENKILOTUNNUS_KORJAUS");
}

#[test]
fn the_chosen_language_is_finnish_or_swedish_and_the_birth_date_is_read() {
    let record = read(&json!([
        {"tietoryhma":"AIDINKIELI","kielikoodi":"fi"},
        {"tietoryhma":"ASIOINTIKIELI","kielikoodi":"sv","kielikoodiISO6392":"swe"},
        {"tietoryhma":"SYNTYMAPAIVA","syntymapv":day("1980-01-01")},
    ]));
    assert_eq!(record.contact_language, Some(Language::Sv));
    assert_eq!(record.birth_date.unwrap().to_string(), "1980-01-01");
    let other = read(&json!([{"tietoryhma":"ASIOINTIKIELI","kielikoodi":"98"}]));
    assert_eq!(other.contact_language, None);
}

#[test]
fn custodians_and_guardians_are_read_unless_the_relation_has_ended() {
    let child = json!({"henkilotunnus": CHILD, "tietoryhmat": [
        {"tietoryhma":"HUOLTAJA_SUPPEA","huoltaja":{"henkilotunnus":OTHER,"etunimet":"Matti ","sukunimi":"Provberg"},
         "huoltosuhteenAlkupv":day("2012-06-15"),"huoltosuhteenLoppupv":day("2030-06-15")},
        {"tietoryhma":"HUOLTAJA","huoltaja":{"henkilotunnus":OTHER,"etunimet":"Matti","sukunimi":"Provberg"}},
        {"tietoryhma":"HUOLTAJA_RAJOITETTU","huoltaja":{"etunimet":"Ended","sukunimi":"Provberg"},
         "huoltosuhteenLoppupv":day("2020-01-01")},
        {"tietoryhma":"EDUNVALVONTA","alkupv":day("2020-01-01"),
         "nykyisetEdunvalvojat":[{"edunvalvoja":{"etunimet":"Edit","sukunimi":"Testinen"}}]},
        {"tietoryhma":"EDUNVALVONTA","paatymispv":day("2019-01-01"),
         "nykyisetEdunvalvojat":[{"edunvalvoja":{"etunimet":"Old","sukunimi":"Testinen"}}]},
    ]});
    let guardians = person(&child, &all()).unwrap().guardians.unwrap();
    let names: Vec<&str> = guardians.iter().map(|one| one.name.first_names.as_str()).collect();
    assert_eq!(names, ["Matti", "Edit"]);
    assert_eq!(guardians[0].role, GuardianRole::Custodian);
    assert_eq!(guardians[0].code, Some(code(OTHER)));
    assert_eq!(guardians[1].role, GuardianRole::LegalGuardian);
    assert_eq!(read(&json!([])).guardians, None);
}

#[test]
fn what_is_not_granted_is_not_even_looked_at() {
    let only_protection = Grants::new([]);
    let wrong_everywhere = json!([
        {"tietoryhma":"HENKILON_NIMI","sukunimi":17},
        {"tietoryhma":"KUOLINPAIVA","kuollut":"kyllä"},
        {"tietoryhma":"UUSI_RYHMA","mitavain":{}},
        {"tietoryhma":"TURVAKIELTO","turvakieltoAktiivinen":false,"uusiAvain":[1]},
    ]);
    let record = read_with(&wrong_everywhere, &only_protection).unwrap();
    assert_eq!((record.name, record.death), (None, None));
    assert!(read_with(&wrong_everywhere, &all()).is_err());
}

#[test]
fn a_wrong_type_is_named_without_its_value() {
    for (group, text) in [
        (
            json!({"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","postinumero":10600}),
            "postinumero is not a text",
        ),
        (
            json!({"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","katunimi":"Testikatu"}),
            "katunimi is not an object",
        ),
        (json!({"tietoryhma":"KUOLINPAIVA","kuollut":"true"}), "kuollut is not true or false"),
        (
            json!({"tietoryhma":"KUOLINPAIVA","kuollut":true,"kuolinpv":day("2019-02-30")}),
            "kuolinpv is not a date",
        ),
        (
            json!({"tietoryhma":"HENKILOTUNNUS_KORJAUS","aktiivinenHenkilotunnus":"01018"}),
            "aktiivinenHenkilotunnus is not an identity code",
        ),
    ] {
        let error = read_with(&json!([group]), &all()).unwrap_err();
        assert_eq!(error.what, text);
    }
    for value in [json!(null), json!([]), json!({"henkilotunnus": 1}), json!({"henkilotunnus": ASKED})] {
        assert!(person(&value, &all()).is_err(), "{value}");
    }
}

#[test]
fn exactly_the_granted_groups_are_asked_for_and_protection_always() {
    assert_eq!(data_groups(&Grants::new([])), ["TURVAKIELTO"]);
    assert_eq!(
        data_groups(&Grants::new([FieldGroup::Language, FieldGroup::Death])),
        ["KUOLINPAIVA", "KUOLLEEKSIJULISTAMISPAIVA", "TURVAKIELTO", "ASIOINTIKIELI"]
    );
    assert_eq!(data_groups(&all()).len(), 19);
    for name in ["HUOLTAJA", "HUOLTAJA_RAJOITETTU"] {
        assert_eq!(field_group_of(name), Some(FieldGroup::Guardians));
    }
    assert_eq!(field_group_of("HUOLLETTAVA"), None);
}

#[test]
fn a_move_signals_nothing_that_acts_at_once() {
    assert_eq!(signal(&moved()), Signals::default());
}

#[test]
fn a_death_taken_back_is_no_death() {
    let back = signal(&json!([
        {"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"KORJATTAVA","kuollut":true,"kuolinpv":day("2018-05-01")},
        {"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"KORJATTU","kuollut":false}
    ]));
    assert_eq!(back.death, Some(Death { dead: false, date: None, declared: false }));
    assert!(!back.uncertain);
}

#[test]
fn a_removed_death_is_no_death_unless_what_is_in_force_says_so() {
    let removed = json!([{"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"POISTETTU","kuollut":true}]);
    assert!(!signal(&removed).death.unwrap().dead);
    let replaced =
        signal(&json!([{"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"POISTETTU","kuollut":true,
        "voimassaolevatTiedot":[{"kuollut":true,"kuolinpv":day("2018-05-02")}]}]));
    assert_eq!(replaced.death.unwrap().date.unwrap().to_string(), "2018-05-02");
    assert!(!replaced.uncertain);
}

#[test]
fn a_death_is_signalled_even_if_its_date_cannot_be_read() {
    let signals = signal(
        &json!([{"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"LISATTY","kuollut":true,"kuolinpv":"eilen"}]),
    );
    assert_eq!(signals.death, Some(Death { dead: true, date: None, declared: false }));
    assert!(signals.uncertain);
}

#[test]
fn protection_that_begins_is_signalled_by_its_group_or_by_withheld_fields() {
    let begun = signal(&json!([
        {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"LISATTY","turvakieltoAktiivinen":true},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"MUUTETTU",
         "turvakiellonAlaisetKentat":["katunimi","katunumero","huoneistokirjain","huoneistonumero","jakokirjain",
         "postinumero","postitoimipaikka","rakennustunnus","osoitenumero"]}
    ]));
    assert_eq!((begun.protection, begun.uncertain), (Some(true), false));
    let withheld = signal(&json!([
        {"tietoryhma":"KOTIMAINEN_POSTIOSOITE","muutosattribuutti":"LISATTY","turvakiellonAlaisetKentat":[]},
        {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"LISATIETO","turvakieltoAktiivinen":false},
    ]));
    assert_eq!(withheld.protection, Some(true));
}

#[test]
fn protection_that_ends_is_an_explicit_no() {
    let ended = signal(&json!([
        {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"MUUTETTU","turvakieltoAktiivinen":false,
         "turvaLoppuPv":day("2026-11-20")},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"MUUTETTU","loppupv":day("2999-02-28"),
         "katunimi":{"fi":"Testikatu"},"postinumero":"10600"},
        {"tietoryhma":"KOTIKUNTA","muutosattribuutti":"LISATIETO","kuntakoodi":"710"}
    ]));
    assert_eq!((ended.protection, ended.uncertain), (Some(false), false));
}

#[test]
fn protection_is_not_ended_by_removal_and_not_begun_by_what_is_to_be_corrected() {
    let removed = signal(
        &json!([{"tietoryhma":"TURVAKIELTO","muutosattribuutti":"POISTETTU","turvakieltoAktiivinen":true}]),
    );
    assert_eq!((removed.protection, removed.uncertain), (None, true));
    let corrected = signal(&json!([
        {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"KORJATTAVA","turvakieltoAktiivinen":true},
        {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"KORJATTU","turvakieltoAktiivinen":false},
    ]));
    assert_eq!((corrected.protection, corrected.uncertain), (Some(false), false));
    let unclear = signal(
        &json!([{"tietoryhma":"TURVAKIELTO","muutosattribuutti":"LISATTY","turvakieltoAktiivinen":"kyllä"}]),
    );
    assert_eq!((unclear.protection, unclear.protection_unclear), (None, true));
}

#[test]
fn a_new_code_is_named_by_both_records_of_the_change() {
    let row = |attribute: &str, validity: &str, changed: &str| {
        json!({"tietoryhma":"HENKILOTUNNUS_KORJAUS","muutosattribuutti":attribute,"voimassaolo":validity,
               "muutettuHenkilotunnus":changed,"aktiivinenHenkilotunnus":OTHER})
    };
    let entry = json!([
        row("LISATTY", "AKTIIVI", OTHER),
        row("MUUTETTU", "PASSIIVI", ASKED),
        {"tietoryhma":"HENKILON_NIMI","muutosattribuutti":"LISATIETO","sukunimi":"Mallila"},
        {"tietoryhma":"SYNTYMAPAIVA","muutosattribuutti":"MUUTETTU","syntymapv":day("1980-01-02")},
    ]);
    assert_eq!(signal(&entry).code, Some(CodeSignal::ReplacedBy(code(OTHER))));
    let under_the_new = signals(&code(OTHER), entry.as_array().unwrap(), &all());
    assert_eq!(under_the_new.code, None);
    let passivated = json!([{"tietoryhma":"HENKILOTUNNUS_KORJAUS","muutosattribuutti":"MUUTETTU",
        "voimassaolo":"PASSIIVI","aktiivinenHenkilotunnus":null}]);
    assert_eq!(signal(&passivated).code, Some(CodeSignal::Passivated));
    let ungranted = Grants::new([FieldGroup::Name]);
    let only = signals(&code(ASKED), entry.as_array().unwrap(), &ungranted);
    assert_eq!(only.code, Some(CodeSignal::SignalledOnly));
}

#[test]
fn what_is_not_understood_makes_the_change_uncertain() {
    for entry in [
        json!([{"tietoryhma":"KOTIKUNTA","muutosattribuutti":"SIIRRETTY","kuntakoodi":"710"}]),
        json!([{"tietoryhma":"KOTIKUNTA","kuntakoodi":"710"}]),
        json!([{"tietoryhma":"KOTIKUNTA","muutosattribuutti":"KORJATTAVA","kuntakoodi":"710"}]),
        json!([{"tietoryhma":"KOTIKUNTA","muutosattribuutti":"POISTETTU","kuntakoodi":"710"}]),
        json!([17]),
    ] {
        assert!(signal(&entry).uncertain, "{entry}");
    }
    assert!(!signal(&json!([{"tietoryhma":"UUSI_RYHMA"}])).uncertain);
}

#[test]
fn a_move_undone_is_understood() {
    let undone = signal(&json!([
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"POISTETTU","katunimi":{"fi":"Uusitie"},
         "voimassaolevatTiedot":[{"katunimi":{"fi":"Vanhatie"},"postinumero":"10600"}]},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"KORJATTAVA","loppupv":day("2019-06-26")},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"KORJATTU","katunimi":{"fi":"Vanhatie"}},
        {"tietoryhma":"KOTIKUNTA","muutosattribuutti":"POISTETTU","kuntakoodi":"710",
         "voimassaolevatTiedot":[{"kuntakoodi":"149"}]},
        {"tietoryhma":"KOTIKUNTA","muutosattribuutti":"LISATIETO","kuntakoodi":"149"}
    ]));
    assert_eq!(undone, Signals::default());
}

#[test]
fn a_page_keeps_what_it_can_and_sets_one_unreadable_entry_apart() {
    let body = json!({"viimeisinKirjausavain": 5_446_623_423_i64, "ajanTasalla": false, "uusi": 1, "muutokset": [
        {"henkilotunnus": ASKED, "muutospv": "2019-09-24T21:00:00.000Z", "ajanTasalla": true, "tietoryhmat": [
            {"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"LISATTY","kuollut":true,"kuolinpv":day("2019-07-30")},
            {"tietoryhma":"HENKILOTUNNUS_KORJAUS","muutosattribuutti":"LISATTY","aktiivinenHenkilotunnus":OTHER},
            {"tietoryhma":"USKONTOKUNTA","nimi":"x"}]},
        {"henkilotunnus": OTHER, "tietoryhmat": {"tietoryhma": "KOTIKUNTA"}},
        {"henkilotunnus": 7, "tietoryhmat": []},
        {"henkilotunnus": OTHER, "tietoryhmat": [{"tietoryhma":"KOTIKUNTA"}, 5, {"tietoryhma":"LAPSI","nimi":"y"}]},
        {"henkilotunnus": OTHER, "muutospv": 5, "tietoryhmat": []},
    ]});
    let grants = Grants::new([FieldGroup::Death, FieldGroup::Address]);
    let page = ChangesPage::read(body.to_string().as_bytes(), &grants).unwrap();
    assert_eq!((page.next_cursor, page.up_to_date), (5_446_623_423, false));
    let first = page.entries[0].as_ref().unwrap();
    assert_eq!(first.registered_at.unwrap().to_rfc3339(), "2019-09-24T21:00:00+00:00");
    assert_eq!(first.groups.len(), 2);
    assert_eq!(first.groups[1], json!({"tietoryhma": "HENKILOTUNNUS_KORJAUS"}));
    assert_eq!(first.signals(&grants).code, Some(CodeSignal::SignalledOnly));
    assert_eq!(Change::from_bytes(&first.to_bytes()).as_ref(), Ok(first));
    for (at, known) in [(1, true), (2, false), (3, true)] {
        let row = page.entries[at].as_ref().unwrap_err();
        assert_eq!(row.code.is_some(), known, "{at}");
        assert!(!row.raw.is_empty() && !format!("{row:?}").contains(OTHER));
    }
    let nameless = page.entries[3].as_ref().unwrap_err();
    assert!(!String::from_utf8_lossy(&nameless.raw).contains("LAPSI"));
    assert!(page.entries[4].as_ref().unwrap().registered_at.is_none());
    assert_eq!(page.dropped.get("USKONTOKUNTA"), Some(&1));
    assert!(!format!("{page:?}").contains(ASKED));
}

#[test]
fn a_page_without_its_frame_is_no_answer() {
    let grants = all();
    let read = |body: &str| ChangesPage::read(body.as_bytes(), &grants).unwrap_err().to_string();
    assert!(read(r#"{"viimeisinKirjausavain": 1, "muutokset": []}"#).contains("ajanTasalla"));
    assert!(
        read(r#"{"viimeisinKirjausavain": "010180-9015", "muutokset": [], "ajanTasalla": true}"#)
            .starts_with("the answer lacks")
    );
    assert!(read(r#"{"viimeisinKirjausavain": 1, "muutokset": [{"#).starts_with("the answer is cut off"));
    assert!(read("<html>").starts_with("the answer is not JSON"));
    assert!(read_first_cursor(br#"{"viimeisinKirjausavain": 5446623423}"#) == Ok(5_446_623_423));
}

#[test]
fn base_data_is_handed_on_person_by_person_with_granted_groups_only() {
    let body = json!({"perustiedot": [
        {"henkilotunnus": ASKED, "tietoryhmat": [
            {"tietoryhma":"HENKILON_NIMI","sukunimi":"Mallila","etunimi":"Aino"},
            {"tietoryhma":"AMMATTI","nimi":"kirjastonhoitaja"}]},
        {"henkilotunnus": OTHER},
    ]});
    let grants = Grants::new([FieldGroup::Name]);
    let data = BaseData::read(body.to_string().as_bytes(), &grants).unwrap();
    let (asked, value) = data.persons[0].as_ref().unwrap();
    assert_eq!(asked, &code(ASKED));
    assert!(!value.to_string().contains("AMMATTI"));
    assert_eq!(person(value, &grants).unwrap().name.unwrap().last_name, "Mallila");
    assert!(data.persons[1].is_err());
    assert_eq!((data.up_to_date, data.dropped.get("AMMATTI")), (None, Some(&1)));
    assert!(BaseData::read(b"{}", &grants).is_err());
}
