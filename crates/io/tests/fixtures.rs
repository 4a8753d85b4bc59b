//! Files written by NumPy and by Python's safetensors, read here; and files written here, read by them when they are
//! installed. The fixtures' origin is in `fixtures/README.md`.

use io::{Array, IoError, Limits, load_parameters_file, read_file, read_npy, read_npz, read_safetensors};
use nn_core::{Parameters, Real, Tensor, TensorMut};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn npy<T: Real>(name: &str) -> Result<Array<T>, IoError> {
    read_file(fixture(name), &Limits::default(), |reader| read_npy(reader, &Limits::default()))
}

fn npy_error<T: Real>(name: &str) -> String {
    match npy::<T>(name).unwrap_err() {
        IoError::InFile { error, .. } => error.to_string(),
        error => panic!("{error} does not name the file"),
    }
}

fn counting<T: Real>() -> Array<T> {
    Array { shape: vec![2, 3, 4], values: (0..24).map(|value| T::from_f64(f64::from(value))).collect() }
}

#[test]
fn floats_of_numpy_are_read_exactly() {
    let array = npy::<f64>("f8.npy").unwrap();
    assert_eq!(array.shape, [3, 2]);
    assert_eq!(array.values, [1.5, -2.0, 0.1, 3e300, 5e-324, -0.0]);
    assert!(array.values[5].is_sign_negative());
    let samples = array.into_samples().unwrap();
    assert_eq!(samples.column(1).as_slice(), [0.1, 3e300]);
}

#[test]
fn any_byte_order_index_order_and_version_is_read() {
    for name in ["f4_fortran.npy", "f8_big_endian.npy", "version_3.npy"] {
        assert_eq!(npy::<f64>(name).unwrap(), counting(), "{name}");
        assert_eq!(npy::<f32>(name).unwrap(), counting(), "{name}");
    }
}

#[test]
fn integers_and_booleans_are_read_when_they_are_exact() {
    let power = 9_007_199_254_740_992.0;
    assert_eq!(npy::<f64>("i8.npy").unwrap().values, [0.0, -1.0, power, -power]);
    assert_eq!(npy::<f32>("u1.npy").unwrap(), Array { shape: vec![1, 2], values: vec![0.0, 255.0] });
    assert_eq!(npy::<f32>("bool.npy").unwrap(), Array { shape: vec![3], values: vec![1.0, 0.0, 1.0] });
    let expected = "npy: value 1: expected a number that f64 can hold, found 9007199254740993";
    assert_eq!(npy_error::<f64>("i8_inexact.npy"), expected);
    let error = npy_error::<f32>("f8.npy");
    assert!(error.starts_with("npy: value 3: expected a number that f32 can hold, found 3000"), "{error}");
}

#[test]
fn a_single_number_and_an_empty_array_are_arrays() {
    assert_eq!(npy::<f64>("scalar.npy").unwrap(), Array { shape: vec![], values: vec![3.25] });
    let empty = npy::<f64>("empty.npy").unwrap();
    assert_eq!(empty, Array { shape: vec![0, 3], values: vec![] });
    assert_eq!(empty.into_samples().unwrap().shape(), (3, 0));
}

#[test]
fn other_element_types_are_named() {
    let expected = "npy: element type: expected f4, f8, a signed or unsigned integer, or a boolean, found";
    assert_eq!(npy_error::<f64>("text.npy"), format!("{expected} '<U9'"));
    assert_eq!(npy_error::<f64>("object.npy"), format!("{expected} '|O'"));
    let expected = "npy: header: expected an array of numbers (2 opening brackets), found more of them";
    assert_eq!(npy_error::<f64>("structured.npy"), expected);
}

#[test]
fn archives_of_numpy_are_read() {
    for name in ["stored.npz", "compressed.npz"] {
        let arrays: BTreeMap<String, Array<f32>> =
            read_file(fixture(name), &Limits::default(), |reader| read_npz(reader, &Limits::default())).unwrap();
        let samples = (0..12).map(|value| value as f32 / 8.0).collect();
        let expected = [
            ("labels".to_owned(), Array { shape: vec![3], values: vec![2.0, 0.0, 1.0] }),
            ("samples".to_owned(), Array { shape: vec![3, 4], values: samples }),
        ];
        assert_eq!(arrays, BTreeMap::from(expected), "{name}");
    }
}

/// A model of two tensors, as a layer has them.
struct Layer<T> {
    weight: Vec<T>,
    bias: Vec<T>,
}

impl<T: Real> Layer<T> {
    fn zero() -> Self {
        Self { weight: vec![T::ZERO; 6], bias: vec![T::ZERO; 2] }
    }
}

