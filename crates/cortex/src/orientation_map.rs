//! Analysis of orientation maps (slides 6 and 9): pinwheels, column spacing, gradients, histograms.

use crate::CortexError;
use crate::error::out_of_range;
use crate::tuning::angle_of;
use nn_core::{ComplexImage, CoreError, Matrix, Real, frequency};
use std::f64::consts::{PI, TAU};

/// Bins of a histogram of orientations.
const ORIENTATION_BINS: usize = 18;

/// A map of preferred orientations as a complex field z = q cos 2θ + i q sin 2θ, as one looks at it: row 0 is the top.
///
/// ```
/// use cortex::OrientationMap;
/// use nn_core::Matrix;
///
/// // The angle of z turns once around the middle: one pinwheel, of charge +½ in θ.
/// let place = |k: usize| k as f64 - 3.5;
/// let real = Matrix::from_fn(8, 8, |_, column| place(column));
/// let imaginary = Matrix::from_fn(8, 8, |row, _| -place(row));
/// let map = OrientationMap::new(real, imaginary, false)?;
/// let pinwheels = map.pinwheels();
/// assert_eq!((pinwheels.len(), pinwheels[0].positive), (1, true));
/// assert_eq!((pinwheels[0].row, pinwheels[0].column), (3.5, 3.5));
/// # Ok::<(), cortex::CortexError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct OrientationMap {
    real: Matrix<f64>,
    imaginary: Matrix<f64>,
    periodic: bool,
}

/// A point around which all orientations meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pinwheel {
    /// The middle of the four pixels around it.
    pub row: f64,
    /// The middle of the four pixels around it.
    pub column: f64,
    /// The orientations turn counterclockwise around it (charge +½), or clockwise (−½).
    pub positive: bool,
}

/// The column spacing and what belongs to it, from the power spectrum of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spacing {
    /// λ, the mean wavelength in pixels: 1/⟨k⟩ over the ring.
    pub wavelength: f64,
    /// The share of all power (that of the mean left out) between ½ and 3/2 of the peak's wavenumber: the ring.
    pub ring_power: f64,
    /// ⟨k²⟩/⟨k⟩² over the ring; π times it is the pinwheel density of a Gaussian random field with this ring.
    pub moment_ratio: f64,
}

impl OrientationMap {
    /// From its two components; `periodic` when opposite edges meet. An orientation θ of strength q is (q cos 2θ, q sin 2θ).
    ///
    /// # Errors
    /// [`CortexError::Length`] when the shapes differ, [`CortexError::Core`] for fewer than 2 × 2 pixels or values that are not
    /// finite.
    pub fn new<T: Real>(real: Matrix<T>, imaginary: Matrix<T>, periodic: bool) -> Result<Self, CortexError> {
        for (what, expected, found) in [
            ("rows of the imaginary part", real.nrows(), imaginary.nrows()),
            ("columns of the imaginary part", real.ncols(), imaginary.ncols()),
        ] {
            if expected != found {
                return Err(CortexError::Length { what, expected, found });
            }
        }
        let smallest = real.nrows().min(real.ncols());
        if smallest < 2 {
            return Err(out_of_range("the side of an orientation map", "at least 2", smallest as f64));
        }
        nn_core::check_finite(&real)?;
        nn_core::check_finite(&imaginary)?;
        Ok(Self { real: real.map(Real::to_f64), imaginary: imaginary.map(Real::to_f64), periodic })
    }

    /// (rows, columns).
    pub fn shape(&self) -> (usize, usize) {
        self.real.shape()
    }

    /// θ of every pixel in [0, π).
    pub fn orientations(&self) -> Matrix<f64> {
        self.phases().map(|phase| (0.5 * phase).rem_euclid(PI))
    }

    /// q of every pixel.
    pub fn selectivity(&self) -> Matrix<f64> {
        self.real.zip_map(&self.imaginary, |real, imaginary| (real * real + imaginary * imaginary).sqrt())
    }

    /// The root mean square of q.
    pub fn amplitude(&self) -> f64 {
        ((self.real.norm_squared() + self.imaginary.norm_squared()) / self.real.len() as f64).sqrt()
    }

    /// arg z = 2θ in (−π, π].
    fn phases(&self) -> Matrix<f64> {
        self.real.zip_map(&self.imaginary, angle_of)
    }

