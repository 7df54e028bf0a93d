//! Patrons looked for by name.

use ajantasa::store::patron_search::{self, ByName};
use ajantasa::store::{Tx, patron, person};

use super::add_patrons;
use crate::database::{TestDb, both, execute};

async fn names(
    tx: &mut Tx,
    last_name: &str,
    first_name: &str,
    codes: Option<&[&str]>,
    protected: bool,
) -> Vec<String> {
    let wanted = ByName {
        last_name: last_name.to_owned(),
        first_name: first_name.to_owned(),
        municipalities: codes.map(|codes| codes.iter().map(|code| (*code).to_owned()).collect()),
        protected,
    };
    let rows = patron_search::by_name(tx, &wanted, 10).await.unwrap();
    rows.into_iter().map(|row| format!("{} {}", row.last_name, row.first_names)).collect()
}

/// Gives the patrons names and municipalities.
async fn named(database: &TestDb, people: &[(&str, &str, &str)]) {
    let (ids, _) = add_patrons(database, people.len()).await;
    let mut tx = database.db.begin().await.unwrap();
    for (id, (last_name, first_names, municipality)) in ids.iter().zip(people) {
        let mut row = patron::by_ids(&mut tx, &[*id]).await.unwrap().pop().unwrap();
        (*last_name).clone_into(&mut row.last_name);
        (*first_names).clone_into(&mut row.first_names);
        (*municipality).clone_into(&mut row.municipality);
        row.version += 1;
        patron::update(&mut tx, &row).await.unwrap();
    }
    tx.commit("test").await.unwrap();
}

both! {
    async fn a_name_is_found_by_its_beginning_in_any_writing_within_the_municipalities(database: &TestDb) {
        named(database, &[
            ("Mällilä-Testinen", "Anna Maria", "710"),
            ("mällilä", "Ville", "710"),
            ("Mallila", "Anna", "710"),
            ("MÄLLILÄ", "Anna", "092"),
            ("100%_Koe", "Ylä!", "710"),
        ]).await;
        let mut tx = database.db.begin().await.unwrap();
        let own: Option<&[&str]> = Some(&["710", "078"]);
        assert_eq!(names(&mut tx, "MÄLLILÄ", "", own, true).await, ["Mällilä-Testinen Anna Maria", "mällilä Ville"]);
        assert_eq!(names(&mut tx, "mällilä", "maria", own, true).await, ["Mällilä-Testinen Anna Maria"]);
        assert_eq!(names(&mut tx, "mällilä", "ria", own, true).await, [""; 0]);
        assert_eq!(names(&mut tx, "mällilä", "a", None, true).await.len(), 2);
        assert_eq!(names(&mut tx, "mällilä testinen", "", own, true).await.len(), 1);
        assert_eq!(names(&mut tx, "100%_", "ylä!", own, true).await.len(), 1);
        for (last_name, first_name) in [("", ""), ("%", ""), ("mällilä", "%"), ("mällilä", "_"), ("lilä", "")] {
            assert_eq!(names(&mut tx, last_name, first_name, own, true).await, [""; 0], "{last_name} {first_name}");
        }
        assert_eq!(names(&mut tx, "mällilä", "", Some(&[]), true).await, [""; 0]);
    }

    async fn the_protected_are_found_by_the_cleared_alone(database: &TestDb) {
        named(database, &[("Koe", "Mark", "710"), ("Koe", "Order", "710"), ("Koe", "Free", "710"), ("Koe", "Unknown", "710")]).await;
        execute(&database.url, "UPDATE person SET protection = 'no'").await.unwrap();
        execute(&database.url, "UPDATE person SET protection = 'unknown' WHERE patron IN (SELECT id FROM patron WHERE first_names = 'Unknown')").await.unwrap();
        execute(&database.url, "UPDATE person SET protection = 'yes' WHERE patron IN (SELECT id FROM patron WHERE first_names = 'Order')").await.unwrap();
        execute(&database.url, "UPDATE patron SET protected_mark = TRUE WHERE first_names = 'Mark'").await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(names(&mut tx, "koe", "", None, false).await, ["Koe Free", "Koe Unknown"]);
        assert_eq!(names(&mut tx, "koe", "", None, true).await.len(), 4);
        assert!(person::by_patrons(&mut tx, &[]).await.unwrap().is_empty());
    }

    async fn names_of_an_earlier_version_are_written_once(database: &TestDb) {
        named(database, &[("Koe", "Eka", "710"), ("Koe", "Toka", "710")]).await;
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(patron_search::not_written(&mut tx, 10).await.unwrap(), []);
        drop(tx);
        execute(&database.url, "UPDATE patron SET written_name = NULL").await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(names(&mut tx, "koe", "", None, true).await, [""; 0]);
        for (id, last_name, first_names) in patron_search::not_written(&mut tx, 10).await.unwrap() {
            patron_search::write(&mut tx, id, &last_name, &first_names).await.unwrap();
            patron_search::write(&mut tx, id, "Other", "Name").await.unwrap();
        }
        assert_eq!(names(&mut tx, "koe", "", None, true).await.len(), 2);
        assert_eq!(patron_search::not_written(&mut tx, 10).await.unwrap(), []);
    }
}
