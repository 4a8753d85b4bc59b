//! Public functions of `cortex` and `cnn` called with nothing, with numbers that are none, and with shapes that do not fit: each
//! answers with an error that names what is wrong; none panics.

use crate::hostile::{INF, NAN, answered, rows, spoiled, stream, zeros};
use cnn::{
    Affine, Augmentation, Cnn, CnnConfig, ConvolutionConfig, DenseConfig, LayerConfig, RandomErasing, fukushima1969,
    neocognitron,
};
use cortex::{
    Bar, BasisShape, CortexError, CorticalDynamics, DifferenceOfGaussians, Dot, EnergyCell, Gabor, Gain, Grating,
    LogPolarMap, Malsburg1973Config, MalsburgCortex, OrientationMap, Penalty, PooledCell, Pooling, ReceptiveField,
    RectifiedCell, RetinotopyConfig, SparseCode, SparseCodingConfig, TuningCurve, VisualField, Whitening, draw_patches,
    excess_kurtosis, firing_cells, firing_rate, malsburg_bars, modulation_ratio, noise, open_probability,
    orientation_difference, principal_components, random_orientation_map, raster, spike_train,
};
use nn_core::{Activation, Batch, GradientDescent, Matrix};

fn field() -> VisualField {
    VisualField::new(9, 0.5).unwrap()
}

fn gabor() -> Gabor {
    Gabor::round(0.3, 0.4, 0.5)
}

#[test]
fn stimuli_fields_and_cells_name_what_does_not_fit() {
    let on = |gabor: Gabor| gabor.on(&field());
    let round = DifferenceOfGaussians::balanced(0.5);
    let cell = || RectifiedCell::new(gabor().on(&field()).unwrap());
    answered(rows! {
        "a field of nothing", "visual field" => VisualField::new(0, 1.0),
        "a field that is too large", "side of the visual field" => VisualField::new(usize::MAX, 1.0),
        "a field without spacing", "spacing of the visual field" => VisualField::new(3, 0.0),
        "a field with spacing NaN", "spacing of the visual field" => VisualField::new(3, NAN),
        "a grating of NaN", "the orientation" => Grating::new(NAN, 1.0).on(&field()),
        "a grating of frequency 0", "the frequency" => Grating::new(0.0, 0.0).on(&field()),
        "a grating of infinite contrast", "the contrast" => Grating { contrast: INF, ..Grating::new(0.0, 1.0) }.on(&field()),
        "a grating of phase NaN", "the phase" => Grating { phase: NAN, ..Grating::new(0.0, 1.0) }.on(&field()),
        "a bar without width", "the width of the bar" => Bar::new(0.0, 0.0, 1.0).on(&field()),
        "a bar of length NaN", "the length of the bar" => Bar::new(0.0, 1.0, NAN).on(&field()),
        "a bar at an infinite place", "the center" => Bar { center: (0.0, INF), ..Bar::new(0.0, 1.0, 1.0) }.on(&field()),
        "a bar of brightness NaN", "the brightness" => Bar { brightness: NAN, ..Bar::new(0.0, 1.0, 1.0) }.on(&field()),
        "a dot without radius", "the radius" => Dot { center: (0.0, 0.0), radius: 0.0, brightness: 1.0 }.on(&field()),
        "noise of NaN", "the standard deviation" => noise(&field(), NAN, &mut stream()),
        "a Gabor function of frequency NaN", "the frequency" => on(Gabor { frequency: NAN, ..gabor() }),
        "a Gabor function turned by NaN", "the orientation" => on(Gabor { orientation: NAN, ..gabor() }),
        "a Gabor function of phase NaN", "the phase" => on(Gabor { phase: INF, ..gabor() }),
        "a Gabor function without width", "width across" => on(Gabor { across: 0.0, ..gabor() }),
        "a Gabor function without length", "length along" => on(Gabor { along: -1.0, ..gabor() }),
        "a Gabor function nowhere", "the center" => on(Gabor { center: (NAN, 0.0), ..gabor() }),
        "a center without width", "width of the center" => DifferenceOfGaussians { center_width: 0.0, ..round }.on(&field()),
        "a surround of NaN", "width of the surround" => DifferenceOfGaussians { surround_width: NAN, ..round }.on(&field()),
        "a receptive field of another size", "the visual field is 9 x 9" => ReceptiveField::new(&field(), zeros(9, 8)),
        "a receptive field of NaN", "is NaN" => ReceptiveField::new(&field(), spoiled(9, 9, NAN)),
        "a Gabor function for a field of another size", "the visual field is 8 x 8" =>
            Gabor::fit(&gabor().on(&field()).unwrap(), &VisualField::new(8, 0.5).unwrap()),
        "an image of another size", "the receptive field is 9 x 9" => cell().response(&zeros(8, 9)),
        "an image of nothing", "the receptive field is 9 x 9" => cell().response(&zeros(0, 0)),
        "an image of NaN", "is NaN" => cell().response(&spoiled(9, 9, NAN)),
        "an image of the infinite", "is -inf" => cell().response(&spoiled(9, 9, -INF)),
        "a cell with threshold NaN", "the threshold" => RectifiedCell { threshold: NAN, ..cell() }.response(&zeros(9, 9)),
        "a cell with exponent 0", "the exponent" => RectifiedCell { exponent: 0.0, ..cell() }.response(&zeros(9, 9)),
        "an energy cell of NaN", "the frequency" => EnergyCell::new(&Gabor { frequency: NAN, ..gabor() }, &field()),
        "a row of no cells", "the list of input cells" => PooledCell::simple(0.0, (0, 1.0), &round, 0.0, &field()),
        "a row with spacing NaN", "the spacing of the LGN cells" => PooledCell::simple(0.0, (3, NAN), &round, 0.0, &field()),
        "a row with threshold NaN", "the threshold" => PooledCell::simple(0.0, (3, 1.0), &round, NAN, &field()),
        "a pool of no cells", "the list of input cells" => PooledCell::complex(&gabor(), (0, 1.0), Pooling::Max, &field()),
        "a pool with spacing NaN", "spacing of the simple cells" =>
            PooledCell::complex(&gabor(), (3, NAN), Pooling::Sum, &field()),
    });
}

