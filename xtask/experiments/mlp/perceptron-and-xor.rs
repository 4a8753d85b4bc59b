//! Slide 20: a threshold unit learns AND within Novikoff's bound, and goes around in a circle on XOR.

use anyhow::Context as _;
use datasets::Patterns;
use experiment::{Context, Data, Experiment, Format, Outcome, Seeds};
use mlp::{Perceptron, novikoff_bound};
use plot::{Axis, Boundary, Color, Curve, Figure, Line, LineStyle, Marker, PointClass, Regions, Scatter, Ticks};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "perceptron-and-xor",
    slides: &[20],
    title: "What one line can separate",
    title_japanese: "パーセプトロン",
    source: "Lecture, slide 20; Novikoff (1962), On convergence proofs on perceptrons; Minsky and Papert (1969), Perceptrons",
    claim: "The perceptron learns AND with fewer mistakes than Novikoff's bound; on XOR it never ends and repeats itself.",
    equations: &["perceptron-rule"],
    assumptions: &[
        "the slide has no formula for learning: w ← w + η (t − y) x with η = 1, zero weights, in the order 00, 01, 10, 11",
        "the bound (R/γ)² is that of the separator with the widest margin, w = (1, 1), b = −1.5, with x₀ = 1 as an input",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[],
    expected: &[],
    // Nothing is random and every weight is a small whole number: all values are exact.
    invariants: &[
        ("novikoff_bound_of_and", 51.0..=51.0),
        ("mistakes_on_and", 10.0..=10.0),
        ("epochs_to_learn_and", 6.0..=6.0),
        ("wrong_answers_on_and", 0.0..=0.0),
        ("xor_epochs_without_success", 10_000.0..=10_000.0),
        ("xor_cycle_length", 1.0..=1.0),
        ("xor_first_epoch_of_the_cycle", 3.0..=3.0),
        ("xor_mistakes_in_the_cycle", 4.0..=4.0),
        ("xor_largest_weight", 1.0..=1.0),
        ("xor_most_right_answers_in_the_cycle", 2.0..=2.0),
    ],
    run,
};

/// Epochs after which we stop waiting for XOR.
const PATIENCE: usize = 10_000;

fn run(_: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let (and, xor) = (datasets::and::<f64>(), datasets::xor::<f64>());
    let separator = Perceptron { weight: vec![1.0, 1.0], bias: -1.5 };
    let bound = novikoff_bound(&separator, &and.inputs, &targets(&and)).context("the line must separate AND")?;
    let (learned, hopeless) = (History::of(&and)?, History::of(&xor)?);
    let (first, length) = hopeless.cycle().context("the perceptron must repeat itself on XOR")?;
    let visited = corrections(&hopeless.states[first], &xor);
    let weights = hopeless.states.iter().flat_map(|state| state.weight.iter().chain([&state.bias]));
    let largest = weights.fold(0.0_f64, |largest, w| largest.max(w.abs()));
    let most_right = visited.iter().map(|state| right_answers(state, &xor)).max().unwrap_or(0);
    let solution = learned.states.last().context("AND must take an epoch")?;
    Ok(Outcome::new()
        .metric("novikoff_bound_of_and", bound)
        .metric("mistakes_on_and", learned.mistakes.iter().sum::<usize>() as f64)
        .metric("epochs_to_learn_and", learned.mistakes.len() as f64)
        .metric("wrong_answers_on_and", 4.0 - right_answers(solution, &and) as f64)
        .metric("xor_epochs_without_success", hopeless.mistakes.iter().filter(|mistakes| **mistakes > 0).count() as f64)
        .metric("xor_cycle_length", length as f64)
        .metric("xor_first_epoch_of_the_cycle", first as f64 + 1.0)
        .metric("xor_mistakes_in_the_cycle", hopeless.mistakes[first..first + length].iter().sum::<usize>() as f64)
        .metric("xor_largest_weight", largest)
        .metric("xor_most_right_answers_in_the_cycle", most_right as f64)
        .figure(Figure::grid(2, vec![and_plane(&and, solution).into(), xor_plane(&xor, &visited).into()]))
        .picture("mistakes", Figure::new(mistakes(&learned, &hopeless)), Format::Svg)
        .note(
            "On XOR every epoch from the third on makes the same four corrections and ends with the weights it began \
             with, at most two answers right at a time, where the best line has three.",
        )
        .note(
            "The line for AND goes through the point 10: a net input of exactly zero is answered with 0. The rule \
             looks for no margin and stops at the first line that makes no mistake.",
        ))
}

/// A training run, epoch by epoch.
struct History {
    mistakes: Vec<usize>,
    /// After so many epochs; the first one is the beginning.
    states: Vec<Perceptron<f64>>,
}

