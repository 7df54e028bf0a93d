//! What a query can be answered with. Everything else is an error.

use crate::identity_code::IdentityCode;
use crate::municipality::Grants;
use crate::person::PersonRecord;

/// The answer to a query about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryAnswer {
    /// VTJ described the person asked about. Only this may change what is known of a patron.
    Found(Box<Described>),
    /// VTJ has nobody under this code (0001, 0006). Never a death, and nothing is cleared by it.
    NotFound,
    /// The code asked about is no longer the person's (0002), or the answer came under another one.
    Passivated {
        /// The code that is valid now, where VTJ names another one and the permit grants it.
        successor: Option<IdentityCode>,
        /// What VTJ says of the person under the code it names.
        described: Option<Box<Described>>,
    },
    /// The person is dead, and VTJ says nothing more (0007). The date is not known.
    DeadNotDisclosed,
    /// VTJ may not disclose this person's data (0019). What is known stays as it is.
    NotDisclosable,
    /// VTJ described the person asked about, and what it says cannot be understood.
    Unreadable(UnreadablePerson),
}

impl QueryAnswer {
    /// The word for logs and JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Found(_) => "found",
            Self::NotFound => "not_found",
            Self::Passivated { .. } => "passivated",
            Self::DeadNotDisclosed => "dead_not_disclosed",
            Self::NotDisclosable => "not_disclosable",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// A person as one message describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The person, made by the rules that base data is read by: only what the permit grants.
    ///
    /// Where the product has no word on non-disclosure, `protection_said` is `None` and the protection is
    /// unknown, so that the contact details are used for nothing.
    pub record: PersonRecord,
    /// The field groups whose elements the message had, filled or empty, granted or not. `guardians` is among
    /// them only where the message speaks of both custodians and legal guardians; protection always is.
    pub carried: Grants,
    /// The return code (`Paluukoodi`): `0000`, `0002` or `0018`.
    pub code_said: &'static str,
    /// Whether the message itself marks the code asked about as no longer valid. `false` beside another
    /// code: names and birth date must show that it is the same person before any of it is believed.
    pub passive_said: bool,
    /// An announcement of the service to its users, where there was one.
    pub notice: Option<String>,
}

/// A person's description that cannot be understood, in a message that is otherwise the answer to the question.
#[derive(Clone, PartialEq, Eq)]
pub struct UnreadablePerson {
    /// What is wrong, without a value.
    pub what: &'static str,
    /// The granted texts as they were read, as JSON. To be sealed.
    pub raw: String,
}

impl std::fmt::Debug for UnreadablePerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnreadablePerson").field("what", &self.what).finish_non_exhaustive()
    }
}
