//! Sealing: who can read what is at rest.
//!
//! Each patron has a random data key; identity codes, VTJ's answers, proposed values and contact columns
//! are sealed with it (AES-256-GCM-SIV), bound to their table, column, row and key version so that a
//! ciphertext cannot be moved. Data keys are wrapped by the master key and kept apart from the database;
//! destroying a patron's data key erases the person while every log still verifies. Identity codes are
//! looked up by a keyed hash: their space is so small that a plain hash could be reversed in seconds.

mod keyfile;

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::identity_code::IdentityCode;

pub use keyfile::{KeyFileError, MasterKeys};

/// Length of every symmetric key, in bytes.
const KEY_BYTES: usize = 32;
/// Length of a nonce of AES-GCM-SIV, in bytes.
const NONCE_BYTES: usize = 12;
/// Length of a stored keyed hash, in bytes: half of HMAC-SHA-256, plenty against collisions of people.
const INDEX_BYTES: usize = 16;

/// Why something could not be sealed or opened. Never says what was in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The ciphertext does not belong where it was found, or was changed, or another key sealed it.
    #[error(
        "{table}.{column}: the sealed value does not open; it was changed, moved or sealed with another key"
    )]
    DoesNotOpen {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A wrapped data key was changed or moved, or another master key wrapped it.
    #[error(
        "data_key.wrapped: a patron's data key does not open; it was changed or moved: restore the data keys from their newest copy"
    )]
    DamagedKey,
    /// No master key of that version is in the key file.
    #[error(
        "the key file, as it was read, holds no master key of version {0}; start again after a rotation, otherwise restore the key file this database was used with"
    )]
    NoMasterKey(u32),
    /// The cipher refused, which only happens for absurd lengths.
    #[error("{0}: the value is too long to seal")]
    TooLong(&'static str),
}

/// The place a sealed value belongs to; part of what is authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's identifier.
    pub row: Uuid,
}

impl Place {
    fn associated_data(self, key_version: i64) -> Vec<u8> {
        let mut data = Vec::with_capacity(64);
        for part in [self.table.as_bytes(), self.column.as_bytes(), self.row.as_bytes()] {
            data.extend_from_slice(part);
            data.push(0);
        }
        data.extend_from_slice(&key_version.to_be_bytes());
        data
    }
}

/// A patron's data key, opened.
pub struct DataKey {
    /// The patron.
    pub patron: Uuid,
    /// Grows when the key is replaced.
    pub version: i64,
    /// The tag by which the audit log refers to the patron: random, and gone with the key.
    pub subject_tag: [u8; INDEX_BYTES],
    cipher: Aes256GcmSiv,
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DataKey(version {})", self.version)
    }
}

impl DataKey {
    /// Seals bytes for a place.
    ///
    /// # Errors
    /// When the value is absurdly long.
    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        seal_with(&self.cipher, place, self.version, plain)
    }

    /// Opens what [`DataKey::seal`] made for the same place.
    ///
    /// # Errors
    /// When the ciphertext does not belong there.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        open_with(&self.cipher, place, self.version, sealed)
    }
}

/// A wrapped data key as it is stored.
#[derive(Debug, Clone)]
pub struct WrappedKey {
    /// The patron.
    pub patron: Uuid,
    /// The data key's version.
    pub version: i64,
    /// The subject tag.
    pub subject_tag: Vec<u8>,
    /// The version of the master key that wraps it.
    pub master_version: i64,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

/// The keys of the installation, opened: wraps data keys, and hashes under keys.
pub struct Vault {
    wrapping: Vec<(u32, Aes256GcmSiv)>,
    index: Hmac<Sha256>,
    digest: Hmac<Sha256>,
    notes: Aes256GcmSiv,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(***)")
    }
}

const WRAPPED_PLACE: (&str, &str) = ("data_key", "wrapped");

impl Vault {
    /// Opens the vault with the keys of the key file.
    pub fn new(keys: &MasterKeys) -> Self {
        let wrapping = keys
            .versions()
            .map(|(version, key)| (version, cipher(&derive(key, b"ajantasa data key wrapping"))))
            .collect();
        Self {
            wrapping,
            index: mac(&derive(keys.index_root(), b"ajantasa identity code index")),
            digest: mac(&derive(keys.index_root(), b"ajantasa digests")),
            notes: cipher(&derive(keys.index_root(), b"ajantasa notes")),
        }
    }

