//! Proving who acts.

use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::{ProvedAccount, StaffError, lock, password};
use crate::audit::{self, Actor, Event};
use crate::clock::Clock;
use crate::store::account::{self, AccountRow};
use crate::store::{Db, Tx};

/// How often a caller waits for a lock that others' attempts renew; after that the attempt has failed.
const WAITS: usize = 3;

/// What a person shows to be taken for an account's holder.
#[derive(Debug)]
pub enum Proof {
    /// The account's password.
    Password(SecretString),
    /// The operating-system user who calls, to whom the account is bound.
    OsUser,
}

/// What one attempt came to.
enum Attempt {
    Proved(Box<ProvedAccount>),
    Refused,
    LockedUntil(DateTime<Utc>),
}

/// Proves that the caller holds an account.
///
/// While the account is locked for a few seconds it waits; of several attempts at once, one is judged and the
/// others wait for the lock it leaves behind.
///
/// # Errors
/// [`StaffError::NotProved`], whatever the reason.
pub async fn prove(
    db: &Db,
    clock: &dyn Clock,
    name: &str,
    proof: Proof,
    os_user: &str,
) -> Result<ProvedAccount, StaffError> {
    let account = {
        let mut tx = db.read().await?;
        account::by_name(&mut tx, name).await?
    };
    let (fits, by_password) = match proof {
        Proof::Password(password) => {
            let stored = account.as_ref().and_then(|account| account.password_hash.clone());
            (password::verify(password, stored).await?, true)
        }
        Proof::OsUser => (account.as_ref().is_some_and(|account| is_bound_to(account, os_user)), false),
    };
    for _ in 0..WAITS {
        match attempt(db, clock, name, os_user, fits, by_password).await? {
            Attempt::Proved(account) => return Ok(*account),
            Attempt::Refused => return Err(StaffError::NotProved),
            Attempt::LockedUntil(until) => {
                let wait = (until - clock.now()).num_milliseconds();
                if wait > lock::LONGEST_SHORT_SECONDS * 1000 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(u64::try_from(wait).unwrap_or_default())).await;
            }
        }
    }
    note_refusal_by_lock(db, clock, os_user, name).await?;
    Err(StaffError::NotProved)
}

/// Whether an account in force is bound to an operating-system user, who then needs no password.
///
/// # Errors
/// When the database does not answer.
pub async fn is_bound(db: &Db, clock: &dyn Clock, name: &str, os_user: &str) -> Result<bool, StaffError> {
    let mut tx = db.read().await?;
    let account = account::by_name(&mut tx, name).await?;
    Ok(account.is_some_and(|account| is_bound_to(&account, os_user) && is_in_force(&account, clock)))
}

fn is_bound_to(account: &AccountRow, os_user: &str) -> bool {
    account.os_login.as_deref() == Some(os_user)
}

pub(super) fn is_in_force(account: &AccountRow, clock: &dyn Clock) -> bool {
    account.disabled_at.is_none() && account.ends_on >= clock.today()
}

/// Judges one attempt: reads the account anew under a lock, counts, and writes the audit row, all in one
/// transaction.
async fn attempt(
    db: &Db,
    clock: &dyn Clock,
    name: &str,
    os_user: &str,
    fits: bool,
    by_password: bool,
) -> Result<Attempt, StaffError> {
    let mut tx = db.begin().await?;
    let Some(account) = locked_row(&mut tx, name).await? else {
        // The name is not written down: it may be a password in the wrong place.
        let event = refusal(clock, os_user).detail("no such account");
        audit::record(&mut tx, &[event]).await?;
        tx.commit("staff.refuse").await?;
        return Ok(Attempt::Refused);
    };
    let now = clock.now();
    if by_password && let Some(until) = account.locked_until.filter(|until| *until > now) {
        return Ok(Attempt::LockedUntil(until));
    }
    let in_force = is_in_force(&account, clock);
    if fits && in_force {
        if by_password {
            account::note_attempt(&mut tx, account.id, 0, None).await?;
        }
        let municipalities = account::municipalities(&mut tx, account.id).await?;
        let actor = Actor::Account { id: account.id, name: account.name.clone() };
        let way = if by_password { "password" } else { "operating-system user" };
        audit::record(&mut tx, &[Event::new(now, actor, os_user, "account.prove").detail(way)]).await?;
        tx.commit("staff.prove").await?;
        return Ok(Attempt::Proved(Box::new(ProvedAccount::new(account, municipalities, os_user)?)));
    }
    if by_password {
        let failures = lock::counted(account.failures, account.locked_until, now) + 1;
        let until = lock::until(failures, now);
        account::note_attempt(&mut tx, account.id, failures, Some(until)).await?;
    }
    let why = match (fits, in_force) {
        (true, _) => "not in force",
        (false, _) if by_password => "wrong password",
        (false, _) => "bound to another operating-system user, or to none",
    };
    let event = refusal(clock, os_user).detail(format!("account {}: {why}", account.name));
    audit::record(&mut tx, &[event]).await?;
    tx.commit("staff.refuse").await?;
    Ok(Attempt::Refused)
}

async fn locked_row(tx: &mut Tx, name: &str) -> Result<Option<AccountRow>, StaffError> {
    let Some(found) = account::by_name(tx, name).await? else { return Ok(None) };
    account::lock(tx, found.id).await?;
    // What was read before the lock may have been changed by whoever held it.
    Ok(account::by_name(tx, name).await?)
}

async fn note_refusal_by_lock(
    db: &Db,
    clock: &dyn Clock,
    os_user: &str,
    name: &str,
) -> Result<(), StaffError> {
    let mut tx = db.begin().await?;
    audit::record(&mut tx, &[refusal(clock, os_user).detail(format!("account {name}: locked"))]).await?;
    tx.commit("staff.refuse").await?;
    Ok(())
}

pub(super) fn refusal(clock: &dyn Clock, os_user: &str) -> Event {
    Event::new(clock.now(), Actor::OsUser, os_user, "account.refuse")
}
