//! Comparing an address abroad, which has no parts that hold in every country: delivery line, locality and
//! country are compared as wholes.

use super::compare::{Outcome, is_finland, writing};
use super::fold::{key, said};
use super::sameness::{Noise, Part, Sameness};
use super::{AddressLines, ForeignAddress, country};

pub(super) fn compare(current: &AddressLines, vtj: &ForeignAddress, lines: &AddressLines) -> Sameness {
    let mut outcome = Outcome::default();
    if !lines.street_address.is_empty() && key(&current.street_address) != key(&lines.street_address) {
        outcome.differ(Part::Street);
    }
    compare_country(current, vtj, &mut outcome);
    compare_locality(current, vtj, lines, &mut outcome);
    let writing = writing(
        &format!("{}\n{}", current.street_address, current.city),
        &format!("{}\n{}", lines.street_address, lines.city),
    );
    outcome.into_sameness(false, writing)
}

/// VTJ writes the postal code into the locality; the patron register may keep it in its own column, before
/// or behind the town.
fn compare_locality(
    current: &AddressLines,
    vtj: &ForeignAddress,
    lines: &AddressLines,
    outcome: &mut Outcome,
) {
    let with_name = key(&lines.city);
    // A country that the register's own column names need not be named behind the town as well.
    let without_name = key(vtj.locality.as_deref().unwrap_or_default());
    let fits = |city: &str| city == with_name || (city == without_name && !is_finland(&current.country));
    let (code, city) = (key(&current.postal_code), key(&current.city));
    if with_name.is_empty() || (code.is_empty() && fits(&city)) {
        return;
    }
    if fits(&format!("{code}{city}")) || fits(&format!("{city}{code}")) {
        outcome.note(Noise::PostalCodePlace);
    } else if fits(&city) {
        outcome.differ(Part::PostalCode);
    } else {
        outcome.differ(Part::City);
    }
}

fn compare_country(current: &AddressLines, vtj: &ForeignAddress, outcome: &mut Outcome) {
    let ours = current.country.trim().to_uppercase();
    let digits = said(vtj.country.as_deref()).unwrap_or_default();
    let agrees = if country::is_finland(digits) {
        is_finland(&ours)
    } else {
        // A country known in words only stands behind the town, whatever letters a member of staff chose.
        vtj.country_letters().is_none_or(|letters| ours == letters)
    };
    if !agrees {
        outcome.differ(Part::Country);
    }
}
