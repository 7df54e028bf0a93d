//! What an account's holder changes of it: the password, the app that makes codes, security keys, the printed codes.
//!
//! Each asks for proof again, since a session may have been left open. A wrong word is counted as at the sign-in.

use secrecy::SecretString;

use super::device::Device;
use super::factor::{self, Once, key};
use super::guesses::Guesses;
use super::proof::refusal;
use super::session::{Session, Visitor};
use super::{KeyProblem, StaffError, password};
use crate::audit::{self, Actor, Event};
use crate::municipality::Language;
use crate::store::data_key::Keyring;
use crate::store::{Tx, account, first_password, known_device, security_key, session as sessions};
use crate::task::Context;

/// Who changes something of their own, from where.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    /// What the change works with.
    pub context: &'a Context,
    /// The session.
    pub session: &'a Session,
    /// What the network tells of the visitor.
    pub visitor: &'a Visitor,
    /// The word of the device's cookie, if it has one.
    pub device: Option<&'a Device>,
}

/// Whether the password of an account was handed over, so that its holder is to choose another.
///
/// # Errors
/// When the database does not answer.
pub async fn has_first_password(context: &Context, account: uuid::Uuid) -> Result<bool, StaffError> {
    let mut read = context.db.read().await?;
    Ok(first_password::get(&mut read, account).await?.is_some())
}

/// Notes the language in which the account wants its pages, and shows those of this session in `shown` from now on.
///
/// # Errors
/// When it cannot be stored.
pub async fn choose_language(
    context: &Context,
    session: &Session,
    wanted: Option<Language>,
    shown: Language,
) -> Result<(), StaffError> {
    let mut tx = context.db.begin().await?;
    let account = &session.account;
    account::set_language(&mut tx, account.id, wanted.map(Language::as_str)).await?;
    sessions::set_language(&mut tx, session.row.id, shown.as_str()).await?;
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let event = Event::new(context.clock.now(), actor, &account.os_user, "account.language");
    let word = wanted.map_or("that of the browser", Language::as_str);
    audit::record(&mut tx, &[event.detail(word)]).await?;
    Ok(tx.commit("account.language").await?)
}

/// Replaces the password. Every other session of the account ends, and other browsers are known no more.
///
/// # Errors
/// [`StaffError::NotProved`] when the old one is wrong or not judged now; [`StaffError::Password`] when the new one
/// cannot be used.
pub async fn change_password(
    holder: Holder<'_>,
    old: SecretString,
    new: SecretString,
) -> Result<(), StaffError> {
    let Holder { context, session, .. } = holder;
    let hash = password::hash(new).await?;
    let id = session.account.id;
    let mut tx = holder.proved_by_password(old).await?;
    let now = context.clock.now();
    account::set_password(&mut tx, id, &hash).await?;
    first_password::delete(&mut tx, id).await?;
    let ended = sessions::end_others(&mut tx, id, session.row.id, now).await?;
    let digest = holder.device.map(Device::digest).unwrap_or_default();
    known_device::forget(&mut tx, id, &digest).await?;
    holder.record(&mut tx, "account.password", format!("other sessions ended {ended}")).await?;
    Ok(tx.commit("account.password").await?)
}

/// Prints new one-time codes in place of the earlier ones; they can be seen for a while.
///
/// # Errors
/// [`StaffError::NotProved`] when the code is wrong, was used before, or is not judged now.
pub async fn renew_codes(holder: Holder<'_>, code: &str) -> Result<(), StaffError> {
    let keyring = factor::keyring(holder.context, holder.session.account.id).await?;
    let mut tx = holder.proved(&keyring, code).await?;
    factor::renew_codes(holder.context, &mut tx, &keyring, holder.session.account.id).await?;
    holder.record(&mut tx, "account.codes", "one-time codes made".to_owned()).await?;
    Ok(tx.commit("account.codes").await?)
}

