//! Why a finding was made, and why none was: words for the database and sentences for the queue, in which
//! no personal value ever stands.

use crate::person::AddressKind;

/// The rule that made a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The address of this kind was picked and differs in substance.
    Address(AddressKind),
    /// A permanent address abroad is valid today.
    PermanentAddressAbroad,
    /// The home municipality is 200, abroad.
    HomeMunicipalityAbroad,
    /// The surname differs.
    SurnameDiffers,
    /// The first names differ.
    FirstNamesDiffer,
    /// Surname and first names both differ, in a person whose surname is known from before.
    NamesDiffer,
    /// VTJ's base data states a death.
    DeathRegistered,
    /// VTJ's base data states that the person has been declared dead.
    DeclaredDead,
    /// The change feed stated a death and base data does not speak of it.
    DeathSignalled,
    /// The change feed stated a death and base data says that the person is alive.
    DeathContradicted,
    /// VTJ's base data says explicitly that a person held as dead is not.
    DeathDenied,
    /// The change feed took a death back and base data does not speak of it.
    DeathTakenBack,
    /// VTJ's base data states an order of non-disclosure.
    OrderInForce,
    /// The change feed stated an order of non-disclosure and base data does not speak of it.
    OrderSignalled,
    /// VTJ says explicitly that the order of non-disclosure is no longer in force.
    OrderEnded,
    /// VTJ names another valid code.
    CodeReplaced,
    /// VTJ answered under another code and counts the register's among the former ones.
    AnsweredUnderAnotherCode,
    /// The valid code that VTJ names is another patron's.
    SuccessorIsAnotherPatron,
    /// The change feed named a change of code whose content the permit does not grant.
    CodeChangeSignalled,
    /// The code is no longer valid and has no successor.
    CodePassivated,
    /// The date in the code is not the register's birth date. VTJ is not asked.
    CodeDateDisagrees,
    /// VTJ's birth date is not the register's.
    BirthDateDisagrees,
    /// Neither surname nor first name fits.
    NamesDoNotFit,
    /// The answer is about somebody else.
    AnswerOfSomebodyElse,
    /// VTJ was asked and did not speak of the person.
    NotInAnswer,
    /// The contact language chosen in VTJ is another one.
    LanguageDiffers,
    /// The register has no language, and one has been chosen in VTJ.
    LanguageMissing,
    /// The patron who guarantees is dead by our records.
    GuarantorDead,
    /// The guardians differ from those of the earlier answer.
    GuardiansDiffer,
    /// The age at which a guarantee ends has been reached.
    AgeLimitReached,
    /// The answer could not be understood.
    AnswerUnreadable,
    /// Another source than VTJ gives another address.
    ClaimedAddress,
    /// Another source than VTJ gives an address abroad, and the register has one in Finland.
    ClaimedAddressAbroad,
    /// Another source than VTJ gives another name.
    ClaimedName,
    /// Another source than VTJ gives another contact language.
    ClaimedLanguage,
}

impl Rule {
    /// Every rule, in the order above.
    pub const ALL: [Self; 42] = [
        Self::Address(AddressKind::PermanentDomestic),
        Self::Address(AddressKind::PermanentForeign),
        Self::Address(AddressKind::TemporaryDomestic),
        Self::Address(AddressKind::TemporaryForeign),
        Self::Address(AddressKind::PostalDomestic),
        Self::Address(AddressKind::PostalForeign),
        Self::Address(AddressKind::ContactDomestic),
        Self::Address(AddressKind::ContactForeign),
        Self::PermanentAddressAbroad,
        Self::HomeMunicipalityAbroad,
        Self::SurnameDiffers,
        Self::FirstNamesDiffer,
        Self::NamesDiffer,
        Self::DeathRegistered,
        Self::DeclaredDead,
        Self::DeathSignalled,
        Self::DeathContradicted,
        Self::DeathDenied,
        Self::DeathTakenBack,
        Self::OrderInForce,
        Self::OrderSignalled,
        Self::OrderEnded,
        Self::CodeReplaced,
        Self::AnsweredUnderAnotherCode,
        Self::SuccessorIsAnotherPatron,
        Self::CodeChangeSignalled,
        Self::CodePassivated,
        Self::CodeDateDisagrees,
        Self::BirthDateDisagrees,
        Self::NamesDoNotFit,
        Self::AnswerOfSomebodyElse,
        Self::NotInAnswer,
        Self::LanguageDiffers,
        Self::LanguageMissing,
        Self::GuarantorDead,
        Self::GuardiansDiffer,
        Self::AgeLimitReached,
        Self::AnswerUnreadable,
        Self::ClaimedAddress,
        Self::ClaimedAddressAbroad,
        Self::ClaimedName,
        Self::ClaimedLanguage,
    ];

