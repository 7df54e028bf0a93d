//! What the functions of the shell list, count and find next.

use std::collections::BTreeSet;

use ajantasa::finding::due::DaysLeft;
use ajantasa::finding::{FindingKind, FindingState, RejectReason};
use ajantasa::review::listing::{
    self, Assignee, DueWindow, ListFilter, Neighbours, PatronLanguage, QueueOrder, Turn,
};
use ajantasa::review::{self, Rejection};
use ajantasa::staff::ProvedAccount;
use chrono::TimeDelta;
use uuid::Uuid;

use super::super::Site;
use super::LUKAS;
use crate::scenario::on_both;

async fn ids(site: &Site, account: &ProvedAccount, filter: &ListFilter) -> Vec<Uuid> {
    let context = &site.scenario.context;
    let mut page = listing::page(context, account, filter, Turn::First).await.unwrap();
    let total = usize::try_from(page.facets.total).unwrap();
    let mut ids = Vec::new();
    loop {
        ids.extend(page.items.iter().map(|listed| listed.item.id));
        let Some(after) = page.after else { break };
        page = listing::page(context, account, filter, Turn::After(after)).await.unwrap();
    }
    assert_eq!(total, ids.len(), "{filter:?}");
    ids
}

async fn next(
    site: &Site,
    account: &ProvedAccount,
    filter: &ListFilter,
    after: Option<Uuid>,
) -> Option<Uuid> {
    listing::next(&site.scenario.context, account, filter, after).await.unwrap()
}