/// Makes a new secret for an app; the one in force stays until a code of the new one is given.
///
/// # Errors
/// [`StaffError::NotProved`] when the code is wrong, was used before, or is not judged now.
pub async fn prepare_app(holder: Holder<'_>, code: &str) -> Result<(), StaffError> {
    let keyring = factor::keyring(holder.context, holder.session.account.id).await?;
    let mut tx = holder.proved(&keyring, code).await?;
    factor::prepare(holder.context, &mut tx, &keyring, holder.session.account.id).await?;
    holder.record(&mut tx, "account.factor_prepare", "new app to be set up".to_owned()).await?;
    Ok(tx.commit("account.factor_prepare").await?)
}

/// Puts the new app into force.
///
/// # Errors
/// [`StaffError::NotProved`] when its code is wrong or not judged now.
pub async fn confirm_app(holder: Holder<'_>, code: &str) -> Result<(), StaffError> {
    let Holder { context, session, .. } = holder;
    let id = session.account.id;
    let keyring = factor::keyring(context, id).await?;
    let mut tx = context.db.begin().await?;
    let now = context.clock.now();
    let held = holder.guesses(&mut tx).await?.hold(&mut tx, now).await?;
    if held.are_locked(now) {
        return holder.refuse(tx, "locked").await;
    }
    if !factor::confirm(context, &mut tx, &keyring, id, code).await? {
        held.count(&mut tx, now).await?;
        return holder.refuse(tx, "wrong code").await;
    }
    holder.record(&mut tx, "account.factor", "new app set up".to_owned()).await?;
    Ok(tx.commit("account.factor").await?)
}

/// Asks for a security key to be added under a name; it is added when the key has answered.
///
/// # Errors
/// [`StaffError::NotProved`] when the password is wrong or not judged now; [`StaffError::Key`] when the name cannot be
/// used or there are too many keys.
pub async fn ask_for_key(
    holder: Holder<'_>,
    site: &key::Site,
    name: &str,
    password: SecretString,
) -> Result<(), StaffError> {
    let Holder { context, session, .. } = holder;
    let account = &session.account;
    let is_plain = !name.chars().any(char::is_control);
    if name.is_empty() || name.chars().count() > key::LONGEST_NAME || !is_plain {
        return Err(StaffError::Key(KeyProblem::Name));
    }
    if key::list(context, account.id).await?.len() >= key::MOST {
        return Err(StaffError::Key(KeyProblem::TooMany));
    }
    let keyring = factor::keyring(context, account.id).await?;
    let mut tx = holder.proved_by_password(password).await?;
    let whose = (session.row.id, account.id, account.name.as_str());
    key::ask_to_add(context, &mut tx, &keyring, whose, site, name).await?;
    holder.record(&mut tx, "account.key_prepare", "security key to be added".to_owned()).await?;
    Ok(tx.commit("account.key_prepare").await?)
}

/// Adds a security key by its answer.
///
/// # Errors
/// [`StaffError::NotProved`] when the key was not asked, or its answer is wrong.
pub async fn add_key(holder: Holder<'_>, site: &key::Site, answer: &str) -> Result<(), StaffError> {
    let Holder { context, session, .. } = holder;
    let id = session.account.id;
    let keyring = factor::keyring(context, id).await?;
    let mut tx = context.db.begin().await?;
    match key::add(context, &mut tx, &keyring, (session.row.id, id), site, answer).await? {
        Ok(name) => {
            holder.record(&mut tx, "account.key_add", format!("security key {name:?}")).await?;
            Ok(tx.commit("account.key_add").await?)
        }
        Err(why) => holder.refuse(tx, &why.to_string()).await,
    }
}

