//! Fixed seeds, exact numbers. A change here changes results everywhere and belongs in CHANGELOG.md under "Values".
//!
//! Every number is checked on one and on two threads, and on every vector path that this CPU has.

use cnn::{Augmentation, CnnConfig, DiagonalLevenbergMarquardt, LayerConfig as CnnLayer, Objective, lenet1, lenet1989};
use cortex::{Malsburg1973Config, RetinotopyConfig, SparseCodingConfig, malsburg_bars};
use energy::{
    Acceptance, Ais, Annealing, BoltzmannConfig, Divergence, Expectations, Gibbs, Goal, GradedConfig, GradedNetwork,
    Graph, HebbianMemory, Ising, Network, Patterns, Phases, RbmConfig, RecallConfig, StorageRule, Temperature,
    TemperatureSchedule, Thresholds, log_partition_function, unlearn, with_flips,
};
use mlp::{AutoencoderConfig, Corruption, LayerConfig, Lbfgs, Links, MlpConfig, Sparsity};
use nn_core::simd::{Path, detect, limit};
use nn_core::{
    Activation, Adam, Batch, GradientDescent, Init, Loss, Matrix, Momentum, Parameters, RateSchedule, Real, Stream,
    one_hot,
};
use som::{Algorithm, SomConfig};

/// FNV-1a over the bits of every parameter.
fn fingerprint<T: Real>(model: &impl Parameters<T>) -> u64 {
    fingerprint_of(model.tensors().into_iter().flat_map(|tensor| tensor.values.iter().map(|value| value.to_f64())))
}

