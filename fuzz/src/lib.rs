//! What is fuzzed: every reader of a file format takes any bytes without a panic and without more memory than its limit,
//! and what it accepts survives being written and read again.

use energy::Graph;
use io::{
    Array, CsvOptions, Header, LabelColumn, Limits, MissingValues, decompressed, load_parameters, read_csv, read_idx,
    read_npy, read_npz, read_safetensors, write_csv, write_idx, write_npy, write_npz,
};
use nn_core::{Boundary, Lattice, Matrix, Parameters, Real, Tensor, TensorMut, Topology};
use som::{CodFile, DatFile, LrnFile, read_bm, read_umx, read_wts, write_umx, write_wts};
use std::io::{Cursor, Read};

/// Takes any bytes.
pub type Target = fn(&[u8]);

/// Every target by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("csv", csv),
    ("npy", npy),
    ("npz", npz),
    ("idx", idx),
    ("safetensors", safetensors),
    ("gzip", gzip),
    ("cod", cod),
    ("dat", dat),
    ("lrn", lrn),
    ("wts", wts),
    ("bm", bm),
    ("umx", umx),
    ("gset", gset),
    ("zip_train", zip_train),
];

const LIMITS: Limits = Limits { maximum_bytes: 1 << 20 };

/// The same bits, or both not a number.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

fn same_matrix(a: &Matrix<f64>, b: &Matrix<f64>) -> bool {
    a.shape() == b.shape() && a.iter().zip(b.iter()).all(|(&a, &b)| same(a, b))
}

fn same_array(a: &Array<f64>, b: &Array<f64>) -> bool {
    a.shape == b.shape && a.values.len() == b.values.len() && a.values.iter().zip(&b.values).all(|(&a, &b)| same(a, b))
}

/// A table; the first byte chooses the options.
pub fn csv(data: &[u8]) {
    let Some((&choice, text)) = data.split_first() else { return };
    let options = CsvOptions {
        header: if choice & 1 == 0 { Header::Present } else { Header::Absent },
        label: (choice & 2 != 0).then(|| LabelColumn::Index(usize::from(choice >> 4))),
        missing: if choice & 4 == 0 { MissingValues::Error } else { MissingValues::NotANumber },
        limits: LIMITS,
        ..CsvOptions::default()
    };
    let _ = read_csv::<f32>(text, &options);
    let Ok(table) = read_csv::<f64>(text, &options) else { return };
    let mut written = Vec::new();
    write_csv(&mut written, &table).expect("a table that was read can be written");
    if choice & 2 == 0 && table.samples.ncols() > 0 && table.samples.nrows() > 0 {
        let header = if table.features.is_some() { Header::Present } else { Header::Absent };
        let options = CsvOptions { header, missing: MissingValues::NotANumber, ..CsvOptions::default() };
        let read = read_csv::<f64>(&written[..], &options).expect("what was written can be read");
        assert!(same_matrix(&table.samples, &read.samples));
    }
}

/// One array of NumPy.
pub fn npy(data: &[u8]) {
    let _ = read_npy::<f32>(data, &LIMITS);
    let Ok(array) = read_npy::<f64>(data, &LIMITS) else { return };
    let mut written = Vec::new();
    write_npy(&mut written, &array).expect("an array that was read can be written");
    let read = read_npy::<f64>(&written[..], &Limits::default()).expect("what was written can be read");
    assert!(same_array(&array, &read));
    let _ = array.into_samples();
}

/// Several arrays of NumPy.
pub fn npz(data: &[u8]) {
    let Ok(arrays) = read_npz::<f64>(data, &LIMITS) else { return };
    let mut written = Cursor::new(Vec::new());
    if write_npz(&mut written, &arrays).is_ok() {
        let read = read_npz::<f64>(&written.get_ref()[..], &Limits::default()).expect("what was written can be read");
        assert!(arrays.iter().zip(&read).all(|((a, x), (b, y))| a == b && same_array(x, y)));
    }
}

/// Bytes with dimensions.
pub fn idx(data: &[u8]) {
    let Ok(array) = read_idx(data, &LIMITS) else { return };
    let mut written = Vec::new();
    write_idx(&mut written, &array).expect("an array that was read can be written");
    assert_eq!(read_idx(&written[..], &Limits::default()).expect("what was written can be read"), array);
}

/// A model with two tensors.
struct Model<T>(Vec<T>, Vec<T>);

