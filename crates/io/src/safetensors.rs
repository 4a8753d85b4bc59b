//! safetensors: the parameters of a model, readable by PyTorch and NumPy.

use crate::{
    Array, IoError, Limits,
    array::{check_shape, little_endian},
    limits::{expect_end, read_exactly},
    read_file, write_atomic,
};
use ::safetensors::{
    Dtype,
    tensor::{Metadata, TensorInfo},
};
use nn_core::{Parameters, Real};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    path::Path,
};

/// The longest header accepted, as in the safetensors library.
const MAXIMUM_HEADER: u64 = 100_000_000;

/// The key of the header that holds the metadata; no tensor may have this name.
const METADATA: &str = "__metadata__";

/// Writes the parameters of a model, and texts about it (its configuration, the seed, the data it learned).
///
/// The element type is that of the model, F32 or F64. The same model and metadata give the same bytes.
///
/// # Errors
/// [`IoError::Unexpected`] when two tensors have one name or a tensor's shape is not that of its values,
/// [`IoError::System`] from the writer.
pub fn save_parameters<T: Real>(
    mut writer: impl Write,
    parameters: &impl Parameters<T>,
    metadata: &BTreeMap<String, String>,
) -> Result<(), IoError> {
    let tensors = parameters.tensors();
    let mut names = BTreeSet::from([METADATA]);
    let mut infos = Vec::with_capacity(tensors.len());
    let mut offset = 0;
    for tensor in &tensors {
        check_shape(&format!("tensor {}", tensor.name), &tensor.shape, tensor.values.len())?;
        if !names.insert(&tensor.name) {
            return Err(IoError::unexpected("names of the tensors", "each once", format!("{} again", tensor.name)));
        }
        let end = offset + tensor.values.len() * T::BYTES;
        let info = TensorInfo { dtype: element_type::<T>(), shape: tensor.shape.clone(), data_offsets: (offset, end) };
        infos.push((tensor.name.clone(), info));
        offset = end;
    }
    let header = Metadata::new(None, infos).map_err(corrupt)?;
    let mut header = serde_json::to_value(&header).map_err(corrupt)?;
    // The library keeps metadata in an order that changes from run to run; a map of sorted keys does not.
    if let (Value::Object(entries), false) = (&mut header, metadata.is_empty()) {
        entries.insert(METADATA.to_owned(), metadata.iter().map(|(key, text)| (key.clone(), text.as_str())).collect());
    }
    let mut header = header.to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    writer.write_all(&(header.len() as u64).to_le_bytes())?;
    writer.write_all(&header)?;
    for tensor in tensors {
        writer.write_all(&little_endian(tensor.values))?;
    }
    Ok(writer.flush()?)
}

/// Replaces the parameters of a model by those of a file and returns the file's metadata.
///
/// The file must hold exactly the model's tensors with the model's shapes. F32 becomes f64 exactly; F64 is an error for
/// a model of f32, because rounding would make another model. When anything fails the model is unchanged.
///
/// # Errors
/// [`IoError::MissingTensor`], [`IoError::UnknownTensor`], [`IoError::TensorShape`], [`IoError::Unexpected`] for the
/// element type, each naming the tensor; [`IoError::Corrupt`] for a broken header; [`IoError::TooLarge`],
/// [`IoError::Truncated`], [`IoError::Trailing`].
pub fn load_parameters<T: Real>(
    reader: impl Read,
    parameters: &mut impl Parameters<T>,
    limits: &Limits,
) -> Result<BTreeMap<String, String>, IoError> {
    let Content { header, data } = Content::read(reader, limits)?;
    let found: BTreeMap<String, &TensorInfo> = header.tensors().into_iter().collect();
    let mut loaded = BTreeMap::new();
    let tensors = parameters.tensors();
    for tensor in &tensors {
        let name = tensor.name.clone();
        let Some(info) = found.get(&name) else {
            return Err(IoError::MissingTensor { name, found: found.into_keys().collect() });
        };
        if info.shape != tensor.shape {
            return Err(IoError::TensorShape { name, expected: tensor.shape.clone(), found: info.shape.clone() });
        }
        loaded.insert(name.clone(), values::<T>(&name, info, &data)?);
    }
    if let Some(name) = found.keys().find(|&name| !loaded.contains_key(name)) {
        let expected = tensors.into_iter().map(|tensor| tensor.name).collect();
        return Err(IoError::UnknownTensor { name: name.clone(), expected });
    }
    for tensor in parameters.tensors_mut() {
        for (value, &loaded) in tensor.values.iter_mut().zip(loaded.get(&tensor.name).into_iter().flatten()) {
            *value = loaded;
        }
    }
    Ok(header.metadata().clone().unwrap_or_default().into_iter().collect())
}