/// FNV-1a over the bits of these numbers.
fn fingerprint_of(values: impl IntoIterator<Item = f64>) -> u64 {
    values
        .into_iter()
        .flat_map(|value| value.to_bits().to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn train<T: Real>(config: &MlpConfig, inputs: usize, samples: usize) -> u64 {
    let stream = Stream::new(20_240_313);
    let mut x = Matrix::<T>::zeros(inputs, samples);
    stream.named("x").fill_normal(x.as_mut_slice(), 0.0, 1.0);
    let classes = config.layers[config.layers.len() - 1].units;
    let labels: Vec<usize> = (0..samples).map(|sample| sample * sample % classes).collect();
    fingerprint(&config.fit(&x, &one_hot(classes, &labels).unwrap(), stream).unwrap())
}

/// The fingerprint, the same on every path and number of threads.
fn stable(name: &str, expected: u64, train: impl Fn() -> u64 + Sync) {
    for path in [Path::Portable, Path::Avx2, Path::Avx512] {
        if path > detect() {
            eprintln!("SKIPPED {name} on {path:?}: needs a CPU that has it");
            continue;
        }
        limit(path);
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(&train);
            assert_eq!(found, expected, "{name} on {path:?} with {threads} threads: {found:#018x}");
        }
        limit(Path::Avx512);
    }
}

fn has_fused_multiplication(name: &str) -> bool {
    let has = detect() != Path::Portable;
    if !has {
        eprintln!("SKIPPED {name}: large products have the same bits only on CPUs with fused multiplication");
    }
    has
}

#[test]
fn a_small_network_trained_online() {
    let config = MlpConfig {
        loss: Loss::HalfSquaredError,
        optimizer: GradientDescent::new(0.1).into(),
        batch: Batch::Online,
        epochs: 5,
        ..MlpConfig::classifier(&[4], 3)
    };
    stable("online f64", 0x640c_87a7_497a_e843, || train::<f64>(&config, 5, 40));
    stable("online f32", 0xfa33_19d1_7b3d_d842, || train::<f32>(&config, 5, 40));
}

#[test]
fn a_classifier_with_adam() {
    if has_fused_multiplication("a_classifier_with_adam") {
        let config = MlpConfig { optimizer: Adam::new(0.01).into(), epochs: 3, ..MlpConfig::classifier(&[33], 10) };
        stable("adam f32", 0x7675_b866_29ec_2114, || train::<f32>(&config, 70, 150));
        stable("adam f64", 0x7497_29f5_dc93_4135, || train::<f64>(&config, 70, 150));
    }
}

/// Large enough to be split over threads.
#[test]
fn a_wide_network_on_several_threads() {
    if has_fused_multiplication("a_wide_network_on_several_threads") {
        let mut config = MlpConfig {
            optimizer: GradientDescent::new(0.05).into(),
            batch: Batch::Minibatch(128),
            epochs: 2,
            ..MlpConfig::classifier(&[500, 301], 10)
        };
        config.layers[1].activation = Activation::Tanh;
        stable("wide, gradient descent", 0x1a1b_0ebe_47a3_bd1b, || train::<f32>(&config, 333, 300));
        config.optimizer = Momentum::new(0.05, 0.9).into();
        stable("wide, momentum", 0x6449_0a12_f7cd_5ec0, || train::<f32>(&config, 333, 300));
    }
}

/// Tied, grouped, frozen, with a shortcut, weights, noise and a penalty, large enough to be split over threads.
#[test]
fn networks_with_other_links_on_several_threads() {
    if !has_fused_multiplication("networks_with_other_links_on_several_threads") {
        return;
    }
    let stream = Stream::new(20_240_313);
    let mut x = Matrix::<f32>::zeros(400, 300);
    stream.named("x").fill_uniform(x.as_mut_slice(), 0.0, 1.0);
    let sparse = AutoencoderConfig {
        encoder: vec![LayerConfig::new(301, Activation::Relu), LayerConfig::new(99, Activation::Sigmoid)],
        tied: true,
        corruption: Some(Corruption::Masking { fraction: 0.2 }),
        sparsity: Some(Sparsity { target: 0.1, strength: 1.0 }),
        batch: Batch::Minibatch(128),
        epochs: 2,
        ..AutoencoderConfig::deep(&[99])
    };
    stable("sparse, tied, denoising", 0x1654_4230_6e23_b8a7, || {
        fingerprint::<f32>(&sparse.fit(&x, stream.clone()).unwrap())
    });

    let groups =
        LayerConfig { links: Links::Groups(&[(150, 200), (250, 133)]), ..LayerConfig::new(333, Activation::Tanh) };
    let mut config = MlpConfig {
        layers: vec![groups, LayerConfig::new(301, Activation::Tanh), LayerConfig::new(400, Activation::Identity)],
        shortcut: Some(Init::GlorotUniform),
        loss: Loss::HalfSquaredError,
        optimizer: Momentum::new(1e-4, 0.9).into(),
        schedule: RateSchedule::Cosine { last: 0.1 },
        batch: Batch::Minibatch(128),
        epochs: 2,
        ..MlpConfig::classifier(&[], 1)
    };
    config.layers[1].frozen = true;
    let weights: Vec<f64> = (0..300).map(|sample| f64::from(sample % 4)).collect();
    stable("grouped, frozen, shortcut, weighted", 0x6995_a9ea_32b8_c8bb, || {
        let mut training = config.training(&x, &x, stream.clone()).unwrap().weighted(&weights).unwrap();
        assert_eq!(training.by_ref().filter(Result::is_ok).count(), 2);
        fingerprint::<f32>(training.model())
    });
    let layers = vec![LayerConfig::new(301, Activation::Tanh), LayerConfig::new(10, Activation::Identity)];
    let lbfgs = Lbfgs { epochs: 3, ..Lbfgs::new(&MlpConfig::lecture(layers)) };
    let t = x.rows(0, 10).into_owned();
    stable("L-BFGS", 0xd000_d55c_b621_7ca8, || fingerprint::<f32>(&lbfgs.fit(&x, &t, stream.clone()).unwrap()));
}

#[test]
fn a_map_trained_in_batches_and_online() {
    let map = |algorithm: Algorithm| {
        let stream = Stream::new(20_240_313);
        let mut samples = Matrix::<f32>::zeros(20, 300);
        stream.named("samples").fill_uniform(samples.as_mut_slice(), 0.0, 1.0);
        let config = SomConfig { algorithm, epochs: 5, ..SomConfig::for_samples(300).unwrap() };
        fingerprint::<f32>(&config.fit(&samples, stream).unwrap())
    };
    stable("map, batch", 0x2a25_45d4_adbd_6d0c, || map(Algorithm::Batch));
    stable("map, online", 0xf345_9df4_bf9a_8f52, || map(Algorithm::Online { shuffle: true }));
    let online = [
        0x738c_3561_9b9f_7587,
        0x8508_8ad3_7959_daf5,
        0x8203_2bb7_e344_0e42,
        0xef46_1713_21f1_ab51,
        0xd290_3577_e484_5c43,
        0x884a_f12c_3b7b_dede,
        0x511f_e558_9e22_909d,
        0x1bd0_9899_86a6_01bd,
        0x06d0_0f42_d3ae_228b,
    ];
    for (features, expected) in (1..).zip(online) {
        stable(&format!("map of {features} features, online"), expected, || {
            let stream = Stream::new(20_240_313);
            let mut samples = Matrix::<f32>::zeros(features, 200);
            stream.named("samples").fill_uniform(samples.as_mut_slice(), 0.0, 1.0);
            let algorithm = Algorithm::Online { shuffle: true };
            let config = SomConfig { algorithm, epochs: 2, ..SomConfig::for_samples(300).unwrap() };
            fingerprint::<f32>(&config.fit(&samples, stream).unwrap())
        });
    }
}

#[test]
fn maps_of_the_cortex() {
    let (bars, _) = malsburg_bars();
    let config = Malsburg1973Config { epochs: 3, ..Malsburg1973Config::PUBLISHED };
    stable("malsburg 1973", 0xc79a_0d44_0f00_f24d, || {
        fingerprint::<f64>(&config.fit(&bars, Stream::new(20_240_313)).unwrap())
    });
    let config = RetinotopyConfig { side: 6, epochs: 1, pairs: 200, ..RetinotopyConfig::default() };
    stable("retinotopy", 0x448f_068e_83fa_9ed6, || fingerprint::<f64>(&config.fit(Stream::new(20_240_313)).unwrap()));
}

#[test]
fn a_sparse_code() {
    if has_fused_multiplication("a_sparse_code") {
        let stream = Stream::new(20_240_313);
        let mut picture = Matrix::<f32>::zeros(40, 40);
        stream.named("picture").fill_normal(picture.as_mut_slice(), 0.0, 0.3);
        let pictures = [picture];
        let config = SparseCodingConfig {
            side: 6,
            bases: 40,
            batch: 33,
            batches: 4,
            epochs: 2,
            ..SparseCodingConfig::default()
        };
        stable("sparse code", 0xc488_4712_c029_b479, || {
            fingerprint::<f32>(&config.fit(&pictures, stream.clone()).unwrap())
        });
    }
}

fn numbers(state: &[bool]) -> impl Iterator<Item = f64> + '_ {
    state.iter().map(|&u| f64::from(u8::from(u)))
}

