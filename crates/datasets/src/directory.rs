//! [`DataDirectory`]: the sets too large, or not free enough, to be embedded, read from a folder of the user.

use crate::{DatasetError, Digits, Split, known, known::Hashing, parse};
use io::{IoError, Limits, read_file};
use std::{
    env,
    io::{Read, Write},
    path::{Path, PathBuf},
};

/// The environment variable that names the data directory.
const VARIABLE: &str = "NN_DATA_DIR";

/// A folder with data sets: full MNIST, Fashion-MNIST, USPS, optdigits.
///
/// Files lie in the folder itself or in a subfolder named after the set (`mnist`, `fashion-mnist`, `usps`,
/// `optdigits`), raw or gzipped, whatever their name says. Every loader compares the SHA-256 of the content with the
/// published one: [`Split::known`] is false, and [`Split::unrecognized`] names the files, where it differs; content
/// that is known to belong elsewhere (the test part under the name of the training part) is an error.
///
/// ```no_run
/// use datasets::DataDirectory;
///
/// let split = DataDirectory::new("data").mnist()?;
/// println!("{split}"); // mnist: 60000 training and 10000 test images of 28 x 28 pixels
/// # Ok::<(), datasets::DatasetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDirectory {
    path: PathBuf,
}

/// A set's name, which is also its subfolder, and where a user gets it.
struct Set {
    id: &'static str,
    remedy: &'static str,
}

const MNIST: Set = Set { id: "mnist", remedy: "`cargo xtask fetch-data mnist` downloads it" };
const FASHION_MNIST: Set = Set { id: "fashion-mnist", remedy: "`cargo xtask fetch-data fashion` says how to get it" };
const USPS: Set = Set { id: "usps", remedy: "`cargo xtask fetch-data usps` downloads it" };
const OPTDIGITS: Set = Set { id: "optdigits", remedy: "the UCI Machine Learning Repository has it as data set 80" };

impl DataDirectory {
    /// The data directory at this path. Nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The data directory that the environment variable `NN_DATA_DIR` names; `None` when it is not set, or empty.
    ///
    /// A relative path starts at the workspace root, because cargo runs each test in the folder of its package: from
    /// the package's folder, which cargo names in `CARGO_MANIFEST_DIR`, up to the nearest folder that holds
    /// `Cargo.lock`. Outside of cargo it starts at the current directory.
    pub fn from_environment() -> Option<Self> {
        let path = env::var_os(VARIABLE).filter(|path| !path.is_empty())?;
        Some(Self::new(workspace_root().unwrap_or_default().join(path)))
    }

    /// The data directory of a test: that of [`DataDirectory::from_environment`], otherwise `shared/datasets` beside the
    /// workspace, which may well not exist: see [`DataDirectory::or_skip`].
    pub fn for_tests() -> Self {
        Self::from_environment()
            .unwrap_or_else(|| Self::new(workspace_root().unwrap_or_default().join("../shared/datasets")))
    }

