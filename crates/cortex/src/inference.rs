//! Inference of a sparse code: the coefficients that minimize its energy, by accelerated proximal steps that never climb.

use crate::CortexError;
use crate::error::check_positive;
use nn_core::simd::{Kernel, LANES, dispatch};
use nn_core::{Matrix, Real, View, ViewMut, gemm, math};

/// S, the price of a coefficient (Olshausen and Field 1996).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sparseness {
    /// ln(1 + x²)
    Logarithm,
    /// |x|
    #[default]
    Absolute,
    /// −exp(−x²)
    Gaussian,
}

/// λ Σᵢ S(aᵢ/σ).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Penalty {
    /// S
    pub sparseness: Sparseness,
    /// λ; positive.
    pub weight: f64,
    /// σ; positive. For the absolute value only λ/σ counts.
    pub scale: f64,
}

impl Penalty {
    /// λ |a| with λ = 0.1, for pictures of variance 0.1.
    pub const ABSOLUTE: Self = Self { sparseness: Sparseness::Absolute, weight: 0.1, scale: 1.0 };

    /// The authors' own: β = 2.2, σ = 0.316 and a noise variance of 0.01, which is λ = 0.022 beside ½ ‖x − Φa‖².
    pub const AUTHORS: Self = Self { sparseness: Sparseness::Logarithm, weight: 0.022, scale: 0.316 };

    pub(crate) fn check(&self) -> Result<(), CortexError> {
        check_positive("the weight of the penalty", self.weight)?;
        check_positive("the scale of the penalty", self.scale)
    }

    /// λ S(a/σ).
    pub fn value(&self, a: f64) -> f64 {
        let x = a / self.scale;
        self.weight
            * match self.sparseness {
                Sparseness::Logarithm => math::ln_1p(x * x),
                Sparseness::Absolute => x.abs(),
                Sparseness::Gaussian => -math::exp(-x * x),
            }
    }

    /// The largest second derivative of a smooth penalty, at 0 for both of them; 0 for the absolute value.
    fn curvature(&self) -> f64 {
        match self.sparseness {
            Sparseness::Absolute => 0.0,
            Sparseness::Logarithm | Sparseness::Gaussian => 2.0 * self.weight / (self.scale * self.scale),
        }
    }
}

/// What inference works with: the bases as they are now.
pub(crate) struct Inference<'a, T: Real> {
    /// Φ, pixels × bases.
    pub bases: &'a Matrix<T>,
    /// G = Φᵀ Φ
    pub gram: &'a Matrix<T>,
    pub penalty: Penalty,
    /// A bound on the largest eigenvalue of G; a little below it is harmless.
    pub largest_eigenvalue: f64,
    pub steps: usize,
}

/// The coefficients of some patches and what they cost.
pub(crate) struct Inferred<T: Real> {
    /// a, bases × patches.
    pub coefficients: Matrix<T>,
    /// ½ ‖x − Φa‖² + λ Σ S(a/σ) by patch.
    pub energies: Vec<T>,
    /// Energies after every step, if asked for: one list a step.
    pub history: Vec<Vec<T>>,
}

/// G and a bound on its largest eigenvalue, by the power method from this vector, which is left at the eigenvector.
pub(crate) fn gram_and_bound<T: Real>(
    bases: &Matrix<T>,
    gram: &mut Matrix<T>,
    vector: &mut [T],
    rounds: usize,
) -> Result<f64, CortexError> {
    gemm(T::ONE, View::from(bases).transposed(), bases, T::ZERO, &mut *gram)?;
    let n = gram.nrows();
    let mut next = vec![T::ZERO; n];
    let mut largest = 0.0;
    for _ in 0..rounds {
        gemm(T::ONE, &*gram, View::new(n, 1, &*vector)?, T::ZERO, ViewMut::new(n, 1, &mut next)?)?;
        let length = nn_core::simd::dot(&next, &next).sqrt();
        if length == T::ZERO {
            break;
        }
        largest = length.to_f64();
        vector.iter_mut().zip(&next).for_each(|(v, &next)| *v = next / length);
    }
    // The power method comes from below; a step that is still too long is halved where it is taken.
    Ok(1.02 * largest)
}

/// A vector that no symmetry makes orthogonal to the largest eigenvector.
pub(crate) fn start_vector<T: Real>(n: usize) -> Vec<T> {
    let value = |k: usize| 1.0 + 0.1 * ((k * 7919) % 97) as f64 / 97.0;
    let length = (0..n).map(|k| value(k) * value(k)).sum::<f64>().sqrt();
    (0..n).map(|k| T::from_f64(value(k) / length)).collect()
}

