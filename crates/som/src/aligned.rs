//! Numbers that begin where a line of the cache does: a vector that lies across two lines costs twice the time.

use nn_core::Real;

/// Bytes of a line of the cache, and of the widest vector.
const LINE: usize = 64;

/// A fixed count of numbers, the first at the beginning of a line.
pub(crate) struct Aligned<T> {
    values: Vec<T>,
    start: usize,
    length: usize,
}

impl<T: Real> Aligned<T> {
    pub fn filled(value: T, length: usize) -> Self {
        let slack = LINE / T::BYTES;
        let values = vec![value; length + slack];
        let start = values.as_ptr().align_offset(LINE).min(slack);
        Self { values, start, length }
    }

    #[inline(always)]
    pub fn as_slice(&self) -> &[T] {
        &self.values[self.start..][..self.length]
    }

    #[inline(always)]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.values[self.start..][..self.length]
    }
}
