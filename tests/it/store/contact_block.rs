//! How the libraries are reached.

use ajantasa::store::StoreError;
use ajantasa::store::contact_block::{self, ContactRow};
use uuid::Uuid;

use super::now;
use crate::database::both;

fn row(account: Uuid, municipality: &str, language: &str, version: i64) -> ContactRow {
    ContactRow {
        municipality: municipality.to_owned(),
        language: language.to_owned(),
        version,
        library: format!("Kirjasto {version}"),
        street: "Raaseporintie 8".to_owned(),
        postal_code: "10600".to_owned(),
        city: "TAMMISAARI".to_owned(),
        phone: "+358 19 000 1000".to_owned(),
        email: "kirjasto@example.org".to_owned(),
        opening_hours: "ma–pe 10–19\nla 10–15".to_owned(),
        web: "www.example.org".to_owned(),
        changed_by: account,
        changed_by_name: "anna".to_owned(),
        changed_at: now(),
    }
}

both! {
    async fn every_version_is_kept_and_the_newest_is_told(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let anna = super::account::add(&mut tx, "anna").await;
        let rows = [
            row(anna, "710", "sv", 1), row(anna, "710", "sv", 2), row(anna, "710", "fi", 1), row(anna, "078", "sv", 1),
        ];
        for row in &rows {
            contact_block::insert(&mut tx, row).await.unwrap();
        }
        let [first, second, finnish, other] = rows;
        assert_eq!(contact_block::of(&mut tx, "710").await.unwrap(), [finnish.clone(), second.clone(), first]);
        assert_eq!(contact_block::of(&mut tx, "149").await.unwrap(), []);
        assert_eq!(contact_block::newest(&mut tx).await.unwrap(), [other, finnish, second]);
    }

    async fn a_version_is_written_once(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let anna = super::account::add(&mut tx, "anna").await;
        contact_block::insert(&mut tx, &row(anna, "710", "sv", 1)).await.unwrap();
        let error = contact_block::insert(&mut tx, &row(anna, "710", "sv", 1)).await.unwrap_err();
        assert!(matches!(error, StoreError::Taken), "{error}");
    }
}
