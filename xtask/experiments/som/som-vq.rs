//! Slide 17: vector quantization, against k-means, on a photograph.

use anyhow::Context as _;
use datasets::images;
use experiment::statistics::Spread;
use experiment::{Confidence, Context, Data, Experiment, Format, Outcome, Reported, Seeds};
use nn_core::{Boundary, Lattice, Matrix, Stream, Topology, math};
use plot::{Axis, Bar, Bars, Figure, ImageGrid, ImageRange};
use rayon::prelude::*;
use som::{Initialization, Schedule, Som, SomConfig};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "som-vq",
    slides: &[17],
    title: "Vector quantization of a photograph",
    title_japanese: "ベクトル量子化",
    source: "Lecture, slide 17",
    claim: "Its neighborhood shrunk to nothing, a map quantizes better than k-means from random beginnings; a map that keeps its \
            order pays for it.",
    equations: &["som-winner", "som-neighborhood", "som-decay"],
    assumptions: &[
        "the photograph `camera` in 4096 patches of 4 × 4 pixels, 256 reference vectors: 8 bits a patch, half a bit a pixel",
        "k-means is batch training with radius 0 from random patches, 60 epochs; the maps are 16 × 16 units from random patches, \
         60 epochs, σ from 8 to 1, and from 8 down to 0",
    ],
    data: Data::Embedded("images"),
    seeds: Seeds { full: 10, quick: 2 },
    paper: &[Reported { metric: "map_over_k_means", value: "no number", agrees: None, confidence: Confidence::Read }],
    expected: EXPECTED,
    invariants: &[("k_means_squared_error", 0.0..=1.0), ("map_squared_error", 0.0..=1.0)],
    run,
};

// Over 20 seeds the ratios are 0.855 ± 0.036 (at most 0.932) and 1.350 ± 0.057.
const EXPECTED: experiment::Intervals = &[
    ("map_over_k_means", 0.8..=0.91),
    ("ordered_map_over_k_means", 1.26..=1.44),
    ("seeds_where_the_map_is_better", 10.0..=10.0),
];

const PATCH: usize = 4;
const SIDE: usize = 16;

/// A codebook and its mean squared error a pixel.
struct Quantizer {
    map: Som<f64>,
    error: f64,
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let [camera, ..] = images()?;
    let image = camera.brightness::<f64>();
    let size = context.sized(256, 96);
    let image = image.view((0, 0), (size, size)).into_owned();
    let patches = patches(&image);
    let epochs = context.sized(60, 10);
    let of_seed = |seed: u64| -> anyhow::Result<[Quantizer; 3]> {
        let stream = context.seeded_stream(seed, "codebook");
        let side = SIDE as f64 / 2.0;
        let radii = [
            Schedule::Constant(0.0),
            Schedule::Exponential { from: side, to: 1.0 },
            Schedule::function(move |p| if p < 0.8 { side * math::exp(-3.6 * p) } else { 0.0 }),
        ];
        let [k_means, ordered, map] = radii.map(|radius| quantizer(&patches, &stream, radius, epochs));
        Ok([k_means?, ordered?, map?])
    };
    let all = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;

    let spread = |of: usize| Spread::of(&all.iter().map(|three| three[of].error).collect::<Vec<_>>());
    let [k_means, ordered, map] = [spread(0), spread(1), spread(2)];
    let better = all.iter().filter(|three| three[2].error < three[0].error).count();
    let first = all.first().context("there must be a seed")?;
    let decibel = |error: f64| -10.0 * math::ln(error) / std::f64::consts::LN_10;
    Ok(Outcome::new()
        .metric("k_means_squared_error", k_means.median)
        .metric("ordered_map_squared_error", ordered.median)
        .metric("map_squared_error", map.median)
        .metric("map_over_k_means", map.median / k_means.median)
        .metric("ordered_map_over_k_means", ordered.median / k_means.median)
        .metric("seeds_where_the_map_is_better", better as f64)
        .metric("map_signal_to_noise_db", decibel(map.median))
        .picture("", pictures(&image, &patches, first)?, Format::Png)
        .picture("codebook", codebook(&first[1].map), Format::Png)
        .picture("errors", errors(&[k_means, ordered, map]), Format::Svg)
        .note(
            "Errors are mean squares a pixel, white being 1; the signal-to-noise ratio is that of the peak, in decibel. k-means \
             leaves vectors where they began and never moves them to where they are needed; neighbors pull them there.",
        ))
}

