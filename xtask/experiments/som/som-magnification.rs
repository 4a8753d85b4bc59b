//! Slide 17: a chain puts more units where there is more to see, but not in proportion.

use anyhow::Context as _;
use experiment::statistics::Spread;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Boundary, Lattice, Matrix, Stream, Topology, math};
use plot::{Axis, Curve, Figure, Line, LineStyle, Marker};
use rayon::prelude::*;
use som::{Algorithm, Distance, Schedule, Som, SomConfig};
use std::f64::consts::SQRT_2;
use std::sync::atomic::{AtomicU64, Ordering};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "som-magnification",
    slides: &[17],
    title: "How a chain follows the density of its inputs",
    title_japanese: "ベクトル量子化",
    source: "Lecture, slide 17; Ritter and Schulten (1986), Biological Cybernetics 54:99-106; Ritter (1991), IEEE \
             Transactions on Neural Networks 2:173-175",
    claim: "On a line the density of units grows as the inputs' to the power 2/3, and as 1/3 where units have no neighbors.",
    equations: &["som-winner", "som-update", "som-neighborhood", "som-decay"],
    assumptions: &[
        "200 units, inputs from 0 to 1 with density 2x, σ fixed at 2√2 (2 in Kohonen's form), 1.5 million steps in which h₀ falls \
         exponentially from 0.5 to 0.002, from an even chain",
        "without neighbors: the same with σ = 0 and 30 units",
        "the exponent is the slope of ln density against ln input over the units from 20 to 85 %: near the ends it is another one",
    ],
    data: Data::Generated,
    seeds: Seeds::many(4),
    paper: &[
        Reported {
            metric: "exponent",
            value: "2/3, less by 1/(3n² + 3(n + 1)²) for n neighbors on each side",
            agrees: Some(0.62..=0.70),
            confidence: Confidence::High,
        },
        Reported {
            metric: "exponent_without_neighbors",
            value: "1/3",
            agrees: Some(0.29..=0.377),
            confidence: Confidence::High,
        },
    ],
    expected: EXPECTED,
    invariants: &[("exponent", 0.0..=1.5), ("exponent_without_neighbors", 0.0..=1.5)],
    run,
};

/// Ten blocks of other seeds: mean ± 3 deviations, 0.651 ± 0.017, 0.641 ± 0.024 and 0.326 ± 0.054.
const EXPECTED: experiment::Intervals = &[
    ("exponent", 0.634..=0.668),
    ("exponent_of_the_worst_seed", 0.617..=0.665),
    ("exponent_without_neighbors", 0.272..=0.380),
];

/// Units with neighbors, and alone.
const UNITS: [usize; 2] = [200, 30];

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let steps = context.sized(1_500_000, 100_000);
    let (done, total) = (AtomicU64::new(0), 2 * context.seeds().end);
    let jobs: Vec<(u64, usize, f64)> =
        context.seeds().flat_map(|seed| [(seed, UNITS[0], 2.0 * SQRT_2), (seed, UNITS[1], 0.0)]).collect();
    let chains = (jobs.into_par_iter())
        .map(|(seed, units, radius)| {
            let chain =
                train(units, radius, steps, context.seeded_stream(seed, if radius > 0.0 { "chain" } else { "alone" }));
            context.progress(done.fetch_add(1, Ordering::Relaxed) + 1, total, "chains");
            chain
        })
        .collect::<anyhow::Result<Vec<_>>>()?;

    let spread = |first: usize| Spread::of(&chains.iter().skip(first).step_by(2).map(exponent).collect::<Vec<_>>());
    let (with, without) = (spread(0), spread(1));
    let far = |value: f64| (value - 2.0 / 3.0).abs();
    let worst = if far(with.lowest) > far(with.highest) { with.lowest } else { with.highest };
    let (chain, alone) = chains.first().zip(chains.get(1)).context("there must be a seed")?;
    Ok(Outcome::new()
        .metric("exponent", with.median)
        .metric("exponent_of_the_worst_seed", worst)
        .metric("exponent_without_neighbors", without.median)
        .figure(figure(chain, alone))
        .note(
            "2/3 belongs to a neighborhood of many units far from the ends; a wider one than this needs a longer chain. Without              neighbors the density spreads from unit to unit, which takes time as the square of their number: hence 30.",
        ))
}

