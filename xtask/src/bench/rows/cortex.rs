//! Models of the visual cortex. Ours alone: no package has them.
//!
//! 20 sweeps of 1973 make a map, 3,000 batches a sparse code, 800,000 steps a large orientation map.

use crate::bench::row::{Measure, Row, Unit, Work};
use cortex::{Malsburg1973Config, SparseCodingConfig, malsburg_bars};
use nn_core::{Boundary, Lattice, Matrix, Stream, Topology};
use serde_json::Value;
use som::{Algorithm, Distance, Neighborhood, Schedule, Som, SomConfig};
use std::hint::black_box;

/// The rows.
pub const ROWS: &[Row] = &[
    Row { id: "cortex-sparse-coding", title: "12 x 12, 144 bases, 50 steps, batch 100", run: sparse_coding, ..BATCH },
    Row {
        id: "cortex-malsburg",
        title: "1973, 169 + 169 cells, 9 bars",
        unit: Unit::Time("per sweep"),
        run: malsburg,
        ..BATCH
    },
    Row {
        id: "cortex-orientation-map",
        title: "self-organizing map of 6 features, 128 x 128, torus",
        unit: Unit::Time("per step"),
        run: orientation_map,
        ..BATCH
    },
];

const BATCH: Row = Row {
    id: "",
    library: "cortex",
    title: "",
    unit: Unit::Time("per batch"),
    peers: &[],
    goals: &[],
    run: |_| Ok(()),
};

fn sparse_coding(measure: &mut Measure<'_>) -> anyhow::Result<()> {
    // The amount of work does not depend on the picture.
    let mut picture = Matrix::<f32>::zeros(240, 240);
    Stream::new(1996).named("picture").fill_normal(picture.as_mut_slice(), 0.0, 0.3);
    let pictures = [picture];
    let config = SparseCodingConfig { batches: 5, epochs: usize::MAX, ..SparseCodingConfig::default() };
    let mut training = config.training(&pictures, Stream::new(1996))?;
    let mut ours = || {
        if let Some(epoch) = training.next() {
            black_box(epoch?);
        }
        Ok(config.batches as f64)
    };
    measure(Work { ours: &mut ours, inputs: &[], parameters: Value::Null })
}

fn malsburg(measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (bars, _) = malsburg_bars();
    let mut ours = || {
        black_box(Malsburg1973Config::PUBLISHED.fit(&bars, Stream::new(1973))?);
        Ok(Malsburg1973Config::PUBLISHED.epochs as f64)
    };
    measure(Work { ours: &mut ours, inputs: &[], parameters: Value::Null })
}

/// A map of place (two circles) and orientation, σ = 4.
fn orientation_map(measure: &mut Measure<'_>) -> anyhow::Result<()> {
    const STEPS: usize = 500;
    let lattice = Lattice::new(128, 128, Topology::Rectangular, Boundary::Torus)?;
    let config = SomConfig {
        neighborhood: Neighborhood::KohonenGaussian,
        radius: Schedule::Constant(4.0),
        learning_rate: Schedule::Constant(0.02),
        algorithm: Algorithm::Online { shuffle: false },
        epochs: 1,
        ..SomConfig::new(lattice)
    };
    let mut samples = Matrix::<f32>::zeros(6, STEPS);
    Stream::new(1990).named("samples").fill_uniform(samples.as_mut_slice(), -20.0, 20.0);
    let mut codebook = Matrix::<f32>::zeros(6, lattice.units());
    Stream::new(1990).named("codebook").fill_uniform(codebook.as_mut_slice(), -20.0, 20.0);
    let beginning = Som::new(lattice, codebook, Distance::Euclidean)?;
    let mut ours = || {
        // Nothing is drawn: samples come in their order.
        let mut training = config.resume(&samples, Stream::new(0), beginning.clone(), 0)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        black_box(training.model());
        Ok(STEPS as f64)
    };
    measure(Work { ours: &mut ours, inputs: &[], parameters: Value::Null })
}
