//! Activation functions h(a) and their derivatives h′(a), on scalars and on slices.

use crate::simd::{Kernel, dispatch};
use crate::{CoreError, Real, math};

/// √(2/π), of GELU's tanh form.
const SQRT_2_OVER_PI: f64 = 0.797_884_560_802_865_4;
/// 1/√(2π): the normal density at 0.
const NORMAL_DENSITY_AT_0: f64 = 0.398_942_280_401_432_7;
/// Amplitude and slope of LeCun's scaled tanh.
const AMPLITUDE: f64 = 1.7159;
const SLOPE: f64 = 2.0 / 3.0;

/// An activation function: the output z = h(a) of a unit with net input a.
///
/// ```
/// use nn_core::Activation;
///
/// assert_eq!(Activation::Sigmoid.value(0.0), 0.5);
/// assert_eq!(Activation::Sigmoid.derivative(0.0), 0.25);
/// assert!((Activation::Gelu.value(1.0_f64) - 0.8413447461).abs() < 1e-10);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Activation {
    /// h(a) = a: a linear unit.
    Identity,
    /// **Eq. step** (slide 49): 1 for a > 0, else 0. Its derivative is 0 everywhere, so nothing below it learns.
    Step,
    /// **Eq. sigmoid** (slide 51): 1/(1 + e⁻ᵃ).
    #[default]
    Sigmoid,
    /// **Eq. tanh** (slide 51): tanh a.
    Tanh,
    /// 1.7159 tanh(2a/3): tanh scaled so that h(±1) = ±1 (LeCun, 1989).
    ScaledTanh,
    /// **Eq. relu** (slide 51): a for a ≥ 0, else 0 (Fukushima, 1969). The derivative at 0 is 0; the lecture's slide 63
    /// says 1.
    Relu,
    /// **Eq. leaky-relu** (slide 51): a for a ≥ 0, else `slope` · a. The derivative at 0 is `slope`. Usual slope: 0.01.
    LeakyRelu {
        /// The slope below 0.
        slope: f64,
    },
    /// **Eq. gelu** (slide 51): a Φ(a) = (a/2)(1 + erf(a/√2)), computed through erfc, without cancellation for a ≪ 0.
    Gelu,
    /// (a/2)(1 + tanh(√(2/π)(a + 0.044715 a³))): an approximation of GELU.
    GeluTanh,
}

impl Activation {
    /// Leaky ReLU with the usual slope 0.01.
    pub const LEAKY_RELU: Self = Self::LeakyRelu { slope: 0.01 };

    /// h(a)
    pub fn value<T: Real>(self, a: T) -> T {
        let real = T::from_f64;
        match self {
            Self::Identity => a,
            Self::Step => real(f64::from(a > T::ZERO)),
            Self::Sigmoid => math::sigmoid(a),
            Self::Tanh => math::tanh(a),
            Self::ScaledTanh => real(AMPLITUDE) * math::tanh(real(SLOPE) * a),
            Self::Relu => relu(a),
            Self::LeakyRelu { slope } => leaky_relu(real(slope), a),
            Self::Gelu => a * math::normal_cdf(a),
            Self::GeluTanh => real(0.5) * a * (T::ONE + math::tanh(gelu_argument(a))),
        }
    }

    /// h′(a).
    ///
    /// **Eq. sigmoid-slope** (slide 62): h′ = h(1 − h) ≤ ¼.
    /// **Eq. relu-slope** (slide 63): 1 for a > 0, 0 for a ≤ 0.
    pub fn derivative<T: Real>(self, a: T) -> T {
        self.derivative_at(a, self.value(a))
    }

    /// h′(a), from the net input a and the output z = h(a).
    #[inline(always)]
    fn derivative_at<T: Real>(self, a: T, z: T) -> T {
        let real = T::from_f64;
        match self {
            Self::Identity => T::ONE,
            Self::Step => T::ZERO,
            Self::Sigmoid => z * (T::ONE - z),
            Self::Tanh => T::ONE - z * z,
            Self::ScaledTanh => real(SLOPE / AMPLITUDE) * (real(AMPLITUDE) - z) * (real(AMPLITUDE) + z),
            Self::Relu => relu_slope(a),
            Self::LeakyRelu { slope } => leaky_relu_slope(real(slope), a),
            Self::Gelu => {
                let density = real(NORMAL_DENSITY_AT_0) * math::exp(real(-0.5) * a * a);
                math::normal_cdf(a) + a * density
            }
            Self::GeluTanh => {
                let t = math::tanh(gelu_argument(a));
                let inner = real(SQRT_2_OVER_PI) * (T::ONE + real(3.0 * 0.044715) * a * a);
                real(0.5) * (T::ONE + t) + real(0.5) * a * (T::ONE - t * t) * inner
            }
        }
    }

