//! A finding with everything that decides who may see it and what becomes of it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::error::ReviewError;
use super::item::Sight;
use crate::audit::{Actor, Event};
use crate::finding::FindingKind;
use crate::protected::Protection;
use crate::seal::SealError;
use crate::staff::{ProvedAccount, Role};
use crate::store::data_key::Keyring;
use crate::store::finding::{FindingRow, SealedFinding};
use crate::store::patron::PatronRow;
use crate::store::person::PersonRow;
use crate::store::{Result, StoreError, Tx, disqualification, finding, patron, person};
use crate::task::Context;

/// A finding, its patron, and what is known of the person.
#[derive(Debug)]
pub(crate) struct Case<'k> {
    pub(crate) finding: FindingRow,
    pub(crate) patron: PatronRow,
    pub(crate) person: PersonRow,
    /// The accounts that have said to be disqualified about the patron.
    pub(crate) disqualified: Vec<Uuid>,
    pub(crate) keyring: &'k Keyring,
}

impl<'k> Case<'k> {
    /// Reads a case.
    pub(crate) async fn load(tx: &mut Tx, keyring: &'k Keyring, id: Uuid) -> Result<Option<Self>> {
        let Some(finding) = finding::get(tx, id).await? else { return Ok(None) };
        Ok(Self::of(tx, keyring, vec![finding]).await?.pop())
    }

    /// Reads what belongs to some findings, in their order.
    pub(crate) async fn of(tx: &mut Tx, keyring: &'k Keyring, rows: Vec<FindingRow>) -> Result<Vec<Self>> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.patron).collect();
        let patrons: BTreeMap<Uuid, PatronRow> =
            patron::by_ids(tx, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
        let persons: BTreeMap<Uuid, PersonRow> =
            person::by_patrons(tx, &ids).await?.into_iter().map(|row| (row.patron, row)).collect();
        let mut disqualified: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for (patron, account) in disqualification::of_patrons(tx, &ids).await? {
            disqualified.entry(patron).or_default().push(account);
        }
        let gone = StoreError::inconsistent("finding", "patron");
        let cases = rows.into_iter().map(|finding| {
            let patron = patrons.get(&finding.patron)?.clone();
            let person = persons.get(&finding.patron)?.clone();
            let disqualified = disqualified.get(&finding.patron).cloned().unwrap_or_default();
            Some(Self { finding, patron, person, disqualified, keyring })
        });
        cases.collect::<Option<_>>().ok_or(gone)
    }

    /// The protection in force: the library's own mark, or VTJ's last word.
    pub(crate) fn protection(&self) -> Result<Protection> {
        let said = self.person.protection()?;
        Ok(if self.patron.protected_mark { Protection::Yes } else { said })
    }

    /// Whether only a person cleared for protected cases may see and decide it.
    pub(crate) fn needs_clearance(&self) -> Result<bool> {
        Ok(self.protection()? == Protection::Yes || self.finding.kind()?.needs_clearance())
    }

    /// Whether a death freezes it. A death itself and protection are never frozen.
    pub(crate) fn is_frozen(&self) -> bool {
        let free = [
            FindingKind::Death,
            FindingKind::DeathWithdrawn,
            FindingKind::ProtectionStarted,
            FindingKind::ProtectionEnded,
        ];
        self.person.frozen && !free.iter().any(|kind| kind.as_str() == self.finding.kind)
    }

    /// What is sealed of the finding; nothing when the person has been forgotten.
    pub(crate) fn content(&self) -> Result<SealedFinding> {
        match self.finding.open(self.keyring) {
            Err(StoreError::Seal(SealError::DoesNotOpen { table: "data_key", .. })) => {
                Ok(SealedFinding::default())
            }
            opened => opened,
        }
    }

    /// What somebody may see of it: masked, unless it is of an account's own municipality.
    pub(crate) fn sight(&self, account: Option<&ProvedAccount>) -> Result<Sight> {
        let cleared = account.is_some_and(|account| {
            account.may_see_protected() && account.may_decide(&self.patron.municipality)
        });
        Ok(Sight { protection: self.protection()?, cleared })
    }

    /// Whether a reviewer sees it at all. Other roles see everything, masked.
    pub(crate) fn is_visible_to(&self, account: &ProvedAccount) -> std::result::Result<(), ReviewError> {
        if account.role != Role::Reviewer {
            return Ok(());
        }
        if !account.may_decide(&self.patron.municipality) {
            return Err(ReviewError::OutOfScope);
        }
        if self.needs_clearance()? && !account.may_see_protected() {
            return Err(ReviewError::NeedsClearance);
        }
        if self.disqualified.contains(&account.id) {
            return Err(ReviewError::Disqualified);
        }
        Ok(())
    }

    /// Whether an account may decide it. Nobody decides on their own card, on another card of theirs, or on
    /// one they guarantee.
    pub(crate) async fn may_decide(
        &self,
        tx: &mut Tx,
        account: &ProvedAccount,
    ) -> std::result::Result<(), ReviewError> {
        if account.role != Role::Reviewer {
            return Err(ReviewError::NotReviewer);
        }
        self.is_visible_to(account)?;
        let Some(own_card) = &account.own_card else { return Ok(()) };
        if *own_card == self.patron.card_number {
            return Err(ReviewError::OwnCard);
        }
        let own = patron::by_card_numbers(tx, std::slice::from_ref(own_card)).await?;
        let related = own.iter().any(|own| {
            let guarantees = self.patron.guarantor_patron_id.as_ref() == Some(&own.patron_id);
            guarantees || (own.code_index.is_some() && own.code_index == self.patron.code_index)
        });
        if related { Err(ReviewError::OwnCard) } else { Ok(()) }
    }

    /// An event about it.
    pub(crate) fn event(
        &self,
        context: &Context,
        actor: Actor,
        os_user: &str,
        action: &'static str,
    ) -> Event {
        let event = Event::new(context.clock.now(), actor, os_user, action);
        Event {
            subject_tag: self.keyring.newest(self.patron.id).ok().map(|key| key.subject_tag),
            purpose: Some(context.settings.upkeep.purpose.as_str().to_owned()),
            request: self.finding.request,
            finding: Some(self.finding.id),
            decision: self.finding.decision,
            evidence: Some(self.finding.evidence_digest.clone()),
            ..event
        }
    }
}
