//! [`NumberedLines`]: the lines of a text, for readers that say where a file breaks its format.

use std::io::{BufRead, Error, ErrorKind, Read, Result};

/// The lines of a text that are not empty, without the white space around them, with their numbers.
///
/// No line is longer than a limit, so that a file without line ends does not fill the memory.
///
/// ```
/// let mut lines = nn_core::NumberedLines::new("3 1\n\n1 2 \n".as_bytes(), 1024);
/// assert_eq!(lines.next_line()?, Some("3 1"));
/// assert_eq!(lines.next_line()?, Some("1 2"));
/// assert_eq!(lines.number(), 3);
/// assert_eq!(lines.next_line()?, None);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct NumberedLines<R> {
    reader: R,
    longest: usize,
    number: usize,
    bytes: Vec<u8>,
    line: String,
    ended: bool,
}

impl<R: BufRead> NumberedLines<R> {
    /// The lines of this reader, each shorter than so many bytes.
    pub fn new(reader: R, longest: usize) -> Self {
        Self { reader, longest: longest.max(1), number: 0, bytes: Vec::new(), line: String::new(), ended: false }
    }

    /// The next line that is not empty; nothing at the end.
    ///
    /// # Errors
    /// What the reader says; [`ErrorKind::InvalidData`] for a line that is too long, or not UTF-8. [`NumberedLines::number`] is its
    /// line.
    pub fn next_line(&mut self) -> Result<Option<&str>> {
        loop {
            if self.ended {
                return Ok(None);
            }
            self.bytes.clear();
            self.number += 1;
            let read = Read::take(&mut self.reader, self.longest as u64).read_until(b'\n', &mut self.bytes)?;
            if read == 0 {
                self.ended = true;
                return Ok(None);
            }
            if read == self.longest && self.bytes.last() != Some(&b'\n') {
                let problem = format!("expected a line below {} bytes, found a longer one", self.longest);
                return Err(Error::new(ErrorKind::InvalidData, problem));
            }
            let Ok(text) = std::str::from_utf8(&self.bytes) else {
                return Err(Error::new(ErrorKind::InvalidData, "expected text in UTF-8, found other bytes"));
            };
            self.line.clear();
            self.line.push_str(text.trim());
            if !self.line.is_empty() {
                return Ok(Some(&self.line));
            }
        }
    }

    /// The line that was read last.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The number of the line that was read last, counted from 1; at the end one more than there are.
    pub fn number(&self) -> usize {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_an_error_in_its_line() {
        let mut lines = NumberedLines::new("1\n1234567\n12345678\n".as_bytes(), 8);
        assert_eq!(lines.next_line().unwrap(), Some("1"));
        assert_eq!(lines.next_line().unwrap(), Some("1234567"));
        let error = lines.next_line().unwrap_err();
        assert_eq!((error.kind(), lines.number()), (ErrorKind::InvalidData, 3));
        assert_eq!(error.to_string(), "expected a line below 8 bytes, found a longer one");
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error_in_their_line() {
        let mut lines = NumberedLines::new(&b"a b\nc\xff\nd"[..], 80);
        assert_eq!(lines.next_line().unwrap(), Some("a b"));
        let error = lines.next_line().unwrap_err();
        assert_eq!((error.kind(), lines.line(), lines.number()), (ErrorKind::InvalidData, "a b", 2));
        assert_eq!(lines.next_line().unwrap(), Some("d"));
        assert_eq!(lines.next_line().unwrap(), None);
        assert_eq!(lines.next_line().unwrap(), None);
        assert_eq!((lines.line(), lines.number()), ("d", 4));
    }
}
