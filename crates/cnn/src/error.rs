//! The errors of this crate: what was expected, what was found, and where.

use crate::Shape;
use nn_core::{Activation, CoreError};

/// The most weights and the most units that a layer may have. A mistyped size is an error, not a lack of memory.
pub const LARGEST: usize = u32::MAX as usize;

/// What can go wrong in `nn-cnn`. Layers are counted from 1, the input is not a layer; the kind stands beside the number.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CnnError {
    /// A network without layers.
    #[error("a network needs at least one layer")]
    NoLayers,
    /// The input has no values.
    #[error("the input must have at least one map of at least 1 x 1, is {shape}")]
    NoInput {
        /// The shape asked for.
        shape: Shape,
    },
    /// A number of a layer's description is zero.
    #[error("layer {layer} ({kind}): {what} must be at least 1")]
    Zero {
        /// The layer, counted from 1.
        layer: usize,
        /// Its kind.
        kind: &'static str,
        /// What is zero.
        what: &'static str,
    },
    /// A layer with more weights or units than [`LARGEST`].
    #[error("layer {layer} ({kind}): more than {LARGEST} {what}")]
    TooLarge {
        /// The layer, counted from 1.
        layer: usize,
        /// Its kind.
        kind: &'static str,
        /// Weights or units.
        what: &'static str,
    },
    /// A number of a layer's description that is out of its range.
    #[error("layer {layer} ({kind}): {error}")]
    Parameter {
        /// The layer, counted from 1.
        layer: usize,
        /// Its kind.
        kind: &'static str,
        /// Which number, and its range.
        error: CoreError,
    },
    /// A kernel or window that is larger than what it moves over.
    #[error(
        "layer {layer} ({kind}): a window of {window} x {window} does not fit into {below} with a border of {padding}"
    )]
    Window {
        /// The layer, counted from 1.
        layer: usize,
        /// Its kind.
        kind: &'static str,
        /// Side of the kernel or window.
        window: usize,
        /// What comes from below.
        below: Shape,
        /// Width of the border.
        padding: usize,
    },
    /// Windows that do not tile the maps below.
    #[error("layer {layer} ({kind}): windows of {window} x {window} do not tile {below}")]
    Tiling {
        /// The layer, counted from 1.
        layer: usize,
        /// Its kind.
        kind: &'static str,
        /// Side of the window.
        window: usize,
        /// What comes from below.
        below: Shape,
    },
    /// A connection table with too many or too few rows.
    #[error(
        "layer {layer} (convolution): the connection table has rows for {found} maps, but the layer has {expected}"
    )]
    TableRows {
        /// The layer, counted from 1.
        layer: usize,
        /// Maps of the layer.
        expected: usize,
        /// Rows of the table.
        found: usize,
    },
    /// A connection table that names a map which does not exist.
    #[error(
        "layer {layer} (convolution): by the connection table map {map} sees map {below}, \
         but the layer below has {maps} (0 to {})", maps.saturating_sub(1)
    )]
    TableEntry {
        /// The layer, counted from 1.
        layer: usize,
        /// The map of this layer, counted from 0.
        map: usize,
        /// The map below that it names.
        below: usize,
        /// Maps of the layer below.
        maps: usize,
    },
    /// A row of the connection table that is empty, or not in ascending order.
    #[error(
        "layer {layer} (convolution): row {map} of the connection table must list maps in ascending order, each once, at least one"
    )]
    TableOrder {
        /// The layer, counted from 1.
        layer: usize,
        /// The map of this layer, counted from 0.
        map: usize,
    },
    /// A layer stands where it cannot.
    #[error("layer {layer} ({kind}) {rule}")]
    Place {
        /// The layer, counted from 1.
        layer: usize,
        /// Its kind.
        kind: &'static str,
        /// The rule it breaks, with a verb.
        rule: &'static str,
    },
    /// The codes of a radial basis layer have another length than the layer below has units.
    #[error("layer {layer} (radial basis): its codes have {found} components, the layer below has {expected} units")]
    Codes {
        /// The layer, counted from 1.
        layer: usize,
        /// Units below.
        expected: usize,
        /// Components of a code.
        found: usize,
    },
    /// A network that cannot slide along larger images.
    #[error("layer {layer} ({kind}) does not slide along larger images: {reason}")]
    Slide {
        /// The layer, counted from 1.
        layer: usize,
        /// Its kind.
        kind: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// The model to go on with is not of the configuration's layers.
    #[error("layer {layer}: the configuration has {expected} there, the model {found}")]
    Model {
        /// The layer, counted from 1; 0 is the input.
        layer: usize,
        /// What the configuration has.
        expected: String,
        /// What the model has.
        found: String,
    },
    /// Samples of another size than the network's input.
    #[error("the network expects samples of {} values ({expected}), the samples have {found}", expected.units())]
    Inputs {
        /// The network's input.
        expected: Shape,
        /// The number of values that came.
        found: usize,
    },
    /// Targets of another size than the output layer.
    #[error("layer {layer} has {expected} outputs, the targets have {found} rows")]
    Targets {
        /// The output layer, counted from 1.
        layer: usize,
        /// Units of the output layer.
        expected: usize,
        /// Rows of the targets.
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
        activation: Activation,
    },
    /// An objective that does not fit the output layer.
    #[error("{objective} needs {needed} as last layer, layer {layer} is {found}")]
    Objective {
        /// The objective.
        objective: &'static str,
        /// The kind of layer it needs.
        needed: &'static str,
        /// The output layer, counted from 1.
        layer: usize,
        /// Its kind.
        found: &'static str,
    },
    /// An objective whose second derivative the diagonal method does not know.
    #[error("the diagonal of the Hessian is not known for {objective}")]
    NoCurvature {
        /// The objective.
        objective: String,
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

/// So many weights and units are not too many.
pub(crate) fn check_size(layer: usize, kind: &'static str, weights: usize, units: usize) -> Result<(), CnnError> {
    for (count, what) in [(weights, "weights"), (units, "units")] {
        if count > LARGEST {
            return Err(CnnError::TooLarge { layer, kind, what });
        }
    }
    Ok(())
}
