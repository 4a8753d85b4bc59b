//! The published content of every file, by its SHA-256.

use crate::DatasetError;
use sha2::{Digest, Sha256};
use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

/// SHA-256 of the content, before compression, of the files this crate knows. USPS circulates in several text forms:
/// its hashes are those of [`thousandths_hash`].
const KNOWN: [(&str, &str); 14] = [
    ("mnist train images", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    ("mnist train labels", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    ("mnist test images", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    ("mnist test labels", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ("mnist-10k train images", "2889698e6bc3614913e76901316712919d1998fc2b44512451bfe65bc1e668b1"),
    ("mnist-10k train labels", "651e38e2ac0632f5113ec18f1df4977117f953197819034009971a6675a0df78"),
    ("fashion-mnist train images", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
    ("fashion-mnist train labels", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
    ("fashion-mnist test images", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
    ("fashion-mnist test labels", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ("usps train", "2840d87b925227ed879fc92b76e8277187622e6437703a83e913cdf4540eef90"),
    ("usps test", "0e2b49627b8dcd6973d10b28b8623beae24d4e9f9d9d366ef89ed6d280c8364d"),
    ("optdigits train", "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd"),
    ("optdigits test", "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"),
];

/// What the file with this hash holds, if that is known.
fn content(hash: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(_, known)| *known == hash).map(|(content, _)| *content)
}

/// Unknown content is noted: somebody's own digits in the same format are welcome. Known content of another file is an
/// error: the test part in place of the training part, Fashion-MNIST in place of MNIST.
pub(crate) fn check(
    path: &Path,
    expected: &'static str,
    hash: &str,
    unrecognized: &mut Vec<PathBuf>,
) -> Result<(), DatasetError> {
    match content(hash) {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(DatasetError::Mistaken { path: path.to_owned(), expected, found }),
        None => {
            unrecognized.push(path.to_owned());
            Ok(())
        }
    }
}

/// A reader that hashes what passes through it.
pub(crate) struct Hashing<R> {
    reader: R,
    hash: Sha256,
}

impl<R: Read> Hashing<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, hash: Sha256::new() }
    }

    /// The hash of everything read, in hexadecimal.
    pub(crate) fn finish(self) -> String {
        hexadecimal(self.hash)
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}

/// SHA-256 of the samples whatever their text form: label, then pixels in thousandths, as little-endian 16-bit integers.
pub(crate) fn thousandths_hash(size: usize, pixels: &[i16], labels: &[usize]) -> String {
    let mut hash = Sha256::new();
    let mut line = Vec::with_capacity(2 * (size + 1));
    for (label, pixels) in labels.iter().zip(pixels.chunks_exact(size)) {
        line.clear();
        line.extend((*label as i16).to_le_bytes());
        pixels.iter().for_each(|pixel| line.extend(pixel.to_le_bytes()));
        hash.update(&line);
    }
    hexadecimal(hash)
}

fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_whole_content() {
        let mut reader = Hashing::new(&b"abc"[..]);
        io::copy(&mut reader, &mut io::sink()).unwrap();
        // FIPS 180-2, appendix B.1.
        assert_eq!(reader.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn every_known_hash_is_another_one() {
        for (index, (name, hash)) in KNOWN.iter().enumerate() {
            assert_eq!((hash.len(), content(hash)), (64, Some(*name)));
            assert!(KNOWN[..index].iter().all(|(other, _)| other != name));
        }
    }

    #[test]
    fn unknown_content_is_noted_and_mistaken_content_is_an_error() {
        let path = Path::new("train-images-idx3-ubyte");
        let mut unrecognized = Vec::new();
        check(path, KNOWN[0].0, KNOWN[0].1, &mut unrecognized).unwrap();
        assert!(unrecognized.is_empty());
        check(path, KNOWN[0].0, "00", &mut unrecognized).unwrap();
        assert_eq!(unrecognized, [path]);
        let error = check(path, KNOWN[0].0, KNOWN[6].1, &mut unrecognized).unwrap_err().to_string();
        let expected = "train-images-idx3-ubyte: expected mnist train images, found fashion-mnist train images";
        assert!(error.starts_with(expected), "{error}");
    }
}
