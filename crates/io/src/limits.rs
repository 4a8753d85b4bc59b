//! [`Limits`]: how much a file may make us allocate, and the two ways to read within it.

use crate::IoError;
use std::io::{self, Read};

/// How large the content of a file may be. A header that promises more, and a compressed file that becomes more, is
/// an error before the memory is taken.
///
/// ```
/// use io::{IoError, Limits, read_idx};
///
/// let promises_too_much = [0, 0, 8, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
/// let error = read_idx(&promises_too_much[..], &Limits { maximum_bytes: 1 << 30 }).unwrap_err();
/// assert!(matches!(error, IoError::TooLarge { limit: 0x4000_0000, .. }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes a file may hold, after decompression and as the numbers it becomes.
    pub maximum_bytes: u64,
}

/// 4 GiB.
impl Default for Limits {
    fn default() -> Self {
        Self { maximum_bytes: 4 << 30 }
    }
}

impl Limits {
    /// The size in bytes of an array of these dimensions, if it is within the limit.
    pub(crate) fn size(&self, what: &str, dimensions: &[u64], bytes_per_value: u64) -> Result<u64, IoError> {
        let too_large =
            || IoError::TooLarge { what: format!("{what} of shape {dimensions:?}"), limit: self.maximum_bytes };
        if dimensions.contains(&0) {
            return Ok(0);
        }
        dimensions
            .iter()
            .try_fold(bytes_per_value, |product, &dimension| product.checked_mul(dimension))
            .filter(|&size| size <= self.maximum_bytes && usize::try_from(size).is_ok())
            .ok_or_else(too_large)
    }

    /// The reader, ending with [`IoError::TooLarge`] where it would give more than the limit.
    pub(crate) fn guard<R: Read>(&self, what: &'static str, reader: R) -> Guarded<R> {
        Guarded { reader, what, remaining: self.maximum_bytes, limit: self.maximum_bytes }
    }
}

/// A reader that fails, rather than ends, at the limit.
pub(crate) struct Guarded<R> {
    reader: R,
    what: &'static str,
    remaining: u64,
    limit: u64,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.remaining == 0 && !buffer.is_empty() {
            // At the limit exactly one thing is allowed: the end.
            return match self.reader.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(io::Error::other(IoError::TooLarge { what: self.what.to_owned(), limit: self.limit })),
            };
        }
        let most = buffer.len().min(usize::try_from(self.remaining).unwrap_or(usize::MAX));
        let count = self.reader.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.remaining -= count as u64;
        Ok(count)
    }
}

/// Exactly `size` bytes. Memory grows with what is really there, not with what was promised.
pub(crate) fn read_exactly(reader: &mut impl Read, size: u64, what: &str) -> Result<Vec<u8>, IoError> {
    let mut bytes = Vec::new();
    let found = reader.take(size).read_to_end(&mut bytes)? as u64;
    if found < size {
        return Err(IoError::Truncated { what: what.to_owned(), expected: size, found });
    }
    Ok(bytes)
}

/// The reader is at its end, which is byte `offset`.
pub(crate) fn expect_end(reader: &mut impl Read, what: &str, offset: u64) -> Result<(), IoError> {
    if reader.take(1).read_to_end(&mut Vec::new())? != 0 {
        return Err(IoError::Trailing { what: what.to_owned(), offset });
    }
    Ok(())
}
