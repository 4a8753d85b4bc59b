//! Slide 23: Rosenblatt's hope, random units whose outputs a perceptron can separate, in numbers.

use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use mlp::{Perceptron, association_unit_activity, random_hidden_layer, separable_fraction};
use nn_core::{Init, Matrix, Stream};
use plot::{Axis, Curve, Figure, Line, LineStyle, Marker, Reference, Ticks};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::f64::consts::PI;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "perceptron-random-units",
    slides: &[23],
    title: "XOR by luck: random hidden units",
    title_japanese: "ランダム結合",
    source: "Lecture, slide 23; Rosenblatt (1958), Psychol. Rev. 65:386-408; Cover (1965), IEEE Trans. EC-14:326-334",
    claim: "A perceptron that reads fixed random threshold units solves XOR with a probability that grows with their number: ½ at 8, 0.99 at 26.",
    equations: &["random-hidden-layer", "perceptron-rule"],
    assumptions: &[
        "the slide gives no distribution: weights and biases of the threshold units from the standard normal distribution",
        "the first N of 64 units serve for every N, so that a beginning that is solved with N units is solved with more",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 4000, quick: 100 },
    paper: &[
        Reported {
            metric: "separable_dichotomies_of_four_points",
            value: "Cover: 2 (C(3,0) + C(3,1) + C(3,2)) = 14",
            agrees: Some(14.0..=14.0),
            confidence: Confidence::High,
        },
        Reported {
            metric: "xor_solvable_with_32_units",
            value: "no number",
            agrees: None,
            confidence: Confidence::Read,
        },
    ],
    // The exact probabilities are 0.0149, 0.53 and 0.99786; of 4000 draws a share has a standard error of 0.0019, 0.0079 and
    // 0.0007: four of them on both sides. Shares of 100,000 units are off by 0.0016 at most, one standard error.
    expected: &[
        ("xor_solvable_with_2_units", 0.0072..=0.0226),
        ("xor_solvable_with_8_units", 0.499..=0.563),
        ("xor_solvable_with_32_units", 0.99..=1.0),
        ("largest_deviation_in_standard_errors", 0.0..=4.0),
        ("association_units_largest_deviation", 0.0..=0.0064),
    ],
    invariants: &[
        ("xor_solvable_with_1_unit", 0.0..=0.0),
        ("perceptrons_that_disagree_with_the_test", 0.0..=0.0),
        ("separable_dichotomies_of_four_points", 14.0..=14.0),
        ("point_sets_that_disagree_with_cover", 0.0..=0.0),
    ],
    run,
};

