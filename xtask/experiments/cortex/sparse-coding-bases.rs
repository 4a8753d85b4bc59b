//! Slide 9: the code for natural images that uses few coefficients at a time looks like the cells of the visual cortex.

use cortex::{
    BasisShape, SparseCode, SparseCodingConfig, Whitening, draw_patches, excess_kurtosis, principal_components,
};
use experiment::statistics::median;
use experiment::{Confidence, Context, Data, Experiment, Format, Outcome, Reported, Seeds};
use nn_core::Matrix;
use plot::{
    Axis, Color, Curve, Figure, Histogram, ImageGrid, ImageRange, Line, Marker, PointClass, Reference, Scatter, Ticks,
    Values,
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "sparse-coding-bases",
    slides: &[9],
    title: "Sparse coding of natural images",
    title_japanese: "スパースコーディング",
    source: "Olshausen and Field (1996), Nature 381:607-609",
    claim: "Bases learned from natural images under the price of few active coefficients are localized, oriented and of one \
            frequency band, like the receptive fields of simple cells; principal components are not.",
    equations: &[],
    assumptions: &[
        "four pictures of 256 x 256 instead of ten of 512 x 512; each whitened with f₀ = 0.4 cycles per pixel, variance 0.1",
        "penalty λ |a| with λ = 0.1 and bases of length 1 instead of log(1 + a²/σ²) with gain control: convex and faster",
        "η = 5 in the first two thirds of the batches, then 1",
        "oriented: |Σ P e^(2iθ)| / Σ P of the power spectrum is at least 0.6",
    ],
    data: Data::Embedded("images"),
    seeds: Seeds::ONE,
    paper: &[Reported {
        metric: "oriented_fraction",
        value: "\"localized, oriented, bandpass\", in pictures; no number",
        agrees: None,
        confidence: Confidence::High,
    }],
    // 3,000 batches over six seeds: oriented 0.909 ± 0.012 (least 0.889; a sketch in another language: 0.90 on three seeds), index
    // 0.785 ± 0.004, localization 0.121 ± 0.003, kurtosis 59 ± 6 and 15.4 ± 1.3, oriented principal components 0.13 ± 0.02. The
    // intervals are what the sketch had to hold, and include what half as many batches cost.
    expected: &[
        ("oriented_fraction", 0.7..=1.0),
        ("orientation_index_median", 0.7..=0.85),
        ("localization_median", 0.08..=0.2),
        ("oriented_fraction_principal_components", 0.0..=0.2),
        ("kurtosis_coefficients_over_linear", 1.5..=10.0),
    ],
    invariants: &[("oriented_fraction_before", 0.0..=0.02), ("energy_last_over_first", 0.0..=1.0)],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let pictures = datasets::images()?;
    let pictures = pictures.iter().map(|picture| Whitening::default().apply::<f32>(&picture.brightness()));
    let pictures = pictures.collect::<Result<Vec<_>, _>>()?;
    let config = context.sized(
        SparseCodingConfig { epochs: 15, ..SparseCodingConfig::default() },
        SparseCodingConfig { side: 8, bases: 32, epochs: 3, batches: 10, ..SparseCodingConfig::default() },
    );
    let mut training = config.training(&pictures, context.stream("code"))?;
    let before = oriented(&BasisShape::of_all(training.model().bases())?);
    let (mut energies, mut fractions, mut active) = (Vec::new(), vec![(0, before)], 0.0);
    while let Some(epoch) = training.next() {
        let epoch = epoch?;
        energies.push(epoch.energy);
        active = epoch.active;
        if epoch.number % 5 == 0 || epoch.number == config.epochs {
            let shapes = BasisShape::of_all(training.model().bases())?;
            fractions.push((epoch.number * config.batches, oriented(&shapes)));
        }
        context.progress(epoch.number as u64, config.epochs as u64, "epochs");
    }
    let code = training.into_model();
    let shapes = BasisShape::of_all(code.bases())?;
    let test = draw_patches(&pictures, config.side, context.sized(4000, 300), &mut context.stream("test"))?;
    let components = principal_components(&test)?.columns(0, config.bases.min(config.side * config.side)).into_owned();
    let component_shapes = BasisShape::of_all(&components)?;
    let coefficients = excess_kurtosis(code.transform(&test)?.as_slice())?;
    let linear = excess_kurtosis(code.linear_outputs(&test)?.as_slice())?;
    let middle = |value: fn(&BasisShape) -> f64| median(&shapes.iter().map(value).collect::<Vec<f64>>());
    let last = energies.last().copied().unwrap_or(f64::NAN);
    Ok(Outcome::new()
        .metric("oriented_fraction", oriented(&shapes))
        .metric("oriented_fraction_before", before)
        .metric("oriented_fraction_principal_components", oriented(&component_shapes))
        .metric("orientation_index_median", middle(|shape| shape.orientation_index))
        .metric("localization_median", middle(|shape| shape.localization))
        .metric("frequency_median_cycles_per_pixel", middle(|shape| shape.frequency))
        .metric("aspect_median", middle(|shape| shape.aspect))
        .metric("active_share", active)
        .metric("energy_last_over_first", last / energies[0])
        .metric("kurtosis_coefficients", coefficients)
        .metric("kurtosis_linear_outputs", linear)
        .metric("kurtosis_coefficients_over_linear", coefficients / linear)
        .note(format!(
            "{} batches of {} patches; 3,000 batches, the usual size, give 0.91 ± 0.01 oriented bases over six seeds and take twice as long. Every basis has its own grey scale; they are sorted by their orientation.",
            config.epochs * config.batches,
            config.batch
        ))
        .picture("", mosaic(&code, &shapes), Format::Png)
        .picture("statistics", statistics(&shapes, &component_shapes, &energies, &fractions, &config), Format::Svg))
}