/// Takes a security key away. Whoever is asked for a second factor keeps one.
///
/// # Errors
/// [`StaffError::NotProved`] when the password is wrong or not judged now; [`StaffError::NotFound`] when there is no
/// such key; [`StaffError::Key`] when it is the account's last second factor.
pub async fn remove_key(
    holder: Holder<'_>,
    id: uuid::Uuid,
    password: SecretString,
) -> Result<(), StaffError> {
    let account = holder.session.account.id;
    let mut tx = holder.proved_by_password(password).await?;
    let keys = security_key::of_account(&mut tx, account).await?;
    let name = keys.into_iter().find(|key| key.id == id).ok_or(StaffError::NotFound)?.name;
    if factor::is_last_key(&mut tx, account).await? {
        return Err(StaffError::Key(KeyProblem::Last));
    }
    security_key::delete(&mut tx, account, id).await?;
    holder.record(&mut tx, "account.key_remove", format!("security key {name:?}")).await?;
    Ok(tx.commit("account.key_remove").await?)
}

/// Forgets the one-time codes that are shown: their holder has them on paper.
///
/// # Errors
/// When it cannot be stored.
pub async fn hide_codes(holder: Holder<'_>) -> Result<(), StaffError> {
    let mut tx = holder.context.db.begin().await?;
    if factor::hide(&mut tx, holder.session.account.id, Once::Codes).await? {
        holder.record(&mut tx, "account.codes_kept", "one-time codes taken over".to_owned()).await?;
    }
    Ok(tx.commit("account.codes_kept").await?)
}

impl Holder<'_> {
    pub(super) async fn guesses(&self, tx: &mut Tx) -> Result<Guesses, StaffError> {
        let account = &self.session.account;
        let name = (account.name.as_str(), Some(account.id));
        Guesses::of(self.context, tx, name, self.visitor, self.device).await
    }

    /// A transaction in which the password has been given.
    async fn proved_by_password(&self, password: SecretString) -> Result<Tx, StaffError> {
        let context = self.context;
        let mut read = context.db.read().await?;
        let stored = account::get(&mut read, self.session.account.id).await?.password_hash;
        let guesses = self.guesses(&mut read).await?;
        let is_locked = guesses.are_locked(&mut read, context.clock.now()).await?;
        drop(read);
        let fits = !is_locked && password::verify(password, stored).await?;

        let mut tx = context.db.begin().await?;
        let now = context.clock.now();
        let held = guesses.hold(&mut tx, now).await?;
        if is_locked || held.are_locked(now) {
            return self.refuse(tx, "locked").await;
        }
        if fits {
            return Ok(tx);
        }
        held.count(&mut tx, now).await?;
        self.refuse(tx, "wrong password").await
    }

    /// A transaction in which a code has been taken.
    async fn proved(&self, keyring: &Keyring, code: &str) -> Result<Tx, StaffError> {
        let mut tx = self.context.db.begin().await?;
        let now = self.context.clock.now();
        let held = self.guesses(&mut tx).await?.hold(&mut tx, now).await?;
        if held.are_locked(now) {
            return self.refuse(tx, "locked").await;
        }
        if factor::take(self.context, &mut tx, keyring, self.session.account.id, code).await?.is_some() {
            return Ok(tx);
        }
        held.count(&mut tx, now).await?;
        self.refuse(tx, "wrong code").await
    }

    pub(super) async fn refuse<T>(&self, mut tx: Tx, why: &str) -> Result<T, StaffError> {
        let account = &self.session.account;
        let event = refusal(&*self.context.clock, &account.os_user)
            .detail(format!("account {}, signed in: {why}", account.name));
        audit::record(&mut tx, &[event]).await?;
        tx.commit("staff.refuse").await?;
        Err(StaffError::NotProved)
    }

    pub(super) async fn record(
        &self,
        tx: &mut Tx,
        action: &'static str,
        detail: String,
    ) -> Result<(), StaffError> {
        let account = &self.session.account;
        let actor = Actor::Account { id: account.id, name: account.name.clone() };
        let event = Event::new(self.context.clock.now(), actor, &account.os_user, action).detail(detail);
        Ok(audit::record(tx, &[event]).await?)
    }
}
