//! What VTJ says of a person: the data groups before the change log, and the entry that changes them.

use chrono::{Days, NaiveDate};

use crate::municipality::Language;

use super::chance::{Chance, Question};
use super::codes;
use super::person::{Class, Home, Person, first_names, home, last_name};
use super::places::ABROAD;
use super::wire::{Date, Group, Text, WITHHELD};

/// The count of moves that stands for a temporary home, so that it is no other home of the person.
const TEMPORARY_HOME: u64 = 50;

/// Days between the beginning of what the log tells and the day it is read.
const LOG_DAYS: u64 = 9;

/// What a set of files is made from, beside the person.
#[derive(Debug, Clone, Copy)]
pub(super) struct World {
    pub chance: Chance,
    pub today: NaiveDate,
}

/// A code and its groups: a line of the population file, or an entry of the change log.
#[derive(Debug)]
pub(super) struct Said {
    pub code: String,
    pub groups: Vec<Group>,
}

impl World {
    /// The lines of the population file about a person: none, one, or two after a change of code.
    pub(super) fn population(self, person: &Person) -> Vec<Said> {
        let changed = !person.in_log;
        let code = person.code.expose().to_owned();
        match person.class {
            Class::NotInVtj => Vec::new(),
            Class::CodeChanged => {
                let new = codes::successor(person.index).expose().to_owned();
                let mut old_groups = self.groups(person, changed);
                old_groups.retain(|group| group.tietoryhma != "HENKILOTUNNUS_KORJAUS");
                let mut new_groups = old_groups.clone();
                let valid = code_group("AKTIIVI", None, &new, vec![code.clone()]);
                new_groups.push(valid.clone());
                if changed {
                    old_groups.push(valid);
                }
                vec![Said { code, groups: old_groups }, Said { code: new, groups: new_groups }]
            }
            _ => vec![Said { groups: self.groups(person, changed), code }],
        }
    }

    /// The entry of the change log about a person whose difference comes by it.
    pub(super) fn entry(self, person: &Person) -> Option<Said> {
        if !person.in_log {
            return None;
        }
        let since = self.log_day(person.index);
        let before = since.pred_opt().unwrap_or(since);
        let old_home = self.permanent(person, 0);
        let groups = match person.class {
            Class::Moved => self.move_groups(person.index, 0, 1, since),
            Class::MovedAndRenamed => {
                let mut groups = vec![self.name(person, 1, Some(since)).changed("MUUTETTU")];
                groups.extend(self.move_groups(person.index, 0, 1, since));
                groups
            }
            Class::Renamed => vec![self.name(person, 1, Some(since)).changed("MUUTETTU")],
            Class::Dead => {
                let mut groups = vec![self.death(person.index).changed("LISATTY")];
                groups.push(old_home.closed(before));
                groups
            }
            Class::Protected => {
                vec![
                    protection(true).changed("LISATTY"),
                    self.address_under_protection(person).changed("MUUTETTU"),
                ]
            }
            Class::Abroad => {
                let mut groups: Vec<Group> = self
                    .abroad(person.index, since)
                    .into_iter()
                    .map(|group| group.changed("LISATTY"))
                    .collect();
                groups.push(old_home.closed(before));
                groups
            }
            Class::CodeChanged => self.code_change(person),
            Class::Temporary => vec![self.temporary(person.index, since).changed("LISATTY")],
            Class::LanguageChosen => vec![chosen_language(other_language(person)).changed("LISATTY")],
            Class::FormatNoise
            | Class::LanguageVariant
            | Class::NotInVtj
            | Class::OtherPerson
            | Class::WrongBirthDate
            | Class::Same => return None,
        };
        Some(Said { code: person.code.expose().to_owned(), groups })
    }

    /// The groups of a move; the closed address after the new one, as VTJ sends them.
    pub(super) fn move_groups(self, index: u64, from: u64, to: u64, since: NaiveDate) -> Vec<Group> {
        let (old, new) = (home(self.chance, index, from), home(self.chance, index, to));
        let mut groups = vec![permanent_address(&new, since).changed("LISATTY")];
        if self.chance.one_in(Question::Closed, index, 4) {
            let began = self.settled(index);
            groups.push(permanent_address(&old, began).closed(since.pred_opt().unwrap_or(since)));
        }
        if old.place.code != new.place.code {
            groups.push(municipality(new.place.code, since).changed("LISATTY"));
        }
        groups
    }

