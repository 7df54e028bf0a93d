//! Writes down what was handed out by hand because the law made the library do so.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{DisclosuresError, People, REQUIRED_BY_LAW, checked_text, event};
use crate::audit;
use crate::patron_file::Column;
use crate::patrons::Context;
use crate::staff::ProvedAccount;
use crate::store;
use crate::store::data_key;
use crate::store::disclosure_by_hand::{self, ByHandRow, SealedByHand};

/// What was handed out.
#[derive(Debug, Clone, Copy)]
pub struct HandedOut<'a> {
    /// The card of the patron.
    pub card: &'a str,
    /// To whom.
    pub recipient: &'a str,
    /// The section of law.
    pub law: &'a str,
    /// Which columns of the patron's row.
    pub what: &'a [Column],
    /// Who decided that it had to be handed out.
    pub decided_by: &'a str,
    /// When; `None` is today.
    pub on: Option<NaiveDate>,
}

/// Writes down what was handed out. Returns its identifier.
///
/// # Errors
/// When the account is no reviewer of the patron's municipality, or the card is its own; when a text cannot be kept;
/// when the database fails.
pub async fn record(
    context: &Context,
    account: &ProvedAccount,
    handed_out: &HandedOut<'_>,
) -> Result<Uuid, DisclosuresError> {
    let sealed = SealedByHand {
        recipient: checked_text("the recipient", handed_out.recipient)?,
        decided_by: checked_text("who decided", handed_out.decided_by)?,
    };
    let law = checked_text("the section of law", handed_out.law)?;
    let now = context.clock.now();
    let on = handed_out.on.unwrap_or_else(|| context.clock.today());
    if on > context.clock.today() {
        return Err(DisclosuresError::Future);
    }
    let people = People::of_card(context, handed_out.card).await?;
    let (patron, person) = people.only().ok_or(DisclosuresError::UnknownCard)?;
    if !account.may_decide(&person.row.municipality) {
        return Err(DisclosuresError::NotAllowed(
            "only a reviewer of the patron's municipality may write it down",
        ));
    }
    if account.owns_card(handed_out.card) {
        return Err(DisclosuresError::NotAllowed("nobody decides about the own card; ask somebody else"));
    }
    let mut tx = context.db.begin().await?;
    // Behind the lock no key is replaced until the row is there.
    store::patron::lock(&mut tx, patron).await?;
    let keyring = data_key::keyring(&context.db, &context.vault, &[patron]).await?;
    let key = keyring.newest(patron)?;
    let id = store::new_id(now);
    let mut fields: Vec<Column> = handed_out.what.to_vec();
    fields.sort_unstable();
    fields.dedup();
    let fields: Vec<&str> = fields.into_iter().map(Column::as_str).collect();
    let row = ByHandRow {
        id,
        recorded_at: now,
        handed_out_on: on,
        patron,
        municipality: person.row.municipality.clone(),
        legal_basis: law,
        fields: fields.join(" "),
        account: account.id,
        actor: account.name.clone(),
        key_version: key.version,
        sealed: disclosure_by_hand::seal(key, id, &sealed)?,
    };
    disclosure_by_hand::insert(&mut tx, &row).await?;
    let mut event =
        event(context, Some(account), "disclosures.record").about(key.subject_tag).detail(row.fields);
    event.request = Some(id);
    event.purpose = Some(REQUIRED_BY_LAW.to_owned());
    audit::record(&mut tx, &[event]).await?;
    tx.commit("disclosures.record").await?;
    Ok(id)
}
