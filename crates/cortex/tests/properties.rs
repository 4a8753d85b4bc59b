//! What must hold for every cell, map and code: invariances, descents, charges, threads.

use cortex::nn_core::simd::{self, Path};
use cortex::nn_core::{ComplexImage, Matrix, Parameters, Real, Stream, frequency};
use cortex::{
    Bar, DifferenceOfGaussians, EnergyCell, Gabor, Gain, Grating, Malsburg1973Config, Normalization, Penalty,
    RectifiedCell, RetinotopyConfig, SparseCode, SparseCodingConfig, Sparseness, TuningCurve, VisualField, Whitening,
    draw_patches, malsburg_bars, modulation_ratio, random_orientation_map,
};
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};

fn orientations(count: u32) -> Vec<f64> {
    (0..count).map(|k| PI * f64::from(k) / f64::from(count)).collect()
}

fn sparseness() -> impl Strategy<Value = Sparseness> {
    prop_oneof![Just(Sparseness::Absolute), Just(Sparseness::Logarithm), Just(Sparseness::Gaussian)]
}

fn code<T: Real>(side: usize, bases: usize, penalty: Penalty, steps: usize, stream: &Stream) -> SparseCode<T> {
    let config = SparseCodingConfig { side, bases, penalty, inference_steps: steps, ..SparseCodingConfig::default() };
    config.initialize(stream).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_circular_field_has_flat_tuning(
        center in 0.15..0.35_f64,
        ratio in 1.1..2.5_f64,
        surround in 0.0..1.5_f64,
        frequency in 0.3..1.2_f64,
        on_center in any::<bool>(),
    ) {
        let field = VisualField::new(81, 0.1).unwrap();
        let cell = DifferenceOfGaussians {
            surround_width: ratio * center,
            surround_weight: surround,
            on_center,
            ..DifferenceOfGaussians::balanced(center)
        };
        let cell = cell.on(&field).unwrap();
        // The linear response may have either sign; its size is what must not depend on the orientation.
        let responses = orientations(12).into_iter().map(|angle| {
            cell.response(&Grating::new(angle, frequency).on(&field).unwrap()).unwrap()
        });
        let responses: Vec<f64> = responses.collect();
        let largest = responses.iter().fold(0.0_f64, |largest, response| largest.max(response.abs()));
        prop_assert!(responses.iter().all(|response| (response - responses[0]).abs() <= 1e-5 * largest.max(1e-3)));
    }

    #[test]
    fn stimulus_and_field_turned_together_leave_the_response(
        orientation in 0.0..PI,
        turn in 0.0..PI,
        phase in 0.0..TAU,
        away in -0.6..0.6_f64,
        along in 0.4..0.8_f64,
    ) {
        let field = VisualField::new(97, 1.0 / 12.0).unwrap();
        let response = |turned: f64| {
            let gabor = Gabor { phase, along, ..Gabor::round(orientation + turned, 1.0, 0.5) };
            let grating = Grating { phase: 0.3, ..Grating::new(orientation + away + turned, 1.0) }.on(&field).unwrap();
            let energy = EnergyCell::new(&gabor, &field).unwrap().response(&grating).unwrap();
            (gabor.on(&field).unwrap().response(&grating).unwrap(), energy)
        };
        let (before, after) = (response(0.0), response(turn));
        prop_assert!((before.0 - after.0).abs() < 1e-6, "{before:?} {after:?}");
        prop_assert!((before.1 - after.1).abs() < 1e-6, "{before:?} {after:?}");
    }

    #[test]
    fn a_bar_turned_with_the_field_gives_nearly_the_same(orientation in 0.0..PI, turn in 0.0..PI) {
        let field = VisualField::new(97, 1.0 / 12.0).unwrap();
        let response = |turned: f64| {
            let cell = RectifiedCell::new(Gabor::round(orientation + turned, 1.0, 0.5).on(&field).unwrap());
            cell.response(&Bar::new(orientation + turned, 0.45, 2.0).on(&field).unwrap()).unwrap()
        };
        let (before, after) = (response(0.0), response(turn));
        // The bar's edges are as sharp as the samples allow.
        prop_assert!((before - after).abs() < 0.02 * before, "{before} {after}");
    }

    #[test]
    fn the_closed_form_of_the_half_width_is_what_is_measured(product in 0.35..0.8_f64, aspect in 0.7..1.6_f64) {
        let gabor = Gabor { along: product * aspect, ..Gabor::round(PI / 2.0, 1.0, product) };
        let field = VisualField::new(121, 0.1).unwrap();
        let cell = RectifiedCell::new(gabor.on(&field).unwrap());
        let curve = TuningCurve::measure(orientations(180), |angle| cell.response(&Grating::new(angle, 1.0).on(&field)?));
        let (measured, closed) = (curve.unwrap().half_width().unwrap(), gabor.half_width().unwrap());
        prop_assert!((measured - closed).abs() < 0.05_f64.to_radians(), "{} {}", measured.to_degrees(), closed.to_degrees());
    }

    #[test]
    fn a_scaled_curve_has_the_same_preference_and_width(scale in 0.01..100.0_f64, peak in 0.0..PI, width in 0.2..0.8_f64) {
        let curve = |scale: f64| {
            let response = |angle: f64| {
                let away = cortex::orientation_difference(angle, peak);
                Ok::<f64, cortex::CortexError>(scale * cortex::nn_core::math::exp(-away * away / (width * width)))
            };
            TuningCurve::measure(orientations(90), response).unwrap()
        };
        let (one, other) = (curve(1.0), curve(scale));
        prop_assert!((one.orientation_index() - other.orientation_index()).abs() < 1e-12);
        prop_assert!((one.half_width().unwrap() - other.half_width().unwrap()).abs() < 1e-12);
        prop_assert!(cortex::orientation_difference(one.preferred_orientation().unwrap(), peak) < 0.02);
    }

    #[test]
    fn modulation_lies_between_0_and_2(responses in prop::collection::vec(0.0..10.0_f64, 3..40)) {
        let ratio = modulation_ratio(&responses).unwrap();
        prop_assert!((0.0..=2.0 + 1e-12).contains(&ratio));
    }

    #[test]
    fn the_energy_of_inference_never_rises(
        side in 2..6_usize,
        bases in 1..40_usize,
        patches in 1..12_usize,
        sparseness in sparseness(),
        weight in 0.005..0.5_f64,
        scale in 0.1..2.0_f64,
        size in 0.1..3.0_f64,
        seed in 0..1000_u64,
    ) {
        let stream = Stream::new(seed);
        let code: SparseCode<f64> = code(side, bases, Penalty { sparseness, weight, scale }, 40, &stream);
        let mut x = Matrix::zeros(side * side, patches);
        stream.named("patches").fill_normal(x.as_mut_slice(), 0.0, size);
        let history = code.inference_energies(&x).unwrap();
        for pair in history.windows(2) {
            prop_assert!(pair[0].iter().zip(&pair[1]).all(|(before, after)| after <= before), "{pair:?}");
        }
        // The last of them is the energy of the coefficients, by the definition.
        let by_definition = code.energies(&x, &code.transform(&x).unwrap()).unwrap();
        for (fast, slow) in history[39].iter().zip(by_definition) {
            prop_assert!((fast - slow).abs() < 1e-9 * (1.0 + slow.abs()), "{fast} {slow}");
        }
    }

    #[test]
    fn a_gabor_function_fits_its_own_field_whatever_the_scale(
        orientation in 0.0..PI,
        frequency in 0.12..0.3_f64,
        phase in 0.0..TAU,
        width in 1.0..2.0_f64,
        scale in prop_oneof![Just(1e-200), 1e-3..1e3_f64, Just(1e200)],
    ) {
        let field = VisualField::new(9, 1.0).unwrap();
        let gabor = Gabor { phase, across: width, along: width, ..Gabor::round(orientation, frequency, 0.5) };
        let weights = gabor.on(&field).unwrap().weights() * scale;
        let fit = Gabor::fit(&cortex::ReceptiveField::new(&field, weights.clone()).unwrap(), &field).unwrap();
        prop_assert!((0.99..=1.0).contains(&fit.explained), "{fit:?}");
        let difference = (weights.clone() - fit.amplitude * fit.gabor.on(&field).unwrap().weights()) / scale;
        prop_assert!(difference.norm() <= 0.1 * (weights / scale).norm() + 1e-9, "{fit:?}");
    }

    #[test]
    fn charges_of_a_torus_add_up_to_zero(cycles in 1.5..6.0_f64, bandwidth in 0.02..0.5_f64, seed in 0..1000_u64) {
        let map = random_orientation_map(64, cycles, bandwidth, &mut Stream::new(seed)).unwrap();
        let positive = map.pinwheels().iter().filter(|pinwheel| pinwheel.positive).count();
        prop_assert_eq!(2 * positive, map.pinwheels().len());
    }

    #[test]
    fn parameters_out_of_range_are_named(bad in prop_oneof![Just(0.0), Just(-1.5), Just(f64::NAN), Just(f64::INFINITY)]) {
        let field = VisualField::new(9, 1.0).unwrap();
        let says = |message: String, name: &str| message.starts_with(&format!("{name} must be positive and finite, is"));
        let gabor = Gabor { frequency: bad, ..Gabor::round(0.0, 1.0, 0.5) };
        prop_assert!(says(gabor.on(&field).unwrap_err().to_string(), "the frequency"));
        let dog = DifferenceOfGaussians { surround_width: bad, ..DifferenceOfGaussians::balanced(1.0) };
        prop_assert!(says(dog.on(&field).unwrap_err().to_string(), "the width of the surround"));
        prop_assert!(says(Bar::new(0.0, bad, 1.0).on(&field).unwrap_err().to_string(), "the width of the bar"));
        let config = Malsburg1973Config { afferent: bad, ..Malsburg1973Config::PUBLISHED };
        prop_assert!(says(config.initialize(&Stream::new(1)).unwrap_err().to_string(), "the afferent strength s"));
        let config = RetinotopyConfig { excitation_width: bad, ..RetinotopyConfig::default() };
        prop_assert!(says(config.initialize(&Stream::new(1)).unwrap_err().to_string(), "the width of the excitation"));
        let penalty = Penalty { weight: bad, ..Penalty::ABSOLUTE };
        let config = SparseCodingConfig { penalty, ..SparseCodingConfig::default() };
        prop_assert!(says(config.initialize::<f32>(&Stream::new(1)).unwrap_err().to_string(), "the weight of the penalty"));
        let whitening = Whitening { cutoff: bad, ..Whitening::default() };
        prop_assert!(says(whitening.apply::<f64>(&Matrix::zeros(32, 32)).unwrap_err().to_string(), "the cutoff"));
    }
}

