//! Cells of the visual pathway (slides 4 and 5): center-surround, simple and complex cells, and Hubel and Wiesel's wiring.

use crate::error::{check_finite, check_non_negative, check_positive};
use crate::{CortexError, DifferenceOfGaussians, Gabor, ReceptiveField, VisualField};
use nn_core::{CoreError, Matrix, math};
use std::f64::consts::FRAC_PI_2;

/// A cell with one receptive field and a threshold: r = [⟨g, I⟩ − θ]₊ⁿ.
///
/// With a Gabor function it is a simple cell, with a difference of Gaussians a cell of retina or LGN.
#[derive(Debug, Clone, PartialEq)]
pub struct RectifiedCell {
    /// g
    pub field: ReceptiveField,
    /// θ
    pub threshold: f64,
    /// n; positive.
    pub exponent: f64,
}

impl RectifiedCell {
    /// Threshold 0 and exponent 1: half-wave rectification.
    pub fn new(field: ReceptiveField) -> Self {
        Self { field, threshold: 0.0, exponent: 1.0 }
    }

    /// r
    ///
    /// # Errors
    /// [`CortexError::Image`] for an image of another size, [`CortexError::Core`] for values that are not finite or an exponent
    /// that is not positive.
    pub fn response(&self, image: &Matrix<f64>) -> Result<f64, CortexError> {
        check_finite("the threshold", self.threshold)?;
        check_positive("the exponent", self.exponent)?;
        let above = (self.field.response(image)? - self.threshold).max(0.0);
        Ok(if self.exponent == 1.0 { above } else { math::powf(above, self.exponent) })
    }
}

/// A complex cell by energy: r = ⟨g₀, I⟩² + ⟨g₉₀, I⟩², a pair of fields a quarter of a period apart.
///
/// It answers to a grating of its orientation wherever the bars lie (Adelson and Bergen 1985).
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyCell {
    even: ReceptiveField,
    odd: ReceptiveField,
}

impl EnergyCell {
    /// The quadrature pair of this Gabor function: it and the one with a phase larger by π/2.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a parameter out of its range, by name.
    pub fn new(gabor: &Gabor, field: &VisualField) -> Result<Self, CortexError> {
        let odd = Gabor { phase: gabor.phase + FRAC_PI_2, ..*gabor };
        Ok(Self { even: gabor.on(field)?, odd: odd.on(field)? })
    }

    /// r
    ///
    /// # Errors
    /// As [`ReceptiveField::response`].
    pub fn response(&self, image: &Matrix<f64>) -> Result<f64, CortexError> {
        let (even, odd) = (self.even.response(image)?, self.odd.response(image)?);
        Ok(even * even + odd * odd)
    }
}

/// How a cell takes its inputs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// Their sum.
    Sum,
    /// The largest.
    Max,
}

/// A cell that pools cells: r = [pool of the inputs' responses − θ]₊.
///
/// Hubel and Wiesel (1962) proposed both steps of it: a simple cell adds LGN cells whose centers lie in a row
/// ([`PooledCell::simple`]); a complex cell pools simple cells of one orientation at shifted places
/// ([`PooledCell::complex`]).
#[derive(Debug, Clone, PartialEq)]
pub struct PooledCell {
    /// The cells below.
    pub inputs: Vec<RectifiedCell>,
    /// Sum or maximum.
    pub pooling: Pooling,
    /// θ
    pub threshold: f64,
}

impl PooledCell {
    /// A simple cell: `count` ON cells of the LGN, `spacing` apart, on a line of this orientation through the middle of the
    /// field, added. The threshold makes it ask for most of them at once; 0 gives the sum alone.
    ///
    /// # Errors
    /// [`CortexError::Core`] without cells, or for a parameter out of its range.
    pub fn simple(
        orientation: f64,
        (count, spacing): (usize, f64),
        center_surround: &DifferenceOfGaussians,
        threshold: f64,
        field: &VisualField,
    ) -> Result<Self, CortexError> {
        check_finite("the orientation", orientation)?;
        check_non_negative("the spacing of the LGN cells", spacing)?;
        check_finite("the threshold", threshold)?;
        let (cosine, sine) = (math::cos(orientation), math::sin(orientation));
        let inputs = offsets(count, spacing).map(|along| {
            let (x, y) = center_surround.center;
            let center = (x + along * cosine, y + along * sine);
            DifferenceOfGaussians { center, ..*center_surround }.on(field).map(RectifiedCell::new)
        });
        Self { inputs: inputs.collect::<Result<_, _>>()?, pooling: Pooling::Sum, threshold }.checked()
    }

    /// A complex cell: `count` simple cells like this one, shifted across their bars in steps of `spacing`.
    ///
    /// # Errors
    /// [`CortexError::Core`] without cells, or for a parameter out of its range.
    pub fn complex(
        gabor: &Gabor,
        (count, spacing): (usize, f64),
        pooling: Pooling,
        field: &VisualField,
    ) -> Result<Self, CortexError> {
        check_finite("the spacing of the simple cells", spacing)?;
        let (cosine, sine) = (math::cos(gabor.orientation), math::sin(gabor.orientation));
        let inputs = offsets(count, spacing).map(|across| {
            let center = (gabor.center.0 + across * sine, gabor.center.1 - across * cosine);
            Gabor { center, ..*gabor }.on(field).map(RectifiedCell::new)
        });
        Self { inputs: inputs.collect::<Result<_, _>>()?, pooling, threshold: 0.0 }.checked()
    }

