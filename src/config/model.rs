//! The sections of the configuration as types, and the defaults of their keys.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;

use super::secrets::SecretPlace;
use crate::municipality::{Municipality, MunicipalityCode, MunicipalityName};
use crate::purpose::PurposeRule;
use crate::quota::{Ceilings, Price};
use crate::schedule::definition::{Definition, ScheduleEntry};
use crate::schedule::{CronExpression, Task};
use crate::staff::Role;

/// A configuration that passed every check that needs nothing but the file itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file it was read from, absolute.
    pub file: PathBuf,
    /// `[database]`.
    pub database: Database,
    /// `[keys]`.
    pub keys: Keys,
    /// `[identity_code]`.
    pub identity_code: IdentityCodes,
    /// `[vtj.…]`.
    pub vtj: Vtj,
    /// `[register]`.
    pub register: Register,
    /// `[web]`: the pages of the staff.
    pub web: Pages,
    /// `[service]`: health and metrics.
    pub service: Listener,
    /// `[[municipality]]`, in the order of the file. No two share a code.
    pub municipalities: Vec<Municipality>,
    /// `[[schedule]]`, with the defaults of the tasks that have no entry.
    pub schedules: Vec<ScheduleEntry>,
    /// `[schedules]`: what all schedules have in common.
    pub all_schedules: Schedules,
    /// The most single-person queries of each municipality that has a ceiling of its own.
    pub municipality_ceilings: BTreeMap<MunicipalityCode, Ceilings>,
    /// The default purposes and those of `[[purpose]]`.
    pub purposes: Vec<PurposeRule>,
    /// `[collection]`.
    pub collection: Collection,
    /// `[review]`.
    pub review: Review,
    /// `[retention]`.
    pub retention: Retention,
    /// The line of each key that stands in the file.
    pub origins: Origins,
}

/// A text that is not for display: `Debug` prints `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// Hides a text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A SQLite file, absolute.
    Sqlite {
        /// The file.
        file: PathBuf,
    },
    /// A PostgreSQL server.
    Postgres {
        /// `postgres://…`, perhaps with a password in it.
        url: Hidden,
        /// The password when it is not in the URL.
        password: SecretPlace,
    },
}

impl Database {
    /// The SQLite file unless the configuration names another.
    pub const DEFAULT_URL: &str = "sqlite:/var/lib/ajantasa/ajantasa.db";

    /// The address as a URL with the SQLite path absolute and escaped. May hold a password: do not display it.
    pub fn url(&self) -> Hidden {
        match self {
            Self::Sqlite { file } => {
                let path = file.to_string_lossy();
                let escaped = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
                Hidden(format!("sqlite:{escaped}"))
            }
            Self::Postgres { url, .. } => url.clone(),
        }
    }
}

/// Where the master key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// The key file: written by `ajantasa keys create`, read through [`Keys::place`].
    pub file: PathBuf,
}

impl Keys {
    /// The key file unless the configuration names another.
    pub const DEFAULT_FILE: &str = "/etc/ajantasa/ajantasa.key";

    /// The master key as a secret that a systemd credential can also hold.
    pub fn place(&self) -> SecretPlace {
        SecretPlace { name: super::secrets::SecretName::MasterKey, file: Some(self.file.clone()) }
    }
}

/// Which identity codes are admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentityCodes {
    /// Whether individual numbers 900–999, which no real person has, are admitted.
    pub allow_test_codes: bool,
}

/// The Population Information System's interfaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vtj {
    /// The change interface; without it nothing can be fetched or refreshed.
    pub changes: Option<VtjChanges>,
    /// The single-person query; without it no single person can be asked about.
    pub query: Option<VtjQuery>,
    /// Certificates of both.
    pub tls: VtjTls,
}

impl Vtj {
    /// The addresses of the configured interfaces.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        let changes = self.changes.iter().map(|changes| changes.base_url.as_str());
        changes.chain(self.query.iter().map(|query| query.url.as_str()))
    }

    /// Whether every configured interface is on this machine, as a simulated one is.
    pub fn is_loopback(&self) -> bool {
        self.addresses().all(super::values::leads_to_loopback)
    }
}

