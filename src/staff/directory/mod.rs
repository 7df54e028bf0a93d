//! Signing in by the city's own directory: who comes back from there, which account that is, and what it may do.
//!
//! ```text
//! send ─▶ directory ─▶ come_back: the sign-in is taken ─▶ the answer is proved ─▶ claims become rights ─▶ session
//!  a row, bound to       once, in this browser             (crate::directory)     account made or changed
//!  the browser           within ten minutes                                       with its records
//! ```
//!
//! An account is found by issuer and subject only, never by a name or an address that somebody may choose. Whoever the
//! directory gives no role is refused, and what they had here ends. Accounts with a password go on working beside.

mod account;
mod rights;

use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use rights::{Refusal, Rules};

use super::StaffError;
use super::proof::refusal;
use super::sign_in::{self, Begun, Entrance};
use crate::audit;
use crate::directory::{Check, Directory, DirectoryError, Subject};
use crate::municipality::MunicipalityName;
use crate::seal::Place;
use crate::store::{self, StoreError, directory as rows};
use crate::task::Context;

/// How long a sign-in may take at the directory.
pub const SENT_FOR: TimeDelta = TimeDelta::minutes(10);
/// The operating-system user of whoever has not signed in.
const NOBODY: &str = "web";

/// The way in by a directory.
#[derive(Debug)]
pub struct Way {
    /// The directory.
    pub directory: Directory,
    /// What its claims mean here.
    pub rules: Rules,
    /// How it is called on the pages.
    pub name: MunicipalityName,
}

