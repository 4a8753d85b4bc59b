//! The experiments on the visual cortex. How to add one: see [`experiment`].

#[path = "hw-dog-vs-gabor.rs"]
mod hw_dog_vs_gabor;
#[path = "hw-raster.rs"]
mod hw_raster;
#[path = "hw-simple-complex.rs"]
mod hw_simple_complex;
#[path = "hw-tuning-curve.rs"]
mod hw_tuning_curve;
mod orientation_som;
#[path = "retinotopy.rs"]
mod retinotopy;
#[path = "retinotopy-logpolar.rs"]
mod retinotopy_logpolar;
#[path = "som-ocular-dominance.rs"]
mod som_ocular_dominance;
#[path = "som-orientation-map.rs"]
mod som_orientation_map;
#[path = "sparse-coding-bases.rs"]
mod sparse_coding_bases;
#[path = "sparse-coding-control.rs"]
mod sparse_coding_control;
#[path = "vdm1973-map.rs"]
mod vdm1973_map;
#[path = "vdm1973-tuning.rs"]
mod vdm1973_tuning;
#[path = "why-sigmoid.rs"]
mod why_sigmoid;

use experiment::Experiment;

/// The experiments, in slide order.
pub fn all() -> Vec<Experiment> {
    vec![
        hw_dog_vs_gabor::EXPERIMENT,
        hw_tuning_curve::EXPERIMENT,
        hw_raster::EXPERIMENT,
        hw_simple_complex::EXPERIMENT,
        retinotopy::EXPERIMENT,
        retinotopy_logpolar::EXPERIMENT,
        som_orientation_map::EXPERIMENT,
        som_ocular_dominance::EXPERIMENT,
        vdm1973_map::EXPERIMENT,
        sparse_coding_bases::EXPERIMENT,
        sparse_coding_control::EXPERIMENT,
        vdm1973_tuning::EXPERIMENT,
        why_sigmoid::EXPERIMENT,
    ]
}
