//! Calls of `mlp`.

use super::{INF, NAN, refused, rows, spoiled, stream, survived, zeros};
use mlp::{
    AutoencoderConfig, EarlyStopping, Layer, LayerConfig, Lbfgs, LevenbergMarquardt, Links, Mlp, MlpConfig, Perceptron,
    QuantizedMlp, Validation, random_hidden_layer,
};
use nn_core::{Activation, Batch, GradientDescent, Init, Loss, Matrix, Reduction, Vector};

pub fn network() -> Mlp<f64> {
    MlpConfig::classifier(&[3], 2).initialize(4, &stream()).unwrap()
}

/// Two epochs of a loss of the caller's own; the model that is kept must be finite.
fn own(loss: impl Fn(&[f64], &[f64], &mut [f64]) -> f64 + Send + Sync) -> Result<(), mlp::MlpError> {
    let (samples, targets) = (Matrix::repeat(4, 3, 1.0), zeros(2, 3));
    let config = MlpConfig { epochs: 2, ..MlpConfig::regressor(&[3], 2) };
    let mut training = config.training(&samples, &targets, stream())?.with_loss(loss);
    let result = training.try_for_each(|epoch| epoch.map(drop));
    let finite = |layer: &Layer<f64>| layer.weight.iter().chain(layer.bias.iter()).all(|value| value.is_finite());
    assert!(training.model().layers().iter().all(finite));
    result
}

