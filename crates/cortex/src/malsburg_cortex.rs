//! Von der Malsburg's cortex: cells that see a retina and each other, and how ordered they are.

use crate::error::check_values;
use crate::malsburg_dynamics::{State, diverged};
use crate::{CortexError, CorticalDynamics, TuningCurve, orientation_difference};
use nn_core::{Hexagon, Matrix, Parameters, Tensor, TensorMut};

/// A sheet of excitatory and inhibitory cells that sees a retina: column k of the weights are the sᵢₖ of cell k.
#[derive(Debug, Clone, PartialEq)]
pub struct MalsburgCortex {
    pub(crate) cortex: Hexagon,
    pub(crate) retina: Hexagon,
    pub(crate) weights: Matrix<f64>,
    pub(crate) dynamics: CorticalDynamics,
}

impl MalsburgCortex {
    /// Where the cortical cells are.
    pub fn cortex(&self) -> &Hexagon {
        &self.cortex
    }

    /// Where the retinal cells are.
    pub fn retina(&self) -> &Hexagon {
        &self.retina
    }

    /// The afferent weights, retinal × cortical cells.
    pub fn weights(&self) -> &Matrix<f64> {
        &self.weights
    }

    /// The same cortex with other weights: lesions, transplants.
    ///
    /// # Errors
    /// [`CortexError::Length`] for another shape, [`CortexError::Value`] for a weight that is negative or not finite.
    pub fn with_weights(mut self, weights: Matrix<f64>) -> Result<Self, CortexError> {
        for (what, expected, found) in [
            ("rows of the weights (retinal cells)", self.retina.units(), weights.nrows()),
            ("columns of the weights (cortical cells)", self.cortex.units(), weights.ncols()),
        ] {
            if expected != found {
                return Err(CortexError::Length { what, expected, found });
            }
        }
        let holds = |value: f64| value >= 0.0 && value.is_finite();
        check_values("weight", weights.as_slice(), "non-negative and finite", holds)?;
        self.weights = weights;
        Ok(self)
    }

    /// Every cell's weights to a mean of s/2. A cell without any keeps none.
    pub(crate) fn scale_back(&mut self, afferent: f64) {
        let sum = 0.5 * afferent * self.weights.nrows() as f64;
        for mut cell in self.weights.column_iter_mut() {
            let found = cell.sum();
            if found > 0.0 {
                cell *= sum / found;
            }
        }
    }

    pub(crate) fn check_stimuli(&self, stimuli: &Matrix<f64>) -> Result<(), CortexError> {
        let (expected, found) = (self.retina.units(), stimuli.nrows());
        if expected != found {
            return Err(CortexError::Length { what: "rows of the stimuli (retinal cells)", expected, found });
        }
        let holds = |value: f64| (0.0..=1.0).contains(&value);
        check_values("stimulus value", stimuli.as_slice(), "between 0 and 1", holds)
    }

    /// Σᵢ sᵢₖ Aᵢ: what every cell receives from the retina alone, cells × stimuli. **The measure of what has been learned**:
    /// through the lateral connections even the untrained cortex looks ordered.
    ///
    /// # Errors
    /// [`CortexError::Length`], [`CortexError::Value`] for stimuli that do not fit.
    pub fn afferent_drive(&self, stimuli: &Matrix<f64>) -> Result<Matrix<f64>, CortexError> {
        self.check_stimuli(stimuli)?;
        let mut drive = Matrix::zeros(self.cortex.units(), stimuli.ncols());
        nn_core::gemm(1.0, nn_core::View::from(&self.weights).transposed(), stimuli, 0.0, &mut drive)?;
        Ok(drive)
    }

