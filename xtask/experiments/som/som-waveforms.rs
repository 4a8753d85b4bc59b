//! Slide 12: similar waveforms find neighboring places.

use anyhow::Context as _;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Boundary, Lattice, Matrix, Stream, Topology, math};
use plot::{CellMap, Color, Figure};
use rayon::prelude::*;
use som::{Adjacency, Initialization, Schedule, Som, SomConfig, UnitLabels};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "som-waveforms",
    slides: &[12],
    title: "A map of waveforms",
    title_japanese: "波形のSOM",
    source: "Lecture, slide 12; after Kohonen's phonotopic map, whose recordings of Finnish speech are not available",
    claim: "Similar waveforms come to lie side by side: neighboring units have nearly the same curve, others have not.",
    equations: &["som-winner", "som-neighborhood", "som-decay"],
    assumptions: &[
        "instead of speech: one period of a sine, square, sawtooth or pulse of random phase, 32 samples with noise of standard \
         deviation 0.1; 2000 of them",
        "10 × 10 units, batch training, 30 epochs, σ from 5 to 1, from random waveforms; purity is the share of waveforms whose \
         shape is that of the majority at their unit",
    ],
    data: Data::Generated,
    seeds: Seeds::many(20),
    paper: &[Reported {
        metric: "correlation_of_neighbors_mean",
        value: "no number",
        agrees: None,
        confidence: Confidence::Read,
    }],
    expected: EXPECTED,
    invariants: &[
        ("correlation_of_neighbors_mean", -1.0..=1.0),
        ("topographic_error_mean", 0.0..=1.0),
        ("purity_mean", 0.25..=1.0),
    ],
    run,
};

// Over 60 seeds: 0.897 ± 0.012, −0.010 ± 0.018, 0.036 ± 0.010 and 0.942 ± 0.023; four standard errors of a mean of 20.
const EXPECTED: experiment::Intervals = &[
    ("correlation_of_neighbors_mean", 0.886..=0.907),
    ("correlation_of_random_pairs_mean", -0.027..=0.007),
    ("topographic_error_mean", 0.027..=0.044),
    ("purity_mean", 0.921..=0.963),
];

/// The color of a unit that wins nothing.
const EMPTY: Color = Color::hex(0xEEEEEE);

const SIDE: usize = 10;
const PERIOD: usize = 32;
const SHAPES: [&str; 4] = ["sine", "square", "sawtooth", "pulse"];

struct Trained {
    map: Som<f64>,
    labels: UnitLabels,
    of_neighbors: f64,
    of_random_pairs: f64,
    topographic_error: f64,
    purity: f64,
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let (count, epochs) = context.sized((2000, 30), (500, 10));
    let of_seed = |seed: u64| train(&context.seeded_stream(seed, "map"), count, epochs);
    let trained = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;

    let mean = |of: fn(&Trained) -> f64| trained.iter().map(of).sum::<f64>() / trained.len() as f64;
    let first = trained.first().context("there must be a seed")?;
    Ok(Outcome::new()
        .metric("correlation_of_neighbors_mean", mean(|map| map.of_neighbors))
        .metric("correlation_of_random_pairs_mean", mean(|map| map.of_random_pairs))
        .metric("topographic_error_mean", mean(|map| map.topographic_error))
        .metric("purity_mean", mean(|map| map.purity))
        .figure(figure(first))
        .note("The reference vectors are drawn as curves; the color is the shape that the unit wins most often.")
        .note("Along the map the phase turns, and the shapes, alike but for their overtones, lie beside each other."))
}

/// One period with this phase, 0 to 1.
fn wave(shape: usize, phase: f64, k: usize) -> f64 {
    let t = (k as f64 / PERIOD as f64 + phase).fract();
    match shape {
        0 => math::sin(std::f64::consts::TAU * t),
        1 => {
            if t < 0.5 {
                1.0
            } else {
                -1.0
            }
        }
        2 => 2.0 * t - 1.0,
        // A fifth of the period up; its mean is 0 as that of the others.
        _ => {
            if t < 0.2 {
                1.6
            } else {
                -0.4
            }
        }
    }
}

fn train(stream: &Stream, count: usize, epochs: usize) -> anyhow::Result<Trained> {
    let mut draw = stream.named("waveforms");
    let labels: Vec<usize> = (0..count).map(|n| n % SHAPES.len()).collect();
    let mut samples = Matrix::zeros(PERIOD, count);
    for (mut sample, shape) in samples.column_iter_mut().zip(&labels) {
        let phase = draw.uniform();
        sample.iter_mut().enumerate().for_each(|(k, x)| *x = wave(*shape, phase, k) + 0.1 * draw.normal());
    }
    let lattice = Lattice::new(SIDE, SIDE, Topology::Rectangular, Boundary::Planar)?;
    let config = SomConfig {
        radius: Schedule::Exponential { from: 5.0, to: 1.0 },
        initialization: Initialization::Samples,
        epochs,
        ..SomConfig::new(lattice)
    };
    let map = config.fit(&samples, stream.clone())?;
    let of_units = map.label_units(&samples, &labels, SHAPES.len())?;
    let right = map.predict_labels(&of_units, &samples)?.iter().zip(&labels).filter(|(a, b)| a == b).count();

    let correlation = |i: usize, j: usize| {
        let centered = |unit: usize| map.codebook().column(unit).add_scalar(-map.codebook().column(unit).mean());
        let (a, b) = (centered(i), centered(j));
        a.dot(&b) / (a.norm() * b.norm())
    };
    let neighbors: Vec<f64> = (0..map.units())
        .flat_map(|unit| {
            lattice.neighbors(unit).into_iter().filter(move |other| *other > unit).map(move |other| (unit, other))
        })
        .map(|(i, j)| correlation(i, j))
        .collect();
    let mut pairs = stream.named("pairs");
    let mut unit = || pairs.below(map.units() as u32) as usize;
    let random: Vec<f64> =
        (0..1000).map(|_| (unit(), unit())).filter(|(i, j)| i != j).map(|(i, j)| correlation(i, j)).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    Ok(Trained {
        of_neighbors: mean(&neighbors),
        of_random_pairs: mean(&random),
        topographic_error: map.topographic_error(&samples, Adjacency::EdgesAndCorners)?,
        purity: right as f64 / count as f64,
        labels: of_units,
        map,
    })
}

fn figure(trained: &Trained) -> Figure {
    let map = &trained.map;
    let shade = |shape: usize| Color::category(shape).mix(Color::WHITE, 0.6);
    let color = |unit: usize| trained.labels.majority(unit).map_or(EMPTY, shade);
    Figure::new(CellMap {
        curves: map.codebook().clone(),
        legend: (SHAPES.iter().enumerate())
            .map(|(shape, name)| ((*name).to_owned(), shade(shape)))
            .chain([("none won".to_owned(), EMPTY)])
            .collect(),
        ..CellMap::of_colors(*map.lattice(), (0..map.units()).map(color).collect())
    })
}
