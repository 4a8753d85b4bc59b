//! Slide 72: the network falls into a local minimum of the energy.

use energy::{Attractor, Network, Patterns, RecallConfig, Simulation, StorageRule, Thresholds, classify};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::Matrix;
use plot::{Axis, Color, Curve, Figure, HeatMap, Line, LineStyle, Ticks};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "hopfield-energy",
    slides: &[72],
    title: "Descent to a local minimum",
    title_japanese: "エネルギーの極小値への収束",
    source: "Lecture, slide 72 (after Aso)",
    claim: "From wherever it starts, the network falls to a local minimum; the minima of a small network are its patterns and their complements.",
    equations: &["energy", "energy-difference", "hopfield-update"],
    assumptions: &[
        "descent: 100 units, 8 random patterns, balanced thresholds, 40 random starts a network, units in random order",
        "landscape: 16 units, two orthogonal patterns, all 65,536 states; states of one cell share their energy",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 2000, quick: 100 },
    paper: &[Reported {
        metric: "rising_energies",
        value: "never rises",
        agrees: Some(0.0..=0.0),
        confidence: Confidence::Read,
    }],
    // Fifteen blocks of fifty other networks each: mean ± 3 standard deviations between blocks. By symmetry, patterns and complements are
    // reached alike.
    expected: &[
        ("ends_in_a_pattern", 0.232..=0.305),
        ("ends_in_a_complement", 0.227..=0.309),
        ("ends_in_a_mixture", 0.083..=0.15),
        ("mean_last_energy", -1243.061..=-1182.612),
        ("mean_energy_of_patterns", -1256.63..=-1222.528),
    ],
    invariants: &[
        ("rising_energies", 0.0..=0.0),
        ("starts_without_a_fixed_point", 0.0..=0.0),
        ("strict_minima_of_the_small_network", 4.0..=4.0),
        ("energies_of_one_cell_differ_by", 0.0..=0.0),
    ],
    run,
};

const UNITS: usize = 100;
const PATTERNS: usize = 8;
/// Starts of a network; those of the first one are drawn.
const DRAWN: usize = 40;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let context = &*context;
    let of_number = |number: u64| -> anyhow::Result<(Patterns, Network<f64>)> {
        let patterns = Patterns::random(UNITS, PATTERNS, &mut context.seeded_stream(number, "patterns"))?;
        let network = StorageRule::HEBB.store(&patterns, Thresholds::Balanced)?;
        Ok((patterns, network))
    };
    let networks =
        (0..context.seeds().end.div_ceil(DRAWN as u64)).map(of_number).collect::<anyhow::Result<Vec<_>>>()?;
    let of_seed = |seed: u64| -> anyhow::Result<Start> {
        let (patterns, network) = &networks[seed as usize / DRAWN];
        let start = Patterns::random(UNITS, 1, &mut context.seeded_stream(seed, "start"))?.state(0);
        let recall = RecallConfig::default().recall(network, &start, context.seeded_stream(seed, "order"))?;
        let energies = || std::iter::once(recall.first_energy).chain(recall.flips.iter().map(|flip| flip.energy));
        Ok(Start {
            updates: std::iter::once(0.0).chain(recall.flips.iter().map(|flip| flip.update as f64 + 1.0)).collect(),
            rising: energies().zip(energies().skip(1)).filter(|(before, after)| after >= before).count(),
            energies: energies().collect(),
            fixed: recall.ending == energy::Ending::FixedPoint,
            end: classify(&recall.state, patterns, 3)?,
        })
    };
    let starts = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let count = starts.len() as f64;
    let share = |kind: fn(&Attractor) -> bool| starts.iter().filter(|start| kind(&start.end)).count() as f64 / count;
    let small = Landscape::new()?;
    let of_network = |(patterns, network): &(Patterns, Network<f64>)| -> anyhow::Result<f64> {
        Ok(patterns.states().map(|state| network.energy(&state)).sum::<Result<f64, _>>()? / PATTERNS as f64)
    };
    let stored = networks.iter().map(of_network).sum::<anyhow::Result<f64>>()? / networks.len() as f64;
    let mean = |values: &dyn Fn(&Start) -> f64| starts.iter().map(values).sum::<f64>() / count;
    Ok(Outcome::new()
        .metric("rising_energies", starts.iter().map(|start| start.rising).sum::<usize>() as f64)
        .metric("starts_without_a_fixed_point", starts.iter().filter(|start| !start.fixed).count() as f64)
        .metric("ends_in_a_pattern", share(|end| matches!(end, Attractor::Pattern { .. })))
        .metric("ends_in_a_complement", share(|end| matches!(end, Attractor::Complement { .. })))
        .metric("ends_in_a_mixture", share(|end| matches!(end, Attractor::Mixture { .. })))
        .metric("mean_last_energy", mean(&|start| start.energies.last().copied().unwrap_or(f64::NAN)))
        .metric("mean_energy_of_patterns", stored)
        .metric("strict_minima_of_the_small_network", small.minima.len() as f64)
        .metric("energies_of_one_cell_differ_by", small.spread)
        .note("Patterns and complements are the same by symmetry and are reached alike; mixtures of three lie higher.")
        .figure(Figure::grid(1, vec![descent(&starts).into(), small.picture().into()]).sized(900, 1050)))
}

