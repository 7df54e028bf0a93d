//! Practice: the demonstration's queue worked without consequence, by the real binary and its staff pages.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::{Client, Response};
use serde_json::Value;

/// A practice that runs, and its three accounts.
struct Practice {
    child: Child,
    // What it says later is not read, and must not fail.
    _output: BufReader<ChildStdout>,
    url: String,
    passwords: BTreeMap<String, String>,
    client: Client,
}

impl Drop for Practice {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ajantasa"));
    command.args(["demo", "--dir"]).arg(folder).args(arguments).stdin(Stdio::null());
    for variable in ["AJANTASA_LOG", "AJANTASA_KEY_FILE", "CREDENTIALS_DIRECTORY"] {
        command.env_remove(variable);
    }
    command
}

/// Somebody at a browser: a cookie, and the word of the forms of the last page.
struct Learner<'a> {
    practice: &'a Practice,
    cookie: String,
    token: String,
}

impl Practice {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut arguments = arguments.to_vec();
        arguments.extend(["--web-port", "0"]);
        let mut child =
            command(folder, &arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let told: Vec<String> = output
            .by_ref()
            .lines()
            .map(Result::unwrap)
            .skip_while(|line| !line.starts_with("The staff pages"))
            .take(4)
            .collect();
        let url = told[0].rsplit(' ').next().unwrap().to_owned();
        let words = |line: &String| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let passwords = told[1..].iter().map(words).map(|words| (words[0].clone(), words[1].clone()));
        let client =
            Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { child, _output: output, url, passwords: passwords.collect(), client }
    }

    async fn learner(&self, name: &str) -> Learner<'_> {
        let mut learner = Learner { practice: self, cookie: String::new(), token: String::new() };
        let password = self.passwords[name].clone();
        let answer = learner.post("/sign-in", &[("name", name), ("password", &password)]).await;
        assert_eq!(answer.status(), 303);
        let cookies = answer.headers().get_all("set-cookie").into_iter();
        let cookies = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
        learner.cookie = cookies.collect::<Vec<_>>().join("; ");
        // The accounts have languages of their own; what is read here is English.
        learner.page("/account").await;
        let answer = learner.post("/language", &[("language", "en"), ("back", "/account")]).await;
        assert_eq!(answer.status(), 303);
        learner
    }

    fn stop(mut self) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), Signal::SIGINT).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Learner<'_> {
    async fn get(&mut self, path: &str) -> (u16, String) {
        let request = self.practice.client.get(format!("{}{path}", self.practice.url));
        let request = request.header("cookie", &self.cookie).header("accept-language", "en");
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        if let Some((_, rest)) = text.split_once("name=\"token\" value=\"") {
            rest.split('"').next().unwrap().clone_into(&mut self.token);
        }
        (status, text)
    }

    async fn page(&mut self, path: &str) -> String {
        let (status, text) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut fields = fields.to_vec();
        if !self.token.is_empty() {
            fields.push(("token", &self.token));
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.practice.client.post(format!("{}{path}", self.practice.url));
        let request = request.header("origin", &self.practice.url).header("cookie", &self.cookie);
        let request = request.header("accept-language", "en");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        request.send().await.unwrap()
    }

    /// Decides a case as its page offers it, and says what the next page tells.
    async fn decide(&mut self, id: &str, act: &str, fields: &[(&str, &str)]) -> String {
        let page = self.page(&format!("/queue/{id}")).await;
        let version = page.split_once("name=\"version\" value=\"").unwrap().1.split('"').next().unwrap();
        let mut fields = fields.to_vec();
        fields.extend([("version", version), ("list", "")]);
        let answer = self.post(&format!("/queue/{id}/{act}"), &fields).await;
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        self.page(location.split('#').next().unwrap()).await
    }
}

