//! The task `fetch`: changes of the followed people, page by page into the inbox.
//!
//! The rows of a page and the cursor behind it commit together, each page on its own; then what must act at
//! once acts, and the people are marked to be looked up. A change that came before is recognised by its
//! key and does nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use uuid::Uuid;

use super::ask::{Answered, Asker, Question, ask};
use super::{Context, FetchMode, Report, Task, TaskError, signals};
use crate::audit::{self, Event};
use crate::clock::helsinki_date;
use crate::feed;
use crate::identity_code::IdentityCode;
use crate::lease::Lease;
use crate::municipality::Municipality;
use crate::schedule::silence::Silence;
use crate::store::data_key::{self, Keyring};
use crate::store::follow_list::FollowList;
use crate::store::inbox::InboxRow;
use crate::store::{self, Tx};
use crate::switch;
use crate::vtj::changes::{ChangesClient, check_progress};
use crate::vtj::wire::{ChangesPage, RawEntry};

/// Does one round.
///
/// # Errors
/// When VTJ or the database fails, the lease is lost, or a cursor is too old. Pages received stay.
pub async fn run(context: &Context, lease: &Lease, mode: FetchMode) -> Result<Report, TaskError> {
    let client = context.changes.as_ref().ok_or(TaskError::NoInterface("fetch"))?;
    let mut report = Report::default();
    if mode == FetchMode::Reload {
        forget_cursors(context, lease, &mut report).await?;
    }
    signals::use_new(context, lease, &mut report).await?;
    let mut read = context.db.read().await?;
    let lists = store::follow_list::all(&mut read).await?;
    drop(read);
    let mut first_cursors = BTreeMap::new();
    let mut too_old = 0;
    let everyone = feed::permitted(&context.settings, lists.clone());
    for list in lists {
        if context.is_stopping() {
            break;
        }
        let Some(municipality) = context.settings.municipalities.get(&list.municipality) else {
            report.skipped += 1;
            continue;
        };
        if let FetchMode::NotCaughtUpSince(since) = mode
            && list.caught_up_at.is_some_and(|at| at >= since)
        {
            continue;
        }
        if is_too_old(context, &list) {
            too_old += 1;
            continue;
        }
        let follow = Following { context, lease, client, municipality };
        let list = follow.with_cursor(list, &mut first_cursors).await?;
        follow.pages(list, &mut report).await?;
    }
    if too_old > 0 {
        let reload = feed::reload_cost(&everyone, context.settings.base_data_price);
        return Err(TaskError::CursorTooOld { lists: too_old, reload });
    }
    Ok(report)
}

fn is_too_old(context: &Context, list: &FollowList) -> bool {
    Silence::of(context.clock.now() - feed::asked_at(list)) == Silence::Lost
}

async fn forget_cursors(context: &Context, lease: &Lease, report: &mut Report) -> Result<(), TaskError> {
    let now = context.clock.now();
    let mut tx = lease.begin().await?;
    // What is forgotten could not be asked for anew.
    if let Some(stop) = switch::admit(&mut tx, now).await? {
        return Err(TaskError::QueriesStopped(Box::new(stop)));
    }
    store::follow_list::forget_cursors(&mut tx, now).await?;
    let people = store::follow_list::mark_members_for_refresh(&mut tx, now).await?;
    let event = context.event(Task::Fetch, "fetch.reload").detail(format!("{people} people are read again"));
    audit::record(&mut tx, &[event]).await?;
    tx.commit("fetch.reload").await?;
    report.changed += people;
    Ok(())
}

/// A change sealed with a key that another process has just replaced could never be opened. The page is
/// not stored then, and comes again.
async fn refuse_replaced_keys(tx: &mut Tx, keyring: &Keyring, patrons: &[Uuid]) -> Result<(), TaskError> {
    for (patron, version) in store::person::key_versions(tx, patrons).await? {
        if version > keyring.newest(patron)?.version {
            return Err(store::StoreError::Conflict("a person's data key").into());
        }
    }
    Ok(())
}

/// What following one list needs.
struct Following<'a> {
    context: &'a Context,
    lease: &'a Lease,
    client: &'a ChangesClient,
    municipality: &'a Municipality,
}

/// Whose changes a page can bring: the code, and the patrons who have it.
type Members = BTreeMap<IdentityCode, Vec<Uuid>>;

