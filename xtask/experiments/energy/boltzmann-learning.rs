//! Slides 81 to 84: learning lowers the divergence; parity needs hidden units.

use energy::{
    BoltzmannConfig, Expectations, Goal, Network, Patterns, Phases, Temperature, exact_distribution, state_of,
};
use experiment::statistics::{Spread, median};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::Init;
use plot::{Axis, Band, Curve, Figure, Line, LineStyle, Reference};
use rayon::prelude::*;
use std::f64::consts::LN_2;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "boltzmann-learning",
    slides: &[81, 82, 83, 84],
    title: "The learning rule of the Boltzmann machine",
    title_japanese: "ボルツマンマシンの学習",
    source: "Lecture, slides 81 to 84; Ackley, Hinton, Sejnowski (1985), Cognitive Science 9:147",
    claim: "Steps along ⟨uu⟩_goal − ⟨uu⟩_model lower D(goal‖model): to 0 for a goal that visible units can reach, to ln 2 for parity, and below it with hidden units.",
    equations: &["kl-divergence", "kl-gradient", "boltzmann-learning", "model-probability-gradient"],
    assumptions: &[
        "the slides give no task: distributions of 5 units of a random network (N(0, 1)), and even parity of 3 bits",
        "exact expectations, T = 1, λ = 0.5, 1000 steps; first weights N(0, 0.1²), with hidden units N(0, 1.5²)",
        "by Gibbs samples: the same steps, 20 sweeps before and 100 with counting, twice for each pattern",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 10, quick: 2 },
    paper: &[Reported {
        metric: "parity_visible_units_alone",
        value: "ln 2 = 0.6931, by counting",
        agrees: Some(LN_2 - 1e-4..=LN_2 + 1e-4),
        confidence: Confidence::High,
    }],
    // Visible units alone: what theory says. With hidden units, five blocks of ten other seeds each: mean ± 3 standard deviations between blocks.
    expected: &[
        ("parity_visible_units_alone", LN_2 - 1e-9..=LN_2 + 1e-5),
        ("reachable_goal", 0.0..=2e-3),
        ("parity_one_hidden_unit", 0.0..=0.799),
        ("parity_three_hidden_units", 0.061..=0.153),
        ("parity_three_hidden_units_sampled", 0.102..=0.141),
    ],
    invariants: &[
        ("exact_steps_that_raised_the_divergence", 0.0..=0.0),
        ("parity_visible_units_alone", LN_2 - 1e-9..=0.75),
    ],
    run,
};