    /// The word in the database and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Address(kind) => match kind {
                AddressKind::PermanentDomestic => "address_permanent_domestic",
                AddressKind::PermanentForeign => "address_permanent_foreign",
                AddressKind::TemporaryDomestic => "address_temporary_domestic",
                AddressKind::TemporaryForeign => "address_temporary_foreign",
                AddressKind::PostalDomestic => "address_postal_domestic",
                AddressKind::PostalForeign => "address_postal_foreign",
                AddressKind::ContactDomestic => "address_contact_domestic",
                AddressKind::ContactForeign => "address_contact_foreign",
            },
            Self::PermanentAddressAbroad => "permanent_address_abroad",
            Self::HomeMunicipalityAbroad => "home_municipality_abroad",
            Self::SurnameDiffers => "surname_differs",
            Self::FirstNamesDiffer => "first_names_differ",
            Self::NamesDiffer => "names_differ",
            Self::DeathRegistered => "death_registered",
            Self::DeclaredDead => "declared_dead",
            Self::DeathSignalled => "death_signalled",
            Self::DeathContradicted => "death_contradicted",
            Self::DeathDenied => "death_denied",
            Self::DeathTakenBack => "death_taken_back",
            Self::OrderInForce => "order_in_force",
            Self::OrderSignalled => "order_signalled",
            Self::OrderEnded => "order_ended",
            Self::CodeReplaced => "code_replaced",
            Self::AnsweredUnderAnotherCode => "answered_under_another_code",
            Self::SuccessorIsAnotherPatron => "successor_is_another_patron",
            Self::CodeChangeSignalled => "code_change_signalled",
            Self::CodePassivated => "code_passivated",
            Self::CodeDateDisagrees => "code_date_disagrees",
            Self::BirthDateDisagrees => "birth_date_disagrees",
            Self::NamesDoNotFit => "names_do_not_fit",
            Self::AnswerOfSomebodyElse => "answer_of_somebody_else",
            Self::NotInAnswer => "not_in_answer",
            Self::LanguageDiffers => "language_differs",
            Self::LanguageMissing => "language_missing",
            Self::GuarantorDead => "guarantor_dead",
            Self::GuardiansDiffer => "guardians_differ",
            Self::AgeLimitReached => "age_limit_reached",
            Self::AnswerUnreadable => "answer_unreadable",
            Self::ClaimedAddress => "claimed_address",
            Self::ClaimedAddressAbroad => "claimed_address_abroad",
            Self::ClaimedName => "claimed_name",
            Self::ClaimedLanguage => "claimed_language",
        }
    }

    /// The rule in plain English, for the reason a reviewer reads.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Address(kind) => address_sentence(kind),
            Self::PermanentAddressAbroad => "VTJ has a permanent address abroad that is valid today.",
            Self::HomeMunicipalityAbroad => "The home municipality in VTJ is abroad (200).",
            Self::SurnameDiffers => "The surname in VTJ is another one.",
            Self::FirstNamesDiffer => "The first names in VTJ are other ones.",
            Self::NamesDiffer => "Surname and first names in VTJ are other ones.",
            Self::DeathRegistered => "VTJ states that the person has died.",
            Self::DeclaredDead => "VTJ states that the person has been declared dead.",
            Self::DeathSignalled => "The change feed reported a death; base data does not speak of it.",
            Self::DeathContradicted => {
                "The change feed reported a death and base data says that the person is alive. Nothing is sent until it is cleared up."
            }
            Self::DeathDenied => "VTJ states explicitly that the person is not dead.",
            Self::DeathTakenBack => "The change feed took the report of death back.",
            Self::OrderInForce => "VTJ states that an order of non-disclosure is in force.",
            Self::OrderSignalled => "The change feed reported an order of non-disclosure.",
            Self::OrderEnded => "VTJ states explicitly that no order of non-disclosure is in force.",
            Self::CodeReplaced => "VTJ names another valid identity code.",
            Self::AnsweredUnderAnotherCode => {
                "VTJ answered under another identity code and counts the register's among the former ones."
            }
            Self::SuccessorIsAnotherPatron => {
                "VTJ names another valid identity code, and another patron has it. The two are not merged."
            }
            Self::CodeChangeSignalled => {
                "The identity code has changed; the permit does not grant the new one. The patron is not followed until staff enter it."
            }
            Self::CodePassivated => "The identity code is no longer valid and has no successor.",
            Self::CodeDateDisagrees => {
                "The date in the identity code is not the birth date in the register. VTJ was not asked."
            }
            Self::BirthDateDisagrees => "The birth date in VTJ is not the one in the register.",
            Self::NamesDoNotFit => "Neither the surname nor the first name in VTJ fits the register.",
            Self::AnswerOfSomebodyElse => "VTJ's answer is about somebody else; nothing of it was kept.",
            Self::NotInAnswer => {
                "VTJ was asked and did not speak of the person. This says nothing of a death."
            }
            Self::LanguageDiffers => "The contact language chosen in VTJ is another one.",
            Self::LanguageMissing => "The register has no language; one has been chosen in VTJ.",
            Self::GuarantorDead => "The patron who guarantees has died.",
            Self::GuardiansDiffer => "The guardians in VTJ are not those of the earlier answer.",
            Self::AgeLimitReached => {
                "The patron is 15 or older: the guarantee ends when earlier loans and fees are settled."
            }
            Self::AnswerUnreadable => "VTJ's answer about the person could not be understood.",
            Self::ClaimedAddress => "Another source than VTJ gives another address.",
            Self::ClaimedAddressAbroad => "Another source than VTJ gives an address abroad.",
            Self::ClaimedName => "Another source than VTJ gives another name.",
            Self::ClaimedLanguage => "Another source than VTJ gives another contact language.",
        }
    }
}

