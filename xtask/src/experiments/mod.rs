//! Every experiment, in slide order. How to add one: see [`crate::experiment`].

use crate::experiment::Experiment;

#[path = "nn-core/activations.rs"]
mod activations;
#[path = "mlp/ae-vs-pca.rs"]
mod ae_vs_pca;
#[path = "energy/annealing.rs"]
mod annealing;
#[path = "mlp/autoencoder-digits.rs"]
mod autoencoder_digits;
#[path = "energy/boltzmann-encoders.rs"]
mod boltzmann_encoders;
#[path = "energy/boltzmann-histogram.rs"]
mod boltzmann_histogram;
#[path = "energy/boltzmann-learning.rs"]
mod boltzmann_learning;
#[path = "energy/boltzmann-shifter.rs"]
mod boltzmann_shifter;
#[path = "energy/boltzmann-temperature.rs"]
mod boltzmann_temperature;
#[path = "mlp/deep-autoencoder.rs"]
mod deep_autoencoder;
#[path = "mlp/delta-rule.rs"]
mod delta_rule;
#[path = "mlp/denoising-autoencoder.rs"]
mod denoising_autoencoder;
#[path = "mlp/encoder-838.rs"]
mod encoder_838;
#[path = "nn-core/error-curve-tangents.rs"]
mod error_curve_tangents;
#[path = "mlp/family-trees.rs"]
mod family_trees;
#[path = "cnn/feature-maps.rs"]
mod feature_maps;
#[path = "cnn/fukushima-1969.rs"]
mod fukushima_1969;
#[path = "energy/graded-1984.rs"]
mod graded_1984;
#[path = "nn-core/gradient-descent-1d.rs"]
mod gradient_descent_1d;
#[path = "energy/hopfield-1982.rs"]
mod hopfield_1982;
#[path = "energy/hopfield-capacity.rs"]
mod hopfield_capacity;
#[path = "energy/hopfield-energy.rs"]
mod hopfield_energy;
#[path = "energy/hopfield-recall.rs"]
mod hopfield_recall;
#[path = "energy/hopfield-storage-rules.rs"]
mod hopfield_storage_rules;
#[path = "energy/hopfield-tsp.rs"]
mod hopfield_tsp;
#[path = "cortex/hw-dog-vs-gabor.rs"]
mod hw_dog_vs_gabor;
#[path = "cortex/hw-raster.rs"]
mod hw_raster;
#[path = "cortex/hw-simple-complex.rs"]
mod hw_simple_complex;
#[path = "cortex/hw-tuning-curve.rs"]
mod hw_tuning_curve;
#[path = "mlp/init-sensitivity.rs"]
mod init_sensitivity;
#[path = "mlp/int8.rs"]
mod int8;
#[path = "cnn/lenet1989-kernels.rs"]
mod lenet1989_kernels;
#[path = "cnn/lenet1989-ladder.rs"]
mod lenet1989_ladder;
#[path = "cnn/lenet1989-mnist.rs"]
mod lenet1989_mnist;
#[path = "cnn/lenet1989-rejects.rs"]
mod lenet1989_rejects;
#[path = "cnn/lenet1989-shift.rs"]
mod lenet1989_shift;
#[path = "cnn/lenet1989-usps.rs"]
mod lenet1989_usps;
#[path = "cnn/lenet5-codes.rs"]
mod lenet5_codes;
#[path = "cnn/lenet-structure.rs"]
mod lenet_structure;
#[path = "mlp/mlp-digits.rs"]
mod mlp_digits;
#[path = "cnn/neocognitron-1980.rs"]
mod neocognitron_1980;
#[path = "mlp/online-batch-minibatch.rs"]
mod online_batch_minibatch;
#[path = "mlp/parity.rs"]
mod parity;
#[path = "mlp/perceptron-and-xor.rs"]
mod perceptron_and_xor;
#[path = "mlp/perceptron-random-units.rs"]
mod perceptron_random_units;
#[path = "cnn/random-erasing.rs"]
mod random_erasing;
#[path = "mlp/random-layers.rs"]
mod random_layers;
#[path = "energy/rbm-digits.rs"]
mod rbm_digits;
#[path = "nn-core/relu-derivative.rs"]
mod relu_derivative;
#[path = "mlp/relu-vs-sigmoid-depth.rs"]
mod relu_vs_sigmoid_depth;
#[path = "cortex/retinotopy.rs"]
mod retinotopy;
#[path = "nn-core/sigmoid-derivative.rs"]
mod sigmoid_derivative;
#[path = "som/som-animals.rs"]
mod som_animals;
#[path = "som/som-chain.rs"]
mod som_chain;
#[path = "som/som-clusters.rs"]
mod som_clusters;
#[path = "som/som-colors.rs"]
mod som_colors;
#[path = "som/som-digits.rs"]
mod som_digits;
#[path = "som/som-magnification.rs"]
mod som_magnification;
#[path = "cortex/som-orientation-map.rs"]
mod som_orientation_map;
#[path = "som/som-umatrix.rs"]
mod som_umatrix;
#[path = "som/som-uniform-square.rs"]
mod som_uniform_square;
#[path = "som/som-vq.rs"]
mod som_vq;
#[path = "som/som-waveforms.rs"]
mod som_waveforms;
#[path = "mlp/sparse-autoencoder.rs"]
mod sparse_autoencoder;
#[path = "cortex/sparse-coding-bases.rs"]
mod sparse_coding_bases;
#[path = "cortex/sparse-coding-control.rs"]
mod sparse_coding_control;
#[path = "mlp/symmetry.rs"]
mod symmetry;
#[path = "mlp/universal-approximation.rs"]
mod universal_approximation;
#[path = "mlp/vanishing-gradient.rs"]
mod vanishing_gradient;
#[path = "cortex/vdm1973-map.rs"]
mod vdm1973_map;
#[path = "cortex/vdm1973-tuning.rs"]
mod vdm1973_tuning;
#[path = "cortex/why-sigmoid.rs"]
mod why_sigmoid;
#[path = "mlp/xor-backprop.rs"]
mod xor_backprop;
#[path = "mlp/xor-two-lines.rs"]
mod xor_two_lines;

