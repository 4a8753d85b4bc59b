//! npy: one NumPy array.

use crate::{
    Array, IoError, Limits,
    array::little_endian,
    decompressed,
    limits::{expect_end, read_exactly},
};
use nn_core::Real;
use npyz::{DType, Deserialize, NpyFile, NpyHeader, Order, TypeChar, WriteOptions, WriterBuilder};
use std::{
    fmt::Display,
    io::{Read, Write},
};

/// The longest header accepted, as in NumPy; that of an array of numbers has 118 bytes.
const MAXIMUM_HEADER: u64 = 10_000;

/// The opening brackets in the header of an array of numbers: the dictionary's and the shape's.
const OPENING_BRACKETS: usize = 2;

/// Reads an array of floats, integers or booleans written by `numpy.save`, raw or gzip (recognised by its magic bytes).
///
/// Integers must be exact in `T`. A 64-bit float becomes the nearest `T`, which must be finite if it was. Fortran order
/// is turned into C order.
///
/// # Errors
/// [`IoError::Unexpected`] when it is no npy file, has another element type or a number that `T` cannot hold,
/// [`IoError::Corrupt`] for a broken header, [`IoError::TooLarge`], [`IoError::Truncated`], [`IoError::Trailing`].
pub fn read_npy<T: Real>(reader: impl Read, limits: &Limits) -> Result<Array<T>, IoError> {
    read_array(&mut decompressed(reader, limits)?, limits, "npy")
}

/// [`read_npy`] without gzip; `what` names the array in errors.
pub(crate) fn read_array<T: Real>(reader: &mut impl Read, limits: &Limits, what: &str) -> Result<Array<T>, IoError> {
    let header_bytes = read_header(reader, what)?;
    let header = NpyHeader::from_reader(header_bytes.as_slice())
        .map_err(|error| IoError::Corrupt { format: "npy header", source: error.into() })?;
    let unsupported = || {
        let expected = "f4, f8, a signed or unsigned integer, or a boolean";
        IoError::unexpected(format!("{what}: element type"), expected, header.dtype().descr())
    };
    let DType::Plain(element) = header.dtype() else { return Err(unsupported()) };
    let bytes_per_value = element.num_bytes().ok_or_else(unsupported)? as u64;
    limits.size(what, header.shape(), T::BYTES as u64)?;
    let size = limits.size(what, header.shape(), bytes_per_value)?;
    let bytes = read_exactly(reader, size, &format!("{what}: values"))?;
    expect_end(reader, what, header_bytes.len() as u64 + size)?;

    let file = NpyFile::with_header(header.clone(), bytes.as_slice());
    let values = match (element.type_char(), bytes_per_value) {
        (TypeChar::Float, 4) => values::<T, f32>(file, what, |value| rounded(value.into())),
        (TypeChar::Float, 8) => values::<T, f64>(file, what, rounded),
        (TypeChar::Int, 1) => values::<T, i8>(file, what, |value| exact(value.into())),
        (TypeChar::Int, 2) => values::<T, i16>(file, what, |value| exact(value.into())),
        (TypeChar::Int, 4) => values::<T, i32>(file, what, |value| exact(value.into())),
        (TypeChar::Int, 8) => values::<T, i64>(file, what, |value| exact(value.into())),
        (TypeChar::Uint, 1) => values::<T, u8>(file, what, |value| exact(value.into())),
        (TypeChar::Uint, 2) => values::<T, u16>(file, what, |value| exact(value.into())),
        (TypeChar::Uint, 4) => values::<T, u32>(file, what, |value| exact(value.into())),
        (TypeChar::Uint, 8) => values::<T, u64>(file, what, |value| exact(value.into())),
        (TypeChar::Bool, 1) => values::<T, bool>(file, what, |value| exact(value.into())),
        _ => return Err(unsupported()),
    }?;
    // The values are in memory, so every size fits usize, or stands beside a 0.
    let shape: Vec<usize> = header.shape().iter().map(|&size| usize::try_from(size).unwrap_or(usize::MAX)).collect();
    let values = if header.order() == Order::Fortran { from_fortran_order(&shape, values) } else { values };
    Ok(Array { shape, values })
}

/// Writes an array as `numpy.save` does: little-endian `f4` or `f8`, C order.
///
/// # Errors
/// [`IoError::Unexpected`] when the number of values is not the product of the shape, [`IoError::System`] from the writer.
pub fn write_npy<T: Real>(mut writer: impl Write, array: &Array<T>) -> Result<(), IoError> {
    array.check("npy")?;
    let name = if T::BYTES == 4 { "<f4" } else { "<f8" };
    let element = name.parse().map_err(|error| IoError::Corrupt { format: "npy", source: Box::new(error) })?;
    let shape: Vec<u64> = array.shape.iter().map(|&size| size as u64).collect();
    WriteOptions::new_header_only()
        .dtype(DType::Plain(element))
        .shape(&shape)
        .writer(&mut writer)
        .write_header_only()?;
    writer.write_all(&little_endian(&array.values))?;
    Ok(writer.flush()?)
}

