//! A sparse code (slide 9): bases, the price of using them, and what inference says of a patch.

use crate::inference::{Inference, Inferred, gram_and_bound, start_vector};
use crate::{CortexError, Penalty};
use nn_core::{CoreError, Matrix, Parameters, Real, Tensor, TensorMut, View, gemm};

/// A dictionary of bases and the price of using them: x ≈ Φa with few coefficients a far from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseCode<T: Real> {
    side: usize,
    pub(crate) bases: Matrix<T>,
    penalty: Penalty,
    inference_steps: usize,
}

impl<T: Real> SparseCode<T> {
    /// A code with these bases, side² × K.
    ///
    /// # Errors
    /// [`CortexError::Length`] for another number of pixels, [`CortexError::Core`] for no bases, values that are not finite, or
    /// parameters out of range.
    pub fn new(side: usize, bases: Matrix<T>, penalty: Penalty, inference_steps: usize) -> Result<Self, CortexError> {
        penalty.check()?;
        if bases.is_empty() {
            return Err(CoreError::Empty { what: "the matrix of bases" }.into());
        }
        let (expected, found) = (side.saturating_mul(side), bases.nrows());
        if expected != found {
            return Err(CortexError::Length { what: "rows of the bases (pixels of a patch)", expected, found });
        }
        nn_core::check_finite(&bases)?;
        Ok(Self { side, bases, penalty, inference_steps })
    }

    /// Pixels along a side of a patch.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Φ, one basis a column.
    pub fn bases(&self) -> &Matrix<T> {
        &self.bases
    }

    /// The price of the coefficients.
    pub fn penalty(&self) -> Penalty {
        self.penalty
    }

    fn check_patches(&self, patches: &Matrix<T>) -> Result<(), CortexError> {
        let (expected, found) = (self.side * self.side, patches.nrows());
        if expected != found {
            return Err(CortexError::Length { what: "rows of the patches (pixels)", expected, found });
        }
        Ok(nn_core::check_finite(patches)?)
    }

    /// The coefficients that inference finds for patches (columns), K × n.
    ///
    /// # Errors
    /// [`CortexError::Length`], [`CortexError::Core`] for patches that do not fit or are not finite.
    pub fn transform(&self, patches: &Matrix<T>) -> Result<Matrix<T>, CortexError> {
        self.check_patches(patches)?;
        let (mut gram, mut vector) = self.workspace();
        let bound = gram_and_bound(&self.bases, &mut gram, &mut vector, 60)?;
        Ok(self.infer(&gram, bound, patches)?.0)
    }

    pub(crate) fn workspace(&self) -> (Matrix<T>, Vec<T>) {
        let k = self.bases.ncols();
        (Matrix::zeros(k, k), start_vector(k))
    }

    /// The energy of every patch after every step of inference: one list a step, one number a patch. Never rises.
    ///
    /// # Errors
    /// As [`SparseCode::transform`].
    pub fn inference_energies(&self, patches: &Matrix<T>) -> Result<Vec<Vec<T>>, CortexError> {
        self.check_patches(patches)?;
        let (mut gram, mut vector) = self.workspace();
        let bound = gram_and_bound(&self.bases, &mut gram, &mut vector, 60)?;
        Ok(self.inference(&gram, bound).run(patches.into(), true)?.history)
    }

    fn inference<'a>(&'a self, gram: &'a Matrix<T>, largest_eigenvalue: f64) -> Inference<'a, T> {
        let (penalty, steps) = (self.penalty, self.inference_steps);
        Inference { bases: &self.bases, gram, penalty, largest_eigenvalue, steps }
    }

