//! Slide 86: the layers of LeNet, counted.

use cnn::{Cnn, LayerConfig, Shape, lenet1, lenet5, lenet1989};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Activation, Parameters, Stream};
use plot::{Axis, Bar, Bars, Figure};

const fn exactly(metric: &'static str, value: &'static str, count: f64, confidence: Confidence) -> Reported {
    Reported { metric, value, agrees: Some(count..=count), confidence }
}

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "lenet-structure",
    slides: &[86],
    title: "The layers of LeNet, counted",
    title_japanese: "LeNet の構造",
    source: "LeCun et al. (1989), Neural Computation 1:541-551; LeCun et al. (1990), NIPS 2; LeCun et al. (1998), Proc. IEEE \
             86:2278-2324",
    claim: "The networks of 1989, 1990 and 1998 have exactly the published numbers of units, connections and parameters.",
    equations: &["lenet-1989", "lenet-5"],
    assumptions: &[
        "1990: a unit of the layers of means has five links (four values and a bias), its map a coefficient and a bias; with the \
         20 kernels of table 1 this gives the published totals exactly",
        "1990: the unit that is always 1 counts as a unit, otherwise there are 4,634",
        "the slide's labels, 20,000, 40,000, 6000 and 300 links, are rounded",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[
        exactly("units_1989", "1,256", 1256.0, Confidence::High),
        exactly("connections_1989", "64,660", 64_660.0, Confidence::High),
        exactly("parameters_1989", "9,760", 9760.0, Confidence::High),
        exactly("units_1990", "4,635", 4635.0, Confidence::High),
        exactly("connections_1990", "98,442", 98_442.0, Confidence::High),
        exactly("parameters_1990", "2,578", 2578.0, Confidence::High),
        exactly("connections_1998", "340,908", 340_908.0, Confidence::High),
        exactly("parameters_1998", "60,000", 60_000.0, Confidence::High),
    ],
    expected: &[],
    invariants: &[
        ("units_1989", 1256.0..=1256.0),
        ("connections_1989", 64_660.0..=64_660.0),
        ("parameters_1989", 9760.0..=9760.0),
        ("h1_links", 19_968.0..=19_968.0),
        ("h2_links", 38_592.0..=38_592.0),
        ("h3_links", 5790.0..=5790.0),
        ("output_links", 310.0..=310.0),
        ("units_1990", 4635.0..=4635.0),
        ("connections_1990", 98_442.0..=98_442.0),
        ("parameters_1990", 2578.0..=2578.0),
        ("connections_1998", 340_908.0..=340_908.0),
        ("parameters_1998", 60_000.0..=60_000.0),
    ],
    run,
};

fn run(_: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let build = |input: Shape, layers: &[LayerConfig]| Cnn::<f32>::new(input, layers, &Stream::new(1989));
    let layers = lenet1989::lecun_1989(Activation::ScaledTanh, cnn::InitReading::Printed, 0.0);
    let (of_1989, of_1990, of_1998) = (
        build(lenet1989::INPUT, &layers)?,
        build(lenet1::INPUT, &lenet1::lenet_1())?,
        build(lenet5::INPUT, &lenet5::lenet_5())?,
    );
    let names: [(&str, &Cnn<f32>, &[&str]); 3] = [
        ("1989", &of_1989, &["H1", "H2", "H3", "output"]),
        ("1990 (LeNet-1)", &of_1990, &["H1", "H2", "H3", "H4", "output"]),
        ("1998 (LeNet-5)", &of_1998, &["C1", "S2", "C3", "S4", "C5", "F6", "output"]),
    ];
    let (mut rows, mut panels) = (Vec::new(), Vec::new());
    for (network, model, layers) in names {
        let structure = model.structure();
        for (layer, row) in layers.iter().zip(&structure) {
            rows.push(vec![
                network.to_owned(),
                format!("{layer}, {}", row.kind),
                row.output.to_string(),
                row.connections.to_string(),
                row.parameters.to_string(),
            ]);
        }
        let series = |name: &str, count: fn(&cnn::LayerStructure) -> usize| {
            Bars::new(name, structure.iter().map(|row| count(row) as f64).collect())
        };
        let title = format!(
            "{network}: {} connections, {} parameters",
            grouped(model.connections()),
            grouped(model.parameter_count())
        );
        panels.push(
            Bar {
                title,
                groups: layers.iter().map(ToString::to_string).collect(),
                series: vec![series("connections", |row| row.connections), series("parameters", |row| row.parameters)],
                y: Axis::new("number"),
                value_labels: true,
                ..Bar::default()
            }
            .into(),
        );
    }
    let links = |layer: usize| of_1989.structure()[layer].connections as f64;
    Ok(Outcome::new()
        .metric("units_1989", of_1989.units() as f64)
        .metric("connections_1989", of_1989.connections() as f64)
        .metric("parameters_1989", of_1989.parameter_count() as f64)
        .metric("h1_links", links(0))
        .metric("h2_links", links(1))
        .metric("h3_links", links(2))
        .metric("output_links", links(3))
        .metric("units_1990", lenet1::units_of_1990(&of_1990) as f64)
        .metric("connections_1990", of_1990.connections() as f64)
        .metric("parameters_1990", of_1990.parameter_count() as f64)
        .metric("connections_1998", of_1998.connections() as f64)
        .metric("parameters_1998", of_1998.parameter_count() as f64)
        .figure(Figure::grid(1, panels).sized(1200, 1350))
        .table(&["network", "layer", "goes out", "connections", "parameters"], rows)
        .note(
            "Sharing weights makes a layer with many connections cheap in parameters: H1 of 1989 has 19,968 links and 300 kernel \
             weights. Its 768 biases are one a unit, which most programs get wrong.",
        ))
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}
