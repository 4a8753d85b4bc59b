//! LeNet of 1989 and LeNet-5 against PyTorch: steps of gradient descent against `golden/lenet.safetensors`, made by
//! `golden/make_lenet_golden.py`, and files written here in the modules of `golden/lenet.py`.

use cnn::{Cnn, CnnConfig, LayerConfig, Objective};
use io::{Limits, read_file, read_safetensors, save_parameters_file};
use nn_core::{Batch, GradientDescent, Matrix, Parameters, Real, Stream, one_hot};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const SAMPLES: usize = 6;

/// `number` of `golden/lenet.py`.
fn number(tensor: usize, index: usize) -> f64 {
    let mut bits = (index + 1_000_003 * (tensor + 1)) as u32;
    for (shift, factor) in [(16, 0x7feb_352d), (15, 0x846c_a68b)] {
        bits = (bits ^ (bits >> shift)).wrapping_mul(factor);
    }
    f64::from(bits ^ (bits >> 16)) / 4_294_967_296.0 - 0.5
}

/// `fill` of `golden/lenet.py`.
fn filled<T: Real>(config: &CnnConfig) -> Cnn<T> {
    let mut network: Cnn<T> = config.initialize(&Stream::new(0)).unwrap();
    for (index, tensor) in network.tensors_mut().into_iter().enumerate() {
        let weight = tensor.name.ends_with("weight") && tensor.shape.len() > 1;
        let fan_in = if weight { tensor.values.len() / tensor.shape[0] } else { 1 };
        for (place, value) in tensor.values.iter_mut().enumerate() {
            // Kernels outside of the table are zero from the beginning, all others are not.
            if !weight || *value != T::ZERO {
                *value = T::from_f64(number(index, place) * 2.0 / (fan_in as f64).sqrt());
            }
        }
    }
    network
}

fn samples<T: Real>(config: &CnnConfig, count: usize) -> Matrix<T> {
    let units = config.input.units();
    Matrix::from_fn(units, count, |value, sample| T::from_f64(number(100, sample * units + value) * 2.0))
}

/// The two networks, plain gradient descent at the rates of `make_lenet_golden.py`.
fn configs() -> [(&'static str, &'static str, CnnConfig); 2] {
    let sign = |index: usize| if number(101, index) < 0.0 { -1.0 } else { 1.0 };
    let mut lenet_5 = CnnConfig {
        objective: Objective::MaximumAPosteriori { rubbish: 84.0 },
        method: GradientDescent::new(0.0002).into(),
        schedule: nn_core::RateSchedule::Constant,
        shuffle: false,
        ..CnnConfig::lenet_5()
    };
    let codes = Matrix::from_iterator(84, 10, (0..840).map(sign));
    *lenet_5.layers.last_mut().unwrap() = LayerConfig::RadialBasis { codes };
    let lenet_1989 = CnnConfig { method: GradientDescent::new(0.05).into(), ..CnnConfig::lenet_1989() };
    [("lenet_1989", "LeNet1989()", lenet_1989), ("lenet_5", "LeNet5(codes())", lenet_5)]
}

