//! A person of base data.

use super::*;
use crate::address::AnyAddress;
use crate::municipality::Language;
use crate::person::{AddressKind, CodeStatus, Death, GuardianRole};
use crate::protected::Protection;

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