fn address_sentence(kind: AddressKind) -> &'static str {
    match kind {
        AddressKind::PostalDomestic => "Picked: the Finnish postal address valid today.",
        AddressKind::PostalForeign => {
            "Picked: the foreign postal address valid today; there is no Finnish one."
        }
        AddressKind::TemporaryDomestic => {
            "Picked: the temporary address valid today; there is no postal address, and the municipality proposes temporary addresses."
        }
        AddressKind::TemporaryForeign => {
            "Picked: the temporary address abroad valid today; there is no postal address, and the municipality proposes temporary addresses."
        }
        AddressKind::PermanentDomestic => {
            "Picked: the permanent Finnish address valid today; there is no postal address."
        }
        AddressKind::PermanentForeign => {
            "Picked: the permanent address abroad valid today; there is no postal and no Finnish address."
        }
        AddressKind::ContactDomestic | AddressKind::ContactForeign => {
            "Picked: the contact address of a protected person."
        }
    }
}

/// What a reviewer must know beside the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// The address of this kind was picked.
    Picked(AddressKind),
    /// VTJ has no address that could be written.
    NoAddress,
    /// An invoice has been sent to the present address.
    InvoiceSent,
    /// Of the names only the surname fits.
    OnlySurnameFits,
    /// Of the names only the first name fits.
    OnlyFirstNameFits,
    /// Other patrons have the same identity code.
    SharedCode,
}

impl Remark {
    /// Every remark that stands by itself; the address that was picked is [`Rule::Address`] in its words.
    pub const ALONE: [Self; 5] = [
        Self::NoAddress,
        Self::InvoiceSent,
        Self::OnlySurnameFits,
        Self::OnlyFirstNameFits,
        Self::SharedCode,
    ];

    /// The word in the database and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Picked(kind) => Rule::Address(kind).code(),
            Self::NoAddress => "no_address",
            Self::InvoiceSent => "invoice_sent",
            Self::OnlySurnameFits => "only_surname_fits",
            Self::OnlyFirstNameFits => "only_first_name_fits",
            Self::SharedCode => "shared_code",
        }
    }

    /// The remark in plain English.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Picked(kind) => address_sentence(kind),
            Self::NoAddress => "VTJ has no address that could be written.",
            Self::InvoiceSent => "An invoice has been sent to the present address.",
            Self::OnlySurnameFits => {
                "Only the surname fits the register: review it by itself; it cannot confirm a death."
            }
            Self::OnlyFirstNameFits => {
                "Only the first name fits the register: review it by itself; it cannot confirm a death."
            }
            Self::SharedCode => "Another card has the same identity code and gets a case of its own.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_and_remark_is_in_its_list_once() {
        let source = include_str!("rule.rs");
        let (rules, rest) = source.split_once("pub enum Rule {").unwrap().1.split_once("\n}").unwrap();
        let (remarks, _) = rest.split_once("pub enum Remark {").unwrap().1.split_once("\n}").unwrap();
        let variants =
            |body: &str| body.lines().filter(|line| line.trim().starts_with(char::is_uppercase)).count();
        let codes: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        // The first variant has one rule for each of eight kinds of address.
        assert_eq!((codes.len(), Rule::ALL.len()), (variants(rules) + 7, variants(rules) + 7));
        let codes: BTreeSet<&str> = Remark::ALONE.iter().map(|remark| remark.code()).collect();
        assert_eq!((codes.len(), Remark::ALONE.len()), (variants(remarks) - 1, variants(remarks) - 1));
    }
}
