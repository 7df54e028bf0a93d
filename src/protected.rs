//! Non-disclosure for personal safety (turvakielto, Act 661/2009 section 36) as a property of the type.
//!
//! Whatever VTJ says of where a person can be found is held in a [`Protected`] from the moment it is read.
//! It has no `Display` and no `Serialize`, and `Debug` prints stars. The value comes out in three ways
//! only: when VTJ has said that there is no order ([`Protected::disclosed`]), with a [`Clearance`]
//! ([`Protected::reveal`]), or to be sealed ([`Protected::for_sealing`]).

/// Whether a person is under an order of non-disclosure, as far as we know.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// VTJ has not been asked, or the product does not tell. Nothing about contact details is used.
    #[default]
    Unknown,
    /// VTJ has been asked and knows of no order.
    No,
    /// An order is in force, or the library's own mark says so.
    Yes,
}

impl Protection {
    /// The word used in the database, in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::No => "no",
            Self::Yes => "yes",
        }
    }

    /// Reads the word that [`Protection::as_str`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Unknown, Self::No, Self::Yes].into_iter().find(|known| known.as_str() == word)
    }

    /// What holds when two sources speak: an order wins over everything, and doubt over "no".
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::No, Self::No) => Self::No,
        }
    }
}

/// The right to see what is masked, held by a person whose account has been proved.
///
/// It can be made in one place only, after the look has been written to the audit log.
#[derive(Debug)]
pub struct Clearance(());

impl Clearance {
    /// The right that follows from a proved account with the right to protected cases.
    ///
    /// The caller has written the audit record of this look in the transaction that is committed before
    /// anything is shown.
    pub fn of_proved_account() -> Self {
        Self(())
    }
}

/// A value that may lead to a person's door.
#[derive(Clone, PartialEq, Eq)]
pub struct Protected<T> {
    value: T,
    protection: Protection,
}

impl<T> Protected<T> {
    /// Wraps a value with what VTJ said of the person's protection in the same answer.
    pub fn new(value: T, protection: Protection) -> Self {
        Self { value, protection }
    }

    /// What is known of the person's protection.
    pub fn protection(&self) -> Protection {
        self.protection
    }

    /// The same value, with what another source says of the protection added.
    #[must_use]
    pub fn under(self, other: Protection) -> Self {
        Self { protection: self.protection.or(other), ..self }
    }

    /// The same value with what an earlier one adds to it; what is known of the protection stays.
    #[must_use]
    pub fn completed(self, earlier: &Self, complete: impl FnOnce(T, &T) -> T) -> Self {
        Self { value: complete(self.value, &earlier.value), protection: self.protection }
    }

    /// The value, when VTJ has said that there is no order.
    pub fn disclosed(&self) -> Option<&T> {
        match self.protection {
            Protection::No => Some(&self.value),
            Protection::Unknown | Protection::Yes => None,
        }
    }

    /// The value, when VTJ's word at hand is that there is no order and this value is under none.
    ///
    /// For comparing a row that was stored before VTJ had spoken with the answer that now does.
    pub fn disclosed_under(&self, word: Protection) -> Option<&T> {
        (word == Protection::No && self.protection != Protection::Yes).then_some(&self.value)
    }

    /// The value, for a person who is cleared for protected cases.
    pub fn reveal(&self, _clearance: &Clearance) -> &T {
        &self.value
    }

    /// The value, to be encrypted. Nothing else may be done with it.
    pub fn for_sealing(&self) -> &T {
        &self.value
    }
}

impl<T> std::fmt::Debug for Protected<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_disclosed_only_when_vtj_has_said_no() {
        for (protection, shown) in
            [(Protection::Unknown, false), (Protection::No, true), (Protection::Yes, false)]
        {
            assert_eq!(Protected::new("Testikatu 1", protection).disclosed().is_some(), shown);
        }
    }

    #[test]
    fn a_value_stored_before_vtj_spoke_is_compared_only_under_an_answer_of_no() {
        for (own, word, shown) in [
            (Protection::Unknown, Protection::No, true),
            (Protection::No, Protection::No, true),
            (Protection::Yes, Protection::No, false),
            (Protection::No, Protection::Unknown, false),
            (Protection::No, Protection::Yes, false),
        ] {
            assert_eq!(Protected::new("Testikatu 1", own).disclosed_under(word).is_some(), shown);
        }
    }

    #[test]
    fn debug_shows_nothing_whatever_the_protection() {
        assert_eq!(format!("{:?}", Protected::new("Testikatu 1", Protection::No)), "***");
    }

    #[test]
    fn an_order_wins_and_doubt_wins_over_no() {
        assert_eq!(Protection::No.or(Protection::Yes), Protection::Yes);
        assert_eq!(Protection::Unknown.or(Protection::No), Protection::Unknown);
        assert_eq!(Protection::No.or(Protection::No), Protection::No);
    }
}