on_both! {
    async fn each_reviewer_sees_the_own_municipalities_and_nobody_anything_protected(place: Place) {
        let site = Site::with_queue(&place).await;
        let (protected, open) = site.everything().await;
        assert!(protected.len() > 3 && open.len() > 20, "{} {}", protected.len(), open.len());
        let mut seen = 0;
        for code in LUKAS {
            for cleared in [false, true] {
                let account = site.reviewer(&format!("{code}-{cleared}"), &[code], cleared).await;
                let wanted: Vec<Uuid> = open
                    .iter()
                    .filter(|item| item.municipality.as_deref() == Some(code))
                    .map(|item| item.id)
                    .collect();
                assert_eq!(ids(&site, &account, &ListFilter::default()).await, wanted, "{code} {cleared}");
                for other in LUKAS {
                    let filter = ListFilter { municipality: Some(other.to_owned()), ..ListFilter::default() };
                    let shown = ids(&site, &account, &filter).await;
                    assert_eq!(shown, if other == code { wanted.clone() } else { Vec::new() }, "{code} {other}");
                }
                let queue = ListFilter { protected: true, ..ListFilter::default() };
                let shown = ids(&site, &account, &queue).await;
                assert!(shown.iter().all(|id| protected.iter().any(|item| item.id == *id)));
                if !cleared {
                    assert_eq!(shown, [] as [Uuid; 0]);
                    assert_eq!(next(&site, &account, &queue, None).await, None);
                }
                seen += shown.len();
            }
        }
        let lukas = protected.iter().filter(|item| !item.card_number.starts_with("2092")).count();
        assert_eq!(seen, lukas, "each protected case is one municipality's");
        let nobody = site.reviewer("nobody", &[], true).await;
        assert_eq!(ids(&site, &nobody, &ListFilter::default()).await, [] as [Uuid; 0]);
    }

    async fn every_case_shown_is_in_the_audit_log(place: Place) {
        let site = Site::with_queue(&place).await;
        let account = site.reviewer("maija", &LUKAS, false).await;
        let before = site.scenario.number("SELECT count(*) FROM audit").await;
        let shown = ids(&site, &account, &ListFilter::default()).await;
        let looks = site.scenario.number("SELECT count(*) FROM audit WHERE action = 'finding.list' AND actor = 'maija'").await;
        assert_eq!(usize::try_from(looks).unwrap(), shown.len());
        let after = site.scenario.number("SELECT count(*) FROM audit").await;
        assert_eq!(after - before, looks);
    }

    async fn counts_are_what_the_list_shows_with_that_choice(place: Place) {
        let site = Site::with_queue(&place).await;
        let account = site.reviewer("maija", &LUKAS, false).await;
        let context = &site.scenario.context;
        let some = ListFilter { municipality: Some("710".to_owned()), ..ListFilter::default() };
        let kind = ListFilter { kinds: [FindingKind::AddressChange].into(), ..ListFilter::default() };
        let language = ListFilter { language: Some(PatronLanguage::Unknown), ..ListFilter::default() };
        for filter in [ListFilter::default(), some, kind, language] {
            let facets = listing::page(context, &account, &filter, Turn::First).await.unwrap().facets;
            assert!(!facets.kinds.is_empty() && !facets.states.is_empty() && !facets.municipalities.is_empty());
            let mut counted = Vec::new();
            for (word, count) in &facets.kinds {
                let kinds = BTreeSet::from([FindingKind::from_word(word).unwrap()]);
                counted.push((ListFilter { kinds, ..filter.clone() }, *count));
            }
            for (word, count) in &facets.states {
                let states = BTreeSet::from([FindingState::from_word(word).unwrap()]);
                counted.push((ListFilter { states, ..filter.clone() }, *count));
            }
            for (code, count) in &facets.municipalities {
                counted.push((ListFilter { municipality: Some(code.clone()), ..filter.clone() }, *count));
            }
            for (library, count) in &facets.libraries {
                counted.push((ListFilter { home_library: Some(library.clone()), ..filter.clone() }, *count));
            }
            for (word, count) in &facets.languages {
                let only = PatronLanguage::ALL.into_iter().find(|only| {
                    only.as_str() == if word.is_empty() { "none" } else { word.as_str() }
                });
                counted.push((ListFilter { language: only, ..filter.clone() }, *count));
            }
            for (filter, count) in counted {
                let shown = ids(&site, &account, &filter).await.len();
                assert_eq!(shown, usize::try_from(count).unwrap(), "{filter:?}");
            }
        }
    }

    async fn age_and_due_time_are_those_of_the_calendar(place: Place) {
        let site = Site::with_queue(&place).await;
        let account = site.reviewer("maija", &LUKAS, false).await;
        let all = ids(&site, &account, &ListFilter::default()).await;
        let since_yesterday = ListFilter { newer_than: Some(1), ..ListFilter::default() };
        let overdue = ListFilter { due: Some(DueWindow::Overdue), ..ListFilter::default() };
        assert_eq!(ids(&site, &account, &since_yesterday).await, all);
        assert_eq!(ids(&site, &account, &overdue).await, [] as [Uuid; 0]);
        // Found on Saturday 21 November; contact data are due on Saturday 5 December.
        site.scenario.clock.advance(TimeDelta::days(2));
        assert_eq!(ids(&site, &account, &since_yesterday).await, [] as [Uuid; 0]);
        let older = ListFilter { older_than: Some(1), ..ListFilter::default() };
        assert_eq!(ids(&site, &account, &older).await, all);
        let older = ListFilter { older_than: Some(2), ..ListFilter::default() };
        assert_eq!(ids(&site, &account, &older).await, [] as [Uuid; 0]);
        site.scenario.clock.advance(TimeDelta::days(13));
        let late = ids(&site, &account, &overdue).await;
        let page = listing::page(&site.scenario.context, &account, &ListFilter::default(), Turn::First).await.unwrap();
        for listed in page.items {
            let is_estate = listed.item.kind.starts_with("death");
            assert_eq!(late.contains(&listed.item.id), !is_estate, "{}", listed.item.kind);
            match listed.days_left {
                DaysLeft::Late(days) => assert_eq!((days, is_estate), (1, false)),
                DaysLeft::Left(days) => assert!(is_estate || listed.due.for_collection, "{days}"),
                DaysLeft::Today => panic!("nothing is due today"),
            }
            assert_eq!(listed.age_days, 15);
        }
    }

    async fn a_debt_for_the_collection_file_makes_a_case_due_at_its_cut_off(place: Place) {
        let site = Site::of_movers(&place, 4).await;
        let account = site.reviewer("maija", &["710"], false).await;
        site.scenario.execute(
            "UPDATE patron SET unpaid_fees_cents = 500, oldest_due_date = '2026-01-01' WHERE patron_id = 'S0003'"
        ).await;
        site.scenario.execute(
            "UPDATE patron SET unpaid_fees_cents = 500, oldest_due_date = '2026-11-20' WHERE patron_id = 'S0002'"
        ).await;
        let context = &site.scenario.context;
        let filter = ListFilter { order: QueueOrder::Due, ..ListFilter::default() };
        let page = listing::page(context, &account, &filter, Turn::First).await.unwrap();
        assert_eq!(page.items[0].item.card_number, crate::scenario::small::card(3));
        let thursday: chrono::DateTime<chrono::Utc> = "2026-11-26T10:00:00Z".parse().unwrap();
        assert_eq!((page.items[0].due.at, page.items[0].due.for_collection), (thursday, true));
        assert!(page.items[1..].iter().all(|listed| !listed.due.for_collection));
        site.scenario.clock.advance(TimeDelta::days(3));
        let this_week = ListFilter { due: Some(DueWindow::ThisWeek), ..ListFilter::default() };
        assert_eq!(ids(&site, &account, &this_week).await, [page.items[0].item.id]);
        // A file that has been closed makes nothing late; the next one counts.
        site.scenario.clock.advance(TimeDelta::days(3));
        let page = listing::page(context, &account, &filter, Turn::First).await.unwrap();
        assert_eq!(page.items[0].due.at, thursday + TimeDelta::days(7));
    }

    async fn the_next_case_is_to_be_reviewed_and_nobody_elses(place: Place) {
        let site = Site::of_movers(&place, 6).await;
        let maija = site.reviewer("maija", &["710"], false).await;
        let pekka = site.reviewer("pekka", &["710"], false).await;
        let all = ListFilter::default();
        let order = ids(&site, &maija, &all).await;
        assert_eq!(next(&site, &maija, &all, None).await, Some(order[0]));
        assert_eq!(next(&site, &maija, &all, Some(order[0])).await, Some(order[1]));
        let context = &site.scenario.context;
        let around = async |id| listing::neighbours(context, &maija, &all, id).await.unwrap();
        assert_eq!(around(order[0]).await, Neighbours { before: None, after: Some(order[1]) });
        let last = *order.last().unwrap();
        assert_eq!(around(last).await, Neighbours { before: order.iter().rev().nth(1).copied(), after: Some(order[0]) });
        site.assign(order[1], pekka.id).await;
        site.assign(order[2], maija.id).await;
        assert_eq!(around(order[2]).await, Neighbours { before: Some(order[0]), after: Some(order[3]) });
        assert_eq!(next(&site, &maija, &all, Some(order[0])).await, Some(order[2]));
        assert_eq!(next(&site, &pekka, &all, Some(order[0])).await, Some(order[1]));
        let mine = ListFilter { assignee: Some(Assignee::Mine), ..ListFilter::default() };
        assert_eq!(next(&site, &maija, &mine, None).await, Some(order[2]));
        assert_eq!(next(&site, &maija, &mine, Some(order[2])).await, None);
        let his = ListFilter { assignee: Some(Assignee::Colleague(pekka.id)), ..ListFilter::default() };
        assert_eq!(ids(&site, &maija, &his).await, [order[1]]);
        assert_eq!(next(&site, &maija, &his, None).await, None);

        // After one that has been decided, the place is still known.
        let rejection = Rejection { reason: RejectReason::FormattingOnly, note: None };
        let rejected = review::reject(context, &maija, &order[3..4], rejection).await;
        for (_, outcome) in rejected {
            outcome.unwrap();
        }
        for filter in [all.clone(), ListFilter { order: QueueOrder::Due, ..all.clone() }] {
            assert_eq!(next(&site, &maija, &filter, Some(order[2])).await, Some(order[4]));
            assert_eq!(next(&site, &maija, &filter, Some(order[3])).await, Some(order[4]));
        }
        let until = context.clock.now() + TimeDelta::days(1);
        review::snooze(context, &maija, &order[4..5], until).await.remove(0).1.unwrap();
        assert_eq!(next(&site, &maija, &all, Some(order[3])).await, Some(order[5]));
        let snoozed = ListFilter { states: [FindingState::Snoozed].into(), ..all.clone() };
        assert_eq!(next(&site, &maija, &snoozed, None).await, Some(order[4]));
        let own_card = ProvedAccount { own_card: Some(crate::scenario::small::card(6)), ..maija.clone() };
        assert_eq!(next(&site, &own_card, &all, Some(order[4])).await, None);
        assert_eq!(next(&site, &maija, &all, Some(order[5])).await, None);
        let elsewhere = ProvedAccount { municipalities: BTreeSet::from(["078".to_owned()]), ..maija.clone() };
        assert_eq!(next(&site, &elsewhere, &all, None).await, None);
    }

    async fn whoever_is_protected_leaves_the_list_in_the_same_moment(place: Place) {
        let site = Site::of_movers(&place, 3).await;
        let maija = site.reviewer("maija", &["710"], false).await;
        let leena = site.reviewer("leena", &["710"], true).await;
        let order = ids(&site, &maija, &ListFilter::default()).await;
        let protected = ListFilter { protected: true, ..ListFilter::default() };
        site.scenario.execute("UPDATE patron SET protected_mark = TRUE WHERE patron_id = 'S0002'").await;
        for account in [&maija, &leena] {
            assert_eq!(ids(&site, account, &ListFilter::default()).await, [order[0], order[2]]);
        }
        assert_eq!(ids(&site, &leena, &protected).await, [order[1]]);
        // Even where a row of the queue should say otherwise, the case itself is asked.
        site.scenario.execute("UPDATE queue_entry SET shielded = FALSE").await;
        let context = &site.scenario.context;
        for account in [&maija, &leena] {
            let page = listing::page(context, account, &ListFilter::default(), Turn::First).await.unwrap();
            let shown: Vec<Uuid> = page.items.iter().map(|listed| listed.item.id).collect();
            assert_eq!(shown, [order[0], order[2]]);
            assert_eq!(next(&site, account, &ListFilter::default(), Some(order[0])).await, Some(order[2]));
        }
    }
}
