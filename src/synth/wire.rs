//! One data group of one person, in the JSON of VTJ's change interface: the same names, dates and texts.
//!
//! The names are the protocol's own. A struct with a fixed order of fields, and not a map, so that the
//! bytes do not depend on how a JSON library orders keys.

use chrono::NaiveDate;
use serde::Serialize;

/// A data group with the keys that any of the groups written here has.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Group {
    pub tietoryhma: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muutosattribuutti: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alkupv: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loppupv: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etunimi: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sukunimi: Option<String>,
    #[serde(rename = "etunimiUTF8", skip_serializing_if = "Option::is_none")]
    pub etunimi_utf8: Option<String>,
    #[serde(rename = "sukunimiUTF8", skip_serializing_if = "Option::is_none")]
    pub sukunimi_utf8: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub katunimi: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub katunumero: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huoneistokirjain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huoneistonumero: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jakokirjain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postinumero: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postitoimipaikka: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lahiosoite: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paikkakunta: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valtiokoodi: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kuntakoodi: Option<&'static str>,
    #[serde(rename = "kuntaanMuuttopv", skip_serializing_if = "Option::is_none")]
    pub kuntaan_muuttopv: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kuollut: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kuolinpv: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kuolleeksijulistamispv: Option<Date>,
    #[serde(rename = "turvakieltoAktiivinen", skip_serializing_if = "Option::is_none")]
    pub turvakielto_aktiivinen: Option<bool>,
    #[serde(rename = "turvakiellonAlaisetKentat", skip_serializing_if = "Option::is_none")]
    pub turvakiellon_alaiset_kentat: Option<&'static [&'static str]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voimassaolo: Option<&'static str>,
    #[serde(rename = "muutettuHenkilotunnus", skip_serializing_if = "Option::is_none")]
    pub muutettu_henkilotunnus: Option<String>,
    #[serde(rename = "aktiivinenHenkilotunnus", skip_serializing_if = "Option::is_none")]
    pub aktiivinen_henkilotunnus: Option<String>,
    #[serde(rename = "edellisetHenkilotunnukset", skip_serializing_if = "Option::is_none")]
    pub edelliset_henkilotunnukset: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kielikoodi: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub syntymapv: Option<Date>,
}

/// A date with its precision. The date is written in full at every precision.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Date {
    arvo: NaiveDate,
    tarkkuus: &'static str,
}

/// A text in both languages.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Text {
    pub fi: &'static str,
    pub sv: &'static str,
}

/// A line of the population file.
#[derive(Debug, Serialize)]
pub(super) struct PersonLine<'a> {
    pub henkilotunnus: &'a str,
    pub tietoryhmat: &'a [Group],
}

/// A line of the change log.
#[derive(Debug, Serialize)]
pub(super) struct ChangeLine<'a> {
    pub kirjausavain: u64,
    pub muutospv: String,
    pub henkilotunnus: &'a str,
    pub tietoryhmat: &'a [Group],
}

/// The names of an address group's fields that a censoring product withholds.
pub(super) const WITHHELD: &[&str] = &[
    "katunimi",
    "katunumero",
    "huoneistokirjain",
    "huoneistonumero",
    "jakokirjain",
    "postinumero",
    "postitoimipaikka",
];

impl Date {
    pub(super) fn day(arvo: NaiveDate) -> Self {
        Self { arvo, tarkkuus: "PAIVA" }
    }

    pub(super) fn month(arvo: NaiveDate) -> Self {
        Self { arvo: chrono::Datelike::with_day(&arvo, 1).unwrap_or(arvo), tarkkuus: "KUUKAUSI" }
    }

    pub(super) fn year(arvo: NaiveDate) -> Self {
        let first = chrono::Datelike::with_ordinal(&arvo, 1).unwrap_or(arvo);
        Self { arvo: first, tarkkuus: "VUOSI" }
    }
}

impl Group {
    pub(super) fn of(tietoryhma: &'static str) -> Self {
        Self { tietoryhma, ..Self::default() }
    }

    /// The group as an entry of the change log carries it.
    pub(super) fn changed(self, muutosattribuutti: &'static str) -> Self {
        Self { muutosattribuutti: Some(muutosattribuutti), ..self }
    }

    /// The group closed on a day, as the log carries what held before.
    pub(super) fn closed(self, last: NaiveDate) -> Self {
        Self { loppupv: Some(Date::day(last)), ..self.changed("MUUTETTU") }
    }
}
