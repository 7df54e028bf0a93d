//! Signing in, with script and without.

use ajantasa::staff::Role;

use super::{Desk, Window, with_desk};

async fn signs_in_and_out(desk: &mut Desk) {
    desk.site.account("maija", Role::Reviewer, &["710"], false).await;
    desk.go("/").await;
    desk.fill("#name", "maija").await;
    desk.fill("#password", "not the password").await;
    desk.submit("main form button").await;
    assert!(desk.text().await.contains("is wrong"), "{}", desk.text().await);
    desk.site.scenario.clock.advance(chrono::TimeDelta::minutes(1));
    desk.sign_in("maija").await;
    desk.go("/account").await;
    let page = desk.text().await;
    assert!(page.contains("maija") && page.contains("this session"), "{page}");
    desk.submit("#language button[value=sv]").await;
    assert!(desk.text().await.contains("den här sessionen"), "{}", desk.text().await);
    assert!(desk.window.current_url().await.unwrap().as_str().ends_with("/account#language"));
    desk.submit(".own form[action='/sign-out'] button").await;
    // The language is the account's; whoever comes next finds the page in the browser's.
    assert!(desk.text().await.contains("User name"), "{}", desk.text().await);
    desk.sign_in("maija").await;
    assert!(desk.text().await.contains("Logga ut"), "{}", desk.text().await);
}

#[test]
fn a_reviewer_signs_in_and_out_with_script() {
    with_desk(Window::WIDE, &signs_in_and_out);
}

#[test]
fn a_reviewer_signs_in_and_out_without_script() {
    with_desk(Window::WITHOUT_SCRIPT, &signs_in_and_out);
}