/// Power in two halves of the band that whitening keeps, as the mean of its rings.
fn band_ratio(picture: &Matrix<f64>) -> f64 {
    let side = picture.nrows();
    let power = ComplexImage::from_real(picture.clone()).transformed().unwrap().power();
    let mean = |from: f64, to: f64| {
        let (mut sum, mut count) = (0.0, 0.0);
        for row in 0..side {
            for column in 0..side {
                let (down, right) = (frequency(row, side) / side as f64, frequency(column, side) / side as f64);
                let f = (down * down + right * right).sqrt();
                if (from..to).contains(&f) {
                    (sum, count) = (sum + power[(row, column)], count + 1.0);
                }
            }
        }
        sum / count
    };
    mean(0.03, 0.06) / mean(0.15, 0.2)
}

#[test]
fn whitening_flattens_the_spectrum() {
    for seed in 0..4 {
        let pink = datasets::pink_noise(128, &mut Stream::new(seed)).unwrap();
        let white = Whitening { border: 0, ..Whitening::default() }.apply(&pink).unwrap();
        let (before, after) = (band_ratio(&pink), band_ratio(&white));
        // 1/f² between these bands is 15; the filter's own fall at 0.2 of 0.4 is e^(−2/16) in power.
        assert!(before > 10.0 && (0.8..1.45).contains(&after), "{before} {after}");
    }
    let [camera, ..] = datasets::images().unwrap();
    let brightness = camera.brightness();
    let white = Whitening { border: 0, ..Whitening::default() }.apply(&brightness).unwrap();
    assert!(band_ratio(&white) < 0.35 * band_ratio(&brightness));
}