    /// z ← h(a) for every element. Last bits differ from [`Activation::value`]: these are the slice kernels of
    /// [`crate::math`].
    ///
    /// # Errors
    /// [`CoreError::Size`] when the lengths differ.
    pub fn apply<T: Real>(self, a: &[T], z: &mut [T]) -> Result<(), CoreError> {
        check_length("outputs", a.len(), z.len())?;
        let real = T::from_f64;
        match self {
            Self::Identity => z.copy_from_slice(a),
            Self::Sigmoid => math::sigmoid_slice(a, z)?,
            Self::Tanh => math::tanh_slice(a, z)?,
            Self::ScaledTanh => {
                dispatch(Scale { factor: real(SLOPE), a, z });
                math::tanh_in_place(z);
                dispatch(ScaleInPlace { factor: real(AMPLITUDE), z });
            }
            Self::Relu => map(a, z, relu),
            Self::LeakyRelu { slope } => map(a, z, |a| leaky_relu(real(slope), a)),
            Self::Gelu => {
                math::normal_cdf_slice(a, z)?;
                z.iter_mut().zip(a).for_each(|(z, &a)| *z *= a);
            }
            Self::GeluTanh => {
                map(a, z, gelu_argument);
                math::tanh_in_place(z);
                z.iter_mut().zip(a).for_each(|(z, &a)| *z = real(0.5) * a * (T::ONE + *z));
            }
            Self::Step => map(a, z, |a| self.value(a)),
        }
        Ok(())
    }

    /// δ ← h′(a) δ for every element, where z = h(a).
    ///
    /// # Errors
    /// [`CoreError::Size`] when the lengths differ.
    pub fn apply_derivative<T: Real>(self, a: &[T], z: &[T], delta: &mut [T]) -> Result<(), CoreError> {
        check_length("outputs", a.len(), z.len())?;
        check_length("deltas", a.len(), delta.len())?;
        dispatch(Derivative { activation: self, a, z, delta });
        Ok(())
    }
}

/// δ ← h′(a) δ
struct Derivative<'a, T> {
    activation: Activation,
    a: &'a [T],
    z: &'a [T],
    delta: &'a mut [T],
}

impl<T: Real> Kernel for Derivative<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let inputs = self.delta.iter_mut().zip(self.a.iter().zip(self.z));
        let real = T::from_f64;
        // The frequent ones one by one, so that each is a loop without a branch inside.
        match self.activation {
            Activation::Identity => {}
            Activation::Sigmoid => {
                for (delta, (_, &z)) in inputs {
                    *delta *= z * (T::ONE - z);
                }
            }
            Activation::Tanh => {
                for (delta, (_, &z)) in inputs {
                    *delta *= T::ONE - z * z;
                }
            }
            Activation::ScaledTanh => {
                let (factor, amplitude) = (real(SLOPE / AMPLITUDE), real(AMPLITUDE));
                for (delta, (_, &z)) in inputs {
                    *delta *= factor * (amplitude - z) * (amplitude + z);
                }
            }
            Activation::Relu => {
                for (delta, (&a, _)) in inputs {
                    *delta *= relu_slope(a);
                }
            }
            Activation::LeakyRelu { slope } => {
                for (delta, (&a, _)) in inputs {
                    *delta *= leaky_relu_slope(real(slope), a);
                }
            }
            _ => {
                for (delta, (&a, &z)) in inputs {
                    *delta *= self.activation.derivative_at(a, z);
                }
            }
        }
    }
}

/// z = f a
struct Scale<'a, T> {
    factor: T,
    a: &'a [T],
    z: &'a mut [T],
}

impl<T: Real> Kernel for Scale<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (z, &a) in self.z.iter_mut().zip(self.a) {
            *z = self.factor * a;
        }
    }
}

/// z ← f z
struct ScaleInPlace<'a, T> {
    factor: T,
    z: &'a mut [T],
}

impl<T: Real> Kernel for ScaleInPlace<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for z in self.z {
            *z *= self.factor;
        }
    }
}

fn check_length(what: &'static str, expected: usize, found: usize) -> Result<(), CoreError> {
    if expected == found { Ok(()) } else { Err(CoreError::Size { what, expected, found }) }
}

fn map<T: Real>(a: &[T], z: &mut [T], function: impl Fn(T) -> T) {
    z.iter_mut().zip(a).for_each(|(z, &a)| *z = function(a));
}

#[inline(always)]
fn relu<T: Real>(a: T) -> T {
    // Not `max`: a NaN must stay visible.
    if a < T::ZERO { T::ZERO } else { a }
}

#[inline(always)]
fn relu_slope<T: Real>(a: T) -> T {
    if a > T::ZERO { T::ONE } else { T::ZERO }
}

#[inline(always)]
fn leaky_relu<T: Real>(slope: T, a: T) -> T {
    if a < T::ZERO { slope * a } else { a }
}

