//! Whether VTJ says that the person has died, or takes a death back.
//!
//! A death is never inferred: not from an absent person, not from an absent address, and its date is only as
//! precise as VTJ said. Silence takes no death back.

use super::{Quiet, Reconciliation, Rule, Subject, evidence};
use crate::finding::{Finding, FindingKind};
use crate::municipality::FieldGroup;
use crate::person::{Death, PersonRecord};

/// What base data and the change feed say together.
enum Word {
    Silence,
    Dead(Rule, Death),
    Contradiction,
    Alive(Rule),
}

/// Compares what is said of death; true when a death was raised.
pub(super) fn compare(subject: &Subject<'_>, record: &PersonRecord, out: &mut Reconciliation) -> bool {
    if !subject.grants(FieldGroup::Death) {
        out.stay_quiet(Quiet::DeathNotGranted);
        return false;
    }
    match word(record.death, subject.known.death_signal) {
        Word::Dead(rule, death) => {
            out.raise(dead(rule, death));
            true
        }
        Word::Contradiction => {
            let kind = FindingKind::Death;
            let rule = Rule::DeathContradicted;
            let mut finding = Finding::new(kind, rule, evidence(kind, &[rule.code()]));
            finding.single_review = true;
            out.raise(finding);
            true
        }
        Word::Alive(rule) if subject.known.held_as_dead => {
            let kind = FindingKind::DeathWithdrawn;
            out.raise(Finding::new(kind, rule, evidence(kind, &["alive"])));
            false
        }
        Word::Alive(_) => {
            out.stay_quiet(Quiet::NotDead);
            false
        }
        Word::Silence => {
            let held = subject.known.held_as_dead;
            out.stay_quiet(if held { Quiet::HeldAsDead } else { Quiet::DeathNotSaid });
            false
        }
    }
}

/// Base data goes before the feed; the feed speaks where base data is silent, and is contradicted when base
/// data says in so many words that the person is alive.
fn word(base: Option<Death>, feed: Option<Death>) -> Word {
    match (base, feed) {
        (Some(base), _) if base.dead => {
            Word::Dead(if base.declared { Rule::DeclaredDead } else { Rule::DeathRegistered }, base)
        }
        (Some(_), Some(feed)) if feed.dead => Word::Contradiction,
        (Some(_), _) => Word::Alive(Rule::DeathDenied),
        (None, Some(feed)) if feed.dead => Word::Dead(Rule::DeathSignalled, feed),
        (None, Some(_)) => Word::Alive(Rule::DeathTakenBack),
        (None, None) => Word::Silence,
    }
}

fn dead(rule: Rule, death: Death) -> Finding {
    let kind = FindingKind::Death;
    let date = death.date.map(|date| date.to_string()).unwrap_or_default();
    let how = if death.declared { "declared" } else { "dead" };
    let mut finding = Finding::new(kind, rule, evidence(kind, &[how, &date]));
    finding.death_date = death.date;
    finding
}
