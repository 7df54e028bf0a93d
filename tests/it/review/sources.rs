//! What another source than VTJ says: found, shown and written with its name, and heard only where it may be.

use ajantasa::finding::{FindingKind, RejectReason};
use ajantasa::patron_file::Encoding;
use ajantasa::patrons::{self, PatronsError, Source, SourceReport};
use ajantasa::protected::Protection;
use ajantasa::provenance::Provider;
use ajantasa::review::{self, Effect, Rejection, Viewer};
use ajantasa::store;
use ajantasa::task::Task;
use chrono::Duration;
use serde_json::{Value, json};

use super::{Library, Someone, only};
use crate::database::both;
use crate::scenario::private;

const HEADER: &str = "card_number,street_address,postal_code,city,last_name,language";
/// Number 1 has moved, by the provider's word.
const MOVED: &str = "C1,Ratatie 11,10600,TAMMISAARI,,";

impl Library<'_> {
    /// Reads a file of a provider, a minute later.
    async fn source(&self, provider: &str, header: &str, rows: &[&str]) -> SourceReport {
        self.wait(60);
        self.try_source(provider, &format!("{header}\n{}\n", rows.join("\n"))).await.unwrap()
    }

    async fn try_source(&self, provider: &str, text: &str) -> Result<SourceReport, PatronsError> {
        let path = self.database.folder().join("source.csv");
        private(&path, text);
        let provider = Provider::new(provider).unwrap();
        patrons::import_source(&self.context, &Source::File(path), &provider, Encoding::Utf8, &mut |_| {})
            .await
    }

    /// The queue, masked, as JSON.
    async fn queue(&self) -> Vec<Value> {
        let items = self.list(&Viewer::Anonymous).await;
        items.iter().map(|item| serde_json::to_value(item).unwrap()).collect()
    }

    async fn approve_and_apply(&self, number: usize, kind: FindingKind) {
        let reviewer = self.reviewer(&format!("r{number}{}", self.clock_now().timestamp()), &["710"]).await;
        let id = self.finding(number, kind).await.id;
        only(review::approve(&self.context, &reviewer, &[id], Effect::Now).await).unwrap();
        self.run(Task::Apply).await;
        assert_eq!(self.state(id).await, "confirmed");
    }

    /// VTJ answers now, and says what it says of somebody.
    async fn vtj_says(&self, number: usize, someone: &Someone) {
        let mut person = self.person(number).await;
        let patron = person.patron;
        let keyring =
            store::data_key::keyring(&self.context.db, &self.context.vault, &[patron]).await.unwrap();
        let mut known = person.open(&keyring).unwrap();
        known.record = Some(store::person::StoredRecord::from(&someone.record()));
        person.reseal(keyring.newest(patron).unwrap(), &known).unwrap();
        person.record_version += 1;
        let mut tx = self.context.db.begin().await.unwrap();
        store::person::update(&mut tx, &person).await.unwrap();
        tx.commit("test").await.unwrap();
        self.vtj_answers_again(number).await;
    }

    /// VTJ answers now, with what it said before.
    async fn vtj_answers_again(&self, number: usize) {
        self.wait(60);
        let mut person = self.person(number).await;
        person.answered_at = Some(self.clock_now());
        person.compare_due = true;
        let mut tx = self.context.db.begin().await.unwrap();
        store::person::update(&mut tx, &person).await.unwrap();
        tx.commit("test").await.unwrap();
        self.run(Task::Reconcile).await;
    }
}

