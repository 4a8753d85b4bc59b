//! Gradient descent and its forms with momentum.

use super::{check_fraction, check_learning_rate, check_weight_decay};
use crate::simd::{Kernel, dispatch};
use crate::{CoreError, Real};

/// Gradient descent with a fixed learning rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientDescent {
    /// Learning rate η > 0.
    pub learning_rate: f64,
    /// L2 weight decay λ ≥ 0: λ w is added to the gradient.
    pub weight_decay: f64,
}

impl GradientDescent {
    /// No weight decay.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, weight_decay: 0.0 }
    }

    /// **Eq. gradient-step** (slide 39): w ← w − η ∇E(w); with weight decay λ: w ← w − η (∇E(w) + λ w).
    /// Over the shorter of the two slices.
    pub fn step<T: Real>(&self, parameters: &mut [T], gradient: &[T]) {
        let decay = T::from_f64(1.0 - self.learning_rate * self.weight_decay);
        if decay != T::ONE {
            parameters.iter_mut().for_each(|w| *w *= decay);
        }
        crate::simd::axpy(T::from_f64(-self.learning_rate), gradient, parameters);
    }

    pub(super) fn check(&self) -> Result<(), CoreError> {
        check_learning_rate(self.learning_rate)?;
        check_weight_decay(self.weight_decay)
    }
}

/// Momentum as Rumelhart, Hinton and Williams wrote it in 1986: Δw(t) = −ε ∇E + α Δw(t−1), w ← w + Δw.
///
/// The same steps as [`Momentum`] while the learning rate is constant; when it changes, this form keeps the last step,
/// the other one the sum of gradients.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassicalMomentum {
    /// Learning rate ε > 0.
    pub learning_rate: f64,
    /// Momentum α in [0, 1).
    pub momentum: f64,
    /// L2 weight decay λ ≥ 0.
    pub weight_decay: f64,
}

/// Momentum as today (PyTorch): v ← μ v + ∇E, w ← w − η v.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Momentum {
    /// Learning rate η > 0.
    pub learning_rate: f64,
    /// Momentum μ in [0, 1).
    pub momentum: f64,
    /// L2 weight decay λ ≥ 0.
    pub weight_decay: f64,
}

/// Nesterov's momentum (PyTorch's form): v ← μ v + ∇E, w ← w − η (∇E + μ v).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nesterov {
    /// Learning rate η > 0.
    pub learning_rate: f64,
    /// Momentum μ in [0, 1).
    pub momentum: f64,
    /// L2 weight decay λ ≥ 0.
    pub weight_decay: f64,
}

macro_rules! momentum_rule {
    ($rule:ident, |$w:ident, $g:ident, $v:ident, $eta:ident, $mu:ident| $update:expr) => {
        impl $rule {
            /// No weight decay.
            pub const fn new(learning_rate: f64, momentum: f64) -> Self {
                Self { learning_rate, momentum, weight_decay: 0.0 }
            }

            /// One step; `velocity` begins at zero and is kept between steps.
            pub fn step<T: Real>(&self, parameters: &mut [T], gradient: &[T], velocity: &mut [T]) {
                struct Step<'a, T> {
                    rates: [T; 3],
                    parameters: &'a mut [T],
                    gradient: &'a [T],
                    velocity: &'a mut [T],
                }
                impl<T: Real> Kernel for Step<'_, T> {
                    type Output = ();
                    #[inline(always)]
                    fn run(self) {
                        let [$eta, $mu, decay] = self.rates;
                        for (($w, &g), $v) in self.parameters.iter_mut().zip(self.gradient).zip(self.velocity) {
                            let $g = g + decay * *$w;
                            $update
                        }
                    }
                }
                let rates = [self.learning_rate, self.momentum, self.weight_decay].map(T::from_f64);
                dispatch(Step { rates, parameters, gradient, velocity });
            }

            pub(super) fn check(&self) -> Result<(), CoreError> {
                check_learning_rate(self.learning_rate)?;
                check_fraction("momentum", self.momentum)?;
                check_weight_decay(self.weight_decay)
            }
        }
    };
}

momentum_rule!(ClassicalMomentum, |w, g, v, eta, mu| {
    *v = mu * *v - eta * g;
    *w += *v;
});

momentum_rule!(Momentum, |w, g, v, eta, mu| {
    *v = mu * *v + g;
    *w -= eta * *v;
});

momentum_rule!(Nesterov, |w, g, v, eta, mu| {
    *v = mu * *v + g;
    *w -= eta * (g + mu * *v);
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_momentum_forms_agree_while_the_rate_is_constant() {
        let (mut classical, mut modern) = ([1.0_f64], [1.0_f64]);
        let (mut step, mut velocity) = ([0.0], [0.0]);
        for _ in 0..50 {
            let gradient = [3.0 * classical[0]];
            ClassicalMomentum::new(0.05, 0.9).step(&mut classical, &gradient, &mut step);
            let gradient = [3.0 * modern[0]];
            Momentum::new(0.05, 0.9).step(&mut modern, &gradient, &mut velocity);
            assert!((classical[0] - modern[0]).abs() < 1e-13);
        }
        let gradient = [0.0];
        ClassicalMomentum::new(0.5, 0.9).step(&mut classical, &gradient, &mut step);
        Momentum::new(0.5, 0.9).step(&mut modern, &gradient, &mut velocity);
        assert!((classical[0] - modern[0]).abs() > 1e-3, "a new rate tells them apart");
    }

    /// Eq. gradient-step: w − η ∇E.
    #[test]
    fn a_step_goes_down_the_slope() {
        let mut w = [1.0_f64, -2.0];
        GradientDescent::new(0.25).step(&mut w, &[4.0, -2.0]);
        assert_eq!(w, [0.0, -1.5]);
    }

    #[test]
    fn weight_decay_shrinks_weights_without_gradient() {
        let mut w = [2.0_f64];
        GradientDescent { learning_rate: 0.1, weight_decay: 0.5 }.step(&mut w, &[0.0]);
        assert!((w[0] - 1.9).abs() < 1e-15);
        let mut w = [2.0_f64];
        Momentum { weight_decay: 0.5, ..Momentum::new(0.1, 0.9) }.step(&mut w, &[0.0], &mut [0.0]);
        assert!((w[0] - 1.9).abs() < 1e-15);
    }
}
