//! Signing in to the staff pages: a password, then the second factor, then a whole session.
//!
//! Answers come at once, whatever is locked; what is wrong is not told. Each attempt is judged, counted and recorded in
//! one transaction.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::device::{self, Device};
use super::factor::{self, Way, key};
use super::guesses::{Guesses, Held};
use super::proof::{is_in_force, refusal};
use super::session::{self, Seen, Session, Token, Visitor, login_of};
use super::{StaffError, password};
use crate::audit::{self, Actor, Event};
use crate::store::account::AccountRow;
use crate::store::{Tx, account, first_password, second_factor, session as sessions};
use crate::task::Context;

/// The operating-system user of whoever has not signed in.
const NOBODY: &str = "web";

/// From where somebody comes.
#[derive(Debug, Clone, Copy)]
pub struct Entrance<'a> {
    /// What attempts work with.
    pub context: &'a Context,
    /// What the network tells of the visitor.
    pub visitor: &'a Visitor,
    /// The word of the device's cookie, if it has one.
    pub device: Option<&'a Device>,
    /// Whether a second factor is asked for.
    pub asks_second_factor: bool,
}

/// A session that was begun.
#[derive(Debug)]
pub struct Begun {
    /// The word of its cookie.
    pub token: Token,
    /// What comes next.
    pub step: Step,
}

/// What comes after a word that was right.
#[derive(Debug)]
pub enum Step {
    /// The second factor.
    SecondFactor,
    /// The pages. The device is known from now on, by this word.
    Done(Device),
    /// The pages, after a look at the one-time codes that have just been made.
    Codes(Device),
}

/// Judges a name and a password.
///
/// # Errors
/// [`StaffError::NotProved`], whatever the reason.
pub async fn by_password(
    entrance: Entrance<'_>,
    name: &str,
    password: SecretString,
) -> Result<Begun, StaffError> {
    let context = entrance.context;
    let mut read = context.db.read().await?;
    let found = account::by_name(&mut read, name).await?;
    let id = found.as_ref().map(|found| found.id);
    let guesses = Guesses::of(context, &mut read, (name, id), entrance.visitor, entrance.device).await?;
    let is_locked = guesses.are_locked(&mut read, context.clock.now()).await?;
    drop(read);
    let stored = found.as_ref().and_then(|found| found.password_hash.clone());
    let fits = !is_locked && password::verify(password, stored).await?;

    let mut tx = context.db.begin().await?;
    let now = context.clock.now();
    let held = guesses.hold(&mut tx, now).await?;
    let found = account::by_name(&mut tx, name).await?;
    let subject = found
        .as_ref()
        .map_or_else(|| "no such account".to_owned(), |found| format!("account {}", found.name));
    if is_locked || held.are_locked(now) {
        return refuse(context, tx, format!("{subject}: locked")).await;
    }
    let in_force = found.filter(|found| fits && is_in_force(found, &*context.clock));
    let Some(found) = in_force else {
        held.count(&mut tx, now).await?;
        let why = if fits { "not in force" } else { "wrong password" };
        return refuse(context, tx, format!("{subject}: {why}")).await;
    };
    if entrance.asks_second_factor {
        return ask_second_factor(entrance, tx, &found, now, "password").await;
    }
    let (token, device) = begin_whole(entrance, tx, &found, &held, "by password").await?;
    Ok(Begun { token, step: Step::Done(device) })
}

/// Begins a half session; where the account has no second factor yet, with a secret to set one up.
async fn ask_second_factor(
    entrance: Entrance<'_>,
    tx: Tx,
    found: &AccountRow,
    now: DateTime<Utc>,
    by: &str,
) -> Result<Begun, StaffError> {
    // The data key is committed before what it seals, and so outside of this transaction.
    drop(tx);
    let context = entrance.context;
    let keyring = factor::keyring(context, found.id).await?;
    let mut tx = context.db.begin().await?;
    let is_set_up = second_factor::get(&mut tx, found.id, "confirmed").await?.is_some();
    if !is_set_up {
        factor::prepare(context, &mut tx, &keyring, found.id).await?;
    }
    let (token, id) = session::insert(&mut tx, found.id, entrance.visitor, now, Seen::Half).await?;
    let next = if is_set_up { "second factor asked" } else { "second factor to be set up" };
    record(&mut tx, found, now, "account.prove", format!("{by}, {next}, session {id}")).await?;
    tx.commit("session.half").await?;
    Ok(Begun { token, step: Step::SecondFactor })
}

