//! Every file of `testdata/query`: what it says of a person.

use ajantasa::address::{AnyAddress, Bilingual};
use ajantasa::municipality::Language;
use ajantasa::person::AddressKind::{
    PermanentDomestic, PermanentForeign, PostalDomestic, PostalForeign, TemporaryDomestic,
};
use ajantasa::person::GuardianRole::{Custodian, LegalGuardian};
use ajantasa::person::{AddressKind, CodeStatus, Contact, GuardianRole, PersonName};
use ajantasa::protected::{Clearance, Protection};

use super::*;

fn contact(described: &Described) -> &Contact {
    described.record.contact.reveal(&CLEARANCE)
}

static CLEARANCE: std::sync::LazyLock<Clearance> = std::sync::LazyLock::new(Clearance::of_proved_account);

fn street_lines(contact: &Contact) -> Vec<(AddressKind, String)> {
    let line = |address: &AnyAddress| {
        let lines = address.lines(Language::Fi);
        [lines.street_address, lines.postal_code, lines.city, lines.country].join("|")
    };
    contact.addresses.iter().map(|dated| (dated.kind, line(&dated.address))).collect()
}

fn dates(contact: &Contact) -> Vec<(String, String)> {
    let text =
        |date: Option<ajantasa::date::PartialDate>| date.map(|date| date.to_string()).unwrap_or_default();
    contact.addresses.iter().map(|dated| (text(dated.starts), text(dated.ends))).collect()
}

#[test]
fn a_person_is_read_whole_and_placeholders_are_nobody_and_nowhere() {
    let described = found("x-road-found", AINO);
    let record = &described.record;
    assert_eq!((record.code.clone(), record.code_status.clone()), (code(AINO), CodeStatus::Valid));
    assert_eq!(
        record.name,
        Some(PersonName {
            last_name: "Mallila-Öhman".to_owned(),
            first_names: "Aino Åsa Maria".to_owned(),
            name_in_use: Some("Aino".to_owned()),
        })
    );
    assert_eq!((record.protection(), record.protection_said), (Protection::No, Some(false)));
    assert_eq!(record.death, None);
    assert_eq!(record.contact_language, Some(Language::Sv));
    assert_eq!(record.guardians, Some(Vec::new()));
    assert_eq!(record.former_codes, Vec::new());
    let contact = contact(&described);
    assert_eq!(contact.home_municipality.as_deref(), Some("091"));
    assert_eq!(
        street_lines(contact),
        [
            (PermanentDomestic, "Koetie 3 B 12|00840|HELSINKI|".to_owned()),
            (TemporaryDomestic, "Esimerkinkuja 8|33100|TAMPERE|".to_owned()),
            (TemporaryDomestic, "Kesämökintie 1|50100|MIKKELI|".to_owned()),
            (PostalDomestic, "PL 12|00841|HELSINKI|".to_owned()),
        ]
    );
    let date = |text: &str| text.to_owned();
    assert_eq!(
        dates(contact),
        [
            (date("2021-09-01"), date("")),
            (date("2026-08-01"), date("2026-12-31")),
            (date("2026-06-01"), date("2026-08-31")),
            (date("2022"), date("")),
        ]
    );
    let AnyAddress::Postal(line) = &contact.addresses[0].address else { panic!("a line is a line") };
    let both = Bilingual { fi: Some("Koetie 3 B 12".to_owned()), sv: Some("Provvägen 3 B 12".to_owned()) };
    assert_eq!(line.line, both);
    assert_eq!((described.code_said, described.passive_said), ("0000", false));
    assert_eq!((described.carried.clone(), described.notice.as_deref()), (everything(), None));
}

#[test]
fn the_direct_service_describes_the_same_person() {
    let (direct, x_road) = (found("direct-found", AINO), found("x-road-iso-8859-1", AINO));
    assert_eq!(direct, x_road);
}

