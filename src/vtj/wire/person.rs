//! One person of base data (an element of `perustiedot`), read into a person record.

use serde_json::Value;

use super::fields::{Fields, unreadable};
use super::groups::{self, CODE_CHANGE, DEATH, DECLARED_DEAD, PROTECTION, WITHHELD};
use super::{Unreadable, address, code, guardian};
use crate::date::PartialDate;
use crate::identity_code::IdentityCode;
use crate::municipality::{Grants, Language};
use crate::person::{CodeStatus, Contact, Death, Guardian, PersonName, PersonRecord};
use crate::protected::{Protected, Protection};

/// Reads a person: `{"henkilotunnus": …, "tietoryhmat": […]}`. Only the groups that `asked` grants are
/// looked into.
///
/// Non-disclosure is `Yes` when TURVAKIELTO says so or any group withholds fields, and is never ended by a
/// date. Where the group did not come although it was asked for, it is `No`, and `protection_said` is `None`.
///
/// # Errors
/// When a value of a granted group has the wrong JSON type, or one that must be there is missing.
pub fn person(value: &Value, asked: &Grants) -> Result<PersonRecord, Unreadable> {
    let whole = Fields::of("henkilotunnus", value)?;
    let code = whole
        .code("henkilotunnus")?
        .ok_or_else(|| unreadable("henkilotunnus", "the identity code is missing".to_owned()))?;
    let elements = Fields::of("tietoryhmat", value)?
        .objects("tietoryhmat")?
        .ok_or_else(|| unreadable("tietoryhmat", "the data groups are missing".to_owned()))?;
    let mut draft = Draft::default();
    for element in elements {
        let Some(name) = element.value("tietoryhma").and_then(Value::as_str) else {
            return Err(unreadable("tietoryhmat", "a data group has no name".to_owned()));
        };
        if groups::granted(name, asked) {
            draft.take(&code, element.in_group(name))?;
        }
    }
    draft.finish(code, asked)
}

/// What has been read so far.
#[derive(Default)]
struct Draft {
    protection_said: Option<bool>,
    withheld: bool,
    contact: Contact,
    name: Option<(String, String)>,
    name_in_use: Option<String>,
    death: Option<(bool, Option<PartialDate>)>,
    declared: Option<(bool, Option<PartialDate>)>,
    code_rows: Vec<code::CodeRow>,
    birth_date: Option<PartialDate>,
    contact_language: Option<Language>,
    guardians: Option<Vec<Guardian>>,
}

impl Draft {
    fn take(&mut self, code: &IdentityCode, fields: Fields<'_>) -> Result<(), Unreadable> {
        let withheld = fields.value(WITHHELD).is_some();
        self.withheld |= withheld;
        match fields.group() {
            PROTECTION => {
                let active = fields.flag("turvakieltoAktiivinen")?;
                let active = active.ok_or_else(|| fields.wrong("turvakieltoAktiivinen", "is missing"))?;
                self.protection_said = Some(active || self.protection_said == Some(true));
            }
            DEATH => keep_dead(&mut self.death, death(fields, "kuolinpv")?),
            DECLARED_DEAD => keep_dead(&mut self.declared, death(fields, "kuolleeksijulistamispv")?),
            CODE_CHANGE => self.code_rows.push(code::read(fields)?),
            _ if fields.text("voimassaolo")?.as_deref() == Some("PASSIIVI") => {}
            "HENKILON_NIMI" => self.take_name(fields)?,
            "KUTSUMANIMI" => self.take_name_in_use(fields)?,
            "SYNTYMAPAIVA" => self.birth_date = self.birth_date.or(fields.date("syntymapv")?),
            "ASIOINTIKIELI" => self.take_language(fields)?,
            "KOTIKUNTA" => {
                let municipality = fields.text("kuntakoodi")?;
                self.contact.home_municipality = self.contact.home_municipality.take().or(municipality);
            }
            "EDUNVALVONTA" => {
                self.guardians.get_or_insert_default().extend(guardian::legal_guardians(fields)?);
            }
            name if name.starts_with("HUOLTAJA") => {
                let custodian = guardian::custodian(code.birth_date(), fields)?;
                let guardians = self.guardians.get_or_insert_default();
                guardians.extend(custodian.filter(|new| !guardians.contains(new)));
            }
            name => {
                if let Some(kind) = address::kind_of(name)
                    && !withheld
                {
                    self.contact.addresses.extend(address::read(kind, fields)?);
                }
            }
        }
        Ok(())
    }

