//! Which weights a layer has: all of them, groups, or the transposed weights of another layer.

use crate::{Layer, MlpError};
use nn_core::{Matrix, Real};

/// Where the weights of a layer come from, and which of them exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Links {
    /// Every unit has a weight from every input.
    #[default]
    Full,
    /// Group g of the units has weights from group g of the inputs and from no other: `(inputs, units)` of every group, from
    /// the first input and unit on. The missing weights are 0 and stay 0.
    Groups(&'static [(usize, usize)]),
    /// W is the transpose of the weights of the layer with this index, counted from 0, which lies below this one.
    TiedTo(usize),
}

/// Every layer's links fit its sizes and the layers they name.
pub(crate) fn check_links<T: Real>(layers: &[Layer<T>], links: &[Links]) -> Result<(), MlpError> {
    for (index, (layer, link)) in layers.iter().zip(links).enumerate() {
        let (number, inputs, units) = (index + 1, layer.inputs(), layer.units());
        match *link {
            Links::Full | Links::Groups(_) => check_groups(number, *link, inputs, units)?,
            Links::TiedTo(other) => {
                if other >= index || matches!(links[other], Links::TiedTo(_)) {
                    return Err(MlpError::TiedTo { layer: number, other: other.saturating_add(1) });
                }
                let (other_inputs, other_units) = (layers[other].inputs(), layers[other].units());
                if (inputs, units) != (other_units, other_inputs) {
                    let other = other + 1;
                    return Err(MlpError::Tied { layer: number, inputs, units, other, other_inputs, other_units });
                }
            }
        }
    }
    Ok(())
}

/// The sizes of the groups add up to those of the layer.
pub(crate) fn check_groups(layer: usize, links: Links, inputs: usize, units: usize) -> Result<(), MlpError> {
    let Links::Groups(groups) = links else { return Ok(()) };
    let found = groups.iter().fold((0, 0), |sum, group| (sum.0 + group.0, sum.1 + group.1));
    if found == (inputs, units) {
        return Ok(());
    }
    Err(MlpError::Groups { layer, inputs, units, group_inputs: found.0, group_units: found.1 })
}

/// Sets the weights between different groups to 0. D × M values, one unit's weights after the other.
pub(crate) fn keep_groups<T: Real>(groups: &[(usize, usize)], inputs: usize, weight: &mut [T]) {
    let (mut first_input, mut first_unit) = (0, 0);
    for &(group_inputs, group_units) in groups {
        let units = &mut weight[first_unit * inputs..(first_unit + group_units) * inputs];
        for unit in units.chunks_exact_mut(inputs.max(1)) {
            unit[..first_input].fill(T::ZERO);
            unit[first_input + group_inputs..].fill(T::ZERO);
        }
        first_input += group_inputs;
        first_unit += group_units;
    }
}

/// A matrix without columns that still knows its number of rows: the weights that a tied layer does not have.
pub(crate) fn no_weights<T: Real>(inputs: usize) -> Matrix<T> {
    Matrix::zeros(inputs, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_their_blocks() {
        let mut weight = Matrix::repeat(5, 3, 1.0);
        keep_groups(&[(2, 1), (3, 2)], 5, weight.as_mut_slice());
        let expected = Matrix::from_column_slice(5, 3, &[1., 1., 0., 0., 0., 0., 0., 1., 1., 1., 0., 0., 1., 1., 1.]);
        assert_eq!(weight, expected);
        let error = check_groups(1, Links::Groups(&[(2, 1), (3, 3)]), 5, 3).unwrap_err();
        assert_eq!(
            error.to_string(),
            "layer 1 has 5 inputs and 3 units, its groups have 5 inputs and 4 units together"
        );
    }
}
