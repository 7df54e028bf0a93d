//! Wrong words at the staff pages: counted by name and by network, or, from a known device, by device alone.
//!
//! Names that are none are counted like the others, so that the answer, the work and the lock are the same. What is
//! counted is stored under keyed digests.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::device::Device;
use super::session::Visitor;
use super::{StaffError, lock};
use crate::store::sign_in_lock::{self, LockRow};
use crate::store::{Tx, known_device};
use crate::task::Context;

/// What attempts are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Network,
    Device,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Network => "network",
            Self::Device => "device",
        }
    }

    fn until(self, failures: i64, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Name | Self::Device => Some(lock::page_until(failures, at)),
            Self::Network => lock::network_until(failures, at),
        }
    }

    /// After so long without a wrong word the count begins anew.
    fn memory(self) -> TimeDelta {
        match self {
            Self::Name | Self::Device => TimeDelta::days(1),
            Self::Network => TimeDelta::hours(1),
        }
    }
}

/// The counts that one attempt falls under.
#[derive(Debug)]
pub(super) struct Guesses {
    keys: Vec<(Kind, Vec<u8>)>,
}

/// The same, held until the transaction ends.
#[derive(Debug)]
pub(super) struct Held {
    rows: Vec<(Kind, Vec<u8>, LockRow)>,
}

impl Guesses {
    /// Finds them. Without an account the work is the same.
    pub(super) async fn of(
        context: &Context,
        tx: &mut Tx,
        (name, account): (&str, Option<Uuid>),
        visitor: &Visitor,
        device: Option<&Device>,
    ) -> Result<Self, StaffError> {
        let account = account.unwrap_or_else(Uuid::nil);
        let key = |kind: Kind, what: &[u8]| (kind, context.vault.digest(&[kind.as_str().as_bytes(), what]));
        if let Some(device) = device {
            let digest = device.digest();
            if known_device::is_known(tx, &digest, Some(account)).await? {
                let own = [digest.as_slice(), account.as_bytes()].concat();
                return Ok(Self { keys: vec![key(Kind::Device, &own)] });
            }
        }
        let network = network(&visitor.address);
        Ok(Self { keys: vec![key(Kind::Name, name.as_bytes()), key(Kind::Network, network.as_bytes())] })
    }

    /// Whether no word is judged now.
    pub(super) async fn are_locked(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<bool, StaffError> {
        let mut is_locked = false;
        for (kind, key) in &self.keys {
            let row = sign_in_lock::get(tx, kind.as_str(), key).await?;
            is_locked |= row.is_some_and(|row| holds(&row, now));
        }
        Ok(is_locked)
    }

    /// Holds the counts, so that attempts made at the same time are judged one by one.
    pub(super) async fn hold(self, tx: &mut Tx, now: DateTime<Utc>) -> Result<Held, StaffError> {
        let mut rows = Vec::with_capacity(self.keys.len());
        for (kind, key) in self.keys {
            let row = sign_in_lock::hold(tx, kind.as_str(), &key, now).await?;
            rows.push((kind, key, row));
        }
        Ok(Held { rows })
    }
}

impl Held {
    /// Whether no word is judged now.
    pub(super) fn are_locked(&self, now: DateTime<Utc>) -> bool {
        self.rows.iter().any(|(_, _, row)| holds(row, now))
    }

    /// Counts a wrong word.
    pub(super) async fn count(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<(), StaffError> {
        for (kind, key, row) in &self.rows {
            let before = if now - row.changed_at < kind.memory() { row.failures } else { 0 };
            let failures = before + 1;
            let row = LockRow { failures, locked_until: kind.until(failures, now), changed_at: now };
            sign_in_lock::set(tx, kind.as_str(), key, &row).await?;
        }
        Ok(())
    }

    /// Forgets what a known device has mistyped, once its holder has signed in. The other counts stay: they are
    /// guesses of anybody, and a sign-in must not give others new ones.
    pub(super) async fn clear(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<(), StaffError> {
        for (kind, key, _) in
            self.rows.iter().filter(|(kind, _, row)| *kind == Kind::Device && row.failures > 0)
        {
            let row = LockRow { failures: 0, locked_until: None, changed_at: now };
            sign_in_lock::set(tx, kind.as_str(), key, &row).await?;
        }
        Ok(())
    }
}

fn holds(row: &LockRow, now: DateTime<Utc>) -> bool {
    row.locked_until.is_some_and(|until| until > now)
}

/// What an address shares with its neighbours: itself, or the first half of an IPv6 address, which is one site's.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(address) => address.to_string(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_network_are_counted_together() {
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_eq!(network("nonsense"), network(""));
    }
}
