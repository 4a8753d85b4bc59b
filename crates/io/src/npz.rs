//! npz: named NumPy arrays in a zip archive.

use crate::{
    Array, IoError, Limits,
    npy::{read_array, write_npy},
};
use nn_core::Real;
use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Seek, Write},
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// Reads all arrays of an archive written by `numpy.savez` or `numpy.savez_compressed`.
///
/// Elements are converted as by [`read_npy`](crate::read_npy). The limit holds for the archive, and again for all its
/// arrays together.
///
/// # Errors
/// [`IoError::Corrupt`] when it is no zip archive, otherwise those of [`read_npy`](crate::read_npy), naming the array.
pub fn read_npz<T: Real>(reader: impl Read, limits: &Limits) -> Result<BTreeMap<String, Array<T>>, IoError> {
    let mut bytes = Vec::new();
    limits.guard("npz", reader).read_to_end(&mut bytes)?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(from_zip)?;
    let mut arrays = BTreeMap::new();
    let mut remaining = *limits;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(from_zip)?;
        let file = entry.name().map_err(from_zip)?.into_owned();
        let name = npyz::npz::array_name_from_file_name(&file)
            .ok_or_else(|| IoError::unexpected("npz: file in the archive", "a name that ends in .npy", &file))?
            .to_owned();
        let array: Array<T> = read_array(&mut entry, &remaining, &format!("npz: {name}"))?;
        remaining.maximum_bytes -= (array.values.len() * T::BYTES) as u64;
        if arrays.insert(name.clone(), array).is_some() {
            return Err(IoError::unexpected("npz", "names that occur once", format!("{name} twice")));
        }
    }
    Ok(arrays)
}

/// Writes arrays as `numpy.savez` does: not compressed, in the order of their names, the same bytes every time.
///
/// # Errors
/// [`IoError::Unexpected`] when the number of values is not the product of the shape, [`IoError::System`] from the writer.
pub fn write_npz<T: Real>(writer: impl Write + Seek, arrays: &BTreeMap<String, Array<T>>) -> Result<(), IoError> {
    let mut archive = ZipWriter::new(writer).set_auto_large_file();
    for (name, array) in arrays {
        array.check(&format!("npz: {name}"))?;
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(npyz::npz::file_name_from_array_name(name), options).map_err(from_zip)?;
        write_npy(&mut archive, array)?;
    }
    Ok(archive.finish().map_err(from_zip)?.flush()?)
}

fn from_zip(error: ZipError) -> IoError {
    match error {
        ZipError::Io(error) => error.into(),
        error => IoError::Corrupt { format: "npz", source: Box::new(error) },
    }
}