    /// E* of every cell at rest under every stimulus, cells × stimuli.
    ///
    /// # Errors
    /// As [`MalsburgCortex::afferent_drive`]; [`CortexError::Diverged`] when the activity grows beyond all numbers.
    pub fn transform(&self, stimuli: &Matrix<f64>) -> Result<Matrix<f64>, CortexError> {
        self.check_stimuli(stimuli)?;
        let mut state = State::new(&self.cortex);
        let mut responses = Matrix::zeros(self.cortex.units(), stimuli.ncols());
        for (n, (mut response, stimulus)) in responses.column_iter_mut().zip(stimuli.column_iter()).enumerate() {
            if let Some(index) = state.settle(&self.weights, &self.dynamics, stimulus.as_slice()) {
                return Err(diverged("stimulus", n + 1, index));
            }
            response.copy_from_slice(&state.active);
        }
        Ok(responses)
    }

    /// The tuning of every cell's afferent drive: stimulus n has angle n, in radians, ascending.
    ///
    /// # Errors
    /// As [`MalsburgCortex::afferent_drive`], and as [`TuningCurve::new`].
    pub fn tuning(&self, stimuli: &Matrix<f64>, angles: &[f64]) -> Result<Vec<TuningCurve>, CortexError> {
        let drive = self.afferent_drive(stimuli)?;
        drive.row_iter().map(|cell| TuningCurve::new(angles.to_vec(), cell.iter().copied().collect())).collect()
    }

    /// The mean difference of the preferred orientations of neighboring cells, in radians: π/4 by chance. Pairs with a cell
    /// that prefers nothing are left out; 0 without a pair.
    ///
    /// # Errors
    /// [`CortexError::Length`] when there is not one curve a cell.
    pub fn neighbor_difference(&self, tuning: &[TuningCurve]) -> Result<f64, CortexError> {
        let (expected, found) = (self.cortex.units(), tuning.len());
        if expected != found {
            return Err(CortexError::Length { what: "tuning curves (cortical cells)", expected, found });
        }
        let preferred: Vec<Option<f64>> = tuning.iter().map(TuningCurve::preferred_orientation).collect();
        let (mut total, mut pairs) = (0.0, 0_u32);
        for cell in 0..expected {
            for neighbor in self.cortex.neighbors(cell).into_iter().filter(|&neighbor| neighbor > cell) {
                if let (Some(a), Some(b)) = (preferred[cell], preferred[neighbor]) {
                    total += orientation_difference(a, b);
                    pairs += 1;
                }
            }
        }
        Ok(if pairs == 0 { 0.0 } else { total / f64::from(pairs) })
    }
}

/// `afferents` with shape [cortical cells, retinal cells].
impl Parameters<f64> for MalsburgCortex {
    fn tensors(&self) -> Vec<Tensor<'_, f64>> {
        let shape = vec![self.weights.ncols(), self.weights.nrows()];
        vec![Tensor { name: "afferents".into(), shape, values: self.weights.as_slice() }]
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, f64>> {
        let shape = vec![self.weights.ncols(), self.weights.nrows()];
        vec![TensorMut { name: "afferents".into(), shape, values: self.weights.as_mut_slice() }]
    }
}

/// The nine bars of 1973 on the retina of 19 cells, 19 × 9, and their orientations in radians: 10°, 30°, ..., 170°.
///
/// Seven cells each; neighboring orientations share five, perpendicular ones one. In the paper's numbering they are 5, 4, 3, 2,
/// 1, 9, 8, 7, 6.
pub fn malsburg_bars() -> (Matrix<f64>, [f64; 9]) {
    const BARS: [&[u8; 19]; 9] = [
        b"0000001111111000000",
        b"0000011011101100000",
        b"0010011001001100100",
        b"0110010001000100110",
        b"0100110001000110010",
        b"1100100001000010011",
        b"1001100001000011001",
        b"0001100011100011000",
        b"0001000111110001000",
    ];
    let bars = Matrix::from_fn(19, 9, |cell, bar| f64::from(BARS[bar][cell] - b'0'));
    (bars, std::array::from_fn(|bar| (20.0 * bar as f64 + 10.0).to_radians()))
}
