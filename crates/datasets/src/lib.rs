//! The data sets of the lecture: digits, irises, natural images and animals inside the crate, generators for everything
//! that has a formula, and the larger sets from a folder of yours.
//!
//! A sample is a column: every set gives a d × n matrix, and the pixel in row r and column c of an image is feature
//! width · r + c. Nothing here touches the network, and nothing but [`DataDirectory::from_environment`] reads the
//! environment.
//!
//! | function | what | samples | licence |
//! |---|---|---|---|
//! | [`mnist_10k`] | MNIST: the first 10,000 training digits, all 10,000 test digits | 784 × 10,000 twice | CC BY-SA 3.0 |
//! | [`optdigits`] | the digits of optdigits' test part | 64 × 1,797 | CC BY 4.0 |
//! | [`iris`] | Fisher's irises | 4 × 150 | CC BY 4.0 |
//! | [`images`] | camera, grass, gravel, brick | four of 256 × 256 | CC0 |
//! | [`animals`] | the sixteen animals of Ritter and Kohonen | 13 × 16 | facts |
//! | [`letters`] | capital letters of 5 × 7 pixels | 35 × 26 | drawn for this crate |
//! | [`family_trees`] | Hinton's two families of twelve: who is whose aunt? | 36 × 104 | facts |
//! | [`and`], [`or`], [`xor`], [`parity`], [`symmetry`] | truth tables | n × 2ⁿ | |
//! | [`uniform_square`], [`uniform_cube`], [`uniform_triangle`], [`blobs`], [`noisy_linear`] | random data | d × n | |
//! | [`dead_leaves`], [`pink_noise`] | pictures with natural statistics | any side | |
//! | [`DataDirectory`] | MNIST, Fashion-MNIST, USPS, optdigits | | see there |
//!
//! Licences, sources, transformations and hashes are in this crate's folder `data`. MNIST keeps its share-alike licence
//! there. USPS has no licence that is stated anywhere: it is read where you have it and never passed on.
//!
//! ```
//! use datasets::{Scale, mnist_10k};
//!
//! let split = mnist_10k()?;
//! assert_eq!(split.to_string(), "mnist-10k: 10000 training and 10000 test images of 28 x 28 pixels");
//!
//! // A pixel is what the set published, 0 to 255, until it is asked for at a scale.
//! let samples = split.train.samples::<f32>(Scale::Unit)?;
//! assert_eq!(samples.shape(), (784, 10_000));
//! assert_eq!(split.train.labels()[..5], [5, 0, 4, 1, 9]);
//!
//! // A smaller training set may be a prefix. A smaller test set may not: its second half is easier than its first.
//! let (train, test) = (split.train.first(1000)?, split.test.strided(10, 0)?);
//! assert_eq!((train.len(), test.len()), (1000, 1000));
//! # Ok::<(), datasets::DatasetError>(())
//! ```

mod animals;
mod digits;
mod directory;
mod embedded;
mod error;
mod family;
mod generate;
mod image;
mod known;
mod labeled;
mod letters;
mod logic;
mod parse;
mod scenes;
mod selection;

pub use animals::{Animals, animals};
pub use digits::{CLASSES, Digits, Scale, Split};
pub use directory::DataDirectory;
pub use embedded::{images, iris, mnist_10k, optdigits};
pub use error::DatasetError;
pub use family::{FamilyTrees, family_trees};
pub use generate::{blobs, noisy_linear, uniform_cube, uniform_square, uniform_triangle};
pub use image::Image;
pub use labeled::Labeled;
pub use letters::{Letters, letters};
pub use logic::{Patterns, and, or, parity, symmetry, xor};
pub use scenes::{dead_leaves, pink_noise};
