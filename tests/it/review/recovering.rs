//! What becomes of a finding when the process dies, or the register does not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ajantasa::finding::{Field, FieldChange, FindingKind};
use ajantasa::register::{
    Capabilities, CsvRegister, EmbeddedRegister, PatronRegister, RegisterError, Values, WriteOutcome,
    WriteSource,
};
use ajantasa::review::{self, Effect};
use ajantasa::store::{apply_attempt, finding, new_id};
use ajantasa::task::{self, Task};
use async_trait::async_trait;
use chrono::Duration;
use uuid::Uuid;

use super::{Library, Someone, only};
use crate::database::{TestDb, both};

async fn approved(library: &Library<'_>) -> Uuid {
    let anna = library.reviewer("anna", &["710"]).await;
    let id = library.finding(1, FindingKind::AddressChange).await.id;
    let window = Effect::After(Duration::seconds(60));
    only(review::approve(&library.context, &anna, &[id], window).await).unwrap();
    library.wait(60);
    id
}

/// Leaves things as a process does that dies after its intent.
async fn die_after_the_intent(library: &Library<'_>, id: Uuid) {
    let now = library.clock_now();
    let mut tx = library.context.db.begin().await.unwrap();
    let row = finding::get(&mut tx, id).await.unwrap().unwrap();
    let applying = row.review().unwrap().begin(now).unwrap();
    finding::update(&mut tx, &row.with_review(applying)).await.unwrap();
    apply_attempt::begin(&mut tx, new_id(now), id, 1, now).await.unwrap();
    tx.commit("test").await.unwrap();
}

/// A register that takes what is written and does not say so, while its line is cut.
#[derive(Debug)]
struct Mute {
    inner: EmbeddedRegister,
    cut: AtomicBool,
    takes: bool,
}

#[async_trait]
impl PatronRegister for Mute {
    fn name(&self) -> &'static str {
        "mute"
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn read(&self, patron_id: &str, fields: &[Field]) -> Result<Values, RegisterError> {
        if self.cut.load(Ordering::SeqCst) {
            return Err(RegisterError::Unavailable("no line".to_owned()));
        }
        self.inner.read(patron_id, fields).await
    }

    async fn write(
        &self,
        patron_id: &str,
        changes: &[FieldChange],
        source: &WriteSource,
    ) -> Result<WriteOutcome, RegisterError> {
        if self.takes {
            self.inner.write(patron_id, changes, source).await?;
        }
        self.cut.store(true, Ordering::SeqCst);
        Err(RegisterError::Unavailable("no line".to_owned()))
    }
}

async fn a_lost_answer(database: &TestDb, takes: bool) {
    let library = Library::of(database);
    library.meet(&[Someone::moved(1)]).await;
    let id = approved(&library).await;
    let inner = EmbeddedRegister::new(database.db.clone(), Arc::clone(&library.context.vault));
    let mute = Arc::new(Mute { inner, cut: AtomicBool::new(false), takes });
    let context = library.rewired(mute.clone(), false);
    for _ in 0..2 {
        let report = task::run(&context, Task::Apply).await.unwrap();
        assert_eq!((report.changed, report.errors), (0, 1));
        assert_eq!(library.state(id).await, "outcome_unknown");
    }
    // The line is back, and the register is a reliable one from now on.
    mute.cut.store(false, Ordering::SeqCst);
    library.run(Task::Apply).await;
    assert_eq!(library.state(id).await, "confirmed");
    assert_eq!(library.patron(1).await.0.version, 2);
    let mut tx = database.db.read().await.unwrap();
    assert_eq!(apply_attempt::unfinished(&mut tx, id).await.unwrap(), None);
}

both! {
    async fn an_intent_without_a_write_is_carried_out(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let id = approved(&library).await;
        die_after_the_intent(&library, id).await;
        library.run(Task::Apply).await;
        assert_eq!(library.state(id).await, "confirmed");
        assert_eq!(library.patron(1).await.0.version, 2);
    }

    async fn a_write_without_an_outcome_is_found_and_not_repeated(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let id = approved(&library).await;
        die_after_the_intent(&library, id).await;
        library.rewrite_street(1, "Uusitie 1").await;
        let report = library.run(Task::Apply).await;
        assert_eq!((report.examined, report.changed), (1, 1));
        assert_eq!(library.state(id).await, "confirmed");
        assert_eq!(library.patron(1).await.0.version, 2);
    }

    async fn a_third_value_goes_back_to_the_queue(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let id = approved(&library).await;
        die_after_the_intent(&library, id).await;
        library.rewrite_street(1, "Välitie 3").await;
        library.run(Task::Apply).await;
        assert_eq!(library.state(id).await, "stale");
        assert_eq!(library.patron(1).await.1.contact.address.street_address, "Välitie 3");
    }

    async fn an_effect_that_had_not_committed_is_carried_out(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::dead(1)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let id = library.finding(1, FindingKind::Death).await.id;
        let window = Effect::After(Duration::seconds(60));
        only(review::approve(&library.context, &anna, &[id], window).await).unwrap();
        library.wait(60);
        die_after_the_intent(&library, id).await;
        library.run(Task::Apply).await;
        assert_eq!(library.state(id).await, "confirmed");
        assert!(library.person(1).await.held_as_dead);
    }

    async fn what_the_register_took_without_saying_so_is_found(database: &TestDb) {
        a_lost_answer(database, true).await;
    }

    async fn what_the_register_did_not_take_is_written_again(database: &TestDb) {
        a_lost_answer(database, false).await;
    }

    async fn a_correction_file_is_confirmed_by_the_next_import(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let id = approved(&library).await;
        let export = database.folder().join("patrons.csv");
        let corrections = database.folder().join("corrections.csv");
        std::fs::write(
            &export,
            "patron_id;card_number;street_address;postal_code;city\nP1;C1;Vanhatie 1;10600;TAMMISAARI\n",
        ).unwrap();
        let context = library.rewired(Arc::new(CsvRegister::new(export, corrections.clone())), false);
        task::run(&context, Task::Apply).await.unwrap();
        assert_eq!(library.state(id).await, "written");
        let text = std::fs::read_to_string(&corrections).unwrap();
        assert_eq!(text.lines().nth(1), Some("P1,C1,,,,,Uusitie 1,,,,,"));
        library.compare_again().await;
        task::run(&context, Task::Apply).await.unwrap();
        assert_eq!(library.state(id).await, "written");
        library.rewrite_street(1, "Vanhatie 1").await;
        task::run(&context, Task::Apply).await.unwrap();
        assert_eq!(library.state(id).await, "written");
        library.rewrite_street(1, "Uusitie 1").await;
        task::run(&context, Task::Apply).await.unwrap();
        assert_eq!(library.state(id).await, "confirmed");
    }
}
