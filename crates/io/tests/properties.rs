//! Properties of every format: what is written is read back, and no file, however broken or hostile, makes a reader panic.

use io::{
    Array, CsvOptions, Idx, IoError, LabelColumn, Labels, Limits, MissingValues, Table, decompressed, load_parameters,
    read_csv, read_idx, read_npy, read_npz, read_safetensors, save_parameters, write_csv, write_idx, write_npy,
    write_npz,
};
use nn_core::{Matrix, Parameters, Real, Tensor, TensorMut};
use proptest::{collection::vec, prelude::*, test_runner::FileFailurePersistence};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
};

const LIMITS: Limits = Limits { maximum_bytes: 1 << 20 };

/// A failing case is kept beside this file and tried first from then on.
fn cases(cases: u32) -> ProptestConfig {
    let failure_persistence = Some(Box::new(FileFailurePersistence::WithSource("regressions")) as _);
    ProptestConfig { cases, failure_persistence, ..ProptestConfig::default() }
}

/// A model whose tensors are chosen freely.
#[derive(Debug, Clone, PartialEq)]
struct Model<T>(BTreeMap<String, Array<T>>);

impl<T: Real> Parameters<T> for Model<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let tensor = |(name, array): (&String, &'_ Array<T>)| (name.clone(), array.shape.clone());
        let values = self.0.values().map(|array| array.values.as_slice());
        let named = self.0.iter().map(tensor);
        named.zip(values).map(|((name, shape), values)| Tensor { name, shape, values }).collect()
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let tensor = |(name, array): (&String, &'_ mut Array<T>)| (name.clone(), array.shape.clone());
        let named: Vec<_> = self.0.iter_mut().map(tensor).collect();
        let values = self.0.values_mut().map(|array| array.values.as_mut_slice());
        named.into_iter().zip(values).map(|((name, shape), values)| TensorMut { name, shape, values }).collect()
    }
}

/// Any number but NaN, which equals nothing.
fn number() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("NaN equals nothing", |value| !value.is_nan())
}

fn array() -> impl Strategy<Value = Array<f64>> {
    vec(0_usize..5, 0..4).prop_flat_map(|shape| {
        let length = shape.iter().product::<usize>();
        (Just(shape), vec(number(), length)).prop_map(|(shape, values)| Array { shape, values })
    })
}

fn arrays() -> impl Strategy<Value = BTreeMap<String, Array<f64>>> {
    proptest::collection::btree_map("[a-z0-9./é]{1,8}", array(), 0..4)
}

fn idx() -> impl Strategy<Value = Idx> {
    vec(0_usize..6, 1..=4).prop_flat_map(|dimensions| {
        let length = dimensions.iter().product::<usize>();
        (Just(dimensions), vec(any::<u8>(), length)).prop_map(|(dimensions, values)| Idx { dimensions, values })
    })
}

/// A table with names and labels; texts may hold everything that must be quoted.
fn table() -> impl Strategy<Value = Table<f64>> {
    (1_usize..4, 1_usize..6).prop_flat_map(|(features, samples)| {
        let names = vec("[a-z ,;\"\n\u{e9}]{0,6}x", features + 1);
        (names, vec(number(), features * samples), vec(0_usize..3, samples)).prop_map(move |(names, values, kinds)| {
            let names: Vec<String> = names.into_iter().map(|name| name.trim().to_owned()).collect();
            // Only classes that occur come back.
            let mut present = kinds.clone();
            present.sort_unstable();
            present.dedup();
            let classes =
                present.iter().map(|&kind| ["\"first\"", "second,\n", "third"][kind].trim().to_owned()).collect();
            let indices = kinds.iter().map(|kind| present.binary_search(kind).unwrap()).collect();
            Table {
                features: Some(names[1..].to_vec()),
                samples: Matrix::from_column_slice(features, samples, &values),
                labels: Some(Labels { name: Some(names[0].clone()), classes, indices }),
            }
        })
    })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn npy_bytes(array: &Array<f64>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_npy(&mut bytes, array).unwrap();
    bytes
}

fn npz_bytes(arrays: &BTreeMap<String, Array<f64>>) -> Vec<u8> {
    let mut cursor = Cursor::new(Vec::new());
    write_npz(&mut cursor, arrays).unwrap();
    cursor.into_inner()
}

fn idx_bytes(idx: &Idx) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_idx(&mut bytes, idx).unwrap();
    bytes
}

