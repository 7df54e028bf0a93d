//! The language of segments: its text, its errors, its sentences and its form.

use std::collections::BTreeSet;

use ajantasa::municipality::{Language, MunicipalityCode};
use ajantasa::segment::form::{Form, Join};
use ajantasa::segment::{Comparison, Condition, MOST_LEVELS, Node, Segment, SegmentRules, WORDS};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

fn parse(text: &str) -> Segment {
    Segment::parse(text).unwrap()
}

fn error(text: &str) -> String {
    Segment::parse(text).unwrap_err().to_string()
}

#[test]
fn every_condition_can_be_written_and_is_printed_in_one_way() {
    for (written, printed) in [
        ("municipality = 710", "municipality = 710"),
        ("Municipality in (\"710\", 078, 710)", "municipality in (078, 710)"),
        ("home_library in (\"Tammisaari\", Karjaa)", "home_library in (\"Karjaa\", \"Tammisaari\")"),
        ("home_library = \"Karjaan \\\"uusi\\\"\"", "home_library = \"Karjaan \\\"uusi\\\"\""),
        ("patron_group != \"Laitos\"", "not patron_group = \"Laitos\""),
        ("patron_group not in (a, b)", "not patron_group in (\"a\", \"b\")"),
        ("language in (none, SV)", "language in (none, sv)"),
        ("age >= 18", "age >= 18"),
        ("age != 15 years", "not age = 15"),
        ("not_verified_for 1 month", "not_verified_for 1 month"),
        ("not_verified_for 2 years", "not_verified_for 24 months"),
        ("NEVER_VERIFIED", "never_verified"),
        ("open_debts over 20.00", "open_debts over 20.00"),
        ("open_debts over 20", "open_debts over 20.00"),
        ("open_debts over 0.00", "open_debts"),
        ("collection_within 14 days", "collection_within 14 days"),
        ("turning_15_within 1 day", "turning_15_within 1 day"),
        ("home_service or wrong_contact_details", "home_service or wrong_contact_details"),
        ("everyone", "everyone"),
        (
            "(open_debts and (age < 18)) and not (home_service)",
            "open_debts and age < 18 and not home_service",
        ),
        ("(open_debts or age < 18) and home_service", "(open_debts or age < 18) and home_service"),
        ("open_debts or age < 18 and home_service", "open_debts or age < 18 and home_service"),
        ("not (open_debts and home_service)", "not (open_debts and home_service)"),
    ] {
        assert_eq!(parse(written).to_string(), printed);
        assert_eq!(parse(printed), parse(written));
    }
    for word in WORDS {
        assert!(!error(&format!("{word} ?")).contains("unknown word"), "{word}");
    }
}

#[test]
fn an_error_says_where_what_and_what_to_write() {
    for (text, message) in [
        (
            "",
            "segment, character 1: nothing is selected: write a condition such as municipality = 710, or everyone",
        ),
        ("open_debst", "segment, character 1: unknown word \"open_debst\": write open_debts"),
        (
            "municipality = 71",
            "segment, character 16: \"71\" is not a value here: write the three digits of its code, such as 710",
        ),
        (
            "municipality 710",
            "segment, character 14: \"710\" does not belong here: write = and a value, or in and a list, such as municipality = 710",
        ),
        (
            "open_debts over 20,00",
            "segment, character 19: \",\" does not belong here: write the cents behind a point, such as over 20.00",
        ),
        (
            "open_debts home_service",
            "segment, character 12: \"home_service\" does not belong here: join conditions with and, or",
        ),
        ("(open_debts", "segment, character 12: the text ends: write ) to close the ( at character 1"),
        ("open_debts)", "segment, character 11: \")\" does not belong here: take it away, or write ( before"),
        (
            "not_verified_for 6",
            "segment, character 19: the text ends: write months behind the number, such as 6 months",
        ),
        (
            "not_verified_for 60 days",
            "segment, character 21: \"days\" does not belong here: write months behind the number, such as 6 months",
        ),
        (
            "not_verified_for 0 months",
            "segment, character 1: not_verified_for: 0 months: write a number from 1 to 240",
        ),
        (
            "age 18",
            "segment, character 5: \"18\" does not belong here: compare it with years, such as age >= 18",
        ),
        ("home_library = \"Karjaa", "segment, character 16: the text does not end: write \" behind it"),
        (
            "home_library = 'Karjaa'",
            "segment, character 16: the character '\\'' is not read here: put names in double quotes, such as \"Tammisaari\"",
        ),
        (
            "language = de",
            "segment, character 12: \"de\" is not a value here: write fi, sv, en, or none for patrons without a language",
        ),
        (
            "open_debts and",
            "segment, character 15: the text ends: write a condition such as municipality = 710, or everyone",
        ),
    ] {
        assert_eq!(error(text), message, "{text}");
    }
    let nothing_near = error("zzz");
    assert!(WORDS.iter().all(|word| nothing_near.contains(word)), "{nothing_near}");
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |levels: usize| format!("{}open_debts", "not ".repeat(levels));
    assert!(Segment::parse(&nested(MOST_LEVELS)).is_ok());
    assert!(error(&nested(MOST_LEVELS + 1)).contains("too many parentheses"));
    assert!(error(&"(".repeat(7_000)).contains("too many parentheses"));
    let many = vec!["open_debts"; 51].join(" and ");
    assert_eq!(error(&many), "segment: 51 conditions: write at most 50, or make two schedules");
    assert!(error(&" ".repeat(9_000)).contains("8000"));
    let names: Vec<String> = (0..101).map(|number| format!("g{number}")).collect();
    assert!(error(&format!("patron_group in ({})", names.join(", "))).contains("at most 100"));
    assert!(Segment::new(Node::All(Vec::new())).is_err());
    assert!(Segment::new(Node::Is(Condition::Municipality(BTreeSet::new()))).is_err());
}

