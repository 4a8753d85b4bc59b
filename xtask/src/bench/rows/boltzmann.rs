//! Boltzmann machines, one thread: Gibbs sampling, annealing, enumeration, restricted machines.

use crate::bench::row::{Against, Goal, Measure, Peer, Row, Threads, Unit, Work};
use energy::{
    Annealing, CORRELATED_REPLICAS, Divergence, Gibbs, Graph, Ising, Network, RbmConfig, SpinNetwork, Temperature,
    TemperatureSchedule, log_partition_function,
};
use nn_core::{Batch, Matrix, Stream};
use serde_json::json;
use std::hint::black_box;

/// The rows.
pub const ROWS: &[Row] = &[
    Row { id: "energy-gibbs-96", title: "heat bath, dense, N = 96, T = 1", run: |m| gibbs(96, 1.0, m), ..WARM },
    Row { id: "energy-gibbs-208", title: "heat bath, dense, N = 208, T = 1", run: |m| gibbs(208, 1.0, m), ..WARM },
    Row { id: "energy-gibbs-512", title: "heat bath, dense, N = 512, T = 1", run: |m| gibbs(512, 1.0, m), ..WARM },
    Row { id: "energy-gibbs-1008", title: "heat bath, dense, N = 1008, T = 1", run: |m| gibbs(1008, 1.0, m), ..WARM },
    Row {
        id: "energy-gibbs-cold-512",
        title: "heat bath, dense, N = 512, T = 0.3",
        goals: &[Goal::one_thread(2.0, 4.0)],
        run: |m| gibbs(512, 0.3, m),
        ..WARM
    },
    Row {
        id: "energy-annealing-48",
        title: "annealing of 800 spins, degree 48",
        goals: &[Goal::one_thread(1.5, 2.5)],
        run: |m| annealing(800, 19_176, m),
        ..WARM
    },
    Row {
        id: "energy-annealing-4",
        title: "annealing of 800 spins, degree 4",
        goals: &[Goal::one_thread(1.5, 2.5)],
        run: |m| annealing(800, 1600, m),
        ..WARM
    },
    Row {
        id: "energy-annealing-48-replicas",
        title: "annealing of 800 spins, degree 48, 256 replicas in bits",
        goals: &[replicas(7.0)],
        run: |m| annealing_of_replicas(800, 19_176, m),
        ..WARM
    },
    Row {
        id: "energy-annealing-4-replicas",
        title: "annealing of 800 spins, degree 4, 256 replicas in bits",
        goals: &[replicas(15.0)],
        run: |m| annealing_of_replicas(800, 1600, m),
        ..WARM
    },
    Row { id: "energy-log-z-20", title: "ln Z of 20 units", run: |m| log_z(20, m), ..SUM },
    // The doubling of numpy takes minutes for the turns of 24 units, and 24 gigabytes for 30: no peer, and goals of 15
    // milliseconds and of one second.
    Row { id: "energy-log-z-24", title: "ln Z of 24 units", peers: &[], goals: &[], run: |m| log_z(24, m), ..SUM },
    Row { id: "energy-log-z-30", title: "ln Z of 30 units", peers: &[], goals: &[], run: |m| log_z(30, m), ..SUM },
    Row { id: "energy-rbm-10", title: "CD-1, 784-256, binary, batch 10", run: |m| rbm(10, m), ..LEARNING },
    Row {
        id: "energy-rbm-100",
        title: "CD-1, 784-256, binary, batch 100",
        goals: &[Goal::one_thread(1.0, 1.5)],
        run: |m| rbm(100, m),
        ..LEARNING
    },
];

const WARM: Row = Row {
    id: "",
    library: "energy",
    title: "",
    unit: Unit::Time("per update"),
    peers: &[Peer { name: "dwave-samplers", script: "boltzmann.py" }],
    goals: &[Goal::one_thread(5.0, 10.0)],
    run: |_| Ok(()),
};

const SUM: Row = Row {
    unit: Unit::Time("per ln Z"),
    peers: &[Peer { name: "numpy", script: "boltzmann.py" }],
    goals: &[Goal::one_thread(50.0, 100.0)],
    ..WARM
};

const LEARNING: Row = Row {
    unit: Unit::Time("per sample"),
    peers: &[Peer { name: "PyTorch", script: "boltzmann.py" }, Peer { name: "scikit-learn", script: "boltzmann.py" }],
    goals: &[Goal::one_thread(1.5, 2.0)],
    ..WARM
};

/// What many replicas at once have to reach: nothing, and what they are meant to.
const fn replicas(aim: f64) -> Goal {
    Goal { threads: Threads::One, against: Against::FastestPeer, must: None, aim: Some(aim) }
}

