//! The account of whoever decides.

use std::collections::BTreeSet;

use uuid::Uuid;

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
    /// The operating-system user who ran the command.
    pub os_user: String,
}

impl ProvedAccount {
    /// Whether the holder may decide about patrons of a municipality.
    pub fn may_decide(&self, municipality: &str) -> bool {
        self.role == Role::Reviewer && self.municipalities.contains(municipality)
    }

    /// Whether the holder may see and decide protected cases.
    pub fn may_see_protected(&self) -> bool {
        self.role == Role::Reviewer && self.may_protected
    }
}
