//! Slide 6: neighboring cells of the retina come to project to neighboring cells.

use anyhow::Context as _;
use cortex::{Projection, RetinotopyConfig};
use experiment::statistics::{Spread, median};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use plot::{Axis, Band, Curve, Figure, LatticePlot, Line, Panel, Ticks};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "retinotopy",
    slides: &[6],
    title: "A retinotopic projection grows",
    title_japanese: "網膜部位再現",
    source: "Willshaw and von der Malsburg (1976), Proc. R. Soc. Lond. B 194:431-445",
    claim: "Hebb's rule, scaled weights and short-range excitation with long-range inhibition in the target bring the fibers of \
            a retina into order, in the direction that a few polarity markers give.",
    equations: &[],
    assumptions: &[
        "the constants are ours: those of the paper were not at hand",
        "the lateral weights are a difference of Gaussians, and the fibers of every retinal cell are scaled, too",
        "markers: the fibers between the middle four cells and their counterparts begin 300 times as strong",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 6, quick: 1 },
    paper: &[Reported {
        metric: "neighbor_order",
        value: "ordered projections, in pictures; no number known to us",
        agrees: None,
        confidence: Confidence::Low,
    }],
    // Over 40 seeds: order 0.847 ± 0.073, from 0.722 to 0.944; displacement 0.28 ± 0.23 cells, from 0.06 to 1.07.
    expected: &[
        ("neighbor_order_least", 0.7..=0.93),
        ("neighbor_order", 0.74..=0.94),
        ("displacement_cells", 0.06..=0.7),
        ("neighbor_order_without_lateral", 0.03..=0.12),
        ("neighbor_order_without_markers", 0.3..=0.6),
        ("displacement_cells_without_markers", 3.5..=6.5),
    ],
    invariants: &[("neighbor_order_at_the_start", 0.0..=0.2)],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let config = RetinotopyConfig {
        epochs: context.sized(14, 3),
        pairs: context.sized(1000, 300),
        ..RetinotopyConfig::default()
    };
    let shown = context.sized([0, 2, 5, 14], [0, 1, 2, 3]);
    let seeds = context.seeds();
    let of_seed = |seed: u64| -> anyhow::Result<Seed> {
        let stream = context.seeded_stream(seed, "projection");
        let mut training = config.training(stream.clone())?;
        let (mut orders, mut snapshots) = (vec![training.model().neighbor_order()], vec![training.model().clone()]);
        while let Some(epoch) = training.next() {
            let epoch = epoch?;
            orders.push(training.model().neighbor_order());
            if shown.contains(&epoch.number) {
                snapshots.push(training.model().clone());
            }
        }
        // Without markers no cell would reach the threshold of the others: a lower one, which all of them reach.
        let ablated =
            |changed: RetinotopyConfig| if seed < 2 { changed.fit(stream.clone()).map(Some) } else { Ok(None) };
        let unmarked = ablated(RetinotopyConfig { markers: 1.0, threshold: 1.0, ..config })?;
        let separate = ablated(RetinotopyConfig { excitation: 0.0, inhibition: 0.0, threshold: 1.0, ..config })?;
        Ok(Seed { grown: training.into_model(), orders, snapshots, unmarked, separate })
    };
    let runs = seeds.into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let over = |value: &dyn Fn(&Seed) -> f64| runs.iter().map(value).collect::<Vec<f64>>();
    let ablated = |of: fn(&Seed) -> Option<&Projection>, value: fn(&Projection) -> f64| {
        median(&runs.iter().filter_map(of).map(value).collect::<Vec<f64>>())
    };
    let orders = over(&|run| run.grown.neighbor_order());
    let first = runs.first().context("there must be a seed")?;
    Ok(Outcome::new()
        .metric("neighbor_order", median(&orders))
        .metric("neighbor_order_least", orders.iter().copied().fold(f64::INFINITY, f64::min))
        .metric("neighbor_order_at_the_start", median(&over(&|run| run.orders[0])))
        .metric("displacement_cells", median(&over(&|run| run.grown.displacement())))
        .metric("topographic_product_input", median(&over(&|run| run.grown.topographic_products().0)))
        .metric("topographic_product_output", median(&over(&|run| run.grown.topographic_products().1)))
        .metric("topographic_product_input_at_the_start", median(&over(&|run| run.snapshots[0].topographic_products().0)))
        .metric("neighbor_order_without_lateral", ablated(|run| run.separate.as_ref(), Projection::neighbor_order))
        .metric("neighbor_order_without_markers", ablated(|run| run.unmarked.as_ref(), Projection::neighbor_order))
        .metric("displacement_cells_without_markers", ablated(|run| run.unmarked.as_ref(), Projection::displacement))
        .note("Nodes are where target cells look, lines join neighbors in the target; the pictures are those of the first seed.")
        .note("Without markers the projection is ordered in patches, each in a direction of its own; without lateral \
               connections it is not ordered at all.")
        .figure(figure(&runs, first, &shown, config.pairs)))
}

struct Seed {
    /// The share of neighbors in order before the first and after every epoch.
    orders: Vec<f64>,
    snapshots: Vec<Projection>,
    grown: Projection,
    /// Of the first two seeds.
    unmarked: Option<Projection>,
    separate: Option<Projection>,
}

fn figure(runs: &[Seed], first: &Seed, shown: &[usize; 4], pairs: usize) -> Figure {
    let axis = |label: &str, side: usize| Axis {
        range: Some((-0.5, side as f64 - 0.5)),
        ticks: Ticks::None,
        ..Axis::new(label)
    };
    let map = |title: String, projection: &Projection| {
        let side = projection.side();
        Panel::from(LatticePlot {
            title,
            x: axis("retina, left to right", side),
            y: axis("retina, bottom to top", side),
            ..LatticePlot::new(projection.receptive_field_centers(), projection.adjacent())
        })
    };
    let snapshots = first.snapshots.iter().zip(shown);
    let mut panels: Vec<Panel> =
        snapshots.map(|(projection, epoch)| map(format!("{} pairs shown", epoch * pairs), projection)).collect();
    panels.extend(first.unmarked.as_ref().map(|projection| map("Without markers".to_owned(), projection)));
    let spreads = Spread::by_epoch(&runs.iter().map(|run| run.orders.clone()).collect::<Vec<_>>());
    let x: Vec<f64> = (0..spreads.len()).map(|epoch| (epoch * pairs) as f64).collect();
    let column = |value: fn(&Spread) -> f64| spreads.iter().map(value).collect::<Vec<f64>>();
    panels.push(
        Curve {
            title: "Order grows".to_owned(),
            lines: vec![Line::new("median seed", x.clone(), column(|spread| spread.median))],
            bands: vec![Band {
                name: "least to largest".to_owned(),
                ..Band::new(x, column(|spread| spread.lowest), column(|spread| spread.highest))
            }],
            x: Axis::new("pairs shown"),
            y: Axis { range: Some((0.0, 1.02)), ..Axis::new("neighbors in order") },
            ..Curve::default()
        }
        .into(),
    );
    Figure::grid(3, panels).sized(1400, 1000)
}
