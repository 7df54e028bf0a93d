//! What happened about one patron.

use ajantasa::audit::{self, Actor, Event};
use ajantasa::store::decision::{self, DecisionRow};
use ajantasa::store::disclosure::{self, DisclosureRow};
use ajantasa::store::{finding, new_id, patron_history};
use chrono::TimeDelta;
use uuid::Uuid;

use super::{add_patrons, finding_row, now};
use crate::database::both;

fn decision_row(finding: Uuid, account: Uuid, verdict: &str, reason: Option<&str>) -> DecisionRow {
    DecisionRow {
        id: new_id(now()),
        finding,
        verdict: verdict.to_owned(),
        state_before: "opened".to_owned(),
        account,
        os_user: "tester".to_owned(),
        reason: reason.map(str::to_owned),
        key_version: 1,
        sealed_note: None,
        evidence_digest: vec![9; 16],
        patron_version: 1,
        decided_at: now() + TimeDelta::minutes(i64::from(verdict == "approve")),
        edited: false,
        snoozed_before: None,
        visit_before: false,
    }
}

both! {
    async fn findings_decisions_questions_and_looks_come_newest_first_and_of_one_patron(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let first = finding_row(patrons[0], "address_change");
        let mut second = finding_row(patrons[0], "name_change");
        second.opened_at += TimeDelta::hours(1);
        let mut held = finding_row(patrons[0], "language_change");
        held.held_back = true;
        let other = finding_row(patrons[1], "death");
        finding::insert(&mut tx, &[first.clone(), second.clone(), held, other.clone()]).await.unwrap();
        let found = patron_history::found(&mut tx, patrons[0], 10).await.unwrap();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [second.id, first.id]);
        assert_eq!((found[0].kind.as_str(), found[0].state.as_str(), found[0].source.as_str()), ("name_change", "new", "vtj"));
        assert_eq!(patron_history::found(&mut tx, patrons[0], 1).await.unwrap().len(), 1);

        for (about, who, verdict, reason) in [
            (first.id, account, "reject", Some("patron_newer")),
            (second.id, new_id(now()), "approve", None),
            (other.id, account, "approve", None),
        ] {
            let row = decision_row(about, who, verdict, reason);
            decision::insert(&mut tx, &row).await.unwrap();
        }
        let decided = patron_history::decided(&mut tx, patrons[0], 10).await.unwrap();
        let words: Vec<_> = decided.iter().map(|row| (row.verdict.as_str(), row.actor.as_deref(), row.reason.as_deref())).collect();
        assert_eq!(words, [("approve", None, None), ("reject", Some("maija"), Some("patron_newer"))]);

        let asked = DisclosureRow {
            id: new_id(now()),
            requested_at: now(),
            interface: disclosure::SINGLE.to_owned(),
            municipality: "710".to_owned(),
            purpose: "desk".to_owned(),
            legal_basis: "an act".to_owned(),
            actor: "maija".to_owned(),
            task: "check".to_owned(),
            field_groups: "address".to_owned(),
            persons_asked: 1,
            attempts: 1,
            outcome: "sent".to_owned(),
            ..DisclosureRow::default()
        };
        disclosure::insert(&mut tx, &asked).await.unwrap();
        disclosure::insert_subjects(&mut tx, asked.id, &patrons[..1]).await.unwrap();
        let rows = patron_history::asked(&mut tx, patrons[0], 10).await.unwrap();
        assert_eq!((rows.len(), rows[0].purpose.as_str(), rows[0].outcome.as_str()), (1, "desk", "sent"));
        assert_eq!(patron_history::asked(&mut tx, patrons[1], 10).await.unwrap(), []);

        let maija = || Actor::Account { id: account, name: "maija".to_owned() };
        let event = |actor: Actor, action| Event::new(now(), actor, "tester", action).about([3; 16]);
        let events = [
            event(maija(), "patron.show"),
            event(maija(), "finding.approve"),
            event(Actor::Task("run"), "finding.list"),
            event(Actor::OsUser, "finding.list"),
            Event { subject_tag: Some([4; 16]), ..event(maija(), "patron.show") },
        ];
        audit::record(&mut tx, &events).await.unwrap();
        let looks = patron_history::looks(&mut tx, &[3; 16], 10).await.unwrap();
        let words: Vec<_> = looks.iter().map(|row| (row.actor.as_str(), row.action.as_str())).collect();
        assert_eq!(words, [("tester", "finding.list"), ("maija", "patron.show")]);
    }
}
