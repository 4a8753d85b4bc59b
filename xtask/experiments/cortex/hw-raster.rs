//! Slide 5: the spikes of a cell while bars of several orientations are shown, beside its tuning curve.

use anyhow::Context as _;
use cortex::{Bar, CortexError, Gabor, RectifiedCell, TuningCurve, VisualField, raster};
use experiment::{Context, Data, Experiment, Outcome, Seeds};
use plot::{Axis, Band, Color, Curve, Figure, Line, Marker, Reference, Ticks};
use std::f64::consts::FRAC_PI_2;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "hw-raster",
    slides: &[5],
    title: "Spikes for bars of several orientations",
    title_japanese: "方位選択性細胞の発火",
    source: "After the figure of Hubel and Wiesel (1959, 1968) on the slide",
    claim: "A cell fires for bars near its preferred orientation and hardly at all for others; spike counts over trials give \
            back the tuning curve of its rate, with the spread of a Poisson process.",
    equations: &[],
    assumptions: &[
        "the figure has no numbers: peak rate 60 Hz, 2 Hz without a stimulus, a bar of 2 periods shown from 0.25 s to 0.75 s",
        "spikes are a Poisson process: real cells have a refractory period and a more variable rate",
    ],
    data: Data::Generated,
    seeds: Seeds::many(20),
    paper: &[],
    // Over 3,000 sessions of 40 trials: correlation 0.99924 ± 0.00054 (least 0.9949), Fano factor 1.00 ± 0.085, error of the
    // preferred orientation 0.26 ± 0.20 deg. The means of 20 seeds with four standard errors.
    expected: &[
        ("correlation_of_counts_and_rates", 0.9987..=0.9998),
        ("fano_factor", 0.92..=1.08),
        ("preferred_orientation_error_deg", 0.08..=0.45),
    ],
    invariants: &[("correlation_of_counts_and_rates", 0.98..=1.0)],
    run,
};

const PEAK_RATE: f64 = 60.0;
const SPONTANEOUS_RATE: f64 = 2.0;
/// Seconds.
const BIN: f64 = 0.25;
const PREFERRED: f64 = FRAC_PI_2;
/// Bars from 0 to 165 degrees.
const STEP: u32 = 15;
const ORIENTATIONS: u32 = 12;
const SHOWN_TRIALS: usize = 8;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let field = VisualField::new(65, 1.0 / 10.0)?;
    let cell = RectifiedCell::new(Gabor::round(PREFERRED, 1.0, 0.54).on(&field)?.without_mean());
    let response = |angle: f64| cell.response(&Bar::new(angle, 0.45, 2.0).on(&field)?);
    let angles: Vec<f64> = (0..ORIENTATIONS).map(|k| f64::from(k * STEP).to_radians()).collect();
    let best = response(PREFERRED)?;
    let rate = |angle: f64| Ok::<f64, CortexError>(SPONTANEOUS_RATE + PEAK_RATE * response(angle)? / best);
    let rates = angles.iter().map(|&angle| rate(angle)).collect::<Result<Vec<f64>, _>>()?;

    let trials = context.sized(40, 10);
    let mut sessions = Vec::new();
    for seed in context.seeds() {
        let stream = context.seeded_stream(seed, "spikes");
        // Before, during (two bins) and after the bar.
        let session = rates.iter().enumerate().map(|(k, &rate)| {
            let steps = [SPONTANEOUS_RATE, rate, rate, SPONTANEOUS_RATE];
            raster(&steps, BIN, trials, &stream.named(&format!("orientation {k}")))
        });
        sessions.push(session.collect::<Result<Vec<_>, _>>()?);
    }
    let measured: Vec<Measured> =
        sessions.iter().map(|session| Measured::of(session, &angles, &rates)).collect::<Result<_, _>>()?;
    let mean = |value: fn(&Measured) -> f64| measured.iter().map(value).sum::<f64>() / measured.len() as f64;
    let fine = TuningCurve::measure((0..180).map(|k| f64::from(k).to_radians()).collect(), rate)?;
    let (session, first) = (sessions.first().context("no seed")?, measured.first().context("no seed")?);
    Ok(Outcome::new()
        .metric("correlation_of_counts_and_rates", mean(|one| one.correlation))
        .metric("fano_factor", mean(|one| one.fano))
        .metric("preferred_orientation_error_deg", mean(|one| one.error))
        .note(format!(
            "{SHOWN_TRIALS} trials an orientation are drawn, {trials} are counted; the picture is the first seed's."
        ))
        .figure(figure(session, first, &fine, &angles)))
}

/// What a session of many trials says about the cell.
struct Measured {
    /// Mean spike rate during the bar, by orientation, in Hz.
    rates: Vec<f64>,
    /// Its standard deviation over the trials.
    deviations: Vec<f64>,
    correlation: f64,
    fano: f64,
    error: f64,
}

