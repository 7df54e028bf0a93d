//! Protected cases opened for a while, and who is told.

use ajantasa::store::finding;
use ajantasa::store::reveal::{self, RevealRow};
use chrono::TimeDelta;
use uuid::Uuid;

use super::{add_patrons, finding_row, now};
use crate::database::both;

both! {
    async fn a_reveal_is_open_for_its_account_and_case_until_its_end(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let case = finding_row(patrons[0], "protection_started");
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, std::slice::from_ref(&case)).await.unwrap();
        let leena = super::account::add(&mut tx, "leena").await;
        let anna = super::account::add(&mut tx, "anna").await;
        let row = RevealRow {
            id: Uuid::from_u128(1),
            finding: case.id,
            account: leena,
            reason: "returned mail".to_owned(),
            at: now(),
            until: now() + TimeDelta::minutes(10),
        };
        reveal::insert(&mut tx, &row).await.unwrap();
        let open = reveal::open_until(&mut tx, leena, case.id, now()).await.unwrap();
        assert_eq!(open, Some(row.until));
        for (account, finding, at) in
            [(anna, case.id, now()), (leena, Uuid::nil(), now()), (leena, case.id, row.until)]
        {
            assert_eq!(reveal::open_until(&mut tx, account, finding, at).await.unwrap(), None);
        }

        let notice = Uuid::from_u128(2);
        reveal::tell(&mut tx, notice, anna, row.id, now()).await.unwrap();
        let told = reveal::notices(&mut tx, anna, 9).await.unwrap();
        assert_eq!((told.len(), told[0].finding, told[0].by.as_str()), (1, case.id, "leena"));
        assert_eq!((told[0].reason.as_str(), told[0].seen_at), ("returned mail", None));
        assert_eq!(reveal::notices(&mut tx, leena, 9).await.unwrap(), []);
        assert_eq!(reveal::count_unseen(&mut tx, anna).await.unwrap(), 1);
        assert_eq!(reveal::seen(&mut tx, leena, notice, now()).await.unwrap(), None);
        assert_eq!(reveal::seen(&mut tx, anna, notice, now()).await.unwrap(), Some(case.id));
        assert_eq!(reveal::seen(&mut tx, anna, notice, now()).await.unwrap(), None);
        assert_eq!(reveal::count_unseen(&mut tx, anna).await.unwrap(), 0);
        assert_eq!(reveal::notices(&mut tx, anna, 9).await.unwrap()[0].seen_at, Some(now()));

        assert_eq!(reveal::delete_before(&mut tx, row.until).await.unwrap(), 0, "it is not over before its end");
        assert_eq!(reveal::notices(&mut tx, anna, 9).await.unwrap().len(), 1);
        assert_eq!(reveal::delete_before(&mut tx, row.until + TimeDelta::seconds(1)).await.unwrap(), 1);
        assert_eq!(reveal::notices(&mut tx, anna, 9).await.unwrap(), []);
        assert_eq!(reveal::open_until(&mut tx, leena, case.id, now()).await.unwrap(), None);
    }
}