/// [`save_parameters`] into a file, which is replaced as a whole or not at all: see [`write_atomic`].
///
/// # Errors
/// Those of [`save_parameters`] and [`write_atomic`], naming the file.
pub fn save_parameters_file<T: Real>(
    path: impl AsRef<Path>,
    parameters: &impl Parameters<T>,
    metadata: &BTreeMap<String, String>,
) -> Result<(), IoError> {
    write_atomic(path, |writer| save_parameters(writer, parameters, metadata))
}

/// [`load_parameters`] from a file (gzip is recognised, as by [`open`](crate::open)).
///
/// # Errors
/// Those of [`load_parameters`], naming the file.
pub fn load_parameters_file<T: Real>(
    path: impl AsRef<Path>,
    parameters: &mut impl Parameters<T>,
    limits: &Limits,
) -> Result<BTreeMap<String, String>, IoError> {
    read_file(path, limits, |reader| load_parameters(reader, parameters, limits))
}

/// Reads all tensors of a file, whatever model they belong to.
///
/// # Errors
/// As [`load_parameters`], except that any name and shape will do.
pub fn read_safetensors<T: Real>(reader: impl Read, limits: &Limits) -> Result<BTreeMap<String, Array<T>>, IoError> {
    let Content { header, data } = Content::read(reader, limits)?;
    let read = |(name, info): (String, &TensorInfo)| {
        let values = values(&name, info, &data)?;
        Ok((name, Array { shape: info.shape.clone(), values }))
    };
    header.tensors().into_iter().map(read).collect()
}

/// A file whose header is consistent and covers its data exactly.
struct Content {
    header: Metadata,
    data: Vec<u8>,
}

impl Content {
    fn read(mut reader: impl Read, limits: &Limits) -> Result<Self, IoError> {
        let length = read_exactly(&mut reader, 8, "safetensors: length of the header")?;
        let length = length.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        let limit = limits.maximum_bytes.min(MAXIMUM_HEADER);
        if length > limit {
            return Err(IoError::TooLarge { what: format!("safetensors: header of {length} bytes"), limit });
        }
        let header = read_exactly(&mut reader, length, "safetensors: header")?;
        // This also checks that shapes, element types and offsets fit together, without overflow.
        let header: Metadata = serde_json::from_slice(&header).map_err(corrupt)?;
        let size = limits.size("safetensors: data", &[header.data_len() as u64], 1)?;
        let data = read_exactly(&mut reader, size, "safetensors: data")?;
        expect_end(&mut reader, "safetensors", 8 + length + size)?;
        Ok(Self { header, data })
    }
}

/// The values of one tensor.
fn values<T: Real>(name: &str, info: &TensorInfo, data: &[u8]) -> Result<Vec<T>, IoError> {
    let (begin, end) = info.data_offsets;
    let bytes = data.get(begin..end).unwrap_or_default();
    match info.dtype {
        Dtype::F32 => {
            let (values, _) = bytes.as_chunks();
            Ok(values.iter().map(|&value| T::from_f64(f32::from_le_bytes(value).into())).collect())
        }
        Dtype::F64 if T::BYTES == 8 => {
            let (values, _) = bytes.as_chunks();
            Ok(values.iter().map(|&value| T::from_f64(f64::from_le_bytes(value))).collect())
        }
        found => {
            let expected = if T::BYTES == 8 { "F32 or F64" } else { "F32" };
            Err(IoError::unexpected(format!("tensor {name}: element type"), expected, format!("{found:?}")))
        }
    }
}

fn element_type<T: Real>() -> Dtype {
    if T::BYTES == 4 { Dtype::F32 } else { Dtype::F64 }
}

fn corrupt(error: impl std::error::Error + Send + Sync + 'static) -> IoError {
    IoError::Corrupt { format: "safetensors", source: Box::new(error) }
}
