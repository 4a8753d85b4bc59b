//! Slides 16 and 17: a chain of units orders itself on a line and fills a triangle.

use anyhow::Context as _;
use datasets::{uniform_cube, uniform_triangle};
use experiment::statistics::Spread;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Boundary, Lattice, Matrix, Stream, Topology};
use plot::{Axis, Curve, Figure, LatticePlot, Line, Ticks};
use rayon::prelude::*;
use som::{Adjacency, Algorithm, Distance, Neighborhood, Schedule, Som, SomConfig};
use std::f64::consts::SQRT_2;
use std::sync::atomic::{AtomicU64, Ordering};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "som-chain",
    slides: &[16, 17],
    title: "A chain orders itself and fills a triangle",
    title_japanese: "1次元のSOM",
    source: "Lecture, slides 16 and 17; Kohonen (1982), Biological Cybernetics 43:59-69; Cottrell and Fort (1987), \
             Annales de l'I.H.P. 23:1-20",
    claim: "A chain of units comes to lie in order on a line, from any beginning, and folds like Peano's curve to fill a triangle.",
    equations: &["som-winner", "som-update", "som-neighborhood", "som-decay"],
    assumptions: &[
        "on the line: 50 units, drawn at first from the whole line, 20,000 steps in which σ falls exponentially from 25√2 to \
         √2/2 and h₀ from 0.5 to 0.01",
        "in the triangle (0, 0), (1, 0), (½, 1): 100 units, drawn at first from a square of side 0.1, 100,000 steps in which σ \
         falls from 50√2 to √2/2 and h₀ from 0.5 to 0.01",
        "errors are measured on 20,000 other points of the triangle",
    ],
    data: Data::Generated,
    seeds: Seeds::many(50),
    paper: &[Reported {
        metric: "chains_in_order",
        value: "all, with probability 1",
        agrees: Some(50.0..=50.0),
        confidence: Confidence::High,
    }],
    // Ten blocks of other seeds: 50 in all; mean ± 3 deviations, 0.03118 ± 0.00015 and 0.1417 ± 0.0057.
    expected: &[
        ("chains_in_order", 50.0..=50.0),
        ("triangle_quantization_error_median", 0.0310..=0.0314),
        ("triangle_topographic_error_median", 0.135..=0.148),
        ("triangle_units_without_a_point", 0.0..=0.0),
    ],
    // No more units can be out of order than there are.
    invariants: &[
        ("units_out_of_order", 0.0..=2500.0),
        ("triangle_quantization_error_median", 0.0..=1.0),
        ("triangle_topographic_error_median", 0.0..=1.0),
    ],
    run,
};

/// The corners of the triangle, of area ½.
const TRIANGLE: [[f64; 2]; 3] = [[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]];

/// The first seeds fill a triangle too.
const TRIANGLES: u64 = 20;

/// Times, and the codebook at each.
type Snapshots = Vec<(usize, Matrix<f64>)>;

struct OnTheLine {
    /// Of the first seed.
    snapshots: Snapshots,
    turns: usize,
}