impl History {
    /// Until the first epoch without a mistake, or until patience ends.
    fn of(patterns: &Patterns<f64>) -> anyhow::Result<Self> {
        let targets = targets(patterns);
        let mut training = Perceptron::training(&patterns.inputs, &targets, 1.0)?;
        let mut history = Self { mistakes: Vec::new(), states: vec![training.model().clone()] };
        while history.mistakes.len() < PATIENCE
            && let Some(epoch) = training.next()
        {
            history.mistakes.push(epoch.mistakes);
            history.states.push(training.model().clone());
        }
        Ok(history)
    }

    /// The first state that comes back, and after how many epochs it does.
    fn cycle(&self) -> Option<(usize, usize)> {
        (1..self.states.len()).find_map(|later| {
            let earlier = (0..later).rfind(|earlier| self.states[*earlier] == self.states[later])?;
            Some((earlier, later - earlier))
        })
    }
}

fn targets(patterns: &Patterns<f64>) -> Vec<bool> {
    patterns.targets.iter().map(|target| *target == 1.0).collect()
}

fn right_answers(perceptron: &Perceptron<f64>, patterns: &Patterns<f64>) -> usize {
    let answers = patterns.inputs.column_iter().map(|x| perceptron.output(x.as_slice()));
    answers.zip(targets(patterns)).filter(|(answer, target)| answer == target).count()
}

/// The state after each of the four patterns of an epoch.
fn corrections(before: &Perceptron<f64>, patterns: &Patterns<f64>) -> Vec<Perceptron<f64>> {
    let mut perceptron = before.clone();
    let mut after = |(x, target): (&[f64], bool)| {
        perceptron.adapt(x, target, 1.0);
        perceptron.clone()
    };
    patterns.inputs.as_slice().chunks_exact(2).zip(targets(patterns)).map(&mut after).collect()
}

fn plane(title: &str, patterns: &Patterns<f64>, range: (f64, f64)) -> Scatter {
    let class = |name: &str, class: bool| {
        let of_class = patterns.inputs.column_iter().zip(targets(patterns)).filter(|(_, target)| *target == class);
        let (x, y) = of_class.map(|(x, _)| (x[0], x[1])).unzip();
        PointClass::new(name, x, y)
    };
    let axis = |label: &str| Axis { range: Some(range), ticks: Ticks::Whole, ..Axis::new(label) };
    Scatter {
        title: title.to_owned(),
        classes: vec![class("target 0", false), class("target 1", true)],
        x: axis("x₁"),
        y: axis("x₂"),
        equal_aspect: true,
        ..Scatter::default()
    }
}

fn line(state: &Perceptron<f64>, name: &str) -> Boundary {
    Boundary::new([state.weight[0], state.weight[1]], state.bias, name)
}

fn and_plane(patterns: &Patterns<f64>, learned: &Perceptron<f64>) -> Scatter {
    let range = (-0.6, 1.6);
    let regions = Regions::classes(range, range, 220, |x, y| usize::from(learned.output(&[x, y])));
    Scatter {
        regions: Some(regions),
        boundaries: vec![line(learned, "learned line")],
        ..plane("AND: learned", patterns, range)
    }
}

fn xor_plane(patterns: &Patterns<f64>, visited: &[Perceptron<f64>]) -> Scatter {
    let looks = [
        ("after pattern 00", Color::BLACK, LineStyle::Solid),
        ("after pattern 01", Color::GREEN, LineStyle::Dashed),
        ("after pattern 10", Color::PURPLE, LineStyle::Solid),
        ("after pattern 11", Color::ORANGE, LineStyle::Dotted),
    ];
    let lines =
        visited.iter().zip(looks).map(|(state, (name, color, style))| Boundary { color, style, ..line(state, name) });
    Scatter { boundaries: lines.collect(), ..plane("XOR: the lines it cycles through", patterns, (-2.4, 2.0)) }
}

fn mistakes(learned: &History, hopeless: &History) -> Curve {
    const SHOWN: usize = 12;
    let line = |name: &str, history: &History, marker| {
        let shown = &history.mistakes[..history.mistakes.len().min(SHOWN)];
        let epochs = (1..=shown.len()).map(|epoch| epoch as f64).collect();
        let mistakes = shown.iter().map(|mistakes| *mistakes as f64).collect();
        Line { marker: Some(marker), ..Line::new(name, epochs, mistakes) }
    };
    Curve {
        lines: vec![line("AND", learned, Marker::Circle), line("XOR", hopeless, Marker::Square)],
        x: Axis { ticks: Ticks::Whole, ..Axis::new("epoch") },
        y: Axis { ticks: Ticks::Whole, range: Some((-0.2, 4.4)), ..Axis::new("mistakes in the epoch (of 4 patterns)") },
        ..Curve::default()
    }
}