#[test]
fn curves_spikes_and_nonlinearities_name_what_does_not_fit() {
    answered(rows! {
        "a curve of nothing", "the tuning curve" => TuningCurve::new(vec![], vec![]),
        "a curve of different lengths", "responses of a tuning curve" => TuningCurve::new(vec![0.0, 1.0], vec![1.0]),
        "a curve at NaN", "angle 1" => TuningCurve::new(vec![0.0, NAN], vec![1.0, 1.0]),
        "a curve of NaN", "response 1" => TuningCurve::new(vec![0.0, 1.0], vec![1.0, NAN]),
        "modulation of nothing", "phases of one cycle" => modulation_ratio(&[]),
        "modulation of the infinite", "response 2" => modulation_ratio(&[1.0, 1.0, INF]),
        "a rate of NaN", "rate 0" => spike_train(&[NAN], 1.0, &mut stream()),
        "a negative rate", "rate 1" => spike_train(&[1.0, -1.0], 1.0, &mut stream()),
        "a rate beyond memory", "number of spikes" => spike_train(&[1e300], 1.0, &mut stream()),
        "a bin of NaN", "the bin" => spike_train(&[1.0], NAN, &mut stream()),
        "no rate", "" => spike_train(&[], 1.0, &mut stream()),
        "trials of NaN", "rate 0" => raster(&[NAN], 1.0, 3, &stream()),
        "no trial", "" => raster(&[1.0], 1.0, 0, &stream()),
        "an input of NaN", "the input" => firing_rate(NAN, 1.0, 0.0),
        "a time constant of 0", "the time constant" => firing_rate(1.0, 0.0, 0.0),
        "a negative refractory period", "the refractory period" => firing_rate(1.0, 1.0, -1.0),
        "a potential of NaN", "the potential" => open_probability(NAN, 0.0, 1.0),
        "a slope of 0", "the slope" => open_probability(0.0, 0.0, 0.0),
        "a population's input of NaN", "the input" => firing_cells(NAN, &[1.0]),
        "a threshold of NaN", "threshold 1" => firing_cells(0.0, &[1.0, NAN]),
        "no cell", "" => firing_cells(0.0, &[]),
        "a measured curve of nothing", "the tuning curve" => TuningCurve::measure(vec![], |_| Ok::<_, CortexError>(1.0)),
        "a measured curve at NaN", "angle 0" => TuningCurve::measure(vec![NAN], |_| Ok::<_, CortexError>(1.0)),
        "a measured curve of NaN", "response 0" => TuningCurve::measure(vec![0.0], |_| Ok::<_, CortexError>(NAN)),
        "a difference of NaN", "" => Ok::<_, String>(orientation_difference(NAN, INF)),
    });
}

