//! Identity codes for people who do not exist: one for every index, none of them anybody's.
//!
//! Individual numbers are 900–999 only, which no registered person has. Birth days run from 1930 to 2019;
//! with a hundred numbers and six century signs a day that makes 19.7 million codes. The upper half is
//! kept for the codes that people change to, so a successor never collides with a person.

use chrono::{Days, NaiveDate};

use crate::identity_code::IdentityCode;

/// 1 January 1930 up to 31 December 2019.
const BIRTH_DAYS: u64 = 32_872;
const NUMBERS: u64 = 100;
const FIRST_NUMBER: u64 = 900;
const SIGNS: u64 = 6;
const SIGNS_1900: &[u8; 6] = b"-YXWVU";
const SIGNS_2000: &[u8; 6] = b"ABCDEF";
const CHECK_CHARACTERS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

/// How many people can be made: half of the codes, the other half being for changed codes.
pub(super) const MOST_PERSONS: u64 = BIRTH_DAYS * NUMBERS * SIGNS / 2;

/// Spreads neighbouring indexes over the birth days. No common factor with the number of days.
const DAY_STRIDE: u64 = 7_919;

/// One birth day in this many has its first people under a newer century sign.
const NEWER_SIGN_DAYS: u64 = 16;

/// The code of the person with this index.
pub(super) fn code(index: u64) -> IdentityCode {
    debug_assert!(index < 2 * MOST_PERSONS, "an index beyond the last code");
    let day = (index * DAY_STRIDE) % BIRTH_DAYS;
    let slot = index / BIRTH_DAYS;
    let block = slot / NUMBERS;
    // A successor (the upper half) gets another number than the code it replaces, not only another sign.
    // Neighbouring days begin at different numbers.
    let number = FIRST_NUMBER + (slot + day * 37 + if block >= SIGNS / 2 { 41 } else { 0 }) % NUMBERS;
    let shift = if day % NEWER_SIGN_DAYS == 3 { 1 + day % (SIGNS - 1) } else { 0 };
    let sign_at = usize::try_from((block + shift) % SIGNS).expect("below six");
    let birth = NaiveDate::from_ymd_opt(1930, 1, 1).expect("a date") + Days::new(day);
    let sign = if chrono::Datelike::year(&birth) < 2000 { SIGNS_1900[sign_at] } else { SIGNS_2000[sign_at] };
    let digits = format!("{}{number}", birth.format("%d%m%y"));
    let sum: usize = digits.parse().expect("nine digits");
    let text = format!(
        "{}{}{}{}",
        &digits[..6],
        char::from(sign),
        &digits[6..],
        char::from(CHECK_CHARACTERS[sum % 31])
    );
    IdentityCode::parse(&text).expect("date, sign, number and check character are made to fit")
}

/// The code that the person with this index changes to: the same birth date, nobody else's code.
pub(super) fn successor(index: u64) -> IdentityCode {
    code(index + MOST_PERSONS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_also_where_the_numbers_of_a_day_run_out() {
        let indexes = (0..3_000_u64)
            .chain(BIRTH_DAYS * 99..BIRTH_DAYS * 99 + 3_000)
            .chain(BIRTH_DAYS * 100..BIRTH_DAYS * 100 + 3_000)
            .chain((0..200_u64).map(|slot| slot * BIRTH_DAYS))
            .chain(MOST_PERSONS - 10..MOST_PERSONS + 3_000);
        let indexes: BTreeSet<u64> = indexes.collect();
        let codes: BTreeSet<String> = indexes.iter().map(|&i| code(i).expose().to_owned()).collect();
        assert_eq!(codes.len(), indexes.len());
        assert!(indexes.iter().all(|&index| code(index).is_test()));
    }

    #[test]
    fn a_successor_keeps_the_birth_date() {
        for index in (0..100_000).step_by(997) {
            assert_eq!(code(index).birth_date(), successor(index).birth_date());
            assert_ne!(code(index), successor(index));
        }
    }
}
