//! The staff pages of a demonstration, and three accounts to sign in with.
//!
//! Each account has a password of its own, made with the folder and kept in it, so that an earlier demonstration goes
//! on with the same ones.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::folder::Folder;
use super::refresh;
use crate::audit::{self, Actor, Event};
use crate::municipality::Language;
use crate::scheduler::Plan;
use crate::staff::{self, Role};
use crate::store::account::{self, AccountRow};
use crate::store::new_id;
use crate::task::Context;
use crate::web;
use crate::web::practice::Practice;

/// Name, role, language of the pages, municipalities, and whether cleared for protected cases.
const ACCOUNTS: [(&str, Role, Language, &[&str], bool); 3] = [
    ("anna", Role::Administrator, Language::Fi, &["078", "092", "149", "710", "755"], false),
    ("svea", Role::Reviewer, Language::Sv, &["078", "149", "710", "755"], true),
    ("tarmo", Role::Auditor, Language::Fi, &[], false),
];

/// How long the accounts last.
const LASTS: TimeDelta = TimeDelta::days(365);

/// How long whatever is under way has to end.
const CLOSE: std::time::Duration = std::time::Duration::from_secs(2);

/// What stands between two words of a password.
const WORDS: [&str; 16] = [
    "ahti", "hirvi", "ilves", "joki", "kaarna", "lampi", "metso", "niitty", "ohra", "pihlaja", "ruska",
    "saari", "tuuli", "utu", "varpu", "ydin",
];

/// The pages, served until they are ended.
pub(super) struct Pages {
    url: String,
    closing: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
    /// What is in force; the pages read it from here.
    plans: watch::Sender<Arc<Plan>>,
}

impl Pages {
    /// Serves them on a port of this machine; 0 picks a free one.
    pub(super) async fn start(
        context: &Context,
        port: u16,
        practice: Option<Arc<Practice>>,
    ) -> anyhow::Result<Self> {
        let listener = web::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (plans, in_force) = watch::channel(Arc::new(Plan { context: context.clone() }));
        let settings = web::Settings { is_demo: true, practice, ..web::Settings::default() };
        let closing = CancellationToken::new();
        let pages = Arc::new(web::Web::new(in_force, settings));
        let server = tokio::spawn(web::serve(pages, listener, closing.clone()));
        Ok(Self { url, closing, server, plans })
    }

    /// Serves another database from now on.
    pub(super) fn go_on_with(&self, context: &Context) {
        self.plans.send_replace(Arc::new(Plan { context: context.clone() }));
    }

    /// Ends them; whoever still reads a page is cut off.
    pub(super) async fn stop(self) {
        self.closing.cancel();
        let _ = tokio::time::timeout(CLOSE, self.server).await;
    }

    /// The address and the accounts, as they are told at the start.
    pub(super) fn told(&self, sign_ins: &[SignIn]) -> String {
        let mut text = format!("\nThe staff pages (simulated): {}\n", self.url);
        for SignIn { name, password, role } in sign_ins {
            let _ = writeln!(text, "  {name:6} {password:24} {role}");
        }
        text.push('\n');
        text
    }
}

/// One of the accounts.
pub(super) struct SignIn {
    name: &'static str,
    password: String,
    role: Role,
}

/// Plans the example of a refresh in the name of the administrator, at the first time.
pub(super) async fn plan_example(context: &Context, sign_ins: &[SignIn]) -> anyhow::Result<()> {
    match sign_ins.iter().find(|sign_in| sign_in.role == Role::Administrator) {
        Some(SignIn { name, password, .. }) => refresh::plan_example(context, name, password).await,
        None => Ok(()),
    }
}

/// Makes the accounts, or finds those of an earlier demonstration.
pub(super) async fn sign_ins(context: &Context, folder: &Folder) -> anyhow::Result<Vec<SignIn>> {
    let mut sign_ins = Vec::new();
    let kept =
        folder.sign_ins(|| ACCOUNTS.iter().map(|(name, ..)| ((*name).to_owned(), password())).collect())?;
    for (name, role, language, municipalities, may_protected) in ACCOUNTS {
        let Some(password) = kept.get(name) else { continue };
        if account::by_name(&mut context.db.read().await?, name).await?.is_none() {
            add(context, (name, role, language), municipalities, may_protected, password).await?;
        }
        sign_ins.push(SignIn { name, password: password.clone(), role });
    }
    Ok(sign_ins)
}

async fn add(
    context: &Context,
    (name, role, language): (&str, Role, Language),
    municipalities: &[&str],
    may_protected: bool,
    password: &str,
) -> anyhow::Result<()> {
    let now = context.clock.now();
    let row = AccountRow {
        id: new_id(now),
        name: name.to_owned(),
        role: role.as_str().to_owned(),
        may_protected,
        password_hash: Some(staff::hash(SecretString::from(password)).await?),
        os_login: None,
        own_card: None,
        ends_on: (now + LASTS).date_naive(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: now,
    };
    let municipalities: Vec<String> = municipalities.iter().map(|code| (*code).to_owned()).collect();
    let event = Event::new(now, Actor::OsUser, &context.os_user, "account.add").detail(format!(
        "account {name}: {role}, municipalities {}, protected {may_protected}, of the demonstration",
        municipalities.join(" ")
    ));
    let mut tx = context.db.begin().await?;
    account::insert(&mut tx, &row, &municipalities).await?;
    account::set_language(&mut tx, row.id, Some(language.as_str())).await?;
    audit::record(&mut tx, &[event]).await?;
    Ok(tx.commit("account.add").await?)
}

/// Four words and a number: easily typed, and nobody's own.
fn password() -> String {
    let words: [u8; 4] = rand::random();
    let words = words.map(|byte| WORDS[usize::from(byte) % WORDS.len()]);
    format!("{}-{}", words.join("-"), rand::random::<u16>())
}
