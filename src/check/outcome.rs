//! What can come of a question about one person, as words.

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// VTJ described somebody; whether it is the patron is in the findings.
    Found,
    /// VTJ knows nobody by the code. Never a death.
    NotFound,
    /// The code is no longer valid, with or without a successor.
    Passivated,
    /// The person is dead, and nothing of the person is told.
    DeadNotDisclosed,
    /// VTJ does not tell about the person.
    NotDisclosable,
    /// We do not ask, or VTJ does not let us.
    Refused,
    /// A setting, a certificate, a password or a permit has to be put right first.
    ConfigurationFault,
    /// The same may succeed later.
    Transient,
    /// The answer breaks the protocol, or is about somebody else, and nothing of it was kept; or it is about
    /// the person and cannot be understood, which is a finding.
    ProtocolError,
}

impl CheckOutcome {
    /// Every outcome.
    pub const ALL: [Self; 9] = [
        Self::Found,
        Self::NotFound,
        Self::Passivated,
        Self::DeadNotDisclosed,
        Self::NotDisclosable,
        Self::Refused,
        Self::ConfigurationFault,
        Self::Transient,
        Self::ProtocolError,
    ];

    /// The word in JSON and in the disclosure log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::NotFound => "not_found",
            Self::Passivated => "passivated",
            Self::DeadNotDisclosed => "dead_not_disclosed",
            Self::NotDisclosable => "not_disclosable",
            Self::Refused => "refused",
            Self::ConfigurationFault => "configuration_fault",
            Self::Transient => "transient",
            Self::ProtocolError => "protocol_error",
        }
    }

    /// Reads the word that [`CheckOutcome::as_str`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// Whether VTJ answered about the person, whatever the answer.
    pub fn is_answer(self) -> bool {
        match self {
            Self::Found
            | Self::NotFound
            | Self::Passivated
            | Self::DeadNotDisclosed
            | Self::NotDisclosable => true,
            Self::Refused | Self::ConfigurationFault | Self::Transient | Self::ProtocolError => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_read_back_from_its_word() {
        for outcome in CheckOutcome::ALL {
            assert_eq!(CheckOutcome::from_word(outcome.as_str()), Some(outcome));
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
        }
    }
}
