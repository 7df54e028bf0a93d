//! The way in by the city's own directory, as it is configured.

use anyhow::Context as _;

use crate::config::{Config, Oidc, OidcSecondFactor, SecretSources};
use crate::directory::{Directory, DirectorySettings};
use crate::staff::directory::{Rules, Way};

/// The way in by the directory; none where none is configured.
///
/// # Errors
/// When its secret, its roots or its address cannot be used.
pub(super) fn way(config: &Config, secrets: &SecretSources) -> anyhow::Result<Option<Way>> {
    let Some(oidc) = &config.web.oidc else { return Ok(None) };
    let acr_values = match &oidc.second_factor {
        OidcSecondFactor::Here => Vec::new(),
        OidcSecondFactor::Provider(ways) => ways.clone(),
    };
    let settings = DirectorySettings {
        issuer: oidc.issuer.clone(),
        client_id: oidc.client_id.clone(),
        client_secret: oidc.client_secret.read(secrets).context("the secret for the city's directory")?,
        ca_pem: oidc.ca_file.as_deref().map(super::read).transpose()?,
        scopes: oidc.scopes.clone(),
        acr_values,
    };
    let directory = Directory::new(settings)?;
    Ok(Some(Way { directory, rules: rules(oidc), name: oidc.name.clone() }))
}

fn rules(oidc: &Oidc) -> Rules {
    Rules {
        claim_name: oidc.claim_name.clone(),
        claim_roles: oidc.claim_roles.clone(),
        roles: oidc.roles.clone(),
        claim_municipalities: oidc.claim_municipalities.clone(),
        municipalities: oidc.municipalities.clone(),
        protected: oidc.protected.clone(),
        asks_second_factor: oidc.second_factor == OidcSecondFactor::Here,
        days: oidc.days,
    }
}
