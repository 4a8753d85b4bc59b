//! Slides 9 and 11: cells of one orientation come to lie together in von der Malsburg's cortex.

use anyhow::Context as _;
use cortex::{CorticalDynamics, Malsburg1973Config, MalsburgCortex, Normalization, TuningCurve, malsburg_bars};
use experiment::statistics::median;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Boundary, Hexagon, Lattice, Matrix, Stream, Topology};
use plot::{CellMap, Color, Figure, Glyph, Panel};
use rayon::prelude::*;
use std::f64::consts::PI;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "vdm1973-map",
    slides: &[9, 11],
    title: "Von der Malsburg's map of 1973",
    title_japanese: "フォン・デア・マルスブルクの方位地図",
    source: "Von der Malsburg (1973), Kybernetik 14:85-100",
    claim: "Shown nine bars twenty times, cells that excite their neighbors and inhibit those farther away become selective for \
            an orientation, and neighbors for similar ones; without the excitation the order does not come.",
    equations: &[],
    assumptions: &[
        "parameters as in a re-implementation of 2007 that agrees with memory of the paper; the paper's body was not read",
        "selectivity and order are those of the afferent weights: through the lateral connections even an untrained cortex \
         looks ordered",
        "the stimuli come in the order of their angles; weights are scaled back after every stimulus or after every sweep",
        "noisy background: retinal cells beside the bar are on with probability 1/10, their activity 1/2",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 10, quick: 1 },
    paper: &[
        Reported {
            metric: "neighbor_difference_deg",
            value: "cells of same and similar sensitivity in clusters; no number, chance is 45 deg",
            agrees: Some(0.0..=35.0),
            confidence: Confidence::Read,
        },
        Reported {
            metric: "orientation_index",
            value: "after twenty presentations \"sensitive to only one orientation\"; no number",
            agrees: None,
            confidence: Confidence::Read,
        },
        Reported {
            metric: "stimuli_per_responding_cell",
            value: "one orientation a cell",
            agrees: Some(1.0..=1.5),
            confidence: Confidence::Read,
        },
    ],
    // Over 200 seeds, scaled back by stimulus / by sweep: index 0.340 ± 0.010 (0.313 to 0.367) / 0.353 ± 0.010 (0.326 to 0.383),
    // difference of neighbors 30.0 ± 1.0 (27.5 to 32.5) / 29.3 ± 1.0 (26.4 to 31.8), responding cells 153 ± 4 (141 to 162) /
    // 156 ± 5 (145 to 167), always all nine orientations. Without excitation 44.9 ± 1.3 (40.5 to 47.8), untrained 45.1 ± 1.4.
    expected: &[
        ("orientation_index_least", 0.31..=0.35),
        ("orientation_index_largest", 0.35..=0.385),
        ("neighbor_difference_deg_largest", 29.0..=33.0),
        ("responding_cells_least", 140.0..=154.0),
        ("orientations_represented_least", 9.0..=9.0),
        // Of 100 seeds 95 are within the bands after 20 sweeps and 99 after 40, either way of scaling back.
        ("seeds_within_the_bands", 8.0..=10.0),
        ("seeds_within_the_bands_after_40_sweeps", 9.0..=10.0),
        ("neighbor_difference_deg_without_excitation", 43.2..=46.6),
        ("neighbor_difference_deg_without_lateral", 43.2..=46.6),
        ("neighbor_difference_deg_with_noise_largest", 27.0..=36.0),
        ("neighbor_difference_deg_repaired_largest", 27.0..=36.0),
    ],
    invariants: &[
        ("orientations_represented_least", 9.0..=9.0),
        ("neighbor_difference_deg_without_inhibition", 0.0..=2.0),
    ],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let (bars, angles) = malsburg_bars();
    let published = Malsburg1973Config::PUBLISHED;
    let measure = |cortex: &MalsburgCortex| Measured::of(cortex, &bars, &angles);
    let of_seed = |seed: u64| -> anyhow::Result<Seed> {
        let stream = context.seeded_stream(seed, "cortex");
        let with = |dynamics: CorticalDynamics| Malsburg1973Config { dynamics, ..published }.fit(&bars, stream.clone());
        let dynamics = CorticalDynamics::PUBLISHED;
        let before = published.initialize(&stream)?;
        let after = published.fit(&bars, stream.clone())?;
        let by_sweep =
            Malsburg1973Config { normalization: Normalization::Epoch, ..published }.fit(&bars, stream.clone())?;
        let longer = |normalization: Normalization| {
            Malsburg1973Config { normalization, epochs: 40, ..published }.fit(&bars, stream.clone())
        };
        let (longer, longer_by_sweep) = (longer(Normalization::Stimulus)?, longer(Normalization::Epoch)?);
        let alone = with(CorticalDynamics { excitation: 0.0, ..dynamics })?;
        let separate = with(CorticalDynamics { excitation: 0.0, inhibition: 0.0, recruitment: 0.0, ..dynamics })?;
        let unchecked = with(CorticalDynamics { inhibition: 0.0, ..dynamics })?;
        let noisy = with_noise(&published, before.clone(), &bars, &mut context.seeded_stream(seed, "noise"))?;
        let damaged = damaged(&after, &mut context.seeded_stream(seed, "damage"))?;
        let mut repair = published.resume(&bars, damaged.clone(), 0)?;
        repair.try_for_each(|sweep| sweep.map(drop))?;
        Ok(Seed {
            before: measure(&before)?,
            after: measure(&after)?,
            by_sweep: measure(&by_sweep)?,
            longer: [measure(&longer)?, measure(&longer_by_sweep)?],
            alone: measure(&alone)?,
            separate: measure(&separate)?,
            unchecked: measure(&unchecked)?,
            noisy: measure(&noisy)?,
            damaged: measure(&damaged)?,
            repaired: measure(repair.model())?,
        })
    };
    let seeds = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let all = |value: fn(&Measured) -> f64, of: fn(&Seed) -> &Measured| {
        seeds.iter().map(|seed| value(of(seed))).collect::<Vec<f64>>()
    };
    let least = |values: Vec<f64>| values.into_iter().fold(f64::INFINITY, f64::min);
    let largest = |values: Vec<f64>| values.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let both =
        |value: fn(&Measured) -> f64| [all(value, |seed| &seed.after), all(value, |seed| &seed.by_sweep)].concat();
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    // The bands expected of a seed: index 0.32 to 0.40, neighbors at most 33 degrees apart, 145 cells that respond, all nine bars.
    let within = |measured: &Measured| {
        (0.32..=0.40).contains(&measured.index)
            && measured.difference <= 33.0
            && measured.responding >= 145.0
            && measured.represented == 9.0
    };
    let within_longer = seeds.iter().filter(|seed| seed.longer.iter().all(within)).count();
    let within = seeds.iter().filter(|seed| within(&seed.after) && within(&seed.by_sweep)).count();
    let index = |measured: &Measured| measured.index;
    let difference = |measured: &Measured| measured.difference;
    let first = seeds.first().context("there must be a seed")?;
    Ok(Outcome::new()
        .metric("orientation_index", median(&all(index, |seed| &seed.after)))
        .metric("orientation_index_least", least(both(index)))
        .metric("orientation_index_largest", largest(both(index)))
        .metric("orientation_index_untrained", median(&all(index, |seed| &seed.before)))
        .metric("neighbor_difference_deg", median(&all(difference, |seed| &seed.after)))
        .metric("neighbor_difference_deg_scaled_by_sweep", median(&all(difference, |seed| &seed.by_sweep)))
        .metric("neighbor_difference_deg_largest", largest(both(difference)))
        .metric("neighbor_difference_deg_untrained", median(&all(difference, |seed| &seed.before)))
        .metric("responding_cells_least", least(both(|measured| measured.responding)))
        .metric("stimuli_per_responding_cell", median(&all(|measured| measured.stimuli, |seed| &seed.after)))
        .metric("seeds_within_the_bands", within as f64)
        .metric("seeds_within_the_bands_after_40_sweeps", within_longer as f64)
        .metric("orientations_represented_least", least(both(|measured| measured.represented)))
        .metric("neighbor_difference_deg_without_excitation", mean(all(difference, |seed| &seed.alone)))
        .metric("orientation_index_without_excitation", mean(all(index, |seed| &seed.alone)))
        .metric("neighbor_difference_deg_without_lateral", mean(all(difference, |seed| &seed.separate)))
        .metric("neighbor_difference_deg_without_inhibition", largest(all(difference, |seed| &seed.unchecked)))
        .metric("neighbor_difference_deg_with_noise_largest", largest(all(difference, |seed| &seed.noisy)))
        .metric("neighbor_difference_deg_damaged", median(&all(difference, |seed| &seed.damaged)))
        .metric("neighbor_difference_deg_repaired", median(&all(difference, |seed| &seed.repaired)))
        .metric("neighbor_difference_deg_repaired_largest", largest(all(difference, |seed| &seed.repaired)))
        .note("A line is the orientation that a cell's afferent weights prefer, its length the orientation index; the color \
               says the same; the number is the mean difference of neighbors. Damage: a fifth of the cells, in one piece, get random weights; repair: twenty more sweeps.")
        .note("A trained cell still answers to more than one bar, because neighboring bars share five of their seven cells: \
               looser than the abstract's \"only one orientation\". Whether a parameter of the paper differs is open.")
        .note(
            "Bands of a seed: index 0.32 to 0.40, neighbors at most 33 degrees apart, 145 of 169 cells responding, all nine \
             orientations, either way of scaling back. They do not hold for every seed: 153 ± 4.5 cells respond after twenty \
             sweeps and the index is 0.341 ± 0.011, so that of 100 seeds five miss one of the two narrowly; none misses the \
             order. It is not the measure (20 or 200 steps to rest give the same cells) nor the order of the bars; the cortex is \
             still learning: after 40 sweeps one seed of 100 misses, after 100 none.",
        )
        .note("Without inhibition the activity grows without bound and all cells become the same.")
        .figure(figure(first)?))
}

