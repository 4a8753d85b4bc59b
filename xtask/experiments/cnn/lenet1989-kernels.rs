//! Slides 5 and 86: the twelve kernels that the network of 1989 learned, beside the cells of the visual cortex.

use crate::digits::{mean, of_1989};
use anyhow::Context as _;
use cnn::{Cnn, CnnConfig, Layer};
use experiment::statistics::median;
use experiment::{Context, Data, Experiment, Format, Outcome, Seeds};
use nn_core::{Matrix, math};
use plot::{Axis, ColorMap, Curve, Figure, ImageGrid, ImageRange, Line, Ticks};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "lenet1989-kernels",
    slides: &[5, 86],
    title: "What the twelve kernels of LeNet look for",
    title_japanese: "LeNet (1989) の核と方位選択性",
    source: "LeCun et al. (1989); Hubel and Wiesel (1962)",
    claim: "Some of the learned 5 × 5 kernels prefer an orientation, as the simple cells of the visual cortex do.",
    equations: &["lenet-1989"],
    assumptions: &[
        "tuning: the largest response over phases to gratings of 36 orientations, at the wavelength of 2.5 to 10 pixels that excites \
         the kernel most",
        "selectivity is 1 minus the circular variance, |Σ r e^{2iθ}| / Σ r",
    ],
    data: Data::Directory {
        name: "usps",
        stand_in: Some("mnist-10k"),
        // Twelve seeds, mean ± 3 standard deviations of a mean of four: 3.0 kernels (a seed's deviation is 1.2), median 0.230 (0.021).
        expected: Some(&[("selective_kernels", 1.2..=4.8), ("median_selectivity", 0.199..=0.261)]),
    },
    seeds: Seeds::many(4),
    paper: &[],
    // 20 seeds, mean ± 3 standard deviations of a mean of four: 4.15 kernels (a seed's deviation is 1.5), median 0.257 (0.031).
    expected: &[("selective_kernels", 1.9..=6.4), ("median_selectivity", 0.21..=0.305)],
    invariants: &[("selective_kernels", 0.0..=12.0), ("median_selectivity", 0.0..=1.0)],
    run,
};

const ORIENTATIONS: usize = 36;
const PHASES: usize = 16;
/// The selectivity from which on a kernel counts as selective.
const SELECTIVE: f64 = 0.3;

/// Response of a kernel to a grating: bars at an angle, with a wavelength in pixels.
fn response(kernel: &[f64], degrees: f64, wavelength: f64) -> f64 {
    let angle = degrees * std::f64::consts::PI / 180.0;
    let (cos, sin) = (math::cos(angle), math::sin(angle));
    let at_phase = |phase: usize| {
        let phase = 2.0 * std::f64::consts::PI * phase as f64 / PHASES as f64;
        let pixel = |(place, w): (usize, &f64)| {
            let (y, x) = ((place / 5) as f64 - 2.0, (place % 5) as f64 - 2.0);
            // Across bars at this angle, counterclockwise from horizontal.
            let across = x * sin + y * cos;
            w * math::cos(2.0 * std::f64::consts::PI * across / wavelength + phase)
        };
        kernel.iter().enumerate().map(pixel).sum::<f64>()
    };
    (0..PHASES).map(at_phase).fold(0.0, f64::max)
}

/// The tuning curve at the best wavelength, largest response 1.
fn tuning(kernel: &[f64]) -> Vec<f64> {
    let mean = kernel.iter().sum::<f64>() / 25.0;
    let kernel: Vec<f64> = kernel.iter().map(|w| w - mean).collect();
    let curve = |wavelength: f64| -> Vec<f64> {
        (0..ORIENTATIONS).map(|k| response(&kernel, 180.0 * k as f64 / ORIENTATIONS as f64, wavelength)).collect()
    };
    let largest = |curve: &[f64]| curve.iter().copied().fold(0.0, f64::max);
    let curves = (0..16).map(|step| curve(2.5 + 0.5 * f64::from(step)));
    let best =
        curves.reduce(|best, curve| if largest(&curve) > largest(&best) { curve } else { best }).unwrap_or_default();
    let peak = largest(&best);
    best.iter().map(|value| value / peak).collect()
}

