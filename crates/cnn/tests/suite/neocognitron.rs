//! Five digits at random places, learned without a teacher: what the paper of 1980 claims, on five seeds.

use cnn::neocognitron::{Neocognitron, NeocognitronConfig, digits, moved};
use nn_core::{Parameters, Stream};

#[test]
fn most_seeds_give_every_digit_a_cell_of_its_own_that_answers_wherever_the_digit_stands() {
    let (mut with_five, mut kept, mut shown) = (0, 0.0, 0.0);
    for seed in 0..5 {
        let network = NeocognitronConfig::PAPER.fit(&digits(), 20, 2, Stream::new(seed)).unwrap();
        let winner = |pattern: &[f64]| network.respond(pattern).unwrap().winner();
        let mut winners: Vec<Option<usize>> = digits().iter().map(|pattern| winner(pattern)).collect();
        for (pattern, &found) in digits().iter().zip(&winners) {
            for (down, right) in (-2..=2).flat_map(|down| (-2..=2).map(move |right| (down, right))) {
                shown += 1.0;
                kept += f64::from(found.is_some() && winner(&moved(pattern, down, right)) == found);
            }
        }
        winners.sort_unstable();
        winners.dedup();
        assert!(winners.len() >= 4, "seed {seed}: {winners:?}");
        with_five += usize::from(winners.len() == 5);
    }
    assert!(with_five >= 3 && kept / shown >= 0.95, "{with_five} of 5 seeds, stable {}", kept / shown);
}

#[test]
fn the_same_seed_learns_the_same() {
    let fit = |seed| NeocognitronConfig::PAPER.fit(&digits(), 2, 2, Stream::new(seed)).unwrap();
    assert_eq!(fit(1980), fit(1980));
    assert_ne!(fit(1980), fit(1979));
}

#[test]
fn its_parameters_are_all_that_it_has_learned() {
    let learned = NeocognitronConfig::PAPER.fit(&digits(), 2, 2, Stream::new(1980)).unwrap();
    let mut copy = Neocognitron::new(NeocognitronConfig::PAPER).unwrap();
    assert!(copy.has_shapes_of(&learned));
    assert_ne!(copy, learned);
    for (to, from) in copy.tensors_mut().into_iter().zip(learned.tensors()) {
        assert_eq!((&to.name, &to.shape), (&from.name, &from.shape));
        assert_eq!(from.values.len(), from.shape.iter().product::<usize>(), "{}", from.name);
        to.values.copy_from_slice(from.values);
    }
    assert_eq!(copy, learned);
}
