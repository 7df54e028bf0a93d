//! What happens to a finding after it is made: who sees it, who decides it, and what is written.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

mod applying;
mod by_page;
mod deciding;
mod left_over;
mod recovering;
mod register;
mod seeing;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ajantasa::address::{AnyAddress, Bilingual, DomesticAddress};
use ajantasa::audit;
use ajantasa::clock::{Clock as _, TestClock};
use ajantasa::finding::FindingKind;
use ajantasa::identity_code::IdentityCode;
use ajantasa::lease::Holder;
use ajantasa::municipality::{
    FieldGroup, Grants, Language, Municipality, MunicipalityCode, MunicipalityName,
};
use ajantasa::patron::PatronContact;
use ajantasa::person::{AddressKind, CodeStatus, Contact, DatedAddress, Death, PersonName, PersonRecord};
use ajantasa::protected::{Protected, Protection};
use ajantasa::purpose::GroundedPurpose;
use ajantasa::quota::Price;
use ajantasa::register::{EmbeddedRegister, PatronRegister};
use ajantasa::review::{self, Filter, QueueItem, ReviewError, Viewer};
use ajantasa::schedule::CronExpression;
use ajantasa::seal::{MasterKeys, Vault};
use ajantasa::segment::SegmentRules;
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::store::account::AccountRow;
use ajantasa::store::data_key;
use ajantasa::store::patron::{PatronRow, SealedColumns};
use ajantasa::store::person::{PersonRow, SealedPerson, StoredRecord};
use ajantasa::store::{self, finding::FindingRow, new_id};
use ajantasa::task::{self, CollectionRules, Context, Report, ReviewRules, Settings, Task};
use ajantasa::vtj::retry::RetryPolicy;
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::database::TestDb;

/// A library with its people, at a time that stands still.
struct Library<'a> {
    database: &'a TestDb,
    clock: Arc<TestClock>,
    context: Context,
}

/// A person: what the library holds and what VTJ says.
#[derive(Clone)]
struct Someone {
    number: usize,
    municipality: &'static str,
    last_name: &'static str,
    vtj_last_name: &'static str,
    vtj_first_names: &'static str,
    vtj_street: &'static str,
    protection: Protection,
    held: Protection,
    death: Option<Death>,
    new_code: Option<usize>,
    guarantor: Option<String>,
    notes: &'static str,
    known: SealedPerson,
    dead: bool,
}

impl Someone {
    /// A person who has moved.
    fn moved(number: usize) -> Self {
        Self { vtj_street: "Uusitie", ..Self::at_home(number) }
    }

    /// A person of whom both sides say the same.
    fn at_home(number: usize) -> Self {
        Self {
            number,
            municipality: "710",
            last_name: "Testinen",
            vtj_last_name: "Testinen",
            vtj_first_names: "Tiina",
            vtj_street: "Vanhatie",
            protection: Protection::No,
            held: Protection::No,
            death: None,
            new_code: None,
            guarantor: None,
            notes: "",
            known: SealedPerson::default(),
            dead: false,
        }
    }

    fn dead(number: usize) -> Self {
        let death = Death { dead: true, date: None, declared: false };
        Self { death: Some(death), ..Self::at_home(number) }
    }

    fn record(&self) -> PersonRecord {
        let address = DomesticAddress {
            street: Bilingual { fi: Some(self.vtj_street.to_owned()), sv: None },
            number: Some("1".to_owned()),
            postal_code: Some("10600".to_owned()),
            post_town: Bilingual { fi: Some("TAMMISAARI".to_owned()), sv: Some("EKENÄS".to_owned()) },
            ..DomesticAddress::default()
        };
        let contact = Contact {
            addresses: vec![DatedAddress {
                kind: AddressKind::PermanentDomestic,
                address: AnyAddress::Domestic(address),
                starts: None,
                ends: None,
            }],
            home_municipality: Some(self.municipality.to_owned()),
        };
        PersonRecord {
            code: code(self.number),
            code_status: self.new_code.map_or(CodeStatus::NotSaid, |new| CodeStatus::ReplacedBy(code(new))),
            former_codes: Vec::new(),
            birth_date: None,
            name: Some(PersonName {
                last_name: self.vtj_last_name.to_owned(),
                first_names: self.vtj_first_names.to_owned(),
                name_in_use: None,
            }),
            contact: Protected::new(contact, self.protection),
            protection_said: Some(self.protection == Protection::Yes),
            death: self.death,
            contact_language: None,
            guardians: None,
            grants: grants(),
        }
    }
}

/// A code nobody bears, another one for each number below a hundred.
fn code(number: usize) -> IdentityCode {
    let digits = format!("010180{}", 900 + number);
    let check = "0123456789ABCDEFHJKLMNPRSTUVWXY".as_bytes()[digits.parse::<usize>().unwrap() % 31];
    IdentityCode::parse(&format!("010180-{}{}", 900 + number, char::from(check))).unwrap()
}

fn grants() -> Grants {
    Grants::new(FieldGroup::ALL.into_iter().filter(|group| *group != FieldGroup::Guardians))
}

