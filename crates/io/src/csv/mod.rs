//! CSV: a table of numbers, with a header and a column of class labels if it has them.

mod records;
mod table;

pub use table::{Labels, Table};

use crate::{IoError, Limits, decompressed, error::list};
use ::csv::{ByteRecord, WriterBuilder};
use nn_core::{CoreError, Real, samples_from_rows};
use records::{Records, from_csv};
use std::io::{Read, Write};

/// How a CSV file is to be understood. The default: commas, a header if the first line looks like one, no label column,
/// missing values are an error.
///
/// ```
/// use io::{CsvOptions, LabelColumn};
/// let options = CsvOptions { delimiter: b';', label: Some(LabelColumn::Last), ..CsvOptions::default() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvOptions {
    /// The byte between two fields: `b','`, `b';'`, `b'\t'`, `b' '`.
    pub delimiter: u8,
    /// Whether the first line holds the names of the columns.
    pub header: Header,
    /// The column of class labels, if there is one. All others are features.
    pub label: Option<LabelColumn>,
    /// What to do where a number is missing.
    pub missing: MissingValues,
    /// How large the file may be.
    pub limits: Limits,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            delimiter: b',',
            header: Header::Automatic,
            label: None,
            missing: MissingValues::Error,
            limits: Limits::default(),
        }
    }
}

/// Whether the first line of a file holds the names of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// It does when, among its features, at least one is text and none is a number.
    Automatic,
    /// It does.
    Present,
    /// It does not: it is the first sample.
    Absent,
}

/// The column that holds class labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelColumn {
    /// By its place, counted from 0.
    Index(usize),
    /// By its name in the header (the first column of that name); the file must have a header.
    Name(String),
    /// The last column.
    Last,
}

/// What to do with a missing value: an empty field, or `NA`, `N/A`, `NaN`, `null` (in any case) or `?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingValues {
    /// Stop and name line and column.
    Error,
    /// Put a NaN in its place.
    NotANumber,
}

/// Reads a table of numbers, raw or gzip (recognised by its magic bytes). Blanks around a field, blank lines and a byte
/// order mark are ignored; fields may be quoted; lines may end in LF or CRLF.
///
/// ```
/// use io::{CsvOptions, LabelColumn, read_csv};
///
/// let file = "length,width,kind\n5.1,3.5,setosa\n5.9,3.0,virginica\n";
/// let table = read_csv::<f64>(file.as_bytes(), &CsvOptions { label: Some(LabelColumn::Last), ..Default::default() })?;
/// assert_eq!(table.features.unwrap(), ["length", "width"]);
/// assert_eq!(table.samples.column(1).as_slice(), [5.9, 3.0]);
/// assert_eq!(table.labels.unwrap().classes, ["setosa", "virginica"]);
/// # Ok::<(), io::IoError>(())
/// ```
///
/// # Errors
/// [`IoError::Field`] with line, column and text where a number or a label is not one, [`IoError::FieldCount`] where a
/// line is longer or shorter than the first, [`IoError::LabelColumn`] when that column does not exist, [`IoError::Core`]
/// when there is no sample or no feature.
pub fn read_csv<T: Real>(reader: impl Read, options: &CsvOptions) -> Result<Table<T>, IoError> {
    let mut records = Records::new(decompressed(reader, &options.limits)?, options.delimiter);
    let empty = CoreError::Empty { what: "the table" };
    if !records.advance()? {
        return Err(empty.into());
    }
    let columns = Columns::new(&records.record, options)?;
    if columns.names.is_some() && !records.advance()? {
        return Err(empty.into());
    }
    let mut values = Vec::new();
    let mut labels = Vec::new();
    loop {
        columns.append(&records, options.missing, &mut values, &mut labels)?;
        if !records.advance()? {
            break;
        }
    }
    let samples = samples_from_rows(columns.count - usize::from(columns.label.is_some()), values)?;
    let (features, name) = columns.into_names();
    let labels = options.label.as_ref().map(|_| Labels::new(name, labels));
    Ok(Table { features, samples, labels })
}

/// What the first line says about all lines.
struct Columns {
    count: usize,
    label: Option<usize>,
    names: Option<Vec<String>>,
}

