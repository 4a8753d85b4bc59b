//! The experiments on the perceptron and the multilayer perceptron. How to add one: see [`experiment`].

#[path = "ae-vs-pca.rs"]
mod ae_vs_pca;
#[path = "autoencoder-digits.rs"]
mod autoencoder_digits;
mod deep;
#[path = "deep-autoencoder.rs"]
mod deep_autoencoder;
#[path = "delta-rule.rs"]
mod delta_rule;
#[path = "denoising-autoencoder.rs"]
mod denoising_autoencoder;
#[path = "encoder-838.rs"]
mod encoder_838;
#[path = "family-trees.rs"]
mod family_trees;
#[path = "init-sensitivity.rs"]
mod init_sensitivity;
#[path = "int8.rs"]
mod int8;
#[path = "mlp-digits.rs"]
mod mlp_digits;
#[path = "online-batch-minibatch.rs"]
mod online_batch_minibatch;
#[path = "parity.rs"]
mod parity;
#[path = "perceptron-and-xor.rs"]
mod perceptron_and_xor;
#[path = "perceptron-random-units.rs"]
mod perceptron_random_units;
mod principal;
#[path = "random-layers.rs"]
mod random_layers;
#[path = "relu-vs-sigmoid-depth.rs"]
mod relu_vs_sigmoid_depth;
mod solving;
#[path = "sparse-autoencoder.rs"]
mod sparse_autoencoder;
#[path = "symmetry.rs"]
mod symmetry;
#[path = "universal-approximation.rs"]
mod universal_approximation;
#[path = "vanishing-gradient.rs"]
mod vanishing_gradient;
#[path = "xor-backprop.rs"]
mod xor_backprop;
#[path = "xor-two-lines.rs"]
mod xor_two_lines;

use experiment::Experiment;

/// The experiments, in slide order.
pub fn all() -> Vec<Experiment> {
    vec![
        perceptron_and_xor::EXPERIMENT,
        xor_two_lines::EXPERIMENT,
        perceptron_random_units::EXPERIMENT,
        mlp_digits::EXPERIMENT,
        online_batch_minibatch::EXPERIMENT,
        delta_rule::EXPERIMENT,
        xor_backprop::EXPERIMENT,
        parity::EXPERIMENT,
        symmetry::EXPERIMENT,
        encoder_838::EXPERIMENT,
        family_trees::EXPERIMENT,
        relu_vs_sigmoid_depth::EXPERIMENT,
        init_sensitivity::EXPERIMENT,
        int8::EXPERIMENT,
        universal_approximation::EXPERIMENT,
        random_layers::EXPERIMENT,
        vanishing_gradient::EXPERIMENT,
        autoencoder_digits::EXPERIMENT,
        deep_autoencoder::EXPERIMENT,
        ae_vs_pca::EXPERIMENT,
        denoising_autoencoder::EXPERIMENT,
        sparse_autoencoder::EXPERIMENT,
    ]
}
