//! How the learning rate changes from epoch to epoch.

use super::check;
use crate::{CoreError, math};

/// The learning rate of an epoch as a multiple of the optimizer's own.
///
/// ```
/// use nn_core::RateSchedule;
///
/// let halves = RateSchedule::Step { every: 10, factor: 0.5 };
/// assert_eq!(halves.factor(0, 100), 1.0);
/// assert_eq!(halves.factor(25, 100), 0.25);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum RateSchedule {
    /// 1 in every epoch.
    #[default]
    Constant,
    /// `factor`ᵏ in epoch k, counted from 0.
    Exponential {
        /// The factor from one epoch to the next, positive.
        factor: f64,
    },
    /// `factor` to the power ⌊k / `every`⌋.
    Step {
        /// Epochs between two changes, at least 1.
        every: usize,
        /// The factor of a change, positive.
        factor: f64,
    },
    /// (epochs, multiple) one after the other; the last multiple stays.
    Steps(Vec<(usize, f64)>),
    /// From 1 in the first epoch on a line to `last` in the last one.
    Linear {
        /// The multiple in the last epoch, not negative.
        last: f64,
    },
    /// From 1 in the first epoch along half a cosine to `last` in the last one.
    Cosine {
        /// The multiple in the last epoch, not negative.
        last: f64,
    },
    /// 1 / (1 + k / `half`): the sum over all epochs diverges, that of the squares does not (Robbins and Monro, 1951).
    Inverse {
        /// The epoch in which half the rate is left, positive.
        half: f64,
    },
    /// On a line up to 1 in epoch number `warm_up`, then along half a cosine to `last`.
    WarmUp {
        /// Epochs on the way up, at least 1.
        warm_up: usize,
        /// The multiple in the last epoch, not negative.
        last: f64,
    },
}

/// From 1 at 0 to `last` at 1 along half a cosine.
fn half_cosine(position: f64, last: f64) -> f64 {
    last + (1.0 - last) * 0.5 * (1.0 + math::cos(std::f64::consts::PI * position))
}

/// k of n epochs as a position: 0 in the first, 1 in the last.
fn position(k: usize, n: usize) -> f64 {
    if n > 1 { (k as f64 / (n - 1) as f64).min(1.0) } else { 0.0 }
}

impl RateSchedule {
    /// The multiple in epoch k, counted from 0, of n epochs.
    pub fn factor(&self, k: usize, n: usize) -> f64 {
        match *self {
            Self::Constant => 1.0,
            Self::Exponential { factor } => math::powf(factor, k as f64),
            Self::Step { every, factor } => math::powf(factor, (k / every.max(1)) as f64),
            Self::Steps(ref steps) => {
                let mut end = 0_usize;
                let reached = steps.iter().find(|(epochs, _)| {
                    end = end.saturating_add(*epochs);
                    k < end
                });
                reached.or(steps.last()).map_or(1.0, |&(_, factor)| factor)
            }
            Self::Linear { last } => 1.0 + (last - 1.0) * position(k, n),
            Self::Cosine { last } => half_cosine(position(k, n), last),
            Self::Inverse { half } => 1.0 / (1.0 + k as f64 / half),
            Self::WarmUp { warm_up, .. } if k < warm_up => (k as f64 + 1.0) / warm_up as f64,
            Self::WarmUp { warm_up, last } => {
                let (k, n) = (k.saturating_add(1), n.saturating_add(1));
                half_cosine(position(k - warm_up.max(1), n.saturating_sub(warm_up.max(1))), last)
            }
        }
    }

    /// Every parameter is in its range.
    ///
    /// # Errors
    /// [`CoreError::OutOfRange`] with the name, the value and the rule.
    pub fn check(&self) -> Result<(), CoreError> {
        let positive = |name, value: f64| check(name, "positive and finite", value, value > 0.0 && value.is_finite());
        let non_negative =
            |name, value: f64| check(name, "non-negative and finite", value, value >= 0.0 && value.is_finite());
        let epochs = |name, value: usize| check(name, "at least 1", value as f64, value > 0);
        match *self {
            Self::Constant => Ok(()),
            Self::Exponential { factor } => positive("the schedule's factor", factor),
            Self::Step { every, factor } => {
                epochs("the schedule's step in epochs", every)?;
                positive("the schedule's factor", factor)
            }
            Self::Steps(ref steps) => {
                steps.iter().try_for_each(|&(_, factor)| positive("the schedule's factor", factor))
            }
            Self::Linear { last } | Self::Cosine { last } => non_negative("the schedule's last factor", last),
            Self::Inverse { half } => positive("the schedule's half epoch", half),
            Self::WarmUp { warm_up, last } => {
                epochs("the schedule's warm-up in epochs", warm_up)?;
                non_negative("the schedule's last factor", last)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_begin_and_end_where_they_say() {
        let n = 11;
        let ends = |schedule: &RateSchedule| [0, 5, 10].map(|k| schedule.factor(k, n));
        let close = |schedule: RateSchedule, expected: [f64; 3]| {
            let found = ends(&schedule);
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14), "{schedule:?}: {found:?}");
            schedule.check().unwrap();
        };
        close(RateSchedule::Constant, [1.0, 1.0, 1.0]);
        close(RateSchedule::Exponential { factor: 0.5 }, [1.0, 1.0 / 32.0, 1.0 / 1024.0]);
        close(RateSchedule::Step { every: 5, factor: 0.1 }, [1.0, 0.1, 0.01]);
        close(RateSchedule::Steps(vec![(1, 1.0), (5, 0.4), (1, 0.2)]), [1.0, 0.4, 0.2]);
        close(RateSchedule::Linear { last: 0.2 }, [1.0, 0.6, 0.2]);
        close(RateSchedule::Linear { last: 0.0 }, [1.0, 0.5, 0.0]);
        close(RateSchedule::Cosine { last: 0.2 }, [1.0, 0.6, 0.2]);
        close(RateSchedule::Inverse { half: 5.0 }, [1.0, 0.5, 1.0 / 3.0]);
        close(RateSchedule::WarmUp { warm_up: 1, last: 0.2 }, [1.0, 0.6, 0.2]);
        close(RateSchedule::WarmUp { warm_up: 5, last: 0.5 }, [0.2, half_cosine(1.0 / 6.0, 0.5), 0.5]);
        assert_eq!(RateSchedule::WarmUp { warm_up: 5, last: 0.5 }.factor(4, n), 1.0);
        assert_eq!(RateSchedule::Cosine { last: 0.5 }.factor(0, 1), 1.0);
    }

    #[test]
    fn schedules_out_of_range_are_named() {
        let message = |schedule: RateSchedule| schedule.check().unwrap_err().to_string();
        assert_eq!(
            message(RateSchedule::Exponential { factor: 0.0 }),
            "the schedule's factor must be positive and finite, is 0"
        );
        assert_eq!(
            message(RateSchedule::Step { every: 0, factor: 1.0 }),
            "the schedule's step in epochs must be at least 1, is 0"
        );
        assert!(RateSchedule::Steps(vec![(1, 1.0), (1, -1.0)]).check().is_err());
        assert!(RateSchedule::Cosine { last: f64::NAN }.check().is_err());
        assert!(RateSchedule::WarmUp { warm_up: 0, last: 1.0 }.check().is_err());
    }
}
