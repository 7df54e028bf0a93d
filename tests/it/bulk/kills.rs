//! A process killed at the commits of a batch: the step is done with its records, or not at all, and the batch can be
//! gone on with.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use ajantasa::clock::TestClock;
use ajantasa::review::bulk::{self, BulkState, Verdict};
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::store::StoreUrl;
use uuid::Uuid;

use super::{MOVED, batch, findings, library, pass_all, reviewer};
use crate::database;
use crate::scenario::{Scenario, TODAY, context, on_both};

/// What the child does, where, and for whom.
const STEP: &str = "AJANTASA_BULK_STEP";

/// Not a test by itself: the process that is killed.
#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn one_step_in_a_process_of_its_own() {
    let text = std::env::var(STEP).expect("run by the tests below");
    let parts: Vec<&str> = text.split('|').collect();
    let [step, folder, url, account, id] = parts[..] else { panic!("{text}") };
    let url = if url.is_empty() {
        StoreUrl::Sqlite(PathBuf::from(folder).join("a.db"))
    } else {
        StoreUrl::Postgres(url.to_owned())
    };
    let clock = Arc::new(TestClock::at(TODAY.parse().unwrap()));
    let maija = ProvedAccount {
        id: account.parse().unwrap(),
        name: "maija".to_owned(),
        role: Role::Reviewer,
        may_protected: false,
        municipalities: ["710".to_owned()].into(),
        own_card: None,
        os_user: "web:maija".to_owned(),
    };
    let id: Uuid = id.parse().unwrap();
    database::block_on(async {
        let context = context(&PathBuf::from(folder), &url, clock).await;
        match step {
            "prepare" => drop(bulk::prepare(&context, &maija, MOVED, None).await.unwrap()),
            "judge" => {
                let sample = bulk::next_sample(&context, &maija, id).await.unwrap().unwrap();
                bulk::judge(&context, &maija, id, sample.number, Verdict::Fits).await.unwrap();
            }
            "approve" => drop(bulk::approve(&context, &maija, id).await.unwrap()),
            "undo" => drop(bulk::undo(&context, &maija, id).await.unwrap()),
            other => panic!("{other}"),
        }
    });
}

/// Runs a step in a process that is killed at a commit.
fn killed(site: &Scenario, account: &ProvedAccount, id: Uuid, step: &str, fault: &str) {
    let url = match &site.url {
        StoreUrl::Sqlite(_) => "",
        StoreUrl::Postgres(url) => url,
    };
    let folder = site.folder.path().display();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "bulk::kills::one_step_in_a_process_of_its_own", "--ignored", "--nocapture"])
        .env(STEP, format!("{step}|{folder}|{url}|{}|{id}", account.id))
        .env("AJANTASA_FAULT", fault)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(child.status.signal(), Some(9), "{fault}: {}", String::from_utf8_lossy(&child.stderr));
}

on_both! {
    async fn each_step_of_a_batch_is_whole_or_not_done_and_can_be_gone_on_with(place: Place) {
        let site = library(&place, 3).await;
        let maija = reviewer(&site, "maija").await;
        let records = async |action: &str| {
            site.number(&format!("SELECT count(*) FROM audit WHERE action = '{action}'")).await
        };
        killed(&site, &maija, Uuid::nil(), "prepare", "bulk.prepare:before:1");
        assert_eq!(site.number("SELECT count(*) FROM bulk").await, 0);
        assert_eq!(site.number("SELECT count(*) FROM bulk_item").await + records("bulk.prepare").await, 0);
        killed(&site, &maija, Uuid::nil(), "prepare", "bulk.prepare:after:1");
        let id = bulk::of_account(&site.context, &maija).await.unwrap()[0].id;
        assert_eq!((batch(&site, &maija, id).await.cases, records("bulk.prepare").await), (3, 1));

        for (fault, judged) in [("bulk.sample:after:1", 0), ("bulk.judge:before:1", 0), ("bulk.judge:after:1", 1)] {
            killed(&site, &maija, id, "judge", fault);
            let found = (batch(&site, &maija, id).await.judged, records("bulk.judge").await);
            assert_eq!(found, (judged, i64::try_from(judged).unwrap()), "{fault}");
        }
        pass_all(&site, &maija, id).await;
        let before = findings(&site).await;

        killed(&site, &maija, id, "approve", "bulk.approve:before:1");
        assert_eq!(findings(&site).await, before);
        assert_eq!(site.number("SELECT count(*) FROM decision").await, 0);
        assert_eq!(records("finding.approve").await + records("bulk.approve").await, 0);
        assert_eq!(batch(&site, &maija, id).await.state, BulkState::Ready);
        killed(&site, &maija, id, "approve", "bulk.approve:after:1");
        assert_eq!(site.number("SELECT count(*) FROM finding WHERE state = 'decided'").await, 3);
        assert_eq!((records("finding.approve").await, records("bulk.approve").await), (3, 1));
        assert_eq!(batch(&site, &maija, id).await.state, BulkState::Approved);

        killed(&site, &maija, id, "undo", "bulk.undo:before:1");
        assert_eq!(site.number("SELECT count(*) FROM finding WHERE state = 'decided'").await, 3);
        assert_eq!((records("finding.undo").await, records("bulk.undo").await), (0, 0));
        killed(&site, &maija, id, "undo", "bulk.undo:after:1");
        assert_eq!(findings(&site).await, before);
        assert_eq!((records("finding.undo").await, records("bulk.undo").await), (3, 1));
        assert_eq!(batch(&site, &maija, id).await.state, BulkState::Undone);
    }
}
