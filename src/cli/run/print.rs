//! How runs are printed, and how one is followed while it goes on.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use uuid::Uuid;

use crate::audit::Actor;
use crate::cli::{App, Code, Format, output, patrons};
use crate::lease::Lease;
use crate::runs::{self, Progress, RunError, RunView, Shown, Went};
use crate::schedule::run_state::RunState;
use crate::task::Context;

/// The longest wait between two looks at a run that waits.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Prints runs, newest first.
pub(super) fn list(app: &App, runs: &[RunView]) -> anyhow::Result<()> {
    let header =
        ["id", "schedule", "version", "planned", "state", "reason", "people", "asked", "not_checked"];
    output::list(app.format, runs, &header, |run| {
        vec![
            run.id.to_string(),
            run.schedule.clone(),
            run.version.to_string(),
            run.planned_at.map(output::time).unwrap_or_default(),
            run.state.clone(),
            run.reason.clone().unwrap_or_default(),
            run.people.map(|people| people.to_string()).unwrap_or_default(),
            run.asked.to_string(),
            run.not_checked.to_string(),
        ]
    })
}

/// One run, for the operating-system user, with everybody who was put aside.
pub(super) async fn read(app: &App, id: Uuid) -> Result<Shown, RunError> {
    runs::show(&patrons::context(app), &Actor::OsUser, id, usize::MAX).await
}

/// Prints one run: as JSON everything, otherwise what a person asks first, line by line.
pub(super) fn shown(app: &App, shown: &Shown) -> anyhow::Result<()> {
    if app.format == Format::Json {
        return output::json(shown);
    }
    let value = serde_json::to_value(shown)?;
    let mut lines: Vec<(String, String)> = Vec::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        let text = match value {
            serde_json::Value::Null | serde_json::Value::Array(_) => continue,
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) if number.is_f64() => {
                format!("{:.1}", number.as_f64().unwrap_or_default())
            }
            other => other.to_string(),
        };
        lines.push((key.clone(), text));
    }
    for left in &shown.left_out_because {
        lines.push(("left out".to_owned(), format!("{} because {}", left.people, left.reason)));
    }
    for aside in &shown.put_aside_people {
        let card = aside.card_number.as_deref().unwrap_or("***");
        lines.push(("put aside".to_owned(), format!("card {card}: {}", aside.why)));
    }
    output::list(app.format, &lines, &["what", "value"], |(what, value)| vec![what.clone(), value.clone()])
}

/// A bar on a terminal; otherwise nothing is shown.
fn progress_bar() -> Option<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let style = "{bar:30} {pos}/{len} people, {msg}";
    let bar = ProgressBar::new(0);
    Some(bar.with_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar())))
}

fn show_progress(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.people);
    bar.set_position(progress.done);
    let left = progress.seconds_left.map_or_else(String::new, |seconds| format!(", {seconds:.0} s left"));
    bar.set_message(format!("{:.0} a second{left}", progress.per_second));
}

/// Carries out a run in this process, to its end, or until it has to wait for its budget.
pub(in crate::cli) async fn carried_out(context: &Context, lease: Lease, id: Uuid) -> Result<(), RunError> {
    let bar = progress_bar();
    let mut watch = |progress: &Progress| {
        if let Some(bar) = &bar {
            show_progress(bar, progress);
        }
    };
    loop {
        match runs::carry_out(context, &lease, id, &mut watch).await? {
            Went::Ended | Went::Stopped => break,
            Went::Later(at) => {
                let run = crate::store::run::get(&mut context.db.read().await?, id).await?;
                if run.is_none_or(|run| run.state == RunState::WaitingForBudget.as_str()) {
                    break;
                }
                let left = (at - context.clock.now()).to_std().unwrap_or_default();
                tokio::time::sleep(left.min(LONGEST_WAIT)).await;
            }
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    lease.release().await?;
    Ok(())
}

/// Prints a run and says by the exit code how it stands: 75 when it waits for its budget or has failed and can be
/// tried again.
pub(in crate::cli) async fn ended(app: &App, id: Uuid) -> anyhow::Result<Code> {
    let run = read(app, id).await?;
    shown(app, &run)?;
    Ok(match RunState::from_word(&run.run.state) {
        Some(RunState::WaitingForBudget | RunState::Failed) => Code::TryAgain,
        _ => Code::Done,
    })
}