/// How the change interface takes the user name and password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// HTTP Basic.
    Basic,
    /// The headers `MUTP-Tunnus` and `MUTP-Salasana`.
    MutpHeaders,
}

/// `[vtj.changes]`: the change interface (VTJ-muutosrajapinta).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VtjChanges {
    /// The address that `kirjausavain`, `muutokset` and `perustiedot` are appended to; no slash at its end.
    pub base_url: String,
    /// How name and password are sent.
    pub auth: Auth,
    /// The user name given by DVV.
    pub username: String,
    /// The password.
    pub password: SecretPlace,
    /// The X-Road client `instance/class/code/subsystem`, when the way goes through a security server.
    pub x_road_client: Option<String>,
    /// People per follow list, 1 to 1,000.
    pub list_size: u32,
    /// Headers that a gateway in between wants, by name.
    pub extra_headers: BTreeMap<String, Hidden>,
    /// Seconds that one request may take, connecting and reading included.
    pub deadline_seconds: u32,
    /// Attempts of one request, the first one counted.
    pub attempts: u32,
    /// Pages read for one follow list in one run.
    pub page_limit: u32,
    /// What DVV asks for one person of the first delivery; `doctor --first-run` counts with it.
    pub price_per_person: Price,
}

impl VtjChanges {
    /// The most people one base-data call may hold, by the interface's own rule.
    pub const LIST_SIZE: u32 = 1000;
    /// A reply for a full list has been seen to take 25 seconds; this is twice that and a little.
    pub const DEADLINE_SECONDS: u32 = 60;
    /// Attempts of one request.
    pub const ATTEMPTS: u32 = 3;
    /// Enough for weeks of changes of one list; a server that never says it is done is stopped here.
    pub const PAGE_LIMIT: u32 = 1000;
    /// DVV's price for one person of a first delivery, 1.1 cents.
    pub const PRICE_PER_PERSON: Price = Price { micro_euros: 11_000 };
}

/// By which way the single-person query goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryVariant {
    /// Through an X-Road security server.
    XRoad,
    /// To DVV's own address.
    Direct,
}

/// `[vtj.query]`: the single-person query (VTJkysely).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VtjQuery {
    /// The address of the security server, or of DVV.
    pub url: String,
    /// By which way.
    pub variant: QueryVariant,
    /// The product that the permit names.
    pub product: String,
    /// The user name given by DVV.
    pub username: String,
    /// The password.
    pub password: SecretPlace,
    /// The X-Road client `instance/class/code/subsystem`; always there when the way is X-Road.
    pub x_road_client: Option<String>,
    /// The X-Road instance of the service.
    pub x_road_instance: String,
    /// Requests of the whole installation per Helsinki day.
    pub daily_ceiling: u32,
    /// Requests of the whole installation per calendar month.
    pub monthly_ceiling: Option<u32>,
    /// The share of the day's ceiling, in per cent, that is kept for urgent requests.
    pub reserve_percent: u32,
    /// Requests that one process sends in a second.
    pub requests_per_second: NonZeroU32,
    /// What DVV asks for one request.
    pub price_per_query: Price,
    /// Minutes for which an answer is shown again instead of asking anew.
    pub reuse_minutes: u32,
    /// Seconds that one request may take.
    pub deadline_seconds: u32,
    /// Attempts of one request, the first one counted.
    pub attempts: u32,
}

impl VtjQuery {
    /// The product asked for unless the configuration names another.
    pub const PRODUCT: &str = "PERUSSANOMA 3";
    /// The X-Road instance of the production environment.
    pub const X_ROAD_INSTANCE: &str = "FI";
    /// Enough for a busy desk, too few to keep a register up with.
    pub const DAILY_CEILING: u32 = 200;
    /// One death to confirm in ten queries is many.
    pub const RESERVE_PERCENT: u32 = 10;
    /// Nobody types faster, and DVV's service is shared by the whole country.
    pub const REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::MIN;
    /// As long as a patron and the staff are likely to be busy with one matter.
    pub const REUSE_MINUTES: u32 = 60;
    /// A person waits at the desk.
    pub const DEADLINE_SECONDS: u32 = 30;
    /// Attempts of one request.
    pub const ATTEMPTS: u32 = 3;
}