#[test]
fn home_service_needs_the_groups_of_the_configuration() {
    let segment = parse("municipality = 710 and not home_service");
    let refused = segment.check(&SegmentRules::default()).unwrap_err().to_string();
    assert!(refused.contains("home_service_groups = ["), "{refused}");
    let rules = SegmentRules {
        home_service_groups: BTreeSet::from(["Kotipalvelu".to_owned()]),
        ..SegmentRules::default()
    };
    assert!(segment.check(&rules).is_ok());
    assert!(parse("open_debts").check(&SegmentRules::default()).is_ok());
}

#[test]
fn a_segment_is_its_text_in_json() {
    let segment = parse("municipality = 710 and open_debts");
    let json = serde_json::to_string(&segment).unwrap();
    assert_eq!(json, "\"municipality = 710 and open_debts\"");
    assert_eq!(serde_json::from_str::<Segment>(&json).unwrap(), segment);
    assert!(serde_json::from_str::<Segment>("\"open debts\"").is_err());
}

#[test]
fn a_segment_is_read_in_plain_words() {
    let check = |text: &str, fi: &str, sv: &str, en: &str| {
        let segment = parse(text);
        assert_eq!(segment.reading(Language::Fi), fi);
        assert_eq!(segment.reading(Language::Sv), sv);
        assert_eq!(segment.reading(Language::En), en);
    };
    check(
        "municipality = 710 and open_debts and not_verified_for 6 months",
        "Asiakkaat, joiden kunta on 710, joilla on maksamattomia maksuja ja joiden tietoja ei ole tarkistettu 6 kuukauteen tai koskaan",
        "Kunder vars kommun är 710, som har obetalda avgifter och vars uppgifter inte har kontrollerats på 6 månader eller aldrig har kontrollerats",
        "Patrons whose municipality is 710, who have unpaid fees and who have not been verified for 6 months, or ever",
    );
    check(
        "(age < 18 or home_service) and home_library != Karjaa and not language in (fi, sv)",
        "Asiakkaat, (jotka ovat alle 18-vuotiaita tai jotka ovat kotipalveluasiakkaita), joiden kotikirjasto ei ole Karjaa ja joiden kieli ei ole suomi tai ruotsi",
        "Kunder (som är under 18 år eller som är hemservicekunder), vars hembibliotek inte är Karjaa och vars språk inte är finska eller svenska",
        "Patrons (who are under 18 years old or who are home-service patrons), whose home library is not Karjaa and whose language is not Finnish or Swedish",
    );
    check(
        "home_library in (\"\", Karjaa)",
        "Asiakkaat, joiden kotikirjasto on merkitsemättä tai Karjaa",
        "Kunder vars hembibliotek är inte angivet eller Karjaa",
        "Patrons whose home library is not given or Karjaa",
    );
    check("everyone", "Kaikki asiakkaat", "Alla kunder", "All patrons");
    check(
        "not (open_debts over 20.00 and turning_15_within 30 days)",
        "Asiakkaat, jotka eivät kuulu joukkoon (joilla on maksamattomia maksuja yli 20,00 euroa ja jotka täyttävät 15 vuotta 30 päivän kuluessa)",
        "Kunder som inte hör till gruppen (som har obetalda avgifter över 20,00 euro och som fyller 15 år inom 30 dagar)",
        "Patrons who are not among those (who have unpaid fees over 20.00 euros and who turn 15 within 30 days)",
    );
}

