//! Who asks for what: a visitor of each kind, and one object of each kind of an installation with a filled queue.

use ajantasa::review::{self, Viewer};
use ajantasa::staff::Role;
use ajantasa::web::RouteRule;
use axum::http::StatusCode;
use uuid::Uuid;

use super::schedule::{fields, saved};
use super::{Answer, Browser, Site};

const LUKAS: [&str; 4] = ["078", "149", "710", "755"];

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    Nobody,
    /// Somebody who has given a password only.
    Half,
    /// An administrator of Raasepori.
    Anna,
    /// A reviewer of Raasepori.
    Maija,
    /// A reviewer of Inkoo.
    Elina,
    /// A reviewer of the four municipalities with the right to protected cases.
    Leena,
    /// An auditor.
    Tarmo,
}

use Visitor::{Anna, Elina, Half, Leena, Maija, Nobody, Tarmo};

impl Visitor {
    pub const ALL: [Self; 7] = [Nobody, Half, Anna, Maija, Elina, Leena, Tarmo];

    pub fn role(self) -> Option<Role> {
        match self {
            Nobody | Half => None,
            Anna => Some(Role::Administrator),
            Maija | Elina | Leena => Some(Role::Reviewer),
            Tarmo => Some(Role::Auditor),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Nobody => "",
            Half => "half",
            Anna => "anna",
            Maija => "maija",
            Elina => "elina",
            Leena => "leena",
            Tarmo => "tarmo",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// The page has none.
    None,
    /// A case of Raasepori, of Inkoo, of somebody protected.
    Case(At),
    /// A patron, likewise.
    Patron(At),
    /// Maija's batch.
    Batch,
    /// A class of changes.
    Class,
    Schedule,
    Run,
    /// A municipality of the configuration.
    Municipality,
    /// An account that has been closed.
    Account,
    /// Another session of Elina.
    Session,
    /// A view of Maija.
    View,
    /// A notice to Leena.
    Notice,
}

/// Whose patron it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Raasepori,
    Inkoo,
    Protected,
}

const EVERYWHERE: [At; 3] = [At::Raasepori, At::Inkoo, At::Protected];

/// The objects of a route.
pub fn objects(rule: &RouteRule) -> Vec<Object> {
    let of_fields = match rule.path {
        "/account/sessions/end" => Some(Object::Session),
        "/queue/views/remove" => Some(Object::View),
        "/notices/seen" => Some(Object::Notice),
        _ => None,
    };
    if let Some(object) = of_fields {
        return vec![object];
    }
    if !rule.path.contains('{') {
        return vec![Object::None];
    }
    let of_paths: [(&str, Vec<Object>); 8] = [
        ("/queue/{id}", EVERYWHERE.map(Object::Case).to_vec()),
        ("/patrons/{id}", EVERYWHERE.map(Object::Patron).to_vec()),
        ("/bulk/classes/{class}", vec![Object::Class]),
        ("/bulk/{id}", vec![Object::Batch]),
        ("/schedules/{id}", vec![Object::Schedule]),
        ("/runs/{id}", vec![Object::Run]),
        ("/administration/accounts/{id}", vec![Object::Account]),
        ("/administration/contacts/{code}", vec![Object::Municipality]),
    ];
    let found = of_paths.into_iter().find(|(start, _)| rule.path.starts_with(start));
    found.unwrap_or_else(|| panic!("{} has objects that the table does not know", rule.path)).1
}

/// The identifiers of the objects.
pub struct Things {
    cases: Vec<(At, Uuid)>,
    patrons: Vec<(At, Uuid)>,
    batch: Uuid,
    schedule: Uuid,
    /// A schedule that may be removed.
    spare: Uuid,
    run: Uuid,
    account: Uuid,
    session: Uuid,
    view: Uuid,
    notice: Uuid,
}

fn last_id(path: &str) -> Uuid {
    path.split('?').next().unwrap().rsplit('/').next().unwrap().parse().unwrap()
}

fn id_after(page: &str, before: &str) -> Uuid {
    page.split(before).nth(1).unwrap_or_else(|| panic!("no {before}"))[..36].parse().unwrap()
}

/// The first identifier that a statement finds.
async fn id_of(site: &Site, sql: &str) -> Uuid {
    let mut tx = site.scenario.context.db.read().await.unwrap();
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    crate::scenario::on!(&mut tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await.unwrap())
}

#[expect(clippy::too_many_lines, reason = "one thing of each kind, one after the other")]
pub async fn things(site: &Site) -> Things {
    let accounts = [
        (Anna, &["710"][..], false),
        (Maija, &["710"], false),
        (Elina, &["149"], false),
        (Leena, &LUKAS, true),
        (Tarmo, &[], false),
    ];
    for (who, municipalities, cleared) in accounts {
        site.account(who.name(), who.role().unwrap(), municipalities, cleared).await;
    }
    site.account("half", Role::Reviewer, &["710"], false).await;
    let account = site.account("vanha", Role::Auditor, &[], false).await;
    let closed = "UPDATE account SET disabled_at = created_at WHERE name = 'vanha'";
    site.scenario.execute(closed).await;
    let items =
        review::list(&site.scenario.context, &Viewer::Anonymous, &review::Filter::default()).await.unwrap();
    let needs_clearance =
        |kind: &str| ajantasa::finding::FindingKind::from_word(kind).unwrap().needs_clearance();
    let open = |code: &str| {
        let of = |item: &&review::QueueItem| {
            item.municipality.as_deref() == Some(code) && item.kind == "address_change"
        };
        items.iter().find(of).unwrap_or_else(|| panic!("no case of {code}")).id
    };
    let (ours, theirs) = (open("710"), open("149"));
    let hidden =
        items.iter().find(|item| item.municipality.is_none() && needs_clearance(item.kind)).unwrap().id;
    let cases = vec![(At::Raasepori, ours), (At::Inkoo, theirs), (At::Protected, hidden)];
    let mut patrons = Vec::new();
    for (at, case) in &cases {
        let row = {
            let mut tx = site.scenario.context.db.read().await.unwrap();
            ajantasa::store::finding::get(&mut tx, *case).await.unwrap().unwrap()
        };
        patrons.push((*at, row.patron));
    }
    let mut anna = site.signed_in("anna").await;
    let schedule = last_id(&saved(&mut anna, &fields("daily", "300")).await);
    let spare = last_id(&saved(&mut anna, &fields("spare", "300")).await);
    let started = anna.post(&format!("/schedules/{schedule}/run"), &[("version", "1")]).await;
    let run = last_id(started.location());
    assert_eq!(anna.post(&format!("/runs/{run}/cancel"), &[]).await.status, StatusCode::SEE_OTHER);
    let mut maija = site.signed_in("maija").await;
    maija.get("/queue").await.ok();
    maija.post("/queue/views/add", &[("name", "moves"), ("list", "kind=address_change")]).await;
    let view = id_after(&maija.get("/queue").await.ok().text, "name=\"view\" value=\"");
    let mut begun = None;
    for class in ["moved_nearby", "moved", "door", "postal_code", "street", "surname"] {
        let answer = maija.post("/bulk", &[("class", class), ("municipality", "")]).await;
        if answer.status == StatusCode::SEE_OTHER {
            begun = Some(last_id(answer.location()));
            break;
        }
    }
    let batch = if let Some(batch) = begun {
        batch
    } else {
        // Of the test data no class can be approved together: a batch of one case, as it would be stored.
        let sql = format!(
            "INSERT INTO bulk (id, account, class, state, left_out, created_at, updated_at)
                 SELECT s.id, s.account, 'door', 'sampling', '', s.created_at, s.created_at FROM session s
                 JOIN account a ON a.id = s.account WHERE a.name = '{}'",
            Maija.name()
        );
        site.scenario.execute(&sql).await;
        id_of(site, "SELECT id FROM bulk").await
    };
    site.signed_in("elina").await;
    let session =
        id_of(site, "SELECT s.id FROM session s JOIN account a ON a.id = s.account WHERE a.name = 'elina'")
            .await;
    let leena = id_of(site, "SELECT id FROM account WHERE name = 'leena'").await;
    let by = id_of(site, "SELECT id FROM account WHERE name = 'anna'").await;
    let notice = site.tell(leena, by, hidden).await;
    Things { cases, patrons, batch, schedule, spare, run, account, session, view, notice }
}

impl Things {
    fn id(&self, rule: &RouteRule, object: Object) -> String {
        let at = |all: &[(At, Uuid)], at: At| all.iter().find(|(of, _)| *of == at).unwrap().1;
        let id = match object {
            Object::None => return String::new(),
            Object::Class => return "door".to_owned(),
            Object::Municipality => return "710".to_owned(),
            Object::Case(place) => at(&self.cases, place),
            Object::Patron(place) => at(&self.patrons, place),
            Object::Batch => self.batch,
            Object::Schedule if rule.path.ends_with("/remove") && rule.method == "POST" => self.spare,
            Object::Schedule => self.schedule,
            Object::Run => self.run,
            Object::Account => self.account,
            Object::Session => self.session,
            Object::View => self.view,
            Object::Notice => self.notice,
        };
        id.to_string()
    }
}

/// A form that can be read and does as little as can be: what it lacks is said on the page.
fn form(path: &str, id: &str) -> Vec<(&'static str, String)> {
    let texts: &[(&'static str, &str)] = match path {
        "/queue/{id}/approve" | "/queue/{id}/edit" => &[("version", "0"), ("list", "")],
        "/queue/{id}/reject" => &[("version", "0"), ("list", ""), ("reason", "")],
        "/queue/{id}/snooze" => &[("version", "0"), ("list", ""), ("until", "")],
        "/queue/{id}/assign" => &[("list", ""), ("to", "nobody")],
        "/queue/{id}/disqualify" => &[("list", ""), ("to", "00000000-0000-0000-0000-000000000000")],
        "/queue/{id}/undo" | "/queue/{id}/revert" | "/queue/{id}/visited" => &[("list", "")],
        "/queue/{id}/reveal" => &[("reason", ""), ("tell", "")],
        "/bulk/{id}/judge" => &[("sample", "1"), ("verdict", "does_not_fit")],
        "/bulk/classes/{class}/allow" => &[("reason", "")],
        "/patrons/{id}/check" => &[("purpose", "desk"), ("reason", "")],
        "/schedules/{id}/approve" | "/schedules/{id}/withdraw" | "/schedules/{id}/run" => &[("version", "0")],
        "/administration/accounts/{id}/end-date" => &[("ends_on", "")],
        "/administration/accounts/{id}/rights" => &[("role", "auditor")],
        "/sign-in" => &[("name", ""), ("password", "")],
        _ => &[],
    };
    let mut fields: Vec<(&'static str, String)> =
        texts.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    match path {
        "/account/sessions/end" => fields.push(("session", id.to_owned())),
        "/queue/views/remove" => fields.extend([("view", id.to_owned()), ("list", String::new())]),
        "/notices/seen" => fields.push(("notice", id.to_owned())),
        _ => {}
    }
    fields
}

pub async fn browser(site: &Site, who: Visitor) -> Browser {
    if who == Nobody {
        return site.browser();
    }
    let mut browser = site.signed_in(who.name()).await;
    if who == Half {
        site.scenario.execute("UPDATE session SET is_half = TRUE WHERE account = (SELECT id FROM account WHERE name = 'half')").await;
        browser.get("/sign-in/second-factor").await.ok();
    }
    browser
}

/// Asks a route for an object: a page is read, a form is sent with as little as can be.
pub async fn send(browser: &mut Browser, rule: &RouteRule, things: &Things, object: Object) -> Answer {
    let id = things.id(rule, object);
    let path = rule.path.replace("{id}", &id).replace("{class}", &id).replace("{code}", &id);
    let fields = form(rule.path, &id);
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let token = browser.token.clone();
    if !token.is_empty() {
        fields.push(("token", &token));
    }
    let sent = (rule.method == "POST").then_some(&fields[..]);
    browser.send(rule.method, &path, sent, &[]).await
}
