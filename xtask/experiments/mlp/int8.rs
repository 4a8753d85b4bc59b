//! Slide 53: a trained network with 8 bits for a weight and an activation.

use datasets::{CLASSES, Scale, mnist_10k};
use experiment::statistics::Spread;
use experiment::{Context, Data, Experiment, Outcome, Seeds};
use mlp::{LayerConfig, MlpConfig, QuantizedMlp};
use nn_core::{Activation, GradientDescent, accuracy, one_hot};
use plot::{Axis, Band, Curve, Figure, Line, LineStyle, Marker, Ticks};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "int8",
    slides: &[53],
    title: "Eight bits are enough",
    title_japanese: "8bit量子化",
    source: "Lecture, slide 53",
    claim: "Rounded to 8 bits for weights and activations after training, a network answers as it did before.",
    equations: &["relu", "sigmoid", "network-output"],
    assumptions: &[
        "10,000 digits of 28 × 28 pixels, 784-100-10, softmax and cross-entropy, minibatches of 32, η = 0.2 (ReLU) or 0.5 (sigmoid), 5 epochs",
        "weights symmetric with a step a unit, activations with a step a layer over the range seen on 500 training digits, sums in 32 bits; nothing is trained again",
    ],
    data: Data::Embedded("mnist-10k"),
    seeds: Seeds { full: 3, quick: 1 },
    paper: &[],
    // Three networks and 10,000 digits: one answer in a thousand changes with 8 bits, in both directions, so that the error moves
    // by a few hundredths of a point; errors of single networks vary by 0.2 points from seed to seed.
    expected: &[
        ("test_error_relu", 5.2..=6.4),
        ("test_error_sigmoid", 6.6..=7.9),
        ("more_error_relu_8_bits", -0.12..=0.12),
        ("more_error_sigmoid_8_bits", -0.12..=0.12),
        ("more_error_relu_4_bits", -0.1..=1.2),
        ("more_error_sigmoid_4_bits", -0.2..=0.6),
        ("more_error_relu_2_bits", 6.0..=45.0),
        ("more_error_sigmoid_2_bits", 6.0..=45.0),
        ("changed_answers_relu_8_bits", 0.02..=0.3),
        ("changed_answers_sigmoid_8_bits", 0.01..=0.25),
    ],
    invariants: &[],
    run,
};

const KINDS: [(&str, Activation, f64, LineStyle); 2] =
    [("ReLU", Activation::Relu, 0.2, LineStyle::Solid), ("sigmoid", Activation::Sigmoid, 0.5, LineStyle::Dashed)];

const BITS: [u32; 6] = [2, 3, 4, 5, 6, 8];

/// What one trained network does.
struct Rounded {
    /// Test error of the network in single precision, in percent.
    error: f64,
    /// Test error with each number of bits.
    errors: Vec<f64>,
    /// Share of the test digits that 8 bits answer otherwise, in percent.
    changed: f64,
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let mut split = mnist_10k()?;
    if context.sized(false, true) {
        (split.train, split.test) = (split.train.first(1000)?, split.test.strided(10, 0)?);
    }
    let (samples, targets) = (split.train.samples::<f32>(Scale::Unit)?, one_hot::<f32>(CLASSES, split.train.labels())?);
    let (test, labels) = (split.test.samples::<f32>(Scale::Unit)?, split.test.labels());
    let calibration = samples.columns(0, 500).into_owned();
    let epochs = context.sized(5, 1);
    let context = &*context;
    let rounded = |(kind, seed): (usize, u64)| -> anyhow::Result<Rounded> {
        let (name, activation, rate, _) = KINDS[kind];
        let hidden = LayerConfig::new(100, activation);
        let config = MlpConfig {
            layers: vec![hidden, LayerConfig::new(CLASSES, Activation::Identity)],
            optimizer: GradientDescent::new(rate).into(),
            epochs,
            ..MlpConfig::classifier(&[], CLASSES)
        };
        let network = config.fit(&samples, &targets, context.seeded_stream(seed, name))?;
        let before = network.predict(&test)?;
        let error = |answers: &[usize]| anyhow::Ok(100.0 * (1.0 - accuracy(answers, labels)?));
        let mut found = Rounded { error: error(&before)?, errors: Vec::new(), changed: 0.0 };
        for bits in BITS {
            let after = QuantizedMlp::new(&network, &calibration, bits)?.predict(&test)?;
            found.errors.push(error(&after)?);
            found.changed = 100.0 * (1.0 - accuracy(&after, &before)?);
        }
        Ok(found)
    };
    let jobs: Vec<(usize, u64)> =
        (0..KINDS.len()).flat_map(|kind| context.seeds().map(move |seed| (kind, seed))).collect();
    let found = jobs.into_par_iter().map(rounded).collect::<anyhow::Result<Vec<_>>>()?;
    let by_kind: Vec<&[Rounded]> = found.chunks(context.seeds().end as usize).collect();
    let mut outcome = Outcome::new();
    for ((name, ..), runs) in KINDS.iter().zip(&by_kind) {
        let mean = |of: &dyn Fn(&Rounded) -> f64| runs.iter().map(of).sum::<f64>() / runs.len() as f64;
        let name = name.to_lowercase();
        outcome = outcome.metric(format!("test_error_{name}"), mean(&|run| run.error));
        for (index, bits) in BITS.iter().enumerate().rev() {
            outcome =
                outcome.metric(format!("more_error_{name}_{bits}_bits"), mean(&|run| run.errors[index] - run.error));
        }
        outcome = outcome.metric(format!("changed_answers_{name}_8_bits"), mean(&|run| run.changed));
    }
    Ok(outcome.figure(figure(&by_kind)).note(
        "The slide names 8 bits beside ReLU, whose value needs no table; for the error it makes no difference: sigmoid units, \
         whose outputs have a fixed range, even bear fewer bits.",
    ))
}

fn figure(by_kind: &[&[Rounded]]) -> Figure {
    let x: Vec<f64> = BITS.iter().map(|bits| f64::from(*bits)).collect();
    let (mut lines, mut bands) = (Vec::new(), Vec::new());
    for (index, ((name, _, _, style), runs)) in KINDS.iter().zip(by_kind).enumerate() {
        let spreads: Vec<Spread> = (0..BITS.len())
            .map(|bits| Spread::of(&runs.iter().map(|run| run.errors[bits]).collect::<Vec<_>>()))
            .collect();
        let of = |of: fn(&Spread) -> f64| spreads.iter().map(of).collect();
        let name = if index == 0 { format!("{name}: median (band: least to largest)") } else { (*name).to_owned() };
        lines.push(Line {
            style: *style,
            marker: Some(Marker::category(index)),
            ..Line::new(name, x.clone(), of(|s| s.median))
        });
        bands.push(Band::new(x.clone(), of(|s| s.lowest), of(|s| s.highest)));
    }
    for (index, (_, runs)) in KINDS.iter().zip(by_kind).enumerate() {
        let error = Spread::of(&runs.iter().map(|run| run.error).collect::<Vec<_>>()).median;
        let name = if index == 0 { "32 bits, floating point" } else { "" };
        let color = Some(plot::Color::category(index));
        lines.push(Line { color, width: Some(0.5), ..Line::new(name, vec![2.0, 8.0], vec![error; 2]) });
    }
    Figure::new(Curve {
        lines,
        bands,
        x: Axis { ticks: Ticks::Whole, ..Axis::new("bits for a weight and an activation") },
        y: Axis { log: true, ..Axis::new("test error (%)") },
        ..Curve::default()
    })
}
