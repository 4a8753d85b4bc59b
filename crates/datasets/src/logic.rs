//! Truth tables: AND, OR, XOR, parity, symmetry.

use crate::DatasetError;
use nn_core::{CoreError, Matrix, Real};

/// Inputs with the outputs a network should learn.
#[derive(Debug, Clone, PartialEq)]
pub struct Patterns<T: Real> {
    /// d × n: one pattern a column.
    pub inputs: Matrix<T>,
    /// k × n: the target of each pattern.
    pub targets: Matrix<T>,
}

/// Truth tables longer than 2²⁰ rows are a mistake.
const MAXIMUM_INPUTS: usize = 20;

/// All 2ⁿ patterns of n bits in counting order (00, 01, 10, 11: the first input is the highest bit), with the target
/// 1 where `function` holds, else 0.
fn truth_table<T: Real>(inputs: usize, function: impl Fn(u32) -> bool) -> Patterns<T> {
    let bit = |set: bool| if set { T::ONE } else { T::ZERO };
    let rows = 1 << inputs;
    Patterns {
        inputs: Matrix::from_fn(inputs, rows, |input, row| bit((row >> (inputs - 1 - input)) & 1 == 1)),
        targets: Matrix::from_fn(1, rows, |_, row| bit(function(row as u32))),
    }
}

fn check(inputs: usize) -> Result<usize, DatasetError> {
    if (1..=MAXIMUM_INPUTS).contains(&inputs) {
        Ok(inputs)
    } else {
        Err(CoreError::OutOfRange { name: "inputs", rule: "from 1 to 20", value: inputs as f64 }.into())
    }
}

/// 1 when both inputs are 1: 2 × 4 inputs 00, 01, 10, 11 and 1 × 4 targets 0, 0, 0, 1. Linearly separable.
///
/// ```
/// let and = datasets::and::<f64>();
/// assert_eq!(and.inputs.as_slice(), [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
/// assert_eq!(and.targets.as_slice(), [0.0, 0.0, 0.0, 1.0]);
/// ```
pub fn and<T: Real>() -> Patterns<T> {
    truth_table(2, |row| row == 0b11)
}

/// 1 when an input is 1: inputs 00, 01, 10, 11 and targets 0, 1, 1, 1. Linearly separable.
pub fn or<T: Real>() -> Patterns<T> {
    truth_table(2, |row| row != 0)
}

/// 1 when the inputs differ: inputs 00, 01, 10, 11 and targets 0, 1, 1, 0. Not linearly separable.
pub fn xor<T: Real>() -> Patterns<T> {
    truth_table(2, |row| row.count_ones() == 1)
}

/// 1 when an odd number of the n inputs is 1: n × 2ⁿ inputs in counting order. XOR is parity of two.
///
/// # Errors
/// [`DatasetError::Core`] when `inputs` is not from 1 to 20.
///
/// # Source
/// D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning internal representations by error propagation" (1986).
pub fn parity<T: Real>(inputs: usize) -> Result<Patterns<T>, DatasetError> {
    Ok(truth_table(check(inputs)?, |row| row.count_ones() % 2 == 1))
}

/// 1 when the n inputs read the same from both ends: n × 2ⁿ inputs in counting order.
///
/// # Errors
/// [`DatasetError::Core`] when `inputs` is not from 1 to 20.
///
/// # Source
/// D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by back-propagating errors",
/// Nature 323 (1986) 533-536: six inputs.
pub fn symmetry<T: Real>(inputs: usize) -> Result<Patterns<T>, DatasetError> {
    let shift = u32::BITS - check(inputs)? as u32;
    Ok(truth_table(inputs, |row| row.reverse_bits() >> shift == row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_tables_are_in_counting_order() {
        assert_eq!(xor::<f32>().inputs, and::<f32>().inputs);
        assert_eq!(xor::<f64>().inputs.as_slice(), [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
        assert_eq!(xor::<f64>().targets.as_slice(), [0.0, 1.0, 1.0, 0.0]);
        assert_eq!(or::<f64>().targets.as_slice(), [0.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn parity_is_the_exclusive_or_of_all_inputs() {
        assert_eq!(parity::<f64>(2).unwrap(), xor());
        let Patterns { inputs, targets } = parity::<f64>(5).unwrap();
        assert_eq!((inputs.shape(), targets.shape()), ((5, 32), (1, 32)));
        for (pattern, target) in inputs.column_iter().zip(&targets) {
            assert_eq!(pattern.sum() % 2.0, *target);
        }
    }

    #[test]
    fn symmetry_of_six_inputs_has_eight_symmetric_patterns() {
        let Patterns { inputs, targets } = symmetry::<f32>(6).unwrap();
        assert_eq!(targets.sum(), 8.0);
        for (pattern, target) in inputs.column_iter().zip(&targets) {
            let symmetric = (0..3).all(|input| pattern[input] == pattern[5 - input]);
            assert_eq!(symmetric, *target == 1.0);
        }
    }

    #[test]
    fn a_truth_table_of_no_or_too_many_inputs_is_an_error() {
        assert_eq!(parity::<f32>(0).unwrap_err().to_string(), "inputs must be from 1 to 20, is 0");
        assert_eq!(symmetry::<f32>(21).unwrap_err().to_string(), "inputs must be from 1 to 20, is 21");
        assert_eq!(parity::<f32>(1).unwrap().targets.as_slice(), [0.0, 1.0]);
    }
}