#[test]
fn training_lowers_the_energy_and_makes_the_code_sparser_than_its_filters() {
    let pictures = datasets::images().unwrap();
    let pictures: Vec<Matrix<f32>> =
        pictures.iter().map(|picture| Whitening::default().apply(&picture.brightness()).unwrap()).collect();
    for (penalty, gain, rate) in [
        (Penalty::ABSOLUTE, cortex::Gain::UnitLength, 5.0),
        (Penalty::AUTHORS, cortex::Gain::AUTHORS, 1.0),
        (Penalty { sparseness: Sparseness::Gaussian, ..Penalty::AUTHORS }, cortex::Gain::UnitLength, 1.0),
    ] {
        let config = SparseCodingConfig {
            side: 6,
            bases: 24,
            penalty,
            gain,
            learning_rate: rate,
            epochs: 6,
            batches: 30,
            ..SparseCodingConfig::default()
        };
        let mut training = config.training(&pictures, Stream::new(1996)).unwrap();
        let energies: Vec<f64> = training.by_ref().map(|epoch| epoch.unwrap().energy).collect();
        assert!(energies[5] < 0.97 * energies[0], "{penalty:?}: {energies:?}");
        let test = draw_patches(&pictures, 6, 500, &mut Stream::new(7)).unwrap();
        let kurtosis = |values: &Matrix<f32>| cortex::excess_kurtosis(values.as_slice()).unwrap();
        if penalty.sparseness != Sparseness::Absolute {
            // A smooth penalty leaves small coefficients small; how sparse they are depends on how large the pictures are.
            continue;
        }
        let code = training.into_model();
        let (coefficients, linear) = (code.transform(&test).unwrap(), code.linear_outputs(&test).unwrap());
        assert!(kurtosis(&coefficients) > kurtosis(&linear), "{penalty:?}");
    }
}

