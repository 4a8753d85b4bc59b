//! The experiments on Kohonen's map. How to add one: see [`experiment`].

#[path = "som-animals.rs"]
mod som_animals;
#[path = "som-chain.rs"]
mod som_chain;
#[path = "som-clusters.rs"]
mod som_clusters;
#[path = "som-colors.rs"]
mod som_colors;
#[path = "som-digits.rs"]
mod som_digits;
#[path = "som-magnification.rs"]
mod som_magnification;
#[path = "som-umatrix.rs"]
mod som_umatrix;
#[path = "som-uniform-square.rs"]
mod som_uniform_square;
#[path = "som-vq.rs"]
mod som_vq;
#[path = "som-waveforms.rs"]
mod som_waveforms;

use experiment::Experiment;

/// The experiments, in slide order.
pub fn all() -> Vec<Experiment> {
    vec![
        som_waveforms::EXPERIMENT,
        som_uniform_square::EXPERIMENT,
        som_chain::EXPERIMENT,
        som_magnification::EXPERIMENT,
        som_animals::EXPERIMENT,
        som_colors::EXPERIMENT,
        som_vq::EXPERIMENT,
        som_umatrix::EXPERIMENT,
        som_clusters::EXPERIMENT,
        som_digits::EXPERIMENT,
    ]
}
