//! What can go wrong with a request to VTJ, sorted by what to do next.
//!
//! The texts say what happened, where and what to do. They never hold a body, a URL, an identity code or a
//! password.

use std::time::Duration;

use super::wire::NotAnAnswer;

/// Why a request brought no answer that can be used. `at` names the operation, such as `muutokset`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VtjError {
    /// VTJ or the way to it is down: ask again later.
    #[error("VTJ did not answer {at}: {what}; it can be asked again later")]
    Unavailable {
        /// The operation.
        at: &'static str,
        /// What happened.
        what: String,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// No connection came about, or the own security server found no way on: VTJ has not been asked.
    #[error("VTJ did not answer {at}: {what}; it can be asked again later")]
    NotReached {
        /// The operation.
        at: &'static str,
        /// What happened.
        what: String,
    },
    /// Too many requests (429): wait.
    #[error("VTJ limits the rate of requests and put off {at}; it can be asked again later")]
    Throttled {
        /// The operation.
        at: &'static str,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// VTJ or the security server does not admit us: a person must look at credentials and permits.
    #[error("VTJ refused {at}: {what}")]
    Refused {
        /// The operation.
        at: &'static str,
        /// Who refused, and what to check.
        what: String,
    },
    /// The request itself was wrong, which is our own fault.
    #[error("the request {at} was not accepted: {what}; this is a fault of Ajantasa, report it")]
    BadRequest {
        /// The operation.
        at: &'static str,
        /// What was wrong.
        what: String,
    },
    /// The answer breaks the protocol.
    #[error("VTJ's answer to {at} cannot be used: {what}")]
    Malformed {
        /// The operation.
        at: &'static str,
        /// What is wrong.
        what: String,
    },
    /// The answer is about somebody else than the person asked about. Nothing of it may be kept, and a person
    /// must look into it.
    #[error("VTJ's answer to {at} is about another person than the one asked about; nothing of it is kept")]
    WrongPerson {
        /// The operation.
        at: &'static str,
    },
    /// No trust between the two ends: certificates, host name.
    #[error("no secure connection for {at}: {what}")]
    Tls {
        /// The operation.
        at: &'static str,
        /// What is wrong, and which setting to look at.
        what: String,
    },
    /// A setting makes requests impossible.
    #[error("{setting}: {what}")]
    Configuration {
        /// The setting, as in the configuration file.
        setting: String,
        /// What is wrong, and what to write.
        what: String,
    },
}

impl VtjError {
    /// Whether the same request may succeed later without anybody's doing.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::NotReached { .. } | Self::Throttled { .. })
    }

    /// Whether VTJ itself may have been asked, so that the request counts as used.
    ///
    /// `false` only where that is certain: no connection, no trust, a setting of ours, or a fault that the own
    /// security server met before it sent anything on.
    pub fn reached_vtj(&self) -> bool {
        match self {
            Self::NotReached { .. } | Self::Tls { .. } | Self::Configuration { .. } => false,
            Self::Unavailable { .. }
            | Self::Throttled { .. }
            | Self::Refused { .. }
            | Self::BadRequest { .. }
            | Self::Malformed { .. }
            | Self::WrongPerson { .. } => true,
        }
    }

    /// Whether settings, credentials, permits or certificates must be put right first.
    pub fn is_configuration(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Tls { .. } | Self::Configuration { .. })
    }

    /// The word under which such errors are counted.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } | Self::NotReached { .. } => "unavailable",
            Self::Throttled { .. } => "throttled",
            Self::Refused { .. } => "refused",
            Self::BadRequest { .. } => "bad_request",
            Self::Malformed { .. } => "malformed",
            Self::WrongPerson { .. } => "wrong_person",
            Self::Tls { .. } => "tls",
            Self::Configuration { .. } => "configuration",
        }
    }

    /// How long the server asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } | Self::Throttled { retry_after, .. } => *retry_after,
            Self::NotReached { .. }
            | Self::Refused { .. }
            | Self::BadRequest { .. }
            | Self::Malformed { .. }
            | Self::WrongPerson { .. }
            | Self::Tls { .. }
            | Self::Configuration { .. } => None,
        }
    }

    /// An answer that could not be read as a whole.
    pub(super) fn not_an_answer(at: &'static str, why: &NotAnAnswer) -> Self {
        Self::Malformed { at, what: why.to_string() }
    }
}
