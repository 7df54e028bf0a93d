//! The products of the simulation: which elements each has, in which order.

/// A part of the description of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Surname and first names.
    Name,
    /// The name in use.
    CallName,
    /// Former names.
    FormerNames,
    /// Every kind of address, street lines in one piece, and the dwelling.
    Addresses,
    /// Every kind of address, streets in parts, the best one marked.
    SplitAddresses,
    /// The home municipality.
    Municipality,
    /// Whether dead, and since when.
    Death,
    /// The day of death alone.
    DeathDate,
    /// The declaration of death.
    DeclaredDead,
    /// The mother tongue in full.
    MotherTongue,
    /// The mother tongue as Finnish, Swedish or other.
    MotherTongueCode,
    /// The language chosen for dealing with authorities.
    ServiceLanguage,
    /// The non-disclosure order.
    Protection,
    /// Sex.
    Sex,
    /// Citizenships, of which the simulation knows none.
    Citizenship,
    /// A child's custodians.
    Guardians,
    /// Legal guardianship.
    LegalGuardians,
}

/// A product.
#[derive(Debug)]
pub struct Product {
    /// Its name, in capitals.
    pub name: &'static str,
    /// What it consists of, in its order.
    pub parts: &'static [Part],
}

/// The products that exist.
pub const PRODUCTS: [Product; 4] = [
    Product {
        name: "PERUSSANOMA 1",
        parts: &[
            Part::Name,
            Part::Addresses,
            Part::Municipality,
            Part::Death,
            Part::DeclaredDead,
            Part::MotherTongue,
            Part::Sex,
        ],
    },
    Product {
        name: "PERUSSANOMA 3",
        parts: &[
            Part::Name,
            Part::FormerNames,
            Part::Addresses,
            Part::Municipality,
            Part::Death,
            Part::DeclaredDead,
            Part::MotherTongue,
            Part::Protection,
            Part::Sex,
            Part::Citizenship,
            Part::LegalGuardians,
        ],
    },
    Product {
        name: "KIRJASTO1",
        parts: &[
            Part::Name,
            Part::CallName,
            Part::Addresses,
            Part::Municipality,
            Part::Death,
            Part::DeclaredDead,
            Part::MotherTongueCode,
            Part::ServiceLanguage,
            Part::Protection,
            Part::Guardians,
            Part::LegalGuardians,
        ],
    },
    Product {
        name: "OPHREK",
        parts: &[
            Part::Protection,
            Part::Name,
            Part::CallName,
            Part::FormerNames,
            Part::SplitAddresses,
            Part::DeathDate,
            Part::MotherTongue,
            Part::Sex,
            Part::Citizenship,
            Part::Municipality,
            Part::Guardians,
        ],
    },
];

/// The product of that name, in whatever case it is written.
pub fn product(name: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.name == name.to_uppercase())
}
