//! Runs that are interrupted: what is recorded is not repeated, and a stale holder writes nothing.

use ajantasa::lease::{Holder, Lease};
use ajantasa::runs::{self, LEASE, Went};
use ajantasa::store::{self, StoreError};
use ajantasa::task::TaskError;

use super::{look, numbers, refresh, said, schedules, set_clock, work};
use crate::scenario::small::{people, register, world};
use crate::scenario::{Place, Scenario, Setup, on_both};

async fn due(place: &Place, count: u32) -> Scenario {
    let world = world(people(count), Vec::new());
    let at = "2027-01-10T18:00:00Z".parse().unwrap();
    let scenario = Scenario::new(place, Setup { world: Some(world), at, ..Setup::default() }).await;
    scenario.import(&register(count)).await;
    scenario.until_idle().await;
    schedules(&scenario, &[("daily", refresh(5000))]).await;
    set_clock(&scenario, "2027-01-11T04:00:01Z");
    look(&scenario).await;
    scenario
}

async fn the_run(scenario: &Scenario) -> uuid::Uuid {
    store::run::open(&mut scenario.context.db.read().await.unwrap()).await.unwrap()[0].run.id
}

on_both! {
    async fn a_process_told_to_end_stops_between_batches_and_the_next_goes_on(place: Place) {
        let scenario = due(&place, 3).await;
        let lease = Lease::take(&scenario.context.db, LEASE, &scenario.context.holder).await.unwrap().unwrap();
        let mut context = scenario.context.clone();
        context.stop = tokio_util::sync::CancellationToken::new();
        context.stop.cancel();
        let id = the_run(&scenario).await;
        let went = runs::carry_out(&context, &lease, id, &mut |_| {}).await.unwrap();
        assert_eq!(went, Went::Stopped);
        lease.release().await.unwrap();
        work(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 done"]);
    }

    async fn a_holder_whose_lease_was_taken_writes_nothing_of_the_run(place: Place) {
        let scenario = due(&place, 3).await;
        let id = the_run(&scenario).await;
        let db = &scenario.context.db;
        let stale = Lease::take(db, LEASE, &scenario.context.holder).await.unwrap().unwrap();
        scenario.execute("UPDATE lease SET expires_ms = 0 WHERE task = 'run'").await;
        let other = Lease::take(db, LEASE, &Holder::this_process()).await.unwrap().unwrap();
        let failed = runs::carry_out(&scenario.context, &stale, id, &mut |_| {}).await.unwrap_err();
        assert!(matches!(failed, TaskError::Store(StoreError::LeaseLost(_))), "{failed}");
        assert_eq!(said(&scenario).await, ["daily 11 04:00 planned"]);
        assert_eq!(scenario.number("SELECT count(*) FROM run_person").await, 0);
        runs::carry_out(&scenario.context, &other, id, &mut |_| {}).await.unwrap();
        other.release().await.unwrap();
        assert_eq!(said(&scenario).await, ["daily 11 04:00 done"]);
        assert_eq!(numbers(&scenario).await, (3, 3, 0, 0, 0));
    }

    async fn a_batch_that_was_asked_and_not_answered_is_asked_again_and_both_are_in_the_log(place: Place) {
        let scenario = due(&place, 3).await;
        work(&scenario).await;
        // As a kill between the question and its answer leaves it: nobody is settled, the question is open.
        scenario.execute("UPDATE run SET state = 'running', finished_at = NULL, asked = 0, requests = 0, batches = 0").await;
        scenario.execute("UPDATE run_person SET state = 'waiting', disclosure = NULL").await;
        scenario.execute("UPDATE disclosure SET outcome = 'sent', finished_at = NULL WHERE run IS NOT NULL").await;
        work(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 done"]);
        assert_eq!(numbers(&scenario).await, (3, 3, 0, 0, 0));
        assert_eq!(scenario.number("SELECT count(*) FROM disclosure WHERE run IS NOT NULL").await, 2);
    }

    async fn a_cancelled_run_ends_between_batches_and_keeps_what_was_answered(place: Place) {
        let scenario = due(&place, 1003).await;
        let lease = Lease::take(&scenario.context.db, LEASE, &scenario.context.holder).await.unwrap().unwrap();
        let id = the_run(&scenario).await;
        let db = scenario.context.db.clone();
        let mut seen = Vec::new();
        let context = scenario.context.clone();
        // The first batch is done: somebody cancels it.
        let went = {
            let mut watch = |progress: &runs::Progress| {
                seen.push((progress.people, progress.done));
                let (db, now) = (db.clone(), context.clock.now());
                std::thread::scope(|scope| {
                    scope.spawn(|| {
                        crate::database::block_on(async {
                            let mut tx = db.begin().await.unwrap();
                            assert!(store::run::request_cancel(&mut tx, id, now).await.unwrap());
                            tx.commit("test").await.unwrap();
                        });
                    });
                });
            };
            runs::carry_out(&scenario.context, &lease, id, &mut watch).await.unwrap()
        };
        assert_eq!(went, Went::Ended);
        assert_eq!(seen, [(1003, 1000)]);
        lease.release().await.unwrap();
        assert_eq!(said(&scenario).await, ["daily 11 04:00 partly_done cancelled"]);
        assert_eq!(numbers(&scenario).await, (1003, 1000, 0, 0, 3));
    }
}