/// The experiments in slide order.
pub static ALL: &[Experiment] = &[
    hw_dog_vs_gabor::EXPERIMENT,
    neocognitron_1980::EXPERIMENT,
    hw_tuning_curve::EXPERIMENT,
    hw_raster::EXPERIMENT,
    hw_simple_complex::EXPERIMENT,
    lenet1989_kernels::EXPERIMENT,
    retinotopy::EXPERIMENT,
    som_orientation_map::EXPERIMENT,
    vdm1973_map::EXPERIMENT,
    sparse_coding_bases::EXPERIMENT,
    sparse_coding_control::EXPERIMENT,
    vdm1973_tuning::EXPERIMENT,
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
    perceptron_and_xor::EXPERIMENT,
    xor_two_lines::EXPERIMENT,
    perceptron_random_units::EXPERIMENT,
    mlp_digits::EXPERIMENT,
    error_curve_tangents::EXPERIMENT,
    gradient_descent_1d::EXPERIMENT,
    online_batch_minibatch::EXPERIMENT,
    delta_rule::EXPERIMENT,
    xor_backprop::EXPERIMENT,
    parity::EXPERIMENT,
    symmetry::EXPERIMENT,
    encoder_838::EXPERIMENT,
    family_trees::EXPERIMENT,
    activations::EXPERIMENT,
    why_sigmoid::EXPERIMENT,
    relu_vs_sigmoid_depth::EXPERIMENT,
    init_sensitivity::EXPERIMENT,
    int8::EXPERIMENT,
    fukushima_1969::EXPERIMENT,
    universal_approximation::EXPERIMENT,
    random_layers::EXPERIMENT,
    vanishing_gradient::EXPERIMENT,
    sigmoid_derivative::EXPERIMENT,
    relu_derivative::EXPERIMENT,
    autoencoder_digits::EXPERIMENT,
    deep_autoencoder::EXPERIMENT,
    ae_vs_pca::EXPERIMENT,
    denoising_autoencoder::EXPERIMENT,
    sparse_autoencoder::EXPERIMENT,
    graded_1984::EXPERIMENT,
    hopfield_recall::EXPERIMENT,
    hopfield_energy::EXPERIMENT,
    hopfield_tsp::EXPERIMENT,
    hopfield_1982::EXPERIMENT,
    hopfield_capacity::EXPERIMENT,
    hopfield_storage_rules::EXPERIMENT,
    boltzmann_temperature::EXPERIMENT,
    boltzmann_histogram::EXPERIMENT,
    annealing::EXPERIMENT,
    boltzmann_learning::EXPERIMENT,
    boltzmann_encoders::EXPERIMENT,
    boltzmann_shifter::EXPERIMENT,
    rbm_digits::EXPERIMENT,
    lenet_structure::EXPERIMENT,
    lenet1989_usps::EXPERIMENT,
    lenet1989_mnist::EXPERIMENT,
    lenet1989_ladder::EXPERIMENT,
    lenet1989_rejects::EXPERIMENT,
    lenet1989_shift::EXPERIMENT,
    feature_maps::EXPERIMENT,
    lenet5_codes::EXPERIMENT,
    random_erasing::EXPERIMENT,
];

/// Their ids.
pub fn ids() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|experiment| experiment.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::equations::register::EQUATIONS;
    use crate::experiment::Data;

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
        for experiment in ALL {
            assert!(experiment.slides.is_sorted(), "{}", experiment.id);
            assert!(experiment.slides.iter().all(|slide| (1..=89).contains(slide)), "{}", experiment.id);
            assert!(!experiment.slides.is_empty(), "{}", experiment.id);
        }
        assert!(ALL.is_sorted_by_key(|experiment| experiment.slides.first()));
    }

    #[test]
    fn equations_of_experiments_are_in_the_register() {
        for experiment in ALL {
            for tag in experiment.equations {
                assert!(EQUATIONS.iter().any(|equation| equation.tag == *tag), "{}: {tag}", experiment.id);
            }
        }
    }

    #[test]
    fn every_interval_holds_a_number_and_every_text_is_there() {
        for experiment in ALL {
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