#[test]
fn learning_orders_the_cortex_of_1973_on_every_seed_either_way_of_scaling() {
    let (bars, angles) = malsburg_bars();
    for normalization in [Normalization::Stimulus, Normalization::Epoch] {
        for seed in 0..5 {
            let config = Malsburg1973Config { normalization, ..Malsburg1973Config::PUBLISHED };
            let cortex = config.fit(&bars, Stream::new(seed)).unwrap();
            let tuning = cortex.tuning(&bars, &angles).unwrap();
            let index = tuning.iter().map(TuningCurve::orientation_index).sum::<f64>() / 169.0;
            let difference = cortex.neighbor_difference(&tuning).unwrap().to_degrees();
            assert!(
                (0.30..0.42).contains(&index) && difference < 35.0,
                "{normalization:?} {seed}: {index} {difference}"
            );
        }
    }
}

#[test]
fn bars_share_five_cells_with_the_next_and_one_with_the_perpendicular() {
    let (bars, _) = malsburg_bars();
    let shared = |a: usize, b: usize| bars.column(a % 9).dot(&bars.column(b % 9));
    for bar in 0..9 {
        assert_eq!((shared(bar, bar), shared(bar, bar + 1)), (7.0, 5.0));
        assert_eq!((shared(bar, bar + 4), shared(bar, bar + 5)), (1.0, 1.0));
    }
}

/// The same bits for one and two threads and on every vector path, and from a run that was stopped.
#[test]
fn a_code_does_not_depend_on_threads_paths_or_interruptions() {
    let pictures = [Matrix::<f32>::from_fn(40, 40, |row, column| ((row * row + 3 * column) % 17) as f32 / 17.0 - 0.5)];
    let config =
        SparseCodingConfig { side: 5, bases: 30, epochs: 3, batches: 4, batch: 37, ..SparseCodingConfig::default() };
    let fit = || config.fit(&pictures, Stream::new(5)).unwrap();
    let expected = fit();
    if simd::detect() == Path::Portable {
        eprintln!("SKIPPED paths: large products have the same bits only on CPUs with fused multiplication");
        return;
    }
    for path in [Path::Avx2, Path::Avx512] {
        simd::limit(path);
        assert_eq!(fit(), expected, "{path:?}");
    }
    #[cfg(feature = "parallel")]
    for threads in [1, 2, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(fit), expected, "{threads} threads");
    }
    let part = SparseCodingConfig { epochs: 1, ..config };
    let mut training = config.training(&pictures, Stream::new(5)).unwrap();
    training.next().unwrap().unwrap();
    let one = training.into_model();
    let mut rest = config.resume(&pictures, Stream::new(5), one, None, 1).unwrap();
    assert!(rest.by_ref().all(|epoch| epoch.is_ok()));
    assert_eq!(rest.into_model(), expected);
    // The gain control remembers.
    let gain = Gain::Variance { goal: 0.1, rate: 0.2, exponent: 0.1 };
    let config = SparseCodingConfig { gain, ..config };
    let expected = config.fit(&pictures, Stream::new(5)).unwrap();
    let mut training = config.training(&pictures, Stream::new(5)).unwrap();
    training.next().unwrap().unwrap();
    assert_eq!((training.epoch(), training.len()), (1, 2));
    let variances = training.variances().to_vec();
    let mut rest = config.resume(&pictures, Stream::new(5), training.into_model(), Some(variances), 1).unwrap();
    assert!(rest.by_ref().all(|epoch| epoch.is_ok()));
    assert_eq!(rest.into_model(), expected);
    assert_eq!(part.fit(&pictures, Stream::new(5)).unwrap().parameter_count(), 750);
}