/// The word by which the browser that was sent is known again.
#[derive(Clone)]
pub struct Ticket([u8; 32]);

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Ticket {
    /// The word of a cookie, if it may be one.
    pub fn parse(word: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(word, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The word, for the cookie.
    pub fn word(&self) -> String {
        hex::encode(self.0)
    }

    fn digest(&self) -> Vec<u8> {
        Sha256::new().chain_update(b"directory browser").chain_update(self.0).finalize().to_vec()
    }
}

/// A browser that is sent to the directory.
#[derive(Debug)]
pub struct Sent {
    /// Where it goes.
    pub address: String,
    /// What it is known again by.
    pub ticket: Ticket,
}

/// What a browser brings back.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The word that it was sent with.
    pub state: &'a str,
    /// The directory's word for what it found; none where it found nobody.
    pub code: Option<SecretString>,
    /// What the answer says of where it comes from.
    pub iss: Option<&'a str>,
    /// What the browser is known by.
    pub ticket: Option<&'a Ticket>,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum NotSignedIn {
    /// The answer belongs to no sign-in of this browser, came too late or a second time.
    #[error("the answer belongs to no sign-in of this browser")]
    NotSent,
    /// The directory signed nobody in.
    #[error("the directory signed nobody in")]
    Declined,
    /// The directory does not answer or does not vouch for anybody.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The directory vouches for somebody who may not come here.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A fault here.
    #[error(transparent)]
    Staff(#[from] StaffError),
}

impl From<StoreError> for NotSignedIn {
    fn from(error: StoreError) -> Self {
        Self::Staff(error.into())
    }
}

/// Sends a browser to the directory; the answer is to come back to an address of ours.
///
/// # Errors
/// When the directory does not say how it is asked, or the sign-in cannot be stored.
pub async fn send(context: &Context, way: &Way, redirect: &str) -> Result<Sent, NotSignedIn> {
    let now = context.clock.now();
    let question = way.directory.ask(redirect, now).await?;
    let ticket = Ticket(rand::random());
    let id = store::new_id(now);
    let plain = serde_json::to_vec(&question.check).map(zeroize::Zeroizing::new);
    let plain = plain.map_err(|_| StoreError::inconsistent("directory_sign_in", "sealed"))?;
    let row = rows::SentRow {
        state_digest: digest(question.state.expose_secret()),
        browser_digest: ticket.digest(),
        id,
        sealed: context.vault.seal_note(place(id), &plain).map_err(StoreError::from)?,
        begun_at: now,
    };
    let mut tx = context.db.begin().await?;
    rows::delete_before(&mut tx, now - SENT_FOR).await?;
    rows::send(&mut tx, &row).await?;
    tx.commit("directory.send").await?;
    Ok(Sent { address: question.address, ticket })
}

/// Signs in whoever comes back, with the rights that the directory gives now.
///
/// # Errors
/// Why nobody is signed in. What is refused of a sign-in that was sent from here is recorded.
pub async fn come_back(entrance: Entrance<'_>, way: &Way, answer: Answer<'_>) -> Result<Begun, NotSignedIn> {
    let context = entrance.context;
    let check = take(context, &answer).await?;
    let Some(code) = answer.code else {
        note(context, "the directory signed nobody in").await?;
        return Err(NotSignedIn::Declined);
    };
    let now = context.clock.now();
    let subject = match way.directory.answer(check, code, answer.iss, now).await {
        Ok(subject) => subject,
        Err(error) => {
            note(context, &error.to_string()).await?;
            return Err(error.into());
        }
    };
    let account = admit(context, way, &subject).await?;
    let asks = entrance.asks_second_factor && way.rules.asks_second_factor;
    Ok(sign_in::by_directory(entrance, account, asks).await?)
}

/// Takes the sign-in that an answer belongs to; nobody else finds it after this.
async fn take(context: &Context, answer: &Answer<'_>) -> Result<Check, NotSignedIn> {
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let taken = rows::take(&mut tx, &digest(answer.state)).await?;
    tx.commit("directory.take").await?;
    let Some(sent) = taken else { return Err(NotSignedIn::NotSent) };
    let is_of_this_browser = answer.ticket.is_some_and(|ticket| ticket.digest() == sent.browser_digest);
    let is_in_time = now >= sent.begun_at && now - sent.begun_at < SENT_FOR;
    if !is_of_this_browser || !is_in_time {
        let why = if is_in_time { "an answer in another browser" } else { "an answer that came too late" };
        note(context, why).await?;
        return Err(NotSignedIn::NotSent);
    }
    let plain = context.vault.open_note(place(sent.id), &sent.sealed).map_err(StoreError::from)?;
    let inconsistent = |_| StoreError::inconsistent("directory_sign_in", "sealed");
    Ok(serde_json::from_slice(&plain).map_err(inconsistent)?)
}

/// The account of a subject, with the rights that the directory gives; or its end where it gives none.
async fn admit(context: &Context, way: &Way, subject: &Subject) -> Result<Uuid, NotSignedIn> {
    let rights = way.rules.rights(&subject.claims, &context.settings.municipalities);
    let mut tx = context.db.begin().await?;
    let found = account::find(&mut tx, subject).await?;
    let refused = match (&rights, &found) {
        _ if !rows::has_own_administrator(&mut tx).await? => Some(Refusal::NoAdministrator),
        (_, Some(found)) if found.disabled_at.is_some() => Some(Refusal::Closed),
        (Err(refusal), _) => Some(*refusal),
        (Ok(rights), Some(found)) if rights::excludes(found, rights) => Some(Refusal::Excluded),
        _ => None,
    };
    if let Some(refused) = refused {
        let name = found.as_ref().map_or("a new account", |found| &found.name).to_owned();
        if let Some(found) = found.filter(|found| found.disabled_at.is_none() && refused.ends_what_is_there())
        {
            account::end(context, &mut tx, &found).await?;
        }
        let detail = format!("by directory, {name}: {refused}");
        audit::record(&mut tx, &[refusal(&*context.clock, NOBODY).detail(detail)]).await?;
        tx.commit("staff.refuse").await?;
        return Err(refused.into());
    }
    let rights = rights?;
    let id = match found {
        Some(found) => account::keep_true(context, &mut tx, &found, &rights, way.rules.days).await?,
        None => match account::make(context, &mut tx, way, subject, rights).await {
            // The same person comes twice at the same time; the other was first.
            Err(StaffError::Store(StoreError::Taken)) => return Err(NotSignedIn::NotSent),
            made => made?,
        },
    };
    tx.commit("directory.account").await?;
    Ok(id)
}

/// Where the holder of an account ends the session at the directory, if it is one of the directory's and that can be
/// said.
///
/// # Errors
/// When the database does not answer.
pub async fn end_address(context: &Context, way: &Way, account: Uuid) -> Result<Option<String>, StaffError> {
    let is_linked = rows::is_linked(&mut context.db.read().await?, account).await?;
    if !is_linked {
        return Ok(None);
    }
    Ok(way.directory.end_address())
}

/// Records that nobody was signed in.
async fn note(context: &Context, why: &str) -> Result<(), StaffError> {
    let event = refusal(&*context.clock, NOBODY).detail(format!("by directory: {why}"));
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    Ok(tx.commit("staff.refuse").await?)
}

fn digest(state: &str) -> Vec<u8> {
    Sha256::new().chain_update(b"directory state").chain_update(state).finalize().to_vec()
}

fn place(id: Uuid) -> Place {
    Place { table: "directory_sign_in", column: "sealed", row: id }
}