#[test]
fn maps_of_the_cortex_name_what_does_not_fit() {
    let (bars, angles) = malsburg_bars();
    let published = Malsburg1973Config::PUBLISHED;
    let small = Malsburg1973Config { cortex_radius: 1, epochs: 1, ..published };
    let with = |dynamics: CorticalDynamics| Malsburg1973Config { dynamics, ..small }.fit(&bars, stream());
    let rest = CorticalDynamics::PUBLISHED;
    let cortex = || -> MalsburgCortex { small.initialize(&stream()).unwrap() };
    let grown = |config: RetinotopyConfig| RetinotopyConfig { side: 4, epochs: 1, pairs: 5, ..config }.fit(stream());
    let default = RetinotopyConfig::default();
    let map = || OrientationMap::new(zeros(6, 6), zeros(6, 6), true).unwrap();
    let none = zeros(19, 0);
    answered(rows! {
        "a cortex that is too large", "the radius of the hexagon" =>
            Malsburg1973Config { cortex_radius: usize::MAX, ..small }.initialize(&stream()),
        "p of NaN", "the excitation p" => with(CorticalDynamics { excitation: NAN, ..rest }),
        "q of NaN", "the inhibition q" => with(CorticalDynamics { inhibition: -1.0, ..rest }),
        "r of NaN", "the recruitment r" => with(CorticalDynamics { recruitment: INF, ..rest }),
        "a threshold of NaN", "the threshold" => with(CorticalDynamics { threshold: NAN, ..rest }),
        "no step", "the number of steps" => with(CorticalDynamics { steps: 0, ..rest }),
        "s of 0", "the afferent strength s" => Malsburg1973Config { afferent: 0.0, ..small }.fit(&bars, stream()),
        "h of NaN", "the learning rate h" => Malsburg1973Config { learning_rate: NAN, ..small }.fit(&bars, stream()),
        "bars on another retina", "rows of the stimuli" => small.fit(&zeros(18, 9), stream()),
        "bars of NaN", "stimulus value" => small.fit(&spoiled(19, 9, NAN), stream()),
        "bars brighter than 1", "stimulus value" => small.fit(&spoiled(19, 9, 1.5), stream()),
        "no bar", "" => small.fit(&none, stream()),
        "another cortex", "cortical cells" => published.resume(&bars, cortex(), 0).map(drop),
        "weights of another size", "rows of the weights" => cortex().with_weights(zeros(18, 7)),
        "weights of NaN", "weight 132" => cortex().with_weights(spoiled(19, 7, NAN)),
        "no weight", "" => cortex().with_weights(zeros(19, 7)).unwrap().tuning(&bars, &angles),
        "a response to NaN", "stimulus value" => cortex().transform(&spoiled(19, 1, NAN)),
        "a response to nothing", "" => cortex().transform(&none),
        "a drive of another size", "rows of the stimuli" => cortex().afferent_drive(&zeros(1, 1)),
        "tuning at other angles", "responses of a tuning curve" => cortex().tuning(&bars, &angles[1..]),
        "tuning to nothing", "the tuning curve" => cortex().tuning(&none, &[]),
        "tuning of other cells", "tuning curves" => cortex().neighbor_difference(&[]),
        "a retina of 1", "the side of the sheets" => RetinotopyConfig { side: 1, ..default }.fit(stream()),
        "a retina that is too large", "the side of the sheets" => RetinotopyConfig { side: usize::MAX, ..default }.fit(stream()),
        "excitation of NaN", "the excitation" => grown(RetinotopyConfig { excitation: NAN, ..default }),
        "excitation without width", "the width of the excitation" => grown(RetinotopyConfig { excitation_width: 0.0, ..default }),
        "inhibition of NaN", "the inhibition" => grown(RetinotopyConfig { inhibition: NAN, ..default }),
        "inhibition without width", "the width of the inhibition" => grown(RetinotopyConfig { inhibition_width: 0.0, ..default }),
        "growth above NaN", "the threshold" => grown(RetinotopyConfig { threshold: NAN, ..default }),
        "growth with h of NaN", "the learning rate" => grown(RetinotopyConfig { learning_rate: NAN, ..default }),
        "a step of 2", "the time step" => grown(RetinotopyConfig { time_step: 2.0, ..default }),
        "growth without steps", "the number of steps" => grown(RetinotopyConfig { steps: 0, ..default }),
        "markers of 0", "the strength of the markers" => grown(RetinotopyConfig { markers: 0.0, ..default }),
        "no pair", "" => RetinotopyConfig { side: 4, epochs: 1, pairs: 0, ..default }.fit(stream()),
        "another projection", "side of the projection" =>
            default.resume(stream(), grown(default).unwrap(), 0).map(drop),
        "a map of one pixel", "the side of an orientation map" => OrientationMap::new(zeros(1, 1), zeros(1, 1), true),
        "a map of nothing", "the side of an orientation map" => OrientationMap::new(zeros(0, 0), zeros(0, 0), true),
        "a map of other columns", "columns of the imaginary part" => OrientationMap::new(zeros(4, 4), zeros(4, 5), true),
        "a map of NaN", "is NaN" => OrientationMap::new(spoiled(4, 4, NAN), zeros(4, 4), true),
        "the spacing of six", "power of two" => map().spacing(),
        "the density of six", "power of two" => map().pinwheel_density(),
        "borders of another size", "rows of the other map" => map().crossing_angles(&zeros(5, 6)),
        "borders of NaN", "is NaN" => map().crossing_angles(&spoiled(6, 6, NAN)),
        "borders of a flat map", "" => map().crossing_angles(&spoiled(6, 6, 1.0)),
        "a place in the other half", "x must be" => LogPolarMap::HUMAN.to_cortex(-1.0, 0.0),
        "a place of NaN", "y must be" => LogPolarMap::HUMAN.to_cortex(0.0, NAN),
        "a place in an infinite cortex", "the place along the axis" => LogPolarMap::HUMAN.to_field(INF, 0.0),
        "magnification without an offset", "the offset a" => LogPolarMap { offset: 0.0, scale: 1.0 }.magnification(1.0, 1.0),
        "pinwheels of a flat map", "" => Ok::<_, String>((map().pinwheels(), map().gradient(), map().histogram())),
        "a random map of nothing", "" => random_orientation_map(0, 4.0, 0.1, &mut stream()),
        "a random map of six", "power of two" => random_orientation_map(6, 4.0, 0.1, &mut stream()),
        "cycles of NaN", "the number of cycles" => random_orientation_map(16, NAN, 0.1, &mut stream()),
        "a bandwidth of 0", "the bandwidth" => random_orientation_map(16, 4.0, 0.0, &mut stream()),
    });
}

