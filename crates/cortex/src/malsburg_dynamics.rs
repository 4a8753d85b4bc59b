//! How von der Malsburg's cortex comes to rest under a stimulus.

use crate::CortexError;
use crate::error::{check_non_negative, out_of_range};
use nn_core::{Hexagon, Matrix};

/// The lateral connections and the threshold: how the cortex comes to rest under a stimulus.
///
/// Excitatory cell k and inhibitory cell k sit at the same place; d counts lattice steps; x* = max(x − θ, 0):
/// Eₖ ← Σᵢ sᵢₖ Aᵢ + p Σ_{d=1} E*ₗ − q Σ_{d=2} I*ₗ and Iₖ ← r Σ_{d≤1} E*ₗ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorticalDynamics {
    /// p, from an excitatory cell to its neighbors.
    pub excitation: f64,
    /// q, from an inhibitory cell to the excitatory cells two steps away.
    pub inhibition: f64,
    /// r, from an excitatory cell to the inhibitory cells at its place and around it.
    pub recruitment: f64,
    /// θ of both kinds of cells.
    pub threshold: f64,
    /// Synchronous steps from rest to the response.
    pub steps: usize,
}

impl CorticalDynamics {
    /// p = 0.4, q = 0.3, r = 0.286, θ = 1, 20 steps.
    pub const PUBLISHED: Self =
        Self { excitation: 0.4, inhibition: 0.3, recruitment: 0.286, threshold: 1.0, steps: 20 };

    pub(crate) fn check(&self) -> Result<(), CortexError> {
        check_non_negative("the excitation p", self.excitation)?;
        check_non_negative("the inhibition q", self.inhibition)?;
        check_non_negative("the recruitment r", self.recruitment)?;
        check_non_negative("the threshold", self.threshold)?;
        match self.steps {
            0 => Err(out_of_range("the number of steps", "at least 1", 0.0)),
            _ => Ok(()),
        }
    }
}

/// Cells at the same distance, for every cell, one list after the other.
struct Rings {
    ends: Vec<usize>,
    cells: Vec<usize>,
}

impl Rings {
    fn new(hexagon: &Hexagon, steps: std::ops::RangeInclusive<usize>) -> Self {
        let (mut ends, mut cells) = (Vec::new(), Vec::new());
        for unit in 0..hexagon.units() {
            cells.extend((0..hexagon.units()).filter(|&other| steps.contains(&hexagon.steps(unit, other))));
            ends.push(cells.len());
        }
        Self { ends, cells }
    }

    /// out[k] ← the sum of the values around cell k.
    fn sum(&self, values: &[f64], out: &mut [f64]) {
        let mut from = 0;
        for (out, &end) in out.iter_mut().zip(&self.ends) {
            *out = self.cells[from..end].iter().fold(0.0, |sum, &cell| sum + values[cell]);
            from = end;
        }
    }
}

/// The activity of the cortex and the buffers of a step.
pub(crate) struct State {
    near: Rings,
    at_and_near: Rings,
    second: Rings,
    drive: Vec<f64>,
    /// E*
    pub(crate) active: Vec<f64>,
    /// I*
    inhibitory: Vec<f64>,
    excitation: Vec<f64>,
    inhibition: Vec<f64>,
}

impl State {
    pub(crate) fn new(hexagon: &Hexagon) -> Self {
        let zeros = || vec![0.0; hexagon.units()];
        Self {
            near: Rings::new(hexagon, 1..=1),
            at_and_near: Rings::new(hexagon, 0..=1),
            second: Rings::new(hexagon, 2..=2),
            drive: zeros(),
            active: zeros(),
            inhibitory: zeros(),
            excitation: zeros(),
            inhibition: zeros(),
        }
    }

    /// From rest to the response, which is left in `active`; the first cell whose activity is not finite, if there is one: a NaN
    /// would be below every threshold and go unseen.
    pub(crate) fn settle(
        &mut self,
        weights: &Matrix<f64>,
        dynamics: &CorticalDynamics,
        stimulus: &[f64],
    ) -> Option<usize> {
        for (drive, cell) in self.drive.iter_mut().zip(weights.as_slice().chunks_exact(weights.nrows())) {
            *drive = cell.iter().zip(stimulus).fold(0.0, |sum, (s, a)| sum + s * a);
        }
        let above = |x: f64| (x - dynamics.threshold).max(0.0);
        self.active.fill(0.0);
        let mut diverged = None;
        for _ in 0..dynamics.steps {
            self.at_and_near.sum(&self.active, &mut self.inhibition);
            for (inhibitory, &sum) in self.inhibitory.iter_mut().zip(&self.inhibition) {
                *inhibitory = above(dynamics.recruitment * sum);
            }
            self.near.sum(&self.active, &mut self.excitation);
            self.second.sum(&self.inhibitory, &mut self.inhibition);
            for (k, active) in self.active.iter_mut().enumerate() {
                let lateral = dynamics.excitation * self.excitation[k] - dynamics.inhibition * self.inhibition[k];
                let activity = self.drive[k] + lateral;
                if !activity.is_finite() {
                    diverged = diverged.or(Some(k));
                }
                *active = above(activity);
            }
        }
        diverged
    }
}

pub(crate) fn diverged(unit: &'static str, number: usize, index: usize) -> CortexError {
    let remedy = "the lateral connections excite more than they inhibit";
    CortexError::Diverged { what: "the activity", unit, number, index, remedy }
}
