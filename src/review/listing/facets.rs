//! How many cases there are of what can be chosen in a filter.
//!
//! Each number is what the list would show with that one choice made and every other choice of the filter kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::filter::ListFilter;
use crate::staff::ProvedAccount;
use crate::store::queue::{self, QueueCount, QueueOrder, Selection};
use crate::store::{Result, Tx};
use crate::task::Context;

/// How many cases there are, by word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facets {
    /// In the list.
    pub total: i64,
    /// By kind.
    pub kinds: BTreeMap<String, i64>,
    /// By state.
    pub states: BTreeMap<String, i64>,
    /// By municipality.
    pub municipalities: BTreeMap<String, i64>,
    /// By home library.
    pub libraries: BTreeMap<String, i64>,
    /// By language of the patron; empty where none is known.
    pub languages: BTreeMap<String, i64>,
    /// Accounts that have cases of the queue, with their names.
    pub holders: Vec<(Uuid, String)>,
}

/// What can be chosen beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Kind,
    State,
    Municipality,
    Library,
    Language,
}

pub(super) async fn read(
    tx: &mut Tx,
    context: &Context,
    account: &ProvedAccount,
    filter: &ListFilter,
) -> Result<Facets> {
    let chosen = filter.selection(context, account);
    // The municipality is one of the choices here, and the account's own are all that is counted.
    let open = ListFilter { municipality: None, ..filter.clone() }.selection(context, account);
    let open = Selection {
        kinds: Vec::new(),
        states: Vec::new(),
        home_library: None,
        language: None,
        order: QueueOrder::default(),
        ..open
    };
    let counts = counts(tx, context, &open).await?;
    let holders = queue::holders(tx, &open).await?;
    let mut facets = counted(&counts, &chosen, filter.municipality.is_some());
    facets.holders = holders.into_iter().map(|(id, name, _)| (id, name)).collect();
    Ok(facets)
}

/// Counts from which on they are kept.
const LONG: i64 = 5_000;
/// How long they are kept: going through the pages of a long queue does not count it anew each time.
const KEPT: TimeDelta = TimeDelta::seconds(10);
/// How many are kept.
const MOST: usize = 32;

/// How many cases long queues had a moment ago. Those of shorter ones are always counted anew.
#[derive(Debug, Default)]
pub struct RecentCounts {
    kept: Mutex<Vec<Kept>>,
}

#[derive(Debug)]
struct Kept {
    at: DateTime<Utc>,
    of: Selection,
    counts: Arc<Vec<QueueCount>>,
}

impl RecentCounts {
    fn of(&self, selection: &Selection, now: DateTime<Utc>) -> Option<Arc<Vec<QueueCount>>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |kept: &Kept| (TimeDelta::zero()..KEPT).contains(&(now - kept.at));
        let found = kept.iter().find(|kept| kept.of == *selection && is_recent(kept));
        found.map(|kept| Arc::clone(&kept.counts))
    }

    fn keep(&self, selection: &Selection, now: DateTime<Utc>, counts: &Arc<Vec<QueueCount>>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.of != *selection && now - one.at < KEPT);
        kept.truncate(MOST - 1);
        kept.push(Kept { at: now, of: selection.clone(), counts: Arc::clone(counts) });
    }
}

async fn counts(tx: &mut Tx, context: &Context, selection: &Selection) -> Result<Arc<Vec<QueueCount>>> {
    let now = context.clock.now();
    if let Some(counts) = context.counts.of(selection, now) {
        return Ok(counts);
    }
    let counts = Arc::new(queue::counts(tx, selection).await?);
    if counts.iter().map(|row| row.count).sum::<i64>() >= LONG {
        context.counts.keep(selection, now, &counts);
    }
    Ok(counts)
}

fn counted(counts: &[QueueCount], chosen: &Selection, one_municipality: bool) -> Facets {
    let mut facets = Facets::default();
    for row in counts {
        let misses = misses(row, chosen, one_municipality);
        let but = |choice| misses.iter().all(|missed| *missed == choice);
        let mut add = |to: fn(&mut Facets) -> &mut BTreeMap<String, i64>, word: &str, choice| {
            if but(choice) {
                *to(&mut facets).entry(word.to_owned()).or_default() += row.count;
            }
        };
        add(|facets| &mut facets.kinds, &row.kind, Choice::Kind);
        add(|facets| &mut facets.states, &row.state, Choice::State);
        add(|facets| &mut facets.municipalities, &row.municipality, Choice::Municipality);
        add(|facets| &mut facets.libraries, &row.home_library, Choice::Library);
        add(|facets| &mut facets.languages, &row.language, Choice::Language);
        if misses.is_empty() {
            facets.total += row.count;
        }
    }
    facets
}

/// By which choices a row is not in the list.
fn misses(row: &QueueCount, chosen: &Selection, one_municipality: bool) -> Vec<Choice> {
    let kind = chosen.kinds.is_empty() || chosen.kinds.iter().any(|kind| kind.as_str() == row.kind);
    let state = chosen.states.is_empty() || chosen.states.iter().any(|state| state.as_str() == row.state);
    let municipality = !one_municipality || chosen.municipalities.contains(&row.municipality);
    let library = chosen.home_library.as_ref().is_none_or(|library| *library == row.home_library);
    let language = chosen.language.as_ref().is_none_or(|language| *language == row.language);
    let tests = [
        (kind, Choice::Kind),
        (state, Choice::State),
        (municipality, Choice::Municipality),
        (library, Choice::Library),
        (language, Choice::Language),
    ];
    tests.into_iter().filter(|(is_in, _)| !is_in).map(|(_, choice)| choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_kept_for_a_moment_and_for_their_own_selection_only() {
        let recent = RecentCounts::default();
        let of = |municipality: &str| Selection {
            municipalities: vec![municipality.to_owned()],
            ..Selection::default()
        };
        let (here, there, now) = (of("710"), of("149"), DateTime::UNIX_EPOCH);
        let counts = Arc::new(Vec::new());
        recent.keep(&here, now, &counts);
        assert!(recent.of(&here, now + TimeDelta::seconds(9)).is_some());
        assert!(recent.of(&here, now + KEPT).is_none());
        assert!(recent.of(&here, now - TimeDelta::seconds(1)).is_none(), "the clock was set back");
        assert!(recent.of(&there, now).is_none());
        for number in 0..100 {
            recent.keep(&of(&number.to_string()), now, &counts);
        }
        assert!(recent.kept.lock().unwrap().len() <= MOST);
    }
}
