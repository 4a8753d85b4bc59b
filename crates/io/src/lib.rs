//! File formats: how numbers come in and models go out.
//!
//! | format | what | reads | writes |
//! |---|---|---|---|
//! | CSV | a table, with names and class labels if it has them | [`read_csv`] | [`write_csv`] |
//! | npy, npz | NumPy's arrays, one or several with names | [`read_npy`], [`read_npz`] | [`write_npy`], [`write_npz`] |
//! | IDX | bytes, the format of MNIST | [`read_idx`] | [`write_idx`] |
//! | safetensors | a model's parameters, as PyTorch reads them | [`load_parameters`], [`read_safetensors`] | [`save_parameters`] |
//!
//! A row of a CSV file or of an n × d NumPy array is a sample, and becomes a column of a d × n
//! [`Matrix`](nn_core::Matrix): the same bytes in the same order.
//!
//! # From a table to a trained model on disk
//!
//! ```
//! use io::{CsvOptions, LabelColumn, Limits, load_parameters_file, read_csv, read_file, save_parameters_file};
//! use nn_core::{Parameters, Tensor, TensorMut};
//! use std::collections::BTreeMap;
//! # let folder = tempfile::tempdir()?;
//! # let (table_path, model_path) = (folder.path().join("iris.csv"), folder.path().join("means.safetensors"));
//! # std::fs::write(&table_path, "length,width,kind\n5.1,3.5,setosa\n4.9,3.1,setosa\n6.3,3.3,virginica\n")?;
//!
//! let options = CsvOptions { label: Some(LabelColumn::Name("kind".into())), ..CsvOptions::default() };
//! let table = read_file(&table_path, &Limits::default(), |reader| read_csv::<f64>(reader, &options))?;
//! assert_eq!(table.samples.shape(), (2, 3)); // two features, three samples
//! assert_eq!(table.labels.unwrap().classes, ["setosa", "virginica"]);
//!
//! /// The smallest model there is: the mean of the samples.
//! struct Mean(Vec<f64>);
//!
//! impl Parameters<f64> for Mean {
//!     fn tensors(&self) -> Vec<Tensor<'_, f64>> {
//!         vec![Tensor { name: "mean".into(), shape: vec![self.0.len()], values: &self.0 }]
//!     }
//!     fn tensors_mut(&mut self) -> Vec<TensorMut<'_, f64>> {
//!         vec![TensorMut { name: "mean".into(), shape: vec![self.0.len()], values: &mut self.0 }]
//!     }
//! }
//!
//! let model = Mean(table.samples.column_mean().as_slice().to_vec());
//! save_parameters_file(&model_path, &model, &BTreeMap::from([("data".into(), "iris.csv".into())]))?;
//!
//! let mut loaded = Mean(vec![0.0; 2]);
//! let metadata = load_parameters_file(&model_path, &mut loaded, &Limits::default())?;
//! assert_eq!(loaded.0, model.0);
//! assert_eq!(metadata["data"], "iris.csv");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What holds for every format
//!
//! - **Readers take any [`Read`](std::io::Read), writers any [`Write`](std::io::Write).** [`read_file`] opens a file
//!   and puts its name before every error; [`write_atomic`] replaces a file as a whole or not at all. Where no gzip can
//!   be mistaken for the format (CSV, npy, IDX) the readers themselves decompress; [`open`], [`read_file`] and
//!   [`decompressed`] always do. gzip is recognised by its first two bytes, never by the name.
//! - **An error says what was expected, what was found, and where**: `line 7, column 3: expected a number, found "abc"`.
//! - **No file can do harm.** Sizes in a header are checked against [`Limits`] and against what is really there before
//!   memory is taken; a broken or hostile file is an [`IoError`], never a panic.
//! - **Same content, same bytes**: no writer records the time or depends on the order of a hash map.

mod array;
mod csv;
mod error;
mod file;
mod idx;
mod limits;
mod npy;
mod npz;
mod safetensors;

pub use array::Array;
pub use csv::{CsvOptions, Header, LabelColumn, Labels, MissingValues, Table, read_csv, write_csv};
pub use error::IoError;
pub use file::{decompressed, open, read_file, write_atomic};
pub use idx::{Idx, read_idx, write_idx};
pub use limits::Limits;
pub use npy::{read_npy, write_npy};
pub use npz::{read_npz, write_npz};
pub use safetensors::{load_parameters, load_parameters_file, read_safetensors, save_parameters, save_parameters_file};
