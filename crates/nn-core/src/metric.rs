//! Classification counted: labels as targets, accuracy and error rate, confusion matrix.

use crate::{CoreError, Matrix, Real};

/// Labels as targets: classes × n, with 1 in the label's row and 0 elsewhere.
///
/// # Errors
/// [`CoreError::Label`] for the first label that is not below `classes`.
pub fn one_hot<T: Real>(classes: usize, labels: &[usize]) -> Result<Matrix<T>, CoreError> {
    let mut targets = Matrix::zeros(classes, labels.len());
    for (sample, &label) in labels.iter().enumerate() {
        if label >= classes {
            return Err(CoreError::Label { sample, label, classes });
        }
        targets[(label, sample)] = T::ONE;
    }
    Ok(targets)
}

/// Fraction of samples whose predicted class is their label, in [0, 1].
///
/// # Errors
/// [`CoreError::Size`] when the numbers of samples differ, [`CoreError::Empty`] when there is none.
pub fn accuracy(predicted: &[usize], labels: &[usize]) -> Result<f64, CoreError> {
    if predicted.len() != labels.len() {
        return Err(CoreError::Size { what: "labels", expected: predicted.len(), found: labels.len() });
    }
    if labels.is_empty() {
        return Err(CoreError::Empty { what: "the set of labels" });
    }
    let right = predicted.iter().zip(labels).filter(|(p, l)| p == l).count();
    Ok(right as f64 / labels.len() as f64)
}

/// Fraction of samples whose predicted class is not their label, in [0, 1]; 0 without samples.
///
/// # Errors
/// [`CoreError::Size`] when the numbers of samples differ.
pub fn error_rate(predicted: &[usize], labels: &[usize]) -> Result<f64, CoreError> {
    if predicted.len() != labels.len() {
        return Err(CoreError::Size { what: "labels", expected: predicted.len(), found: labels.len() });
    }
    let wrong = predicted.iter().zip(labels).filter(|(p, l)| p != l).count();
    Ok(wrong as f64 / labels.len().max(1) as f64)
}

/// How often samples of one class were predicted as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// Counts the samples of each pair of label and predicted class.
    ///
    /// # Errors
    /// [`CoreError::Size`] when the numbers of samples differ, [`CoreError::Label`] for a class not below `classes`.
    pub fn new(classes: usize, predicted: &[usize], labels: &[usize]) -> Result<Self, CoreError> {
        if predicted.len() != labels.len() {
            return Err(CoreError::Size { what: "labels", expected: predicted.len(), found: labels.len() });
        }
        let mut counts = vec![0; classes * classes];
        for (sample, (&predicted, &label)) in predicted.iter().zip(labels).enumerate() {
            if let Some(&label) = [label, predicted].iter().find(|&&class| class >= classes) {
                return Err(CoreError::Label { sample, label, classes });
            }
            counts[label * classes + predicted] += 1;
        }
        Ok(Self { classes, counts })
    }

    /// Number of samples of class `label` that were predicted as class `predicted`; 0 for classes out of range.
    pub fn count(&self, label: usize, predicted: usize) -> u64 {
        if label < self.classes && predicted < self.classes { self.counts[label * self.classes + predicted] } else { 0 }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Number of samples on the diagonal: predicted as what they are.
    pub fn correct(&self) -> u64 {
        (0..self.classes).map(|class| self.count(class, class)).sum()
    }

    /// Number of samples off the diagonal.
    pub fn errors(&self) -> u64 {
        self.counts.iter().sum::<u64>() - self.correct()
    }

    /// As a plain matrix: row = label, column = predicted class.
    pub fn to_matrix(&self) -> Matrix<f64> {
        Matrix::from_fn(self.classes, self.classes, |label, predicted| self.count(label, predicted) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predicted_classes;

    #[test]
    fn counts_add_up() {
        let (predicted, labels) = ([0, 1, 1, 2, 2, 2], [0, 1, 2, 2, 2, 0]);
        let confusion = ConfusionMatrix::new(3, &predicted, &labels).unwrap();
        assert_eq!((confusion.correct(), confusion.errors()), (4, 2));
        assert_eq!((confusion.count(2, 1), confusion.count(0, 2), confusion.count(1, 2)), (1, 1, 0));
        assert_eq!(accuracy(&predicted, &labels).unwrap(), 4.0 / 6.0);
        assert_eq!(error_rate(&predicted, &labels).unwrap(), 2.0 / 6.0);
        assert_eq!(confusion.to_matrix().sum(), 6.0);
    }

    #[test]
    fn labels_out_of_range_are_named() {
        let error = one_hot::<f32>(10, &[3, 10]).unwrap_err();
        assert_eq!(error.to_string(), "sample 1 has label 10, but there are 10 classes (0 to 9)");
        assert!(ConfusionMatrix::new(2, &[0], &[2]).is_err());
        assert_eq!(accuracy(&[], &[]).unwrap_err().to_string(), "the set of labels is empty");
        assert_eq!(error_rate(&[], &[]), Ok(0.0));
        assert_eq!(error_rate(&[1], &[]).unwrap_err().to_string(), "labels: expected 1, found 0");
        assert_eq!(accuracy(&[1], &[]).unwrap_err().to_string(), "labels: expected 1, found 0");
    }

    #[test]
    fn one_hot_and_predicted_classes_are_inverse() {
        let labels = [2, 0, 1, 1];
        assert_eq!(predicted_classes(&one_hot::<f64>(3, &labels).unwrap()), labels);
    }
}
