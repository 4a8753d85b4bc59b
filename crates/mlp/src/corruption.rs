//! Noise on the samples of a denoising autoencoder (slide 67).

use nn_core::{CoreError, Real, Stream};

/// How samples are damaged before an autoencoder sees them; it learns to give back the clean ones (Vincent et al., 2008).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Corruption {
    /// Normal noise of this standard deviation is added to every value.
    Gaussian {
        /// Non-negative.
        standard_deviation: f64,
    },
    /// This fraction of the values becomes 0.
    Masking {
        /// In [0, 1].
        fraction: f64,
    },
    /// This fraction of the values becomes 0 or 1, each half of the time.
    SaltAndPepper {
        /// In [0, 1].
        fraction: f64,
    },
}

impl Corruption {
    /// Damages values in place.
    pub fn apply<T: Real>(self, values: &mut [T], stream: &mut Stream) {
        match self {
            Self::Gaussian { standard_deviation } => {
                values.iter_mut().for_each(|x| *x += T::from_f64(standard_deviation * stream.normal()));
            }
            Self::Masking { fraction } => {
                values.iter_mut().filter(|_| stream.uniform() < fraction).for_each(|x| *x = T::ZERO);
            }
            Self::SaltAndPepper { fraction } => {
                for x in values {
                    let draw = stream.uniform();
                    if draw < fraction {
                        *x = if draw < 0.5 * fraction { T::ZERO } else { T::ONE };
                    }
                }
            }
        }
    }

    /// # Errors
    /// [`CoreError::OutOfRange`] with the name, the value and the rule.
    pub(crate) fn check(self) -> Result<(), CoreError> {
        let (name, rule, value, holds) = match self {
            Self::Gaussian { standard_deviation: value } => {
                let holds = value >= 0.0 && value.is_finite();
                ("the standard deviation of the noise", "non-negative and finite", value, holds)
            }
            Self::Masking { fraction: value } | Self::SaltAndPepper { fraction: value } => {
                ("the fraction of corrupted values", "between 0 and 1", value, (0.0..=1.0).contains(&value))
            }
        };
        if holds { Ok(()) } else { Err(CoreError::OutOfRange { name, rule, value }) }
    }
}
