//! A network and its optimizer on disk: loaded, it predicts the same; resumed, it trains to the same bits.

use io::{IoError, Limits, load_parameters_file, save_parameters_file};
use mlp::{Mlp, MlpConfig};
use nn_core::{Adam, Matrix, Parameters, Stream, one_hot};
use std::collections::BTreeMap;

fn data() -> (Matrix<f32>, Matrix<f32>) {
    let iris = datasets::iris::<f32>().unwrap();
    let targets = one_hot(3, &iris.labels).unwrap();
    (iris.samples, targets)
}

fn config() -> MlpConfig {
    MlpConfig { optimizer: Adam::new(0.01).into(), epochs: 6, ..MlpConfig::classifier(&[12, 7], 3) }
}

fn values(model: &impl Parameters<f32>) -> Vec<f32> {
    model.tensors().iter().flat_map(|tensor| tensor.values.to_vec()).collect()
}

#[test]
fn training_goes_on_from_files_with_the_bits_of_never_having_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let (model_path, state_path) = (folder.path().join("model.safetensors"), folder.path().join("state.safetensors"));
    let ((samples, targets), config, stream) = (data(), config(), Stream::new(626));
    let uninterrupted = config.fit(&samples, &targets, stream.clone()).unwrap();

    let mut training = config.training(&samples, &targets, stream.clone()).unwrap();
    for epoch in training.by_ref().take(4) {
        epoch.unwrap();
    }
    let epochs = BTreeMap::from([("epoch".to_owned(), training.epoch().to_string())]);
    save_parameters_file(&model_path, training.model(), &epochs).unwrap();
    save_parameters_file(&state_path, training.optimizer_state(), &BTreeMap::new()).unwrap();
    drop(training);

    let mut model: Mlp<f32> = config.initialize(samples.nrows(), &Stream::new(0)).unwrap();
    let mut state = config.optimizer_state(&model);
    let metadata = load_parameters_file(&model_path, &mut model, &Limits::default()).unwrap();
    load_parameters_file(&state_path, &mut state, &Limits::default()).unwrap();
    let epoch = metadata["epoch"].parse().unwrap();
    let mut training = config.resume(&samples, &targets, stream, model, state, epoch).unwrap();
    assert_eq!(training.by_ref().map(Result::unwrap).count(), 2);
    assert_eq!(values(training.model()), values(&uninterrupted));
}

#[test]
fn a_file_of_another_network_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let wide: Mlp<f32> = MlpConfig::classifier(&[13, 7], 3).initialize(4, &Stream::new(1)).unwrap();
    save_parameters_file(&path, &wide, &BTreeMap::new()).unwrap();
    let mut model: Mlp<f32> = config().initialize(4, &Stream::new(2)).unwrap();
    let before = values(&model);
    let error: IoError = load_parameters_file(&path, &mut model, &Limits::default()).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("layers.0.") && message.contains("13") && message.contains("12"), "{message}");
    assert_eq!(values(&model), before);
}
