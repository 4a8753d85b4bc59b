//! Slide 41: one loop, three sizes of a step: speed, noise, and what noise is good for.

use datasets::{Scale, optdigits};
use experiment::statistics::Spread;
use experiment::{Context, Data, Experiment, Format, Outcome, Seeds};
use mlp::{LayerConfig, Mlp, MlpConfig};
use nn_core::{Activation, Batch, GradientDescent, Loss, Matrix, Parameters, Reduction, Stream, Vector, math, one_hot};
use plot::{Axis, Band, Curve, Figure, Histogram, Line, LineStyle, Reference, Values};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "online-batch-minibatch",
    slides: &[41],
    title: "Online, minibatch and batch learning",
    title_japanese: "オンライン学習・ミニバッチ学習・バッチ学習",
    source: "Lecture, slide 41",
    claim: "At the same learning rate smaller batches learn faster in an epoch and noisier, and noise can leave a local minimum.",
    equations: &["online", "minibatch", "batch", "gradient-step", "squared-error"],
    assumptions: &[
        "the slide has no task: the first 1280 digits of 8 × 8 pixels, 64-30-10 sigmoid units, ½ ‖y − t‖², η = 0.5",
        "the gradient is a mean over the samples of a step, so that one η suits all three; the slide allows it",
        "local minima: one weight, y = sin(w x), 40 samples of sin(2 x) with x from 0 to 5, η = 0.1, 300 epochs",
    ],
    data: Data::Embedded("optdigits-test"),
    seeds: Seeds { full: 10, quick: 1 },
    paper: &[],
    // Medians of 10 seeds, 6 of them from 60 seeds: 0.00177 ± 0.00016, 0.0869 ± 0.0013, 0.4452 ± 0.0007. Drawing without
    // replacement, the variances stand as B (N − 1) / (N − B) = 32.8; over 60 seeds we found 33.3 ± 2.2, a mean of ten
    // varies by 0.7. Of 20 sets of samples with 400 runs each, 0.90 ± 0.05 of the online runs and 0.33 ± 0.04 of the
    // batch runs end in the global minimum; means of ten vary by a third of that. Each interval is four deviations wide
    // on both sides.
    expected: &[
        ("online_loss", 0.001_15..=0.002_4),
        ("minibatch_loss", 0.082..=0.092),
        ("batch_loss", 0.442..=0.448),
        ("noise_variance_of_one_sample_over_minibatch", 30.0..=36.0),
        ("online_reaches_the_global_minimum", 0.84..=0.96),
        ("batch_reaches_the_global_minimum", 0.28..=0.385),
    ],
    invariants: &[("sum_with_eta_over_n_against_mean", 0.0..=1e-12), ("batch_wanders_beyond_the_picture", 0.0..=0.0)],
    run,
};

const SAMPLES: usize = 1280;
const MINIBATCH: usize = 32;
const RATE: f64 = 0.5;

const KINDS: [(&str, Batch, LineStyle); 3] = [
    ("online", Batch::Online, LineStyle::Solid),
    ("minibatch of 32", Batch::Minibatch(MINIBATCH), LineStyle::Dashed),
    ("batch", Batch::Full, LineStyle::Dotted),
];

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let digits = optdigits()?.first(context.sized(SAMPLES, 320))?;
    let samples = digits.samples::<f64>(Scale::Unit)?;
    let task = Task { samples, targets: one_hot(datasets::CLASSES, digits.labels())? };
    let epochs = context.sized(40, 4);
    let curves = KINDS.iter().map(|(_, batch, _)| {
        let of_seed = |seed| task.losses(*batch, epochs, &context.seeded_stream(seed, "training"));
        context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()
    });
    let curves = curves.collect::<anyhow::Result<Vec<_>>>()?;
    let median = |kind: usize| Spread::by_epoch(&curves[kind]).last().map_or(f64::NAN, |spread| spread.median);

    let noise = context.seeds().map(|seed| task.noise_ratio(&context.seeded_stream(seed, "noise")));
    let noise = noise.collect::<anyhow::Result<Vec<f64>>>()?;
    let starts = context.sized(200, 40);
    let context = &*context;
    let all_ends = |batch| context.seeds().map(move |seed| ends(batch, starts, &context.seeded_stream(seed, "escape")));
    let (online, batch): (Vec<_>, Vec<_>) = (all_ends(Batch::Online).collect(), all_ends(Batch::Full).collect());
    let share = |runs: &[Vec<f64>], what: fn(f64) -> bool| {
        let found = runs.iter().flatten().filter(|w| what(**w)).count();
        found as f64 / (starts * context.seeds().end) as f64
    };
    let at_the_goal = |w: f64| (w - GOAL).abs() < 0.05;
    let inputs = inputs(&context.seeded_stream(0, "escape"));
    Ok(Outcome::new()
        .metric("online_loss", median(0))
        .metric("minibatch_loss", median(1))
        .metric("batch_loss", median(2))
        .metric("sum_with_eta_over_n_against_mean", task.sum_against_mean(context)?)
        .metric("noise_variance_of_one_sample_over_minibatch", noise.iter().sum::<f64>() / noise.len() as f64)
        .metric("online_reaches_the_global_minimum", share(&online, at_the_goal))
        .metric("batch_reaches_the_global_minimum", share(&batch, at_the_goal))
        .metric("online_wanders_beyond_the_picture", share(&online, |w| !(PICTURE.0..=PICTURE.1).contains(&w)))
        .metric("batch_wanders_beyond_the_picture", share(&batch, |w| !(PICTURE.0..=PICTURE.1).contains(&w)))
        .figure(figure(&curves))
        .picture("escape", escape(online[0].clone(), batch[0].clone(), &inputs), Format::Svg)
        .note(
            "Lines are medians over seeds, bands reach from the least to the largest, the thin lines are the first \
             seed alone. The batch waits on the plateau where every output is 0.1.",
        )
        .note(
            "A sum with η/N and a mean with η are the same steps: the slide's sums differ from the means only in what \
             η has to be.",
        )
        .note(
            "With one weight, batch learning stays in the minimum whose slope it begins on. Online learning jumps from \
             minimum to minimum and rests in the global one, where every sample is satisfied; a few runs are thrown \
             out to large w, where the error is flat, and never come back. Picture: the first seed.",
        ))
}

