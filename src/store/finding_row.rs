//! A finding as it is stored, and what of it is sealed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::data_key::Keyring;
use super::{Result, StoreError};
use crate::date::PartialDate;
use crate::finding::{ChangeClass, FieldChange, FindingKind, FindingState, Review};
use crate::provenance::Source;
use crate::seal::{DataKey, Place};

/// A row of the table.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FindingRow {
    /// Its identifier.
    pub id: Uuid,
    /// The patron.
    pub patron: Uuid,
    /// The kind, in words.
    pub kind: String,
    /// The state, in words.
    pub state: String,
    /// The code of the rule that found it.
    pub rule: String,
    /// The rule as a sentence.
    pub reason: String,
    /// What moved since it was found, as column names.
    pub moved: Option<String>,
    /// Whether it may only be decided by itself.
    pub single_review: bool,
    /// Whether it may be approved at all as it stands.
    pub confirmable: bool,
    /// Keyed digest of what VTJ said.
    pub evidence_digest: Vec<u8>,
    /// The version of the patron's row it was made from.
    pub patron_version: i64,
    /// The version of the person record it was made from.
    pub record_version: i64,
    /// The request whose answer it was made from.
    pub request: Option<Uuid>,
    /// Which data key sealed it.
    pub key_version: i64,
    /// The [`SealedFinding`]; empty once wiped.
    pub sealed: Option<Vec<u8>>,
    /// When it was found.
    pub opened_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Until when it is put off.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// When an approval takes effect.
    pub effective_at: Option<DateTime<Utc>>,
    /// The decision in force.
    pub decision: Option<Uuid>,
    /// The finding that replaced it.
    pub superseded_by: Option<Uuid>,
    /// Grows with every change.
    pub version: i64,
    /// Whose word it rests on, as [`Source::word`] writes it.
    pub source: String,
    /// Whether it waits for its slice: nobody has seen it, and no list or count of the queue has it.
    pub held_back: bool,
    /// What it changes, as a word of [`ChangeClass`](crate::finding::ChangeClass); nothing of findings made before
    /// there were classes, until somebody opens them, and nothing once wiped.
    pub change_class: Option<String>,
}

/// What is sealed of a finding.
#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct SealedFinding {
    /// The columns that differ.
    pub fields: Vec<FieldChange>,
    /// The date of death.
    pub death_date: Option<PartialDate>,
    /// What a member of staff put in the place of the columns above before approving; empty when nothing.
    pub edited: Vec<FieldChange>,
    /// The finding whose correction is taken back by this one.
    pub reverts: Option<Uuid>,
}

impl SealedFinding {
    /// The columns as approval writes them.
    pub fn written(&self) -> &[FieldChange] {
        if self.edited.is_empty() { &self.fields } else { &self.edited }
    }
}

impl FindingRow {
    /// The kind.
    ///
    /// # Errors
    /// When the stored word is unknown.
    pub fn kind(&self) -> Result<FindingKind> {
        FindingKind::from_word(&self.kind).ok_or(StoreError::inconsistent("finding", "kind"))
    }

    /// The state.
    ///
    /// # Errors
    /// When the stored word is unknown.
    pub fn state(&self) -> Result<FindingState> {
        FindingState::from_word(&self.state).ok_or(StoreError::inconsistent("finding", "state"))
    }

    /// What it changes, where that is known.
    ///
    /// # Errors
    /// When the stored word is unknown.
    pub fn change_class(&self) -> Result<Option<ChangeClass>> {
        let class = |word: &String| {
            ChangeClass::from_word(word).ok_or(StoreError::inconsistent("finding", "change_class"))
        };
        self.change_class.as_ref().map(class).transpose()
    }

    /// Notes what it changes, from what is sealed of it.
    ///
    /// # Errors
    /// When the stored kind is unknown.
    pub fn classify(&mut self, content: &SealedFinding) -> Result<()> {
        let class = ChangeClass::of(self.kind()?, &self.rule, &content.fields);
        self.change_class = Some(class.as_str().to_owned());
        Ok(())
    }

    /// Whose word it rests on.
    ///
    /// # Errors
    /// When the stored word is unknown.
    pub fn source(&self) -> Result<Source> {
        Source::from_word(&self.source).ok_or(StoreError::inconsistent("finding", "source"))
    }

    /// Where its review stands.
    ///
    /// # Errors
    /// When the stored word is unknown.
    pub fn review(&self) -> Result<Review> {
        Ok(Review {
            state: self.state()?,
            updated_at: self.updated_at,
            snoozed_until: self.snoozed_until,
            effective_at: self.effective_at,
            decision: self.decision,
            superseded_by: self.superseded_by,
            moved: self.moved.clone(),
        })
    }

    /// The same finding with its review moved on, one version later.
    #[must_use]
    pub fn with_review(self, review: Review) -> Self {
        Self {
            state: review.state.as_str().to_owned(),
            updated_at: review.updated_at,
            snoozed_until: review.snoozed_until,
            effective_at: review.effective_at,
            decision: review.decision,
            superseded_by: review.superseded_by,
            moved: review.moved,
            version: self.version + 1,
            ..self
        }
    }

    /// Opens what is sealed; what has been wiped opens as nothing.
    ///
    /// # Errors
    /// When the value does not open.
    pub fn open(&self, keyring: &Keyring) -> Result<SealedFinding> {
        let Some(sealed) = &self.sealed else { return Ok(SealedFinding::default()) };
        let plain = keyring.get(self.patron, self.key_version)?.open(place(self.id), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::inconsistent("finding", "sealed"))
    }

    /// Seals the content anew.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn reseal(&mut self, key: &DataKey, content: &SealedFinding) -> Result<()> {
        self.sealed = Some(seal(key, self.id, content)?);
        self.key_version = key.version;
        Ok(())
    }
}

/// Seals the content of a finding.
///
/// # Errors
/// When it cannot be sealed.
pub fn seal(key: &DataKey, id: Uuid, content: &SealedFinding) -> Result<Vec<u8>> {
    let plain = zeroize::Zeroizing::new(
        serde_json::to_vec(content).map_err(|_| StoreError::inconsistent("finding", "sealed"))?,
    );
    Ok(key.seal(place(id), &plain)?)
}

fn place(id: Uuid) -> Place {
    Place { table: "finding", column: "sealed", row: id }
}
