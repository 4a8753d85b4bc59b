//! Slide 84 continued: a restricted Boltzmann machine learns the pixels of handwritten digits.

use anyhow::Context as _;
use datasets::{Scale, optdigits};
use energy::{Ais, Divergence, Rbm, RbmConfig};
use experiment::statistics::Spread;
use experiment::{Confidence, Context, Data, Experiment, Format, Outcome, Reported, Seeds};
use nn_core::{Matrix, RateSchedule, Stream};
use plot::{Axis, Band, ColorMap, Curve, Figure, ImageGrid, ImageRange, Line, LineStyle, Reference, Ticks};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "rbm-digits",
    slides: &[84],
    title: "A restricted Boltzmann machine learns digits",
    title_japanese: "制限ボルツマンマシン",
    source: "Smolensky (1986); Hinton (2002), Neural Computation 14:1771; Tieleman (2008); Salakhutdinov, Murray (2008)",
    claim: "Eight hidden units find 8 × 8 digits more than four nats likelier than independent pixels do, and annealed importance sampling finds the exact likelihood.",
    equations: &["boltzmann-learning", "partition-function", "heat-bath"],
    assumptions: &[
        "the 1,797 digits of optdigits' test part, ink above 7 of 16; 40 epochs, batches of 10",
        "PCD and CD-1 with λ = 0.1 falling to 0.01; the comparison is BernoulliRBM of scikit-learn 1.9.1 (PCD) on the same data",
        "filters and samples are those of 64 hidden units, whose ln Z is estimated with 1000 steps and 100 chains",
    ],
    data: Data::Embedded("optdigits-test"),
    seeds: Seeds { full: 6, quick: 1 },
    paper: &[Reported {
        metric: "log_likelihood_pcd",
        value: "−20.50 nats by scikit-learn (PCD, 8 hidden units, 40 epochs)",
        agrees: Some(-20.5..=-18.0),
        confidence: Confidence::Read,
    }],
    // Five blocks of six other seeds each: mean ± 3 standard deviations between blocks. ln Z within 0.1 nat.
    expected: &[
        ("independent_pixels", -25.2..=-25.0),
        ("ais_minus_exact_at_most", 0.0..=0.1),
        ("log_likelihood_pcd", -19.768..=-19.454),
        ("log_likelihood_cd_1", -19.672..=-19.374),
        ("log_likelihood_64_hidden_units_estimated", -18.542..=-16.332),
    ],
    invariants: &[("independent_pixels", -25.2..=-25.0), ("ais_minus_exact_at_most", 0.0..=0.5)],
    run,
};

fn binary() -> anyhow::Result<Matrix<f32>> {
    let samples = optdigits()?.samples::<f32>(Scale::Stored)?;
    Ok(samples.map(|ink| if ink > 7.0 { 1.0 } else { 0.0 }))
}

fn exact(machine: &Rbm<f32>, samples: &Matrix<f32>) -> anyhow::Result<f64> {
    Ok(machine.mean_log_likelihood(samples, machine.log_partition_function()?)?)
}

fn config(hidden: usize, divergence: Divergence, epochs: usize) -> RbmConfig {
    let schedule = RateSchedule::Linear { last: 0.1 };
    RbmConfig { divergence, learning_rate: 0.1, schedule, epochs, ..RbmConfig::new(hidden) }
}

struct Run {
    /// Exact log-likelihood before training and after every epoch, by PCD and by CD-1.
    persistent: Vec<f64>,
    contrastive: Vec<f64>,
    /// Estimated minus exact ln Z.
    error: f64,
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let samples = binary()?;
    let epochs = context.sized(40, 2);
    let ais = Ais { steps: context.sized(1000, 200), chains: 100 };
    let context = &*context;
    let train = |divergence, stream: Stream| -> anyhow::Result<(Vec<f64>, Rbm<f32>)> {
        let config = config(8, divergence, epochs);
        let mut training = config.training(&samples, stream)?;
        let mut likelihoods = vec![exact(training.model(), &samples)?];
        while let Some(epoch) = training.next() {
            epoch?;
            likelihoods.push(exact(training.model(), &samples)?);
        }
        Ok((likelihoods, training.into_model()))
    };
    let of_seed = |seed: u64| -> anyhow::Result<Run> {
        let stream = |name: &str| context.seeded_stream(seed, name);
        let (persistent, machine) = train(Divergence::Persistent { steps: 1 }, stream("pcd"))?;
        let (contrastive, _) = train(Divergence::Contrastive { steps: 1 }, stream("cd"))?;
        let first: Rbm<f32> =
            config(8, Divergence::Persistent { steps: 1 }, 1).initialize(&samples, &stream("base"))?;
        let estimate = ais.estimate(&machine, Some(first.visible_bias()), &stream("ais"))?;
        Ok(Run { persistent, contrastive, error: estimate.log_partition_function - machine.log_partition_function()? })
    };
    let runs = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let first = runs.first().context("there must be a seed")?;
    let mean_last = |of: fn(&Run) -> &Vec<f64>| {
        runs.iter().filter_map(|run| of(run).last().copied()).sum::<f64>() / runs.len() as f64
    };
    let worst = runs.iter().map(|run| run.error.abs()).fold(0.0, f64::max);

