//! The lines of a CSV file, with true line numbers.

use crate::IoError;
use ::csv::{ByteRecord, Reader, ReaderBuilder, Terminator};
use std::io::{Chain, Read};

/// The records of a file, one after the other.
///
/// The csv crate counts a line too few after CRLF and does not count blank lines before a record. Here only LF ends a
/// record (so a CR stays at the end of the last field, where blanks are trimmed), a final LF is always there, and the
/// line is counted back from the end of the record.
pub(super) struct Records<R> {
    reader: Reader<Chain<R, &'static [u8]>>,
    pub(super) record: ByteRecord,
}

impl<R: Read> Records<R> {
    pub(super) fn new(reader: R, delimiter: u8) -> Self {
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .terminator(Terminator::Any(b'\n'))
            .has_headers(false)
            .flexible(true)
            .from_reader(reader.chain(&b"\n"[..]));
        Self { reader, record: ByteRecord::new() }
    }

    /// Reads the next line that is not blank; false at the end.
    pub(super) fn advance(&mut self) -> Result<bool, IoError> {
        while self.reader.read_byte_record(&mut self.record).map_err(from_csv)? {
            let blank = self.record.len() == 1
                && self.record.iter().all(|field| !field.is_empty() && field.trim_ascii().is_empty());
            if !blank {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The line where the current record begins, counted from 1.
    pub(super) fn line(&self) -> u64 {
        let inside = self.record.as_slice().iter().filter(|&&byte| byte == b'\n').count() as u64;
        let counted_back = self.reader.position().line().saturating_sub(1 + inside);
        // A quote that is never closed swallows the final LF: then the csv crate's own count is the better one.
        counted_back.max(self.record.position().map_or(1, |position| position.line()))
    }
}

/// The csv crate fails only where the reader or the writer below does; text is checked here.
pub(super) fn from_csv(error: ::csv::Error) -> IoError {
    let message = error.to_string();
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error.into(),
        _ => IoError::Corrupt { format: "csv", source: message.into() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<u64> {
        let mut records = Records::new(text.as_bytes(), b',');
        let mut lines = Vec::new();
        while records.advance().unwrap() {
            lines.push(records.line());
        }
        lines
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        for end in ["\n", "\r\n"] {
            for (text, expected) in [
                ("a|b|c", vec![1, 2, 3]),
                ("a|b|", vec![1, 2]),
                ("||a||||b|c", vec![3, 7, 8]),
                ("\"a||\",1|b|\"c|\",1|d", vec![1, 4, 5, 7]),
                ("a|b|\"c|d|", vec![1, 2, 3]),
                ("", vec![]),
                ("||", vec![]),
            ] {
                assert_eq!(lines(&text.replace('|', end)), expected, "{text} with {end:?}");
            }
        }
    }
}
