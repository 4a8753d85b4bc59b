//! Slide 80: simulated annealing against fixed temperatures and quenches, where the optimum is known.

use anyhow::Context as _;
use energy::{Acceptance, Annealing, Edge, Graph, Ising, TemperatureSchedule, ground_states};
use experiment::{Confidence, Context, Data, Experiment, Intervals, Outcome, Reported, Seeds};
use io::{Limits, read_file};
use nn_core::Stream;
use plot::{Axis, Band, Curve, Figure, Line, LineStyle, Marker};
use rayon::prelude::*;
use std::path::Path;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "annealing",
    slides: &[80],
    title: "Simulated annealing",
    title_japanese: "焼きなまし法",
    source: "Lecture, slide 80; Kirkpatrick, Gelatt, Vecchi (1983), Science 220:671",
    claim: "Annealing ends in the ground state more often than a fixed temperature, high or low, or a quench with as many updates.",
    equations: &["annealing", "heat-bath", "energy"],
    assumptions: &[
        "the slide gives no task: 20 spins, every pair coupled by +1 or −1, and the optimum by enumeration",
        "geometric schedule from T = 6 to 0.6; fixed T = 0.6, 2 and 6; the quench is T = 10⁻⁶; success is the last state",
        "large cuts: 1000 sweeps, geometric, β from 0.1 to 3; a toroidal grid of 40 × 50, whose largest cut is all its edges",
    ],
    data: Data::Directory { name: "gset", stand_in: Some("a toroidal grid"), expected: Some(WITH_GSET) },
    seeds: Seeds { full: 16, quick: 2 },
    paper: &[Reported {
        metric: "annealing_success_at_200_sweeps",
        value: "no number",
        agrees: None,
        confidence: Confidence::Read,
    }],
    // Fifteen blocks of 16 other instances each: mean ± 3 standard deviations between blocks.
    expected: &[
        ("annealing_success_at_200_sweeps", 0.695..=0.913),
        ("annealing_over_best_other", 1.014..=1.438),
        ("best_fixed_success_at_200_sweeps", 0.492..=0.824),
        ("quench_success_at_200_sweeps", 0.246..=0.475),
        ("torus_cut_share", 0.963..=1.0),
    ],
    invariants: &[("torus_cut_share", 0.9..=1.0), ("energies_below_the_optimum", 0.0..=0.0)],
    run,
};

/// The same, and of the G-set the best of ten runs in five blocks of other seeds: mean − 3 standard deviations between blocks.
const WITH_GSET: Intervals = &[
    ("annealing_success_at_200_sweeps", 0.695..=0.913),
    ("annealing_over_best_other", 1.014..=1.438),
    ("best_fixed_success_at_200_sweeps", 0.492..=0.824),
    ("quench_success_at_200_sweeps", 0.246..=0.475),
    ("torus_cut_share", 0.963..=1.0),
    ("g1_share_of_best_known", 1.0..=1.0),
    ("g11_share_of_best_known", 0.9868..=1.0),
    ("g14_share_of_best_known", 0.9939..=1.0),
    ("g22_share_of_best_known", 0.9997..=1.0),
    ("g43_share_of_best_known", 0.9992..=1.0),
    ("g48_share_of_best_known", 1.0..=1.0),
];

const SPINS: u32 = 20;

/// Name, first and last temperature, style.
const METHODS: [(&str, f64, f64, LineStyle); 5] = [
    ("annealing, T = 6 to 0.6", 6.0, 0.6, LineStyle::Solid),
    ("fixed T = 6", 6.0, 6.0, LineStyle::Dashed),
    ("fixed T = 2", 2.0, 2.0, LineStyle::Dashed),
    ("fixed T = 0.6", 0.6, 0.6, LineStyle::Dashed),
    ("quench", 1e-6, 1e-6, LineStyle::Dotted),
];

