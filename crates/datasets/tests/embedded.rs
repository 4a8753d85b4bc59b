//! The embedded sets are the published ones: counts, sums, labels, and the nearest neighbor's errors.

use datasets::{Digits, Scale, images, iris, mnist_10k, optdigits};
use nearest_neighbor::{Points, errors, nearest_other};

mod nearest_neighbor;

fn pixel_sum(digits: &Digits) -> i64 {
    digits.pixels().iter().map(|&pixel| i64::from(pixel)).sum()
}

/// Mean and standard deviation of all pixels at this scale.
fn moments(digits: &Digits, scale: Scale) -> (f64, f64) {
    let samples = digits.samples::<f64>(scale).unwrap();
    (samples.mean(), samples.variance().sqrt())
}

#[test]
fn mnist_10k_has_the_counts_and_sums_of_the_official_digits() {
    let split = mnist_10k().unwrap();
    assert_eq!(split.to_string(), "mnist-10k: 10000 training and 10000 test images of 28 x 28 pixels");
    assert!(split.known());
    let (train, test) = (&split.train, &split.test);
    assert_eq!(train.labels()[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert_eq!(test.labels()[..10], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    assert_eq!((pixel_sum(train), pixel_sum(test)), (262_146_600, 264_923_200));
    assert_eq!(train.class_counts(), [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    assert_eq!(test.class_counts(), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    for (digits, mean, deviation) in [(train, 0.131126, 0.308699), (test, 0.132515, 0.310480)] {
        let (found_mean, found_deviation) = moments(digits, Scale::Unit);
        assert!((found_mean - mean).abs() < 5e-7, "{found_mean}");
        assert!((found_deviation - deviation).abs() < 5e-7, "{found_deviation}");
    }
}

#[test]
fn optdigits_has_the_counts_and_sums_of_the_official_test_part() {
    let digits = optdigits().unwrap();
    assert_eq!((digits.id(), digits.len(), digits.width(), digits.height()), ("optdigits-test", 1797, 8, 8));
    assert_eq!(digits.labels()[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(pixel_sum(&digits), 561_718);
    assert_eq!(digits.class_counts(), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    // The first line of the file: a zero, its first row 0 0 5 13 9 1 0 0.
    assert_eq!(digits.image(0).unwrap()[..8], [0, 0, 5, 13, 9, 1, 0, 0]);
    assert_eq!(digits.image(1797), None);
}

#[test]
fn iris_is_fishers_table_and_not_the_one_with_two_wrong_flowers() {
    let iris = iris::<f64>().unwrap();
    assert_eq!(iris.samples.shape(), (4, 150));
    for (feature, sum) in [876.5, 458.6, 563.7, 179.9].into_iter().enumerate() {
        assert!((iris.samples.row(feature).sum() - sum).abs() < 1e-9, "{}", iris.feature_names[feature]);
    }
    for class in 0..3 {
        assert!(iris.labels[50 * class..50 * (class + 1)].iter().all(|&label| label == class));
    }
    assert_eq!(iris.class_names, ["setosa", "versicolor", "virginica"]);
    assert_eq!(iris.samples.column(34).as_slice(), [4.9, 3.1, 1.5, 0.2]);
    assert_eq!(iris.samples.column(37).as_slice(), [4.9, 3.6, 1.4, 0.1]);
    assert_eq!(iris.samples.map(|value| value as f32), datasets::iris::<f32>().unwrap().samples);
}

#[test]
fn images_have_their_sums_and_ranges() {
    let expected = [
        ("camera", 8_466_205, 2, 255),
        ("grass", 7_756_150, 8, 219),
        ("gravel", 8_301_361, 2, 232),
        ("brick", 7_312_355, 69, 203),
    ];
    for (image, expected) in images().unwrap().iter().zip(expected) {
        let pixels = image.pixels();
        let sum: u32 = pixels.iter().map(|&pixel| u32::from(pixel)).sum();
        assert_eq!((image.name(), sum, *pixels.iter().min().unwrap(), *pixels.iter().max().unwrap()), expected);
        let brightness = image.brightness::<f64>();
        assert_eq!(brightness.shape(), (256, 256));
        assert_eq!(brightness[(17, 200)], f64::from(pixels[256 * 17 + 200]) / 255.0);
    }
}

#[test]
fn the_nearest_neighbor_makes_657_errors_with_5000_training_digits_and_537_with_10000() {
    let split = mnist_10k().unwrap();
    // Errors in all test digits, in the first 5,000 and in the others.
    assert_eq!(errors(&split.train, &split.test, [5_000, 10_000]), [(657, 446, 211), (537, 367, 170)]);
}

#[test]
fn leaving_one_out_makes_21_errors_on_optdigits() {
    let digits = optdigits().unwrap();
    let labels = digits.labels();
    let nearest = nearest_other(&Points::from(&digits));
    assert_eq!(nearest.iter().zip(labels).filter(|&(&index, label)| labels[index] != *label).count(), 21);
}

#[test]
fn leaving_one_out_makes_6_errors_on_iris() {
    let iris = iris::<f64>().unwrap();
    // One decimal: ten times a value is an integer.
    let tenths: Vec<i16> = iris.samples.iter().map(|value| (10.0 * value).round() as i16).collect();
    let nearest = nearest_other(&Points::new(4, &tenths));
    assert_eq!(nearest.iter().zip(&iris.labels).filter(|&(&index, label)| iris.labels[index] != *label).count(), 6);
}
