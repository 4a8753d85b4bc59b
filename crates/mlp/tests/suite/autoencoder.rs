//! Autoencoders: a code and back, noise and penalties that can be resumed, messages for what does not fit.

use mlp::{Autoencoder, AutoencoderConfig, Corruption, LayerConfig, Lbfgs, MlpConfig, Sparsity};
use nn_core::{Activation, Adam, Batch, Loss, Matrix, Parameters, Stream};
use proptest::prelude::*;

fn random(rows: usize, columns: usize, stream: &mut Stream) -> Matrix<f64> {
    let mut matrix = Matrix::zeros(rows, columns);
    stream.fill_uniform(matrix.as_mut_slice(), 0.0, 1.0);
    matrix
}

fn config() -> AutoencoderConfig {
    AutoencoderConfig {
        encoder: vec![LayerConfig::new(7, Activation::Tanh), LayerConfig::new(3, Activation::Sigmoid)],
        tied: true,
        corruption: Some(Corruption::SaltAndPepper { fraction: 0.2 }),
        sparsity: Some(Sparsity { target: 0.2, strength: 0.5 }),
        optimizer: Adam::new(0.01).into(),
        batch: Batch::Minibatch(8),
        epochs: 6,
        ..AutoencoderConfig::deep(&[3])
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn decoding_the_code_is_reconstructing(seed in any::<u64>()) {
        let stream = Stream::new(seed);
        let x = random(5, 30, &mut stream.named("x"));
        let model = config().fit(&x, stream).unwrap();
        let code = model.encode(&x).unwrap();
        prop_assert_eq!(code.nrows(), model.code_units());
        prop_assert_eq!(model.decode(&code).unwrap(), model.reconstruct(&x).unwrap());
        prop_assert!(model.reconstruct(&x).unwrap().iter().all(|y| (0.0..=1.0).contains(y)));
        // The decoder has no weights of its own.
        prop_assert_eq!(model.parameter_count(), 5 * 7 + 7 + 7 * 3 + 3 + 7 + 5);
    }

    #[test]
    fn resumed_training_has_the_bits_of_uninterrupted_training(stop in 0..6_usize, seed in any::<u64>()) {
        let (stream, config) = (Stream::new(seed), config());
        let x = random(5, 30, &mut stream.named("x"));
        let whole = config.fit(&x, stream.clone()).unwrap();
        let mut first = config.training(&x, stream.clone()).unwrap();
        prop_assert_eq!(first.by_ref().take(stop).filter(Result::is_ok).count(), stop);
        let (model, state) = (first.model(), first.optimizer_state().clone());
        let mut second = config.resume(&x, stream, model, state, first.epoch()).unwrap();
        prop_assert_eq!(second.by_ref().filter(Result::is_ok).count(), 6 - stop);
        prop_assert_eq!(second.into_model(), whole);
    }

    #[test]
    fn corruption_hits_the_fraction_it_says(fraction in 0.0..1.0_f64, seed in any::<u64>()) {
        let mut stream = Stream::new(seed);
        let count = |corruption: Corruption, stream: &mut Stream, hit: fn(f64) -> bool| {
            let mut values = vec![0.5; 4000];
            corruption.apply(&mut values, stream);
            values.iter().filter(|&&x| hit(x)).count() as f64 / 4000.0
        };
        // Five deviations of a fraction of 4000.
        let wide = 5.0 * (fraction * (1.0 - fraction) / 4000.0).sqrt() + 1e-12;
        let masked = count(Corruption::Masking { fraction }, &mut stream, |x| x == 0.0);
        prop_assert!((masked - fraction).abs() <= wide, "{masked} of {fraction}");
        let peppered = count(Corruption::SaltAndPepper { fraction }, &mut stream, |x| x != 0.5);
        prop_assert!((peppered - fraction).abs() <= wide, "{peppered} of {fraction}");
        let mut values = vec![0.0; 4000];
        Corruption::Gaussian { standard_deviation: 0.3 }.apply(&mut values, &mut stream);
        let deviation = (values.iter().map(|x| x * x).sum::<f64>() / 4000.0).sqrt();
        prop_assert!((deviation / 0.3 - 1.0).abs() < 5.0 / 8000.0_f64.sqrt(), "{deviation}");
    }
}

/// Slide 67: data on a line through a bottleneck of one linear unit lose nothing.
#[test]
fn one_unit_is_enough_for_a_line() {
    let mut stream = Stream::new(67);
    let direction: Vec<f64> = (0..6).map(|_| stream.normal()).collect();
    let x = Matrix::from_fn(6, 40, |i, n| direction[i] * (n as f64 / 20.0 - 1.0) + i as f64);
    let method = Lbfgs { epochs: 2000, ..Lbfgs::new(&AutoencoderConfig::linear(1).network(6)) };
    let model = Autoencoder::new(method.fit(&x, &x, stream).unwrap(), 1).unwrap();
    assert!(model.squared_error(&x).unwrap() < 1e-12);
}

#[test]
fn what_does_not_fit_is_named() {
    let x = Matrix::<f64>::repeat(5, 10, 0.5);
    let message = |config: &AutoencoderConfig| config.training(&x, Stream::new(0)).err().unwrap().to_string();
    let with = |change: &dyn Fn(&mut AutoencoderConfig)| {
        let mut config = config();
        change(&mut config);
        message(&config)
    };
    assert_eq!(
        with(&|config| config.corruption = Some(Corruption::Masking { fraction: 1.5 })),
        "the fraction of corrupted values must be between 0 and 1, is 1.5"
    );
    assert_eq!(
        with(&|config| config.sparsity = Some(Sparsity { target: 1.0, strength: 1.0 })),
        "the sparsity's target must be between 0 and 1, is 1"
    );
    assert_eq!(
        with(&|config| config.encoder[1].activation = Activation::Relu),
        "sparsity needs sigmoid units in the code, layer 2 has Relu"
    );
    assert_eq!(
        with(&|config| config.output = Activation::Identity),
        "the cross-entropy of an autoencoder needs Activation::Sigmoid in layer 4, its outputs, which has Identity"
    );
    assert_eq!(with(&|config| config.encoder.clear()), "a network needs at least one layer");
    let model = config().fit(&x, Stream::new(0)).unwrap();
    assert_eq!(
        model.decode(&Matrix::zeros(4, 1)).unwrap_err().to_string(),
        "layer 3 expects 3 inputs, the codes have 4"
    );
    let network = MlpConfig { loss: Loss::HalfSquaredError, ..MlpConfig::regressor(&[2], 4) };
    let network = network.initialize::<f64>(5, &Stream::new(0)).unwrap();
    assert_eq!(
        Autoencoder::new(network, 1).unwrap_err().to_string(),
        "no autoencoder: the code is to be layer 1 of 2, with a layer above it and no shortcut, and 5 inputs need as many \
         outputs, not 4"
    );
}