impl<T: Real> Inference<'_, T> {
    /// FISTA (Beck and Teboulle 2009) from a = 0, every patch by itself: a step that would raise its energy is not taken,
    /// and its momentum begins anew; where a step without momentum would raise it, the step is halved. Smooth penalties take
    /// their part in the gradient, the absolute value in the proximal map.
    ///
    /// One product G z a step: that of the extrapolated point is a combination of two that are known.
    pub fn run(&self, patches: View<'_, T>, keep_history: bool) -> Result<Inferred<T>, CortexError> {
        let (k, n) = (self.gram.nrows(), patches.ncols());
        let mut target = Matrix::zeros(k, n);
        gemm(T::ONE, View::from(self.bases).transposed(), patches, T::ZERO, &mut target)?;
        let zeros = || vec![T::ZERO; k * n];
        let (mut x, mut gx, mut y, mut gy, mut z, mut gz) = (zeros(), zeros(), zeros(), zeros(), zeros(), zeros());
        let pixels = self.bases.nrows();
        let constants = patches.values().chunks_exact(pixels).map(|x| T::from_f64(0.5) * nn_core::simd::dot(x, x));
        let constants: Vec<T> = constants.collect();
        let empty = T::from_f64(k as f64 * self.penalty.value(0.0));
        let mut energies: Vec<T> = constants.iter().map(|&constant| constant + empty).collect();
        let first_step = 1.0 / (self.largest_eigenvalue + self.penalty.curvature()).max(1e-30);
        let mut steps = vec![first_step; n];
        let mut momentum = vec![1.0_f64; n];
        let mut scratch = vec![T::ZERO; k];
        let mut history = Vec::new();
        for _ in 0..self.steps {
            let columns = z.chunks_exact_mut(k).zip(y.chunks_exact(k)).zip(gy.chunks_exact(k));
            for (((z, y), gy), (b, &step)) in columns.zip(target.as_slice().chunks_exact(k).zip(&steps)) {
                self.proximal_step(z, y, gy, b, step, &mut scratch);
            }
            gemm(T::ONE, self.gram, View::new(k, n, &z)?, T::ZERO, ViewMut::new(k, n, &mut gz)?)?;
            for column in 0..n {
                let at = column * k..(column + 1) * k;
                let (z, gz, b) = (&z[at.clone()], &gz[at.clone()], &target.as_slice()[at.clone()]);
                let energy = constants[column] + self.energy(z, gz, b, &mut scratch);
                let (x, gx) = (&mut x[at.clone()], &mut gx[at.clone()]);
                let (y, gy) = (&mut y[at.clone()], &mut gy[at]);
                if energy <= energies[column] {
                    let next = 0.5 + (0.25 + momentum[column] * momentum[column]).sqrt();
                    let beta = T::from_f64((momentum[column] - 1.0) / next);
                    momentum[column] = next;
                    energies[column] = energy;
                    dispatch(Accept { x, gx, y, gy, z, gz, beta });
                } else {
                    let noise = 1e-6 * energies[column].to_f64().abs();
                    if momentum[column] == 1.0 && energy.to_f64() > energies[column].to_f64() + noise {
                        steps[column] *= 0.5;
                    }
                    momentum[column] = 1.0;
                    y.copy_from_slice(x);
                    gy.copy_from_slice(gx);
                }
            }
            if keep_history {
                history.push(energies.clone());
            }
        }
        Ok(Inferred { coefficients: Matrix::from_vec(k, n, x), energies, history })
    }

    /// z ← prox(y − step (G y − b + the smooth penalty's slope)).
    fn proximal_step(&self, z: &mut [T], y: &[T], gy: &[T], b: &[T], step: f64, scratch: &mut [T]) {
        let Penalty { sparseness, weight, scale } = self.penalty;
        let slope = T::from_f64(step * 2.0 * weight / scale);
        let (factor, sigma) = (T::from_f64(step), T::from_f64(1.0 / scale));
        match sparseness {
            Sparseness::Absolute => {
                dispatch(Shrink { z, y, gy, b, step: factor, threshold: T::from_f64(step * weight / scale) });
            }
            Sparseness::Logarithm => {
                for (((z, &y), &gy), &b) in z.iter_mut().zip(y).zip(gy).zip(b) {
                    let u = y * sigma;
                    *z = y - factor * (gy - b) - slope * u / (T::ONE + u * u);
                }
            }
            Sparseness::Gaussian => {
                for (scratch, &y) in scratch.iter_mut().zip(y) {
                    *scratch = -(y * sigma) * (y * sigma);
                }
                math::exp_in_place(scratch);
                for ((((z, &y), &gy), &b), &bell) in z.iter_mut().zip(y).zip(gy).zip(b).zip(&*scratch) {
                    *z = y - factor * (gy - b) - slope * (y * sigma) * bell;
                }
            }
        }
    }

    /// aᵀ(½ G a − b) + λ Σ S(a/σ): the energy without its constant ½ ‖x‖².
    fn energy(&self, a: &[T], ga: &[T], b: &[T], scratch: &mut [T]) -> T {
        let Penalty { sparseness, weight, scale } = self.penalty;
        let (per_unit, sigma) = (T::from_f64(weight / scale), T::from_f64(1.0 / scale));
        if sparseness == Sparseness::Absolute {
            return dispatch(Energy { a, ga, b, price: per_unit });
        }
        for (scratch, &a) in scratch.iter_mut().zip(a) {
            let square = (a * sigma) * (a * sigma);
            *scratch = if sparseness == Sparseness::Logarithm { T::ONE + square } else { -square };
        }
        let price = if sparseness == Sparseness::Logarithm {
            math::ln_in_place(scratch);
            T::from_f64(weight)
        } else {
            math::exp_in_place(scratch);
            -T::from_f64(weight)
        };
        dispatch(Energy { a, ga, b, price: T::ZERO }) + price * nn_core::simd::sum(scratch)
    }
}

