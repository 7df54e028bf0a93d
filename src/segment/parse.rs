//! Reading the text of a segment: every error says where, what, and what to write.

use std::collections::BTreeSet;

use super::{Comparison, Condition, LONGEST_TEXT, MOST_LEVELS, Node, Segment, SegmentError, WORDS, bounds};
use crate::municipality::{Language, MunicipalityCode};

/// How alike a mistyped word must be to a known one to be offered.
const ALIKE: f64 = 0.75;

impl Segment {
    /// Reads the text of a segment.
    ///
    /// # Errors
    /// Says at which character, what stands there and what to write.
    pub fn parse(text: &str) -> Result<Self, SegmentError> {
        let length = text.chars().count();
        if length > LONGEST_TEXT {
            return Err(bounds(
                format!("the text has {length} characters"),
                format!("write at most {LONGEST_TEXT}, or make two schedules"),
            ));
        }
        let mut reader = Reader { tokens: tokens(text)?, at: 0, end: length + 1, levels: 0 };
        if reader.tokens.is_empty() {
            return Err(reader.wanted("nothing is selected", &an_example()));
        }
        let root = reader.any()?;
        if let Some(token) = reader.peek() {
            let instead = match token {
                Token::Close => "take it away, or write ( before".to_owned(),
                _ => "join conditions with and, or".to_owned(),
            };
            return Err(reader.wanted(&format!("{} does not belong here", shown(token)), &instead));
        }
        Self::new(root)
    }
}

fn an_example() -> String {
    "write a condition such as municipality = 710, or everyone".to_owned()
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(&'static str),
    Open,
    Close,
    Comma,
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(word) => format!("{word:?}"),
        Token::Quoted(text) => format!("the text {text:?}"),
        Token::Sign(sign) => format!("{sign:?}"),
        Token::Open => "\"(\"".to_owned(),
        Token::Close => "\")\"".to_owned(),
        Token::Comma => "\",\"".to_owned(),
    }
}

