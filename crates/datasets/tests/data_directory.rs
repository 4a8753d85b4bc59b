//! The sets of the data directory: found under every name, recognized by their content, and with the nearest neighbor's
//! published errors.

use datasets::{DataDirectory, DatasetError, Digits, Scale, Split};
use nearest_neighbor::errors;
use std::{fs, path::Path};

mod nearest_neighbor;

type Outcome = Result<(), DatasetError>;

fn pixel_sum(digits: &Digits) -> i64 {
    digits.pixels().iter().map(|&pixel| i64::from(pixel)).sum()
}

fn idx(dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    dimensions.iter().for_each(|dimension| bytes.extend(dimension.to_be_bytes()));
    bytes.extend(values);
    bytes
}

/// A tiny set in MNIST's format: three training images of 2 × 1 pixels, two test images.
fn write_tiny_mnist(folder: &Path, separator: char) {
    fs::create_dir_all(folder).unwrap();
    let write = |name: &str, bytes: Vec<u8>| fs::write(folder.join(name.replace('|', &separator.to_string())), bytes);
    write("train-images|idx3-ubyte", idx(&[3, 1, 2], &[0, 255, 1, 2, 3, 4])).unwrap();
    write("train-labels|idx1-ubyte", idx(&[3], &[7, 0, 9])).unwrap();
    write("t10k-images|idx3-ubyte", idx(&[2, 1, 2], &[5, 6, 7, 8])).unwrap();
    write("t10k-labels|idx1-ubyte", idx(&[2], &[1, 2])).unwrap();
}