#[inline(always)]
fn leaky_relu_slope<T: Real>(slope: T, a: T) -> T {
    if a > T::ZERO { T::ONE } else { slope }
}

/// √(2/π)(a + 0.044715 a³)
fn gelu_argument<T: Real>(a: T) -> T {
    T::from_f64(SQRT_2_OVER_PI) * (a + T::from_f64(0.044715) * a * a * a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stream;

    const ALL: [Activation; 9] = [
        Activation::Identity,
        Activation::Step,
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::ScaledTanh,
        Activation::Relu,
        Activation::LEAKY_RELU,
        Activation::Gelu,
        Activation::GeluTanh,
    ];

    /// Eq. sigmoid-slope, Eq. relu-slope, and the slopes of all others.
    #[test]
    fn the_derivative_is_the_slope_of_the_value() {
        let mut stream = Stream::new(51).named("derivative");
        for activation in ALL {
            for _ in 0..1000 {
                let a = stream.uniform_between(-6.0, 6.0);
                if a.abs() < 1e-4 {
                    continue; // the corner of the step and of ReLU
                }
                let slope = (activation.value(a + 1e-5) - activation.value(a - 1e-5)) / 2e-5;
                assert!((slope - activation.derivative(a)).abs() < 1e-8, "{activation:?} at {a}");
            }
        }
    }

    #[test]
    fn slices_agree_with_scalars() {
        let a: Vec<f64> = (-400..=400).map(|i| f64::from(i) / 20.0).collect();
        for activation in ALL {
            let mut z = vec![0.0; a.len()];
            activation.apply(&a, &mut z).unwrap();
            let mut delta = vec![2.0; a.len()];
            activation.apply_derivative(&a, &z, &mut delta).unwrap();
            for i in 0..a.len() {
                let value = activation.value(a[i]);
                assert!((z[i] - value).abs() <= 1e-15 + 4e-15 * value.abs(), "{activation:?} at {}", a[i]);
                assert!((delta[i] - 2.0 * activation.derivative(a[i])).abs() <= 1e-13, "{activation:?} at {}", a[i]);
            }
        }
    }

    /// Eq. sigmoid, Eq. tanh, Eq. relu, Eq. leaky-relu, Eq. gelu: the slide's formulas, term by term.
    #[test]
    fn values_follow_the_formulas_of_the_slide() {
        for a in (-80..=80).map(|i| f64::from(i) / 10.0) {
            let (up, down) = (math::exp(a), math::exp(-a));
            let close = |activation: Activation, expected: f64| {
                assert!((activation.value(a) - expected).abs() < 1e-14, "{activation:?} at {a}");
            };
            close(Activation::Sigmoid, 1.0 / (1.0 + down));
            close(Activation::Tanh, (up - down) / (up + down));
            close(Activation::Relu, if a >= 0.0 { a } else { 0.0 });
            close(Activation::LeakyRelu { slope: 0.2 }, if a >= 0.0 { a } else { 0.2 * a });
            close(Activation::Gelu, a / 2.0 * (1.0 + math::erf(a / 2.0_f64.sqrt())));
        }
    }

    #[test]
    fn published_numbers_hold() {
        let gelu = |a: f64| Activation::Gelu.value(a);
        assert!((gelu(1.0) - 0.8413447461).abs() < 5e-11);
        assert!((gelu(-1.0) + 0.1586552539).abs() < 5e-11);
        assert!((gelu(-0.7517915) + 0.1699712075).abs() < 5e-11);
        assert!(Activation::Gelu.derivative(-0.7517915_f64).abs() < 1e-7, "the minimum of GELU");
        assert!(gelu(-30.0) < 0.0, "no cancellation in the far tail");
        assert!((Activation::ScaledTanh.value(1.0_f64) - 1.0).abs() < 1e-4);
        assert_eq!(Activation::Sigmoid.derivative(0.0_f64), 0.25);
    }

    /// Eq. step, and where the others have a corner.
    #[test]
    fn corners_follow_the_stated_rules() {
        assert_eq!(Activation::Step.value(0.0), 0.0);
        assert_eq!(Activation::Step.value(f64::MIN_POSITIVE), 1.0);
        assert_eq!(Activation::Relu.derivative(0.0), 0.0);
        assert_eq!(Activation::LEAKY_RELU.derivative(0.0), 0.01);
        assert_eq!(Activation::LEAKY_RELU.value(-2.0), -0.02);
    }

    #[test]
    fn infinities_and_nan_pass_through() {
        for activation in [Activation::Sigmoid, Activation::Tanh, Activation::Relu, Activation::Gelu] {
            let mut z = [0.0; 3];
            activation.apply(&[f64::INFINITY, 1.0, f64::NAN], &mut z).unwrap();
            assert!(z[2].is_nan(), "{activation:?} hides a NaN");
            assert!(activation.value(f64::NAN).is_nan());
            assert_eq!(z[0], activation.value(f64::INFINITY));
        }
    }
}
