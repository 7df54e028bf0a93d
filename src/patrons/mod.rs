//! The patron register as files and people see it: import, export, show, list, forget.
//!
//! * An import reads its file row by row and commits batch by batch. Killed anywhere and run again with the
//!   same file, it ends where an undisturbed one would have.
//! * Values are masked here, in one place ([`mask`]), for every way out.
//! * Looking at people is an act: it is in the audit log before anything is handed out.
//! * Import and forget exclude each other by a lease; corrections that are applied meanwhile are noticed by
//!   the version of the patron's row.
//!
//! A new column of the patron file is added in `columns` and nowhere else here.

mod batch;
mod columns;
mod digest;
mod export;
pub mod find;
mod forget;
mod import;
mod list;
pub mod mask;
mod missing;
mod portrait;
mod second_source;
mod show;
mod source;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

pub use export::{export, export_file};
pub use find::find;
pub use forget::{destroy_left_keys, forget};
pub use import::{ImportReport, Options, Progress, import};
pub use list::{Listed, Listing, list, list_page};
pub use portrait::{Happened, Origin, Portrait, Valued, What, portrait};
pub use second_source::{SourceReport, import_source};
pub use show::show;
pub use source::Source;

use crate::audit::{Actor, Event};
use crate::clock::Clock;
use crate::lease::{Holder, Lease};
use crate::municipality::MunicipalityCode;
use crate::patron_file::PatronFileError;
use crate::seal::Vault;
use crate::store::{Db, StoreError};

/// Rows that are looked up, written and shown at a time: one statement's worth.
const BATCH_ROWS: usize = 500;

/// The lease that keeps import and forget apart.
pub(crate) const LEASE: &str = "patrons";

/// What these commands work with.
#[derive(Debug, Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The keys.
    pub vault: Arc<Vault>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who takes leases.
    pub holder: Holder,
    /// The operating-system user of this process.
    pub os_user: String,
    /// The configured municipalities; a row of any other is bad.
    pub municipalities: BTreeSet<MunicipalityCode>,
}

impl From<&crate::task::Context> for Context {
    fn from(context: &crate::task::Context) -> Self {
        Self {
            db: context.db.clone(),
            vault: context.vault.clone(),
            clock: context.clock.clone(),
            holder: context.holder.clone(),
            os_user: context.os_user.clone(),
            municipalities: context.settings.municipalities.values().map(|one| one.code.clone()).collect(),
        }
    }
}

impl Context {
    fn event(&self, action: &'static str) -> Event {
        Event::new(self.clock.now(), Actor::OsUser, &self.os_user, action)
    }

    async fn lease(&self) -> Result<Lease, PatronsError> {
        Lease::take(&self.db, LEASE, &self.holder).await?.ok_or(PatronsError::HeldElsewhere)
    }
}

/// On whose behalf people are looked at.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The proved account.
    pub actor: Actor,
    /// Whether the account is cleared for protected cases.
    pub may_protected: bool,
    /// The municipalities whose patrons the account decides about.
    pub municipalities: BTreeSet<String>,
}

/// Why a command about patrons did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PatronsError {
    /// The file is not a patron file, or cannot be read further.
    #[error(transparent)]
    File(#[from] PatronFileError),
    /// A file could not be opened, read or written.
    #[error("{}: {doing}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done with it.
        doing: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file would lose too many patrons.
    #[error(
        "the file lacks {lost} of the {known} patrons of the register, more than {max_percent} %; nothing was imported: check that it is whole, or use --allow-shrink"
    )]
    Shrink {
        /// How many patrons are not in the file.
        lost: u64,
        /// How many the register has.
        known: u64,
        /// How many per cent may be lost without being told so.
        max_percent: u32,
    },
    /// No patron has this card.
    #[error("no patron has this card; see `ajantasa patrons list`")]
    UnknownCard,
    /// A reason that cannot be kept.
    #[error("{0}")]
    Reason(&'static str),
    /// The comparison at the end of a file did not run.
    #[error("what the file says is kept, and could not be compared yet: {0}")]
    Compare(String),
    /// Another process imports or forgets.
    #[error("the patron register is being changed by another process; try again when it has ended")]
    HeldElsewhere,
    /// The viewer may not see patrons of this municipality.
    #[error("the account does not decide about patrons of this card's municipality")]
    OtherMunicipality,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn io(path: &std::path::Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> PatronsError {
    let path = path.to_owned();
    move |source| PatronsError::Io { path, doing, source }
}
