//! Generated data: uniform points, Gaussian blobs, a noisy linear function.
//!
//! Every generator draws sample after sample and, inside a sample, value after value, in `f64`: the same seed gives the
//! same samples in both types, up to rounding.

use crate::{DatasetError, Labeled, Patterns};
use nn_core::{CoreError, Matrix, Real, Stream};

/// d × n points of the uniform distribution on the unit cube [0, 1)ᵈ (in `f32`, 1 occurs by rounding).
pub fn uniform_cube<T: Real>(dimensions: usize, samples: usize, stream: &mut Stream) -> Matrix<T> {
    Matrix::from_fn(dimensions, samples, |_, _| T::from_f64(stream.uniform()))
}

/// 2 × n points of the uniform distribution on the unit square [0, 1)²: [`uniform_cube`] of two dimensions.
///
/// ```
/// use datasets::uniform_square;
/// use nn_core::Stream;
///
/// let points = uniform_square::<f64>(100, &mut Stream::new(1982).named("square"));
/// assert_eq!(points.shape(), (2, 100));
/// ```
pub fn uniform_square<T: Real>(samples: usize, stream: &mut Stream) -> Matrix<T> {
    uniform_cube(2, samples, stream)
}

/// 2 × n points of the uniform distribution on the triangle with these corners.
///
/// a + u (b − a) + v (c − a) with u and v uniform in the unit square, folded along its diagonal u + v = 1.
pub fn uniform_triangle<T: Real>([a, b, c]: [[f64; 2]; 3], samples: usize, stream: &mut Stream) -> Matrix<T> {
    let mut points = Matrix::zeros(2, samples);
    for mut point in points.column_iter_mut() {
        let (u, v) = (stream.uniform(), stream.uniform());
        let (u, v) = if u + v > 1.0 { (1.0 - u, 1.0 - v) } else { (u, v) };
        for axis in 0..2 {
            point[axis] = T::from_f64(a[axis] + u * (b[axis] - a[axis]) + v * (c[axis] - a[axis]));
        }
    }
    points
}

/// Gaussian blobs in the plane: class k has `samples_per_class` points of the normal distribution around `centers[k]`
/// with this standard deviation along each axis. 2 × n samples, class after class.
///
/// # Errors
/// [`DatasetError::Core`] when a center is not finite, or the standard deviation is negative or not finite.
pub fn blobs<T: Real>(
    centers: &[[f64; 2]],
    standard_deviation: f64,
    samples_per_class: usize,
    stream: &mut Stream,
) -> Result<Labeled<T>, DatasetError> {
    check_deviation("standard_deviation", standard_deviation)?;
    check_finite("centers", centers.iter().flatten())?;
    let labels: Vec<usize> =
        (0..centers.len()).flat_map(|class| std::iter::repeat_n(class, samples_per_class)).collect();
    let samples = Matrix::from_fn(2, labels.len(), |axis, sample| {
        T::from_f64(centers[labels[sample]][axis] + standard_deviation * stream.normal())
    });
    let feature_names = vec!["x".to_owned(), "y".to_owned()];
    let class_names = (0..centers.len()).map(|class| format!("blob {class}")).collect();
    Ok(Labeled { id: "blobs", samples, labels, feature_names, class_names })
}

/// A noisy linear function, the task of the delta rule: t = w · x + b + noise · ε, with every xᵢ uniform in [−1, 1)
/// and ε of the standard normal distribution. d × n inputs and 1 × n targets, d = `weights.len()`.
///
/// # Errors
/// [`DatasetError::Core`] when a weight or the bias is not finite, or the noise is negative or not finite.
pub fn noisy_linear<T: Real>(
    weights: &[f64],
    bias: f64,
    noise: f64,
    samples: usize,
    stream: &mut Stream,
) -> Result<Patterns<T>, DatasetError> {
    check_deviation("noise", noise)?;
    check_finite("weights", weights)?;
    check_finite("bias", [&bias])?;
    let mut inputs = Matrix::zeros(weights.len(), samples);
    let mut targets = Matrix::zeros(1, samples);
    for sample in 0..samples {
        let mut target = bias;
        for (input, weight) in weights.iter().enumerate() {
            let x = stream.uniform_between(-1.0, 1.0);
            inputs[(input, sample)] = T::from_f64(x);
            target += weight * x;
        }
        targets[sample] = T::from_f64(target + noise * stream.normal());
    }
    Ok(Patterns { inputs, targets })
}

fn check_deviation(name: &'static str, value: f64) -> Result<(), CoreError> {
    if value >= 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(CoreError::OutOfRange { name, rule: "non-negative and finite", value })
    }
}