#[test]
fn mnist_is_the_official_one_and_its_nearest_neighbors_make_309_errors() -> Outcome {
    let loaded = DataDirectory::for_tests().mnist();
    let test = "mnist_is_the_official_one_and_its_nearest_neighbors_make_309_errors";
    let Some(split) = DataDirectory::or_skip(test, loaded)? else { return Ok(()) };
    assert_eq!(split.to_string(), "mnist: 60000 training and 10000 test images of 28 x 28 pixels");
    assert!(split.known());
    let (train, test) = (&split.train, &split.test);
    assert_eq!(train.labels()[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert_eq!(test.labels()[..10], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    assert_eq!((pixel_sum(train), pixel_sum(test)), (1_567_298_545, 264_923_200));
    assert_eq!(train.class_counts(), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    assert_eq!(test.class_counts(), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    let embedded = datasets::mnist_10k()?;
    assert_eq!(train.first(10_000)?.pixels(), embedded.train.pixels());
    assert_eq!(test.pixels(), embedded.test.pixels());

    // Errors in all, and in the two halves of the test set. The second half is much easier: no test subset may be a prefix.
    let expected = [(657, 446, 211), (537, 367, 170), (382, 278, 104), (309, 221, 88)];
    assert_eq!(errors(train, test, [5_000, 10_000, 30_000, 60_000]), expected);
    Ok(())
}

#[test]
fn usps_is_the_att_set_and_its_nearest_neighbors_make_113_errors() -> Outcome {
    let loaded = DataDirectory::for_tests().usps();
    let test = "usps_is_the_att_set_and_its_nearest_neighbors_make_113_errors";
    let Some(split) = DataDirectory::or_skip(test, loaded)? else { return Ok(()) };
    assert_eq!(split.to_string(), "usps: 7291 training and 2007 test images of 16 x 16 pixels");
    assert!(split.known());
    let (train, test) = (&split.train, &split.test);
    assert_eq!(train.labels()[..10], [6, 5, 4, 7, 3, 6, 3, 1, 0, 1]);
    assert_eq!(test.labels()[..10], [9, 6, 3, 6, 6, 0, 0, 0, 6, 9]);
    assert_eq!((pixel_sum(train), pixel_sum(test)), (-916_521_717, -238_801_158));
    assert_eq!(train.class_counts(), [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644]);
    assert_eq!(test.class_counts(), [359, 264, 198, 166, 200, 160, 170, 147, 166, 177]);
    assert_eq!(errors(train, test, [7291])[0].0, 113);
    Ok(())
}

#[test]
fn usps_in_the_form_of_libsvm_is_the_same_set() -> Outcome {
    let loaded = DataDirectory::for_tests().usps();
    let Some(split) = DataDirectory::or_skip("usps_in_the_form_of_libsvm_is_the_same_set", loaded)? else {
        return Ok(());
    };
    let libsvm = |digits: &Digits| -> String {
        let line = |(pixels, label): (&[i16], &usize)| {
            let values = pixels.iter().enumerate().filter(|&(_, &pixel)| pixel != 0);
            let values = values.map(|(index, &pixel)| format!("{}:{}", index + 1, f64::from(pixel) / 1000.0));
            format!("{} {} \n", label + 1, values.collect::<Vec<_>>().join(" "))
        };
        digits.pixels().chunks_exact(256).zip(digits.labels()).map(line).collect()
    };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("usps"), libsvm(&split.train)).unwrap();
    fs::write(folder.path().join("usps.t"), libsvm(&split.test)).unwrap();
    assert_eq!(DataDirectory::new(folder.path()).usps()?, split);
    Ok(())
}

#[test]
fn optdigits_is_the_official_split_and_its_nearest_neighbors_make_36_errors() -> Outcome {
    let loaded = DataDirectory::for_tests().optdigits();
    let test = "optdigits_is_the_official_split_and_its_nearest_neighbors_make_36_errors";
    let Some(split) = DataDirectory::or_skip(test, loaded)? else { return Ok(()) };
    assert_eq!(split.to_string(), "optdigits: 3823 training and 1797 test images of 8 x 8 pixels");
    assert!(split.known());
    let (train, test) = (&split.train, &split.test);
    assert_eq!(train.labels()[..10], [0, 0, 7, 4, 6, 2, 5, 5, 0, 8]);
    assert_eq!((pixel_sum(train), pixel_sum(test)), (1_204_758, 561_718));
    assert_eq!(train.class_counts(), [376, 389, 380, 389, 387, 376, 377, 387, 380, 382]);
    assert_eq!(test.pixels(), datasets::optdigits()?.pixels());
    assert_eq!(errors(train, test, [3823])[0].0, 36);
    Ok(())
}

#[test]
fn both_spellings_are_found_in_the_folder_and_in_the_subfolder() -> Outcome {
    for separator in ['-', '.'] {
        for subfolder in ["", "mnist"] {
            let folder = tempfile::tempdir().unwrap();
            write_tiny_mnist(&folder.path().join(subfolder), separator);
            let split = DataDirectory::new(folder.path()).mnist()?;
            assert_eq!(split.train.pixels(), [0, 255, 1, 2, 3, 4]);
            assert_eq!((split.train.labels(), split.test.labels()), (&[7, 0, 9][..], &[1, 2][..]));
            assert_eq!((split.known(), split.unrecognized.len()), (false, 4));
            assert!(split.to_string().contains("ubyte does not have the published content"), "{split}");
        }
    }
    Ok(())
}

#[test]
fn fashion_mnist_has_a_subfolder_of_its_own() -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    write_tiny_mnist(&folder.path().join("fashion-mnist"), '-');
    let directory = DataDirectory::new(folder.path());
    assert_eq!(directory.fashion_mnist()?.id(), "fashion-mnist");
    assert!(matches!(directory.mnist(), Err(DatasetError::Missing { set: "mnist", .. })));
    Ok(())
}

#[test]
fn the_test_part_under_the_name_of_the_training_part_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    fs::copy(embedded.join("optdigits/optdigits.tes.gz"), folder.path().join("optdigits.tra")).unwrap();
    let error = DataDirectory::new(folder.path()).optdigits().unwrap_err();
    assert!(matches!(error, DatasetError::Mistaken { expected: "optdigits train", found: "optdigits test", .. }));
}

#[test]
fn a_missing_file_is_named_with_its_folders_and_the_way_to_get_it() {
    let message = DataDirectory::new("nowhere").mnist().unwrap_err().to_string();
    for part in [
        "no mnist/train-images-idx3-ubyte.gz",
        "train-images.idx3-ubyte",
        "nowhere/mnist, nowhere);",
        "`cargo xtask fetch-data mnist`",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn damaged_files_are_errors_that_say_where() {
    let message = |change: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        write_tiny_mnist(folder.path(), '-');
        change(folder.path());
        DataDirectory::new(folder.path()).mnist().unwrap_err().to_string()
    };
    let write = |folder: &Path, name: &str, bytes: Vec<u8>| fs::write(folder.join(name), bytes).unwrap();
    let short = message(&|folder| write(folder, "t10k-images-idx3-ubyte", idx(&[2, 1, 2], &[5])));
    assert!(short.contains("t10k-images-idx3-ubyte") && short.contains("expected 4 bytes, found 1"), "{short}");
    let label = message(&|folder| write(folder, "train-labels-idx1-ubyte", idx(&[3], &[7, 10, 9])));
    assert!(label.ends_with("sample 1: expected a label from 0 to 9, found 10"), "{label}");
    let count = message(&|folder| write(folder, "train-labels-idx1-ubyte", idx(&[2], &[7, 1])));
    assert!(count.ends_with("expected 2 images of 2 x 1 pixels, one a label, found 6 pixels"), "{count}");
    let size = message(&|folder| write(folder, "t10k-images-idx3-ubyte", idx(&[2, 2, 1], &[5, 6, 7, 8])));
    assert!(size.ends_with("expected images of 2 x 1 pixels, found images of 1 x 2 pixels"), "{size}");
    let empty = message(&|folder| write(folder, "train-images-idx3-ubyte", idx(&[0, 1 << 31, 1 << 31], &[])));
    assert!(empty.contains("expected at least one"), "{empty}");
}

#[test]
fn a_loaded_set_that_is_not_missing_is_not_skipped() {
    let wrong = Err::<Split, _>(DatasetError::Selection { index: 3, samples: 2 });
    assert!(DataDirectory::or_skip("a_test", wrong).is_err());
    assert_eq!(DataDirectory::or_skip("a_test", Ok(5)).unwrap(), Some(5));
}

#[test]
fn both_text_forms_of_usps_are_read_and_damaged_lines_are_named() -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let directory = DataDirectory::new(folder.path());
    let write = |text: &str| {
        fs::write(folder.path().join("zip.train"), text).unwrap();
        fs::write(folder.path().join("zip.test"), text).unwrap();
    };
    let paper = " -1".repeat(254);
    write(&format!("6 0.861 1{paper}\n"));
    let integers = directory.usps()?;
    write(&format!("6.0000 0.8610 1.0000{} \r\n\n", " -1.0000".repeat(254)));
    assert_eq!(directory.usps()?, integers);
    assert_eq!((integers.train.labels(), &integers.train.pixels()[..3]), (&[6][..], &[861, 1000, -1000][..]));
    assert_eq!(integers.train.samples::<f64>(Scale::Signed)?[0], 0.861);

    for (text, expected) in [
        (format!("6 0.861 1{paper} 0"), "line 1: expected 256 values, found 257 values"),
        (format!("6 0.861 1{paper}\n5 1.5"), "line 2: expected 256 values from -1 to 1, found 1.5"),
        (format!("6.5 0.861 1{paper}"), "line 1: expected a label from 0 to 9, found 6.5"),
        (format!("0 1:0.861 1{paper}"), "line 1: expected a label from 1 to 10, found 0"),
        ("7 257:1".to_owned(), "line 1: expected index:value, index from 1 to 256, found 257:1"),
    ] {
        write(&text);
        let message = directory.usps().unwrap_err().to_string();
        assert!(message.ends_with(expected), "{message}");
    }
    Ok(())
}
