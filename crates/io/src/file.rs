//! Files: opened with gzip recognised by its magic bytes, and written so that an interruption destroys nothing.

use crate::{IoError, Limits};
use flate2::bufread::MultiGzDecoder;
use std::{
    fs::{self, File, Permissions, TryLockError},
    io::{self, BufReader, BufWriter, Cursor, Read, Write},
    path::Path,
};
use tempfile::NamedTempFile;

/// The first two bytes of every gzip file.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The content of a file, decompressed if it begins with gzip's magic bytes 1f 8b, whatever its name.
///
/// # Errors
/// [`IoError::InFile`] when the file cannot be opened or read. Reading on fails as [`decompressed`] says.
pub fn open(path: impl AsRef<Path>, limits: &Limits) -> Result<Box<dyn Read + Send>, IoError> {
    let path = path.as_ref();
    let reader = File::open(path).map_err(IoError::from).and_then(|file| decompressed(file, limits));
    Ok(Box::new(reader.map_err(|error| error.in_file(path))?))
}

/// Opens a file as [`open`] does and reads it; every error names the file.
///
/// ```no_run
/// use io::{CsvOptions, Limits, read_csv, read_file};
///
/// let table = read_file("iris.csv.gz", &Limits::default(), |reader| read_csv::<f64>(reader, &CsvOptions::default()))?;
/// # Ok::<(), io::IoError>(())
/// ```
///
/// # Errors
/// Those of `read`, each inside an [`IoError::InFile`].
pub fn read_file<V>(
    path: impl AsRef<Path>,
    limits: &Limits,
    read: impl FnOnce(&mut dyn Read) -> Result<V, IoError>,
) -> Result<V, IoError> {
    let path = path.as_ref();
    let mut reader = open(path, limits)?;
    read(&mut reader).map_err(|error| error.in_file(path))
}

/// The content of a reader, decompressed if it begins with gzip's magic bytes 1f 8b.
///
/// Reading the result fails with [`IoError::TooLarge`] where the content exceeds the limit, and with
/// [`IoError::Corrupt`] where the compressed data are damaged or end early; both travel inside an [`io::Error`] and
/// come out again when that is converted to an [`IoError`].
///
/// # Errors
/// When the beginning cannot be read.
pub fn decompressed<R: Read>(reader: R, limits: &Limits) -> Result<impl Read + use<R>, IoError> {
    let mut reader = BufReader::new(reader);
    // More than the magic, so that no reader above meets a first piece of two bytes: csv looks for a byte order mark in it.
    let mut head = Vec::new();
    (&mut reader).take(512).read_to_end(&mut head)?;
    let compressed = head.starts_with(&GZIP_MAGIC);
    let whole = Cursor::new(head).chain(reader);
    let content = if compressed { Content::Gzip(Box::new(MultiGzDecoder::new(whole))) } else { Content::Plain(whole) };
    Ok(limits.guard("the content", content))
}

type Whole<R> = io::Chain<Cursor<Vec<u8>>, BufReader<R>>;

enum Content<R> {
    Plain(Whole<R>),
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
}

impl<R: Read> Read for Content<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Content::Plain(reader) => reader.read(buffer),
            Content::Gzip(reader) => reader.read(buffer).map_err(|error| match error.kind() {
                // What flate2 says of damaged data; an error of the reader below keeps its own kind.
                io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                    io::Error::other(IoError::Corrupt { format: "gzip", source: Box::new(error) })
                }
                _ => error,
            }),
        }
    }
}

/// Writes a file as a whole or not at all: under a temporary name in the same folder, flushed and synchronized with the
/// disk, then renamed. When anything fails the previous file is untouched and the temporary one is removed.
///
/// A symbolic link is followed, and the permissions of a file that is replaced are kept. A process that is killed while it
/// writes leaves its temporary file, `.nn-io-*.partial`; the next call for the same folder removes it.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("numbers.txt");
/// use std::io::Write;
///
/// io::write_atomic(&path, |writer| Ok(writer.write_all(b"1 2 3")?))?;
/// assert_eq!(std::fs::read(&path)?, b"1 2 3");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of `write` and of the operating system, each inside an [`IoError::InFile`].
pub fn write_atomic<V>(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<V, IoError>,
) -> Result<V, IoError> {
    let path = path.as_ref();
    write_and_rename(path, write).map_err(|error| error.in_file(path))
}

fn write_and_rename<V>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<V, IoError>,
) -> Result<V, IoError> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = new_temporary(folder)?;
    let mut writer = BufWriter::new(temporary.as_file_mut());
    let value = write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    if let Ok(previous) = fs::metadata(&target) {
        temporary.as_file().set_permissions(previous.permissions())?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(&target).map_err(|error| error.error)?;
    Ok(value)
}

/// What the names of temporary files begin and end with.
const TEMPORARY: (&str, &str) = (".nn-io-", ".partial");

/// A temporary file that is locked for as long as it is written, so that nobody takes it for a leftover.
fn new_temporary(folder: &Path) -> io::Result<NamedTempFile> {
    remove_leftovers(folder);
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    // Without this the file would be readable by its owner alone, as temporary files are.
    let permissions = new_file_permissions();
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    loop {
        let temporary = builder.tempfile_in(folder)?;
        let locked = temporary.as_file().try_lock();
        // Before it was locked another process may have taken it for a leftover. Where locks are unknown nobody can.
        if !matches!(locked, Err(TryLockError::WouldBlock)) && temporary.path().exists() {
            return Ok(temporary);
        }
    }
}

/// Removes the temporary files that nobody holds a lock on: those of killed processes. What cannot be removed stays.
fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1));
        if !(ours && entry.file_type().is_ok_and(|kind| kind.is_file())) {
            continue;
        }
        let Ok(file) = File::open(entry.path()) else { continue };
        if file.try_lock().is_ok() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Read and write for everybody, less what the process's mask forbids: what any newly created file has.
#[cfg(unix)]
fn new_file_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}
