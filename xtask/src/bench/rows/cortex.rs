//! Models of the visual cortex. Ours alone: no package has them.

use crate::bench::row::{Measure, Row, Unit, Work};
use cortex::{Malsburg1973Config, SparseCodingConfig, malsburg_bars};
use nn_core::{Matrix, Stream};
use serde_json::Value;
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
        Ok(Malsburg1973Config::PUBLISHED.sweeps as f64)
    };
    measure(Work { ours: &mut ours, inputs: &[], parameters: Value::Null })
}
