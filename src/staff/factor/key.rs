//! Security keys: they sign what they are asked in a session, for one site only, and stand for a code of the app.
//!
//! What a key is asked is kept beside the session, holds for ten minutes, and is taken once, whether the answer is right
//! or not. Credential and public key are sealed; the browser's answers are read and judged by `webauthn_rp`. A key that
//! says it has signed less often than before is another copy of it, and is refused.

use std::net::IpAddr;
use std::num::NonZeroU32;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webauthn_rp::bin::{Decode as _, Encode as _};
use webauthn_rp::request::auth::{
    AllowedCredentials, AuthenticationVerificationOptions, NonDiscoverableCredentialRequestOptions,
};
use webauthn_rp::request::register::{
    CoseAlgorithmIdentifier, Extension, PublicKeyCredentialCreationOptions, PublicKeyCredentialUserEntity,
    RegistrationVerificationOptions, UserHandle16, Username,
};
use webauthn_rp::request::{
    AsciiDomain, Credentials as _, PublicKeyCredentialDescriptor, RpId, UserVerificationRequirement,
};
use webauthn_rp::response::auth::error::AuthCeremonyErr;
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, NonDiscoverableAuthentication16, NonDiscoverableAuthenticationServerState,
    Registration, RegistrationServerState,
};

use super::super::StaffError;
use crate::seal::Place;
use crate::store::data_key::Keyring;
use crate::store::security_key::{self, ChallengeRow, KeyRow};
use crate::store::{self, StoreError, Tx};
use crate::task::Context;

/// How long a key may take to answer.
pub const ANSWERED_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// Keys of one account, at most.
pub const MOST: usize = 10;
/// Characters of a key's name, at most.
pub const LONGEST_NAME: usize = 40;

const MILLISECONDS: u32 = 600_000;
const ADD: &str = "add";
const USE: &str = "use";

/// The site that a key is for, as the browser names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    name: String,
    origin: String,
}

impl Site {
    /// The site of an origin: reached by TLS under a name, or under `localhost`. Keys know no addresses of digits.
    pub fn of_origin(origin: &str) -> Option<Self> {
        let origin = origin.to_ascii_lowercase();
        let (scheme, host) = origin.split_once("://")?;
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let is_number = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        let is_fit = !is_number && (scheme == "https" || name == "localhost");
        let domain = AsciiDomain::try_from(name.to_owned()).ok()?;
        is_fit.then(|| Self { name: domain.as_ref().to_owned(), origin: origin.clone() })
    }

    fn rp_id(&self) -> Result<RpId, StaffError> {
        AsciiDomain::try_from(self.name.clone()).map(RpId::Domain).map_err(|_| broken("rp_id"))
    }
}

/// A key as its holder sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its identifier.
    pub id: Uuid,
    /// What its holder calls it.
    pub name: String,
    /// When it was added.
    pub added_at: chrono::DateTime<chrono::Utc>,
    /// When it was last used to sign in.
    pub last_used_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// Why an answer was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::staff) enum Refusal {
    /// Nothing was asked, or too long ago, or it has been answered.
    #[error("the security key was not asked")]
    NotAsked,
    /// It is no answer of one of the account's keys to what was asked.
    #[error("wrong answer of a security key")]
    Wrong,
    /// The key says that it has signed less often than before.
    #[error("the counter of a security key went back")]
    CounterWentBack,
    /// The key is somebody's already.
    #[error("the security key has been added before")]
    Known,
}

/// What is sealed of a key.
#[derive(Serialize, Deserialize)]
struct Credential {
    id: Vec<u8>,
    transports: u8,
    public: Vec<u8>,
    moving: [u8; 7],
}

type PublicKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// The keys of an account.
///
/// # Errors
/// When they cannot be read.
pub async fn list(context: &Context, account: Uuid) -> Result<Vec<Listed>, StaffError> {
    let mut read = context.db.read().await?;
    let rows = security_key::of_account(&mut read, account).await?;
    let listed = |row: KeyRow| Listed {
        id: row.id,
        name: row.name,
        added_at: row.added_at,
        last_used_at: row.last_used_at,
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// What the browser is to hand to a key that is being added in a session, and the name it will have.
///
/// # Errors
/// When it cannot be read.
pub async fn being_added(context: &Context, session: Uuid) -> Result<Option<(String, String)>, StaffError> {
    let mut read = context.db.read().await?;
    let since = context.clock.now() - ANSWERED_WITHIN;
    let row = security_key::asked(&mut read, session, ADD, since).await?;
    Ok(row.map(|row| (row.options, row.name)))
}

/// Asks for a new key to be made for a session's account.
pub(in crate::staff) async fn ask_to_add(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    (session, account, account_name): (Uuid, Uuid, &str),
    site: &Site,
    name: &str,
) -> Result<(), StaffError> {
    let rp_id = site.rp_id()?;
    let handle = UserHandle16::decode(account.into_bytes()).map_err(|_| broken("account"))?;
    let mut known = Vec::new();
    for row in security_key::of_account(tx, account).await?.iter().filter(|row| row.rp_id == site.name) {
        known.push(descriptor(open(keyring, row)?)?);
    }
    let mut user = PublicKeyCredentialUserEntity::from(&handle);
    if let Ok(username) = Username::try_from(account_name) {
        user.name = username;
    }
    let mut options = PublicKeyCredentialCreationOptions::second_factor(&rp_id, user, known);
    options.authenticator_selection.user_verification = UserVerificationRequirement::Preferred;
    options.extensions = Extension::default();
    // Whoever makes keys for RSA makes them for the others, too.
    options.pub_key_cred_params = options.pub_key_cred_params.remove(CoseAlgorithmIdentifier::Rs256);
    options.timeout = NonZeroU32::new(MILLISECONDS).unwrap_or(options.timeout);
    let (server, client) = options.start_ceremony().map_err(|_| broken("options"))?;
    let row = ChallengeRow {
        session,
        purpose: ADD.to_owned(),
        state: server.encode().map_err(|_| broken("state"))?,
        options: serde_json::to_string(&client).map_err(|_| broken("options"))?,
        name: name.to_owned(),
        made_at: context.clock.now(),
    };
    Ok(security_key::ask(tx, &row).await?)
}

/// Takes the answer of a new key, and keeps the key. Its name.
pub(in crate::staff) async fn add(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    (session, account): (Uuid, Uuid),
    site: &Site,
    answer: &str,
) -> Result<Result<String, Refusal>, StaffError> {
    let now = context.clock.now();
    let Some(asked) = security_key::take(tx, session, ADD, now - ANSWERED_WITHIN).await? else {
        return Ok(Err(Refusal::NotAsked));
    };
    let state = RegistrationServerState::<16>::decode(&asked.state).map_err(|_| broken("state"))?;
    let Ok(made) = Registration::from_json_relaxed(answer.as_bytes()) else { return Ok(Err(Refusal::Wrong)) };
    let origins = [site.origin.as_str()];
    let options = RegistrationVerificationOptions::<&str, &str> {
        allowed_origins: &origins,
        ..RegistrationVerificationOptions::default()
    };
    let Ok(registered) = state.verify(&site.rp_id()?, &made, &options) else {
        return Ok(Err(Refusal::Wrong));
    };
    let (Ok(transports), Ok(public), Ok(moving)) = (
        registered.transports().encode(),
        registered.static_state().encode(),
        registered.dynamic_state().encode(),
    );
    let credential = Credential { id: registered.id().as_ref().to_vec(), transports, public, moving };
    let credential_digest = digest_of(context, &credential.id);
    if security_key::is_known(tx, &credential_digest).await? {
        return Ok(Err(Refusal::Known));
    }
    let id = store::new_id(now);
    let (key_version, sealed) = seal(keyring, account, id, &credential)?;
    let row = KeyRow {
        id,
        account,
        rp_id: site.name.clone(),
        credential_digest,
        key_version,
        sealed,
        sign_count: i64::from(registered.dynamic_state().sign_count),
        name: asked.name,
        added_at: now,
        last_used_at: None,
    };
    security_key::insert(tx, &row).await?;
    Ok(Ok(row.name))
}

/// Asks the keys of a session's account to sign, and says what the browser is to hand to them; none where the account
/// has none for the site.
///
/// # Errors
/// When it cannot be stored.
pub async fn ask(
    context: &Context,
    (session, account): (Uuid, Uuid),
    site: &Site,
) -> Result<Option<String>, StaffError> {
    let mut read = context.db.read().await?;
    let mut rows = security_key::of_account(&mut read, account).await?;
    drop(read);
    rows.retain(|row| row.rp_id == site.name);
    if rows.is_empty() {
        return Ok(None);
    }
    let keyring = super::keyring(context, account).await?;
    let mut allowed = AllowedCredentials::with_capacity(rows.len());
    for row in &rows {
        allowed.push(descriptor(open(&keyring, row)?)?.into());
    }
    let rp_id = site.rp_id()?;
    let mut options = NonDiscoverableCredentialRequestOptions::second_factor(&rp_id, allowed)
        .map_err(|_| broken("options"))?;
    options.options().user_verification = UserVerificationRequirement::Preferred;
    options.options().timeout = NonZeroU32::new(MILLISECONDS).unwrap_or(options.options().timeout);
    let (server, client) = options.start_ceremony().map_err(|_| broken("options"))?;
    let row = ChallengeRow {
        session,
        purpose: USE.to_owned(),
        state: server.encode().map_err(|_| broken("state"))?,
        options: serde_json::to_string(&client).map_err(|_| broken("options"))?,
        name: String::new(),
        made_at: context.clock.now(),
    };
    let mut tx = context.db.begin().await?;
    security_key::ask(&mut tx, &row).await?;
    tx.commit("key.ask").await?;
    Ok(Some(row.options))
}

/// Takes the answer of one of the account's keys. Its name.
pub(in crate::staff) async fn take(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    (session, account): (Uuid, Uuid),
    site: &Site,
    answer: &str,
) -> Result<Result<String, Refusal>, StaffError> {
    let now = context.clock.now();
    let Some(asked) = security_key::take(tx, session, USE, now - ANSWERED_WITHIN).await? else {
        return Ok(Err(Refusal::NotAsked));
    };
    let state =
        NonDiscoverableAuthenticationServerState::decode(&asked.state).map_err(|_| broken("state"))?;
    let Ok(answer) = NonDiscoverableAuthentication16::from_json_relaxed(answer.as_bytes()) else {
        return Ok(Err(Refusal::Wrong));
    };
    let digest = digest_of(context, answer.raw_id().as_ref());
    let rows = security_key::of_account(tx, account).await?;
    let Some(mut row) = rows.into_iter().find(|row| row.credential_digest == digest) else {
        return Ok(Err(Refusal::Wrong));
    };
    let mut credential = open(keyring, &row)?;
    let handle = UserHandle16::decode(account.into_bytes()).map_err(|_| broken("account"))?;
    let fixed = StaticState::<PublicKey>::decode(&credential.public).map_err(|_| broken("sealed"))?;
    let moving = DynamicState::decode(credential.moving).map_err(|_| broken("sealed"))?;
    let mut known = AuthenticatedCredential::new(answer.raw_id(), &handle, fixed, moving)
        .map_err(|_| broken("sealed"))?;
    let origins = [site.origin.as_str()];
    let options = AuthenticationVerificationOptions::<&str, &str> {
        allowed_origins: &origins,
        ..AuthenticationVerificationOptions::default()
    };
    match state.verify(&site.rp_id()?, &answer, &mut known, &options) {
        Ok(_) => {}
        Err(AuthCeremonyErr::SignatureCounter) => return Ok(Err(Refusal::CounterWentBack)),
        Err(_) => return Ok(Err(Refusal::Wrong)),
    }
    let Ok(moving) = known.dynamic_state().encode();
    credential.moving = moving;
    let before = row.sign_count;
    (row.key_version, row.sealed) = seal(keyring, account, row.id, &credential)?;
    row.sign_count = i64::from(known.dynamic_state().sign_count);
    row.last_used_at = Some(now);
    if !security_key::used(tx, &row, before).await? {
        return Ok(Err(Refusal::CounterWentBack));
    }
    Ok(Ok(row.name))
}

fn descriptor(credential: Credential) -> Result<PublicKeyCredentialDescriptor<Vec<u8>>, StaffError> {
    Ok(PublicKeyCredentialDescriptor {
        id: CredentialId::<Vec<u8>>::decode(credential.id).map_err(|_| broken("sealed"))?,
        transports: AuthTransports::decode(credential.transports).map_err(|_| broken("sealed"))?,
    })
}

fn digest_of(context: &Context, credential: &[u8]) -> Vec<u8> {
    context.vault.digest(&[b"security key", credential])
}

fn place(id: Uuid) -> Place {
    Place { table: "security_key", column: "sealed", row: id }
}

fn seal(
    keyring: &Keyring,
    account: Uuid,
    id: Uuid,
    credential: &Credential,
) -> Result<(i64, Vec<u8>), StaffError> {
    let key = keyring.newest(account)?;
    let plain = serde_json::to_vec(credential).map_err(|_| broken("sealed"))?;
    Ok((key.version, key.seal(place(id), &plain).map_err(StoreError::from)?))
}

fn open(keyring: &Keyring, row: &KeyRow) -> Result<Credential, StaffError> {
    let key = keyring.get(row.account, row.key_version)?;
    let plain = key.open(place(row.id), &row.sealed).map_err(StoreError::from)?;
    serde_json::from_slice(&plain).map_err(|_| broken("sealed"))
}

/// What we stored ourselves cannot be read.
fn broken(column: &'static str) -> StaffError {
    StoreError::inconsistent("security_key", column).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_has_a_name_and_tls_or_is_this_machine() {
        for (origin, name) in [
            ("https://ajantasa.example.fi", Some("ajantasa.example.fi")),
            ("https://Ajantasa.example.fi:8443", Some("ajantasa.example.fi")),
            ("http://localhost:8080", Some("localhost")),
            ("http://ajantasa.example.fi", None),
            ("http://127.0.0.1:8080", None),
            ("https://192.0.2.1", None),
            ("https://[2001:db8::1]:8443", None),
            ("localhost:8080", None),
        ] {
            let site = Site::of_origin(origin);
            assert_eq!(site.as_ref().map(|site| site.name.as_str()), name, "{origin}");
            assert!(site.is_none_or(|site| site.origin == origin.to_lowercase()));
        }
    }
}