    /// The version of the master key that wraps new data keys.
    pub fn current_master_version(&self) -> u32 {
        self.wrapping.iter().map(|(version, _)| *version).max().unwrap_or_default()
    }

    /// Makes a new data key for a patron. The tag is kept when a key is replaced, so that the audit log
    /// goes on speaking of the same subject.
    pub fn new_data_key(
        &self,
        patron: Uuid,
        version: i64,
        subject_tag: Option<[u8; INDEX_BYTES]>,
    ) -> (DataKey, WrappedKey) {
        let key = Zeroizing::new(rand::random::<[u8; KEY_BYTES]>());
        let subject_tag = subject_tag.unwrap_or_else(rand::random);
        let data_key = DataKey { patron, version, subject_tag, cipher: cipher(&key) };
        let wrapped = self.wrap(patron, version, subject_tag.to_vec(), &key);
        (data_key, wrapped)
    }

    /// Opens a stored data key.
    ///
    /// # Errors
    /// When the key file lacks the master key, or the wrapped key was changed or moved.
    pub fn unwrap(&self, stored: &WrappedKey) -> Result<DataKey, SealError> {
        let key = self.unwrap_bytes(stored)?;
        let subject_tag = stored
            .subject_tag
            .as_slice()
            .try_into()
            .map_err(|_| does_not_open(WRAPPED_PLACE.0, "subject_tag"))?;
        Ok(DataKey { patron: stored.patron, version: stored.version, subject_tag, cipher: cipher(&key) })
    }

    /// Wraps a stored data key anew with the current master key.
    ///
    /// # Errors
    /// As [`Vault::unwrap`].
    pub fn rewrap(&self, stored: &WrappedKey) -> Result<WrappedKey, SealError> {
        let key = self.unwrap_bytes(stored)?;
        Ok(self.wrap(stored.patron, stored.version, stored.subject_tag.clone(), &key))
    }

    /// The keyed hash by which an identity code is looked up. All eleven characters count.
    pub fn code_index(&self, code: &IdentityCode) -> Vec<u8> {
        keyed_hash(&self.index, &[b"identity code", code.expose().as_bytes()])
    }

    /// A keyed digest of parts, for recognising the same content without keeping it.
    pub fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        keyed_hash(&self.digest, parts)
    }

    /// Seals what is kept for minutes and belongs to no patron's data key.
    ///
    /// # Errors
    /// When the value is absurdly long.
    pub fn seal_note(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        seal_with(&self.notes, place, 0, plain)
    }

    /// Opens what [`Vault::seal_note`] made for the same place.
    ///
    /// # Errors
    /// When the ciphertext does not belong there.
    pub fn open_note(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        open_with(&self.notes, place, 0, sealed)
    }

    fn wrap(&self, patron: Uuid, version: i64, subject_tag: Vec<u8>, key: &[u8; KEY_BYTES]) -> WrappedKey {
        let (master_version, wrapping) = self
            .wrapping
            .iter()
            .max_by_key(|(version, _)| *version)
            .expect("a key file holds at least one master key");
        let place = Place { table: WRAPPED_PLACE.0, column: WRAPPED_PLACE.1, row: patron };
        let wrapped = seal_with(wrapping, place, version, key).expect("a key of 32 bytes is never too long");
        WrappedKey { patron, version, subject_tag, master_version: i64::from(*master_version), wrapped }
    }

    fn unwrap_bytes(&self, stored: &WrappedKey) -> Result<Zeroizing<[u8; KEY_BYTES]>, SealError> {
        let wanted = u32::try_from(stored.master_version).unwrap_or(u32::MAX);
        let (_, wrapping) = self
            .wrapping
            .iter()
            .find(|(version, _)| *version == wanted)
            .ok_or(SealError::NoMasterKey(wanted))?;
        let place = Place { table: WRAPPED_PLACE.0, column: WRAPPED_PLACE.1, row: stored.patron };
        let plain = open_with(wrapping, place, stored.version, &stored.wrapped)?;
        let key = plain.as_slice().try_into().map_err(|_| does_not_open(WRAPPED_PLACE.0, WRAPPED_PLACE.1))?;
        Ok(Zeroizing::new(key))
    }
}

fn cipher(key: &[u8; KEY_BYTES]) -> Aes256GcmSiv {
    Aes256GcmSiv::new_from_slice(key).expect("the key has the length of the cipher's key")
}

