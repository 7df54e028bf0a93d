//! The words in which a comparison of addresses is told.

/// What a comparison of the patron register's address with VTJ's found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sameness {
    /// The same text. A c/o line of the patron's own, and `FI` or nothing for Finland, make no difference.
    Same,
    /// The same address in another writing. Never a change.
    Noise(Noise),
    /// The same address in the other national language, in whole or in part. Never a change.
    LanguageVariant,
    /// Another address: the parts that differ, in the order of writing, at least one.
    Different(Vec<Part>),
}

impl Sameness {
    /// Whether the address has changed in substance.
    pub fn is_change(&self) -> bool {
        matches!(self, Self::Different(_))
    }

    /// The word in counts and reports. Noise is told by its class.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Noise(noise) => noise.as_str(),
            Self::LanguageVariant => "language_variant",
            Self::Different(_) => "different",
        }
    }
}

/// Why two writings of one address look different. Where several hold, the one that says most is told: the
/// order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noise {
    /// One side lacks the stair; number and flat agree.
    MissingStair,
    /// `8A 12` and `8 A 12`: the letter is a house letter on one side and a stair on the other.
    HouseLetterOrStair,
    /// One side names a floor or a building, which VTJ's parts do not hold.
    FloorOrBuilding,
    /// A c/o inside the street line.
    CareOfInStreet,
    /// The postal code stands on another line or in another column.
    PostalCodePlace,
    /// `k.` for `katu`, `t.` for `tie`, `g.` for `gatan`, `v.` for `vägen`.
    Abbreviation,
    /// `as. 3`, `bst 3` or `lgh 3` for a bare flat number.
    FlatWord,
    /// Leading zeros.
    LeadingZeros,
    /// Punctuation, or the word for a box or a stair.
    Punctuation,
    /// Spaces.
    Spacing,
    /// The kind of dash.
    Dash,
    /// Capital or small letters.
    Case,
    /// Unicode composition: `ä` as one character or as two.
    Composition,
}

impl Noise {
    /// Every class, the most telling first.
    pub const ALL: [Self; 13] = [
        Self::MissingStair,
        Self::HouseLetterOrStair,
        Self::FloorOrBuilding,
        Self::CareOfInStreet,
        Self::PostalCodePlace,
        Self::Abbreviation,
        Self::FlatWord,
        Self::LeadingZeros,
        Self::Punctuation,
        Self::Spacing,
        Self::Dash,
        Self::Case,
        Self::Composition,
    ];

    /// The word in counts and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingStair => "missing_stair",
            Self::HouseLetterOrStair => "house_letter_or_stair",
            Self::FloorOrBuilding => "floor_or_building",
            Self::CareOfInStreet => "care_of_in_street",
            Self::PostalCodePlace => "postal_code_place",
            Self::Abbreviation => "abbreviation",
            Self::FlatWord => "flat_word",
            Self::LeadingZeros => "leading_zeros",
            Self::Punctuation => "punctuation",
            Self::Spacing => "spacing",
            Self::Dash => "dash",
            Self::Case => "case",
            Self::Composition => "composition",
        }
    }
}

/// A part of an address, in the order of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The c/o name.
    CareOf,
    /// Street, island or village; abroad the whole delivery line.
    Street,
    /// House number.
    Number,
    /// Stair.
    Stair,
    /// Flat.
    Flat,
    /// Split letter of the flat.
    SplitLetter,
    /// Floor.
    Floor,
    /// Building.
    Building,
    /// Post-office box or poste restante.
    PostBox,
    /// Words that fit nowhere else.
    Other,
    /// Postal code.
    PostalCode,
    /// Post town; abroad the locality.
    City,
    /// Country.
    Country,
}

impl Part {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CareOf => "care_of",
            Self::Street => "street",
            Self::Number => "number",
            Self::Stair => "stair",
            Self::Flat => "flat",
            Self::SplitLetter => "split_letter",
            Self::Floor => "floor",
            Self::Building => "building",
            Self::PostBox => "post_box",
            Self::Other => "other",
            Self::PostalCode => "postal_code",
            Self::City => "city",
            Self::Country => "country",
        }
    }

    /// The column of the patron register that holds the part.
    pub fn column(self) -> &'static str {
        match self {
            Self::CareOf => "care_of",
            Self::PostalCode => "postal_code",
            Self::City => "city",
            Self::Country => "country",
            Self::Street
            | Self::Number
            | Self::Stair
            | Self::Flat
            | Self::SplitLetter
            | Self::Floor
            | Self::Building
            | Self::PostBox
            | Self::Other => "street_address",
        }
    }
}
