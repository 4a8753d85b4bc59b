//! A letter with a fifth of its pixels wrong comes back, frame by frame.

use energy::{Patterns, RecallConfig, StorageRule, Thresholds, overlap, with_flips};
use nn_core::Stream;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let alphabet = Patterns::from_matrix(&datasets::letters::<f64>().samples)?;
    let mut patterns = Patterns::new(alphabet.units())?;
    for letter in "AHTX".bytes() {
        patterns.push(&alphabet.state(usize::from(letter - b'A')))?;
    }
    let network = StorageRule::HEBB.store::<f64>(&patterns, Thresholds::Balanced)?;

    let stream = Stream::new(70);
    let cue = with_flips(&patterns.state(0), 0.2, &mut stream.named("noise"))?;
    let config = RecallConfig::default();
    let mut recall = config.begin(&network, &cue, stream.named("order"))?;
    print(&cue, recall.energy());
    while recall.next().is_some() {
        print(recall.state(), recall.energy());
    }
    println!("ended by {:?}, overlap with A {}", recall.ending(), overlap(recall.state(), &patterns.state(0))?);
    Ok(())
}

fn print(state: &[bool], energy: f64) {
    println!("energy {energy}");
    for row in state.chunks(5) {
        println!("  {}", row.iter().map(|&u| if u { '#' } else { '.' }).collect::<String>());
    }
}