/// The divergence before every step.
fn learn(config: &BoltzmannConfig, goal: &Goal, stream: nn_core::Stream) -> anyhow::Result<Vec<f64>> {
    let mut training = config.training::<f64>(goal, stream)?;
    let mut divergences = vec![training.model().divergence(goal)?];
    let sampled = config.expectations != Expectations::Exact;
    while let Some(epoch) = training.next() {
        epoch?;
        if !sampled || training.epoch().is_multiple_of(10) {
            divergences.push(training.model().divergence(goal)?);
        }
    }
    Ok(divergences)
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let epochs = context.sized(1000, 60);
    let context = &*context;
    let parity = Goal::uniform(Patterns::from_pictures(&["...", "##.", "#.#", ".##"])?)?;
    let reachable = |seed: u64| -> anyhow::Result<Goal> {
        let mut stream = context.seeded_stream(seed, "goal");
        let network = Network::<f64>::from_pairs(5, |_, _| stream.normal())?;
        let network = network.with_inputs((0..5).map(|_| stream.normal()).collect())?;
        let mut patterns = Patterns::new(5)?;
        for state in 0..32 {
            patterns.push(&state_of(state, 5))?;
        }
        Ok(Goal::new(patterns, exact_distribution(&network, Temperature::ONE)?)?)
    };
    let exact = |hidden: usize| BoltzmannConfig {
        epochs,
        weight_init: Init::Normal(if hidden == 0 { 0.1 } else { 1.5 }),
        ..BoltzmannConfig::exact(hidden)
    };
    let sampled = BoltzmannConfig {
        expectations: Expectations::Sampled(Phases { clampings: 2, ..Phases::gibbs(20, 100, 1.0) }),
        ..exact(3)
    };
    let of_seed = |seed: u64| -> anyhow::Result<Vec<Vec<f64>>> {
        let stream = |name: &str| context.seeded_stream(seed, name);
        Ok(vec![
            learn(&exact(0), &reachable(seed)?, stream("reachable"))?,
            learn(&exact(0), &parity, stream("visible"))?,
            learn(&exact(1), &parity, stream("hidden-1"))?,
            learn(&exact(3), &parity, stream("hidden-3"))?,
            learn(&sampled, &parity, stream("sampled"))?,
        ])
    };
    let runs = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let last =
        |case: usize| -> Vec<f64> { runs.iter().map(|run| run[case].last().copied().unwrap_or(f64::NAN)).collect() };
    let rises = runs.iter().flat_map(|run| &run[..4]);
    let rises = rises.map(|run| run.windows(2).filter(|pair| pair[1] > pair[0] + 1e-12).count()).sum::<usize>();
    Ok(Outcome::new()
        .metric("reachable_goal", median(&last(0)))
        .metric("parity_visible_units_alone", median(&last(1)))
        .metric("parity_one_hidden_unit", median(&last(2)))
        .metric("parity_three_hidden_units", median(&last(3)))
        .metric("parity_three_hidden_units_sampled", median(&last(4)))
        .metric("exact_steps_that_raised_the_divergence", rises as f64)
        .figure(figure(&runs))
        .note(
            "Without hidden units the divergence is convex in the weights. Even parity of three bits has no correlation of \
             two bits, so pairs alone cannot tell it from coins: ln 2 is missing for ever.",
        )
        .note("Lines are medians over seeds, bands reach from the least to the largest."))
}

fn figure(runs: &[Vec<Vec<f64>>]) -> Figure {
    let panel = |title: &str, cases: &[(usize, &str, LineStyle, f64)], references: Vec<Reference>| {
        let (mut lines, mut bands) = (Vec::new(), Vec::new());
        for &(case, name, style, step) in cases {
            let spreads = Spread::by_epoch(&runs.iter().map(|run| run[case].clone()).collect::<Vec<_>>());
            // A hundred points of a curve are enough.
            let every = (spreads.len() / 100).max(1);
            let kept: Vec<(usize, &Spread)> = spreads.iter().enumerate().step_by(every).collect();
            let x: Vec<f64> = kept.iter().map(|(epoch, _)| *epoch as f64 * step).collect();
            let part = |of: fn(&Spread) -> f64| kept.iter().map(|(_, spread)| of(spread).max(1e-6)).collect();
            bands.push(Band::new(x.clone(), part(|s| s.lowest), part(|s| s.highest)));
            lines.push(Line { style, ..Line::new(name, x, part(|s| s.median)) });
        }
        Curve {
            title: title.to_owned(),
            lines,
            bands,
            x: Axis::new("steps of learning"),
            y: Axis {
                log: cases.len() == 1,
                range: (cases.len() > 1).then_some((0.0, 1.5)),
                ..Axis::new("D(goal‖model) (nats)")
            },
            references,
            ..Curve::default()
        }
    };
    let reachable = panel("A goal within reach", &[(0, "5 visible units", LineStyle::Solid, 1.0)], vec![]);
    let parity = panel(
        "Parity of three bits",
        &[
            (1, "no hidden unit", LineStyle::Solid, 1.0),
            (2, "1 hidden unit", LineStyle::Dashed, 1.0),
            (3, "3 hidden units", LineStyle::Dotted, 1.0),
            (4, "3, Gibbs samples", LineStyle::Solid, 10.0),
        ],
        vec![Reference::horizontal(LN_2, "ln 2")],
    );
    Figure::grid(2, vec![reachable.into(), parity.into()])
}
