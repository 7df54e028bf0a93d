//! Codes printed on paper: ten, each of which stands once for the app.

use uuid::Uuid;

use crate::seal::Vault;

/// How many are printed.
pub const COUNT: usize = 10;
/// Characters of a code: sixty random bits.
const CHARACTERS: usize = 12;
/// Digits and letters that are not taken for one another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// New codes, as they are printed: `7K2M-Q9XA-04TB`.
pub(super) fn random() -> Vec<String> {
    (0..COUNT).map(|_| written(rand::random())).collect()
}

/// Five bits of each byte, in groups of four characters.
fn written(bytes: [u8; CHARACTERS]) -> String {
    let letters = bytes.map(|byte| ALPHABET[usize::from(byte & 31)]);
    let groups: Vec<&str> = letters.chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join("-")
}

/// What is stored of a code, however it was typed.
pub(super) fn digest(vault: &Vault, account: Uuid, code: &str) -> Vec<u8> {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    vault.digest(&[b"one-time code", account.as_bytes(), plain.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::MasterKeys;

    #[test]
    fn a_code_is_the_same_however_it_is_typed_and_another_account_has_others() {
        let vault = Vault::new(&MasterKeys::generate());
        let of = |account, code| digest(&vault, Uuid::from_u128(account), code);
        assert_eq!(of(1, "7K2M-Q9XA-04TB"), of(1, " 7k2m q9xa o4tb "));
        assert_ne!(of(1, "7K2M-Q9XA-04TB"), of(2, "7K2M-Q9XA-04TB"));
        assert_ne!(of(1, "7K2M-Q9XA-04TB"), of(1, "7K2M-Q9XA-04TC"));
    }

    #[test]
    fn ten_codes_of_sixty_bits_are_printed() {
        let codes = random();
        assert_eq!(codes.len(), COUNT);
        assert!(codes.iter().all(|code| code.len() == 14 && code.matches('-').count() == 2));
        let distinct: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), COUNT);
    }
}
