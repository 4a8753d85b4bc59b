//! Sentences as sparse counts of words: each finds its place on a small map.

use nn_core::{Boundary, Lattice, Stream, Topology};
use som::{Distance, SomConfig, SparseSamples};
use std::collections::BTreeMap;

const SENTENCES: [&str; 6] = [
    "the cat sleeps on the warm mat",
    "the dog sleeps on the cold mat",
    "a cat and a dog chase the ball",
    "the market falls and prices fall",
    "prices rise and the market rises",
    "the bank sees rising prices",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: BTreeMap<&str, usize> = SENTENCES.iter().flat_map(|s| s.split(' ')).map(|word| (word, 0)).collect();
    let words: BTreeMap<&str, usize> = words.into_keys().enumerate().map(|(index, word)| (word, index)).collect();
    let (mut offsets, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
    for sentence in SENTENCES {
        let mut counts = BTreeMap::new();
        for word in sentence.split(' ') {
            *counts.entry(words[word]).or_insert(0.0_f32) += 1.0;
        }
        indices.extend(counts.keys().copied());
        values.extend(counts.values().copied());
        offsets.push(indices.len());
    }
    let samples = SparseSamples::new(words.len(), offsets, indices, values)?;
    let lattice = Lattice::new(3, 4, Topology::Rectangular, Boundary::Planar)?;
    let map = SomConfig { distance: Distance::Cosine, ..SomConfig::new(lattice) }.fit(&samples, Stream::new(3))?;
    for (sentence, unit) in SENTENCES.iter().zip(map.predict(&samples)?) {
        println!("row {} column {}  {sentence}", unit / 4, unit % 4);
    }
    Ok(())
}