impl<T: Real> Parameters<T> for Layer<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        vec![
            Tensor { name: "layers.0.weight".to_owned(), shape: vec![2, 3], values: &self.weight },
            Tensor { name: "layers.0.bias".to_owned(), shape: vec![2], values: &self.bias },
        ]
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        vec![
            TensorMut { name: "layers.0.weight".to_owned(), shape: vec![2, 3], values: &mut self.weight },
            TensorMut { name: "layers.0.bias".to_owned(), shape: vec![2], values: &mut self.bias },
        ]
    }
}

#[test]
fn parameters_written_by_python_are_loaded() {
    let mut layer = Layer::<f32>::zero();
    let metadata = load_parameters_file(fixture("f4.safetensors"), &mut layer, &Limits::default()).unwrap();
    assert_eq!(layer.weight, [1.5, -2.0, 0.1, 3e38, 1e-45, -0.0]);
    assert_eq!(layer.bias, [0.25, -0.75]);
    assert_eq!(metadata["seed"], "1986");
    assert_eq!(metadata["note"], "zwei Zeilen\n\"quoted\" 日本");

    let mut layer = Layer::<f64>::zero();
    load_parameters_file(fixture("f4.safetensors"), &mut layer, &Limits::default()).unwrap();
    assert_eq!(layer.weight[2], f64::from(0.1_f32));
}

#[test]
fn double_precision_does_not_become_single_precision() {
    let mut layer = Layer::<f64>::zero();
    load_parameters_file(fixture("mixed.safetensors"), &mut layer, &Limits::default()).unwrap();
    assert_eq!(layer.weight[0], 0.5);

    let mut layer = Layer::<f32>::zero();
    let error = load_parameters_file(fixture("mixed.safetensors"), &mut layer, &Limits::default()).unwrap_err();
    let expected = "mixed.safetensors: tensor layers.0.bias: element type: expected F32, found F64";
    assert!(error.to_string().ends_with(expected), "{error}");
    assert_eq!(layer.weight, [0.0; 6], "a failed load changed the model");

    let read = |reader: &mut dyn std::io::Read| read_safetensors::<f64>(reader, &Limits::default());
    let tensors = read_file(fixture("mixed.safetensors"), &Limits::default(), read).unwrap();
    assert_eq!(tensors["layers.0.bias"], Array { shape: vec![2], values: vec![0.25, -0.75] });
}

/// Runs a Python script in a folder, or says why not.
fn python(folder: &Path, needs: &str, script: &str) {
    let import = format!("import {}", needs.replace(" and ", ", "));
    let importable = Command::new("python3").args(["-c", &import]).output().is_ok_and(|output| output.status.success());
    if !importable {
        println!("SKIPPED a live exchange with Python: needs python3 with {needs}");
        return;
    }
    let output = Command::new("python3").args(["-c", script]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn numpy_reads_what_is_written_here_and_writes_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let array = counting::<f64>();
    let arrays = BTreeMap::from([("a".to_owned(), counting::<f32>()), ("名".to_owned(), counting())]);
    io::write_atomic(path("array.npy"), |writer| io::write_npy(writer, &array)).unwrap();
    io::write_atomic(path("arrays.npz"), |writer| io::write_npz(writer, &arrays)).unwrap();
    let script = "
import numpy as np
array = np.load('array.npy')
assert array.dtype == '<f8' and (array == np.arange(24).reshape(2, 3, 4)).all(), array
np.save('array.npy', array)
arrays = dict(np.load('arrays.npz'))
assert sorted(arrays) == ['a', '名'] and (arrays['名'] == array).all() and arrays['a'].dtype == '<f4', arrays
np.savez_compressed('arrays.npz', **arrays)
";
    python(folder.path(), "numpy", script);
    let limits = Limits::default();
    assert_eq!(read_file(path("array.npy"), &limits, |reader| read_npy(reader, &limits)).unwrap(), array);
    assert_eq!(read_file(path("arrays.npz"), &limits, |reader| read_npz(reader, &limits)).unwrap(), arrays);
}

#[test]
fn python_loads_the_parameters_written_here() {
    let folder = tempfile::tempdir().unwrap();
    let layer = Layer { weight: vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6], bias: vec![-1.0, 5e-324] };
    let metadata =
        BTreeMap::from([("seed".to_owned(), "1986".to_owned()), ("note".to_owned(), "\"日本\"\n".to_owned())]);
    io::save_parameters_file(folder.path().join("layer.safetensors"), &layer, &metadata).unwrap();
    let script = "
import numpy as np
from safetensors import safe_open
with safe_open('layer.safetensors', 'np') as file:
    assert file.metadata() == {'seed': '1986', 'note': '\"日本\"\\n'}, file.metadata()
    assert sorted(file.keys()) == ['layers.0.bias', 'layers.0.weight']
    weight = file.get_tensor('layers.0.weight')
    assert weight.dtype == 'f8' and weight.tolist() == [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], weight
    assert file.get_tensor('layers.0.bias').tolist() == [-1.0, 5e-324]
";
    python(folder.path(), "numpy and safetensors", script);
}