    /// The pinwheels: squares of four pixels around which the phase of z turns by ±2π, differences taken the short way. Row by
    /// row. On a periodic map their charges add up to 0, exactly.
    pub fn pinwheels(&self) -> Vec<Pinwheel> {
        let phases = self.phases();
        let (rows, columns) = self.shape();
        let (row_squares, column_squares) = if self.periodic { (rows, columns) } else { (rows - 1, columns - 1) };
        // The difference of a pair of pixels is computed once for both of its squares, with opposite signs: a tie at exactly
        // half a turn must not be decided differently.
        let mut found = Vec::new();
        for row in 0..row_squares {
            for column in 0..column_squares {
                let (below, right) = ((row + 1) % rows, (column + 1) % columns);
                let turn = |from: (usize, usize), to: (usize, usize)| wrapped(phases[to] - phases[from]);
                // Counterclockwise as one looks at it: down, right, up, left. Each edge in one direction, left to right or
                // top to bottom, with its sign.
                let around = turn((row, column), (below, column)) + turn((below, column), (below, right))
                    - turn((row, right), (below, right))
                    - turn((row, column), (row, right));
                if around.abs() > PI {
                    let (row, column) = (row as f64 + 0.5, column as f64 + 0.5);
                    found.push(Pinwheel { row, column, positive: around > 0.0 });
                }
            }
        }
        found
    }

    /// λ, ring power and ⟨k²⟩/⟨k⟩² from the power spectrum. Sides must be powers of two; on a map that is not periodic the
    /// edges add power at low wavenumbers.
    ///
    /// The peak is that of the power summed over rings one wavenumber wide; the ring is what lies between ½ and 3/2 of it.
    ///
    /// # Errors
    /// [`CortexError::Core`] for other sides, or for a map without structure.
    pub fn spacing(&self) -> Result<Spacing, CortexError> {
        let (rows, columns) = self.shape();
        let field = ComplexImage { real: self.real.clone(), imaginary: self.imaginary.clone() };
        let power = field.transformed()?.power();
        // Wavenumbers in cycles along the longer side.
        let longer = rows.max(columns) as f64;
        let wavenumber = |row: usize, column: usize| {
            let down = frequency(row, rows) * longer / rows as f64;
            let right = frequency(column, columns) * longer / columns as f64;
            (down * down + right * right).sqrt()
        };
        let mut rings = vec![0.0; rows.max(columns) + 1];
        let mut total = 0.0;
        for column in 0..columns {
            for row in 0..rows {
                let k = wavenumber(row, column);
                if k > 0.0 {
                    total += power[(row, column)];
                    let ring = (k.round() as usize).min(rings.len() - 1);
                    rings[ring] += power[(row, column)];
                }
            }
        }
        if total <= 0.0 {
            return Err(CoreError::Empty { what: "the power spectrum of the map" }.into());
        }
        let peak = (1..rings.len()).fold(1, |best, ring| if rings[ring] > rings[best] { ring } else { best }) as f64;
        let (mut mass, mut first, mut second) = (0.0, 0.0, 0.0);
        for column in 0..columns {
            for row in 0..rows {
                let k = wavenumber(row, column);
                if k > 0.0 && k >= 0.5 * peak && k <= 1.5 * peak {
                    let p = power[(row, column)];
                    (mass, first, second) = (mass + p, first + p * k, second + p * k * k);
                }
            }
        }
        let mean = first / mass;
        Ok(Spacing { wavelength: longer / mean, ring_power: mass / total, moment_ratio: second / mass / (mean * mean) })
    }

    /// Pinwheels per λ², a hypercolumn. π in the visual cortex of several species (Kaschube et al. 2010).
    ///
    /// # Errors
    /// As [`OrientationMap::spacing`].
    pub fn pinwheel_density(&self) -> Result<f64, CortexError> {
        let wavelength = self.spacing()?.wavelength;
        Ok(self.pinwheels().len() as f64 * wavelength * wavelength / self.real.len() as f64)
    }

    /// |∇θ| of every pixel in radians per pixel, from the differences to its neighbors to the right and below, the short way; at
    /// an edge that meets nothing the difference is left out. Large at pinwheels and fractures.
    pub fn gradient(&self) -> Matrix<f64> {
        let phases = self.phases();
        let (rows, columns) = self.shape();
        Matrix::from_fn(rows, columns, |row, column| {
            let (right, down) = self.slope((row, column), |from, to| 0.5 * wrapped(phases[to] - phases[from]));
            (down * down + right * right).sqrt()
        })
    }

    /// The differences to the neighbors to the right and below, 0 at an edge that meets nothing.
    fn slope(&self, at: (usize, usize), difference: impl Fn((usize, usize), (usize, usize)) -> f64) -> (f64, f64) {
        let (rows, columns) = self.shape();
        let step = |index: usize, size: usize| match index + 1 < size {
            true => Some(index + 1),
            false => self.periodic.then_some(0),
        };
        let right = step(at.1, columns).map_or(0.0, |right| difference(at, (at.0, right)));
        let down = step(at.0, rows).map_or(0.0, |below| difference(at, (below, at.1)));
        (right, down)
    }

