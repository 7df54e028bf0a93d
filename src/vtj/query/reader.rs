//! Reading an answer: a pull over the bytes, which keeps what stands at a known path and passes over the rest.
//!
//! Pure, and safe against whatever arrives: no document type, no entity of its own, and limits on size, depth,
//! attributes and number of parts. Nothing is allocated for what is passed over.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::draft::Draft;
use super::encoding;
use super::message::Envelope;
use super::place::{self, Place};
use super::scope::Scope;
use super::settings::MOST_BYTES;

/// How large an answer may be in each respect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes. See [`MOST_BYTES`].
    pub bytes: usize,
    /// Elements inside each other. A real answer has eleven at most.
    pub depth: usize,
    /// Attributes of one element, declarations of namespaces among them; never more than 32. A real answer
    /// has six.
    pub attributes: usize,
    /// Elements, texts and comments in all. A real answer has some hundreds, one with many children some
    /// thousands.
    pub parts: usize,
    /// Bytes of one text. VTJ's own limit is 480 characters.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: MOST_BYTES, depth: 32, attributes: MOST_ATTRIBUTES, parts: 50_000, text: 4096 }
    }
}

/// Attributes of one element, whatever the limit.
const MOST_ATTRIBUTES: usize = 32;

/// Why bytes are not an answer. Holds nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// There is nothing.
    Empty,
    /// A web page, plain text: not XML at all.
    NotXml,
    /// XML that cannot be used.
    Broken(&'static str),
}

/// Reads a SOAP envelope. `charset` is the one of the content type.
pub(super) fn read(bytes: &[u8], charset: Option<&str>, limits: &Limits) -> Result<Envelope, Unread> {
    if bytes.len() > limits.bytes {
        return Err(Unread::Broken("it is too large"));
    }
    let text = encoding::text(bytes, charset);
    look_at_the_start(bytes)?;
    let text = text.map_err(Unread::Broken)?;
    let mut xml = Reader::from_str(&text);
    let mut reading = Reading::new(limits);
    loop {
        let Ok(event) = xml.read_event() else { return Err(Unread::Broken(NOT_WELL_FORMED)) };
        match event {
            Event::Start(element) => reading.open(&element)?,
            Event::Empty(element) => reading.empty(&element)?,
            Event::End(_) => reading.close()?,
            Event::Text(text) => reading.text(text.into_inner())?,
            Event::CData(text) => reading.text(text.into_inner())?,
            Event::GeneralRef(reference) => reading.reference(&reference)?,
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => reading.count()?,
            Event::DocType(_) => return Err(Unread::Broken("it declares a document type")),
            Event::Eof => return reading.finish(),
        }
    }
}

const NOT_WELL_FORMED: &str = "it is not well-formed XML, or was cut off";

/// Tells a web page and plain text from XML before any of it is parsed.
fn look_at_the_start(bytes: &[u8]) -> Result<(), Unread> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let starts = |word: &[u8]| bytes.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    match bytes.first() {
        None => Err(Unread::Empty),
        Some(b'<') if !starts(b"<html") && !starts(b"<!doctype html") => Ok(()),
        Some(_) => Err(Unread::NotXml),
    }
}

/// The state of a reading.
struct Reading<'t> {
    limits: &'t Limits,
    scope: Scope,
    /// Recognised elements that are open.
    places: Vec<Place>,
    /// Open elements below the last recognised one.
    passed_over: usize,
    depth: usize,
    parts: usize,
    root_closed: bool,
    draft: Draft<'t>,
}

impl<'t> Reading<'t> {
    fn new(limits: &'t Limits) -> Self {
        Self {
            limits,
            scope: Scope::default(),
            places: Vec::with_capacity(16),
            passed_over: 0,
            depth: 0,
            parts: 0,
            root_closed: false,
            draft: Draft::default(),
        }
    }

