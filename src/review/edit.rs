//! What staff put in the place of a proposal before they approve it.

use super::case::Case;
use super::error::ReviewError;
use crate::finding::{Field, FieldChange};
use crate::patron_file::{Column, check_cell};
use crate::protected::Protection;

/// The columns as approval writes them with these texts: what differs from the register, in the file's order. Empty
/// when the texts are those proposed.
pub(super) fn changes(case: &Case<'_>, texts: &[(Field, String)]) -> Result<Vec<FieldChange>, ReviewError> {
    let editable = case.finding.kind()?.editable();
    let content = case.content()?;
    // What may not be seen is not put into other words.
    if editable.is_empty() || content.reverts.is_some() || case.protection()? != Protection::No {
        return Err(ReviewError::NothingToWrite);
    }
    let columns = case.patron.open(case.keyring)?;
    let mut changes = Vec::new();
    for &field in editable {
        let current = case.patron.text(&columns, field);
        let found = content.fields.iter().find(|change| change.field == field);
        let said = texts.iter().find(|(column, _)| *column == field).map(|(_, text)| text.trim());
        let proposed = match said {
            Some(text) => checked(field, text)?,
            None => found.map_or_else(|| current.clone(), |change| change.proposed.clone()),
        };
        if proposed != current {
            changes.push(FieldChange { field, current, proposed });
        }
    }
    if changes.is_empty() {
        return Err(ReviewError::NothingToWrite);
    }
    Ok(if changes == content.fields { Vec::new() } else { changes })
}

fn checked(field: Field, text: &str) -> Result<String, ReviewError> {
    let column = Column::ALL.into_iter().find(|column| column.as_str() == field.as_str());
    if let Some(column) = column {
        check_cell(column, text).map_err(|fault| ReviewError::BadText(field, fault))?;
    }
    Ok(if field == Field::Country { text.to_ascii_uppercase() } else { text.to_owned() })
}