fn municipality(code: &str) -> (String, Municipality) {
    let name = MunicipalityName { fi: code.to_owned(), sv: code.to_owned(), en: code.to_owned() };
    let municipality = Municipality {
        code: MunicipalityCode::parse(code).unwrap(),
        name,
        languages: vec![Language::Fi, Language::Sv],
        grants: grants(),
        propose_temporary_address: false,
    };
    (code.to_owned(), municipality)
}

impl<'a> Library<'a> {
    fn of(database: &'a TestDb) -> Self {
        let vault = Arc::new(Vault::new(&MasterKeys::generate()));
        let register = EmbeddedRegister::new(database.db.clone(), Arc::clone(&vault));
        Self::with(database, vault, Arc::new(register), false)
    }

    fn with(
        database: &'a TestDb,
        vault: Arc<Vault>,
        register: Arc<dyn PatronRegister>,
        observe: bool,
    ) -> Self {
        let clock = Arc::new(TestClock::at("2026-11-21T10:00:00Z".parse().unwrap()));
        let settings = Settings {
            allow_test_codes: true,
            municipalities: BTreeMap::from([municipality("710"), municipality("078")]),
            upkeep: GroundedPurpose::new("register_upkeep", "a statute").unwrap(),
            purposes: BTreeMap::new(),
            query: None,
            collection: CollectionRules {
                minimum_days_overdue: 60,
                minimum_age: 18,
                verified_within_days: 14,
                cut_off: CronExpression::parse("0 12 * * 4").unwrap(),
            },
            review: ReviewRules { undo_window: Duration::seconds(60), planted_percent: 0, planted_misses: 3 },
            runs_kept_days: 400,
            segment: SegmentRules::default(),
            two_person_people: 500,
            disclosures_kept_years: 5,
            base_data_price: Price::default(),
            list_size: 1000,
            page_limit: 1000,
            retry: RetryPolicy::default(),
            observe,
        };
        let context = Context {
            db: database.db.clone(),
            vault,
            clock: clock.clone(),
            settings: Arc::new(settings),
            query: None,
            changes: None,
            register,
            holder: Holder::this_process(),
            os_user: "tester".to_owned(),
            counts: Arc::default(),
            stop: tokio_util::sync::CancellationToken::new(),
        };
        Self { database, clock, context }
    }

    /// The same library with another register.
    fn rewired(&self, register: Arc<dyn PatronRegister>, observe: bool) -> Context {
        let settings = Settings { observe, ..(*self.context.settings).clone() };
        Context { register, settings: Arc::new(settings), ..self.context.clone() }
    }