    /// Coefficients and energies of all patches, pieces of them in parallel. The bits do not depend on the pieces.
    pub(crate) fn infer(
        &self,
        gram: &Matrix<T>,
        bound: f64,
        patches: &Matrix<T>,
    ) -> Result<(Matrix<T>, Vec<T>), CortexError> {
        let (k, n) = (self.bases.ncols(), patches.ncols());
        let inference = self.inference(gram, bound);
        let pieces = pieces(n);
        let run = |range: &std::ops::Range<usize>| inference.run(View::from(patches).columns(range.clone())?, false);
        #[cfg(feature = "parallel")]
        let inferred: Vec<Inferred<T>> = {
            use rayon::prelude::*;
            pieces.par_iter().map(run).collect::<Result<_, CortexError>>()?
        };
        #[cfg(not(feature = "parallel"))]
        let inferred: Vec<Inferred<T>> = pieces.iter().map(run).collect::<Result<_, CortexError>>()?;
        let mut coefficients = Vec::with_capacity(k * n);
        let mut energies = Vec::with_capacity(n);
        for piece in inferred {
            coefficients.extend_from_slice(piece.coefficients.as_slice());
            energies.extend(piece.energies);
        }
        Ok((Matrix::from_vec(k, n, coefficients), energies))
    }

    /// E = ½ ‖x − Φa‖² + λ Σᵢ S(aᵢ/σ) for every patch and its coefficients, by the definition.
    ///
    /// # Errors
    /// [`CortexError::Length`], [`CortexError::Core`] for patches or coefficients that do not fit.
    pub fn energies(&self, patches: &Matrix<T>, coefficients: &Matrix<T>) -> Result<Vec<f64>, CortexError> {
        self.check_patches(patches)?;
        let reconstruction = self.decode(coefficients)?;
        let (expected, found) = (patches.ncols(), coefficients.ncols());
        if expected != found {
            return Err(CortexError::Length { what: "columns of the coefficients (patches)", expected, found });
        }
        let energies = (0..patches.ncols()).map(|n| {
            let residual = patches.column(n) - reconstruction.column(n);
            let squares: f64 = residual.iter().map(|r| r.to_f64() * r.to_f64()).sum();
            let price: f64 = coefficients.column(n).iter().map(|a| self.penalty.value(a.to_f64())).sum();
            0.5 * squares + price
        });
        Ok(energies.collect())
    }

    /// Φa, one patch a column.
    ///
    /// # Errors
    /// [`CortexError::Core`] when there are not K rows.
    pub fn decode(&self, coefficients: &Matrix<T>) -> Result<Matrix<T>, CortexError> {
        let mut patches = Matrix::zeros(self.bases.nrows(), coefficients.ncols());
        gemm(T::ONE, &self.bases, coefficients, T::ZERO, &mut patches)?;
        Ok(patches)
    }

    /// Φᵀx: what a linear filter with the shape of each basis would say, K × n.
    ///
    /// # Errors
    /// As [`SparseCode::transform`].
    pub fn linear_outputs(&self, patches: &Matrix<T>) -> Result<Matrix<T>, CortexError> {
        self.check_patches(patches)?;
        let mut outputs = Matrix::zeros(self.bases.ncols(), patches.ncols());
        gemm(T::ONE, View::from(&self.bases).transposed(), patches, T::ZERO, &mut outputs)?;
        Ok(outputs)
    }
}

/// Equal pieces of columns, one a thread: each at least 8 columns wide, where a product's bits do not depend on the width.
fn pieces(columns: usize) -> Vec<std::ops::Range<usize>> {
    #[cfg(feature = "parallel")]
    let threads = rayon::current_num_threads();
    #[cfg(not(feature = "parallel"))]
    let threads = 1;
    let count = threads.min(columns / 8).max(1);
    (0..count).map(|piece| columns * piece / count..columns * (piece + 1) / count).collect()
}

/// `bases` with shape [K, side²].
impl<T: Real> Parameters<T> for SparseCode<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let shape = vec![self.bases.ncols(), self.bases.nrows()];
        vec![Tensor { name: "bases".into(), shape, values: self.bases.as_slice() }]
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let shape = vec![self.bases.ncols(), self.bases.nrows()];
        vec![TensorMut { name: "bases".into(), shape, values: self.bases.as_mut_slice() }]
    }
}
