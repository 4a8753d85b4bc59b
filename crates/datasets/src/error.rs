//! The errors of this crate: what was expected, what was found, and where.

use io::IoError;
use nn_core::CoreError;
use std::path::PathBuf;

/// What can go wrong while loading, selecting or generating data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// A file cannot be read or is not what its format asks for.
    #[error(transparent)]
    Io(#[from] IoError),
    /// A parameter is out of range, or values do not make a matrix.
    #[error(transparent)]
    Core(#[from] CoreError),
    /// A file of a set is not in the data directory.
    #[error("{set}: no {file} (expected one of {} in {}); {remedy}", names.join(", "), in_words(folders))]
    Missing {
        /// The data set.
        set: &'static str,
        /// The file, below the data directory, under its usual name.
        file: String,
        /// Every name it may have.
        names: Vec<String>,
        /// The folders that were searched.
        folders: Vec<PathBuf>,
        /// How to get it.
        remedy: &'static str,
    },
    /// A file holds what another file should: another data set, or the training part where the test part should be.
    #[error("{}: expected {expected}, found {found} (by the SHA-256 of its content)", path.display())]
    Mistaken {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
        /// What it holds.
        found: &'static str,
    },
    /// The content of a file is not that of such a data set.
    #[error("{file}, {place}: expected {expected}, found {found}")]
    Content {
        /// The file.
        file: String,
        /// Where in the file.
        place: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A selection names a sample that does not exist.
    #[error("sample {index} was selected, but there are {samples} samples (counted from 0)")]
    Selection {
        /// The index asked for.
        index: usize,
        /// The number of samples.
        samples: usize,
    },
}

impl DatasetError {
    pub(crate) fn content(
        file: impl Into<String>,
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl std::fmt::Display,
    ) -> Self {
        Self::Content { file: file.into(), place: place.into(), expected: expected.into(), found: found.to_string() }
    }
}

fn in_words(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}
