//! The disclosure log.

use ajantasa::store::disclosure::{self, DisclosureRow, Filter, SingleOutcome};
use ajantasa::store::{StoreError, data_key, follow_list, new_id};
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{add_patrons, now};
use crate::database::both;

const START: (DateTime<Utc>, Uuid) = (DateTime::UNIX_EPOCH, Uuid::nil());

fn row(interface: &str, at: DateTime<Utc>) -> DisclosureRow {
    DisclosureRow {
        id: new_id(at),
        requested_at: at,
        interface: interface.to_owned(),
        municipality: "710".to_owned(),
        purpose: "register_upkeep".to_owned(),
        legal_basis: "a statute".to_owned(),
        actor: "schedule hourly".to_owned(),
        task: "refresh".to_owned(),
        field_groups: "address protection".to_owned(),
        list: None,
        list_version: None,
        persons_asked: 2,
        persons_answered: None,
        attempts: 0,
        outcome: "sent".to_owned(),
        finished_at: None,
        ..DisclosureRow::default()
    }
}

both! {
    async fn a_request_is_stored_before_and_finished_once(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let sent = row("perustiedot", now());
        let mut tx = database.db.begin().await.unwrap();
        disclosure::insert(&mut tx, &sent).await.unwrap();
        disclosure::insert_subjects(&mut tx, sent.id, &patrons).await.unwrap();
        disclosure::insert_subjects(&mut tx, sent.id, &patrons[..1]).await.unwrap();
        disclosure::count_attempt(&mut tx, sent.id).await.unwrap();
        let later = now() + Duration::seconds(1);
        disclosure::finish(&mut tx, sent.id, "found", 2, Some(1), later).await.unwrap();
        let again = disclosure::finish(&mut tx, sent.id, "found", 2, None, later).await.unwrap_err();
        assert!(matches!(again, StoreError::Conflict(_)), "{again}");
        let listed = disclosure::page(&mut tx, &Filter::default(), START, 9).await.unwrap();
        let finished = DisclosureRow {
            persons_answered: Some(1),
            attempts: 2,
            outcome: "found".to_owned(),
            finished_at: Some(later),
            ..sent.clone()
        };
        assert_eq!(format!("{listed:?}"), format!("{:?}", [finished]));
        let subjects = disclosure::subjects(&mut tx, &[sent.id]).await.unwrap();
        assert_eq!(subjects, [(sent.id, patrons[0]), (sent.id, patrons[1])]);
        let counts = disclosure::counts(&mut tx).await.unwrap();
        assert_eq!(counts, [("perustiedot".to_owned(), "found".to_owned(), 1)]);
    }

    async fn requests_of_a_process_that_died_are_closed_as_unknown(database: &TestDb) {
        let old = row("perustiedot", now() - Duration::hours(2));
        let young = row("perustiedot", now());
        let mut tx = database.db.begin().await.unwrap();
        disclosure::insert(&mut tx, &old).await.unwrap();
        disclosure::insert(&mut tx, &young).await.unwrap();
        let closed = disclosure::close_abandoned(&mut tx, now() - Duration::hours(1), now()).await.unwrap();
        assert_eq!(closed, 1);
        let listed = disclosure::page(&mut tx, &Filter::default(), START, 9).await.unwrap();
        let outcomes: Vec<&str> = listed.iter().map(|row| row.outcome.as_str()).collect();
        assert_eq!(outcomes, ["unknown", "sent"]);
    }

    async fn the_log_of_one_patron_holds_the_lists_they_were_on_at_that_version(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        let list = follow_list::with_room(&mut tx, "710", 9, new_id(now()), now()).await.unwrap();
        let mut requests = Vec::new();
        let mut ask = async |tx: &mut ajantasa::store::Tx| {
            let version = follow_list::get(tx, list.id).await.unwrap().version;
            let asked = DisclosureRow {
                list: Some(list.id),
                list_version: Some(version),
                ..row("muutokset", now() + Duration::seconds(version))
            };
            disclosure::insert(tx, &asked).await.unwrap();
            requests.push(asked.id);
        };
        ask(&mut tx).await; // version 0: nobody
        follow_list::join(&mut tx, &list, &[(patrons[0], vec![1; 16])]).await.unwrap();
        ask(&mut tx).await; // version 1: the first
        let joined = follow_list::get(&mut tx, list.id).await.unwrap();
        follow_list::join(&mut tx, &joined, &[(patrons[1], vec![2; 16])]).await.unwrap();
        ask(&mut tx).await; // version 2: both
        follow_list::leave(&mut tx, patrons[0]).await.unwrap();
        ask(&mut tx).await; // version 3: the second
        let named = row("perustiedot", now() + Duration::minutes(1));
        disclosure::insert(&mut tx, &named).await.unwrap();
        disclosure::insert_subjects(&mut tx, named.id, &patrons[..1]).await.unwrap();

        let of = async |tx: &mut ajantasa::store::Tx, patron: Uuid| -> Vec<Uuid> {
            let filter = Filter { patron: Some(patron), ..Filter::default() };
            let rows = disclosure::page(tx, &filter, START, 9).await.unwrap();
            rows.iter().map(|row| row.id).collect()
        };
        assert_eq!(of(&mut tx, patrons[0]).await, [requests[1], requests[2], named.id]);
        assert_eq!(of(&mut tx, patrons[1]).await, [requests[2], requests[3]]);
    }

    async fn a_question_about_one_person_keeps_who_asked_why_and_what_came_of_it(database: &TestDb) {
        let (patrons, mut keyring) = add_patrons(database, 2).await;
        let (account, run) = (Uuid::from_u128(8), Uuid::from_u128(9));
        let id = new_id(now());
        let key = keyring.newest(patrons[0]).unwrap();
        let asked = DisclosureRow {
            id,
            actor: "maija".to_owned(),
            account: Some(account),
            run: Some(run),
            product: Some("PERUSSANOMA 3".to_owned()),
            end_user: Some("aj-0123".to_owned()),
            key_version: Some(key.version),
            sealed_reason: Some(disclosure::seal_reason(key, id, "a letter came back").unwrap()),
            ..row(disclosure::SINGLE, now())
        };
        let mut tx = database.db.begin().await.unwrap();
        disclosure::insert(&mut tx, &asked).await.unwrap();
        disclosure::insert(&mut tx, &row("perustiedot", now())).await.unwrap();
        disclosure::insert_subjects(&mut tx, id, &patrons[..1]).await.unwrap();
        let came = SingleOutcome {
            outcome: "answered",
            result: "not_found",
            return_code: Some("0001"),
            attempts: 2,
            answered: Some(0),
        };
        let later = now() + Duration::seconds(1);
        disclosure::finish_single(&mut tx, id, &came, later).await.unwrap();
        assert!(disclosure::finish_single(&mut tx, id, &came, later).await.is_err(), "it is finished");
        tx.commit("test").await.unwrap();
        let mut tx = database.db.read().await.unwrap();
        for filter in [
            Filter { actor: Some("maija".to_owned()), ..Filter::default() },
            Filter { run: Some(run), ..Filter::default() },
            Filter { end_user: Some("aj-0123".to_owned()), ..Filter::default() },
        ] {
            let found = disclosure::page(&mut tx, &filter, START, 9).await.unwrap();
            assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [id], "{filter:?}");
        }
        let read = disclosure::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((read.result.as_deref(), read.return_code.as_deref()), (Some("not_found"), Some("0001")));
        assert_eq!((read.attempts, read.persons_answered, read.account), (2, Some(0), Some(account)));
        assert!(disclosure::get(&mut tx, account).await.unwrap().is_none());
        let in_run = disclosure::answered_in_run(&mut tx, run, patrons[0]).await.unwrap();
        assert_eq!(in_run, Some((id, "not_found".to_owned())));
        assert_eq!(disclosure::answered_in_run(&mut tx, run, patrons[1]).await.unwrap(), None);
        assert_eq!(disclosure::answered_in_run(&mut tx, account, patrons[0]).await.unwrap(), None);
        let last = |patron, since| (patron, since);
        for ((patron, since), found) in [
            (last(patrons[0], later), true),
            (last(patrons[0], later + Duration::microseconds(1)), false),
            (last(patrons[1], later), false),
        ] {
            let answered = disclosure::last_answered_single(&mut tx, patron, since).await.unwrap();
            assert_eq!(answered.is_some(), found);
        }
        drop(tx);

        data_key::replace(&database.db, &database.vault, &mut keyring, &patrons[..1], now()).await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        disclosure::reseal_reasons(&mut tx, &keyring, patrons[0]).await.unwrap();
        let read = disclosure::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(read.key_version, Some(2));
        let reason = read.reason(keyring.newest(patrons[0]).unwrap()).unwrap();
        assert_eq!(reason.as_deref(), Some("a letter came back"));
        assert!(read.reason(keyring.newest(patrons[1]).unwrap()).is_err());
    }

    async fn old_requests_are_deleted_with_what_belongs_to_them_and_open_ones_stay(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let mut tx = database.db.begin().await.unwrap();
        let mut old = Vec::new();
        for second in 0..3 {
            let asked = row(disclosure::SINGLE, now() + Duration::seconds(second));
            disclosure::insert(&mut tx, &asked).await.unwrap();
            disclosure::insert_subjects(&mut tx, asked.id, &patrons).await.unwrap();
            if second < 2 {
                disclosure::finish(&mut tx, asked.id, "answered", 1, Some(1), now()).await.unwrap();
            }
            old.push(asked.id);
        }
        let before = now() + Duration::hours(1);
        assert_eq!(disclosure::delete_before(&mut tx, now(), 9).await.unwrap(), 0);
        assert_eq!(disclosure::delete_before(&mut tx, before, 1).await.unwrap(), 1);
        assert!(disclosure::get(&mut tx, old[0]).await.unwrap().is_none(), "the oldest first");
        assert_eq!(disclosure::delete_before(&mut tx, before, 9).await.unwrap(), 1);
        assert_eq!(disclosure::delete_before(&mut tx, before, 9).await.unwrap(), 0);
        assert_eq!(disclosure::subjects(&mut tx, &old).await.unwrap(), [(old[2], patrons[0])]);
    }

    async fn the_log_is_listed_by_purpose_and_time_in_pages(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let mut rows = Vec::new();
        for second in 0..3 {
            let mut asked = row("perustiedot", now() + Duration::seconds(second));
            if second == 1 {
                "desk".clone_into(&mut asked.purpose);
            }
            disclosure::insert(&mut tx, &asked).await.unwrap();
            rows.push(asked);
        }
        let desk = Filter { purpose: Some("desk".to_owned()), ..Filter::default() };
        let found = disclosure::page(&mut tx, &desk, START, 9).await.unwrap();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [rows[1].id]);
        let between = Filter {
            since: Some(rows[1].requested_at),
            until: Some(rows[2].requested_at),
            ..Filter::default()
        };
        assert_eq!(disclosure::page(&mut tx, &between, START, 9).await.unwrap().len(), 1);
        let first = disclosure::page(&mut tx, &Filter::default(), START, 2).await.unwrap();
        let after = (first[1].requested_at, first[1].id);
        let rest = disclosure::page(&mut tx, &Filter::default(), after, 2).await.unwrap();
        assert_eq!((first.len(), rest.len(), rest[0].id), (2, 1, rows[2].id));
    }
}