/// A network and the samples it learns.
struct Task {
    samples: Matrix<f64>,
    targets: Matrix<f64>,
}

impl Task {
    fn config(&self, batch: Batch, epochs: usize, reduction: Reduction, rate: f64) -> MlpConfig {
        let layer = |units| LayerConfig::new(units, Activation::Sigmoid);
        MlpConfig {
            optimizer: GradientDescent::new(rate).into(),
            reduction,
            batch,
            epochs,
            shuffle: true,
            ..MlpConfig::lecture(vec![layer(30), layer(datasets::CLASSES)])
        }
    }

    /// Mean of Eₙ over all samples before training and after every epoch.
    fn losses(&self, batch: Batch, epochs: usize, stream: &Stream) -> anyhow::Result<Vec<f64>> {
        let loss = |model: &Mlp<f64>| -> anyhow::Result<f64> {
            let output = model.forward(&self.samples)?;
            let sum = Loss::HalfSquaredError.value(datasets::CLASSES, output.as_slice(), self.targets.as_slice())?;
            Ok(sum / self.samples.ncols() as f64)
        };
        let config = self.config(batch, epochs, Reduction::Mean, RATE);
        let mut training = config.training(&self.samples, &self.targets, stream.clone())?;
        let mut losses = vec![loss(training.model())?];
        while let Some(epoch) = training.next() {
            epoch?;
            losses.push(loss(training.model())?);
        }
        Ok(losses)
    }

    /// The largest difference of any weight between five epochs with sums and η/N and five with means and η.
    fn sum_against_mean(&self, context: &Context<'_>) -> anyhow::Result<f64> {
        let mut largest = 0.0_f64;
        for (batch, size) in [(Batch::Minibatch(MINIBATCH), MINIBATCH), (Batch::Full, self.samples.ncols())] {
            let train = |reduction, rate| {
                let config = self.config(batch, 5, reduction, rate);
                config.fit(&self.samples, &self.targets, context.stream("reduction"))
            };
            let sum = train(Reduction::Sum, RATE / size as f64)?;
            largest = largest.max((values(&sum) - values(&train(Reduction::Mean, RATE)?)).amax());
        }
        Ok(largest)
    }

    /// How far gradients of single samples lie from that of all samples, over how far those of minibatches do: the
    /// ratio of the mean squared distances, before training.
    fn noise_ratio(&self, stream: &Stream) -> anyhow::Result<f64> {
        let model =
            self.config(Batch::Full, 1, Reduction::Mean, RATE).initialize::<f64>(self.samples.nrows(), stream)?;
        let gradient = |samples: &[usize]| -> anyhow::Result<Vector<f64>> {
            let (x, t) = (self.samples.select_columns(samples), self.targets.select_columns(samples));
            Ok(values(&model.gradient(&x, &t, Loss::HalfSquaredError, Reduction::Mean)?.1))
        };
        let order = stream.named("order").permutation(self.samples.ncols());
        let whole = gradient(&order)?;
        let noise = |size: usize| -> anyhow::Result<f64> {
            let squares = order.chunks(size).map(|samples| Ok((gradient(samples)? - &whole).norm_squared()));
            let squares = squares.collect::<anyhow::Result<Vec<f64>>>()?;
            Ok(squares.iter().sum::<f64>() / squares.len() as f64)
        };
        Ok(noise(1)? / noise(MINIBATCH)?)
    }
}

fn values(parameters: &impl Parameters<f64>) -> Vector<f64> {
    Vector::from_vec(parameters.tensors().iter().flat_map(|tensor| tensor.values).copied().collect())
}