fn wrong(position: usize, what: &str, instead: &str) -> SegmentError {
    SegmentError::Text { position, what: what.to_owned(), instead: instead.to_owned() }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// The tokens of a text with their positions, in characters from 1.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>, SegmentError> {
    let mut characters = text.chars().zip(1..).peekable();
    let mut found = Vec::new();
    while let Some((c, position)) = characters.next() {
        let equals_follows = characters.peek().is_some_and(|(next, _)| *next == '=');
        let token = match c {
            _ if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '=' => Token::Sign("="),
            '<' | '>' | '!' if equals_follows => {
                characters.next();
                Token::Sign(match c {
                    '<' => "<=",
                    '>' => ">=",
                    _ => "!=",
                })
            }
            '<' => Token::Sign("<"),
            '>' => Token::Sign(">"),
            '"' => Token::Quoted(quoted(&mut characters, position)?),
            _ if is_of_word(c) => {
                let mut word = String::from(c);
                while let Some((next, _)) = characters.next_if(|(next, _)| is_of_word(*next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
            _ => {
                return Err(wrong(
                    position,
                    &format!("the character {c:?} is not read here"),
                    "put names in double quotes, such as \"Tammisaari\"",
                ));
            }
        };
        found.push((position, token));
    }
    Ok(found)
}

fn quoted(
    characters: &mut impl Iterator<Item = (char, usize)>,
    opened: usize,
) -> Result<String, SegmentError> {
    let mut text = String::new();
    while let Some((c, position)) = characters.next() {
        match c {
            '"' => return Ok(text),
            '\\' => match characters.next() {
                Some((escaped @ ('"' | '\\'), _)) => text.push(escaped),
                _ => return Err(wrong(position, "a backslash stands alone", "write \\\\ or \\\"")),
            },
            other => text.push(other),
        }
    }
    Err(wrong(opened, "the text does not end", "write \" behind it"))
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    at: usize,
    end: usize,
    levels: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn position(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |(position, _)| *position)
    }

    fn wanted(&self, what: &str, instead: &str) -> SegmentError {
        wrong(self.position(), what, instead)
    }

    /// What stands here instead of what is wanted.
    fn instead_of(&self, wanted: &str) -> SegmentError {
        let what = self.peek().map_or_else(
            || "the text ends".to_owned(),
            |token| format!("{} does not belong here", shown(token)),
        );
        self.wanted(&what, wanted)
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is = self.peek() == Some(token);
        self.at += usize::from(is);
        is
    }

    /// Takes a word of the language, in whatever case.
    fn takes_word(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Word(found)) if found.to_lowercase() == word);
        self.at += usize::from(is);
        is
    }

    fn any(&mut self) -> Result<Node, SegmentError> {
        let mut parts = vec![self.all()?];
        while self.takes_word("or") {
            parts.push(self.all()?);
        }
        Ok(Node::Any(parts))
    }

    fn all(&mut self) -> Result<Node, SegmentError> {
        let mut parts = vec![self.not()?];
        while self.takes_word("and") {
            parts.push(self.not()?);
        }
        Ok(Node::All(parts))
    }

    fn not(&mut self) -> Result<Node, SegmentError> {
        let position = self.position();
        let negated = self.takes_word("not");
        if !negated && !self.takes(&Token::Open) {
            return self.condition();
        }
        self.levels += 1;
        if self.levels > MOST_LEVELS {
            let instead = format!("write at most {MOST_LEVELS}, or make two schedules");
            return Err(wrong(position, "too many parentheses and nots in each other", &instead));
        }
        let node = if negated {
            Node::Not(Box::new(self.not()?))
        } else {
            let inner = self.any()?;
            if !self.takes(&Token::Close) {
                return Err(self.instead_of(&format!("write ) to close the ( at character {position}")));
            }
            inner
        };
        self.levels -= 1;
        Ok(node)
    }

    fn condition(&mut self) -> Result<Node, SegmentError> {
        let position = self.position();
        let Some(Token::Word(word)) = self.peek().cloned() else {
            return Err(self.instead_of(&an_example()));
        };
        self.at += 1;
        let condition = match word.to_lowercase().as_str() {
            "everyone" => Condition::Everyone,
            "never_verified" => Condition::NeverVerified,
            "wrong_contact_details" => Condition::WrongContactDetails,
            "home_service" => Condition::HomeService,
            "municipality" => {
                return self.values("municipality = 710", municipality, Condition::Municipality);
            }
            "home_library" => {
                return self.values("home_library = \"Tammisaari\"", name, Condition::HomeLibrary);
            }
            "patron_group" => {
                return self.values("patron_group = \"Aikuiset\"", name, Condition::PatronGroup);
            }
            "language" => return self.values("language = sv", language, Condition::Language),
            "age" => return self.age(),
            "not_verified_for" => {
                let count = self.number("write a number of months, such as not_verified_for 6 months")?;
                let years = self.takes_word("years") || self.takes_word("year");
                if !years && !self.takes_word("months") && !self.takes_word("month") {
                    return Err(self.instead_of("write months behind the number, such as 6 months"));
                }
                Condition::NotVerifiedFor { months: count.saturating_mul(if years { 12 } else { 1 }) }
            }
            "open_debts" => self.debts()?,
            "collection_within" => Condition::CollectionWithin { days: self.days("collection_within 14")? },
            "turning_15_within" => Condition::Turning15Within { days: self.days("turning_15_within 30")? },
            _ => {
                return Err(wrong(position, &format!("unknown word {word:?}"), &nearest(&word)));
            }
        };
        within_bounds(position, condition)
    }

    fn number(&mut self, wanted: &str) -> Result<u32, SegmentError> {
        let number = match self.peek() {
            Some(Token::Word(word)) if word.bytes().all(|byte| byte.is_ascii_digit()) => word.parse().ok(),
            _ => None,
        };
        let number = number.ok_or_else(|| self.instead_of(wanted))?;
        self.at += 1;
        Ok(number)
    }

    fn days(&mut self, example: &str) -> Result<u32, SegmentError> {
        let days = self.number(&format!("write a number of days, such as {example} days"))?;
        if !self.takes_word("days") && !self.takes_word("day") {
            return Err(self.instead_of(&format!("write days behind the number, such as {example} days")));
        }
        Ok(days)
    }

    fn debts(&mut self) -> Result<Condition, SegmentError> {
        if !self.takes_word("over") {
            return Ok(Condition::OpenDebts { over_cents: 0 });
        }
        let cents = match self.peek() {
            Some(Token::Word(word)) => cents(word),
            _ => None,
        };
        let cents = cents.ok_or_else(|| self.instead_of("write euros and cents, such as over 20.00"))?;
        self.at += 1;
        if matches!(self.peek(), Some(Token::Comma)) {
            return Err(self.instead_of("write the cents behind a point, such as over 20.00"));
        }
        Ok(Condition::OpenDebts { over_cents: cents })
    }

    fn age(&mut self) -> Result<Node, SegmentError> {
        let position = self.position();
        let wanted = "compare it with years, such as age >= 18";
        let Some(Token::Sign(sign)) = self.peek().cloned() else { return Err(self.instead_of(wanted)) };
        self.at += 1;
        let years = self.number(wanted)?;
        let _ = self.takes_word("years");
        let comparison = Comparison::ALL.into_iter().find(|one| one.as_str() == sign);
        let node = within_bounds(position, Condition::Age(comparison.unwrap_or(Comparison::Exactly), years))?;
        Ok(if comparison.is_none() { Node::Not(Box::new(node)) } else { node })
    }

    /// `= value`, `!= value`, `in (value, …)` or `not in (value, …)`.
    fn values<T: Ord>(
        &mut self,
        example: &str,
        read: fn(&Token) -> Result<T, String>,
        condition: fn(BTreeSet<T>) -> Condition,
    ) -> Result<Node, SegmentError> {
        let position = self.position();
        let mut values = BTreeSet::new();
        let unequal = self.takes(&Token::Sign("!="));
        let negated = unequal || self.takes_word("not");
        if unequal || (!negated && self.takes(&Token::Sign("="))) {
            values.insert(self.value(read)?);
        } else if self.takes_word("in") {
            if !self.takes(&Token::Open) {
                return Err(self.instead_of("write the values in parentheses, such as in (\"a\", \"b\")"));
            }
            values.insert(self.value(read)?);
            while self.takes(&Token::Comma) {
                values.insert(self.value(read)?);
            }
            if !self.takes(&Token::Close) {
                return Err(self.instead_of("write , and another value, or ) at the end of the list"));
            }
        } else {
            return Err(self.instead_of(&format!("write = and a value, or in and a list, such as {example}")));
        }
        let node = within_bounds(position, condition(values))?;
        Ok(if negated { Node::Not(Box::new(node)) } else { node })
    }

    fn value<T>(&mut self, read: fn(&Token) -> Result<T, String>) -> Result<T, SegmentError> {
        let Some(token) = self.peek() else { return Err(self.instead_of("write a value")) };
        let value = read(token)
            .map_err(|instead| self.wanted(&format!("{} is not a value here", shown(token)), &instead))?;
        self.at += 1;
        Ok(value)
    }
}