impl Following<'_> {
    /// Gives a list without a cursor one from the day before its people were read, so that nothing that
    /// happened since is missed.
    async fn with_cursor(
        &self,
        mut list: FollowList,
        known: &mut BTreeMap<(String, chrono::NaiveDate), i64>,
    ) -> Result<FollowList, TaskError> {
        if list.cursor_key.is_some() {
            return Ok(list);
        }
        let read_on = helsinki_date(list.created_at);
        let day = read_on.checked_sub_days(Days::new(1)).unwrap_or(read_on);
        let place = (list.municipality.clone(), day);
        let cursor = match known.get(&place) {
            Some(cursor) => *cursor,
            None => self.ask_first_cursor(day).await?,
        };
        known.insert(place, cursor);
        let now = self.context.clock.now();
        let mut tx = self.lease.begin().await?;
        store::follow_list::advance(&mut tx, &list, cursor, false, now).await?;
        tx.commit("fetch.first_cursor").await?;
        list.cursor_key = Some(cursor);
        list.cursor_at = Some(now);
        Ok(list)
    }

    async fn ask_first_cursor(&self, day: chrono::NaiveDate) -> Result<i64, TaskError> {
        let question = Question {
            asker: Asker::task(Task::Fetch),
            interface: "kirjausavain",
            municipality: self.municipality,
            list: None,
            subjects: &[],
            persons_asked: 0,
        };
        let answer = ask(self.context, self.lease, &question, async |call, now| {
            self.client.first_cursor(day, call, now).await
        })
        .await?;
        let mut tx = self.lease.begin().await?;
        answer.finish(&mut tx, 0, self.context.clock.now()).await?;
        tx.commit("fetch.first_cursor_answer").await?;
        Ok(answer.value)
    }

    async fn pages(&self, mut list: FollowList, report: &mut Report) -> Result<(), TaskError> {
        let mut read = self.context.db.read().await?;
        let persons = store::asked::codes_of_list(&mut read, list.id).await?;
        drop(read);
        let patrons: Vec<Uuid> = persons.iter().map(|person| person.patron).collect();
        let mut keyring = data_key::keyring(&self.context.db, &self.context.vault, &patrons).await?;
        let mut members = Members::new();
        for person in &persons {
            match keyring.newest(person.patron).and_then(|_| person.open(&keyring)) {
                Ok(Some(code)) => members.entry(code).or_default().push(person.patron),
                Ok(None) => report.skipped += 1,
                Err(_) => report.errors += 1,
            }
        }
        drop(persons);
        if members.is_empty() {
            return Ok(());
        }
        report.examined += u64::try_from(members.len()).unwrap_or(u64::MAX);
        for _ in 0..self.context.settings.page_limit {
            let (next, up_to_date, acts) = self.page(&list, &members, &keyring, report).await?;
            list.cursor_key = Some(next);
            if acts && signals::use_new(self.context, self.lease, report).await? {
                // Protection started for somebody, whose key was replaced.
                keyring = data_key::keyring(&self.context.db, &self.context.vault, &patrons).await?;
            }
            if up_to_date || self.context.is_stopping() {
                break;
            }
        }
        Ok(())
    }

    async fn page(
        &self,
        list: &FollowList,
        members: &Members,
        keyring: &Keyring,
        report: &mut Report,
    ) -> Result<(i64, bool, bool), TaskError> {
        let cursor = list.cursor_key.unwrap_or_default();
        let codes: Vec<IdentityCode> = members.keys().cloned().collect();
        let question = Question {
            asker: Asker::task(Task::Fetch),
            interface: "muutokset",
            municipality: self.municipality,
            list: Some((list.id, list.version)),
            subjects: &[],
            persons_asked: codes.len(),
        };
        let grants = &self.municipality.grants;
        let answer = ask(self.context, self.lease, &question, async |call, now| {
            let page = self.client.changes(cursor, &codes, grants, call, now).await?;
            check_progress(cursor, &page)?;
            Ok(page)
        })
        .await?;
        let acts = self.receive(list, members, keyring, &answer, report).await?;
        Ok((answer.value.next_cursor, answer.value.up_to_date, acts))
    }

    /// Stores a page and its cursor in one transaction. True when a change of it acts at once.
    async fn receive(
        &self,
        list: &FollowList,
        members: &Members,
        keyring: &Keyring,
        answer: &Answered<ChangesPage>,
        report: &mut Report,
    ) -> Result<bool, TaskError> {
        let page = &answer.value;
        let now = self.context.clock.now();
        let mut tx = self.lease.begin().await?;
        let cursor_outside = store::planted("cursor_outside");
        if cursor_outside {
            store::follow_list::advance(&mut tx, list, page.next_cursor, page.up_to_date, now).await?;
            tx.commit("fetch.page").await?;
            tx = self.lease.begin().await?;
        }
        let rows = self.new_rows(&mut tx, list, members, keyring, answer, report).await?;
        let mut patrons: Vec<Uuid> = rows.iter().map(|row| row.patron).collect();
        patrons.sort_unstable();
        patrons.dedup();
        refuse_replaced_keys(&mut tx, keyring, &patrons).await?;
        store::inbox::insert_new(&mut tx, &rows).await?;
        store::disclosure::insert_subjects(&mut tx, answer.request, &patrons).await?;
        store::due::mark_for_refresh(&mut tx, &patrons, now).await?;
        answer.finish(&mut tx, patrons.len(), now).await?;
        if !cursor_outside {
            store::follow_list::advance(&mut tx, list, page.next_cursor, page.up_to_date, now).await?;
        }
        audit::record(&mut tx, &self.events(keyring, &rows, answer)?).await?;
        tx.commit("fetch.page").await?;
        report.changed += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        Ok(rows.iter().any(|row| row.state == "new"))
    }

    async fn new_rows(
        &self,
        tx: &mut Tx,
        list: &FollowList,
        members: &Members,
        keyring: &Keyring,
        answer: &Answered<ChangesPage>,
        report: &mut Report,
    ) -> Result<Vec<InboxRow>, TaskError> {
        let mut rows: Vec<InboxRow> = Vec::new();
        let mut seen = BTreeSet::new();
        for entry in &answer.value.entries {
            let code = match entry {
                Ok(change) => Some(&change.code),
                Err(unreadable) => unreadable.code.as_ref(),
            };
            let Some(patrons) = code.and_then(|code| members.get(code)) else {
                // Somebody who was not asked about, or nobody in particular: nothing of it is kept.
                report.errors += 1;
                continue;
            };
            for &patron in patrons {
                let row = self.row(list, patron, keyring, entry, answer.request)?;
                if seen.insert(row.change_key.clone()) {
                    rows.push(row);
                }
            }
        }
        let keys: Vec<Vec<u8>> = rows.iter().map(|row| row.change_key.clone()).collect();
        let known: BTreeSet<Vec<u8>> = store::inbox::known_keys(tx, &keys).await?.into_iter().collect();
        let before = rows.len();
        rows.retain(|row| !known.contains(&row.change_key));
        report.skipped += u64::try_from(before - rows.len()).unwrap_or(u64::MAX);
        report.errors +=
            u64::try_from(rows.iter().filter(|row| row.state == "quarantined").count()).unwrap_or(0);
        Ok(rows)
    }

    fn row(
        &self,
        list: &FollowList,
        patron: Uuid,
        keyring: &Keyring,
        entry: &RawEntry,
        request: Uuid,
    ) -> Result<InboxRow, TaskError> {
        let now = self.context.clock.now();
        let id = store::new_id(now);
        let key = keyring.newest(patron)?;
        let (bytes, registered_at, state, reason) = match entry {
            Ok(change) => {
                let acts = change.signals(&self.municipality.grants).act_at_once();
                (change.to_bytes(), change.registered_at, if acts { "new" } else { "used" }, None)
            }
            Err(unreadable) => {
                (unreadable.raw.clone(), None, "quarantined", Some(unreadable.why.to_string()))
            }
        };
        Ok(InboxRow {
            id,
            list: list.id,
            patron,
            change_key: self.context.vault.digest(&[b"change", patron.as_bytes(), &bytes]),
            registered_at,
            received_at: now,
            request,
            state: state.to_owned(),
            reason,
            attempts: 0,
            used_at: (state == "used").then_some(now),
            key_version: key.version,
            sealed: Some(key.seal(store::inbox::place(id), &bytes).map_err(store::StoreError::from)?),
        })
    }

    fn events(
        &self,
        keyring: &Keyring,
        rows: &[InboxRow],
        answer: &Answered<ChangesPage>,
    ) -> Result<Vec<Event>, TaskError> {
        let mut events = Vec::with_capacity(rows.len() + 1);
        for row in rows {
            let tag = keyring.newest(row.patron)?.subject_tag;
            let mut event =
                self.context.event(Task::Fetch, "change.receive").about(tag).detail(row.state.clone());
            event.request = Some(answer.request);
            events.push(event);
        }
        if !answer.value.dropped.is_empty() {
            let names: Vec<String> =
                answer.value.dropped.iter().map(|(name, count)| format!("{name} {count}")).collect();
            let mut event = self.context.event(Task::Fetch, "change.drop_ungranted").detail(names.join(", "));
            event.request = Some(answer.request);
            events.push(event);
        }
        Ok(events)
    }
}