/// The cuts of the G-set that are known to be possible, from Benlic and Hao and later papers.
const BEST_KNOWN: [(&str, i64); 6] =
    [("G1", 11624), ("G11", 564), ("G14", 3064), ("G22", 13359), ("G43", 6660), ("G48", 6000)];

fn glass(stream: &Stream) -> anyhow::Result<Ising> {
    let mut stream = stream.named("couplings");
    let mut couplings = Vec::new();
    for i in 0..SPINS {
        for j in 0..i {
            couplings.push((i, j, if stream.below(2) == 0 { 1 } else { -1 }));
        }
    }
    Ok(Ising::new(SPINS as usize, &couplings, vec![0; SPINS as usize])?)
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let budgets: &[usize] = context.sized(&[5, 10, 20, 50, 100, 200], &[5, 20]);
    let replicas = context.sized(200, 50);
    let context = &*context;
    // Success rates by method and budget, and how many energies lie below the optimum: none.
    let of_seed = |seed: u64| -> anyhow::Result<(Vec<Vec<f64>>, usize)> {
        let ising = glass(&context.seeded_stream(seed, "glass"))?;
        // The 0/1 network has the same energies up to the one of the state in which all spins are −1.
        let down = ising.energy(&vec![false; SPINS as usize])?;
        let (ground, _) = ground_states(&ising.to_network::<f64>()?)?;
        let optimum = ground + down;
        let mut below = 0;
        let rates = METHODS.iter().map(|&(name, first, last, _)| {
            let rate = |&sweeps: &usize| -> anyhow::Result<f64> {
                let schedule = TemperatureSchedule::Geometric(first, last);
                let annealing =
                    Annealing { sweeps, replicas, acceptance: Acceptance::HeatBath, ..Annealing::new(schedule) };
                let stream = context.seeded_stream(seed, name).at(sweeps as u64).named("runs");
                let annealed = annealing.minimize_spins(&ising, &stream)?;
                below += annealed.replicas.iter().filter(|replica| replica.best < optimum).count();
                let found = annealed.replicas.iter().filter(|replica| replica.last == optimum).count();
                Ok(found as f64 / replicas as f64)
            };
            budgets.iter().map(rate).collect()
        });
        let rates = rates.collect::<anyhow::Result<Vec<Vec<f64>>>>()?;
        Ok((rates, below))
    };
    let runs = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let mean = |method: usize, budget: usize| {
        runs.iter().map(|(rates, _)| rates[method][budget]).sum::<f64>() / runs.len() as f64
    };
    let last = budgets.len() - 1;
    let best_other = (1..METHODS.len()).map(|method| mean(method, last)).fold(0.0, f64::max);
    let sweeps = context.sized(1000, 300);
    let (share, _) = cut(&torus(40, 50)?, sweeps, 1, &context.stream("torus"))?;
    let mut outcome = Outcome::new()
        .metric("annealing_success_at_200_sweeps", mean(0, last))
        .metric("best_fixed_success_at_200_sweeps", best_other)
        .metric("quench_success_at_200_sweeps", mean(4, last))
        .metric("annealing_over_best_other", mean(0, last) / best_other.max(1e-9))
        .metric("energies_below_the_optimum", runs.iter().map(|(_, below)| *below as f64).sum())
        .metric("torus_cut_share", share as f64 / 4000.0)
        .figure(figure(budgets, &runs, &mean))
        .note(
            "A quench falls into the next local minimum and stays: more updates do not help it. High temperature visits the \
             ground state and leaves it again; a low one is a slow quench. The right fixed temperature does well on so \
             small a task; one has to know it.",
        );
    if context.size() == experiment::Size::Quick {
        outcome = outcome.note("A quick run has 20 sweeps at most, whatever the names of its metrics say.");
    }
    if let Some(folder) = context.data_directory() {
        let mut rows = Vec::new();
        for (name, known) in BEST_KNOWN {
            let graph = gset(folder, name)?;
            let (best, mean) = cut(&graph, sweeps, 10, &context.stream(name))?;
            outcome =
                outcome.metric(format!("{}_share_of_best_known", name.to_lowercase()), best as f64 / known as f64);
            rows.push(vec![name.to_owned(), known.to_string(), best.to_string(), format!("{mean:.1}")]);
        }
        outcome = outcome
            .data_used("six graphs of the G-set from the data directory")
            .table(&["graph", "best known cut", "best of 10 runs", "mean of 10 runs"], rows);
    }
    Ok(outcome)
}

