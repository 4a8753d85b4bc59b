//! Receptive fields: Gabor functions (simple cells), differences of Gaussians (retina and LGN), and what they answer.

use crate::error::{check_finite, check_non_negative, check_positive};
use crate::visual_field::{Frame, check_point};
use crate::{CortexError, VisualField};
use nn_core::{Matrix, math, simd};
use std::f64::consts::{LN_2, PI, TAU};

/// A receptive field, sampled: the weight of every point of the visual field.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceptiveField {
    weights: Matrix<f64>,
    /// Area of one sample, so that a finer field gives the same answer.
    area: f64,
}

impl ReceptiveField {
    /// A receptive field of any shape.
    ///
    /// # Errors
    /// [`CortexError::Image`] when the weights are not as large as the field, [`CortexError::Core`] when one is not finite.
    pub fn new(field: &VisualField, weights: Matrix<f64>) -> Result<Self, CortexError> {
        check_image("the visual field", (field.side(), field.side()), &weights)?;
        Ok(Self { weights, area: field.spacing() * field.spacing() })
    }

    /// The weights, as one looks at them.
    pub fn weights(&self) -> &Matrix<f64> {
        &self.weights
    }

    /// ⟨g, I⟩ = Σ g(x, y) I(x, y) Δ², Δ the spacing of the samples.
    ///
    /// # Errors
    /// [`CortexError::Image`] for an image of another size, [`CortexError::Core`] for values that are not finite.
    pub fn response(&self, image: &Matrix<f64>) -> Result<f64, CortexError> {
        check_image("the receptive field", self.weights.shape(), image)?;
        Ok(self.area * simd::dot(self.weights.as_slice(), image.as_slice()))
    }

    /// The same field with its mean taken away, so that uniform light gives nothing.
    #[must_use]
    pub fn without_mean(mut self) -> Self {
        let mean = simd::sum(self.weights.as_slice()) / self.weights.len() as f64;
        self.weights.add_scalar_mut(-mean);
        self
    }
}

fn check_image(what: &'static str, (rows, columns): (usize, usize), image: &Matrix<f64>) -> Result<(), CortexError> {
    if image.shape() != (rows, columns) {
        let (expected_rows, expected_columns) = (rows, columns);
        let (rows, columns) = image.shape();
        return Err(CortexError::Image { what, expected_rows, expected_columns, rows, columns });
    }
    Ok(nn_core::check_finite(image)?)
}

/// A Gabor function: g = exp(−x′²/2s_x² − y′²/2s_y²) cos(2π f x′ + φ), with x′ across the bars and y′ along them.
///
/// ```
/// use cortex::{Gabor, VisualField};
///
/// let gabor = Gabor::round(90.0_f64.to_radians(), 1.0, 0.54); // vertical, 1 cycle per unit
/// assert!((gabor.half_width().unwrap().to_degrees() - 19.98).abs() < 0.01);
/// let field = VisualField::new(65, 1.0 / 16.0)?;
/// assert_eq!(gabor.on(&field)?.weights()[(32, 32)], 1.0);
/// # Ok::<(), cortex::CortexError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gabor {
    /// The direction of the bars in radians: 0 horizontal, π/2 vertical.
    pub orientation: f64,
    /// f, in cycles per unit of length; positive.
    pub frequency: f64,
    /// φ in radians: 0 is even (a bright bar in the middle), π/2 odd (an edge).
    pub phase: f64,
    /// s_x, the width of the envelope across the bars; positive.
    pub across: f64,
    /// s_y, its length along the bars; positive.
    pub along: f64,
    /// The middle of the envelope, where x′ = y′ = 0.
    pub center: (f64, f64),
}

impl Gabor {
    /// A Gabor function with a round envelope in the middle of the field, even, with s f as given: 0.54 gives the tuning of
    /// the median cell of the monkey's striate cortex.
    pub fn round(orientation: f64, frequency: f64, width_times_frequency: f64) -> Self {
        let width = width_times_frequency / frequency;
        Self { orientation, frequency, phase: 0.0, across: width, along: width, center: (0.0, 0.0) }
    }

