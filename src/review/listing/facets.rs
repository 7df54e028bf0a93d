//! How many cases there are of what can be chosen in a filter.
//!
//! Each number is what the list would show with that one choice made and every other choice of the filter kept.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::filter::ListFilter;
use crate::staff::ProvedAccount;
use crate::store::queue::{self, QueueCount, Selection};
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
    let open =
        Selection { kinds: Vec::new(), states: Vec::new(), home_library: None, language: None, ..open };
    let counts = queue::counts(tx, &open).await?;
    let holders = queue::holders(tx, &open).await?;
    let mut facets = counted(&counts, &chosen, filter.municipality.is_some());
    facets.holders = holders.into_iter().map(|(id, name, _)| (id, name)).collect();
    Ok(facets)
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
