//! Whom runs are about.

use ajantasa::municipality::MunicipalityCode;
use ajantasa::segment::{Segment, SegmentRules};
use ajantasa::store::asked;
use ajantasa::store::disclosure::{self, DisclosureRow};
use ajantasa::store::run::{self, RunRow};
use ajantasa::store::segment::{SegmentScope, freeze};
use ajantasa::store::{new_id, run_person};

use super::run::run_row;
use super::{add_patrons, now, schedule};
use crate::database::both;

both! {
    async fn the_people_of_a_run_are_settled_once_and_the_rest_is_taken_over(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 4).await;
        let mut tx = database.db.begin().await.unwrap();
        let rows = asked::of_patrons(&mut tx, &patrons).await.unwrap();
        assert_eq!(rows.len(), 4);
        assert!(rows.iter().all(|row| row.municipality == "710" && row.follow_state == "unfollowed"));
        follow_everybody(&mut tx).await;
        let schedule = schedule::add(&mut tx, "weekly").await;
        let first = run_row(schedule);
        run::insert(&mut tx, &first).await.unwrap();
        let scope = SegmentScope {
            municipalities: vec![MunicipalityCode::parse("710").unwrap()],
            today: now().date_naive(),
            rules: SegmentRules::default(),
        };
        assert_eq!(freeze(&mut tx, first.id, &Segment::everyone(), &scope, None).await.unwrap(), 4);
        assert_eq!(run_person::count_waiting(&mut tx, first.id).await.unwrap(), [("710".to_owned(), 4)]);
        let next = run_person::next(&mut tx, first.id, 3).await.unwrap();
        assert_eq!(next.len(), 3);
        let (asked, failed, left) = (next[0].patron, next[1].patron, next[2].patron);
        for (patron, state, why) in [
            (asked, "asked", None),
            (failed, "failed", Some("unreadable")),
            (left, "left_out", Some("objected")),
        ] {
            let settled = run_person::settle(&mut tx, first.id, &[patron], state, why, None).await.unwrap();
            assert_eq!(settled, 1);
            assert_eq!(run_person::settle(&mut tx, first.id, &[patron], state, why, None).await.unwrap(), 0);
        }
        // The one who was asked about rests on a question of nobody's run.
        let request = DisclosureRow {
            id: new_id(now()),
            requested_at: now(),
            outcome: "sent".to_owned(),
            ..DisclosureRow::default()
        };
        disclosure::insert(&mut tx, &request).await.unwrap();
        assert_eq!(run_person::count_reused(&mut tx, first.id).await.unwrap(), 0);
        crate::scenario::on!(&mut tx, conn => {
            sqlx::query("UPDATE run_person SET disclosure = $1 WHERE patron = $2")
                .bind(request.id).bind(asked).execute(conn).await.unwrap();
        });
        assert_eq!(run_person::count_reused(&mut tx, first.id).await.unwrap(), 1);
        let aside = run_person::put_aside(&mut tx, first.id, i64::MIN, 10).await.unwrap();
        assert_eq!((aside.len(), aside[0].patron, aside[0].why.as_str()), (1, failed, "unreadable"));
        assert_eq!(run_person::left_out(&mut tx, first.id).await.unwrap(), [("objected".to_owned(), 1)]);
        let retry = RunRow {
            id: new_id(now()),
            due_at: None,
            origin: "retry".to_owned(),
            retry_of: Some(first.id),
            ..run_row(schedule)
        };
        run::insert(&mut tx, &retry).await.unwrap();
        assert_eq!(run_person::take_over(&mut tx, first.id, retry.id).await.unwrap(), 2);
        assert_eq!(run_person::next(&mut tx, retry.id, 10).await.unwrap().len(), 2);
    }
}

async fn follow_everybody(tx: &mut ajantasa::store::Tx) {
    crate::scenario::on!(tx, conn => {
        sqlx::query("UPDATE person SET follow_state = 'waiting', unfollowed_because = NULL, enrol_due = FALSE")
            .execute(conn).await.unwrap();
    });
}