    /// The angles in [0, π/2] at which lines of one orientation cross the borders of another map, where it changes its sign:
    /// of every pixel beside a border, between ∇θ and the gradient of that map. For ocular dominance they are near π/2 in cortex
    /// (Obermayer and Blasdel 1993); angles of lines that do not know of each other are even.
    ///
    /// # Errors
    /// [`CortexError::Length`] for a map of another shape, [`CortexError::Core`] for values that are not finite.
    pub fn crossing_angles(&self, other: &Matrix<f64>) -> Result<Vec<f64>, CortexError> {
        let (rows, columns) = self.shape();
        for (what, expected, found) in
            [("rows of the other map", rows, other.nrows()), ("columns of the other map", columns, other.ncols())]
        {
            if expected != found {
                return Err(CortexError::Length { what, expected, found });
            }
        }
        nn_core::check_finite(other)?;
        let phases = self.phases();
        let mut angles = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                let at = (row, column);
                let crossing = |from: (usize, usize), to: (usize, usize)| {
                    f64::from(u8::from((other[from] > 0.0) != (other[to] > 0.0)))
                };
                if self.slope(at, crossing) == (0.0, 0.0) {
                    continue;
                }
                let (a, b) = self.slope(at, |from, to| wrapped(phases[to] - phases[from]));
                let (c, d) = self.slope(at, |from, to| other[to] - other[from]);
                let (parallel, across) = ((a * c + b * d).abs(), (a * d - b * c).abs());
                if parallel + across > 0.0 {
                    angles.push(angle_of(parallel, across));
                }
            }
        }
        Ok(angles)
    }

    /// How many pixels prefer each of 18 ranges of 10 degrees, from 0 up.
    pub fn histogram(&self) -> [usize; ORIENTATION_BINS] {
        let mut counts = [0; ORIENTATION_BINS];
        for orientation in &self.orientations() {
            counts[((orientation / PI * ORIENTATION_BINS as f64) as usize).min(ORIENTATION_BINS - 1)] += 1;
        }
        counts
    }
}

/// The angle in (−π, π] that differs by whole turns; exactly odd except at half a turn.
fn wrapped(angle: f64) -> f64 {
    if angle > PI {
        angle - TAU
    } else if angle <= -PI {
        angle + TAU
    } else {
        angle
    }
}

