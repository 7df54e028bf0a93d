//! The form of a case file, and the values of the comparison that it stands for.
#![expect(clippy::unwrap_used, reason = "a case that is written wrongly stops the test")]

use std::collections::BTreeMap;
use std::path::Path;

use ajantasa::address::AddressLines;
use ajantasa::date::PartialDate;
use ajantasa::finding::{Field, Finding, FindingKind};
use ajantasa::identity_code::IdentityCode;
use ajantasa::municipality::{
    FieldGroup, Grants, Language, Municipality, MunicipalityCode, MunicipalityName,
};
use ajantasa::patron::{Note, Patron, PatronContact, PatronKind};
use ajantasa::person::{Answer, Death, Guardian, GuardianRole, PersonName};
use ajantasa::protected::{Protected, Protection};
use ajantasa::provenance::{Claim, Provider, Said};
use ajantasa::reconcile::{Guarantor, Known, Remark, Subject};
use ajantasa::vtj::wire;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

/// Every rule and remark that a case must show. Contact addresses are never picked and have none; a
/// permanent address abroad is always told with a move.
pub(super) const RULES: [&str; 45] = [
    "no_address",
    "invoice_sent",
    "only_surname_fits",
    "only_first_name_fits",
    "shared_code",
    "address_permanent_domestic",
    "address_permanent_foreign",
    "address_temporary_domestic",
    "address_temporary_foreign",
    "address_postal_domestic",
    "address_postal_foreign",
    "permanent_address_abroad",
    "home_municipality_abroad",
    "surname_differs",
    "first_names_differ",
    "names_differ",
    "death_registered",
    "declared_dead",
    "death_signalled",
    "death_contradicted",
    "death_denied",
    "death_taken_back",
    "order_in_force",
    "order_signalled",
    "order_ended",
    "code_replaced",
    "answered_under_another_code",
    "successor_is_another_patron",
    "code_change_signalled",
    "code_passivated",
    "code_date_disagrees",
    "birth_date_disagrees",
    "names_do_not_fit",
    "answer_of_somebody_else",
    "not_in_answer",
    "language_differs",
    "language_missing",
    "guarantor_dead",
    "guardians_differ",
    "age_limit_reached",
    "answer_unreadable",
    "claimed_address",
    "claimed_address_abroad",
    "claimed_name",
    "claimed_language",
];

/// A case file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    #[expect(dead_code, reason = "for the reader of the file")]
    pub(super) shows: String,
    pub(super) today: NaiveDate,
    pub(super) patron: PatronRow,
    /// A person as VTJ sends them, or `absent`, `unreadable`, `mismatch`, `not_asked`.
    pub(super) vtj: Value,
    /// The field groups the answer was asked with, where not the municipality's of today.
    #[serde(default)]
    pub(super) asked_with: Option<Vec<FieldGroup>>,
    /// `without_protection`: the product does not tell of protection.
    #[serde(default)]
    pub(super) product: String,
    #[serde(default)]
    pub(super) known: KnownFacts,
    #[serde(default)]
    pub(super) municipality: MunicipalityChoices,
    pub(super) expect: Expect,
    #[serde(default)]
    pub(super) near_miss_of: Vec<FindingKind>,
}

/// The patron file's columns.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PatronRow {
    patron_id: String,
    card_number: String,
    pub(super) identity_code: String,
    pub(super) last_name: String,
    first_names: String,
    birth_date: String,
    pub(super) street_address: String,
    care_of: String,
    postal_code: String,
    city: String,
    country: String,
    alternative_address: String,
    language: String,
    municipality: String,
    guarantor_patron_id: String,
    guarantor_name: String,
    kind: String,
    protected: String,
    notes: String,
}

