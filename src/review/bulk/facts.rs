//! What decides whether one case may be approved together with others, looked up as it is now.

use crate::finding::bulk::Facts;
use crate::patron::Note;
use crate::protected::Protection;
use crate::provenance::Source;
use crate::reconcile::Remark;
use crate::review::ReviewError;
use crate::review::case::Case;
use crate::staff::ProvedAccount;
use crate::store::{Tx, bulk_candidate};

/// The facts of a case for an account.
///
/// # Errors
/// When something cannot be read.
pub(super) async fn facts(
    tx: &mut Tx,
    case: &Case<'_>,
    account: &ProvedAccount,
) -> Result<Facts, ReviewError> {
    let (is_own_municipality, is_own_card) = match case.may_decide(tx, account).await {
        Ok(()) => (true, false),
        Err(ReviewError::OwnCard) => (true, true),
        Err(ReviewError::OutOfScope | ReviewError::NeedsClearance | ReviewError::NotReviewer) => {
            (false, false)
        }
        Err(error) => return Err(error),
    };
    let (row, patron) = (&case.finding, &case.patron);
    let only = [Remark::OnlySurnameFits, Remark::OnlyFirstNameFits];
    let mut facts = Facts {
        class: row.change_class()?,
        state: row.state()?,
        protection: case.protection()?,
        held_back: row.held_back,
        is_own_municipality,
        is_own_card,
        is_frozen: case.is_frozen(),
        invoice_sent: patron.notes().contains(&Note::InvoiceSent),
        partial_name: only.iter().any(|remark| row.reason.contains(remark.sentence())),
        is_single: row.single_review || !row.confirmable,
        is_of_other_source: row.source()? != Source::Vtj,
        has_guarantee: patron.guarantor_patron_id.is_some(),
        has_alternative_address: None,
    };
    if facts.protection != Protection::No {
        return Ok(facts);
    }
    let columns = patron.open(case.keyring)?;
    facts.has_alternative_address = Some(!columns.contact.alternative_address.trim().is_empty());
    facts.has_guarantee |= !columns.guarantor_name.trim().is_empty();
    facts.has_guarantee = facts.has_guarantee || bulk_candidate::guarantees(tx, &patron.patron_id).await?;
    Ok(facts)
}