struct Seed {
    before: Measured,
    after: Measured,
    by_sweep: Measured,
    /// After 40 sweeps, either way of scaling back.
    longer: [Measured; 2],
    alone: Measured,
    separate: Measured,
    unchecked: Measured,
    noisy: Measured,
    damaged: Measured,
    repaired: Measured,
}

struct Measured {
    /// Mean orientation index of the afferent drive.
    index: f64,
    /// In degrees.
    difference: f64,
    /// Cells that answer to a bar at all, through the lateral connections.
    responding: f64,
    /// Bars a responding cell answers to.
    stimuli: f64,
    /// Bars that are the best of some cell.
    represented: f64,
    tuning: Vec<TuningCurve>,
}

impl Measured {
    fn of(cortex: &MalsburgCortex, bars: &Matrix<f64>, angles: &[f64]) -> anyhow::Result<Self> {
        let tuning = cortex.tuning(bars, angles)?;
        let responses = cortex.transform(bars)?;
        let answered: Vec<usize> = responses.row_iter().map(|cell| cell.iter().filter(|e| **e > 0.0).count()).collect();
        let responding = answered.iter().filter(|count| **count > 0).count() as f64;
        let best = |angle: f64| tuning.iter().any(|curve| curve.peak_angle() == angle);
        Ok(Self {
            index: tuning.iter().map(TuningCurve::orientation_index).sum::<f64>() / tuning.len() as f64,
            difference: cortex.neighbor_difference(&tuning)?.to_degrees(),
            responding,
            stimuli: answered.iter().sum::<usize>() as f64 / responding.max(1.0),
            represented: angles.iter().filter(|&&angle| best(angle)).count() as f64,
            tuning,
        })
    }
}

