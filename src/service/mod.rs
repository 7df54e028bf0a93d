//! Where everything is put together: the configuration becomes clients, a register and settings.
//!
//! [`context`] serves every command; [`serve`] is the daemon: it starts, listens to signals and drains
//! (`lifecycle`), answers about itself (`http`), counts (`metrics`) and says once an hour what is not as usual
//! (`notices`).

#[cfg(feature = "oidc")]
mod directory;
mod http;
mod lifecycle;
mod metrics;
mod notices;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::{
    Auth, Config, Connector, QueryVariant, RegisterMode, SecretSources, VtjChanges, VtjQuery,
};
use crate::lease::Holder;
use crate::purpose::{GroundedPurpose, Purpose, PurposeRule};
use crate::quota::Ceilings;
use crate::register::{CsvRegister, EmbeddedRegister, PatronRegister, ReadOnly};
use crate::schedule::CronExpression;
use crate::seal::Vault;
use crate::segment::SegmentRules;
use crate::store::{Db, StoreError, Tx, installation};
use crate::task::{CollectionRules, Context, QueryRules, ReviewRules, Settings, SingleQuery};
use crate::vtj::changes::{self, ChangesClient, ChangesSettings};
use crate::vtj::http::HttpLimits;
use crate::vtj::query::{QueryClient, QuerySettings, Way, XRoadClient};
use crate::vtj::retry::RetryPolicy;
use crate::vtj::tls::TlsSettings;

pub use lifecycle::{Installation, Listeners, Signals, bind, serve};
pub use metrics::certificates;
pub use notices::notices_of;

/// Builds what the tasks work with.
///
/// # Errors
/// When a secret, a certificate or a setting cannot be used.
pub fn context(
    config: &Config,
    secrets: &SecretSources,
    db: &Db,
    vault: &Arc<Vault>,
    clock: &Arc<dyn Clock>,
    os_user: &str,
) -> anyhow::Result<Context> {
    let changes = match &config.vtj.changes {
        Some(settings) => Some(changes_client(config, settings, secrets)?),
        None => None,
    };
    let query = match &config.vtj.query {
        Some(settings) => Some(single_query(config, settings, secrets, vault)?),
        None => None,
    };
    Ok(Context {
        db: db.clone(),
        vault: Arc::clone(vault),
        clock: Arc::clone(clock),
        settings: Arc::new(settings(config)?),
        changes,
        query,
        register: register(config, db, vault),
        holder: Holder::this_process(),
        os_user: os_user.to_owned(),
        counts: Arc::default(),
        stop: CancellationToken::new(),
    })
}

/// The fact that ties a database to its key file: a digest under the root of keyed hashes, which stays for
/// the life of an installation.
const KEY_CHECK: &str = "key_check";

/// The word by which a key file is known again; nothing can be learned of the key from it.
fn key_word(vault: &Vault) -> String {
    hex::encode(vault.digest(&[b"key check"]))
}

/// Whether a key file is that of a database; `None` while no key file has been used with it.
///
/// # Errors
/// When the database does not answer.
pub async fn key_fits(db: &Db, vault: &Vault) -> Result<Option<bool>, StoreError> {
    let mut tx = db.read().await?;
    Ok(installation::get(&mut tx, KEY_CHECK).await?.map(|known| known == key_word(vault)))
}

/// Remembers a key file as that of a database, in the transaction of the record of it.
///
/// # Errors
/// When it cannot be stored.
pub async fn adopt_key(tx: &mut Tx, vault: &Vault) -> Result<(), StoreError> {
    installation::set(tx, KEY_CHECK, &key_word(vault)).await
}

/// What the configuration tells those who do the work.
///
/// # Errors
/// When a part of it cannot be used.
pub fn settings(config: &Config) -> anyhow::Result<Settings> {
    let changes = config.vtj.changes.as_ref();
    let upkeep = Purpose::register_upkeep();
    let purposes: BTreeMap<String, PurposeRule> =
        config.purposes.iter().map(|rule| (rule.name().to_owned(), rule.clone())).collect();
    let upkeep: GroundedPurpose = purposes
        .get(upkeep.as_str())
        .map(|rule| rule.grounded.clone())
        .context("the purpose register_upkeep is not configured")?;
    let municipalities: BTreeMap<_, _> = config
        .municipalities
        .iter()
        .map(|municipality| (municipality.code.as_str().to_owned(), municipality.clone()))
        .collect();
    Ok(Settings {
        allow_test_codes: config.identity_code.allow_test_codes,
        municipalities,
        upkeep,
        purposes,
        query: config.vtj.query.as_ref().map(|query| query_rules(config, query)),
        collection: collection_rules(config)?,
        review: ReviewRules {
            undo_window: TimeDelta::seconds(i64::from(config.register.undo_seconds)),
            planted_percent: config.review.planted_percent,
            planted_misses: config.review.planted_misses,
        },
        segment: SegmentRules {
            minimum_days_overdue: config.collection.minimum_days_overdue,
            home_service_groups: config.all_schedules.home_service_groups.clone(),
        },
        two_person_people: config.all_schedules.two_person_people,
        disclosures_kept_years: config.retention.disclosures_years,
        runs_kept_days: config.retention.runs_days,
        base_data_price: changes.map_or(VtjChanges::PRICE_PER_PERSON, |changes| changes.price_per_person),
        list_size: changes.map_or(1000, |changes| changes.list_size),
        page_limit: changes.map_or(1000, |changes| changes.page_limit),
        retry: RetryPolicy {
            tries: changes.map_or(3, |changes| changes.attempts),
            first_pause: first_pause(),
            ..RetryPolicy::default()
        },
        observe: config.register.mode == RegisterMode::Observe,
    })
}