fn derive(root: &[u8; KEY_BYTES], label: &[u8]) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    hkdf::Hkdf::<Sha256>::new(None, root)
        .expand(label, key.as_mut_slice())
        .expect("32 bytes is a length HKDF can give");
    key
}

/// HMAC with the key worked in, which is half of the work of a short hash.
fn mac(key: &[u8; KEY_BYTES]) -> Hmac<Sha256> {
    <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length")
}

fn keyed_hash(key: &Hmac<Sha256>, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = key.clone();
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes()[..INDEX_BYTES].to_vec()
}

fn seal_with(cipher: &Aes256GcmSiv, place: Place, version: i64, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let nonce_bytes = rand::random::<[u8; NONCE_BYTES]>();
    let nonce = Nonce::from(nonce_bytes);
    let payload = Payload { msg: plain, aad: &place.associated_data(version) };
    let sealed = cipher.encrypt(&nonce, payload).map_err(|_| SealError::TooLong(place.column))?;
    let mut stored = Vec::with_capacity(NONCE_BYTES + sealed.len());
    stored.extend_from_slice(&nonce_bytes);
    stored.extend_from_slice(&sealed);
    Ok(stored)
}

fn open_with(
    cipher: &Aes256GcmSiv,
    place: Place,
    version: i64,
    stored: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let failed = || does_not_open(place.table, place.column);
    let (nonce, sealed) = stored.split_at_checked(NONCE_BYTES).ok_or_else(failed)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| failed())?;
    let payload = Payload { msg: sealed, aad: &place.associated_data(version) };
    cipher.decrypt(&Nonce::from(nonce), payload).map(Zeroizing::new).map_err(|_| failed())
}

fn does_not_open(table: &'static str, column: &'static str) -> SealError {
    SealError::DoesNotOpen { table, column }
}

/// The first bytes of a key's SHA-256, for people to compare. Says nothing of the key.
fn fingerprint(key: &[u8; KEY_BYTES]) -> String {
    let digest = Sha256::new().chain_update(b"ajantasa key fingerprint").chain_update(key).finalize();
    hex::encode(&digest[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        Vault::new(&MasterKeys::generate())
    }

    fn place(row: Uuid) -> Place {
        Place { table: "patron", column: "sealed", row }
    }

    #[test]
    fn a_sealed_value_opens_only_where_it_was_sealed() {
        let vault = vault();
        let row = Uuid::from_u128(1);
        let (key, _) = vault.new_data_key(row, 1, None);
        let sealed = key.seal(place(row), b"Testikatu 1").unwrap();
        assert_eq!(key.open(place(row), &sealed).unwrap().as_slice(), b"Testikatu 1");
        assert!(key.open(place(Uuid::from_u128(2)), &sealed).is_err());
        let elsewhere = Place { column: "other", ..place(row) };
        assert!(key.open(elsewhere, &sealed).is_err());
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(key.open(place(row), &changed).is_err());
        assert!(key.open(place(row), b"short").is_err());
    }

    #[test]
    fn a_data_key_survives_rotation_of_the_master_key() {
        let mut keys = MasterKeys::generate();
        let row = Uuid::from_u128(7);
        let (key, stored) = Vault::new(&keys).new_data_key(row, 1, None);
        let sealed = key.seal(place(row), b"x").unwrap();
        keys.add_version();
        let vault = Vault::new(&keys);
        let rewrapped = vault.rewrap(&stored).unwrap();
        assert_eq!(rewrapped.master_version, 2);
        assert_eq!(rewrapped.subject_tag, stored.subject_tag);
        assert_eq!(vault.unwrap(&rewrapped).unwrap().open(place(row), &sealed).unwrap().as_slice(), b"x");
        keys.retire_all_but_current();
        assert_eq!(Vault::new(&keys).unwrap(&stored).unwrap_err(), SealError::NoMasterKey(1));
    }

    #[test]
    fn the_index_tells_codes_apart_by_the_century_sign_and_survives_rotation() {
        let mut keys = MasterKeys::generate();
        let one = IdentityCode::parse("010190-999W").unwrap();
        let other = IdentityCode::parse("010190Y999W").unwrap();
        let before = Vault::new(&keys);
        assert_ne!(before.code_index(&one), before.code_index(&other));
        keys.add_version();
        assert_eq!(before.code_index(&one), Vault::new(&keys).code_index(&one));
    }
}
