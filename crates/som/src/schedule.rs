//! [`Schedule`]: how h₀ and σ decrease.

use nn_core::math;
use std::fmt;
use std::sync::Arc;

/// **Eq. som-decay** (slide 15): h₀(t) and σ(t) decrease with t; the lecture leaves the law open.
///
/// t counts from 0 to T − 1: samples shown in online training, epochs in batch training. p = t/(T − 1) runs from 0 to 1, so
/// that the last step has the last value; with a single step p is 0.
///
/// MiniSom's laws in these terms, for n steps: `linear_decay_to_zero` of v is `Linear { from: v, to: v / n }`,
/// `asymptotic_decay` is [`Schedule::Asymptotic`].
#[derive(Clone)]
#[non_exhaustive]
pub enum Schedule {
    /// The same value in every step.
    Constant(f64),
    /// from + p (to − from)
    Linear {
        /// First value.
        from: f64,
        /// Last value.
        to: f64,
    },
    /// from (to/from)ᵖ; both positive.
    Exponential {
        /// First value.
        from: f64,
        /// Last value.
        to: f64,
    },
    /// from/(1 + p (from/to − 1)); both positive. SOM_PAK's `inverse_t` has to = from/101.
    Inverse {
        /// First value.
        from: f64,
        /// Last value.
        to: f64,
    },
    /// from/(1 + 2t/T): to about a third (MiniSom's default).
    Asymptotic {
        /// First value.
        from: f64,
    },
    /// A function of p.
    Function(Arc<dyn Fn(f64) -> f64 + Send + Sync>),
}

impl Schedule {
    /// A function of progress p ∈ [0, 1].
    pub fn function(law: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        Self::Function(Arc::new(law))
    }

    /// The value in step t of T.
    pub fn value(&self, step: usize, steps: usize) -> f64 {
        let p = if steps > 1 { step.min(steps - 1) as f64 / (steps - 1) as f64 } else { 0.0 };
        match *self {
            Self::Constant(value) => value,
            // Both ends are reached exactly.
            Self::Linear { from, .. } | Self::Exponential { from, .. } | Self::Inverse { from, .. } if p == 0.0 => from,
            Self::Linear { to, .. } | Self::Exponential { to, .. } | Self::Inverse { to, .. } if p == 1.0 => to,
            Self::Linear { from, to } => from + p * (to - from),
            Self::Exponential { from, to } => from * math::exp(p * math::ln(to / from)),
            Self::Inverse { from, to } => from / (1.0 + p * (from / to - 1.0)),
            Self::Asymptotic { from } => from / (1.0 + 2.0 * step as f64 / steps.max(1) as f64),
            Self::Function(ref law) => law(p),
        }
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => f.debug_tuple("Constant").field(value).finish(),
            Self::Linear { from, to } => f.debug_struct("Linear").field("from", from).field("to", to).finish(),
            Self::Exponential { from, to } => {
                f.debug_struct("Exponential").field("from", from).field("to", to).finish()
            }
            Self::Inverse { from, to } => f.debug_struct("Inverse").field("from", from).field("to", to).finish(),
            Self::Asymptotic { from } => f.debug_struct("Asymptotic").field("from", from).finish(),
            Self::Function(_) => f.write_str("Function(..)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eq. som-decay.
    #[test]
    fn schedules_begin_and_end_where_they_say() {
        let (from, to) = (5.0, 0.5);
        let laws = [Schedule::Linear { from, to }, Schedule::Exponential { from, to }, Schedule::Inverse { from, to }];
        for law in laws {
            let values: Vec<f64> = (0..10).map(|t| law.value(t, 10)).collect();
            assert_eq!((values[0], values[9]), (5.0, 0.5), "{law:?}");
            assert!(values.windows(2).all(|pair| pair[1] < pair[0]), "{law:?}: {values:?}");
        }
        assert_eq!(Schedule::Asymptotic { from: 3.0 }.value(50, 100), 1.5);
        assert_eq!(Schedule::function(|p| 1.0 - p * p).value(1, 3), 0.75);
        assert_eq!(Schedule::Constant(0.3).value(7, 9), 0.3);
    }

    #[test]
    fn a_single_step_is_finite() {
        for law in [
            Schedule::Linear { from: 2.0, to: 1.0 },
            Schedule::Exponential { from: 2.0, to: 1.0 },
            Schedule::Inverse { from: 2.0, to: 1.0 },
            Schedule::Asymptotic { from: 2.0 },
        ] {
            assert_eq!(law.value(0, 1), 2.0, "{law:?}");
        }
    }

    #[test]
    fn minisoms_laws_are_special_cases() {
        let (v, n) = (3.0, 40);
        for t in 0..n {
            let progress = t as f64 / n as f64;
            let linear = Schedule::Linear { from: v, to: v / n as f64 }.value(t, n);
            assert!((linear - v * (1.0 - progress)).abs() < 1e-14);
            let asymptotic = Schedule::Asymptotic { from: v }.value(t, n);
            assert!((asymptotic - v / (1.0 + t as f64 / (n as f64 / 2.0))).abs() < 1e-15);
        }
    }
}