    #[expect(clippy::too_many_lines, reason = "one row of every table a patron stands in")]
    async fn add(&self, someone: &Someone) -> Uuid {
        let now = self.clock.now();
        let id = new_id(now);
        let keyring = data_key::create(&self.context.db, &self.context.vault, &[id], now).await.unwrap();
        let key = keyring.newest(id).unwrap();
        let mut contact = PatronContact::default();
        "Vanhatie 1".clone_into(&mut contact.address.street_address);
        "10600".clone_into(&mut contact.address.postal_code);
        "TAMMISAARI".clone_into(&mut contact.address.city);
        let held = code(someone.number);
        let index = self.context.vault.code_index(&held);
        let columns =
            SealedColumns { code: Some(held.expose().to_owned()), contact, guarantor_name: String::new() };
        let row = PatronRow {
            id,
            patron_id: format!("P{}", someone.number),
            card_number: format!("C{}", someone.number),
            code_index: Some(index.clone()),
            key_version: key.version,
            sealed: store::patron::seal(key, &columns).unwrap(),
            last_name: someone.last_name.to_owned(),
            first_names: "Tiina".to_owned(),
            birth_date: Some("1980-01-01".parse().unwrap()),
            language: Some("fi".to_owned()),
            patron_group: String::new(),
            municipality: someone.municipality.to_owned(),
            home_library: String::new(),
            registered_on: None,
            last_active_on: None,
            last_patron_edit_on: None,
            guarantor_patron_id: someone.guarantor.clone(),
            open_loans: None,
            unpaid_fees_cents: None,
            oldest_due_date: None,
            owning_library: String::new(),
            card_expires_on: None,
            kind: "person".to_owned(),
            protected_mark: false,
            notes: someone.notes.to_owned(),
            row_digest: vec![1],
            in_register: true,
            last_import: Uuid::from_u128(1),
            sources: "{}".to_owned(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let mut person = PersonRow {
            follow_state: "waiting".to_owned(),
            unfollowed_because: None,
            code_index: Some(index),
            enrol_due: false,
            answer: "found".to_owned(),
            answered_at: Some(now),
            record_version: 1,
            protection: someone.held.as_str().to_owned(),
            held_as_dead: someone.dead,
            frozen: someone.dead || someone.death.is_some_and(|death| death.dead),
            ..PersonRow::new(id, someone.municipality)
        };
        let known = SealedPerson {
            code: Some(held.expose().to_owned()),
            record: Some(StoredRecord::from(&someone.record())),
            ..someone.known.clone()
        };
        person.reseal(key, &known).unwrap();
        let mut tx = self.context.db.begin().await.unwrap();
        store::patron::insert(&mut tx, &[row]).await.unwrap();
        store::person::insert(&mut tx, &[person]).await.unwrap();
        tx.commit("test").await.unwrap();
        id
    }

    /// Adds people and compares them.
    async fn meet(&self, people: &[Someone]) {
        for someone in people {
            self.add(someone).await;
        }
        self.run(Task::Reconcile).await;
    }

    async fn run(&self, task: Task) -> Report {
        task::run(&self.context, task).await.unwrap()
    }

    /// Compares everybody once more.
    async fn compare_again(&self) {
        self.database.execute("UPDATE person SET compare_due = TRUE").await;
        self.run(Task::Reconcile).await;
    }

    fn clock_now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(Duration::seconds(seconds));
    }

    async fn reviewer(&self, name: &str, municipalities: &[&str]) -> ProvedAccount {
        self.account(name, Role::Reviewer, municipalities, false).await
    }

    async fn account(&self, name: &str, role: Role, codes: &[&str], may_protected: bool) -> ProvedAccount {
        let id = new_id(self.clock.now());
        let municipalities: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        let row = AccountRow {
            id,
            name: name.to_owned(),
            role: role.as_str().to_owned(),
            may_protected,
            password_hash: None,
            os_login: Some(name.to_owned()),
            own_card: None,
            ends_on: "2030-01-01".parse().unwrap(),
            failures: 0,
            locked_until: None,
            disabled_at: None,
            created_at: self.clock.now(),
        };
        let mut tx = self.context.db.begin().await.unwrap();
        store::account::insert(&mut tx, &row, &municipalities).await.unwrap();
        assert_eq!(store::account::get(&mut tx, id).await.unwrap().name, name);
        tx.commit("test").await.unwrap();
        ProvedAccount {
            id,
            name: name.to_owned(),
            role,
            may_protected,
            municipalities: municipalities.into_iter().collect::<BTreeSet<_>>(),
            own_card: None,
            os_user: name.to_owned(),
        }
    }

    async fn list(&self, viewer: &Viewer) -> Vec<QueueItem> {
        review::list(&self.context, viewer, &Filter::default()).await.unwrap()
    }

    /// The item of a kind of a person, whatever its state.
    async fn finding(&self, number: usize, kind: FindingKind) -> FindingRow {
        let mut tx = self.context.db.read().await.unwrap();
        let patron = store::patron::by_patron_ids(&mut tx, &[format!("P{number}")]).await.unwrap()[0].id;
        let filter = store::finding::Filter {
            states: ajantasa::finding::FindingState::ALL.to_vec(),
            kinds: vec![kind],
            ..store::finding::Filter::default()
        };
        let start = (DateTime::UNIX_EPOCH, Uuid::nil());
        let rows = store::finding::page(&mut tx, &filter, start, 100).await.unwrap();
        rows.into_iter().rfind(|row| row.patron == patron).expect("there is such a finding")
    }

    async fn state(&self, id: Uuid) -> String {
        let mut tx = self.context.db.read().await.unwrap();
        store::finding::get(&mut tx, id).await.unwrap().unwrap().state
    }

    async fn patron(&self, number: usize) -> (PatronRow, SealedColumns) {
        let mut tx = self.context.db.read().await.unwrap();
        let row = store::patron::by_patron_ids(&mut tx, &[format!("P{number}")]).await.unwrap().remove(0);
        let keyring = data_key::keyring(&self.context.db, &self.context.vault, &[row.id]).await.unwrap();
        let columns = row.open(&keyring).unwrap();
        (row, columns)
    }

    async fn person(&self, number: usize) -> PersonRow {
        let patron = self.patron(number).await.0.id;
        let mut tx = self.context.db.read().await.unwrap();
        store::person::by_patrons(&mut tx, &[patron]).await.unwrap().remove(0)
    }

    /// The library writes another street by itself.
    async fn rewrite_street(&self, number: usize, street: &str) {
        let (mut row, mut columns) = self.patron(number).await;
        let keyring = data_key::keyring(&self.context.db, &self.context.vault, &[row.id]).await.unwrap();
        street.clone_into(&mut columns.contact.address.street_address);
        row.sealed = store::patron::seal(keyring.newest(row.id).unwrap(), &columns).unwrap();
        row.version += 1;
        let mut tx = self.context.db.begin().await.unwrap();
        store::patron::lock(&mut tx, row.id).await.unwrap();
        store::person::lock(&mut tx, row.id).await.unwrap();
        store::patron::update(&mut tx, &row).await.unwrap();
        tx.commit("test").await.unwrap();
    }

    async fn audited(&self, action: &str) -> usize {
        let mut tx = self.context.db.read().await.unwrap();
        let filter = audit::Filter { action: Some(action.to_owned()), ..audit::Filter::default() };
        audit::page(&mut tx, &filter, 0, 1000).await.unwrap().len()
    }
}

/// What one person came away with.
fn only<T>(mut outcomes: Vec<(Uuid, Result<T, ReviewError>)>) -> Result<T, ReviewError> {
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0).1
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
