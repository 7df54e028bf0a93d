//! The patron register: where a correction is written, and what such a register can do.
//!
//! The library system is the register of record. A connector reads one patron, writes a correction if the
//! values are still the ones that were decided on, and says what it cannot do. Nothing here decides.

mod csv;
mod embedded;
mod read_only;

use async_trait::async_trait;

use crate::finding::{Field, FieldChange};

pub use csv::CsvRegister;
pub use embedded::EmbeddedRegister;
pub use read_only::ReadOnly;

/// What a register can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent abilities, each asked for by itself")]
pub struct Capabilities {
    /// A correction can be written.
    pub writes: bool,
    /// A write can be made to depend on the value it replaces.
    pub conditional: bool,
    /// What was written can be read back at once.
    pub reads_back: bool,
    /// A write becomes a proposal in the register's own queue.
    pub proposes: bool,
}

/// What came of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// Written; read it back to be sure.
    Written,
    /// Put before the register's own staff.
    Proposed,
    /// The register holds other values than were decided on; nothing was written.
    Conflict,
    /// The register has no such patron any more.
    Gone,
}

/// Why a register could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// It does not answer; whether a write arrived is unknown.
    #[error("the patron register does not answer: {0}")]
    Unavailable(String),
    /// It refuses.
    #[error("the patron register refuses: {0}")]
    Refused(String),
    /// Our own store failed.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

/// The values a register holds for some columns of a patron; `None` for a patron it does not have.
pub type Values = Option<Vec<(Field, String)>>;

/// How the values a register holds stand to a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It has every proposed value already.
    Taken,
    /// It has every value that was decided on.
    Untouched,
    /// It has others, in these columns.
    Other(Vec<Field>),
    /// It has no such patron.
    Gone,
}

impl Standing {
    /// Compares what a register holds with a correction.
    pub fn of(values: &Values, changes: &[FieldChange]) -> Self {
        let Some(values) = values else { return Self::Gone };
        let held = |field: Field| {
            values.iter().find(|(column, _)| *column == field).map_or("", |(_, value)| value.as_str())
        };
        if changes.iter().all(|change| held(change.field) == change.proposed) {
            return Self::Taken;
        }
        let other: Vec<Field> = changes
            .iter()
            .filter(|change| held(change.field) != change.current)
            .map(|change| change.field)
            .collect();
        if other.is_empty() { Self::Untouched } else { Self::Other(other) }
    }
}

/// A connector to a patron register.
#[async_trait]
pub trait PatronRegister: Send + Sync + std::fmt::Debug {
    /// Its name in messages: `embedded`, `csv`.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Reads columns of a patron.
    ///
    /// # Errors
    /// When the register cannot be read.
    async fn read(&self, patron_id: &str, fields: &[Field]) -> Result<Values, RegisterError>;

    /// Writes columns of a patron if they still hold the current values of the changes; all of them or
    /// none. A patron who has every proposed value already is left as they are, and that is a success.
    ///
    /// # Errors
    /// When the register cannot be reached; whether the write arrived is then unknown.
    async fn write(
        &self,
        patron_id: &str,
        changes: &[FieldChange],
        source: &WriteSource,
    ) -> Result<WriteOutcome, RegisterError>;
}

/// How a written value stands to what its source said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// As the source said it.
    AsFound,
    /// As the approver put it.
    Edited,
    /// As the register had it before an earlier correction.
    Restored,
}

/// Where a written value comes from: kept beside it.
#[derive(Debug, Clone)]
pub struct WriteSource {
    /// The finding that was approved.
    pub finding: uuid::Uuid,
    /// The request whose answer it was made from.
    pub request: Option<uuid::Uuid>,
    /// Whose word it rests on.
    pub source: crate::provenance::Source,
    /// The account that approved it.
    pub approved_by: String,
    /// Whether it is written as it was found.
    pub wording: Wording,
    /// When it is written.
    pub at: chrono::DateTime<chrono::Utc>,
}
