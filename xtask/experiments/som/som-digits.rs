//! Slide 17: a map of handwritten digits, its reference vectors as pictures.

use anyhow::Context as _;
use datasets::{CLASSES, Scale, mnist_10k};
use experiment::statistics::Spread;
use experiment::{Confidence, Context, Data, Experiment, Format, Outcome, Reported, Seeds};
use nn_core::{Boundary, Lattice, Matrix, Topology, accuracy};
use plot::{CellMap, Color, ColorMap, Figure, ImageGrid, ImageRange};
use som::{Adjacency, Initialization, Quality, Schedule, Som, SomConfig, UnitLabels};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "som-digits",
    slides: &[17],
    title: "A map of handwritten digits",
    title_japanese: "手書き数字のSOM",
    source: "Lecture, slide 17",
    claim: "A map that never sees a label sorts handwritten digits by their shape; named afterwards by majority, its units read \
            five of six new ones.",
    equations: &["som-winner", "som-neighborhood", "som-decay"],
    assumptions: &[
        "10,000 training digits of 28 × 28 pixels from 0 to 1; 20 × 20 units, batch training, 10 epochs, σ from 10 to 1, from random \
         digits",
        "a unit reads the majority of the training digits that it wins; accuracy is that on the 10,000 test digits",
    ],
    data: Data::Embedded("mnist-10k"),
    seeds: Seeds { full: 5, quick: 1 },
    paper: &[Reported { metric: "test_accuracy_mean", value: "no number", agrees: None, confidence: Confidence::Read }],
    expected: EXPECTED,
    invariants: &[("test_accuracy_mean", 0.0..=1.0), ("topographic_error_mean", 0.0..=1.0)],
    run,
};

// Over 20 seeds: 0.834 ± 0.011, 5.123 ± 0.010 and 0.096 ± 0.006; four standard errors of a mean of 5.
const EXPECTED: experiment::Intervals = &[
    ("test_accuracy_mean", 0.815..=0.854),
    ("quantization_error_mean", 5.105..=5.141),
    ("topographic_error_mean", 0.0858..=0.1058),
];

const SIDE: usize = 20;

struct Trained {
    map: Som<f32>,
    labels: UnitLabels,
    quality: Quality,
    accuracy: f64,
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let mut split = mnist_10k()?;
    if !context.sized(true, false) {
        (split.train, split.test) = (split.train.first(1000)?, split.test.first(1000)?);
    }
    let (train, test) = (split.train.samples::<f32>(Scale::Unit)?, split.test.samples::<f32>(Scale::Unit)?);
    let lattice = Lattice::new(SIDE, SIDE, Topology::Rectangular, Boundary::Planar)?;
    let config = SomConfig {
        radius: Schedule::Exponential { from: SIDE as f64 / 2.0, to: 1.0 },
        initialization: Initialization::Samples,
        epochs: context.sized(10, 3),
        ..SomConfig::new(lattice)
    };
    let mut trained = Vec::new();
    for seed in context.seeds() {
        let map = config.fit(&train, context.seeded_stream(seed, "map"))?;
        let labels = map.label_units(&train, split.train.labels(), CLASSES)?;
        let read = map.predict_labels(&labels, &test)?;
        let quality = map.quality(&test, Adjacency::EdgesAndCorners)?;
        trained.push(Trained { map, labels, quality, accuracy: accuracy(&read, split.test.labels())? });
        context.progress(seed + 1, context.seeds().end, "maps");
    }
    let mean = |of: fn(&Trained) -> f64| trained.iter().map(of).sum::<f64>() / trained.len() as f64;
    let accuracies = Spread::of(&trained.iter().map(|map| map.accuracy).collect::<Vec<_>>());
    let first = trained.first().context("there must be a seed")?;
    Ok(Outcome::new()
        .metric("test_accuracy_mean", mean(|map| map.accuracy))
        .metric("test_accuracy_of_the_worst_seed", accuracies.lowest)
        .metric("quantization_error_mean", mean(|map| map.quality.quantization_error))
        .metric("topographic_error_mean", mean(|map| map.quality.topographic_error))
        .data_used(format!("{split}"))
        .picture("", prototypes(first), Format::Png)
        .picture("labels", labels(first), Format::Svg)
        .note("The pictures are the reference vectors in their places; errors are those on test digits, with corners as neighbors."))
}

fn prototypes(trained: &Trained) -> Figure {
    let codebook = trained.map.codebook();
    Figure::new(ImageGrid {
        columns: Some(SIDE),
        map: ColorMap::Ink,
        range: ImageRange::Fixed(0.0, 1.0),
        ..ImageGrid::new(Matrix::from_fn(codebook.nrows(), codebook.ncols(), |i, j| f64::from(codebook[(i, j)])), 28)
    })
}

fn labels(trained: &Trained) -> Figure {
    let map = &trained.map;
    let label = |unit: usize| trained.labels.majority(unit);
    let color = |unit: usize| match label(unit) {
        Some(class) => Color::category(class).mix(Color::WHITE, if class < 6 { 0.4 } else { 0.7 }),
        None => Color::WHITE,
    };
    Figure::new(CellMap {
        labels: (0..map.units()).map(|unit| label(unit).map_or(String::new(), |class| class.to_string())).collect(),
        groups: (0..map.units()).map(|unit| label(unit).unwrap_or(CLASSES)).collect(),
        ..CellMap::of_colors(*map.lattice(), (0..map.units()).map(color).collect())
    })
}
