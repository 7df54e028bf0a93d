//! Leases: of several daemons and commands on one database, one at a time works on a task.
//!
//! A lease has an epoch that grows with every change of holder. Every transaction of the task proves the
//! epoch first (and thereby prolongs the lease), so a process that was stopped or cut off and comes back
//! cannot write any more. The database's clock decides; our own is not asked.

use std::time::Duration;

use tokio::task::AbortHandle;

use crate::store::{self, Db, Result, StoreError, Tx};

/// How long a lease lasts without being prolonged, unless told otherwise.
pub const DEFAULT_TTL: Duration = Duration::from_mins(1);

/// Who takes leases: this process, told apart from every other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    name: String,
    ttl: Duration,
}

impl Holder {
    /// This process. `AJANTASA_LEASE_SECONDS` shortens the lease, for tests.
    pub fn this_process() -> Self {
        let ttl = std::env::var("AJANTASA_LEASE_SECONDS")
            .ok()
            .and_then(|seconds| seconds.parse().ok())
            .map_or(DEFAULT_TTL, Duration::from_secs);
        Self { name: format!("{} {} {}", machine(), std::process::id(), random_word()), ttl }
    }

    /// How long its leases last without being prolonged.
    pub fn ttl(&self) -> Duration {
        self.ttl
    }

    fn ttl_ms(&self) -> i64 {
        i64::try_from(self.ttl.as_millis()).unwrap_or(i64::MAX)
    }
}

/// A lease that is held. Dropped, it runs out by itself; [`Lease::release`] gives it back at once.
#[derive(Debug)]
pub struct Lease {
    db: Db,
    task: String,
    holder: Holder,
    epoch: i64,
    keeper: AbortHandle,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl Lease {
    /// Takes the lease of a task; `None` when another process holds it.
    ///
    /// A holder that ran on this machine and is gone gives way at once, without waiting for the end of its
    /// lease.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take(db: &Db, task: &str, holder: &Holder) -> Result<Option<Self>> {
        let mut tx = db.begin().await?;
        let held = store::lease::get(&mut tx, task).await?;
        let gone = held.map(|held| held.holder).filter(|name| is_gone(name));
        let epoch = store::lease::take(&mut tx, task, &holder.name, holder.ttl_ms(), gone.as_deref()).await?;
        tx.commit("lease.take").await?;
        let Some(epoch) = epoch else { return Ok(None) };
        let keeper = tokio::spawn(keep(db.clone(), task.to_owned(), holder.clone(), epoch)).abort_handle();
        Ok(Some(Self { db: db.clone(), task: task.to_owned(), holder: holder.clone(), epoch, keeper }))
    }

    /// Begins a transaction that can only be committed while the lease is ours.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when it is not.
    pub async fn begin(&self) -> Result<Tx> {
        let mut tx = self.db.begin().await?;
        if store::planted("no_epoch_check") {
            return Ok(tx);
        }
        store::lease::prove(&mut tx, &self.task, &self.holder.name, self.epoch, self.holder.ttl_ms()).await?;
        Ok(tx)
    }

    /// The epoch under which this holder works.
    pub fn epoch(&self) -> i64 {
        self.epoch
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// When the database does not answer; the lease then runs out by itself.
    pub async fn release(self) -> Result<()> {
        self.keeper.abort();
        let mut tx = self.db.begin().await?;
        store::lease::release(&mut tx, &self.task, &self.holder.name, self.epoch).await?;
        tx.commit("lease.release").await
    }
}

/// Whether somebody works on a task, as far as its lease tells.
///
/// # Errors
/// When the database does not answer.
pub async fn is_held(tx: &mut Tx, task: &str) -> Result<bool> {
    let now = tx.database_now_ms().await?;
    let held = store::lease::get(tx, task).await?;
    Ok(held.is_some_and(|held| held.expires_ms >= now && !is_gone(&held.holder)))
}

/// Prolongs a lease while its task waits for the network.
async fn keep(db: Db, task: String, holder: Holder, epoch: i64) {
    let mut beat = tokio::time::interval(holder.ttl / 3);
    beat.tick().await;
    loop {
        beat.tick().await;
        if let Err(StoreError::LeaseLost(_)) = prolong(&db, &task, &holder, epoch).await {
            return;
        }
    }
}

async fn prolong(db: &Db, task: &str, holder: &Holder, epoch: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    store::lease::prove(&mut tx, task, &holder.name, epoch, holder.ttl_ms()).await?;
    tx.commit("lease.prolong").await
}

/// A name for the machine and the process space, so that process numbers can be compared.
fn machine() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let space = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    format!("{}{}", boot.trim(), space.display()).replace(' ', "")
}

fn random_word() -> String {
    hex::encode(rand::random::<[u8; 4]>())
}

/// Whether a holder was a process of this machine that does not run any more.
fn is_gone(name: &str) -> bool {
    let mut words = name.split(' ');
    let (Some(its_machine), Some(process)) = (words.next(), words.next()) else { return false };
    let Ok(process) = process.parse::<i32>() else { return false };
    its_machine == machine()
        && nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), None) == Err(nix::errno::Errno::ESRCH)
}
