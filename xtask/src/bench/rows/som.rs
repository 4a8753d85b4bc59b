//! Self-organizing maps in `f32`: batch epochs, online steps, search and quality. Every call trains the same map from the same
//! codebook; quantization and topographic error of both sides stand below the table and must agree.
//!
//! The goals are those of the project's table on the reference machine, as ratios to the peer that was measured there.

use crate::bench::row::{Against, Goal, Measure, Peer, Row, Threads, Unit, Work};
use nn_core::{Boundary, Lattice, Matrix, Stream, Topology, math};
use serde_json::{Value, json};
use som::{Adjacency, Algorithm, Distance, Neighborhood, Schedule, Som, SomConfig};
use std::hint::black_box;

/// The rows.
pub const ROWS: &[Row] = &[
    Row {
        id: "som-a",
        title: "batch, 10,000 x 16, 20 x 20, 10 epochs",
        peers: &[MINISOM, SOMOCLU, XPYSOM],
        goals: &[one("XPySom", 4.25, 8.5)],
        run: |measure| batch(&A, 10, 1.0, measure),
        ..EPOCHS
    },
    Row {
        id: "som-b",
        title: "batch, 10,000 x 784, 30 x 30, 2 epochs",
        peers: &[SOMOCLU, XPYSOM],
        goals: &[one("somoclu", 42.0, 74.0)],
        run: |measure| batch(&B, 2, 1.0, measure),
        ..EPOCHS
    },
    Row {
        id: "som-c",
        title: "batch, 100,000 x 64, 50 x 50, 2 epochs",
        peers: &[XPYSOM],
        goals: &[one("XPySom", 2.34, 4.0)],
        run: |measure| batch(&C, 2, 2.0, measure),
        ..EPOCHS
    },
    Row {
        id: "som-online-a",
        title: "online, 10,000 x 16, 20 x 20",
        goals: &[one("MiniSom", 21.5, 29.0)],
        run: |measure| online(&A, measure),
        ..STEPS
    },
    Row {
        id: "som-online-b",
        title: "online, 500 x 784, 30 x 30",
        goals: &[one("MiniSom", 36.7, 55.0)],
        run: |measure| online(&Case { samples: 500, radius: 15.0, ..B }, measure),
        ..STEPS
    },
    Row {
        id: "som-online-c",
        title: "online, 1000 x 64, 50 x 50",
        goals: &[one("MiniSom", 38.7, 58.0)],
        run: |measure| online(&Case { samples: 1000, radius: 25.0, ..C }, measure),
        ..STEPS
    },
    Row { id: "som-search", title: "winners of 100,000 x 64 on 50 x 50", run: |m| search(false, m), ..SAMPLES },
    Row {
        id: "som-quality",
        title: "both errors of 100,000 x 64 on 50 x 50",
        goals: &[Goal {
            threads: Threads::One,
            against: Against::FastestRow(&["som-search", "som-quality"]),
            must: Some(1.0 / 1.3),
            aim: Some(1.0 / 1.2),
        }],
        run: |measure| search(true, measure),
        ..SAMPLES
    },
];

const SAMPLES: Row =
    Row { id: "", library: "som", title: "", unit: Unit::Rate("samples/s"), peers: &[], goals: &[], run: |_| Ok(()) };
const EPOCHS: Row = Row { unit: Unit::Time("per epoch"), ..SAMPLES };
const STEPS: Row = Row { unit: Unit::Time("per sample"), peers: &[MINISOM], ..SAMPLES };

const MINISOM: Peer = Peer { name: "MiniSom", script: "som.py" };
const SOMOCLU: Peer = Peer { name: "somoclu", script: "som.py" };
const XPYSOM: Peer = Peer { name: "XPySom", script: "som.py" };

const fn one(peer: &'static str, must: f64, aim: f64) -> Goal {
    Goal { threads: Threads::One, against: Against::Peer(peer), must: Some(must), aim: Some(aim) }
}

/// Samples and a square map.
struct Case {
    samples: usize,
    features: usize,
    side: usize,
    /// The first σ. Half a side where there are epochs enough; where there are two, a tenth: an epoch with a wide neighborhood
    /// leaves all units at nearly the same place, and then rounding to `f32` decides who wins.
    radius: f64,
}

const A: Case = Case { samples: 10_000, features: 16, side: 20, radius: 10.0 };
const B: Case = Case { samples: 10_000, features: 784, side: 30, radius: 3.0 };
const C: Case = Case { samples: 100_000, features: 64, side: 50, radius: 5.0 };

/// Dimension of the clusters before they are bent into the space of the samples.
const HIDDEN: usize = 8;
const CLUSTERS: usize = 12;
const LEARNING_RATE: f64 = 0.5;

