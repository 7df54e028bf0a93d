//! Browsers that an account has signed in from before, told by a word in a cookie of which a digest is stored.
//!
//! A known device has its own count of wrong words, so guesses from elsewhere do not lock its holder out.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::StaffError;
use crate::store::{Tx, known_device};

/// The word of a device's cookie.
#[derive(Clone)]
pub struct Device([u8; 32]);

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Device {
    /// The word of a cookie, if it may be one.
    pub fn parse(word: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(word, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The word, for the cookie.
    pub fn word(&self) -> String {
        hex::encode(self.0)
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::new().chain_update(b"device").chain_update(self.0).finalize().into()
    }
}

/// Remembers that an account has signed in from a device: the same again where the house knows it, as staff share
/// desks; otherwise a new one, because a word may have been planted.
pub(super) async fn remember(
    tx: &mut Tx,
    shown: Option<&Device>,
    account: Uuid,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Device, StaffError> {
    let known = match shown {
        Some(device) if known_device::is_known(tx, &device.digest(), None).await? => Some(device.clone()),
        _ => None,
    };
    let device = known.unwrap_or_else(|| Device(rand::random()));
    known_device::put(tx, &device.digest(), account, now).await?;
    Ok(device)
}
