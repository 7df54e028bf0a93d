//! Why a card is held: words for the table, and sentences for whoever may know.

macro_rules! reasons {
    ($($name:ident = $code:literal, $sentence:literal;)*) => {
        /// Why a card is held. None of it leaves the library.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Why {
            $(#[doc = $sentence] $name,)*
        }

        impl Why {
            /// Every reason, in the order in which they are told.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word in the table and in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// The reason in plain English.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence),* }
            }
        }
    };
}

reasons! {
    UnknownCard = "unknown_card", "No patron has this card.";
    NotYours = "not_yours", "The patron or the payer is of a municipality that is not this account's.";
    OwnAffair = "own_affair", "It is the own card of whoever asked, or one the same person guarantees.";
    NotAPerson = "not_a_person", "The payer is an organisation.";
    NotInRegister = "not_in_register", "The patron or the payer was not in the last register file.";
    NoGuarantor = "no_guarantor", "The loan is a child's, and the guarantor is not known as a patron.";
    NoCode = "no_code", "The payer has no identity code that VTJ could be asked about.";
    AgeUnknown = "age_unknown", "The payer's age is not known.";
    UnderAge = "under_age", "The payer is not of age.";
    NotOverdue = "not_overdue", "The oldest loan is not overdue for long enough.";
    OtherOwner = "other_owner", "The debt is owed to a library of another municipality.";
    Restricted = "restricted", "Processing is restricted.";
    Objected = "objected", "The patron or the payer has objected.";
    PreRegistration = "pre_registration", "The patron or the payer is a pre-registration.";
    PurposeClosed = "purpose_closed", "The purpose of debt collection is not open to the payer's municipality.";
    Dead = "dead", "The patron or the payer has died, or a death has been reported.";
    Protected = "protected", "The patron or the payer is under an order of non-disclosure.";
    ProtectionUnknown = "protection_unknown", "Whether the payer is under an order of non-disclosure is not known.";
    NotVerified = "not_verified", "VTJ has not answered about the payer lately.";
    NotInVtj = "not_in_vtj", "VTJ was asked and did not speak of the payer.";
    OtherPerson = "other_person", "VTJ's answer is not about the payer, or could not be understood.";
    UnderReview = "under_review", "Something about the patron or the payer is found and not yet carried out.";
    NotCompared = "not_compared", "VTJ's answer has not been compared with the register yet.";
    Late = "late", "It was not finished before the file of the week was closed.";
}

impl Why {
    /// Reads the word that [`Why::as_str`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|why| why.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_back_from_its_word() {
        for why in Why::ALL {
            assert_eq!(Why::from_word(why.as_str()), Some(*why));
        }
        assert_eq!(Why::from_word("debt"), None);
    }
}
