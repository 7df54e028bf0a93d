//! Style sheet and scripts.

use axum::http::{StatusCode, header};

use super::Site;
use crate::scenario::on_both;

on_both! {
    async fn a_page_names_its_files_with_the_digest_they_must_have(place: Place) {
        let site = Site::new(&place).await;
        let mut browser = site.browser();
        let page = browser.get("/").await;
        for part in page.text.split("integrity=\"").skip(1) {
            assert!(part.starts_with("sha384-"), "{part}");
        }
        for url in page.text.split('"').filter(|part| part.starts_with("/assets/")) {
            let plain = browser.get(url).await;
            assert_eq!(plain.status, StatusCode::OK, "{url}");
            assert_eq!(plain.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
            let packed = browser.send("GET", url, None, &[("accept-encoding", "gzip, br")]).await;
            assert_eq!(packed.headers[header::CONTENT_ENCODING], "gzip");
        }
        let old = browser.get("/assets/0000000000000000/ajantasa.css").await;
        assert_eq!(old.status, StatusCode::NOT_FOUND);
    }
}
