//! Whom a segment selects, against the same segment evaluated in memory.

use std::collections::{BTreeMap, BTreeSet};

use ajantasa::municipality::{Language, MunicipalityCode};
use ajantasa::segment::{Comparison, Condition, Node, Segment, SegmentRules};
use ajantasa::store::data_key as keys;
use ajantasa::store::patron::{self as patrons, PatronRow};
use ajantasa::store::person::{self as people, PersonRow};
use ajantasa::store::run::{self, RunRow};
use ajantasa::store::segment::{self, SegmentScope, TEST_PENDING};
use ajantasa::store::{Tx, finding, new_id};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::Helsinki;
use proptest::collection::btree_set;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::Row as _;
use uuid::Uuid;

use super::run::run_row;
use super::{finding_row, now, patron_row, schedule, time};
use crate::database::{TestDb, both};
use crate::segment::segment_of;

const TOWNS: [&str; 3] = ["078", "149", "710"];
const GROUPS: [&str; 3] = ["Aikuiset", "Lapset", "Kotipalvelu"];
const LIBRARIES: [&str; 3] = ["Karjaa", "Tammisaari", ""];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn scope(towns: &[&str]) -> SegmentScope {
    SegmentScope {
        municipalities: towns.iter().map(|code| MunicipalityCode::parse(code).unwrap()).collect(),
        today: day("2026-11-21"),
        rules: SegmentRules {
            minimum_days_overdue: 60,
            home_service_groups: BTreeSet::from(["Kotipalvelu".to_owned()]),
        },
    }
}

/// A patron and the person, of whom everything that a segment asks about is chosen by chance.
fn who() -> impl Strategy<Value = (PatronRow, PersonRow)> {
    let template = PersonRow::new(Uuid::nil(), "710");
    let near = |days: std::ops::Range<u64>| days.prop_map(|days| Some(day("2026-12-31") - Days::new(days)));
    let birth_date = prop_oneof![
        Just(None),
        near(0..40_000),
        near(5_400..5_560),
        select(vec![Some(day("2011-11-21")), Some(day("2011-11-22")), Some(day("2008-02-29"))]),
    ];
    let patron = (
        (select(&TOWNS[..]), select(&GROUPS[..]), select(&LIBRARIES[..])),
        select(vec![None, Some("fi"), Some("sv"), Some("en")]),
        birth_date,
        select(vec![None, Some(0), Some(1), Some(2000), Some(2001)]),
        select(vec![None, Some(0), Some(3)]),
        prop_oneof![Just(None), near(0..200)],
        select(vec!["", "wrong_contact_details", "use_ban;wrong_contact_details;invoice_sent", "use_ban"]),
    );
    let answered = prop_oneof![
        (0..1_000_i64).prop_map(|days| now() - TimeDelta::days(days)),
        select(vec![time("2026-05-20T20:59:59.999999Z"), time("2026-05-20T21:00:00Z")]),
    ];
    let follow = select(vec![
        ("following", None),
        ("waiting", None),
        ("unfollowed", Some("no_code")),
        ("unfollowed", Some("objected")),
    ]);
    let person = (
        select(vec!["found", "found", "absent", "not_asked"]),
        answered,
        follow,
        select(vec![false, false, true]),
    );
    (patron, person).prop_map(move |(patron, person)| {
        let ((town, group, library), language, birth_date, fees, loans, due, notes) = patron;
        let (answer, answered_at, (state, because), enrol_due) = person;
        let person = PersonRow {
            municipality: town.to_owned(),
            follow_state: state.to_owned(),
            unfollowed_because: because.map(str::to_owned),
            list: Some(Uuid::from_u128(5)),
            answer: answer.to_owned(),
            answered_at: (answer != "not_asked").then_some(answered_at),
            sealed: Some(vec![1]),
            enrol_due,
            ..template.clone()
        };
        let patron = PatronRow {
            municipality: town.to_owned(),
            patron_group: group.to_owned(),
            home_library: library.to_owned(),
            language: language.map(str::to_owned),
            birth_date,
            unpaid_fees_cents: fees,
            open_loans: loans,
            oldest_due_date: due,
            notes: notes.to_owned(),
            ..blank()
        };
        (patron, person)
    })
}

