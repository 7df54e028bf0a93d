//! What followed a request.

use ajantasa::store::account::{self, AccountRow};
use ajantasa::store::decision::{self, DecisionRow};
use ajantasa::store::finding::{self, FindingRow};
use ajantasa::store::{consequence, new_id};
use chrono::Duration;

use super::{add_patrons, finding_row, now};
use crate::database::both;

both! {
    async fn findings_of_an_answer_are_found_with_their_decisions(database: &TestDb) {
        let (ids, _) = add_patrons(database, 1).await;
        let request = new_id(now());
        let mut tx = database.db.begin().await.unwrap();
        let maija = AccountRow {
            id: new_id(now()),
            name: "maija".to_owned(),
            role: "reviewer".to_owned(),
            may_protected: false,
            password_hash: None,
            os_login: Some("maija".to_owned()),
            own_card: None,
            ends_on: "2199-12-31".parse().unwrap(),
            failures: 0,
            locked_until: None,
            disabled_at: None,
            created_at: now(),
        };
        account::insert(&mut tx, &maija, &[]).await.unwrap();
        let id = new_id(now());
        let mut rejected = FindingRow { request: Some(request), ..finding_row(ids[0], "name_change") };
        "rejected".clone_into(&mut rejected.state);
        rejected.decision = Some(id);
        let open = FindingRow {
            request: Some(request),
            opened_at: now() + Duration::seconds(1),
            ..finding_row(ids[0], "death")
        };
        let other = FindingRow { request: Some(new_id(now())), ..finding_row(ids[0], "address_change") };
        finding::insert(&mut tx, &[rejected.clone(), open.clone(), other]).await.unwrap();
        let decided = DecisionRow {
            id,
            finding: rejected.id,
            verdict: "reject".to_owned(),
            account: maija.id,
            os_user: "maija".to_owned(),
            reason: Some("patron_newer".to_owned()),
            key_version: 1,
            sealed_note: None,
            evidence_digest: vec![9; 16],
            patron_version: 1,
            state_before: "opened".to_owned(),
            decided_at: now(),
            edited: false,
            snoozed_before: None,
            visit_before: false,
        };
        decision::insert(&mut tx, &decided).await.unwrap();
        let found = consequence::of_request(&mut tx, request, 9).await.unwrap();
        assert_eq!(found.iter().map(|row| row.finding).collect::<Vec<_>>(), [rejected.id, open.id]);
        assert_eq!((found[0].verdict.as_deref(), found[0].reason.as_deref()), (Some("reject"), Some("patron_newer")));
        assert_eq!((found[0].decided_by.as_deref(), found[0].decided_at), (Some("maija"), Some(now())));
        assert_eq!((found[1].kind.as_str(), &found[1].verdict, &found[1].decided_by), ("death", &None, &None));
        assert_eq!(consequence::of_request(&mut tx, request, 1).await.unwrap().len(), 1);
    }
}
