//! Calls of `cnn`.

use super::{INF, NAN, answered, rows, spoiled, stream, zeros};
use cnn::{
    Affine, Augmentation, Cnn, CnnConfig, ConvolutionConfig, DenseConfig, LayerConfig, RandomErasing, fukushima1969,
    neocognitron,
};
use nn_core::{Activation, Batch, GradientDescent, Matrix};

/// A convolution, a dense layer with dropout: 4 × 4 pixels, two classes.
fn config() -> CnnConfig {
    let layers = vec![
        LayerConfig::Convolution(ConvolutionConfig::new(2, 3, Activation::Tanh)),
        LayerConfig::Dense(DenseConfig::new(2, Activation::Identity)),
    ];
    CnnConfig { epochs: 1, ..CnnConfig::classifier(cnn::Shape::new(1, 4, 4), layers) }
}

fn network() -> Cnn<f64> {
    config().initialize(&stream()).unwrap()
}

#[test]
fn convolutional_networks_name_what_does_not_fit() {
    let fit = |config: CnnConfig, samples: Matrix<f64>, targets: Matrix<f64>| config.fit(&samples, &targets, stream());
    let layers = |layers: Vec<LayerConfig>| Cnn::<f64>::new(cnn::Shape::new(1, 4, 4), &layers, &stream());
    let (loss, reduction) = (config().objective, config().reduction);
    let dropout =
        |rate: f64| vec![LayerConfig::Dropout { rate }, LayerConfig::Dense(DenseConfig::new(2, Activation::Tanh))];
    answered(rows! {
        "no layer", "at least one layer" => layers(vec![]),
        "no map below", "the input" => Cnn::<f64>::new(cnn::Shape::new(0, 4, 4), &config().layers, &stream()),
        "no map", "the number of maps" => layers(vec![LayerConfig::Convolution(ConvolutionConfig::new(0, 3, Activation::Tanh))]),
        "no unit", "the number of units" => layers(vec![LayerConfig::Dense(DenseConfig::new(0, Activation::Tanh))]),
        "dropout of NaN", "the rate of dropout" => layers(dropout(NAN)),
        "dropout of everything", "the rate of dropout" => layers(dropout(1.0)),
        "no sample", "no sample to learn from" => fit(config(), zeros(16, 0), zeros(2, 0)),
        "samples of another size", "the samples have 15" => fit(config(), zeros(15, 3), zeros(2, 3)),
        "samples of NaN", "the samples" => fit(config(), spoiled(16, 3, NAN), zeros(2, 3)),
        "samples of the infinite", "the samples" => fit(config(), spoiled(16, 3, INF), zeros(2, 3)),
        "targets of NaN", "the targets" => fit(config(), zeros(16, 3), spoiled(2, 3, NAN)),
        "targets of another size", "the targets have 3 rows" => fit(config(), zeros(16, 3), zeros(3, 3)),
        "targets of another number", "targets" => fit(config(), zeros(16, 3), zeros(2, 2)),
        "a rate of NaN", "learning_rate" => fit(CnnConfig { method: GradientDescent::new(NAN).into(), ..config() }, zeros(16, 3), zeros(2, 3)),
        "a batch of none", "batch" => fit(CnnConfig { batch: Batch::Minibatch(0), ..config() }, zeros(16, 3), zeros(2, 3)),
        "no epoch", "" => fit(CnnConfig { epochs: 0, ..config() }, zeros(16, 3), zeros(2, 3)),
        "forward of another size", "the samples have 1" => network().forward(&zeros(1, 1)),
        "forward of NaN", "" => network().forward(&spoiled(16, 1, NAN)),
        "forward of nothing", "" => network().forward(&zeros(16, 0)),
        "features of another size", "the samples have 1" => network().transform(&zeros(1, 1)),
        "prediction of another size", "the samples have 17" => network().predict(&zeros(17, 1)),
        "the trace of another size", "the samples have 3" => network().trace(&[0.0; 3]),
        "the loss of another size", "the samples have 3" => network().loss(&zeros(3, 1), &zeros(2, 1), loss),
        "the loss of nothing", "no sample" => network().loss(&zeros(16, 0), &zeros(2, 0), loss),
        "the loss of NaN", "the samples" => network().loss(&spoiled(16, 1, NAN), &zeros(2, 1), loss),
        "mistakes on another size", "the samples have 3" => network().error_rate(&zeros(3, 1), &zeros(2, 1)),
        "mistakes on other targets", "the targets have 3 rows" => network().error_rate(&zeros(16, 1), &zeros(3, 1)),
        "mistakes on other numbers", "targets" => network().error_rate(&zeros(16, 1), &zeros(2, 2)),
        "mistakes on nothing", "" => network().error_rate(&zeros(16, 0), &zeros(2, 0)),
        "mistakes on NaN", "" => network().error_rate(&spoiled(16, 1, NAN), &spoiled(2, 1, NAN)),
        "the gradient of another size", "the samples have 3" => network().gradient(&zeros(3, 1), &zeros(2, 1), loss, reduction),
        "the gradient of other targets", "targets" => network().gradient(&zeros(16, 1), &zeros(2, 2), loss, reduction),
        "the gradient of nothing", "no sample" => network().gradient(&zeros(16, 0), &zeros(2, 0), loss, reduction),
        "the gradient by definition of another size", "the samples have 3" =>
            network().gradient_by_definition(&[0.0; 3], &[0.0; 2], loss),
        "the curvature of another size", "the samples have 3" => network().curvature(&zeros(3, 1), &zeros(2, 1), loss),
        "a single sample of another size", "the samples have 3" => network().runner().predict(&[0.0; 3]),
        "a single sample of NaN", "" => network().runner().predict(&[NAN; 16]),
        "an image smaller than the network", "does not fit" => network().sliding(3, 4),
        "an image without height", "0 x 4" => network().sliding(0, 4),
        "an image of nothing", "0 x 0" => network().sliding(0, 0),
        "an image beyond memory", "" => network().sliding(usize::MAX, usize::MAX),
        "a window of another size", "the samples have 16" => network().sliding(5, 4).and_then(|sliding| sliding.forward(&zeros(16, 1))),
        "windows of another size", "the samples have 21" => network().sliding(5, 4).and_then(|sliding| sliding.predict(&zeros(21, 1))),
        "windows of nothing", "the samples have 0" => network().sliding(5, 4).and_then(|sliding| sliding.predict(&zeros(0, 0))),
        "windows of no image", "" => network().sliding(5, 4).and_then(|sliding| sliding.predict(&zeros(20, 0))),
        "windows of NaN", "" => network().sliding(5, 4).and_then(|sliding| sliding.predict(&spoiled(20, 1, NAN))),
        "windows of the infinite", "" => network().sliding(5, 4).and_then(|sliding| sliding.forward(&spoiled(20, 1, -INF))),
        "the units of another network", "" => Ok::<_, String>(cnn::lenet1::units_of_1990(&network())),
        "a network of 1989 with NaN", "" => Cnn::<f64>::new(
            cnn::lenet1989::INPUT, &cnn::lenet1989::lecun_1989(Activation::Tanh, cnn::lenet1989::InitReading::Printed, NAN), &stream()),
    });
}

