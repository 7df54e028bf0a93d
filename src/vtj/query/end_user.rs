//! Who asks, as VTJ logs it: the end user of a query and the subsystem of X-Road.

/// An end user (`Loppukayttaja`): a stable, opaque name of a natural person, which only our own log resolves.
/// VTJ keeps it for five years.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EndUser(String);

/// A text that cannot be an end user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an end user has 1 to {MOST_CHARACTERS} characters of A-Z a-z 0-9 _ . : | and -")]
pub struct NotAnEndUser;

/// The longest end user that VTJ takes.
const MOST_CHARACTERS: usize = 50;

impl EndUser {
    /// Reads an end user of the characters that VTJ and X-Road both take.
    ///
    /// # Errors
    /// [`NotAnEndUser`] when a character is another one, or there are none or too many.
    pub fn new(text: &str) -> Result<Self, NotAnEndUser> {
        let fits = (1..=MOST_CHARACTERS).contains(&text.len()) && text.bytes().all(is_admitted);
        if fits { Ok(Self(text.to_owned())) } else { Err(NotAnEndUser) }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// VTJ refuses `;` and `=`; ASCII alone is safe.
fn is_admitted(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.:|-".contains(&byte)
}

/// The subsystem of X-Road that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XRoadClient {
    /// The X-Road instance: `FI` or `FI-TEST`.
    pub instance: String,
    /// The class of the member: `MUN` for a municipality.
    pub class: String,
    /// The business id of the member.
    pub code: String,
    /// The subsystem.
    pub subsystem: String,
}

/// A text that is not the name of a subsystem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write the subsystem of X-Road as FI/MUN/1234567-1/kirjasto")]
pub struct NotAnXRoadClient;

impl XRoadClient {
    /// Reads `FI/MUN/1234567-1/kirjasto`.
    ///
    /// # Errors
    /// [`NotAnXRoadClient`] when the text has not four parts.
    pub fn parse(text: &str) -> Result<Self, NotAnXRoadClient> {
        let parts: Vec<&str> = text.split('/').collect();
        let [instance, class, code, subsystem] = parts[..] else { return Err(NotAnXRoadClient) };
        if parts.iter().any(|part| part.trim().is_empty()) {
            return Err(NotAnXRoadClient);
        }
        let [instance, class, code, subsystem] = [instance, class, code, subsystem].map(str::to_owned);
        Ok(Self { instance, class, code, subsystem })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_user_has_only_characters_that_vtj_takes() {
        assert_eq!(EndUser::new("aj-0123:a|b.c_D").unwrap().as_str(), "aj-0123:a|b.c_D");
        assert!(EndUser::new(&"a".repeat(50)).is_ok());
        for text in ["", "a b", "a;b", "a=b", "ä", "a/b", &"a".repeat(51)] {
            assert_eq!(EndUser::new(text), Err(NotAnEndUser), "{text}");
        }
    }

    #[test]
    fn a_subsystem_has_four_parts() {
        let client = XRoadClient::parse("FI/MUN/1234567-1/kirjasto").unwrap();
        assert_eq!((client.class.as_str(), client.subsystem.as_str()), ("MUN", "kirjasto"));
        for text in ["", "FI/MUN/1234567-1", "FI/MUN/1234567-1/a/b", "FI/MUN//kirjasto"] {
            assert_eq!(XRoadClient::parse(text), Err(NotAnXRoadClient), "{text}");
        }
    }
}
