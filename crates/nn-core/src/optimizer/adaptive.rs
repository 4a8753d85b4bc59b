//! Optimizers with a learning rate for every weight, in the forms PyTorch documents.

use super::{check, check_fraction, check_learning_rate, check_weight_decay};
use crate::simd::{Kernel, dispatch};
use crate::{CoreError, Real, math};

fn check_epsilon(value: f64) -> Result<(), CoreError> {
    check("epsilon", "positive and finite", value, value > 0.0 && value.is_finite())
}

/// RMSprop (Hinton, 2012): s ← ρ s + (1 − ρ) g², w ← w − η g / (√s + ε).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RmsProp {
    /// Learning rate η > 0.
    pub learning_rate: f64,
    /// Decay ρ of the mean square, in [0, 1).
    pub decay: f64,
    /// ε > 0, outside the root.
    pub epsilon: f64,
}

impl RmsProp {
    /// ρ = 0.99, ε = 1e-8.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, decay: 0.99, epsilon: 1e-8 }
    }

    /// One step; `mean_square` begins at zero.
    pub fn step<T: Real>(&self, parameters: &mut [T], gradient: &[T], mean_square: &mut [T]) {
        let (eta, epsilon) = (T::from_f64(self.learning_rate), T::from_f64(self.epsilon));
        let (keep, add) = (T::from_f64(self.decay), T::from_f64(1.0 - self.decay));
        for ((w, &g), s) in parameters.iter_mut().zip(gradient).zip(mean_square) {
            *s = keep * *s + add * g * g;
            *w -= eta * g / (s.sqrt() + epsilon);
        }
    }

    pub(super) fn check(&self) -> Result<(), CoreError> {
        check_learning_rate(self.learning_rate)?;
        check_fraction("decay", self.decay)?;
        check_epsilon(self.epsilon)
    }
}

/// AdaGrad (Duchi, Hazan and Singer, 2011): s ← s + g², w ← w − η g / (√s + ε).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaGrad {
    /// Learning rate η > 0.
    pub learning_rate: f64,
    /// ε > 0.
    pub epsilon: f64,
}

impl AdaGrad {
    /// ε = 1e-10.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, epsilon: 1e-10 }
    }

    /// One step; `square_sum` begins at zero.
    pub fn step<T: Real>(&self, parameters: &mut [T], gradient: &[T], square_sum: &mut [T]) {
        let (eta, epsilon) = (T::from_f64(self.learning_rate), T::from_f64(self.epsilon));
        for ((w, &g), s) in parameters.iter_mut().zip(gradient).zip(square_sum) {
            *s += g * g;
            *w -= eta * g / (s.sqrt() + epsilon);
        }
    }

    pub(super) fn check(&self) -> Result<(), CoreError> {
        check_learning_rate(self.learning_rate)?;
        check_epsilon(self.epsilon)
    }
}

/// Adam (Kingma and Ba, 2015): m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²,
/// w ← w − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// Learning rate η > 0.
    pub learning_rate: f64,
    /// Decay β₁ of the mean, in [0, 1).
    pub beta_1: f64,
    /// Decay β₂ of the mean square, in [0, 1).
    pub beta_2: f64,
    /// ε > 0, outside the root.
    pub epsilon: f64,
}

impl Adam {
    /// β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 }
    }

    /// Step number `steps` (the first is 1); `mean` and `mean_square` begin at zero.
    pub fn step<T: Real>(
        &self,
        parameters: &mut [T],
        gradient: &[T],
        mean: &mut [T],
        mean_square: &mut [T],
        steps: f64,
    ) {
        let (keep_1, add_1) = (T::from_f64(self.beta_1), T::from_f64(1.0 - self.beta_1));
        let (keep_2, add_2) = (T::from_f64(self.beta_2), T::from_f64(1.0 - self.beta_2));
        let epsilon = T::from_f64(self.epsilon);
        let rate = T::from_f64(self.learning_rate / (1.0 - math::powf(self.beta_1, steps)));
        let correction = T::from_f64((1.0 - math::powf(self.beta_2, steps)).sqrt());
        dispatch(AdamStep {
            keep: [keep_1, keep_2],
            add: [add_1, add_2],
            epsilon,
            rate,
            correction,
            parameters,
            gradient,
            mean,
            mean_square,
        });
    }

    pub(super) fn check(&self) -> Result<(), CoreError> {
        check_learning_rate(self.learning_rate)?;
        check_fraction("beta_1", self.beta_1)?;
        check_fraction("beta_2", self.beta_2)?;
        check_epsilon(self.epsilon)
    }
}

/// The loop of [`Adam::step`].
struct AdamStep<'a, T> {
    keep: [T; 2],
    add: [T; 2],
    epsilon: T,
    rate: T,
    correction: T,
    parameters: &'a mut [T],
    gradient: &'a [T],
    mean: &'a mut [T],
    mean_square: &'a mut [T],
}