impl Columns {
    fn new(first: &ByteRecord, options: &CsvOptions) -> Result<Self, IoError> {
        let count = first.len();
        let names: Vec<String> = first.iter().map(text).collect();
        let missing = |expected: String, found: String| IoError::LabelColumn { expected, found };
        let label = match &options.label {
            None => None,
            Some(LabelColumn::Last) => count.checked_sub(1),
            Some(LabelColumn::Index(index)) if *index < count => Some(*index),
            Some(LabelColumn::Index(index)) => {
                return Err(missing(format!("with index {index}"), format!("0 to {}", count.saturating_sub(1))));
            }
            Some(LabelColumn::Name(name)) => {
                let index = names.iter().position(|found| found == name);
                Some(index.ok_or_else(|| missing(format!("named {name:?}"), list(&names)))?)
            }
        };
        let header = match options.header {
            Header::Present => true,
            Header::Absent => false,
            Header::Automatic if matches!(options.label, Some(LabelColumn::Name(_))) => true,
            Header::Automatic => {
                let features = || first.iter().enumerate().filter(|&(index, _)| Some(index) != label);
                let number = |(_, field): (usize, &[u8])| number::<f64>(field.trim_ascii()).is_some();
                let word = |(_, field): (usize, &[u8])| !is_missing(field.trim_ascii());
                !features().any(number) && features().any(word)
            }
        };
        Ok(Self { count, label, names: header.then_some(names) })
    }

    /// Takes one line apart.
    fn append<T: Real>(
        &self,
        records: &Records<impl Read>,
        missing: MissingValues,
        values: &mut Vec<T>,
        labels: &mut Vec<String>,
    ) -> Result<(), IoError> {
        let record = &records.record;
        if record.len() != self.count {
            return Err(IoError::FieldCount { line: records.line(), expected: self.count, found: record.len() });
        }
        for (index, field) in record.iter().enumerate() {
            let field = field.trim_ascii();
            let error = |expected: &str| IoError::Field {
                line: records.line(),
                column: index + 1,
                expected: expected.to_owned(),
                found: excerpt(field),
            };
            if Some(index) == self.label {
                if field.is_empty() {
                    return Err(error("a class label"));
                }
                labels.push(text(field));
            } else if let Some(value) = number(field) {
                values.push(value);
            } else if !is_missing(field) {
                return Err(error("a number"));
            } else if missing == MissingValues::Error {
                return Err(error("a number (missing values are not allowed here)"));
            } else {
                values.push(T::from_f64(f64::NAN));
            }
        }
        Ok(())
    }

    /// The names of the features and of the label column.
    fn into_names(self) -> (Option<Vec<String>>, Option<String>) {
        let mut names = self.names;
        let name = names.as_mut().zip(self.label).map(|(names, label)| names.remove(label));
        (names, name)
    }
}

/// Writes a table with commas: the header if the table has names, then a line a sample, its label in the last column.
/// Every number is written in the shortest form that reads back as the same number.
///
/// # Errors
/// [`IoError::Unexpected`] when names or labels are not as many as the samples ask for, [`IoError::System`] from the writer.
pub fn write_csv<T: Real>(writer: impl Write, table: &Table<T>) -> Result<(), IoError> {
    let Table { features, samples, labels } = table;
    let mut writer = WriterBuilder::new().from_writer(writer);
    if let Some(features) = features {
        if features.len() != samples.nrows() {
            return Err(IoError::unexpected("names of the features", samples.nrows().to_string(), features.len()));
        }
        let label = labels.as_ref().map(|labels| labels.name.as_deref().unwrap_or("label"));
        writer.write_record(features.iter().map(String::as_str).chain(label)).map_err(from_csv)?;
    }
    if let Some(labels) = labels
        && labels.indices.len() != samples.ncols()
    {
        return Err(IoError::unexpected("labels", samples.ncols().to_string(), labels.indices.len()));
    }
    for (index, sample) in samples.column_iter().enumerate() {
        for value in &sample {
            writer.write_field(value.to_string()).map_err(from_csv)?;
        }
        if let Some(Labels { classes, indices, .. }) = labels {
            let class = indices.get(index).copied().unwrap_or_default();
            let Some(class) = classes.get(class) else {
                let expected = format!("an index below {}", classes.len());
                return Err(IoError::unexpected(format!("label of sample {index}"), expected, class));
            };
            writer.write_field(class).map_err(from_csv)?;
        }
        writer.write_record(None::<&[u8]>).map_err(from_csv)?;
    }
    Ok(writer.flush()?)
}

/// At most 60 characters of a field, for a message.
fn excerpt(field: &[u8]) -> String {
    const SHOWN: usize = 60;
    let text = text(field);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// A finite number, or an infinity or NaN written as such is left to [`is_missing`] and to the caller.
fn number<T: Real>(field: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(field).ok()?;
    T::from_str_radix(text, 10).ok().filter(|value: &T| value.is_finite() || text.contains(['i', 'I']))
}

fn is_missing(field: &[u8]) -> bool {
    [&b""[..], b"na", b"n/a", b"nan", b"null", b"?"].iter().any(|word| field.eq_ignore_ascii_case(word))
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field.trim_ascii()).into_owned()
}
