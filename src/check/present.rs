//! What of an answer is shown to the asker: no identity code, nothing of where a protected person can be found,
//! and only what the purpose has asked for.

use super::ask::Question;
use super::{Beside, Checked};
use crate::finding::{Field, FindingKind};
use crate::municipality::{FieldGroup, Grants, Language};
use crate::person::{Answer, PersonRecord};
use crate::protected::Protection;
use crate::review::QueueItem;
use crate::task::Context;
use crate::task::known::Standing;

/// The group of fields a kind of finding speaks of; `None` for what is told whatever was asked for.
fn group_of(kind: FindingKind) -> Option<FieldGroup> {
    match kind {
        FindingKind::AddressChange | FindingKind::MovedAbroad => Some(FieldGroup::Address),
        FindingKind::NameChange => Some(FieldGroup::Name),
        FindingKind::Death | FindingKind::DeathWithdrawn => Some(FieldGroup::Death),
        FindingKind::LanguageChange => Some(FieldGroup::Language),
        FindingKind::GuardianChanged => Some(FieldGroup::Guardians),
        FindingKind::ProtectionStarted
        | FindingKind::ProtectionEnded
        | FindingKind::IdentityCodeChanged
        | FindingKind::IdentityCodePassivated
        | FindingKind::IdentityMismatch
        | FindingKind::NotInVtj
        | FindingKind::GuarantorDeceased
        | FindingKind::GuarantorExpires
        | FindingKind::Unreadable => None,
    }
}

/// The items that this answer may speak of: of the groups asked for, and nothing of an address while it is not
/// known that there is no order.
pub(super) fn items(items: Vec<QueueItem>, grants: &Grants, protection: Protection) -> Vec<QueueItem> {
    let told = |item: &QueueItem| match FindingKind::from_word(item.kind).and_then(group_of) {
        Some(FieldGroup::Address) => grants.allow(FieldGroup::Address) && protection == Protection::No,
        Some(group) => grants.allow(group),
        None => true,
    };
    items.into_iter().filter(told).collect()
}

/// What VTJ says beside what the register says, by the last answer that is kept.
pub(super) fn beside(
    context: &Context,
    standing: &Standing,
    grants: &Grants,
    protection: Protection,
) -> Vec<Beside> {
    let Answer::Found(record) = &standing.answer else { return Vec::new() };
    let mut lines = Vec::new();
    if grants.allow(FieldGroup::Name) {
        lines.extend(names(standing, record));
    }
    if grants.allow(FieldGroup::Address) {
        lines.extend(address(context, standing, protection));
    }
    if grants.allow(FieldGroup::Language) {
        let word = |language: Option<Language>| language.map_or("", Language::as_str).to_owned();
        lines.push(Beside {
            field: Field::Language.as_str(),
            register: Some(word(standing.patron.language)),
            vtj: Some(word(record.contact_language)),
        });
    }
    lines
}

fn names(standing: &Standing, record: &PersonRecord) -> Vec<Beside> {
    let Some(name) = &record.name else { return Vec::new() };
    [
        (Field::LastName, &standing.patron.last_name, &name.last_name),
        (Field::FirstNames, &standing.patron.first_names, &name.first_names),
    ]
    .into_iter()
    .map(|(field, register, vtj)| Beside {
        field: field.as_str(),
        register: Some(register.clone()),
        vtj: Some(vtj.clone()),
    })
    .collect()
}

fn address(context: &Context, standing: &Standing, protection: Protection) -> Vec<Beside> {
    let no_order = protection == Protection::No;
    let register = standing.patron.contact.disclosed().filter(|_| protection != Protection::Yes);
    let vtj = standing.subject(context).and_then(|subject| subject.address_by_vtj()).unwrap_or_default();
    let register = register.map(|contact| contact.address.clone());
    let has_register = register.is_some();
    let register = register.unwrap_or_default();
    [
        (Field::StreetAddress, register.street_address, vtj.street_address),
        (Field::CareOf, register.care_of, vtj.care_of),
        (Field::PostalCode, register.postal_code, vtj.postal_code),
        (Field::City, register.city, vtj.city),
        (Field::Country, register.country, vtj.country),
    ]
    .into_iter()
    .map(|(field, register, vtj)| Beside {
        field: field.as_str(),
        register: has_register.then_some(register),
        vtj: no_order.then_some(vtj),
    })
    .collect()
}

impl Checked {
    /// The same with what may be shown of the patron as known now: to a run, nothing.
    pub(super) fn showing(
        self,
        context: &Context,
        question: &Question<'_>,
        standing: Option<&Standing>,
        queue: Vec<QueueItem>,
    ) -> Self {
        let grants = question.grants;
        let shows_values = self.outcome.is_answer() && question.asker.is_shown();
        let beside = standing
            .filter(|_| shows_values)
            .map(|standing| beside(context, standing, grants, self.protection));
        Self { items: items(queue, grants, self.protection), beside: beside.unwrap_or_default(), ..self }
    }
}