/// A condition whose values are within bounds; otherwise the error says where.
fn within_bounds(position: usize, condition: Condition) -> Result<Node, SegmentError> {
    condition.check().map_err(|error| match error {
        SegmentError::Bounds { what, instead } => wrong(position, &what, &instead),
        other => other,
    })?;
    Ok(Node::Is(condition))
}

fn text(token: &Token) -> Option<&str> {
    match token {
        Token::Word(text) | Token::Quoted(text) => Some(text),
        Token::Sign(_) | Token::Open | Token::Close | Token::Comma => None,
    }
}

fn municipality(token: &Token) -> Result<MunicipalityCode, String> {
    text(token)
        .and_then(|text| MunicipalityCode::parse(text).ok())
        .ok_or_else(|| "write the three digits of its code, such as 710".to_owned())
}

fn name(token: &Token) -> Result<String, String> {
    text(token)
        .map(str::to_owned)
        .ok_or_else(|| "write the name as the register has it, in double quotes".to_owned())
}

fn language(token: &Token) -> Result<Option<Language>, String> {
    let word = text(token).map(str::to_lowercase).unwrap_or_default();
    match (Language::from_code(&word), word.as_str()) {
        (Some(language), _) => Ok(Some(language)),
        (None, "none") => Ok(None),
        (None, _) => Err("write fi, sv, en, or none for patrons without a language".to_owned()),
    }
}

/// Euros and cents as cents.
fn cents(word: &str) -> Option<u64> {
    let (euros, cents) = word.split_once('.').unwrap_or((word, "00"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(euros) || !digits(cents) || cents.len() != 2 {
        return None;
    }
    euros.parse::<u64>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)
}

/// What to write instead of an unknown word.
fn nearest(word: &str) -> String {
    let word = word.to_lowercase();
    let alike = |known: &str| strsim::jaro_winkler(&word, known);
    let best = WORDS.into_iter().max_by(|one, other| alike(one).total_cmp(&alike(other)));
    match best {
        Some(best) if alike(best) >= ALIKE => format!("write {best}"),
        _ => format!("write one of {}", WORDS.join(", ")),
    }
}