#[test]
fn recalls_of_hopfields_network() {
    let patterns = Patterns::random(100, 8, &mut Stream::new(1982)).unwrap();
    let mut cues = Patterns::new(100).unwrap();
    for pattern in patterns.states() {
        cues.push(&with_flips(&pattern, 0.2, &mut Stream::new(70)).unwrap()).unwrap();
    }
    let memory = HebbianMemory::new(patterns.clone(), Thresholds::Balanced).unwrap();
    stable("recall by Hebb's rule", 0xef3c_8c39_5bca_29ca, || {
        let recalls = RecallConfig::default().recall_all(&memory, &cues, &Stream::new(69)).unwrap();
        fingerprint_of(recalls.iter().flat_map(|recall| {
            numbers(&recall.state).chain(recall.flips.iter().map(|flip| flip.energy)).collect::<Vec<_>>()
        }))
    });
    stable("storage rules", 0xa941_ba81_0a5b_08fd, || {
        let rules = [StorageRule::HEBB, StorageRule::PseudoInverse, StorageRule::Storkey, StorageRule::Clipped];
        let networks = rules.map(|rule| rule.store::<f64>(&patterns, Thresholds::Balanced).unwrap());
        let unlearned = unlearn(networks[0].clone(), &Thresholds::Balanced, 0.02, 20, &Stream::new(73)).unwrap();
        fingerprint_of(networks.iter().chain([&unlearned]).map(|network| fingerprint(network) as f64))
    });
    stable("the graded network", 0xcdb1_f0e5_0543_38e8, || {
        let network: Network<f64> = StorageRule::HEBB.store(&patterns, Thresholds::Balanced).unwrap();
        let graded = GradedNetwork::from(&network);
        let mut start = Matrix::zeros(100, 3);
        Stream::new(1984).fill_normal(start.as_mut_slice(), 0.0, 0.01);
        let config = GradedConfig { width: 0.5, resistance: 1.0, time_step: 0.001 };
        let mut run = config.start(&graded, start).unwrap();
        run.settle(50, 0.0).unwrap();
        fingerprint_of(run.outputs().iter().copied().chain(run.energies()))
    });
}