struct OfTriangle {
    snapshots: Snapshots,
    quantization_error: f64,
    topographic_error: f64,
    without_a_point: usize,
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let triangles = 0..context.seeds().end.min(TRIANGLES);
    let (done, total) = (AtomicU64::new(0), context.seeds().end + triangles.end);
    let progress = || context.progress(done.fetch_add(1, Ordering::Relaxed) + 1, total, "chains");
    let steps = context.sized(20_000, 5000);
    let lines = (context.seeds().into_par_iter())
        .map(|seed| {
            let line = on_the_line(&context.seeded_stream(seed, "line"), steps, seed == 0);
            progress();
            line
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let steps = context.sized(100_000, 10_000);
    let triangles = (triangles.into_par_iter())
        .map(|seed| {
            let triangle = in_the_triangle(&context.seeded_stream(seed, "triangle"), steps, seed == 0);
            progress();
            triangle
        })
        .collect::<anyhow::Result<Vec<_>>>()?;

    let turns: Vec<usize> = lines.iter().map(|line| line.turns).collect();
    let spread = |of: fn(&OfTriangle) -> f64| Spread::of(&triangles.iter().map(of).collect::<Vec<_>>());
    let quantization = spread(|triangle| triangle.quantization_error);
    let topographic = spread(|triangle| triangle.topographic_error);
    let without: usize = triangles.iter().map(|triangle| triangle.without_a_point).sum();
    let (line, triangle) = (lines.first().zip(triangles.first())).context("there must be a seed")?;
    Ok(Outcome::new()
        .metric("chains_in_order", turns.iter().filter(|turns| **turns == 0).count() as f64)
        .metric("units_out_of_order", turns.iter().sum::<usize>() as f64)
        .metric("triangle_quantization_error_median", quantization.median)
        .metric("triangle_quantization_error_of_the_worst_seed", quantization.highest)
        .metric("triangle_topographic_error_median", topographic.median)
        .metric("triangle_units_without_a_point", without as f64)
        .figure(figure(&line.snapshots, triangle))
        .note(
            "In the triangle about one point in seven has its best two units in different folds of the chain: a line cannot \
             keep all the neighbors of a plane.",
        ))
}

/// A chain of 50 units on [0, 1].
fn on_the_line(stream: &Stream, steps: usize, watched: bool) -> anyhow::Result<OnTheLine> {
    let mut codebook = Matrix::zeros(1, 50);
    stream.named("codebook").fill_uniform(codebook.as_mut_slice(), 0.0, 1.0);
    let points = uniform_cube(1, steps, &mut stream.named("points"));
    let times: &[usize] = if watched { &[0, 20, 100, 1000] } else { &[] };
    let (map, snapshots) = learn(codebook, &points, times)?;
    Ok(OnTheLine { snapshots, turns: turns(map.codebook()) })
}

/// A chain of 100 units in the triangle.
fn in_the_triangle(stream: &Stream, steps: usize, watched: bool) -> anyhow::Result<OfTriangle> {
    let mut codebook = Matrix::zeros(2, 100);
    stream.named("codebook").fill_uniform(codebook.as_mut_slice(), 0.4, 0.5);
    let points = uniform_triangle(TRIANGLE, steps, &mut stream.named("points"));
    let times: &[usize] = if watched { &[10_000, 50_000] } else { &[] };
    let (map, snapshots) = learn(codebook, &points, times)?;
    let test = uniform_triangle(TRIANGLE, 20_000, &mut stream.named("test"));
    let quality = map.quality(&test, Adjacency::Edges)?;
    let hits = map.hits(&test)?;
    Ok(OfTriangle {
        snapshots,
        quantization_error: quality.quantization_error,
        topographic_error: quality.topographic_error,
        without_a_point: hits.iter().filter(|hits| **hits == 0.0).count(),
    })
}

/// Kohonen's rule for a chain, and the chain at these times and at the end, if there are any.
fn learn(codebook: Matrix<f64>, points: &Matrix<f64>, times: &[usize]) -> anyhow::Result<(Som<f64>, Snapshots)> {
    let (units, steps) = (codebook.ncols(), points.ncols());
    let chain = Lattice::new(1, units, Topology::Rectangular, Boundary::Planar)?;
    let beginning = Som::new(chain, codebook, Distance::Euclidean)?;
    let config = SomConfig {
        radius: Schedule::Exponential { from: SQRT_2 * units as f64 / 2.0, to: SQRT_2 / 2.0 },
        learning_rate: Schedule::Exponential { from: 0.5, to: 0.01 },
        algorithm: Algorithm::Online { shuffle: false },
        epochs: 1,
        ..SomConfig::new(chain)
    };
    let mut snapshots = Snapshots::new();
    if !times.is_empty() {
        let mut map = beginning.clone();
        for (step, x) in points.column_iter().enumerate() {
            if times.contains(&step) {
                snapshots.push((step, map.codebook().clone()));
            }
            let (radius, learning_rate) = (config.radius.value(step, steps), config.learning_rate.value(step, steps));
            map.adapt(x.as_slice(), Neighborhood::Gaussian, radius, learning_rate)?;
        }
        snapshots.push((steps, map.codebook().clone()));
    }
    // Nothing is drawn: the points come in their order.
    let mut training = config.resume(points, Stream::new(0), beginning, 0)?;
    training.try_for_each(|epoch| epoch.map(drop))?;
    Ok((training.into_model(), snapshots))
}

/// How many steps along the chain go the other way than most.
fn turns(codebook: &Matrix<f64>) -> usize {
    let up = codebook.as_slice().windows(2).filter(|pair| pair[0] < pair[1]).count();
    up.min(codebook.len() - 1 - up)
}

fn figure(line: &Snapshots, triangle: &OfTriangle) -> Figure {
    let of_time = |(time, codebook): &(usize, Matrix<f64>)| {
        let units = (1..=codebook.len()).map(|unit| unit as f64).collect();
        Line::new(format!("t = {time}"), units, codebook.as_slice().to_vec())
    };
    let order = Curve {
        title: "Chain of 50 on a line".to_owned(),
        lines: line.iter().map(of_time).collect(),
        x: Axis { ticks: Ticks::Whole, ..Axis::new("unit") },
        y: Axis { range: Some((0.0, 1.0)), ..Axis::new("reference vector") },
        ..Curve::default()
    };
    let axis = |label: &str| Axis { range: Some((0.0, 1.0)), ticks: Ticks::at(&[0.0, 0.5, 1.0]), ..Axis::new(label) };
    let fill = |(time, codebook): &(usize, Matrix<f64>)| LatticePlot {
        title: format!("Chain of 100 in a triangle, t = {time}"),
        x: axis("x₁"),
        y: axis("x₂"),
        ..LatticePlot::new(codebook.clone(), (1..codebook.ncols()).map(|unit| (unit - 1, unit)).collect())
    };
    let panels = std::iter::once(order.into()).chain(triangle.snapshots.iter().map(|snapshot| fill(snapshot).into()));
    Figure::grid(2, panels.collect())
}
