//! [`DecisionRule`]: which class the outputs of a model mean.

use crate::{Activation, Matrix, Real};

/// How the class of a sample is read from its outputs.
///
/// ```
/// use nn_core::{Activation, DecisionRule};
///
/// let rule = DecisionRule::of_outputs(1, Activation::Sigmoid);
/// assert_eq!(rule, DecisionRule::Above(0.5));
/// assert_eq!((rule.class(&[0.4]), rule.class(&[0.6])), (0, 1));
/// assert_eq!(DecisionRule::Largest.class(&[0.2, 0.7, 0.1]), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DecisionRule {
    /// The class with the largest output, the lowest index on a tie.
    Largest,
    /// The class with the smallest output, the lowest index on a tie: outputs that are distances.
    Smallest,
    /// Of two classes class 1 where the first output is above this number, class 0 elsewhere.
    Above(f64),
}

impl DecisionRule {
    /// The rule for so many output units with this activation: the largest output. A single unit tells two classes apart: class 1
    /// above ½ for sigmoid and step units, above 0 for all others.
    pub const fn of_outputs(outputs: usize, activation: Activation) -> Self {
        match (outputs, activation) {
            (1, Activation::Sigmoid | Activation::Step) => Self::Above(0.5),
            (1, _) => Self::Above(0.0),
            _ => Self::Largest,
        }
    }

    /// The class of one sample; 0 without outputs.
    pub fn class<T: Real>(self, outputs: &[T]) -> usize {
        let first_best = |better: fn(T, T) -> bool| {
            (1..outputs.len()).fold(0, |best, k| if better(outputs[k], outputs[best]) { k } else { best })
        };
        match self {
            Self::Largest => first_best(|a, b| a > b),
            Self::Smallest => first_best(|a, b| a < b),
            Self::Above(threshold) => usize::from(outputs.first().is_some_and(|&y| y > T::from_f64(threshold))),
        }
    }

    /// The class of every sample, outputs K × n.
    pub fn classes<T: Real>(self, outputs: &Matrix<T>) -> Vec<usize> {
        outputs.as_slice().chunks_exact(outputs.nrows().max(1)).map(|outputs| self.class(outputs)).collect()
    }
}

/// The class of every sample: the row with the largest value of each column; the lowest index wins a tie.
pub fn predicted_classes<T: Real>(outputs: &Matrix<T>) -> Vec<usize> {
    DecisionRule::Largest.classes(outputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_class_wins_a_tie() {
        let outputs = Matrix::from_row_slice(3, 2, &[0.5, 0.1, 0.5, 0.2, 0.1, 0.2]);
        assert_eq!(predicted_classes(&outputs), [0, 1]);
        assert_eq!(DecisionRule::Smallest.classes(&outputs), [2, 0]);
        assert_eq!(DecisionRule::Smallest.class(&[0.5, 0.2, 0.2]), 1);
    }

    #[test]
    fn one_output_tells_two_classes_apart() {
        let outputs = Matrix::from_row_slice(1, 3, &[-0.1, 0.3, 0.7]);
        let classes = |activation| DecisionRule::of_outputs(1, activation).classes(&outputs);
        assert_eq!(classes(Activation::Sigmoid), [0, 0, 1]);
        assert_eq!(classes(Activation::Tanh), [0, 1, 1]);
        assert_eq!(DecisionRule::of_outputs(2, Activation::Sigmoid), DecisionRule::Largest);
        assert_eq!(DecisionRule::Above(0.0).class(&[f64::NAN]), 0);
    }
}