#[test]
fn chains_and_annealing() {
    fn chain<T: Real>(whole: bool) -> u64 {
        let mut stream = Stream::new(75);
        let mut number = || if whole { f64::from(stream.below(7)) - 3.0 } else { stream.normal() };
        let network = Network::<T>::from_pairs(50, |_, _| T::from_f64(number())).unwrap();
        let gibbs = Gibbs::new(&network);
        let mut chain = gibbs.chain(Stream::new(78));
        chain.sweeps_at(Temperature::new(2.0).unwrap(), 1100);
        fingerprint_of(numbers(chain.state()).chain([chain.energy()]))
    }
    stable("a chain, whole weights", 0x8c21_6a83_2188_73b1, || chain::<f64>(true));
    stable("a chain, f32", 0xb544_7da2_c4dc_2134, || chain::<f32>(false));
    stable("a chain, f64", 0x0ce0_403d_964d_02c1, || chain::<f64>(false));

    let ising = Ising::from(&Graph::random(80, 300, &Stream::new(80)).unwrap());
    let annealing = |acceptance| Annealing {
        sweeps: 60,
        replicas: 5,
        acceptance,
        ..Annealing::new(TemperatureSchedule::Geometric(5.0, 0.3))
    };
    stable("annealing", 0xfacd_1c6b_cc95_76c5, || {
        let found = [
            annealing(Acceptance::Metropolis).minimize_spins(&ising, &Stream::new(1)),
            annealing(Acceptance::HeatBath).minimize_spins(&ising, &Stream::new(1)),
            annealing(Acceptance::Metropolis).minimize_correlated(&ising, &Stream::new(1)),
            annealing(Acceptance::HeatBath).minimize(&ising.to_network::<f64>().unwrap(), &Stream::new(1)),
        ];
        fingerprint_of(found.into_iter().map(Result::unwrap).flat_map(|annealed| {
            let energies = annealed.replicas.iter().flat_map(|replica| [replica.best, replica.last]);
            numbers(&annealed.state).chain(energies).collect::<Vec<_>>()
        }))
    });
}

#[test]
fn learning_of_boltzmann_machines() {
    let goal = Goal::uniform(Patterns::from_pictures(&["...", "##.", "#.#", ".##"]).unwrap()).unwrap();
    let exact = BoltzmannConfig { epochs: 30, ..BoltzmannConfig::exact(3) };
    stable("exact learning", 0xf260_e352_0ed9_3cf9, || fingerprint::<f64>(&exact.fit(&goal, Stream::new(84)).unwrap()));
    let sampled =
        BoltzmannConfig { temperature: 10.0, expectations: Expectations::Sampled(Phases::of_1985()), ..exact.clone() };
    stable("learning from samples", 0x2fa9_6822_da24_5036, || {
        fingerprint::<f32>(&sampled.fit(&goal, Stream::new(84)).unwrap())
    });
    stable("ln Z", 0xf761_72ab_88bc_0363, || {
        let mut stream = Stream::new(77);
        let network = Network::<f64>::from_pairs(14, |_, _| stream.normal()).unwrap();
        fingerprint_of([log_partition_function(&network, Temperature::ONE).unwrap()])
    });
}

