//! A city's own directory, in which staff sign in (OpenID Connect): sends a browser there, and proves who came back.
//!
//! Authorization code flow with PKCE, state and nonce; the answer's ID token is believed when its signature, issuer,
//! audience, authorised party, end and nonce are right. Nothing is known here of accounts or roles. What the directory
//! says of itself is read when it is needed and kept for an hour; keys are read again at once when a token is signed
//! with one that is not known. No text of an error holds a code, a token or a word of the directory's.

mod http;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreGrantType, CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm as Signed, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType, CoreTokenResponse,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthenticationContextClass, AuthorizationCode,
    ClaimsVerificationError as Unproved, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, Scope, SignatureVerificationError,
    TokenResponse as _, url::Url,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use http::Http;

/// How long what the directory says of itself is used without asking again.
const KNOWN_FOR: TimeDelta = TimeDelta::hours(1);
/// How far ahead the directory's clock may be.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

/// How a directory is reached, and as whom.
#[derive(Debug, Clone)]
pub struct DirectorySettings {
    /// Its own name for itself.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: SecretString,
    /// Roots to trust instead of the system's, PEM.
    pub ca_pem: Option<Vec<u8>>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// One of these ways of signing in must have been gone; empty where any will do.
    pub acr_values: Vec<String>,
}

/// Why nobody is proved. `Display` is for the log and names nobody.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// What is configured cannot be used.
    #[error("web.oidc: {0}")]
    Settings(String),
    /// It does not answer.
    #[error("the directory cannot be reached: {0}")]
    Unreachable(&'static str),
    /// It answers what it should not.
    #[error("the directory misbehaves: {0}")]
    Misbehaves(&'static str),
    /// Its word about somebody cannot be believed, or is no.
    #[error("the directory does not vouch for the visitor: {0}")]
    NotProved(&'static str),
}

/// A sign-in on its way to the directory.
#[derive(Debug)]
pub struct Question {
    /// Where the browser goes.
    pub address: String,
    /// The word that comes back with the answer.
    pub state: SecretString,
    /// What the answer is checked against.
    pub check: Check,
}

/// What an answer is checked against; to be kept sealed until it comes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Check {
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    redirect: String,
}

/// Whom the directory vouches for.
#[derive(Debug)]
pub struct Subject {
    /// The directory's own name.
    pub issuer: String,
    /// Its own word for the person; it never changes and is nobody else's.
    pub subject: String,
    /// Everything the ID token says.
    pub claims: BTreeMap<String, Value>,
}

/// What we need to know of a directory beside what every one says.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Extra {
    end_session_endpoint: Option<Url>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extra {}

type Description = ProviderMetadata<
    Extra,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// A directory.
#[derive(Debug)]
pub struct Directory {
    settings: DirectorySettings,
    issuer: IssuerUrl,
    http: Http,
    known: Mutex<Option<(DateTime<Utc>, Arc<Description>)>>,
}

impl Directory {
    /// Sends nothing yet.
    ///
    /// # Errors
    /// When the address or the roots cannot be used.
    pub fn new(settings: DirectorySettings) -> Result<Self, DirectoryError> {
        let issuer = IssuerUrl::new(settings.issuer.clone())
            .map_err(|_| DirectoryError::Settings("issuer is no address".to_owned()))?;
        let http = Http::new(issuer.url(), settings.ca_pem.as_deref())?;
        Ok(Self { settings, issuer, http, known: Mutex::new(None) })
    }

    /// Prepares a sign-in whose answer is to come back to an address of ours.
    ///
    /// # Errors
    /// When the directory does not say how it is asked.
    pub async fn ask(&self, redirect: &str, now: DateTime<Utc>) -> Result<Question, DirectoryError> {
        let description = self.description(now, false).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(&description).set_redirect_uri(back(redirect)?);
        let mut request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        for scope in &self.settings.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        for way in &self.settings.acr_values {
            request = request.add_auth_context_value(AuthenticationContextClass::new(way.clone()));
        }
        let (address, state, nonce) = request.set_pkce_challenge(challenge).url();
        Ok(Question {
            address: address.into(),
            state: SecretString::from(state.secret().clone()),
            check: Check { nonce, verifier, redirect: redirect.to_owned() },
        })
    }

    /// Proves who came back: exchanges the code for an ID token and checks it. `iss` is what the answer says of where
    /// it comes from.
    ///
    /// # Errors
    /// When the directory does not answer, or nobody is proved.
    pub async fn answer(
        &self,
        check: Check,
        code: SecretString,
        iss: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Subject, DirectoryError> {
        let description = self.description(now, false).await?;
        let says_iss = description.additional_metadata().authorization_response_iss_parameter_supported;
        match iss {
            Some(iss) if iss != self.settings.issuer => {
                return Err(DirectoryError::NotProved("the answer is another directory's"));
            }
            None if says_iss => return Err(DirectoryError::NotProved("the answer does not say whose it is")),
            _ => {}
        }
        let client = self.client(&description).set_redirect_uri(back(&check.redirect)?);
        let code = AuthorizationCode::new(code.expose_secret().to_owned());
        let response = exchange(client, self.http.clone(), code, check.verifier).await?;
        let token = response.id_token().ok_or(DirectoryError::Misbehaves("it gave no ID token"))?;
        match self.verify(&description, token, &check.nonce, now) {
            Err(Unproved::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let description = self.description(now, true).await?;
                self.verify(&description, token, &check.nonce, now)
            }
            verified => verified,
        }
        .map_err(|error| DirectoryError::NotProved(why(&error)))
    }

    /// Where a browser ends its session at the directory, as far as is known: whoever signs out does not wait for it.
    pub fn end_address(&self) -> Option<String> {
        let (_, description) = self.known()?;
        let mut address = description.additional_metadata().end_session_endpoint.clone()?;
        self.http.admits(&address).then(|| {
            address.query_pairs_mut().append_pair("client_id", &self.settings.client_id);
            address.into()
        })
    }

    /// What the directory says of itself and its keys; read again when it is old or `anew`.
    async fn description(&self, now: DateTime<Utc>, anew: bool) -> Result<Arc<Description>, DirectoryError> {
        if let Some((at, description)) = self.known()
            && !anew
            && (TimeDelta::zero()..KNOWN_FOR).contains(&(now - at))
        {
            return Ok(description);
        }
        let description = describe(self.issuer.clone(), self.http.clone()).await?;
        if !self.http.admits(description.authorization_endpoint().url()) {
            return Err(DirectoryError::Misbehaves("it sends browsers to an address without TLS"));
        }
        let description = Arc::new(description);
        // Not held while the directory is asked: one that is slow must not let everybody wait in turn.
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&description)));
        Ok(description)
    }

    fn known(&self) -> Option<(DateTime<Utc>, Arc<Description>)> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn client(&self, description: &Description) -> Client {
        let secret = ClientSecret::new(self.settings.client_secret.expose_secret().to_owned());
        let id = ClientId::new(self.settings.client_id.clone());
        let ways = description.token_endpoint_auth_methods_supported();
        let only_by_post = ways.is_some_and(|ways| {
            ways.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !ways.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let client = CoreClient::from_provider_metadata(description.clone(), id, Some(secret));
        client.set_auth_type(if only_by_post { AuthType::RequestBody } else { AuthType::BasicAuth })
    }

    fn verify(
        &self,
        description: &Description,
        token: &CoreIdToken,
        nonce: &Nonce,
        now: DateTime<Utc>,
    ) -> Result<Subject, Unproved> {
        let verifier = CoreIdTokenVerifier::new_public_client(
            ClientId::new(self.settings.client_id.clone()),
            self.issuer.clone(),
            description.jwks().clone(),
        )
        // By the directory's own key only: one that we share with it proves nothing, and none even less.
        .set_allowed_algs([
            Signed::RsaSsaPkcs1V15Sha256,
            Signed::RsaSsaPkcs1V15Sha384,
            Signed::RsaSsaPkcs1V15Sha512,
            Signed::RsaSsaPssSha256,
            Signed::RsaSsaPssSha384,
            Signed::RsaSsaPssSha512,
            Signed::EcdsaP256Sha256,
            Signed::EcdsaP384Sha384,
            Signed::EdDsa,
        ])
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |at| {
            if at <= now + CLOCKS_DIFFER { Ok(()) } else { Err("it is of the future".to_owned()) }
        })
        .set_auth_context_verifier_fn(|way| {
            let wanted = &self.settings.acr_values;
            let is_one = way.is_some_and(|way| wanted.iter().any(|wanted| *wanted == **way));
            if wanted.is_empty() || is_one { Ok(()) } else { Err("another way of signing in".to_owned()) }
        });
        let claims = token.claims(&verifier, nonce)?;
        if claims.authorized_party().is_some_and(|party| **party != self.settings.client_id) {
            return Err(Unproved::InvalidAudience("another authorised party".to_owned()));
        }
        Ok(Subject {
            issuer: self.settings.issuer.clone(),
            subject: claims.subject().to_string(),
            claims: content(token).ok_or_else(|| Unproved::Other("no JSON".to_owned()))?,
        })
    }
}