/// The weight of the global minimum of the second task.
const GOAL: f64 = 2.0;

/// The weights in its picture.
const PICTURE: (f64, f64) = (-1.0, 7.0);

/// The xₙ of the second task.
fn inputs(stream: &Stream) -> Vec<f64> {
    let mut inputs = vec![0.0; 40];
    stream.named("inputs").fill_uniform(&mut inputs, 0.0, 5.0);
    inputs
}

/// Where gradient descent on y = sin(w x) ends, from beginnings spread evenly over 0 to 6.
fn ends(batch: Batch, starts: u64, stream: &Stream) -> Vec<f64> {
    let (inputs, rule) = (inputs(stream), GradientDescent::new(0.1));
    let samples: Vec<(f64, f64)> = inputs.into_iter().map(|x| (x, math::sin(GOAL * x))).collect();
    // ∂Eₙ/∂w of Eₙ = ½ (sin(w xₙ) − tₙ)², tₙ = sin(2 xₙ)
    let slope = |w: f64, (x, t): (f64, f64)| (math::sin(w * x) - t) * x * math::cos(w * x);
    let end = |start: u64| {
        let mut w = [6.0 * (start as f64 + 0.5) / starts as f64];
        for epoch in 0..300 {
            let order = match batch {
                Batch::Full => (0..samples.len()).collect(),
                _ => stream.named("order").at(starts * epoch + start).permutation(samples.len()),
            };
            for step in batch.ranges(samples.len()) {
                let mean =
                    order[step.clone()].iter().map(|&n| slope(w[0], samples[n])).sum::<f64>() / step.len() as f64;
                rule.step(&mut w, &[mean]);
            }
        }
        w[0]
    };
    (0..starts).into_par_iter().map(end).collect()
}

fn figure(curves: &[Vec<Vec<f64>>]) -> Figure {
    let (mut lines, mut bands) = (Vec::new(), Vec::new());
    // The legend names each thing once.
    let once = |kind: usize, name: &str| if kind == 0 { name.to_owned() } else { String::new() };
    for (kind, (name, _, style)) in KINDS.iter().enumerate() {
        let spreads = Spread::by_epoch(&curves[kind]);
        let epochs: Vec<f64> = (0..spreads.len()).map(|epoch| epoch as f64).collect();
        let part = |of: fn(&Spread) -> f64| spreads.iter().map(of).collect();
        bands.push(Band {
            name: once(kind, "least to largest"),
            ..Band::new(epochs.clone(), part(|s| s.lowest), part(|s| s.highest))
        });
        lines.push(Line { style: *style, ..Line::new(format!("{name}: median"), epochs, part(|s| s.median)) });
    }
    for (kind, runs) in curves.iter().enumerate() {
        // What one run looks like: its noise would vanish in the median.
        if let Some(first) = runs.first() {
            let epochs = (0..first.len()).map(|epoch| epoch as f64).collect();
            let color = Some(plot::Color::category(kind));
            lines.push(Line { width: Some(0.4), color, ..Line::new(once(kind, "one seed"), epochs, first.clone()) });
        }
    }
    Figure::new(Curve {
        lines,
        bands,
        x: Axis::new("epoch"),
        y: Axis { log: true, ..Axis::new("training error, mean of Eₙ") },
        ..Curve::default()
    })
}

/// The error over the only weight, and below it where the runs end.
fn escape(online: Vec<f64>, batch: Vec<f64>, inputs: &[f64]) -> Figure {
    // The bins are centered on tenths, so that the global minimum lies in the middle of one.
    const RANGE: (f64, f64) = (PICTURE.0 - 0.05, PICTURE.1 + 0.05);
    let w: Vec<f64> = (0..=810).map(|step| RANGE.0 + f64::from(step) / 100.0).collect();
    let square =
        |w: f64, x: f64| 0.5 * (math::sin(w * x) - math::sin(GOAL * x)) * (math::sin(w * x) - math::sin(GOAL * x));
    let error = |w: f64| inputs.iter().map(|&x| square(w, x)).sum::<f64>() / inputs.len() as f64;
    let curve = Curve {
        lines: vec![Line::new("", w.clone(), w.iter().map(|&w| error(w)).collect())],
        x: Axis { range: Some(RANGE), ..Axis::new("weight w of y = sin(w x)") },
        y: Axis::new("mean of Eₙ"),
        references: vec![Reference::vertical(GOAL, "global minimum")],
        ..Curve::default()
    };
    let ends = Histogram {
        series: vec![Values::new("online", online), Values::new("batch", batch)],
        bins: Some(81),
        x: Axis { range: Some(RANGE), ..Axis::new("weight w after 300 epochs") },
        y: Axis::new("runs"),
        ..Histogram::default()
    };
    Figure::grid(1, vec![curve.into(), ends.into()]).sized(1000, 900)
}
