//! Slide 86: the codes of LeNet-5's output units.

use cnn::{CODE_WIDTH, digit_codes};
use experiment::{Context, Data, Experiment, Outcome, Seeds};
use nn_core::Matrix;
use plot::{ColorMap, Figure, HeatMap, ImageGrid};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "lenet5-codes",
    slides: &[86],
    title: "The output codes of LeNet-5",
    title_japanese: "LeNet-5 の出力符号",
    source: "LeCun, Bottou, Bengio and Haffner (1998), Proc. IEEE 86:2278-2324, figure 3",
    claim: "The target of each class is a picture of the digit, and digits that look alike have codes that are near.",
    equations: &["lenet-5"],
    assumptions: &[
        "the pictures are a public transcription of the figure; the bars above 0, 2, 4 and 5 are in it as they stand here",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[],
    expected: &[],
    invariants: &[("pixels", 84.0..=84.0), ("nearest_pair", 8.0..=40.0)],
    run,
};

fn run(_: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let codes = digit_codes::<f64>();
    let different = Matrix::from_fn(10, 10, |a, b| {
        codes.column(a).iter().zip(codes.column(b).iter()).filter(|(a, b)| a != b).count() as f64
    });
    let pairs = (0..10).flat_map(|a| (0..a).map(move |b| (a, b)));
    let nearest = pairs.min_by(|x, y| different[*x].total_cmp(&different[*y])).unwrap_or((1, 0));
    let grid = ImageGrid {
        title: "7 x 12 pixels, ink +1, paper -1".to_owned(),
        captions: (0..10).map(|digit| digit.to_string()).collect(),
        columns: Some(10),
        map: ColorMap::Ink,
        ..ImageGrid::new(codes, CODE_WIDTH)
    };
    let labels: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let heat = HeatMap {
        title: "Pixels in which two codes differ".to_owned(),
        row_labels: labels.clone(),
        column_labels: labels,
        ..HeatMap::new(different.clone()).with_values(0)
    };
    Ok(Outcome::new()
        .metric("pixels", 84.0)
        .metric("nearest_pair", different[nearest])
        .figure(Figure::grid(1, vec![grid.into(), heat.into()]).sized(900, 1000))
        .note(format!(
            "The nearest codes are those of {} and {}. The distance of two codes is four times the number of pixels.",
            nearest.1, nearest.0
        )))
}
