//! Slide 6: the visual field in the cortex, by Schwartz's logarithm.

use cortex::{CortexError, LogPolarMap};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::math;
use plot::{Axis, Color, Curve, Figure, Line, LineStyle, Panel, Reference, Scatter, Ticks};
use std::f64::consts::{FRAC_PI_2, LN_2};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "retinotopy-logpolar",
    slides: &[6],
    title: "The visual field in the cortex",
    title_japanese: "視野の対数極座標写像",
    source: "Schwartz (1977), Biol. Cybern. 25:181-194; Horton and Hoyt (1991), Arch. Ophthalmol. 109:816-824",
    claim: "By w = k ln(z + a) neighbors stay neighbors and small angles are kept, but the fovea takes most of the cortex: rings \
            become parallel lines, equally far apart for every doubling of the eccentricity.",
    equations: &[],
    assumptions: &[
        "k = 17.3 mm, a = 0.75 deg, from the human magnification 17.3/(E + 0.75) mm per degree; papers quoted from memory",
        "magnification off the horizontal meridian is k/|z + a|: the formula's own, cortex is less regular",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[Reported {
        metric: "magnification_at_10_deg_mm_per_deg",
        value: "17.3/(10 + 0.75) = 1.61",
        agrees: Some(1.60..=1.62),
        confidence: Confidence::Medium,
    }],
    // Nothing is random.
    expected: &[("cortex_share_of_inner_10_deg", 0.45..=0.7), ("ring_distance_16_to_32_deg_over_k_ln_2", 0.95..=1.0)],
    invariants: &[
        // Between the images of two small steps, right and up.
        ("largest_angle_error_deg", 0.0..=0.001),
        ("largest_length_error", 0.0..=1e-5),
        ("largest_error_of_the_way_back_deg", 0.0..=1e-9),
    ],
    run,
};

const MAP: LogPolarMap = LogPolarMap::HUMAN;
/// Degrees; the edge of the field.
const EDGE: f64 = 90.0;
const RINGS: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

fn point(radius: f64, angle: f64) -> (f64, f64) {
    // The vertical meridian itself belongs to both halves: rounding must not lead to the left one.
    ((radius * math::cos(angle)).max(0.0), radius * math::sin(angle))
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let steps = context.sized(200_u32, 40);
    let (mut angle_error, mut length_error, mut way_back) = (0.0_f64, 0.0_f64, 0.0_f64);
    for k in 0..steps {
        for l in 1..steps {
            let share = |k: u32| f64::from(k) / f64::from(steps);
            let (x, y) = point(EDGE * share(l), FRAC_PI_2 * (1.99 * share(k) - 0.99));
            let step = 1e-5 * (x + MAP.offset);
            let moved = |dx: f64, dy: f64| -> Result<(f64, f64), CortexError> {
                let ((a, b), (c, d)) = (MAP.to_cortex(x + dx, y + dy)?, MAP.to_cortex(x, y)?);
                Ok(((a - c) / step, (b - d) / step))
            };
            let (right, up) = (moved(step, 0.0)?, moved(0.0, step)?);
            let length = |v: (f64, f64)| (v.0 * v.0 + v.1 * v.1).sqrt();
            // For a small deviation from a right angle the sine is the angle.
            let sine = (right.0 * up.0 + right.1 * up.1) / (length(right) * length(up));
            angle_error = angle_error.max(sine.abs().to_degrees());
            let expected = MAP.magnification(x, y)?;
            length_error = length_error.max((length(right) / expected - 1.0).abs());
            let (along, across) = MAP.to_cortex(x, y)?;
            let (back_x, back_y) = MAP.to_field(along, across)?;
            way_back = way_back.max((back_x - x).abs()).max((back_y - y).abs());
        }
    }
    let ring = |radius: f64| MAP.to_cortex(radius, 0.0).map(|place| place.0);
    let apart = (ring(32.0)? - ring(16.0)?) / (MAP.scale * LN_2);
    let (inner, whole) = (area(10.0, steps)?, area(EDGE, steps)?);
    Ok(Outcome::new()
        .metric("largest_angle_error_deg", angle_error)
        .metric("largest_length_error", length_error)
        .metric("largest_error_of_the_way_back_deg", way_back)
        .metric("ring_distance_16_to_32_deg_over_k_ln_2", apart)
        .metric("cortex_share_of_inner_10_deg", inner / whole)
        .metric("length_of_the_horizontal_meridian_mm", ring(EDGE)? - ring(0.0)?)
        .metric("magnification_at_10_deg_mm_per_deg", MAP.magnification(10.0, 0.0)?)
        .note(
            "Left: the right half of the visual field, rings at 1, 2, 4, ..., 64 degrees. Right: the same rings and rays in the \
             left cortex, in which the rays are drawn as on the left.",
        )
        .figure(figure()?))
}

