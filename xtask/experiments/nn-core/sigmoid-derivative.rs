//! Slide 62: the slope of the sigmoid is at most a quarter, and what that means for a chain of layers.

use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::Activation;
use plot::{Axis, Curve, Figure, Line, LineStyle, Marker, Note, Ticks};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "sigmoid-derivative",
    slides: &[62],
    title: "The slope of the sigmoid",
    title_japanese: "シグモイド関数の微分",
    source: "Lecture, slide 62",
    claim: "h′(a) = h(a)(1 − h(a)) has its maximum ¼ at a = 0, so ten layers pass on at most 0.25¹⁰ of a delta if |w| ≤ 1.",
    equations: &["sigmoid", "sigmoid-slope"],
    assumptions: &[
        "the slide leaves the weights out: the factor of a layer is h′(a) w, and the bound 0.25ᴸ holds for |w| ≤ 1 only",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[Reported {
        metric: "largest_slope",
        value: "0.25",
        agrees: Some(0.25..=0.25),
        confidence: Confidence::Read,
    }],
    expected: &[],
    // Powers of two: exact in binary.
    invariants: &[
        ("largest_slope", 0.25..=0.25),
        ("largest_slope_at", 0.0..=0.0),
        ("slope_at_6", 0.002_466_509_2..=0.002_466_509_3),
        ("largest_factor_of_ten_layers_of_weight_1", 9.536_743_164_062_5e-7..=9.536_743_164_062_5e-7),
        ("weight_at_which_the_bound_no_longer_shrinks", 4.0..=4.0),
    ],
    run,
};

fn run(_: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let a: Vec<f64> = (-600..=600).map(|step| f64::from(step) / 100.0).collect();
    let slopes: Vec<f64> = a.iter().map(|&a| Activation::Sigmoid.derivative(a)).collect();
    let steepest = (0..a.len()).fold(0, |best, k| if slopes[k] > slopes[best] { k } else { best });
    let values = a.iter().map(|&a| Activation::Sigmoid.value(a)).collect();
    let curves = Curve {
        title: "one unit".to_owned(),
        lines: vec![
            Line::new("h(a)", a.clone(), values),
            Line { style: LineStyle::Dashed, ..Line::new("h′(a)", a.clone(), slopes.clone()) },
        ],
        notes: vec![Note::new(0.0, slopes[steepest], "¼")],
        x: Axis::new("net input a"),
        y: Axis { range: Some((0.0, 1.05)), ..Axis::new("output h and slope h′") },
        ..Curve::default()
    };
    let markers = [Marker::Circle, Marker::Square, Marker::Triangle];
    let chain = |(weight, marker): (f64, Marker)| {
        let layers = (1..=10).map(f64::from).collect();
        let name = format!("|w| = {weight}");
        Line { marker: Some(marker), ..Line::new(name, layers, factors(slopes[steepest] * weight)) }
    };
    let bounds = Curve {
        title: "L layers: at most (¼ |w|)ᴸ".to_owned(),
        lines: [1.0, 2.0, 4.0].into_iter().zip(markers).map(chain).collect(),
        x: Axis { ticks: Ticks::Whole, ..Axis::new("layers L") },
        y: Axis { log: true, ..Axis::new("largest factor of a delta") },
        ..Curve::default()
    };
    let ten = factors(slopes[steepest]).last().copied().unwrap_or(f64::NAN);
    Ok(Outcome::new()
        .metric("largest_slope", slopes[steepest])
        .metric("largest_slope_at", a[steepest])
        .metric("slope_at_6", Activation::Sigmoid.derivative(6.0))
        .metric("largest_factor_of_ten_layers_of_weight_1", ten)
        .metric("weight_at_which_the_bound_no_longer_shrinks", 1.0 / slopes[steepest])
        .figure(Figure::grid(2, vec![curves.into(), bounds.into()])))
}

/// f, f², ... f¹⁰
fn factors(of_a_layer: f64) -> Vec<f64> {
    std::iter::successors(Some(of_a_layer), |factor| Some(factor * of_a_layer)).take(10).collect()
}
