//! How the libraries of each municipality are reached, in three languages, as letters and the privacy page say it.
//!
//! Administrators write the blocks; every version is kept with who wrote it and when, and the newest counts. What is
//! written replaces the version that its writer had seen, or nothing: [`ContactError::Moved`] says what another one
//! changed meanwhile. A block whose fields are all empty is none.

use chrono::{DateTime, Utc};

use crate::audit::{self, Actor, Event};
use crate::municipality::{Language, Municipality};
use crate::staff::ProvedAccount;
use crate::store::contact_block::{self, ContactRow};
use crate::store::{StoreError, Tx};
use crate::task::Context;

/// Every language a block is written in.
pub const LANGUAGES: [Language; 3] = [Language::Fi, Language::Sv, Language::En];

/// Lines of opening hours, at most: a letter has no room for more.
pub const HOURS_LINES: usize = 10;

/// A field of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The name of the library.
    Library,
    /// The street address.
    Street,
    /// The postal code.
    PostalCode,
    /// The post town.
    City,
    /// The telephone number.
    Phone,
    /// The e-mail address.
    Email,
    /// The opening hours.
    OpeningHours,
    /// The web address.
    Web,
}

impl Field {
    /// Every field, in the order of the block.
    pub const ALL: [Self; 8] = [
        Self::Library,
        Self::Street,
        Self::PostalCode,
        Self::City,
        Self::Phone,
        Self::Email,
        Self::OpeningHours,
        Self::Web,
    ];

    /// The word of forms and of the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Street => "street",
            Self::PostalCode => "postal_code",
            Self::City => "city",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::OpeningHours => "opening_hours",
            Self::Web => "web",
        }
    }

    /// Characters, at most.
    pub fn longest(self) -> usize {
        match self {
            Self::Library | Self::Street => 80,
            Self::PostalCode => 5,
            Self::City | Self::Phone => 40,
            Self::Email => 100,
            Self::OpeningHours => 400,
            Self::Web => 120,
        }
    }
}

/// Why a field cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is in it, and the block needs it.
    Missing,
    /// It is too long, or has too many lines.
    TooLong,
    /// It holds a character that cannot be printed.
    Unprintable,
    /// It is no postal code of five digits.
    PostalCode,
    /// It is no telephone number.
    Phone,
    /// It is no e-mail address.
    Email,
    /// It is no web address.
    Web,
}

impl Fault {
    /// The word of its text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong => "long",
            Self::Unprintable => "unprintable",
            Self::PostalCode => "postal_code",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Web => "web",
        }
    }
}

/// How a library is reached, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactBlock {
    /// The name of the library.
    pub library: String,
    /// The street address.
    pub street: String,
    /// The postal code.
    pub postal_code: String,
    /// The post town.
    pub city: String,
    /// The telephone number.
    pub phone: String,
    /// The e-mail address.
    pub email: String,
    /// The opening hours, in lines.
    pub opening_hours: String,
    /// The web address.
    pub web: String,
}

impl ContactBlock {
    /// The text of a field.
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::Library => &self.library,
            Field::Street => &self.street,
            Field::PostalCode => &self.postal_code,
            Field::City => &self.city,
            Field::Phone => &self.phone,
            Field::Email => &self.email,
            Field::OpeningHours => &self.opening_hours,
            Field::Web => &self.web,
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        Field::ALL.into_iter().all(|field| self.text(field).is_empty())
    }

    /// The fields in which nothing is.
    pub fn lacks(&self) -> Vec<Field> {
        Field::ALL.into_iter().filter(|field| self.text(*field).is_empty()).collect()
    }

    /// The fields in which another block has another text.
    pub fn differs(&self, other: &Self) -> Vec<Field> {
        Field::ALL.into_iter().filter(|field| self.text(*field) != other.text(*field)).collect()
    }

    /// The block without blanks around its lines and empty lines.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let line = |text: &str| text.trim().to_owned();
        let hours: Vec<&str> = self.opening_hours.lines().map(str::trim).collect();
        Self {
            library: line(&self.library),
            street: line(&self.street),
            postal_code: line(&self.postal_code),
            city: line(&self.city),
            phone: line(&self.phone),
            email: line(&self.email),
            opening_hours: hours.join("\n").trim().to_owned(),
            web: line(&self.web),
        }
    }

    /// What is wrong with a trimmed block, by field. One with nothing in it is right.
    pub fn faults(&self) -> Vec<(Field, Fault)> {
        if self.is_empty() {
            return Vec::new();
        }
        Field::ALL.into_iter().filter_map(|field| Some((field, fault(field, self.text(field))?))).collect()
    }
}

