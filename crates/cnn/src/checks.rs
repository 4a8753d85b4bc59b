//! What must hold before training.

use crate::{Cnn, CnnError, Layer, Objective};
use nn_core::{Activation, Loss, Matrix, Real, check_finite};

/// The model has the input, and the kinds, shapes and numbers of parameters of the configuration's network.
pub(crate) fn check_layers<T: Real>(expected: &Cnn<T>, found: &Cnn<T>) -> Result<(), CnnError> {
    let words =
        |network: &Cnn<T>| {
            let mut words = vec![format!("an input of {}", network.input())];
            words.extend(network.structure().iter().map(|layer| {
                format!("a {} layer of {} with {} parameters", layer.kind, layer.output, layer.parameters)
            }));
            words
        };
    let (expected, found) = (words(expected), words(found));
    for layer in 0..expected.len().max(found.len()) {
        let of = |words: &[String]| words.get(layer).cloned().unwrap_or_else(|| "no layer".into());
        let (expected, found) = (of(&expected), of(&found));
        if expected != found {
            return Err(CnnError::Model { layer, expected, found });
        }
    }
    Ok(())
}

/// Samples and targets fit the model and each other.
pub(crate) fn check_sizes<T: Real>(model: &Cnn<T>, samples: &Matrix<T>, targets: &Matrix<T>) -> Result<(), CnnError> {
    model.check_samples(samples)?;
    if targets.nrows() != model.outputs() {
        let layer = model.layers().len();
        return Err(CnnError::Targets { layer, expected: model.outputs(), found: targets.nrows() });
    }
    if targets.ncols() != samples.ncols() {
        return Err(CnnError::SampleCount { samples: samples.ncols(), targets: targets.ncols() });
    }
    Ok(())
}

/// Samples and targets fit the model, the objective and each other, and are finite.
pub(crate) fn check_data<T: Real>(
    model: &Cnn<T>,
    objective: Objective,
    samples: &Matrix<T>,
    targets: &Matrix<T>,
) -> Result<(), CnnError> {
    objective.check()?;
    check_sizes(model, samples, targets)?;
    let layer = model.layers().len();
    if samples.ncols() == 0 {
        return Err(CnnError::NoSamples);
    }
    let distances = matches!(model.last(), Layer::RadialBasis(_));
    match (objective, distances) {
        (Objective::Loss(loss), true) => {
            let objective = match loss {
                Loss::SoftmaxCrossEntropyLogits | Loss::SigmoidCrossEntropyLogits => "a cross-entropy on logits",
                _ => "a loss on outputs",
            };
            return Err(CnnError::Objective {
                objective,
                needed: "a layer with outputs",
                layer,
                found: "radial basis",
            });
        }
        (Objective::Distance | Objective::MaximumAPosteriori { .. }, false) => {
            let (objective, needed, found) = ("an objective on distances", "a radial basis layer", model.last().kind());
            return Err(CnnError::Objective { objective, needed, layer, found });
        }
        _ => {}
    }
    let activation = model.last().activation();
    if let Objective::Loss(loss @ (Loss::SoftmaxCrossEntropyLogits | Loss::SigmoidCrossEntropyLogits)) = objective
        && activation != Activation::Identity
    {
        return Err(CnnError::LogitsNeedIdentity { loss, layer, activation });
    }
    check_finite(samples).map_err(|error| CnnError::Data { what: "the samples", error })?;
    check_finite(targets).map_err(|error| CnnError::Data { what: "the targets", error })
}
