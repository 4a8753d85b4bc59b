//! Slides 75 and 79: what temperature does to a unit, and to a whole network.

use energy::{
    Equilibrium, Network, Temperature, ground_states, two_level, unit_probability, unit_probability_below_zero,
};
use experiment::{Context, Data, Experiment, Outcome, Seeds};
use nn_core::math;
use plot::{Axis, Curve, Figure, Line, LineStyle, Reference};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "boltzmann-temperature",
    slides: &[75, 76, 79],
    title: "What temperature does",
    title_japanese: "温度",
    source: "Lecture, slides 75, 76 and 79",
    claim: "Heat makes a unit a coin, cold makes it a threshold unit, below zero it is inverted; entropy grows with T from that of the ground states to N ln 2.",
    equations: &["heat-bath", "two-level", "partition-function", "boltzmann-distribution"],
    assumptions: &["the slides give no network: 14 units, weights and inputs from N(0, 1), exact sums over all states"],
    data: Data::Generated,
    seeds: Seeds::ONE,
    paper: &[],
    // Identities and limits: only rounding is allowed for.
    expected: &[],
    invariants: &[
        ("slide_76_against_slide_75", 0.0..=1e-14),
        ("cold_against_threshold", 0.0..=0.0),
        ("below_zero_against_inverted_threshold", 0.0..=0.0),
        ("hot_against_a_coin", 0.0..=1e-9),
        ("entropy_at_infinity_minus_n_ln_2", -1e-9..=1e-9),
        ("entropy_near_zero", -1e-9..=1e-6),
        ("mean_energy_near_zero_minus_ground_state", -1e-9..=1e-6),
        ("entropy_never_falls", 1.0..=1.0),
        ("free_energy_against_energy_minus_ts", 0.0..=1e-9),
    ],
    run,
};

const UNITS: usize = 14;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let mut stream = context.stream("network");
    let network = Network::<f64>::from_pairs(UNITS, |_, _| stream.normal())?;
    let network = network.with_inputs((0..UNITS).map(|_| stream.normal()).collect())?;
    let (ground, _) = ground_states(&network)?;
    let steps = context.sized(81, 21);
    let values: Vec<f64> =
        (0..steps).map(|step| math::powf(10.0, -2.0 + 4.0 * f64::from(step) / f64::from(steps - 1))).collect();
    let equilibria = values.iter().map(|&t| Ok(Equilibrium::of(&network, Temperature::new(t)?)?));
    let equilibria = equilibria.collect::<anyhow::Result<Vec<_>>>()?;
    let hot = Equilibrium::of(&network, Temperature::INFINITE)?;

    let inputs: Vec<f64> = (-60..=60).map(|k| f64::from(k) / 10.0).collect();
    let off_zero = || inputs.iter().copied().filter(|i| *i != 0.0);
    let worst = |difference: &dyn Fn(f64) -> f64| off_zero().map(difference).fold(0.0, f64::max);
    let t = Temperature::new(1.7)?;
    let levels: Vec<f64> = inputs.iter().map(|&i| Ok(two_level(i, t)?.on)).collect::<anyhow::Result<_>>()?;
    let against = inputs.iter().zip(&levels).map(|(&i, on)| (on - unit_probability(i, t)).abs()).fold(0.0, f64::max);
    let step = |i: f64| f64::from(u8::from(i > 0.0));
    let free = values.iter().zip(&equilibria).map(|(t, e)| (e.free_energy - (e.mean_energy - t * e.entropy)).abs());
    let rising = equilibria.windows(2).all(|pair| pair[1].entropy >= pair[0].entropy - 1e-10);
    let hottest = Temperature::new(1e12)?;
    Ok(Outcome::new()
        .metric("slide_76_against_slide_75", against)
        .metric("cold_against_threshold", worst(&|i| (unit_probability(i, Temperature::ZERO) - step(i)).abs()))
        .metric(
            "below_zero_against_inverted_threshold",
            worst(&|i| (unit_probability_below_zero(i) - (1.0 - step(i))).abs()),
        )
        .metric("hot_against_a_coin", worst(&|i| (unit_probability(i, hottest) - 0.5).abs()))
        .metric("entropy_at_infinity_minus_n_ln_2", hot.entropy - UNITS as f64 * std::f64::consts::LN_2)
        .metric("entropy_near_zero", equilibria[0].entropy)
        .metric("mean_energy_near_zero_minus_ground_state", equilibria[0].mean_energy - ground)
        .metric("entropy_never_falls", f64::from(u8::from(rising)))
        .metric("free_energy_against_energy_minus_ts", free.fold(0.0, f64::max))
        .figure(figure(&inputs, &values, &equilibria, ground)?)
        .note(
            "At zero net input the probability is ½ at every temperature, where the threshold rule keeps the state: the limit \
             T → 0 is Hopfield's rule everywhere else. T → −0 is the exercise of slide 79: 0 for I > 0, 1 for I < 0.",
        ))
}

fn figure(inputs: &[f64], values: &[f64], equilibria: &[Equilibrium], ground: f64) -> anyhow::Result<Figure> {
    let mut lines = Vec::new();
    let styles = [LineStyle::Solid, LineStyle::Dashed, LineStyle::Dotted];
    for (k, t) in [0.3, 1.0, 3.0].into_iter().enumerate() {
        let p = |i: &f64| Ok(unit_probability(*i, Temperature::new(t)?));
        let p = inputs.iter().map(p).collect::<anyhow::Result<Vec<f64>>>()?;
        lines.push(Line { style: styles[k], ..Line::new(format!("T = {t}"), inputs.to_vec(), p) });
    }
    let limit = |name: &str, p: &dyn Fn(f64) -> f64, style| {
        let p = inputs.iter().map(|&i| if i == 0.0 { f64::NAN } else { p(i) }).collect();
        Line { style, ..Line::new(name, inputs.to_vec(), p) }
    };
    lines.push(limit("T → +0", &|i| unit_probability(i, Temperature::ZERO), LineStyle::Solid));
    lines.push(limit("T → ∞", &|i| unit_probability(i, Temperature::INFINITE), LineStyle::Dashed));
    lines.push(limit("T → −0", &unit_probability_below_zero, LineStyle::Dotted));
    let unit = Curve {
        title: "One unit".to_owned(),
        lines,
        x: Axis::new("net input I"),
        y: Axis { range: Some((-0.05, 1.05)), ..Axis::new("p(u = 1)") },
        ..Curve::default()
    };
    let panel = |title: &str, label: &str, y: Vec<f64>, reference: Reference| Curve {
        title: title.to_owned(),
        lines: vec![Line::new("", values.to_vec(), y)],
        x: Axis { log: true, ..Axis::new("temperature T") },
        y: Axis::new(label),
        references: vec![reference],
        ..Curve::default()
    };
    let entropy = panel(
        "14 units: entropy",
        "entropy S (nats)",
        equilibria.iter().map(|e| e.entropy).collect(),
        Reference::horizontal(UNITS as f64 * std::f64::consts::LN_2, "N ln 2"),
    );
    let energy = panel(
        "14 units: mean energy",
        "mean energy ⟨E⟩",
        equilibria.iter().map(|e| e.mean_energy).collect(),
        Reference::horizontal(ground, "ground state"),
    );
    Ok(Figure::grid(3, vec![unit.into(), entropy.into(), energy.into()]).sized(1500, 480))
}