#[test]
fn prefixes_order_comments_and_strangers_change_nothing() {
    let described = found("x-road-other-prefixes", AINO);
    let name = described.record.name.clone().unwrap();
    assert_eq!((name.last_name.as_str(), name.first_names.as_str()), ("Mallila-Öhman", "Aino & Åsa"));
    assert_eq!(described.record.protection_said, Some(false));
    let contact = contact(&described);
    assert_eq!(street_lines(contact)[0].1, "Koetie 3 B 12|00840||");
    assert_eq!(contact.home_municipality.as_deref(), Some("091"));
    assert_eq!(
        described.carried,
        Grants::new([FieldGroup::Address, FieldGroup::Name, FieldGroup::IdentityCode])
    );
}

#[test]
fn a_split_address_has_its_parts() {
    let mut settings = settings("http://localhost/", x_road());
    settings.product = "ophrek".to_owned();
    let answer =
        read_answer(&file("x-road-split-address"), None, &settings, &code(AINO), &everything(), MESSAGE_ID);
    let Ok(QueryAnswer::Found(described)) = answer else { panic!("{answer:?}") };
    let contact = contact(&described);
    assert_eq!(contact.addresses.len(), 1);
    let AnyAddress::Domestic(address) = &contact.addresses[0].address else { panic!("parts are parts") };
    assert_eq!((address.flat.as_deref(), address.stair.as_deref()), (Some("012"), Some("B")));
    assert_eq!(address.street_line(Language::Sv), "Provvägen 3 B 12");
    assert!(!described.carried.allow(FieldGroup::Guardians) && described.record.guardians.is_none());
}

#[test]
fn of_several_addresses_of_a_kind_the_best_comes_first() {
    let two = "<VakinainenKotimainenOsoite><ParasOsoiteTieto/><KatuS>Muutie</KatuS></VakinainenKotimainenOsoite>\
               <VakinainenKotimainenOsoite><ParasOsoiteTieto>1</ParasOsoiteTieto><KatuS>Parastie</KatuS>\
               </VakinainenKotimainenOsoite><Kotikunta>";
    let Ok(QueryAnswer::Found(described)) = read(&changed("x-road-abroad", "<Kotikunta>", two), AINO) else {
        panic!("not found")
    };
    assert!(street_lines(contact(&described))[0].1.starts_with("Parastie"));
}

#[test]
fn protection_is_yes_for_every_word_but_nothing_and_zero() {
    for name in ["x-road-protected", "x-road-protected-with-address"] {
        let record = found(name, PROTECTED).record;
        assert_eq!((record.protection(), record.protection_said), (Protection::Yes, Some(true)), "{name}");
        assert!(record.contact.disclosed().is_none());
    }
    let said = |word: &str| {
        let element = format!("<TurvakieltoTieto>{word}</TurvakieltoTieto>");
        let body = changed("direct-found", "<TurvakieltoTieto>0</TurvakieltoTieto>", &element);
        match read_for(body.as_bytes(), Way::Direct, AINO, &everything()) {
            Ok(QueryAnswer::Found(described)) => described.record.protection(),
            other => panic!("{other:?}"),
        }
    };
    for (word, protection) in
        [("", Protection::No), (" 0 ", Protection::No), ("1", Protection::Yes), ("ei", Protection::Yes)]
    {
        assert_eq!(said(word), protection, "{word:?}");
    }
}

#[test]
fn of_two_words_on_protection_yes_holds_whichever_came_first() {
    let no = "<TurvakieltoTieto>0</TurvakieltoTieto>";
    let yes = "<TurvakieltoTieto>1</TurvakieltoTieto>";
    for both in [format!("{no}{yes}"), format!("{yes}{no}"), format!("{yes}</Turvakielto><Turvakielto>{no}")]
    {
        let body = changed("direct-found", no, &both);
        let answer = read_for(body.as_bytes(), Way::Direct, AINO, &everything());
        let Ok(QueryAnswer::Found(described)) = answer else { panic!("{answer:?}") };
        assert_eq!(described.record.protection(), Protection::Yes);
    }
}

