//! [`Initialization`]: the codebook before training.

use crate::{Data, SomError};
use nn_core::{Lattice, Matrix, Real, Stream, simd};

/// Where reference vectors begin. For a codebook of your own: [`SomConfig::resume`](crate::SomConfig::resume) at epoch 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Initialization {
    /// Uniform in the box from every feature's smallest to its largest value.
    Random,
    /// Samples drawn at random, without repetition as long as there are enough.
    Samples,
    /// A regular grid in the plane of the first two principal components, the longer side of the lattice along the first.
    /// Its standard deviation along each component is that of the samples.
    ///
    /// Components are found from at most 4096 samples at regular distances; a missing value counts as its feature's mean.
    #[default]
    PrincipalComponents,
}

/// Most samples that take part in finding principal components.
const MOST: usize = 4096;

impl Initialization {
    /// A codebook, D × K. Samples are checked.
    pub(crate) fn codebook<T: Real>(
        self,
        lattice: &Lattice,
        data: &Data<'_, T>,
        stream: &Stream,
    ) -> Result<Matrix<T>, SomError> {
        let mut stream = stream.named("codebook");
        let codebook = match self {
            Self::Random => random(lattice.units(), data, &mut stream),
            Self::Samples => drawn(lattice.units(), data, &mut stream),
            Self::PrincipalComponents => plane(lattice, data, &mut stream),
        };
        Ok(codebook)
    }
}

fn random<T: Real>(units: usize, data: &Data<'_, T>, stream: &mut Stream) -> Matrix<T> {
    let mut bounds = vec![(f64::INFINITY, f64::NEG_INFINITY); data.features()];
    let mut buffer = Vec::new();
    for sample in 0..data.len() {
        for ((low, high), x) in bounds.iter_mut().zip(data.dense(sample, &mut buffer)) {
            (*low, *high) = (low.min(x.to_f64()), high.max(x.to_f64()));
        }
    }
    Matrix::from_fn(data.features(), units, |feature, _| {
        let (low, high) = bounds[feature];
        // A feature that is missing everywhere has no bounds.
        T::from_f64(if low <= high { stream.uniform_between(low, high) } else { 0.0 })
    })
}

fn drawn<T: Real>(units: usize, data: &Data<'_, T>, stream: &mut Stream) -> Matrix<T> {
    let mean = mean(data);
    let mut codebook = Matrix::zeros(data.features(), units);
    let mut order = Vec::new();
    let mut buffer = Vec::new();
    for w in codebook.as_mut_slice().chunks_exact_mut(data.features()) {
        if order.is_empty() {
            order = stream.permutation(data.len());
        }
        let x = data.dense(order.pop().unwrap_or(0), &mut buffer);
        for ((w, &x), &mean) in w.iter_mut().zip(x).zip(&mean) {
            *w = if x.is_finite() { x } else { T::from_f64(mean) };
        }
    }
    codebook
}

/// Of every feature, over its known values; 0 where there is none.
fn mean<T: Real>(data: &Data<'_, T>) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); data.features()];
    let mut buffer = Vec::new();
    for sample in 0..data.len() {
        for ((sum, count), x) in sums.iter_mut().zip(data.dense(sample, &mut buffer)) {
            if x.is_finite() {
                *sum += x.to_f64();
                *count += 1.0;
            }
        }
    }
    sums.iter().map(|&(sum, count)| if count > 0.0 { sum / count } else { 0.0 }).collect()
}

fn plane<T: Real>(lattice: &Lattice, data: &Data<'_, T>, stream: &mut Stream) -> Matrix<T> {
    let mean = mean(data);
    let components = principal_components(data, &mean, stream);
    let (width, height) = extent(lattice);
    // A uniform distribution on [−√3, √3] has variance 1.
    let along = |place: f64, size: f64| if size > 0.0 { 3.0_f64.sqrt() * (2.0 * place / size - 1.0) } else { 0.0 };
    let mut codebook = Matrix::zeros(data.features(), lattice.units());
    for (unit, w) in codebook.as_mut_slice().chunks_exact_mut(data.features()).enumerate() {
        let (x, y) = lattice.position(unit);
        let (x, y) = (along(x, width), along(y, height));
        let (first, second) = if width >= height { (x, y) } else { (y, x) };
        for (feature, w) in w.iter_mut().enumerate() {
            let value = mean[feature] + first * components[0][feature] + second * components[1][feature];
            *w = T::from_f64(value);
        }
    }
    codebook
}

/// Standard deviation along the first principal component over that along the second; 1 for samples that are all equal.
pub(crate) fn ratio_of_components<T: Real>(data: &Data<'_, T>) -> f64 {
    // Any stream will do: it only starts the iteration.
    let components = principal_components(data, &mean(data), &mut Stream::new(0).named("components"));
    let [first, second] = components.map(|component| simd::dot(&component, &component).sqrt());
    if first > 0.0 { first / second.max(1e-300) } else { 1.0 }
}

/// Largest x and y of a unit.
fn extent(lattice: &Lattice) -> (f64, f64) {
    let positions = (0..lattice.units()).map(|unit| lattice.position(unit));
    positions.fold((0.0, 0.0), |(width, height): (f64, f64), (x, y)| (width.max(x), height.max(y)))
}

