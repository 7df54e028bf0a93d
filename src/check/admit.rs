//! Who may ask about whom: the account first, then the card, then whether it is the asker's own affair.

use uuid::Uuid;

use crate::identity_code::IdentityCode;
use crate::municipality::{Grants, Municipality};
use crate::protected::Protection;
use crate::purpose::PurposeRule;
use crate::staff::{ProvedAccount, Role};
use crate::store::data_key::{self, Keyring};
use crate::store::patron::PatronRow;
use crate::store::person::PersonRow;
use crate::store::{self, Result};
use crate::task::Context;

use super::CheckError;
use super::asker::ScheduleAsker;

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

    /// Whether the reserve of the budget is open for the patron: an order of non-disclosure, or a death that has
    /// been signalled.
    pub(super) fn cannot_wait(&self) -> Result<bool> {
        Ok(self.protection()? == Protection::Yes || self.person.frozen)
    }
}

/// The patron with a card, if this account may ask about the patron at all; otherwise why not.
pub(super) async fn subject(
    context: &Context,
    account: &ProvedAccount,
    card: &str,
) -> std::result::Result<std::result::Result<Subject, Refusal>, CheckError> {
    if account.role != Role::Reviewer {
        let reason = "only a reviewer asks VTJ about a person; this account is another role's";
        return Ok(Err(Refusal::new("role", reason)));
    }
    let cards = [card.to_owned()];
    let mut read = context.db.read().await?;
    let row = store::patron::by_card_numbers(&mut read, &cards).await?.pop();
    let row = row.filter(|row| !row.sealed.is_empty()).ok_or(CheckError::UnknownCard)?;
    if !account.may_decide(&row.municipality) {
        let reason = "the patron is of a municipality that is not this account's";
        return Ok(Err(Refusal::new("other_municipality", reason)));
    }
    if let Some(own_card) = &account.own_card {
        let own = store::patron::by_card_numbers(&mut read, std::slice::from_ref(own_card)).await?;
        if own_card == card || own.iter().any(|own| is_related(own, &row)) {
            let reason = "nobody asks about their own card or one they guarantee; ask a colleague";
            return Ok(Err(Refusal::new("own_card", reason)));
        }
    }
    drop(read);
    open(context, row.id).await.map(Ok)
}

/// A patron of a run, if the schedule may ask about the patron at all; otherwise why not.
pub(super) async fn subject_of_run(
    context: &Context,
    schedule: &ScheduleAsker<'_>,
    patron: Uuid,
) -> std::result::Result<std::result::Result<Subject, Refusal>, CheckError> {
    let mut read = context.db.read().await?;
    let row = store::patron::by_ids(&mut read, &[patron]).await?.pop();
    drop(read);
    let Some(row) = row.filter(|row| !row.sealed.is_empty()) else {
        return Ok(Err(Refusal::new("forgotten", "the patron has been forgotten")));
    };
    if !schedule.municipalities.contains(&row.municipality) {
        let reason = "the patron is of a municipality that is not the schedule's";
        return Ok(Err(Refusal::new("other_municipality", reason)));
    }
    match open(context, patron).await {
        Err(CheckError::UnknownCard) => {
            Ok(Err(Refusal::new("forgotten", "the patron is not there any more")))
        }
        opened => opened.map(Ok),
    }
}

/// How often rows are read again whose key is replaced meanwhile, because protection begins.
const ATTEMPTS: u32 = 5;

/// The patron with everything that is known, under keys that open it.
async fn open(context: &Context, patron: Uuid) -> std::result::Result<Subject, CheckError> {
    let ids = [patron];
    let mut attempt = 1;
    loop {
        let mut read = context.db.read().await?;
        let row = store::patron::by_ids(&mut read, &ids).await?.pop().ok_or(CheckError::UnknownCard)?;
        let person = store::person::by_patrons(&mut read, &ids).await?.pop();
        let person = person.ok_or(CheckError::UnknownCard)?;
        drop(read);
        let keyring = data_key::keyring(&context.db, &context.vault, &ids).await?;
        let opens = row.open(&keyring).and_then(|_| person.open(&keyring));
        match opens {
            Err(error) if attempt == ATTEMPTS => return Err(error.into()),
            Err(_) => attempt += 1,
            Ok(_) => return Ok(Subject { row, person, keyring }),
        }
    }
}

/// Whether two cards are one person's, or one guarantees the other.
fn is_related(own: &PatronRow, other: &PatronRow) -> bool {
    let guarantees = other.guarantor_patron_id.as_ref() == Some(&own.patron_id);
    guarantees || (own.code_index.is_some() && own.code_index == other.code_index)
}

/// Why somebody is not asked about, in a word and in a sentence.
pub(super) struct Refusal {
    pub(super) word: &'static str,
    pub(super) reason: String,
}

impl Refusal {
    fn new(word: &'static str, reason: impl Into<String>) -> Self {
        Self { word, reason: reason.into() }
    }
}

/// What is wanted, once it is clear that it may be: a purpose that is open, about somebody who may be asked about.
pub(super) struct Wanted<'a> {
    pub(super) rule: &'a PurposeRule,
    pub(super) municipality: &'a Municipality,
    /// The groups that the permit grants and the purpose needs.
    pub(super) grants: Grants,
    /// The code to ask about: the register's, or the one that has replaced it.
    pub(super) code: IdentityCode,
}

/// Whether the purpose is open to the patron's municipality and the patron may be asked about; otherwise why not.
pub(super) fn wanted<'a>(
    context: &'a Context,
    subject: &Subject,
    purpose: &str,
) -> Result<std::result::Result<Wanted<'a>, Refusal>> {
    let Some(municipality) = context.settings.municipalities.get(&subject.row.municipality) else {
        return Ok(Err(Refusal::new("no_permit", "the patron's municipality has no permit here")));
    };
    let open = |rule: &&PurposeRule| rule.is_open_to(&municipality.code);
    let Some(rule) = context.settings.purposes.get(purpose).filter(open) else {
        let names = context.settings.purposes.values().filter(open).map(PurposeRule::name);
        let names = names.collect::<Vec<_>>().join(", ");
        let reason =
            format!("this is no purpose for which one person may be asked about; use one of: {names}");
        return Ok(Err(Refusal::new("purpose", reason)));
    };
    let patron = subject.row.patron(&subject.keyring, Protection::Yes)?;
    let code = match patron.admissible(context.admission(&subject.row.municipality)) {
        Ok(code) => code,
        Err(reason) => {
            let (word, words) = (reason.as_str(), reason.as_str().replace('_', " "));
            return Ok(Err(Refusal::new(word, format!("VTJ may not be asked about this patron: {words}"))));
        }
    };
    let known = subject.person.open(&subject.keyring)?;
    let followed =
        if known.register_code.as_deref() == Some(code.expose()) { known.followed_code()? } else { None };
    let code = followed.unwrap_or_else(|| code.clone());
    Ok(Ok(Wanted { rule, municipality, grants: rule.grants(municipality), code }))
}
