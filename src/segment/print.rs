//! The canonical text of a segment.

use std::fmt::{self, Display, Formatter};

use super::{Comparison, Condition, Node, Segment};

impl Display for Segment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        node(f, self.root())
    }
}

/// How tightly a node holds together; a looser part of a tighter one is put in parentheses.
fn tightness(node: &Node) -> u8 {
    match node {
        Node::Any(_) => 0,
        Node::All(_) => 1,
        Node::Not(_) | Node::Is(_) => 2,
    }
}

fn node(f: &mut Formatter<'_>, this: &Node) -> fmt::Result {
    match this {
        Node::All(parts) => list(f, this, parts, " and "),
        Node::Any(parts) => list(f, this, parts, " or "),
        Node::Not(inner) => {
            f.write_str("not ")?;
            part(f, this, inner)
        }
        Node::Is(condition) => write!(f, "{condition}"),
    }
}

fn list(f: &mut Formatter<'_>, this: &Node, parts: &[Node], between: &str) -> fmt::Result {
    for (at, one) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        part(f, this, one)?;
    }
    Ok(())
}

fn part(f: &mut Formatter<'_>, of: &Node, this: &Node) -> fmt::Result {
    if tightness(this) < tightness(of) {
        f.write_str("(")?;
        node(f, this)?;
        f.write_str(")")
    } else {
        node(f, this)
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let word = self.word();
        match self {
            Self::Everyone | Self::NeverVerified | Self::WrongContactDetails | Self::HomeService => {
                f.write_str(word)
            }
            Self::Municipality(codes) => values(f, word, codes.iter().map(|code| code.as_str().to_owned())),
            Self::HomeLibrary(names) | Self::PatronGroup(names) => {
                values(f, word, names.iter().map(|name| quoted(name)))
            }
            Self::Language(languages) => values(
                f,
                word,
                languages.iter().map(|language| {
                    language.map_or("none", crate::municipality::Language::as_str).to_owned()
                }),
            ),
            Self::Age(comparison, years) => write!(f, "{word} {} {years}", comparison.as_str()),
            Self::NotVerifiedFor { months } => write!(f, "{word} {months} {}", unit(*months, "month")),
            Self::OpenDebts { over_cents: 0 } => f.write_str(word),
            Self::OpenDebts { over_cents } => {
                write!(f, "{word} over {}.{:02}", over_cents / 100, over_cents % 100)
            }
            Self::CollectionWithin { days } | Self::Turning15Within { days } => {
                write!(f, "{word} {days} {}", unit(*days, "day"))
            }
        }
    }
}

impl Comparison {
    /// Every comparison.
    pub const ALL: [Self; 5] = [Self::Under, Self::AtMost, Self::Exactly, Self::AtLeast, Self::Over];

    /// The sign.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Under => "<",
            Self::AtMost => "<=",
            Self::Exactly => "=",
            Self::AtLeast => ">=",
            Self::Over => ">",
        }
    }
}

fn unit(count: u32, one: &str) -> String {
    if count == 1 { one.to_owned() } else { format!("{one}s") }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn values(f: &mut Formatter<'_>, word: &str, values: impl Iterator<Item = String>) -> fmt::Result {
    let values: Vec<String> = values.collect();
    match &values[..] {
        [only] => write!(f, "{word} = {only}"),
        several => write!(f, "{word} in ({})", several.join(", ")),
    }
}
