//! The columns of the patron file: their names and their order.

/// A column of the patron file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The register's identifier of the patron. Required.
    PatronId,
    /// The card. Required.
    CardNumber,
    /// The personal identity code. Never written by an export.
    IdentityCode,
    /// Surname, or an organisation's name. Required.
    LastName,
    /// First names. Required; an organisation has none.
    FirstNames,
    /// Date of birth, `2026-11-21`.
    BirthDate,
    /// Street line.
    StreetAddress,
    /// c/o line.
    CareOf,
    /// Postal code.
    PostalCode,
    /// Post town.
    City,
    /// Country, ISO 3166-1 alpha-2; empty is Finland.
    Country,
    /// An address the patron gave beside the first.
    AlternativeAddress,
    /// Telephone.
    Phone,
    /// E-mail.
    Email,
    /// The language the library writes in: `fi`, `sv`, `en` or empty.
    Language,
    /// The register's group of patrons.
    PatronGroup,
    /// The municipality whose patron this is, three digits. Required.
    Municipality,
    /// The library the patron chose.
    HomeLibrary,
    /// When the patron was registered.
    RegisteredOn,
    /// When the patron last borrowed, returned or signed in.
    LastActiveOn,
    /// When the patron's own data was last edited by the patron.
    LastPatronEditOn,
    /// The patron who answers for this one's loans.
    GuarantorPatronId,
    /// The guarantor's name as written at registration.
    GuarantorName,
    /// Number of open loans.
    OpenLoans,
    /// Unpaid fees in euros, `12.50`.
    UnpaidFees,
    /// The earliest due date among the open loans.
    OldestDueDate,
    /// The library to which the debt is owed.
    OwningLibrary,
    /// When the card expires.
    CardExpiresOn,
    /// `person` or `organisation`; empty is a person.
    Kind,
    /// `yes`: the library's own mark of protection. Empty never clears it.
    Protected,
    /// Marks of the library, separated by `;`.
    Notes,
}

impl Column {
    /// Every column, in the order of the file.
    pub const ALL: [Self; 31] = [
        Self::PatronId,
        Self::CardNumber,
        Self::IdentityCode,
        Self::LastName,
        Self::FirstNames,
        Self::BirthDate,
        Self::StreetAddress,
        Self::CareOf,
        Self::PostalCode,
        Self::City,
        Self::Country,
        Self::AlternativeAddress,
        Self::Phone,
        Self::Email,
        Self::Language,
        Self::PatronGroup,
        Self::Municipality,
        Self::HomeLibrary,
        Self::RegisteredOn,
        Self::LastActiveOn,
        Self::LastPatronEditOn,
        Self::GuarantorPatronId,
        Self::GuarantorName,
        Self::OpenLoans,
        Self::UnpaidFees,
        Self::OldestDueDate,
        Self::OwningLibrary,
        Self::CardExpiresOn,
        Self::Kind,
        Self::Protected,
        Self::Notes,
    ];

    /// The columns without which a file is not a patron file.
    pub const REQUIRED: [Self; 5] =
        [Self::PatronId, Self::CardNumber, Self::LastName, Self::FirstNames, Self::Municipality];

    /// The name in the header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PatronId => "patron_id",
            Self::CardNumber => "card_number",
            Self::IdentityCode => "identity_code",
            Self::LastName => "last_name",
            Self::FirstNames => "first_names",
            Self::BirthDate => "birth_date",
            Self::StreetAddress => "street_address",
            Self::CareOf => "care_of",
            Self::PostalCode => "postal_code",
            Self::City => "city",
            Self::Country => "country",
            Self::AlternativeAddress => "alternative_address",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Language => "language",
            Self::PatronGroup => "patron_group",
            Self::Municipality => "municipality",
            Self::HomeLibrary => "home_library",
            Self::RegisteredOn => "registered_on",
            Self::LastActiveOn => "last_active_on",
            Self::LastPatronEditOn => "last_patron_edit_on",
            Self::GuarantorPatronId => "guarantor_patron_id",
            Self::GuarantorName => "guarantor_name",
            Self::OpenLoans => "open_loans",
            Self::UnpaidFees => "unpaid_fees",
            Self::OldestDueDate => "oldest_due_date",
            Self::OwningLibrary => "owning_library",
            Self::CardExpiresOn => "card_expires_on",
            Self::Kind => "kind",
            Self::Protected => "protected",
            Self::Notes => "notes",
        }
    }

    /// Reads the name of the header.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == word)
    }

    /// Whether the column may lead to a person's door, or tells of another person.
    pub fn is_contact(self) -> bool {
        matches!(
            self,
            Self::StreetAddress
                | Self::CareOf
                | Self::PostalCode
                | Self::City
                | Self::Country
                | Self::AlternativeAddress
                | Self::Phone
                | Self::Email
                | Self::Municipality
                | Self::HomeLibrary
                | Self::GuarantorPatronId
                | Self::GuarantorName
        )
    }
}
