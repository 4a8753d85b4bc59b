//! Slide 54: the first network with rectified units.

use cnn::fukushima1969::{Image, ORIENTATIONS, line, respond};
use experiment::{Context, Data, Experiment, Format, Outcome, Seeds};
use nn_core::Matrix;
use plot::{Figure, ImageGrid, ImageRange};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "fukushima-1969",
    slides: &[54],
    title: "Fukushima's network of analog threshold elements",
    title_japanese: "福島のアナログしきい素子による特徴抽出",
    source: "K. Fukushima (1969), IEEE Trans. Systems Science and Cybernetics 5:322-333",
    claim: "Layers of φ[Σ c u] with fixed kernels and φ(x) = max(x, 0) extract contrast, lines of twelve orientations, and line ends.",
    equations: &["relu"],
    assumptions: &["the paper's kernels were not available: differences of Gaussians with the same purpose"],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[],
    expected: &[],
    invariants: &[
        ("orientations_followed", 12.0..=12.0),
        ("least_answer", 0.0..=0.0),
        ("homogeneity_error", 0.0..=1e-12),
    ],
    run,
};

/// A "4" of three strokes.
fn glyph() -> Image {
    const SIDE: usize = 40;
    let strokes = [((6.0, 22.0), (25.0, 8.0)), ((25.0, 8.0), (25.0, 33.0)), ((6.0, 22.0), (35.0, 22.0))];
    let value = |place: usize| {
        let (y, x) = ((place / SIDE) as f64, (place % SIDE) as f64);
        let distance = |((from_y, from_x), (to_y, to_x)): ((f64, f64), (f64, f64))| {
            let (dy, dx): (f64, f64) = (to_y - from_y, to_x - from_x);
            let t = (((y - from_y) * dy + (x - from_x) * dx) / (dy * dy + dx * dx)).clamp(0.0, 1.0);
            let (ey, ex) = (y - from_y - t * dy, x - from_x - t * dx);
            ey * ey + ex * ex
        };
        let nearest = strokes.into_iter().map(distance).fold(f64::INFINITY, f64::min);
        nn_core::math::exp(-nearest / 2.0)
    };
    Image { side: SIDE, values: (0..SIDE * SIDE).map(value).collect() }
}

fn run(_: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let mut followed = 0;
    for plane in 0..ORIENTATIONS {
        let layers = respond(&line(33, 20.0, 15.0 * plane as f64))?;
        followed += usize::from(layers.orientation() == plane);
    }
    let image = glyph();
    let layers = respond(&image)?;
    let scaled = respond(&Image { values: image.values.iter().map(|v| 3.0 * v).collect(), ..image.clone() })?;
    let all = |layers: &cnn::fukushima1969::Layers| -> Vec<f64> {
        layers.lines.iter().chain(&layers.ends).flat_map(|plane| plane.values.clone()).collect()
    };
    let (one, three) = (all(&layers), all(&scaled));
    let least = one.iter().copied().fold(f64::INFINITY, f64::min);
    let error = one.iter().zip(&three).map(|(a, b)| (3.0 * a - b).abs()).fold(0.0, f64::max);
    let panel = |title: &str, planes: &[&Image], captions: Vec<String>| {
        let images = Matrix::from_fn(image.values.len(), planes.len(), |place, plane| planes[plane].values[place]);
        ImageGrid {
            title: title.to_owned(),
            captions,
            range: ImageRange::Shared,
            columns: Some(planes.len().min(12)),
            ..ImageGrid::new(images, image.side)
        }
        .into()
    };
    let degrees = || (0..ORIENTATIONS).map(|plane| format!("{}°", 15 * plane)).collect::<Vec<_>>();
    let panels = vec![
        panel("image and its on-center contrast", &[&image, &layers.contrast], vec!["image".into(), "contrast".into()]),
        panel("lines", &layers.lines.iter().collect::<Vec<_>>(), degrees()),
        panel("lines, with tolerance of position", &layers.tolerant.iter().collect::<Vec<_>>(), degrees()),
        panel("line ends", &layers.ends.iter().collect::<Vec<_>>(), degrees()),
    ];
    Ok(Outcome::new()
        .metric("orientations_followed", followed as f64)
        .metric("least_answer", least)
        .metric("homogeneity_error", error)
        .picture("", Figure::grid(1, panels).sized(1200, 800), Format::Png)
        .note("Without thresholds other than zero the whole network is positively homogeneous: an image three times as bright gives \
               three times the answer."))
}
