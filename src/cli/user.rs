//! `user`: accounts of members of staff.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::{App, Code, Exit, Globals, identity, output};
use crate::audit;
use crate::municipality::MunicipalityCode;
use crate::staff::administer::{self, LONGEST_NAME};
use crate::staff::{self, Role, StaffError};
use crate::store::account::{self, AccountRow};
use crate::store::new_id;

/// Options of `user`.
#[derive(Debug, clap::Args)]
pub struct User {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add an account. It is proved by its password, or by the operating-system user it is bound to.
    Add(Add),
    /// List the accounts.
    List,
    /// Take the second factor of an account away, where its holder has lost phone and codes: it is set up anew at the
    /// next sign-in. Its sessions end.
    ResetSecondFactor {
        /// The account.
        name: String,
    },
    /// Close an account. It stays on record; its name is not used again.
    Disable {
        /// The account.
        name: String,
    },
}

/// A role on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleWord {
    /// Changes schedules and settings; decides nothing. No person is an auditor, too.
    Administrator,
    /// Decides about the patrons of some municipalities.
    Reviewer,
    /// Looks into the logs. No person is an administrator, too.
    Auditor,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Administrator => Self::Administrator,
            RoleWord::Reviewer => Self::Reviewer,
            RoleWord::Auditor => Self::Auditor,
        }
    }
}

/// What an account may do beyond its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum May {
    /// See and decide cases of people under a non-disclosure order.
    Protected,
}

#[derive(Debug, clap::Args)]
struct Add {
    /// The name to act by.
    name: String,
    /// What the account is for.
    #[arg(long, value_enum)]
    role: RoleWord,
    /// A municipality whose patrons the holder decides about, by its three-digit code; may be repeated.
    #[arg(long, value_name = "CODE")]
    municipality: Vec<String>,
    /// What the holder may do beyond the role; for reviewers.
    #[arg(long, value_enum)]
    may: Vec<May>,
    /// The last day of the account, such as 2027-06-30: the end of the employment at the latest.
    #[arg(long, value_name = "DATE")]
    until: NaiveDate,
    /// A file with the password; otherwise it is asked for on a terminal.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Bind the account to an operating-system user, who then needs no password.
    #[arg(long, value_name = "LOGIN")]
    os_user: Option<String>,
    /// The holder's own library card; nobody decides on their own card.
    #[arg(long, value_name = "CARD")]
    own_card: Option<String>,
    /// The language in which the holder wants the staff pages; without it, that of the browser.
    #[arg(long, value_name = "LANGUAGE", value_parser = ["fi", "sv", "en"])]
    language: Option<String>,
}

/// An account as it is printed.
#[derive(Serialize)]
struct Shown {
    name: String,
    role: String,
    municipalities: Vec<String>,
    may_protected: bool,
    until: NaiveDate,
    os_user: Option<String>,
    has_password: bool,
    has_own_card: bool,
    language: Option<String>,
    state: &'static str,
}

impl User {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        match self.action {
            Action::Add(add) => {
                let app = App::open(globals).await?;
                add.check(&app)?;
                add.run(&app).await
            }
            Action::List => list(&App::open(globals).await?).await,
            Action::ResetSecondFactor { name } => {
                reset_second_factor(&App::open(globals).await?, &name).await
            }
            Action::Disable { name } => disable(&App::open(globals).await?, &name).await,
        }
    }
}

fn usage(message: impl Into<String>) -> anyhow::Error {
    Exit::new(Code::Usage, message).into()
}

