//! A Boltzmann machine with hidden units learns even parity, which visible units alone cannot.

use energy::{BoltzmannConfig, Goal, Patterns, number_of};
use nn_core::{Init, Stream};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let goal = Goal::uniform(Patterns::from_pictures(&["...", "##.", "#.#", ".##"])?)?;
    for hidden in [0, 3] {
        let config = BoltzmannConfig { weight_init: Init::Normal(1.5), epochs: 2000, ..BoltzmannConfig::exact(hidden) };
        let mut training = config.training::<f64>(&goal, Stream::new(1985))?;
        for epoch in training.by_ref() {
            let epoch = epoch?;
            if epoch.number % 500 == 1 {
                println!(
                    "{hidden} hidden, step {}: D = {:.4} nats",
                    epoch.number,
                    epoch.divergence.unwrap_or(f64::NAN)
                );
            }
        }
        let machine = training.into_model();
        let p = machine.visible_distribution()?;
        for pattern in goal.patterns().states() {
            println!("  p({pattern:?}) = {:.3}", p[number_of(&pattern) as usize]);
        }
    }
    Ok(())
}