/// Begins the session of an account that the directory vouches for; a half one where the second factor is asked for.
///
/// # Errors
/// [`StaffError::NotProved`] when the account is not in force any more.
#[cfg(feature = "oidc")]
pub(super) async fn by_directory(
    entrance: Entrance<'_>,
    account: uuid::Uuid,
    asks_second_factor: bool,
) -> Result<Begun, StaffError> {
    let context = entrance.context;
    let mut tx = context.db.begin().await?;
    let now = context.clock.now();
    account::lock(&mut tx, account).await?;
    let found = account::get(&mut tx, account).await?;
    if !is_in_force(&found, &*context.clock) {
        return refuse(context, tx, format!("account {}: not in force", found.name)).await;
    }
    if asks_second_factor {
        return ask_second_factor(entrance, tx, &found, now, "directory").await;
    }
    let device = device::remember(&mut tx, entrance.device, account, now).await?;
    let (token, id) = session::insert(&mut tx, account, entrance.visitor, now, Seen::Whole).await?;
    record(&mut tx, &found, now, "session.begin", format!("session {id}, by directory")).await?;
    tx.commit("session.begin").await?;
    Ok(Begun { token, step: Step::Done(device) })
}

/// Judges a code of a half session, and with the right one begins a whole session in its place: with another word,
/// and with the password that its holder has chosen where the old one was handed over.
///
/// # Errors
/// [`StaffError::NotProved`] when the code is wrong, was used before, or is not judged now;
/// [`StaffError::Password`] when the new password cannot be used.
pub async fn by_code(
    entrance: Entrance<'_>,
    half: &Session,
    code: &str,
    new_password: Option<SecretString>,
) -> Result<Begun, StaffError> {
    let context = entrance.context;
    let (account, name) = (half.row.account, half.account.name.as_str());
    let mut read = context.db.read().await?;
    let guesses =
        Guesses::of(context, &mut read, (name, Some(account)), entrance.visitor, entrance.device).await?;
    let is_first = first_password::get(&mut read, account).await?.is_some();
    drop(read);
    let hash = match new_password {
        Some(password) if is_first => Some(password::hash(password).await?),
        None if is_first => return Err(StaffError::Password("choose a password of your own")),
        _ => None,
    };
    let keyring = factor::keyring(context, account).await?;

    let mut tx = context.db.begin().await?;
    let now = context.clock.now();
    let held = guesses.hold(&mut tx, now).await?;
    let found = account::get(&mut tx, account).await?;
    if held.are_locked(now) || !is_in_force(&found, &*context.clock) {
        let why = if held.are_locked(now) { "locked" } else { "not in force" };
        return refuse(context, tx, format!("account {name}: {why}")).await;
    }
    let is_set_up = second_factor::get(&mut tx, account, "confirmed").await?.is_some();
    let way = if is_set_up {
        factor::take(context, &mut tx, &keyring, account, code).await?
    } else {
        factor::confirm(context, &mut tx, &keyring, account, code).await?.then_some(Way::App)
    };
    let Some(way) = way else {
        held.count(&mut tx, now).await?;
        return refuse(context, tx, format!("account {name}: wrong code")).await;
    };
    if !sessions::end(&mut tx, account, half.row.id, now).await? {
        return refuse(context, tx, format!("account {name}: the session has ended")).await;
    }
    if let Some(hash) = &hash {
        account::set_password(&mut tx, account, hash).await?;
        first_password::delete(&mut tx, account).await?;
    }
    if !is_set_up {
        factor::renew_codes(context, &mut tx, &keyring, account).await?;
    }
    let mut detail = format!("by {} and {}", first_way(&found), way.as_str());
    if !is_set_up {
        detail.push_str(", second factor set up");
    }
    if hash.is_some() {
        detail.push_str(", password chosen");
    }
    let (token, device) = begin_whole(entrance, tx, &found, &held, &detail).await?;
    let step = if is_set_up { Step::Done(device) } else { Step::Codes(device) };
    Ok(Begun { token, step })
}

