//! The columns of the patron file, and where each is kept in the store.
//!
//! A value has one text, the same whether it is read from a file or from the store, so that the two can be
//! compared and an export imports to the same register.

use std::borrow::Cow;

use crate::identity_code::IdentityCode;
use crate::municipality::Language;
use crate::patron::{Note, PatronKind};
use crate::patron_file::{Column, Row};
use crate::store::patron::{PatronRow, SealedColumns};

/// The columns that an approved finding can correct, and the notes, from which a new address takes the mark
/// of wrong contact details. Of these alone can the register hold another value than the last import brought.
pub(super) const CORRECTABLE: [Column; 11] = [
    Column::IdentityCode,
    Column::LastName,
    Column::FirstNames,
    Column::BirthDate,
    Column::StreetAddress,
    Column::CareOf,
    Column::PostalCode,
    Column::City,
    Column::Country,
    Column::Language,
    Column::Notes,
];

/// The text of a column in a row of a file.
pub(super) fn in_file(row: &Row, column: Column) -> Cow<'_, str> {
    match column {
        Column::PatronId => (&row.patron_id).into(),
        Column::CardNumber => (&row.card_number).into(),
        Column::IdentityCode => row.identity_code.as_ref().map_or("", IdentityCode::expose).into(),
        Column::LastName => (&row.last_name).into(),
        Column::FirstNames => (&row.first_names).into(),
        Column::BirthDate => shown(row.birth_date),
        Column::StreetAddress => (&row.street_address).into(),
        Column::CareOf => (&row.care_of).into(),
        Column::PostalCode => (&row.postal_code).into(),
        Column::City => (&row.city).into(),
        Column::Country => (&row.country).into(),
        Column::AlternativeAddress => (&row.alternative_address).into(),
        Column::Phone => (&row.phone).into(),
        Column::Email => (&row.email).into(),
        Column::Language => row.language.map_or("", Language::as_str).into(),
        Column::PatronGroup => (&row.patron_group).into(),
        Column::Municipality => row.municipality.as_str().into(),
        Column::HomeLibrary => (&row.home_library).into(),
        Column::RegisteredOn => shown(row.registered_on),
        Column::LastActiveOn => shown(row.last_active_on),
        Column::LastPatronEditOn => shown(row.last_patron_edit_on),
        Column::GuarantorPatronId => (&row.guarantor_patron_id).into(),
        Column::GuarantorName => (&row.guarantor_name).into(),
        Column::OpenLoans => shown(row.open_loans),
        Column::UnpaidFees => row.unpaid_fees_cents.map_or(Cow::from(""), |cents| euros(cents).into()),
        Column::OldestDueDate => shown(row.oldest_due_date),
        Column::OwningLibrary => (&row.owning_library).into(),
        Column::CardExpiresOn => shown(row.card_expires_on),
        Column::Kind => kind_word(row.kind).into(),
        Column::Protected => mark(row.protected).into(),
        Column::Notes => notes_text(row).into(),
    }
}

