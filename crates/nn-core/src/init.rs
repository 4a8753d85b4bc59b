//! How weights begin.

use crate::{CoreError, Real, Stream};

/// The distribution a layer's weights are drawn from; F is a unit's number of inputs (fan-in), M its layer's number of
/// units (fan-out).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Init {
    /// All zero: for biases.
    Zero,
    /// All this number: for biases.
    Constant(f64),
    /// Uniform on [−r, r].
    Uniform(f64),
    /// Normal with mean 0 and this standard deviation.
    Normal(f64),
    /// Uniform on [−2.4/F, 2.4/F] (LeCun et al., 1989).
    LeCun1989,
    /// Uniform on [−1/√F, 1/√F] (LeCun et al., 1998; also PyTorch's default).
    LeCunUniform,
    /// Uniform on ±√(6/(F + M)): variance 2/(F + M) (Glorot and Bengio, 2010).
    GlorotUniform,
    /// Normal with variance 2/(F + M) (Glorot and Bengio, 2010).
    GlorotNormal,
    /// Uniform on ±√(6/F): variance 2/F (He et al., 2015), for rectified units.
    HeUniform,
    /// Normal with variance 2/F (He et al., 2015), for rectified units.
    HeNormal,
}

impl Init {
    /// Draws every value from the distribution.
    ///
    /// # Errors
    /// [`CoreError::OutOfRange`] when a width or standard deviation is negative or not finite, or a constant not finite.
    pub fn fill<T: Real>(
        self,
        fan_in: usize,
        fan_out: usize,
        values: &mut [T],
        stream: &mut Stream,
    ) -> Result<(), CoreError> {
        let fan_in = fan_in.max(1) as f64;
        let both = fan_in + fan_out as f64;
        let mut uniform = |width: f64| stream.fill_uniform(values, -width, width);
        match self {
            Self::Zero => values.fill(T::ZERO),
            Self::Constant(value) if value.is_finite() => values.fill(T::from_f64(value)),
            Self::Constant(value) => {
                return Err(CoreError::OutOfRange { name: "the value of Init::Constant", rule: "finite", value });
            }
            Self::Uniform(width) => uniform(check("the width of Init::Uniform", width)?),
            Self::LeCun1989 => uniform(2.4 / fan_in),
            Self::LeCunUniform => uniform(1.0 / fan_in.sqrt()),
            Self::GlorotUniform => uniform((6.0 / both).sqrt()),
            Self::HeUniform => uniform((6.0 / fan_in).sqrt()),
            Self::Normal(deviation) => {
                stream.fill_normal(values, 0.0, check("the standard deviation of Init::Normal", deviation)?);
            }
            Self::GlorotNormal => stream.fill_normal(values, 0.0, (2.0 / both).sqrt()),
            Self::HeNormal => stream.fill_normal(values, 0.0, (2.0 / fan_in).sqrt()),
        }
        Ok(())
    }
}

fn check(name: &'static str, value: f64) -> Result<f64, CoreError> {
    if value.is_finite() && value >= 0.0 {
        return Ok(value);
    }
    Err(CoreError::OutOfRange { name, rule: "non-negative and finite", value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variances_are_the_published_ones() {
        let cases = [
            (Init::Uniform(0.5), 1.0 / 12.0),
            (Init::Normal(0.3), 0.09),
            (Init::LeCun1989, (2.4_f64 / 100.0) * (2.4 / 100.0) / 3.0),
            (Init::LeCunUniform, 1.0 / 300.0),
            (Init::GlorotUniform, 2.0 / 150.0),
            (Init::GlorotNormal, 2.0 / 150.0),
            (Init::HeUniform, 0.02),
            (Init::HeNormal, 0.02),
        ];
        for (init, expected) in cases {
            let mut values = vec![0.0_f64; 100_000];
            init.fill(100, 50, &mut values, &mut Stream::new(1).named("init")).unwrap();
            let mean = values.iter().sum::<f64>() / 1e5;
            let variance = values.iter().map(|v| v * v).sum::<f64>() / 1e5 - mean * mean;
            // Four standard errors of the variance of 100,000 normal numbers are 1.8 %.
            assert!((variance / expected - 1.0).abs() < 0.018, "{init:?}: {variance} instead of {expected}");
            assert!(mean.abs() < 4.0 * (expected / 1e5).sqrt(), "{init:?}: mean {mean}");
        }
    }

    #[test]
    fn a_negative_width_is_named() {
        let error = Init::Uniform(-1.0).fill(1, 1, &mut [0.0], &mut Stream::new(0)).unwrap_err();
        assert_eq!(error.to_string(), "the width of Init::Uniform must be non-negative and finite, is -1");
        assert!(Init::Normal(f64::NAN).fill(1, 1, &mut [0.0], &mut Stream::new(0)).is_err());
        assert!(Init::Constant(f64::NAN).fill(1, 1, &mut [0.0], &mut Stream::new(0)).is_err());
    }

    #[test]
    fn a_constant_draws_nothing() {
        let (mut values, mut stream) = ([0.0; 3], Stream::new(7));
        Init::Constant(-1.0).fill(1, 1, &mut values, &mut stream).unwrap();
        assert_eq!((values, stream.uniform()), ([-1.0; 3], Stream::new(7).uniform()));
    }
}
