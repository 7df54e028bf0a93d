//! The second factor: an app that makes codes, a security key, or one of ten codes printed on paper.
//!
//! Whoever reads or decides about people, or says who may, shows something they have beside something they know. The
//! app's secret is sealed with the account's own data key; of printed codes keyed digests are kept; each code is taken
//! once. A new secret is pending until a code of it has been given.

mod app;
mod codes;
pub mod key;

use chrono::TimeDelta;
use secrecy::SecretString;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use codes::COUNT;

use super::StaffError;
use crate::seal::{Place, SealError};
use crate::store::data_key::{self, Keyring};
use crate::store::second_factor::FactorRow;
use crate::store::shown_once::ShownRow;
use crate::store::{StoreError, Tx, one_time_code, second_factor, security_key, shown_once};
use crate::task::Context;

/// How long a first password or one-time codes can be seen.
pub const SHOWN: TimeDelta = TimeDelta::minutes(10);

const PENDING: &str = "pending";
const CONFIRMED: &str = "confirmed";

/// How a code was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    App,
    OneTimeCode,
}

impl Way {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::OneTimeCode => "one-time code",
        }
    }
}

/// What an app needs to know to make the codes of an account.
#[derive(Debug)]
pub struct Enrolment {
    /// The secret in groups of four letters, to be typed.
    pub secret: SecretString,
    /// The address that an app reads from a picture.
    pub address: SecretString,
}

/// Whether an account has a second factor.
///
/// # Errors
/// When the database does not answer.
pub async fn is_set_up(context: &Context, account: Uuid) -> Result<bool, StaffError> {
    let mut read = context.db.read().await?;
    Ok(second_factor::get(&mut read, account, CONFIRMED).await?.is_some())
}

/// Whether a security key is all that an account has as a second factor.
pub(super) async fn is_last_key(tx: &mut Tx, account: Uuid) -> Result<bool, StaffError> {
    if second_factor::get(tx, account, CONFIRMED).await?.is_some() {
        return Ok(false);
    }
    Ok(security_key::of_account(tx, account).await?.len() <= 1)
}

/// How many one-time codes an account has left.
///
/// # Errors
/// When the database does not answer.
pub async fn codes_left(context: &Context, account: Uuid) -> Result<i64, StaffError> {
    let mut read = context.db.read().await?;
    Ok(one_time_code::left(&mut read, account).await?)
}

/// The pending secret of an account, for setting up an app; none when none is pending.
///
/// # Errors
/// When it cannot be read or does not open.
pub async fn pending(context: &Context, account: Uuid, name: &str) -> Result<Option<Enrolment>, StaffError> {
    let mut read = context.db.read().await?;
    let Some(row) = second_factor::get(&mut read, account, PENDING).await? else { return Ok(None) };
    drop(read);
    let secret = open_secret(&keyring(context, account).await?, &row)?;
    let (text, address) = (app::text(&secret), app::address(&secret, name));
    Ok(Some(Enrolment { secret: text.into(), address: address.into() }))
}

