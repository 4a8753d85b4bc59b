//! Slide 40: gradient descent on a parabola: the steps shrink, overshoot or grow, by the learning rate alone.

use experiment::{Context, Data, Experiment, Outcome, Seeds};
use nn_core::GradientDescent;
use plot::{Axis, Curve, Figure, Line, Marker};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "gradient-descent-1d",
    slides: &[40],
    title: "Gradient descent on a curve",
    title_japanese: "勾配降下法",
    source: "Lecture, slide 40",
    claim: "On E(w) = ½ λ w² every step multiplies w by 1 − ηλ: the steps shrink for η below 2/λ and grow above it.",
    equations: &["gradient-step"],
    assumptions: &[
        "the slide's curve has no formula: a parabola with λ = 2, started at w = 1",
        "the slide says that the steps always shrink; that holds below η = 2/λ, and the third path shows the other side",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[],
    expected: &[],
    invariants: &[
        ("factor_of_a_small_rate", 0.6 - 1e-9..=0.6 + 1e-9),
        ("factor_of_an_overshooting_rate", 0.8 - 1e-9..=0.8 + 1e-9),
        ("factor_of_a_large_rate", 1.1 - 1e-9..=1.1 + 1e-9),
        ("largest_converging_rate_times_curvature", 2.0 - 1e-9..=2.0 + 1e-9),
    ],
    run,
};

/// λ, the second derivative of E.
const CURVATURE: f64 = 2.0;
const START: f64 = 1.0;
const STEPS: usize = 8;

fn run(_: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let paths = [("η = 0.4/λ", 0.4), ("η = 1.8/λ", 1.8), ("η = 2.1/λ", 2.1)]
        .map(|(name, rate)| (name, path(rate / CURVATURE, STEPS)));
    let factors = paths.each_ref().map(|(_, path)| largest_factor(path));
    let w: Vec<f64> = (-220..=220).map(|step| f64::from(step) / 100.0).collect();
    let curve = Line { width: Some(0.8), ..Line::new("E(w)", w.clone(), w.iter().map(|&w| error(w)).collect()) };
    let trajectory = |(name, path): &(&str, Vec<f64>)| Line {
        marker: Some(Marker::Circle),
        ..Line::new(*name, path.clone(), path.iter().map(|&w| error(w)).collect())
    };
    let figure = Figure::new(Curve {
        lines: std::iter::once(curve).chain(paths.iter().map(trajectory)).collect(),
        x: Axis::new("weight w"),
        y: Axis::new("error E(w)"),
        ..Curve::default()
    });
    Ok(Outcome::new()
        .metric("factor_of_a_small_rate", factors[0])
        .metric("factor_of_an_overshooting_rate", factors[1])
        .metric("factor_of_a_large_rate", factors[2])
        .metric("largest_converging_rate_times_curvature", CURVATURE * largest_converging_rate())
        .figure(figure))
}

fn error(w: f64) -> f64 {
    0.5 * CURVATURE * w * w
}

/// The weight before the first step and after each.
fn path(learning_rate: f64, steps: usize) -> Vec<f64> {
    let rule = GradientDescent::new(learning_rate);
    let mut w = [START];
    let mut path = vec![START];
    for _ in 0..steps {
        let gradient = [CURVATURE * w[0]];
        rule.step(&mut w, &gradient);
        path.push(w[0]);
    }
    path
}

/// The largest ratio of one distance from the minimum to the one before.
fn largest_factor(path: &[f64]) -> f64 {
    path.windows(2).map(|pair| (pair[1] / pair[0]).abs()).fold(0.0, f64::max)
}

/// By bisection: a rate converges if the weight comes nearer to the minimum.
fn largest_converging_rate() -> f64 {
    let (mut low, mut high) = (0.0, 10.0 / CURVATURE);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let end = path(middle, STEPS).last().copied().unwrap_or(START);
        if end.abs() < START { low = middle } else { high = middle }
    }
    low
}
