//! The errors of this crate: what was expected, what was found, and where.

use nn_core::CoreError;
use std::{error::Error, io, path::PathBuf};

/// What can go wrong while reading or writing a file.
///
/// Lines and columns are counted from 1, as editors do; a column is a field, not a character. Bytes are counted from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IoError {
    /// The operating system, or the reader or writer that was given, reports an error.
    #[error(transparent)]
    System(io::Error),
    /// Any error of this crate, and the file it happened in.
    #[error("{}: {error}", path.display())]
    InFile {
        /// The file.
        path: PathBuf,
        /// What went wrong there.
        #[source]
        error: Box<IoError>,
    },
    /// More bytes than [`Limits`](crate::Limits) allow, promised by a header or really there.
    #[error("{what}: more than the limit of {limit} bytes")]
    TooLarge {
        /// What is too large, with its dimensions where a header states them.
        what: String,
        /// The limit.
        limit: u64,
    },
    /// The file ends too early.
    #[error("{what}: expected {expected} bytes, found {found}")]
    Truncated {
        /// The part of the file that is incomplete.
        what: String,
        /// Its size, as the header promises.
        expected: u64,
        /// The bytes that are there.
        found: u64,
    },
    /// The file goes on where it should end.
    #[error("{what}: expected the end of the file at byte {offset}, found more bytes")]
    Trailing {
        /// The format.
        what: String,
        /// Where the file should end (of a compressed file: after decompression).
        offset: u64,
    },
    /// A part of a binary file, or a value to be written, is not what its format asks for.
    #[error("{what}: expected {expected}, found {found}")]
    Unexpected {
        /// The part: a header field, an array, a tensor.
        what: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// The library that reads a container or a header refuses it.
    #[error("{format}: {source}")]
    Corrupt {
        /// The format: `gzip`, `npz`, `safetensors` and so on.
        format: &'static str,
        /// The library's reason.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A field of a table is not what its column holds.
    #[error("line {line}, column {column}: expected {expected}, found {found:?}")]
    Field {
        /// Line of the file, counted from 1.
        line: u64,
        /// Field of the line, counted from 1.
        column: usize,
        /// What was expected.
        expected: String,
        /// The text found.
        found: String,
    },
    /// A line of a table has another number of fields than the first one.
    #[error("line {line}: expected {expected} fields, found {found}")]
    FieldCount {
        /// Line of the file, counted from 1.
        line: u64,
        /// Fields of the first line.
        expected: usize,
        /// Fields of this line.
        found: usize,
    },
    /// A table has no column of the given name or number.
    #[error("expected a label column {expected}, found the columns {found}")]
    LabelColumn {
        /// The column asked for.
        expected: String,
        /// The columns that exist.
        found: String,
    },
    /// A model has a tensor that the file does not hold.
    #[error("tensor {name} is missing; the file holds {}", list(found))]
    MissingTensor {
        /// The tensor's name.
        name: String,
        /// The names in the file, sorted.
        found: Vec<String>,
    },
    /// The file holds a tensor that the model does not have.
    #[error("tensor {name} is unknown; the model has {}", list(expected))]
    UnknownTensor {
        /// The tensor's name.
        name: String,
        /// The names of the model's tensors, in its order.
        expected: Vec<String>,
    },
    /// A tensor of the file has another shape than the model's.
    #[error("tensor {name}: expected shape {expected:?}, found {found:?}")]
    TensorShape {
        /// The tensor's name.
        name: String,
        /// The model's shape.
        expected: Vec<usize>,
        /// The file's shape.
        found: Vec<usize>,
    },
    /// Values that do not make a matrix.
    #[error(transparent)]
    Core(#[from] CoreError),
}

/// An error of this crate that travelled through a [`Read`](io::Read) comes out as itself.
impl From<io::Error> for IoError {
    fn from(error: io::Error) -> Self {
        error.downcast::<IoError>().unwrap_or_else(IoError::System)
    }
}

impl IoError {
    /// The same error with the file it happened in.
    pub(crate) fn in_file(self, path: &std::path::Path) -> Self {
        match self {
            IoError::InFile { .. } => self,
            error => IoError::InFile { path: path.to_owned(), error: Box::new(error) },
        }
    }

    pub(crate) fn unexpected(
        what: impl Into<String>,
        expected: impl Into<String>,
        found: impl std::fmt::Display,
    ) -> Self {
        IoError::Unexpected { what: what.into(), expected: expected.into(), found: found.to_string() }
    }
}

/// The first few of many names, and how many more there are.
pub(crate) fn list(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "none".to_owned(),
        count if count > SHOWN => format!("{shown} and {} more", count - SHOWN),
        _ => shown,
    }
}
