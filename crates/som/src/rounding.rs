//! The bound on rounding for online training.

use nn_core::Real;

/// How far a squared distance of [`Stripes`](crate::stripes::Stripes) may be from that of the definition.
///
/// With u = ε/2, half the distance from 1 to the next number, D features, R the largest absolute value, to first order:
/// a sum of D squares one after the other is off by (D + 3) u of itself, the definition's tree by (D/16 + 8) u; a component of
/// w' by 5 u R. The equation for the distance after a step, with P the sum of its three terms without signs, is off by (D + 8) u P. All of it
/// together: (D + D/16 + 20) u P + 2 η √P + η² with η = 5 u R √D, where 2 √P ≤ P/s + s for any s > 0, close to equality where
/// √P is close to s. What underflows is less than the smallest normal number each time.
#[derive(Clone, Copy)]
pub(crate) struct Rounding<T> {
    pub relative: T,
    pub absolute: T,
}

impl<T: Real> Rounding<T> {
    /// Of distances that were summed in another order.
    pub fn of_sums(features: usize) -> Self {
        let features = features as f64;
        // A quarter more than the first order, which covers the others while this is small.
        let relative = 1.25 * (features * (1.0 + 1.0 / 16.0) + 20.0) * T::EPSILON.to_f64() / 2.0;
        let smallest_normal = if T::BYTES == 4 { f64::from(f32::MIN_POSITIVE) } else { f64::MIN_POSITIVE };
        Self::certain(relative, 16.0 * features * smallest_normal)
    }

    /// Of distances after a step; s is the expected distance.
    pub fn after_step(features: usize, largest: T, s: T) -> Self {
        let sums = Self::of_sums(features);
        let eta = 1.25 * 5.0 * T::EPSILON.to_f64() / 2.0 * largest.to_f64() * (features as f64).sqrt();
        let s = s.to_f64().max(100.0 * eta);
        let relative = if s > 0.0 { eta / s } else { 0.0 };
        Self::certain(sums.relative.to_f64() + relative, sums.absolute.to_f64() + eta * (s + eta))
    }

    fn certain(relative: f64, absolute: f64) -> Self {
        let bound = |value: f64| if relative > 0.05 { T::INFINITY } else { T::from_f64(value) };
        Self { relative: bound(relative), absolute: bound(absolute) }
    }
}
