//! Which samples: the indices of a part of a data set.

use crate::DatasetError;
use nn_core::CoreError;

/// offset, offset + every, offset + 2 · every, ... below n.
pub(crate) fn strided(samples: usize, every: usize, offset: usize) -> Result<Vec<usize>, DatasetError> {
    if every == 0 {
        return Err(CoreError::OutOfRange { name: "every", rule: "at least 1", value: 0.0 }.into());
    }
    Ok((offset..samples).step_by(every).collect())
}

/// 0 .. n without the given indices, which ascend.
pub(crate) fn complement(samples: usize, indices: &[usize]) -> Vec<usize> {
    let mut excluded = indices.iter().copied().peekable();
    (0..samples).filter(|index| excluded.next_if_eq(index).is_none()).collect()
}

/// Every index is below n.
pub(crate) fn check(samples: usize, indices: &[usize]) -> Result<(), DatasetError> {
    match indices.iter().find(|&&index| index >= samples) {
        Some(&index) => Err(DatasetError::Selection { index, samples }),
        None => Ok(()),
    }
}
