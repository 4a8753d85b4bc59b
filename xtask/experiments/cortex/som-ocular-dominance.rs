//! Slides 6 and 9: with a feature for the eye, lines of one orientation cross the borders between the eyes.

use crate::orientation_som::{SIGMA, Stimuli, orientation_map, plane};
use anyhow::Context as _;
use cortex::OrientationMap;
use experiment::{Confidence, Context, Data, Experiment, Format, Outcome, Reported, Seeds};
use nn_core::Matrix;
use plot::{
    Answers, Axis, Color, ColorMap, Figure, HeatMap, Histogram, Marker, PointClass, Reference, Regions, Scatter, Ticks,
    Values,
};
use rayon::prelude::*;
use std::f64::consts::{E, FRAC_PI_2, PI};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "som-ocular-dominance",
    slides: &[6, 9],
    title: "Orientation and the eyes in one map",
    title_japanese: "方位選択性と眼優位性",
    source: "Obermayer, Blasdel and Schulten (1992), Phys. Rev. A 45:7568-7589",
    claim: "A map of place, orientation and eye has stripes of either eye, pinwheels keep away from their borders, and lines of \
            one orientation cross the borders at steep angles, more often than chance.",
    equations: &["som-winner", "som-update", "som-neighborhood"],
    assumptions: &[
        "the map of `som-orientation-map` with a feature z, uniform between −1.3 z* and 1.3 z*, z* = √(3e/2) σ, and q = 1.3 q*",
        "a border is where z changes its sign; angles are those of the gradients on either side of it",
        "seen at time 16, when the map has its columns and pinwheels still annihilate slowly",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 4, quick: 1 },
    paper: &[Reported {
        metric: "share_above_60_deg",
        value: "angles of 90 deg most frequent; no number known to us, even angles would give 1/3",
        agrees: None,
        confidence: Confidence::Medium,
    }],
    // Five blocks of four other seeds: above 60 deg 0.558 ± 0.019, below 30 deg 0.176 ± 0.006, pinwheels 1.337 ± 0.038, one eye
    // 0.504 ± 0.008; three deviations.
    expected: &[
        ("share_above_60_deg", 0.50..=0.615),
        ("share_below_30_deg", 0.157..=0.195),
        ("pinwheels_from_borders_over_mean", 1.22..=1.453),
        ("share_of_one_eye", 0.48..=0.528),
    ],
    invariants: &[("share_above_60_deg", 0.0..=1.0)],
    run,
};

const TIME: f64 = 16.0;
/// q over q* and z over z*.
const ABOVE: f64 = 1.3;

struct Grown {
    orientations: OrientationMap,
    /// z of every unit; positive for one eye.
    eyes: Matrix<f64>,
    /// In degrees.
    angles: Vec<f64>,
}

impl Grown {
    fn of(side: usize, stream: &nn_core::Stream) -> anyhow::Result<Self> {
        let stimuli = Stimuli { side, orientation: ABOVE * E.sqrt() * SIGMA, eye: ABOVE * (1.5 * E).sqrt() * SIGMA };
        let maps = stimuli.trained(&[TIME], stream)?;
        let map = maps.first().context("there must be a time")?;
        let (orientations, eyes) = (orientation_map(map, side)?, plane(map, side, 6));
        let angles = orientations.crossing_angles(&eyes)?.into_iter().map(f64::to_degrees).collect();
        Ok(Self { orientations, eyes, angles })
    }

    fn share_above(&self, degrees: f64) -> f64 {
        self.angles.iter().filter(|&&angle| angle > degrees).count() as f64 / self.angles.len().max(1) as f64
    }