#[test]
fn images_and_older_networks_name_what_does_not_fit() {
    let shape = cnn::Shape::new(1, 4, 4);
    let apply = |augmentation: Augmentation| augmentation.apply(&zeros(16, 2), &stream());
    let plain = || Augmentation::new(shape, 0.0);
    let moved = |affine: Affine| apply(Augmentation { affine: Some(affine), ..plain() });
    let erased = |erasing: RandomErasing| apply(Augmentation { erasing: Some(erasing), ..plain() });
    let image = |side: usize, values: Vec<f64>| fukushima1969::respond(&fukushima1969::Image { side, values });
    let paper = neocognitron::NeocognitronConfig::PAPER;
    let neocognitron = || neocognitron::Neocognitron::new(paper).unwrap();
    answered(rows! {
        "a shift of another size", "the samples have 3" => cnn::shifted(&zeros(3, 1), shape, 0, 0, 0.0),
        "a shift out of sight", "" => cnn::shifted(&zeros(16, 1), shape, i64::MIN, i64::MAX, 0.0),
        "a shift of NaN", "" => cnn::shifted(&spoiled(16, 1, NAN), shape, 1, 1, NAN),
        "a shift of no pixel", "expects samples of 0" => cnn::shifted(&zeros(0, 1), cnn::Shape::new(1, 0, 4), 1, 1, 0.0),
        "a border of another size", "the samples have 3" => cnn::bordered(&zeros(3, 1), shape, 1, 0.0),
        "a border beyond memory", "the border" => cnn::bordered(&zeros(16, 1), shape, usize::MAX, 0.0),
        "a picture of another size", "the samples have 3" => cnn::resized(&zeros(3, 1), shape, 2, 2),
        "a picture of nothing", "the input" => cnn::resized(&zeros(16, 1), shape, 0, 2),
        "a picture beyond memory", "the height" => cnn::resized(&zeros(16, 1), shape, usize::MAX, 2),
        "a background of NaN", "the background" => apply(Augmentation { background: NAN, ..plain() }),
        "a translation of NaN", "translation" => moved(Affine { translation: NAN, ..Affine::DIGITS }),
        "a scale of 1", "scale" => moved(Affine { scale: 1.0, ..Affine::DIGITS }),
        "a rotation of the infinite", "rotation" => moved(Affine { rotation: INF, ..Affine::DIGITS }),
        "erasing with probability NaN", "the probability of erasing" => erased(RandomErasing { probability: NAN, ..RandomErasing::PAPER }),
        "erasing of nothing", "the least erased area" => erased(RandomErasing { area: (0.0, 0.5), ..RandomErasing::PAPER }),
        "erasing to NaN", "the fill of erasing" => erased(RandomErasing { fill: (0.0, NAN), ..RandomErasing::PAPER }),
        "changes of another size", "the samples have 3" => plain().apply(&zeros(3, 1), &stream()),
        "no sample to change", "" => plain().apply(&zeros(16, 0), &stream()),
        "an image of other pixels", "pixels of an image" => image(4, vec![0.0; 15]),
        "an image of the largest side", "pixels of an image" => image(usize::MAX, vec![0.0; 15]),
        "an image of NaN", "the image" => image(2, vec![NAN; 4]),
        "an image of nothing", "" => image(0, vec![]),
        "a line of NaN", "" => Ok::<_, String>(fukushima1969::line(5, NAN, INF)),
        "no plane", "planes" => neocognitron::Neocognitron::new(neocognitron::NeocognitronConfig { planes: 0, ..paper }),
        "saturation of NaN", "saturation" =>
            neocognitron::Neocognitron::new(neocognitron::NeocognitronConfig { saturation: NAN, ..paper }),
        "a pattern of another size", "pixels of a pattern" => neocognitron().respond(&[0.0; 9]),
        "a pattern of NaN", "the pattern" => neocognitron().respond(&[NAN; 256]),
        "a fourth stage", "the stage" => neocognitron().learn(3, &[0.0; 256]),
        "learning of the infinite", "the pattern" => neocognitron().learn(0, &[INF; 256]),
        "no presentation", "" => paper.fit(&[vec![1.0; 256]], 0, 1, stream()),
        "no pattern to learn", "" => paper.fit(&[], 3, 1, stream()),
        "the largest shift", "" => neocognitron::NeocognitronConfig { planes: 2, ..paper }.fit(&[vec![1.0; 256]], 1, u16::MAX, stream()),
        "a pattern of nothing to learn", "pixels of a pattern" => paper.fit(&[vec![]], 1, 0, stream()),
        "a pattern of other pixels to learn", "pixels of a pattern" => paper.fit(&[vec![1.0; 255]], 1, 0, stream()),
        "a pattern of NaN to learn", "the pattern" => paper.fit(&[vec![NAN; 256]], 1, 0, stream()),
        "learning with q of NaN", "learning_rate" =>
            neocognitron::NeocognitronConfig { learning_rate: [1.0, NAN, 1.0], ..paper }.fit(&[], 1, 0, stream()),
        "learning with r of 0", "selectivity" =>
            neocognitron::NeocognitronConfig { selectivity: [1.0, 1.0, 0.0], ..paper }.fit(&[], 1, 0, stream()),
        "planes beyond memory", "planes" =>
            neocognitron::NeocognitronConfig { planes: usize::MAX, ..paper }.fit(&[], 1, 0, stream()),
        "phi of NaN", "" => Ok::<_, String>([NAN, INF, -INF].map(fukushima1969::phi)),
        "a pattern moved out of sight", "" => Ok::<_, String>(neocognitron::moved(&[1.0; 256], i64::MIN, i64::MAX)),
        "a pattern of nothing moved", "" => Ok::<_, String>(neocognitron::moved(&[], 1, 1)),
        "weights of no stage", "" => Ok::<_, String>(neocognitron().excitation(7).len()),
    });
}

#[test]
fn layers_have_nothing_beyond_their_maps_and_units() {
    let network = network();
    for layer in network.layers() {
        match layer {
            cnn::Layer::Convolution(layer) => {
                assert_eq!(layer.kernel_of(1, 0).len(), 9);
                assert!(layer.kernel_of(2, 0).is_empty() && layer.kernel_of(0, 1).is_empty());
                assert!(layer.kernel_of(usize::MAX, usize::MAX).is_empty());
            }
            cnn::Layer::Dense(layer) => {
                assert_eq!(layer.weights_of(1).len(), 8);
                assert!(layer.weights_of(2).is_empty() && layer.weights_of(usize::MAX).is_empty());
            }
            _ => {}
        }
    }
}