const UNITS: usize = 64;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let points = datasets::xor::<f64>().inputs;
    let codes = |seed: u64| -> anyhow::Result<Matrix<f64>> {
        let layer = random_hidden_layer(2, UNITS, Init::Normal(1.0), &mut context.seeded_stream(seed, "units"))?;
        Ok(layer.outputs(&points)?)
    };
    let needed: Vec<Option<usize>> =
        context.seeds().into_par_iter().map(|seed| Ok(units_needed(&codes(seed)?))).collect::<anyhow::Result<_>>()?;
    let draws = needed.len() as f64;
    let solvable = |units: usize| needed.iter().flatten().filter(|needed| **needed <= units).count() as f64 / draws;
    let measured: Vec<f64> = (1..=UNITS).map(solvable).collect();
    let exact: Vec<f64> = (1..=UNITS).map(|units| exact_probability(units as i32)).collect();
    let deviation = |(measured, exact): (&f64, &f64)| match exact * (1.0 - exact) / draws {
        variance if variance > 0.0 => (measured - exact).abs() / variance.sqrt(),
        _ => 0.0,
    };
    // The normal approximation needs a few draws on both sides.
    let inner = |exact: f64| draws * exact.min(1.0 - exact) > 10.0;
    let deviations = measured.iter().zip(&exact).filter(|(_, exact)| inner(**exact)).map(deviation);
    let disagreements = (0..context.sized(300, 30)).map(|seed| {
        let needed = needed.get(seed as usize).copied().flatten();
        Ok(usize::from(!perceptrons_agree(&codes(seed)?, needed)?))
    });
    let disagreements = disagreements.collect::<anyhow::Result<Vec<_>>>()?.into_iter().sum::<usize>();

    let stream = context.stream("dichotomies");
    let cover: Vec<(usize, Vec<usize>)> =
        (1..=12).map(|points| (points, (0..20).map(|k| dichotomies(points, &stream.at(k))).collect())).collect();
    let expected = |points: usize| separable_fraction(points, 3) * f64::from(1 << points);
    let wrong = |(points, counts): &(usize, Vec<usize>)| {
        counts.iter().filter(|count| **count as f64 != expected(*points)).count()
    };
    let of_four = cover.iter().find(|(points, _)| *points == 4).map_or(0, |(_, counts)| counts[0]);
    let retina = retina(&context.stream("retina"), context.sized(100_000, 2000));
    let enough =
        |probability: f64| exact.iter().position(|p| *p >= probability).map_or(f64::NAN, |index| index as f64 + 1.0);
    let largest = |deviations: &mut dyn Iterator<Item = f64>| deviations.fold(0.0, f64::max);

    Ok(Outcome::new()
        .metric("xor_solvable_with_1_unit", measured[0])
        .metric("xor_solvable_with_2_units", measured[1])
        .metric("xor_solvable_with_8_units", measured[7])
        .metric("xor_solvable_with_16_units", measured[15])
        .metric("xor_solvable_with_32_units", measured[31])
        .metric("exact_probability_with_32_units", exact[31])
        .metric("units_for_an_exact_probability_of_one_half", enough(0.5))
        .metric("units_for_an_exact_probability_of_0_99", enough(0.99))
        .metric("largest_deviation_in_standard_errors", largest(&mut deviations.into_iter()))
        .metric("perceptrons_that_disagree_with_the_test", disagreements as f64)
        .metric("separable_dichotomies_of_four_points", of_four as f64)
        .metric("point_sets_that_disagree_with_cover", cover.iter().map(wrong).sum::<usize>() as f64)
        .metric("association_units_largest_deviation", largest(&mut retina.iter().map(Retina::deviation)))
        .figure(
            Figure::grid(
                3,
                vec![luck(&measured, &exact).into(), cover_panel(&cover).into(), retina_panel(&retina).into()],
            )
            .sized(1500, 520),
        )
        .note(
            "A random line leaves all four points of XOR on one side with probability 0.55, and no single line tells \
             anything about XOR; what is needed are two units that disagree, and luck. Backpropagation does with two \
             units what luck does with 26.",
        )
        .note(
            "Whether the codes are separable is decided exactly: they are not when the segments 00-11 and 01-10 of the \
             code space share a point, and units whose outputs are 0 or 1 leave only nine candidates for it. The exact \
             curve follows from the solid angles of the fourteen kinds of units.",
        ))
}

/// How many of the units, taken in their order, make the four codes (columns 00, 01, 10, 11) separable as XOR.
///
/// Two classes are separable when their convex hulls are disjoint: here the segments s z₀₀ + (1−s) z₁₁ and t z₀₁ + (1−t) z₁₀.
/// A unit with outputs 0 and 1 allows s ∈ {0, 1}, t ∈ {0, 1}, s = t or s + t = 1, so that a common point, if there is one,
/// exists with s and t among 0, ½ and 1.
fn units_needed(codes: &Matrix<f64>) -> Option<usize> {
    let mut common = CANDIDATES.to_vec();
    for (index, z) in codes.row_iter().enumerate() {
        common.retain(|[s, t]| s * z[0] + (1.0 - s) * z[3] == t * z[1] + (1.0 - t) * z[2]);
        if common.is_empty() {
            return Some(index + 1);
        }
    }
    None
}

const CANDIDATES: [[f64; 2]; 9] =
    [[0.0, 0.0], [0.0, 0.5], [0.0, 1.0], [0.5, 0.0], [0.5, 0.5], [0.5, 1.0], [1.0, 0.0], [1.0, 0.5], [1.0, 1.0]];

