//! Clients of the JSON interface: programs that act in the name of one account, known by a token.
//!
//! The token is 256 random bits, of which only a digest is stored; its holder sees it for a short while after it was
//! made. Whether a client may act is asked of the database at every request, with the account it belongs to: when the
//! account ends or is closed, or its rights change, so does what its clients may do. What a client does stands in the
//! audit log under the account's name, with the client beside it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::administer;
use super::factor::{self, Once};
use super::own::Holder;
use super::proof::is_in_force;
use super::{ProvedAccount, StaffError, password};
use crate::audit::{self, Actor, Event};
use crate::identity_code::IdentityCode;
use crate::store::api_client::{self, ApiClientRow};
use crate::store::{self, StoreError, account};
use crate::task::Context;

/// What every token begins with, so that it is known for what it is wherever it turns up.
pub const PREFIX: &str = "ajt_";
/// The longest name of a client, in characters.
pub const LONGEST_NAME: usize = 40;
/// The most clients of an account that are in force.
pub const MOST: usize = 20;
/// Use is noted at most so often.
const USED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The token of a client.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Token {
    fn random() -> Self {
        Self(rand::random())
    }

    /// A token from its word, if it may be one.
    pub fn parse(word: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(word.strip_prefix(PREFIX)?).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    fn word(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0)))
    }

    fn digest(&self) -> [u8; 32] {
        Sha256::new().chain_update(b"api client").chain_update(self.0).finalize().into()
    }
}

/// What is wrong with a new client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The name.
    #[error("a client's name has 1 to 40 letters, digits, dots, dashes or underscores, and no identity code")]
    Name,
    /// The account has or had a client of the name.
    #[error("there is or was a client of this name already; choose another")]
    NameTaken,
    /// The last day.
    #[error("the last day must be in the future, and not after the account's")]
    EndDate,
    /// There are too many.
    #[error("an account has at most 20 clients; revoke one first")]
    TooMany,
}

/// A client to be made.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// What its holder calls it.
    pub name: String,
    /// Whether it may change anything.
    pub may_decide: bool,
    /// Its last day.
    pub ends_on: NaiveDate,
}

/// A client in force, and in whose name it acts.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its row.
    pub row: ApiClientRow,
    /// Its account, as it is now.
    pub account: ProvedAccount,
}

/// The name under which the acts of a client stand beside those of operating-system users.
pub fn login_of(account: &str, client: &str) -> String {
    format!("api:{account}/{client}")
}

/// Whether a client may be used by its own row; its account is judged besides.
pub fn holds(row: &ApiClientRow, today: NaiveDate) -> bool {
    row.revoked_at.is_none() && row.ends_on >= today
}

/// The client of a token, if it may act, with its account as it is now.
///
/// # Errors
/// When the database does not answer.
pub async fn find(context: &Context, token: &Token) -> Result<Option<Client>, StaffError> {
    let now = context.clock.now();
    let mut read = context.db.read().await?;
    let Some(row) = api_client::by_digest(&mut read, &token.digest()).await? else { return Ok(None) };
    let found = account::get(&mut read, row.account).await?;
    if !holds(&row, context.clock.today()) || !is_in_force(&found, &*context.clock) {
        return Ok(None);
    }
    let municipalities = account::municipalities(&mut read, found.id).await?;
    drop(read);
    let login = login_of(&found.name, &row.name);
    let account = ProvedAccount::new(found, municipalities, &login)?;
    if row.last_used_at.is_none_or(|at| now - at >= USED_EVERY) {
        let mut tx = context.db.begin().await?;
        api_client::used(&mut tx, row.id, now).await?;
        tx.commit("api_client.used").await?;
    }
    Ok(Some(Client { row, account }))
}

/// The clients of an account, the newest first, those that are no more included.
///
/// # Errors
/// When they cannot be read.
pub async fn list(context: &Context, account: Uuid) -> Result<Vec<ApiClientRow>, StaffError> {
    Ok(api_client::of_account(&mut context.db.read().await?, account).await?)
}