    fn checked(self) -> Result<Self, CortexError> {
        match self.inputs.is_empty() {
            true => Err(CoreError::Empty { what: "the list of input cells" }.into()),
            false => Ok(self),
        }
    }

    /// r
    ///
    /// # Errors
    /// As [`RectifiedCell::response`].
    pub fn response(&self, image: &Matrix<f64>) -> Result<f64, CortexError> {
        let mut pooled = 0.0_f64;
        for input in &self.inputs {
            let response = input.response(image)?;
            pooled = match self.pooling {
                Pooling::Sum => pooled + response,
                Pooling::Max => pooled.max(response),
            };
        }
        Ok((pooled - self.threshold).max(0.0))
    }
}

/// `count` places with this spacing around 0.
fn offsets(count: usize, spacing: f64) -> impl Iterator<Item = f64> {
    (0..count).map(move |k| (k as f64 - 0.5 * (count as f64 - 1.0)) * spacing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bar, Grating};

    fn field() -> VisualField {
        VisualField::new(65, 1.0 / 12.0).unwrap()
    }

    #[test]
    fn threshold_and_exponent_shape_the_response() {
        let image = Grating::new(0.4, 1.0).on(&field()).unwrap();
        let mut cell = RectifiedCell::new(Gabor::round(0.4, 1.0, 0.54).on(&field()).unwrap());
        let drive = cell.response(&image).unwrap();
        (cell.threshold, cell.exponent) = (0.25 * drive, 2.0);
        let expected = 0.75 * 0.75 * drive * drive;
        assert!((cell.response(&image).unwrap() - expected).abs() < 1e-12 * expected);
        cell.threshold = 1.1 * drive;
        assert_eq!(cell.response(&image).unwrap(), 0.0);
        assert_eq!(cell.response(&-&image).unwrap(), 0.0);
    }

    #[test]
    fn a_complex_cell_does_not_care_where_the_bars_lie() {
        let gabor = Gabor::round(1.1, 1.0, 0.54);
        let energy = EnergyCell::new(&gabor, &field()).unwrap();
        let pooled = PooledCell::complex(&gabor, (16, 1.0 / 16.0), Pooling::Sum, &field()).unwrap();
        let range = |response: &dyn Fn(&Matrix<f64>) -> f64| {
            let responses = (0..40).map(|step| {
                let phase = 0.157 * f64::from(step);
                response(&Grating { phase, ..Grating::new(1.1, 1.0) }.on(&field()).unwrap())
            });
            let responses: Vec<f64> = responses.collect();
            let largest = responses.iter().copied().fold(0.0, f64::max);
            responses.iter().copied().fold(f64::INFINITY, f64::min) / largest
        };
        assert!(range(&|image| energy.response(image).unwrap()) > 1.0 - 1e-6);
        assert!(range(&|image| pooled.response(image).unwrap()) > 0.9);
    }

    #[test]
    fn a_row_of_lgn_cells_prefers_the_bar_along_it() {
        let lgn = DifferenceOfGaussians::balanced(0.2);
        let cell = PooledCell::simple(0.6, (7, 0.3), &lgn, 0.0, &field()).unwrap();
        let answer = |orientation: f64| cell.response(&Bar::new(orientation, 0.4, 3.0).on(&field()).unwrap()).unwrap();
        assert!(answer(0.6) > 1.5 * answer(0.6 + FRAC_PI_2), "{} {}", answer(0.6), answer(0.6 + FRAC_PI_2));
        // A threshold between the two makes it silent for the other bar.
        let threshold = 1.2 * answer(0.6 + FRAC_PI_2);
        let cell = PooledCell::simple(0.6, (7, 0.3), &lgn, threshold, &field()).unwrap();
        assert_eq!(cell.response(&Bar::new(0.6 + FRAC_PI_2, 0.4, 3.0).on(&field()).unwrap()).unwrap(), 0.0);
    }

    #[test]
    fn the_maximum_is_one_of_the_inputs() {
        let gabor = Gabor::round(0.0, 1.0, 0.54);
        let cell = PooledCell::complex(&gabor, (5, 0.2), Pooling::Max, &field()).unwrap();
        let image = Bar::new(0.1, 0.4, 2.0).on(&field()).unwrap();
        let largest = cell.inputs.iter().map(|cell| cell.response(&image).unwrap()).fold(0.0, f64::max);
        assert_eq!(cell.response(&image).unwrap(), largest);
        let none = PooledCell::complex(&gabor, (0, 0.2), Pooling::Max, &field()).unwrap_err();
        assert_eq!(none.to_string(), "the list of input cells is empty");
    }
}