    /// All groups of a person, with the difference or without it.
    fn groups(self, person: &Person, changed: bool) -> Vec<Group> {
        let index = person.index;
        let class = if changed { person.class } else { Class::Same };
        let mut groups = vec![
            match class {
                Class::Renamed | Class::MovedAndRenamed => self.name(person, 1, None),
                Class::OtherPerson => self.name(person, 2, None),
                _ => self.name(person, 0, None),
            },
            Group { syntymapv: Some(Date::day(person.code.birth_date())), ..Group::of("SYNTYMAPAIVA") },
        ];
        match class {
            // A dead person's address and home municipality leave the base data.
            Class::Dead => groups.push(self.death(index)),
            Class::Abroad => groups.extend(self.abroad(index, self.earlier_day(index))),
            Class::Protected => {
                groups.push(protection(true));
                groups.push(self.address_under_protection(person));
            }
            Class::Moved | Class::MovedAndRenamed => {
                let new = home(self.chance, index, 1);
                groups.push(permanent_address(&new, self.earlier_day(index)));
                groups.push(municipality(new.place.code, self.earlier_day(index)));
            }
            _ => {
                groups.push(self.permanent(person, 0));
                groups.push(municipality(home(self.chance, index, 0).place.code, self.settled(index)));
            }
        }
        if class == Class::Temporary {
            groups.push(self.temporary(index, self.earlier_day(index)));
        }
        if class == Class::LanguageChosen {
            groups.push(chosen_language(other_language(person)));
        } else if person.class != Class::LanguageChosen && self.chance.one_in(Question::Chosen, index, 3) {
            groups.extend(person.language.filter(|&chosen| chosen != Language::En).map(chosen_language));
        }
        // An order that is not in force is usually not spoken of at all.
        if class != Class::Protected && self.chance.one_in(Question::Explicit, index, 8) {
            groups.push(protection(false));
        }
        if self.chance.one_in(Question::Explicit, index, 5) {
            groups.push(code_group("AKTIIVI", None, person.code.expose(), Vec::new()));
        }
        groups
    }

    fn name(self, person: &Person, turn: usize, since: Option<NaiveDate>) -> Group {
        let last = last_name(self.chance, person.index, turn);
        // A new surname leaves the first names; another person has other first names too.
        let first = first_names(self.chance, person.index, usize::from(turn == 2));
        Group {
            etunimi: Some(first.clone()),
            sukunimi: Some(last.clone()),
            etunimi_utf8: Some(first),
            sukunimi_utf8: Some(last),
            alkupv: since.map(Date::day),
            ..Group::of("HENKILON_NIMI")
        }
    }

    fn permanent(self, person: &Person, moves: u64) -> Group {
        permanent_address(&home(self.chance, person.index, moves), self.settled(person.index))
    }

    /// A protected person's address: withheld by one product, delivered (and new) by the other.
    fn address_under_protection(self, person: &Person) -> Group {
        if self.chance.one_in(Question::Censored, person.index, 2) {
            let group = Group::of("VAKINAINEN_KOTIMAINEN_OSOITE");
            return Group { turvakiellon_alaiset_kentat: Some(WITHHELD), ..group };
        }
        self.permanent(person, 1)
    }

    fn temporary(self, index: u64, since: NaiveDate) -> Group {
        let group = permanent_address(&home(self.chance, index, TEMPORARY_HOME), since);
        Group { tietoryhma: "TILAPAINEN_KOTIMAINEN_OSOITE", ..group }
    }

    fn abroad(self, index: u64, since: NaiveDate) -> Vec<Group> {
        let (street, town, country) = self.chance.pick(Question::Country, index, &ABROAD);
        let number = 1 + self.chance.draw(Question::House, index, 97);
        let address = Group {
            lahiosoite: Some(format!("{street} {number}")),
            paikkakunta: Some(town),
            valtiokoodi: Some(country),
            alkupv: Some(Date::day(since)),
            ..Group::of("VAKINAINEN_ULKOMAINEN_OSOITE")
        };
        vec![address, municipality("200", since)]
    }

