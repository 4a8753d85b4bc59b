//! Fukushima's network of 1969, the first with rectified units (slide 54): contrast, lines, lines wherever they are, line ends.

use crate::CnnError;
use nn_core::{CoreError, Matrix, math};

/// Orientations of the line detectors, 15 degrees apart.
pub const ORIENTATIONS: usize = 12;

/// Half the side of the kernels.
const REACH: i64 = 7;

/// φ(x) = max(x, 0), the activation of every layer.
pub fn phi(x: f64) -> f64 {
    x.max(0.0)
}

/// An image of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Pixels of a side.
    pub side: usize,
    /// Row after row.
    pub values: Vec<f64>,
}

impl Image {
    /// The value, 0 outside.
    fn at(&self, y: i64, x: i64) -> f64 {
        let side = self.side as i64;
        let inside = (0..side).contains(&y) && (0..side).contains(&x);
        if inside { self.values[(y * side + x) as usize] } else { 0.0 }
    }

    /// φ[Σ c(v) u(n + v)] everywhere.
    fn filtered(&self, kernel: impl Fn(f64, f64) -> f64) -> Self {
        let places = (-REACH..=REACH).flat_map(|y| (-REACH..=REACH).map(move |x| (y, x)));
        let kernel: Vec<(i64, i64, f64)> = places.map(|(y, x)| (y, x, kernel(y as f64, x as f64))).collect();
        // A kernel without a mean answers to structure, not to brightness.
        let mean = kernel.iter().map(|&(_, _, c)| c).sum::<f64>() / kernel.len() as f64;
        let side = self.side as i64;
        let value = |place: i64| {
            let (row, column) = (place / side, place % side);
            phi(kernel.iter().map(|&(y, x, c)| (c - mean) * self.at(row + y, column + x)).sum())
        };
        Self { side: self.side, values: (0..side * side).map(value).collect() }
    }
}

/// What all layers answer to an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Layers {
    /// On-center contrast.
    pub contrast: Image,
    /// Lines, a plane an orientation: plane k answers to lines at 15 k degrees, counted counterclockwise from horizontal.
    pub lines: Vec<Image>,
    /// Lines wherever they are in a neighborhood.
    pub tolerant: Vec<Image>,
    /// Ends of lines, a plane an orientation.
    pub ends: Vec<Image>,
}

impl Layers {
    /// The plane of lines with the largest sum, the lowest on a tie.
    pub fn orientation(&self) -> usize {
        let sums: Vec<f64> = self.lines.iter().map(|plane| plane.values.iter().sum()).collect();
        (1..sums.len()).fold(0, |best, plane| if sums[plane] > sums[best] { plane } else { best })
    }
}

/// Cosine and sine of the orientation of a plane; rows grow downwards, so the sine is for the direction up.
fn direction(plane: usize) -> (f64, f64) {
    let angle = std::f64::consts::PI * plane as f64 / ORIENTATIONS as f64;
    (math::cos(angle), math::sin(angle))
}

fn gauss(x: f64, deviation: f64) -> f64 {
    math::exp(-x * x / (2.0 * deviation * deviation)) / deviation
}

/// Contrast, lines, lines with tolerance, line ends, every layer φ[Σ c u] with fixed kernels.
///
/// The kernels of the paper were not available: these are differences of Gaussians with the same purpose.
///
/// # Errors
/// [`CnnError::Core`] when there are not side · side pixels, [`CnnError::Data`] for one that is not finite.
///
/// # Source
/// K. Fukushima, "Visual feature extraction by a multilayered network of analog threshold elements", IEEE Trans. Systems Science
/// and Cybernetics 5 (1969) 322-333.
pub fn respond(image: &Image) -> Result<Layers, CnnError> {
    let expected = image.side.saturating_mul(image.side);
    if image.values.len() != expected {
        return Err(CoreError::Size { what: "pixels of an image", expected, found: image.values.len() }.into());
    }
    let finite = nn_core::check_finite(&Matrix::from_column_slice(expected, 1, &image.values));
    finite.map_err(|error| CnnError::Data { what: "the image", error })?;
    let contrast = image.filtered(|y, x| {
        let distance = (x * x + y * y).sqrt();
        gauss(distance, 1.0) - gauss(distance, 1.6) / 1.6
    });
    let lines: Vec<Image> = (0..ORIENTATIONS)
        .map(|plane| {
            let (cos, sin) = direction(plane);
            contrast.filtered(|y, x| {
                let (along, across) = (x * cos - y * sin, x * sin + y * cos);
                gauss(along, 3.0) * (gauss(across, 0.8) - gauss(across, 2.0))
            })
        })
        .collect();
    let tolerant = lines.iter().map(|plane| averaged(plane, 2)).collect();
    let ends = lines.iter().enumerate().map(|(plane, image)| ends(image, plane)).collect();
    Ok(Layers { contrast, lines, tolerant, ends })
}