fn fault(field: Field, text: &str) -> Option<Fault> {
    let is_needed = matches!(field, Field::Library | Field::Street | Field::PostalCode | Field::City);
    if text.is_empty() {
        return is_needed.then_some(Fault::Missing);
    }
    let may_break = field == Field::OpeningHours;
    if text.chars().any(|c| is_unprintable(c) && !(may_break && c == '\n')) {
        return Some(Fault::Unprintable);
    }
    let is_right = match field {
        Field::PostalCode => text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()),
        Field::Phone => is_phone(text),
        Field::Email => is_email(text),
        Field::Web => is_web(text),
        Field::Library | Field::Street | Field::City | Field::OpeningHours => true,
    };
    if text.chars().count() > field.longest() && field != Field::PostalCode
        || text.lines().count() > HOURS_LINES
    {
        return Some(Fault::TooLong);
    }
    if is_right {
        return None;
    }
    Some(match field {
        Field::PostalCode => Fault::PostalCode,
        Field::Phone => Fault::Phone,
        Field::Email => Fault::Email,
        _ => Fault::Web,
    })
}

/// Whether a character cannot be printed, or turns the direction of what is around it.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Digits in groups, perhaps behind a plus sign: at least five of them.
fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_digits = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'));
    is_digits && (5..=15).contains(&digits.bytes().filter(u8::is_ascii_digit).count())
}

fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else { return false };
    let is_word = |c: char| c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
    !local.is_empty() && local.chars().all(is_word) && is_host(host)
}

/// A name with a dot in it, such as `www.example.org`.
fn is_host(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.contains('.') && text.split('.').all(is_part)
}

fn is_web(text: &str) -> bool {
    let bare = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    is_host(host) && !path.chars().any(|c| c.is_whitespace() || "<>\"'`\\".contains(c))
}

/// The address that a link to a web address leads to.
pub fn link_of(web: &str) -> String {
    if web.starts_with("https://") || web.starts_with("http://") {
        web.to_owned()
    } else {
        format!("https://{web}")
    }
}

/// A version of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The language it is written in.
    pub language: Language,
    /// Its number, from 1.
    pub number: i64,
    /// What it says.
    pub block: ContactBlock,
    /// Who wrote it.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
}

impl Version {
    fn of(row: ContactRow) -> Result<Self, StoreError> {
        let language = Language::from_code(&row.language)
            .ok_or_else(|| StoreError::inconsistent("contact_block", "language"))?;
        Ok(Self {
            language,
            number: row.version,
            changed_by: row.changed_by_name,
            changed_at: row.changed_at,
            block: ContactBlock {
                library: row.library,
                street: row.street,
                postal_code: row.postal_code,
                city: row.city,
                phone: row.phone,
                email: row.email,
                opening_hours: row.opening_hours,
                web: row.web,
            },
        })
    }
}

/// Why a block was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ContactError {
    /// The account is no administrator.
    #[error("only an administrator changes how a library is reached; this account is another role's")]
    NotAdministrator,
    /// The municipality is not configured.
    #[error("the municipality is not configured")]
    UnknownMunicipality,
    /// No version of the number has been written.
    #[error("no version of the contact block has this number")]
    UnknownVersion,
    /// What is wrong, by field.
    #[error("the contact block cannot be stored")]
    Faults(Vec<(Field, Fault)>),
    /// Somebody else has changed it since it was read.
    #[error("the contact block was changed by someone else meanwhile; look again")]
    Moved(Box<Moved>),
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody else has made of a block.
#[derive(Debug)]
pub struct Moved {
    /// What its reader had seen.
    pub seen: ContactBlock,
    /// What is in force now.
    pub newest: Version,
}

/// The newest block of every municipality and language there is one of; those with nothing in them are left out.
///
/// # Errors
/// When they cannot be read.
pub async fn all(context: &Context) -> Result<Vec<(String, Version)>, StoreError> {
    let mut read = context.db.read().await?;
    let rows = contact_block::newest(&mut read).await?;
    let versions = rows.into_iter().map(|row| Ok((row.municipality.clone(), Version::of(row)?)));
    let versions: Result<Vec<_>, StoreError> = versions.collect();
    Ok(versions?.into_iter().filter(|(_, version)| !version.block.is_empty()).collect())
}