/// Makes a client; its holder can see the token for a while.
///
/// # Errors
/// [`StaffError::NotProved`] when the password is wrong or not judged now; [`StaffError::Client`] says what cannot be
/// stored.
pub async fn add(holder: Holder<'_>, new: NewClient, typed: SecretString) -> Result<Uuid, StaffError> {
    let Holder { context, session, .. } = holder;
    let id = session.account.id;
    let mut read = context.db.read().await?;
    let stored = account::get(&mut read, id).await?;
    check(context, &new, stored.ends_on)?;
    let guesses = holder.guesses(&mut read).await?;
    let is_locked = guesses.are_locked(&mut read, context.clock.now()).await?;
    drop(read);
    let fits = !is_locked && password::verify(typed, stored.password_hash).await?;
    let keyring = factor::keyring(context, id).await?;

    let mut tx = context.db.begin().await?;
    let now = context.clock.now();
    let held = guesses.hold(&mut tx, now).await?;
    if is_locked || held.are_locked(now) {
        return holder.refuse(tx, "locked").await;
    }
    if !fits {
        held.count(&mut tx, now).await?;
        return holder.refuse(tx, "wrong password").await;
    }
    // Of two made at once the second sees the first.
    account::lock(&mut tx, id).await?;
    let all = api_client::of_account(&mut tx, id).await?;
    if all.iter().any(|one| one.name == new.name) {
        return Err(Problem::NameTaken.into());
    }
    if all.iter().filter(|one| holds(one, context.clock.today())).count() >= MOST {
        return Err(Problem::TooMany.into());
    }
    let token = Token::random();
    let row = row(id, &new, &token, now);
    match api_client::insert(&mut tx, &row).await {
        Err(StoreError::Taken) => return Err(Problem::NameTaken.into()),
        inserted => inserted?,
    }
    factor::show(context, &mut tx, &keyring, (id, id), Once::Token, &token.word()).await?;
    let may = if row.may_decide { "decides" } else { "reads" };
    holder
        .record(&mut tx, "account.client_add", format!("client {}, {may}, until {}", row.name, row.ends_on))
        .await?;
    tx.commit("account.client_add").await?;
    Ok(row.id)
}

/// Forgets the token that is shown: its holder has put it where it belongs.
///
/// # Errors
/// When it cannot be stored.
pub async fn hide(holder: Holder<'_>) -> Result<(), StaffError> {
    let mut tx = holder.context.db.begin().await?;
    if factor::hide(&mut tx, holder.session.account.id, Once::Token).await? {
        holder.record(&mut tx, "account.client_kept", "token taken over".to_owned()).await?;
    }
    Ok(tx.commit("account.client_kept").await?)
}

/// Revokes a client: one of one's own, or, for an administrator, of another's account. Its next request is refused.
///
/// # Errors
/// [`StaffError::NotFound`] when the account has no such client that has not been revoked;
/// [`StaffError::NotAllowed`] for who is no administrator.
pub async fn revoke(context: &Context, by: &ProvedAccount, of: Uuid, id: Uuid) -> Result<(), StaffError> {
    if by.id != of {
        administer::only_administrators(by)?;
    }
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let all = api_client::of_account(&mut tx, of).await?;
    let row = all.into_iter().find(|row| row.id == id).ok_or(StaffError::NotFound)?;
    if !api_client::revoke(&mut tx, of, id, now).await? {
        return Err(StaffError::NotFound);
    }
    // A token that nobody has seen yet is none any more.
    factor::hide(&mut tx, of, Once::Token).await?;
    let name = account::get(&mut tx, of).await?.name;
    let actor = Actor::Account { id: by.id, name: by.name.clone() };
    let event = Event::new(now, actor, &by.os_user, "account.client_revoke");
    audit::record(&mut tx, &[event.detail(format!("account {name}: client {}", row.name))]).await?;
    Ok(tx.commit("account.client_revoke").await?)
}

fn check(context: &Context, new: &NewClient, account_ends_on: NaiveDate) -> Result<(), Problem> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let length = new.name.chars().count();
    if !(1..=LONGEST_NAME).contains(&length)
        || !new.name.chars().all(is_plain)
        || IdentityCode::is_in(&new.name)
    {
        return Err(Problem::Name);
    }
    if new.ends_on <= context.clock.today() || new.ends_on > account_ends_on {
        return Err(Problem::EndDate);
    }
    Ok(())
}

fn row(account: Uuid, new: &NewClient, token: &Token, now: DateTime<Utc>) -> ApiClientRow {
    ApiClientRow {
        id: store::new_id(now),
        account,
        name: new.name.clone(),
        token_digest: token.digest().to_vec(),
        may_decide: new.may_decide,
        created_at: now,
        ends_on: new.ends_on,
        last_used_at: None,
        revoked_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_from_its_word_and_nothing_else_is_one() {
        let token = Token::random();
        let word = token.word();
        assert!(word.starts_with(PREFIX) && word.len() == PREFIX.len() + 43);
        assert_eq!(Token::parse(&word).unwrap().digest(), token.digest());
        let cut = &word[..word.len() - 1];
        for other in ["", PREFIX, cut, &word[PREFIX.len()..], &format!("{}x", *word), &format!("{} ", *word)]
        {
            assert!(Token::parse(other).is_none(), "{other}");
        }
        assert_eq!(format!("{token:?}"), "***");
    }
}
