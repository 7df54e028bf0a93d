//! The pages that everybody may read.

use axum::http::StatusCode;

use super::Site;
use crate::scenario::on_both;

on_both! {
    async fn the_statement_and_the_privacy_page_are_public_and_in_three_languages(place: Place) {
        let site = Site::new(&place).await;
        for (language, statement, privacy) in [
            ("fi", ["Saavutettavuus\u{ad}seloste", "306/2019", "Traficom", "WCAG 2.1"], ["Tietosuoja", "luovutusloki", "laki yleisistä kirjastoista 1492/2016", "velanperintä"]),
            ("sv", ["Tillgänglighetsutlåtande", "306/2019", "Traficom", "WCAG 2.1"], ["Dataskydd", "tlämningslogg", "lagen om allmänna bibliotek 1492/2016", "indrivning"]),
            ("en", ["Accessibility statement", "306/2019", "Traficom", "WCAG 2.1"], ["Privacy", "disclosure log", "Public Libraries Act 1492/2016", "debt collection"]),
        ] {
            let mut browser = site.browser();
            browser.language = language;
            let page = browser.get("/about/accessibility").await.ok();
            for words in statement {
                page.says(words);
            }
            page.does_not_say("about-").does_not_say("Unknown localization");
            let page = browser.get("/about/privacy").await.ok();
            for words in privacy {
                page.says(words);
            }
            page.says("Raasepori").does_not_say("about-kept");
            // From every page, also that of who is not signed in.
            let first = browser.get("/").await;
            assert_eq!(first.status, StatusCode::UNAUTHORIZED);
            first.says("href=\"/about/accessibility\"").says("href=\"/about/privacy\"");
        }
    }

    async fn feedback_goes_where_the_configuration_says(place: Place) {
        let site = Site::new(&place).await;
        site.browser().get("/about/accessibility").await.ok().says("has not given an address").does_not_say("mailto:feedback");
        let site = site.with(ajantasa::web::Settings { feedback: Some("feedback@example.org".to_owned()), ..Default::default() });
        let page = site.browser().get("/about/accessibility").await.ok();
        page.says("href=\"mailto:feedback@example.org\"").says("within 14 days");
        let site = site.with(ajantasa::web::Settings { feedback: Some("https://example.org/form".to_owned()), ..Default::default() });
        site.browser().get("/about/accessibility").await.ok().says("href=\"https://example.org/form\"");
    }
}