impl Add {
    /// What can be said without the database's rows.
    fn check(&self, app: &App) -> anyhow::Result<()> {
        let length = self.name.chars().count();
        if !(1..=LONGEST_NAME).contains(&length)
            || self.name.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return Err(usage("a name has 1 to 64 characters, none of them a space"));
        }
        if self.until <= app.clock.today() {
            return Err(usage(format!("--until {}: write a day in the future", self.until)));
        }
        let role = Role::from(self.role);
        if self.may.contains(&May::Protected) && role != Role::Reviewer {
            return Err(usage("--may protected is for reviewers only"));
        }
        if role == Role::Reviewer && self.municipality.is_empty() {
            return Err(usage("a reviewer needs --municipality CODE: whose patrons are decided about"));
        }
        let configured: BTreeSet<&str> =
            app.config.municipalities.iter().map(|municipality| municipality.code.as_str()).collect();
        for code in &self.municipality {
            MunicipalityCode::parse(code).map_err(|error| usage(format!("--municipality: {error}")))?;
            if !configured.contains(code.as_str()) {
                let known = configured.iter().copied().collect::<Vec<_>>().join(", ");
                return Err(usage(format!(
                    "--municipality {code} is not configured; configured are: {known}"
                )));
            }
        }
        if self.os_user.as_deref().is_some_and(str::is_empty)
            || self.own_card.as_deref().is_some_and(str::is_empty)
        {
            return Err(usage("--os-user and --own-card must not be empty"));
        }
        Ok(())
    }

    async fn run(self, app: &App) -> anyhow::Result<Code> {
        let password_hash = self.password_hash().await?;
        let role = Role::from(self.role);
        let mut tx = app.db.begin().await?;
        if account::by_name(&mut tx, &self.name).await?.is_some() {
            let message = format!("there is an account {} already; choose another name", self.name);
            return Err(Exit::new(Code::Data, message).into());
        }
        let now = app.clock.now();
        let may_protected = self.may.contains(&May::Protected);
        let event = app.event("account.add").detail(format!(
            "account {}: {role}, municipalities {}, protected {may_protected}, until {}, password {}, bound {}",
            self.name,
            self.municipality.join(" "),
            self.until,
            password_hash.is_some(),
            self.os_user.is_some(),
        ));
        let row = AccountRow {
            id: new_id(now),
            name: self.name,
            role: role.as_str().to_owned(),
            may_protected,
            password_hash,
            os_login: self.os_user,
            own_card: self.own_card,
            ends_on: self.until,
            failures: 0,
            locked_until: None,
            disabled_at: None,
            created_at: now,
        };
        administer::refuse_excluded(&mut tx, &row).await?;
        account::insert(&mut tx, &row, &self.municipality).await?;
        account::set_language(&mut tx, row.id, self.language.as_deref()).await?;
        audit::record(&mut tx, &[event]).await?;
        tx.commit("account.add").await?;
        Ok(Code::Done)
    }

    async fn password_hash(&self) -> anyhow::Result<Option<String>> {
        if self.password_file.is_none() && self.os_user.is_some() {
            return Ok(None);
        }
        match identity::new_password(self.password_file.as_deref())? {
            Some(password) => Ok(Some(staff::hash(password).await?)),
            None => Err(usage("give --password-file FILE, --os-user LOGIN, or run this on a terminal")),
        }
    }
}

async fn list(app: &App) -> anyhow::Result<Code> {
    let today = app.clock.today();
    let mut tx = app.db.read().await?;
    let mut accounts = Vec::new();
    for row in account::all(&mut tx).await? {
        let municipalities = account::municipalities(&mut tx, row.id).await?;
        let language = account::language(&mut tx, row.id).await?;
        let state = if row.disabled_at.is_some() {
            "disabled"
        } else if row.ends_on < today {
            "ended"
        } else {
            "active"
        };
        accounts.push(Shown {
            name: row.name,
            role: row.role,
            municipalities,
            may_protected: row.may_protected,
            until: row.ends_on,
            os_user: row.os_login,
            has_password: row.password_hash.is_some(),
            has_own_card: row.own_card.is_some(),
            language,
            state,
        });
    }
    let header = ["name", "role", "municipalities", "protected", "until", "os_user", "password", "state"];
    let yes = |yes: bool| if yes { "yes" } else { "" }.to_owned();
    output::list(app.format, &accounts, &header, |account| {
        vec![
            account.name.clone(),
            account.role.clone(),
            account.municipalities.join(" "),
            yes(account.may_protected),
            account.until.to_string(),
            account.os_user.clone().unwrap_or_default(),
            yes(account.has_password),
            account.state.to_owned(),
        ]
    })?;
    Ok(Code::Done)
}

async fn reset_second_factor(app: &App, name: &str) -> anyhow::Result<Code> {
    let event = app.event("account.factor_reset");
    match administer::reset_factor_of(&app.db, &*app.clock, name, event).await {
        Ok(()) => Ok(Code::Done),
        Err(StaffError::NotFound) => {
            Err(Exit::new(Code::NotAllowed, format!("there is no account {name}")).into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn disable(app: &App, name: &str) -> anyhow::Result<Code> {
    let mut tx = app.db.begin().await?;
    let Some(account) = account::by_name(&mut tx, name).await? else {
        return Err(Exit::new(Code::NotAllowed, format!("there is no account {name}")).into());
    };
    if account.disabled_at.is_some() {
        return Err(Exit::new(Code::Data, format!("the account {name} is closed already")).into());
    }
    account::disable(&mut tx, account.id, app.clock.now()).await?;
    audit::record(&mut tx, &[app.event("account.disable").detail(format!("account {name}"))]).await?;
    tx.commit("account.disable").await?;
    Ok(Code::Done)
}
