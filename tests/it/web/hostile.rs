//! Hostile texts in every text field of every form: nothing breaks, and whatever is shown again is shown as text.
//!
//! The fields are read from the forms of the pages as they are served, so that a new one is tried, too.

use std::collections::BTreeSet;

use ajantasa::staff::Role;
use axum::http::{StatusCode, header};

use super::case::{MOVED, moved};
use super::schedule::{fields, saved};
use super::{Answer, Browser, Site};
use crate::scenario::{Place, on_postgres, on_sqlite};

/// What does harm where a text is taken for something else; `MARK` is what would be done.
const HARMFUL: &[&str] = &[
    // Elements and their ends.
    "<script>MARK</script>",
    "<ScRiPt src=//example.org/x.js></sCrIpT>",
    "</title><script>MARK</script>",
    "</textarea><script>MARK</script>",
    "</option></select><script>MARK</script>",
    "<!--<script>MARK</script>-->",
    "<![CDATA[<script>MARK</script>]]>",
    "<img src=x onerror=MARK>",
    "<svg/onload=MARK>",
    "<svg><animate onbegin=MARK attributeName=x dur=1s>",
    "<iframe srcdoc=\"<script>MARK</script>\">",
    "<base href=//example.org/>",
    "<meta http-equiv=refresh content=\"0;url=//example.org\">",
    "<link rel=stylesheet href=//example.org/x.css>",
    "<form action=//example.org><input name=password>",
    "<details open ontoggle=MARK>",
    // Attributes.
    "\" onmouseover=\"MARK",
    "' onfocus='MARK' autofocus='",
    "\" autofocus onfocus=MARK x=\"",
    "`onmouseover=MARK",
    "\"><script>MARK</script>",
    "' hx-get='//example.org' hx-trigger='load",
    "\" style=\"background:url(//example.org)",
    // Addresses.
    "javascript:MARK",
    "jAvAsCrIpT&colon;MARK",
    "data:text/html,<script>MARK</script>",
    "//example.org/",
    "/\\example.org/",
    "https://example.org/?a=b#c",
    "?list=a&done=b#c",
    "%3Cscript%3EMARK%3C%2Fscript%3E",
    "../../../../etc/passwd",
    // Scripts, styles, templates, formats.
    "';MARK//",
    "\\\";MARK//",
    "${MARK}",
    "{{ MARK }}",
    "{% include \"MARK\" %}",
    "{ $MARK }",
    "<%= MARK %>",
    "#{MARK}",
    "}*{background:url(//example.org)}",
    "%s%n%x%d",
    "{0}{1:?}{MARK}",
    // Queries.
    "' OR '1'='1",
    "'; DROP TABLE patron; --",
    "\" UNION SELECT password_hash FROM account --",
    "%' ESCAPE '!' --",
    "_%_%",
    "$1 ::text",
    // Files of tables, mail, logs.
    "=1+1",
    "=HYPERLINK(\"//example.org\",\"x\")",
    "@SUM(1+1)",
    "+1",
    "-1",
    "\t=1",
    "a\r\nset-cookie: a=b",
    "a\nlevel=error MARK",
    "&lt;script&gt;MARK&lt;/script&gt;",
    "&#x3c;script&#x3e;",
    "&amp;&&&copy",
    "\u{1b}[31mMARK",
];

/// What stands around it: signs that are not seen, turn the direction, combine, or are many.
const AROUND: &[(&str, &str)] = &[
    ("", ""),
    ("\u{202e}", "\u{202c}"),
    ("\u{200b}\u{feff}", "\u{200d}"),
    ("ä\u{308}\u{301}\u{323}", "\u{1F469}\u{200D}\u{1F4BB}"),
    ("\u{5d0}\u{5d1} \u{627}\u{644}", "\u{7f}\u{85}"),
];

/// Texts that are odd by themselves.
fn odd() -> Vec<String> {
    let mut odd: Vec<String> = [
        "\0",
        "a\0b",
        "\u{fffe}",
        "\u{10ffff}",
        "null",
        "undefined",
        "NaN",
        "true",
        "[]",
        "{}",
        "None",
        "-0",
        "1e309",
        "9223372036854775808",
        "٣",
        "ﬁ",
        "ß",
        "İ",
        "Ǆ",
        "\u{2028}\u{2029}",
    ]
    .map(str::to_owned)
    .to_vec();
    odd.extend(["x", "ä", "\u{1F600}", "<", "\u{301}"].map(|sign| sign.repeat(5000)));
    odd
}