/// Every version of a municipality's blocks, by language, the newest first.
///
/// # Errors
/// [`ContactError::UnknownMunicipality`] when it is not configured.
pub async fn of(context: &Context, municipality: &str) -> Result<Vec<Version>, ContactError> {
    configured(context, municipality)?;
    let mut read = context.db.read().await?;
    Ok(versions(&mut read, municipality).await?)
}

async fn versions(tx: &mut Tx, municipality: &str) -> Result<Vec<Version>, StoreError> {
    contact_block::of(tx, municipality).await?.into_iter().map(Version::of).collect()
}

fn configured<'a>(context: &'a Context, municipality: &str) -> Result<&'a Municipality, ContactError> {
    context.settings.municipalities.get(municipality).ok_or(ContactError::UnknownMunicipality)
}

/// How a municipality's library is reached, for a letter or a page in a language: in that language, else in the first
/// of the municipality's languages that has a block; none where nobody has written one.
///
/// # Errors
/// When it cannot be read.
pub async fn for_letter(
    context: &Context,
    municipality: &str,
    language: Language,
) -> Result<Option<(Language, ContactBlock)>, ContactError> {
    let known = configured(context, municipality)?;
    let mut read = context.db.read().await?;
    let versions = versions(&mut read, municipality).await?;
    let wanted = [language].into_iter().chain(known.languages.iter().copied());
    let found = wanted.filter_map(|language| {
        let newest = versions.iter().find(|version| version.language == language)?;
        (!newest.block.is_empty()).then(|| (language, newest.block.clone()))
    });
    Ok({ found }.next())
}

/// Writes the next version of a block in place of the version that its writer had `seen`, 0 where there was none.
/// False when it says what that one says, and nothing is written.
///
/// # Errors
/// [`ContactError::Faults`] says what cannot be stored, [`ContactError::Moved`] what another one changed meanwhile;
/// [`ContactError::UnknownVersion`] when nobody can have seen such a version.
pub async fn change(
    context: &Context,
    account: &ProvedAccount,
    (municipality, language): (&str, Language),
    seen: i64,
    block: &ContactBlock,
) -> Result<bool, ContactError> {
    if !account.may_administer() {
        return Err(ContactError::NotAdministrator);
    }
    configured(context, municipality)?;
    let block = block.trimmed();
    let faults = block.faults();
    if !faults.is_empty() {
        return Err(ContactError::Faults(faults));
    }
    let mut tx = context.db.begin().await?;
    let mut versions = versions(&mut tx, municipality).await?;
    versions.retain(|version| version.language == language);
    let newest = versions.first().map_or(0, |newest| newest.number);
    if !(0..=newest).contains(&seen) {
        return Err(ContactError::UnknownVersion);
    }
    if newest != seen {
        return Err(moved(versions, seen));
    }
    let before = versions.first().map(|newest| newest.block.clone()).unwrap_or_default();
    let fields = before.differs(&block);
    if fields.is_empty() {
        return Ok(false);
    }
    let row = row_of(context, account, (municipality, language), seen + 1, &block);
    match contact_block::insert(&mut tx, &row).await {
        Ok(()) => {}
        // Another one wrote the same version between our look and now.
        Err(StoreError::Taken) => {
            drop(tx);
            let mut versions = self::versions(&mut context.db.read().await?, municipality).await?;
            versions.retain(|version| version.language == language);
            return Err(moved(versions, seen));
        }
        Err(error) => return Err(error.into()),
    }
    let changes: Vec<String> = fields
        .into_iter()
        .map(|field| format!("{}: {:?} -> {:?}", field.as_str(), before.text(field), block.text(field)))
        .collect();
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let event = Event::new(row.changed_at, actor, &account.os_user, "contact.change").detail(format!(
        "municipality {municipality}, language {}, version {}: {}",
        language.as_str(),
        row.version,
        changes.join("; ")
    ));
    audit::record(&mut tx, &[event]).await?;
    tx.commit("contact.change").await?;
    Ok(true)
}

fn moved(versions: Vec<Version>, seen: i64) -> ContactError {
    let known = versions.iter().find(|version| version.number == seen);
    let seen = known.map(|version| version.block.clone()).unwrap_or_default();
    match versions.into_iter().next() {
        Some(newest) => ContactError::Moved(Box::new(Moved { seen, newest })),
        None => ContactError::UnknownVersion,
    }
}