type Client = openidconnect::core::CoreClient<
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;

/// Reads what a directory says of itself, and its keys.
fn describe(issuer: IssuerUrl, http: Http) -> Sent<Description> {
    Box::pin(async move {
        Description::discover_async(issuer, &http).await.map_err(|error| http::of_description(&error))
    })
}

/// Exchanges a code.
fn exchange(
    client: Client,
    http: Http,
    code: AuthorizationCode,
    verifier: PkceCodeVerifier,
) -> Sent<CoreTokenResponse> {
    Box::pin(async move {
        let request =
            client.exchange_code(code).map_err(|_| DirectoryError::Misbehaves("it has no token endpoint"))?;
        let request = request.set_pkce_verifier(verifier);
        request.request_async(&http).await.map_err(|error| http::of_token(&error))
    })
}

/// Something that is asked for.
type Sent<T> = Pin<Box<dyn Future<Output = Result<T, DirectoryError>> + Send>>;

fn back(redirect: &str) -> Result<RedirectUrl, DirectoryError> {
    RedirectUrl::new(redirect.to_owned())
        .map_err(|_| DirectoryError::Settings("the address of the pages cannot be used".to_owned()))
}

/// Everything that a token says whose signature has been verified.
fn content(token: &CoreIdToken) -> Option<BTreeMap<String, Value>> {
    use base64::Engine as _;
    let text = token.to_string();
    let payload = text.split('.').nth(1)?;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn why(error: &Unproved) -> &'static str {
    match error {
        Unproved::Expired(_) => "its word has run out; check the clocks",
        Unproved::InvalidAudience(_) => "its word is for somebody else; check client_id",
        Unproved::InvalidAuthContext(_) => "it does not say that a second factor was given; check acr_values",
        Unproved::InvalidIssuer(_) => "its word is another directory's",
        Unproved::InvalidNonce(_) => "its word is about another sign-in",
        Unproved::SignatureVerification(_) => "its word is not signed with one of its keys",
        _ => "its word cannot be believed",
    }
}