struct Start {
    updates: Vec<f64>,
    energies: Vec<f64>,
    rising: usize,
    fixed: bool,
    end: Attractor,
}

fn descent(starts: &[Start]) -> Curve {
    type Kind = fn(&Attractor) -> bool;
    let kinds: [(&str, Color, LineStyle, Kind); 3] = [
        ("pattern or complement", Color::category(0), LineStyle::Solid, |end| {
            matches!(end, Attractor::Pattern { .. } | Attractor::Complement { .. })
        }),
        ("mixture of three", Color::category(1), LineStyle::Dashed, |end| matches!(end, Attractor::Mixture { .. })),
        ("something else", Color::category(2), LineStyle::Dotted, |end| *end == Attractor::Other),
    ];
    let mut lines = Vec::new();
    for (name, color, style, kind) in kinds {
        for (number, start) in starts.iter().take(DRAWN).filter(|start| kind(&start.end)).enumerate() {
            let name = if number == 0 { name } else { "" };
            let line = Line::new(name, start.updates.clone(), start.energies.clone());
            lines.push(Line { color: Some(color), style, width: Some(1.0), ..line });
        }
    }
    Curve {
        title: format!("{UNITS} units, {PATTERNS} patterns: {} starts, by where they end", DRAWN.min(starts.len())),
        lines,
        x: Axis { ticks: Ticks::Whole, ..Axis::new("updates of single units") },
        y: Axis::new("energy E"),
        ..Curve::default()
    }
}

/// All states of a network of 16 units: its two patterns agree in the first and last four units and differ in the other eight.
struct Landscape {
    /// Rows: overlap with the first pattern in the units in which the two differ, from 1 down; columns: in the units in which
    /// they agree, from −1 up. The states of a cell share their energy.
    energies: Matrix<f64>,
    /// Cells of states below all of their neighbors.
    minima: Vec<(usize, usize)>,
    spread: f64,
}

impl Landscape {
    fn new() -> anyhow::Result<Self> {
        const UNITS: usize = 16;
        let patterns = Patterns::from_pictures(&["########........", "####....####...."])?;
        let (first, second) = (patterns.state(0), patterns.state(1));
        let network: Network<f64> = StorageRule::HEBB.store(&patterns, Thresholds::Balanced)?;
        let (mut energies, mut minima, mut spread) = (Matrix::from_element(9, 9, f64::NAN), Vec::new(), 0.0_f64);
        for number in 0..1_u32 << UNITS {
            let state: Vec<bool> = (0..UNITS).map(|unit| number >> unit & 1 == 1).collect();
            let right =
                |agree: bool| (0..UNITS).filter(|&i| (first[i] == second[i]) == agree && state[i] == first[i]).count();
            let cell = (8 - right(false), right(true));
            let simulation = Simulation::new(&network, &state)?;
            let energy = simulation.energy();
            if energies[cell].is_nan() {
                energies[cell] = energy;
            }
            spread = spread.max((energies[cell] - energy).abs());
            let rises = (0..UNITS).map(|unit| simulation.net_input(unit).map(|i| if state[unit] { i } else { -i }));
            if rises.collect::<Result<Vec<_>, _>>()?.iter().all(|rise| *rise > 0.0) {
                minima.push(cell);
            }
        }
        Ok(Self { energies, minima, spread })
    }

    fn picture(&self) -> HeatMap {
        let names = [((0, 8), "ξ¹"), ((8, 8), "ξ²"), ((8, 0), "−ξ¹"), ((0, 0), "−ξ²")];
        let text = |row: usize, column: usize| {
            let name = names.iter().find(|(cell, _)| *cell == (row, column) && self.minima.contains(cell));
            name.map_or(String::new(), |(_, name)| (*name).to_owned())
        };
        HeatMap {
            title: "16 units, two patterns: the energy of all 65,536 states, minima named".to_owned(),
            color_bar: Some("energy E".to_owned()),
            cell_text: (0..9).map(|row| (0..9).map(|column| text(row, column)).collect()).collect(),
            row_labels: (0..9).map(|row| format!("{}", 1.0 - f64::from(row) / 4.0)).collect(),
            column_labels: (0..9).map(|column| format!("{}", f64::from(column) / 4.0 - 1.0)).collect(),
            x_label: "overlap with ξ¹ in the 8 units where the patterns agree".to_owned(),
            y_label: "the same where they differ".to_owned(),
            ..HeatMap::new(self.energies.clone())
        }
    }
}
