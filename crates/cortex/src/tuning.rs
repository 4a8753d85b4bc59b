//! Tuning (slide 5): the response against the angle of the stimulus, and the numbers physiologists take from it.

use crate::CortexError;
use crate::error::check_values;
use nn_core::{CoreError, math};
use std::f64::consts::{PI, TAU};

/// Responses to stimuli at several angles.
///
/// ```
/// use cortex::TuningCurve;
///
/// let angles: Vec<f64> = (0..18).map(|k| f64::from(10 * k).to_radians()).collect();
/// let curve = TuningCurve::measure(angles, |angle| {
///     let from_peak = nn_core::math::cos(angle - 50_f64.to_radians());
///     Ok::<f64, cortex::CortexError>(from_peak * from_peak)
/// })?;
/// assert!((curve.preferred_orientation().unwrap().to_degrees() - 50.0).abs() < 1e-9);
/// assert!((curve.half_width().unwrap().to_degrees() - 45.0).abs() < 0.5);
/// assert!((curve.orientation_index() - 0.5).abs() < 1e-12);
/// # Ok::<(), cortex::CortexError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TuningCurve {
    angles: Vec<f64>,
    responses: Vec<f64>,
}

impl TuningCurve {
    /// From angles in radians, ascending, within one turn of each other, and responses, not negative.
    ///
    /// # Errors
    /// [`CortexError::Length`], [`CortexError::Value`], [`CoreError::Empty`] without a value.
    pub fn new(angles: Vec<f64>, responses: Vec<f64>) -> Result<Self, CortexError> {
        if angles.is_empty() {
            return Err(CoreError::Empty { what: "the tuning curve" }.into());
        }
        if angles.len() != responses.len() {
            let (expected, found) = (angles.len(), responses.len());
            return Err(CortexError::Length { what: "responses of a tuning curve", expected, found });
        }
        check_values("angle", &angles, "finite", f64::is_finite)?;
        if let Some(index) = (1..angles.len()).find(|&k| angles[k] <= angles[k - 1] || angles[k] - angles[0] >= TAU) {
            let rule = "above the one before it and less than a turn above the first";
            return Err(CortexError::Value { what: "angle", index, rule, value: angles[index] });
        }
        check_values("response", &responses, "non-negative and finite", |r| r >= 0.0 && r.is_finite())?;
        Ok(Self { angles, responses })
    }

    /// The responses that a function gives at these angles.
    ///
    /// # Errors
    /// As [`TuningCurve::new`], and what the function gives.
    pub fn measure<E: From<CortexError>>(
        angles: Vec<f64>,
        response: impl FnMut(f64) -> Result<f64, E>,
    ) -> Result<Self, E> {
        let responses = angles.iter().copied().map(response).collect::<Result<_, E>>()?;
        Ok(Self::new(angles, responses)?)
    }

    /// The angles in radians.
    pub fn angles(&self) -> &[f64] {
        &self.angles
    }

    /// The responses.
    pub fn responses(&self) -> &[f64] {
        &self.responses
    }

    /// The largest response.
    pub fn peak(&self) -> f64 {
        self.responses.iter().copied().fold(0.0, f64::max)
    }

    /// The angle of the largest response; the first of equals.
    pub fn peak_angle(&self) -> f64 {
        let peak = self.peak();
        self.responses.iter().position(|&response| response == peak).map_or(self.angles[0], |k| self.angles[k])
    }

    /// Σ R e^(inθ) and Σ R.
    fn moment(&self, harmonic: f64) -> (f64, f64, f64) {
        self.angles.iter().zip(&self.responses).fold((0.0, 0.0, 0.0), |(real, imaginary, total), (&angle, &r)| {
            let (sine, cosine) = (math::sin(harmonic * angle), math::cos(harmonic * angle));
            (real + r * cosine, imaginary + r * sine, total + r)
        })
    }

    fn index(&self, harmonic: f64) -> f64 {
        let (real, imaginary, total) = self.moment(harmonic);
        if total > 0.0 { (real * real + imaginary * imaginary).sqrt() / total } else { 0.0 }
    }

