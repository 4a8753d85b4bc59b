//! Hopfield networks, one thread: recall and Hebb's weights. A goal is the ratio to the fastest peer.

use crate::bench::row::{Goal, Measure, Peer, Row, Unit, Work};
use energy::{
    Fields, HebbianMemory, IntegerNetwork, Network, Patterns, RecallConfig, StorageRule, Thresholds, with_flips,
};
use nn_core::{Matrix, Stream};
use serde_json::json;
use std::hint::black_box;

/// The rows.
pub const ROWS: &[Row] = &[
    Row {
        id: "energy-recall-1024",
        title: "recall, Hebb, N = 1024, P = 50",
        goals: &[Goal::one_thread(6.0, 8.5)],
        run: |measure| hebbian_recall(1024, 50, measure),
        ..ROW
    },
    Row {
        id: "energy-recall-2048",
        title: "recall, Hebb, N = 2048, P = 100",
        goals: &[Goal::one_thread(7.0, 10.0)],
        run: |measure| hebbian_recall(2048, 100, measure),
        ..ROW
    },
    // 60 times numpy is about 10 times numba.
    Row {
        id: "energy-recall-4096",
        title: "recall, Hebb, N = 4096, P = 200",
        goals: &[Goal::one_thread(10.0, 22.0)],
        run: |measure| hebbian_recall(4096, 200, measure),
        ..ROW
    },
    Row {
        id: "energy-recall-dense",
        title: "recall, weights of the pseudo-inverse, f32, N = 1024, P = 200",
        goals: &[Goal::one_thread(2.0, 4.0)],
        run: dense_recall,
        ..ROW
    },
    Row {
        id: "energy-hebb",
        title: "Hebb's weights, N = 4096, P = 200",
        unit: Unit::Time("per matrix"),
        peers: &[Peer { name: "numpy", script: "energy.py" }],
        goals: &[Goal::one_thread(1.5, 3.0)],
        run: hebb,
        ..ROW
    },
];

/// What the rows share.
const ROW: Row = Row {
    id: "",
    library: "energy",
    title: "",
    unit: Unit::Time("per recall"),
    peers: &[Peer { name: "numpy", script: "energy.py" }, Peer { name: "numba", script: "energy.py" }],
    goals: &[],
    run: |_| Ok(()),
};

/// Cues that differ from stored patterns in a tenth of their units.
const CUES: usize = 20;

/// The patterns, and cues to the first of them.
fn patterns_and_cues(units: usize, count: usize) -> anyhow::Result<(Patterns, Patterns)> {
    let mut stream = Stream::new(1982);
    let patterns = Patterns::random(units, count, &mut stream)?;
    let mut cues = Patterns::new(units)?;
    for pattern in 0..CUES {
        cues.push(&with_flips(&patterns.state(pattern), 0.1, &mut stream)?)?;
    }
    Ok((patterns, cues))
}

/// −1 and +1, as the peers want them.
fn spins(patterns: &Patterns) -> Matrix<f32> {
    patterns.to_matrix::<f32>().map(|u| 2.0 * u - 1.0)
}

fn hebbian_recall(units: usize, count: usize, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (patterns, cues) = patterns_and_cues(units, count)?;
    let memory = HebbianMemory::new(patterns.clone(), Thresholds::Balanced)?;
    recall(&memory, &cues, &[("patterns", &spins(&patterns)), ("cues", &spins(&cues))], measure)
}

fn dense_recall(measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (patterns, cues) = patterns_and_cues(1024, 200)?;
    let network: Network<f32> = StorageRule::PseudoInverse.store(&patterns, Thresholds::Balanced)?;
    recall(&network, &cues, &[("weights", network.weights()), ("cues", &spins(&cues))], measure)
}

/// Unit after unit from every cue to the fixed point; the peers do the same and must end in the same states.
fn recall<N: Fields>(
    network: &N,
    cues: &Patterns,
    inputs: &[(&'static str, &Matrix<f32>)],
    measure: &mut Measure<'_>,
) -> anyhow::Result<()> {
    let states: Vec<Vec<bool>> = cues.states().collect();
    let recalled =
        |cue: &Vec<bool>| Ok::<_, anyhow::Error>(RecallConfig::SEQUENTIAL.recall(network, cue, Stream::new(0))?.state);
    let ends = states.iter().map(recalled).collect::<anyhow::Result<Vec<_>>>()?;
    let ones = ends.iter().flatten().filter(|u| **u).count();
    let parameters = json!({ "task": "recall", "ones": ones });
    let mut ours = || {
        for cue in &states {
            black_box(recalled(cue)?);
        }
        Ok(states.len() as f64)
    };
    measure(Work { ours: &mut ours, inputs, parameters })
}

fn hebb(measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (patterns, _) = patterns_and_cues(4096, 200)?;
    let mut ours = || {
        black_box(IntegerNetwork::hebb(&patterns, Thresholds::Balanced)?);
        Ok(1.0)
    };
    measure(Work { ours: &mut ours, inputs: &[("patterns", &spins(&patterns))], parameters: json!({ "task": "hebb" }) })
}