fn row_of(
    context: &Context,
    account: &ProvedAccount,
    (municipality, language): (&str, Language),
    version: i64,
    block: &ContactBlock,
) -> ContactRow {
    let ContactBlock { library, street, postal_code, city, phone, email, opening_hours, web } = block.clone();
    ContactRow {
        municipality: municipality.to_owned(),
        language: language.as_str().to_owned(),
        version,
        library,
        street,
        postal_code,
        city,
        phone,
        email,
        opening_hours,
        web,
        changed_by: account.id,
        changed_by_name: account.name.clone(),
        changed_at: context.clock.now(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> ContactBlock {
        ContactBlock {
            library: "Raseborgs stadsbibliotek".to_owned(),
            street: "Raseborgsvägen 8".to_owned(),
            postal_code: "10600".to_owned(),
            city: "EKENÄS".to_owned(),
            phone: "+358 19 000 1000".to_owned(),
            email: "bibliotek@example.org".to_owned(),
            opening_hours: "må–fre 10–19\nlö 10–15".to_owned(),
            web: "https://bibliotek.example.org/oppet".to_owned(),
        }
    }

    #[test]
    fn a_block_with_everything_in_it_has_no_fault_and_lacks_nothing() {
        assert_eq!(whole().faults(), []);
        assert_eq!(whole().lacks(), []);
        assert_eq!(ContactBlock::default().faults(), [], "nothing is no fault: there is no block then");
        assert!(ContactBlock::default().is_empty());
    }

    type Change = fn(&mut ContactBlock);

    #[test]
    fn each_fault_is_with_its_field() {
        let with = |change: Change| {
            let mut block = whole();
            change(&mut block);
            block.trimmed().faults()
        };
        let cases: [(Change, Field, Fault); 19] = [
            (|b| b.library = "  ".to_owned(), Field::Library, Fault::Missing),
            (|b| b.street = String::new(), Field::Street, Fault::Missing),
            (|b| b.city = String::new(), Field::City, Fault::Missing),
            (|b| b.postal_code = String::new(), Field::PostalCode, Fault::Missing),
            (|b| b.postal_code = "1060".to_owned(), Field::PostalCode, Fault::PostalCode),
            (|b| b.postal_code = "FI-10600".to_owned(), Field::PostalCode, Fault::PostalCode),
            (|b| b.postal_code = "١٠٦٠٠".to_owned(), Field::PostalCode, Fault::PostalCode),
            (|b| b.library = "x".repeat(81), Field::Library, Fault::TooLong),
            (|b| b.opening_hours = "ti 10\n".repeat(11), Field::OpeningHours, Fault::TooLong),
            (|b| b.street = "a\u{202e}b".to_owned(), Field::Street, Fault::Unprintable),
            (|b| b.library = "a\tb".to_owned(), Field::Library, Fault::Unprintable),
            (|b| b.opening_hours = "ma\u{0}".to_owned(), Field::OpeningHours, Fault::Unprintable),
            (|b| b.phone = "soita meille".to_owned(), Field::Phone, Fault::Phone),
            (|b| b.phone = "12".to_owned(), Field::Phone, Fault::Phone),
            (|b| b.email = "bibliotek.example.org".to_owned(), Field::Email, Fault::Email),
            (|b| b.email = "a b@example.org".to_owned(), Field::Email, Fault::Email),
            (|b| b.email = "a@localhost".to_owned(), Field::Email, Fault::Email),
            (|b| b.web = "javascript:alert(1)".to_owned(), Field::Web, Fault::Web),
            (|b| b.web = "https://example.org/\"onclick=".to_owned(), Field::Web, Fault::Web),
        ];
        for (change, field, fault) in cases {
            assert_eq!(with(change), [(field, fault)]);
        }
    }

    #[test]
    fn blanks_around_lines_are_no_part_of_a_block() {
        let mut block = whole();
        block.opening_hours = " må–fre 10–19 \r\n\tlö 10–15\r\n\r\n".to_owned();
        block.city = " EKENÄS ".to_owned();
        assert_eq!(block.trimmed(), whole());
    }

    #[test]
    fn a_web_address_without_its_beginning_is_linked_securely() {
        assert_eq!(link_of("bibliotek.example.org"), "https://bibliotek.example.org");
        assert_eq!(link_of("http://example.org/a"), "http://example.org/a");
    }
}
