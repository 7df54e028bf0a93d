//! What administrators do with the accounts of others: never with their own.
//!
//! Whatever changes what an account may do ends its sessions, so that the next request is judged anew; each act is one
//! record.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::factor::{self, Once};
use super::{ProvedAccount, Role, StaffError, password, session};
use crate::audit::{self, Actor, Event};
use crate::clock::Clock;
use crate::store::account::AccountRow;
use crate::store::{
    self, Db, StoreError, Tx, account, directory, first_password, known_device, second_factor,
    session as sessions,
};
use crate::task::Context;

/// The longest name of an account, in characters.
pub const LONGEST_NAME: usize = 64;

/// What is wrong with what is to be stored of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The name.
    #[error("a name has 1 to 64 characters, none of them a space")]
    Name,
    /// The name is another account's, or was one's that is closed.
    #[error("there is an account of this name already; choose another")]
    NameTaken,
    /// The last day.
    #[error("the last day must be in the future")]
    EndDate,
    /// No municipality.
    #[error("a reviewer needs a municipality: whose patrons are decided about")]
    NoMunicipality,
    /// A municipality that is not configured.
    #[error("a municipality is not configured")]
    UnknownMunicipality,
    /// Clearance for another role.
    #[error("only reviewers are cleared for protected cases")]
    Clearance,
    /// The same person would be administrator and auditor.
    #[error("nobody is administrator and auditor")]
    Excluded,
    /// The account is closed.
    #[error("the account is closed")]
    Closed,
    /// The account is one of the city's directory, which alone says what it may do and how its holder signs in.
    #[error("the account is the directory's; change its holder's rights there, or close it here")]
    OfDirectory,
}

/// What an account may do.
#[derive(Debug, Clone)]
pub struct Rights {
    /// What it is for.
    pub role: Role,
    /// Codes of the municipalities whose patrons its holder decides about.
    pub municipalities: Vec<String>,
    /// Whether its holder is cleared for protected cases.
    pub may_protected: bool,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name to sign in with.
    pub name: String,
    /// What it may do.
    pub rights: Rights,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// The holder's own library card.
    pub own_card: Option<String>,
}

/// An account as administrators see it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its row.
    pub row: AccountRow,
    /// Its municipalities, in order.
    pub municipalities: Vec<String>,
    /// Open sessions.
    pub sessions: i64,
    /// When it was last used at the staff pages.
    pub seen_at: Option<DateTime<Utc>>,
    /// Whether it has a second factor.
    pub has_factor: bool,
}

/// Every account, by name.
///
/// # Errors
/// [`StaffError::NotAllowed`] for who is no administrator.
pub async fn list(context: &Context, admin: &ProvedAccount) -> Result<Vec<Listed>, StaffError> {
    only_administrators(admin)?;
    let now = context.clock.now();
    let mut read = context.db.read().await?;
    let by_account: BTreeMap<Uuid, (i64, DateTime<Utc>)> =
        sessions::uses(&mut read, now, now - session::IDLE)
            .await?
            .into_iter()
            .map(|of| (of.account, (of.open, of.seen_at)))
            .collect();
    let with_factor = second_factor::holders(&mut read).await?;
    let mut listed = Vec::new();
    for row in account::all(&mut read).await? {
        let used = by_account.get(&row.id);
        listed.push(Listed {
            municipalities: account::municipalities(&mut read, row.id).await?,
            sessions: used.map_or(0, |(open, _)| *open),
            seen_at: used.map(|(_, seen)| *seen),
            has_factor: with_factor.contains(&row.id),
            row,
        });
    }
    Ok(listed)
}

