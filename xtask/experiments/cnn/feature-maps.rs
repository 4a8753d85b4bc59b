//! Slide 86: what the feature maps of the network of 1989 hold.

use crate::digits::of_1989;
use anyhow::Context as _;
use cnn::CnnConfig;
use experiment::{Context, Data, Experiment, Format, Outcome, Seeds};
use nn_core::Matrix;
use plot::{ColorMap, Figure, ImageGrid, ImageRange};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "feature-maps",
    slides: &[86],
    title: "The feature maps of LeNet for one digit of each class",
    title_japanese: "LeNet の特徴マップ",
    source: "LeCun et al. (1989), Neural Computation 1:541-551",
    claim: "Each map of H1 answers to one small feature wherever it is; H2 combines them, more coarsely in space.",
    equations: &["lenet-1989"],
    assumptions: &["seven passes instead of 23: the pictures do not change much after that"],
    data: Data::Embedded("mnist-10k"),
    seeds: Seeds::ONE,
    paper: &[],
    expected: &[("test_error", 2.5..=8.0), ("mean_size_h1", 0.3..=1.5)],
    invariants: &[("mean_size_h1", 0.0..=1.7159), ("mean_size_h2", 0.0..=1.7159)],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let task = of_1989(context)?;
    let config = CnnConfig { epochs: context.sized(7, 2), ..CnnConfig::lenet_1989() };
    let network = config.fit(&task.train.samples, &task.train.signed()?, context.stream("training"))?;
    let predicted = network.predict(&task.test.samples)?;
    let (mut digits, mut h1, mut h2) = (Vec::new(), Vec::new(), Vec::new());
    for class in 0..10 {
        // The first digit of the class that is read; any of the class in a run too short to read.
        let of_class = |read: bool| {
            let mut labels = task.test.labels.iter().zip(&predicted);
            labels.position(|(&label, &found)| label == class && (!read || found == class))
        };
        let digit = of_class(true).or_else(|| of_class(false)).context("every class is there")?;
        let sample: Vec<f32> = task.test.samples.column(digit).iter().copied().collect();
        let trace = network.trace(&sample)?;
        digits.extend(sample.iter().map(|&v| f64::from(v)));
        h1.extend(trace.outputs[0].iter().map(|&v| f64::from(v)));
        h2.extend(trace.outputs[1].iter().map(|&v| f64::from(v)));
    }
    let size = |values: &[f64]| values.iter().map(|v| v.abs()).sum::<f64>() / values.len() as f64;
    let grid = |title: &str, values: &[f64], side: usize, columns: usize| {
        let map = if side == 16 { ColorMap::Ink } else { ColorMap::BlueRed };
        let images = values.len() / (side * side);
        ImageGrid {
            title: title.to_owned(),
            map,
            range: ImageRange::Shared,
            columns: Some(columns),
            color_bar: (side == 4).then(|| "output".to_owned()),
            ..ImageGrid::new(Matrix::from_column_slice(side * side, images, values), side)
        }
        .into()
    };
    let panels = vec![
        grid("digit", &digits, 16, 1),
        grid("H1: twelve maps of 8 x 8", &h1, 8, 12),
        grid("H2: twelve maps of 4 x 4", &h2, 4, 12),
    ];
    Ok(Outcome::new()
        .metric("test_error", task.test.error(&network)?)
        .metric("mean_size_h1", size(&h1))
        .metric("mean_size_h2", size(&h2))
        .data_used(task.data)
        .picture("", Figure::grid(3, panels).sized(1500, 560), Format::Png)
        .note("A row a digit, a column a map. Red is positive, blue negative; outputs lie between ±1.7159."))
}
