//! The proof that a request to VTJ has its row in the disclosure log.

use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::municipality::MunicipalityCode;
use crate::purpose::GroundedPurpose;

/// A request that has been written to the disclosure log and may be sent. No request can be built without
/// one. Retries are attempts of the same call.
#[derive(Debug)]
pub struct Call {
    disclosure: Uuid,
    purpose: GroundedPurpose,
    municipality: MunicipalityCode,
    attempts: AtomicU32,
}

impl Call {
    /// The call whose row in the disclosure log is `disclosure`. The caller has committed that row.
    pub fn recorded(disclosure: Uuid, purpose: GroundedPurpose, municipality: MunicipalityCode) -> Self {
        Self { disclosure, purpose, municipality, attempts: AtomicU32::new(0) }
    }

    /// The row in the disclosure log.
    pub fn disclosure(&self) -> Uuid {
        self.disclosure
    }

    /// Why it is asked.
    pub fn purpose(&self) -> &GroundedPurpose {
        &self.purpose
    }

    /// For whose patrons it is asked.
    pub fn municipality(&self) -> &MunicipalityCode {
        &self.municipality
    }

    /// How many times it has been sent.
    pub fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// The `X-Road-Id` under which an attempt, counted from 1, is known at the security servers. Each attempt
    /// has its own, and all follow from the row in the disclosure log.
    pub fn x_road_id(&self, attempt: u32) -> Uuid {
        let digest = Sha256::new_with_prefix(self.disclosure.as_bytes()).chain_update(attempt.to_be_bytes());
        let mut bytes = [0_u8; 16];
        bytes.iter_mut().zip(digest.finalize()).for_each(|(byte, of_digest)| *byte = of_digest);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// Counts one more attempt, and names it.
    pub(in crate::vtj) fn next_attempt(&self) -> Uuid {
        self.x_road_id(self.attempts.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attempt_has_a_name_of_its_own_that_can_be_found_again() {
        let purpose = GroundedPurpose::new("register_upkeep", "Act 1/2030").unwrap();
        let call = Call::recorded(Uuid::from_u128(7), purpose, MunicipalityCode::parse("710").unwrap());
        let (first, second) = (call.next_attempt(), call.next_attempt());
        assert_eq!((call.x_road_id(1), call.x_road_id(2)), (first, second));
        assert_ne!(first, second);
        assert_eq!(call.attempts(), 2);
    }
}
