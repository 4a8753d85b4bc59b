//! Slide 51: the five activation functions as curves, with the values by which each is known.

use experiment::{Context, Data, Experiment, Outcome, Seeds};
use nn_core::Activation;
use plot::{Axis, Curve, Figure, Line};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "activations",
    slides: &[51],
    title: "Activation functions",
    title_japanese: "活性化関数",
    source: "Lecture, slide 51; Hendrycks and Gimpel (2016), arXiv:1606.08415 (GELU); Maas et al. (2013) (leaky ReLU)",
    claim: "Sigmoid and tanh saturate on both sides, ReLU and leaky ReLU bend at zero, GELU dips once below zero.",
    equations: &["sigmoid", "tanh", "relu", "leaky-relu", "gelu"],
    assumptions: &[
        "the slide leaves the slope of leaky ReLU open: 0.01 in the numbers, 0.1 in the picture so that it can be seen",
        "the argument of erf in GELU is x/√2; the slide's formula is garbled there",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[],
    expected: &[],
    invariants: &[
        ("sigmoid_at_0", 0.5..=0.5),
        ("tanh_at_0", 0.0..=0.0),
        ("relu_at_minus_1", 0.0..=0.0),
        ("leaky_relu_at_minus_1", -0.01..=-0.01),
        ("gelu_at_1", 0.841_344_746_0..=0.841_344_746_1),
        ("gelu_minimum", -0.169_971_207_6..=-0.169_971_207_4),
        ("gelu_minimum_at", -0.751_791_6..=-0.751_791_4),
        ("largest_slope_error", 0.0..=1e-9),
    ],
    run,
};

const NAMED: [(&str, Activation); 5] = [
    ("sigmoid", Activation::Sigmoid),
    ("tanh", Activation::Tanh),
    ("ReLU", Activation::Relu),
    ("leaky ReLU", Activation::LEAKY_RELU),
    ("GELU", Activation::Gelu),
];

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let half = context.sized(400, 100);
    let a: Vec<f64> = (-half..=half).map(|step| 4.0 * f64::from(step) / f64::from(half)).collect();
    let drawn = |activation| {
        if activation == Activation::LEAKY_RELU { Activation::LeakyRelu { slope: 0.1 } } else { activation }
    };
    let line = |(name, activation): &(&str, Activation)| {
        Line::new(*name, a.clone(), a.iter().map(|&a| drawn(*activation).value(a)).collect())
    };
    let figure = Figure::new(Curve {
        lines: NAMED.iter().map(line).collect(),
        x: Axis::new("net input a"),
        y: Axis { range: Some((-1.2, 4.0)), ..Axis::new("output h(a)") },
        ..Curve::default()
    });
    let lowest = gelu_minimum();
    Ok(Outcome::new()
        .metric("sigmoid_at_0", Activation::Sigmoid.value(0.0))
        .metric("tanh_at_0", Activation::Tanh.value(0.0))
        .metric("tanh_at_4", Activation::Tanh.value(4.0))
        .metric("relu_at_minus_1", Activation::Relu.value(-1.0))
        .metric("leaky_relu_at_minus_1", Activation::LEAKY_RELU.value(-1.0))
        .metric("gelu_at_1", Activation::Gelu.value(1.0))
        .metric("gelu_minimum", Activation::Gelu.value(lowest))
        .metric("gelu_minimum_at", lowest)
        .metric("largest_slope_error", largest_slope_error(&a))
        .figure(figure))
}

/// Where h′ of GELU changes its sign, by bisection.
fn gelu_minimum() -> f64 {
    let (mut low, mut high) = (-1.0, -0.5);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if Activation::Gelu.derivative(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// Between h′ and the central difference of h, over all functions; the bend at 0 is left out.
fn largest_slope_error(a: &[f64]) -> f64 {
    const STEP: f64 = 1e-5;
    let error = |activation: Activation, a: f64| {
        let difference = (activation.value(a + STEP) - activation.value(a - STEP)) / (2.0 * STEP);
        (activation.derivative(a) - difference).abs()
    };
    let smooth = a.iter().filter(|a| a.abs() > STEP);
    smooth.flat_map(|&a| NAMED.iter().map(move |(_, activation)| error(*activation, a))).fold(0.0, f64::max)
}
