//! Members of staff: their accounts, how a person proves to be one of them, and what each role may do.
//!
//! A proof is a password, or the operating-system user to whom an account was bound when it was made. Every
//! attempt, good or bad, is counted and written to the audit log in one transaction. Wrong passwords lock the
//! account for a short while that grows ([`lock::until`]); the lock is in the database, so it holds for every
//! process and survives restarts. At the staff pages wrong words are counted by name and by network instead, and a
//! browser from which the holder has signed in before has a count of its own: whoever guesses from elsewhere locks
//! neither the command line nor the holder out. Whether the name is unknown, the password wrong, the account ended or
//! closed: the answer and the work are the same.

pub mod administer;
pub mod client;
pub mod device;
#[cfg(feature = "oidc")]
pub mod directory;
pub mod factor;
mod guesses;
pub mod lock;
pub mod note;
pub mod own;
mod password;
mod proof;
pub mod session;
pub mod sign_in;

use std::collections::BTreeSet;
use std::fmt;

use uuid::Uuid;

pub use password::{LEAST_CHARACTERS, hash, verify};
pub use proof::{Proof, is_bound, prove};

use crate::store::StoreError;
use crate::store::account::AccountRow;

/// Why a person may not act.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// Not proved. What exactly is wrong is for nobody to learn.
    #[error("unknown user or wrong password")]
    NotProved,
    /// Proved, but without the right.
    #[error("{0}")]
    NotAllowed(String),
    /// A new password that cannot be used.
    #[error("{0}")]
    Password(&'static str),
    /// What is to be done with a security key cannot be.
    #[error(transparent)]
    Key(#[from] KeyProblem),
    /// A password could not be hashed: no memory is left.
    #[error("the password cannot be hashed; free some memory and try again")]
    Hash,
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// What is to be stored of an account cannot be.
    #[error(transparent)]
    Account(#[from] administer::Problem),
    /// What is to be stored of a client cannot be.
    #[error(transparent)]
    Client(#[from] client::Problem),
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a security key is not added or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// Its name.
    #[error("a security key has a name of 1 to 40 characters")]
    Name,
    /// There are too many.
    #[error("an account has ten security keys at most")]
    TooMany,
    /// It is the last second factor of an account that needs one.
    #[error("this security key is the account's last second factor")]
    Last,
}

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Changes schedules and settings; decides nothing.
    Administrator,
    /// Decides about patrons of some municipalities.
    Reviewer,
    /// Looks into the logs; changes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Administrator, Self::Reviewer, Self::Auditor];

    /// The word of the command line and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Reviewer => "reviewer",
            Self::Auditor => "auditor",
        }
    }

    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether one person must not hold both roles: who sets things up does not inspect them.
    pub fn excludes(self, other: Self) -> bool {
        matches!((self, other), (Self::Administrator, Self::Auditor) | (Self::Auditor, Self::Administrator))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An account whose holder has proved to be at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvedAccount {
    /// The account's identifier.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Whether the holder is cleared for protected cases.
    pub may_protected: bool,
    /// Three-digit codes of the municipalities whose patrons the holder decides about.
    pub municipalities: BTreeSet<String>,
    /// The holder's own library card.
    pub own_card: Option<String>,
    /// The operating-system user who ran the command. Approvals from one count as one.
    pub os_user: String,
}

impl ProvedAccount {
    fn new(row: AccountRow, municipalities: Vec<String>, os_user: &str) -> Result<Self, StaffError> {
        let role = Role::from_word(&row.role).ok_or_else(|| StoreError::inconsistent("account", "role"))?;
        Ok(Self {
            id: row.id,
            name: row.name,
            role,
            may_protected: row.may_protected,
            municipalities: municipalities.into_iter().collect(),
            own_card: row.own_card,
            os_user: os_user.to_owned(),
        })
    }

    /// Whether the holder may decide about patrons of a municipality.
    pub fn may_decide(&self, municipality: &str) -> bool {
        self.role == Role::Reviewer && self.municipalities.contains(municipality)
    }

    /// Whether the holder may see and decide protected cases.
    pub fn may_see_protected(&self) -> bool {
        self.role == Role::Reviewer && self.may_protected
    }

    /// Whether the holder may change schedules and settings.
    pub fn may_administer(&self) -> bool {
        self.role == Role::Administrator
    }

    /// Whether a card is the holder's own; nobody decides on their own card.
    pub fn owns_card(&self, card: &str) -> bool {
        self.own_card.as_deref() == Some(card)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(role: Role, may_protected: bool) -> ProvedAccount {
        ProvedAccount {
            id: Uuid::from_u128(1),
            name: "anna".to_owned(),
            role,
            may_protected,
            municipalities: BTreeSet::from(["710".to_owned()]),
            own_card: Some("C-1".to_owned()),
            os_user: "anna".to_owned(),
        }
    }

    #[test]
    fn a_reviewer_decides_only_in_the_own_municipalities() {
        let anna = account(Role::Reviewer, false);
        assert!(anna.may_decide("710") && !anna.may_decide("078"));
        assert!(!anna.may_see_protected() && account(Role::Reviewer, true).may_see_protected());
        assert!(anna.owns_card("C-1") && !anna.owns_card("C-2"));
    }

    #[test]
    fn an_administrator_decides_nothing_and_an_auditor_changes_nothing() {
        let admin = account(Role::Administrator, true);
        assert!(admin.may_administer() && !admin.may_decide("710") && !admin.may_see_protected());
        let auditor = account(Role::Auditor, true);
        assert!(!auditor.may_administer() && !auditor.may_decide("710") && !auditor.may_see_protected());
    }

    #[test]
    fn only_administrator_and_auditor_exclude_each_other() {
        for one in Role::ALL {
            for other in Role::ALL {
                let wanted = one != other && one != Role::Reviewer && other != Role::Reviewer;
                assert_eq!(one.excludes(other), wanted, "{one} {other}");
            }
            assert_eq!(Role::from_word(one.as_str()), Some(one));
        }
    }
}
