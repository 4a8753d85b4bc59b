//! [`Table`]: what a CSV file holds, and the order of its classes.

use super::number;
use nn_core::{Matrix, Real};
use std::collections::HashMap;

/// A table of numbers, read from a CSV file or to be written to one.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<T: Real> {
    /// The names of the features (without the label column), if the file has a header.
    pub features: Option<Vec<String>>,
    /// d × n: a row of the file is a column of the matrix.
    pub samples: Matrix<T>,
    /// The class labels, if a label column was asked for.
    pub labels: Option<Labels>,
}

/// The class labels of a table's samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// The name of the label column, if the file has a header.
    pub name: Option<String>,
    /// The classes as the file writes them, each once, sorted: as numbers when all of them are numbers, otherwise as
    /// text. So class 3 of digits labelled 0 to 9 is the digit 3, and the order of the samples has no influence.
    pub classes: Vec<String>,
    /// The class of each sample, as an index into `classes`.
    pub indices: Vec<usize>,
}

impl Labels {
    pub(super) fn new(name: Option<String>, labels: Vec<String>) -> Self {
        let mut classes = labels.clone();
        classes.sort_unstable();
        classes.dedup();
        let numbers: Option<Vec<f64>> = classes.iter().map(|class| number(class.as_bytes())).collect();
        if let Some(numbers) = numbers {
            let mut order: Vec<(f64, String)> = numbers.into_iter().zip(classes).collect();
            order.sort_by(|(left, _), (right, _)| left.total_cmp(right));
            classes = order.into_iter().map(|(_, class)| class).collect();
        }
        let index_of: HashMap<&str, usize> =
            classes.iter().enumerate().map(|(index, class)| (class.as_str(), index)).collect();
        let indices = labels.iter().filter_map(|label| index_of.get(label.as_str()).copied()).collect();
        Self { name, classes, indices }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(labels: [&str; 4]) -> (Vec<String>, Vec<usize>) {
        let labels = Labels::new(None, labels.map(str::to_owned).to_vec());
        (labels.classes, labels.indices)
    }

    #[test]
    fn classes_that_are_numbers_are_sorted_as_numbers() {
        let expected = ["-1", "9", "10"].map(str::to_owned).to_vec();
        assert_eq!(classes(["10", "9", "-1", "10"]), (expected, vec![2, 1, 0, 2]));
    }

    #[test]
    fn one_class_that_is_a_word_makes_all_of_them_text() {
        let expected = ["10", "9", "ten"].map(str::to_owned).to_vec();
        assert_eq!(classes(["10", "9", "ten", "9"]), (expected, vec![0, 1, 2, 1]));
    }

    #[test]
    fn equal_numbers_written_differently_are_two_classes() {
        let expected = ["1", "1.0"].map(str::to_owned).to_vec();
        assert_eq!(classes(["1.0", "1", "1", "1.0"]), (expected, vec![1, 0, 0, 1]));
    }
}
