//! Slide 38: where the slope of an error curve is zero: at minima, but not only there.

use experiment::{Context, Data, Experiment, Outcome, Seeds};
use plot::{Axis, Color, Curve, Figure, Line, LineStyle, Note};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "error-curve-tangents",
    slides: &[38],
    title: "Tangents of an error curve",
    title_japanese: "誤差関数の極小",
    source: "Lecture, slide 38",
    claim: "∇E = 0 is necessary for a minimum, not sufficient: this curve is flat at four points, one is the minimum.",
    equations: &[],
    assumptions: &[
        "the slide's curve has no formula: E′(w) = (w + 2)(w + 1)(w − ½)²(w − 2), and E(2) = ⅓",
        "the slide asks for a convex E; convexity is sufficient for ∇E = 0 to be the minimum, not necessary",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[],
    expected: &[],
    // Newton's method ends where rounding stops it, far below 1e-12 even at the double zero.
    invariants: &[
        ("stationary_points", 4.0..=4.0),
        ("minima", 2.0..=2.0),
        ("maxima", 1.0..=1.0),
        ("flat_points_that_are_neither", 1.0..=1.0),
        ("largest_slope_at_a_stationary_point", 0.0..=1e-12),
        ("smallest_slope_at_the_other_tangents", 2.0..=f64::MAX),
        ("height_of_the_local_above_the_global_minimum", 8.0 / 3.0 - 1e-9..=8.0 / 3.0 + 1e-9),
    ],
    run,
};

/// Powers of w in E, w⁰ first: the integral of (w + 2)(w + 1)(w − ½)²(w − 2) = w⁵ − 19/4 w³ + ¼ w² + 3 w − 1.
const ERROR: [f64; 7] = [4.0, -1.0, 1.5, 0.25 / 3.0, -4.75 / 4.0, 0.0, 1.0 / 6.0];

/// Where the picture shows tangents that are not flat.
const ELSEWHERE: [f64; 3] = [-2.3, -1.45, 1.45];

fn run(_: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let points = stationary_points();
    let count = |kind: Kind| points.iter().filter(|point| point.kind == kind).count() as f64;
    let heights = points.iter().filter(|point| point.kind == Kind::Minimum).map(|point| polynomial(&ERROR, point.w));
    let (low, high) = heights.fold((f64::MAX, f64::MIN), |(low, high), e| (low.min(e), high.max(e)));
    let largest = points.iter().map(|point| slope(point.w).abs()).fold(0.0, f64::max);
    Ok(Outcome::new()
        .metric("stationary_points", points.len() as f64)
        .metric("minima", count(Kind::Minimum))
        .metric("maxima", count(Kind::Maximum))
        .metric("flat_points_that_are_neither", count(Kind::Neither))
        .metric("largest_slope_at_a_stationary_point", largest)
        .metric(
            "smallest_slope_at_the_other_tangents",
            ELSEWHERE.map(|w| slope(w).abs()).into_iter().fold(f64::MAX, f64::min),
        )
        .metric("height_of_the_local_above_the_global_minimum", high - low)
        .figure(figure(&points, high)))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Minimum,
    Maximum,
    Neither,
}

struct Stationary {
    w: f64,
    kind: Kind,
}

fn polynomial(powers: &[f64], w: f64) -> f64 {
    powers.iter().rev().fold(0.0, |sum, power| sum * w + power)
}

fn differentiated(powers: &[f64]) -> Vec<f64> {
    powers.iter().enumerate().skip(1).map(|(k, power)| k as f64 * power).collect()
}

/// E′(w)
fn slope(w: f64) -> f64 {
    polynomial(&differentiated(&ERROR), w)
}

/// E″(w)
fn curvature(w: f64) -> f64 {
    polynomial(&differentiated(&differentiated(&ERROR)), w)
}

/// Newton's method from many points of [−3, 3]; what it finds twice counts once. From left to right.
fn stationary_points() -> Vec<Stationary> {
    // A double zero of E′ is found to about the square root of the rounding error.
    const SAME: f64 = 1e-5;
    let mut found: Vec<f64> = Vec::new();
    for start in -60..=60 {
        let mut w = f64::from(start) / 20.0;
        for _ in 0..200 {
            if slope(w) != 0.0 && curvature(w) != 0.0 {
                w -= slope(w) / curvature(w);
            }
        }
        if slope(w).abs() < 1e-12 && !found.iter().any(|other| (other - w).abs() < SAME) {
            found.push(w);
        }
    }
    found.sort_by(f64::total_cmp);
    let kind = |w: f64| match curvature(w) {
        curvature if curvature > 1e-3 => Kind::Minimum,
        curvature if curvature < -1e-3 => Kind::Maximum,
        // E″ = 0 says nothing: the slope has the same sign on both sides here.
        _ => Kind::Neither,
    };
    found.into_iter().map(|w| Stationary { w, kind: kind(w) }).collect()
}

fn figure(points: &[Stationary], local: f64) -> Figure {
    let w: Vec<f64> = (-248..=248).map(|step| f64::from(step) / 100.0).collect();
    let curve = Line::new("E(w)", w.clone(), w.iter().map(|&w| polynomial(&ERROR, w)).collect());
    // About the same length on the page, however steep.
    let tangent = |w: f64| {
        let reach = 0.5 / (1.0 + 0.2 * slope(w) * slope(w)).sqrt();
        let ends = [w - reach, w + reach];
        (ends.to_vec(), ends.map(|end| polynomial(&ERROR, w) + slope(w) * (end - w)).to_vec())
    };
    let tangents = |name: &str, places: Vec<f64>, color, style| {
        // One line with gaps, so that the legend names it once.
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for (xs, ys) in places.into_iter().map(tangent) {
            x.extend(xs.into_iter().chain([f64::NAN]));
            y.extend(ys.into_iter().chain([f64::NAN]));
        }
        Line { color: Some(color), style, width: Some(1.2), ..Line::new(name, x, y) }
    };
    let flat = points.iter().map(|point| point.w).collect();
    let words = |point: &Stationary| match point.kind {
        Kind::Minimum if polynomial(&ERROR, point.w) >= local => "local minimum",
        Kind::Minimum => "global minimum",
        Kind::Maximum => "maximum",
        Kind::Neither => "neither: falls on both sides",
    };
    Figure::new(Curve {
        lines: vec![
            curve,
            tangents("tangent where E′(w) = 0", flat, Color::VERMILION, LineStyle::Solid),
            tangents("tangent elsewhere", ELSEWHERE.to_vec(), Color::GREEN, LineStyle::Dashed),
        ],
        notes: points.iter().map(|point| Note::new(point.w, polynomial(&ERROR, point.w), words(point))).collect(),
        x: Axis { range: Some((-2.6, 2.6)), ..Axis::new("weight w") },
        y: Axis { range: Some((-0.4, 7.2)), ..Axis::new("error E(w)") },
        ..Curve::default()
    })
}