both! {
    async fn a_claimed_address_is_found_shown_and_written_with_the_name_of_its_source(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1), Someone::at_home(2)]).await;
        let report = library.source("Moves", HEADER, &[MOVED, "C2,Vanhatie 1,10600,TAMMISAARI,,"]).await;
        assert_eq!((report.rows, report.taken, report.findings, report.rejected), (2, 2, 1, 0));
        let items = library.queue().await;
        assert_eq!(items.len(), 1);
        let item = &items[0];
        assert_eq!((&item["kind"], &item["source"]), (&json!("address_change"), &json!("external:moves")));
        assert!(item["reason"].as_str().unwrap().contains("The source is moves, not VTJ."));
        let expected = json!([{ "field": "street_address", "current": "Vanhatie 1", "proposed": "Ratatie 11" }]);
        assert_eq!(item["fields"], expected);
        let row = library.finding(1, FindingKind::AddressChange).await;
        assert_eq!(row.request, None);
        assert_eq!(library.audited("patron.claim").await, 2);
        library.approve_and_apply(1, FindingKind::AddressChange).await;
        let (patron, columns) = library.patron(1).await;
        assert_eq!(columns.contact.address.street_address, "Ratatie 11");
        let sources: Value = serde_json::from_str(&patron.sources).unwrap();
        assert_eq!(sources["street_address"]["source"], "external:moves");
        assert_eq!(sources["street_address"]["request"], Value::Null);
        let context = patrons::Context::from(&library.context);
        let shown = patrons::show(&context, "C1", None).await.unwrap();
        assert_eq!(shown["sources"]["street_address"]["source"], "external:moves");
        assert_eq!(database_number(&library, "SELECT count(*) FROM disclosure").await, 0);
    }

    async fn what_a_person_took_from_another_source_is_not_put_back_before_vtj_answers_again(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1)]).await;
        library.source("moves", HEADER, &[MOVED]).await;
        library.wait(60);
        library.approve_and_apply(1, FindingKind::AddressChange).await;
        library.compare_again().await;
        assert_eq!(library.queue().await, [] as [Value; 0]);
        library.vtj_answers_again(1).await;
        let items = library.queue().await;
        assert_eq!((items.len(), &items[0]["source"]), (1, &json!("vtj")));
        assert_eq!(items[0]["fields"][0]["proposed"], "Vanhatie 1");
    }

    async fn a_later_answer_of_vtj_supersedes_or_closes_what_another_source_said(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1), Someone::at_home(2)]).await;
        library.source("moves", HEADER, &[MOVED, "C2,Ratatie 11,10600,TAMMISAARI,,"]).await;
        assert_eq!(library.queue().await.len(), 2);
        library.compare_again().await;
        assert_eq!(library.queue().await.len(), 2, "comparing again changes nothing");
        let first = library.finding(1, FindingKind::AddressChange).await.id;
        let second = library.finding(2, FindingKind::AddressChange).await.id;
        library.vtj_answers_again(1).await;
        assert_eq!(library.state(first).await, "closed");
        library.vtj_says(2, &Someone::moved(2)).await;
        assert_eq!(library.state(second).await, "superseded");
        let items = library.queue().await;
        assert_eq!((items.len(), &items[0]["source"]), (1, &json!("vtj")));
        assert_eq!(items[0]["fields"][0]["proposed"], "Uusitie 1");
    }

    async fn vtjs_own_finding_stays_whatever_another_source_says(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let before = library.queue().await;
        for row in [MOVED, "C1,Vanhatie 1,10600,TAMMISAARI,,"] {
            let report = library.source("moves", HEADER, &[row]).await;
            assert_eq!((report.taken, report.findings), (1, 0));
            assert_eq!(library.queue().await, before);
        }
    }

    async fn nothing_is_kept_of_where_a_protected_patron_is_said_to_be(database: &TestDb) {
        let library = Library::of(database);
        let protected = Someone { protection: Protection::Yes, held: Protection::Yes, ..Someone::at_home(1) };
        let unknown = Someone { protection: Protection::Unknown, held: Protection::Unknown, ..Someone::at_home(2) };
        library.meet(&[protected, unknown]).await;
        database.execute("UPDATE finding SET state = 'closed'").await;
        let rows = [MOVED, "C2,Ratatie 11,10600,TAMMISAARI,,"];
        let report = library.source("moves", HEADER, &rows).await;
        assert_eq!((report.taken, report.skipped, report.findings), (1, 1, 0));
        let named = ["C1,Ratatie 11,10600,TAMMISAARI,Mallila,", "C2,,,,,"];
        let report = library.source("names", HEADER, &named).await;
        assert_eq!((report.taken, report.skipped, report.findings), (1, 1, 1));
        let ids = [library.patron(1).await.0.id];
        let keyring =
            store::data_key::keyring(&library.context.db, &library.context.vault, &ids).await.unwrap();
        let mut tx = library.context.db.read().await.unwrap();
        let claims = store::claim::of_patrons(&mut tx, &ids).await.unwrap();
        let said: Vec<_> = claims.iter().map(|claim| claim.open(&keyring).unwrap()).collect();
        assert_eq!((said.len(), said[0].last_name.as_deref()), (1, Some("Mallila")));
        assert_eq!(said[0].address.street_address, None);
    }

    async fn the_dead_and_those_who_are_not_asked_about_are_passed_over(database: &TestDb) {
        let library = Library::of(database);
        let objecting = Someone { notes: "objected", ..Someone::at_home(2) };
        let restricted = Someone { notes: "restricted", ..Someone::at_home(3) };
        library.meet(&[Someone::dead(1), objecting, restricted]).await;
        let rows = [
            "C1,Ratatie 11,10600,TAMMISAARI,Mallila,sv",
            "C2,Ratatie 11,10600,TAMMISAARI,Mallila,sv",
            "C3,Ratatie 11,10600,TAMMISAARI,Mallila,sv",
        ];
        let report = library.source("moves", HEADER, &rows).await;
        assert_eq!((report.taken, report.skipped, report.findings), (1, 2, 0));
        let kinds: Vec<Value> = library.queue().await.iter().map(|item| item["kind"].clone()).collect();
        assert_eq!(kinds, ["death"]);
    }

    async fn what_was_rejected_is_not_found_again_when_the_provider_repeats_it(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1)]).await;
        library.source("moves", HEADER, &[MOVED]).await;
        let reviewer = library.reviewer("leena", &["710"]).await;
        let id = library.finding(1, FindingKind::AddressChange).await.id;
        let rejection = Rejection { reason: RejectReason::PatronNewer, note: None };
        only(review::reject(&library.context, &reviewer, &[id], rejection).await).unwrap();
        let again = library.source("moves", HEADER, &[MOVED]).await;
        assert_eq!((again.taken, again.unchanged, again.findings), (0, 1, 0));
        let dated = library.source("moves", "card_number,street_address,as_of", &["C1,Ratatie 11,2026-11-20"]).await;
        assert_eq!((dated.unchanged, dated.findings), (1, 0));
        let other = library.source("moves", HEADER, &["C1,Ratatie 12,10600,TAMMISAARI,,"]).await;
        assert_eq!((other.taken, other.findings), (1, 1));
    }

    async fn a_statement_from_before_vtjs_answer_is_heard_only_of_what_vtj_did_not_say(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1)]).await;
        let rows = ["C1,Ratatie 11,sv,2026-11-01"];
        let report = library.source("moves", "card_number,street_address,language,as_of", &rows).await;
        assert_eq!((report.taken, report.findings), (1, 1));
        assert_eq!(library.queue().await[0]["kind"], "language_change");
    }

    async fn when_protection_starts_or_a_patron_is_forgotten_nothing_claimed_is_left(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1)]).await;
        library.source("moves", HEADER, &[MOVED]).await;
        assert_eq!(database_number(&library, "SELECT count(*) FROM claim").await, 1);
        let context = patrons::Context::from(&library.context);
        patrons::forget(&context, "C1", "asked to").await.unwrap();
        assert_eq!(database_number(&library, "SELECT count(*) FROM claim").await, 0);
    }

    async fn bad_rows_are_listed_beside_the_file_and_the_rest_is_read(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1), Someone::at_home(2)]).await;
        let header = "patron_id,card_number,street_address,language,country,as_of";
        let rows = [
            ",C1,Ratatie 11,,,",
            "P2,C1,Ratatie 11,,,",
            "P9,,Ratatie 11,,,",
            ",C9,Ratatie 11,,,",
            ",,Ratatie 11,,,",
            "P2,,,no,,",
            "P2,,,,Ruotsi,",
            "P2,,Ratatie 11,,,2027-01-01",
            "P2,,Ratatie 11,,,yesterday",
            "P1,,Ratatie 12,,,",
            "P2,C2,,sv,,2026-11-20",
        ];
        let report = library.source("moves", header, &rows).await;
        assert_eq!((report.rows, report.taken, report.rejected, report.findings), (11, 2, 9, 2));
        let path = report.rejected_file.unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let reasons: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(reasons.len(), 9, "{text}");
        for (line, reason) in [
            (0, "different patrons"),
            (1, "patron_id: no patron has it"),
            (2, "card_number: no patron has it"),
            (3, "one of them must not be empty"),
            (4, "language: write"),
            (5, "country: write"),
            (6, "a day that has not come"),
            (7, "as_of: not a date"),
            (8, "earlier row"),
        ] {
            assert!(reasons[line].contains(reason), "{reason}: {text}");
        }
    }

    async fn a_file_that_speaks_of_a_death_or_of_nothing_is_refused(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1)]).await;
        for header in [
            "card_number,death_date",
            "card_number,protected",
            "card_number,identity_code",
            "card_number,birth_date",
            "card_number,as_of",
            "street_address,city",
            "card_number,city,city",
            "",
        ] {
            let refused = library.try_source("moves", &format!("{header}\nC1,x\n")).await;
            assert!(matches!(refused, Err(PatronsError::File(_))), "{header}");
        }
        assert_eq!(library.audited("patron.import_source").await, 0);
    }

    async fn claims_are_deleted_a_while_after_nothing_rests_on_them(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1), Someone::at_home(2)]).await;
        library.source("moves", HEADER, &[MOVED, "C2,Vanhatie 1,10600,TAMMISAARI,,"]).await;
        library.clock.advance(Duration::days(200));
        library.run(Task::Housekeeping).await;
        assert_eq!(database_number(&library, "SELECT count(*) FROM claim").await, 1);
        let open = library.finding(1, FindingKind::AddressChange).await;
        assert_eq!(open.state, "new");
    }

    async fn an_item_about_a_patron_with_an_invoice_shows_where_the_invoice_went(database: &TestDb) {
        let library = Library::of(database);
        let named = Someone { vtj_last_name: "Mallila", notes: "invoice_sent", ..Someone::at_home(1) };
        library.meet(&[named, Someone::moved(2)]).await;
        let items = library.queue().await;
        assert_eq!((&items[0]["kind"], &items[0]["single_review"]), (&json!("name_change"), &json!(true)));
        assert_eq!(items[0]["invoice_sent"], true);
        let address = json!({ "street_address": "Vanhatie 1", "care_of": "", "postal_code": "10600",
            "city": "TAMMISAARI", "country": "" });
        assert_eq!(items[0]["invoice_address"], address);
        assert!(items[0]["reason"].as_str().unwrap().contains("An invoice has been sent"));
        assert_eq!((&items[1]["invoice_sent"], items[1].get("invoice_address")), (&json!(false), None));
    }

    async fn where_an_invoice_went_is_masked_for_a_protected_patron(database: &TestDb) {
        let library = Library::of(database);
        let protected = Someone {
            protection: Protection::Yes,
            held: Protection::Yes,
            notes: "invoice_sent",
            ..Someone::at_home(1)
        };
        library.meet(&[protected]).await;
        let items = library.queue().await;
        assert_eq!(items[0]["kind"], "protection_started");
        assert_eq!((&items[0]["invoice_sent"], items[0].get("invoice_address")), (&Value::Null, None));
        assert!(!items[0]["reason"].as_str().unwrap().contains("invoice"));
        let cleared = library.account("leena", ajantasa::staff::Role::Reviewer, &["710"], true).await;
        let items = library.list(&Viewer::Proved(cleared)).await;
        let item = serde_json::to_value(&items[0]).unwrap();
        assert_eq!(item["invoice_sent"], true);
        assert_eq!(item["invoice_address"]["street_address"], "Vanhatie 1");
    }

    async fn an_address_that_was_written_still_shows_where_the_invoice_went(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone { notes: "invoice_sent", ..Someone::moved(1) }]).await;
        library.approve_and_apply(1, FindingKind::AddressChange).await;
        let id = library.finding(1, FindingKind::AddressChange).await.id;
        let item = review::show(&library.context, &Viewer::Anonymous, id).await.unwrap();
        assert_eq!(item.invoice_address.unwrap().one_line(), "Vanhatie 1, 10600 TAMMISAARI");
    }
}

async fn database_number(library: &Library<'_>, sql: &'static str) -> i64 {
    let mut tx = library.context.db.read().await.unwrap();
    crate::scenario::on!(&mut tx, conn => sqlx::query_scalar::<_, i64>(sql).fetch_one(conn).await.unwrap())
}
