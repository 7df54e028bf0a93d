//! Who may ask about whom: the account first, then the card, then whether it is the asker's own affair.

use crate::protected::Protection;
use crate::staff::{ProvedAccount, Role};
use crate::store::data_key::{self, Keyring};
use crate::store::patron::PatronRow;
use crate::store::person::PersonRow;
use crate::store::{self, Result};
use crate::task::Context;

use super::CheckError;

/// The patron a question is about.
pub(super) struct Subject {
    /// The patron's row.
    pub(super) row: PatronRow,
    /// What is known from VTJ.
    pub(super) person: PersonRow,
    /// The patron's keys.
    pub(super) keyring: Keyring,
}

impl Subject {
    /// The protection in force: the library's own mark, or VTJ's last word.
    pub(super) fn protection(&self) -> Result<Protection> {
        let said = self.person.protection()?;
        Ok(if self.row.protected_mark { Protection::Yes } else { said })
    }
}

/// The patron with a card, if this account may ask about the patron at all; otherwise why not.
pub(super) async fn subject(
    context: &Context,
    account: &ProvedAccount,
    card: &str,
) -> std::result::Result<std::result::Result<Subject, &'static str>, CheckError> {
    if account.role != Role::Reviewer {
        return Ok(Err("only a reviewer asks VTJ about a person; this account is another role's"));
    }
    let cards = [card.to_owned()];
    let mut read = context.db.read().await?;
    let row = store::patron::by_card_numbers(&mut read, &cards).await?.pop();
    let row = row.filter(|row| !row.sealed.is_empty()).ok_or(CheckError::UnknownCard)?;
    if !account.may_decide(&row.municipality) {
        return Ok(Err("the patron is of a municipality that is not this account's"));
    }
    if let Some(own_card) = &account.own_card {
        let own = store::patron::by_card_numbers(&mut read, std::slice::from_ref(own_card)).await?;
        if own_card == card || own.iter().any(|own| is_related(own, &row)) {
            return Ok(Err("nobody asks about their own card or one they guarantee; ask a colleague"));
        }
    }
    let person = store::person::by_patrons(&mut read, &[row.id]).await?.pop();
    let person = person.ok_or(CheckError::UnknownCard)?;
    drop(read);
    let keyring = data_key::keyring(&context.db, &context.vault, &[row.id]).await?;
    Ok(Ok(Subject { row, person, keyring }))
}

/// Whether two cards are one person's, or one guarantees the other.
fn is_related(own: &PatronRow, other: &PatronRow) -> bool {
    let guarantees = other.guarantor_patron_id.as_ref() == Some(&own.patron_id);
    guarantees || (own.code_index.is_some() && own.code_index == other.code_index)
}