    /// The mean distance |z| from the border where the pinwheels are, over that of all units.
    fn away_from_borders(&self) -> f64 {
        let side = self.eyes.nrows();
        // The mean of the four units around each pinwheel.
        let around = self.orientations.pinwheels().into_iter().map(|pinwheel| {
            let (row, column) = (pinwheel.row as usize, pinwheel.column as usize);
            let corners = [(0, 0), (0, 1), (1, 0), (1, 1)];
            corners.map(|(down, right)| self.eyes[((row + down) % side, (column + right) % side)]).iter().sum::<f64>()
                / 4.0
        });
        let mean = |values: Vec<f64>| values.iter().map(|z| z.abs()).sum::<f64>() / values.len().max(1) as f64;
        mean(around.collect()) / mean(self.eyes.as_slice().to_vec())
    }
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let side = context.sized(64, 32);
    let grown = |seed: u64| Grown::of(side, &context.seeded_stream(seed, "map"));
    let maps = context.seeds().into_par_iter().map(grown).collect::<anyhow::Result<Vec<_>>>()?;
    let mean = |value: &dyn Fn(&Grown) -> f64| maps.iter().map(value).sum::<f64>() / maps.len() as f64;
    let first = maps.first().context("there must be a seed")?;
    let positive = |map: &Grown| map.eyes.iter().filter(|z| **z > 0.0).count() as f64 / map.eyes.len() as f64;
    Ok(Outcome::new()
        .metric("share_above_60_deg", mean(&|map| map.share_above(60.0)))
        .metric("share_below_30_deg", mean(&|map| 1.0 - map.share_above(30.0)))
        .metric("pinwheels_from_borders_over_mean", mean(&Grown::away_from_borders))
        .metric("share_of_one_eye", mean(&positive))
        .metric("amplitude_of_orientation", mean(&|map| map.orientations.amplitude()))
        .metric("amplitude_of_eyes", mean(&|map| (map.eyes.norm_squared() / map.eyes.len() as f64).sqrt()))
        .note(
            "Left: preferred orientation (red horizontal, cyan vertical), dots the units beside a border between the eyes, \
             crosses the pinwheels. The pictures are those of the first seed, the histogram is that of all.",
        )
        .picture("", figure(first, &maps), Format::Png))
}

fn figure(first: &Grown, maps: &[Grown]) -> Figure {
    let side = first.eyes.nrows();
    let orientations = first.orientations.orientations();
    let colors = Matrix::from_fn(side, side, |row, column| Color::hue(orientations[(side - 1 - row, column)] / PI));
    let positive = |row: usize, column: usize| first.eyes[(row % side, column % side)] > 0.0;
    let border = |row: usize, column: usize| {
        positive(row, column) != positive(row + 1, column) || positive(row, column) != positive(row, column + 1)
    };
    let places = (0..side).flat_map(|row| (0..side).map(move |column| (row, column)));
    let borders: Vec<(usize, usize)> = places.filter(|&(row, column)| border(row, column)).collect();
    let pinwheels = first.orientations.pinwheels();
    let n = side as f64;
    let axis = || Axis { range: Some((0.0, n)), ticks: Ticks::at(&[0.0, n / 2.0, n]), ..Axis::new("units") };
    let map = Scatter {
        title: "Orientation and borders".to_owned(),
        classes: vec![
            PointClass {
                color: Some(Color::BLACK),
                marker: Some(Marker::Circle),
                ..PointClass::new(
                    "border",
                    borders.iter().map(|at| at.1 as f64 + 0.5).collect(),
                    borders.iter().map(|at| n - at.0 as f64 - 0.5).collect(),
                )
            },
            PointClass {
                color: Some(Color::WHITE),
                marker: Some(Marker::Cross),
                ..PointClass::new(
                    "pinwheel",
                    pinwheels.iter().map(|pinwheel| pinwheel.column + 0.5).collect(),
                    pinwheels.iter().map(|pinwheel| n - pinwheel.row - 0.5).collect(),
                )
            },
        ],
        regions: Some(Regions { x: (0.0, n), y: (0.0, n), answers: Answers::Colors(colors) }),
        x: axis(),
        y: axis(),
        equal_aspect: true,
        ..Scatter::default()
    };
    let largest = first.eyes.amax();
    let eyes = HeatMap {
        title: "Eye".to_owned(),
        map: ColorMap::BlueRed,
        range: Some((-largest, largest)),
        color_bar: Some("z".to_owned()),
        ..HeatMap::new(first.eyes.clone())
    };
    let all: Vec<f64> = maps.iter().flat_map(|map| &map.angles).copied().collect();
    let even = all.len() as f64 / 9.0;
    let histogram = Histogram {
        title: "Angles of crossing".to_owned(),
        series: vec![Values::new("", all)],
        bins: Some(9),
        x: Axis {
            range: Some((0.0, FRAC_PI_2.to_degrees())),
            ticks: Ticks::at(&[0.0, 30.0, 60.0, 90.0]),
            ..Axis::new("angle (deg)")
        },
        y: Axis::new("units beside a border"),
        references: vec![Reference::horizontal(even, "even")],
        ..Histogram::default()
    };
    Figure::grid(3, vec![map.into(), eyes.into(), histogram.into()]).sized(1600, 560)
}