    /// g at this point.
    pub fn value(&self, x: f64, y: f64) -> f64 {
        self.value_in(&Frame::new(self.orientation, self.center), x, y)
    }

    fn value_in(&self, frame: &Frame, x: f64, y: f64) -> f64 {
        let (across, along) = frame.place(x, y);
        let (u, v) = (across / self.across, along / self.along);
        math::exp(-0.5 * (u * u + v * v)) * math::cos(TAU * self.frequency * across + self.phase)
    }

    /// Sampled on a field.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a parameter out of its range, by name.
    pub fn on(&self, field: &VisualField) -> Result<ReceptiveField, CortexError> {
        self.check()?;
        let frame = Frame::new(self.orientation, self.center);
        ReceptiveField::new(field, field.image(|x, y| self.value_in(&frame, x, y)))
    }

    pub(crate) fn check(&self) -> Result<(), CortexError> {
        check_finite("the orientation", self.orientation)?;
        check_positive("the frequency", self.frequency)?;
        check_finite("the phase", self.phase)?;
        check_positive("the envelope's width across the bars", self.across)?;
        check_positive("the envelope's length along the bars", self.along)?;
        check_point("the center", self.center)
    }

    /// Half width at half height of the response to gratings of the field's own frequency, in radians; `None` when no grating
    /// gives less than half.
    ///
    /// A grating turned by δ gives exp(−2π² f² [s_x² (1 − cos δ)² + s_y² sin² δ]) of the best response (the other lobe of
    /// the spectrum, e^(−8π² s² f²) of it, left out). For s_x = s_y = s half of it is at
    /// 2 asin(√(2 ln 2)/(4π s f)): 19.98° for s f = 0.54.
    pub fn half_width(&self) -> Option<f64> {
        let (a, b) = (self.across * self.across, self.along * self.along);
        let half = LN_2 / (2.0 * PI * PI * self.frequency * self.frequency);
        // a (1 − c)² + b (1 − c²) = half, for u = 1 − c: (a − b) u² + 2 b u − half = 0, the root that grows with `half`.
        let root = b * b + (a - b) * half;
        if root < 0.0 {
            return None;
        }
        let u = half / (b + root.sqrt());
        // sin²(δ/2) = (1 − cos δ)/2
        (u <= 2.0).then(|| 2.0 * arcsine((0.5 * u).sqrt()))
    }
}