/// Every hostile text.
pub fn texts() -> Vec<String> {
    let around = |harm: &'static str| {
        AROUND
            .iter()
            .map(move |(before, after)| format!("{before}{}{after}", harm.replace("MARK", "alert(1)")))
    };
    HARMFUL.iter().copied().flat_map(around).chain(odd()).collect()
}

/// A form of a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    action: String,
    /// Fields that are typed into.
    typed: Vec<String>,
    /// The others, with what they hold.
    held: Vec<(String, String)>,
}

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&#34;", "\"")
            .replace("&#38;", "&")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#39;", "'"),
    )
}

/// The forms of a page that are sent by POST.
fn forms(page: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    for part in page.split("<form").skip(1) {
        let (tag, rest) = part.split_once('>').unwrap();
        let body = rest.split("</form>").next().unwrap();
        let (Some("post"), Some(action)) = (attribute(tag, "method").as_deref(), attribute(tag, "action"))
        else {
            continue;
        };
        let mut form = Form { action, typed: Vec::new(), held: Vec::new() };
        for tag in body.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()) {
            let element = tag.split(|sign: char| !sign.is_ascii_alphanumeric()).next().unwrap();
            let Some(name) = attribute(tag, "name").filter(|name| name != "token") else { continue };
            let kind = attribute(tag, "type").unwrap_or_default();
            let value = attribute(tag, "value").unwrap_or_default();
            match (element, kind.as_str()) {
                ("input", "hidden") if name == "list" || name == "back" => form.typed.push(name),
                ("input", "hidden" | "checkbox" | "radio" | "submit") | ("button", _) => {
                    form.held.push((name, value));
                }
                ("input" | "textarea" | "select", _) => form.typed.push(name),
                _ => {}
            }
        }
        // A form has one value of each of its choices.
        let mut seen = BTreeSet::new();
        form.held.retain(|(name, _)| seen.insert(name.clone()));
        let mut seen = BTreeSet::new();
        form.typed.retain(|name| seen.insert(name.clone()));
        forms.push(form);
    }
    forms
}

/// Whether an answer is a page of ours, whole, with nothing of a text as anything but text.
#[track_caller]
fn is_whole(answer: &Answer, text: &str, what: &str) {
    assert!(answer.status.as_u16() < 500, "{what}: {} {text:?} {}", answer.status, answer.text);
    if answer.status.is_redirection() {
        let to = answer.location();
        assert!(
            to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\"),
            "{what}: {to} {text:?}"
        );
        return;
    }
    let kind =
        answer.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    assert!(kind.starts_with("text/html"), "{what}: {kind}");
    let is_part = !answer.text.starts_with("<!doctype html>");
    assert!(
        is_part
            || (answer.text.contains("<main id=\"content\"") && answer.text.trim_end().ends_with("</html>")),
        "{what}: {text:?}"
    );
    if text.contains(['<', '>', '"', '\'', '&']) {
        assert!(!answer.text.contains(text), "{what}: {text:?} comes back as it was sent");
    }
}