fn safetensors_bytes(model: &Model<f64>, metadata: &BTreeMap<String, String>) -> Vec<u8> {
    let mut bytes = Vec::new();
    save_parameters(&mut bytes, model, metadata).unwrap();
    bytes
}

/// Every reader of the crate on the same bytes. Results do not matter here: none may panic, hang or take much memory.
fn read_as_everything(bytes: &[u8]) {
    let _ = read_idx(bytes, &LIMITS);
    let _ = read_npy::<f64>(bytes, &LIMITS);
    let _ = read_npy::<f32>(bytes, &LIMITS);
    let _ = read_npz::<f64>(bytes, &LIMITS);
    let _ = read_safetensors::<f64>(bytes, &LIMITS);
    let options = CsvOptions { limits: LIMITS, missing: MissingValues::NotANumber, ..CsvOptions::default() };
    let _ = read_csv::<f64>(bytes, &options);
    let _ = read_csv::<f32>(bytes, &CsvOptions { label: Some(LabelColumn::Last), ..options });
    let _ = decompressed(bytes, &LIMITS).map(|mut reader| reader.read_to_end(&mut Vec::new()));
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn idx_is_read_back_raw_and_compressed(idx in idx()) {
        let bytes = idx_bytes(&idx);
        prop_assert_eq!(&read_idx(&bytes[..], &LIMITS).unwrap(), &idx);
        prop_assert_eq!(&read_idx(&gzip(&bytes)[..], &LIMITS).unwrap(), &idx);
    }

    #[test]
    fn npy_is_read_back_raw_and_compressed(array in array()) {
        let bytes = npy_bytes(&array);
        prop_assert_eq!(&read_npy(&bytes[..], &LIMITS).unwrap(), &array);
        prop_assert_eq!(&read_npy(&gzip(&bytes)[..], &LIMITS).unwrap(), &array);
    }

    #[test]
    fn npz_is_read_back(arrays in arrays()) {
        prop_assert_eq!(read_npz(&npz_bytes(&arrays)[..], &LIMITS).unwrap(), arrays);
    }

    #[test]
    fn csv_is_read_back_raw_and_compressed(table in table()) {
        let mut bytes = Vec::new();
        write_csv(&mut bytes, &table).unwrap();
        let options =
            CsvOptions { label: Some(LabelColumn::Last), header: io::Header::Present, ..CsvOptions::default() };
        prop_assert_eq!(&read_csv(&bytes[..], &options).unwrap(), &table);
        prop_assert_eq!(&read_csv(&gzip(&bytes)[..], &options).unwrap(), &table);
    }

    #[test]
    fn parameters_are_read_back_with_their_metadata(
        arrays in arrays(),
        metadata in proptest::collection::btree_map(".{0,6}", ".{0,12}", 0..4),
    ) {
        let model = Model(arrays);
        let bytes = safetensors_bytes(&model, &metadata);
        prop_assert_eq!(&bytes, &safetensors_bytes(&model, &metadata), "two saves differ");
        prop_assert_eq!(&read_safetensors(&bytes[..], &LIMITS).unwrap(), &model.0);
        let mut loaded = model.clone();
        loaded.0.values_mut().for_each(|array| array.values.fill(0.5));
        prop_assert_eq!(load_parameters(&bytes[..], &mut loaded, &LIMITS).unwrap(), metadata);
        prop_assert_eq!(loaded, model);
    }

    #[test]
    fn a_failed_load_changes_nothing(arrays in arrays(), cut in any::<prop::sample::Index>()) {
        let mut model = Model(arrays);
        let bytes = safetensors_bytes(&model, &BTreeMap::new());
        model.0.values_mut().for_each(|array| array.values.fill(0.5));
        let before = model.clone();
        let truncated = &bytes[..cut.index(bytes.len())];
        prop_assert!(load_parameters(truncated, &mut model, &LIMITS).is_err());
        prop_assert_eq!(&model, &before);
        // One tensor more than the file holds.
        model.0.insert("~".to_owned(), Array { shape: vec![1], values: vec![0.5] });
        let before = model.clone();
        prop_assert!(load_parameters(&bytes[..], &mut model, &LIMITS).is_err());
        prop_assert_eq!(model, before);
    }

    #[test]
    fn a_truncated_file_is_an_error(idx in idx(), array in array(), cut in any::<prop::sample::Index>()) {
        let bytes = idx_bytes(&idx);
        prop_assert!(read_idx(&bytes[..cut.index(bytes.len())], &LIMITS).is_err());
        let compressed = gzip(&bytes);
        prop_assert!(read_idx(&compressed[..cut.index(compressed.len())], &LIMITS).is_err());
        let bytes = npy_bytes(&array);
        prop_assert!(read_npy::<f64>(&bytes[..cut.index(bytes.len())], &LIMITS).is_err());
        let bytes = npz_bytes(&BTreeMap::from([("a".to_owned(), array)]));
        prop_assert!(read_npz::<f64>(&bytes[..cut.index(bytes.len())], &LIMITS).is_err());
    }

    #[test]
    fn a_longer_file_is_an_error(idx in idx(), array in array(), more in vec(any::<u8>(), 1..9)) {
        let trailing = |error: IoError| matches!(error, IoError::Trailing { .. });
        prop_assert!(trailing(read_idx(&[idx_bytes(&idx), more.clone()].concat()[..], &LIMITS).unwrap_err()));
        prop_assert!(trailing(read_npy::<f64>(&[npy_bytes(&array), more.clone()].concat()[..], &LIMITS).unwrap_err()));
        let model = Model(BTreeMap::from([("a".to_owned(), array)]));
        let bytes = [safetensors_bytes(&model, &BTreeMap::new()), more].concat();
        prop_assert!(trailing(read_safetensors::<f64>(&bytes[..], &LIMITS).unwrap_err()));
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..200), start in 0_usize..7) {
        let starts = [&b""[..], b"\0\0\x08\x02", b"\x93NUMPY\x01\0\x20\0", b"PK\x03\x04", b"\x1f\x8b\x08\0", b"\x40\0\0\0\0\0\0\0{", b"1,2\n"];
        read_as_everything(&[starts[start], &bytes].concat());
    }

    #[test]
    fn a_changed_or_truncated_file_never_panics(
        idx in idx(),
        array in array(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let arrays = BTreeMap::from([("a".to_owned(), array.clone()), ("b".to_owned(), array.clone())]);
        let npz = npz_bytes(&arrays);
        let safetensors = safetensors_bytes(&Model(arrays), &BTreeMap::from([("k".to_owned(), "v".to_owned())]));
        let compressed = gzip(&npy_bytes(&array));
        for mut bytes in [idx_bytes(&idx), npy_bytes(&array), npz, safetensors, compressed] {
            for (place, byte) in &changes {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
            read_as_everything(&bytes);
        }
    }

    #[test]
    fn any_npy_header_is_read_or_refused(header in "[{}\\[\\](), :'0-9a-f_x<|.TrueFalsNon+-]{0,60}|\\{'descr': ?'[<>|=]?[a-zA-Z][0-9]{0,20}', 'fortran_order': (True|False), 'shape': \\(([0-9]{0,22},){0,4}[0-9]?\\), ?\\}") {
        let mut bytes = b"\x93NUMPY\x01\0".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        let _ = read_npy::<f32>(&bytes[..], &LIMITS);
    }

    #[test]
    fn any_safetensors_header_is_read_or_refused(
        tensors in vec(("[F][36][24]|U8|BOOL|F4", vec(prop_oneof![0..9_u64, any::<u64>()], 0..3), any::<[u64; 2]>()), 0..4),
        small in any::<bool>(),
    ) {
        let entry = |(index, (kind, shape, [begin, end])): (usize, &(String, Vec<u64>, [u64; 2]))| {
            let (begin, end) = if small { (begin % 9, end % 9) } else { (*begin, *end) };
            format!("\"{index}\":{{\"dtype\":\"{kind}\",\"shape\":{shape:?},\"data_offsets\":[{begin},{end}]}}")
        };
        let header = format!("{{{}}}", tensors.iter().enumerate().map(entry).collect::<Vec<_>>().join(","));
        let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &[0; 9]].concat();
        let _ = read_safetensors::<f64>(&bytes[..], &LIMITS);
    }
}
