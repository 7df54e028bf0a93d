//! Passwords: Argon2id with the crate's parameters (19 MiB, two passes, one lane), which are the floor that
//! OWASP names.

use std::sync::{LazyLock, Mutex, PoisonError};

use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::{Builder, Runtime};

use super::StaffError;

/// Characters that a new password has at least.
pub const LEAST_CHARACTERS: usize = 12;

/// Where hashes are computed, one at a time: each takes 19 MiB and tens of milliseconds, and a flood of guesses must leave
/// the rest of the program its memory and its processors.
static HASHERS: LazyLock<std::io::Result<Runtime>> =
    LazyLock::new(|| Builder::new_current_thread().max_blocking_threads(1).thread_name("password").build());

/// The memory of one, used again: given back and taken anew it would grow to several times as much.
static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());

async fn hashing<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StaffError> {
    let hashers = HASHERS.as_ref().map_err(|_| StaffError::Hash)?;
    hashers.spawn_blocking(work).await.map_err(|_| StaffError::Hash)
}

/// Takes the place of a hash where there is no account, for equal work: the parameters are those of [`hash`],
/// and what fits it is refused all the same.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBzYWx0IQ$2m1ZQmJ4oT0Yq3xX1cQk7vJr8Jt4bqk0eO2l9QhU5nA";

/// Hashes a new password. Takes tens of milliseconds and 19 MiB, on a thread for such work.
///
/// # Errors
/// When it is shorter than [`LEAST_CHARACTERS`].
pub async fn hash(password: SecretString) -> Result<String, StaffError> {
    if password.expose_secret().chars().count() < LEAST_CHARACTERS {
        return Err(StaffError::Password("the password is too short: take at least 12 characters"));
    }
    hashing(move || {
        let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|_| StaffError::Hash)
    })
    .await?
}

/// Whether a password fits a stored hash; without a hash, the same work is done and nothing fits.
///
/// # Errors
/// When no thread is left for it.
pub async fn verify(password: SecretString, stored: Option<String>) -> Result<bool, StaffError> {
    hashing(move || {
        let (text, is_real) = stored.as_deref().map_or((NOBODYS, false), |stored| (stored, true));
        let fits = compute(password.expose_secret().as_bytes(), text).unwrap_or(false);
        fits && is_real
    })
    .await
}

/// Whether a password fits a hash in PHC's format; nothing where it is no such hash.
fn compute(password: &[u8], text: &str) -> Option<bool> {
    let hash = PasswordHash::new(text).ok()?;
    let (salt, expected) = (hash.salt.as_ref()?, hash.hash.as_ref()?);
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = Version::try_from(hash.version?).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    memory.resize(params.block_count(), Block::default());
    let mut found = vec![0; expected.len()];
    let argon = Argon2::new(algorithm, version, params);
    let computed = argon.hash_password_into_with_memory(password, salt, &mut found, memory.as_mut_slice());
    memory.fill(Block::default());
    drop(memory);
    computed.ok()?;
    // Outputs are compared in constant time.
    Some(Output::new(&found).ok()? == *expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let stored = hash(SecretString::from("korrekt häst 1")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let fits = |password: &str, stored: Option<String>| verify(SecretString::from(password), stored);
        assert!(fits("korrekt häst 1", Some(stored.clone())).await.unwrap());
        assert!(!fits("korrekt häst 2", Some(stored)).await.unwrap());
        assert!(!fits("korrekt häst 1", None).await.unwrap());
        assert!(!fits("korrekt häst 1", Some("no hash".to_owned())).await.unwrap());
    }

    #[test]
    fn the_hash_for_equal_work_is_a_hash_with_the_same_parameters() {
        let hash = PasswordHash::new(NOBODYS).unwrap();
        assert_eq!(hash.params.get_decimal("m"), Some(19456));
        assert_eq!(hash.hash.unwrap().as_bytes().len(), 32);
        assert_eq!(compute(b"a guess", NOBODYS), Some(false), "the work is done");
    }

    #[tokio::test]
    async fn a_short_password_is_refused() {
        let error = hash(SecretString::from("ääääääääääa")).await.unwrap_err();
        assert!(matches!(error, StaffError::Password(_)));
        assert!(hash(SecretString::from("ääääääääääab")).await.is_ok());
    }
}
