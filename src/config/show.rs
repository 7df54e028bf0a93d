//! The configuration in force as TOML, with the origin of each key and without any secret.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use toml::Value;

use super::model::{
    Auth, Config, Connector, Database, Listener, OidcSecondFactor, QueryVariant, RegisterMode,
};
use super::values::without_password;
use crate::municipality::{Municipality, MunicipalityName};
use crate::schedule::definition::{Definition, Work, in_minutes};

/// Prints every key in force. A comment says whether it stands in the file, and on which line, or is a default.
///
/// Of a secret only the place is printed. The values of extra headers, and a password in the database's address,
/// are left out.
pub fn show(config: &Config) -> String {
    let mut page = Page { config, text: String::new(), table: String::new() };
    let _ = writeln!(page.text, "# The configuration in force, from {}", config.file.display());
    page.basics();
    page.changes();
    page.query();
    page.open("vtj.tls");
    page.path("ca_file", config.vtj.tls.ca_file.as_deref());
    page.path("client_identity_file", config.vtj.tls.client_identity.file.as_deref());
    page.register();
    page.listener("web", &config.web.listener);
    if let Some(origin) = &config.web.origin {
        page.key("origin", origin.as_str());
    }
    if let Some(feedback) = &config.web.feedback {
        page.key("feedback", feedback.as_str());
    }
    page.pages();
    page.listener("service", &config.service);
    for (index, municipality) in config.municipalities.iter().enumerate() {
        page.municipality(index, municipality);
    }
    page.schedules();
    page.purposes();
    page.collection();
    page.text
}

fn texts(list: &BTreeSet<String>) -> Vec<Value> {
    list.iter().map(|text| Value::from(text.as_str())).collect()
}

fn list(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| Value::from(text.as_str())).collect()
}

fn names(name: &MunicipalityName) -> Value {
    let name = [("fi", &name.fi), ("sv", &name.sv), ("en", &name.en)];
    let name = name.map(|(language, name)| (language.to_owned(), Value::from(name.as_str())));
    Value::Table(name.into_iter().collect())
}

struct Page<'a> {
    config: &'a Config,
    text: String,
    /// The name of the open table as in the origins, such as `municipality[0]`.
    table: String,
}