/// Couplings of N(0, 1/N) between all spins.
fn gibbs(units: usize, t: f64, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    const SWEEPS: usize = 200;
    let mut stream = Stream::new(1975);
    let scale = 1.0 / (units as f64).sqrt();
    let network = Network::<f32>::from_pairs(units, |_, _| (scale * stream.normal()) as f32)?;
    let couplings = network.weights().clone();
    let network = SpinNetwork::new(couplings.clone(), vec![0.0; units])?.to_network()?;
    let gibbs = Gibbs::new(&network);
    let (mut chain, t_of_row) = (gibbs.chain(stream), Temperature::new(t)?);
    let mut ours = || {
        chain.sweeps_at(t_of_row, SWEEPS);
        Ok((SWEEPS * units) as f64)
    };
    let parameters = json!({ "task": "gibbs", "temperature": t });
    measure(Work { ours: &mut ours, inputs: &[("couplings", &couplings)], parameters })
}

/// β geometric from 0.1 to 3.
const COOLING: TemperatureSchedule = TemperatureSchedule::Geometric(10.0, 1.0 / 3.0);

/// 1000 sweeps of Metropolis for the largest cut.
fn annealing(vertices: usize, edges: usize, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let graph = Graph::random(vertices, edges, &Stream::new(1983))?;
    let (ising, annealing) = (Ising::from(&graph), Annealing::new(COOLING));
    let mut run = 0;
    let mut ours = || {
        run += 1;
        black_box(annealing.minimize_spins(&ising, &Stream::new(run))?);
        Ok((annealing.sweeps * vertices) as f64)
    };
    against_dwave(&graph, annealing.sweeps, &mut ours, measure)
}

/// The same of all replicas in bits; an update is one of one spin in one replica.
fn annealing_of_replicas(vertices: usize, edges: usize, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let graph = Graph::random(vertices, edges, &Stream::new(1983))?;
    let (ising, annealing) = (Ising::from(&graph), Annealing::new(COOLING));
    let mut run = 0;
    let mut ours = || {
        run += 1;
        black_box(annealing.minimize_correlated(&ising, &Stream::new(run))?);
        Ok((annealing.sweeps * vertices * CORRELATED_REPLICAS) as f64)
    };
    against_dwave(&graph, annealing.sweeps, &mut ours, measure)
}

fn against_dwave(
    graph: &Graph,
    sweeps: usize,
    ours: &mut dyn FnMut() -> anyhow::Result<f64>,
    measure: &mut Measure<'_>,
) -> anyhow::Result<()> {
    let ends = Matrix::from_fn(2, graph.edges().len(), |end, edge| {
        let edge = graph.edges()[edge];
        if end == 0 { edge.a as f32 } else { edge.b as f32 }
    });
    let parameters = json!({ "task": "annealing", "sweeps": sweeps, "vertices": graph.vertices() });
    measure(Work { ours, inputs: &[("edges", &ends)], parameters })
}

/// The inputs are for a peer: there is none beyond 20 units.
fn log_z(units: usize, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let mut stream = Stream::new(77);
    let network = Network::<f32>::from_pairs(units, |_, _| stream.normal() as f32)?;
    let weights = network.weights().clone();
    let expected = log_partition_function(&network, Temperature::ONE)?;
    let mut ours = || {
        black_box(log_partition_function(&network, Temperature::ONE)?);
        Ok(1.0)
    };
    let parameters = json!({ "task": "log_z", "expected": expected });
    let inputs: &[(&'static str, &Matrix<f32>)] = if units <= 20 { &[("weights", &weights)] } else { &[] };
    measure(Work { ours: &mut ours, inputs, parameters })
}

/// 2000 random samples with 13 % of ones; PyTorch does the same CD-1, scikit-learn its PCD.
fn rbm(batch: usize, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let mut stream = Stream::new(2002);
    let samples = Matrix::from_fn(784, 2000, |_, _| if stream.uniform() < 0.13 { 1.0_f32 } else { 0.0 });
    let config = RbmConfig {
        divergence: Divergence::Contrastive { steps: 1 },
        batch: Batch::Minibatch(batch),
        learning_rate: 0.01,
        epochs: usize::MAX,
        shuffle: false,
        ..RbmConfig::new(256)
    };
    let mut training = config.training(&samples, Stream::new(1))?;
    let mut ours = || {
        for epoch in training.by_ref().take(1) {
            black_box(epoch?);
        }
        Ok(2000.0)
    };
    let parameters = json!({ "task": "rbm", "batch": batch, "hidden": 256 });
    measure(Work { ours: &mut ours, inputs: &[("samples", &samples)], parameters })
}
