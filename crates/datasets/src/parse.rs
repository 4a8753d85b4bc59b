//! From the content of a file to [`Digits`]: a pair of IDX files, optdigits' CSV, USPS's two text forms.

use crate::{DatasetError, Digits};
use io::{CsvOptions, Header, Idx, IoError, Limits, read_csv, read_idx};
use nn_core::Matrix;
use std::io::Read;

/// Side of a USPS image.
const USPS_SIDE: usize = 16;
/// Side of an optdigits image.
const OPTDIGITS_SIDE: usize = 8;

/// An IDX file of unsigned bytes.
pub(crate) fn idx(reader: impl Read) -> Result<Idx, IoError> {
    read_idx(reader, &Limits::default())
}

/// optdigits' CSV: a line is a column of the matrix.
pub(crate) fn optdigits_table(reader: impl Read) -> Result<Matrix<f64>, IoError> {
    Ok(read_csv(reader, &CsvOptions { header: Header::Absent, ..CsvOptions::default() })?.samples)
}

/// Images (n × height × width) and labels (n) of the MNIST family; 0 is paper, 255 is ink.
pub(crate) fn idx_pair(id: &'static str, file: &str, images: Idx, labels: Idx) -> Result<Digits, DatasetError> {
    let shape = |expected: &str, found: &[usize]| DatasetError::content(file, "header", expected, format!("{found:?}"));
    let &[_, height, width] = images.dimensions.as_slice() else {
        return Err(shape("images with three dimensions", &images.dimensions));
    };
    if width == 0 || height == 0 {
        return Err(shape("images of at least one pixel", &images.dimensions));
    }
    if labels.dimensions.len() != 1 {
        return Err(shape("labels with one dimension", &labels.dimensions));
    }
    let pixels = images.values.into_iter().map(i16::from).collect();
    let labels = labels.values.into_iter().map(usize::from).collect();
    Digits::new(id, file, (width, height), 0..=255, pixels, labels)
}

/// optdigits: a line is 64 integers from 0 to 16 and the label.
pub(crate) fn optdigits(id: &'static str, file: &str, table: &Matrix<f64>) -> Result<Digits, DatasetError> {
    const SIZE: usize = OPTDIGITS_SIDE * OPTDIGITS_SIDE;
    if table.nrows() != SIZE + 1 {
        return Err(DatasetError::content(file, "line 1", "65 numbers", table.nrows()));
    }
    let mut pixels = Vec::with_capacity(SIZE * table.ncols());
    let mut labels = Vec::with_capacity(table.ncols());
    for (sample, values) in table.column_iter().enumerate() {
        for (feature, &value) in values.iter().enumerate() {
            // Integers up to 16 are exact in every type; saturation of what is not one is caught by the comparison.
            if f64::from(value as u8) != value {
                let place = format!("sample {sample}, feature {feature}");
                return Err(DatasetError::content(file, place, "an integer from 0 to 16", value));
            }
            if feature < SIZE { pixels.push(i16::from(value as u8)) } else { labels.push(usize::from(value as u8)) }
        }
    }
    Digits::new(id, file, (OPTDIGITS_SIDE, OPTDIGITS_SIDE), 0..=16, pixels, labels)
}

/// USPS, either form, one image a line: `label value value ...` with labels 0 to 9 and 256 values, or libsvm's
/// `label index:value ...` with labels 1 to 10 (the digit and one) and indices from 1, where what is left out is 0.
///
/// Values from −1 to 1 are taken to the nearest thousandth, which for the published files is exact.
pub(crate) fn usps(id: &'static str, file: &str, text: &str) -> Result<Digits, DatasetError> {
    const SIZE: usize = USPS_SIDE * USPS_SIDE;
    let sparse = text.contains(':');
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        let error = |expected: &str, found: &str| {
            let excerpt: String = found.chars().take(40).collect();
            DatasetError::content(file, format!("line {}", number + 1), expected, excerpt)
        };
        let mut words = line.split_ascii_whitespace();
        let Some(word) = words.next() else { continue };
        let first_label = f64::from(u8::from(sparse));
        let label =
            word.parse::<f64>().ok().map(|label| label - first_label).filter(|label| (0.0..=9.0).contains(label));
        let Some(label) = label.filter(|&label| f64::from(label as u8) == label) else {
            return Err(error(if sparse { "a label from 1 to 10" } else { "a label from 0 to 9" }, word));
        };
        labels.push(usize::from(label as u8));
        let start = pixels.len();
        if sparse {
            pixels.resize(start + SIZE, 0);
        }
        for word in words {
            let expected = if sparse { "index:value, index from 1 to 256" } else { "256 values from -1 to 1" };
            let pixel = match word.split_once(':') {
                Some((index, value)) if sparse => {
                    let index = index.parse::<usize>().ok().filter(|index| (1..=SIZE).contains(index));
                    index.zip(thousandths(value)).map(|(index, value)| pixels[start + index - 1] = value)
                }
                None if !sparse => thousandths(word).map(|value| pixels.push(value)),
                _ => None,
            };
            pixel.ok_or_else(|| error(expected, word))?;
        }
        if pixels.len() != start + SIZE {
            return Err(error("256 values", &format!("{} values", pixels.len() - start)));
        }
    }
    Digits::new(id, file, (USPS_SIDE, USPS_SIDE), -1000..=1000, pixels, labels)
}

/// A number from −1 to 1 in thousandths, to the nearest.
fn thousandths(word: &str) -> Option<i16> {
    let value = word.parse::<f64>().ok()?;
    (-1.0..=1.0).contains(&value).then(|| (1000.0 * value).round() as i16)
}