    /// A death, as precisely as it is known; one in fifty is a court's declaration.
    fn death(self, index: u64) -> Group {
        let day = self.log_day(index) - Days::new(self.chance.draw(Question::Death, index, 60));
        if self.chance.one_in(Question::Death, index, 50) {
            return Group {
                kuollut: Some(true),
                kuolleeksijulistamispv: Some(Date::day(day)),
                ..Group::of("KUOLLEEKSIJULISTAMISPAIVA")
            };
        }
        let date = match self.chance.draw(Question::Precision, index, 20) {
            0 => None,
            1 => Some(Date::year(day)),
            2..4 => Some(Date::month(day)),
            _ => Some(Date::day(day)),
        };
        Group { kuollut: Some(true), kuolinpv: date, ..Group::of("KUOLINPAIVA") }
    }

    /// The new code and the old one, the unchanged name for context, and the birth date.
    fn code_change(self, person: &Person) -> Vec<Group> {
        let old = person.code.expose();
        let new = codes::successor(person.index).expose().to_owned();
        let birth =
            Group { syntymapv: Some(Date::day(person.code.birth_date())), ..Group::of("SYNTYMAPAIVA") };
        vec![
            code_group("AKTIIVI", Some(&new), &new, vec![old.to_owned()]).changed("LISATTY"),
            code_group("PASSIIVI", Some(old), &new, Vec::new()).changed("MUUTETTU"),
            self.name(person, 0, None).changed("LISATIETO"),
            birth.changed("MUUTETTU"),
        ]
    }

    /// When the person came to the home that the register knows.
    fn settled(self, index: u64) -> NaiveDate {
        let first = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default();
        first + Days::new(self.chance.draw(Question::Since, index, 1_500))
    }

    /// A day within the year before today, for what the first comparison finds.
    fn earlier_day(self, index: u64) -> NaiveDate {
        self.today - Days::new(LOG_DAYS + 2 + self.chance.draw(Question::Since, index, 350))
    }

    /// A day within the last days, for what the log tells.
    fn log_day(self, index: u64) -> NaiveDate {
        self.today - Days::new(2 + self.chance.draw(Question::Days, index, LOG_DAYS - 1))
    }
}

fn permanent_address(home: &Home, since: NaiveDate) -> Group {
    let (fi, sv) = home.street;
    let (town_fi, town_sv) = home.place.town;
    Group {
        alkupv: Some(Date::day(since)),
        katunimi: Some(Text { fi, sv }),
        katunumero: Some(home.number.clone()),
        huoneistokirjain: home.flat.map(|(stair, _, _)| stair.to_string()),
        huoneistonumero: Some(home.flat.map_or("000".to_owned(), |(_, flat, _)| format!("{flat:03}"))),
        jakokirjain: home.flat.and_then(|(_, _, split)| split).map(|split| split.to_string()),
        postinumero: Some(home.place.postal_code),
        postitoimipaikka: Some(Text { fi: town_fi, sv: town_sv }),
        kuntakoodi: Some(home.place.code),
        ..Group::of("VAKINAINEN_KOTIMAINEN_OSOITE")
    }
}

fn municipality(code: &'static str, since: NaiveDate) -> Group {
    Group { kuntakoodi: Some(code), kuntaan_muuttopv: Some(Date::day(since)), ..Group::of("KOTIKUNTA") }
}

fn protection(in_force: bool) -> Group {
    Group { turvakielto_aktiivinen: Some(in_force), ..Group::of("TURVAKIELTO") }
}

fn chosen_language(language: Language) -> Group {
    Group { kielikoodi: Some(language.as_str()), ..Group::of("ASIOINTIKIELI") }
}

/// The one of Finnish and Swedish that the library does not use.
fn other_language(person: &Person) -> Language {
    if person.language == Some(Language::Sv) { Language::Fi } else { Language::Sv }
}

fn code_group(validity: &'static str, of: Option<&str>, valid: &str, former: Vec<String>) -> Group {
    Group {
        voimassaolo: Some(validity),
        muutettu_henkilotunnus: of.map(str::to_owned),
        aktiivinen_henkilotunnus: Some(valid.to_owned()),
        edelliset_henkilotunnukset: Some(former),
        ..Group::of("HENKILOTUNNUS_KORJAUS")
    }
}