    /// |Σ R e^(2iθ)| / Σ R: 0 when every orientation gives the same, 1 when a single one gives anything; 0 without a response.
    /// The angles must be evenly spaced over half a turn or a whole one.
    pub fn orientation_index(&self) -> f64 {
        self.index(2.0)
    }

    /// |Σ R e^(iθ)| / Σ R, for directions of movement evenly spaced over a whole turn; 0 when both directions of every
    /// orientation give the same, and without a response.
    pub fn direction_index(&self) -> f64 {
        self.index(1.0)
    }

    /// ½ arg Σ R e^(2iθ), in [0, π); `None` when no orientation stands out.
    pub fn preferred_orientation(&self) -> Option<f64> {
        let (real, imaginary, total) = self.moment(2.0);
        let found = real * real + imaginary * imaginary > 1e-24 * total * total;
        found.then(|| {
            let half = 0.5 * angle_of(real, imaginary);
            if half < 0.0 { half + PI } else { half }
        })
    }

    /// Half width at half height, in radians: the mean distance from the peak to where the curve first falls to half of it on
    /// either side, straight lines between the samples. The curve is continued with period π when its angles span less than
    /// a half turn, else with 2π. `None` when it never falls so far.
    pub fn half_width(&self) -> Option<f64> {
        let n = self.angles.len();
        let span = self.angles[n - 1] - self.angles[0];
        let period = if span < PI - 1e-9 { PI } else { TAU };
        let half = 0.5 * self.peak();
        let top = self.responses.iter().position(|&response| response == 2.0 * half)?;
        let at = |step: usize, right: bool| {
            let index = if right { (top + step) % n } else { (top + n - step % n) % n };
            let distance = (self.angles[index] - self.angles[top]) * if right { 1.0 } else { -1.0 };
            (distance.rem_euclid(period), self.responses[index])
        };
        let side = |right: bool| {
            (1..n).find_map(|step| {
                let ((near, above), (far, below)) = (at(step - 1, right), at(step, right));
                (below <= half).then(|| near + (far - near) * (above - half) / (above - below))
            })
        };
        (half > 0.0).then_some(())?;
        Some(0.5 * (side(true)? + side(false)?))
    }
}

/// The first harmonic over the mean, F1/F0, of responses at evenly spaced phases of one cycle of a drifting grating: above 1
/// for simple, below 1 for complex cells (Skottun et al. 1991). A half-rectified sine gives π/2, a constant 0; 0 without a
/// response.
///
/// F1 is the amplitude of the fundamental, (2/n) |Σ R e^(iφ)|.
///
/// # Errors
/// [`CortexError::Value`] for a response that is negative or not finite, [`CoreError::Empty`] for fewer than three.
pub fn modulation_ratio(responses: &[f64]) -> Result<f64, CortexError> {
    check_values("response", responses, "non-negative and finite", |r| r >= 0.0 && r.is_finite())?;
    let n = responses.len();
    if n < 3 {
        return Err(CoreError::Size { what: "phases of one cycle", expected: 3, found: n }.into());
    }
    let angles = (0..n).map(|k| TAU * k as f64 / n as f64).collect();
    Ok(2.0 * TuningCurve::new(angles, responses.to_vec())?.direction_index())
}

/// The smallest angle between two orientations, in [0, π/2].
pub fn orientation_difference(a: f64, b: f64) -> f64 {
    let difference = (a - b).rem_euclid(PI);
    difference.min(PI - difference)
}