/// Means over squares of side 2 · reach + 1.
fn averaged(plane: &Image, reach: i64) -> Image {
    let side = plane.side as i64;
    let count = ((2 * reach + 1) * (2 * reach + 1)) as f64;
    let value = |place: i64| {
        let near = (-reach..=reach).flat_map(|y| (-reach..=reach).map(move |x| (y, x)));
        near.map(|(y, x)| plane.at(place / side + y, place % side + x)).sum::<f64>() / count
    };
    Image { side: plane.side, values: (0..side * side).map(value).collect() }
}

/// A line on one side that does not go on on the other: the larger of φ[u(p − s) − u(p + s)] and its mirror image, less than half of
/// what a side cell sees.
fn ends(plane: &Image, orientation: usize) -> Image {
    let (cos, sin) = direction(orientation);
    let side = plane.side as i64;
    let value = |place: i64| {
        let (y, x) = (place / side, place % side);
        let at = |step: f64| plane.at(y - (step * sin).round() as i64, x + (step * cos).round() as i64);
        phi(at(3.0) - 2.0 * at(-3.0)).max(phi(at(-3.0) - 2.0 * at(3.0)))
    };
    Image { side: plane.side, values: (0..side * side).map(value).collect() }
}

/// A line of this length through the middle of a square image, at an angle in degrees counterclockwise from horizontal, with soft
/// edges.
pub fn line(side: usize, length: f64, degrees: f64) -> Image {
    let angle = std::f64::consts::PI * degrees / 180.0;
    let (cos, sin) = (math::cos(angle), math::sin(angle));
    let center = (side as f64 - 1.0) / 2.0;
    let value = |place: usize| {
        let (y, x) = ((place / side) as f64 - center, (place % side) as f64 - center);
        let (along, across) = (x * cos - y * sin, x * sin + y * cos);
        let beyond = phi(along.abs() - length / 2.0);
        math::exp(-(across * across + beyond * beyond) / 2.0)
    };
    Image { side, values: (0..side * side).map(value).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plane_follows_the_line() {
        for plane in 0..ORIENTATIONS {
            let layers = respond(&line(33, 20.0, 15.0 * plane as f64)).unwrap();
            assert_eq!(layers.orientation(), plane);
        }
    }

    #[test]
    fn answers_are_never_negative_and_grow_with_the_image() {
        let image = line(33, 14.0, 40.0);
        let layers = respond(&image).unwrap();
        let brighter = Image { side: 33, values: image.values.iter().map(|v| 4.0 * v).collect() };
        let more = respond(&brighter).unwrap();
        let pairs = |a: &Layers, b: &Layers| -> Vec<(f64, f64)> {
            let all = |layers: &Layers| {
                let planes = layers.lines.iter().chain(&layers.tolerant).chain(&layers.ends);
                std::iter::once(&layers.contrast)
                    .chain(planes)
                    .flat_map(|plane| plane.values.clone())
                    .collect::<Vec<_>>()
            };
            all(a).into_iter().zip(all(b)).collect()
        };
        // A power of two changes no rounding: exactly four times as much.
        assert!(pairs(&layers, &more).iter().all(|(a, b)| *a >= 0.0 && 4.0 * a == *b));
        assert!(layers.ends.iter().flat_map(|plane| &plane.values).any(|&value| value > 0.0));
    }

    #[test]
    fn line_ends_are_found_at_the_ends() {
        let layers = respond(&line(41, 20.0, 0.0)).unwrap();
        let row = &layers.ends[0].values[20 * 41..21 * 41];
        let middle = row[17..24].iter().fold(0.0_f64, |a, &b| a.max(b));
        let ends = row[6..14].iter().fold(0.0_f64, |a, &b| a.max(b));
        assert!(ends > 10.0 * middle + 1e-3, "{ends} {middle}");
    }
}