fn selectivity(curve: &[f64]) -> f64 {
    let (mut re, mut im, mut sum) = (0.0, 0.0, 0.0);
    for (k, value) in curve.iter().enumerate() {
        let double = 2.0 * std::f64::consts::PI * k as f64 / ORIENTATIONS as f64;
        re += value * math::cos(double);
        im += value * math::sin(double);
        sum += value;
    }
    (re * re + im * im).sqrt() / sum
}

/// What one seed learned.
struct Learned {
    kernels: Vec<Vec<f64>>,
    /// The tuning curve of each kernel.
    curves: Vec<Vec<f64>>,
    /// The selectivity of each kernel.
    index: Vec<f64>,
}

/// The kernels of the first layer.
fn kernels(network: &Cnn<f32>) -> anyhow::Result<Vec<Vec<f64>>> {
    let first = network.layers().first().context("a network has layers")?;
    let Layer::Convolution(h1) = first else { anyhow::bail!("H1 is a convolution") };
    Ok((0..12).map(|map| h1.kernel_of(map, 0).iter().map(|&w| f64::from(w)).collect()).collect())
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let task = of_1989(context)?;
    let config = CnnConfig { epochs: context.sized(23, 3), ..CnnConfig::lenet_1989() };
    let targets = task.train.signed()?;
    let one = |seed: u64| -> anyhow::Result<Learned> {
        let stream = context.seeded_stream(seed, "training");
        let kernels = kernels(&config.fit(&task.train.samples, &targets, stream)?)?;
        let curves: Vec<Vec<f64>> = kernels.iter().map(|kernel| tuning(kernel)).collect();
        let index = curves.iter().map(|curve| selectivity(curve)).collect();
        Ok(Learned { kernels, curves, index })
    };
    let runs = context.seeds().into_par_iter().map(one).collect::<anyhow::Result<Vec<Learned>>>()?;
    let selective = |run: &Learned| run.index.iter().filter(|&&index| index >= SELECTIVE).count() as f64;
    let Learned { kernels, curves, index } = runs.first().context("a run has a seed")?;
    let images = Matrix::from_fn(25, 12, |place, map| kernels[map][place]);
    let grid = ImageGrid {
        captions: index.iter().map(|index| format!("{index:.2}")).collect(),
        map: ColorMap::BlueRed,
        range: ImageRange::Shared,
        columns: Some(6),
        color_bar: Some("weight".to_owned()),
        ..ImageGrid::new(images, 5)
    };
    let degrees: Vec<f64> = (0..=ORIENTATIONS).map(|k| 180.0 * k as f64 / ORIENTATIONS as f64).collect();
    let panels = curves.iter().enumerate().map(|(map, curve)| {
        let y: Vec<f64> = curve.iter().chain(curve.first()).copied().collect();
        Curve {
            title: format!("kernel {}: {:.2}", map + 1, index[map]),
            lines: vec![Line::new("", degrees.clone(), y)],
            x: Axis { ticks: Ticks::at(&[0.0, 90.0, 180.0]), ..Axis::new("orientation (degrees)") },
            y: Axis { range: Some((0.0, 1.05)), ticks: Ticks::at(&[0.0, 0.5, 1.0]), ..Axis::new("response") },
            ..Curve::default()
        }
        .into()
    });
    Ok(Outcome::new()
        .metric("selective_kernels", mean(runs.iter().map(selective)))
        .metric("median_selectivity", mean(runs.iter().map(|run| median(&run.index))))
        .data_used(task.data)
        .picture("", Figure::new(grid).titled("The kernels of H1 and their orientation selectivity"), Format::Svg)
        .picture("tuning", Figure::grid(4, panels.collect()).sized(1200, 850), Format::Svg)
        .note(
            "Means over four seeds, the pictures are those of the first. Selective: an index of at least 0.3. Over 20 seeds about four \
             of twelve kernels are: that half of them would be had been expected, and is not reproduced.",
        )
        .note("The paper of 1989 does not show its kernels."))
}