/// The angle in [0, π/2] with this sine, by bisection: nn-core has no inverse sine, and this is no hot loop.
fn arcsine(sine: f64) -> f64 {
    let (mut low, mut high) = (0.0, 0.5 * PI);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if math::sin(middle) < sine { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// A difference of Gaussians, the center and surround of a cell in the retina or the LGN:
/// g = ± [w_c exp(−r²/2s_c²)/(2π s_c²) − w_s exp(−r²/2s_s²)/(2π s_s²)].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DifferenceOfGaussians {
    /// s_c; positive.
    pub center_width: f64,
    /// s_s; positive, usually larger than s_c.
    pub surround_width: f64,
    /// w_c, the integral of the center; not negative.
    pub center_weight: f64,
    /// w_s, the integral of the surround; not negative. Equal to w_c, uniform light gives nothing.
    pub surround_weight: f64,
    /// Light in the center excites (ON) or inhibits (OFF).
    pub on_center: bool,
    /// Where the center is.
    pub center: (f64, f64),
}

impl DifferenceOfGaussians {
    /// An ON cell in the middle of the field, balanced, the surround 1.6 times as wide as the center (the ratio for which the
    /// difference comes nearest to the Laplacian of a Gaussian: Marr and Hildreth 1980).
    pub fn balanced(center_width: f64) -> Self {
        Self {
            center_width,
            surround_width: 1.6 * center_width,
            center_weight: 1.0,
            surround_weight: 1.0,
            on_center: true,
            center: (0.0, 0.0),
        }
    }

    /// g at this point.
    pub fn value(&self, x: f64, y: f64) -> f64 {
        let (x, y) = (x - self.center.0, y - self.center.1);
        let bell = |weight: f64, width: f64| {
            weight * math::exp(-0.5 * (x * x + y * y) / (width * width)) / (TAU * width * width)
        };
        let difference = bell(self.center_weight, self.center_width) - bell(self.surround_weight, self.surround_width);
        if self.on_center { difference } else { -difference }
    }

    /// Sampled on a field.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a parameter out of its range, by name.
    pub fn on(&self, field: &VisualField) -> Result<ReceptiveField, CortexError> {
        self.check()?;
        ReceptiveField::new(field, field.image(|x, y| self.value(x, y)))
    }

    pub(crate) fn check(&self) -> Result<(), CortexError> {
        check_positive("the width of the center", self.center_width)?;
        check_positive("the width of the surround", self.surround_width)?;
        check_non_negative("the weight of the center", self.center_weight)?;
        check_non_negative("the weight of the surround", self.surround_weight)?;
        check_point("the center", self.center)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_half_width_has_the_closed_form_of_a_round_envelope() {
        for product in [0.3, 0.54, 0.8, 1.5] {
            let found = Gabor::round(0.3, 2.0, product).half_width().unwrap();
            let sine = (2.0 * LN_2).sqrt() / (4.0 * PI * product);
            assert!((math::sin(0.5 * found) - sine).abs() < 1e-14, "{product}: {found}");
        }
    }

    // On a field of four periods to each side the longest envelope is cut off and measures 6.8.
    #[test]
    fn longer_fields_are_tuned_more_sharply_by_the_published_amounts() {
        let degrees = |aspect: f64| {
            let gabor = Gabor { along: 0.54 * aspect, ..Gabor::round(0.0, 1.0, 0.54) };
            gabor.half_width().unwrap().to_degrees()
        };
        for (aspect, expected) in [(1.0, 19.984), (1.5, 13.3), (2.0, 10.0), (3.0, 6.64)] {
            assert!((degrees(aspect) - expected).abs() < 0.06, "{aspect}: {}", degrees(aspect));
        }
    }

    #[test]
    fn a_field_without_bars_has_no_half_width() {
        assert_eq!(Gabor::round(0.0, 1.0, 0.05).half_width(), None);
    }

    #[test]
    fn a_balanced_cell_ignores_uniform_light() {
        let field = VisualField::new(65, 0.25).unwrap();
        let cell = DifferenceOfGaussians::balanced(1.0).on(&field).unwrap();
        assert!(cell.response(&field.image(|_, _| 5.0)).unwrap().abs() < 1e-4);
        let off =
            DifferenceOfGaussians { on_center: false, ..DifferenceOfGaussians::balanced(1.0) }.on(&field).unwrap();
        let dot = field.image(|x, y| f64::from(u8::from(x * x + y * y < 1.0)));
        assert_eq!(cell.response(&dot).unwrap(), -off.response(&dot).unwrap());
        assert!(cell.response(&dot).unwrap() > 0.1);
    }

    #[test]
    fn a_finer_field_gives_the_same_answer() {
        let answer = |side: usize| {
            let field = VisualField::new(side, 8.0 / side as f64).unwrap();
            let grating = field.image(|x, _| math::cos(TAU * x));
            Gabor::round(0.5 * PI, 1.0, 0.54).on(&field).unwrap().response(&grating).unwrap()
        };
        assert!((answer(64) - answer(200)).abs() < 1e-6 * answer(64));
        // ½ ∫ exp(−r²/2s²) = π s², the second lobe of the spectrum added.
        let s = 0.54;
        let exact = PI * s * s * (1.0 + math::exp(-8.0 * PI * PI * s * s));
        assert!((answer(64) - exact).abs() < 1e-6, "{} {exact}", answer(64));
    }
}