/// The data keys of an account, with a first one if it has none. It is committed before what it seals.
pub(super) async fn keyring(context: &Context, account: Uuid) -> Result<Keyring, StaffError> {
    let keyring = data_key::keyring(&context.db, &context.vault, &[account]).await?;
    match keyring.newest(account) {
        Ok(_) => Ok(keyring),
        Err(StoreError::Seal(SealError::DoesNotOpen { .. })) => {
            match data_key::create(&context.db, &context.vault, &[account], context.clock.now()).await {
                // Somebody else made it at the same time.
                Err(StoreError::Taken) => {
                    Ok(data_key::keyring(&context.db, &context.vault, &[account]).await?)
                }
                made => Ok(made?),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes a new secret and leaves it pending.
pub(super) async fn prepare(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    account: Uuid,
) -> Result<(), StaffError> {
    let key = keyring.newest(account)?;
    let secret = app::random();
    let sealed = key.seal(place(account), secret.as_slice()).map_err(StoreError::from)?;
    let row = FactorRow {
        account,
        state: PENDING.to_owned(),
        key_version: key.version,
        sealed,
        last_step: 0,
        made_at: context.clock.now(),
    };
    Ok(second_factor::put(tx, &row).await?)
}

/// Takes a code of the app or from paper; none when it is wrong or has been taken before.
pub(super) async fn take(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    account: Uuid,
    code: &str,
) -> Result<Option<Way>, StaffError> {
    let Some(row) = second_factor::get(tx, account, CONFIRMED).await? else { return Ok(None) };
    let now = context.clock.now();
    if let Some(step) = app::step(&open_secret(keyring, &row)?, code, now) {
        return Ok(second_factor::take_step(tx, account, step).await?.then_some(Way::App));
    }
    let digest = codes::digest(&context.vault, account, code);
    Ok(one_time_code::take(tx, account, &digest, now).await?.then_some(Way::OneTimeCode))
}

/// Puts the pending secret into force when a code of it is right.
pub(super) async fn confirm(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    account: Uuid,
    code: &str,
) -> Result<bool, StaffError> {
    let Some(row) = second_factor::get(tx, account, PENDING).await? else { return Ok(false) };
    let Some(step) = app::step(&open_secret(keyring, &row)?, code, context.clock.now()) else {
        return Ok(false);
    };
    Ok(second_factor::confirm(tx, account, step).await?)
}

/// Makes new one-time codes in place of the earlier ones, and lets the account see them for a while.
pub(super) async fn renew_codes(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    account: Uuid,
) -> Result<(), StaffError> {
    let new = codes::random();
    let digests: Vec<Vec<u8>> = new.iter().map(|code| codes::digest(&context.vault, account, code)).collect();
    one_time_code::replace(tx, account, &digests, context.clock.now()).await?;
    let words = Zeroizing::new(new.join("\n"));
    show(context, tx, keyring, (account, account), Once::Codes, &words).await
}

/// What is shown once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// A first password, to the administrator who hands it over.
    Password,
    /// One-time codes, to their holder.
    Codes,
    /// The token of a new client, to its holder.
    Token,
}

impl Once {
    fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Codes => "codes",
            Self::Token => "token",
        }
    }

    fn place(self, account: Uuid) -> Place {
        let column = match self {
            Self::Password => "sealed password",
            Self::Codes => "sealed codes",
            Self::Token => "sealed token",
        };
        Place { table: "shown_once", column, row: account }
    }
}

/// Lets a viewer see words of an account for a while.
pub(super) async fn show(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    (account, viewer): (Uuid, Uuid),
    kind: Once,
    words: &str,
) -> Result<(), StaffError> {
    let key = keyring.newest(account)?;
    let sealed = key.seal(kind.place(account), words.as_bytes()).map_err(StoreError::from)?;
    let row = ShownRow {
        account,
        kind: kind.as_str().to_owned(),
        viewer,
        key_version: key.version,
        sealed,
        shown_until: context.clock.now() + SHOWN,
    };
    Ok(shown_once::put(tx, &row).await?)
}

/// The words of an account that a viewer may still see.
///
/// # Errors
/// When they cannot be read or do not open.
pub async fn shown(
    context: &Context,
    account: Uuid,
    viewer: Uuid,
    kind: Once,
) -> Result<Option<SecretString>, StaffError> {
    let mut read = context.db.read().await?;
    let row = shown_once::get(&mut read, account, kind.as_str(), viewer, context.clock.now()).await?;
    drop(read);
    let Some(row) = row else { return Ok(None) };
    let keyring = keyring(context, account).await?;
    let key = keyring.get(account, row.key_version)?;
    let plain = key.open(kind.place(account), &row.sealed).map_err(StoreError::from)?;
    Ok(Some(String::from_utf8_lossy(&plain).into_owned().into()))
}

/// Forgets what was shown of an account.
pub(super) async fn hide(tx: &mut Tx, account: Uuid, kind: Once) -> Result<bool, StaffError> {
    Ok(shown_once::delete(tx, account, kind.as_str()).await?)
}

/// Takes an account's second factor away: its app, its security keys, its printed codes, and what was shown of them.
pub(super) async fn remove(tx: &mut Tx, account: Uuid) -> Result<(), StaffError> {
    second_factor::delete(tx, account).await?;
    security_key::delete_of(tx, account).await?;
    one_time_code::delete(tx, account).await?;
    hide(tx, account, Once::Codes).await?;
    Ok(())
}

fn place(account: Uuid) -> Place {
    Place { table: "second_factor", column: "sealed", row: account }
}

fn open_secret(keyring: &Keyring, row: &FactorRow) -> Result<Zeroizing<Vec<u8>>, StaffError> {
    let key = keyring.get(row.account, row.key_version)?;
    Ok(key.open(place(row.account), &row.sealed).map_err(StoreError::from)?)
}

/// A password nobody has chosen: a hundred and twenty random bits in letters that are not taken for one another.
pub(super) fn random_password() -> SecretString {
    let two = codes::random();
    let words: Vec<&str> = two.iter().take(2).map(String::as_str).collect();
    let text = words.join("-").to_lowercase();
    SecretString::from(text)
}