/// Makes an account with a first password, which the administrator can see for a while and its holder replaces.
///
/// # Errors
/// [`StaffError::Account`] says what cannot be stored.
pub async fn add(context: &Context, admin: &ProvedAccount, new: NewAccount) -> Result<Uuid, StaffError> {
    only_administrators(admin)?;
    check_name(&new.name)?;
    check_end(context, new.ends_on)?;
    let rights = checked(context, new.rights)?;
    let now = context.clock.now();
    let id = store::new_id(now);
    let (password, hash) = first_word().await?;
    let keyring = factor::keyring(context, id).await?;
    let mut tx = context.db.begin().await?;
    if account::by_name(&mut tx, &new.name).await?.is_some() {
        return Err(Problem::NameTaken.into());
    }
    let row = AccountRow {
        id,
        name: new.name,
        role: rights.role.as_str().to_owned(),
        may_protected: rights.may_protected,
        password_hash: Some(hash),
        os_login: None,
        own_card: new.own_card.filter(|card| !card.is_empty()),
        ends_on: new.ends_on,
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: now,
    };
    refuse_excluded(&mut tx, &row).await?;
    match account::insert(&mut tx, &row, &rights.municipalities).await {
        Err(StoreError::Taken) => return Err(Problem::NameTaken.into()),
        inserted => inserted?,
    }
    hand_over(context, &mut tx, &keyring, (id, admin.id), &password).await?;
    let detail = format!("account {}: {}, until {}", row.name, written(&rights), row.ends_on);
    record(context, &mut tx, admin, "account.add", detail).await?;
    tx.commit("account.add").await?;
    Ok(id)
}

/// Replaces the last day of an account.
///
/// # Errors
/// [`StaffError::Account`] when the day has passed or the account is closed; [`StaffError::NotAllowed`] for one's own.
pub async fn set_end(
    context: &Context,
    admin: &ProvedAccount,
    id: Uuid,
    ends_on: NaiveDate,
) -> Result<(), StaffError> {
    check_end(context, ends_on)?;
    let (mut tx, row) = begin(context, admin, id).await?;
    account::set_ends_on(&mut tx, id, ends_on).await?;
    let detail = format!("account {}: until {ends_on}, before {}", row.name, row.ends_on);
    record(context, &mut tx, admin, "account.end_date", detail).await?;
    Ok(tx.commit("account.end_date").await?)
}

/// Replaces role, municipalities and clearance of an account, and ends its sessions.
///
/// # Errors
/// [`StaffError::Account`] says what cannot be stored; [`StaffError::NotAllowed`] for one's own.
pub async fn set_rights(
    context: &Context,
    admin: &ProvedAccount,
    id: Uuid,
    rights: Rights,
) -> Result<(), StaffError> {
    let rights = checked(context, rights)?;
    let (mut tx, row) = begin(context, admin, id).await?;
    refuse_of_directory(&mut tx, id).await?;
    if Role::from_word(&row.role).is_some_and(|held| held.excludes(rights.role)) {
        return Err(Problem::Excluded.into());
    }
    let changed = AccountRow { role: rights.role.as_str().to_owned(), ..row };
    refuse_excluded(&mut tx, &changed).await?;
    let role = rights.role.as_str();
    account::set_rights(&mut tx, id, role, rights.may_protected, &rights.municipalities).await?;
    let ended = sessions::end_all(&mut tx, id, context.clock.now()).await?;
    let detail = format!("account {}: {}, sessions ended {ended}", changed.name, written(&rights));
    record(context, &mut tx, admin, "account.rights", detail).await?;
    Ok(tx.commit("account.rights").await?)
}

/// Closes an account for good, and ends its sessions. It stays on record; its name is not used again.
///
/// # Errors
/// [`StaffError::Account`] when it is closed already; [`StaffError::NotAllowed`] for one's own.
pub async fn close(context: &Context, admin: &ProvedAccount, id: Uuid) -> Result<(), StaffError> {
    let (mut tx, row) = begin(context, admin, id).await?;
    let now = context.clock.now();
    account::disable(&mut tx, id, now).await?;
    let ended = sessions::end_all(&mut tx, id, now).await?;
    factor::remove(&mut tx, id).await?;
    factor::hide(&mut tx, id, Once::Password).await?;
    known_device::forget(&mut tx, id, &[]).await?;
    let detail = format!("account {}, sessions ended {ended}", row.name);
    record(context, &mut tx, admin, "account.disable", detail).await?;
    Ok(tx.commit("account.disable").await?)
}