#[test]
fn without_a_word_on_protection_it_is_unknown_and_nothing_is_disclosed() {
    let mut settings = settings("http://localhost/", x_road());
    settings.product = "PERUSSANOMA 1".to_owned();
    let body = file("x-road-found-without-protection");
    let answer = read_answer(&body, None, &settings, &code(PROTECTED), &everything(), MESSAGE_ID);
    let Ok(QueryAnswer::Found(described)) = answer else { panic!("{answer:?}") };
    let record = &described.record;
    assert_eq!((record.protection(), record.protection_said), (Protection::Unknown, None));
    assert!(record.contact.disclosed().is_none());
    assert_eq!(record.guardians, None);
}

#[test]
fn any_date_of_death_is_a_death_and_only_as_precise_as_it_is() {
    let death = |name: &str| found(name, DEAD).record.death.unwrap();
    let text = |name: &str| death(name).date.unwrap().to_string();
    assert!(death("x-road-dead").dead && !death("x-road-dead").declared);
    assert_eq!(text("x-road-dead"), "2026-09-30");
    assert_eq!(text("x-road-dead-to-the-month"), "2026-09");
    assert!(death("x-road-declared-dead").dead && death("x-road-declared-dead").declared);
    assert_eq!(text("x-road-declared-dead"), "2020");
    for strange in ["00000000", "20269999", "2026", "syksyllä"] {
        let body = changed("x-road-dead-to-the-month", "20260900", strange);
        let Ok(QueryAnswer::Found(described)) = read(&body, DEAD) else { panic!("{strange}") };
        let death = described.record.death.unwrap();
        assert!(death.dead && death.date.is_none(), "{strange}");
    }
}

#[test]
fn that_somebody_lives_is_said_by_a_zero_and_not_by_silence() {
    let body = changed("direct-found", "<Kuollut/>", "<Kuollut>0</Kuollut>");
    let answer = read_for(body.as_bytes(), Way::Direct, AINO, &everything());
    let Ok(QueryAnswer::Found(described)) = answer else { panic!("{answer:?}") };
    assert!(described.record.death.is_some_and(|death| !death.dead && death.date.is_none()));
    assert_eq!(found("direct-found", AINO).record.death, None);
}

#[test]
fn abroad_is_a_municipality_a_country_by_number_and_a_town_without_the_country() {
    let described = found("x-road-abroad", AINO);
    let contact = contact(&described);
    assert_eq!(contact.home_municipality.as_deref(), Some("200"));
    assert_eq!(
        street_lines(contact),
        [
            (PermanentForeign, "Provgatan 4||90325 Uumaja|SE".to_owned()),
            (PostalForeign, "Box 9||Uumaja|SE".to_owned()),
        ]
    );
    let in_words = found("x-road-country-in-words", AINO);
    let lines = street_lines(super::samples::contact(&in_words));
    assert_eq!(lines, [(PermanentForeign, "Koerruga 4||Prishtina, Kosovo|".to_owned())]);
}

#[test]
fn guardians_are_read_in_both_shapes_and_without_a_code() {
    let described = found("x-road-child", CHILD);
    assert_eq!(described.code_said, "0018");
    let guardians = described.record.guardians.clone().unwrap();
    let seen: Vec<(GuardianRole, bool, &str, &str)> = guardians
        .iter()
        .map(|one| (one.role, one.code.is_some(), one.name.last_name.as_str(), one.name.first_names.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (Custodian, true, "Mallila", "Kaisu Koe"),
            (Custodian, true, "Provberg", "Per"),
            (Custodian, false, "", ""),
            (LegalGuardian, true, "Provberg", "Per"),
        ]
    );
    assert_eq!(described.record.contact_language, None);
}