    /// What was loaded, or `None` after a line on standard error when the file is missing, for tests that cannot run
    /// without it: `SKIPPED <test>: needs <file>, set NN_DATA_DIR`.
    ///
    /// The line is written past the test harness, which would hide the output of a test that passes.
    ///
    /// # Errors
    /// Those of loading, except [`DatasetError::Missing`].
    ///
    /// ```
    /// use datasets::DataDirectory;
    ///
    /// let usps = DataDirectory::new("no such folder").usps();
    /// assert!(DataDirectory::or_skip("errors_on_usps", usps)?.is_none());
    /// # Ok::<(), datasets::DatasetError>(())
    /// ```
    pub fn or_skip<V>(test: &str, loaded: Result<V, DatasetError>) -> Result<Option<V>, DatasetError> {
        match loaded {
            Err(DatasetError::Missing { file, .. }) => {
                let line = format!("SKIPPED {test}: needs {file}, set {VARIABLE}\n");
                // A closed standard error is no reason to fail.
                let _ = std::io::stderr().write_all(line.as_bytes());
                Ok(None)
            }
            loaded => loaded.map(Some),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// MNIST: 60,000 training and 10,000 test digits, 28 × 28 pixels from 0 (paper) to 255 (ink). Four IDX files,
    /// `train-images-idx3-ubyte` and so on, also with a point before `idx`.
    ///
    /// # Errors
    /// [`DatasetError::Missing`] when a file is not there; [`DatasetError::Io`], [`DatasetError::Content`] and
    /// [`DatasetError::Mistaken`] when it is not what it should be.
    ///
    /// # Source
    /// Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
    pub fn mnist(&self) -> Result<Split, DatasetError> {
        self.idx_split(
            &MNIST,
            [["mnist train images", "mnist train labels"], ["mnist test images", "mnist test labels"]],
        )
    }

    /// Fashion-MNIST: 60,000 and 10,000 garments of ten kinds in MNIST's format and under MNIST's file names.
    ///
    /// # Errors
    /// As [`DataDirectory::mnist`].
    ///
    /// # Source
    /// H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning
    /// algorithms" (2017), arXiv:1708.07747.
    pub fn fashion_mnist(&self) -> Result<Split, DatasetError> {
        self.idx_split(
            &FASHION_MNIST,
            [
                ["fashion-mnist train images", "fashion-mnist train labels"],
                ["fashion-mnist test images", "fashion-mnist test labels"],
            ],
        )
    }

    /// USPS, the AT&T zip-code digits: 7,291 training and 2,007 test digits, 16 × 16 pixels from −1 (paper) to 1 (ink) in
    /// thousandths. `zip.train` and `zip.test`, or `usps` and `usps.t` in the form of libsvm (labels 1 to 10).
    ///
    /// The known hash is one of the numbers, not of their text form.
    ///
    /// # Errors
    /// As [`DataDirectory::mnist`].
    ///
    /// # Source
    /// Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition", Neural Computation 1 (1989)
    /// 541-551, for the split; T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical Learning", for the files.
    pub fn usps(&self) -> Result<Split, DatasetError> {
        let mut unrecognized = Vec::new();
        let mut part = |content, names: [&str; 2]| {
            let path = self.find(&USPS, &names)?;
            let text = read_file(&path, &Limits::default(), |reader| {
                let mut text = Vec::new();
                reader.read_to_end(&mut text)?;
                Ok(text)
            })?;
            let digits = parse::usps(USPS.id, &path.display().to_string(), &String::from_utf8_lossy(&text))?;
            let size = digits.width() * digits.height();
            let hash = known::thousandths_hash(size, digits.pixels(), digits.labels());
            known::check(&path, content, &hash, &mut unrecognized)?;
            Ok::<_, DatasetError>(digits)
        };
        let (train, test) = (part("usps train", ["zip.train", "usps"])?, part("usps test", ["zip.test", "usps.t"])?);
        Ok(Split { train, test, unrecognized })
    }

    /// optdigits in its official split: 3,823 training digits by 30 people and 1,797 test digits by 13 others, 8 × 8
    /// pixels from 0 (paper) to 16 (ink). `optdigits.tra` and `optdigits.tes`.
    ///
    /// # Errors
    /// As [`DataDirectory::mnist`].
    ///
    /// # Source
    /// E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998).
    pub fn optdigits(&self) -> Result<Split, DatasetError> {
        let mut unrecognized = Vec::new();
        let mut part = |content, name| {
            let path = self.find(&OPTDIGITS, &[name])?;
            let (table, hash) = hashed(&path, |reader| parse::optdigits_table(reader))?;
            known::check(&path, content, &hash, &mut unrecognized)?;
            parse::optdigits(OPTDIGITS.id, &path.display().to_string(), &table)
        };
        let (train, test) = (part("optdigits train", "optdigits.tra")?, part("optdigits test", "optdigits.tes")?);
        Ok(Split { train, test, unrecognized })
    }

    /// A set of the MNIST family; `contents` are images and labels, first of the training, then of the test part.
    fn idx_split(&self, set: &Set, contents: [[&'static str; 2]; 2]) -> Result<Split, DatasetError> {
        let mut unrecognized = Vec::new();
        let mut read = |content, part: &str, kind: &str| {
            let path = self.find(
                set,
                &[&format!("{part}-{kind}-ubyte"), &format!("{part}-{kind}-ubyte").replacen("-idx", ".idx", 1)],
            )?;
            let (idx, hash) = hashed(&path, |reader| parse::idx(reader))?;
            known::check(&path, content, &hash, &mut unrecognized)?;
            Ok::<_, DatasetError>((path.display().to_string(), idx))
        };
        let mut part = |[images, labels]: [&'static str; 2], part| {
            let (file, images) = read(images, part, "images-idx3")?;
            parse::idx_pair(set.id, &file, images, read(labels, part, "labels-idx1")?.1)
        };
        let [train, test] = contents;
        let (train, test) = (part(train, "train")?, part(test, "t10k")?);
        if (train.width(), train.height()) != (test.width(), test.height()) {
            let size = |digits: &Digits| format!("images of {} x {} pixels", digits.width(), digits.height());
            return Err(DatasetError::content(set.id, "test part", size(&train), size(&test)));
        }
        Ok(Split { train, test, unrecognized })
    }

    /// The first file of one of these names, with or without `.gz`: in the subfolder of the set, or in the folder itself.
    fn find(&self, set: &Set, names: &[&str]) -> Result<PathBuf, DatasetError> {
        let folders = vec![self.path.join(set.id), self.path.clone()];
        let names: Vec<String> = names.iter().flat_map(|name| [format!("{name}.gz"), (*name).to_owned()]).collect();
        let mut candidates = folders.iter().flat_map(|folder| names.iter().map(move |name| folder.join(name)));
        candidates.find(|path| path.is_file()).ok_or_else(|| DatasetError::Missing {
            set: set.id,
            file: format!("{}/{}", set.id, names.first().map_or("", String::as_str)),
            names: names.clone(),
            folders: folders.clone(),
            remedy: set.remedy,
        })
    }
}

/// What `read` makes of a file, and the hash of the file's content.
fn hashed<V>(path: &Path, read: impl FnOnce(&mut dyn Read) -> Result<V, IoError>) -> Result<(V, String), DatasetError> {
    Ok(read_file(path, &Limits::default(), |reader| {
        let mut reader = Hashing::new(reader);
        let value = read(&mut reader)?;
        Ok((value, reader.finish()))
    })?)
}

/// The nearest folder with `Cargo.lock`, upward from the package that cargo runs.
fn workspace_root() -> Option<PathBuf> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?);
    package.ancestors().find(|folder| folder.join("Cargo.lock").is_file()).map(Path::to_owned)
}
