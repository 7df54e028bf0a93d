//! Sessions of the staff pages: begun by a proof, told by a word in a cookie, ended by time or by hand.
//!
//! The word is 256 random bits, of which only a digest is stored. Whether a session still holds is asked of the
//! database at every request, with the account it belongs to: an account that has ended or is closed acts no more.
//! A session that has seen a password only is half: it ends when the second factor is given, and a whole one with
//! another word takes its place.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{ProvedAccount, StaffError};
use crate::audit::{self, Actor, Event};
use crate::store::session::{self, SessionRow};
use crate::store::{self, Tx, account};
use crate::task::Context;

/// A session ends when it has not been used for so long.
pub const IDLE: TimeDelta = TimeDelta::minutes(15);
/// A session ends so long after it was begun, used or not.
pub const ABSOLUTE: TimeDelta = TimeDelta::hours(10);
/// A session that waits for the second factor ends so long after the password.
pub const HALF: TimeDelta = TimeDelta::minutes(10);
/// Use is noted at most so often.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How much of what a browser says of itself is kept.
const AGENT_CHARACTERS: usize = 200;

/// The word of a session's cookie.
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

    /// What every form of the session carries, so that no other page can send one in its name.
    pub fn form_word(&self) -> String {
        hex::encode(Sha256::new().chain_update(b"form").chain_update(self.0).finalize())
    }

    fn digest(&self) -> [u8; 32] {
        Sha256::new().chain_update(b"session").chain_update(self.0).finalize().into()
    }
}

/// Who is at the other end, as far as the network tells.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The language chosen: `fi`, `sv` or `en`.
    pub language: String,
    /// What the browser says of itself.
    pub agent: String,
    /// The network address.
    pub address: String,
}

/// A session in force and whose it is.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its row.
    pub row: SessionRow,
    /// Its account.
    pub account: ProvedAccount,
    /// How many notices the account has not seen.
    pub unseen: i64,
}

/// The name under which the acts of a session's account stand beside those of operating-system users.
pub fn login_of(account: &str) -> String {
    format!("web:{account}")
}

/// What a session has seen of its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// A password only.
    Half,
    /// All that is asked for.
    Whole,
}

/// Stores a new session of an account that is being proved; the caller records it. Its word and its identifier.
pub(super) async fn insert(
    tx: &mut Tx,
    account: Uuid,
    visitor: &Visitor,
    now: DateTime<Utc>,
    seen: Seen,
) -> Result<(Token, Uuid), StaffError> {
    let token = Token::random();
    let chosen = account::language(tx, account).await?;
    let row = SessionRow {
        id: store::new_id(now),
        account,
        token_digest: token.digest().to_vec(),
        language: chosen.unwrap_or_else(|| visitor.language.clone()),
        agent: visitor.agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARACTERS).collect(),
        address: visitor.address.clone(),
        created_at: now,
        seen_at: now,
        expires_at: now + if seen == Seen::Half { HALF } else { ABSOLUTE },
        ended_at: None,
        is_half: seen == Seen::Half,
    };
    session::insert(tx, &row).await?;
    Ok((token, row.id))
}

/// The session of a cookie's word, if it still holds, with its account as it is now.
///
/// # Errors
/// When the database does not answer.
pub async fn find(context: &Context, token: &Token) -> Result<Option<Session>, StaffError> {
    let now = context.clock.now();
    let mut read = context.db.read().await?;
    let Some(row) = session::by_digest(&mut read, &token.digest()).await? else { return Ok(None) };
    // A clock that was set back ends a session rather than prolonging it.
    let is_over = row.ended_at.is_some() || now >= row.expires_at || now - row.seen_at >= IDLE;
    if is_over || now < row.created_at - SEEN_EVERY {
        return Ok(None);
    }
    let found = account::get(&mut read, row.account).await?;
    if found.disabled_at.is_some() || found.ends_on < context.clock.today() {
        return Ok(None);
    }
    let municipalities = account::municipalities(&mut read, found.id).await?;
    let unseen = store::reveal::count_unseen(&mut read, found.id).await?;
    drop(read);
    let login = login_of(&found.name);
    let account = ProvedAccount::new(found, municipalities, &login)?;
    if now - row.seen_at >= SEEN_EVERY {
        let mut tx = context.db.begin().await?;
        session::seen(&mut tx, row.id, now).await?;
        tx.commit("session.seen").await?;
    }
    Ok(Some(Session { row, account, unseen }))
}

/// Whether a session found earlier still holds, with the role it had. This is no use of it: a page that is only left
/// open does not keep its session from ending.
///
/// # Errors
/// When the database does not answer.
pub async fn holds(context: &Context, session: &Session) -> Result<bool, StaffError> {
    let now = context.clock.now();
    let mut read = context.db.read().await?;
    let open = session::open_of(&mut read, session.account.id, now).await?;
    let row = open.into_iter().find(|row| row.id == session.row.id);
    if row.is_none_or(|row| now - row.seen_at >= IDLE) {
        return Ok(false);
    }
    let account = account::get(&mut read, session.account.id).await?;
    let in_force = account.disabled_at.is_none() && account.ends_on >= context.clock.today();
    Ok(in_force && account.role == session.account.role.as_str())
}

/// Ends a session of an account, and records it; false when the account has none such that has not ended.
///
/// # Errors
/// When it cannot be stored.
pub async fn end(context: &Context, account: &ProvedAccount, id: Uuid) -> Result<bool, StaffError> {
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    if !session::end(&mut tx, account.id, id, now).await? {
        return Ok(false);
    }
    store::session_note::delete_of(&mut tx, id).await?;
    record(&mut tx, account, now, "session.end", id).await?;
    tx.commit("session.end").await?;
    Ok(true)
}

async fn record(
    tx: &mut Tx,
    account: &ProvedAccount,
    now: DateTime<Utc>,
    action: &'static str,
    id: Uuid,
) -> Result<(), StaffError> {
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let event = Event::new(now, actor, &account.os_user, action).detail(format!("session {id}"));
    Ok(audit::record(tx, &[event]).await?)
}
