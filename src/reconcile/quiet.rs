//! Why a comparison found nothing in one respect: counted in the summary of a run, and shown to whoever asks
//! why a person is not in the queue.

macro_rules! quiet_reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $sentence:literal;)*) => {
        /// Why a comparison found nothing in one respect.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Quiet {
            $($(#[$doc])* #[doc = $sentence] $name,)*
        }

        impl Quiet {
            /// Every reason, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word in summaries and in the database.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// The reason in plain English.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence),* }
            }
        }
    };
}

quiet_reasons! {
    NotCompared = "not_compared",
        "An organisation, a pre-registration, a restricted or objecting patron, or one no longer in the register.";
    NotAsked = "not_asked", "VTJ has not been asked, or has not yet answered.";
    SuppressedByDeath = "suppressed_by_death", "A death makes every other difference but protection moot.";
    AddressNotGranted = "address_not_granted", "The permit does not grant addresses.";
    AddressProtected = "address_protected", "Non-disclosure is in force: no address is compared.";
    ProtectionUnknown = "protection_unknown",
        "Whether non-disclosure is in force is not known: nothing of VTJ's contact details is used.";
    AddressSame = "address_same", "The address is the same.";
    AddressWrittenDifferently = "address_written_differently", "The same address in another writing.";
    AddressLanguageVariant = "address_language_variant", "The same address in the other language.";
    NoUsableAddress = "no_usable_address", "VTJ has no address valid today that could be used.";
    AddressNotValidToday = "address_not_valid_today", "An address in VTJ has ended or has not begun.";
    TemporaryAddressNotProposed = "temporary_address_not_proposed",
        "A temporary address is shown to the reviewer and not proposed.";
    ContactAddressNotProposed = "contact_address_not_proposed", "A contact address is never proposed.";
    AlreadyAbroad = "already_abroad", "The person lives abroad and the register has the address.";
    NameNotGranted = "name_not_granted", "The permit does not grant names.";
    NameNotSaid = "name_not_said", "VTJ said nothing of the name.";
    NameSame = "name_same", "The names are the same.";
    NameWrittenDifferently = "name_written_differently", "The same names in another writing.";
    NameInPart = "name_in_part", "The register holds some of the first names only.";
    DeathNotGranted = "death_not_granted", "The permit does not grant deaths.";
    DeathNotSaid = "death_not_said", "VTJ said nothing of a death.";
    NotDead = "not_dead", "VTJ says that the person is not dead, and nothing else was believed.";
    DeathAwaitsBaseData = "death_awaits_base_data", "A reported death waits for base data.";
    HeldAsDead = "held_as_dead", "The person is held as dead, and silence takes no death back.";
    ProtectionAcknowledged = "protection_acknowledged", "The order of non-disclosure is known and dealt with.";
    ProtectionKept = "protection_kept", "Non-disclosure is kept: VTJ has not said explicitly that it ended.";
    LibraryMarkKept = "library_mark_kept", "The library's own mark of protection is not VTJ's to clear.";
    CodeStillValid = "code_still_valid", "The identity code is the valid one.";
    CodeAlreadyTaken = "code_already_taken", "The register already has the new identity code.";
    LanguageNotGranted = "language_not_granted", "The permit does not grant the contact language.";
    LanguageNotSaid = "language_not_said", "No contact language has been chosen in VTJ.";
    LanguageSame = "language_same", "The contact language is the same.";
    EnglishKept = "english_kept", "The patron chose English, which VTJ does not know.";
    GuardiansNotGranted = "guardians_not_granted", "The permit does not grant guardians.";
    GuardiansNotSaid = "guardians_not_said", "VTJ said nothing of guardians, which is not that there are none.";
    GuardiansFirstSeen = "guardians_first_seen", "No guardians were known before.";
    GuardiansSame = "guardians_same", "The guardians are the same.";
    GuarantorNotLinked = "guarantor_not_linked", "The guarantor is a name and not a patron.";
    GuarantorNotDead = "guarantor_not_dead", "Nothing is known of a death of the guarantor.";
    ClaimNotCompared = "claim_not_compared",
        "Another source has spoken of a person about whom something graver is to be cleared up first.";
    ClaimOfProtected = "claim_of_protected",
        "Another source has given an address, and non-disclosure is not excluded.";
    ClaimBesideVtj = "claim_beside_vtj", "Another source has spoken of what VTJ itself says another thing of.";
    ClaimOlderThanVtj = "claim_older_than_vtj",
        "Another source has spoken earlier than VTJ, and VTJ agrees with the register.";
    ClaimSame = "claim_same", "Another source says what the register holds.";
    BelowAgeLimit = "below_age_limit", "The patron is under 15.";
    AgeUnknown = "age_unknown", "The patron's age is not known.";
}