/// A row whose identifiers and seal are still to come.
fn blank() -> PatronRow {
    PatronRow {
        id: Uuid::nil(),
        patron_id: String::new(),
        card_number: String::new(),
        code_index: None,
        key_version: 1,
        sealed: vec![1],
        last_name: "Testinen".to_owned(),
        first_names: "Tiina".to_owned(),
        birth_date: None,
        language: None,
        patron_group: String::new(),
        municipality: String::new(),
        home_library: String::new(),
        registered_on: None,
        last_active_on: None,
        last_patron_edit_on: None,
        guarantor_patron_id: None,
        open_loans: None,
        unpaid_fees_cents: None,
        oldest_due_date: None,
        owning_library: String::new(),
        card_expires_on: None,
        kind: "person".to_owned(),
        protected_mark: false,
        notes: String::new(),
        row_digest: vec![1],
        in_register: true,
        last_import: Uuid::from_u128(1),
        sources: "{}".to_owned(),
        version: 1,
        created_at: now(),
        updated_at: now(),
    }
}

/// Segments whose values are those of the patrons.
fn segments() -> impl Strategy<Value = Segment> {
    let texts = |known: &'static [&'static str]| {
        let known: Vec<String> = known.iter().map(|&text| text.to_owned()).collect();
        btree_set(select(known), 1..3)
    };
    let towns: Vec<MunicipalityCode> =
        TOWNS.iter().map(|code| MunicipalityCode::parse(code).unwrap()).collect();
    let languages = vec![None, Some(Language::Fi), Some(Language::Sv), Some(Language::En)];
    let days = || select(vec![0_u32, 1, 14, 30, 60, 366]);
    segment_of(prop_oneof![
        btree_set(select(towns), 1..3).prop_map(Condition::Municipality),
        texts(&LIBRARIES).prop_map(Condition::HomeLibrary),
        texts(&GROUPS).prop_map(Condition::PatronGroup),
        btree_set(select(languages), 1..3).prop_map(Condition::Language),
        (select(&Comparison::ALL[..]), select(vec![0_u32, 14, 15, 18, 65, 130]))
            .prop_map(|(comparison, years)| Condition::Age(comparison, years)),
        select(vec![1_u32, 6, 12]).prop_map(|months| Condition::NotVerifiedFor { months }),
        select(vec![0_u64, 1, 2000]).prop_map(|over_cents| Condition::OpenDebts { over_cents }),
        days().prop_map(|days| Condition::CollectionWithin { days }),
        days().prop_map(|days| Condition::Turning15Within { days }),
        select(vec![
            Condition::Everyone,
            Condition::NeverVerified,
            Condition::WrongContactDetails,
            Condition::HomeService,
        ]),
    ])
}

fn holds(node: &Node, patron: &PatronRow, person: &PersonRow, scope: &SegmentScope) -> bool {
    match node {
        Node::All(parts) => parts.iter().all(|part| holds(part, patron, person, scope)),
        Node::Any(parts) => parts.iter().any(|part| holds(part, patron, person, scope)),
        Node::Not(inner) => !holds(inner, patron, person, scope),
        Node::Is(condition) => is(condition, patron, person, scope),
    }
}

fn age_on(born: NaiveDate, day: NaiveDate) -> i64 {
    i64::from(day.year() - born.year()) - i64::from((day.month(), day.day()) < (born.month(), born.day()))
}

fn verified(person: &PersonRow) -> Option<DateTime<Utc>> {
    person.answered_at.filter(|_| person.answer == "found")
}

