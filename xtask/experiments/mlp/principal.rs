//! Principal components: what linear autoencoders are measured against.

use nn_core::nalgebra::SymmetricEigen;
use nn_core::{Matrix, Real, Stream, Vector, View, gemm};

/// The mean of samples and the directions of their largest variance.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Mean sample.
    pub mean: Vector<f64>,
    /// d × k, orthonormal, largest variance first.
    pub directions: Matrix<f64>,
    /// The k largest eigenvalues of the covariance (divided by n), largest first; all d where they were computed.
    pub variances: Vec<f64>,
}

/// Directions beyond the k wanted ones, which make the iteration converge.
const SPARE: usize = 20;

impl Principal {
    /// All components, by the eigenvectors of the covariance. For a few hundred features at most.
    pub fn all<T: Real>(samples: &Matrix<T>) -> anyhow::Result<Self> {
        let (mean, covariance) = moments(samples)?;
        let eigen = SymmetricEigen::new(covariance);
        let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        let variances = order.iter().map(|&index| eigen.eigenvalues[index]).collect();
        Ok(Self { mean, directions: eigen.eigenvectors.select_columns(&order), variances })
    }

    /// The first k components, by iteration of a subspace.
    pub fn first<T: Real>(samples: &Matrix<T>, k: usize, stream: &mut Stream) -> anyhow::Result<Self> {
        let (mean, covariance) = moments(samples)?;
        let features = covariance.nrows();
        let columns = (k + SPARE).min(features);
        let mut directions = Matrix::from_fn(features, columns, |_, _| stream.normal());
        let mut product = directions.clone();
        for _ in 0..40 {
            gemm(1.0, &covariance, &directions, 0.0, &mut product)?;
            directions = product.clone().qr().q();
        }
        // Inside the subspace, the small matrix says which direction is which.
        gemm(1.0, &covariance, &directions, 0.0, &mut product)?;
        let mut inside = Matrix::zeros(columns, columns);
        gemm(1.0, View::from(&directions).transposed(), &product, 0.0, &mut inside)?;
        let eigen = SymmetricEigen::new(inside);
        let mut order: Vec<usize> = (0..columns).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        order.truncate(k);
        let mut first = Matrix::zeros(features, k);
        gemm(1.0, &directions, &eigen.eigenvectors.select_columns(&order), 0.0, &mut first)?;
        Ok(Self { mean, directions: first, variances: order.iter().map(|&index| eigen.eigenvalues[index]).collect() })
    }

    /// Samples as their first k components see them.
    pub fn reconstruct<T: Real>(&self, samples: &Matrix<T>, k: usize) -> anyhow::Result<Matrix<f64>> {
        let directions = View::from(&self.directions).columns(0..k)?;
        let centered = centered(samples, &self.mean);
        let mut code = Matrix::zeros(k, samples.ncols());
        gemm(1.0, directions.transposed(), &centered, 0.0, &mut code)?;
        let mut output = Matrix::zeros(samples.nrows(), samples.ncols());
        gemm(1.0, directions, &code, 0.0, &mut output)?;
        output.column_iter_mut().for_each(|mut column| column += &self.mean);
        Ok(output)
    }

    /// Mean over the samples of ‖x̂ − x‖² with the first k components.
    pub fn squared_error<T: Real>(&self, samples: &Matrix<T>, k: usize) -> anyhow::Result<f64> {
        let output = self.reconstruct(samples, k)?;
        let squares = output.iter().zip(samples.iter()).map(|(y, x)| (y - x.to_f64()) * (y - x.to_f64()));
        Ok(squares.sum::<f64>() / samples.ncols() as f64)
    }
}

/// Samples minus a vector.
pub fn centered<T: Real>(samples: &Matrix<T>, mean: &Vector<f64>) -> Matrix<f64> {
    Matrix::from_fn(samples.nrows(), samples.ncols(), |i, n| samples[(i, n)].to_f64() - mean[i])
}

/// Mean and covariance, divided by n.
fn moments<T: Real>(samples: &Matrix<T>) -> anyhow::Result<(Vector<f64>, Matrix<f64>)> {
    let (features, n) = samples.shape();
    let mut mean = Vector::zeros(features);
    for column in samples.column_iter() {
        mean.iter_mut().zip(&column).for_each(|(mean, x)| *mean += x.to_f64());
    }
    mean /= n as f64;
    let centered = centered(samples, &mean);
    let mut covariance = Matrix::zeros(features, features);
    gemm(1.0 / n as f64, &centered, View::from(&centered).transposed(), 0.0, &mut covariance)?;
    Ok((mean, covariance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iteration_and_eigenvectors_agree_and_leave_the_rest_of_the_variance() {
        let mut stream = Stream::new(67);
        let samples = Matrix::<f64>::from_fn(40, 300, |i, _| stream.normal() / (1.0 + i as f64));
        let all = Principal::all(&samples).unwrap();
        let first = Principal::first(&samples, 5, &mut stream).unwrap();
        let rest: f64 = all.variances[5..].iter().sum();
        for principal in [&all, &first] {
            assert!((principal.squared_error(&samples, 5).unwrap() / rest - 1.0).abs() < 1e-10);
        }
        assert!(all.variances.iter().zip(&first.variances).all(|(a, b)| (a / b - 1.0).abs() < 1e-8));
    }
}
