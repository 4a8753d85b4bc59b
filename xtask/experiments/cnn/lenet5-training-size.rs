//! Slide 86: LeNet-5 and the number of digits it learns from.

use crate::digits::{of_1998, recipe_of_1998};
use cnn::{Affine, Augmentation, CnnConfig, lenet5};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds, Size};
use nn_core::one_hot;
use plot::{Axis, Bar, Bars, Figure};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "lenet5-training-size",
    slides: &[86],
    title: "LeNet-5 and the number of training digits",
    title_japanese: "LeNet-5 と学習データの数",
    source: "LeCun, Bottou, Bengio and Haffner (1998), Proc. IEEE 86:2278-2324, figure 6",
    claim: "More digits give fewer test errors, and distorted copies count as more digits.",
    equations: &["lenet-5"],
    assumptions: &[
        "embedded digits: 1,250, 2,500 and 5,000 instead of 15,000, 30,000 and 60,000, eight passes",
        "distortions anew in each pass (shift 1.5 pixels, size, squeeze 10 %, shear 0.2); the paper adds 540,000 fixed ones",
    ],
    data: Data::Directory {
        name: "mnist",
        stand_in: Some("mnist-10k"),
        // Around the paper's numbers; the one run made has 0.86 and 0.84 %, 1.44 and 1.09 % for a quarter and a half.
        expected: Some(&[("all", 0.75..=1.15), ("distorted", 0.6..=1.0), ("orderings", 3.0..=3.0)]),
    },
    seeds: Seeds::ONE,
    paper: &[
        Reported { metric: "all", value: "0.95 %", agrees: Some(0.8..=1.1), confidence: Confidence::High },
        Reported { metric: "distorted", value: "0.8 %", agrees: Some(0.65..=0.95), confidence: Confidence::High },
    ],
    // Each of the three steps must lower the error. Errors: five other seeds, mean ± 3 deviations.
    expected: &[("orderings", 3.0..=3.0), ("quarter", 4.8..=8.0), ("half", 3.5..=4.2), ("all", 2.1..=3.0)],
    invariants: &[("quarter", 0.0..=95.0), ("all", 0.0..=95.0)],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let task = of_1998(context)?;
    let whole = context.size() == Size::Full && context.data_directory().is_some();
    let count = if whole { 60_000 } else { context.sized(5000, 300) };
    let config = recipe_of_1998(context);
    let distorted = CnnConfig {
        augmentation: Some(Augmentation {
            affine: Some(Affine::DIGITS),
            ..Augmentation::new(lenet5::INPUT, lenet5::BACKGROUND)
        }),
        ..config.clone()
    };
    let cases = [
        ("distorted", count, &distorted),
        ("all", count, &config),
        ("half", count / 2, &config),
        ("quarter", count / 4, &config),
    ];
    let error = |&(name, count, config): &(&'static str, usize, &CnnConfig)| -> anyhow::Result<(&'static str, f64)> {
        let train = task.train.first(count);
        let network = config.fit(&train.samples, &one_hot(10, &train.labels)?, context.stream("training"))?;
        Ok((name, task.test.error(&network)?))
    };
    let mut errors = cases.par_iter().map(error).collect::<anyhow::Result<Vec<_>>>()?;
    errors.reverse();
    let orderings = errors.windows(2).filter(|pair| pair[1].1 < pair[0].1).count();
    let published = if whole { vec![None, None, Some(0.95), Some(0.8)] } else { vec![] };
    let figure = Bar {
        groups: vec![
            format!("{} digits", count / 4),
            format!("{} digits", count / 2),
            format!("{count} digits"),
            format!("{count}, distorted"),
        ],
        series: vec![Bars { published, ..Bars::new("test error", errors.iter().map(|(_, error)| *error).collect()) }],
        y: Axis::new("misread test digits (%)"),
        value_labels: true,
        ..Bar::default()
    };
    let mut outcome = Outcome::new().metric("orderings", orderings as f64);
    for (name, error) in errors {
        outcome = outcome.metric(name, error);
    }
    Ok(outcome.data_used(task.data).figure(Figure::new(figure)))
}