/// A grid whose borders meet: with even sides all edges can be cut.
fn torus(rows: u32, columns: u32) -> anyhow::Result<Graph> {
    let at = |row: u32, column: u32| (row % rows) * columns + column % columns;
    let mut edges = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            edges.push(Edge { a: at(row, column), b: at(row, column + 1), weight: 1 });
            edges.push(Edge { a: at(row, column), b: at(row + 1, column), weight: 1 });
        }
    }
    Ok(Graph::new((rows * columns) as usize, edges)?)
}

fn gset(folder: &Path, name: &str) -> anyhow::Result<Graph> {
    let candidates = [format!("{name}.txt.gz"), format!("{name}.txt"), name.to_owned()];
    let path = candidates.iter().map(|file| folder.join(file)).find(|path| path.is_file());
    let path = path.with_context(|| format!("{} has no file {name}.txt.gz", folder.display()))?;
    let text = read_file(&path, &Limits::default(), |reader| {
        let mut text = Vec::new();
        reader.read_to_end(&mut text)?;
        Ok(text)
    })?;
    Graph::read_gset(&text[..]).with_context(|| path.display().to_string())
}

/// The best cut of some runs, and the mean of their best.
fn cut(graph: &Graph, sweeps: usize, replicas: u64, stream: &Stream) -> anyhow::Result<(i64, f64)> {
    let schedule = TemperatureSchedule::Geometric(10.0, 1.0 / 3.0);
    let annealing = Annealing { sweeps, replicas, ..Annealing::new(schedule) };
    let annealed = annealing.minimize_spins(&Ising::from(graph), stream)?;
    let cuts = annealed.replicas.iter().map(|replica| graph.cut_of_energy(replica.best));
    Ok((graph.cut(&annealed.state)?, cuts.sum::<f64>() / replicas as f64))
}

type Rates = (Vec<Vec<f64>>, usize);

fn figure(budgets: &[usize], runs: &[Rates], mean: &dyn Fn(usize, usize) -> f64) -> Figure {
    let x: Vec<f64> = budgets.iter().map(|&sweeps| (sweeps * SPINS as usize) as f64).collect();
    let mut lines = Vec::new();
    for (method, &(name, _, _, style)) in METHODS.iter().enumerate() {
        let y = (0..budgets.len()).map(|budget| mean(method, budget)).collect();
        lines.push(Line { style, marker: Some(Marker::category(method)), ..Line::new(name, x.clone(), y) });
    }
    // Standard error of annealing over the instances.
    let error = |budget: usize| {
        let center = mean(0, budget);
        let squares: f64 =
            runs.iter().map(|(rates, _)| (rates[0][budget] - center) * (rates[0][budget] - center)).sum();
        (squares / (runs.len() as f64 * (runs.len() as f64 - 1.0).max(1.0))).sqrt()
    };
    let low = (0..budgets.len()).map(|budget| mean(0, budget) - error(budget)).collect();
    let high = (0..budgets.len()).map(|budget| mean(0, budget) + error(budget)).collect();
    Figure::new(Curve {
        lines,
        bands: vec![Band { name: "± standard error over instances".to_owned(), ..Band::new(x, low, high) }],
        x: Axis { log: true, ..Axis::new("updates of single spins") },
        y: Axis { range: Some((0.0, 1.0)), ..Axis::new("share of runs that end in the ground state") },
        ..Curve::default()
    })
}
