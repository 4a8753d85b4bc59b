//! The files of the ESOM tools and of somoclu: `.lrn` (samples), `.wts` (codebook), `.bm` (best matches), `.umx` (U-matrix).
//!
//! Headers begin with `%`, comments with `#`. Sizes are `rows columns`; units run row by row. Lattices are rectangular; whether
//! they are planar or a torus is not in the files.

use crate::text::{Lines, number, quoted, size};
use crate::{Distance, Som, SomError, Winner};
use nn_core::{Boundary, Lattice, Matrix, Real, Topology, samples_from_rows};
use std::io::{BufRead, Write};

/// A `.lrn` file: samples with keys and names.
#[derive(Debug, Clone, PartialEq)]
pub struct LrnFile<T: Real> {
    /// D × n: the columns of type 1.
    pub samples: Matrix<T>,
    /// The key of every sample: the column of type 9, or 1, 2, 3, ... without one.
    pub keys: Vec<u64>,
    /// The name of every feature.
    pub names: Vec<String>,
}

/// The next line that is no comment, as an owned text with its number.
fn content<R: BufRead>(lines: &mut Lines<R>, expected: &str) -> Result<(usize, String), SomError> {
    loop {
        let line = lines.required(expected)?;
        if !line.starts_with('#') {
            let line = line.to_owned();
            return Ok((lines.number(), line));
        }
    }
}

/// A header line, without its `%`.
fn header<R: BufRead>(lines: &mut Lines<R>, expected: &str) -> Result<(usize, String), SomError> {
    let (number, line) = content(lines, expected)?;
    match line.strip_prefix('%') {
        Some(rest) => Ok((number, rest.trim().to_owned())),
        None => Err(SomError::Format { line: number, expected: format!("% and {expected}"), found: quoted(&line) }),
    }
}

/// `% rows columns`
fn sizes<R: BufRead>(lines: &mut Lines<R>) -> Result<(usize, usize), SomError> {
    let (line, text) = header(lines, "rows and columns")?;
    let mut fields = text.split_whitespace();
    Ok((size(line, "a number of rows", fields.next())?, size(line, "a number of columns", fields.next())?))
}

/// Nothing but comments is left.
fn end<R: BufRead>(lines: &mut Lines<R>, after: &str) -> Result<(), SomError> {
    while let Some(line) = lines.next_line()? {
        if !line.starts_with('#') {
            let found = quoted(line);
            return Err(lines.error(format!("the end of the file after {after}"), found));
        }
    }
    Ok(())
}

impl<T: Real> LrnFile<T> {
    /// Reads `% n`, `% m`, the types of the m columns (9 key, 1 feature, others are ignored), their names, then n lines.
    ///
    /// # Errors
    /// [`SomError::Format`] and [`SomError::Read`] with the line.
    ///
    /// ```
    /// let text = "% 2\n% 3\n% 9 1 1\n% Key x y\n1 0.5 2\n7 1.5 NaN\n";
    /// let file = som::LrnFile::<f32>::read(text.as_bytes())?;
    /// assert_eq!((file.samples.shape(), file.keys), ((2, 2), vec![1, 7]));
    /// # Ok::<(), som::SomError>(())
    /// ```
    pub fn read(reader: impl BufRead) -> Result<Self, SomError> {
        let mut lines = Lines::new(reader);
        let (line, text) = header(&mut lines, "a number of samples")?;
        let n = size(line, "a number of samples", Some(&text))?;
        let (line, text) = header(&mut lines, "a number of columns")?;
        let columns = size(line, "a number of columns", Some(&text))?;
        let (line, text) = header(&mut lines, "the types of the columns")?;
        let types: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        let count = |line, what: &str, found: usize| match found == columns {
            true => Ok(()),
            false => Err(SomError::Format { line, expected: format!("{columns} {what}"), found: found.to_string() }),
        };
        count(line, "types", types.len())?;
        let features = types.iter().filter(|kind| *kind == "1").count();
        if features == 0 {
            let (expected, found) = ("at least one column of type 1".into(), quoted(&text));
            return Err(SomError::Format { line, expected, found });
        }
        let (line, text) = header(&mut lines, "the names of the columns")?;
        let names: Vec<&str> = text.split_whitespace().collect();
        count(line, "names", names.len())?;
        let pick = names.iter().zip(&types).filter(|(_, kind)| *kind == "1");
        let names = pick.map(|(name, _)| (*name).to_owned()).collect();
        let (mut values, mut keys) = (Vec::new(), Vec::new());
        for sample in 0..n {
            let (line, text) = content(&mut lines, &format!("{n} samples"))?;
            let fields: Vec<&str> = text.split_whitespace().collect();
            count(line, "values", fields.len())?;
            let mut key = sample as u64 + 1;
            for (field, kind) in fields.into_iter().zip(&types) {
                match kind.as_str() {
                    "1" if field.eq_ignore_ascii_case("nan") => values.push(T::from_f64(f64::NAN)),
                    "1" => values.push(number(line, "a feature", Some(field))?),
                    "9" => key = size(line, "a key", Some(field))? as u64,
                    _ => {}
                }
            }
            keys.push(key);
        }
        end(&mut lines, &format!("{n} samples"))?;
        Ok(Self { samples: samples_from_rows(features, values)?, keys, names })
    }

