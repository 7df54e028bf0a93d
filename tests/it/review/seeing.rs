//! Who sees what of the queue.

use ajantasa::finding::{FindingKind, FindingState};
use ajantasa::protected::Protection;
use ajantasa::review::{self, Filter, Refusal, Viewer};
use ajantasa::staff::Role;

use super::{Library, Someone};
use crate::database::both;

both! {
    async fn without_an_account_everything_is_listed_and_what_is_protected_is_masked(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[
            Someone::moved(1),
            Someone::moved(2),
            Someone { new_code: Some(50), ..Someone::at_home(3) },
            Someone { municipality: "078", ..Someone::dead(4) },
        ]).await;
        database.execute("UPDATE patron SET protected_mark = TRUE WHERE patron_id = 'P2'").await;
        let items = library.list(&Viewer::Anonymous).await;
        assert_eq!(items.len(), 4);
        let of = |card: &str| items.iter().find(|item| item.card_number == card).unwrap();
        let json = serde_json::to_value(of("C1")).unwrap();
        assert_eq!(json["fields"], serde_json::json!([
            {"field": "street_address", "current": "Vanhatie 1", "proposed": "Uusitie 1"}
        ]));
        assert_eq!(json["municipality"], "710");
        assert_eq!(json["opened_at"], "2026-11-21T10:00:00Z");
        assert!(json.get("death_date").is_none());
        let json = serde_json::to_value(of("C2")).unwrap();
        assert_eq!(json["fields"], serde_json::json!([
            {"field": "street_address", "current": null, "proposed": null}
        ]));
        assert!(json["municipality"].is_null());
        let json = serde_json::to_value(of("C3")).unwrap();
        assert_eq!(json["fields"], serde_json::json!([
            {"field": "identity_code", "current": null, "proposed": null}
        ]));
        let json = serde_json::to_value(of("C4")).unwrap();
        assert!(json["death_date"].is_null() && json.get("death_date").is_some());
        assert_eq!(json["fields"], serde_json::json!([]));
    }

    async fn while_protection_is_unknown_nothing_of_vtj_is_shown(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        database.execute("UPDATE person SET protection = 'unknown'").await;
        let cleared = library.account("anna", Role::Reviewer, &["710"], true).await;
        for viewer in [Viewer::Anonymous, Viewer::Proved(cleared)] {
            let item = library.list(&viewer).await.remove(0);
            assert_eq!(item.fields[0].current.as_deref(), Some("Vanhatie 1"));
            assert_eq!(item.fields[0].proposed, None);
        }
    }

    async fn a_reviewer_sees_the_own_municipalities_and_protected_cases_with_the_right_only(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[
            Someone::moved(1),
            Someone { municipality: "078", ..Someone::moved(2) },
            Someone::moved(3),
            Someone { protection: Protection::Yes, held: Protection::Yes, ..Someone::at_home(4) },
        ]).await;
        database.execute("UPDATE patron SET protected_mark = TRUE WHERE patron_id = 'P3'").await;
        let cards = async |viewer: Viewer| {
            let items = library.list(&viewer).await;
            items.into_iter().map(|item| item.card_number).collect::<Vec<_>>()
        };
        let anna = library.reviewer("anna", &["710"]).await;
        let leena = library.account("leena", Role::Reviewer, &["710"], true).await;
        assert_eq!(cards(Viewer::Proved(anna.clone())).await, ["C1"]);
        assert_eq!(cards(Viewer::Proved(leena.clone())).await, ["C1", "C3", "C4"]);
        assert_eq!(cards(Viewer::Proved(library.reviewer("outi", &["078"]).await)).await, ["C2"]);
        let items = library.list(&Viewer::Proved(leena)).await;
        assert_eq!(items[1].fields[0].proposed.as_deref(), Some("Uusitie 1"));
        assert_eq!(items[1].municipality.as_deref(), Some("710"));
        let auditor = library.account("tarkko", Role::Auditor, &[], false).await;
        let items = library.list(&Viewer::Proved(auditor)).await;
        assert_eq!((items.len(), &items[2].fields[0].proposed), (4, &None));
        let hidden = library.finding(3, FindingKind::AddressChange).await.id;
        let error = review::show(&library.context, &Viewer::Proved(anna), hidden).await.unwrap_err();
        assert_eq!(error.refusal(), Refusal::NotAllowed);
        assert_eq!(library.audited("finding.refuse").await, 1);
    }

    async fn asking_for_a_place_does_not_tell_where_a_protected_patron_lives(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2)]).await;
        database.execute("UPDATE patron SET protected_mark = TRUE WHERE patron_id = 'P2'").await;
        let filter = Filter { municipality: Some("710".to_owned()), ..Filter::default() };
        let items = review::list(&library.context, &Viewer::Anonymous, &filter).await.unwrap();
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].card_number, "C1");
    }

    async fn every_look_is_in_the_audit_log(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2)]).await;
        library.list(&Viewer::Anonymous).await;
        assert_eq!(library.audited("finding.list").await, 2);
        let id = library.finding(1, FindingKind::AddressChange).await.id;
        review::show(&library.context, &Viewer::Anonymous, id).await.unwrap();
        assert_eq!(library.audited("finding.show").await, 1);
        assert_eq!(library.state(id).await, "new");
        database.execute("DROP TABLE audit").await;
        assert!(review::list(&library.context, &Viewer::Anonymous, &Filter::default()).await.is_err());
        assert!(review::show(&library.context, &Viewer::Anonymous, id).await.is_err());
    }

    async fn an_item_is_compared_once_more_when_a_reviewer_opens_it(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2)]).await;
        let anna = Viewer::Proved(library.reviewer("anna", &["710"]).await);
        library.rewrite_street(1, "Välitie 3").await;
        library.rewrite_street(2, "Uusitie 1").await;
        let id = library.finding(1, FindingKind::AddressChange).await.id;
        let item = review::show(&library.context, &anna, id).await.unwrap();
        assert_eq!((item.state, item.moved.as_deref()), ("opened", Some("street_address")));
        assert_eq!(item.fields[0].current.as_deref(), Some("Välitie 3"));
        let gone = library.finding(2, FindingKind::AddressChange).await.id;
        let item = review::show(&library.context, &anna, gone).await.unwrap();
        assert_eq!(item.state, "closed");
        let closed = Filter { states: vec![FindingState::Closed], ..Filter::default() };
        assert_eq!(review::list(&library.context, &anna, &closed).await.unwrap().len(), 1);
    }
}