/// Judges the answer of a security key of a half session, and with the right one begins a whole session in its place.
///
/// # Errors
/// [`StaffError::NotProved`] when the answer is wrong, was given before, or is not judged now;
/// [`StaffError::Password`] when the password was handed over: then a code is asked for, and another password.
pub async fn by_key(
    entrance: Entrance<'_>,
    half: &Session,
    site: &key::Site,
    answer: &str,
) -> Result<Begun, StaffError> {
    let context = entrance.context;
    let (account, name) = (half.row.account, half.account.name.as_str());
    let mut read = context.db.read().await?;
    let guesses =
        Guesses::of(context, &mut read, (name, Some(account)), entrance.visitor, entrance.device).await?;
    let is_first = first_password::get(&mut read, account).await?.is_some();
    drop(read);
    if is_first {
        return Err(StaffError::Password("choose a password of your own"));
    }
    let keyring = factor::keyring(context, account).await?;

    let mut tx = context.db.begin().await?;
    let now = context.clock.now();
    let held = guesses.hold(&mut tx, now).await?;
    let found = account::get(&mut tx, account).await?;
    if held.are_locked(now) || !is_in_force(&found, &*context.clock) {
        let why = if held.are_locked(now) { "locked" } else { "not in force" };
        return refuse(context, tx, format!("account {name}: {why}")).await;
    }
    if let Err(why) = key::take(context, &mut tx, &keyring, (half.row.id, account), site, answer).await? {
        held.count(&mut tx, now).await?;
        return refuse(context, tx, format!("account {name}: {why}")).await;
    }
    if !sessions::end(&mut tx, account, half.row.id, now).await? {
        return refuse(context, tx, format!("account {name}: the session has ended")).await;
    }
    let (token, device) =
        begin_whole(entrance, tx, &found, &held, &format!("by {} and security key", first_way(&found)))
            .await?;
    Ok(Begun { token, step: Step::Done(device) })
}

/// By what somebody came to the second step: who signs in by the directory has no password.
fn first_way(account: &AccountRow) -> &'static str {
    if account.password_hash.is_some() { "password" } else { "directory" }
}

/// Begins a whole session of an account that has been proved, and forgets its wrong words.
async fn begin_whole(
    entrance: Entrance<'_>,
    mut tx: Tx,
    found: &AccountRow,
    held: &Held,
    how: &str,
) -> Result<(Token, Device), StaffError> {
    let now = entrance.context.clock.now();
    held.clear(&mut tx, now).await?;
    let device = device::remember(&mut tx, entrance.device, found.id, now).await?;
    let (token, id) = session::insert(&mut tx, found.id, entrance.visitor, now, Seen::Whole).await?;
    record(&mut tx, found, now, "session.begin", format!("session {id}, {how}")).await?;
    tx.commit("session.begin").await?;
    Ok((token, device))
}

async fn refuse<T>(context: &Context, mut tx: Tx, why: String) -> Result<T, StaffError> {
    let event = refusal(&*context.clock, NOBODY).detail(why);
    audit::record(&mut tx, &[event]).await?;
    tx.commit("staff.refuse").await?;
    Err(StaffError::NotProved)
}

async fn record(
    tx: &mut Tx,
    account: &AccountRow,
    now: DateTime<Utc>,
    action: &'static str,
    detail: String,
) -> Result<(), StaffError> {
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let event = Event::new(now, actor, &login_of(&account.name), action).detail(detail);
    Ok(audit::record(tx, &[event]).await?)
}