impl Measured {
    fn of(session: &[Vec<Vec<f64>>], angles: &[f64], true_rates: &[f64]) -> Result<Self, CortexError> {
        let shown = 2.0 * BIN;
        let counts = |trials: &[Vec<f64>]| -> Vec<f64> {
            let during = |time: &&f64| (BIN..3.0 * BIN).contains(*time);
            trials.iter().map(|spikes| spikes.iter().filter(during).count() as f64).collect()
        };
        let moments: Vec<(f64, f64)> = session.iter().map(|trials| mean_and_variance(&counts(trials))).collect();
        let rates: Vec<f64> = moments.iter().map(|(mean, _)| mean / shown).collect();
        // Few spikes say little about their variance: orientations with two spikes a trial or more.
        let driven: Vec<f64> = moments.iter().filter(|(mean, _)| *mean >= 2.0).map(|(mean, v)| v / mean).collect();
        let curve = TuningCurve::new(angles.to_vec(), rates.clone())?;
        let preferred = curve.preferred_orientation().unwrap_or(0.0);
        Ok(Self {
            correlation: correlation(&rates, true_rates),
            fano: mean_and_variance(&driven).0,
            error: cortex::orientation_difference(preferred, PREFERRED).to_degrees(),
            deviations: moments.iter().map(|(_, variance)| variance.sqrt() / shown).collect(),
            rates,
        })
    }
}

fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0).max(1.0))
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let ((mean_a, variance_a), (mean_b, variance_b)) = (mean_and_variance(a), mean_and_variance(b));
    let covariance = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum::<f64>() / (a.len() as f64 - 1.0);
    covariance / (variance_a * variance_b).sqrt()
}

fn figure(session: &[Vec<Vec<f64>>], measured: &Measured, fine: &TuningCurve, angles: &[f64]) -> Figure {
    // A spike is a short upright stroke; NaN lifts the pen.
    let (mut x, mut y) = (Vec::new(), Vec::new());
    let rows = SHOWN_TRIALS as f64 + 2.0;
    for (k, trials) in session.iter().enumerate() {
        for (trial, spikes) in trials.iter().take(SHOWN_TRIALS).enumerate() {
            let row = rows * k as f64 + trial as f64;
            for &time in spikes {
                x.extend([time, time, f64::NAN]);
                y.extend([row, row + 0.75, f64::NAN]);
            }
        }
    }
    let top = rows * session.len() as f64;
    let middle = |k: usize| rows * k as f64 + 0.5 * SHOWN_TRIALS as f64;
    let labels = angles.iter().enumerate().map(|(k, angle)| (middle(k), format!("{:.0}", angle.to_degrees())));
    let spikes = Curve {
        title: "Spikes, eight trials each".to_owned(),
        lines: vec![Line { color: Some(Color::BLACK), width: Some(0.5), ..Line::new("", x, y) }],
        bands: vec![Band {
            name: "bar on".to_owned(),
            color: Some(Color::ORANGE),
            ..Band::new(vec![BIN, 3.0 * BIN], vec![-1.0; 2], vec![top; 2])
        }],
        x: Axis { range: Some((0.0, 4.0 * BIN)), ..Axis::new("time (s)") },
        y: Axis {
            range: Some((-1.0, top)),
            ticks: Ticks::At(labels.collect()),
            ..Axis::new("orientation of the bar (deg)")
        },
        ..Curve::default()
    };
    let degrees: Vec<f64> = angles.iter().map(|angle| angle.to_degrees()).collect();
    let edge = |sign: f64| {
        measured
            .rates
            .iter()
            .zip(&measured.deviations)
            .map(|(rate, d)| (rate + sign * d).max(0.0))
            .collect::<Vec<f64>>()
    };
    let curve = Curve {
        title: "Tuning curve".to_owned(),
        lines: vec![
            Line {
                marker: Some(Marker::Circle),
                ..Line::new("spikes, mean over trials", degrees.clone(), measured.rates.clone())
            },
            Line::new(
                "rate of the model",
                fine.angles().iter().map(|angle| angle.to_degrees()).collect(),
                fine.responses().to_vec(),
            ),
        ],
        bands: vec![Band { name: "± one standard deviation".to_owned(), ..Band::new(degrees, edge(-1.0), edge(1.0)) }],
        references: vec![Reference::horizontal(SPONTANEOUS_RATE, "spontaneous")],
        x: Axis {
            range: Some((0.0, 180.0)),
            ticks: Ticks::at(&[0.0, 45.0, 90.0, 135.0, 180.0]),
            ..Axis::new("orientation of the bar (deg)")
        },
        y: Axis::new("spikes per second"),
        ..Curve::default()
    };
    Figure::grid(2, vec![spikes.into(), curve.into()]).sized(1300, 760)
}
