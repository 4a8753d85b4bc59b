//! Slide 86: does a network of shared weights not care where a digit stands?

use crate::digits::{mean, of_1989};
use cnn::{Augmentation, CnnConfig, lenet1989, shifted};
use experiment::{Context, Data, Experiment, Outcome, Seeds};
use plot::{Axis, Curve, Figure, Line, Marker, Ticks};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "lenet1989-shift",
    slides: &[86],
    title: "Shifted digits and LeNet of 1989",
    title_japanese: "位置ずれと LeNet (1989)",
    source: "LeCun et al. (1989) for the network; the question is that of users, no publication measures it",
    claim: "Shared weights alone do not make the network indifferent to position; training on digits shifted by a pixel helps, and \
            little beyond two pixels.",
    equations: &["lenet-1989"],
    assumptions: &["23 passes for both; mean over the four directions; background comes in"],
    data: Data::Directory {
        name: "usps",
        stand_in: Some("mnist-10k"),
        expected: Some(&[("plain_2_pixels", 15.0..=60.0)]),
    },
    seeds: Seeds { full: 1, quick: 1 },
    paper: &[],
    // Prototypes with three seeds: without shifts 4.5, 18, 61, 84, 90 %; with shifts 4, 5, 16, 52, 76 %.
    expected: &[("plain_2_pixels", 25.0..=75.0), ("trained_2_pixels", 8.0..=30.0), ("plain_4_pixels", 70.0..=95.0)],
    invariants: &[("plain_2_pixels", 0.0..=100.0), ("trained_2_pixels", 0.0..=100.0)],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let task = of_1989(context)?;
    let targets = task.train.signed()?;
    let plain = CnnConfig { epochs: context.sized(23, 3), ..CnnConfig::lenet_1989() };
    let trained = CnnConfig {
        augmentation: Some(Augmentation { shift: 1, ..Augmentation::new(lenet1989::INPUT, -1.0) }),
        ..plain.clone()
    };
    let errors = |config: &CnnConfig| -> anyhow::Result<Vec<f64>> {
        let network = config.fit(&task.train.samples, &targets, context.stream("training"))?;
        let at = |pixels: i64| -> anyhow::Result<f64> {
            let directions = [(pixels, 0), (-pixels, 0), (0, pixels), (0, -pixels)];
            let error = |(down, right)| -> anyhow::Result<f64> {
                let samples = shifted(&task.test.samples, lenet1989::INPUT, down, right, -1.0)?;
                let part = crate::digits::Part { samples, labels: task.test.labels.clone() };
                part.error(&network)
            };
            Ok(mean(directions.into_iter().map(error).collect::<anyhow::Result<Vec<f64>>>()?))
        };
        (0..5).map(at).collect()
    };
    let both = [&plain, &trained].into_par_iter().map(errors).collect::<anyhow::Result<Vec<Vec<f64>>>>()?;
    let line = |name: &str, values: &[f64], marker| Line {
        marker: Some(marker),
        ..Line::new(name, (0..5).map(f64::from).collect(), values.to_vec())
    };
    let figure = Curve {
        lines: vec![
            line("trained on digits as they are", &both[0], Marker::Circle),
            line("trained on digits shifted by up to one pixel", &both[1], Marker::Square),
        ],
        x: Axis { ticks: Ticks::Whole, ..Axis::new("shift of the test digits (pixels)") },
        y: Axis { range: Some((0.0, 100.0)), ..Axis::new("misread test digits (%)") },
        ..Curve::default()
    };
    let mut outcome = Outcome::new();
    for (pixels, (plain, trained)) in both[0].iter().zip(&both[1]).enumerate() {
        outcome = outcome
            .metric(format!("plain_{pixels}_pixels"), *plain)
            .metric(format!("trained_{pixels}_pixels"), *trained);
    }
    Ok(outcome.data_used(task.data).figure(Figure::new(figure)).note(
        "A digit shifted by two pixels of sixteen is another picture for H2, whose units stand four pixels apart: sharing weights \
         moves the features along, but H3 has learned where to expect them.",
    ))
}
