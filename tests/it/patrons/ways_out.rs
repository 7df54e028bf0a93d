//! What is shown of patrons, and how they are forgotten.

use std::os::unix::fs::PermissionsExt as _;

use ajantasa::audit::Actor;
use ajantasa::patrons::{self, PatronsError, Viewer};
use ajantasa::store;
use uuid::Uuid;

use super::Desk;
use crate::database::both;

const GUARANTOR: &str = "P1,C1,150365-901X,Testinen,Aino,710,Raaseporintie 8 A 12,+358 50 1,,yes";
const CHILD: &str = "P2,C2,,Testinen,Ida,710,Vuorikatu 1,,P1,";

fn viewer(municipality: &str, may_protected: bool) -> Viewer {
    Viewer {
        actor: Actor::Account { id: Uuid::nil(), name: "liisa".to_owned() },
        may_protected,
        municipalities: [municipality.to_owned()].into(),
    }
}

both! {
    async fn protected_people_and_their_guarantees_are_masked_in_the_export(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[GUARANTOR, CHILD]).await.unwrap();
        let rows = desk.exported().await;
        for column in ["street_address", "phone", "municipality", "identity_code", "notes"] {
            assert_eq!(rows["P1"][column], "", "{column}");
        }
        assert_eq!(rows["P1"]["last_name"], "Testinen");
        assert_eq!(rows["P2"]["guarantor_patron_id"], "");
        assert_eq!(rows["P2"]["street_address"], "Vuorikatu 1");
    }

    async fn an_order_by_vtj_masks_as_the_own_mark_does(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[CHILD]).await.unwrap();
        assert_eq!(desk.exported().await["P2"]["street_address"], "Vuorikatu 1");
        database.execute("UPDATE person SET protection = 'yes'").await;
        assert_eq!(desk.exported().await["P2"]["street_address"], "");
        let mut listing = patrons::list(&desk.context).await.unwrap();
        let page = patrons::list_page(&desk.context, &mut listing).await.unwrap();
        assert_eq!((page[0].municipality.as_deref(), page[0].reason.as_deref()), (None, Some("not_enrolled")));
        assert!(patrons::list_page(&desk.context, &mut listing).await.unwrap().is_empty());
    }

    async fn an_export_file_is_whole_and_for_its_owner(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[GUARANTOR, CHILD]).await.unwrap();
        let path = database.folder().join("out.csv");
        std::fs::write(&path, "old").unwrap();
        assert_eq!(patrons::export_file(&desk.context, &path).await.unwrap(), 2);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("patron_id,card_number,"));
        assert_eq!(desk.actions().await["patron.export"], 1);
        assert!(patrons::export_file(&desk.context, &database.folder().join("no/out.csv")).await.is_err());
    }

    async fn a_shown_patron_is_masked_unless_the_viewer_is_cleared(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[GUARANTOR]).await.unwrap();
        let masked = patrons::show(&desk.context, "C1", Some(&viewer("710", false))).await.unwrap();
        assert!(masked["street_address"].is_null() && masked["identity_code"].is_null());
        assert_eq!(masked["protection"], "yes");
        assert_eq!(masked["sources"]["last_name"]["source"], "import");
        assert!(masked["sources"]["street_address"].is_null());
        let cleared = patrons::show(&desk.context, "C1", Some(&viewer("710", true))).await.unwrap();
        assert_eq!(cleared["street_address"], "Raaseporintie 8 A 12");
        assert!(cleared["identity_code"].is_null());
        let other = patrons::show(&desk.context, "C1", Some(&viewer("092", true))).await;
        assert!(matches!(other, Err(PatronsError::OtherMunicipality)));
        let unknown = patrons::show(&desk.context, "C9", None).await;
        assert!(matches!(unknown, Err(PatronsError::UnknownCard)));
        assert_eq!(desk.actions().await["patron.show"], 2);
    }

    async fn a_forgotten_patron_is_gone_but_for_the_log(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[GUARANTOR, CHILD]).await.unwrap();
        let before = desk.row("P1").await;
        for reason in ["", "  ", "code 150365-901X"] {
            let refused = patrons::forget(&desk.context, "C1", reason).await;
            assert!(matches!(refused, Err(PatronsError::Reason(_))), "{reason}");
        }
        patrons::forget(&desk.context, "C1", "asked to be forgotten").await.unwrap();
        assert!(matches!(patrons::show(&desk.context, "C1", None).await, Err(PatronsError::UnknownCard)));
        assert!(!desk.exported().await.contains_key("P1"));
        let mut keys = desk.context.db.read_keys().await.unwrap();
        assert_eq!(store::data_key::count(&mut keys).await.unwrap(), 1);
        drop(keys);
        let mut tx = desk.context.db.begin().await.unwrap();
        store::due::make_enrol_due_for_all(&mut tx).await.unwrap();
        let person = store::person::by_patrons(&mut tx, &[before.id]).await.unwrap().pop().unwrap();
        drop(tx);
        assert_eq!(person.unfollowed_because.as_deref(), Some("forgotten"));
        assert!(!person.enrol_due && !person.compare_due);
        assert_eq!(desk.actions().await["patron.forget"], 1);
        let again = patrons::forget(&desk.context, "C1", "twice").await;
        assert!(matches!(again, Err(PatronsError::UnknownCard)));
    }

    async fn a_forgotten_patron_who_is_imported_again_starts_anew(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[GUARANTOR, CHILD]).await.unwrap();
        let before = desk.row("P1").await;
        patrons::forget(&desk.context, "C1", "asked to be forgotten").await.unwrap();
        let report = desk.rows(&[GUARANTOR, CHILD]).await.unwrap();
        assert_eq!((report.added, report.unchanged, report.missing), (1, 1, 0));
        assert_ne!(desk.row("P1").await.id, before.id);
    }

    async fn keys_that_a_kill_left_are_destroyed_later(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[GUARANTOR, CHILD]).await.unwrap();
        let id = desk.row("P2").await.id;
        patrons::forget(&desk.context, "C2", "asked to be forgotten").await.unwrap();
        let (_, wrapped) = desk.context.vault.new_data_key(id, 1, None);
        let mut keys = desk.context.db.begin_keys().await.unwrap();
        store::data_key::insert(&mut keys, &[wrapped], desk.context.clock.now()).await.unwrap();
        keys.commit("test.key").await.unwrap();
        assert_eq!(patrons::destroy_left_keys(&desk.context.db).await.unwrap(), 1);
        assert_eq!(patrons::destroy_left_keys(&desk.context.db).await.unwrap(), 0);
        assert_eq!(desk.exported().await.len(), 1);
    }
}