/// The probability that so many units make XOR separable, from the solid angles of the kinds of units.
///
/// A unit (w₁, w₂, b) points anywhere with equal probability. The directions in which it answers to one corner alone form a
/// spherical triangle; its angles give the area. With β = arctan(1/√2): corner 00 (or all but 00) has probability 1/12, 01
/// and 10 β/π − 1/8 each, 11 β/π − 1/6, either axis 7/24 − β/π.
fn exact_probability(units: i32) -> f64 {
    const BETA: f64 = 0.615_479_708_670_387_3;
    let share = BETA / PI;
    // Probability, and outputs at 00, 01, 10, 11 (or all of them turned around).
    let kinds = [
        (1.0 / 12.0, [1.0, 0.0, 0.0, 0.0]),
        (share - 0.125, [0.0, 1.0, 0.0, 0.0]),
        (share - 0.125, [0.0, 0.0, 1.0, 0.0]),
        (share - 1.0 / 6.0, [0.0, 0.0, 0.0, 1.0]),
        (7.0 / 24.0 - share, [0.0, 0.0, 1.0, 1.0]),
        (7.0 / 24.0 - share, [0.0, 1.0, 0.0, 1.0]),
    ];
    let constant = 1.0 - kinds.iter().map(|(probability, _)| probability).sum::<f64>();
    let members =
        |set: usize| kinds.iter().enumerate().filter(move |(kind, _)| set >> kind & 1 == 1).map(|(_, kind)| kind);
    let allows = |[s, t]: [f64; 2], set: usize| {
        members(set).all(|(_, z)| s * z[0] + (1.0 - s) * z[3] == t * z[1] + (1.0 - t) * z[2])
    };
    let sets = 0..1_usize << kinds.len();
    let unsolvable = sets.clone().filter(|set| CANDIDATES.iter().any(|candidate| allows(*candidate, *set)));
    // That exactly the kinds of a set occur (and constant units): inclusion and exclusion over its subsets.
    let exactly = |set: usize| {
        let subsets = sets.clone().filter(move |subset| subset & !set == 0);
        let term = |subset: usize| {
            let probability = constant + members(subset).map(|(probability, _)| probability).sum::<f64>();
            let sign = if (set ^ subset).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
            sign * std::iter::repeat_n(probability, units as usize).product::<f64>()
        };
        subsets.map(term).sum::<f64>()
    };
    1.0 - unsolvable.map(exactly).sum::<f64>()
}

/// A perceptron on the codes ends without mistakes with the units needed, and not with one fewer.
fn perceptrons_agree(codes: &Matrix<f64>, needed: Option<usize>) -> anyhow::Result<bool> {
    /// The end of patience, not a proof: the proof is the exact test.
    const PATIENCE: usize = 2000;
    let learns = |units: usize| -> anyhow::Result<bool> {
        let codes = codes.rows(0, units).into_owned();
        let training = Perceptron::training(&codes, &[false, true, true, false], 1.0)?;
        Ok(training.take(PATIENCE).any(|epoch| epoch.mistakes == 0))
    };
    let Some(needed) = needed else { return Ok(!learns(codes.nrows())?) };
    Ok(learns(needed)? && (needed == 1 || !learns(needed - 1)?))
}

/// The number of ways a line divides so many random points of the plane, counted one by one: a line can be moved until it
/// meets two points, and turned a little so that either is on either side.
fn dichotomies(points: usize, stream: &Stream) -> usize {
    let mut stream = stream.clone();
    let points: Vec<(f64, f64)> = (0..points).map(|_| (stream.normal(), stream.normal())).collect();
    let all = (1_u32 << points.len()) - 1;
    let mut found = BTreeSet::from([0, all]);
    if points.len() == 1 {
        return found.len();
    }
    for (i, a) in points.iter().enumerate() {
        for (j, b) in points.iter().enumerate().skip(i + 1) {
            let left = |c: &(f64, f64)| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0) > 0.0;
            let others = points.iter().enumerate().filter(|(k, c)| *k != i && *k != j && left(c));
            let others: u32 = others.map(|(k, _)| 1 << k).sum();
            for side in [0, 1 << i, 1 << j, 1 << i | 1 << j] {
                found.extend([others | side, all ^ (others | side)]);
            }
        }
    }
    found.len()
}

/// Rosenblatt's association units: the fraction of the retina that is lit against the fraction of units that answer.
struct Retina {
    name: &'static str,
    lit: Vec<f64>,
    exact: Vec<f64>,
    counted: Vec<f64>,
}

impl Retina {
    fn deviation(&self) -> f64 {
        self.exact.iter().zip(&self.counted).map(|(exact, counted)| (exact - counted).abs()).fold(0.0, f64::max)
    }
}