/// The angle of the vector (x, y) in (−π, π]; 0 for the zero vector.
///
/// The rotation of a rough angle by Newton's steps on nn-core's sine and cosine: nn-core has no inverse tangent.
pub(crate) fn angle_of(x: f64, y: f64) -> f64 {
    let length = (x * x + y * y).sqrt();
    if length == 0.0 || !length.is_finite() {
        return 0.0;
    }
    let (c, s) = (x / length, y / length);
    // Within 0.012 by a rational function on the nearest axis, then three steps, each of which cubes the error.
    let mut angle = if c.abs() >= s.abs() {
        let t = s / c;
        let near = t / (1.0 + 0.28 * t * t);
        if c > 0.0 {
            near
        } else if s >= 0.0 {
            near + PI
        } else {
            near - PI
        }
    } else {
        let t = c / s;
        let near = t / (1.0 + 0.28 * t * t);
        if s > 0.0 { 0.5 * PI - near } else { -0.5 * PI - near }
    };
    for _ in 0..3 {
        angle += s * math::cos(angle) - c * math::sin(angle);
    }
    if angle <= -PI { angle + TAU } else { angle.min(PI) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn degrees(step: u32, count: u32) -> Vec<f64> {
        (0..count).map(|k| f64::from(step * k).to_radians()).collect()
    }

    #[test]
    fn the_angle_of_a_vector_undoes_sine_and_cosine() {
        for k in -1799..=1800 {
            let angle = f64::from(k) * PI / 1800.0;
            for length in [1e-150, 1.0, 3e150] {
                let found = angle_of(length * math::cos(angle), length * math::sin(angle));
                let error = (found - angle).abs();
                assert!(error < 1e-15 * 4.0 || (error - TAU).abs() < 1e-14, "{angle} {found}");
            }
        }
        assert_eq!((angle_of(0.0, 0.0), angle_of(1.0, 0.0)), (0.0, 0.0));
    }

    #[test]
    fn a_half_rectified_sine_has_the_ratio_pi_over_2_and_a_constant_0() {
        let sine: Vec<f64> = degrees(1, 360).iter().map(|&phase| math::sin(phase).max(0.0)).collect();
        assert!((modulation_ratio(&sine).unwrap() - 0.5 * PI).abs() < 1e-4);
        assert!(modulation_ratio(&[2.0; 16]).unwrap() < 1e-12);
        assert!(modulation_ratio(&[1.0, 2.0]).is_err());
    }

    #[test]
    fn one_direction_alone_and_two_opposite_ones_are_told_apart() {
        let angles = degrees(30, 12);
        let mut responses = vec![0.0; 12];
        responses[4] = 3.0;
        let one = TuningCurve::new(angles.clone(), responses.clone()).unwrap();
        assert!((one.direction_index() - 1.0).abs() < 1e-12 && (one.orientation_index() - 1.0).abs() < 1e-12);
        assert!((one.preferred_orientation().unwrap().to_degrees() - 120.0).abs() < 1e-9);
        responses[10] = 3.0;
        let two = TuningCurve::new(angles, responses).unwrap();
        assert!(two.direction_index() < 1e-12 && (two.orientation_index() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_flat_curve_prefers_nothing_and_has_no_width() {
        let flat = TuningCurve::new(degrees(10, 18), vec![1.5; 18]).unwrap();
        assert!(flat.orientation_index() < 1e-12);
        assert_eq!((flat.preferred_orientation(), flat.half_width()), (None, None));
        let silent = TuningCurve::new(degrees(10, 18), vec![0.0; 18]).unwrap();
        assert_eq!((silent.orientation_index(), silent.half_width()), (0.0, None));
    }

    #[test]
    fn the_half_width_goes_around_the_ends() {
        for peak in [0_u32, 5, 90, 175] {
            let curve = TuningCurve::measure(degrees(5, 36), |angle| {
                let away = orientation_difference(angle, f64::from(peak).to_radians()).to_degrees();
                Ok::<f64, CortexError>((1.0 - away / 50.0).max(0.0))
            });
            let curve = curve.unwrap();
            assert!((curve.half_width().unwrap().to_degrees() - 25.0).abs() < 1e-9, "{peak}");
            assert!((curve.peak_angle().to_degrees() - f64::from(peak)).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_no_curve_is_named() {
        let message = |angles: &[f64], responses: &[f64]| {
            TuningCurve::new(angles.to_vec(), responses.to_vec()).unwrap_err().to_string()
        };
        assert_eq!(message(&[], &[]), "the tuning curve is empty");
        assert_eq!(message(&[0.0, 1.0], &[1.0]), "responses of a tuning curve: expected 2, found 1");
        assert_eq!(message(&[0.0, 1.0], &[1.0, -1.0]), "response 1 must be non-negative and finite, is -1");
        assert!(message(&[0.0, 0.0], &[1.0, 1.0]).starts_with("angle 1 must be above the one before it"));
    }
}