/// The first two principal components, each as long as the standard deviation along it: orthogonal iteration.
pub(crate) fn principal_components<T: Real>(data: &Data<'_, T>, mean: &[f64], stream: &mut Stream) -> [Vec<f64>; 2] {
    let d = data.features();
    let step = data.len().div_ceil(MOST).max(1);
    let mut buffer = Vec::new();
    let mut centered = Vec::new();
    for sample in (0..data.len()).step_by(step) {
        let x = data.dense(sample, &mut buffer);
        centered.extend(x.iter().zip(mean).map(|(x, mean)| if x.is_finite() { x.to_f64() - mean } else { 0.0 }));
    }
    let samples = centered.len() / d.max(1);
    // In units of the largest deviation, so that squares neither overflow nor vanish.
    let scale = centered.iter().fold(0.0_f64, |scale, x| scale.max(x.abs()));
    if scale == 0.0 {
        return [vec![0.0; d], vec![0.0; d]];
    }
    centered.iter_mut().for_each(|x| *x /= scale);
    let mut basis = [vec![0.0; d], vec![0.0; d]];
    basis.iter_mut().for_each(|v| stream.fill_normal(v, 0.0, 1.0));
    let mut variance = [0.0; 2];
    for _ in 0..300 {
        orthonormalize(&mut basis);
        let mut images = [vec![0.0; d], vec![0.0; d]];
        for x in centered.chunks_exact(d) {
            for (image, v) in images.iter_mut().zip(&basis) {
                simd::axpy(simd::dot(x, v), x, image);
            }
        }
        let rayleigh = [0, 1].map(|k| simd::dot(&images[k], &basis[k]) / samples as f64);
        let change = (0..2).map(|k| (rayleigh[k] - variance[k]).abs()).fold(0.0, f64::max);
        variance = rayleigh;
        basis = images;
        if change <= 1e-12 * variance[0] {
            break;
        }
    }
    orthonormalize(&mut basis);
    for (v, variance) in basis.iter_mut().zip(variance) {
        // The sign that makes the largest entry positive: a component has none of its own.
        let largest = v.iter().fold(0.0_f64, |largest, &x| if x.abs() > largest.abs() { x } else { largest });
        let length = scale * variance.max(0.0).sqrt() * if largest < 0.0 { -1.0 } else { 1.0 };
        v.iter_mut().for_each(|x| *x *= length);
    }
    basis
}

/// Gram and Schmidt; a vector without a direction of its own becomes zero.
fn orthonormalize([first, second]: &mut [Vec<f64>; 2]) {
    let normalize = |v: &mut [f64], smallest: f64| {
        let length = simd::dot(v, v).sqrt();
        let factor = if length > smallest { 1.0 / length } else { 0.0 };
        v.iter_mut().for_each(|x| *x *= factor);
        length
    };
    let longest = normalize(first, 0.0).max(simd::dot(second, second).sqrt());
    // Twice is enough.
    for _ in 0..2 {
        simd::axpy(-simd::dot(first, second), first, second);
    }
    normalize(second, 1e-13 * longest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::{Boundary, Topology};

    /// MiniSom's plane has axes of length 2 whatever the data.
    #[test]
    fn the_plane_is_as_large_as_the_samples() {
        let mut stream = Stream::new(3).named("samples");
        let samples = Matrix::from_fn(3, 5000, |feature, _| {
            stream.normal() * [0.1, 9.5, 2.0][feature] + [1.0, -3.0, 50.0][feature]
        });
        let lattice = Lattice::new(20, 30, Topology::Rectangular, Boundary::Planar).unwrap();
        let codebook =
            Initialization::PrincipalComponents.codebook::<f64>(&lattice, &(&samples).into(), &Stream::new(0)).unwrap();
        let spread = |values: Vec<f64>| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / values.len() as f64).sqrt()
        };
        for (feature, expected) in [(0, 0.0), (1, 9.5), (2, 2.0)] {
            let found = spread(codebook.row(feature).iter().copied().collect());
            // A grid of n points has variance (n + 1)/(n − 1) of the uniform distribution; the sample's own is 1 % off.
            assert!((found - expected).abs() < 0.08 * expected + 0.02, "feature {feature}: {found}");
        }
        assert!((codebook.column_mean()[2] - 50.0).abs() < 0.1);
        assert!((codebook.row(1)[29] - codebook.row(1)[0]).abs() > 30.0, "the long side follows the first component");
    }

    #[test]
    fn drawn_samples_are_not_repeated_while_there_are_enough() {
        let samples = Matrix::from_fn(1, 9, |_, sample| sample as f64);
        let lattice = Lattice::new(3, 3, Topology::Rectangular, Boundary::Planar).unwrap();
        let codebook = Initialization::Samples.codebook(&lattice, &(&samples).into(), &Stream::new(0)).unwrap();
        let mut values = codebook.as_slice().to_vec();
        values.sort_by(f64::total_cmp);
        assert_eq!(values, (0..9).map(f64::from).collect::<Vec<_>>());
    }

    #[test]
    fn random_vectors_lie_in_the_box_of_the_samples() {
        let samples = Matrix::from_row_slice(2, 3, &[1.0, 2.0, f64::NAN, -5.0, -5.0, -5.0]);
        let lattice = Lattice::new(4, 4, Topology::Rectangular, Boundary::Planar).unwrap();
        let data = Data::from(&samples).with_missing();
        let codebook = Initialization::Random.codebook(&lattice, &data, &Stream::new(0)).unwrap();
        assert!(codebook.row(0).iter().all(|w| (1.0..2.0).contains(w)));
        assert!(codebook.row(1).iter().all(|&w| w == -5.0));
    }
}
