//! What comparison must know of each patron, looked up together for many.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::Context;
use super::refresh::surname_hash;
use crate::date::PartialDate;
use crate::patron::{Note, Patron, PatronKind};
use crate::person::{Answer, PersonRecord};
use crate::protected::Protection;
use crate::provenance::Claim;
use crate::reconcile::{Guarantor, Known, Reconciliation, Subject, reconcile};
use crate::store::claim::ClaimRow;
use crate::store::data_key::Keyring;
use crate::store::guarantor::GuarantorRow;
use crate::store::patron::PatronRow;
use crate::store::person::{PersonRow, SealedPerson, StoredGuardian};
use crate::store::{self, Result, StoreError, Tx};

/// A patron with everything a comparison looks at.
#[derive(Debug)]
pub struct Standing {
    /// The patron's row.
    pub row: PatronRow,
    /// What is known from VTJ, as stored.
    pub person: PersonRow,
    /// The patron, opened.
    pub patron: Patron,
    /// VTJ's last answer.
    pub answer: Answer,
    /// What surrounds the patron.
    pub known: Known,
}

/// Loads patrons with everything a comparison looks at. A patron whose rows do not open is left out and
/// named in the second list.
///
/// # Errors
/// When the database fails.
pub async fn load(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    patrons: &[Uuid],
) -> Result<(Vec<Standing>, Vec<Uuid>)> {
    let rows = store::patron::by_ids(tx, patrons).await?;
    let persons: BTreeMap<Uuid, PersonRow> =
        store::person::by_patrons(tx, patrons).await?.into_iter().map(|row| (row.patron, row)).collect();
    let around = Around::load(context, tx, &rows, &persons, patrons).await?;
    let mut standings = Vec::with_capacity(rows.len());
    let mut unopened = Vec::new();
    for row in rows {
        let Some(person) = persons.get(&row.id).cloned() else { continue };
        let id = row.id;
        match open(context, keyring, row, person, &around) {
            Ok(standing) => standings.push(standing),
            Err(StoreError::Seal(_) | StoreError::Inconsistent { .. }) => unopened.push(id),
            Err(error) => return Err(error),
        }
    }
    mark_successors(context, tx, &mut standings).await?;
    Ok((standings, unopened))
}

/// What lies around the patrons of one batch.
struct Around {
    surnames: BTreeMap<Uuid, Vec<Vec<u8>>>,
    shared: BTreeMap<Vec<u8>, i64>,
    guarantors: BTreeMap<String, Guarantor>,
    claims: BTreeMap<Uuid, Vec<ClaimRow>>,
}

impl Around {
    async fn load(
        context: &Context,
        tx: &mut Tx,
        rows: &[PatronRow],
        persons: &BTreeMap<Uuid, PersonRow>,
        patrons: &[Uuid],
    ) -> Result<Self> {
        let _ = context;
        let mut surnames: BTreeMap<Uuid, Vec<Vec<u8>>> = BTreeMap::new();
        let answered: Vec<Uuid> = patrons
            .iter()
            .copied()
            .filter(|id| persons.get(id).is_some_and(|row| row.record_version > 1))
            .collect();
        for (patron, hash) in store::surname::of_patrons(tx, &answered).await? {
            surnames.entry(patron).or_default().push(hash);
        }
        let indexes: Vec<Vec<u8>> = rows.iter().filter_map(|row| row.code_index.clone()).collect();
        let shared = store::patron::shared_codes(tx, &indexes).await?.into_iter().collect();
        let links: Vec<String> = rows.iter().filter_map(|row| row.guarantor_patron_id.clone()).collect();
        let mut claims: BTreeMap<Uuid, Vec<ClaimRow>> = BTreeMap::new();
        for claim in store::claim::of_patrons(tx, patrons).await? {
            claims.entry(claim.patron).or_default().push(claim);
        }
        Ok(Self { surnames, shared, guarantors: guarantors(tx, &links).await?, claims })
    }
}

async fn guarantors(tx: &mut Tx, patron_ids: &[String]) -> Result<BTreeMap<String, Guarantor>> {
    let rows = store::guarantor::by_patron_ids(tx, patron_ids).await?;
    let guarantor = |row: &GuarantorRow| Guarantor {
        dead: row.held_as_dead,
        protected: row.protected_mark || row.protection == Protection::Yes.as_str(),
    };
    Ok(rows.iter().map(|row| (row.patron_id.clone(), guarantor(row))).collect())
}

fn open(
    context: &Context,
    keyring: &Keyring,
    row: PatronRow,
    person: PersonRow,
    around: &Around,
) -> Result<Standing> {
    let protection = person.protection()?;
    let patron = row.patron(keyring, protection)?;
    let sealed = person.open(keyring)?;
    let answer = answer(&person, &sealed, protection)?;
    let surname_fits_earlier = around
        .surnames
        .get(&row.id)
        .is_some_and(|hashes| hashes.contains(&surname_hash(context, &row.last_name)));
    let sharing = row.code_index.as_ref().and_then(|index| around.shared.get(index)).copied().unwrap_or(1);
    let known = Known {
        protection,
        protection_acknowledged: false,
        death_signal: sealed.death_signal,
        held_as_dead: person.held_as_dead,
        earlier_guardians: match &sealed.known_guardians {
            None => None,
            Some(guardians) => Some(guardians.iter().map(StoredGuardian::guardian).collect::<Result<_>>()?),
        },
        surname_fits_earlier,
        successor_is_another_patron: false,
        code_change_signalled: person.code_change_signalled,
        cards_sharing_code: u32::try_from(sharing - 1).unwrap_or_default(),
        guarantor: row.guarantor_patron_id.as_ref().and_then(|link| around.guarantors.get(link)).copied(),
        claims: claims(keyring, around.claims.get(&row.id).map_or(&[][..], Vec::as_slice), protection)?,
        answered_at: person.answered_at,
    };
    Ok(Standing { row, person, patron, answer, known })
}

