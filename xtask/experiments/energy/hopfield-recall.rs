//! Slide 70: letters recalled from noise and from halves.

use datasets::letters;
use energy::{Cue, Patterns, Recall, RecallConfig, StorageRule, Thresholds, overlap, with_flips};
use experiment::{Confidence, Context, Data, Experiment, Format, Outcome, Reported, Seeds};
use nn_core::{Matrix, Stream};
use plot::{Axis, Color, ColorMap, Curve, Figure, ImageGrid, ImageRange, Line, LineStyle, Marker, Ticks};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "hopfield-recall",
    slides: &[70],
    title: "Letters recalled from noise and halves",
    title_japanese: "自己想起",
    source: "Lecture, slide 70 (after Aso)",
    claim: "Stored letters come back from cues with 10 to 30 % wrong pixels and from their upper halves, and the energy falls at every change.",
    equations: &["hopfield-update", "energy", "energy-difference", "hebb-centred"],
    assumptions: &[
        "the slide's bitmaps are not given: capital letters of 5 × 7 pixels, balanced thresholds, units in random order",
        "where a letter is a sum of others, the pseudo-inverse does not exist: counted as not recalled",
        "a half is the upper three rows, clamped; the units below begin at 0",
        "letters share much ink: beside Hebb's rule stand Storkey's and the pseudo-inverse",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 400, quick: 20 },
    paper: &[Reported { metric: "hebb_4_letters_10", value: "no number", agrees: None, confidence: Confidence::Read }],
    expected: &[],
    invariants: &[("rising_energies", 0.0..=0.0), ("energy_that_is_not_recomputed", 0.0..=0.0)],
    run,
};

const WIDTH: usize = 5;
const RULES: [(&str, StorageRule); 3] =
    [("Hebb", StorageRule::HEBB), ("Storkey", StorageRule::Storkey), ("pseudo-inverse", StorageRule::PseudoInverse)];
const MOST_LETTERS: usize = 12;
/// Noise of the cues: shares of wrong pixels, and a half.
const CUES: [(&str, Option<f64>); 4] = [("10 %", Some(0.1)), ("20 %", Some(0.2)), ("30 %", Some(0.3)), ("half", None)];

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let alphabet = Patterns::from_matrix(&letters::<f64>().samples)?;
    // Share of recalls without an error, by rule, cue and number of letters; each seed draws its letters anew.
    let of_seed = |seed: u64| -> anyhow::Result<Counts> {
        let order = context.seeded_stream(seed, "letters").permutation(alphabet.len());
        let mut counts = Counts::default();
        for stored in 1..=MOST_LETTERS {
            let mut patterns = Patterns::new(alphabet.units())?;
            order[..stored].iter().try_for_each(|&letter| patterns.push(&alphabet.state(letter)))?;
            for (rule, (_, storage)) in RULES.iter().enumerate() {
                let network = match storage.store::<f64>(&patterns, Thresholds::Balanced) {
                    // Letters may be sums of others: then the pseudo-inverse does not exist, and recalls nothing.
                    Err(energy::EnergyError::Dependent { .. }) => continue,
                    network => network?,
                };
                for (kind, (_, noise)) in CUES.iter().enumerate() {
                    let stream = context.seeded_stream(seed, "recall").at((stored * 4 + kind) as u64);
                    let (recall, first) = recalled(&network, &patterns.state(0), *noise, &stream)?;
                    counts.right[rule][kind][stored - 1] += usize::from(recall.state == patterns.state(0));
                    counts.check(&network, &recall, first)?;
                }
            }
        }
        Ok(counts)
    };
    let all = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let seeds = all.len() as f64;
    let share = |rule: usize, kind: usize, stored: usize| {
        all.iter().map(|counts| counts.right[rule][kind][stored - 1]).sum::<usize>() as f64 / seeds
    };
    let mut outcome = Outcome::new();
    for (rule, name) in ["hebb", "storkey", "pseudo_inverse"].iter().enumerate() {
        for (kind, cue) in ["10", "20", "30", "half"].iter().enumerate() {
            outcome = outcome.metric(format!("{name}_4_letters_{cue}"), share(rule, kind, 4));
        }
        outcome = outcome.metric(format!("{name}_10_letters_10"), share(rule, 0, 10));
    }
    let (frames, energies) = frames(context, &alphabet)?;
    Ok(outcome
        .metric("rising_energies", all.iter().map(|counts| counts.rising).sum::<usize>() as f64)
        .metric("energy_that_is_not_recomputed", all.iter().map(|counts| counts.wrong_energy).sum::<usize>() as f64)
        .note(format!(
            "Shares of recalls without a wrong pixel, {seeds} random sets of letters; the figure shows A, H, T and X stored by Hebb's rule."
        ))
        .figure(Figure::grid(1, vec![frames.into(), energies.into()]).sized(1000, 1000))
        .picture("rules", rules(&share), Format::Svg))
}

#[derive(Default)]
struct Counts {
    right: [[[usize; MOST_LETTERS]; 4]; 3],
    rising: usize,
    wrong_energy: usize,
}

impl Counts {
    fn check(&mut self, network: &energy::Network<f64>, recall: &Recall, first: f64) -> anyhow::Result<()> {
        let mut before = first;
        for flip in &recall.flips {
            // Weights of reals: a rounding of the last bits is no rise.
            self.rising += usize::from(flip.energy > before + 1e-9);
            before = flip.energy;
        }
        self.wrong_energy += usize::from((recall.energy - network.energy(&recall.state)?).abs() > 1e-9);
        Ok(())
    }
}