/// Everything up to the data. What npyz would answer with a huge allocation, an overflow or a parse of exponential
/// duration (long headers, huge dimensions, nested brackets) is refused before npyz sees it.
fn read_header(reader: &mut impl Read, what: &str) -> Result<Vec<u8>, IoError> {
    let mut header = read_exactly(reader, 8, &format!("{what}: magic and version"))?;
    if !header.starts_with(b"\x93NUMPY") {
        let found = format!("{:?}", String::from_utf8_lossy(header.get(..6).unwrap_or_default()));
        return Err(IoError::unexpected(format!("{what}: magic (bytes 0 to 5)"), "\"\\x93NUMPY\"", found));
    }
    let length_bytes = if header.get(6) == Some(&1) { 2 } else { 4 };
    let length = read_exactly(reader, length_bytes, &format!("{what}: length of the header"))?;
    let text_length = length.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    if text_length > MAXIMUM_HEADER {
        return Err(IoError::TooLarge {
            what: format!("{what}: header of {text_length} bytes"),
            limit: MAXIMUM_HEADER,
        });
    }
    let text = read_exactly(reader, text_length, &format!("{what}: header"))?;
    check_header(&text, what)?;
    header.extend(length);
    header.extend(text);
    Ok(header)
}

fn check_header(text: &[u8], what: &str) -> Result<(), IoError> {
    if text.iter().filter(|byte| b"([{".contains(byte)).count() > OPENING_BRACKETS {
        let expected = format!("an array of numbers ({OPENING_BRACKETS} opening brackets)");
        return Err(IoError::unexpected(format!("{what}: header"), expected, "more of them"));
    }
    // Whatever npyz adds and multiplies is at most the product of all whole numbers in the header, each at least 2.
    let words = text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    let product = words.filter(|word| word.first().is_some_and(u8::is_ascii_digit)).try_fold(1_u64, |product, word| {
        let number: u64 = std::str::from_utf8(word).ok()?.parse().ok()?;
        product.checked_mul(number.max(2))
    });
    if product.is_none() {
        let expected = "sizes whose product fits 64 bits";
        return Err(IoError::unexpected(format!("{what}: header"), expected, String::from_utf8_lossy(text).trim()));
    }
    Ok(())
}

/// The values of a file as stored, each converted.
fn values<T: Real, V: Deserialize + Display + Copy>(
    file: NpyFile<&[u8]>,
    what: &str,
    convert: impl Fn(V) -> Option<T>,
) -> Result<Vec<T>, IoError> {
    let stored =
        file.data::<V>().map_err(|error| IoError::Corrupt { format: "npy values", source: Box::new(error) })?;
    let mut values = Vec::with_capacity(usize::try_from(stored.len()).unwrap_or(0));
    for (index, value) in stored.enumerate() {
        let value = value?;
        values.push(convert(value).ok_or_else(|| {
            let expected = format!("a number that f{} can hold", 8 * T::BYTES);
            IoError::unexpected(format!("{what}: value {index}"), expected, value)
        })?);
    }
    Ok(values)
}

fn rounded<T: Real>(value: f64) -> Option<T> {
    let rounded = T::from_f64(value);
    (rounded.is_finite() || !value.is_finite()).then_some(rounded)
}

fn exact<T: Real>(value: i128) -> Option<T> {
    let converted = T::from_f64(value as f64);
    (converted.to_f64() as i128 == value).then_some(converted)
}

/// Values whose first index runs fastest, rearranged so that the last one does.
fn from_fortran_order<T: Real>(shape: &[usize], values: Vec<T>) -> Vec<T> {
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for &size in shape {
        strides.push(stride);
        stride *= size;
    }
    let mut index = vec![0; shape.len()];
    let mut offset = 0;
    let mut rearranged = Vec::with_capacity(values.len());
    while let Some(&value) = values.get(offset)
        && rearranged.len() < values.len()
    {
        rearranged.push(value);
        // Count up, the last index fastest.
        for ((index, &size), &stride) in index.iter_mut().zip(shape).zip(&strides).rev() {
            *index += 1;
            offset += stride;
            if *index < size {
                break;
            }
            *index = 0;
            offset -= stride * size;
        }
    }
    rearranged
}
