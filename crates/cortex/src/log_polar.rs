//! Where a point of the visual field lies in the cortex (slide 6): Schwartz's logarithm.

use crate::CortexError;
use crate::error::{check_finite, check_positive, out_of_range};
use crate::tuning::angle_of;
use nn_core::math;

/// w = k ln(z + a): the right half of the visual field, z = x + iy in degrees from the point of fixation, in the left cortex, in
/// millimeters.
///
/// Small angles are kept (the map is conformal), sizes are not: a degree at z is k/|z + a| mm long. Far from the fovea rings become
/// parallel lines k ln 2 apart for every doubling of the eccentricity.
///
/// # Source
/// Schwartz, "Spatial mapping in the primate sensory projection", Biological Cybernetics 25 (1977) 181-194.
///
/// ```
/// use cortex::LogPolarMap;
///
/// let map = LogPolarMap::HUMAN;
/// let (fovea, ten) = (map.to_cortex(0.0, 0.0)?, map.to_cortex(10.0, 0.0)?);
/// assert!((ten.0 - fovea.0 - 46.06).abs() < 0.01 && ten.1 == 0.0); // millimeters from the fovea
/// # Ok::<(), cortex::CortexError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogPolarMap {
    /// k, in millimeters; positive.
    pub scale: f64,
    /// a, in degrees; positive.
    pub offset: f64,
}

impl LogPolarMap {
    /// k = 17.3 mm, a = 0.75°, the magnification of the human cortex after Horton and Hoyt (1991), Arch. Ophthalmol. 109:816-824.
    pub const HUMAN: Self = Self { scale: 17.3, offset: 0.75 };

    fn check(&self, x: f64, y: f64) -> Result<(), CortexError> {
        check_positive("the scale k", self.scale)?;
        check_positive("the offset a", self.offset)?;
        check_finite("y", y)?;
        match x >= 0.0 && x.is_finite() {
            true => Ok(()),
            false => Err(out_of_range("x", "in the right half of the field, not negative and finite", x)),
        }
    }

    /// k ln(z + a): millimeters along and across the axis of the horizontal meridian.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a point in the left half of the field, one that is not finite, or parameters that are not
    /// positive.
    pub fn to_cortex(&self, x: f64, y: f64) -> Result<(f64, f64), CortexError> {
        self.check(x, y)?;
        let x = x + self.offset;
        // Scaled: squares of far points would overflow.
        let largest = x.max(y.abs());
        let (u, v) = (x / largest, y / largest);
        let logarithm = math::ln(largest) + 0.5 * math::ln(u * u + v * v);
        Ok((self.scale * logarithm, self.scale * angle_of(u, v)))
    }

    /// exp(w/k) − a: the point of the visual field, in degrees, that lies here in the cortex.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a place that is not finite, or parameters that are not positive.
    pub fn to_field(&self, along: f64, across: f64) -> Result<(f64, f64), CortexError> {
        self.check(0.0, 0.0)?;
        check_finite("the place along the axis", along)?;
        check_finite("the place across the axis", across)?;
        let (radius, angle) = (math::exp(along / self.scale), across / self.scale);
        Ok((radius * math::cos(angle) - self.offset, radius * math::sin(angle)))
    }

    /// k/|z + a|: millimeters of cortex for a degree at z.
    ///
    /// # Errors
    /// As [`LogPolarMap::to_cortex`].
    pub fn magnification(&self, x: f64, y: f64) -> Result<f64, CortexError> {
        self.check(x, y)?;
        let (x, y) = ((x + self.offset) / self.scale, y / self.scale);
        Ok(1.0 / (x * x + y * y).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_where_it_came_from() {
        let map = LogPolarMap { scale: 11.0, offset: 0.4 };
        for (x, y) in [(0.0, 0.0), (0.0, -3.0), (2.0, 5.0), (80.0, 1.0), (0.001, 40.0)] {
            let (along, across) = map.to_cortex(x, y).unwrap();
            let (back_x, back_y) = map.to_field(along, across).unwrap();
            assert!((back_x - x).abs() < 1e-11 * (1.0 + x) && (back_y - y).abs() < 1e-11 * (1.0 + y.abs()), "{x} {y}");
        }
        let far = map.to_cortex(1e300, -1e300).unwrap();
        assert!((far.1 / 11.0 + std::f64::consts::FRAC_PI_4).abs() < 1e-15 && far.0.is_finite());
    }

    #[test]
    fn small_angles_are_kept_and_lengths_have_the_magnification() {
        let map = LogPolarMap::HUMAN;
        for (x, y) in [(0.1, 0.2), (3.0, -4.0), (30.0, 12.0)] {
            let step = 1e-5;
            let at = |x: f64, y: f64| map.to_cortex(x, y).unwrap();
            let difference = |from: (f64, f64), to: (f64, f64)| ((to.0 - from.0) / step, (to.1 - from.1) / step);
            let right = difference(at(x - 0.5 * step, y), at(x + 0.5 * step, y));
            let up = difference(at(x, y - 0.5 * step), at(x, y + 0.5 * step));
            // Turned by a quarter, equal in length.
            assert!((right.0 - up.1).abs() < 1e-5 && (right.1 + up.0).abs() < 1e-5, "{right:?} {up:?}");
            let length = (right.0 * right.0 + right.1 * right.1).sqrt();
            assert!((length - map.magnification(x, y).unwrap()).abs() < 1e-5, "{length}");
        }
    }

    #[test]
    fn points_that_have_no_place_are_named() {
        let map = LogPolarMap::HUMAN;
        let message = |map: LogPolarMap, x: f64, y: f64| map.to_cortex(x, y).unwrap_err().to_string();
        assert_eq!(message(map, -1.0, 0.0), "x must be in the right half of the field, not negative and finite, is -1");
        assert!(message(map, 0.0, f64::NAN).starts_with("y must be finite"));
        assert!(message(LogPolarMap { offset: 0.0, ..map }, 1.0, 1.0).starts_with("the offset a must be positive"));
        assert!(message(LogPolarMap { scale: f64::NAN, ..map }, 1.0, 1.0).starts_with("the scale k must be positive"));
        assert!(map.to_field(f64::INFINITY, 0.0).is_err() && map.magnification(f64::NAN, 0.0).is_err());
    }
}