/// The recall from a noisy cue or from the upper half, and the energy of the cue.
fn recalled(
    network: &energy::Network<f64>,
    letter: &[bool],
    noise: Option<f64>,
    stream: &Stream,
) -> anyhow::Result<(Recall, f64)> {
    let (cue, clamped) = cue(letter, noise, stream)?;
    let cue = Cue { state: &cue, clamped: &clamped };
    let recall = RecallConfig::default().recall(network, cue, stream.named("order"))?;
    let first = recall.first_energy;
    Ok((recall, first))
}

fn cue(letter: &[bool], noise: Option<f64>, stream: &Stream) -> anyhow::Result<(Vec<bool>, Vec<bool>)> {
    let clamped: Vec<bool> = (0..letter.len()).map(|pixel| noise.is_none() && pixel / WIDTH < 3).collect();
    let cue = match noise {
        Some(share) => with_flips(letter, share, &mut stream.named("noise"))?,
        None => letter.iter().zip(&clamped).map(|(pixel, known)| *pixel && *known).collect(),
    };
    Ok((cue, clamped))
}

/// Four letters stored by Hebb's rule, one recall a letter: frames from the cue to the end, and the energies.
fn frames(context: &Context<'_>, alphabet: &Patterns) -> anyhow::Result<(ImageGrid, Curve)> {
    const FRAMES: usize = 7;
    let mut patterns = Patterns::new(alphabet.units())?;
    "AHTX".bytes().try_for_each(|letter| patterns.push(&alphabet.state(usize::from(letter - b'A'))))?;
    let network = StorageRule::HEBB.store::<f64>(&patterns, Thresholds::Balanced)?;
    let (mut columns, mut captions, mut frames, mut lines) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let styles = [LineStyle::Solid, LineStyle::Dashed, LineStyle::Dotted, LineStyle::Solid];
    for (row, (name, noise)) in CUES.iter().enumerate() {
        let letter = patterns.state(row);
        let stream = context.stream("figure").at(row as u64);
        let (mut state, _) = cue(&letter, *noise, &stream)?;
        let (recall, first) = recalled(&network, &letter, *noise, &stream)?;
        let changes = recall.flips.len();
        let mut done = 0;
        for frame in 0..FRAMES {
            let until = frame * changes / (FRAMES - 1);
            for flip in &recall.flips[done..until] {
                state[flip.unit] = !state[flip.unit];
            }
            done = until;
            columns.extend(state.iter().map(|&u| if u { 1.0 } else { 0.0 }));
            captions.push(match frame {
                0 => format!("cue: {name}"),
                _ => format!("{done} changes"),
            });
            let right = frame == FRAMES - 1 && overlap(&state, &letter)? == 1.0;
            frames.push(right.then_some(Color::GREEN));
        }
        let x = std::iter::once(0.0).chain(recall.flips.iter().map(|flip| flip.update as f64 + 1.0));
        let y = std::iter::once(first).chain(recall.flips.iter().map(|flip| flip.energy));
        let name = format!("{}, {name}", ["A", "H", "T", "X"][row]);
        let marker = Some([Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond][row]);
        lines.push(Line { style: styles[row], marker, ..Line::new(name, x.collect(), y.collect()) });
    }
    let images = Matrix::from_vec(alphabet.units(), columns.len() / alphabet.units(), columns);
    let grid = ImageGrid {
        title: "From the cue to the fixed point (green: the letter without an error)".to_owned(),
        captions,
        frames,
        columns: Some(FRAMES),
        map: ColorMap::Ink,
        range: ImageRange::Fixed(0.0, 1.0),
        ..ImageGrid::new(images, WIDTH)
    };
    let curve = Curve {
        title: "Every change lowers the energy".to_owned(),
        lines,
        x: Axis { ticks: Ticks::Whole, ..Axis::new("updates of single units") },
        y: Axis::new("energy E"),
        ..Curve::default()
    };
    Ok((grid, curve))
}

/// Recall against the number of letters, a panel a cue.
fn rules(share: &dyn Fn(usize, usize, usize) -> f64) -> Figure {
    let x: Vec<f64> = (1..=MOST_LETTERS).map(|stored| stored as f64).collect();
    let panel = |kind: usize| {
        let title = match CUES[kind].1 {
            Some(_) => format!("{} of the pixels wrong", CUES[kind].0),
            None => "upper half clamped".to_owned(),
        };
        let styles = [LineStyle::Solid, LineStyle::Dashed, LineStyle::Dotted];
        let markers = [Marker::Circle, Marker::Square, Marker::Triangle];
        let lines = RULES.iter().enumerate().map(|(rule, (name, _))| {
            let y = (1..=MOST_LETTERS).map(|stored| share(rule, kind, stored)).collect();
            Line { style: styles[rule], marker: Some(markers[rule]), ..Line::new(*name, x.clone(), y) }
        });
        Curve {
            title,
            lines: lines.collect(),
            x: Axis { ticks: Ticks::Whole, ..Axis::new("letters stored") },
            y: Axis { range: Some((0.0, 1.0)), ..Axis::new("recalled without error") },
            ..Curve::default()
        }
    };
    Figure::grid(2, (0..4).map(|kind| panel(kind).into()).collect()).sized(1000, 800)
}
