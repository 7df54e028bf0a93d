//! Browsers that accounts have signed in from.

use ajantasa::store::known_device;
use chrono::TimeDelta;

use super::now;
use crate::database::both;

both! {
    async fn a_device_is_known_to_those_who_have_signed_in_from_it(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let maija = super::account::add(&mut tx, "maija").await;
        let pekka = super::account::add(&mut tx, "pekka").await;
        let (desk, home) = ([1; 32], [2; 32]);
        known_device::put(&mut tx, &desk, maija, now()).await.unwrap();
        known_device::put(&mut tx, &home, maija, now()).await.unwrap();
        assert!(known_device::is_known(&mut tx, &desk, Some(maija)).await.unwrap());
        assert!(!known_device::is_known(&mut tx, &desk, Some(pekka)).await.unwrap());
        assert!(known_device::is_known(&mut tx, &desk, None).await.unwrap());
        assert!(!known_device::is_known(&mut tx, &[3; 32], None).await.unwrap());
        let later = now() + TimeDelta::days(1);
        known_device::put(&mut tx, &desk, maija, later).await.unwrap();
        assert_eq!(known_device::delete_before(&mut tx, later).await.unwrap(), 1);
        assert!(!known_device::is_known(&mut tx, &home, None).await.unwrap());
        known_device::put(&mut tx, &home, maija, now()).await.unwrap();
        assert_eq!(known_device::forget(&mut tx, maija, &desk).await.unwrap(), 1);
        assert_eq!(known_device::forget(&mut tx, maija, &[]).await.unwrap(), 1);
    }
}