/// Gives an account a new first password, and ends its sessions.
///
/// # Errors
/// [`StaffError::Account`] when it is closed; [`StaffError::NotAllowed`] for one's own.
pub async fn new_password(context: &Context, admin: &ProvedAccount, id: Uuid) -> Result<(), StaffError> {
    not_oneself(admin, id)?;
    find(context, admin, id).await?;
    let (password, hash) = first_word().await?;
    let keyring = factor::keyring(context, id).await?;
    let (mut tx, row) = begin(context, admin, id).await?;
    refuse_of_directory(&mut tx, id).await?;
    account::set_password(&mut tx, id, &hash).await?;
    hand_over(context, &mut tx, &keyring, (id, admin.id), &password).await?;
    let ended = sessions::end_all(&mut tx, id, context.clock.now()).await?;
    known_device::forget(&mut tx, id, &[]).await?;
    let detail = format!("account {}: first password, sessions ended {ended}", row.name);
    record(context, &mut tx, admin, "account.first_password", detail).await?;
    Ok(tx.commit("account.first_password").await?)
}

/// Forgets a first password that is shown: it has been handed over.
///
/// # Errors
/// When it cannot be stored.
pub async fn hide_password(context: &Context, admin: &ProvedAccount, id: Uuid) -> Result<(), StaffError> {
    let (mut tx, row) = begin(context, admin, id).await?;
    if factor::hide(&mut tx, id, Once::Password).await? {
        let detail = format!("account {}: first password handed over", row.name);
        record(context, &mut tx, admin, "account.password_handed", detail).await?;
    }
    Ok(tx.commit("account.password_handed").await?)
}

/// Takes the second factor of an account away, and ends its sessions: it is set up anew at the next sign-in.
///
/// # Errors
/// [`StaffError::Account`] when it is closed; [`StaffError::NotAllowed`] for one's own.
pub async fn reset_factor(context: &Context, admin: &ProvedAccount, id: Uuid) -> Result<(), StaffError> {
    let (mut tx, row) = begin(context, admin, id).await?;
    factor::remove(&mut tx, id).await?;
    let ended = sessions::end_all(&mut tx, id, context.clock.now()).await?;
    let detail = format!("account {}, sessions ended {ended}", row.name);
    record(context, &mut tx, admin, "account.factor_reset", detail).await?;
    Ok(tx.commit("account.factor_reset").await?)
}

/// The same from the command line, where an administrator has lost an own second factor.
///
/// # Errors
/// [`StaffError::NotFound`] when there is no such account.
pub async fn reset_factor_of(db: &Db, clock: &dyn Clock, name: &str, event: Event) -> Result<(), StaffError> {
    let mut tx = db.begin().await?;
    let found = account::by_name(&mut tx, name).await?.ok_or(StaffError::NotFound)?;
    factor::remove(&mut tx, found.id).await?;
    let ended = sessions::end_all(&mut tx, found.id, clock.now()).await?;
    let event = event.detail(format!("account {name}, sessions ended {ended}"));
    audit::record(&mut tx, &[event]).await?;
    Ok(tx.commit("account.factor_reset").await?)
}

/// Ends the sessions of an account.
///
/// # Errors
/// [`StaffError::Account`] when it is closed; [`StaffError::NotAllowed`] for one's own.
pub async fn end_sessions(context: &Context, admin: &ProvedAccount, id: Uuid) -> Result<(), StaffError> {
    let (mut tx, row) = begin(context, admin, id).await?;
    let ended = sessions::end_all(&mut tx, id, context.clock.now()).await?;
    let detail = format!("account {}, sessions ended {ended}", row.name);
    record(context, &mut tx, admin, "session.end_all", detail).await?;
    Ok(tx.commit("session.end_all").await?)
}

/// One account.
///
/// # Errors
/// [`StaffError::NotFound`] when there is none of the identifier.
pub async fn find(context: &Context, admin: &ProvedAccount, id: Uuid) -> Result<Listed, StaffError> {
    let listed = list(context, admin).await?;
    listed.into_iter().find(|listed| listed.row.id == id).ok_or(StaffError::NotFound)
}

