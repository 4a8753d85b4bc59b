//! Natural images for a code: whitening, patches, principal components.

use crate::CortexError;
use crate::error::{check_positive, out_of_range};
use nn_core::nalgebra::SymmetricEigen;
use nn_core::{ComplexImage, CoreError, Matrix, Real, Stream, View, frequency, gemm, math};

/// What the retina is thought to do with natural images before they are coded: their power falls as 1/f², and the filter
/// R(f) = f exp(−(f/f₀)⁴) makes it flat up to f₀, where it cuts off the noise of the pixels (Olshausen and Field 1996).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whitening {
    /// f₀ in cycles per pixel; 0.4 in the paper (200 cycles for 512 pixels).
    pub cutoff: f64,
    /// Pixels cut off at every edge after filtering, where the picture's opposite edges meet.
    pub border: usize,
    /// The variance of the result, 0.1 in the authors' code. Every picture by itself, so that all of them count the same.
    pub variance: f64,
}

impl Default for Whitening {
    fn default() -> Self {
        Self { cutoff: 0.4, border: 8, variance: 0.1 }
    }
}

impl Whitening {
    /// The whitened picture. Sides must be powers of two.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a side that is not a power of two, a border that leaves nothing, parameters out of range, a pixel
    /// that is not finite or a picture without contrast.
    pub fn apply<T: Real>(&self, picture: &Matrix<f64>) -> Result<Matrix<T>, CortexError> {
        check_positive("the cutoff", self.cutoff)?;
        check_positive("the variance", self.variance)?;
        nn_core::check_finite(picture)?;
        let (rows, columns) = picture.shape();
        if self.border >= rows.min(columns).div_ceil(2) {
            let rule = "less than half of the picture's side";
            return Err(out_of_range("the border", rule, self.border as f64));
        }
        let response = |row: usize, column: usize| {
            let (down, right) = (frequency(row, rows) / rows as f64, frequency(column, columns) / columns as f64);
            let f = (down * down + right * right).sqrt();
            let ratio = (f / self.cutoff) * (f / self.cutoff);
            f * math::exp(-ratio * ratio)
        };
        let filtered = ComplexImage::from_real(picture.clone()).transformed()?.scaled(response).inverted()?.real;
        let (height, width) = (rows - 2 * self.border, columns - 2 * self.border);
        let cut = filtered.view((self.border, self.border), (height, width)).into_owned();
        let (mean, size) = (cut.sum() / cut.len() as f64, cut.len() as f64);
        let variance = cut.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / size;
        if variance <= 1e-24 {
            return Err(out_of_range("the contrast of the picture", "above 0", variance.sqrt()));
        }
        let scale = (self.variance / variance).sqrt();
        Ok(cut.map(|value| T::from_f64(scale * (value - mean))))
    }
}

/// `count` square patches from random places, side² × count: patch n comes from picture n mod (number of pictures), pixel
/// (row, column) of a patch is feature side · row + column.
///
/// # Errors
/// [`CoreError::Empty`] without pictures, [`CoreError::Size`] for one smaller than a patch.
pub fn draw_patches<T: Real>(
    pictures: &[Matrix<T>],
    side: usize,
    count: usize,
    stream: &mut Stream,
) -> Result<Matrix<T>, CortexError> {
    check_pictures(pictures, side)?;
    let mut patches = Matrix::zeros(side * side, count);
    fill_patches(pictures, side, &mut patches, stream);
    Ok(patches)
}

pub(crate) fn check_pictures<T: Real>(pictures: &[Matrix<T>], side: usize) -> Result<(), CortexError> {
    if pictures.is_empty() {
        return Err(CoreError::Empty { what: "the list of pictures" }.into());
    }
    if side == 0 {
        return Err(CoreError::Empty { what: "a patch (side 0)" }.into());
    }
    for picture in pictures {
        let found = picture.nrows().min(picture.ncols());
        if found < side {
            return Err(
                CoreError::Size { what: "pixels along a side of a picture, at least", expected: side, found }.into()
            );
        }
        nn_core::check_finite(picture)?;
    }
    Ok(())
}

/// As [`draw_patches`], for pictures that have been checked.
pub(crate) fn fill_patches<T: Real>(pictures: &[Matrix<T>], side: usize, patches: &mut Matrix<T>, stream: &mut Stream) {
    for (n, patch) in patches.as_mut_slice().chunks_exact_mut(side * side).enumerate() {
        let picture = &pictures[n % pictures.len()];
        let top = stream.below((picture.nrows() - side + 1) as u32) as usize;
        let left = stream.below((picture.ncols() - side + 1) as u32) as usize;
        for (row, pixels) in patch.chunks_exact_mut(side).enumerate() {
            for (column, pixel) in pixels.iter_mut().enumerate() {
                *pixel = picture[(top + row, left + column)];
            }
        }
    }
}

