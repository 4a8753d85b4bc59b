//! Calls of `cortex`.

use super::{INF, NAN, answered, rows, spoiled, stream, zeros};
use cortex::{
    Bar, BasisShape, CortexError, CorticalDynamics, DifferenceOfGaussians, Dot, EnergyCell, Gabor, Gain, Grating,
    LogPolarMap, Malsburg1973Config, MalsburgCortex, OrientationMap, Penalty, PooledCell, Pooling, ReceptiveField,
    RectifiedCell, RetinotopyConfig, SparseCode, SparseCodingConfig, TuningCurve, VisualField, Whitening, draw_patches,
    excess_kurtosis, firing_cells, firing_rate, malsburg_bars, modulation_ratio, noise, open_probability,
    orientation_difference, principal_components, random_orientation_map, raster, spike_train,
};
use nn_core::Matrix;

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