    /// Writes keys and features; reading gives the same bits.
    ///
    /// # Errors
    /// [`SomError::NoFeatures`], [`SomError::SampleCount`] for another number of keys than samples, [`SomError::Features`] for
    /// another number of names than features, [`SomError::Unsupported`] for infinite values or keys of 0, [`SomError::Io`].
    pub fn write(&self, mut writer: impl Write) -> Result<(), SomError> {
        let (features, samples) = self.samples.shape();
        if features == 0 {
            return Err(SomError::NoFeatures);
        }
        if samples == 0 {
            return Err(SomError::NoSamples);
        }
        if self.keys.len() != samples {
            return Err(SomError::SampleCount { what: "keys", samples, found: self.keys.len() });
        }
        if self.names.len() != features {
            return Err(SomError::Features { expected: self.names.len(), found: features });
        }
        if self.samples.iter().any(|value| value.to_f64().is_infinite()) || self.keys.contains(&0) {
            return Err(SomError::Unsupported("a .lrn file holds no infinite value and no key 0"));
        }
        if self.names.iter().any(|name| name.is_empty() || name.contains(char::is_whitespace)) {
            return Err(SomError::Unsupported("a feature's name must not be empty or contain white space"));
        }
        writeln!(writer, "% {samples}\n% {}\n% 9{}", features + 1, " 1".repeat(features))?;
        writeln!(writer, "% Key {}", self.names.join(" "))?;
        for (row, key) in self.samples.column_iter().zip(&self.keys) {
            write!(writer, "{key}")?;
            for value in row.iter() {
                write!(writer, " {value}")?;
            }
            writeln!(writer)?;
        }
        Ok(())
    }
}

/// Reads a `.wts` file: `% rows columns`, `% dimension`, then one unit a line. The boundary is not in the file.
///
/// # Errors
/// [`SomError::Format`] and [`SomError::Read`] with the line, and everything of [`Som::new`].
///
/// ```
/// use nn_core::{Boundary, Lattice, Matrix, Topology};
/// use som::{Distance, Som, read_wts, write_wts};
///
/// let lattice = Lattice::new(2, 3, Topology::Rectangular, Boundary::Torus)?;
/// let map = Som::new(lattice, Matrix::from_fn(2, 6, |k, i| (k + i) as f64 / 3.0), Distance::Euclidean)?;
/// let mut file = Vec::new();
/// write_wts(&map, &mut file)?;
/// assert_eq!(read_wts::<f64>(file.as_slice(), Boundary::Torus)?, map);
/// # Ok::<(), som::SomError>(())
/// ```
pub fn read_wts<T: Real>(reader: impl BufRead, boundary: Boundary) -> Result<Som<T>, SomError> {
    let mut lines = Lines::new(reader);
    let (rows, columns) = sizes(&mut lines)?;
    let (line, text) = header(&mut lines, "a dimension")?;
    let features = size(line, "a dimension", Some(&text))?;
    let lattice = Lattice::new(rows, columns, Topology::Rectangular, boundary)?;
    let values = table(&mut lines, lattice.units(), features, "units")?;
    Som::new(lattice, samples_from_rows(features, values)?, Distance::Euclidean)
}

/// So many lines of so many numbers, then the end.
fn table<T: Real, R: BufRead>(
    lines: &mut Lines<R>,
    rows: usize,
    columns: usize,
    what: &str,
) -> Result<Vec<T>, SomError> {
    let mut values = Vec::new();
    for _ in 0..rows {
        let (line, text) = content(lines, &format!("{rows} {what}"))?;
        let before = values.len();
        for field in text.split_whitespace() {
            values.push(number(line, "a value", Some(field))?);
        }
        let found = values.len() - before;
        if found != columns {
            return Err(SomError::Format { line, expected: format!("{columns} values"), found: found.to_string() });
        }
    }
    end(lines, &format!("{rows} {what}"))?;
    Ok(values)
}

/// Writes a `.wts` file; reading gives the same bits.
///
/// # Errors
/// [`SomError::Unsupported`] for a hexagonal lattice, [`SomError::Io`].
pub fn write_wts<T: Real>(map: &Som<T>, mut writer: impl Write) -> Result<(), SomError> {
    rectangular(map.lattice())?;
    writeln!(writer, "% {} {}\n% {}", map.lattice().rows(), map.lattice().columns(), map.features())?;
    write_table(&mut writer, map.codebook())
}