#[test]
fn a_guardianship_that_has_ended_is_not_read() {
    let body = changed("x-road-child", "29990228", "20251231");
    let Ok(QueryAnswer::Found(described)) = read(&body, CHILD) else { panic!("not found") };
    let guardians = described.record.guardians.unwrap();
    assert!(guardians.iter().all(|one| one.role == GuardianRole::Custodian));
}

#[test]
fn the_mother_tongue_is_never_the_contact_language() {
    let text = String::from_utf8(file("x-road-found")).unwrap();
    let chosen = "<Asiointikieli><Kielikoodi>sv</Kielikoodi><KieliS/><KieliR/></Asiointikieli>";
    for (element, language) in [
        ("", None),
        ("<Asiointikieli>fi</Asiointikieli>", Some(Language::Fi)),
        ("<Asiointikieli><Kielikoodi>en</Kielikoodi></Asiointikieli>", None),
    ] {
        let Ok(QueryAnswer::Found(described)) = read(&text.replace(chosen, element), AINO) else {
            panic!("not found")
        };
        assert_eq!(described.record.contact_language, language, "{element}");
        assert_eq!(described.carried.allow(FieldGroup::Language), !element.is_empty());
    }
}

#[test]
fn only_what_the_permit_grants_is_kept() {
    let grants = Grants::new([FieldGroup::Death]);
    for (name, asked) in [("x-road-found", AINO), ("x-road-child", CHILD), ("x-road-protected", PROTECTED)] {
        let answer = read_for(&file(name), x_road(), asked, &grants);
        let Ok(QueryAnswer::Found(described)) = answer else { panic!("{answer:?}") };
        let record = &described.record;
        assert!(contact(&described) == &Contact::default());
        assert_eq!((&record.name, &record.guardians, record.contact_language), (&None, &None, None));
        assert_eq!(record.code_status, CodeStatus::NotSaid);
        assert!(record.protection_said.is_some(), "protection is read about everyone");
        assert_eq!(record.grants, grants);
    }
}

#[test]
fn an_announcement_of_the_service_is_handed_on_without_its_date() {
    let notice = found("x-road-with-notice", AINO).notice;
    assert_eq!(notice.as_deref(), Some("Palvelussa huoltokatko 1.12.2026 klo 18"));
}

#[test]
fn a_person_who_cannot_be_understood_is_kept_apart_with_the_granted_texts_only() {
    let bad_date = changed("x-road-found", "20210901", "20219901");
    let bad_word = changed("x-road-found", "<Kuollut/>", "<Kuollut>kyllä</Kuollut>");
    for (body, what) in [(&bad_date, "dates"), (&bad_word, "dead")] {
        let Ok(QueryAnswer::Unreadable(unreadable)) = read(body, AINO) else { panic!("{what}") };
        assert!(unreadable.what.contains(what) && unreadable.raw.contains("Koetie 3 B 12"), "{what}");
        assert!(!format!("{unreadable:?}").contains("Koetie"));
    }
    let names = Grants::new([FieldGroup::Name]);
    let answer = read_for(bad_date.as_bytes(), x_road(), AINO, &names);
    assert!(matches!(answer, Ok(QueryAnswer::Found(_))), "what is not granted is not looked at");
    let death = Grants::new([FieldGroup::Death]);
    let answer = read_for(bad_word.as_bytes(), x_road(), AINO, &death);
    let Ok(QueryAnswer::Unreadable(unreadable)) = answer else { panic!("{answer:?}") };
    assert!(!unreadable.raw.contains("Koetie") && !unreadable.raw.contains("Mallila"));
}

#[test]
fn a_date_of_death_outweighs_a_word_that_says_nothing() {
    let body = changed("x-road-dead", "<Kuollut>1</Kuollut>", "<Kuollut>kyllä</Kuollut>");
    let Ok(QueryAnswer::Found(described)) = read(&body, DEAD) else { panic!("not found") };
    assert!(described.record.death.is_some_and(|death| death.dead));
}
