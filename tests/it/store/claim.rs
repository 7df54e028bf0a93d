//! What other sources than VTJ say.

use ajantasa::protected::Protection;
use ajantasa::provenance::{ClaimedAddress, Said};
use ajantasa::store::claim::{self, ClaimRow};
use ajantasa::store::new_id;
use chrono::Duration;
use uuid::Uuid;

use super::{STREET, add_patrons, finding_row, now};
use crate::database::both;

fn said() -> Said {
    let address = ClaimedAddress { street_address: Some(STREET.to_owned()), ..ClaimedAddress::default() };
    Said { address, ..Said::default() }
}

fn row(keyring: &ajantasa::store::data_key::Keyring, patron: Uuid, provider: &str) -> ClaimRow {
    let id = new_id(now());
    let key = keyring.newest(patron).unwrap();
    ClaimRow {
        id,
        patron,
        provider: provider.to_owned(),
        said_at: now(),
        received_at: now(),
        key_version: key.version,
        sealed: claim::seal(key, id, &said()).unwrap(),
    }
}

both! {
    async fn a_statement_comes_back_as_stored_and_a_later_one_takes_its_place(database: &TestDb) {
        let (patrons, keyring) = add_patrons(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        let first = row(&keyring, patrons[0], "moves");
        let other = row(&keyring, patrons[0], "names");
        let later = ClaimRow { said_at: now() + Duration::days(1), ..row(&keyring, patrons[0], "moves") };
        for one in [&first, &other, &later] {
            claim::put(&mut tx, one).await.unwrap();
        }
        let found = claim::of_patrons(&mut tx, &patrons).await.unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", [&later, &other]));
        assert!(found[0].open(&keyring).unwrap() == said());
        let claim = found[0].claim(&keyring, Protection::Yes).unwrap();
        assert_eq!((claim.provider.as_str(), claim.said_at), ("moves", later.said_at));
        assert!(claim.address.disclosed().is_none());
        assert_eq!(claim::delete_of(&mut tx, patrons[0]).await.unwrap(), 2);
        assert_eq!(claim::delete_of(&mut tx, patrons[1]).await.unwrap(), 0);
    }

    async fn an_old_statement_is_deleted_unless_an_open_finding_rests_on_it(database: &TestDb) {
        let (patrons, keyring) = add_patrons(database, 3).await;
        let mut tx = database.db.begin().await.unwrap();
        for patron in &patrons {
            claim::put(&mut tx, &row(&keyring, *patron, "moves")).await.unwrap();
        }
        let resting = ajantasa::store::finding::FindingRow {
            source: "external:moves".to_owned(),
            ..finding_row(patrons[0], "address_change")
        };
        let of_vtj = finding_row(patrons[1], "address_change");
        ajantasa::store::finding::insert(&mut tx, &[resting, of_vtj]).await.unwrap();
        assert_eq!(claim::delete_before(&mut tx, now()).await.unwrap(), 0);
        assert_eq!(claim::delete_before(&mut tx, now() + Duration::seconds(1)).await.unwrap(), 2);
        assert_eq!(claim::of_patrons(&mut tx, &patrons).await.unwrap().len(), 1);
    }
}
