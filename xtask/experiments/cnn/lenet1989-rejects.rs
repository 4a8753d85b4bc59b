//! Slide 86: how many digits the network of 1989 must refuse to read, so that it misreads one in a hundred of the others.

use crate::digits::{mean, of_1989};
use cnn::CnnConfig;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use plot::{Axis, Curve, Figure, Line, Reference};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "lenet1989-rejects",
    slides: &[86],
    title: "Rejects of LeNet of 1989",
    title_japanese: "LeNet (1989) の棄却率",
    source: "LeCun et al. (1989), Neural Computation 1:541-551",
    claim: "When the digits with the least difference between the two largest outputs are refused, the error on the others falls to \
            1 % long before most digits are refused.",
    equations: &["lenet-1989"],
    assumptions: &[
        "a digit's confidence is the difference between its two largest outputs; the paper also uses their sizes",
    ],
    data: Data::Directory {
        name: "usps",
        stand_in: Some("mnist-10k"),
        // Twelve seeds, mean ± 3 standard deviations of a mean of four: 13.5 % (a seed's deviation is 1.2).
        expected: Some(&[("rejects_for_one_percent", 11.7..=15.2)]),
    },
    seeds: Seeds { full: 4, quick: 1 },
    paper: &[Reported {
        metric: "rejects_for_one_percent",
        value: "12.1 %",
        agrees: Some(9.0..=15.0),
        confidence: Confidence::High,
    }],
    // 20 seeds on the stand-in, mean ± 3 standard deviations of a mean of four: 7.3 % (a seed's deviation is 1.2).
    expected: &[("rejects_for_one_percent", 5.5..=9.1)],
    invariants: &[("rejects_for_one_percent", 0.0..=100.0)],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let task = of_1989(context)?;
    let targets = task.train.signed()?;
    let config = CnnConfig { epochs: context.sized(23, 3), ..CnnConfig::lenet_1989() };
    let n = task.test.labels.len();
    // Errors among the digits that are read, in percent, when the r least sure are refused.
    let curve = |seed: u64| -> anyhow::Result<Vec<f64>> {
        let network = config.fit(&task.train.samples, &targets, context.seeded_stream(seed, "training"))?;
        let output = network.forward(&task.test.samples)?;
        let mut digits: Vec<(f32, bool)> = output
            .column_iter()
            .zip(&task.test.labels)
            .map(|(output, &label)| {
                let best = (1..10).fold(0, |best, k| if output[k] > output[best] { k } else { best });
                let second = (0..10).filter(|&k| k != best).map(|k| output[k]).fold(f32::MIN, f32::max);
                (output[best] - second, best != label)
            })
            .collect();
        digits.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut left = digits.iter().filter(|(_, wrong)| *wrong).count();
        let mut errors = Vec::with_capacity(n);
        for (refused, (_, wrong)) in digits.iter().enumerate() {
            errors.push(100.0 * left as f64 / (n - refused) as f64);
            left -= usize::from(*wrong);
        }
        Ok(errors)
    };
    let curves = context.seeds().into_par_iter().map(curve).collect::<anyhow::Result<Vec<_>>>()?;
    let needed = |curve: &Vec<f64>| 100.0 * curve.iter().position(|&error| error <= 1.0).unwrap_or(n) as f64 / n as f64;
    let rejects = mean(curves.iter().map(needed));
    let shown = n / 4;
    let lines = curves.iter().enumerate().map(|(seed, curve)| {
        let x = (0..shown).map(|refused| 100.0 * refused as f64 / n as f64).collect();
        Line::new(format!("seed {}", seed + 1), x, curve[..shown].to_vec())
    });
    let figure = Curve {
        lines: lines.collect(),
        references: vec![Reference::horizontal(1.0, "1 %"), Reference::vertical(12.1, "paper: 12.1 %")],
        x: Axis::new("refused digits (%)"),
        y: Axis::new("misread of the others (%)"),
        ..Curve::default()
    };
    Ok(Outcome::new()
        .metric("rejects_for_one_percent", rejects)
        .metric("error_without_rejects", mean(curves.iter().map(|curve| curve[0])))
        .data_used(task.data)
        .figure(Figure::new(figure)))
}
