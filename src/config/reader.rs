//! A walk over the tables of the file that gathers problems, known keys and the line of each key.
//!
//! Each reading method takes one key of a section. What a section was never asked for is unknown, and
//! [`Section::finish`] reports it. A wrong value is reported once and then read as absent, so that one run
//! names every problem.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::model::Origins;
use super::problem::{ConfigError, Problem, line_of, nearest};

/// What one reading of a file has found so far.
pub(super) struct Reader<'a> {
    file: &'a Path,
    folder: &'a Path,
    text: &'a str,
    problems: RefCell<Vec<Problem>>,
    lines: RefCell<BTreeMap<String, usize>>,
}

/// A value and the place where it stands.
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) line: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a Path, folder: &'a Path, text: &'a str) -> Self {
        Self { file, folder, text, problems: RefCell::default(), lines: RefCell::default() }
    }

    pub(super) fn root(&'a self, table: &'a DeTable<'a>) -> Section<'a> {
        Section { reader: self, path: String::new(), table: Some(table), line: None, known: Vec::new() }
    }

    /// The lines of the keys, or every problem in the order of the file.
    pub(super) fn into_origins(self) -> Result<Origins, ConfigError> {
        let mut problems = self.problems.into_inner();
        if problems.is_empty() {
            return Ok(Origins::new(self.lines.into_inner()));
        }
        problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
        Err(ConfigError { problems })
    }

    fn line(&self, span: &Range<usize>) -> usize {
        line_of(self.text, span.start)
    }
}