/// What our own records hold.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the facts of the comparison, each by itself")]
pub(super) struct KnownFacts {
    protection: Protection,
    protection_acknowledged: bool,
    death_signal: Option<DeathSignal>,
    held_as_dead: bool,
    earlier_guardians: Option<Vec<EarlierGuardian>>,
    surname_fits_earlier: bool,
    successor_is_another_patron: bool,
    code_change_signalled: bool,
    cards_sharing_code: u32,
    guarantor: Option<GuarantorFacts>,
    /// What other sources say, a day after VTJ's answer unless it is `earlier`.
    claims: Vec<ClaimFacts>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimFacts {
    provider: String,
    #[serde(default)]
    earlier: bool,
    says: Said,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeathSignal {
    dead: bool,
    date: Option<PartialDate>,
    #[serde(default)]
    declared: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EarlierGuardian {
    code: Option<String>,
    last_name: String,
    first_names: String,
    role: GuardianRole,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GuarantorFacts {
    dead: bool,
    #[serde(default)]
    protected: bool,
}

/// What differs from a Swedish and Finnish speaking municipality with the usual grants.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MunicipalityChoices {
    code: Option<String>,
    languages: Option<Vec<Language>>,
    field_groups: Option<Vec<FieldGroup>>,
    propose_temporary_address: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    pub(super) findings: Vec<ExpectedFinding>,
    /// Reasons that must be among those given.
    pub(super) quiet: Vec<String>,
    /// Why the address only looks different.
    pub(super) noise: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectedFinding {
    pub(super) kind: FindingKind,
    rule: String,
    fields: Vec<ExpectedField>,
    #[serde(default)]
    remarks: Vec<String>,
    #[serde(default)]
    single_review: bool,
    #[serde(default)]
    death_date: Option<PartialDate>,
    /// Whether approval may confirm the death; for deaths true unless said.
    #[serde(default)]
    confirms_death: Option<bool>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedField {
    field: Field,
    current: String,
    proposed: String,
}

impl ExpectedFinding {
    pub(super) fn of(finding: &Finding) -> Self {
        let fields = finding.fields.iter().map(|field| ExpectedField {
            field: field.field,
            current: field.current.clone(),
            proposed: field.proposed.clone(),
        });
        let doubtful = finding.kind == FindingKind::Death && !finding.can_confirm_death();
        Self {
            kind: finding.kind,
            rule: finding.rule.code().to_owned(),
            fields: fields.collect(),
            remarks: finding.remarks.iter().map(|remark: &Remark| remark.code().to_owned()).collect(),
            single_review: finding.single_review,
            death_date: finding.death_date,
            confirms_death: doubtful.then_some(false),
        }
    }
}

/// The values a comparison borrows.
pub(super) struct Read {
    pub(super) patron: Patron,
    pub(super) answer: Answer,
    pub(super) known: Known,
    pub(super) municipality: Municipality,
    pub(super) today: NaiveDate,
}

impl Read {
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject {
            patron: &self.patron,
            answer: &self.answer,
            known: &self.known,
            municipality: &self.municipality,
            today: self.today,
        }
    }
}

/// Every case by its folder's name.
pub(super) fn cases() -> BTreeMap<String, Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/reconcile");
    let mut cases = BTreeMap::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let folder = entry.unwrap();
        if !folder.path().is_dir() {
            continue;
        }
        let name = folder.file_name().into_string().unwrap();
        let case = case(&name);
        cases.insert(name, case);
    }
    cases
}

/// One case by its folder's name.
pub(super) fn case(name: &str) -> Case {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/reconcile").join(name).join("case.json");
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

impl Case {
    pub(super) fn read(&self) -> Read {
        let municipality = self.municipality.read();
        Read {
            patron: self.patron.read(),
            answer: self
                .answer(&self.asked_with.clone().map_or_else(|| municipality.grants.clone(), Grants::new)),
            known: self.known.read(),
            municipality,
            today: self.today,
        }
    }

    fn answer(&self, grants: &Grants) -> Answer {
        match self.vtj.as_str() {
            Some("absent") => Answer::Absent { since: DateTime::UNIX_EPOCH },
            Some("unreadable") => Answer::Unreadable,
            Some("mismatch") => Answer::Mismatch,
            Some("not_asked") => Answer::NotAsked,
            Some(other) => panic!("{other} is no answer of VTJ"),
            None => match wire::person(&self.vtj, grants) {
                Ok(mut record) => {
                    if self.product == "without_protection" {
                        record.contact = record.contact.under(Protection::Unknown);
                    }
                    Answer::Found(Box::new(record))
                }
                Err(_) => Answer::Unreadable,
            },
        }
    }
}

impl PatronRow {
    fn read(&self) -> Patron {
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let notes = self.notes.split(';').filter(|note| !note.is_empty());
        let protected_mark = self.protected == "yes";
        let own = if protected_mark { Protection::Yes } else { Protection::Unknown };
        Patron {
            id: uuid::Uuid::nil(),
            patron_id: self.patron_id.clone(),
            card_number: self.card_number.clone(),
            code: filled(&self.identity_code).map(|code| test_code(&code)),
            last_name: self.last_name.clone(),
            first_names: self.first_names.clone(),
            birth_date: filled(&self.birth_date).map(|date| date.parse().unwrap()),
            contact: Protected::new(self.contact(), own),
            language: filled(&self.language).map(|code| Language::from_code(&code).unwrap()),
            municipality: MunicipalityCode::parse(&self.municipality).unwrap(),
            kind: if self.kind == "organisation" { PatronKind::Organisation } else { PatronKind::Person },
            protected_mark,
            notes: notes.map(|note| Note::from_word(note).unwrap()).collect(),
            guarantor_patron_id: filled(&self.guarantor_patron_id),
            guarantor_name: filled(&self.guarantor_name),
            in_register: true,
            version: 1,
        }
    }

    fn contact(&self) -> PatronContact {
        PatronContact {
            address: AddressLines {
                street_address: self.street_address.clone(),
                care_of: self.care_of.clone(),
                postal_code: self.postal_code.clone(),
                city: self.city.clone(),
                country: self.country.clone(),
            },
            alternative_address: self.alternative_address.clone(),
            ..PatronContact::default()
        }
    }
}

impl KnownFacts {
    fn read(&self) -> Known {
        let guardian = |earlier: &EarlierGuardian| Guardian {
            code: earlier.code.as_deref().map(test_code),
            name: PersonName {
                last_name: earlier.last_name.clone(),
                first_names: earlier.first_names.clone(),
                name_in_use: None,
            },
            role: earlier.role,
        };
        Known {
            protection: self.protection,
            protection_acknowledged: self.protection_acknowledged,
            death_signal: self.death_signal.as_ref().map(|signal| Death {
                dead: signal.dead,
                date: signal.date,
                declared: signal.declared,
            }),
            held_as_dead: self.held_as_dead,
            earlier_guardians: self
                .earlier_guardians
                .as_ref()
                .map(|earlier| earlier.iter().map(guardian).collect()),
            surname_fits_earlier: self.surname_fits_earlier,
            successor_is_another_patron: self.successor_is_another_patron,
            code_change_signalled: self.code_change_signalled,
            cards_sharing_code: self.cards_sharing_code,
            guarantor: self
                .guarantor
                .as_ref()
                .map(|facts| Guarantor { dead: facts.dead, protected: facts.protected }),
            claims: self.claims.iter().map(|facts| facts.read(self.protection)).collect(),
            answered_at: Some(ANSWERED),
        }
    }
}

/// When VTJ answered.
const ANSWERED: DateTime<Utc> = DateTime::UNIX_EPOCH;

impl ClaimFacts {
    fn read(&self, protection: Protection) -> Claim {
        let Said { last_name, first_names, address, language } = self.says.clone();
        let days = TimeDelta::days(if self.earlier { -1 } else { 1 });
        Claim {
            provider: Provider::new(&self.provider).unwrap(),
            said_at: ANSWERED + days,
            last_name,
            first_names,
            address: Protected::new(address, protection),
            language,
        }
    }
}

impl MunicipalityChoices {
    fn read(&self) -> Municipality {
        let usual = FieldGroup::ALL.into_iter().filter(|group| *group != FieldGroup::Guardians);
        Municipality {
            code: MunicipalityCode::parse(self.code.as_deref().unwrap_or("710")).unwrap(),
            name: MunicipalityName {
                fi: "Raasepori".to_owned(),
                sv: "Raseborg".to_owned(),
                en: "Raseborg".to_owned(),
            },
            languages: self.languages.clone().unwrap_or_else(|| vec![Language::Sv, Language::Fi]),
            grants: Grants::new(self.field_groups.clone().unwrap_or_else(|| usual.collect())),
            propose_temporary_address: self.propose_temporary_address,
        }
    }
}

/// A code of the range that no registered person has.
fn test_code(text: &str) -> IdentityCode {
    let code = IdentityCode::parse(text).unwrap_or_else(|error| panic!("a code in a case: {error}"));
    assert!(code.is_test(), "a case holds a code outside 900-999");
    code
}
