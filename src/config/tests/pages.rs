//! The staff pages: their certificate and the city's own directory.

use super::*;

#[test]
fn a_key_of_the_pages_needs_its_certificate() {
    let config = accepted("[web]\ncertificate_file = \"web.pem\"\nkey_file = \"web.key\"\n");
    let certificate = config.web.certificate.expect("both are there");
    assert_eq!(certificate.file, Path::new("/etc/ajantasa/web.pem"));
    assert_eq!(certificate.key.file.as_deref(), Some(Path::new("/etc/ajantasa/web.key")));
    refused("[web]\nkey_file = \"web.key\"\n", 2, &["web.key_file", "write certificate_file too"]);
    let plain = "[web]\ncertificate_file = \"web.pem\"\norigin = \"http://localhost:8080\"\n";
    refused(plain, 3, &["web.origin", "https://"]);
}

#[cfg(not(feature = "oidc"))]
#[test]
fn a_program_without_openid_connect_says_so() {
    let text = refusal("[web.oidc]\nissuer = \"https://login.example.fi\"\n");
    assert!(text.contains("built without OpenID Connect") && text.contains("--features oidc"), "{text}");
}

#[cfg(feature = "oidc")]
mod directory {
    use super::*;
    use crate::staff::Role;

    const OIDC: &str = "[web.oidc]\nissuer = \"https://login.example.fi/city/\"\nclient_id = \"ajantasa\"\n\
                        name = { fi = \"Kaupungin tunnus\" }\nclaim_roles = \"groups\"\n";

    #[test]
    fn a_directory_has_its_defaults() {
        let text = format!("{OIDC}roles = {{ \"a b\" = \"auditor\" }}\n");
        let oidc = accepted(&text).web.oidc.expect("the section is there");
        assert_eq!(oidc.issuer, "https://login.example.fi/city/");
        assert_eq!(oidc.roles["a b"], Role::Auditor);
        assert_eq!(
            (oidc.claim_name.as_str(), oidc.scopes),
            ("preferred_username", vec!["profile".to_owned()])
        );
        assert_eq!((oidc.second_factor, oidc.days, oidc.protected), (OidcSecondFactor::Here, 90, None));
        assert_eq!(oidc.name.sv, "Kaupungin tunnus");
    }

    #[test]
    fn what_a_directory_needs_is_said() {
        let with = |more: &str| format!("{OIDC}roles = {{ x = \"auditor\" }}\n{more}\n");
        refused(&with("acr_value = []"), 7, &["acr_value", "did you mean `acr_values`?"]);
        refused(&with("second_factor = \"provider\""), 1, &["acr_values", "is needed"]);
        refused(&with("claim_protected = \"groups\""), 1, &["claim_protected and protected_value"]);
        refused(OIDC, 1, &["web.oidc.roles: this key is needed"]);
        refused(&format!("{OIDC}roles = {{ x = \"boss\" }}\n"), 6, &["\"boss\" is not one of administrator"]);
        refused(&format!("{OIDC}roles = {{ x = \"reviewer\" }}\n"), 1, &["claim_municipalities"]);
        refused(
            &format!("{TOWN}{}", with("municipalities = { a = \"092\" }")),
            12,
            &["\"092\" is not one of 710"],
        );
        refused(
            &OIDC.replace("https", "http").replace("claim_", "roles = { x = \"auditor\" }\nclaim_"),
            2,
            &["loopback"],
        );
    }
}
