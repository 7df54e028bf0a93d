//! The Finnish personal identity code (henkilötunnus): form, check character and what it says of birth.
//!
//! All eleven characters count. The century sign is not part of the check sum, so since the reform of
//! 2023 (decree 128/2010 as amended by 690/2022) two people may differ by that sign alone; it is never
//! normalised away. Sex is not read from the code. The type has no `Display` and no `Serialize`, and
//! `Debug` prints stars: the only way to the characters is [`IdentityCode::expose`], so that every place
//! which needs them can be found by name.

use chrono::NaiveDate;
use zeroize::Zeroize;

/// The characters a check character may be, in the order of the remainder of division by 31.
const CHECK_CHARACTERS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

/// Individual numbers from this one up are never a registered person's: they are temporary or test codes.
const FIRST_TEST_NUMBER: u32 = 900;

/// A well-formed personal identity code.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdentityCode([u8; 11]);

/// Why a text is not an identity code. The text itself is never part of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityCodeError {
    /// Not eleven characters.
    #[error("an identity code has 11 characters, this has {0}")]
    Length(usize),
    /// A character that cannot stand where it stands.
    #[error("character {0} of the identity code cannot stand there")]
    Character(usize),
    /// The first six digits and the century sign are not a date.
    #[error("the date in the identity code does not exist")]
    Date,
    /// The individual number is 000 or 001.
    #[error("the individual number of an identity code starts at 002")]
    Number,
    /// The check character does not fit the digits.
    #[error("the check character of the identity code does not fit")]
    Check,
}

impl IdentityCode {
    /// Reads a code as it must be written: eleven characters, upper case, no spaces.
    ///
    /// # Errors
    /// Says which rule the text breaks, never the text.
    pub fn parse(text: &str) -> Result<Self, IdentityCodeError> {
        if let Some(at) = text.chars().position(|character| !character.is_ascii()) {
            return Err(IdentityCodeError::Character(at + 1));
        }
        let bytes: [u8; 11] =
            text.as_bytes().try_into().map_err(|_| IdentityCodeError::Length(text.len()))?;
        let digits = [0, 1, 2, 3, 4, 5, 7, 8, 9];
        if let Some(&at) = digits.iter().find(|&&at: &&usize| !bytes[at].is_ascii_digit()) {
            return Err(IdentityCodeError::Character(at + 1));
        }
        century(bytes[6]).ok_or(IdentityCodeError::Character(7))?;
        let code = Self(bytes);
        code.date().ok_or(IdentityCodeError::Date)?;
        if code.individual_number() < 2 {
            return Err(IdentityCodeError::Number);
        }
        let sum = digits.iter().fold(0_u32, |sum, &at| sum * 10 + u32::from(bytes[at] - b'0'));
        if CHECK_CHARACTERS[(sum % 31) as usize] != bytes[10] {
            return Err(IdentityCodeError::Check);
        }
        Ok(code)
    }

    /// Reads a code as people type it: surrounding space is dropped and letters are raised.
    ///
    /// # Errors
    /// As [`IdentityCode::parse`].
    pub fn parse_typed(text: &str) -> Result<Self, IdentityCodeError> {
        Self::parse(&text.trim().to_ascii_uppercase())
    }

    /// Whether a free text holds a code, which would be kept where it was written.
    pub fn is_in(text: &str) -> bool {
        let characters: Vec<char> = text.chars().collect();
        let is_code = |part: &[char]| Self::parse_typed(&part.iter().collect::<String>()).is_ok();
        characters.windows(11).any(is_code)
    }

    /// The eleven characters. For request bodies, sealing and keyed hashes only.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).expect("parse admits ASCII only")
    }

    /// The date of birth that the code states.
    pub fn birth_date(&self) -> NaiveDate {
        self.date().expect("parse admits existing dates only")
    }

    /// Whether the individual number is one that no registered person has (900–999).
    pub fn is_test(&self) -> bool {
        self.individual_number() >= FIRST_TEST_NUMBER
    }

    fn date(&self) -> Option<NaiveDate> {
        let two = |at: usize| u32::from(self.0[at] - b'0') * 10 + u32::from(self.0[at + 1] - b'0');
        let year = century(self.0[6])? + i32::try_from(two(4)).ok()?;
        NaiveDate::from_ymd_opt(year, two(2), two(0))
    }

    fn individual_number(&self) -> u32 {
        self.0[7..10].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
    }
}

impl std::fmt::Debug for IdentityCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Drop for IdentityCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The first year of the century a sign stands for.
fn century(sign: u8) -> Option<i32> {
    match sign {
        b'+' => Some(1800),
        b'-' | b'Y' | b'X' | b'W' | b'V' | b'U' => Some(1900),
        b'A' | b'B' | b'C' | b'D' | b'E' | b'F' => Some(2000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_century_sign_of_the_reform_is_read() {
        for (text, year) in [
            ("311240-9012", 1940),
            ("150672Y918P", 1972),
            ("290204A915V", 2004),
            ("010115F904F", 2015),
            ("010101+902T", 1801),
        ] {
            let code = IdentityCode::parse(text).expect(text);
            assert_eq!(chrono::Datelike::year(&code.birth_date()), year, "{text}");
            assert!(code.is_test());
        }
        for sign in "-YXWVU".chars() {
            assert!(IdentityCode::parse(&format!("010190{sign}999W")).is_ok(), "{sign}");
        }
        for sign in "ABCDEF".chars() {
            assert!(IdentityCode::parse(&format!("010115{sign}904F")).is_ok(), "{sign}");
        }
    }

    #[test]
    fn the_sign_alone_tells_two_people_apart() {
        let one = IdentityCode::parse("010190-999W").unwrap();
        let other = IdentityCode::parse("010190Y999W").unwrap();
        assert_ne!(one, other);
    }

    #[test]
    fn a_wrong_code_is_refused_with_the_rule_it_breaks() {
        use IdentityCodeError::{Character, Check, Date, Length, Number};
        for (text, error) in [
            ("010190-999L", Check),
            ("310290-999W", Date),
            ("290201A9153", Date),
            ("010190-999w", Check),
            ("010190a904F", Character(7)),
            ("010190–999W", Character(7)),
            (" 010190-999W", Length(12)),
            ("010190999W", Length(10)),
            ("01O190-999W", Character(3)),
            ("010190G999W", Character(7)),
            (concat!("010190-", "001K"), Number),
            ("", Length(0)),
        ] {
            assert_eq!(IdentityCode::parse(text).unwrap_err(), error, "{text}");
        }
        assert!(IdentityCode::parse_typed(" 010190-999w ").is_ok());
    }

    #[test]
    fn a_code_in_a_text_is_noticed() {
        assert!(IdentityCode::is_in("asked for 010190-999w at the desk"));
        assert!(!IdentityCode::is_in("asked at the desk on 01.01.1990") && !IdentityCode::is_in(""));
    }

    #[test]
    fn debug_shows_nothing_of_the_code() {
        let code = IdentityCode::parse("010190-999W").unwrap();
        assert_eq!(format!("{code:?}"), "***");
        assert_eq!(format!("{:?}", Some(&code)), "Some(***)");
    }
}