    fn count(&mut self) -> Result<(), Unread> {
        self.parts += 1;
        if self.parts > self.limits.parts { Err(Unread::Broken("it has too many parts")) } else { Ok(()) }
    }

    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), Unread> {
        let attributes = self.admit(element)?;
        let place = if self.passed_over > 0 { None } else { self.place_of(element, &attributes, |_| true) };
        self.depth += 1;
        let Some(place) = place else {
            self.passed_over += 1;
            return Ok(());
        };
        self.places.push(place);
        self.draft.begin(place, &attributes).map_err(Unread::Broken)
    }

    /// An element without content, as most are: few of them mean anything.
    fn empty(&mut self, element: &BytesStart<'_>) -> Result<(), Unread> {
        let attributes = self.admit(element)?;
        self.root_closed = self.depth == 0;
        if self.passed_over > 0 {
            return Ok(());
        }
        let place = self.place_of(element, &attributes, Place::means_something_when_empty);
        self.scope.leave(self.depth);
        match place {
            Some(place) => {
                self.draft.begin(place, &attributes).map_err(Unread::Broken)?;
                self.draft.end(place).map_err(Unread::Broken)
            }
            None => Ok(()),
        }
    }

    /// Checks that there may be one more element here, and returns its attributes.
    fn admit<'e>(&mut self, element: &'e BytesStart<'_>) -> Result<Vec<Attribute<'e>>, Unread> {
        self.count()?;
        if self.depth >= self.limits.depth {
            return Err(Unread::Broken("its elements are too deep inside each other"));
        }
        if self.root_closed {
            return Err(Unread::Broken(NOT_WELL_FORMED));
        }
        if element.attributes_raw().is_empty() { Ok(Vec::new()) } else { self.attributes_of(element) }
    }

    /// The place of an element, if it is read and `wanted`. What it declares is in scope from then on; of an
    /// element that is passed over, nothing is.
    fn place_of(
        &mut self,
        element: &BytesStart<'_>,
        attributes: &[Attribute<'_>],
        wanted: impl FnOnce(Place) -> bool,
    ) -> Option<Place> {
        let parent = self.places.last().copied().unwrap_or(Place::Document);
        let name = element.name().into_inner();
        let (prefix, local) = match name.bytes().position(|byte| byte == b':') {
            Some(at) => (Some(&name[..at]), &name[at + 1..]),
            None => (None, name),
        };
        let (place, space) = place::inside(parent, local)?;
        if !wanted(place) {
            return None;
        }
        if !attributes.is_empty() {
            self.scope.enter(attributes, self.depth);
        }
        if !space.admits(self.scope.of(prefix)) {
            self.scope.leave(self.depth);
            return None;
        }
        Some(place)
    }

    /// Every attribute is looked at, also of an element that is passed over: two of one name are no XML.
    fn attributes_of<'e>(&self, element: &'e BytesStart<'_>) -> Result<Vec<Attribute<'e>>, Unread> {
        let mut seen: Vec<Attribute<'e>> = Vec::with_capacity(8);
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Unread::Broken(NOT_WELL_FORMED))?;
            if seen.len() >= self.limits.attributes.min(MOST_ATTRIBUTES) {
                return Err(Unread::Broken("an element has too many attributes"));
            }
            if seen.iter().any(|one| one.key == attribute.key) {
                return Err(Unread::Broken(NOT_WELL_FORMED));
            }
            seen.push(attribute);
        }
        Ok(seen)
    }

    fn close(&mut self) -> Result<(), Unread> {
        self.depth = self.depth.saturating_sub(1);
        self.scope.leave(self.depth);
        self.root_closed = self.depth == 0;
        if self.passed_over > 0 {
            self.passed_over -= 1;
            return Ok(());
        }
        match self.places.pop() {
            Some(place) => self.draft.end(place).map_err(Unread::Broken),
            None => Err(Unread::Broken(NOT_WELL_FORMED)),
        }
    }

    fn text(&mut self, text: Cow<'t, str>) -> Result<(), Unread> {
        self.count()?;
        if self.depth == 0 && !text.trim().is_empty() {
            return Err(Unread::Broken(NOT_WELL_FORMED));
        }
        if !self.reads_text() {
            return Ok(());
        }
        if self.draft.text.len() + text.len() > self.limits.text {
            return Err(Unread::Broken("one of its texts is too long"));
        }
        if self.draft.text.is_empty() {
            self.draft.text = text;
        } else {
            self.draft.text.to_mut().push_str(&text);
        }
        Ok(())
    }

    fn reads_text(&self) -> bool {
        self.passed_over == 0 && matches!(self.places.last(), Some(Place::Leaf(_) | Place::ContactLanguage))
    }

    /// Only XML's own entities and characters by number are known, wherever they stand.
    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), Unread> {
        let by_number = reference.resolve_char_ref().map_err(|_| Unread::Broken(NOT_WELL_FORMED))?;
        let character = match (by_number, &**reference) {
            (Some(character), _) => character,
            (None, "amp") => '&',
            (None, "lt") => '<',
            (None, "gt") => '>',
            (None, "apos") => '\'',
            (None, "quot") => '"',
            (None, _) => return Err(Unread::Broken("it uses an entity that XML does not know")),
        };
        if self.depth == 0 {
            return Err(Unread::Broken(NOT_WELL_FORMED));
        }
        self.text(Cow::Owned(character.into()))
    }

    fn finish(self) -> Result<Envelope, Unread> {
        if self.root_closed { Ok(self.draft.finish()) } else { Err(Unread::Broken(NOT_WELL_FORMED)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message with something before its return code.
    fn return_code(before: &str) -> Option<String> {
        let text = format!(
            r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
               <q:HenkilonTunnusKyselyResponse xmlns:q="http://xml.vrk.fi/ws/vtj/vtjkysely/1"><q:response>
               <m:VTJHenkiloVastaussanoma xmlns:m="http://xml.vrk.fi/schema/vtjkysely">{before}</m:VTJHenkiloVastaussanoma>
               </q:response></q:HenkilonTunnusKyselyResponse></e:Body></e:Envelope>"#
        );
        let envelope = read(text.as_bytes(), None, &Limits::default()).ok()?;
        envelope.message?.return_code
    }

    #[test]
    fn a_prefix_means_what_the_nearest_declaration_around_it_says() {
        for (before, read) in [
            (r#"<m:Paluukoodi koodi="0000"/>"#, true),
            (r#"<m:Muu xmlns:m="urn:other"><m:Muu/></m:Muu><m:Paluukoodi koodi="0000"/>"#, true),
            (r#"<m:Muu xmlns:m="urn:other"/><m:Paluukoodi koodi="0000"/>"#, true),
            (r#"<Paluukoodi xmlns="http://xml.vrk.fi/schema/vtjkysely" koodi="0000"/>"#, true),
            (r#"<m:Paluukoodi xmlns:m="urn:other" koodi="0000"/>"#, false),
            (r#"<m:Muu xmlns:m="urn:other"><m:Paluukoodi koodi="0000"/></m:Muu>"#, false),
            (r#"<Paluukoodi koodi="0000"/>"#, false),
        ] {
            assert_eq!(return_code(before).is_some(), read, "{before}");
        }
    }
}