impl Case {
    /// Gaussian clusters z, pushed through tanh(A z), with noise; and the codebook to begin with, other samples of the same kind.
    fn data(&self) -> anyhow::Result<(Matrix<f32>, Som<f32>)> {
        let stream = Stream::new(1982);
        let mut bend = Matrix::<f32>::zeros(self.features, HIDDEN);
        stream.named("bend").fill_normal(bend.as_mut_slice(), 0.0, 0.5);
        let mut centers = Matrix::<f32>::zeros(HIDDEN, CLUSTERS);
        stream.named("centers").fill_normal(centers.as_mut_slice(), 0.0, 1.0);
        let mut draw = stream.named("samples");
        let units = self.side * self.side;
        let mut hidden = Matrix::zeros(HIDDEN, self.samples + units);
        for mut z in hidden.column_iter_mut() {
            let center = draw.below(CLUSTERS as u32) as usize;
            z.iter_mut().zip(&centers.column(center)).for_each(|(z, center)| *z = center + 0.3 * draw.normal() as f32);
        }
        let mut samples = Matrix::zeros(self.features, self.samples + units);
        nn_core::gemm(1.0, &bend, &hidden, 0.0, &mut samples)?;
        math::tanh_in_place(samples.as_mut_slice());
        let mut noise = stream.named("noise");
        samples.iter_mut().for_each(|x| *x += 0.1 * noise.normal() as f32);
        let codebook = samples.columns(self.samples, units).into_owned();
        let samples = samples.remove_columns(self.samples, units);
        Ok((samples, Som::new(self.lattice()?, codebook, Distance::Euclidean)?))
    }

    fn lattice(&self) -> anyhow::Result<Lattice> {
        Ok(Lattice::new(self.side, self.side, Topology::Rectangular, Boundary::Planar)?)
    }
}

/// Where σ falls too far at once, units far from all samples become copies of one unit to their last bits, and rounding decides
/// which of them are the best two: with σ = 1 at the end noise of 1e-7 would change row c's topographic error from 0.07 to 0.11.
fn batch(case: &Case, epochs: usize, last_radius: f64, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let radius = case.radius;
    let config = SomConfig {
        neighborhood: Neighborhood::KohonenGaussian,
        radius: Schedule::Linear { from: radius, to: last_radius },
        epochs,
        ..SomConfig::new(case.lattice()?)
    };
    let parameters = json!({ "algorithm": "batch", "epochs": epochs, "radius": radius, "last_radius": last_radius });
    train(case, &config, epochs, parameters, measure)
}

/// MiniSom's linear laws: σ falls to 1, the learning rate to 0, both as if one more step were to come.
fn online(case: &Case, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (radius, steps) = (case.radius, case.samples as f64);
    let config = SomConfig {
        neighborhood: Neighborhood::KohonenGaussian,
        radius: Schedule::Linear { from: radius, to: 1.0 + (radius - 1.0) / steps },
        learning_rate: Schedule::Linear { from: LEARNING_RATE, to: LEARNING_RATE / steps },
        algorithm: Algorithm::Online { shuffle: false },
        epochs: 1,
        ..SomConfig::new(case.lattice()?)
    };
    let parameters =
        json!({ "algorithm": "online", "radius": radius, "last_radius": 1.0, "learning_rate": LEARNING_RATE });
    train(case, &config, case.samples, parameters, measure)
}

fn train(
    case: &Case,
    config: &SomConfig,
    units: usize,
    mut parameters: Value,
    measure: &mut Measure<'_>,
) -> anyhow::Result<()> {
    let (samples, beginning) = case.data()?;
    let fit = || {
        // Nothing is drawn: the codebook is given, samples come in their order.
        let mut training = config.resume(&samples, Stream::new(0), beginning.clone(), 0)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        Ok::<_, som::SomError>(training.into_model())
    };
    // In `f64`, as the peers' script measures: units that differ in their last bits alone are equally far in `f32`.
    let wide = Som::new(case.lattice()?, fit()?.codebook().map(f64::from), Distance::Euclidean)?;
    let quality = wide.quality(&samples.map(f64::from), Adjacency::EdgesAndCorners)?;
    for (name, value) in [("rows", json!(case.side)), ("columns", json!(case.side))] {
        parameters[name] = value;
    }
    parameters["results"] = json!({
        "quantization error": quality.quantization_error,
        "topographic error": quality.topographic_error,
    });
    let mut ours = || {
        black_box(fit()?);
        Ok(units as f64)
    };
    measure(Work { ours: &mut ours, inputs: &[("samples", &samples), ("codebook", beginning.codebook())], parameters })
}

fn search(quality: bool, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (samples, map) = C.data()?;
    let mut ours = || {
        if quality {
            black_box(map.quality(&samples, Adjacency::EdgesAndCorners)?);
        } else {
            black_box(map.winners(&samples)?);
        }
        Ok(C.samples as f64)
    };
    measure(Work { ours: &mut ours, inputs: &[], parameters: Value::Null })
}
