//! Filters with names.

use ajantasa::staff::Role;
use axum::http::StatusCode;

use super::super::Site;
use crate::scenario::on_both;

on_both! {
    async fn a_view_is_its_accounts_alone_and_each_change_is_recorded_once(place: Place) {
        let site = Site::new(&place).await;
        for name in ["maija", "pekka"] {
            site.account(name, Role::Reviewer, &["710"], false).await;
        }
        let records = async || site.scenario.texts("SELECT action FROM audit WHERE action LIKE 'view.%' ORDER BY sequence").await;
        let mut maija = site.signed_in("maija").await;
        let page = maija.get("/queue").await.ok();
        page.says("assignee=mine").says("due=overdue").says("state=new&#38;newer=1");
        let answer = maija.post("/queue/views/add", &[("name", " Kuolemat <b>"), ("list", "kind=death&junk=1")]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/queue?kind=death&done=view-saved"));
        assert_eq!(records().await, ["view.add"]);
        let page = maija.get("/queue?kind=death&done=view-saved").await.ok();
        page.says("The view has been saved.").says("Kuolemat &#60;b&#62;").does_not_say("<b>");
        page.says("<a href=\"/queue?kind=death\" aria-current=\"page\">");
        for (name, problem) in [
            ("Kuolemat <b>", "You have a view of that name"),
            ("   ", "Give the view a name of at most 60 characters."),
            (&"x".repeat(61), "Give the view a name of at most 60 characters."),
        ] {
            let answer = maija.post("/queue/views/add", &[("name", name), ("list", "kind=death")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            answer.says(problem).says("href=\"#view-name\"");
        }
        assert_eq!(records().await, ["view.add"]);
        let id = page.text.split("name=\"view\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();

        let mut pekka = site.signed_in("pekka").await;
        pekka.get("/queue").await.ok().does_not_say("Kuolemat");
        let answer = pekka.post("/queue/views/remove", &[("view", &id), ("list", "")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(records().await, ["view.add"]);
        let answer = maija.post("/queue/views/remove", &[("view", &id), ("list", "order=due")]).await;
        assert_eq!(answer.location(), "/queue?order=due&done=view-removed");
        assert_eq!(records().await, ["view.add", "view.remove"]);
        maija.get("/queue").await.ok().does_not_say("Kuolemat");
        let again = maija.post("/queue/views/remove", &[("view", &id), ("list", "")]).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    }

    async fn an_account_has_so_many_views_at_most(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut maija = site.signed_in("maija").await;
        for number in 0..ajantasa::review::views::VIEWS_MOST {
            let answer = maija.post("/queue/views/add", &[("name", &number.to_string()), ("list", "")]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
        }
        let answer = maija.post("/queue/views/add", &[("name", "one more"), ("list", "")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.says("You can have at most 20 views.");
    }
}