#[test]
fn a_flat_segment_is_a_form_and_a_deeper_one_is_text() {
    let flat = parse("municipality = 710 and not open_debts");
    let form = Form::of(&flat).unwrap();
    assert_eq!((form.join, form.rows.len()), (Join::All, 2));
    assert_eq!(form.rows.iter().map(|row| row.negated).collect::<Vec<_>>(), [false, true]);
    assert_eq!(form.segment().unwrap(), flat);
    assert_eq!(Form::of(&parse("open_debts or home_service")).unwrap().join, Join::Any);
    assert_eq!(Form::of(&parse("open_debts")).unwrap().rows.len(), 1);
    assert!(Form::of(&parse("open_debts and (home_service or age > 65)")).is_none());
    assert!(Form { join: Join::All, rows: Vec::new() }.segment().is_err());
}

fn condition() -> impl Strategy<Value = Condition> {
    let code = "[0-9]{3}".prop_map(|code| MunicipalityCode::parse(&code).unwrap());
    let name = "[a-zA-ZåäöÅÄÖ\"\\\\(),=]( ?[a-zåäö0-9\"\\\\.]){0,8}";
    let language =
        prop_oneof![Just(None), Just(Some(Language::Fi)), Just(Some(Language::Sv)), Just(Some(Language::En))];
    let comparison = (0..Comparison::ALL.len()).prop_map(|at| Comparison::ALL[at]);
    prop_oneof![
        Just(Condition::Everyone),
        Just(Condition::NeverVerified),
        Just(Condition::WrongContactDetails),
        Just(Condition::HomeService),
        btree_set(code, 1..4).prop_map(Condition::Municipality),
        btree_set(name, 1..4).prop_map(Condition::HomeLibrary),
        btree_set(name, 1..4).prop_map(Condition::PatronGroup),
        btree_set(language, 1..4).prop_map(Condition::Language),
        (comparison, 0..=130_u32).prop_map(|(comparison, years)| Condition::Age(comparison, years)),
        (1..=240_u32).prop_map(|months| Condition::NotVerifiedFor { months }),
        (0..=100_000_000_u64).prop_map(|over_cents| Condition::OpenDebts { over_cents }),
        (0..=366_u32).prop_map(|days| Condition::CollectionWithin { days }),
        (0..=366_u32).prop_map(|days| Condition::Turning15Within { days }),
    ]
}

fn segment() -> impl Strategy<Value = Segment> {
    segment_of(condition())
}

/// Any segment of such conditions, within the bounds.
pub fn segment_of(condition: impl Strategy<Value = Condition> + 'static) -> impl Strategy<Value = Segment> {
    let node = condition.prop_map(Node::Is).prop_recursive(6, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Node::All),
            vec(inner.clone(), 1..4).prop_map(Node::Any),
            inner.prop_map(|inner| Node::Not(Box::new(inner))),
        ]
    });
    node.prop_filter_map("within bounds", |node| Segment::new(node).ok())
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_the_same(segment in segment()) {
        prop_assert_eq!(Segment::parse(&segment.to_string()), Ok(segment));
    }

    #[test]
    fn a_form_says_the_same_as_its_segment(segment in segment()) {
        if let Some(form) = Form::of(&segment) {
            prop_assert_eq!(form.segment(), Ok(segment));
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[a-z_0-9=<>!(), \"\\\\.ä]{0,60}") {
        let _ = Segment::parse(&text);
    }

    #[test]
    fn every_segment_has_a_sentence_in_every_language(segment in segment()) {
        for language in [Language::Fi, Language::Sv, Language::En] {
            prop_assert!(segment.reading(language).len() > 8);
        }
    }
}