/// Twenty sweeps over bars with other retinal cells on at random, new ones in every sweep.
fn with_noise(
    config: &Malsburg1973Config,
    mut cortex: MalsburgCortex,
    bars: &Matrix<f64>,
    noise: &mut Stream,
) -> anyhow::Result<MalsburgCortex> {
    let one = Malsburg1973Config { epochs: 1, ..*config };
    for _ in 0..config.epochs {
        let noisy = bars.map(|on| if on > 0.0 || noise.uniform() >= 0.1 { on } else { 0.5 });
        let mut training = one.resume(&noisy, cortex, 0)?;
        training.try_for_each(|sweep| sweep.map(drop))?;
        cortex = training.into_model();
    }
    Ok(cortex)
}

/// A hexagon of 37 cells right of the middle gets random weights with the same sum.
fn damaged(cortex: &MalsburgCortex, stream: &mut Stream) -> anyhow::Result<MalsburgCortex> {
    let hexagon = *cortex.cortex();
    let middle = hexagon.units() / 2 + 2;
    let mut weights = cortex.weights().clone();
    for cell in (0..hexagon.units()).filter(|&cell| hexagon.steps(cell, middle) <= 3) {
        let mut column = weights.column_mut(cell);
        let sum = column.sum();
        column.iter_mut().for_each(|s| *s = stream.uniform());
        column *= sum / column.sum();
    }
    Ok(cortex.clone().with_weights(weights)?)
}

