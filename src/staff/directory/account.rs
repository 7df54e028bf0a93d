//! The account of somebody whom the directory vouches for: made, kept true to the directory, ended.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::super::StaffError;
use super::super::administer::{Rights, written};
use super::super::session::login_of;
use super::Way;
use crate::audit::{self, Actor, Event};
use crate::directory::Subject;
use crate::store::account::{self, AccountRow};
use crate::store::{self, Tx, assignment, directory as rows, session as sessions};
use crate::task::Context;

/// The account of a subject, held until the transaction ends.
pub(super) async fn find(tx: &mut Tx, subject: &Subject) -> Result<Option<AccountRow>, StaffError> {
    let Some(id) = rows::account_of(tx, &subject.issuer, &subject.subject).await? else { return Ok(None) };
    account::lock(tx, id).await?;
    Ok(Some(account::get(tx, id).await?))
}

/// Makes the account of a subject who comes for the first time. It has no password.
pub(super) async fn make(
    context: &Context,
    tx: &mut Tx,
    way: &Way,
    subject: &Subject,
    rights: Rights,
) -> Result<Uuid, StaffError> {
    let now = context.clock.now();
    let row = AccountRow {
        id: store::new_id(now),
        name: free_name(tx, &way.rules.name(&subject.claims)).await?,
        role: rights.role.as_str().to_owned(),
        may_protected: rights.may_protected,
        password_hash: None,
        os_login: None,
        own_card: None,
        ends_on: last_day(context, way.rules.days),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: now,
    };
    account::insert(tx, &row, &rights.municipalities).await?;
    rows::link(tx, &subject.issuer, &subject.subject, row.id, now).await?;
    let detail = format!("account {}: {}, until {}, by directory", row.name, written(&rights), row.ends_on);
    record(context, tx, &row, "account.add", detail).await?;
    Ok(row.id)
}

/// Gives an account the rights and the last day that it has from now on. Where the rights differ, its sessions end; what
/// it may not decide any more goes back to everybody.
pub(super) async fn keep_true(
    context: &Context,
    tx: &mut Tx,
    found: &AccountRow,
    rights: &Rights,
    days: u32,
) -> Result<Uuid, StaffError> {
    let until = last_day(context, days);
    if until != found.ends_on {
        account::set_ends_on(tx, found.id, until).await?;
    }
    let held = account::municipalities(tx, found.id).await?;
    let role = rights.role.as_str();
    if found.role == role && found.may_protected == rights.may_protected && held == rights.municipalities {
        if until != found.ends_on {
            let detail =
                format!("account {}: until {until}, before {}, by directory", found.name, found.ends_on);
            record(context, tx, found, "account.end_date", detail).await?;
        }
        return Ok(found.id);
    }
    account::set_rights(tx, found.id, role, rights.may_protected, &rights.municipalities).await?;
    let ended = sessions::end_all(tx, found.id, context.clock.now()).await?;
    let is_less = found.role != role
        || (found.may_protected && !rights.may_protected)
        || held.iter().any(|code| !rights.municipalities.contains(code));
    let given_back = if is_less { assignment::clear_of(tx, found.id).await? } else { 0 };
    let detail = format!(
        "account {}: {}, until {until}, by directory, sessions ended {ended}, cases given back {given_back}",
        found.name,
        written(rights)
    );
    record(context, tx, found, "account.rights", detail).await?;
    Ok(found.id)
}

/// Ends an account to which the directory gives no role any more: yesterday was its last day.
pub(super) async fn end(context: &Context, tx: &mut Tx, found: &AccountRow) -> Result<(), StaffError> {
    let today = context.clock.today();
    let ended = sessions::end_all(tx, found.id, context.clock.now()).await?;
    let given_back = assignment::clear_of(tx, found.id).await?;
    if found.ends_on < today && ended == 0 && given_back == 0 {
        return Ok(());
    }
    let yesterday = today.pred_opt().unwrap_or(today);
    account::set_ends_on(tx, found.id, yesterday.min(found.ends_on)).await?;
    let detail = format!(
        "account {}: ended, by directory, sessions ended {ended}, cases given back {given_back}",
        found.name
    );
    record(context, tx, found, "account.end_date", detail).await
}

fn last_day(context: &Context, days: u32) -> NaiveDate {
    let today = context.clock.today();
    today.checked_add_days(Days::new(u64::from(days))).unwrap_or(today)
}

/// A name that no other account has or had.
async fn free_name(tx: &mut Tx, wanted: &str) -> Result<String, StaffError> {
    let mut name = wanted.to_owned();
    let mut number = 1_u32;
    while account::by_name(tx, &name).await?.is_some() {
        number += 1;
        name = format!("{wanted}-{number}");
    }
    Ok(name)
}

async fn record(
    context: &Context,
    tx: &mut Tx,
    of: &AccountRow,
    action: &'static str,
    detail: String,
) -> Result<(), StaffError> {
    let actor = Actor::Account { id: of.id, name: of.name.clone() };
    let event = Event::new(context.clock.now(), actor, &login_of(&of.name), action).detail(detail);
    Ok(audit::record(tx, &[event]).await?)
}