    // A larger machine for the pictures.
    let large = config(64, Divergence::Persistent { steps: 1 }, context.sized(40, 1));
    let base = large.initialize(&samples, &context.stream("base"))?;
    let large = large.fit(&samples, context.stream("large"))?;
    let estimate = ais.estimate(&large, Some(base.visible_bias()), &context.stream("large-ais"))?;
    let likelihood = large.mean_log_likelihood(&samples, estimate.log_partition_function)?;
    let start = samples.columns(0, 32).into_owned();
    let drawn = large.sample_from(&start, context.sized(1000, 20), &context.stream("fantasies"))?;
    Ok(Outcome::new()
        .metric("log_likelihood_pcd", mean_last(|run| &run.persistent))
        .metric("log_likelihood_cd_1", mean_last(|run| &run.contrastive))
        .metric("independent_pixels", first.persistent[0])
        .metric("ais_minus_exact_at_most", worst)
        .metric("log_likelihood_64_hidden_units_estimated", likelihood)
        .metric("pseudo_log_likelihood_64_hidden_units", large.pseudo_log_likelihood(&samples)?)
        .figure(curves(&runs))
        .picture("filters", filters(&large), Format::Png)
        .picture("samples", pictures(&start, &drawn), Format::Png)
        .note("Log-likelihoods are means over the training digits, in nats, by summing over the 2⁸ states of the hidden units.")
        .note(format!(
            "64 hidden units: {likelihood:.2} nats by annealed importance sampling, ln Z between {:.2} and {:.2} (three standard \
             errors).",
            estimate.interval.0, estimate.interval.1
        )))
}

fn curves(runs: &[Run]) -> Figure {
    let (mut lines, mut bands) = (Vec::new(), Vec::new());
    type Likelihoods = fn(&Run) -> &Vec<f64>;
    let kinds: [(&str, Likelihoods, LineStyle); 2] =
        [("PCD", |run| &run.persistent, LineStyle::Solid), ("CD-1", |run| &run.contrastive, LineStyle::Dashed)];
    for (name, of, style) in kinds {
        let spreads = Spread::by_epoch(&runs.iter().map(|run| of(run).clone()).collect::<Vec<_>>());
        let x: Vec<f64> = (0..spreads.len()).map(|epoch| epoch as f64).collect();
        let part = |of: fn(&Spread) -> f64| spreads.iter().map(of).collect();
        bands.push(Band::new(x.clone(), part(|s| s.lowest), part(|s| s.highest)));
        lines.push(Line { style, ..Line::new(name, x, part(|s| s.median)) });
    }
    Figure::new(Curve {
        lines,
        bands,
        x: Axis { ticks: Ticks::Whole, ..Axis::new("epoch") },
        y: Axis::new("mean log-likelihood of a digit (nats)"),
        references: vec![
            Reference::horizontal(-20.5, "scikit-learn, 40 epochs"),
            Reference::horizontal(-25.11, "independent pixels"),
        ],
        ..Curve::default()
    })
}

fn filters(machine: &Rbm<f32>) -> Figure {
    let weights = machine.weights().map(f64::from).transpose();
    Figure::new(ImageGrid {
        columns: Some(16),
        map: ColorMap::BlueRed,
        range: ImageRange::Shared,
        color_bar: Some("weight".to_owned()),
        ..ImageGrid::new(weights, 8)
    })
}

fn pictures(start: &Matrix<f32>, drawn: &Matrix<f32>) -> Figure {
    let grid = |title: &str, images: &Matrix<f32>| ImageGrid {
        title: title.to_owned(),
        columns: Some(8),
        map: ColorMap::Ink,
        range: ImageRange::Fixed(0.0, 1.0),
        ..ImageGrid::new(images.map(f64::from), 8)
    };
    Figure::grid(2, vec![grid("Digits", start).into(), grid("Samples, 1000 steps from the digits", drawn).into()])
}
