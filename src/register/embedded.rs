//! The register that is kept in our own database: the default.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Capabilities, PatronRegister, RegisterError, Standing, Values, Wording, WriteOutcome, WriteSource,
};
use crate::finding::{Field, FieldChange};
use crate::identity_code::IdentityCode;
use crate::municipality::Language;
use crate::patron::Note;
use crate::seal::Vault;
use crate::store::data_key::{self, Keyring};
use crate::store::patron::{self, PatronRow, SealedColumns};
use crate::store::{Db, StoreError, Tx, due};

/// How often a write is begun again when somebody changed another column of the row meanwhile.
const TRIES: u32 = 5;

/// The columns of an address.
const ADDRESS: [Field; 5] =
    [Field::StreetAddress, Field::CareOf, Field::PostalCode, Field::City, Field::Country];

/// The `patron` table as a register.
#[derive(Debug)]
pub struct EmbeddedRegister {
    db: Db,
    vault: Arc<Vault>,
}

impl EmbeddedRegister {
    /// The register in a database.
    pub fn new(db: Db, vault: Arc<Vault>) -> Self {
        Self { db, vault }
    }

    async fn write_once(
        &self,
        patron_id: &str,
        changes: &[FieldChange],
        source: &WriteSource,
    ) -> Result<WriteOutcome, RegisterError> {
        let mut tx = self.db.read().await?;
        let Some(id) = find(&mut tx, patron_id).await?.map(|row| row.id) else {
            return Ok(WriteOutcome::Gone);
        };
        drop(tx);
        let keyring = data_key::keyring(&self.db, &self.vault, &[id]).await?;
        let mut tx = self.db.begin().await?;
        patron::lock(&mut tx, id).await?;
        let Some(row) = find(&mut tx, patron_id).await? else { return Ok(WriteOutcome::Gone) };
        let columns = row.open(&keyring)?;
        let fields: Vec<Field> = changes.iter().map(|change| change.field).collect();
        match Standing::of(&Some(values(&row, &columns, &fields)), changes) {
            Standing::Untouched => {}
            Standing::Taken => return Ok(WriteOutcome::Written),
            Standing::Other(_) => return Ok(WriteOutcome::Conflict),
            Standing::Gone => return Ok(WriteOutcome::Gone),
        }
        let row = self.changed(row, columns, changes, source, &keyring)?;
        patron::update(&mut tx, &row).await?;
        due::register_row_changed(&mut tx, &[row.id]).await?;
        tx.commit("register.write").await?;
        Ok(WriteOutcome::Written)
    }

    /// The row as it is after the changes.
    fn changed(
        &self,
        mut row: PatronRow,
        mut columns: SealedColumns,
        changes: &[FieldChange],
        source: &WriteSource,
        keyring: &Keyring,
    ) -> Result<PatronRow, RegisterError> {
        for change in changes {
            set(&mut row, &mut columns, change.field, &change.proposed)?;
            if change.field == Field::IdentityCode {
                row.code_index = columns
                    .code
                    .as_deref()
                    .map(|code| IdentityCode::parse(code).map(|code| self.vault.code_index(&code)))
                    .transpose()
                    .map_err(|_| unfit(change.field))?;
            }
        }
        let key = keyring.newest(row.id)?;
        row.sealed = patron::seal(key, &columns)?;
        row.key_version = key.version;
        if changes.iter().any(|change| ADDRESS.contains(&change.field)) {
            row.notes = without_wrong_contact_details(&row);
        }
        row.sources = with_sources(&row.sources, changes, source)?;
        row.version += 1;
        row.updated_at = source.at;
        Ok(row)
    }
}

#[async_trait]
impl PatronRegister for EmbeddedRegister {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { writes: true, conditional: true, reads_back: true, proposes: false }
    }

    async fn read(&self, patron_id: &str, fields: &[Field]) -> Result<Values, RegisterError> {
        let mut tx = self.db.read().await?;
        let row = find(&mut tx, patron_id).await?;
        drop(tx);
        let Some(row) = row else { return Ok(None) };
        let keyring = data_key::keyring(&self.db, &self.vault, &[row.id]).await?;
        let columns = row.open(&keyring)?;
        Ok(Some(values(&row, &columns, fields)))
    }

    async fn write(
        &self,
        patron_id: &str,
        changes: &[FieldChange],
        source: &WriteSource,
    ) -> Result<WriteOutcome, RegisterError> {
        for _ in 1..TRIES {
            match self.write_once(patron_id, changes, source).await {
                // Another column moved, or the row was sealed anew: the values decide, not the version.
                Err(RegisterError::Store(
                    StoreError::Conflict(_) | StoreError::Taken | StoreError::Seal(_),
                )) => {}
                done => return done,
            }
        }
        self.write_once(patron_id, changes, source).await
    }
}

