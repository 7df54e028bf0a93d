//! The state of an identity code (HENKILOTUNNUS_KORJAUS), in base data and in changes.

use serde_json::Value;

use super::Unreadable;
use super::fields::Fields;
use crate::identity_code::IdentityCode;
use crate::person::CodeStatus;

/// What one record of the group says.
pub(super) struct CodeRow {
    /// The code that is valid now, where one is named.
    active: Option<IdentityCode>,
    /// Whether the record says that no code is valid.
    ended: bool,
    /// Codes the person had before.
    former: Vec<IdentityCode>,
}

/// Reads one record.
///
/// No valid code beside `PASSIIVI`, or `null` in its place, is a code without a successor. Former codes
/// that are not well formed (such as very old ones) are passed over: they cannot be asked about.
pub(super) fn read(fields: Fields<'_>) -> Result<CodeRow, Unreadable> {
    let active = fields.code("aktiivinenHenkilotunnus")?;
    let validity = fields.text("voimassaolo")?;
    let passive = validity.as_deref() == Some("PASSIIVI");
    let null_in_doubt = validity.as_deref() != Some("AKTIIVI") && fields.is_null("aktiivinenHenkilotunnus");
    let mut former = former_codes(fields)?;
    if passive && let Some(changed) = fields.text("muutettuHenkilotunnus")? {
        former.extend(IdentityCode::parse(&changed).ok());
    }
    Ok(CodeRow { ended: active.is_none() && (passive || null_in_doubt), active, former })
}

fn former_codes(fields: Fields<'_>) -> Result<Vec<IdentityCode>, Unreadable> {
    const KEY: &str = "edellisetHenkilotunnukset";
    let Some(value) = fields.value(KEY) else { return Ok(Vec::new()) };
    let Value::Array(items) = value else { return Err(fields.wrong(KEY, "is not an array")) };
    let texts = items.iter().map(|item| item.as_str().ok_or_else(|| fields.wrong(KEY, "holds no text")));
    let texts: Vec<&str> = texts.collect::<Result<_, _>>()?;
    Ok(texts.into_iter().filter_map(|text| IdentityCode::parse(text.trim()).ok()).collect())
}

/// What the records say together of the code they came under. Two different valid codes are not understood:
/// `None`.
pub(super) fn status(code: &IdentityCode, rows: &[CodeRow]) -> Option<CodeStatus> {
    let mut active: Vec<&IdentityCode> = rows.iter().filter_map(|row| row.active.as_ref()).collect();
    active.sort();
    active.dedup();
    match active[..] {
        [] if rows.iter().any(|row| row.ended) => Some(CodeStatus::Passivated),
        [] => Some(CodeStatus::NotSaid),
        [valid] if valid == code => Some(CodeStatus::Valid),
        [valid] => Some(CodeStatus::ReplacedBy(valid.clone())),
        _ => None,
    }
}

/// The former codes of all records, without the code itself and without the valid one.
pub(super) fn former(code: &IdentityCode, rows: Vec<CodeRow>) -> Vec<IdentityCode> {
    let active: Vec<IdentityCode> = rows.iter().filter_map(|row| row.active.clone()).collect();
    let mut former: Vec<IdentityCode> = rows.into_iter().flat_map(|row| row.former).collect();
    former.retain(|one| one != code && !active.contains(one));
    former.sort();
    former.dedup();
    former
}
