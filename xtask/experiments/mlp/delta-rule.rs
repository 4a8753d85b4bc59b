//! Slide 43: one linear layer learns by the delta rule what least squares computes at once.

use anyhow::Context as _;
use datasets::{Patterns, noisy_linear};
use experiment::statistics::Spread;
use experiment::{Context, Data, Experiment, Outcome, Seeds};
use mlp::{LayerConfig, Mlp, MlpConfig};
use nn_core::{Activation, Batch, GradientDescent, Loss, Matrix, Parameters, Reduction, Stream, Vector};
use plot::{Axis, Band, Curve, Figure, Line, LineStyle};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "delta-rule",
    slides: &[43],
    title: "The delta rule finds the least-squares solution",
    title_japanese: "1層の勾配",
    source: "Lecture, slide 43; Widrow and Hoff (1960), Adaptive switching circuits",
    claim: "With ∂E/∂w = Σₙ (yₙ − tₙ) xₙ a linear layer descends to the least-squares solution, from any beginning.",
    equations: &["single-layer-gradient", "gradient-step", "squared-error-sum", "batch", "online"],
    assumptions: &[
        "the slide has no data: 50 samples of t = 1.5 x₁ − 2 x₂ + 0.7 x₃ + 0.5 with normal noise of 0.3, η = 0.02",
        "the least-squares solution is computed by a QR decomposition of the samples with x₀ = 1",
    ],
    data: Data::Generated,
    seeds: Seeds::many(20),
    paper: &[],
    // The batch ends at rounding errors, 4.9e-15 at most over 400 seeds. Online the last distance of 400 seeds is
    // 0.0035 ± 0.0016; the median of 20 of them lies between 0.0026 and 0.0041 in 20 draws.
    expected: &[
        ("largest_relative_distance_of_the_batch", 0.0..=2e-14),
        ("median_relative_distance_online", 0.0022..=0.0046),
    ],
    invariants: &[
        ("largest_relative_distance_of_the_batch", 0.0..=1e-6),
        ("largest_difference_from_the_slides_gradient", 0.0..=1e-12),
    ],
    run,
};

const EPOCHS: usize = 250;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let (mut batch, mut online, mut difference) = (Vec::new(), Vec::new(), 0.0_f64);
    for seed in context.seeds() {
        let stream = context.seeded_stream(seed, "samples");
        let patterns = noisy_linear::<f64>(&[1.5, -2.0, 0.7], 0.5, 0.3, 50, &mut stream.clone())?;
        let solution = least_squares(&patterns)?;
        batch.push(distances(&patterns, &solution, Batch::Full, &stream)?);
        online.push(distances(&patterns, &solution, Batch::Online, &stream)?);
        difference = difference.max(difference_from_the_slides_gradient(&patterns, &stream)?);
    }
    let last = |runs: &[Vec<f64>]| Spread::by_epoch(runs).pop().context("there must be an epoch");
    let (of_batch, of_online) = (last(&batch)?, last(&online)?);
    Ok(Outcome::new()
        .metric("largest_relative_distance_of_the_batch", of_batch.highest)
        .metric("median_relative_distance_online", of_online.median)
        .metric("largest_difference_from_the_slides_gradient", difference)
        .figure(figure(&batch, &online))
        .note(
            "The batch shrinks its distance by a constant factor an epoch, down to rounding errors. Online steps of a \
             constant size never rest: every sample pulls towards its own solution. They rest if η decreases.",
        ))
}

fn config(batch: Batch) -> MlpConfig {
    MlpConfig {
        optimizer: GradientDescent::new(0.02).into(),
        batch,
        epochs: EPOCHS,
        shuffle: true,
        ..MlpConfig::lecture(vec![LayerConfig::new(1, Activation::Identity)])
    }
}

/// ‖w − w*‖ / ‖w*‖ before training and after every epoch, the bias among the weights.
fn distances(
    patterns: &Patterns<f64>,
    solution: &Vector<f64>,
    batch: Batch,
    stream: &Stream,
) -> anyhow::Result<Vec<f64>> {
    let distance = |model: &Mlp<f64>| (weights(model) - solution).norm() / solution.norm();
    let config = config(batch);
    let mut training = config.training(&patterns.inputs, &patterns.targets, stream.named("training"))?;
    let mut distances = vec![distance(training.model())];
    while let Some(epoch) = training.next() {
        epoch?;
        distances.push(distance(training.model()));
    }
    Ok(distances)
}

/// w₁ ... w_D, then the bias.
fn weights(parameters: &impl Parameters<f64>) -> Vector<f64> {
    let values: Vec<f64> = parameters.tensors().iter().flat_map(|tensor| tensor.values).copied().collect();
    Vector::from_vec(values)
}

/// The samples with x₀ = 1 as their last row.
fn with_ones(inputs: &Matrix<f64>) -> Matrix<f64> {
    inputs.clone().insert_row(inputs.nrows(), 1.0)
}

/// The weights with the smallest Σₙ (w · xₙ − tₙ)².
fn least_squares(patterns: &Patterns<f64>) -> anyhow::Result<Vector<f64>> {
    let decomposition = with_ones(&patterns.inputs).transpose().qr();
    let right = decomposition.q().transpose() * patterns.targets.transpose();
    let solution = decomposition.r().solve_upper_triangular(&right).context("the samples must span the space")?;
    Ok(solution.column(0).into_owned())
}

/// Between backpropagation's gradient and the formula of the slide, before training.
fn difference_from_the_slides_gradient(patterns: &Patterns<f64>, stream: &Stream) -> anyhow::Result<f64> {
    let model = config(Batch::Full).initialize::<f64>(patterns.inputs.nrows(), stream)?;
    let (_, gradient) = model.gradient(&patterns.inputs, &patterns.targets, Loss::HalfSquaredError, Reduction::Sum)?;
    let errors = model.forward(&patterns.inputs)? - &patterns.targets;
    let slide = with_ones(&patterns.inputs) * errors.transpose();
    Ok((weights(&gradient) - slide.column(0)).amax())
}

fn figure(batch: &[Vec<f64>], online: &[Vec<f64>]) -> Figure {
    let (batch, online) = (Spread::by_epoch(batch), Spread::by_epoch(online));
    let epochs: Vec<f64> = (0..batch.len()).map(|epoch| epoch as f64).collect();
    let part =
        |spreads: &[Spread], of: fn(&Spread) -> f64| spreads.iter().map(|s| of(s).max(f64::MIN_POSITIVE)).collect();
    let band = |s: &[Spread]| Band::new(epochs.clone(), part(s, |s| s.lowest), part(s, |s| s.highest));
    let line = |name: &str, s: &[Spread]| Line::new(name, epochs.clone(), part(s, |s| s.median));
    Figure::new(Curve {
        lines: vec![
            line("batch: median (band: least to largest)", &batch),
            Line { style: LineStyle::Dashed, ..line("online: median (band: least to largest)", &online) },
        ],
        bands: vec![band(&batch), band(&online)],
        x: Axis::new("epoch"),
        y: Axis { log: true, ..Axis::new("distance ‖w − w*‖ / ‖w*‖") },
        ..Curve::default()
    })
}
