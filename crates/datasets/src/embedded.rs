//! The sets inside this crate, compressed. `data/make.py` rebuilds the files from their sources; each folder of `data`
//! says where its content comes from and under which licence.

use crate::{DatasetError, Digits, Image, Labeled, Split, parse};
use io::{CsvOptions, Header, Limits, decompressed, read_csv};
use nn_core::Real;
use std::io::Read;

struct File {
    name: &'static str,
    bytes: &'static [u8],
}

macro_rules! file {
    ($name:literal) => {
        File { name: $name, bytes: include_bytes!(concat!("../data/", $name)) }
    };
}

const TRAIN_IMAGES: File = file!("mnist/train-10k-images-idx3-ubyte.gz");
const TRAIN_LABELS: File = file!("mnist/train-10k-labels-idx1-ubyte.gz");
const TEST_IMAGES: File = file!("mnist/t10k-images-idx3-ubyte.gz");
const TEST_LABELS: File = file!("mnist/t10k-labels-idx1-ubyte.gz");
const OPTDIGITS: File = file!("optdigits/optdigits.tes.gz");
const IRIS: File = file!("iris/iris.csv.gz");
const IMAGES: [(&str, File); 4] = [
    ("camera", file!("images/camera.gz")),
    ("grass", file!("images/grass.gz")),
    ("gravel", file!("images/gravel.gz")),
    ("brick", file!("images/brick.gz")),
];

/// MNIST's first 10,000 training digits, in the official order, and its complete test set of 10,000: `mnist-10k`.
///
/// Error rates are rates on the official test set, but of a model that saw a sixth of the training set: name the
/// subset beside every number. The nearest neighbor makes 537 errors here (5.37 %), 309 with all 60,000.
/// 28 × 28 pixels from 0 (paper) to 255 (ink). Licence CC BY-SA 3.0.
///
/// # Errors
/// None, as long as the embedded files are intact.
///
/// # Source
/// Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
pub fn mnist_10k() -> Result<Split, DatasetError> {
    let part = |images: File, labels: File| {
        parse::idx_pair("mnist-10k", images.name, parse::idx(images.bytes)?, parse::idx(labels.bytes)?)
    };
    Ok(Split::new(part(TRAIN_IMAGES, TRAIN_LABELS)?, part(TEST_IMAGES, TEST_LABELS)?))
}

/// The 1,797 digits of optdigits' test part, written by 13 people: `optdigits-test`.
///
/// A split of these is **not** writer-disjoint: say so where you use one. The official split needs the training part:
/// [`DataDirectory::optdigits`](crate::DataDirectory::optdigits). 8 × 8 pixels from 0 (paper) to 16 (ink).
/// Licence CC BY 4.0.
///
/// # Errors
/// None, as long as the embedded file is intact.
///
/// # Source
/// E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998).
pub fn optdigits() -> Result<Digits, DatasetError> {
    parse::optdigits("optdigits-test", OPTDIGITS.name, &parse::optdigits_table(OPTDIGITS.bytes)?)
}

/// Fisher's irises: 4 × 150, three species of fifty flowers, one after the other.
///
/// Fisher's own table. The copy of the UCI repository differs in two flowers, the 35th and the 38th.
/// Licence CC BY 4.0.
///
/// # Errors
/// None, as long as the embedded file is intact.
///
/// # Source
/// R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936) 179-188.
///
/// ```
/// let iris = datasets::iris::<f64>()?;
/// assert_eq!(iris.samples.shape(), (4, 150));
/// assert_eq!(iris.class_names[iris.labels[149]], "virginica");
/// # Ok::<(), datasets::DatasetError>(())
/// ```
pub fn iris<T: Real>() -> Result<Labeled<T>, DatasetError> {
    const CLASSES: [&str; 3] = ["setosa", "versicolor", "virginica"];
    const FEATURES: [&str; 4] = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"];
    // The first line holds counts and the names of the classes, not of the columns.
    let options = CsvOptions { header: Header::Present, ..CsvOptions::default() };
    let table = read_csv::<T>(IRIS.bytes, &options)?.samples;
    if table.nrows() != FEATURES.len() + 1 {
        return Err(DatasetError::content(IRIS.name, "line 2", "5 numbers", table.nrows()));
    }
    let class = |(sample, &value): (usize, &T)| {
        (0..CLASSES.len())
            .find(|&class| class as f64 == value.to_f64())
            .ok_or_else(|| DatasetError::content(IRIS.name, format!("sample {sample}"), "a class from 0 to 2", value))
    };
    Ok(Labeled {
        id: "iris",
        samples: table.rows(0, FEATURES.len()).into_owned(),
        labels: table.row(FEATURES.len()).iter().enumerate().map(class).collect::<Result<_, _>>()?,
        feature_names: FEATURES.map(str::to_owned).to_vec(),
        class_names: CLASSES.map(str::to_owned).to_vec(),
    })
}

/// Four gray natural images of 256 × 256 pixels: camera, grass, gravel, brick. Licence CC0.
///
/// Half the size of the originals: each pixel is the rounded mean of a square of four.
///
/// # Errors
/// None, as long as the embedded files are intact.
///
/// # Source
/// scikit-image 0.26.0. Camera by Lav Varshney, grass by linolafett, gravel and brick from CC0Textures.
pub fn images() -> Result<[Image; 4], DatasetError> {
    let [camera, grass, gravel, brick] =
        IMAGES.map(|(name, file)| Image::new(name, (256, 256), file.name, content(&file)?));
    Ok([camera?, grass?, gravel?, brick?])
}

/// The decompressed content of an embedded file.
fn content(file: &File) -> Result<Vec<u8>, DatasetError> {
    let mut content = Vec::new();
    let mut reader = decompressed(file.bytes, &Limits::default())?;
    reader.read_to_end(&mut content).map_err(io::IoError::from)?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known::Hashing;

    #[test]
    fn embedded_files_have_their_published_content() {
        let expected = [
            (TRAIN_IMAGES, "2889698e6bc3614913e76901316712919d1998fc2b44512451bfe65bc1e668b1"),
            (TRAIN_LABELS, "651e38e2ac0632f5113ec18f1df4977117f953197819034009971a6675a0df78"),
            (TEST_IMAGES, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            (TEST_LABELS, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
            (OPTDIGITS, "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"),
            (IRIS, "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449"),
        ];
        let images = [
            "5c0eab9e57a376c28bf144ce1a0be4d167b71d04358bab60fdca77bdabe5558b",
            "e281d6331051b4b7b1d97398d0582287348bd52e3ec8564b42463f9dd10ed964",
            "ff722936f020431b8eabee2c28c179611916d9e7ec93d2bcf9d0d17fb1b34738",
            "418d2959a594db83b94e814db64f5d93f229255973f5352cf8e229066ab8f9e9",
        ];
        for (file, hash) in expected.into_iter().chain(IMAGES.map(|(_, file)| file).into_iter().zip(images)) {
            let mut reader = Hashing::new(decompressed(file.bytes, &Limits::default()).unwrap());
            std::io::copy(&mut reader, &mut std::io::sink()).unwrap();
            assert_eq!(reader.finish(), hash, "{}", file.name);
            // Header time 0 and no file name: the committed bytes are reproducible.
            assert_eq!(&file.bytes[..10], b"\x1f\x8b\x08\0\0\0\0\0\x02\xff", "{}", file.name);
        }
    }
}