fn retina(stream: &Stream, units: u32) -> Vec<Retina> {
    let kinds =
        [("x = 5, y = 5, θ = 2", 5, 5, 2), ("x = 10, y = 0, θ = 4", 10, 0, 4), ("x = 7, y = 3, θ = 1", 7, 3, 1)];
    let of_kind = |(name, excitatory, inhibitory, threshold): (&'static str, usize, usize, usize)| {
        let lit: Vec<f64> = (0..=10).map(|step| f64::from(step) / 10.0).collect();
        let exact = lit.iter().map(|lit| association_unit_activity(excitatory, inhibitory, threshold, *lit)).collect();
        let count = |(position, fraction): (usize, &f64)| {
            let mut stream = stream.named(name).at(position as u64);
            let mut on = |origins: usize| (0..origins).filter(|_| stream.uniform() < *fraction).count();
            let answers = (0..units).filter(|_| on(excitatory) >= on(inhibitory) + threshold).count();
            answers as f64 / f64::from(units)
        };
        let counted = lit.par_iter().enumerate().map(count).collect();
        Retina { name, lit, exact, counted }
    };
    kinds.into_iter().map(of_kind).collect()
}

fn dots(name: &str, x: Vec<f64>, y: Vec<f64>, marker: Marker) -> Line {
    Line { style: LineStyle::Hidden, marker: Some(marker), ..Line::new(name, x, y) }
}

fn luck(measured: &[f64], exact: &[f64]) -> Curve {
    let units: Vec<f64> = (1..=UNITS).map(|units| units as f64).collect();
    let shown = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64];
    let at = shown.iter().map(|units| f64::from(*units)).collect();
    let values = shown.iter().map(|units| measured[*units as usize - 1]).collect();
    Curve {
        title: "XOR through random units".to_owned(),
        lines: vec![Line::new("exact", units, exact.to_vec()), dots("measured", at, values, Marker::Circle)],
        x: Axis { log: true, ticks: Ticks::at(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]), ..Axis::new("random units") },
        y: Axis { range: Some((-0.03, 1.05)), ..Axis::new("P(separable)") },
        ..Curve::default()
    }
}

fn cover_panel(counted: &[(usize, Vec<usize>)]) -> Curve {
    let curve = |(dimensions, style): (usize, LineStyle)| {
        let points: Vec<usize> = (1..=4 * dimensions).collect();
        let x = points.iter().map(|points| *points as f64 / dimensions as f64).collect();
        let y = points.iter().map(|points| separable_fraction(*points, dimensions)).collect();
        Line { style, ..Line::new(format!("N = {dimensions}"), x, y) }
    };
    let mut lines: Vec<Line> =
        [(3, LineStyle::Solid), (10, LineStyle::Dashed), (100, LineStyle::Dotted)].into_iter().map(curve).collect();
    let x = counted.iter().map(|(points, _)| *points as f64 / 3.0).collect();
    let y = counted.iter().map(|(points, counts)| counts[0] as f64 / f64::from(1 << points)).collect();
    lines.push(Line {
        color: lines[0].color.or(Some(plot::Color::category(0))),
        ..dots("counted, N = 3", x, y, Marker::Circle)
    });
    Curve {
        title: "Cover: separable dichotomies".to_owned(),
        lines,
        x: Axis::new("points per dimension, p / N"),
        y: Axis { range: Some((-0.03, 1.05)), ..Axis::new("fraction separable") },
        references: vec![Reference::horizontal(0.5, "½ at p = 2N")],
        ..Curve::default()
    }
}

fn retina_panel(retina: &[Retina]) -> Curve {
    let mut lines = Vec::new();
    let styles = [LineStyle::Solid, LineStyle::Dashed, LineStyle::Dotted];
    for (kind, style) in retina.iter().zip(styles) {
        lines.push(Line { style, ..Line::new(kind.name, kind.lit.clone(), kind.exact.clone()) });
    }
    for (index, kind) in retina.iter().enumerate() {
        let color = Some(plot::Color::category(index));
        let name = if index == 0 { "counted" } else { "" };
        lines.push(Line { color, ..dots(name, kind.lit.clone(), kind.counted.clone(), Marker::category(index)) });
    }
    Curve {
        title: "Rosenblatt: who answers".to_owned(),
        lines,
        x: Axis::new("fraction of the retina lit, R"),
        y: Axis { range: Some((-0.03, 1.05)), ..Axis::new("P(unit answers)") },
        ..Curve::default()
    }
}