fn figure(seed: &Seed) -> anyhow::Result<Figure> {
    let hexagon = Hexagon::new(Malsburg1973Config::PUBLISHED.cortex_radius)?;
    let panels = [
        ("Before", &seed.before),
        ("After 20 sweeps", &seed.after),
        ("No lateral excitation", &seed.alone),
        ("Noisy background", &seed.noisy),
        ("A fifth damaged", &seed.damaged),
        ("20 sweeps later", &seed.repaired),
    ];
    let panels = panels.into_iter().map(|(name, measured)| {
        let title = format!("{name}: {:.0} deg", measured.difference);
        Ok(Panel::from(CellMap { title, ..map(&hexagon, &measured.tuning)? }))
    });
    Ok(Figure::grid(3, panels.collect::<anyhow::Result<_>>()?).sized(1500, 1060))
}

/// The hexagon inside the smallest lattice of rows that holds it; the cells outside stay white.
fn map(hexagon: &Hexagon, tuning: &[TuningCurve]) -> anyhow::Result<CellMap> {
    let side = hexagon.rows();
    let lattice = Lattice::new(side, side, Topology::Hexagonal, Boundary::Planar)?;
    let (mut colors, mut glyphs) = (vec![Color::WHITE; lattice.units()], vec![None; lattice.units()]);
    let mut cell = 0;
    for row in 0..side {
        // The widest row fills its lattice row; shorter ones begin half a cell later for each row away from it. Where the
        // lattice's shift differs from that row's, half a cell is made up.
        let away = row.abs_diff(hexagon.radius());
        let left = if hexagon.radius() % 2 == 1 { away.div_ceil(2) } else { away / 2 };
        for column in 0..hexagon.row_length(row) {
            let curve = &tuning[cell];
            if let Some(angle) = curve.preferred_orientation() {
                let place = side * row + left + column;
                colors[place] = Color::hue(angle / PI).mix(Color::WHITE, 0.55);
                let length = (2.2 * curve.orientation_index()).min(0.95);
                glyphs[place] = Some(Glyph { angle, length });
            }
            cell += 1;
        }
    }
    Ok(CellMap { glyphs, ..CellMap::of_colors(lattice, colors) })
}