#[test]
fn sparse_codes_name_what_does_not_fit() {
    let default =
        SparseCodingConfig { side: 3, bases: 4, batch: 5, batches: 1, epochs: 1, ..SparseCodingConfig::default() };
    let pictures = [Matrix::<f64>::from_fn(8, 8, |row, column| (row * column) as f64 / 64.0)];
    let fit = |config: SparseCodingConfig| config.fit(&pictures, stream());
    let code = || default.initialize::<f64>(&stream()).unwrap();
    let gain = Gain::Variance { goal: 0.1, rate: 0.1, exponent: 0.1 };
    let controlled = SparseCodingConfig { gain, ..default };
    let variance = |goal: f64, rate: f64, exponent: f64| {
        fit(SparseCodingConfig { gain: Gain::Variance { goal, rate, exponent }, ..default })
    };
    let penalty = |weight: f64, scale: f64| {
        fit(SparseCodingConfig { penalty: Penalty { weight, scale, ..Penalty::ABSOLUTE }, ..default })
    };
    let whitened = |whitening: Whitening, picture: Matrix<f64>| whitening.apply::<f64>(&picture);
    let white = Whitening { border: 2, ..Whitening::default() };
    answered(rows! {
        "no pixel", "the side of the patches" => fit(SparseCodingConfig { side: 0, ..default }),
        "patches that are too large", "the side of the patches" => fit(SparseCodingConfig { side: usize::MAX, ..default }),
        "no basis", "the number of bases" => fit(SparseCodingConfig { bases: 0, ..default }),
        "bases beyond memory", "the number of bases" => fit(SparseCodingConfig { bases: usize::MAX, ..default }),
        "no step", "the number of inference steps" => fit(SparseCodingConfig { inference_steps: 0, ..default }),
        "no patch in a batch", "the number of patches in a batch" => fit(SparseCodingConfig { batch: 0, ..default }),
        "patches beyond memory", "patches in a batch" => fit(SparseCodingConfig { batch: usize::MAX, ..default }),
        "no batch", "the number of batches" => fit(SparseCodingConfig { batches: 0, ..default }),
        "a rate of NaN", "the learning rate" => fit(SparseCodingConfig { learning_rate: NAN, ..default }),
        "a late rate of NaN", "the late learning rate" => fit(SparseCodingConfig { late_learning_rate: NAN, ..default }),
        "a penalty of NaN", "the weight of the penalty" => penalty(NAN, 1.0),
        "a penalty without scale", "the scale of the penalty" => penalty(0.1, 0.0),
        "a gain for nothing", "the goal of the gain control" => variance(0.0, 0.1, 0.1),
        "a gain with rate 2", "the rate of the gain control" => variance(0.1, 2.0, 0.1),
        "a gain with exponent NaN", "the exponent of the gain control" => variance(0.1, 0.1, NAN),
        "no picture", "the list of pictures" => default.fit::<f64>(&[], stream()),
        "a picture that is too small", "pixels along a side of a picture" => default.fit(&[zeros(2, 9)], stream()),
        "a picture of NaN", "is NaN" => default.fit(&[spoiled(9, 9, NAN)], stream()),
        "a picture of nothing", "pixels along a side of a picture" => default.fit(&[zeros(0, 0)], stream()),
        "a dark picture", "" => default.fit(&[zeros(9, 9)], stream()),
        "another code", "pixels along a side" =>
            SparseCodingConfig { side: 4, ..default }.resume(&pictures, stream(), code(), None, 0).map(drop),
        "too many running variances", "running variances" => default.resume(&pictures, stream(), code(), Some(vec![1.0; 3]), 0).map(drop),
        "running variances of NaN", "a running variance" => controlled.resume(&pictures, stream(), code(), Some(vec![NAN; 4]), 0).map(drop),
        "negative running variances", "a running variance" => controlled.resume(&pictures, stream(), code(), Some(vec![-1.0; 4]), 0).map(drop),
        "a code without bases", "the matrix of bases" => SparseCode::new(3, zeros(9, 0), Penalty::ABSOLUTE, 5),
        "a code of other pixels", "rows of the bases" => SparseCode::new(3, zeros(8, 4), Penalty::ABSOLUTE, 5),
        "a code of the largest side", "rows of the bases" => SparseCode::new(usize::MAX, zeros(8, 4), Penalty::ABSOLUTE, 5),
        "a code of NaN", "is NaN" => SparseCode::new(3, spoiled(9, 4, NAN), Penalty::ABSOLUTE, 5),
        "a code of zeros", "" => SparseCode::new(3, zeros(9, 4), Penalty::ABSOLUTE, 5).unwrap().transform(&zeros(9, 2)),
        "patches of other pixels", "rows of the patches" => code().transform(&zeros(8, 2)),
        "patches of NaN", "is NaN" => code().transform(&spoiled(9, 2, NAN)),
        "no patch", "" => code().transform(&zeros(9, 0)),
        "energies of NaN", "is NaN" => code().inference_energies(&spoiled(9, 2, NAN)),
        "energies of no patch", "" => code().inference_energies(&zeros(9, 0)),
        "energies of other coefficients", "columns of the coefficients" => code().energies(&zeros(9, 2), &zeros(4, 3)),
        "a patch of other coefficients", "expected" => code().decode(&zeros(5, 1)),
        "filters on other pixels", "rows of the patches" => code().linear_outputs(&zeros(8, 1)),
        "patches of pictures of nothing", "the list of pictures" => draw_patches::<f64>(&[], 3, 1, &mut stream()),
        "patches of nothing", "a patch" => draw_patches(&pictures, 0, 1, &mut stream()),
        "patches larger than pictures", "pixels along a side" => draw_patches(&pictures, 9, 1, &mut stream()),
        "components of nothing", "the list of patches" => principal_components(&zeros(0, 0)),
        "components of NaN", "is NaN" => principal_components(&spoiled(3, 3, NAN)),
        "the kurtosis of nothing", "the list of values" => excess_kurtosis::<f64>(&[]),
        "the kurtosis of NaN", "value 1" => excess_kurtosis(&[0.0, NAN]),
        "whitening with cutoff 0", "the cutoff" => whitened(Whitening { cutoff: 0.0, ..white }, zeros(16, 16)),
        "whitening to variance NaN", "the variance" => whitened(Whitening { variance: NAN, ..white }, zeros(16, 16)),
        "whitening within the border", "the border" => whitened(Whitening { border: 8, ..white }, zeros(16, 16)),
        "whitening within any border", "the border" => whitened(Whitening { border: usize::MAX, ..white }, zeros(16, 16)),
        "whitening of NaN", "is NaN" => whitened(white, spoiled(16, 16, NAN)),
        "whitening of darkness", "the contrast of the picture" => whitened(white, zeros(16, 16)),
        "whitening of twelve", "power of two" => whitened(white, spoiled(12, 12, 1.0)),
        "the shape of nothing", "the number of pixels" => BasisShape::of(&[]),
        "the shape of five pixels", "the number of pixels" => BasisShape::of(&[0.0; 5]),
        "the shape of NaN", "is NaN" => BasisShape::of(&[NAN; 4]),
        "the shape of darkness", "" => BasisShape::of(&[0.0; 4]),
        "the shapes of nothing", "" => BasisShape::of_all(&zeros(4, 0)),
    });
}

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
