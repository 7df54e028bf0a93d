//! Names of municipalities, countries and languages in Finnish and Swedish, for those the simulation needs.

/// Municipality, its Finnish and its Swedish name.
const MUNICIPALITIES: [(&str, &str, &str); 18] = [
    ("018", "Askola", "Askola"),
    ("049", "Espoo", "Esbo"),
    ("078", "Hanko", "Hangö"),
    ("091", "Helsinki", "Helsingfors"),
    ("092", "Vantaa", "Vanda"),
    ("149", "Inkoo", "Ingå"),
    ("200", "Ulkomaat", "Utlandet"),
    ("224", "Karkkila", "Högfors"),
    ("235", "Kauniainen", "Grankulla"),
    ("257", "Kirkkonummi", "Kyrkslätt"),
    ("444", "Lohja", "Lojo"),
    ("543", "Nurmijärvi", "Nurmijärvi"),
    ("638", "Porvoo", "Borgå"),
    ("710", "Raasepori", "Raseborg"),
    ("734", "Salo", "Salo"),
    ("755", "Siuntio", "Sjundeå"),
    ("837", "Tampere", "Tammerfors"),
    ("853", "Turku", "Åbo"),
];

/// Country by three digits, its Finnish and its Swedish name.
const COUNTRIES: [(&str, &str, &str); 16] = [
    ("040", "Itävalta", "Österrike"),
    ("056", "Belgia", "Belgien"),
    ("208", "Tanska", "Danmark"),
    ("233", "Viro", "Estland"),
    ("250", "Ranska", "Frankrike"),
    ("276", "Saksa", "Tyskland"),
    ("352", "Islanti", "Island"),
    ("372", "Irlanti", "Irland"),
    ("380", "Italia", "Italien"),
    ("528", "Alankomaat", "Nederländerna"),
    ("578", "Norja", "Norge"),
    ("620", "Portugali", "Portugal"),
    ("724", "Espanja", "Spanien"),
    ("752", "Ruotsi", "Sverige"),
    ("826", "Britannia", "Storbritannien"),
    ("840", "Yhdysvallat", "Förenta staterna"),
];

/// Language, its Finnish and its Swedish name.
const LANGUAGES: [(&str, &str, &str); 5] = [
    ("en", "englanti", "engelska"),
    ("et", "viro", "estniska"),
    ("fi", "suomi", "finska"),
    ("ru", "venäjä", "ryska"),
    ("sv", "ruotsi", "svenska"),
];

/// The names of a municipality, empty where they are not known here.
pub fn municipality(code: &str) -> (&'static str, &'static str) {
    look_up(&MUNICIPALITIES, code)
}

/// The names of a country, empty where they are not known here.
pub fn country(code: &str) -> (&'static str, &'static str) {
    look_up(&COUNTRIES, code)
}

/// The names of a language, empty where they are not known here.
pub fn language(code: &str) -> (&'static str, &'static str) {
    look_up(&LANGUAGES, code)
}

fn look_up(table: &'static [(&str, &str, &str)], key: &str) -> (&'static str, &'static str) {
    table.iter().find(|(known, ..)| *known == key).map_or(("", ""), |(_, fi, sv)| (fi, sv))
}
