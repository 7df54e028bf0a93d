//! The connectors to a patron register, all behind the same tests.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use ajantasa::finding::{Field, FieldChange};
use ajantasa::register::{
    CsvRegister, EmbeddedRegister, PatronRegister, ReadOnly, RegisterError, Standing, Wording, WriteOutcome,
    WriteSource,
};
use uuid::Uuid;

use super::{Library, Someone, at};
use crate::database::{TestDb, both};

fn change(field: Field, current: &str, proposed: &str) -> FieldChange {
    FieldChange { field, current: current.to_owned(), proposed: proposed.to_owned() }
}

fn moved() -> Vec<FieldChange> {
    vec![change(Field::StreetAddress, "Vanhatie 1", "Uusitie 1"), change(Field::PostalCode, "10600", "10610")]
}

fn source() -> WriteSource {
    WriteSource {
        source: ajantasa::provenance::Source::Vtj,
        finding: Uuid::from_u128(1),
        request: None,
        approved_by: "anna".to_owned(),
        wording: Wording::AsFound,
        at: at("2026-11-21T10:00:00Z"),
    }
}

async fn street(register: &dyn PatronRegister) -> String {
    let values = register.read("P1", &[Field::StreetAddress]).await.unwrap().unwrap();
    values[0].1.clone()
}

/// What every register that is written to promises.
async fn keeps_its_promises(register: &dyn PatronRegister) {
    assert!(register.capabilities().writes);
    assert_eq!(register.read("P9", &[Field::City]).await.unwrap(), None);
    assert_eq!(street(register).await, "Vanhatie 1");
    let gone = register.write("P9", &moved(), &source()).await.unwrap();
    assert_eq!(gone, WriteOutcome::Gone);
    let mut other = moved();
    "00100".clone_into(&mut other[1].current);
    assert_eq!(register.write("P1", &other, &source()).await.unwrap(), WriteOutcome::Conflict);
    assert_eq!(street(register).await, "Vanhatie 1");
    assert_eq!(register.write("P1", &moved(), &source()).await.unwrap(), WriteOutcome::Written);
    let values = register.read("P1", &[Field::StreetAddress, Field::PostalCode]).await.unwrap();
    assert_eq!(Standing::of(&values, &moved()), Standing::Taken);
    assert_eq!(register.write("P1", &moved(), &source()).await.unwrap(), WriteOutcome::Written);
    let cleared = [change(Field::City, "TAMMISAARI", "")];
    assert_eq!(register.write("P1", &cleared, &source()).await.unwrap(), WriteOutcome::Written);
    let city = register.read("P1", &[Field::City, Field::StreetAddress]).await.unwrap().unwrap();
    assert_eq!((city[0].1.as_str(), city[1].1.as_str()), ("", "Uusitie 1"));
}

/// What every register that is only observed promises.
async fn refuses_every_write(register: &dyn PatronRegister) {
    assert!(!register.capabilities().writes);
    assert_eq!(street(register).await, "Vanhatie 1");
    let refused = register.write("P1", &moved(), &source()).await;
    assert!(matches!(refused, Err(RegisterError::Refused(_))));
    assert_eq!(street(register).await, "Vanhatie 1");
}

fn csv(database: &TestDb) -> CsvRegister {
    let export = database.folder().join("patrons.csv");
    let text = "\u{feff}patron_id,card_number,street_address,postal_code,city\n\
        P0,C0,\"Muutie 1, A\",00100,HELSINKI\nP1,C1,Vanhatie 1,10600,TAMMISAARI\n";
    fs::write(&export, text).unwrap();
    CsvRegister::new(export, database.folder().join("corrections.csv"))
}

both! {
    async fn the_embedded_register_keeps_its_promises(database: &TestDb) {
        let library = Library::of(database);
        library.add(&Someone::at_home(1)).await;
        let register = EmbeddedRegister::new(database.db.clone(), Arc::clone(&library.context.vault));
        keeps_its_promises(&register).await;
        assert!(register.capabilities().reads_back && register.capabilities().conditional);
        let person = library.person(1).await;
        assert!(person.compare_due && person.enrol_due);
        assert_eq!(library.patron(1).await.0.version, 3);
    }

    async fn in_observation_mode_every_register_refuses_to_write(database: &TestDb) {
        let library = Library::of(database);
        library.add(&Someone::at_home(1)).await;
        let register = EmbeddedRegister::new(database.db.clone(), Arc::clone(&library.context.vault));
        refuses_every_write(&ReadOnly::new(register)).await;
        refuses_every_write(&ReadOnly::new(csv(database))).await;
        assert!(!database.folder().join("corrections.csv").exists());
    }

    async fn the_file_register_keeps_its_promises(database: &TestDb) {
        let register = csv(database);
        keeps_its_promises(&register).await;
        assert!(!register.capabilities().reads_back);
        let path = database.folder().join("corrections.csv");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "patron_id,card_number,identity_code,last_name,first_names,birth_date,street_address,care_of,postal_code,city,country,language");
        assert_eq!(lines[1..], ["P1,C1,,,,,Uusitie 1,,10610,,,", "P1,C1,,,,,Uusitie 1,,10610,-,,"]);
        // A line that a crash cut off is taken away before the next.
        fs::write(&path, format!("{text}P1,C1,,,,,Puol")).unwrap();
        let next = [change(Field::LastName, "", "Mallila")];
        assert_eq!(register.write("P0", &next, &source()).await.unwrap(), WriteOutcome::Written);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().last(), Some("P0,C0,,Mallila,,,,,,,,"));
        assert!(!text.contains("Puol"));
    }
}
