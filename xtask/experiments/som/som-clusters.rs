//! Slide 17: clustering: units are joined, samples follow their winners.

use anyhow::Context as _;
use datasets::{Scale, iris, optdigits};
use experiment::statistics::{Spread, adjusted_rand_index};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Matrix, Stream};
use plot::{CellMap, Color, Figure};
use rayon::prelude::*;
use som::{Initialization, Som, SomConfig};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "som-clusters",
    slides: &[17],
    title: "Clusters of irises and digits",
    title_japanese: "クラスタリング",
    source: "Lecture, slide 17; Vesanto and Alhoniemi (2000), IEEE Transactions on Neural Networks 11:586-600",
    claim: "Units of a map, joined into as many clusters as there are classes, find most of the classes without having been told.",
    equations: &["som-winner", "som-neighborhood", "som-decay"],
    assumptions: &[
        "maps of `SomConfig::for_samples` from random samples; Ward's method on the reference vectors: 3 clusters of the 150 \
         irises, 10 of the 1797 digits of 8 × 8 pixels",
        "the adjusted Rand index compares clusters with classes: 1 for the same partition, 0 for chance; accuracy names every \
         cluster after its majority",
    ],
    data: Data::Embedded("iris"),
    seeds: Seeds::many(20),
    paper: &[Reported {
        metric: "digits_rand_index_median",
        value: "no number",
        agrees: None,
        confidence: Confidence::Read,
    }],
    expected: EXPECTED,
    invariants: &[("iris_rand_index_median", -0.5..=1.0), ("digits_rand_index_median", -0.5..=1.0)],
    run,
};

// Over 60 seeds: 0.676 ± 0.057, 0.856 ± 0.042, 0.654 ± 0.043 and 0.772 ± 0.030; four standard errors of a median of 20.
const EXPECTED: experiment::Intervals = &[
    ("iris_rand_index_median", 0.61..=0.735),
    ("iris_accuracy_median", 0.81..=0.91),
    ("digits_rand_index_median", 0.605..=0.705),
    ("digits_accuracy_median", 0.737..=0.804),
];

struct Clustered {
    map: Som<f32>,
    clusters: Vec<usize>,
    /// The class of every cluster's majority.
    names: Vec<usize>,
    rand_index: f64,
    accuracy: f64,
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let flowers = iris::<f32>()?;
    let digits = optdigits()?;
    let digits = if context.sized(true, false) { digits } else { digits.first(300)? };
    let pixels = digits.samples::<f32>(Scale::Unit)?;
    let of_seed = |seed: u64| -> anyhow::Result<_> {
        let stream = context.seeded_stream(seed, "map");
        let of_iris = cluster(&flowers.samples, &flowers.labels, 3, &stream.named("iris"))?;
        Ok((of_iris, cluster(&pixels, digits.labels(), 10, &stream.named("digits"))?))
    };
    let all = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;

    let spread = |of: fn(&(Clustered, Clustered)) -> f64| Spread::of(&all.iter().map(of).collect::<Vec<_>>());
    let (of_iris, of_digits) = all.first().context("there must be a seed")?;
    Ok(Outcome::new()
        .metric("iris_rand_index_median", spread(|pair| pair.0.rand_index).median)
        .metric("iris_accuracy_median", spread(|pair| pair.0.accuracy).median)
        .metric("digits_rand_index_median", spread(|pair| pair.1.rand_index).median)
        .metric("digits_rand_index_of_the_worst_seed", spread(|pair| pair.1.rand_index).lowest)
        .metric("digits_accuracy_median", spread(|pair| pair.1.accuracy).median)
        .data_used("iris (150 flowers), optdigits (1797 digits)")
        .figure(figure(of_iris, of_digits, (&flowers.samples, &flowers.labels), (&pixels, digits.labels()))?)
        .note(
            "Colors are clusters, found without labels; thick lines part them. What is written is the majority of the samples \
             that a unit wins: s(etosa), v(ersicolor), g for virginica, or the digit.",
        ))
}

fn cluster(samples: &Matrix<f32>, labels: &[usize], classes: usize, stream: &Stream) -> anyhow::Result<Clustered> {
    let config = SomConfig { initialization: Initialization::Samples, ..SomConfig::for_samples(labels.len())? };
    let map = config.fit(samples, stream.clone())?;
    let clusters = map.clusters(classes)?;
    let of_samples: Vec<usize> = map.predict(samples)?.into_iter().map(|unit| clusters[unit]).collect();
    let mut counts = vec![vec![0; classes]; classes];
    of_samples.iter().zip(labels).for_each(|(cluster, label)| counts[*cluster][*label] += 1);
    let majority =
        |counts: &Vec<usize>| (0..classes).max_by_key(|label| (counts[*label], classes - label)).unwrap_or(0);
    let names: Vec<usize> = counts.iter().map(majority).collect();
    let right: usize = counts.iter().zip(&names).map(|(counts, name)| counts[*name]).sum();
    Ok(Clustered {
        rand_index: adjusted_rand_index(&of_samples, labels),
        accuracy: right as f64 / labels.len() as f64,
        map,
        clusters,
        names,
    })
}

type Labeled<'a> = (&'a Matrix<f32>, &'a [usize]);

fn figure(
    of_iris: &Clustered,
    of_digits: &Clustered,
    flowers: Labeled<'_>,
    digits: Labeled<'_>,
) -> anyhow::Result<Figure> {
    let panel = |title: &str,
                 clustered: &Clustered,
                 (samples, labels): Labeled<'_>,
                 letters: &[&str]|
     -> anyhow::Result<CellMap> {
        let map = &clustered.map;
        let labels = map.label_units(samples, labels, letters.len())?;
        let letter = |unit: usize| labels.majority(unit).map_or(String::new(), |class| letters[class].to_owned());
        // Ten clusters have eight hues; those that come again are paler.
        let color = |unit: usize| {
            let cluster = clustered.clusters[unit];
            Color::category(cluster).mix(Color::WHITE, if cluster < 6 { 0.4 } else { 0.7 })
        };
        Ok(CellMap {
            title: title.to_owned(),
            labels: (0..map.units()).map(letter).collect(),
            groups: clustered.clusters.clone(),
            ..CellMap::of_colors(*map.lattice(), (0..map.units()).map(color).collect())
        })
    };
    let iris = panel("Irises, 3 clusters", of_iris, flowers, &["s", "v", "g"])?;
    let names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let title = format!("Digits, 10 clusters named {}", {
        let mut named: Vec<String> = of_digits.names.iter().map(ToString::to_string).collect();
        named.sort();
        named.join(" ")
    });
    let digits = panel(&title, of_digits, digits, &names)?;
    Ok(Figure::grid(2, vec![iris.into(), digits.into()]))
}