/// The text of a column in the store.
pub(super) fn stored<'a>(row: &'a PatronRow, sealed: &'a SealedColumns, column: Column) -> Cow<'a, str> {
    match column {
        Column::PatronId => (&row.patron_id).into(),
        Column::CardNumber => (&row.card_number).into(),
        Column::IdentityCode => sealed.code.as_deref().unwrap_or_default().into(),
        Column::LastName => (&row.last_name).into(),
        Column::FirstNames => (&row.first_names).into(),
        Column::BirthDate => shown(row.birth_date),
        Column::StreetAddress => (&sealed.contact.address.street_address).into(),
        Column::CareOf => (&sealed.contact.address.care_of).into(),
        Column::PostalCode => (&sealed.contact.address.postal_code).into(),
        Column::City => (&sealed.contact.address.city).into(),
        Column::Country => (&sealed.contact.address.country).into(),
        Column::AlternativeAddress => (&sealed.contact.alternative_address).into(),
        Column::Phone => (&sealed.contact.phone).into(),
        Column::Email => (&sealed.contact.email).into(),
        Column::Language => row.language.as_deref().unwrap_or_default().into(),
        Column::PatronGroup => (&row.patron_group).into(),
        Column::Municipality => (&row.municipality).into(),
        Column::HomeLibrary => (&row.home_library).into(),
        Column::RegisteredOn => shown(row.registered_on),
        Column::LastActiveOn => shown(row.last_active_on),
        Column::LastPatronEditOn => shown(row.last_patron_edit_on),
        Column::GuarantorPatronId => row.guarantor_patron_id.as_deref().unwrap_or_default().into(),
        Column::GuarantorName => (&sealed.guarantor_name).into(),
        Column::OpenLoans => shown(row.open_loans),
        Column::UnpaidFees => row.unpaid_fees_cents.map_or(Cow::from(""), |cents| euros(cents).into()),
        Column::OldestDueDate => shown(row.oldest_due_date),
        Column::OwningLibrary => (&row.owning_library).into(),
        Column::CardExpiresOn => shown(row.card_expires_on),
        Column::Kind => (&row.kind).into(),
        Column::Protected => mark(row.protected_mark).into(),
        Column::Notes => (&row.notes).into(),
    }
}

/// Puts the value of a file's row into the store's row. A mark of protection is only ever set.
pub(super) fn copy(from: &Row, column: Column, row: &mut PatronRow, sealed: &mut SealedColumns) {
    let text = || in_file(from, column).into_owned();
    match column {
        Column::PatronId => row.patron_id = text(),
        Column::CardNumber => row.card_number = text(),
        Column::IdentityCode => sealed.code = some(text()),
        Column::LastName => row.last_name = text(),
        Column::FirstNames => row.first_names = text(),
        Column::BirthDate => row.birth_date = from.birth_date,
        Column::StreetAddress => sealed.contact.address.street_address = text(),
        Column::CareOf => sealed.contact.address.care_of = text(),
        Column::PostalCode => sealed.contact.address.postal_code = text(),
        Column::City => sealed.contact.address.city = text(),
        Column::Country => sealed.contact.address.country = text(),
        Column::AlternativeAddress => sealed.contact.alternative_address = text(),
        Column::Phone => sealed.contact.phone = text(),
        Column::Email => sealed.contact.email = text(),
        Column::Language => row.language = some(text()),
        Column::PatronGroup => row.patron_group = text(),
        Column::Municipality => row.municipality = text(),
        Column::HomeLibrary => row.home_library = text(),
        Column::RegisteredOn => row.registered_on = from.registered_on,
        Column::LastActiveOn => row.last_active_on = from.last_active_on,
        Column::LastPatronEditOn => row.last_patron_edit_on = from.last_patron_edit_on,
        Column::GuarantorPatronId => row.guarantor_patron_id = some(text()),
        Column::GuarantorName => sealed.guarantor_name = text(),
        Column::OpenLoans => row.open_loans = from.open_loans.map(i64::from),
        Column::UnpaidFees => row.unpaid_fees_cents = from.unpaid_fees_cents,
        Column::OldestDueDate => row.oldest_due_date = from.oldest_due_date,
        Column::OwningLibrary => row.owning_library = text(),
        Column::CardExpiresOn => row.card_expires_on = from.card_expires_on,
        Column::Kind => row.kind = text(),
        Column::Protected => row.protected_mark |= from.protected,
        Column::Notes => row.notes = text(),
    }
}

/// Names of columns, for reports and the audit log.
pub(super) fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.as_str()).collect::<Vec<_>>().join(",")
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn shown<T: ToString>(value: Option<T>) -> Cow<'static, str> {
    value.map_or(Cow::from(""), |value| value.to_string().into())
}

/// `12.50` for 1250 cents.
fn euros(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

fn kind_word(kind: PatronKind) -> &'static str {
    match kind {
        PatronKind::Person => "person",
        PatronKind::Organisation => "organisation",
    }
}

fn mark(set: bool) -> &'static str {
    if set { "yes" } else { "" }
}

fn notes_text(row: &Row) -> String {
    row.notes.iter().map(|note: &Note| note.as_str()).collect::<Vec<_>>().join(";")
}