/// The pages of a role that hold forms.
async fn pages(site: &Site, role: Role) -> Vec<String> {
    let of = |pages: &[&str]| pages.iter().map(|page| (*page).to_owned()).collect::<Vec<_>>();
    let mut browser = site.signed_in(role.as_str()).await;
    match role {
        Role::Auditor => of(&["/account", "/account/password", "/patrons", "/overview"]),
        Role::Reviewer => {
            let case = moved(site, MOVED).await;
            let hidden = site
                .everything()
                .await
                .0
                .into_iter()
                .find(|item| item.kind == "protection_started")
                .unwrap()
                .id;
            let patron = {
                let mut tx = site.scenario.context.db.read().await.unwrap();
                ajantasa::store::finding::get(&mut tx, case).await.unwrap().unwrap().patron
            };
            let mut pages = of(&[
                "/queue",
                "/queue?kind=address_change",
                "/patrons",
                "/patrons/results",
                "/bulk",
                "/keys",
            ]);
            pages.extend([
                format!("/queue/{case}"),
                format!("/queue/{case}/disqualified"),
                format!("/queue/{hidden}/reveal"),
                format!("/patrons/{patron}"),
            ]);
            pages
        }
        Role::Administrator => {
            let schedule = saved(&mut browser, &fields("daily", "300")).await;
            let account = {
                let mut tx = site.scenario.context.db.read().await.unwrap();
                ajantasa::store::account::by_name(&mut tx, "auditor").await.unwrap().unwrap().id
            };
            let mut pages = of(&[
                "/schedules",
                "/schedules/new",
                "/schedules/queries",
                "/schedules/first-load",
                "/bulk/classes",
                "/administration",
                "/administration/accounts/new",
                "/notices",
            ]);
            pages.extend(["", "/edit", "/pause"].map(|page| format!("{schedule}{page}")));
            pages.push(format!("/administration/accounts/{account}"));
            pages
        }
    }
}

/// Acts after which there is nothing left to try with.
const LAST: [&str; 4] = ["/sign-out", "/close", "/sessions/end", "/remove"];

async fn send(browser: &mut Browser, form: &Form, text: &str, only: Option<&str>) {
    let mut fields: Vec<(&str, &str)> =
        form.held.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for name in &form.typed {
        fields.push((name, if only.is_none_or(|only| only == name) { text } else { "1" }));
    }
    let answer = browser.post(&form.action, &fields).await;
    is_whole(&answer, text, &format!("{} {only:?}", form.action));
}

/// Sends texts to every form, and looks at every page after it; how many fields there are.
async fn try_all(site: &Site, texts: &[String], singly: usize) -> usize {
    for role in Role::ALL {
        site.account(role.as_str(), role, &["710"], role == Role::Reviewer).await;
    }
    let mut tried: BTreeSet<(String, String)> = BTreeSet::new();
    for role in [Role::Reviewer, Role::Administrator, Role::Auditor] {
        let pages = pages(site, role).await;
        let mut browser = site.signed_in(role.as_str()).await;
        let mut all = BTreeSet::new();
        for page in &pages {
            all.extend(forms(&browser.get(page).await.text));
        }
        all.retain(|form| !form.typed.is_empty() && !LAST.iter().any(|last| form.action.ends_with(last)));
        for form in &all {
            // Passwords are made slow to try on purpose.
            let is_slow = form.action.contains("password") || form.action.ends_with("/sign-in");
            for text in texts.iter().step_by(if is_slow { 60 } else { 1 }) {
                send(&mut browser, form, text, None).await;
            }
            for name in &form.typed {
                tried.insert((form.action.clone(), name.clone()));
                for text in texts.iter().step_by((texts.len() / singly).max(1) * if is_slow { 10 } else { 1 })
                {
                    send(&mut browser, form, text, Some(name)).await;
                }
            }
            if browser.get("/account").await.status == StatusCode::UNAUTHORIZED {
                browser = site.signed_in(role.as_str()).await;
            }
        }
        for page in &pages {
            let answer = browser.get(page).await;
            for text in texts {
                is_whole(&answer, text, page);
            }
        }
    }
    tried.len()
}

#[test]
fn there_are_three_hundred_hostile_texts_and_no_two_are_alike() {
    let texts = texts();
    assert!(texts.len() >= 300, "{}", texts.len());
    assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len());
}

#[test]
fn no_hostile_text_breaks_a_page_on_sqlite() {
    on_sqlite(async |place: Place| {
        let site = Site::with_queue(&place).await;
        let tried = try_all(&site, &texts(), 12).await;
        assert!(tried > 50, "{tried} fields");
    });
}

#[test]
fn no_hostile_text_breaks_a_page_on_postgres() {
    on_postgres(async |place: Place| {
        let site = Site::with_queue(&place).await;
        let sample: Vec<String> = odd().into_iter().chain(texts().into_iter().step_by(31)).collect();
        let tried = try_all(&site, &sample, 12).await;
        assert!(tried > 50, "{tried} fields");
    });
}