/// The principal components of patches (columns), d × d: unit vectors, the one of largest variance first. What a code would be
/// that only removes correlations.
///
/// # Errors
/// [`CoreError::Empty`] without patches, [`CortexError::Core`] for values that are not finite.
pub fn principal_components<T: Real>(patches: &Matrix<T>) -> Result<Matrix<f64>, CortexError> {
    if patches.is_empty() {
        return Err(CoreError::Empty { what: "the list of patches" }.into());
    }
    nn_core::check_finite(patches)?;
    let values = patches.map(Real::to_f64);
    let mut covariance = Matrix::zeros(values.nrows(), values.nrows());
    gemm(1.0, &values, View::from(&values).transposed(), 0.0, &mut covariance)?;
    let eigen = SymmetricEigen::new(covariance);
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]).then(a.cmp(&b)));
    Ok(eigen.eigenvectors.select_columns(&order))
}

/// The excess kurtosis of numbers, m₄/m₂² − 3: 0 for a normal distribution, large when most of them are near zero and few are
/// large; 0 without spread.
///
/// # Errors
/// [`CoreError::Empty`] without numbers, [`CortexError::Value`] for one that is not finite.
pub fn excess_kurtosis<T: Real>(values: &[T]) -> Result<f64, CortexError> {
    if values.is_empty() {
        return Err(CoreError::Empty { what: "the list of values" }.into());
    }
    if let Some(index) = values.iter().position(|value| !value.is_finite()) {
        let value = values[index].to_f64();
        return Err(CortexError::Value { what: "value", index, rule: "finite", value });
    }
    let n = values.len() as f64;
    let mean = values.iter().map(|value| value.to_f64()).sum::<f64>() / n;
    let (mut second, mut fourth) = (0.0, 0.0);
    for value in values {
        let square = (value.to_f64() - mean) * (value.to_f64() - mean);
        second += square;
        fourth += square * square;
    }
    Ok(if second > 0.0 { n * fourth / (second * second) - 3.0 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_are_where_they_were_in_the_picture() {
        let picture = Matrix::from_fn(9, 7, |row, column| (10 * row + column) as f64);
        let patches = draw_patches(&[picture], 3, 200, &mut Stream::new(1)).unwrap();
        for patch in patches.column_iter() {
            let corner = patch[0];
            let expected: Vec<f64> = (0..9).map(|k| corner + (10 * (k / 3) + k % 3) as f64).collect();
            assert_eq!(patch.as_slice(), expected);
            assert!(corner % 10.0 <= 4.0 && corner <= 64.0);
        }
        assert!(patches.row(0).iter().any(|&corner| corner == 64.0));
    }

    #[test]
    fn pictures_take_turns() {
        let pictures = [Matrix::from_element(5, 5, 1.0), Matrix::from_element(5, 5, 2.0)];
        let patches = draw_patches(&pictures, 2, 5, &mut Stream::new(1)).unwrap();
        assert_eq!(patches.row(0).iter().copied().collect::<Vec<f64>>(), [1.0, 2.0, 1.0, 2.0, 1.0]);
    }

    #[test]
    fn whitening_has_the_variance_asked_for_and_no_mean() {
        let mut stream = Stream::new(7);
        let picture = Matrix::from_fn(64, 32, |row, _| row as f64 + stream.normal());
        let white: Matrix<f64> = Whitening { border: 4, ..Whitening::default() }.apply(&picture).unwrap();
        assert_eq!(white.shape(), (56, 24));
        assert!((white.norm_squared() / white.len() as f64 - 0.1).abs() < 1e-12 && white.sum().abs() < 1e-9);
    }

    #[test]
    fn the_first_component_is_the_direction_of_largest_variance() {
        let mut stream = Stream::new(9);
        let patches =
            Matrix::<f32>::from_fn(8, 400, |row, _| (stream.normal() * if row == 5 { 4.0 } else { 1.0 }) as f32);
        let components = principal_components(&patches).unwrap();
        assert!(components[(5, 0)].abs() > 0.99);
        let mut identity = Matrix::zeros(8, 8);
        gemm(1.0, View::from(&components).transposed(), &components, 0.0, &mut identity).unwrap();
        assert!((identity - Matrix::<f64>::identity(8, 8)).amax() < 1e-12);
    }

    #[test]
    fn kurtosis_of_known_distributions() {
        let mut stream = Stream::new(4);
        let normal: Vec<f64> = (0..100_000).map(|_| stream.normal()).collect();
        // The standard error is √(24/n) = 0.015: five of them.
        assert!(excess_kurtosis(&normal).unwrap().abs() < 0.08);
        assert!((excess_kurtosis(&[-1.0, 1.0]).unwrap() + 2.0).abs() < 1e-12);
        assert!(excess_kurtosis::<f32>(&[]).is_err());
    }

    #[test]
    fn pictures_that_do_not_fit_are_named() {
        let message = |picture: Matrix<f64>| Whitening::default().apply::<f64>(&picture).unwrap_err().to_string();
        assert_eq!(message(Matrix::zeros(16, 16)), "the border must be less than half of the picture's side, is 8");
        assert_eq!(message(Matrix::zeros(32, 32)), "the contrast of the picture must be above 0, is 0");
        assert!(message(Matrix::zeros(32, 40)).contains("power of two"));
        let small = draw_patches(&[Matrix::<f64>::zeros(4, 9)], 5, 3, &mut Stream::new(1)).unwrap_err().to_string();
        assert_eq!(small, "pixels along a side of a picture, at least: expected 5, found 4");
    }
}