fn query_rules(config: &Config, query: &VtjQuery) -> QueryRules {
    let ceilings = &config.municipality_ceilings;
    QueryRules {
        product: query.product.clone(),
        ceilings: Ceilings { day: Some(query.daily_ceiling), month: query.monthly_ceiling },
        municipalities: ceilings.iter().map(|(code, own)| (code.as_str().to_owned(), *own)).collect(),
        reserve_percent: query.reserve_percent,
        price: query.price_per_query,
        requests_per_second: query.requests_per_second,
        reuse: TimeDelta::minutes(i64::from(query.reuse_minutes)),
        retry: RetryPolicy { tries: query.attempts, first_pause: first_pause(), ..RetryPolicy::default() },
    }
}

fn collection_rules(config: &Config) -> anyhow::Result<CollectionRules> {
    let collection = &config.collection;
    Ok(CollectionRules {
        minimum_days_overdue: collection.minimum_days_overdue,
        minimum_age: collection.minimum_age,
        verified_within_days: collection.verified_within_days,
        cut_off: CronExpression::parse(&collection.cut_off).context("collection.cut_off")?,
    })
}

/// `AJANTASA_RETRY_MILLIS` shortens the pause before a repeated request, for tests.
fn first_pause() -> Duration {
    std::env::var("AJANTASA_RETRY_MILLIS")
        .ok()
        .and_then(|millis| millis.parse().ok())
        .map_or(RetryPolicy::default().first_pause, Duration::from_millis)
}

fn register(config: &Config, db: &Db, vault: &Arc<Vault>) -> Arc<dyn PatronRegister> {
    let observe = config.register.mode == RegisterMode::Observe;
    match &config.register.connector {
        Connector::Embedded => {
            let register = EmbeddedRegister::new(db.clone(), Arc::clone(vault));
            if observe { Arc::new(ReadOnly::new(register)) } else { Arc::new(register) }
        }
        Connector::Csv(files) => {
            let register = CsvRegister::new(files.patron_file.clone(), files.correction_file.clone());
            if observe { Arc::new(ReadOnly::new(register)) } else { Arc::new(register) }
        }
    }
}

fn changes_client(
    config: &Config,
    settings: &VtjChanges,
    secrets: &SecretSources,
) -> anyhow::Result<ChangesClient> {
    let password = settings.password.read(secrets).context("the password for VTJ's change interface")?;
    let extra_headers = settings
        .extra_headers
        .iter()
        .map(|(name, value)| (name.clone(), SecretString::from(value.reveal().to_owned())))
        .collect();
    let deadline = Duration::from_secs(u64::from(settings.deadline_seconds));
    Ok(ChangesClient::new(&ChangesSettings {
        base_url: settings.base_url.clone(),
        auth: match settings.auth {
            Auth::Basic => changes::Auth::Basic,
            Auth::MutpHeaders => changes::Auth::MutpHeaders,
        },
        username: settings.username.clone(),
        password,
        x_road_client: settings.x_road_client.clone(),
        extra_headers,
        limits: HttpLimits { deadline, ..HttpLimits::default() },
        tls: tls(config, secrets)?,
    })?)
}

fn single_query(
    config: &Config,
    settings: &VtjQuery,
    secrets: &SecretSources,
    vault: &Vault,
) -> anyhow::Result<SingleQuery> {
    let password = settings.password.read(secrets).context("the password for VTJ's single query")?;
    let way = match settings.variant {
        QueryVariant::Direct => Way::Direct,
        QueryVariant::XRoad => Way::XRoad {
            client: XRoadClient::parse(settings.x_road_client.as_deref().unwrap_or_default())
                .context("vtj.query.x_road_client")?,
            service_instance: settings.x_road_instance.clone(),
        },
    };
    let deadline = Duration::from_secs(u64::from(settings.deadline_seconds));
    let settings = QuerySettings {
        url: settings.url.clone(),
        way,
        product: settings.product.clone(),
        username: settings.username.clone(),
        password,
        requests_per_second: settings.requests_per_second,
        limits: HttpLimits { deadline, ..HttpLimits::default() },
        tls: tls(config, secrets)?,
    };
    Ok(SingleQuery { client: QueryClient::new(&settings)?, settings: fingerprint(&settings, vault) })
}

/// What tells settings from others that VTJ may take; nothing can be learned of the password from it.
fn fingerprint(settings: &QuerySettings, vault: &Vault) -> String {
    let way = format!("{:?}", settings.way);
    let identity = settings.tls.client_identity_pem.as_ref().map(|pem| pem.expose_secret().as_bytes());
    let parts = [
        b"query settings".as_slice(),
        settings.url.as_bytes(),
        way.as_bytes(),
        settings.product.as_bytes(),
        settings.username.as_bytes(),
        settings.password.expose_secret().as_bytes(),
        identity.unwrap_or_default(),
        settings.tls.ca_pem.as_deref().unwrap_or_default(),
    ];
    hex::encode(vault.digest(&parts))
}

fn tls(config: &Config, secrets: &SecretSources) -> anyhow::Result<TlsSettings> {
    let tls = &config.vtj.tls;
    let ca_pem = tls.ca_file.as_deref().map(read).transpose()?;
    let client_identity_pem = if tls.client_identity.path(secrets).is_some() {
        let secret = tls.client_identity.read(secrets).context("the client certificate for VTJ")?;
        Some(SecretString::from(secret.expose_secret().to_owned()))
    } else {
        None
    };
    Ok(TlsSettings { ca_pem, client_identity_pem })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}
