//! The experiments on convolutional networks. How to add one: see [`experiment`].

#[path = "cortex-to-lenet.rs"]
mod cortex_to_lenet;
mod digits;
#[path = "feature-maps.rs"]
mod feature_maps;
#[path = "fukushima-1969.rs"]
mod fukushima_1969;
#[path = "lenet1989-kernels.rs"]
mod lenet1989_kernels;
#[path = "lenet1989-ladder.rs"]
mod lenet1989_ladder;
#[path = "lenet1989-mnist.rs"]
mod lenet1989_mnist;
#[path = "lenet1989-rejects.rs"]
mod lenet1989_rejects;
#[path = "lenet1989-shift.rs"]
mod lenet1989_shift;
#[path = "lenet1989-usps.rs"]
mod lenet1989_usps;
#[path = "lenet1-usps.rs"]
mod lenet1_usps;
#[path = "lenet5-codes.rs"]
mod lenet5_codes;
#[path = "lenet5-mistakes.rs"]
mod lenet5_mistakes;
#[path = "lenet5-mnist.rs"]
mod lenet5_mnist;
#[path = "lenet5-training-size.rs"]
mod lenet5_training_size;
#[path = "lenet-structure.rs"]
mod lenet_structure;
#[path = "neocognitron-1980.rs"]
mod neocognitron_1980;
#[path = "random-erasing.rs"]
mod random_erasing;

use experiment::Experiment;

/// The experiments, in slide order.
pub fn all() -> Vec<Experiment> {
    vec![
        neocognitron_1980::EXPERIMENT,
        lenet1989_kernels::EXPERIMENT,
        cortex_to_lenet::EXPERIMENT,
        fukushima_1969::EXPERIMENT,
        lenet_structure::EXPERIMENT,
        lenet1989_usps::EXPERIMENT,
        lenet1989_mnist::EXPERIMENT,
        lenet1989_ladder::EXPERIMENT,
        lenet1989_rejects::EXPERIMENT,
        lenet1989_shift::EXPERIMENT,
        feature_maps::EXPERIMENT,
        lenet1_usps::EXPERIMENT,
        lenet5_mnist::EXPERIMENT,
        lenet5_training_size::EXPERIMENT,
        lenet5_mistakes::EXPERIMENT,
        lenet5_codes::EXPERIMENT,
        random_erasing::EXPERIMENT,
    ]
}
