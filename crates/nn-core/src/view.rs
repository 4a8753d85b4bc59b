//! [`View`] and [`ViewMut`]: column-major matrices borrowed from a slice, the operands of [`crate::gemm`].

use crate::{CoreError, Matrix, Real, Vector};
use std::ops::Range;

/// A column-major matrix, borrowed: a whole [`Matrix`], some of its columns or rows, or any slice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View<'a, T> {
    pub(crate) values: &'a [T],
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Distance in memory from a column to the next: the number of rows of the whole matrix.
    pub(crate) stride: usize,
    pub(crate) transposed: bool,
}

/// A column-major matrix without gaps, borrowed for change.
#[derive(Debug, PartialEq)]
pub struct ViewMut<'a, T> {
    pub(crate) values: &'a mut [T],
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

fn check_length(rows: usize, columns: usize, found: usize) -> Result<(), CoreError> {
    match rows.checked_mul(columns) {
        Some(expected) if expected == found => Ok(()),
        expected => {
            Err(CoreError::Size { what: "values of a matrix", expected: expected.unwrap_or(usize::MAX), found })
        }
    }
}

impl<'a, T: Real> View<'a, T> {
    /// A slice as a rows × columns matrix, column-major.
    ///
    /// # Errors
    /// [`CoreError::Size`] when the slice does not hold rows · columns values.
    pub fn new(rows: usize, columns: usize, values: &'a [T]) -> Result<Self, CoreError> {
        check_length(rows, columns, values.len())?;
        Ok(Self { values, rows, columns, stride: rows, transposed: false })
    }

    /// The transposed matrix: the same memory, rows and columns exchanged.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self { transposed: !self.transposed, ..self }
    }

    /// Number of rows (after transposing).
    pub fn nrows(&self) -> usize {
        if self.transposed { self.columns } else { self.rows }
    }

    /// Number of columns (after transposing).
    pub fn ncols(&self) -> usize {
        if self.transposed { self.rows } else { self.columns }
    }

    /// The values from the first to the last, as they lie in memory: all columns one after the other, unless rows were
    /// left out by [`View::rows`].
    pub fn values(&self) -> &'a [T] {
        self.values
    }

    /// Some neighboring columns of a matrix that is not transposed.
    ///
    /// # Errors
    /// [`CoreError::Size`] when the range ends behind the last column, or the matrix is transposed.
    pub fn columns(self, range: Range<usize>) -> Result<Self, CoreError> {
        self.check_range("columns of a matrix", self.columns, &range)?;
        let values = if range.is_empty() { &[] } else { &self.values[range.start * self.stride..] };
        let end = range.len().saturating_sub(1) * self.stride + if range.is_empty() { 0 } else { self.rows };
        Ok(Self { values: &values[..end], columns: range.len(), ..self })
    }

    /// Some neighboring rows of a matrix that is not transposed.
    ///
    /// # Errors
    /// [`CoreError::Size`] when the range ends behind the last row, or the matrix is transposed.
    pub fn rows(self, range: Range<usize>) -> Result<Self, CoreError> {
        self.check_range("rows of a matrix", self.rows, &range)?;
        let values = if self.values.is_empty() { self.values } else { &self.values[range.start..] };
        Ok(Self { values, rows: range.len(), ..self })
    }

    fn check_range(&self, what: &'static str, size: usize, range: &Range<usize>) -> Result<(), CoreError> {
        let expected = if self.transposed { 0 } else { size };
        if range.start > range.end || range.end > expected {
            return Err(CoreError::Size { what, expected, found: range.end });
        }
        Ok(())
    }
}

impl<'a, T: Real> ViewMut<'a, T> {
    /// A slice as a rows × columns matrix, column-major.
    ///
    /// # Errors
    /// [`CoreError::Size`] when the slice does not hold rows · columns values.
    pub fn new(rows: usize, columns: usize, values: &'a mut [T]) -> Result<Self, CoreError> {
        check_length(rows, columns, values.len())?;
        Ok(Self { values, rows, columns })
    }

    /// Number of rows.
    pub fn nrows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn ncols(&self) -> usize {
        self.columns
    }
}

impl<'a, T: Real> From<&'a Matrix<T>> for View<'a, T> {
    fn from(matrix: &'a Matrix<T>) -> Self {
        let (rows, columns) = matrix.shape();
        Self { values: matrix.as_slice(), rows, columns, stride: rows, transposed: false }
    }
}

impl<'a, T: Real> From<&'a Vector<T>> for View<'a, T> {
    fn from(vector: &'a Vector<T>) -> Self {
        let rows = vector.nrows();
        Self { values: vector.as_slice(), rows, columns: 1, stride: rows, transposed: false }
    }
}

impl<'a, T: Real> From<&'a mut Matrix<T>> for ViewMut<'a, T> {
    fn from(matrix: &'a mut Matrix<T>) -> Self {
        let (rows, columns) = matrix.shape();
        Self { values: matrix.as_mut_slice(), rows, columns }
    }
}
