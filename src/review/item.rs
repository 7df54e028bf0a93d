//! An item of the queue as it is shown, and what of it is masked for whom.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::case::Case;
use crate::address::AddressLines;
use crate::finding::{Field, FieldChange, FindingKind, FindingState};
use crate::patron::Note;
use crate::protected::Protection;
use crate::store::Result;
use crate::store::finding::SealedFinding;

/// An item of the queue. What is masked is `None`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct QueueItem {
    /// Its identifier.
    pub id: Uuid,
    /// What it is.
    pub kind: &'static str,
    /// The state of its review.
    pub state: &'static str,
    /// The patron's card.
    pub card_number: String,
    /// The patron's municipality, unless the patron is protected.
    pub municipality: Option<String>,
    /// When it was found.
    pub opened_at: DateTime<Utc>,
    /// Why it was found, in words without any personal value.
    pub reason: String,
    /// The columns that differ, in the patron file's order.
    pub fields: Vec<ItemField>,
    /// The date of death as precise as VTJ said it; present for a death only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub death_date: Option<Option<String>>,
    /// The code of the rule that found it.
    pub rule: String,
    /// Whether it may only be decided by itself.
    pub single_review: bool,
    /// Whether a death freezes it.
    pub frozen: bool,
    /// What moved since it was found, as column names.
    pub moved: Option<String>,
    /// When an approval takes effect.
    pub effective_at: Option<DateTime<Utc>>,
    /// Until when it is put off.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Whose word it rests on: `vtj`, or `external:` and the provider's name.
    pub source: String,
    /// Whether an invoice has been sent; nothing where the library's marks are masked.
    pub invoice_sent: Option<bool>,
    /// The address to which the invoice went, where one has been sent and the address is not masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_address: Option<InvoiceAddress>,
}

/// The register's address, to which an invoice has gone: whoever decides about the patron must have it in
/// view.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct InvoiceAddress(AddressLines);

impl InvoiceAddress {
    /// On one line.
    pub fn one_line(&self) -> String {
        let AddressLines { street_address, care_of, postal_code, city, country } = &self.0;
        let place = format!("{postal_code} {city}");
        let parts = [care_of.as_str(), street_address, place.trim(), country];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

impl std::fmt::Debug for InvoiceAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// A column that differs.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct ItemField {
    /// The column's name in the patron file.
    pub field: &'static str,
    /// The register's value, unless masked.
    pub current: Option<String>,
    /// The exact text approval would write, unless masked.
    pub proposed: Option<String>,
}

impl std::fmt::Debug for ItemField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ***", self.field)
    }
}

/// What a viewer may see of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// The protection in force.
    pub protection: Protection,
    /// Whether the viewer is cleared for this protected case.
    pub cleared: bool,
}

impl Sight {
    /// Whether the municipality is shown.
    fn shows_municipality(self) -> bool {
        self.protection != Protection::Yes || self.cleared
    }

    /// Whether the library's own marks and address are shown: masked by an order, not by doubt.
    fn shows_marks(self) -> bool {
        self.shows_municipality()
    }

    /// Which of the two values of a column are shown: the register's, and VTJ's.
    ///
    /// Identity codes are for nobody, old and new together least of all; nor is the birth date, which only a
    /// change of code proposes. While it is not known whether there is an order, nothing is shown of where
    /// VTJ says that the person is.
    pub(super) fn shows(self, field: Field) -> (bool, bool) {
        match field {
            Field::IdentityCode | Field::BirthDate => (false, false),
            Field::LastName | Field::FirstNames | Field::Language => (true, true),
            Field::StreetAddress | Field::CareOf | Field::PostalCode | Field::City | Field::Country => {
                match self.protection {
                    Protection::No => (true, true),
                    Protection::Unknown => (true, false),
                    Protection::Yes => (self.cleared, self.cleared),
                }
            }
        }
    }