/// The patron, as long as the register has them.
async fn find(tx: &mut Tx, patron_id: &str) -> Result<Option<PatronRow>, StoreError> {
    let rows = patron::by_patron_ids(tx, &[patron_id.to_owned()]).await?;
    Ok(rows.into_iter().find(|row| row.in_register))
}

/// The texts of some columns.
fn values(row: &PatronRow, columns: &SealedColumns, fields: &[Field]) -> Vec<(Field, String)> {
    fields.iter().map(|&field| (field, row.text(columns, field))).collect()
}

fn set(
    row: &mut PatronRow,
    columns: &mut SealedColumns,
    field: Field,
    value: &str,
) -> Result<(), RegisterError> {
    let address = &mut columns.contact.address;
    let value = value.to_owned();
    match field {
        Field::IdentityCode => columns.code = Some(value).filter(|code| !code.is_empty()),
        Field::LastName => row.last_name = value,
        Field::FirstNames => row.first_names = value,
        Field::BirthDate => row.birth_date = date(&value)?,
        Field::StreetAddress => address.street_address = value,
        Field::CareOf => address.care_of = value,
        Field::PostalCode => address.postal_code = value,
        Field::City => address.city = value,
        Field::Country => address.country = value,
        Field::Language if value.is_empty() => row.language = None,
        Field::Language => {
            Language::from_code(&value).ok_or_else(|| unfit(field))?;
            row.language = Some(value);
        }
    }
    Ok(())
}

fn date(value: &str) -> Result<Option<NaiveDate>, RegisterError> {
    if value.is_empty() {
        return Ok(None);
    }
    value.parse().map(Some).map_err(|_| unfit(Field::BirthDate))
}

/// A value that the column cannot hold. The value itself is not named.
fn unfit(field: Field) -> RegisterError {
    RegisterError::Refused(format!("{} cannot hold the proposed value", field.as_str()))
}

/// The notes after an address has been written: whatever was wrong with it has been put right.
fn without_wrong_contact_details(row: &PatronRow) -> String {
    let notes = row.notes();
    let kept = notes.into_iter().filter(|note| *note != Note::WrongContactDetails);
    kept.map(Note::as_str).collect::<Vec<_>>().join(";")
}

/// The source of a value that an earlier correction had replaced.
const RESTORED: &str = "restored";

/// Where a column's value comes from, as it is kept in the row.
#[derive(serde::Serialize)]
struct Provenance<'a> {
    source: String,
    finding: Uuid,
    request: Option<Uuid>,
    approved_by: &'a str,
    /// Present where the approver put the value into other words.
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_by: Option<&'a str>,
    at: String,
}

fn with_sources(kept: &str, changes: &[FieldChange], source: &WriteSource) -> Result<String, RegisterError> {
    let inconsistent = || StoreError::inconsistent("patron", "sources");
    let mut sources: serde_json::Map<String, serde_json::Value> = if kept.is_empty() {
        serde_json::Map::new()
    } else {
        serde_json::from_str(kept).map_err(|_| inconsistent())?
    };
    let restored = source.wording == Wording::Restored;
    let entry = serde_json::to_value(Provenance {
        source: if restored { RESTORED.to_owned() } else { source.source.word() },
        finding: source.finding,
        request: source.request,
        approved_by: &source.approved_by,
        edited_by: (source.wording == Wording::Edited).then_some(source.approved_by.as_str()),
        at: source.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
    })
    .map_err(|_| inconsistent())?;
    for change in changes {
        sources.insert(change.field.as_str().to_owned(), entry.clone());
    }
    serde_json::to_string(&sources).map_err(|_| inconsistent().into())
}