/// z ← sign(u) max(|u| − threshold, 0) with u = y − step (G y − b).
struct Shrink<'a, T> {
    z: &'a mut [T],
    y: &'a [T],
    gy: &'a [T],
    b: &'a [T],
    step: T,
    threshold: T,
}

impl<T: Real> Kernel for Shrink<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { z, y, gy, b, step, threshold } = self;
        for (((z, &y), &gy), &b) in z.iter_mut().zip(y).zip(gy).zip(b) {
            let u = y - step * (gy - b);
            // One of the two is zero.
            *z = (u - threshold).max(T::ZERO) + (u + threshold).min(T::ZERO);
        }
    }
}

/// Σ a (½ G a − b) + price |a| over 16 lanes.
struct Energy<'a, T> {
    a: &'a [T],
    ga: &'a [T],
    b: &'a [T],
    price: T,
}

impl<T: Real> Kernel for Energy<'_, T> {
    type Output = T;

    #[inline(always)]
    fn run(self) -> T {
        let Self { a, ga, b, price } = self;
        let half = T::from_f64(0.5);
        let term = |a: T, ga: T, b: T| a * (half * ga - b) + price * a.abs();
        let ((a, a_rest), (ga, ga_rest), (b, b_rest)) =
            (a.as_chunks::<LANES>(), ga.as_chunks::<LANES>(), b.as_chunks::<LANES>());
        let mut lanes = [T::ZERO; LANES];
        for ((a, ga), b) in a.iter().zip(ga).zip(b) {
            for lane in 0..LANES {
                lanes[lane] += term(a[lane], ga[lane], b[lane]);
            }
        }
        let mut rest = T::ZERO;
        for ((&a, &ga), &b) in a_rest.iter().zip(ga_rest).zip(b_rest) {
            rest += term(a, ga, b);
        }
        std::hint::black_box(lanes).into_iter().fold(rest, |sum, lane| sum + lane)
    }
}

/// y ← z + β (z − x), G y likewise, then x ← z and G x ← G z.
struct Accept<'a, T> {
    x: &'a mut [T],
    gx: &'a mut [T],
    y: &'a mut [T],
    gy: &'a mut [T],
    z: &'a [T],
    gz: &'a [T],
    beta: T,
}

impl<T: Real> Kernel for Accept<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { x, gx, y, gy, z, gz, beta } = self;
        for ((x, y), &z) in x.iter_mut().zip(y).zip(z) {
            *y = z + beta * (z - *x);
            *x = z;
        }
        for ((gx, gy), &gz) in gx.iter_mut().zip(gy).zip(gz) {
            *gy = gz + beta * (gz - *gx);
            *gx = gz;
        }
    }
}