/// `[vtj.tls]`: certificates towards both interfaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VtjTls {
    /// Roots to trust instead of the public ones, PEM.
    pub ca_file: Option<PathBuf>,
    /// Our certificate and its private key in one PEM file.
    pub client_identity: SecretPlace,
}

/// Whether the patron register is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterMode {
    /// Approved corrections are written.
    Write,
    /// Nothing is ever written.
    Observe,
}

/// Which patron register is kept true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connector {
    /// The register inside Ajantasa, filled by `patrons import`.
    Embedded,
    /// A file that is read, and a file of corrections for the library system.
    Csv(CsvRegister),
}

/// `[register.csv]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvRegister {
    /// The patron file to read.
    pub patron_file: PathBuf,
    /// The file that corrections are written to.
    pub correction_file: PathBuf,
}

/// `[register]`: the patron register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Whether it is written.
    pub mode: RegisterMode,
    /// Which register.
    pub connector: Connector,
    /// The share of patrons, in per cent, that one import may lose without being told so.
    pub max_shrink_percent: u32,
    /// Seconds between a decision and its effect.
    pub undo_seconds: u32,
}

impl Register {
    /// A patron file that loses more than a tenth is more likely cut off than true.
    pub const MAX_SHRINK_PERCENT: u32 = 10;
    /// Time to notice a slip of the hand.
    pub const UNDO_SECONDS: u32 = 60;
}

/// `[web]`: the pages of the staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// Where they are served.
    pub listener: Listener,
    /// The address that browsers use where a proxy stands in front, such as `https://ajantasa.example.fi`.
    pub origin: Option<String>,
    /// Where staff tell what they cannot use: an e-mail address, or the address of a form.
    pub feedback: Option<String>,
    /// The certificate that the pages are served with; without it they speak plain HTTP.
    pub certificate: Option<PagesCertificate>,
    /// The city's own directory, in which staff may sign in.
    pub oidc: Option<Oidc>,
}

/// The certificate of the staff pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagesCertificate {
    /// The certificate and those between it and its authority, PEM.
    pub file: PathBuf,
    /// Its private key, PEM.
    pub key: SecretPlace,
}

/// `[web.oidc]`: the city's own directory (OpenID Connect).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oidc {
    /// The directory's own name for itself; the address of its description starts with it.
    pub issuer: String,
    /// How the directory calls us.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: SecretPlace,
    /// How the directory is called on the pages.
    pub name: MunicipalityName,
    /// Roots to trust instead of the system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that a new account is named after.
    pub claim_name: String,
    /// The claim that tells the role.
    pub claim_roles: String,
    /// What the role of each of its values is.
    pub roles: BTreeMap<String, Role>,
    /// The claim that tells the municipalities of a reviewer.
    pub claim_municipalities: Option<String>,
    /// The code of each of its values; without it the values are codes.
    pub municipalities: BTreeMap<String, String>,
    /// Claim and value by which a reviewer is cleared for protected cases.
    pub protected: Option<(String, String)>,
    /// Where the second factor is asked for.
    pub second_factor: OidcSecondFactor,
    /// Days until an account ends unless its holder signs in again.
    pub days: u32,
}

/// Where the second factor of the directory's accounts is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OidcSecondFactor {
    /// Here, as after a password.
    Here,
    /// By the directory, which must say that one of these ways was gone (`acr_values`).
    Provider(Vec<String>),
}

impl Oidc {
    /// What is asked for beside `openid`.
    pub const SCOPE: &str = "profile";
    /// The claim that a new account is named after.
    pub const CLAIM_NAME: &str = "preferred_username";
    /// Whoever has not signed in for a quarter of a year has probably left.
    pub const DAYS: u32 = 90;
}