/// The patches row by row, each with its pixels row by row.
fn patches(image: &Matrix<f64>) -> Matrix<f64> {
    let across = image.ncols() / PATCH;
    let place = |pixel: usize, n: usize| (n / across * PATCH + pixel / PATCH, n % across * PATCH + pixel % PATCH);
    Matrix::from_fn(PATCH * PATCH, across * (image.nrows() / PATCH), |pixel, n| image[place(pixel, n)])
}

fn quantizer(patches: &Matrix<f64>, stream: &Stream, radius: Schedule, epochs: usize) -> anyhow::Result<Quantizer> {
    let lattice = Lattice::new(SIDE, SIDE, Topology::Rectangular, Boundary::Planar)?;
    let config = SomConfig { radius, initialization: Initialization::Samples, epochs, ..SomConfig::new(lattice) };
    let map = config.fit(patches, stream.clone())?;
    let squares: f64 = map.winners(patches)?.iter().map(|winner| winner.distance * winner.distance).sum();
    Ok(Quantizer { error: squares / patches.len() as f64, map })
}

/// The photograph and what is left of it.
fn pictures(image: &Matrix<f64>, of: &Matrix<f64>, [k_means, ordered, map]: &[Quantizer; 3]) -> anyhow::Result<Figure> {
    let across = image.ncols() / PATCH;
    let decoded = |quantizer: &Quantizer| -> anyhow::Result<Vec<f64>> {
        let patches = quantizer.map.quantize(of)?;
        let pixel = |row: usize, column: usize| {
            patches[(row % PATCH * PATCH + column % PATCH, row / PATCH * across + column / PATCH)]
        };
        Ok((0..image.len()).map(|index| pixel(index / image.ncols(), index % image.ncols())).collect())
    };
    let original: Vec<f64> = image.transpose().as_slice().to_vec();
    let pixels = [original, decoded(k_means)?, decoded(ordered)?, decoded(map)?].concat();
    Ok(Figure::new(ImageGrid {
        captions: ["original", "k-means", "map, σ to 1", "map, σ to 0"].map(str::to_owned).to_vec(),
        columns: Some(2),
        range: ImageRange::Fixed(0.0, 1.0),
        ..ImageGrid::new(Matrix::from_vec(image.len(), 4, pixels), image.ncols())
    })
    .sized(760, 820))
}

/// The reference vectors in their places.
fn codebook(map: &Som<f64>) -> Figure {
    Figure::new(ImageGrid {
        columns: Some(SIDE),
        range: ImageRange::Fixed(0.0, 1.0),
        ..ImageGrid::new(map.codebook().clone(), PATCH)
    })
}

fn errors(spreads: &[Spread; 3]) -> Figure {
    let scaled = |value: f64| 1000.0 * value;
    let bars = Bars {
        intervals: spreads.iter().map(|spread| (scaled(spread.lowest), scaled(spread.highest))).collect(),
        ..Bars::new("median and range of the seeds", spreads.iter().map(|spread| scaled(spread.median)).collect())
    };
    Figure::new(Bar {
        groups: ["k-means", "map, σ to 1", "map, σ to 0"].map(str::to_owned).to_vec(),
        series: vec![bars],
        y: Axis::new("mean squared error a pixel (1/1000)"),
        value_labels: true,
        ..Bar::default()
    })
}
