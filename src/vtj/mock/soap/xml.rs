//! A small XML tree: read from a request, built for an answer, written in one of several styles.

use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

/// The SOAP 1.1 envelope.
pub const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The headers of the national data exchange layer.
pub const XROAD: &str = "http://x-road.eu/xsd/xroad.xsd";
/// The identifiers inside those headers.
pub const IDENTIFIERS: &str = "http://x-road.eu/xsd/identifiers";
/// The operation over X-Road.
pub const QUERY: &str = "http://xml.vrk.fi/ws/vtj/vtjkysely/1";
/// The operation of the direct service.
pub const DIRECT: &str = "http://tempuri.org/";
/// The message about a person.
pub const MESSAGE: &str = "http://xml.vrk.fi/schema/vtjkysely";
/// Instance attributes of XML Schema.
pub const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// How deep a request may be nested.
const DEEPEST: usize = 30;

/// The prefixes of the namespaces that are written with one; every other is the default where it is used.
const PREFIXES: [(&str, &str); 4] = [(ENVELOPE, "s"), (XROAD, "h"), (IDENTIFIERS, "a"), (INSTANCE, "xsi")];

/// An element. A text stands before the children; mixed content is not kept apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// The namespace; empty for none.
    pub namespace: String,
    /// The local name.
    pub name: String,
    /// Namespace (empty for none), local name, value.
    pub attributes: Vec<(&'static str, String, String)>,
    /// The text.
    pub text: String,
    /// The elements inside.
    pub children: Vec<Self>,
}

impl Element {
    /// An empty element.
    pub fn new(namespace: &str, name: &str) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned(), ..Self::default() }
    }

    /// With a text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// With an attribute in no namespace.
    pub fn attribute(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push(("", name.to_owned(), value.into()));
        self
    }

    /// With children after those that are there.
    pub fn with(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Whether it is this one.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// The first child of that name in this element's own namespace.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(&self.namespace, name))
    }

    /// The text without the space around it.
    pub fn trimmed(&self) -> &str {
        self.text.trim()
    }

    /// Calls `change` on this element and every one inside.
    pub fn each(&mut self, change: &mut impl FnMut(&mut Self)) {
        change(self);
        for child in &mut self.children {
            child.each(change);
        }
    }
}

/// Why a request is not XML as it must be. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Not well-formed, or not UTF-8.
    IllFormed,
    /// A DOCTYPE, which SOAP forbids, or a processing instruction.
    Forbidden,
    /// Nested too deep.
    TooDeep,
}

/// Reads a whole document.
pub fn read(body: &[u8]) -> Result<Element, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::IllFormed)?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().map_err(|_| Unreadable::IllFormed)? {
            Event::Start(start) => {
                if root.is_some() {
                    return Err(Unreadable::IllFormed);
                }
                if open.len() >= DEEPEST {
                    return Err(Unreadable::TooDeep);
                }
                open.push(begun(&reader, &start)?);
            }
            Event::End(_) => {
                let element = open.pop().ok_or(Unreadable::IllFormed)?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => root = Some(element),
                }
            }
            Event::Text(text) => append(&mut open, &text.xml10_content())?,
            Event::CData(text) => append(&mut open, &text.xml10_content())?,
            Event::GeneralRef(reference) => append(&mut open, &referred(&reference)?)?,
            Event::DocType(_) | Event::PI(_) => return Err(Unreadable::Forbidden),
            Event::Comment(_) | Event::Decl(_) | Event::Empty(_) => {}
            Event::Eof => break,
        }
    }
    if open.is_empty() { root.ok_or(Unreadable::IllFormed) } else { Err(Unreadable::IllFormed) }
}

fn append(open: &mut [Element], text: &str) -> Result<(), Unreadable> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(Unreadable::IllFormed),
    }
    Ok(())
}

fn referred(reference: &quick_xml::events::BytesRef<'_>) -> Result<String, Unreadable> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| Unreadable::IllFormed)? {
        return Ok(character.to_string());
    }
    let name = reference.xml10_content();
    quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned).ok_or(Unreadable::IllFormed)
}

fn begun(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<Element, Unreadable> {
    let resolver = reader.resolver();
    let (namespace, name) = resolver.resolve_element(start.name());
    let mut element = Element::new(&bound(&namespace)?, name.as_ref());
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Unreadable::IllFormed)?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let (namespace, name) = resolver.resolve_attribute(attribute.key);
        let namespace = bound(&namespace)?;
        let known = PREFIXES.iter().map(|(known, _)| *known).find(|known| *known == namespace);
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|_| Unreadable::IllFormed)?;
        let name = name.as_ref().to_owned();
        element.attributes.push((known.unwrap_or_default(), name, value.into_owned()));
    }
    Ok(element)
}

fn bound(namespace: &ResolveResult<'_>) -> Result<String, Unreadable> {
    match namespace {
        ResolveResult::Bound(Namespace(name)) => Ok((*name).to_owned()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(_) => Err(Unreadable::IllFormed),
    }
}

/// How a document is written. All say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// As VTJ does.
    #[default]
    Usual,
    /// Every namespace has an unusual prefix, declared at the root.
    OtherPrefixes,
    /// In ISO-8859-1, and declared so; what that does not have is written as a reference.
    Latin,
    /// An indented line for each element.
    Pretty,
    /// Every text in two pieces with a comment between them, the second one as CDATA.
    BrokenText,
}

