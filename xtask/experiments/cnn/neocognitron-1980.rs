//! Slides 4 and 9: the Neocognitron learns five digits without a teacher.

use cnn::neocognitron::{Neocognitron, NeocognitronConfig, digits, moved};
use experiment::statistics::Spread;
use experiment::{Confidence, Context, Data, Experiment, Format, Outcome, Reported, Seeds};
use nn_core::{Matrix, Stream};
use plot::{Figure, ImageGrid, ImageRange};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "neocognitron-1980",
    slides: &[4, 9],
    title: "The Neocognitron of 1980",
    title_japanese: "ネオコグニトロン",
    source: "Fukushima (1980), Biol. Cybern. 36:193-202; in Japanese a year before, IECE J62-A",
    claim: "Shown five digits at random places, and never told which is which, the network gives each a cell of its own that answers \
            wherever the digit stands.",
    equations: &[],
    assumptions: &[
        "c and d fade as 0.7^|v|, the first preference of a plane is cos 2(angle − πk/K): not in the paper",
        "C cells stand at equal distances; digits of 8 x 8 pixels of our own",
        "stage after stage, 20 presentations of each digit for each stage, shifts of up to two pixels",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 10, quick: 1 },
    paper: &[Reported {
        metric: "median_distinct",
        value: "five cells for five digits",
        agrees: Some(5.0..=5.0),
        confidence: Confidence::Read,
    }],
    // Ten seeds: five distinct cells for 3 of them, never fewer than four. A prototype with the same constants had 4 of 5.
    expected: &[("least_distinct", 4.0..=5.0), ("share_with_five", 0.2..=1.0), ("stability", 0.95..=1.0)],
    invariants: &[("stability", 0.0..=1.0), ("least_distinct", 1.0..=5.0)],
    run,
};

/// Training stage after stage.
fn learned(stream: &Stream, presentations: usize) -> anyhow::Result<Neocognitron> {
    let mut network = Neocognitron::new(NeocognitronConfig::PAPER)?;
    let mut stream = stream.clone();
    for stage in 0..3 {
        for _ in 0..presentations {
            for pattern in digits() {
                let mut shift = || i64::from(stream.below(5)) - 2;
                let (down, right) = (shift(), shift());
                network.learn(stage, &moved(&pattern, down, right))?;
            }
        }
    }
    Ok(network)
}

/// How many distinct cells win for the five digits in the middle, and the share of shifts that keep a digit's winner.
fn judged(network: &Neocognitron, reach: i64) -> anyhow::Result<(f64, f64)> {
    let mut winners = Vec::new();
    let (mut kept, mut all) = (0.0, 0.0);
    for pattern in digits() {
        let winner = network.respond(&pattern)?.winner();
        for down in -reach..=reach {
            for right in -reach..=reach {
                all += 1.0;
                let found = network.respond(&moved(&pattern, down, right))?.winner();
                kept += f64::from(winner.is_some() && found == winner);
            }
        }
        winners.extend(winner);
    }
    winners.sort_unstable();
    winners.dedup();
    Ok((winners.len() as f64, kept / all))
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let presentations = context.sized(20, 2);
    let reach = context.sized(2, 1);
    let one = |seed: u64| -> anyhow::Result<(Neocognitron, f64, f64)> {
        let network = learned(&context.seeded_stream(seed, "shifts"), presentations)?;
        let (distinct, stability) = judged(&network, reach)?;
        Ok((network, distinct, stability))
    };
    let runs = context.seeds().into_par_iter().map(one).collect::<anyhow::Result<Vec<_>>>()?;
    let distinct: Vec<f64> = runs.iter().map(|run| run.1).collect();
    let five = distinct.iter().filter(|&&count| count == 5.0).count() as f64 / distinct.len() as f64;
    let stability = runs.iter().map(|run| run.2).sum::<f64>() / runs.len() as f64;
    let spread = Spread::of(&distinct);
    let network = &runs[0].0;
    // The layers of one digit: the twelve planes that answer most.
    let answers = network.respond(&digits()[3])?;
    let panel = |title: &str, values: &[f64], side: usize| {
        let planes: Vec<&[f64]> = values.chunks_exact(side * side).collect();
        let images = Matrix::from_fn(side * side, planes.len(), |place, plane| planes[plane][place]);
        let columns = Some(planes.len().min(12));
        ImageGrid { title: title.to_owned(), range: ImageRange::Shared, columns, ..ImageGrid::new(images, side) }.into()
    };
    let layers = vec![
        panel("US1: features of 5 x 5 pixels", &answers.s[0], 16),
        panel("UC1: the same, wherever nearby", &answers.c[0], 10),
        panel("US2", &answers.s[1], 8),
        panel("UC2", &answers.c[1], 6),
    ];
    let mut cells = Matrix::zeros(24, 5);
    for (digit, pattern) in digits().iter().enumerate() {
        cells.column_mut(digit).copy_from_slice(&network.respond(pattern)?.c[2]);
    }
    let patterns = digits();
    let shown = Matrix::from_fn(256, 5, |place, digit| patterns[digit][place]);
    let output = plot::HeatMap {
        title: "UC3: 24 cells, five digits (one seed)".to_owned(),
        row_labels: (0..5).map(|digit| digit.to_string()).collect(),
        x_label: "cell of UC3".to_owned(),
        y_label: "digit".to_owned(),
        color_bar: Some("answer".to_owned()),
        ..plot::HeatMap::new(cells.transpose())
    };
    let input = ImageGrid { title: "the five patterns".to_owned(), columns: Some(5), ..ImageGrid::new(shown, 16) };
    Ok(Outcome::new()
        .metric("median_distinct", spread.median)
        .metric("least_distinct", spread.lowest)
        .metric("share_with_five", five)
        .metric("stability", stability)
        .picture("", Figure::grid(1, vec![input.into(), output.into()]).sized(900, 700), Format::Svg)
        .picture(
            "layers",
            Figure::grid(2, layers).sized(1300, 620).titled("What the layers answer to a 3"),
            Format::Png,
        )
        .note(
            "The paper's five cells for five digits are reached by 3 of 10 seeds; on the others two digits share a cell. A prototype \
             with the same constants reached them on 4 of 5 seeds. What the paper leaves open, how c and d fade and where the C \
             cells stand, decides it.",
        )
        .note("Stability: the share of shifts of up to two pixels that leave a digit's winner the same."))
}