/// Refuses a role of which the same person, told by the operating-system user and the library card, holds the
/// opposite.
///
/// # Errors
/// [`Problem::Excluded`].
pub async fn refuse_excluded(tx: &mut Tx, wanted: &AccountRow) -> Result<(), StaffError> {
    let Some(role) = Role::from_word(&wanted.role) else { return Ok(()) };
    for other in account::all(tx).await? {
        let same_login = wanted.os_login.is_some() && wanted.os_login == other.os_login;
        let same_card = wanted.own_card.is_some() && wanted.own_card == other.own_card;
        let excluded = Role::from_word(&other.role).is_some_and(|held| held.excludes(role));
        if other.id != wanted.id && other.disabled_at.is_none() && excluded && (same_login || same_card) {
            return Err(Problem::Excluded.into());
        }
    }
    Ok(())
}

pub(super) fn only_administrators(admin: &ProvedAccount) -> Result<(), StaffError> {
    if admin.may_administer() {
        return Ok(());
    }
    Err(StaffError::NotAllowed("only administrators change accounts".to_owned()))
}

fn not_oneself(admin: &ProvedAccount, id: Uuid) -> Result<(), StaffError> {
    if admin.id == id {
        return Err(StaffError::NotAllowed("nobody administers their own account".to_owned()));
    }
    Ok(())
}

/// Begins a change of another's account that is not closed.
async fn begin(context: &Context, admin: &ProvedAccount, id: Uuid) -> Result<(Tx, AccountRow), StaffError> {
    only_administrators(admin)?;
    not_oneself(admin, id)?;
    let mut tx = context.db.begin().await?;
    account::lock(&mut tx, id).await?;
    let row = account::find(&mut tx, id).await?.ok_or(StaffError::NotFound)?;
    if row.disabled_at.is_some() {
        return Err(Problem::Closed.into());
    }
    Ok((tx, row))
}

async fn refuse_of_directory(tx: &mut Tx, id: Uuid) -> Result<(), StaffError> {
    if directory::is_linked(tx, id).await? {
        return Err(Problem::OfDirectory.into());
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), Problem> {
    let length = name.chars().count();
    let is_plain = !name.chars().any(|c| c.is_control() || c.is_whitespace());
    if (1..=LONGEST_NAME).contains(&length) && is_plain { Ok(()) } else { Err(Problem::Name) }
}

fn check_end(context: &Context, ends_on: NaiveDate) -> Result<(), Problem> {
    if ends_on > context.clock.today() { Ok(()) } else { Err(Problem::EndDate) }
}

fn checked(context: &Context, mut rights: Rights) -> Result<Rights, Problem> {
    rights.municipalities.sort();
    rights.municipalities.dedup();
    if rights.may_protected && rights.role != Role::Reviewer {
        return Err(Problem::Clearance);
    }
    if rights.role == Role::Reviewer && rights.municipalities.is_empty() {
        return Err(Problem::NoMunicipality);
    }
    let configured = &context.settings.municipalities;
    if rights.municipalities.iter().any(|code| !configured.contains_key(code)) {
        return Err(Problem::UnknownMunicipality);
    }
    Ok(rights)
}

pub(super) fn written(rights: &Rights) -> String {
    let Rights { role, municipalities, may_protected } = rights;
    format!("{role}, municipalities {}, protected {may_protected}", municipalities.join(" "))
}

async fn first_word() -> Result<(SecretString, String), StaffError> {
    let password = factor::random_password();
    let hash = password::hash(password.clone()).await?;
    Ok((password, hash))
}

/// Notes that a password is a first one, and lets the administrator see it.
async fn hand_over(
    context: &Context,
    tx: &mut Tx,
    keyring: &store::data_key::Keyring,
    (account, viewer): (Uuid, Uuid),
    password: &SecretString,
) -> Result<(), StaffError> {
    first_password::put(tx, account, context.clock.now()).await?;
    factor::show(context, tx, keyring, (account, viewer), Once::Password, password.expose_secret()).await
}

async fn record(
    context: &Context,
    tx: &mut Tx,
    admin: &ProvedAccount,
    action: &'static str,
    detail: String,
) -> Result<(), StaffError> {
    let actor = Actor::Account { id: admin.id, name: admin.name.clone() };
    let event = Event::new(context.clock.now(), actor, &admin.os_user, action).detail(detail);
    Ok(audit::record(tx, &[event]).await?)
}