/// A random map whose power lies on a ring: wavenumbers normally distributed around `cycles` per side with a relative standard
/// deviation of `bandwidth`, phases random, periodic. What theory knows everything about, to test analyses on.
///
/// The pinwheel density of such fields is π ⟨k²⟩/⟨k⟩² (Wolf and Geisel 1998).
///
/// # Errors
/// [`CortexError::Core`] for a side that is not a power of two, or parameters that are not positive.
pub fn random_orientation_map(
    side: usize,
    cycles: f64,
    bandwidth: f64,
    stream: &mut nn_core::Stream,
) -> Result<OrientationMap, CortexError> {
    crate::error::check_positive("the number of cycles", cycles)?;
    crate::error::check_positive("the bandwidth", bandwidth)?;
    let mut noise = ComplexImage::from_real(Matrix::zeros(side, side));
    stream.fill_normal(noise.real.as_mut_slice(), 0.0, 1.0);
    stream.fill_normal(noise.imaginary.as_mut_slice(), 0.0, 1.0);
    let amplitude = |row: usize, column: usize| {
        let (down, right) = (frequency(row, side), frequency(column, side));
        let k = (down * down + right * right).sqrt();
        let away = (k - cycles) / (bandwidth * cycles);
        // The power of a ring is spread over its circumference. The square root of the density makes the amplitude.
        if k > 0.0 { nn_core::math::exp(-0.25 * away * away) / k.sqrt() } else { 0.0 }
    };
    let ComplexImage { real, imaginary } = noise.scaled(amplitude).inverted()?;
    OrientationMap::new(real, imaginary, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::{Stream, math};

    #[test]
    fn pinwheels_of_both_signs_are_found_where_they_are() {
        // z = sin x + i sin y has zeros on a square lattice, signs in turn.
        let n = 32;
        let wave = |k: usize| math::sin(TAU * (k as f64 + 0.25) / 16.0);
        let map = OrientationMap::new(
            Matrix::from_fn(n, n, |_, column| wave(column)),
            Matrix::from_fn(n, n, |row, _| wave(row)),
            true,
        );
        let map = map.unwrap();
        let pinwheels = map.pinwheels();
        assert_eq!(pinwheels.len(), 16);
        assert_eq!(pinwheels.iter().filter(|pinwheel| pinwheel.positive).count(), 8);
        let spacing = map.spacing().unwrap();
        assert!((spacing.wavelength - 16.0).abs() < 1e-9 && (spacing.ring_power - 1.0).abs() < 1e-9, "{spacing:?}");
        assert!((map.pinwheel_density().unwrap() - 4.0).abs() < 1e-9);
    }

    #[test]
    fn stripes_have_no_pinwheel_an_even_histogram_and_an_even_gradient() {
        let n = 36;
        let angle = |column: usize| TAU * (column as f64 + 0.5) / n as f64;
        let map = OrientationMap::new(
            Matrix::from_fn(n, n, |_, column| 2.0 * math::cos(angle(column))),
            Matrix::from_fn(n, n, |_, column| 2.0 * math::sin(angle(column))),
            true,
        );
        let map = map.unwrap();
        assert!(map.pinwheels().is_empty());
        assert_eq!(map.histogram(), [72; 18]);
        let expected = PI / n as f64;
        assert!(map.gradient().iter().all(|gradient| (gradient - expected).abs() < 1e-12));
        assert!((map.amplitude() - 2.0).abs() < 1e-12 && map.selectivity().iter().all(|q| (q - 2.0).abs() < 1e-12));
        assert!(map.spacing().is_err(), "36 is not a power of two");
    }

    #[test]
    fn lines_cross_at_the_angle_at_which_the_maps_change() {
        let n = 32;
        let wave = |k: f64| math::sin(TAU * (k + 0.25) / n as f64);
        let part = |turn: f64| Matrix::from_fn(n, n, |_, column| wave(column as f64 + turn * n as f64));
        // θ changes from left to right.
        let map = OrientationMap::new(part(0.25), part(0.0), true).unwrap();
        let crossing = |other: Matrix<f64>| map.crossing_angles(&other).unwrap();
        let across = crossing(Matrix::from_fn(n, n, |row, _| wave(row as f64)));
        assert_eq!(across.len(), 2 * n);
        assert!(across.iter().all(|angle| (angle - PI / 2.0).abs() < 1e-12));
        let along = crossing(part(0.0));
        assert!(along.len() == 2 * n && along.iter().all(|angle| angle.abs() < 1e-12));
        let oblique = crossing(Matrix::from_fn(n, n, |row, column| wave(row as f64 + column as f64)));
        assert!(oblique.iter().all(|angle| (angle - PI / 4.0).abs() < 0.05), "{oblique:?}");
        assert!(crossing(Matrix::from_element(n, n, 1.0)).is_empty());
        let error = map.crossing_angles(&Matrix::zeros(n, 3)).unwrap_err().to_string();
        assert_eq!(error, "columns of the other map: expected 32, found 3");
    }

    #[test]
    fn random_fields_have_the_density_of_theory() {
        // Over 10 fields of a sketch in another language: 3.177 ± 0.030, 3.131 ± 0.038, 3.280 ± 0.031 for these bandwidths at
        // N = 256, where theory says 3.142, 3.157, 3.265. Here 8 fields of N = 128 with 8 cycles: standard error about 0.06.
        for bandwidth in [0.02, 0.1, 0.3] {
            let (mut density, mut theory) = (0.0, 0.0);
            for seed in 0..8 {
                let map = random_orientation_map(128, 8.0, bandwidth, &mut Stream::new(seed).named("field")).unwrap();
                density += map.pinwheel_density().unwrap() / 8.0;
                theory += PI * map.spacing().unwrap().moment_ratio / 8.0;
                let charge: i32 = map.pinwheels().iter().map(|p| if p.positive { 1 } else { -1 }).sum();
                assert_eq!(charge, 0);
            }
            assert!((density - theory).abs() < 0.25, "bandwidth {bandwidth}: {density} {theory}");
        }
    }

    #[test]
    fn maps_that_do_not_fit_are_named() {
        let error = OrientationMap::new(Matrix::<f64>::zeros(4, 4), Matrix::zeros(4, 5), true).unwrap_err();
        assert_eq!(error.to_string(), "columns of the imaginary part: expected 4, found 5");
        let error = OrientationMap::new(Matrix::<f32>::zeros(1, 4), Matrix::zeros(1, 4), true).unwrap_err();
        assert_eq!(error.to_string(), "the side of an orientation map must be at least 2, is 1");
        let flat = OrientationMap::new(Matrix::<f64>::zeros(4, 4), Matrix::zeros(4, 4), true).unwrap();
        assert_eq!(flat.spacing().unwrap_err().to_string(), "the power spectrum of the map is empty");
        assert!(random_orientation_map(16, 0.0, 0.1, &mut Stream::new(1)).is_err());
    }
}
