//! Slide 17: dimension reduction, seen with the eye: colors of three dimensions on a map of two.

use anyhow::Context as _;
use datasets::uniform_cube;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Boundary, Lattice, Stream, Topology};
use plot::{CellMap, Color, Figure, Panel};
use rayon::prelude::*;
use som::{Adjacency, Initialization, Som, SomConfig};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "som-colors",
    slides: &[17],
    title: "Colors on a map",
    title_japanese: "次元圧縮",
    source: "Lecture, slide 17",
    claim: "Red, green and blue become two coordinates: similar colors lie together, and few neighbors are torn apart.",
    equations: &["som-winner", "som-neighborhood", "som-decay"],
    assumptions: &[
        "1000 colors drawn uniformly from the cube of red, green and blue; 14 × 20 hexagons, batch training, 30 epochs, σ \
         from 10 to 1, from random colors",
        "trustworthiness and neighborhood preservation with 10 neighbors",
    ],
    data: Data::Generated,
    seeds: Seeds::many(10),
    paper: &[Reported {
        metric: "trustworthiness_mean",
        value: "no number",
        agrees: None,
        confidence: Confidence::Read,
    }],
    expected: EXPECTED,
    invariants: &[("trustworthiness_mean", 0.0..=1.0), ("neighbors_over_random_pairs_mean", 0.0..=2.0)],
    run,
};

// Over 60 seeds: 0.9899 ± 0.0005, 0.958 ± 0.006, 0.053 ± 0.009 and 0.190 ± 0.003; four standard errors of a mean of 10.
const EXPECTED: experiment::Intervals = &[
    ("trustworthiness_mean", 0.9892..=0.9906),
    ("neighborhood_preservation_mean", 0.9506..=0.9654),
    ("topographic_error_mean", 0.0424..=0.0642),
    ("neighbors_over_random_pairs_mean", 0.186..=0.1943),
];

struct Trained {
    /// After these numbers of epochs.
    snapshots: Vec<(usize, Som<f64>)>,
    trustworthiness: f64,
    preservation: f64,
    topographic_error: f64,
    contrast: f64,
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let (colors, epochs) = context.sized((1000, 30), (200, 10));
    let of_seed = |seed: u64| train(&context.seeded_stream(seed, "map"), colors, epochs);
    let trained = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;

    let mean = |of: fn(&Trained) -> f64| trained.iter().map(of).sum::<f64>() / trained.len() as f64;
    let first = trained.first().context("there must be a seed")?;
    Ok(Outcome::new()
        .metric("trustworthiness_mean", mean(|map| map.trustworthiness))
        .metric("neighborhood_preservation_mean", mean(|map| map.preservation))
        .metric("topographic_error_mean", mean(|map| map.topographic_error))
        .metric("neighbors_over_random_pairs_mean", mean(|map| map.contrast))
        .figure(figure(first))
        .note("Every hexagon has the color of its reference vector. The last metric is the mean distance of neighbors over that \
               of all pairs of units: 1 for a map without order."))
}

fn train(stream: &Stream, colors: usize, epochs: usize) -> anyhow::Result<Trained> {
    let samples = uniform_cube::<f64>(3, colors, &mut stream.named("colors"));
    let lattice = Lattice::new(14, 20, Topology::Hexagonal, Boundary::Planar)?;
    let config = SomConfig { initialization: Initialization::Random, epochs, ..SomConfig::new(lattice) };
    let mut training = config.training(&samples, stream.clone())?;
    let mut snapshots = vec![(0, training.model().clone())];
    while let Some(epoch) = training.next() {
        let number = epoch?.number;
        if [1, epochs / 2, epochs].contains(&number) {
            snapshots.push((number, training.model().clone()));
        }
    }
    let map = training.into_model();
    let distances = map.codebook_distances();
    let units = map.units() as f64;
    let random = distances.sum() / (units * (units - 1.0));
    let neighbors: Vec<f64> = (0..map.units())
        .flat_map(|i| lattice.neighbors(i).into_iter().map(move |j| (i, j)))
        .map(|(i, j)| distances[(i, j)])
        .collect();
    Ok(Trained {
        trustworthiness: map.trustworthiness(&samples, 10)?,
        preservation: map.neighborhood_preservation(&samples, 10)?,
        topographic_error: map.topographic_error(&samples, Adjacency::Edges)?,
        contrast: neighbors.iter().sum::<f64>() / neighbors.len() as f64 / random,
        snapshots,
    })
}

fn figure(trained: &Trained) -> Figure {
    let panel = |(epoch, map): &(usize, Som<f64>)| -> Panel {
        let channel = |value: f64| (255.0 * value.clamp(0.0, 1.0)).round() as u8;
        let color = |w: &[f64]| Color { red: channel(w[0]), green: channel(w[1]), blue: channel(w[2]) };
        let colors = map.codebook().as_slice().chunks_exact(3).map(color).collect();
        let title = match epoch {
            0 => "before training".to_owned(),
            1 => "after 1 epoch".to_owned(),
            epoch => format!("after {epoch} epochs"),
        };
        CellMap { title, ..CellMap::of_colors(*map.lattice(), colors) }.into()
    };
    Figure::grid(2, trained.snapshots.iter().map(panel).collect())
}
