//! The largest cut of a graph by simulated annealing: of a file of the G-set on standard input, or of a random graph.

use energy::{Annealing, Graph, Ising, TemperatureSchedule};
use nn_core::Stream;
use std::io::IsTerminal;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stream = Stream::new(1983);
    let graph = if std::io::stdin().is_terminal() {
        Graph::random(800, 19_176, &stream)?
    } else {
        Graph::read_gset(std::io::stdin().lock())?
    };
    // As the temperature falls from 10 to 1/3, β rises from 0.1 to 3.
    let annealing = Annealing { replicas: 10, ..Annealing::new(TemperatureSchedule::Geometric(10.0, 1.0 / 3.0)) };
    let best = annealing.minimize_spins(&Ising::from(&graph), &stream)?;
    println!("{} vertices, {} edges", graph.vertices(), graph.edges().len());
    println!("best cut of {} runs: {}", best.replicas.len(), graph.cut(&best.state)?);
    Ok(())
}