#[test]
fn multilayer_perceptrons_refuse_what_does_not_fit() {
    let fit = |config: MlpConfig, samples: Matrix<f64>, targets: Matrix<f64>| config.fit(&samples, &targets, stream());
    let config = || MlpConfig { epochs: 1, ..MlpConfig::classifier(&[3], 2) };
    let regressor = || MlpConfig { epochs: 1, ..MlpConfig::regressor(&[3], 2) };
    let autoencoder = || AutoencoderConfig::linear(2).initialize::<f64>(4, &stream()).unwrap();
    let layer = |inputs, units, value| Layer {
        weight: Matrix::from_element(inputs, units, value),
        bias: Vector::zeros(units),
        activation: Activation::Tanh,
    };
    refused(rows! {
        "no sample" => fit(config(), zeros(4, 0), zeros(2, 0)),
        "no feature" => fit(config(), zeros(0, 3), zeros(2, 3)),
        "NaN in the samples" => fit(config(), spoiled(4, 3, NAN), zeros(2, 3)),
        "an infinite sample" => fit(config(), spoiled(4, 3, INF), zeros(2, 3)),
        "NaN in the targets" => fit(config(), zeros(4, 3), spoiled(2, 3, NAN)),
        "targets of another number" => fit(config(), zeros(4, 3), zeros(2, 4)),
        "targets of another size" => fit(config(), zeros(4, 3), zeros(3, 3)),
        "no layer" => fit(MlpConfig { layers: vec![], ..config() }, zeros(4, 3), zeros(2, 3)),
        "a layer of nothing" => fit(MlpConfig { layers: vec![LayerConfig::new(0, Activation::Tanh)], ..config() }, zeros(4, 3), zeros(0, 3)),
        "a rate of NaN" => fit(MlpConfig { optimizer: GradientDescent::new(NAN).into(), ..config() }, zeros(4, 3), zeros(2, 3)),
        "a batch of none" => fit(MlpConfig { batch: Batch::Minibatch(0), ..config() }, zeros(4, 3), zeros(2, 3)),
        "forward of another size" => network().forward(&zeros(5, 1)),
        "features of another size" => network().transform(&zeros(5, 1)),
        "prediction of another size" => network().predict(&zeros(3, 1)),
        "the trace of another size" => network().trace(&zeros(3, 1)),
        "the loss of another size" => network().loss(&zeros(4, 2), &zeros(2, 3), Loss::HalfSquaredError),
        "a network of nothing" => Mlp::<f64>::new(vec![]),
        "layers that do not fit" => Mlp::new(vec![layer(4, 3, 0.0), layer(2, 2, 0.0)]),
        "patience for nothing" => EarlyStopping::<f64>::new(1, NAN),
        "perceptron, targets of another number" => Perceptron::<f64>::training(&zeros(2, 3), &[true], 1.0),
        "perceptron, a rate of NaN" => Perceptron::<f64>::training(&zeros(2, 1), &[true], NAN),
        "perceptron, NaN" => Perceptron::<f64>::training(&spoiled(2, 1, NAN), &[true], 1.0),
        "random units of NaN" => random_hidden_layer::<f64>(2, 3, Init::Normal(NAN), &mut stream()),
        "autoencoder, no sample" => AutoencoderConfig::linear(2).fit(&zeros(4, 0), stream()),
        "autoencoder, NaN" => AutoencoderConfig::linear(2).fit(&spoiled(4, 3, NAN), stream()),
        "autoencoder without a code" => AutoencoderConfig::linear(0).fit(&zeros(4, 3), stream()),
        "autoencoder of no layer" => AutoencoderConfig::deep(&[]).fit(&zeros(4, 3), stream()),
        "a code of another size" => autoencoder().decode(&zeros(3, 1)),
        "encoding of another size" => autoencoder().encode(&zeros(3, 1)),
        "reconstruction of another size" => autoencoder().reconstruct(&zeros(3, 1)),
        "the error of another size" => autoencoder().squared_error(&zeros(3, 1)),
        "an own loss of NaN" => own(|_, _, _| NAN),
        "an own slope of NaN" => own(|_, _, slope| { slope.fill(NAN); 1.0 }),
        "an own slope of infinity" => own(|_, _, slope| { slope.fill(INF); 1.0 }),
        "an own slope that overflows" => own(|_, _, slope| { slope.fill(f64::MAX); 1.0 }),
        "weights of samples of NaN" => config().training(&zeros(4, 3), &zeros(2, 3), stream()).and_then(|training| training.weighted(&[1.0, NAN, 1.0]).map(drop)),
        "weights of other samples" => config().training(&zeros(4, 3), &zeros(2, 3), stream()).and_then(|training| training.weighted(&[1.0]).map(drop)),
        "backward through another trace" => network().backward(&zeros(4, 2), &network().trace(&zeros(4, 3)).unwrap(), &zeros(2, 2)),
        "backward of other slopes" => network().backward(&zeros(4, 2), &network().trace(&zeros(4, 2)).unwrap(), &zeros(3, 2)),
        "backward through no trace" => network().backward(&zeros(4, 2), &mlp::Trace { net_inputs: vec![], outputs: vec![] }, &zeros(2, 2)),
        "an input gradient through another trace" => network().input_gradient(&zeros(4, 2), &network().trace(&zeros(4, 3)).unwrap(), &zeros(2, 2)),
        "the gradient of an output that is not there" => network().output_gradient(&zeros(4, 1), 2),
        "the gradient of another size" => network().gradient(&zeros(3, 1), &zeros(2, 1), Loss::HalfSquaredError, Reduction::Mean),
        "the deltas of no sample" => network().deltas(&zeros(4, 0), &zeros(2, 0), Loss::HalfSquaredError, Reduction::Mean),
        "the change from another network" => network().relative_weight_change(&Mlp::new(vec![layer(4, 2, 0.0)]).unwrap()),
        "the Jacobian of another size" => network().jacobian(&zeros(3, 1)),
        "links of another number" => network().with_links(&[Links::Full]),
        "a layer tied to one that is not there" => network().with_links(&[Links::Full, Links::TiedTo(usize::MAX)]),
        "groups of another size" => network().with_links(&[Links::Groups(&[(usize::MAX, 1)]), Links::Full]),
        "a shortcut of another size" => network().with_shortcut(zeros(3, 2)),
        "validation of another size" => config().fit_validated(&zeros(4, 3), &zeros(2, 3), &Validation::new(&zeros(3, 3), &zeros(2, 3)), stream()),
        "validation of no sample" => config().fit_validated(&zeros(4, 3), &zeros(2, 3), &Validation::new(&zeros(4, 0), &zeros(2, 0)), stream()),
        "the error rate of other targets" => network().error_rate(&zeros(4, 3), &zeros(2, 2)),
        "a label without a weight" => mlp::class_weights(&[0, usize::MAX], &[1.0]),
        "no bit" => QuantizedMlp::new(&network(), &zeros(4, 3), 0),
        "bits beyond an integer" => QuantizedMlp::new(&network(), &zeros(4, 3), 999),
        "calibration of another size" => QuantizedMlp::new(&network(), &zeros(3, 3), 8),
        "calibration of NaN" => QuantizedMlp::new(&network(), &spoiled(4, 3, NAN), 8),
        "L-BFGS, NaN" => Lbfgs::new(&config()).fit(&spoiled(4, 3, NAN), &zeros(2, 3), stream()),
        "L-BFGS, no sample" => Lbfgs::new(&config()).fit::<f64>(&zeros(4, 0), &zeros(2, 0), stream()),
        "L-BFGS, a decay of NaN" => Lbfgs { weight_decay: NAN, ..Lbfgs::new(&config()) }.fit::<f64>(&zeros(4, 3), &zeros(2, 3), stream()),
        "L-BFGS, a tolerance of NaN" => Lbfgs { tolerance: NAN, ..Lbfgs::new(&config()) }.fit::<f64>(&zeros(4, 3), &zeros(2, 3), stream()),
        "Levenberg-Marquardt, infinite" => LevenbergMarquardt::new(&regressor()).fit(&spoiled(4, 3, INF), &zeros(2, 3), stream()),
        "Levenberg-Marquardt, damping of NaN" => LevenbergMarquardt { damping: NAN, ..LevenbergMarquardt::new(&regressor()) }.fit(&zeros(4, 3), &zeros(2, 3), stream()),
        "Levenberg-Marquardt, a factor of 0" => LevenbergMarquardt { factor: 0.0, ..LevenbergMarquardt::new(&regressor()) }.fit(&zeros(4, 3), &zeros(2, 3), stream()),
    });
    survived(rows! {
        "weights of NaN" => Mlp::new(vec![layer(4, 3, NAN)]),
        "forward of NaN" => network().forward(&spoiled(4, 2, NAN)),
        "prediction of the infinite" => network().predict(&spoiled(4, 2, INF)),
        "forward of nothing" => network().forward(&zeros(4, 0)),
        "no epoch" => fit(MlpConfig { epochs: 0, ..config() }, zeros(4, 3), zeros(2, 3)),
        "the error of no sample" => autoencoder().squared_error(&zeros(4, 0)),
        "the error rate of nothing" => network().error_rate(&zeros(4, 0), &zeros(2, 0)),
        "an own loss of infinity" => own(|_, _, _| INF),
        "an own loss that writes no slope" => own(|_, _, _| 0.0),
        "an own loss of no output" => {
            let (samples, none) = (zeros(4, 3), zeros(0, 3));
            config().training(&samples, &none, stream()).map(|training| training.with_loss(|_, _, _| 0.0).count())
        },
        "stopping at NaN" => EarlyStopping::new(2, 0.0).map(|mut stopping| {
            let stops = [NAN, INF, NAN].map(|value| stopping.stops(value, &network()));
            (stops, stopping.best().is_some(), stopping.into_best())
        }),
        "the change from NaN" => network().relative_weight_change(&Mlp::new(vec![layer(4, 3, NAN), layer(3, 2, 0.0)]).unwrap()),
        "the Jacobian of NaN" => network().jacobian(&spoiled(4, 2, NAN)),
        "the root of nothing" => Ok::<_, String>((mlp::root_mean_square(&zeros(0, 0)), mlp::root_mean_square(&spoiled(1, 1, INF)))),
        "saturation of another network" => Ok::<_, String>(network().trace(&zeros(4, 2)).unwrap().saturated(&Mlp::new(vec![layer(1, 1, 0.0)]).unwrap(), NAN)),
        "a bound for nothing" => Ok::<_, String>([
            mlp::novikoff_bound(&Perceptron::new(0), &zeros(0, 0), &[]),
            mlp::novikoff_bound(&Perceptron::new(2), &spoiled(2, 1, NAN), &[true]),
            mlp::novikoff_bound(&Perceptron::new(3), &zeros(2, 1), &[true]),
        ]),
        "a perceptron of other inputs" => {
            let mut perceptron = Perceptron::<f64>::new(2);
            Ok::<_, String>((perceptron.output(&[]), perceptron.adapt(&[1.0, 2.0, 3.0], true, NAN)))
        },
        "separable points of nothing" => Ok::<_, String>((mlp::separable_fraction(0, 0), mlp::separable_fraction(3, 0), mlp::separable_fraction(3, usize::MAX))),
        "association units of nothing" => Ok::<_, String>((mlp::association_unit_activity(0, 0, 0, NAN), mlp::association_unit_activity(2, 0, usize::MAX, INF))),
        "weights of no label" => Ok::<_, String>((mlp::balanced_weights(&[]), mlp::balanced_weights(&[usize::MAX, 0]))),
    });
}
