//! The secret of an app that makes codes (TOTP, RFC 6238): SHA-1, six digits, thirty seconds, as every app knows it.

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

/// Bytes of a secret.
const BYTES: usize = 20;

/// A new secret.
pub(super) fn random() -> Zeroizing<[u8; BYTES]> {
    Zeroizing::new(rand::random())
}

fn totp(secret: &[u8]) -> Option<Totp> {
    // A step before and after: clocks of phones and servers differ by seconds.
    Builder::new().with_secret(secret).with_skew(1).build().ok()
}

/// The time step that a code belongs to, if it is right about now.
pub(super) fn step(secret: &[u8], code: &str, now: DateTime<Utc>) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = u64::try_from(now.timestamp()).ok()?;
    totp(secret)?.check(&digits, now).and_then(|step| i64::try_from(step).ok())
}

/// The secret as an app takes it by hand: groups of four.
pub(super) fn text(secret: &[u8]) -> String {
    let text = Secret::from(secret).to_base32();
    let groups: Vec<&str> =
        text.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(" ")
}

/// The address that an app reads from a picture.
pub(super) fn address(secret: &[u8], account: &str) -> String {
    let name: String = form_urlencoded::byte_serialize(account.as_bytes()).collect();
    let secret = Secret::from(secret).to_base32();
    format!("otpauth://totp/Ajantasa:{name}?secret={secret}&issuer=Ajantasa")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret and two codes of RFC 6238, appendix B, cut to six digits.
    const SECRET: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        assert_eq!(step(SECRET, "287082", at(59)), Some(1));
        assert_eq!(step(SECRET, "081 804", at(1_111_111_109)), Some(37_037_036));
        assert_eq!(step(SECRET, "081804", at(1_111_111_109 + 30)), Some(37_037_036), "a step late");
        assert_eq!(step(SECRET, "081804", at(1_111_111_109 + 90)), None, "too late");
        for wrong in ["", "08180", "0818040", "081805", "abcdef"] {
            assert_eq!(step(SECRET, wrong, at(1_111_111_109)), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_told_in_groups_and_in_an_address() {
        assert_eq!(text(SECRET), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            address(SECRET, "maija&co"),
            "otpauth://totp/Ajantasa:maija%26co?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ajantasa"
        );
    }
}