fn check_finite<'a>(name: &'static str, values: impl IntoIterator<Item = &'a f64>) -> Result<(), CoreError> {
    match values.into_iter().find(|value| !value.is_finite()) {
        Some(&value) => Err(CoreError::OutOfRange { name, rule: "finite", value }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Stream {
        Stream::new(1).named("generate")
    }

    #[test]
    fn the_square_is_filled_evenly() {
        let points = uniform_square::<f64>(40_000, &mut stream());
        let mut counts = [[0; 4]; 4];
        for point in points.column_iter() {
            counts[(point[0] * 4.0) as usize][(point[1] * 4.0) as usize] += 1;
        }
        // 2,500 expected in each of 16 cells, standard deviation 48: five of them.
        assert!(counts.iter().flatten().all(|&count: &i32| (count - 2500).abs() < 242), "{counts:?}");
    }

    #[test]
    fn the_triangle_is_filled_evenly_and_nothing_lies_outside() {
        let corners = [[1.0, 1.0], [3.0, 1.0], [1.0, 2.0]];
        let points = uniform_triangle::<f64>(corners, 30_000, &mut stream());
        let mut near_corner = [0; 3];
        for point in points.column_iter() {
            let (u, v) = ((point[0] - 1.0) / 2.0, point[1] - 1.0);
            assert!(u >= 0.0 && v >= 0.0 && u + v <= 1.0 + 1e-12);
            let weight = [1.0 - u - v, u, v];
            (0..3).filter(|&corner| weight[corner] > 0.5).for_each(|corner| near_corner[corner] += 1);
        }
        // A quarter of the area lies near each corner: 7,500 expected, standard deviation 75: five of them.
        assert!(near_corner.iter().all(|&count: &i32| (count - 7500).abs() < 375), "{near_corner:?}");
    }

    #[test]
    fn blobs_lie_around_their_centers() {
        let blobs = blobs::<f32>(&[[-2.0, 0.0], [2.0, 5.0]], 0.5, 1000, &mut stream()).unwrap();
        assert_eq!((blobs.samples.shape(), blobs.class_names.len()), ((2, 2000), 2));
        for (class, center) in [[-2.0, 0.0], [2.0, 5.0]].iter().enumerate() {
            assert!(blobs.labels[1000 * class..1000 * (class + 1)].iter().all(|&label| label == class));
            let members = blobs.samples.columns(1000 * class, 1000);
            for (axis, center) in center.iter().enumerate() {
                // The mean of 1,000 has standard deviation 0.016, their deviation one of 0.011: five of them.
                let mean = f64::from(members.row(axis).mean());
                let deviation = f64::from(members.row(axis).variance()).sqrt();
                assert!((mean - center).abs() < 0.08, "{mean}");
                assert!((deviation - 0.5).abs() < 0.056, "{deviation}");
            }
        }
    }

    #[test]
    fn without_noise_the_linear_function_is_exact() {
        let Patterns { inputs, targets } = noisy_linear::<f64>(&[2.0, -0.5], 0.25, 0.0, 50, &mut stream()).unwrap();
        for (x, t) in inputs.column_iter().zip(&targets) {
            assert_eq!(0.25 + 2.0 * x[0] - 0.5 * x[1], *t);
        }
    }

    #[test]
    fn noise_has_the_standard_deviation_asked_for() {
        let noisy = noisy_linear::<f64>(&[1.0], 0.0, 0.1, 10_000, &mut stream()).unwrap();
        let error = &noisy.targets - &noisy.inputs;
        // The standard deviation of the estimate is 0.0007: five of them.
        assert!((error.norm() / 100.0 - 0.1).abs() < 0.0036);
    }

    #[test]
    fn both_types_get_the_same_samples() {
        let single = uniform_square::<f32>(100, &mut stream());
        let double = uniform_square::<f64>(100, &mut stream());
        assert_eq!(double.map(|value| value as f32), single);
    }

    #[test]
    fn parameters_out_of_range_are_errors() {
        let error = blobs::<f32>(&[[0.0, 0.0]], -1.0, 5, &mut stream()).unwrap_err();
        assert_eq!(error.to_string(), "standard_deviation must be non-negative and finite, is -1");
        let error = noisy_linear::<f32>(&[f64::NAN], 0.0, 0.0, 5, &mut stream()).unwrap_err();
        assert_eq!(error.to_string(), "weights must be finite, is NaN");
        assert_eq!(blobs::<f32>(&[], 1.0, 5, &mut stream()).unwrap().samples.ncols(), 0);
    }
}