fn is(condition: &Condition, patron: &PatronRow, person: &PersonRow, scope: &SegmentScope) -> bool {
    let today = scope.today;
    match condition {
        Condition::Everyone => true,
        Condition::Municipality(codes) => codes.iter().any(|code| code.as_str() == patron.municipality),
        Condition::HomeLibrary(names) => names.contains(&patron.home_library),
        Condition::PatronGroup(names) => names.contains(&patron.patron_group),
        Condition::HomeService => scope.rules.home_service_groups.contains(&patron.patron_group),
        Condition::Language(chosen) => {
            chosen.contains(&patron.language.as_deref().and_then(Language::from_code))
        }
        Condition::Age(comparison, years) => patron.birth_date.is_some_and(|born| {
            let (age, years) = (age_on(born, today), i64::from(*years));
            match comparison {
                Comparison::Under => age < years,
                Comparison::AtMost => age <= years,
                Comparison::Exactly => age == years,
                Comparison::AtLeast => age >= years,
                Comparison::Over => age > years,
            }
        }),
        Condition::NotVerifiedFor { months } => verified(person).is_none_or(|at| {
            at.with_timezone(&Helsinki).date_naive() < today.checked_sub_months(Months::new(*months)).unwrap()
        }),
        Condition::NeverVerified => verified(person).is_none(),
        Condition::WrongContactDetails => patron.notes.split(';').any(|note| note == "wrong_contact_details"),
        Condition::OpenDebts { over_cents } => {
            patron.unpaid_fees_cents.is_some_and(|cents| cents > i64::try_from(*over_cents).unwrap())
        }
        Condition::CollectionWithin { days } => {
            let owes = patron.unpaid_fees_cents.is_some_and(|cents| cents > 0)
                || patron.open_loans.is_some_and(|loans| loans > 0);
            owes && patron.oldest_due_date.is_some_and(|due| {
                due + Days::new(u64::from(scope.rules.minimum_days_overdue))
                    <= today + Days::new(u64::from(*days))
            })
        }
        Condition::Turning15Within { days } => patron.birth_date.is_some_and(|born| {
            (0..=u64::from(*days))
                .map(|ahead| today + Days::new(ahead))
                .any(|day| age_on(born, day) == 15 && age_on(born, day.pred_opt().unwrap()) == 14)
        }),
    }
}

/// Stores patrons; returns them with the identifiers they got.
async fn store(database: &TestDb, mut all: Vec<(PatronRow, PersonRow)>) -> Vec<(PatronRow, PersonRow)> {
    let ids: Vec<Uuid> = all.iter().map(|_| new_id(now())).collect();
    let keyring = keys::create(&database.db, &database.vault, &ids, now()).await.unwrap();
    for (number, (id, (patron, person))) in ids.iter().zip(&mut all).enumerate() {
        let sealed = patron_row(database, &keyring, *id, number);
        (patron.id, person.patron) = (*id, *id);
        (patron.patron_id, patron.card_number) = (sealed.patron_id, sealed.card_number);
        (patron.sealed, patron.key_version) = (sealed.sealed, sealed.key_version);
    }
    let (rows, persons): (Vec<_>, Vec<_>) = all.iter().cloned().unzip();
    let mut tx = database.db.begin().await.unwrap();
    patrons::insert(&mut tx, &rows).await.unwrap();
    people::insert(&mut tx, &persons).await.unwrap();
    tx.commit("test").await.unwrap();
    all
}

async fn pages(tx: &mut Tx, segment: &Segment, scope: &SegmentScope) -> BTreeSet<Uuid> {
    let mut found = BTreeSet::new();
    for municipality in &scope.municipalities {
        let mut after = Uuid::nil();
        loop {
            let page = segment::page(tx, segment, scope, municipality, after, 50).await.unwrap();
            let Some(last) = page.last() else { break };
            after = *last;
            found.extend(page);
        }
    }
    found
}

