//! What holds for any file and any selection.

use datasets::{DataDirectory, Scale, optdigits};
use proptest::prelude::*;
use std::fs;

/// Every file name of the data directory.
const NAMES: [&str; 8] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
    "zip.train",
    "zip.test",
    "optdigits.tra",
    "optdigits.tes",
];

/// Bytes that come close to a file of one of the formats.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let idx = (proptest::collection::vec(0u32..4, 0..5), proptest::collection::vec(any::<u8>(), 0..40)).prop_map(
        |(dimensions, values)| {
            let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
            dimensions.iter().for_each(|dimension| bytes.extend(dimension.to_be_bytes()));
            bytes.extend(values);
            bytes
        },
    );
    let hostile = proptest::collection::vec(any::<u32>(), 1..4).prop_map(|dimensions| {
        let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
        dimensions.iter().for_each(|dimension| bytes.extend(dimension.to_be_bytes()));
        bytes
    });
    let text = "([0-9eE:., +-]|NaN|inf|\r?\n){0,80}".prop_map(String::into_bytes);
    prop_oneof![proptest::collection::vec(any::<u8>(), 0..60), idx, hostile, text]
}

proptest! {
    #[test]
    fn no_file_makes_a_loader_panic(contents in proptest::collection::vec(content(), NAMES.len())) {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in NAMES.iter().zip(&contents) {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let directory = DataDirectory::new(folder.path());
        for loaded in [directory.mnist(), directory.fashion_mnist(), directory.usps(), directory.optdigits()] {
            // A tiny MNIST may come out by chance; what comes out is never taken for the published set.
            match loaded {
                Ok(split) => prop_assert!(!split.known() && !split.train.is_empty() && !split.test.is_empty()),
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }

    #[test]
    fn a_strided_split_takes_every_image_exactly_once(every in 1usize..2000, offset in 0usize..2000) {
        let digits = optdigits().unwrap();
        let split = digits.split_strided(every, offset).unwrap();
        prop_assert_eq!(split.train.len() + split.test.len(), digits.len());
        let strided = digits.strided(every, offset).unwrap();
        prop_assert_eq!(&split.test, &strided);
        let (mut train, mut test) = (0, 0);
        for index in 0..digits.len() {
            let taken = index >= offset && (index - offset) % every == 0;
            let (part, next) = if taken { (&split.test, &mut test) } else { (&split.train, &mut train) };
            prop_assert_eq!(part.image(*next), digits.image(index));
            prop_assert_eq!(part.labels()[*next], digits.labels()[index]);
            *next += 1;
        }
    }

    #[test]
    fn a_selection_holds_what_was_selected_or_names_what_is_not_there(
        indices in proptest::collection::vec(0usize..1800, 0..50),
    ) {
        let digits = optdigits().unwrap();
        match digits.select(&indices) {
            Ok(selected) => {
                let labels: Vec<usize> = indices.iter().map(|&index| digits.labels()[index]).collect();
                prop_assert_eq!(selected.labels(), labels);
                for (position, &index) in indices.iter().enumerate() {
                    prop_assert_eq!(selected.image(position), digits.image(index));
                }
            }
            Err(error) => {
                let index = indices.iter().find(|&&index| index >= 1797).unwrap();
                let expected = format!("sample {index} was selected, but there are 1797 samples (counted from 0)");
                prop_assert_eq!(error.to_string(), expected);
            }
        }
    }

    #[test]
    fn scales_meet_their_ends_exactly(paper in -10.0..10.0f64, ink in -10.0..10.0f64) {
        let digits = optdigits().unwrap().first(100).unwrap();
        let stored = digits.samples::<f64>(Scale::Stored).unwrap();
        let unit = digits.samples::<f64>(Scale::Unit).unwrap();
        let signed = digits.samples::<f64>(Scale::Signed).unwrap();
        let between = digits.samples::<f64>(Scale::Between { paper, ink }).unwrap();
        for index in 0..stored.len() {
            prop_assert_eq!(stored[index], f64::from(digits.pixels()[index]));
            prop_assert_eq!(unit[index], stored[index] / 16.0);
            prop_assert_eq!(signed[index], stored[index] / 8.0 - 1.0);
            match unit[index] {
                0.0 => prop_assert_eq!(between[index], paper),
                1.0 => prop_assert_eq!(between[index], ink),
                u => prop_assert!((between[index] - (paper + u * (ink - paper))).abs() < 1e-14),
            }
        }
    }
}
