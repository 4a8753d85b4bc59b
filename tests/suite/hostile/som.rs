//! Calls of `som`.

use super::{INF, NAN, refused, rows, spoiled, stream, survived, zeros};
use nn_core::{Boundary, Lattice, Matrix, Topology};
use som::{
    Adjacency, CodFile, DatFile, Data, Distance, LrnFile, Neighborhood, Schedule, Som, SomConfig, SparseSamples, Winner,
};

fn map() -> Som<f64> {
    let lattice = Lattice::new(2, 3, Topology::Rectangular, Boundary::Planar).unwrap();
    Som::new(lattice, Matrix::from_fn(2, 6, |i, j| (i * 6 + j) as f64), Distance::Euclidean).unwrap()
}

fn one_unit() -> Som<f64> {
    let lattice = Lattice::new(1, 1, Topology::Rectangular, Boundary::Planar).unwrap();
    Som::new(lattice, zeros(2, 1), Distance::Euclidean).unwrap()
}

fn one_unit_labels() -> som::UnitLabels {
    one_unit().label_units(&zeros(2, 3), &[0; 3], 2).unwrap()
}

#[test]
fn maps_refuse_what_does_not_fit() {
    let lattice = || Lattice::new(2, 3, Topology::Rectangular, Boundary::Planar).unwrap();
    let fit = |config: SomConfig, samples: Matrix<f64>| config.fit(&samples, stream());
    let config = || SomConfig { epochs: 2, ..SomConfig::new(lattice()) };
    let none = zeros(2, 0);
    let nan = spoiled(2, 3, NAN);
    let infinite = spoiled(2, 3, INF);
    let other = zeros(3, 3);
    refused(rows! {
        "no sample" => fit(config(), zeros(2, 0)),
        "no feature" => fit(config(), zeros(0, 3)),
        "NaN" => fit(config(), spoiled(2, 3, NAN)),
        "infinite" => fit(config(), spoiled(2, 3, INF)),
        "a radius of NaN" => fit(SomConfig { radius: Schedule::Constant(NAN), ..config() }, zeros(2, 3)),
        "a negative radius" => fit(SomConfig { radius: Schedule::Constant(-1.0), ..config() }, zeros(2, 3)),
        "no sample to size a map for" => SomConfig::for_samples(0),
        "a codebook of another number" => Som::new(lattice(), zeros(2, 5), Distance::Euclidean),
        "a codebook without features" => Som::new(lattice(), zeros(0, 6), Distance::Euclidean),
        "a codebook of NaN" => Som::new(lattice(), spoiled(2, 6, NAN), Distance::Euclidean),
        "a winner of another size" => map().best_matching_unit(&[1.0]),
        "a winner for NaN" => map().best_matching_unit(&[NAN, 1.0]),
        "a step to another size" => map().adapt(&[1.0], Neighborhood::Gaussian, 1.0, 0.1),
        "a step with a radius of NaN" => map().adapt(&[1.0, 1.0], Neighborhood::Gaussian, NAN, 0.1),
        "winners of NaN" => map().winners(&nan),
        "winners of another size" => map().winners(&other),
        "prediction of the infinite" => map().predict(&infinite),
        "quantization error of nothing" => map().quantization_error(&none),
        "quantization error of another size" => map().quantization_error(&other),
        "topographic error of NaN" => map().topographic_error(&nan, Adjacency::Edges),
        "distances of another size" => map().distances(&other),
        "a plane that is not there" => map().component_plane(2),
        "hits of another size" => map().hits(&other),
        "no cluster" => map().clusters(0),
        "more clusters than units" => map().clusters(7),
        "rows that are uneven" => Data::from_rows(2, &[1.0, 2.0, 3.0]),
        "rows without features" => Data::from_rows(0, &[1.0]),
        "sparse samples that do not fit" => SparseSamples::new(2, vec![0, 5], vec![0], vec![1.0]),
        "sparse samples with a feature too many" => SparseSamples::new(2, vec![0, 1], vec![2], vec![1.0]),
        ".cod of nothing" => CodFile::<f64>::read(&b""[..]),
        ".dat of nothing" => DatFile::<f64>::read(&b""[..]),
        ".lrn of nothing" => LrnFile::<f64>::read(&b""[..]),
        ".umx of nothing" => som::read_umx(&b""[..]),
        ".wts of nothing" => som::read_wts::<f64>(&b""[..], Boundary::Planar),
        ".bm of nothing" => som::read_bm(&b""[..], &lattice()),
        ".bm of other keys" => som::write_bm(&[Winner { unit: 0, distance: 0.0 }], &[], &lattice(), Vec::new()),
        ".bm beyond the lattice" => som::write_bm(&[Winner { unit: 9, distance: 0.0 }], &[1], &lattice(), Vec::new()),
        "labels of another number" => map().label_units(&zeros(2, 3), &[0], 1),
        "a label beyond the last class" => map().label_units(&zeros(2, 1), &[1], 1),
        "labels of NaN" => map().label_units(&nan, &[0; 3], 1),
        "labels of another map" => map().predict_labels(&one_unit_labels(), &zeros(2, 1)),
        "proportions of another map" => map().predict_proportions(&one_unit_labels(), &zeros(2, 1)),
        "a label map of another map" => map().label_map(&one_unit_labels()),
        "quantization of another size" => map().quantize(&other),
        "quality of NaN" => map().quality(&nan, Adjacency::Edges),
        "quality of nothing" => map().quality(&none, Adjacency::EdgesAndCorners),
        "distortion of NaN" => map().distortion(&nan, Neighborhood::Gaussian, 1.0),
        "distortion with a radius of NaN" => map().distortion(&zeros(2, 3), Neighborhood::Gaussian, NAN),
        "distortion of nothing" => map().distortion(&none, Neighborhood::Gaussian, 1.0),
        "preservation of NaN" => map().neighborhood_preservation(&nan, 1),
        "a map for no data" => SomConfig::for_data(&none),
        "a map for NaN" => SomConfig::for_data(&nan),
        "activation by NaN" => map().activation_response(&[NAN, 0.0]),
        "activation by another size" => map().activation_response(&[0.0]),
        "weights of other samples" => map().quantization_error(Data::from(&zeros(2, 3)).weighted(&[1.0])),
        "weights of NaN" => map().quantization_error(Data::from(&zeros(2, 3)).weighted(&[NAN; 3])),
        "nothing known" => map().winners(Data::from(&Matrix::from_element(2, 1, NAN)).with_missing()),
    });
    survived(rows! {
        "winners of nothing" => map().winners(&none),
        "one sample" => fit(config(), zeros(2, 1)),
        "constant samples" => fit(config(), zeros(2, 50)),
        "more units than samples" => fit(config(), Matrix::from_fn(2, 3, |i, j| (i + j) as f64)),
        "no epoch" => fit(SomConfig { epochs: 0, ..config() }, zeros(2, 3)),
        "trustworthiness of few" => map().trustworthiness(&other, 5),
        "preservation of no neighbor" => map().neighborhood_preservation(&zeros(2, 3), 0),
        "preservation of all neighbors" => map().neighborhood_preservation(&zeros(2, 3), usize::MAX),
        "trustworthiness of all neighbors" => map().trustworthiness(&zeros(2, 3), usize::MAX),
        "the views of one unit" => Ok::<_, String>((one_unit().u_matrix(Adjacency::Edges), one_unit().topographic_product(), one_unit().codebook_distances())),
        "the majority beyond the last unit" => Ok::<_, String>(one_unit_labels().majority(usize::MAX)),
        "schedules of nothing" => Ok::<_, String>([Schedule::Linear { from: NAN, to: 1.0 }, Schedule::Exponential { from: 0.0, to: 0.0 }, Schedule::Inverse { from: 0.0, to: 0.0 }, Schedule::Asymptotic { from: INF }, Schedule::function(|_| NAN)].map(|schedule| [schedule.value(0, 0), schedule.value(usize::MAX, 1), schedule.value(1, usize::MAX)])),
        "neighborhoods of nothing" => Ok::<_, String>([Neighborhood::Gaussian, Neighborhood::Bubble, Neighborhood::MexicanHat, Neighborhood::Triangle, Neighborhood::Epanechnikov].map(|neighborhood| [neighborhood.weight(NAN, 1.0), neighborhood.weight(0.0, 0.0), neighborhood.weight(INF, INF)])),
        "distances of other lengths" => Ok::<_, String>([Distance::Euclidean, Distance::Cosine, Distance::Manhattan, Distance::Chebyshev].map(|distance| [distance.between(&[1.0], &[]), distance.between(&[0.0], &[NAN]), distance.between::<f64>(&[], &[])])),
    });
}