/// What other sources say, under the protection in force.
fn claims(keyring: &Keyring, rows: &[ClaimRow], protection: Protection) -> Result<Vec<Claim>> {
    let mut claims = Vec::with_capacity(rows.len());
    for row in rows {
        match row.claim(keyring, protection) {
            Ok(claim) => claims.push(claim),
            // A weaker word that does not open must not keep VTJ's from being compared.
            Err(error) if error.is_of_one_row() => {
                tracing::warn!(claim = %row.id, %error, "what another source says of a patron does not open; it is left out");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(claims)
}

fn answer(person: &PersonRow, sealed: &SealedPerson, protection: Protection) -> Result<Answer> {
    let missing = || StoreError::inconsistent("person", "answer");
    Ok(match person.answer.as_str() {
        "not_asked" => Answer::NotAsked,
        "found" => {
            let mut record = sealed.record.as_ref().ok_or_else(missing)?.record()?;
            if protection == Protection::Unknown {
                record.contact = record.contact.under(Protection::Unknown);
            }
            Answer::Found(Box::new(record))
        }
        "absent" => Answer::Absent { since: person.absent_since.ok_or_else(missing)? },
        "unreadable" => Answer::Unreadable,
        "mismatch" => Answer::Mismatch,
        _ => return Err(missing()),
    })
}

/// Notes whose new code is another patron's.
async fn mark_successors(context: &Context, tx: &mut Tx, standings: &mut [Standing]) -> Result<()> {
    let mut indexes = BTreeMap::new();
    for (at, standing) in standings.iter().enumerate() {
        let Answer::Found(record) = &standing.answer else { continue };
        let code = match &record.code_status {
            crate::person::CodeStatus::ReplacedBy(code) => code,
            _ => &record.code,
        };
        if standing.patron.code.as_ref().is_some_and(|registered| registered != code) {
            indexes.insert(at, context.vault.code_index(code));
        }
    }
    if indexes.is_empty() {
        return Ok(());
    }
    let wanted: Vec<Vec<u8>> = indexes.values().cloned().collect();
    let owners = store::patron::by_code_indexes(tx, &wanted).await?;
    for (at, index) in indexes {
        let id = standings[at].row.id;
        standings[at].known.successor_is_another_patron =
            owners.iter().any(|owner| owner.id != id && owner.code_index.as_ref() == Some(&index));
    }
    Ok(())
}

impl Standing {
    /// Compares. A patron of a municipality without a permit is not compared with VTJ.
    pub fn compare(&self, context: &Context) -> Reconciliation {
        self.subject(context).map_or_else(Reconciliation::default, |subject| reconcile(&subject))
    }

    /// Everything a comparison looks at; nothing for a municipality without a permit.
    pub fn subject<'a>(&'a self, context: &'a Context) -> Option<Subject<'a>> {
        Some(Subject {
            patron: &self.patron,
            answer: &self.answer,
            known: &self.known,
            municipality: context.settings.municipalities.get(&self.row.municipality)?,
            today: context.clock.today(),
        })
    }

    /// Whether everything about where the patron can be found is masked.
    pub fn is_protected(&self) -> bool {
        self.row.protected_mark || self.known.protection == Protection::Yes
    }

    /// The next day on which the calendar alone can change what a comparison finds: an address begins or
    /// ends, or a guarantee ends.
    pub fn next_day(&self, today: NaiveDate) -> Option<NaiveDate> {
        if self.patron.kind != PatronKind::Person || self.patron.notes.contains(&Note::PreRegistration) {
            return None;
        }
        let addresses = match &self.answer {
            Answer::Found(record) => address_days(record),
            _ => Vec::new(),
        };
        let guarantee =
            self.patron.guarantor_patron_id.as_ref().and_then(|_| fifteenth_birthday(&self.patron));
        addresses.into_iter().chain(guarantee).filter(|day| *day > today).min()
    }
}

fn address_days(record: &PersonRecord) -> Vec<NaiveDate> {
    let Some(contact) = record.contact.disclosed() else { return Vec::new() };
    contact
        .addresses
        .iter()
        .flat_map(|address| {
            let starts = address.starts.map(PartialDate::first_day);
            let ends = address.ends.and_then(|ends| ends.last_day().succ_opt());
            starts.into_iter().chain(ends)
        })
        .collect()
}

fn fifteenth_birthday(patron: &Patron) -> Option<NaiveDate> {
    let born = patron
        .birth_date
        .or_else(|| patron.code.as_ref().map(crate::identity_code::IdentityCode::birth_date))?;
    born.checked_add_months(chrono::Months::new(15 * 12))
}
