//! Practice: the queue of the test data, worked without consequence, and put back to the start at the press of a button.
//!
//! The whole log has been played and nothing more happens by itself, so every learner finds the same cases. The start
//! is a backup in the folder, made once when everything is ready and the accounts are there.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::folder::Folder;
use super::staff::{self, Pages};
use super::{Settings, follow};
use crate::audit::{self, Actor, Event};
use crate::cli::context::{load_config, store_url};
use crate::cli::simulated_clock::SimulatedClockArg;
use crate::cli::{App, Code, Exit, Globals, exit, output};
use crate::config::SecretSources;
use crate::service;
use crate::store::{Db, StoreUrl, backup};
use crate::task::Context;
use crate::web::practice::{Act, Expectations, Expected, Practice, StartOver};

/// What is expected of each case: card number, kind, act, reason.
const EXPECTED: &str = include_str!("../../testdata/patrons/practice.csv");

/// The backup of the start, in the folder.
const COPY: &str = "start";
/// The mark of a copy that has begun to be put back and may not be in its place.
const UNFINISHED: &str = "start.unfinished";

/// What the author of the test data expects.
fn expected() -> anyhow::Result<Expectations> {
    let mut reader = csv::Reader::from_reader(EXPECTED.as_bytes());
    let mut expected = Expectations::new();
    for row in reader.deserialize() {
        let (card, kind, act, reason): (String, String, String, String) =
            row.context("the practice data cannot be read")?;
        let act = Act::from_word(&act).with_context(|| format!("{act} is no act"))?;
        expected.insert((card, kind), Expected { act, reason });
    }
    Ok(expected)
}

/// Where the start is kept, and what it is the start of.
#[derive(Debug)]
struct Start {
    copy: PathBuf,
    unfinished: PathBuf,
    url: StoreUrl,
}

impl Start {
    /// The start of a folder.
    fn of(folder: &Folder, globals: &Globals) -> anyhow::Result<Self> {
        let url = store_url(&load_config(globals)?, &SecretSources::from_environment())?;
        if !matches!(url, StoreUrl::Sqlite(_)) {
            let message =
                "a practice can be put back to its start on SQLite only; name a new folder with --dir";
            return Err(Exit::new(Code::Usage, message).into());
        }
        Ok(Self { copy: folder.path().join(COPY), unfinished: folder.path().join(UNFINISHED), url })
    }

    /// Makes the copy, unless there is one.
    async fn keep(&self, context: &Context) -> anyhow::Result<()> {
        if backup::verify(&self.copy).await.is_ok() {
            return Ok(());
        }
        if self.copy.exists() {
            fs::remove_dir_all(&self.copy).context("half a copy of the start cannot be removed")?;
        }
        backup::create(&context.db, &self.url, &self.copy, context.clock.now()).await?;
        Ok(())
    }

    /// Puts the copy in the place of the database, which nobody has open. A process that dies meanwhile leaves a mark,
    /// and the next one does it again.
    async fn put_back(&self, at: DateTime<Utc>) -> anyhow::Result<()> {
        let cannot = || format!("{} cannot be written", self.unfinished.display());
        fs::write(&self.unfinished, "").with_context(cannot)?;
        backup::replace(&self.copy, &self.url, at).await?;
        fs::remove_file(&self.unfinished).with_context(cannot)
    }
}

/// Runs a practice until the process is told to stop.
pub(super) async fn run(
    settings: &Settings,
    folder: &Folder,
    globals: &Globals,
    clock: &SimulatedClockArg,
) -> anyhow::Result<Code> {
    let start = Start::of(folder, globals)?;
    if start.unfinished.exists() {
        start.put_back(super::started(clock).now()).await?;
    }
    let app = App::open_simulated(globals, clock).await?;
    let mut context = context_of(&app, &app.db)?;
    if let Some(failure) = super::first_run(folder, &context).await? {
        context.db.close().await;
        let failure = anyhow::Error::new(failure);
        exit::report(&failure);
        return Ok(exit::code_of(&failure));
    }
    let sign_ins = staff::sign_ins(&context, folder).await?;
    start.keep(&context).await?;
    let (sender, mut asked_for) = mpsc::channel(1);
    let practice = Arc::new(Practice::new(expected()?, sender));
    let pages = Pages::start(&context, settings.web_port, Some(Arc::clone(&practice))).await?;
    output::text(&pages.told(&sign_ins))?;
    output::text("Practice (simulated): what is decided here has no consequences. Ctrl-C stops.\n")?;
    let mut stop = follow::Stop::catch()?;
    loop {
        tokio::select! {
            () = tokio::time::sleep(follow::PAUSE) => {
                if let (_, Err(error)) = follow::apply_decisions(&context).await {
                    exit::report(&anyhow::Error::new(error).context("a round stopped; the next one goes on"));
                }
            }
            Some(wish) = asked_for.recv() => {
                context = start_over(&app, &start, (&practice, &pages), &context, wish).await?;
                output::text("everything is as it was at the start (simulated)\n")?;
            }
            () = stop.told() => break,
        }
    }
    pages.stop().await;
    context.db.close().await;
    output::text("stopped; the same command goes on from here (simulated)\n")?;
    Ok(Code::Done)
}

fn context_of(app: &App, db: &Db) -> anyhow::Result<Context> {
    service::context(&app.config, &app.secrets, db, &app.vault, &app.clock, &app.os_user)
}

/// Puts everything back while no request is under way, and goes on with what is there then.
async fn start_over(
    app: &App,
    start: &Start,
    (practice, pages): (&Practice, &Pages),
    before: &Context,
    StartOver { account, done }: StartOver,
) -> anyhow::Result<Context> {
    let closed = practice.close_gate().await;
    before.db.close().await;
    start.put_back(app.clock.now()).await?;
    let context = context_of(app, &Db::open(&start.url).await?)?;
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let event = Event::new(context.clock.now(), actor, &account.os_user, "practice.start_over");
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("practice.start_over").await?;
    pages.go_on_with(&context);
    drop(closed);
    // Whoever wished it may have closed the browser.
    let _ = done.send(());
    Ok(context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::municipality::Language;

    #[test]
    fn every_case_of_the_expected_queue_has_one_expected_act() {
        let queue = include_str!("../../testdata/patrons/expected_queue.json");
        let items: Vec<serde_json::Value> = serde_json::from_str(queue).unwrap();
        let word = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap().to_owned();
        let mut cases: Vec<_> =
            items.iter().map(|item| (word(item, "card_number"), word(item, "kind"))).collect();
        cases.sort();
        let expected: Vec<_> = expected().unwrap().into_keys().collect();
        assert_eq!(expected, cases);
    }

    #[test]
    fn every_reason_is_a_sentence_in_three_languages() {
        for language in [Language::Fi, Language::Sv, Language::En] {
            for one in expected().unwrap().into_values() {
                assert!(language.known(&format!("practice-why-{}", one.reason)).is_some(), "{one:?}");
            }
        }
    }
}
