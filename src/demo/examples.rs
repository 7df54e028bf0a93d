//! Three worked examples, side by side: what the register holds, what VTJ says, what approval would write.
//!
//! They are chosen from what the run found: a move, the same address in the other language, and a person
//! under an order of non-disclosure. The looks are in the audit log before anything is returned.

use uuid::Uuid;

use super::summary::Pages;
use crate::address::AddressLines;
use crate::audit::{self, Actor, Event};
use crate::finding::{Field, FieldChange, Finding, FindingKind};
use crate::municipality::Language;
use crate::person::Answer;
use crate::protected::Protection;
use crate::reconcile::{Quiet, Reconciliation};
use crate::store::data_key;
use crate::task::Context;
use crate::task::known::Standing;

/// What stands for a masked value.
const MASKED: &str = "***";

/// One example. Each side is a few lines.
#[derive(Debug)]
pub(super) struct Example {
    pub(super) title: String,
    pub(super) register: Vec<String>,
    pub(super) vtj: Vec<String>,
    pub(super) approval: Vec<String>,
    pub(super) why: String,
    patron: Uuid,
}

/// Chooses the examples, as many of the three as there are.
pub(super) async fn choose(context: &Context) -> anyhow::Result<Vec<Example>> {
    let (mut moved, mut variant, mut protected) = (None, None, None);
    let mut pages = Pages::default();
    while let Some((standings, _)) = pages.next(context).await? {
        for standing in &standings {
            let outcome = standing.compare(context);
            moved = moved.or_else(|| a_move(context, standing, &outcome));
            variant = variant.or_else(|| a_variant(context, standing, &outcome));
            protected = protected.or_else(|| a_protected_person(standing, &outcome));
        }
        if moved.is_some() && variant.is_some() && protected.is_some() {
            break;
        }
    }
    let examples: Vec<Example> = [moved, variant, protected].into_iter().flatten().collect();
    let ids: Vec<Uuid> = examples.iter().map(|example| example.patron).collect();
    record_looks(context, &ids, "patron.show").await?;
    Ok(examples)
}

/// Writes down that the operating-system user looks at people.
pub(super) async fn record_looks(
    context: &Context,
    patrons: &[Uuid],
    action: &'static str,
) -> anyhow::Result<()> {
    let keyring = data_key::keyring(&context.db, &context.vault, patrons).await?;
    let event = || Event::new(context.clock.now(), Actor::OsUser, &context.os_user, action);
    let events = patrons
        .iter()
        .map(|patron| Ok(event().about(keyring.newest(*patron)?.subject_tag).detail("demonstration")))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &events).await?;
    Ok(tx.commit("demo.look").await?)
}

fn a_move(context: &Context, standing: &Standing, outcome: &Reconciliation) -> Option<Example> {
    let [finding] = outcome.findings.as_slice() else { return None };
    if finding.kind != FindingKind::AddressChange || finding.single_review {
        return None;
    }
    let (register, vtj) = both_sides(context, standing)?;
    Some(Example {
        title: format!("A move, now in the queue: {}", who(standing)),
        approval: written(&standing.patron.contact.disclosed()?.address, finding),
        register,
        vtj,
        why: finding.reason(),
        patron: standing.row.id,
    })
}

fn a_variant(context: &Context, standing: &Standing, outcome: &Reconciliation) -> Option<Example> {
    if !outcome.findings.is_empty() || !outcome.quiet.contains(&Quiet::AddressLanguageVariant) {
        return None;
    }
    let (register, vtj) = both_sides(context, standing)?;
    Some(Example {
        title: format!("Another writing and no move, not in the queue: {}", who(standing)),
        register,
        vtj,
        approval: vec!["nothing".to_owned()],
        why: Quiet::AddressLanguageVariant.sentence().to_owned(),
        patron: standing.row.id,
    })
}

fn a_protected_person(standing: &Standing, outcome: &Reconciliation) -> Option<Example> {
    let started = |finding: &&Finding| finding.kind == FindingKind::ProtectionStarted;
    let finding = outcome.findings.iter().find(started)?;
    let masked = || vec![MASKED.to_owned(), MASKED.to_owned()];
    Some(Example {
        title: format!("A person under a non-disclosure order, masked: card {}", standing.row.card_number),
        register: masked(),
        vtj: masked(),
        approval: vec!["nothing".to_owned()],
        why: format!(
            "{} The address is masked in every view, count, export and log; the task is to protect it in the \
             library system too.",
            finding.reason()
        ),
        patron: standing.row.id,
    })
}

fn who(standing: &Standing) -> String {
    let row = &standing.row;
    format!("{} {}, card {}", row.first_names, row.last_name, row.card_number)
}

/// What the register and VTJ say of the address, where there is no order and VTJ has one address only.
fn both_sides(context: &Context, standing: &Standing) -> Option<(Vec<String>, Vec<String>)> {
    if standing.patron.contact.protection() != Protection::No {
        return None;
    }
    let Answer::Found(record) = &standing.answer else { return None };
    let today = context.clock.today();
    let mut usable = record
        .contact
        .disclosed()?
        .addresses
        .iter()
        .filter(|address| address.holds_on(today) && address.address.is_usable());
    let (only, None) = (usable.next()?, usable.next()) else { return None };
    let (finnish, swedish) = (only.address.lines(Language::Fi), only.address.lines(Language::Sv));
    let mut vtj = shown(&finnish);
    if swedish != finnish {
        vtj.extend(shown(&swedish));
    }
    Some((shown(&standing.patron.contact.disclosed()?.address), vtj))
}

/// The address that the register would hold after approval.
fn written(current: &AddressLines, finding: &Finding) -> Vec<String> {
    let mut lines = current.clone();
    for FieldChange { field, proposed, .. } in &finding.fields {
        match field {
            Field::StreetAddress => proposed.clone_into(&mut lines.street_address),
            Field::CareOf => proposed.clone_into(&mut lines.care_of),
            Field::PostalCode => proposed.clone_into(&mut lines.postal_code),
            Field::City => proposed.clone_into(&mut lines.city),
            Field::Country => proposed.clone_into(&mut lines.country),
            Field::IdentityCode
            | Field::LastName
            | Field::FirstNames
            | Field::BirthDate
            | Field::Language => {}
        }
    }
    shown(&lines)
}

fn shown(address: &AddressLines) -> Vec<String> {
    let town = format!("{} {}", address.postal_code, address.city);
    [&address.care_of, &address.street_address, &town, &address.country]
        .into_iter()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}
