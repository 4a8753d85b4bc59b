//! Weights of samples from weights of classes.

use crate::MlpError;
use nn_core::CoreError;
use std::collections::BTreeMap;

/// The weight of every sample: that of its class.
///
/// # Errors
/// [`MlpError::Core`] for a label without a weight.
pub fn class_weights(labels: &[usize], weights: &[f64]) -> Result<Vec<f64>, MlpError> {
    let weight = |&label: &usize| {
        let found =
            CoreError::Size { what: "weights of classes", expected: label.saturating_add(1), found: weights.len() };
        weights.get(label).copied().ok_or(found.into())
    };
    labels.iter().map(weight).collect()
}

/// Weights that let every class count the same: n / (classes · samples of the class); their mean over the samples is 1.
pub fn balanced_weights(labels: &[usize]) -> Vec<f64> {
    let mut counts = BTreeMap::new();
    labels.iter().for_each(|&label| *counts.entry(label).or_insert(0_usize) += 1);
    labels.iter().map(|label| labels.len() as f64 / (counts.len() * counts[label]) as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_classes_weigh_the_same() {
        let labels = [0, 0, 0, 2, 2, 0];
        let weights = balanced_weights(&labels);
        assert_eq!(weights, [0.75, 0.75, 0.75, 1.5, 1.5, 0.75]);
        assert_eq!(weights.iter().sum::<f64>(), 6.0);
        assert!(balanced_weights(&[]).is_empty());
    }

    #[test]
    fn a_class_without_a_weight_is_named() {
        assert_eq!(class_weights(&[1, 0], &[2.0, 3.0]).unwrap(), [3.0, 2.0]);
        let error = class_weights(&[0, 2], &[2.0, 3.0]).unwrap_err();
        assert_eq!(error.to_string(), "weights of classes: expected 3, found 2");
    }
}
