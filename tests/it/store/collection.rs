//! Files of debts and what was said of their cards.

use ajantasa::store::collection::{self, CollectionCard, CollectionRun};
use ajantasa::store::new_id;
use chrono::Duration;
use uuid::Uuid;

use super::{add_patrons, now};
use crate::database::both;

fn run() -> CollectionRun {
    CollectionRun {
        id: new_id(now()),
        account: Uuid::from_u128(7),
        os_user: "tester".to_owned(),
        reason: "weekly".to_owned(),
        started_at: now(),
        finished_at: None,
        counts: "{}".to_owned(),
    }
}

fn card(run: &CollectionRun, position: i64, patron: Option<Uuid>, why: &str) -> CollectionCard {
    CollectionCard {
        run: run.id,
        position,
        patron,
        payer: patron,
        decision: if why.is_empty() { "send" } else { "hold" }.to_owned(),
        why: why.to_owned(),
        disclosure: None,
    }
}

both! {
    async fn a_file_of_debts_comes_back_as_stored_card_by_card(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let mut tx = database.db.begin().await.unwrap();
        let run = run();
        collection::begin(&mut tx, &run).await.unwrap();
        let asked = CollectionCard {
            disclosure: Some(new_id(now())),
            ..card(&run, 1, Some(patrons[0]), "")
        };
        let cards = [asked, card(&run, 2, None, "unknown_card"), card(&run, 3, Some(patrons[0]), "dead late")];
        collection::insert(&mut tx, &cards).await.unwrap();
        let later = now() + Duration::minutes(1);
        collection::finish(&mut tx, run.id, "{\"cards\":3}", later).await.unwrap();
        assert!(collection::finish(&mut tx, new_id(now()), "{}", later).await.is_err());
        let found = collection::get(&mut tx, run.id).await.unwrap().unwrap();
        assert_eq!((found.finished_at, found.counts.as_str()), (Some(later), "{\"cards\":3}"));
        assert_eq!(collection::get(&mut tx, new_id(now())).await.unwrap(), None);
        assert_eq!(collection::cards(&mut tx, run.id, 0, 2).await.unwrap(), cards[..2]);
        assert_eq!(collection::cards(&mut tx, run.id, 2, 2).await.unwrap(), cards[2..]);
        assert_eq!(collection::delete_before(&mut tx, now()).await.unwrap(), 0);
        assert_eq!(collection::delete_before(&mut tx, later).await.unwrap(), 1);
        assert!(collection::cards(&mut tx, run.id, 0, 9).await.unwrap().is_empty());
    }

    async fn a_card_is_sent_on_without_a_reason_and_held_with_one(database: &TestDb) {
        let run = run();
        for wrong in [("send", "dead"), ("hold", ""), ("maybe", "dead")] {
            let mut tx = database.db.begin().await.unwrap();
            collection::begin(&mut tx, &run).await.unwrap();
            let card = CollectionCard {
                decision: wrong.0.to_owned(),
                why: wrong.1.to_owned(),
                ..card(&run, 1, None, "")
            };
            assert!(collection::insert(&mut tx, &[card]).await.is_err(), "{wrong:?}");
        }
    }
}