    fn field(self, change: &FieldChange) -> ItemField {
        let (current, proposed) = self.shows(change.field);
        ItemField {
            field: change.field.as_str(),
            current: current.then(|| change.current.clone()),
            proposed: proposed.then(|| change.proposed.clone()),
        }
    }
}

/// The item of a case, as much of it as may be seen.
pub(super) fn item(case: &Case, sight: Sight) -> Result<QueueItem> {
    with_content(case, sight, &case.content()?)
}

/// The same of a case whose sealed content does not open.
pub(super) fn without_content(case: &Case, sight: Sight) -> Result<QueueItem> {
    with_content(case, sight, &SealedFinding::default())
}

fn with_content(case: &Case, sight: Sight, content: &SealedFinding) -> Result<QueueItem> {
    let row = &case.finding;
    let kind = row.kind()?;
    let date = content.death_date.map(|date| date.to_string());
    let invoiced = case.patron.notes().contains(&Note::InvoiceSent);
    Ok(QueueItem {
        id: row.id,
        kind: kind.as_str(),
        state: row.state()?.as_str(),
        card_number: case.patron.card_number.clone(),
        municipality: sight.shows_municipality().then(|| case.patron.municipality.clone()),
        opened_at: row.opened_at,
        reason: row.reason.clone(),
        fields: content.written().iter().map(|change| sight.field(change)).collect(),
        death_date: (kind == FindingKind::Death).then_some(date),
        rule: row.rule.clone(),
        single_review: row.single_review,
        frozen: case.is_frozen(),
        moved: row.moved.clone(),
        effective_at: row.effective_at,
        snoozed_until: row.snoozed_until,
        source: row.source()?.word(),
        invoice_sent: sight.shows_marks().then_some(invoiced),
        invoice_address: (invoiced && sight.shows_marks()).then(|| invoice_address(case, content)).flatten(),
    })
}

/// The register's address as it was before this item was written; nothing where it does not open.
fn invoice_address(case: &Case, content: &SealedFinding) -> Option<InvoiceAddress> {
    let mut lines = case.patron.open(case.keyring).ok()?.contact.address;
    if matches!(case.finding.state().ok()?, FindingState::Written | FindingState::Confirmed) {
        for change in content.written() {
            let line = match change.field {
                Field::StreetAddress => &mut lines.street_address,
                Field::CareOf => &mut lines.care_of,
                Field::PostalCode => &mut lines.postal_code,
                Field::City => &mut lines.city,
                Field::Country => &mut lines.country,
                Field::IdentityCode
                | Field::LastName
                | Field::FirstNames
                | Field::BirthDate
                | Field::Language => continue,
            };
            line.clone_from(&change.current);
        }
    }
    Some(InvoiceAddress(lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(field: Field) -> FieldChange {
        FieldChange { field, current: "old".to_owned(), proposed: "new".to_owned() }
    }

    fn shown(field: Field, protection: Protection, cleared: bool) -> (bool, bool) {
        let item = Sight { protection, cleared }.field(&change(field));
        (item.current.is_some(), item.proposed.is_some())
    }

    #[test]
    fn codes_are_masked_for_everybody() {
        for field in [Field::IdentityCode, Field::BirthDate] {
            for protection in [Protection::No, Protection::Unknown, Protection::Yes] {
                for cleared in [false, true] {
                    assert_eq!(shown(field, protection, cleared), (false, false));
                }
            }
        }
    }

    #[test]
    fn an_address_is_masked_by_an_order_and_vtjs_by_doubt() {
        for field in [Field::StreetAddress, Field::CareOf, Field::PostalCode, Field::City, Field::Country] {
            assert_eq!(shown(field, Protection::No, false), (true, true));
            assert_eq!(shown(field, Protection::Yes, false), (false, false));
            assert_eq!(shown(field, Protection::Yes, true), (true, true));
            assert_eq!(shown(field, Protection::Unknown, true), (true, false));
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let item = Sight { protection: Protection::No, cleared: false }.field(&change(Field::City));
        assert_eq!(format!("{item:?}"), "city: ***");
    }
}
