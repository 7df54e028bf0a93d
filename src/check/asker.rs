//! Who asks: a member of staff, or a run of a schedule.
//!
//! A request to VTJ names the person or the schedule that asked. Whoever it is decides under which rules a
//! patron may be asked about, in which word VTJ is told of it, and who stands in the logs.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::audit::Actor;
use crate::lease::Lease;
use crate::seal::Vault;
use crate::staff::ProvedAccount;
use crate::store::{Result, Tx};
use crate::task::Context;
use crate::vtj::query::EndUser;

/// What the audit log and the disclosure log call the work of a run.
pub(super) const RUN: &str = "run";

/// A run of a schedule that asks about the people it has chosen.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleAsker<'a> {
    /// The schedule.
    pub id: Uuid,
    /// Its name.
    pub name: &'a str,
    /// The version of it that the run carries out.
    pub version: i64,
    /// The municipalities whose patrons it may ask about, by three-digit code.
    pub municipalities: &'a BTreeSet<String>,
    /// The run.
    pub run: Uuid,
    /// The operating-system user of the process.
    pub os_user: &'a str,
    /// The lease under which the run works: every transaction of a question proves it.
    pub lease: &'a Lease,
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Asker<'a> {
    /// A member of staff, who has been proved.
    Account {
        /// The account.
        account: &'a ProvedAccount,
        /// What the question is one of many of: a file of debts.
        run: Option<Uuid>,
    },
    /// A run of a schedule.
    Schedule(&'a ScheduleAsker<'a>),
}

impl Asker<'_> {
    /// Who acts, as the audit log says it.
    pub(super) fn actor(&self) -> Actor {
        match self {
            Self::Account { account, .. } => Actor::Account { id: account.id, name: account.name.clone() },
            Self::Schedule(_) => Actor::Task(RUN),
        }
    }

    /// The operating-system user of the process.
    pub(super) fn os_user(&self) -> &str {
        match self {
            Self::Account { account, .. } => &account.os_user,
            Self::Schedule(schedule) => schedule.os_user,
        }
    }

    /// Who asked, as the disclosure log says it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Account { account, .. } => account.name.clone(),
            Self::Schedule(schedule) => format!("schedule {}", schedule.name),
        }
    }

    /// The account of the member of staff.
    pub(super) fn account(&self) -> Option<Uuid> {
        match self {
            Self::Account { account, .. } => Some(account.id),
            Self::Schedule(_) => None,
        }
    }

    /// The task or command in the disclosure log.
    pub(super) fn task(&self) -> &'static str {
        match self {
            Self::Account { .. } => "check",
            Self::Schedule(_) => RUN,
        }
    }

    /// What the question is one of many of.
    pub(super) fn run(&self) -> Option<Uuid> {
        match self {
            Self::Account { run, .. } => *run,
            Self::Schedule(schedule) => Some(schedule.run),
        }
    }

    /// Who asks, in the word that VTJ keeps: it stands for the account or the schedule, and only our own log
    /// says for which.
    pub(super) fn end_user(&self, vault: &Vault) -> EndUser {
        let (what, id) = match self {
            Self::Account { account, .. } => (b"end user".as_slice(), account.id),
            Self::Schedule(schedule) => (b"end user of a schedule".as_slice(), schedule.id),
        };
        let digest = vault.digest(&[what, id.as_bytes()]);
        let word = hex::encode(digest.iter().take(12).copied().collect::<Vec<u8>>());
        EndUser::new(&format!("aj-{word}")).expect("hexadecimal digits are among its characters")
    }

    /// Whether the asker is shown anything of a person.
    pub(super) fn is_shown(&self) -> bool {
        matches!(self, Self::Account { .. })
    }

    /// Begins a transaction that writes; that of a run can only be committed while its lease is held.
    pub(super) async fn begin(&self, context: &Context) -> Result<Tx> {
        match self {
            Self::Account { .. } => context.db.begin().await,
            Self::Schedule(schedule) => schedule.lease.begin().await,
        }
    }
}
