//! Slide 89: random erasing.

use cnn::{Augmentation, RandomErasing, Shape};
use datasets::{Scale, mnist_10k};
use experiment::{Confidence, Context, Data, Experiment, Format, Outcome, Reported, Seeds};
use plot::{ColorMap, Figure, ImageGrid};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "random-erasing",
    slides: &[89],
    title: "Random erasing",
    title_japanese: "ランダム消去",
    source: "Zhong et al. (2020), AAAI 34:13001-13008",
    claim: "Half of the images lose a random rectangle of 2 to 40 % of their area to random values; nothing else changes.",
    equations: &[],
    assumptions: &["a rectangle whose whole pixels leave the bounds of the area is drawn again"],
    data: Data::Embedded("mnist-10k"),
    seeds: Seeds::ONE,
    paper: &[Reported {
        metric: "share_erased",
        value: "p = 0.5",
        agrees: Some(0.48..=0.52),
        confidence: Confidence::Read,
    }],
    // Ten thousand draws with p = 0.5: four standard errors are 0.02.
    expected: &[("share_erased", 0.48..=0.52)],
    invariants: &[("least_area", 0.02..=0.4), ("largest_area", 0.02..=0.4), ("share_erased", 0.3..=0.7)],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let digits = mnist_10k()?.train.first(context.sized(10_000, 200))?;
    let samples = digits.samples::<f64>(Scale::Unit)?;
    // Values of 2 and more cannot be confused with the digit's own.
    let marked = RandomErasing { fill: (2.0, 3.0), ..RandomErasing::PAPER };
    let with = |erasing: RandomErasing| Augmentation {
        erasing: Some(erasing),
        ..Augmentation::new(Shape::new(1, 28, 28), 0.0)
    };
    let stream = context.stream("erasing");
    let changed = with(marked).apply(&samples, &stream)?;
    let areas: Vec<f64> = changed
        .column_iter()
        .map(|image| image.iter().filter(|&&value| value >= 2.0).count() as f64 / 784.0)
        .filter(|&area| area > 0.0)
        .collect();
    let fold = |choose: fn(f64, f64) -> f64| areas.iter().copied().fold(f64::NAN, choose);
    let shown = with(RandomErasing::PAPER).apply(&samples, &stream)?.columns(0, 40).into_owned();
    let grid = ImageGrid { columns: Some(10), map: ColorMap::Ink, ..ImageGrid::new(shown, 28) };
    Ok(Outcome::new()
        .metric("share_erased", areas.len() as f64 / samples.ncols() as f64)
        .metric("least_area", fold(f64::min))
        .metric("largest_area", fold(f64::max))
        .picture("", Figure::new(grid), Format::Png))
}
