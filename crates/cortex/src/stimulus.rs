//! Stimuli: gratings, bars, dots and noise, drawn on a visual field.

use crate::error::{check_finite, check_non_negative, check_positive};
use crate::visual_field::{Frame, check_point};
use crate::{CortexError, VisualField};
use nn_core::{Matrix, Stream, math};
use std::f64::consts::TAU;

/// A sinusoidal grating: I = contrast · cos(2π f x′ − φ), around the mean light 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grating {
    /// The direction of its bars in radians: 0 horizontal, π/2 vertical.
    pub orientation: f64,
    /// f, in cycles per unit of length; positive.
    pub frequency: f64,
    /// φ in radians. A grating whose phase grows drifts across its bars, to the right when they are vertical.
    pub phase: f64,
    /// The amplitude; not negative.
    pub contrast: f64,
}

impl Grating {
    /// A grating of contrast 1 with a bright bar in the middle.
    pub fn new(orientation: f64, frequency: f64) -> Self {
        Self { orientation, frequency, phase: 0.0, contrast: 1.0 }
    }

    /// The image.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a parameter out of its range, by name.
    pub fn on(&self, field: &VisualField) -> Result<Matrix<f64>, CortexError> {
        check_finite("the orientation", self.orientation)?;
        check_positive("the frequency", self.frequency)?;
        check_finite("the phase", self.phase)?;
        check_non_negative("the contrast", self.contrast)?;
        let frame = Frame::new(self.orientation, (0.0, 0.0));
        let wave = |x, y| self.contrast * math::cos(TAU * self.frequency * frame.place(x, y).0 - self.phase);
        Ok(field.image(wave))
    }
}

/// A bar of light on darkness 0. Its edges are ramps as wide as one sample, so that it turns and moves smoothly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Its direction in radians: 0 horizontal, π/2 vertical.
    pub orientation: f64,
    /// Its width; positive.
    pub width: f64,
    /// Its length; positive.
    pub length: f64,
    /// Its middle.
    pub center: (f64, f64),
    /// Its brightness; negative for a dark bar.
    pub brightness: f64,
}

impl Bar {
    /// A bar of brightness 1 in the middle of the field.
    pub fn new(orientation: f64, width: f64, length: f64) -> Self {
        Self { orientation, width, length, center: (0.0, 0.0), brightness: 1.0 }
    }

    /// The image.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a parameter out of its range, by name.
    pub fn on(&self, field: &VisualField) -> Result<Matrix<f64>, CortexError> {
        check_finite("the orientation", self.orientation)?;
        check_positive("the width of the bar", self.width)?;
        check_positive("the length of the bar", self.length)?;
        check_point("the center", self.center)?;
        check_finite("the brightness", self.brightness)?;
        let frame = Frame::new(self.orientation, self.center);
        Ok(field.image(|x, y| {
            let (across, along) = frame.place(x, y);
            let covered = |distance: f64, extent: f64| edge(0.5 * extent - distance.abs(), field.spacing());
            self.brightness * covered(across, self.width) * covered(along, self.length)
        }))
    }
}

/// A disk of light on darkness 0, its edge a ramp as wide as one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dot {
    /// Its middle.
    pub center: (f64, f64),
    /// Its radius; positive.
    pub radius: f64,
    /// Its brightness; negative for a dark dot.
    pub brightness: f64,
}

impl Dot {
    /// The image.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a parameter out of its range, by name.
    pub fn on(&self, field: &VisualField) -> Result<Matrix<f64>, CortexError> {
        check_point("the center", self.center)?;
        check_positive("the radius", self.radius)?;
        check_finite("the brightness", self.brightness)?;
        Ok(field.image(|x, y| {
            let (x, y) = (x - self.center.0, y - self.center.1);
            self.brightness * edge(self.radius - (x * x + y * y).sqrt(), field.spacing())
        }))
    }
}

/// 1 well inside, 0 well outside, by the distance from the edge.
fn edge(inside: f64, spacing: f64) -> f64 {
    (inside / spacing + 0.5).clamp(0.0, 1.0)
}

/// White noise: every sample of the field independently from the normal distribution.
///
/// # Errors
/// [`CortexError::Core`] for a standard deviation that is negative or not finite.
pub fn noise(field: &VisualField, standard_deviation: f64, stream: &mut Stream) -> Result<Matrix<f64>, CortexError> {
    check_non_negative("the standard deviation", standard_deviation)?;
    let mut image = Matrix::zeros(field.side(), field.side());
    stream.fill_normal(image.as_mut_slice(), 0.0, standard_deviation);
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_PI_2;

    #[test]
    fn a_bar_has_its_area_in_every_direction() {
        let field = VisualField::new(101, 0.1).unwrap();
        for step in 0..12 {
            let bar = Bar { center: (0.33, -0.4), ..Bar::new(0.26 * f64::from(step), 0.8, 4.0) };
            let area = bar.on(&field).unwrap().sum() * 0.01;
            assert!((area - 3.2).abs() < 0.02, "{step}: {area}");
        }
    }

    #[test]
    fn a_dot_has_its_area() {
        let field = VisualField::new(101, 0.1).unwrap();
        let dot = Dot { center: (0.0, 1.0), radius: 2.0, brightness: -1.0 }.on(&field).unwrap();
        assert!((dot.sum() * 0.01 + std::f64::consts::PI * 4.0).abs() < 0.02, "{}", dot.sum());
    }

    #[test]
    fn a_vertical_grating_drifts_to_the_right() {
        let field = VisualField::new(33, 0.125).unwrap();
        let grating = Grating { phase: TAU / 4.0, ..Grating::new(FRAC_PI_2, 0.5) }.on(&field).unwrap();
        // A quarter of a period of 2 is 0.5, or 4 samples.
        let brightest = (8..25).max_by(|&a, &b| grating[(5, a)].total_cmp(&grating[(5, b)])).unwrap();
        assert_eq!(brightest, 20);
        let row = |row: usize| grating.row(row).iter().copied().collect::<Vec<f64>>();
        assert!(row(0).iter().zip(row(30)).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}