/// Writes a document.
pub fn write(root: &Element, style: Style) -> Vec<u8> {
    let mut document = match style {
        Style::Pretty => Writer::new_with_indent(Vec::new(), b' ', 2),
        _ => Writer::new(Vec::new()),
    };
    let encoding = if style == Style::Latin { "ISO-8859-1" } else { "UTF-8" };
    put(&mut document, Event::Decl(BytesDecl::new("1.0", Some(encoding), None)));
    let mut namespaces = Vec::new();
    if style == Style::OtherPrefixes {
        collect(root, &mut namespaces);
    }
    let scope = Scope { style, others: &namespaces, default: "", declared: Vec::new() };
    write_element(&mut document, root, &scope, true);
    let bytes = document.into_inner();
    if style == Style::Latin { latin(&bytes) } else { bytes }
}

fn put(document: &mut Writer<Vec<u8>>, event: Event<'_>) {
    document.write_event(event).expect("writing into memory does not fail");
}

/// The namespaces in use, in the order of their appearance.
fn collect<'e>(element: &'e Element, namespaces: &mut Vec<&'e str>) {
    let of_attributes = element.attributes.iter().map(|(namespace, _, _)| *namespace);
    for namespace in std::iter::once(element.namespace.as_str()).chain(of_attributes) {
        if !namespace.is_empty() && !namespaces.contains(&namespace) {
            namespaces.push(namespace);
        }
    }
    for child in &element.children {
        collect(child, namespaces);
    }
}

/// What is declared where an element stands.
struct Scope<'a> {
    style: Style,
    /// With unusual prefixes: all namespaces, `ns2` and so on.
    others: &'a [&'a str],
    default: &'a str,
    declared: Vec<&'a str>,
}

/// The usual prefix of a namespace, if it is one of those written with a prefix.
fn usual_prefix(namespace: &str) -> Option<&'static str> {
    PREFIXES.iter().find(|(known, _)| *known == namespace).map(|(_, prefix)| *prefix)
}

fn write_element<'a>(document: &mut Writer<Vec<u8>>, element: &'a Element, scope: &Scope<'a>, root: bool) {
    let mut inside = Scope {
        style: scope.style,
        others: scope.others,
        default: scope.default,
        declared: scope.declared.clone(),
    };
    let mut declarations: Vec<(String, &str)> = Vec::new();
    if root {
        let numbered = scope.others.iter().enumerate();
        declarations.extend(numbered.map(|(at, namespace)| (format!("xmlns:ns{}", at + 2), *namespace)));
    }
    let mut qualified = |namespace: &'a str, name: &str, of_element: bool| -> String {
        if let Some(at) = inside.others.iter().position(|other| *other == namespace) {
            return format!("ns{}:{name}", at + 2);
        }
        if let Some(prefix) = usual_prefix(namespace) {
            if !inside.declared.contains(&namespace) {
                inside.declared.push(namespace);
                declarations.push((format!("xmlns:{prefix}"), namespace));
            }
            return format!("{prefix}:{name}");
        }
        if of_element && inside.default != namespace {
            inside.default = namespace;
            declarations.push(("xmlns".to_owned(), namespace));
        }
        name.to_owned()
    };
    let name = qualified(&element.namespace, &element.name, true);
    let attributes: Vec<(String, &str)> = element
        .attributes
        .iter()
        .map(|(namespace, name, value)| (qualified(namespace, name, false), value.as_str()))
        .collect();
    let mut start = BytesStart::new(name.as_str());
    for (name, value) in declarations.iter().chain(&attributes) {
        start.push_attribute((name.as_str(), *value));
    }
    if element.text.is_empty() && element.children.is_empty() {
        put(document, Event::Empty(start));
        return;
    }
    put(document, Event::Start(start));
    write_text(document, &element.text, scope.style);
    for child in &element.children {
        write_element(document, child, &inside, false);
    }
    put(document, Event::End(BytesEnd::new(name.as_str())));
}

fn write_text(document: &mut Writer<Vec<u8>>, text: &str, style: Style) {
    let half = if style == Style::BrokenText { text.char_indices().nth(1).map(|(at, _)| at) } else { None };
    let (first, second) = text.split_at(half.unwrap_or(text.len()));
    if !first.is_empty() {
        put(document, Event::Text(BytesText::new(first)));
    }
    if !second.is_empty() {
        put(document, Event::Comment(BytesText::from_escaped(" in two ")));
        put(document, Event::CData(BytesCData::new(second)));
    }
}

/// The same text in ISO-8859-1.
fn latin(utf8: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(utf8.len());
    for character in String::from_utf8_lossy(utf8).chars() {
        match u8::try_from(u32::from(character)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend_from_slice(format!("&#{};", u32::from(character)).as_bytes()),
        }
    }
    bytes
}
