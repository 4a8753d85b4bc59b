//! IDX, the format of MNIST: four bytes of magic, big-endian sizes, then the values.

use crate::array::product;
use crate::{
    IoError, Limits, decompressed,
    limits::{expect_end, read_exactly},
};
use std::io::{Read, Write};

/// The one element type this crate reads and writes.
const UNSIGNED_BYTE: u8 = 0x08;

/// Dimensions an IDX file may have here.
const MAXIMUM_DIMENSIONS: usize = 4;

/// An array of unsigned bytes, as an IDX file holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idx {
    /// Sizes, slowest index first: `[60000, 28, 28]` for the images of MNIST, `[60000]` for its labels.
    pub dimensions: Vec<usize>,
    /// The values in that order; their number is the product of `dimensions`.
    pub values: Vec<u8>,
}

/// Reads an IDX file of unsigned bytes with 1 to 4 dimensions, raw or gzip (recognised by its magic bytes).
///
/// ```
/// let labels = io::read_idx(&[0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4][..], &io::Limits::default())?;
/// assert_eq!((labels.dimensions, labels.values), (vec![3], vec![5, 0, 4]));
/// # Ok::<(), io::IoError>(())
/// ```
///
/// # Errors
/// [`IoError::Unexpected`] for a wrong magic, another element type or number of dimensions, [`IoError::TooLarge`] for
/// sizes above the limit, [`IoError::Truncated`] and [`IoError::Trailing`] when the length is not the promised one.
pub fn read_idx(reader: impl Read, limits: &Limits) -> Result<Idx, IoError> {
    let mut reader = decompressed(reader, limits)?;
    let magic = read_exactly(&mut reader, 4, "IDX magic")?;
    let &[0, 0, element_type, dimension_count] = magic.as_slice() else {
        return Err(IoError::unexpected("IDX magic (bytes 0 and 1)", "00 00", hexadecimal(magic.get(..2))));
    };
    if element_type != UNSIGNED_BYTE {
        let found = format!("{element_type:02x}{}", element_type_name(element_type));
        return Err(IoError::unexpected("IDX element type (byte 2)", "08 (unsigned byte)", found));
    }
    let dimension_count = usize::from(dimension_count);
    if !(1..=MAXIMUM_DIMENSIONS).contains(&dimension_count) {
        return Err(IoError::unexpected("IDX number of dimensions (byte 3)", "1 to 4", dimension_count));
    }
    let header = read_exactly(&mut reader, 4 * dimension_count as u64, "IDX dimensions")?;
    let (sizes, _) = header.as_chunks::<4>();
    let sizes: Vec<u64> = sizes.iter().map(|&size| u64::from(u32::from_be_bytes(size))).collect();
    let length = limits.size("IDX array", &sizes, 1)?;
    let values = read_exactly(&mut reader, length, "IDX values")?;
    expect_end(&mut reader, "IDX", 4 + 4 * dimension_count as u64 + length)?;
    // u32 fits usize wherever the values fitted memory; a size beyond it can only stand beside a 0.
    let dimensions = sizes.iter().map(|&size| usize::try_from(size).unwrap_or(usize::MAX)).collect();
    Ok(Idx { dimensions, values })
}

/// Writes an IDX file of unsigned bytes.
///
/// # Errors
/// [`IoError::Unexpected`] when there are not 1 to 4 dimensions, a size does not fit 32 bits, or the number of values
/// is not the product of the dimensions; [`IoError::System`] from the writer.
pub fn write_idx(mut writer: impl Write, idx: &Idx) -> Result<(), IoError> {
    let Idx { dimensions, values } = idx;
    if !(1..=MAXIMUM_DIMENSIONS).contains(&dimensions.len()) {
        return Err(IoError::unexpected("IDX number of dimensions", "1 to 4", dimensions.len()));
    }
    if product(dimensions) != Some(values.len()) {
        let expected = format!("as many values as the dimensions {dimensions:?} say");
        return Err(IoError::unexpected("IDX values", expected, values.len()));
    }
    let mut header = vec![0, 0, UNSIGNED_BYTE, dimensions.len() as u8];
    for &size in dimensions {
        let size = u32::try_from(size).map_err(|_| IoError::unexpected("IDX dimension", "at most 4294967295", size))?;
        header.extend(size.to_be_bytes());
    }
    writer.write_all(&header)?;
    writer.write_all(values)?;
    Ok(writer.flush()?)
}

fn hexadecimal(bytes: Option<&[u8]>) -> String {
    bytes.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

fn element_type_name(code: u8) -> &'static str {
    match code {
        0x09 => " (signed byte)",
        0x0b => " (16-bit integer)",
        0x0c => " (32-bit integer)",
        0x0d => " (32-bit float)",
        0x0e => " (64-bit float)",
        _ => "",
    }
}