async fn run_of(tx: &mut Tx, name: &str) -> Uuid {
    let schedule = schedule::add(tx, name).await;
    let row = RunRow { due_at: None, origin: "by_hand".to_owned(), ..run_row(schedule) };
    assert!(run::insert(tx, &row).await.unwrap());
    row.id
}

/// Whom a run is about, in order.
async fn frozen(tx: &mut Tx, run: Uuid) -> Vec<(i64, Uuid, String)> {
    let sql = "SELECT position, patron, municipality FROM run_person WHERE run = $1 AND state = 'waiting' ORDER BY position";
    match tx {
        Tx::Sqlite(inner) => {
            let rows = sqlx::query(sql).bind(run).fetch_all(&mut **inner).await.unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
        }
        Tx::Postgres(inner) => {
            let rows = sqlx::query(sql).bind(run).fetch_all(&mut **inner).await.unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
        }
    }
}

both! {
    async fn a_segment_selects_whom_it_describes(database: &TestDb) {
        let mut chance = TestRunner::deterministic();
        let all = (0..300).map(|_| who().new_tree(&mut chance).unwrap().current()).collect();
        let all = store(database, all).await;
        let scope = scope(&["149", "710"]);
        let mut tx = database.db.read().await.unwrap();
        let mut found = 0;
        for _ in 0..300 {
            let segment = segments().new_tree(&mut chance).unwrap().current();
            let described: Vec<&(PatronRow, PersonRow)> = all
                .iter()
                .filter(|(patron, _)| patron.municipality != "078")
                .filter(|(patron, person)| holds(segment.root(), patron, person, &scope))
                .collect();
            let (mut asked, mut left_out) = (BTreeSet::new(), BTreeMap::new());
            for (patron, person) in described {
                if let Some(because) = &person.unfollowed_because {
                    let because = if person.enrol_due { TEST_PENDING } else { because.as_str() };
                    *left_out.entry(because.to_owned()).or_insert(0) += 1;
                } else {
                    asked.insert(patron.id);
                }
            }
            let counted = segment::count(&mut tx, &segment, &scope).await.unwrap();
            assert_eq!(counted.iter().map(|(_, people)| people).sum::<u64>(), asked.len() as u64, "{segment}");
            let out: BTreeMap<String, u64> =
                segment::left_out(&mut tx, &segment, &scope).await.unwrap().into_iter().collect();
            assert_eq!(out, left_out, "{segment}");
            assert_eq!(pages(&mut tx, &segment, &scope).await, asked, "{segment}");
            found += asked.len();
        }
        assert!((1_000..80_000).contains(&found), "the segments select too few or too many to compare: {found}");
    }

    async fn a_run_keeps_its_people_and_the_longest_unverified_come_first(database: &TestDb) {
        let mut chance = TestRunner::deterministic();
        let all = (0..60).map(|_| who().new_tree(&mut chance).unwrap().current()).collect();
        let all = store(database, all).await;
        let scope = scope(&TOWNS);
        let segment = Segment::parse("not age < 15").unwrap();
        let mut expected: Vec<(Option<DateTime<Utc>>, Uuid, String)> = all
            .iter()
            .filter(|(_, person)| person.follow_state != "unfollowed")
            .filter(|(patron, person)| holds(segment.root(), patron, person, &scope))
            .map(|(patron, person)| (verified(person), patron.id, patron.municipality.clone()))
            .collect();
        expected.sort();
        let expected: Vec<(i64, Uuid, String)> =
            (1..).zip(expected).map(|(position, (_, id, town))| (position, id, town)).collect();
        let mut tx = database.db.begin().await.unwrap();
        let (everybody, some) = (run_of(&mut tx, "all").await, run_of(&mut tx, "some").await);
        let count = segment::freeze(&mut tx, everybody, &segment, &scope, None).await.unwrap();
        assert_eq!(count, expected.len() as u64);
        assert_eq!(frozen(&mut tx, everybody).await, expected);
        assert_eq!(segment::freeze(&mut tx, some, &segment, &scope, Some(5)).await.unwrap(), 5);
        assert_eq!(frozen(&mut tx, some).await, expected[..5]);
        let mut shares: BTreeMap<String, u64> = BTreeMap::new();
        for (_, _, town) in &expected[..5] {
            *shares.entry(town.clone()).or_default() += 1;
        }
        let first = segment::count_first(&mut tx, &segment, &scope, 5).await.unwrap();
        let first: BTreeMap<String, u64> =
            first.into_iter().map(|(code, people)| (code.as_str().to_owned(), people)).collect();
        assert_eq!(first, shares);
        let nowhere = Segment::parse("municipality = 999").unwrap();
        let nobody = run_of(&mut tx, "nobody").await;
        assert_eq!(segment::freeze(&mut tx, nobody, &nowhere, &scope, None).await.unwrap(), 0);
        assert_eq!(segment::left_out(&mut tx, &nowhere, &scope).await.unwrap(), []);
    }

    async fn a_sample_shows_those_first_in_turn_and_nobody_protected(database: &TestDb) {
        let person = |days: i64, protection: &str| PersonRow {
            follow_state: "following".to_owned(),
            unfollowed_because: None,
            list: Some(Uuid::from_u128(5)),
            answer: "found".to_owned(),
            answered_at: Some(now() - TimeDelta::days(days)),
            sealed: Some(vec![1]),
            protection: protection.to_owned(),
            ..PersonRow::new(Uuid::nil(), "710")
        };
        let patron = |mark: bool| PatronRow {
            municipality: "710".to_owned(),
            patron_group: "Aikuiset".to_owned(),
            protected_mark: mark,
            ..blank()
        };
        let all = vec![
            (patron(false), person(1, "no")),
            (patron(false), person(9, "yes")),
            (patron(true), person(8, "no")),
            (patron(false), person(3, "unknown")),
            (patron(false), PersonRow { answer: "absent".to_owned(), ..person(2, "unknown") }),
        ];
        let all = store(database, all).await;
        let mut tx = database.db.read().await.unwrap();
        let scope = scope(&["710"]);
        let sample = segment::sample(&mut tx, &Segment::everyone(), &scope, 9).await.unwrap();
        let cards: Vec<&str> = sample.iter().map(|row| row.card_number.as_str()).collect();
        assert_eq!(cards, [4, 3, 0].map(|at| all[at].0.card_number.as_str()));
        assert_eq!(sample[0].verified_at, None);
        assert_eq!(segment::sample(&mut tx, &Segment::everyone(), &scope, 1).await.unwrap().len(), 1);
        let nowhere = Segment::parse("municipality = 999").unwrap();
        assert_eq!(segment::sample(&mut tx, &nowhere, &scope, 9).await.unwrap(), []);
    }

    async fn the_experience_of_a_year_is_counted(database: &TestDb) {
        let mut chance = TestRunner::deterministic();
        let all = (0..40).map(|_| who().new_tree(&mut chance).unwrap().current()).collect();
        let all = store(database, all).await;
        let since = now() - TimeDelta::days(365);
        let answered =
            all.iter().filter(|(_, person)| verified(person).is_some_and(|at| at >= since)).count();
        let mut tx = database.db.begin().await.unwrap();
        let id = all[0].0.id;
        let old = finding::FindingRow { opened_at: since - TimeDelta::days(1), ..finding_row(all[1].0.id, "death") };
        let other = finding::FindingRow { source: "external:posti".to_owned(), ..finding_row(all[2].0.id, "death") };
        let rows = [finding_row(id, "death"), finding_row(id, "name_change"), old, other];
        finding::insert(&mut tx, &rows).await.unwrap();
        assert_eq!(segment::experience(&mut tx, since).await.unwrap(), (answered as u64, 1));
    }
}
