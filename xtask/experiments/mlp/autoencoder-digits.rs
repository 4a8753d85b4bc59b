//! Slide 66: an hourglass gives back the digit it is shown.

use crate::principal::Principal;
use anyhow::Context as _;
use datasets::{Scale, mnist_10k};
use experiment::{Context, Data, Experiment, Format, Outcome, Seeds};
use mlp::{Autoencoder, AutoencoderConfig};
use nn_core::{Adam, Batch, Matrix, RateSchedule};
use plot::{Axis, ColorMap, Curve, Figure, ImageGrid, ImageRange, Line, Reference};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "autoencoder-digits",
    slides: &[66],
    title: "An autoencoder of handwritten digits",
    title_japanese: "オートエンコーダー（砂時計型ネットワーク）",
    source: "Lecture, slide 66",
    claim: "A network whose middle layer has 16 units learns to give back digits of 784 pixels, better than 16 principal components do.",
    equations: &["network-output", "cross-entropy", "output-delta", "hidden-delta", "weight-gradient", "minibatch"],
    assumptions: &[
        "the slide has a picture and no numbers: 784-128-16-128-784, ReLU, a linear code, sigmoid outputs, cross-entropy; \
         Adam at 0.002 along half a cosine, minibatches of 50, 8 epochs over 4000 digits, tested on 2000 others",
    ],
    data: Data::Embedded("mnist-10k"),
    seeds: Seeds { full: 4, quick: 1 },
    paper: &[],
    // Five other blocks of four seeds: 18.08 ± 0.09 and 0.842 ± 0.004; three deviations on both sides. The principal components
    // differ between beginnings of their iteration by nothing that is written here.
    expected: &[
        ("test_error_mean", 17.8..=18.35),
        ("test_error_of_principal_components", 21.46..=21.47),
        ("error_over_principal_components", 0.829..=0.855),
    ],
    invariants: &[("code_units", 16.0..=16.0), ("test_error_mean", 0.0..=200.0)],
    run,
};

const CODE: usize = 16;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let split = mnist_10k()?;
    let train = split.train.first(context.sized(4000, 300))?.samples::<f32>(Scale::Unit)?;
    let test = split.test.strided(context.sized(5, 20), 0)?;
    let samples = test.samples::<f32>(Scale::Unit)?;
    let config = AutoencoderConfig {
        optimizer: Adam::new(0.002).into(),
        schedule: RateSchedule::Cosine { last: 0.05 },
        batch: Batch::Minibatch(50),
        epochs: context.sized(8, 2),
        ..AutoencoderConfig::deep(&[128, CODE])
    };
    let of_seed = |seed: u64| -> anyhow::Result<(Autoencoder<f32>, Vec<f64>)> {
        let mut training = config.training(&train, context.seeded_stream(seed, "training"))?;
        let mut errors = vec![];
        while let Some(epoch) = training.next() {
            epoch?;
            errors.push(training.model().squared_error(&samples)?);
        }
        Ok((training.into_model(), errors))
    };
    let runs = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let errors: Vec<f64> = runs.iter().filter_map(|(_, errors)| errors.last().copied()).collect();
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    let principal = Principal::first(&train, CODE, &mut context.stream("principal"))?;
    let linear = principal.squared_error(&samples, CODE)?;
    let (first, _) = runs.first().context("there must be a seed")?;

    // The first digit of every class.
    let shown: Vec<usize> =
        (0..datasets::CLASSES).filter_map(|class| test.labels().iter().position(|&label| label == class)).collect();
    let shown = samples.select_columns(&shown);
    let figure = pictures(&shown, &first.encode(&shown)?, &first.reconstruct(&shown)?, &principal)?;
    Ok(Outcome::new()
        .metric("test_error_mean", mean)
        .metric("test_error_of_the_worst_seed", errors.iter().copied().fold(0.0, f64::max))
        .metric("test_error_of_principal_components", linear)
        .metric("error_over_principal_components", mean / linear)
        .metric("code_units", first.code_units() as f64)
        .picture("", figure, Format::Png)
        .picture("training", curves(&runs, linear), Format::Svg)
        .note(
            "The code is drawn as 4 × 4 squares, each picture with its own range. Errors are squared errors of an image of \
             pixels from 0 to 1, summed over its 784 pixels, on digits that were not learned.",
        ))
}

fn pictures(
    shown: &Matrix<f32>,
    codes: &Matrix<f32>,
    outputs: &Matrix<f32>,
    principal: &Principal,
) -> anyhow::Result<Figure> {
    let real = |matrix: &Matrix<f32>| matrix.map(f64::from);
    let digits = |title: &str, images: Matrix<f64>| ImageGrid {
        title: title.into(),
        columns: Some(images.ncols()),
        map: ColorMap::Ink,
        range: ImageRange::Fixed(0.0, 1.0),
        ..ImageGrid::new(images, 28)
    };
    let codes = ImageGrid {
        title: "code: 16 numbers".into(),
        columns: Some(codes.ncols()),
        map: ColorMap::Viridis,
        range: ImageRange::PerImage,
        ..ImageGrid::new(real(codes), 4)
    };
    Ok(Figure::grid(
        1,
        vec![
            digits("input: 784 pixels", real(shown)).into(),
            codes.into(),
            digits("output", real(outputs)).into(),
            digits("output of 16 principal components", principal.reconstruct(shown, CODE)?).into(),
        ],
    )
    .sized(1000, 560))
}

fn curves(runs: &[(Autoencoder<f32>, Vec<f64>)], linear: f64) -> Figure {
    let line = |(seed, (_, errors)): (usize, &(Autoencoder<f32>, Vec<f64>))| {
        let epochs = (1..=errors.len()).map(|epoch| epoch as f64).collect();
        let name = if seed == 0 { "autoencoder, one line a seed" } else { "" };
        Line { color: Some(plot::Color::category(0)), ..Line::new(name, epochs, errors.clone()) }
    };
    Figure::new(Curve {
        lines: runs.iter().enumerate().map(line).collect(),
        x: Axis::new("epoch"),
        y: Axis { log: true, ..Axis::new("squared error of a test image") },
        references: vec![Reference::horizontal(linear, "16 principal components")],
        ..Curve::default()
    })
}