impl<T: Real> Kernel for AdamStep<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { keep: [keep_1, keep_2], add: [add_1, add_2], epsilon, rate, correction, .. } = self;
        let moments = self.mean.iter_mut().zip(self.mean_square);
        for ((w, &g), (m, v)) in self.parameters.iter_mut().zip(self.gradient).zip(moments) {
            *m = keep_1 * *m + add_1 * g;
            *v = keep_2 * *v + add_2 * g * g;
            *w -= rate * *m / (v.sqrt() / correction + epsilon);
        }
    }
}

/// AdamW (Loshchilov and Hutter, 2019): w ← w − η λ w, then the step of [`Adam`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamW {
    /// Learning rate η > 0.
    pub learning_rate: f64,
    /// Decay β₁ of the mean, in [0, 1).
    pub beta_1: f64,
    /// Decay β₂ of the mean square, in [0, 1).
    pub beta_2: f64,
    /// ε > 0, outside the root.
    pub epsilon: f64,
    /// Decoupled weight decay λ ≥ 0.
    pub weight_decay: f64,
}

impl AdamW {
    /// β₁ = 0.9, β₂ = 0.999, ε = 1e-8, λ = 0.01.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, weight_decay: 0.01 }
    }

    /// Step number `steps` (the first is 1); `mean` and `mean_square` begin at zero.
    pub fn step<T: Real>(
        &self,
        parameters: &mut [T],
        gradient: &[T],
        mean: &mut [T],
        mean_square: &mut [T],
        steps: f64,
    ) {
        let decay = T::from_f64(1.0 - self.learning_rate * self.weight_decay);
        parameters.iter_mut().for_each(|w| *w *= decay);
        self.adam().step(parameters, gradient, mean, mean_square, steps);
    }

    fn adam(&self) -> Adam {
        let Self { learning_rate, beta_1, beta_2, epsilon, .. } = *self;
        Adam { learning_rate, beta_1, beta_2, epsilon }
    }

    pub(super) fn check(&self) -> Result<(), CoreError> {
        self.adam().check()?;
        check_weight_decay(self.weight_decay)
    }
}

/// Rprop (Riedmiller and Braun, 1993): every weight has a step size of its own, which grows while the gradient keeps its
/// sign and shrinks when it changes; only the sign of the gradient is used. After a change of sign the weight rests for one
/// step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rprop {
    /// Step size at the beginning, positive.
    pub first_step: f64,
    /// Factor after a change of sign, in (0, 1).
    pub shrink: f64,
    /// Factor while the sign stays, above 1.
    pub grow: f64,
    /// Smallest step size, positive.
    pub smallest_step: f64,
    /// Largest step size.
    pub largest_step: f64,
}

impl Default for Rprop {
    fn default() -> Self {
        Self { first_step: 0.01, shrink: 0.5, grow: 1.2, smallest_step: 1e-6, largest_step: 50.0 }
    }
}

impl Rprop {
    /// One step; `last_gradient` begins at zero, `step_size` at `first_step`.
    pub fn step<T: Real>(&self, parameters: &mut [T], gradient: &[T], last_gradient: &mut [T], step_size: &mut [T]) {
        let (shrink, grow) = (T::from_f64(self.shrink), T::from_f64(self.grow));
        let (smallest, largest) = (T::from_f64(self.smallest_step), T::from_f64(self.largest_step));
        let memory = last_gradient.iter_mut().zip(step_size);
        for ((w, &g), (last, step)) in parameters.iter_mut().zip(gradient).zip(memory) {
            let product = g * *last;
            let mut g = g;
            if product > T::ZERO {
                *step = (*step * grow).min(largest);
            } else if product < T::ZERO {
                *step = (*step * shrink).max(smallest);
                g = T::ZERO;
            }
            if g > T::ZERO {
                *w -= *step;
            } else if g < T::ZERO {
                *w += *step;
            }
            *last = g;
        }
    }

    pub(super) fn check(&self) -> Result<(), CoreError> {
        check(
            "first_step",
            "positive and finite",
            self.first_step,
            self.first_step > 0.0 && self.first_step.is_finite(),
        )?;
        check("shrink", "above 0 and below 1", self.shrink, self.shrink > 0.0 && self.shrink < 1.0)?;
        check("grow", "above 1 and finite", self.grow, self.grow > 1.0 && self.grow.is_finite())?;
        check("smallest_step", "positive and finite", self.smallest_step, self.smallest_step > 0.0)?;
        let largest_fits = self.largest_step >= self.smallest_step && self.largest_step.is_finite();
        check("largest_step", "finite and not below smallest_step", self.largest_step, largest_fits)
    }
}
