//! The errors of this crate: what was expected, what was found, and where.

use nn_core::CoreError;

/// What can go wrong in `nn-mlp`. Layers are counted from 1, the input is not a layer (slide 22).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MlpError {
    /// A network without layers.
    #[error("a network needs at least one layer")]
    NoLayers,
    /// A layer without units.
    #[error("layer {layer} has no units")]
    NoUnits {
        /// The layer, counted from 1.
        layer: usize,
    },
    /// What comes into a layer has another size than its weights.
    #[error("layer {layer} expects {expected} inputs, {source_name} {found}")]
    Inputs {
        /// The layer, counted from 1.
        layer: usize,
        /// Rows of its weight matrix.
        expected: usize,
        /// Where the inputs come from, with a verb: `the samples have`.
        source_name: &'static str,
        /// The number of values that came.
        found: usize,
    },
    /// Targets or deltas of another size than the output layer.
    #[error("layer {layer} has {expected} outputs, the targets have {found} rows")]
    Targets {
        /// The output layer, counted from 1.
        layer: usize,
        /// Units of the output layer.
        expected: usize,
        /// Rows of the targets.
        found: usize,
    },
    /// A layer's bias has another size than the layer.
    #[error("layer {layer} has {expected} units, but {found} biases")]
    Biases {
        /// The layer, counted from 1.
        layer: usize,
        /// Units of the layer.
        expected: usize,
        /// Number of biases.
        found: usize,
    },
    /// There are not as many targets as samples.
    #[error("there are {samples} samples, but {targets} targets")]
    SampleCount {
        /// Columns of the samples.
        samples: usize,
        /// Columns of the targets.
        targets: usize,
    },
    /// No sample to learn from.
    #[error("there is no sample to learn from")]
    NoSamples,
    /// A loss on logits needs the net inputs of the output layer.
    #[error("{loss:?} works on logits: layer {layer} needs Activation::Identity, has {activation:?}")]
    LogitsNeedIdentity {
        /// The loss.
        loss: nn_core::Loss,
        /// The output layer, counted from 1.
        layer: usize,
        /// Its activation.
        activation: nn_core::Activation,
    },
    /// The state of an optimizer belongs to another network.
    #[error("the optimizer's state belongs to another network or optimizer")]
    State,
    /// A value of the samples or targets is NaN or infinite.
    #[error("{what}: {error}")]
    Data {
        /// Samples or targets.
        what: &'static str,
        /// Which value.
        error: CoreError,
    },
    /// A weight is no longer finite. The last good model stays available.
    #[error(
        "training diverged in epoch {epoch}: layer {layer} has a weight that is not finite; \
         the model of epoch {last_good} is kept; try a learning rate below {learning_rate}"
    )]
    Diverged {
        /// The epoch that failed, counted from 1.
        epoch: usize,
        /// The first layer with such a weight, counted from 1.
        layer: usize,
        /// The epoch whose model is kept; 0 is the model before training.
        last_good: usize,
        /// The learning rate in use.
        learning_rate: f64,
    },
    /// A size or parameter that nn-core refuses.
    #[error(transparent)]
    Core(#[from] CoreError),
}
