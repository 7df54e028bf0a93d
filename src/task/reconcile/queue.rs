//! The findings there are of some patrons, and what has been decided for good.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::super::TaskError;
use super::super::known::Standing;
use crate::finding::{Finding, FindingKind};
use crate::provenance::Source;
use crate::store::data_key::Keyring;
use crate::store::finding::{FindingRow, SealedFinding};
use crate::store::{self, Tx};

/// The findings there are of the patrons of a batch.
pub(in crate::task) struct Queue {
    pub(super) open: BTreeMap<(Uuid, String), FindingRow>,
    decided: BTreeMap<(Uuid, String), Vec<FindingRow>>,
}

impl Queue {
    pub(in crate::task) async fn load(tx: &mut Tx, patrons: &[Uuid]) -> Result<Self, TaskError> {
        let mut queue = Self { open: BTreeMap::new(), decided: BTreeMap::new() };
        for row in store::finding::open_or_decided_of(tx, patrons).await? {
            let key = (row.patron, row.kind.clone());
            if matches!(row.state.as_str(), "rejected" | "confirmed") {
                queue.decided.entry(key).or_default().push(row);
            } else {
                queue.open.insert(key, row);
            }
        }
        Ok(queue)
    }

    /// Whether this very evidence has been rejected, acted on where acting writes nothing, taken back after it was
    /// written, or written in a reviewer's own words that the register still holds. What a person has taken from
    /// another source since VTJ last answered is not put back to VTJ's earlier word.
    pub(super) fn is_settled(
        &self,
        keyring: &Keyring,
        standing: &Standing,
        finding: &Finding,
        digest: &[u8],
    ) -> bool {
        let decided = |kind: FindingKind| {
            self.decided.get(&(standing.row.id, kind.as_str().to_owned())).into_iter().flatten()
        };
        let same = decided(finding.kind).any(|row| {
            row.evidence_digest == digest
                && (row.state == "rejected"
                    || (row.state == "confirmed" && finding.fields.is_empty())
                    || (row.state == "confirmed" && was_put_otherwise(row, keyring, finding)))
        });
        let taken_since = |row: &FindingRow| {
            row.state == "confirmed"
                && row.source != Source::Vtj.word()
                && standing.person.answered_at.is_some_and(|answered| answered < row.updated_at)
                && row.open(keyring).is_ok_and(|written| is_still_held(&written, finding))
        };
        same || (finding.source == Source::Vtj
            && alike(finding.kind).iter().any(|kind| decided(*kind).any(taken_since)))
    }
}

/// Whether a person chose something else than the source said, and that holds: an earlier value for good, other words
/// as long as the register has them.
fn was_put_otherwise(row: &FindingRow, keyring: &Keyring, finding: &Finding) -> bool {
    row.open(keyring).is_ok_and(|written| {
        written.reverts.is_some() || (!written.edited.is_empty() && is_still_held(&written, finding))
    })
}

/// Whether the register still holds what was written, in the columns in which a finding differs from it.
fn is_still_held(written: &SealedFinding, finding: &Finding) -> bool {
    written.written().iter().all(|written| {
        finding.fields.iter().all(|held| held.field != written.field || held.current == written.proposed)
    })
}

/// The kinds that another source can speak of in the same respect.
fn alike(kind: FindingKind) -> &'static [FindingKind] {
    match kind {
        FindingKind::AddressChange | FindingKind::MovedAbroad => {
            &[FindingKind::AddressChange, FindingKind::MovedAbroad]
        }
        FindingKind::NameChange => &[FindingKind::NameChange],
        FindingKind::LanguageChange => &[FindingKind::LanguageChange],
        FindingKind::Death
        | FindingKind::DeathWithdrawn
        | FindingKind::ProtectionStarted
        | FindingKind::ProtectionEnded
        | FindingKind::IdentityCodeChanged
        | FindingKind::IdentityCodePassivated
        | FindingKind::IdentityMismatch
        | FindingKind::NotInVtj
        | FindingKind::GuarantorDeceased
        | FindingKind::GuardianChanged
        | FindingKind::GuarantorExpires
        | FindingKind::Unreadable => &[],
    }
}
