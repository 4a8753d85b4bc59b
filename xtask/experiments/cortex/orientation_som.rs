//! What the experiments on orientation maps share: a self-organizing map of places, orientations and eyes on a torus.

use cortex::OrientationMap;
use nn_core::{Boundary, Lattice, Matrix, Stream, Topology, math};
use som::{Algorithm, Distance, Neighborhood, Schedule, Som, SomConfig};
use std::f64::consts::TAU;

/// σ of the neighborhood exp(−d²/2σ²), in units.
pub const SIGMA: f64 = 2.5;
const RATE: f64 = 0.02;

/// Stimuli (x, y, q cos 2φ, q sin 2φ, z): x, y and φ uniform, q fixed, z uniform in [−eye, eye].
pub struct Stimuli {
    /// Units along a side; x and y lie between 0 and it.
    pub side: usize,
    /// q
    pub orientation: f64,
    /// The largest z; 0 for stimuli without an eye.
    pub eye: f64,
}

/// Steps until every unit has moved once.
fn unit_of_time(side: usize) -> f64 {
    (side * side) as f64 / (RATE * TAU * SIGMA * SIGMA)
}

/// (R cos X, R sin X, R cos Y, R sin Y) for a place on the torus of N × N units.
fn place(side: usize, x: f64, y: f64) -> [f64; 4] {
    let radius = side as f64 / TAU;
    let [x, y] = [x / radius, y / radius];
    [radius * math::cos(x), radius * math::sin(x), radius * math::cos(y), radius * math::sin(y)]
}

impl Stimuli {
    fn features(&self) -> usize {
        if self.eye > 0.0 { 7 } else { 6 }
    }

    fn draw(&self, count: usize, stream: &mut Stream) -> Matrix<f32> {
        let mut samples = Matrix::zeros(self.features(), count);
        for mut sample in samples.column_iter_mut() {
            let (x, y) = (stream.uniform() * self.side as f64, stream.uniform() * self.side as f64);
            let phase = TAU * stream.uniform();
            let [a, b, c, d] = place(self.side, x, y);
            let q = self.orientation;
            for (k, value) in [a, b, c, d, q * math::cos(phase), q * math::sin(phase)].into_iter().enumerate() {
                sample[k] = value as f32;
            }
            if self.eye > 0.0 {
                sample[6] = stream.uniform_between(-self.eye, self.eye) as f32;
            }
        }
        samples
    }

    /// Trains a map from its own positions and random orientations and eyes; copies of it at these times, which ascend.
    pub fn trained(&self, times: &[f64], stream: &Stream) -> anyhow::Result<Vec<Som<f32>>> {
        let side = self.side;
        let lattice = Lattice::new(side, side, Topology::Rectangular, Boundary::Torus)?;
        let mut noise = stream.named("codebook");
        let mut codebook = Matrix::<f32>::zeros(self.features(), side * side);
        for (unit, mut w) in codebook.column_iter_mut().enumerate() {
            let (x, y) = lattice.position(unit);
            place(side, x, y).iter().enumerate().for_each(|(k, &value)| w[k] = value as f32);
            for feature in 4..self.features() {
                w[feature] = (0.1 * noise.normal()) as f32;
            }
        }
        let config = SomConfig {
            neighborhood: Neighborhood::KohonenGaussian,
            radius: Schedule::Constant(SIGMA),
            learning_rate: Schedule::Constant(RATE),
            algorithm: Algorithm::Online { shuffle: false },
            epochs: 1,
            ..SomConfig::new(lattice)
        };
        let mut map = Som::new(lattice, codebook, Distance::Euclidean)?;
        let (mut maps, mut step, stimuli) = (Vec::new(), 0, stream.named("stimuli"));
        for &time in times {
            let end = (time * unit_of_time(side)).round() as usize;
            while step < end {
                let count = (end - step).min(10_000);
                let samples = self.draw(count, &mut stimuli.at(step as u64));
                let mut training = config.resume(&samples, stimuli.clone(), map, 0)?;
                training.try_for_each(|epoch| epoch.map(drop))?;
                map = training.into_model();
                step += count;
            }
            maps.push(map.clone());
        }
        Ok(maps)
    }
}

/// A feature of every unit, as one looks at the map.
pub fn plane(map: &Som<f32>, side: usize, feature: usize) -> Matrix<f64> {
    Matrix::from_fn(side, side, |row, column| f64::from(map.codebook()[(feature, side * row + column)]))
}

/// The orientations of a map.
pub fn orientation_map(map: &Som<f32>, side: usize) -> anyhow::Result<OrientationMap> {
    Ok(OrientationMap::new(plane(map, side, 4), plane(map, side, 5), true)?)
}

/// Mean distance of the places of units beside each other, in units; 1 at the start.
pub fn neighbor_distance(map: &Som<f32>, side: usize) -> f64 {
    let distance = (0..side * side).map(|unit| {
        let right = side * (unit / side) + (unit + 1) % side;
        let (a, b) = (map.codebook().column(unit), map.codebook().column(right));
        (0..4).map(|k| f64::from(a[k] - b[k])).map(|difference| difference * difference).sum::<f64>().sqrt()
    });
    distance.sum::<f64>() / (side * side) as f64
}
