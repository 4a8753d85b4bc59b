//! What the text formats share: numbered lines, fields, and errors that say where.

use crate::SomError;
use nn_core::{NumberedLines, Real};
use std::io::BufRead;

/// Longest line that is read, in bytes.
const LONGEST_LINE: usize = 1 << 26;

pub(crate) struct Lines<R>(NumberedLines<R>);

impl<R: BufRead> Lines<R> {
    pub fn new(reader: R) -> Self {
        Self(NumberedLines::new(reader, LONGEST_LINE))
    }

    /// Number of the last line, counted from 1.
    pub fn number(&self) -> usize {
        self.0.number()
    }

    /// The next line that is not empty; nothing at the end of the file.
    pub fn next_line(&mut self) -> Result<Option<&str>, SomError> {
        match self.0.next_line() {
            Ok(None) => Ok(None),
            Ok(Some(_)) => Ok(Some(self.0.line())),
            Err(error) => Err(SomError::Read { line: self.0.number(), problem: error.to_string() }),
        }
    }

    /// The next line, or an error that names what is missing.
    pub fn required(&mut self, expected: &str) -> Result<&str, SomError> {
        if self.next_line()?.is_none() {
            return Err(self.error(expected, "the end of the file"));
        }
        Ok(self.0.line())
    }

    pub fn error(&self, expected: impl Into<String>, found: impl Into<String>) -> SomError {
        SomError::Format { line: self.number(), expected: expected.into(), found: found.into() }
    }
}

/// A size between 1 and what memory can index.
pub(crate) fn size(line: usize, what: &str, field: Option<&str>) -> Result<usize, SomError> {
    let found = field.unwrap_or("nothing");
    match found.parse() {
        Ok(size) if size > 0 => Ok(size),
        _ => Err(SomError::Format { line, expected: format!("{what}, at least 1"), found: quoted(found) }),
    }
}

/// A finite number.
pub(crate) fn number<T: Real>(line: usize, what: &str, field: Option<&str>) -> Result<T, SomError> {
    let found = field.unwrap_or("nothing");
    match found.parse::<f64>().map(T::from_f64) {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(SomError::Format { line, expected: format!("a finite number for {what}"), found: quoted(found) }),
    }
}

/// A field for a message: not longer than a line of it.
pub(crate) fn quoted(field: &str) -> String {
    let short: String = field.chars().take(40).collect();
    format!("{short:?}{}", if short.len() < field.len() { "..." } else { "" })
}