    fn take_name(&mut self, fields: Fields<'_>) -> Result<(), Unreadable> {
        let last = fields.first_text(&["sukunimiUTF8", "sukunimi"])?;
        let first = fields.first_text(&["etunimiUTF8", "etunimi"])?;
        if self.name.is_none() && (last.is_some() || first.is_some()) {
            self.name = Some((last.unwrap_or_default(), first.unwrap_or_default()));
        }
        Ok(())
    }

    /// The former name in use stands in the same place as the present one and is not read.
    fn take_name_in_use(&mut self, fields: Fields<'_>) -> Result<(), Unreadable> {
        if fields.text("nimilaji")?.as_deref() == Some("NYKYINEN_KUTSUMANIMI") {
            self.name_in_use = self.name_in_use.take().or(fields.first_text(&["nimiUTF8", "nimi"])?);
        }
        Ok(())
    }

    /// The language the person chose. Authorities serve in Finnish and Swedish; any other word is no choice.
    fn take_language(&mut self, fields: Fields<'_>) -> Result<(), Unreadable> {
        let code = fields.text("kielikoodi")?;
        let language = code.as_deref().and_then(Language::from_code).filter(|&one| one != Language::En);
        self.contact_language = self.contact_language.or(language);
        Ok(())
    }

    fn finish(self, code: IdentityCode, asked: &Grants) -> Result<PersonRecord, Unreadable> {
        let protection_said = if self.withheld { Some(true) } else { self.protection_said };
        let protection = match protection_said {
            Some(true) => Protection::Yes,
            Some(false) | None => Protection::No,
        };
        let code_status = match &self.code_rows[..] {
            [] => CodeStatus::NotSaid,
            rows => code::status(&code, rows)
                .ok_or_else(|| unreadable(CODE_CHANGE, "it names two valid codes".to_owned()))?,
        };
        let name = self.name.map(|(last_name, first_names)| PersonName {
            last_name,
            first_names,
            name_in_use: self.name_in_use,
        });
        Ok(PersonRecord {
            former_codes: code::former(&code, self.code_rows),
            code,
            code_status,
            birth_date: self.birth_date,
            name,
            contact: Protected::new(self.contact, protection),
            protection_said,
            death: together(self.death, self.declared),
            contact_language: self.contact_language,
            guardians: self.guardians,
            grants: asked.clone(),
        })
    }
}

/// What one group says of death: whether, and when.
fn death(fields: Fields<'_>, date_key: &str) -> Result<(bool, Option<PartialDate>), Unreadable> {
    let dead = dead(fields)?;
    Ok((dead, date_of_death(fields, dead, date_key)?))
}

/// Whether a group says "dead".
pub(super) fn dead(fields: Fields<'_>) -> Result<bool, Unreadable> {
    fields.flag("kuollut")?.ok_or_else(|| fields.wrong("kuollut", "is missing"))
}

/// The date a group gives for a death; a death taken back has none.
pub(super) fn date_of_death(
    fields: Fields<'_>,
    dead: bool,
    date_key: &str,
) -> Result<Option<PartialDate>, Unreadable> {
    Ok(fields.date(date_key)?.filter(|_| dead))
}

/// Of two records of one group, the one that says "dead" holds.
fn keep_dead(kept: &mut Option<(bool, Option<PartialDate>)>, new: (bool, Option<PartialDate>)) {
    if kept.is_none_or(|(dead, _)| !dead) {
        *kept = Some(new);
    }
}

/// The day of death and the declaration of death as one statement; the day of death is the better date.
pub(super) fn together(
    death: Option<(bool, Option<PartialDate>)>,
    declared: Option<(bool, Option<PartialDate>)>,
) -> Option<Death> {
    let by_declaration = declared.is_some_and(|(dead, _)| dead);
    let dead = by_declaration || death.is_some_and(|(dead, _)| dead);
    let date = death.and_then(|(_, date)| date).or(declared.and_then(|(_, date)| date));
    (death.is_some() || declared.is_some()).then_some(Death { dead, date, declared: by_declaration })
}
