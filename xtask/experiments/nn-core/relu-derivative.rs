//! Slide 63: ReLU and its slope, 1 or 0, and the point where the two meet.

use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::Activation;
use plot::{Axis, Color, Curve, Figure, Line, LineStyle, Note};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "relu-derivative",
    slides: &[63],
    title: "The slope of ReLU",
    title_japanese: "ReLU の微分",
    source: "Lecture, slide 63",
    claim: "The slope of ReLU is 1 for every positive net input: along active units a delta passes any depth unchanged.",
    equations: &["relu", "relu-slope"],
    assumptions: &["at a = 0 there is no slope: the slide takes 1, this library 0 as most others do"],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[
        Reported { metric: "slope_just_above_0", value: "1", agrees: Some(1.0..=1.0), confidence: Confidence::Read },
        Reported { metric: "slope_just_below_0", value: "0", agrees: Some(0.0..=0.0), confidence: Confidence::Read },
        Reported { metric: "slope_at_0", value: "1 (a convention)", agrees: None, confidence: Confidence::Read },
    ],
    expected: &[],
    invariants: &[
        ("slope_just_above_0", 1.0..=1.0),
        ("slope_just_below_0", 0.0..=0.0),
        ("slope_at_0", 0.0..=0.0),
        ("factor_of_ten_active_layers_of_weight_1", 1.0..=1.0),
    ],
    run,
};

fn run(_: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let slope = |a: f64| Activation::Relu.derivative(a);
    let a: Vec<f64> = (-400..=400).map(|step| f64::from(step) / 100.0).collect();
    let value: Vec<f64> = a.iter().map(|&a| Activation::Relu.value(a)).collect();
    // A gap at 0: the slope jumps there.
    let slopes: Vec<f64> = a.iter().map(|&a| if a == 0.0 { f64::NAN } else { slope(a) }).collect();
    let sigmoid: Vec<f64> = a.iter().map(|&a| Activation::Sigmoid.derivative(a)).collect();
    let figure = Figure::new(Curve {
        lines: vec![
            Line::new("h(a) = ReLU", a.clone(), value),
            Line { style: LineStyle::Dashed, width: Some(1.4), ..Line::new("h′(a)", a.clone(), slopes) },
            Line {
                style: LineStyle::Dotted,
                color: Some(Color::GREEN),
                ..Line::new("h′(a) of the sigmoid", a, sigmoid)
            },
        ],
        notes: vec![Note::new(0.0, slope(0.0), "h′(0) = 0 here"), Note::new(0.0, 1.0, "h′(0) = 1 on the slide")],
        x: Axis::new("net input a"),
        y: Axis { range: Some((-0.2, 3.0)), ..Axis::new("output h and slope h′") },
        ..Curve::default()
    });
    Ok(Outcome::new()
        .metric("slope_just_above_0", slope(f64::MIN_POSITIVE))
        .metric("slope_just_below_0", slope(-f64::MIN_POSITIVE))
        .metric("slope_at_0", slope(0.0))
        .metric("factor_of_ten_active_layers_of_weight_1", (0..10).map(|_| slope(1.0)).product())
        .figure(figure))
}
