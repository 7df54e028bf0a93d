//! One patron, and where each value came from.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::mask::{self, Shown};
use super::{Context, PatronsError, Viewer};
use crate::audit;
use crate::patron_file::Column;
use crate::protected::Clearance;
use crate::store;

/// The patron with a card, as JSON: every column of the patron file (masked is null, the
/// identity code always), then `sources`, `protection`, `follow`, `unfollowed_because`, `in_register`. An
/// account cleared for protected cases sees the contact columns. The look is in the audit log first.
///
/// # Errors
/// [`PatronsError::UnknownCard`], and [`PatronsError::OtherMunicipality`] for a cleared account that does not
/// decide about the patron's municipality.
pub async fn show(context: &Context, card: &str, viewer: Option<&Viewer>) -> Result<Value, PatronsError> {
    let cards = [card.to_owned()];
    let rows = store::patron::by_card_numbers(&mut context.db.read().await?, &cards).await?;
    let patron = mask::open_one(context, rows).await?.ok_or(PatronsError::UnknownCard)?;
    let viewer = viewer.filter(|viewer| viewer.may_protected);
    if viewer.is_some_and(|viewer| !viewer.municipalities.contains(&patron.row.municipality)) {
        return Err(PatronsError::OtherMunicipality);
    }
    let mut event = context.event("patron.show").about(patron.subject_tag);
    if let Some(viewer) = viewer {
        event.actor = viewer.actor.clone();
        event = event.detail("masked columns shown");
    }
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("patron.show").await?;
    let clearance = viewer.map(|_| Clearance::of_proved_account());
    object(&patron, clearance.as_ref())
}

fn object(patron: &Shown, clearance: Option<&Clearance>) -> Result<Value, PatronsError> {
    let recorded: Map<String, Value> = serde_json::from_str(&patron.row.sources)
        .map_err(|_| store::StoreError::inconsistent("patron", "sources"))?;
    let mut object = Map::new();
    let mut sources = Map::new();
    for column in Column::ALL {
        let cell = match clearance {
            Some(clearance) => patron.cleared_cell(column, clearance),
            None => patron.cell(column),
        };
        let name = column.as_str().to_owned();
        if cell.is_some() {
            let source = recorded.get(&name).cloned().unwrap_or_else(|| from_import(patron));
            sources.insert(name.clone(), source);
        }
        object.insert(name, cell.map_or(Value::Null, |text| Value::from(text.into_owned())));
    }
    object.insert("sources".to_owned(), Value::Object(sources));
    let person = patron.person.as_ref();
    object.insert("protection".to_owned(), json!(patron.protection().as_str()));
    object.insert("follow".to_owned(), json!(person.map(|person| &person.follow_state)));
    let because = person.and_then(|person| person.unfollowed_because.as_ref());
    object.insert("unfollowed_because".to_owned(), json!(because));
    object.insert("in_register".to_owned(), json!(patron.row.in_register));
    Ok(Value::Object(object))
}

fn from_import(patron: &Shown) -> Value {
    json!({ "source": "import", "import": patron.row.last_import, "at": imported_at(patron) })
}

/// When the import was made that saw the patron last.
pub(super) fn imported_at(patron: &Shown) -> DateTime<Utc> {
    store::made_at(patron.row.last_import).unwrap_or(patron.row.updated_at)
}