/// One table of the file, present or not.
pub(super) struct Section<'a> {
    reader: &'a Reader<'a>,
    path: String,
    table: Option<&'a DeTable<'a>>,
    line: Option<usize>,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// The full name of a key, such as `vtj.changes.base_url`.
    pub(super) fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(super) fn folder(&self) -> &'a Path {
        self.reader.folder
    }

    /// Reports a problem at a line of this section.
    pub(super) fn problem(&self, line: Option<usize>, message: String, hint: Option<String>) {
        let problem = Problem { file: self.reader.file.to_owned(), line: line.or(self.line), message, hint };
        self.reader.problems.borrow_mut().push(problem);
    }

    /// Reports a problem with a key, at its line where it stands in the file.
    pub(super) fn problem_of(&self, key: &str, message: &str) {
        self.problem(self.line_of(key), format!("{}: {message}", self.name(key)), None);
    }

    /// The line of a key that stands in the file.
    pub(super) fn line_of(&self, key: &str) -> Option<usize> {
        let (name, _) = self.table?.iter().find(|(name, _)| name.get_ref().as_ref() == key)?;
        Some(self.reader.line(&name.span()))
    }

    /// Knows a key whose value is of no use beside others.
    pub(super) fn pass_over(&mut self, key: &'static str) {
        self.known.push(key);
    }

    /// Remembers the line of this section under another name.
    pub(super) fn mark(&self, name: String) {
        if let Some(line) = self.line {
            self.reader.lines.borrow_mut().insert(name, line);
        }
    }

    /// Whether the key stands in the file, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    fn entry(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        let found = self.table?.iter().find(|(name, _)| name.get_ref().as_ref() == key)?;
        let line = self.reader.line(&found.0.span());
        self.reader.lines.borrow_mut().insert(self.name(key), line);
        Some(found.1)
    }

    fn typed<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        convert: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<Found<T>> {
        self.known.push(key);
        let value = self.entry(key)?;
        let line = self.reader.line(&value.span());
        if let Some(converted) = convert(value.get_ref()) {
            return Some(Found { value: converted, line });
        }
        let found = value.get_ref().type_str();
        self.problem(Some(line), format!("{}: {expected} is expected, not {found}", self.name(key)), None);
        None
    }

    /// A text.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Found<String>> {
        self.typed(key, "text in quotes", |value| value.as_str().map(str::to_owned))
    }

    /// A text that must be given, read by a function.
    pub(super) fn needed<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if !self.has(key) {
            self.known.push(key);
            self.problem(None, format!("{}: this key is needed", self.name(key)), None);
            return None;
        }
        self.parsed(key, parse)
    }

    /// A text that a function reads into a value; the function says what is wrong with it.
    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let found = self.text(key)?;
        parse(&found.value)
            .map_err(|message| self.problem(Some(found.line), format!("{}: {message}", self.name(key)), None))
            .ok()
    }

    /// A whole number within bounds, or its default.
    pub(super) fn number(&mut self, key: &'static str, bounds: &RangeInclusive<u32>, default: u32) -> u32 {
        self.number_if_set(key, bounds).unwrap_or(default)
    }

    /// A whole number within bounds that need not be there.
    pub(super) fn number_if_set(&mut self, key: &'static str, bounds: &RangeInclusive<u32>) -> Option<u32> {
        let found = self.typed(key, "a whole number", |value| {
            let number = value.as_integer()?;
            // A number too large for i64 is outside every bound too.
            Some(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or(i64::MAX))
        });
        let found = found?;
        match u32::try_from(found.value) {
            Ok(number) if bounds.contains(&number) => Some(number),
            _ => {
                let message = format!("{}: use {} to {}", self.name(key), bounds.start(), bounds.end());
                self.problem(Some(found.line), message, None);
                None
            }
        }
    }

    /// True or false, or the default.
    pub(super) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        self.flag_if_set(key).unwrap_or(default)
    }

    /// True or false, or nothing.
    pub(super) fn flag_if_set(&mut self, key: &'static str) -> Option<bool> {
        self.typed(key, "true or false", DeValue::as_bool).map(|found| found.value)
    }

    /// One of a closed set of words, or the default.
    pub(super) fn word<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)], default: T) -> T {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let found = self.text(key).and_then(|found| self.known_word(key, found, &known));
        let value = words.iter().find(|(word, _)| found.as_deref() == Some(*word));
        value.map_or(default, |(_, value)| *value)
    }

    /// One of a closed set of words, which must be given.
    pub(super) fn word_needed(&mut self, key: &'static str, known: &[&str]) -> Option<String> {
        if !self.has(key) {
            return self.needed(key, |word| Ok(word.to_owned()));
        }
        let found = self.text(key)?;
        self.known_word(key, found, known)
    }

    fn known_word(&self, key: &str, found: Found<String>, known: &[&str]) -> Option<String> {
        if known.contains(&found.value.as_str()) {
            return Some(found.value);
        }
        let message = format!("{}: {:?} is not one of {}", self.name(key), found.value, known.join(", "));
        self.problem(Some(found.line), message, nearest(&found.value, known));
        None
    }

    /// A path, made absolute from the folder of the file.
    pub(super) fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        let folder = self.folder();
        self.parsed(
            key,
            |text| {
                if text.is_empty() { Err("name a file".to_owned()) } else { Ok(folder.join(text)) }
            },
        )
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<Found<String>>> {
        let reader = self.reader;
        self.typed(key, "a list of texts in quotes", |value| {
            value.as_array()?.iter().map(|item| text_of(reader, item)).collect()
        })
        .map(|found| found.value)
    }

    /// A list of texts, or one text, which is a list of one.
    pub(super) fn text_or_texts(&mut self, key: &'static str) -> Option<Vec<Found<String>>> {
        let reader = self.reader;
        let is_text = self.entry(key).is_some_and(|value| value.get_ref().as_str().is_some());
        if is_text {
            return self.text(key).map(|found| vec![found]);
        }
        self.typed(key, "a text or a list of texts in quotes", |value| {
            value.as_array()?.iter().map(|item| text_of(reader, item)).collect()
        })
        .map(|found| found.value)
    }

    /// A table from free names to texts.
    pub(super) fn pairs(&mut self, key: &'static str) -> Vec<(String, Found<String>)> {
        let reader = self.reader;
        self.typed(key, "a table of texts in quotes", |value| {
            let table = value.as_table()?;
            let pair = |(name, value): (&Spanned<_>, _)| Some((to_text(name), text_of(reader, value)?));
            table.iter().map(pair).collect::<Option<Vec<_>>>()
        })
        .map_or_else(Vec::new, |found| found.value)
    }

    /// A table inside this one. Read it even when it is absent: the defaults come from there too.
    pub(super) fn table(&mut self, key: &'static str) -> Section<'a> {
        let found = self.typed(key, "a table", DeValue::as_table);
        let (table, line) = found.map_or((None, self.line), |found| (Some(found.value), Some(found.line)));
        Section { reader: self.reader, path: self.name(key), table, line, known: Vec::new() }
    }

    /// Whether this table stands in the file.
    pub(super) fn is_present(&self) -> bool {
        self.table.is_some()
    }

    /// The tables of a list, in order; none when the list is absent.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let name = self.name(key);
        let reader = self.reader;
        let found = self.typed(key, "a list of tables, each under [[ ]]", |value| {
            let item = |(index, item): (usize, &'a Spanned<DeValue<'a>>)| {
                Some(Section {
                    reader,
                    path: format!("{name}[{index}]"),
                    table: Some(item.get_ref().as_table()?),
                    line: Some(reader.line(&item.span())),
                    known: Vec::new(),
                })
            };
            value.as_array()?.iter().enumerate().map(item).collect::<Option<Vec<_>>>()
        });
        found.map_or_else(Vec::new, |found| found.value)
    }

    /// Whether this table has no key.
    pub(super) fn is_empty(&self) -> bool {
        self.table.is_none_or(DeTable::is_empty)
    }

    /// This table with another number in its list.
    pub(super) fn numbered(self, list: &str, index: usize) -> Section<'a> {
        Section { path: format!("{list}[{index}]"), ..self }
    }

    /// Reports the keys that nothing asked for.
    pub(super) fn finish(self) {
        let Some(table) = self.table else { return };
        for key in table.keys().filter(|key| !self.known.contains(&key.get_ref().as_ref())) {
            let typed = key.get_ref().as_ref();
            let place = if self.path.is_empty() { String::new() } else { format!(" in `{}`", self.path) };
            let line = Some(self.reader.line(&key.span()));
            self.problem(line, format!("unknown key `{typed}`{place}"), nearest(typed, &self.known));
        }
    }
}

fn to_text(name: &Spanned<std::borrow::Cow<'_, str>>) -> String {
    name.get_ref().clone().into_owned()
}

fn text_of(reader: &Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Found<String>> {
    let text = value.get_ref().as_str()?.to_owned();
    Some(Found { value: text, line: reader.line(&value.span()) })
}
