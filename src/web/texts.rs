//! The words of the pages, from the files under `texts/`.
//!
//! Every identifier is in all three languages with the same variables, which a test holds. A text is never made of
//! parts that are put together in code: languages order their words differently.

#![expect(
    clippy::disallowed_types,
    reason = "the loader of the texts takes and makes hash maps; nothing goes through one"
)]

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use chrono_tz::Europe::Helsinki;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _, langid, static_loader};

use super::Language;

static_loader! {
    static TEXTS = {
        locales: "./src/web/texts",
        fallback_language: "en",
        // The marks would come out in attributes and titles.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static FI: LanguageIdentifier = langid!("fi");
static SV: LanguageIdentifier = langid!("sv");
static EN: LanguageIdentifier = langid!("en");

/// A value put into a text.
pub trait Argument {
    /// The value as the texts take it.
    fn value(&self) -> FluentValue<'static>;
}

impl Argument for str {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_owned())
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'static> {
        self.as_str().value()
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Argument for $number {
            fn value(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )*};
}
numbers!(i64, u64, usize, u32, i32);

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'static> {
        (**self).value()
    }
}

impl Language {
    fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Self::Fi => &FI,
            Self::Sv => &SV,
            Self::En => &EN,
        }
    }

    /// A text without variables.
    pub fn t(self, id: &str) -> String {
        TEXTS.lookup(self.identifier(), id)
    }

    /// A text without variables whose identifier is made of a word of the database; none where the word has no text.
    pub fn known(self, id: &str) -> Option<String> {
        TEXTS.try_lookup(self.identifier(), id)
    }

    /// A text with one variable.
    pub fn t1(self, id: &str, name: &'static str, value: impl Argument) -> String {
        self.with(id, &[(name, value.value())])
    }

    /// A text with two variables.
    pub fn t2(
        self,
        id: &str,
        name: &'static str,
        value: impl Argument,
        other: &'static str,
        second: impl Argument,
    ) -> String {
        self.with(id, &[(name, value.value()), (other, second.value())])
    }

    /// A text with any number of variables.
    pub fn with(self, id: &str, values: &[(&'static str, FluentValue<'static>)]) -> String {
        let values: HashMap<Cow<'static, str>, FluentValue<'static>> =
            values.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        TEXTS.lookup_with_args(self.identifier(), id, &values)
    }

    /// A date as it is written in Finland: `21.11.2026`.
    pub fn date(self, date: NaiveDate) -> String {
        let _ = self;
        format!("{}.{}.{}", date.day(), date.month(), date.year())
    }

    /// A date of ISO 8601 as precise as it is known: `14.3.2026`, `3/2026`, `2026`.
    pub fn partial_date(self, date: &str) -> String {
        match (date.parse::<NaiveDate>(), date.split_once('-')) {
            (Ok(day), _) => self.date(day),
            (Err(_), Some((year, month))) => format!("{}/{year}", month.trim_start_matches('0')),
            (Err(_), None) => date.to_owned(),
        }
    }

    /// An instant in Helsinki: `21.11.2026 klo 6.05`, `21.11.2026 kl. 6.05`, `21.11.2026 at 06:05`.
    pub fn time(self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&Helsinki);
        let date = self.date(local.date_naive());
        let (hour, minute) = (local.hour(), local.minute());
        match self {
            Self::Fi => format!("{date} klo {hour}.{minute:02}"),
            Self::Sv => format!("{date} kl. {hour}.{minute:02}"),
            Self::En => format!("{date} at {hour:02}:{minute:02}"),
        }
    }

    /// A decimal number with a comma, in English with a point.
    pub fn decimal(self, number: impl Display) -> String {
        let text = number.to_string();
        if self == Self::En { text } else { text.replace('.', ",") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_as_precise_as_it_is_known() {
        for (stored, shown) in [("2026-03-04", "4.3.2026"), ("2026-03", "3/2026"), ("2026", "2026")] {
            assert_eq!(Language::Fi.partial_date(stored), shown);
        }
    }

    #[test]
    fn times_are_those_of_helsinki() {
        let at: DateTime<Utc> = "2026-11-21T04:05:00Z".parse().unwrap();
        assert_eq!(Language::Fi.time(at), "21.11.2026 klo 6.05");
        assert_eq!(Language::Sv.time(at), "21.11.2026 kl. 6.05");
        assert_eq!(Language::En.time(at), "21.11.2026 at 06:05");
        assert_eq!(Language::Sv.decimal("0.15"), "0,15");
    }
}
