//! Every experiment, in slide order. How to add one: see [`experiment`].

use experiment::Experiment;
use std::sync::LazyLock;

/// The experiments in slide order.
pub static ALL: LazyLock<Vec<Experiment>> = LazyLock::new(|| {
    let mut all = [
        experiments_cortex::all(),
        experiments_som::all(),
        experiments_nn_core::all(),
        experiments_mlp::all(),
        experiments_energy::all(),
        experiments_cnn::all(),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>();
    all.sort_by_key(|experiment| experiment.slides.first().copied());
    all
});

/// Their ids.
pub fn ids() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|experiment| experiment.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::equations::register::EQUATIONS;
    use experiment::Data;

    #[test]
    fn ids_are_unique_names_of_lowercase_words() {
        for (index, id) in ids().enumerate() {
            assert!(!ids().take(index).any(|other| other == id), "{id} is registered twice");
            assert!(id.split('-').all(|word| !word.is_empty()), "{id}");
            assert!(id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{id}");
        }
    }

    #[test]
    fn experiments_stand_in_slide_order_on_slides_of_the_lecture() {
        for experiment in ALL.iter() {
            assert!(experiment.slides.is_sorted(), "{}", experiment.id);
            assert!(experiment.slides.iter().all(|slide| (1..=89).contains(slide)), "{}", experiment.id);
            assert!(!experiment.slides.is_empty(), "{}", experiment.id);
        }
        assert!(ALL.is_sorted_by_key(|experiment| experiment.slides.first()));
    }

    #[test]
    fn equations_of_experiments_are_in_the_register() {
        for experiment in ALL.iter() {
            for tag in experiment.equations {
                assert!(EQUATIONS.iter().any(|equation| equation.tag == *tag), "{}: {tag}", experiment.id);
            }
        }
    }

    #[test]
    fn every_interval_holds_a_number_and_every_text_is_there() {
        for experiment in ALL.iter() {
            let directory = match experiment.data {
                Data::Directory { expected: Some(expected), .. } => expected,
                _ => &[],
            };
            for (metric, interval) in experiment.expected.iter().chain(experiment.invariants).chain(directory) {
                assert!(!interval.is_empty(), "{}: {metric}", experiment.id);
            }
            for text in [experiment.title, experiment.source, experiment.claim] {
                assert!(!text.is_empty(), "{}", experiment.id);
            }
        }
    }
}