/// An address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listener {
    /// Address and port.
    pub listen: SocketAddr,
    /// Whether other than internal addresses are allowed.
    pub allow_public: bool,
}

impl Listener {
    /// The staff pages unless the configuration names another address.
    pub const DEFAULT_WEB: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
    /// Health and metrics unless the configuration names another address.
    pub const DEFAULT_SERVICE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9310);
}

/// `[schedules]`: what all schedules have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedules {
    /// The patron groups of home service, as the register calls them.
    pub home_service_groups: BTreeSet<String>,
    /// A schedule that may ask about more people than this needs a second administrator.
    pub two_person_people: u32,
}

impl Default for Schedules {
    fn default() -> Self {
        Self { home_service_groups: BTreeSet::new(), two_person_people: Self::TWO_PERSON_PEOPLE }
    }
}

impl Schedules {
    /// More than a weekly file of debts of a town holds, far fewer than its register.
    pub const TWO_PERSON_PEOPLE: u32 = 500;
}

/// Every task hourly at minute 7, away from the full hour when others call; housekeeping at 02:10.
pub fn default_schedules() -> Vec<ScheduleEntry> {
    let entry = |task: Task| {
        let cron = if task == Task::Housekeeping { "10 2 * * *" } else { "7 * * * *" };
        let cron = CronExpression::parse(cron).expect("the two are cron expressions");
        ScheduleEntry { name: task.as_str().to_owned(), definition: Definition::of_task(task, cron) }
    };
    Task::ALL.map(entry).into()
}

/// `[collection]`: who may stand in the file that goes to the debt collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Days since the oldest due date, at least.
    pub minimum_days_overdue: u32,
    /// Years of age, at least.
    pub minimum_age: u32,
    /// Days since VTJ was last asked about the payer, at most.
    pub verified_within_days: u32,
    /// When the file of the week is closed: five cron fields on the Helsinki wall clock.
    pub cut_off: String,
}

impl Default for Collection {
    fn default() -> Self {
        Self {
            minimum_days_overdue: Self::MINIMUM_DAYS_OVERDUE,
            minimum_age: Self::MINIMUM_AGE,
            verified_within_days: Self::VERIFIED_WITHIN_DAYS,
            cut_off: Self::CUT_OFF.to_owned(),
        }
    }
}

impl Collection {
    /// What the libraries' privacy notices promise.
    pub const MINIMUM_DAYS_OVERDUE: u32 = 60;
    /// Of age by law.
    pub const MINIMUM_AGE: u32 = 18;
    /// A weekly file, and one week's grace.
    pub const VERIFIED_WITHIN_DAYS: u32 = 14;
    /// Thursdays at noon.
    pub const CUT_OFF: &str = "0 12 * * 4";
}

/// `[review]`: how cases are reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Review {
    /// Invented cases among the samples of bulk approval: so many in a hundred samples.
    pub planted_percent: u32,
    /// A class of which more than this many of the last fifty invented cases were missed stops bulk approval.
    pub planted_misses: u32,
}

impl Review {
    /// No invented cases unless somebody chooses them.
    pub const PLANTED_PERCENT: u32 = 0;
    /// One in seventeen may be a slip; more is a habit.
    pub const PLANTED_MISSES: u32 = 3;
}

/// `[retention]`: how long what is logged is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Years for which the disclosure log is kept.
    pub disclosures_years: u32,
    /// Days for which runs of schedules are kept, with whom they were about.
    pub runs_days: u32,
}

impl Retention {
    /// As long as DVV keeps its own log.
    pub const DISCLOSURES_YEARS: u32 = 5;
    /// A year and a month, to compare with last year.
    pub const RUNS_DAYS: u32 = 400;
}

/// The line of each key that stands in the file; a key that is not here has its default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins(BTreeMap<String, usize>);

impl Origins {
    pub(super) fn new(lines: BTreeMap<String, usize>) -> Self {
        Self(lines)
    }

    /// The line of a key such as `vtj.changes.base_url` or `municipality[0].code`.
    pub fn line(&self, key: &str) -> Option<usize> {
        self.0.get(key).copied()
    }
}