fn oriented(shapes: &[BasisShape]) -> f64 {
    shapes.iter().filter(|shape| shape.orientation_index >= 0.6).count() as f64 / shapes.len() as f64
}

fn mosaic(code: &SparseCode<f32>, shapes: &[BasisShape]) -> Figure {
    let mut order: Vec<usize> = (0..shapes.len()).collect();
    order.sort_by(|&a, &b| shapes[a].orientation.total_cmp(&shapes[b].orientation).then(a.cmp(&b)));
    let images =
        Matrix::from_fn(code.bases().nrows(), order.len(), |pixel, k| f64::from(code.bases()[(pixel, order[k])]));
    Figure::new(ImageGrid { range: ImageRange::PerImage, columns: Some(16), ..ImageGrid::new(images, code.side()) })
}

fn statistics(
    shapes: &[BasisShape],
    components: &[BasisShape],
    energies: &[f64],
    fractions: &[(usize, f64)],
    config: &SparseCodingConfig,
) -> Figure {
    let indices = |shapes: &[BasisShape]| shapes.iter().map(|shape| shape.orientation_index).collect::<Vec<f64>>();
    let index = Histogram {
        title: "How oriented".to_owned(),
        series: vec![
            Values::new("sparse code", indices(shapes)),
            Values::new("principal components", indices(components)),
        ],
        bins: Some(20),
        x: Axis { range: Some((0.0, 1.0)), ..Axis::new("orientation index") },
        y: Axis::new("bases"),
        references: vec![Reference::vertical(0.6, "oriented")],
        ..Histogram::default()
    };
    let plane = Scatter {
        title: "Orientation and frequency".to_owned(),
        classes: vec![PointClass {
            color: Some(Color::BLUE),
            ..PointClass::new(
                "",
                shapes.iter().map(|shape| shape.orientation.to_degrees()).collect(),
                shapes.iter().map(|shape| shape.frequency).collect(),
            )
        }],
        x: Axis {
            range: Some((0.0, 180.0)),
            ticks: Ticks::at(&[0.0, 45.0, 90.0, 135.0, 180.0]),
            ..Axis::new("orientation (deg)")
        },
        y: Axis { range: Some((0.0, 0.5)), ..Axis::new("cycles per pixel") },
        ..Scatter::default()
    };
    let batches = (1..=energies.len()).map(|epoch| (epoch * config.batches) as f64).collect();
    let energy = Curve {
        title: "The energy falls".to_owned(),
        lines: vec![Line::new("", batches, energies.to_vec())],
        x: Axis::new("batches"),
        y: Axis::new("energy of a patch"),
        ..Curve::default()
    };
    let fraction = Curve {
        title: "Orientation appears".to_owned(),
        lines: vec![Line {
            marker: Some(Marker::Circle),
            ..Line::new("", fractions.iter().map(|at| at.0 as f64).collect(), fractions.iter().map(|at| at.1).collect())
        }],
        x: Axis::new("batches"),
        y: Axis { range: Some((0.0, 1.0)), ..Axis::new("oriented bases") },
        ..Curve::default()
    };
    Figure::grid(2, vec![index.into(), plane.into(), energy.into(), fraction.into()]).sized(1300, 900)
}