/// The largest relative difference of losses and of sums over the parameters, after steps of single samples and of batches.
fn difference<T: Real>(name: &str, config: &CnnConfig) -> f64 {
    let golden = read_safetensors::<f64>(&include_bytes!("golden/lenet.safetensors")[..], &Limits::default()).unwrap();
    let samples = samples::<T>(config, SAMPLES);
    let labels: Vec<usize> = (0..SAMPLES).map(|sample| (7 * sample + 1) % 10).collect();
    let mut targets: Matrix<T> = one_hot(10, &labels).unwrap();
    if name == "lenet_1989" {
        targets.iter_mut().for_each(|target| *target = *target + *target - T::ONE);
    }
    let mut worst = 0.0_f64;
    for (case, batch, epochs) in [("online", Batch::Online, 2), ("batch", Batch::Full, 5)] {
        let config = CnnConfig { batch, epochs, ..config.clone() };
        let network = filled(&config);
        let state = config.optimizer_state(&network);
        let mut training = config.resume(&samples, &targets, Stream::new(0), network, state, 0).unwrap();
        let losses: Vec<f64> = training.by_ref().map(|epoch| epoch.unwrap().loss).collect();
        let expected = &golden[&format!("{name}.{case}.losses")].values;
        assert_eq!(losses.len(), expected.len());
        worst = losses.iter().zip(expected).fold(worst, |worst, (a, b)| worst.max((a - b).abs() / b.abs()));
        for (index, tensor) in training.model().tensors().into_iter().enumerate() {
            let weighted = |(place, value): (usize, &T)| value.to_f64() * number(200 + index, place);
            let sum: f64 = tensor.values.iter().enumerate().map(weighted).sum();
            let expected = golden[&format!("{name}.{case}.{}", tensor.name)].values[0];
            worst = worst.max((sum - expected).abs() / (1.0 + expected.abs()));
        }
    }
    worst
}

#[test]
fn steps_of_single_samples_and_of_batches_are_those_of_pytorch() {
    for (name, _, config) in configs() {
        let (double, single) = (difference::<f64>(name, &config), difference::<f32>(name, &config));
        println!("{name}: worst relative difference from PyTorch {double:e} in f64, {single:e} in f32");
        assert!(double < 1e-12 && single < 1e-5, "{name}: {double:e} {single:e}");
    }
}

/// An interpreter with torch and safetensors: `python3`, or what the environment variable `NN_PYTHON` names.
fn python() -> Option<String> {
    let python = std::env::var("NN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import torch, safetensors"]).output();
    found.is_ok_and(|output| output.status.success()).then_some(python)
}

/// Writes a network, lets PyTorch load it and answer, and compares the answers.
fn exchanged<T: Real>(python: &str, folder: &Path, module: &str, config: &CnnConfig) -> f64 {
    let network = filled::<T>(config);
    save_parameters_file(folder.join("network.safetensors"), &network, &BTreeMap::new()).unwrap();
    let script = format!(
        "
import sys, torch
from lenet import LeNet1989, LeNet5, codes, samples
from safetensors.torch import load_file, save_file
parameters = load_file(sys.argv[1] + '/network.safetensors')
network = {module}.to(next(iter(parameters.values())).dtype)
network.load_state_dict(parameters)
with torch.no_grad():
    outputs = network(samples(network, 5).to(parameters['layers.0.weight'].dtype))
save_file({{'outputs': outputs.contiguous()}}, sys.argv[1] + '/outputs.safetensors')
"
    );
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/golden");
    let mut command = Command::new(python);
    command.args(["-B", "-c", &script]).arg(folder).current_dir(golden);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let limits = Limits::default();
    let read = |reader: &mut dyn std::io::Read| read_safetensors::<T>(reader, &limits);
    let theirs = read_file(folder.join("outputs.safetensors"), &limits, read).unwrap();
    let ours = network.forward(&samples(config, 5)).unwrap();
    assert_eq!(theirs["outputs"].shape, [5, 10]);
    let relative = |(a, b): (&T, &T)| (a.to_f64() - b.to_f64()).abs() / (1.0 + b.to_f64().abs());
    ours.iter().zip(&theirs["outputs"].values).map(relative).fold(0.0, f64::max)
}

#[test]
fn pytorch_loads_what_is_saved_here_and_answers_the_same() {
    let Some(python) = python() else {
        println!(
            "SKIPPED pytorch_loads_what_is_saved_here_and_answers_the_same: needs python3 with torch and safetensors"
        );
        return;
    };
    for (name, module, config) in configs() {
        let folder = tempfile::tempdir().unwrap();
        let single = exchanged::<f32>(&python, folder.path(), module, &config);
        let double = exchanged::<f64>(&python, folder.path(), module, &config);
        println!("{name}: PyTorch's answers differ by {single:e} in f32, {double:e} in f64");
        assert!(single < 1e-5 && double < 1e-13, "{name}: {single:e} {double:e}");
    }
}