impl<T: Real> Parameters<T> for Model<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let weight = Tensor { name: "weight".into(), shape: vec![2, 3], values: &self.0 };
        vec![weight, Tensor { name: "bias".into(), shape: vec![3], values: &self.1 }]
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let weight = TensorMut { name: "weight".into(), shape: vec![2, 3], values: &mut self.0 };
        vec![weight, TensorMut { name: "bias".into(), shape: vec![3], values: &mut self.1 }]
    }
}

/// Named tensors, into arrays and into a model, which a refused file leaves as it was.
pub fn safetensors(data: &[u8]) {
    let _ = read_safetensors::<f64>(data, &LIMITS);
    let mut model = Model(vec![7.0_f32; 6], vec![7.0; 3]);
    if load_parameters(data, &mut model, &LIMITS).is_err() {
        assert!(model.0.iter().chain(&model.1).all(|&value| value == 7.0));
    }
}

/// What may be compressed.
pub fn gzip(data: &[u8]) {
    let Ok(reader) = decompressed(data, &LIMITS) else { return };
    let mut content = Vec::new();
    let _ = reader.take(2 * LIMITS.maximum_bytes).read_to_end(&mut content);
    assert!(content.len() as u64 <= LIMITS.maximum_bytes);
}

/// A map of SOM_PAK.
pub fn cod(data: &[u8]) {
    let Ok(file) = CodFile::<f64>::read(data) else { return };
    let mut written = Vec::new();
    if file.write(&mut written).is_ok() {
        CodFile::<f64>::read(&written[..]).expect("what was written can be read");
    }
}

/// Samples of SOM_PAK.
pub fn dat(data: &[u8]) {
    let Ok(file) = DatFile::<f64>::read(data) else { return };
    let mut written = Vec::new();
    if file.write(&mut written).is_ok() {
        DatFile::<f64>::read(&written[..]).expect("what was written can be read");
    }
}

/// Samples of Databionic ESOM.
pub fn lrn(data: &[u8]) {
    let Ok(file) = LrnFile::<f64>::read(data) else { return };
    let mut written = Vec::new();
    if file.write(&mut written).is_ok() {
        LrnFile::<f64>::read(&written[..]).expect("what was written can be read");
    }
}

/// Weights of Databionic ESOM; the first byte chooses the boundary.
pub fn wts(data: &[u8]) {
    let Some((&choice, text)) = data.split_first() else { return };
    let boundary = if choice & 1 == 0 { Boundary::Planar } else { Boundary::Torus };
    let Ok(map) = read_wts::<f64>(text, boundary) else { return };
    let mut written = Vec::new();
    if write_wts(&map, &mut written).is_ok() {
        read_wts::<f64>(&written[..], boundary).expect("what was written can be read");
    }
}

/// Best matches of Databionic ESOM.
pub fn bm(data: &[u8]) {
    let lattice = Lattice::new(8, 12, Topology::Rectangular, Boundary::Torus).expect("a lattice");
    if let Ok(matches) = read_bm(data, &lattice) {
        assert!(matches.iter().all(|&(_, unit)| unit < lattice.units()));
    }
}

/// A U-matrix of Databionic ESOM.
pub fn umx(data: &[u8]) {
    let Ok(matrix) = read_umx(data) else { return };
    let mut written = Vec::new();
    if write_umx(&matrix, &mut written).is_ok() {
        read_umx(&written[..]).expect("what was written can be read");
    }
}

/// The digits of the zip codes, in either form of text; the first byte chooses the name.
pub fn zip_train(data: &[u8]) {
    let Some((&choice, text)) = data.split_first() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for name in if choice & 1 == 0 { ["zip.train", "zip.test"] } else { ["usps", "usps.t"] } {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    if let Ok(split) = datasets::DataDirectory::new(folder.path()).usps() {
        assert!(split.train.labels().iter().all(|&label| label < datasets::CLASSES));
    }
}

/// A graph of the G-set.
pub fn gset(data: &[u8]) {
    let Ok(graph) = Graph::read_gset(data) else { return };
    let mut written = format!("{} {}\n", graph.vertices(), graph.edges().len());
    for edge in graph.edges() {
        written.push_str(&format!("{} {} {}\n", edge.a + 1, edge.b + 1, edge.weight));
    }
    let read = Graph::read_gset(written.as_bytes()).expect("what was written can be read");
    assert_eq!(read, graph);
    let part: Vec<bool> = (0..graph.vertices()).map(|vertex| vertex % 2 == 0).collect();
    let _ = graph.cut(&part).expect("a division of all vertices has a cut");
}
