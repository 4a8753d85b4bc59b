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
    /// Two layers that cannot share weights.
    #[error(
        "layer {layer} has {inputs} inputs and {units} units, layer {other}, to which it is tied, has {other_inputs} inputs \
         and {other_units} units: they must be exchanged"
    )]
    Tied {
        /// The layer above, counted from 1.
        layer: usize,
        /// Its inputs.
        inputs: usize,
        /// Its units.
        units: usize,
        /// The layer whose weights it takes, counted from 1.
        other: usize,
        /// Inputs of that layer.
        other_inputs: usize,
        /// Units of that layer.
        other_units: usize,
    },
    /// A layer tied to one that does not lie below it, or that is tied itself.
    #[error("layer {layer} is tied to layer {other}, but needs a layer below it that has weights of its own")]
    TiedTo {
        /// The layer, counted from 1.
        layer: usize,
        /// The layer it names, counted from 1.
        other: usize,
    },
    /// Groups that do not add up to their layer.
    #[error(
        "layer {layer} has {inputs} inputs and {units} units, its groups have {group_inputs} inputs and {group_units} \
         units together"
    )]
    Groups {
        /// The layer, counted from 1.
        layer: usize,
        /// Its inputs.
        inputs: usize,
        /// Its units.
        units: usize,
        /// The inputs of all groups.
        group_inputs: usize,
        /// The units of all groups.
        group_units: usize,
    },
    /// Another number of links than of layers.
    #[error("the network has {layers} layers, but there are links for {links}")]
    LinkCount {
        /// Layers of the network.
        layers: usize,
        /// Links given.
        links: usize,
    },
    /// A shortcut that does not go from the inputs to the outputs.
    #[error(
        "the shortcut from {inputs} inputs to {outputs} outputs has {found_inputs} inputs and {found_outputs} outputs"
    )]
    Shortcut {
        /// Inputs of the network.
        inputs: usize,
        /// Outputs of the network.
        outputs: usize,
        /// Rows of the shortcut's weights.
        found_inputs: usize,
        /// Columns of the shortcut's weights.
        found_outputs: usize,
    },
    /// A shortcut around nothing.
    #[error("a shortcut passes hidden layers by, but the network has none")]
    ShortcutWithoutHiddenLayer,
    /// The model to go on with is not of the configuration's layers.
    #[error("layer {layer} has {expected} units in the configuration, the model has {found} there")]
    Model {
        /// The layer, counted from 1.
        layer: usize,
        /// Units in the configuration, 0 if there is no such layer.
        expected: usize,
        /// Units in the model, 0 if there is no such layer.
        found: usize,
    },
    /// Weights of samples that cannot be used.
    #[error("the weight of sample {sample} must be non-negative and finite, is {value}")]
    SampleWeight {
        /// The sample, counted from 0.
        sample: usize,
        /// Its weight.
        value: f64,
    },
    /// Another number of weights than of samples.
    #[error("there are {samples} samples, but {weights} weights")]
    WeightCount {
        /// Columns of the samples.
        samples: usize,
        /// Weights given.
        weights: usize,
    },
    /// All samples have the weight 0.
    #[error("the weights of all samples are 0")]
    NoWeight,
    /// There is no such output.
    #[error("layer {layer} has {outputs} outputs, there is no output {found}")]
    Output {
        /// The output layer, counted from 1.
        layer: usize,
        /// Its units.
        outputs: usize,
        /// The output asked for, counted from 0.
        found: usize,
    },
    /// A penalty on mean outputs needs outputs between 0 and 1.
    #[error("sparsity needs sigmoid units in the code, layer {layer} has {activation:?}")]
    SparsityNeedsSigmoid {
        /// The layer of the code, counted from 1.
        layer: usize,
        /// Its activation.
        activation: nn_core::Activation,
    },
    /// An autoencoder trained with the cross-entropy has probabilities as outputs.
    #[error(
        "the cross-entropy of an autoencoder needs Activation::Sigmoid in layer {layer}, its outputs, which has {activation:?}"
    )]
    OutputActivation {
        /// The output layer, counted from 1.
        layer: usize,
        /// Its activation.
        activation: nn_core::Activation,
    },
    /// A network that is no autoencoder with its code there.
    #[error(
        "no autoencoder: the code is to be layer {layer} of {layers}, with a layer above it and no shortcut, and {inputs} inputs \
         need as many outputs, not {outputs}"
    )]
    Code {
        /// The layer of the code, counted from 1.
        layer: usize,
        /// Layers of the network.
        layers: usize,
        /// Inputs of the network.
        inputs: usize,
        /// Outputs of the network.
        outputs: usize,
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
    /// A method with a line search needs a finite loss to begin with.
    #[error("the loss after epoch {epoch}, where training is to go on, is not finite")]
    LossNotFinite {
        /// The epoch, 0 before training.
        epoch: usize,
    },
    /// A loss of the caller's own ([`Training::with_loss`](crate::Training::with_loss)) gave NaN. The last good model stays
    /// available.
    #[error("the caller's own loss is NaN in epoch {epoch}; the model of epoch {last_good} is kept")]
    OwnLoss {
        /// The epoch that failed, counted from 1.
        epoch: usize,
        /// The epoch whose model is kept; 0 is the model before training.
        last_good: usize,
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