impl Page<'_> {
    fn open(&mut self, table: &str) {
        let _ = write!(self.text, "\n[{table}]\n");
        table.clone_into(&mut self.table);
    }

    fn open_item(&mut self, list: &str, index: usize) {
        let _ = write!(self.text, "\n[[{list}]]\n");
        self.table = format!("{list}[{index}]");
    }

    fn key(&mut self, key: &str, value: impl Into<Value>) {
        let line = self.config.origins.line(&format!("{}.{key}", self.table));
        self.key_from(key, value, line);
    }

    fn key_from(&mut self, key: &str, value: impl Into<Value>, line: Option<usize>) {
        let origin = match line {
            Some(line) => format!("line {line}"),
            None => "default".to_owned(),
        };
        let _ = writeln!(self.text, "{key} = {}  # {origin}", value.into());
    }

    /// A key that may be absent is shown as a comment when it is.
    fn text_key(&mut self, key: &str, value: Option<&str>) {
        match value {
            Some(value) => self.key(key, value),
            None => {
                let _ = writeln!(self.text, "# {key}: not set");
            }
        }
    }

    fn number_key(&mut self, key: &str, value: Option<u32>) {
        match value {
            Some(value) => self.key(key, value),
            None => self.text_key(key, None),
        }
    }

    fn path(&mut self, key: &str, path: Option<&Path>) {
        self.text_key(key, path.map(Path::to_string_lossy).as_deref());
    }

    fn basics(&mut self) {
        let config = self.config;
        self.open("database");
        match &config.database {
            Database::Sqlite { file } => self.key("url", format!("sqlite:{}", file.display())),
            Database::Postgres { url, password } => {
                self.key("url", without_password(url.reveal()));
                self.path("password_file", password.file.as_deref());
            }
        }
        self.open("keys");
        self.path("file", Some(&config.keys.file));
        self.open("identity_code");
        self.key("allow_test_codes", config.identity_code.allow_test_codes);
    }

    fn changes(&mut self) {
        let Some(changes) = &self.config.vtj.changes else {
            self.text.push_str("\n# [vtj.changes]: not set; nothing can be fetched or refreshed\n");
            return;
        };
        self.open("vtj.changes");
        self.key("base_url", changes.base_url.as_str());
        self.key(
            "auth",
            match changes.auth {
                Auth::Basic => "basic",
                Auth::MutpHeaders => "mutp-headers",
            },
        );
        self.key("username", changes.username.as_str());
        self.path("password_file", changes.password.file.as_deref());
        self.text_key("x_road_client", changes.x_road_client.as_deref());
        self.key("list_size", changes.list_size);
        self.key("deadline_seconds", changes.deadline_seconds);
        self.key("attempts", changes.attempts);
        self.key("page_limit", changes.page_limit);
        self.key("price_per_person", changes.price_per_person.to_string());
        for name in changes.extra_headers.keys() {
            let _ = writeln!(self.text, "# extra_headers: {name} (value not shown)");
        }
    }

    fn query(&mut self) {
        let Some(query) = &self.config.vtj.query else {
            self.text.push_str("\n# [vtj.query]: not set; no single person can be asked about\n");
            return;
        };
        self.open("vtj.query");
        self.key("url", query.url.as_str());
        self.key(
            "variant",
            match query.variant {
                QueryVariant::XRoad => "x-road",
                QueryVariant::Direct => "direct",
            },
        );
        self.key("product", query.product.as_str());
        self.key("username", query.username.as_str());
        self.path("password_file", query.password.file.as_deref());
        self.text_key("x_road_client", query.x_road_client.as_deref());
        self.key("x_road_instance", query.x_road_instance.as_str());
        self.key("daily_ceiling", query.daily_ceiling);
        self.number_key("monthly_ceiling", query.monthly_ceiling);
        self.key("reserve_percent", query.reserve_percent);
        self.key("requests_per_second", query.requests_per_second.get());
        self.key("price_per_query", query.price_per_query.to_string());
        self.key("reuse_minutes", query.reuse_minutes);
        self.key("deadline_seconds", query.deadline_seconds);
        self.key("attempts", query.attempts);
    }

    fn register(&mut self) {
        let register = &self.config.register;
        self.open("register");
        self.key(
            "mode",
            match register.mode {
                RegisterMode::Write => "write",
                RegisterMode::Observe => "observe",
            },
        );
        self.key(
            "connector",
            match register.connector {
                Connector::Embedded => "embedded",
                Connector::Csv(_) => "csv",
            },
        );
        self.key("max_shrink_percent", register.max_shrink_percent);
        self.key("undo_seconds", register.undo_seconds);
        if let Connector::Csv(csv) = &register.connector {
            self.open("register.csv");
            self.path("patron_file", Some(&csv.patron_file));
            self.path("correction_file", Some(&csv.correction_file));
        }
    }

    fn listener(&mut self, table: &str, listener: &Listener) {
        self.open(table);
        self.key("listen", listener.listen.to_string());
        self.key("allow_public", listener.allow_public);
    }

    /// The certificate of the staff pages and the city's own directory.
    fn pages(&mut self) {
        let config = self.config;
        if let Some(certificate) = &config.web.certificate {
            self.path("certificate_file", Some(&certificate.file));
            self.path("key_file", certificate.key.file.as_deref());
        }
        let Some(oidc) = &config.web.oidc else { return };
        self.open("web.oidc");
        self.key("issuer", oidc.issuer.as_str());
        self.key("client_id", oidc.client_id.as_str());
        self.path("client_secret_file", oidc.client_secret.file.as_deref());
        self.key("name", names(&oidc.name));
        self.path("ca_file", oidc.ca_file.as_deref());
        self.key("scopes", list(&oidc.scopes));
        self.key("claim_name", oidc.claim_name.as_str());
        self.key("claim_roles", oidc.claim_roles.as_str());
        let roles = oidc.roles.iter().map(|(value, role)| (value.clone(), role.as_str().into()));
        self.key("roles", Value::Table(roles.collect()));
        self.text_key("claim_municipalities", oidc.claim_municipalities.as_deref());
        let codes = oidc.municipalities.iter().map(|(value, code)| (value.clone(), code.as_str().into()));
        self.key("municipalities", Value::Table(codes.collect()));
        let protected = oidc.protected.as_ref();
        self.text_key("claim_protected", protected.map(|(claim, _)| claim.as_str()));
        self.text_key("protected_value", protected.map(|(_, value)| value.as_str()));
        match &oidc.second_factor {
            OidcSecondFactor::Here => self.key("second_factor", "here"),
            OidcSecondFactor::Provider(ways) => {
                self.key("second_factor", "provider");
                self.key("acr_values", list(ways));
            }
        }
        self.key("days", oidc.days);
    }

    fn municipality(&mut self, index: usize, municipality: &Municipality) {
        self.open_item("municipality", index);
        self.key("code", municipality.code.as_str());
        self.key("name", names(&municipality.name));
        let languages: Vec<Value> = municipality.languages.iter().map(|one| one.as_str().into()).collect();
        self.key("languages", languages);
        let groups: Vec<Value> = municipality.grants.iter().map(|group| group.as_str().into()).collect();
        self.key("field_groups", groups);
        self.key("propose_temporary_address", municipality.propose_temporary_address);
        let ceilings = self.config.municipality_ceilings.get(&municipality.code).copied().unwrap_or_default();
        self.number_key("query_daily_ceiling", ceilings.day);
        self.number_key("query_monthly_ceiling", ceilings.month);
    }

    fn schedules(&mut self) {
        let config = self.config;
        self.open("schedules");
        self.key("home_service_groups", texts(&config.all_schedules.home_service_groups));
        self.key("two_person_people", config.all_schedules.two_person_people);
        for (index, schedule) in config.schedules.iter().enumerate() {
            self.open_item("schedule", index);
            self.key("name", schedule.name.as_str());
            self.schedule(&schedule.definition);
        }
    }

    fn schedule(&mut self, definition: &Definition) {
        match &definition.work {
            Work::Task { task } => self.key("task", task.as_str()),
            Work::AddressRefresh(refresh) => {
                self.key("municipalities", texts(&refresh.municipalities));
                self.key("purpose", refresh.purpose.as_str());
                self.key("segment", refresh.segment.to_string());
                self.key("budget", refresh.budget);
                self.key("over_budget", refresh.over_budget.as_str());
            }
        }
        self.key("cron", definition.cron.as_str());
        self.key("enabled", definition.enabled);
        self.key("overlap", definition.overlap.as_str());
        self.text_key("start_within", definition.start_within_minutes.map(in_minutes).as_deref());
        self.key("catch_up", definition.catch_up);
        let holidays = definition.skip_holidays.iter().map(|holiday| Value::from(holiday.as_str()));
        self.key("skip_holidays", holidays.collect::<Vec<_>>());
    }

    fn purposes(&mut self) {
        let config = self.config;
        for purpose in &config.purposes {
            let name = purpose.name();
            let _ = write!(self.text, "\n[[purpose]]\n");
            let line = config.origins.line(&format!("purpose.{name}"));
            self.key_from("name", name, line);
            self.key_from("legal_basis", purpose.grounded.legal_basis.as_str(), line);
            let groups = purpose.groups.iter().flatten().map(|group| Value::from(group.as_str()));
            self.list_from("field_groups", groups.collect(), line);
            let open_to = purpose.municipalities.iter().flatten().map(|code| Value::from(code.as_str()));
            self.list_from("municipalities", open_to.collect(), line);
            for (key, ceiling) in
                [("daily_ceiling", purpose.ceilings.day), ("monthly_ceiling", purpose.ceilings.month)]
            {
                match ceiling {
                    Some(ceiling) => self.key_from(key, ceiling, line),
                    None => self.text_key(key, None),
                }
            }
            self.key_from("urgent", purpose.urgent, line);
        }
    }

    /// A list that says nothing when it is empty.
    fn list_from(&mut self, key: &str, values: Vec<Value>, line: Option<usize>) {
        if values.is_empty() {
            self.text_key(key, None);
        } else {
            self.key_from(key, values, line);
        }
    }

    fn collection(&mut self) {
        let config = self.config;
        self.open("collection");
        self.key("minimum_days_overdue", config.collection.minimum_days_overdue);
        self.key("minimum_age", config.collection.minimum_age);
        self.key("verified_within_days", config.collection.verified_within_days);
        self.key("cut_off", config.collection.cut_off.as_str());
        self.open("review");
        self.key("planted_percent", config.review.planted_percent);
        self.key("planted_misses", config.review.planted_misses);
        self.open("retention");
        self.key("disclosures_years", config.retention.disclosures_years);
        self.key("runs_days", config.retention.runs_days);
    }
}
