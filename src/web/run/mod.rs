//! Runs of schedules: what was and what was not checked, how far one is, and what can be done about it.

mod acts;
mod events;
mod list;
mod show;
mod words;

pub(super) use list::RunRow;
pub(super) use words::{failed, state_word};

use super::Routes;

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = list::routes(routes);
    let routes = show::routes(routes);
    let routes = events::routes(routes);
    acts::routes(routes)
}