/// Square millimeters of cortex for the half field up to this eccentricity: ∫ k²/|z + a|² over it, by midpoints.
fn area(edge: f64, steps: u32) -> Result<f64, CortexError> {
    let (rings, rays) = (4 * steps, steps);
    let mut sum = 0.0;
    for l in 0..rings {
        // Rings grow quadratically: fine ones where the magnification changes fast.
        let radius = |l: f64| edge * (l / f64::from(rings)) * (l / f64::from(rings));
        let (low, high) = (radius(f64::from(l)), radius(f64::from(l + 1)));
        for k in 0..rays {
            let angle = FRAC_PI_2 * (2.0 * (f64::from(k) + 0.5) / f64::from(rays) - 1.0);
            let (x, y) = point(0.5 * (low + high), angle);
            let magnification = MAP.magnification(x, y)?;
            sum +=
                magnification * magnification * 0.5 * (low + high) * (high - low) * 2.0 * FRAC_PI_2 / f64::from(rays);
        }
    }
    Ok(sum)
}

/// A ring or a ray of the field.
struct Drawn {
    name: String,
    color: Color,
    style: LineStyle,
    points: Vec<(f64, f64)>,
}

fn rings_and_rays() -> Vec<Drawn> {
    let turn = |k: u32| FRAC_PI_2 * (f64::from(k) / 60.0 - 1.0);
    let ring = |(k, &radius): (usize, &f64)| {
        let points = (0..=120).map(|k| point(radius, turn(k))).collect();
        Drawn { name: format!("{radius} deg"), color: Color::category(k), style: LineStyle::Solid, points }
    };
    let ray = |k: u32| {
        let along = |l: u32| {
            let share = f64::from(l) / 100.0;
            EDGE * share * share
        };
        let points = (0..=100).map(|l| point(along(l), turn(20 * k))).collect();
        Drawn { name: String::new(), color: Color::GREY, style: LineStyle::Dashed, points }
    };
    RINGS.iter().enumerate().map(ring).chain((0..=6).map(ray)).collect()
}

fn figure() -> Result<Figure, CortexError> {
    let (mut field, mut cortex) = (Vec::new(), Vec::new());
    for Drawn { name, color, style, points } in rings_and_rays() {
        let line = |name: &str, points: Vec<(f64, f64)>| {
            let (x, y) = points.into_iter().unzip();
            Line { color: Some(color), style, ..Line::new(name, x, y) }
        };
        let mapped = points.iter().map(|&(x, y)| MAP.to_cortex(x, y)).collect::<Result<Vec<_>, _>>()?;
        // The fovea is where the millimeters begin.
        let (origin, _) = MAP.to_cortex(0.0, 0.0)?;
        let shifted = mapped.into_iter().map(|(along, across)| (along - origin, across)).collect();
        // The cortex has room for the legend: the field is narrow.
        field.push(line("", points));
        cortex.push(line(&name, shifted));
    }
    let plane = |title: &str, lines: Vec<Line>, (x, y): (Axis, Axis)| {
        Panel::from(Scatter { title: title.to_owned(), lines, x, y, equal_aspect: true, ..Scatter::default() })
    };
    let degrees = |label: &str, from: f64| Axis {
        range: Some((from, 95.0)),
        ticks: Ticks::at(&[-90.0, -45.0, 0.0, 45.0, 90.0]),
        ..Axis::new(label)
    };
    let field = plane("Right visual field", field, (degrees("right (deg)", 0.0), degrees("up (deg)", -95.0)));
    let cortex = plane(
        "Left cortex",
        cortex,
        (
            Axis { range: Some((0.0, 90.0)), ..Axis::new("from the fovea (mm)") },
            Axis { range: Some((-32.0, 32.0)), ..Axis::new("across (mm)") },
        ),
    );
    let eccentricities: Vec<f64> = (0..=200).map(|k| 40.0 * f64::from(k) / 200.0).collect();
    let magnification = eccentricities.iter().map(|&e| MAP.magnification(e, 0.0)).collect::<Result<Vec<f64>, _>>()?;
    let curve = Curve {
        title: "Magnification".to_owned(),
        lines: vec![Line::new("", eccentricities, magnification)],
        references: vec![Reference::vertical(MAP.offset, "a: half of the fovea's")],
        x: Axis::new("eccentricity (deg)"),
        y: Axis { range: Some((0.0, 25.0)), ..Axis::new("mm per deg") },
        ..Curve::default()
    };
    Ok(Figure::grid(3, vec![field, cortex, curve.into()]).sized(1500, 620))
}
