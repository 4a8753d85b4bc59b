//! What the text formats share: numbered lines, fields, and errors that say where.

use crate::SomError;
use nn_core::Real;
use std::io::BufRead;

/// Longest line that is read, in bytes: a file without line ends must not fill the memory.
const LONGEST_LINE: u64 = 1 << 26;

pub(crate) struct Lines<R> {
    reader: R,
    pub number: usize,
    line: String,
}

impl<R: BufRead> Lines<R> {
    pub fn new(reader: R) -> Self {
        Self { reader, number: 0, line: String::new() }
    }

    /// The next line that is not empty, without its end; nothing at the end of the file.
    pub fn next_line(&mut self) -> Result<Option<&str>, SomError> {
        loop {
            self.line.clear();
            self.number += 1;
            let read = std::io::Read::take(&mut self.reader, LONGEST_LINE).read_line(&mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            if read as u64 == LONGEST_LINE {
                return Err(self.error(format!("at most {LONGEST_LINE} bytes in a line"), "more"));
            }
            if !self.line.trim().is_empty() {
                return Ok(Some(self.line.trim()));
            }
        }
    }

    /// The next line, or an error that names what is missing.
    pub fn required(&mut self, expected: &str) -> Result<&str, SomError> {
        if self.next_line()?.is_none() {
            return Err(self.error(expected, "the end of the file"));
        }
        Ok(self.line.trim())
    }

    pub fn error(&self, expected: impl Into<String>, found: impl Into<String>) -> SomError {
        SomError::Format { line: self.number, expected: expected.into(), found: found.into() }
    }
}

/// A size between 1 and what memory can index.
pub(crate) fn size(line: usize, what: &str, field: Option<&str>) -> Result<usize, SomError> {
    let found = field.unwrap_or("nothing");
    match found.parse() {
        Ok(size) if size > 0 => Ok(size),
        _ => Err(SomError::Format { line, expected: format!("{what}, 1 or more"), found: quoted(found) }),
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
