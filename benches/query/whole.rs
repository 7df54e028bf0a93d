//! A whole question, as `ajantasa check` puts it: rights, budget, disclosure, the answer kept, compared and audited.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use ajantasa::check::{self, CheckOutcome};
use ajantasa::clock::SystemClock;
use ajantasa::config::{self, Database, SecretSources};
use ajantasa::seal::{MasterKeys, Vault};
use ajantasa::service;
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::store::{Db, StoreUrl};
use ajantasa::task::Context;
use uuid::Uuid;

use super::Outcome;

/// An installation, and who asks in it.
pub struct Site {
    context: Context,
    account: ProvedAccount,
}

/// Opens the installation of a configuration file.
pub async fn open(file: &str) -> Outcome<Arc<Site>> {
    let config = config::load(Path::new(file), |_| Ok(()))?;
    let Database::Sqlite { file: database } = &config.database else {
        return Err("only SQLite is measured".into());
    };
    let db = Db::open(&StoreUrl::Sqlite(database.clone())).await?;
    let vault = Arc::new(Vault::new(&MasterKeys::read(&config.keys.file)?));
    let municipalities: BTreeSet<String> =
        config.municipalities.iter().map(|one| one.code.as_str().to_owned()).collect();
    let clock = Arc::new(SystemClock) as Arc<dyn ajantasa::clock::Clock>;
    let context = service::context(&config, &SecretSources::default(), &db, &vault, &clock, "bench")?;
    let account = ProvedAccount {
        id: Uuid::from_u128(7),
        name: "bench".to_owned(),
        role: Role::Reviewer,
        may_protected: false,
        municipalities,
        own_card: None,
        os_user: "bench".to_owned(),
    };
    Ok(Arc::new(Site { context, account }))
}

/// Asks about a card.
pub async fn ask(site: Arc<Site>, card: String) -> Outcome<()> {
    let checked = check::person(&site.context, &site.account, &card, "desk", "a bench").await?;
    match checked.outcome {
        CheckOutcome::Found | CheckOutcome::NotFound | CheckOutcome::Passivated if !checked.reused => Ok(()),
        other => Err(format!("{other:?}: {}", checked.reason).into()),
    }
}
