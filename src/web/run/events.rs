//! The progress of a run as a stream of events, for a page that moves by itself.
//!
//! Before each event the session is asked after; looking on is no use of it, so that a page left open does not keep it
//! from ending. The stream ends with the session, with the run, and when the program is to end.

use crate::web::input::Id;
use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use uuid::Uuid;

use super::words::{Bar, failed};
use crate::patrons;
use crate::runs;
use crate::scheduler;
use crate::staff::session;
use crate::web::Routes;
use crate::web::errors::WebError;
use crate::web::schedule::READERS;
use crate::web::visit::Visit;

/// A stream ends after so many looks, and the browser asks for the next one.
const LOOKS: u32 = 600;
/// The browser asks again after so long.
const AGAIN: Duration = Duration::from_secs(3);

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/runs/{id}/events", READERS, events)
}

/// What the next look starts from.
struct Watch {
    visit: Visit,
    run: Uuid,
    looks: u32,
    last: Option<Bar>,
}

async fn events(visit: Visit, Id(run): Id) -> Result<Response, WebError> {
    // A run that is not there is not watched.
    let context = visit.context();
    runs::one(&patrons::Context::from(&context), run).await.map_err(|error| failed(&visit, error))?;
    let watch = Watch { visit, run, looks: 0, last: None };
    let stream = stream::unfold(Some(watch), |watch| async move {
        let (event, watch) = next(watch?).await?;
        Some((Ok::<_, Infallible>(event), watch))
    });
    let mut response = Sse::new(stream).keep_alive(KeepAlive::new()).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers an answer before it passes it on would hold the events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// The next event, and what comes after it; nothing when nobody may watch any more.
async fn next(mut watch: Watch) -> Option<(Event, Option<Watch>)> {
    let context = watch.visit.context();
    let pause = scheduler::poll(&*context.clock);
    loop {
        if watch.looks > 0 {
            tokio::select! {
                () = context.stop.cancelled() => return None,
                () = tokio::time::sleep(pause) => {}
            }
        }
        watch.looks += 1;
        let session = watch.visit.session().ok()?;
        if watch.looks > LOOKS || !session::holds(&context, session).await.ok()? {
            return None;
        }
        let run = runs::one(&patrons::Context::from(&context), watch.run).await.ok()?;
        if run.finished_at.is_some() {
            return Some((Event::default().event("end").data("end"), None));
        }
        let bar = Bar::of(watch.visit.language, &run);
        if let Some(bar) = bar.filter(|bar| watch.last.as_ref() != Some(bar)) {
            let event = Event::default().event("progress").retry(AGAIN).json_data(&bar).ok()?;
            watch.last = Some(bar);
            return Some((event, Some(watch)));
        }
    }
}