/// One line a column of the matrix.
fn write_table<T: Real>(writer: &mut impl Write, table: &Matrix<T>) -> Result<(), SomError> {
    for row in table.column_iter() {
        for (feature, value) in row.iter().enumerate() {
            write!(writer, "{}{value}", if feature == 0 { "" } else { " " })?;
        }
        writeln!(writer)?;
    }
    Ok(())
}

fn rectangular(lattice: &Lattice) -> Result<(), SomError> {
    if lattice.topology() == Topology::Rectangular {
        return Ok(());
    }
    Err(SomError::Unsupported("the files of ESOM describe rectangular lattices only"))
}

/// Reads a `.bm` file: `% rows columns`, `% n` (left out by some writers), then `key row column` a line. Gives keys and units.
///
/// # Errors
/// [`SomError::Format`] and [`SomError::Read`] with the line.
pub fn read_bm(reader: impl BufRead, lattice: &Lattice) -> Result<Vec<(u64, usize)>, SomError> {
    let mut lines = Lines::new(reader);
    let (rows, columns) = sizes(&mut lines)?;
    if (rows, columns) != (lattice.rows(), lattice.columns()) {
        let expected = format!("{} rows and {} columns", lattice.rows(), lattice.columns());
        return Err(lines.error(expected, format!("{rows} and {columns}")));
    }
    let (mut matches, mut promised) = (Vec::new(), None);
    while let Some(text) = lines.next_line()? {
        let text = text.to_owned();
        let line = lines.number();
        let error = |expected: &str, found: &str| {
            Err(SomError::Format { line, expected: expected.into(), found: quoted(found) })
        };
        if text.starts_with('#') {
            continue;
        }
        if let Some(count) = text.strip_prefix('%') {
            if promised.is_some() || !matches.is_empty() {
                return error("a best match", &text);
            }
            promised = Some(size(line, "a number of best matches", Some(count.trim()))?);
            continue;
        }
        let numbers: Result<Vec<u64>, _> = text.split_whitespace().map(str::parse).collect();
        match numbers.as_deref() {
            Ok(&[key, row, column]) if row < rows as u64 && column < columns as u64 => {
                matches.push((key, row as usize * columns + column as usize));
            }
            Ok([_, _, _]) => return error("a row and a column of the lattice", &text),
            _ => return error("a key, a row and a column", &text),
        }
    }
    if let Some(expected) = promised.filter(|&count| count != matches.len()) {
        return Err(lines.error(format!("{expected} best matches"), format!("{}", matches.len())));
    }
    Ok(matches)
}

/// Writes a `.bm` file: `% rows columns`, `% n`, then `key row column` for every sample's winner.
///
/// # Errors
/// [`SomError::SampleCount`] for another number of keys, [`SomError::Unsupported`] for a hexagonal lattice or a winner of
/// another lattice, [`SomError::Io`].
pub fn write_bm<T: Real>(
    winners: &[Winner<T>],
    keys: &[u64],
    lattice: &Lattice,
    mut writer: impl Write,
) -> Result<(), SomError> {
    rectangular(lattice)?;
    if keys.len() != winners.len() {
        return Err(SomError::SampleCount { what: "keys", samples: winners.len(), found: keys.len() });
    }
    if winners.iter().any(|winner| winner.unit >= lattice.units()) {
        return Err(SomError::Unsupported("a winner is not on this lattice"));
    }
    let columns = lattice.columns();
    writeln!(writer, "% {} {columns}", lattice.rows())?;
    if !winners.is_empty() {
        writeln!(writer, "% {}", winners.len())?;
    }
    for (winner, key) in winners.iter().zip(keys) {
        writeln!(writer, "{key} {} {}", winner.unit / columns, winner.unit % columns)?;
    }
    Ok(())
}

/// Reads a `.umx` file: `% rows columns`, then one row of the U-matrix a line.
///
/// # Errors
/// [`SomError::Format`] and [`SomError::Read`] with the line.
pub fn read_umx(reader: impl BufRead) -> Result<Matrix<f64>, SomError> {
    let mut lines = Lines::new(reader);
    let (rows, columns) = sizes(&mut lines)?;
    let values = table(&mut lines, rows, columns, "rows")?;
    Ok(samples_from_rows(columns, values)?.transpose())
}

/// Writes a `.umx` file; reading gives the same bits.
///
/// # Errors
/// [`SomError::Unsupported`] for an empty matrix or values that are not finite, [`SomError::Io`].
pub fn write_umx(u_matrix: &Matrix<f64>, mut writer: impl Write) -> Result<(), SomError> {
    if u_matrix.is_empty() || u_matrix.iter().any(|value| !value.is_finite()) {
        return Err(SomError::Unsupported("a .umx file needs at least one value, and finite ones"));
    }
    writeln!(writer, "% {} {}", u_matrix.nrows(), u_matrix.ncols())?;
    write_table(&mut writer, &u_matrix.transpose())
}
