//! Clients of the JSON interface.

use ajantasa::store::StoreError;
use ajantasa::store::api_client::{self, ApiClientRow};
use chrono::TimeDelta;
use uuid::Uuid;

use super::now;
use crate::database::both;

fn row(account: Uuid, number: u8) -> ApiClientRow {
    ApiClientRow {
        id: Uuid::from_u128(u128::from(number)),
        account,
        name: format!("client-{number}"),
        token_digest: vec![number; 32],
        may_decide: number.is_multiple_of(2),
        created_at: now() + TimeDelta::seconds(i64::from(number)),
        ends_on: "2027-06-30".parse().unwrap(),
        last_used_at: None,
        revoked_at: None,
    }
}

both! {
    async fn a_client_is_found_by_its_digest_and_revoked_by_its_account_alone(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let maija = super::account::add(&mut tx, "maija").await;
        let pekka = super::account::add(&mut tx, "pekka").await;
        let (first, second) = (row(maija, 1), row(maija, 2));
        for row in [&first, &second, &row(pekka, 3)] {
            api_client::insert(&mut tx, row).await.unwrap();
        }
        assert_eq!(api_client::by_digest(&mut tx, &[1; 32]).await.unwrap().as_ref(), Some(&first));
        assert_eq!(api_client::by_digest(&mut tx, &[9; 32]).await.unwrap(), None);
        assert_eq!(api_client::of_account(&mut tx, maija).await.unwrap(), [second.clone(), first.clone()]);

        let later = now() + TimeDelta::minutes(5);
        api_client::used(&mut tx, first.id, later).await.unwrap();
        assert!(!api_client::revoke(&mut tx, pekka, first.id, later).await.unwrap());
        assert!(api_client::revoke(&mut tx, maija, first.id, later).await.unwrap());
        assert!(!api_client::revoke(&mut tx, maija, first.id, later).await.unwrap());
        api_client::used(&mut tx, first.id, later + TimeDelta::minutes(5)).await.unwrap();
        let found = api_client::by_digest(&mut tx, &first.token_digest).await.unwrap().unwrap();
        assert_eq!((found.last_used_at, found.revoked_at), (Some(later), Some(later)), "it is in use no more");
    }

    async fn a_name_is_never_used_again_by_its_account(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let maija = super::account::add(&mut tx, "maija").await;
        let pekka = super::account::add(&mut tx, "pekka").await;
        let first = row(maija, 1);
        api_client::insert(&mut tx, &first).await.unwrap();
        api_client::revoke(&mut tx, maija, first.id, now()).await.unwrap();
        api_client::insert(&mut tx, &ApiClientRow { name: first.name.clone(), ..row(pekka, 2) }).await.unwrap();
        let again = ApiClientRow { name: first.name, ..row(maija, 3) };
        assert!(matches!(api_client::insert(&mut tx, &again).await, Err(StoreError::Taken)));
    }
}