/// An even chain after Kohonen's rule with this radius.
fn train(units: usize, radius: f64, steps: usize, stream: Stream) -> anyhow::Result<Matrix<f64>> {
    let lattice = Lattice::new(1, units, Topology::Rectangular, Boundary::Planar)?;
    let config = SomConfig {
        radius: Schedule::Constant(radius),
        learning_rate: Schedule::Exponential { from: 0.5, to: 0.002 },
        algorithm: Algorithm::Online { shuffle: false },
        epochs: 1,
        ..SomConfig::new(lattice)
    };
    // Density 2x: the square root of a uniform number.
    let mut draw = stream.named("inputs");
    let inputs = Matrix::from_fn(1, steps, |_, _| draw.uniform().sqrt());
    let even = Matrix::from_fn(1, units, |_, unit| (unit as f64 + 0.5) / units as f64);
    let mut training = config.resume(&inputs, stream, Som::new(lattice, even, Distance::Euclidean)?, 0)?;
    training.try_for_each(|epoch| epoch.map(drop))?;
    Ok(training.into_model().codebook().clone())
}

/// Position and density, units per length, of the units in the middle part.
fn densities(codebook: &Matrix<f64>) -> Vec<(f64, f64)> {
    let units = codebook.len();
    (units / 5..units * 17 / 20).map(|i| (codebook[i], 2.0 / (codebook[i + 1] - codebook[i - 1]))).collect()
}

/// Least squares through the logarithms.
fn exponent(codebook: &Matrix<f64>) -> f64 {
    let points: Vec<(f64, f64)> = densities(codebook).iter().map(|(w, r)| (math::ln(*w), math::ln(r.abs()))).collect();
    let count = points.len() as f64;
    let (mean_x, mean_y) =
        (points.iter().map(|p| p.0).sum::<f64>() / count, points.iter().map(|p| p.1).sum::<f64>() / count);
    let covariance: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    covariance / points.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum::<f64>()
}

fn figure(online: &Matrix<f64>, alone: &Matrix<f64>) -> Figure {
    // Through the middle of the points.
    let theory = |name: &str, codebook: &Matrix<f64>, slope: f64, style| {
        let points = densities(codebook);
        let height =
            points.iter().map(|(w, r)| math::ln(r.abs()) - slope * math::ln(*w)).sum::<f64>() / points.len() as f64;
        let ends = [points[0].0, points[points.len() - 1].0];
        let y = ends.map(|w| math::exp(height + slope * math::ln(w)));
        Line { style, color: Some(plot::Color::BLACK), ..Line::new(name, ends.to_vec(), y.to_vec()) }
    };
    let dots = |name: &str, codebook: &Matrix<f64>, marker| {
        let (w, r) = densities(codebook).into_iter().unzip();
        Line { style: LineStyle::Hidden, marker: Some(marker), ..Line::new(name, w, r) }
    };
    Figure::new(Curve {
        lines: vec![
            dots("Kohonen's rule, σ = 2√2", online, Marker::Circle),
            dots("without neighbors (k-means)", alone, Marker::Square),
            theory("slope 2/3", online, 2.0 / 3.0, LineStyle::Solid),
            theory("slope 1/3", alone, 1.0 / 3.0, LineStyle::Dashed),
        ],
        x: Axis { log: true, ..Axis::new("reference vector w (density of inputs 2w)") },
        y: Axis { log: true, ..Axis::new("density of units (1 / distance)") },
        ..Curve::default()
    })
}
