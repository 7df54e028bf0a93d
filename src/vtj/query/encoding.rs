//! The text of a body, by the encoding that it or its content type declares.
//!
//! Read are UTF-8 and ISO-8859-1, the latter as windows-1252, which is how the world uses the label. Of the
//! content type and the XML declaration, one may be wrong: a body that is sound UTF-8 is read as UTF-8 where
//! either says so or neither says anything, and as ISO-8859-1 where that is said and nothing else fits.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The pseudo-attribute of an XML declaration.
const ENCODING: &[u8] = b"encoding";

/// How far an XML declaration is looked for.
const LONGEST_DECLARATION: usize = 200;

/// The text of a body. `charset` is the one of the content type.
///
/// # Errors
/// Why the bytes are no text.
pub(super) fn text<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>, &'static str> {
    let (bytes, marked) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let mut said: Vec<&'static Encoding> = Vec::new();
    for label in [charset, declared(bytes)].into_iter().flatten() {
        let encoding =
            Encoding::for_label(label.as_bytes()).filter(|one| [UTF_8, WINDOWS_1252].contains(one));
        said.push(encoding.ok_or("its encoding is neither UTF-8 nor ISO-8859-1")?);
    }
    if marked || said.is_empty() || said.contains(&UTF_8) {
        match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(Cow::Borrowed(text)),
            Err(_) if marked || !said.contains(&WINDOWS_1252) => return Err("it is not valid UTF-8"),
            Err(_) => {}
        }
    }
    Ok(WINDOWS_1252.decode_without_bom_handling(bytes).0)
}

/// The encoding that the XML declaration names. The encodings read here all write it in ASCII.
fn declared(bytes: &[u8]) -> Option<&str> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let end = declaration.iter().take(LONGEST_DECLARATION).position(|&byte| byte == b'>')?;
    let name = declaration[..end].windows(ENCODING.len()).position(|word| word == ENCODING)?;
    let value = std::str::from_utf8(&declaration[name + ENCODING.len()..end]).ok()?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
    value[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATIN: &[u8] = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE4\xF6</a>";

    fn read<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>, &'static str> {
        text(bytes, charset)
    }

    #[test]
    fn the_declared_encoding_is_honoured_wherever_it_is_declared() {
        assert!(read(LATIN, None).unwrap().ends_with("<a>äö</a>"));
        assert!(read(LATIN, Some("ISO-8859-1")).unwrap().ends_with("<a>äö</a>"));
        assert_eq!(read(b"<a>\xE4</a>", Some("iso-8859-1")).unwrap(), "<a>ä</a>");
        assert_eq!(read("<a>ä</a>".as_bytes(), None).unwrap(), "<a>ä</a>");
        assert_eq!(read("\u{feff}<a>ä</a>".as_bytes(), Some("utf-8")).unwrap(), "<a>ä</a>");
    }

    #[test]
    fn where_two_declarations_contradict_each_other_the_bytes_decide() {
        assert!(read(LATIN, Some("utf-8")).unwrap().ends_with("<a>äö</a>"));
        let modern = "<?xml version=\"1.0\" encoding = \"utf-8\"?><a>ä</a>";
        assert!(read(modern.as_bytes(), Some("ISO-8859-1")).unwrap().ends_with("<a>ä</a>"));
    }

    #[test]
    fn other_encodings_and_broken_utf_8_are_refused() {
        for (bytes, charset) in [
            (&b"<a>\xE4</a>"[..], None),
            (b"<a>\xE4</a>", Some("utf-8")),
            (b"\xEF\xBB\xBF<a>\xE4</a>", Some("iso-8859-1")),
            (b"<a/>", Some("utf-16")),
            (b"<?xml version='1.0' encoding='klingon'?><a/>", None),
        ] {
            assert!(read(bytes, charset).is_err());
        }
    }
}