#[test]
fn learning_of_restricted_machines() {
    let mut stream = Stream::new(2002);
    let samples = Matrix::from_fn(20, 50, |_, _| if stream.uniform() < 0.2 { 1.0_f32 } else { 0.0 });
    let grey = samples.map(|value| 0.25 + 0.5 * value);
    for (name, expected, divergence, samples) in [
        ("CD-1, binary", 0x2258_678b_1fb7_ef6c, Divergence::Contrastive { steps: 1 }, &samples),
        ("PCD-2, binary", 0x9f26_5562_dd7c_ce58, Divergence::Persistent { steps: 2 }, &samples),
        ("CD-1, grey", 0x0706_3b14_9448_a6dc, Divergence::Contrastive { steps: 1 }, &grey),
    ] {
        let config = RbmConfig { divergence, epochs: 4, weight_decay: 0.001, ..RbmConfig::new(33) };
        stable(name, expected, || fingerprint(&config.fit(samples, Stream::new(5)).unwrap()));
    }
    let machine = RbmConfig { epochs: 4, ..RbmConfig::new(8) }.fit(&samples, Stream::new(5)).unwrap();
    stable("annealed importance sampling", 0x7e7b_8513_1410_ae7b, || {
        let estimate = Ais { steps: 50, chains: 20 }.estimate(&machine, None, &Stream::new(6)).unwrap();
        fingerprint_of([estimate.log_partition_function, estimate.interval.0, estimate.interval.1])
    });
}

/// Noise as digits, one-hot targets.
fn train_cnn<T: Real>(config: &CnnConfig, samples: usize) -> u64 {
    let stream = Stream::new(20_240_313);
    let mut x = Matrix::<T>::zeros(config.input.units(), samples);
    stream.named("x").fill_uniform(x.as_mut_slice(), -1.0, 1.0);
    let labels: Vec<usize> = (0..samples).map(|sample| sample * sample % 10).collect();
    fingerprint(&config.fit(&x, &one_hot(10, &labels).unwrap(), stream).unwrap())
}

#[test]
fn lenet_of_1989_trained_online_and_in_batches() {
    if !has_fused_multiplication("lenet_of_1989_trained_online_and_in_batches") {
        return;
    }
    let online = CnnConfig { epochs: 2, ..CnnConfig::lenet_1989() };
    stable("LeNet-1989, online f32", 0x0dcf_daea_2b75_a43e, || train_cnn::<f32>(&online, 40));
    stable("LeNet-1989, online f64", 0x3647_0dae_5f30_a33c, || train_cnn::<f64>(&online, 40));
    let mut batches = CnnConfig {
        method: Adam::new(1e-3).into(),
        batch: Batch::Minibatch(64),
        shuffle: true,
        augmentation: Some(Augmentation { shift: 1, ..Augmentation::new(lenet1989::INPUT, -1.0) }),
        ..online
    };
    batches.layers.insert(2, CnnLayer::Dropout { rate: 0.25 });
    stable("LeNet-1989, Adam, shifts, dropout", 0xc75d_bd87_3fba_431c, || train_cnn::<f32>(&batches, 200));
}

#[test]
fn lenet_1_and_lenet_5() {
    if !has_fused_multiplication("lenet_1_and_lenet_5") {
        return;
    }
    let lenet_1 = CnnConfig { input: lenet1::INPUT, layers: lenet1::lenet_1(), epochs: 1, ..CnnConfig::lenet_1989() };
    stable("LeNet-1, online", 0x3a40_9c1d_3de5_0e70, || train_cnn::<f32>(&lenet_1, 30));
    // Spelled out, so that another preset does not change what is checked.
    let lenet_5 = CnnConfig {
        objective: Objective::MaximumAPosteriori { rubbish: 84.0 },
        method: DiagonalLevenbergMarquardt { learning_rate: 5e-4, damping: 0.02, samples: 20 }.into(),
        schedule: RateSchedule::Constant,
        epochs: 1,
        ..CnnConfig::lenet_5()
    };
    stable("LeNet-5, second order", 0x9176_4464_4f60_ab62, || train_cnn::<f32>(&lenet_5, 30));
    let batches = CnnConfig { method: GradientDescent::new(1e-4).into(), batch: Batch::Minibatch(64), ..lenet_5 };
    stable("LeNet-5, batches", 0x567f_d2c6_129f_349a, || train_cnn::<f32>(&batches, 130));
    let plain = CnnConfig { epochs: 1, ..CnnConfig::lenet_5_plain() };
    stable("LeNet-5, plain", 0x30cc_467c_34b9_4bcf, || train_cnn::<f32>(&plain, 70));
}
