//! Slide 86: the well-known reproduction in Python, repeated.

use crate::digits::{Curve as Run, ErrorsByPass, curve, of_1989};
use cnn::CnnConfig;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use plot::Reference;
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "lenet1989-mnist",
    slides: &[86],
    title: "LeNet of 1989, the reproduction of 2022 repeated",
    title_japanese: "LeNet (1989) の 2022 年の再現実験",
    source: "A. Karpathy (2022), lecun1989-repro: printed results of repro.py",
    claim: "The reproduction's recipe gives the reproduction's error rates, whatever language it is written in.",
    equations: &["lenet-1989", "online"],
    assumptions: &[
        "7,291 and 2,007 digits from MNIST's 10,000 test digits instead of from all 60,000: other digits of the same kind",
        "everything that the reproduction's README lists as a guess: the connections of H2, ±2.4/√F, biases 0 and −1, rate 0.03",
    ],
    data: Data::Embedded("mnist-10k"),
    seeds: Seeds::many(2),
    paper: &[
        Reported {
            metric: "test_error",
            value: "4.09 % (82 of 2,007)",
            agrees: Some(3.5..=4.7),
            confidence: Confidence::Read,
        },
        Reported {
            metric: "train_error",
            value: "0.62 % (45 of 7,291)",
            agrees: Some(0.37..=0.87),
            confidence: Confidence::Read,
        },
    ],
    // 20 seeds, mean ± 3 standard deviations of a mean of two: 3.68 % (a seed's deviation is 0.27) and 0.57 % (0.07). Another user of
    // the reproduction got 3.54 and 0.86 %.
    expected: &[("test_error", 3.1..=4.3), ("train_error", 0.41..=0.72)],
    invariants: &[("test_error", 0.0..=95.0), ("train_error", 0.0..=95.0)],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let task = of_1989(context)?;
    let targets = task.train.signed()?;
    let config = CnnConfig { epochs: context.sized(23, 3), ..CnnConfig::lenet_1989_well_known() };
    let train = |seed: u64| curve(&config, &task.train, &targets, &task.test, context.seeded_stream(seed, "training"));
    let runs = context.seeds().into_par_iter().map(train).collect::<anyhow::Result<Vec<Run>>>()?;
    let errors = ErrorsByPass::of(runs);
    let (train_error, test_error) = errors.last();
    let figure = errors.figure(vec![
        Reference::horizontal(4.09, "reproduction, test: 4.09 %"),
        Reference::horizontal(0.62, "reproduction, training: 0.62 %"),
    ]);
    Ok(Outcome::new()
        .metric("test_error", test_error)
        .metric("train_error", train_error)
        .data_used(task.data)
        .figure(figure)
        .note("Means over the seeds. The reproduction prints one run with one seed; a run of ours takes less than three seconds."))
}
