//! Custodians of a child (HUOLTAJA in any of its variants) and legal guardians (EDUNVALVONTA).
//!
//! A relation that has ended is not read. Nothing here knows today's date, so a stated end counts as an end,
//! with two exceptions: custody is always stated to end on the child's eighteenth birthday, and an end in
//! the next century is how VTJ writes an open one.

use chrono::{Datelike, Months, NaiveDate};

use super::Unreadable;
use super::fields::Fields;
use crate::date::PartialDate;
use crate::person::{Guardian, GuardianRole, PersonName};

/// Ends stated in this year or later are open ends; `2999-02-28` and `2120-02-28` have been seen.
const OPEN_END_YEAR: i32 = 2100;

/// The length of childhood in law, in months.
const MONTHS_OF_CHILDHOOD: Months = Months::new(18 * 12);

/// The custodian of a HUOLTAJA group, unless the relation ended before the child grew up.
pub(super) fn custodian(born: NaiveDate, fields: Fields<'_>) -> Result<Option<Guardian>, Unreadable> {
    let grown_up = born.checked_add_months(MONTHS_OF_CHILDHOOD);
    let ends = fields.date("huoltosuhteenLoppupv")?;
    let to_the_end_of_childhood = ends
        .is_some_and(|ends| grown_up.is_some_and(|grown_up| ends.last_day().succ_opt() >= Some(grown_up)));
    if is_end(ends) && !to_the_end_of_childhood {
        return Ok(None);
    }
    let Some(stub) = fields.object("huoltaja")? else { return Ok(None) };
    guardian(stub, GuardianRole::Custodian).map(Some)
}

/// The legal guardians of an EDUNVALVONTA group, unless it has ended.
pub(super) fn legal_guardians(fields: Fields<'_>) -> Result<Vec<Guardian>, Unreadable> {
    if is_end(fields.date("paatymispv")?) {
        return Ok(Vec::new());
    }
    let rows = fields.objects("nykyisetEdunvalvojat")?.unwrap_or_default();
    let stubs = rows.into_iter().filter_map(|row| row.object("edunvalvoja").transpose());
    stubs.map(|stub| guardian(stub?, GuardianRole::LegalGuardian)).collect()
}

fn is_end(stated: Option<PartialDate>) -> bool {
    stated.is_some_and(|ends| ends.first_day().year() < OPEN_END_YEAR)
}

/// The stub of a person inside a relation. A foreigner may have no code, and a code that is not well formed
/// is as good as none.
fn guardian(stub: Fields<'_>, role: GuardianRole) -> Result<Guardian, Unreadable> {
    let code = stub.text("henkilotunnus")?;
    let name = PersonName {
        last_name: stub.first_text(&["sukunimiUTF8", "sukunimi"])?.unwrap_or_default(),
        first_names: stub.first_text(&["etunimetUTF8", "etunimet"])?.unwrap_or_default(),
        name_in_use: None,
    };
    Ok(Guardian {
        code: code.and_then(|code| crate::identity_code::IdentityCode::parse(&code).ok()),
        name,
        role,
    })
}
