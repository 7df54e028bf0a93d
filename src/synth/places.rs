//! The places and names that people are made of. Towns are real, streets are common, names are invented.

/// A municipality with its post town and a few streets in both languages.
#[derive(Debug)]
pub(super) struct Place {
    /// Municipality code.
    pub code: &'static str,
    /// Name in Finnish; also the home library's.
    pub name: &'static str,
    pub postal_code: &'static str,
    /// Post town as VTJ sends it, Finnish and Swedish.
    pub town: (&'static str, &'static str),
    /// The language an address is written in when the patron has chosen neither.
    pub swedish_first: bool,
    pub streets: [(&'static str, &'static str); 8],
}

/// The four municipalities of a joint register and one single large one.
pub(super) const PLACES: [Place; 5] = [
    Place {
        code: "078",
        name: "Hanko",
        postal_code: "10900",
        town: ("HANKO", "HANGÖ"),
        swedish_first: false,
        streets: [
            ("Mallikatu", "Modellgatan"),
            ("Satamakatu", "Hamngatan"),
            ("Rantatie", "Strandvägen"),
            ("Koulukatu", "Skolgatan"),
            ("Kuusipolku", "Granstigen"),
            ("Testitie", "Testvägen"),
            ("Luotsikuja", "Lotsgränden"),
            ("Puistokatu", "Parkgatan"),
        ],
    },
    Place {
        code: "149",
        name: "Inkoo",
        postal_code: "10210",
        town: ("INKOO", "INGÅ"),
        swedish_first: true,
        streets: [
            ("Kirkkotie", "Kyrkovägen"),
            ("Laivatie", "Skeppsvägen"),
            ("Saaripolku", "Holmstigen"),
            ("Myllykuja", "Kvarngränden"),
            ("Niittytie", "Ängsvägen"),
            ("Esimerkkitie", "Exempelvägen"),
            ("Merikatu", "Havsgatan"),
            ("Venekuja", "Båtgränden"),
        ],
    },
    Place {
        code: "710",
        name: "Raasepori",
        postal_code: "10600",
        town: ("TAMMISAARI", "EKENÄS"),
        swedish_first: true,
        streets: [
            ("Raaseporintie", "Raseborgsvägen"),
            ("Kustaankatu", "Gustavsgatan"),
            ("Linnankatu", "Slottsgatan"),
            ("Pohjoistie", "Norra vägen"),
            ("Vuorikuja", "Berggränden"),
            ("Tammipolku", "Ekstigen"),
            ("Torikatu", "Torggatan"),
            ("Länsitie", "Västra vägen"),
        ],
    },
    Place {
        code: "755",
        name: "Siuntio",
        postal_code: "02580",
        town: ("SIUNTIO", "SJUNDEÅ"),
        swedish_first: false,
        streets: [
            ("Asematie", "Stationsvägen"),
            ("Metsäpolku", "Skogsstigen"),
            ("Kylätie", "Byvägen"),
            ("Jokikuja", "Ågränden"),
            ("Mäkikatu", "Backgatan"),
            ("Peltotie", "Åkervägen"),
            ("Kalliokuja", "Klippgränden"),
            ("Lehtotie", "Lundvägen"),
        ],
    },
    Place {
        code: "092",
        name: "Vantaa",
        postal_code: "01300",
        town: ("VANTAA", "VANDA"),
        swedish_first: false,
        streets: [
            ("Kirjastokatu", "Biblioteksgatan"),
            ("Opintie", "Studievägen"),
            ("Leinikkitie", "Smörblomsvägen"),
            ("Orvokkikuja", "Violgränden"),
            ("Talvikkitie", "Vintergrönsvägen"),
            ("Näytekatu", "Provgatan"),
            ("Kielokatu", "Konvaljgatan"),
            ("Unikkopolku", "Vallmostigen"),
        ],
    },
];

/// Towns abroad: street, town with postal code, ISO 3166-1 numeric and alpha-2.
pub(super) const ABROAD: [(&str, &str, &str); 4] = [
    ("Provgatan", "111 99 STOCKHOLM", "752"),
    ("Näidise tänav", "10999 TALLINN", "233"),
    ("Musterstrasse", "10999 BERLIN", "276"),
    ("Prøvegata", "0099 OSLO", "578"),
];

/// Beginnings of invented surnames.
pub(super) const LAST_BEGINNINGS: [&str; 12] = [
    "Testi", "Malli", "Prov", "Kuvit", "Esimer", "Näyte", "Exempel", "Harjo", "Koe", "Övning", "Kokei",
    "Modell",
];
/// Endings of invented surnames.
pub(super) const LAST_ENDINGS: [&str; 10] =
    ["nen", "la", "berg", "ström", "mäki", "niemi", "lund", "salo", "kvist", "järvi"];
/// Invented first names; no two begin alike enough to be taken for each other.
pub(super) const FIRST_NAMES: [&str; 24] = [
    "Mallikki",
    "Testo",
    "Provia",
    "Koetta",
    "Exempla",
    "Näytti",
    "Kuvitta",
    "Harjo",
    "Övne",
    "Aapeli-Koe",
    "Beesti",
    "Ceevio",
    "Deelma",
    "Eevertti-Malli",
    "Äffö",
    "Geelia",
    "Hoolo",
    "Iivertta",
    "Jiino",
    "Koolia",
    "Älli",
    "Ämmerik",
    "Änno",
    "Oolavi-Testi",
];
