//! What a session keeps for its next page and must not be in an address, such as the words of a search: sealed, and
//! gone with the session, or after as long as a session may rest.

use chrono::TimeDelta;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::session::IDLE;
use crate::seal::Place;
use crate::store::{self, Result, StoreError, Tx};
use crate::task::Context;

/// How long a note is read: a session that is not used for so long has ended.
pub const KEPT: TimeDelta = IDLE;

/// What a note is about; a session has one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whom somebody looks for.
    Search,
    /// What came of a question to VTJ.
    Check,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Check => "check",
        }
    }
}

/// Keeps a note of a session, in the place of an earlier one of its kind.
///
/// # Errors
/// When it cannot be sealed or stored.
pub async fn keep(
    context: &Context,
    tx: &mut Tx,
    session: Uuid,
    kind: Kind,
    note: &impl Serialize,
) -> Result<()> {
    let inconsistent = |_| StoreError::inconsistent("session_note", "sealed");
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(note).map_err(inconsistent)?);
    let sealed = context.vault.seal_note(place(session, kind), &plain)?;
    store::session_note::put(tx, session, kind.as_str(), &sealed, context.clock.now()).await
}

/// The note of a session; none when there is none, or it is too old.
///
/// # Errors
/// When it cannot be read. One that does not open is none.
pub async fn read<T: DeserializeOwned>(context: &Context, session: Uuid, kind: Kind) -> Result<Option<T>> {
    let since = context.clock.now() - KEPT;
    let mut read = context.db.read().await?;
    let sealed = store::session_note::get(&mut read, session, kind.as_str(), since).await?;
    drop(read);
    let Some(sealed) = sealed else { return Ok(None) };
    let Ok(plain) = context.vault.open_note(place(session, kind), &sealed) else { return Ok(None) };
    Ok(serde_json::from_slice(&plain).ok())
}

fn place(session: Uuid, kind: Kind) -> Place {
    Place { table: "session_note", column: kind.as_str(), row: session }
}