/// The queue as the command line lists it, without what may differ: nothing.
fn queue(folder: &Path) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_ajantasa"))
        .arg("--config")
        .arg(folder.join("ajantasa.toml"))
        .args(["queue", "list", "--format", "json"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn id_of(queue: &[Value], card: &str, kind: &str) -> String {
    let item = queue.iter().find(|item| item["card_number"] == card && item["kind"] == kind);
    item.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_learner_is_told_what_was_expected_and_everything_comes_back_at_the_press_of_a_button() {
    let folder = tempfile::tempdir().unwrap();
    let practice = Practice::start(folder.path(), &["--practice"]);
    let first = queue(folder.path());
    let expected = include_str!("../../testdata/patrons/expected_queue.json");
    let expected: Vec<Value> = serde_json::from_str(expected).unwrap();
    assert_eq!(first.len(), expected.len(), "the whole log has been played");
    crate::database::block_on(async {
        let mut svea = practice.learner("svea").await;
        let overview = svea.page("/overview").await;
        assert!(overview.contains("This is practice") && overview.contains("role=\"note\""));
        assert_eq!(overview.matches("action=\"/practice/start-over\"").count(), 2, "banner and overview");
        assert!(svea.page("/practice").await.contains("You have not decided anything yet"));

        let moved = id_of(&first, "2071000007", "address_change");
        let page = svea.decide(&moved, "approve", &[]).await;
        assert!(page.contains("This was expected, too.") && page.contains("The person has moved"), "{page}");
        let somebody = id_of(&first, "2071000016", "name_change");
        let page = svea.decide(&somebody, "reject", &[("reason", "register_lags"), ("note", "")]).await;
        assert!(page.contains("would have approved this case"), "{page}");
        assert!(page.contains("The name has changed"), "{page}");
        // A case that the address names, and that was not decided by this account, tells nothing.
        let other = id_of(&first, "2071000008", "address_change");
        let page = svea.page(&format!("/queue?done=approved&case={other}")).await;
        assert!(!page.contains("class=\"learned\""));
        let tried = svea.page("/practice").await;
        assert!(tried.contains("1 of 2 decisions as expected") && tried.contains("2071000016"), "{tried}");
        // Another's page holds nothing of it.
        let mut tarmo = practice.learner("tarmo").await;
        assert!(tarmo.page("/practice").await.contains("You have not decided anything yet"));
        assert_ne!(queue(folder.path()), first);

        for foreign in [&[][..], &[("token", "0000")]] {
            let token = std::mem::take(&mut svea.token);
            assert_eq!(svea.post("/practice/start-over", foreign).await.status(), 403);
            svea.token = token;
        }
        let answer = svea.post("/practice/start-over", &[]).await;
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers()["location"], "/?done=started-over");
        let (status, page) = svea.get("/?done=started-over").await;
        assert_eq!(status, 401, "the session went with the rest");
        assert!(page.contains("Everything is as it was at the start"), "{page}");
        assert_eq!(queue(folder.path()), first);

        // The same names and passwords, and nothing of what was tried.
        let mut svea = practice.learner("svea").await;
        assert!(svea.page("/practice").await.contains("You have not decided anything yet"));
        let page = svea.decide(&moved, "approve", &[]).await;
        assert!(page.contains("This was expected, too."), "{page}");
    });
    practice.stop();

    // The log says who put it back.
    let output = Command::new(env!("CARGO_BIN_EXE_ajantasa"))
        .arg("--config")
        .arg(folder.path().join("ajantasa.toml"))
        .args(["audit", "list", "--format", "json"])
        .output()
        .unwrap();
    let log = String::from_utf8(output.stdout).unwrap();
    assert_eq!(log.matches("practice.start_over").count(), 1, "{log}");
}

#[test]
fn what_was_begun_to_be_put_back_is_put_back_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let practice = Practice::start(folder.path(), &["--practice"]);
    let first = queue(folder.path());
    let moved = id_of(&first, "2071000007", "address_change");
    crate::database::block_on(async {
        let mut svea = practice.learner("svea").await;
        svea.decide(&moved, "approve", &[]).await;
    });
    practice.stop();
    // As a process leaves it that is killed between the removal of the old and the copy of the new.
    fs::write(folder.path().join("start.unfinished"), "").unwrap();
    fs::remove_file(folder.path().join("ajantasa.db")).unwrap();
    let practice = Practice::start(folder.path(), &["--practice"]);
    assert_eq!(queue(folder.path()), first);
    practice.stop();
}

#[test]
fn only_a_practice_has_its_pages_and_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Practice::start(folder.path(), &[]);
    crate::database::block_on(async {
        let mut anna = demo.learner("anna").await;
        let overview = anna.page("/overview").await;
        assert!(!overview.contains("practice"), "{overview}");
        assert_eq!(anna.get("/practice").await.0, 404);
        assert_eq!(anna.post("/practice/start-over", &[]).await.status(), 404);
    });
    demo.stop();
    let refused = command(folder.path(), &["--practice"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("was used without --practice"));
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("demo.state"), "").unwrap();
    fs::write(other.path().join("practice.state"), "").unwrap();
    let refused = command(other.path(), &["--once"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is for practice"));
    let rules = ajantasa::web::rules();
    assert!(rules.iter().all(|rule| !rule.path.starts_with("/practice")), "serve has none");
}
