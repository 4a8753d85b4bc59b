//! The files of SOM_PAK: `.cod` (a map) and `.dat` (samples).
//!
//! A `.cod` begins with `dimension topology columns rows neighborhood`, topology `rect` or `hexa`, neighborhood `bubble` or
//! `gaussian`; then one unit a line, row by row, its labels after its values. A `.dat` begins with the dimension. `#` begins a
//! comment, `x` is a missing value. Odd rows of a hexagonal lattice are shifted right, as ours.

use crate::text::{Lines, number, quoted, size};
use crate::{Distance, Neighborhood, Som, SomError};
use nn_core::{Boundary, Lattice, Matrix, Real, Topology, samples_from_rows};
use std::io::{BufRead, Write};

/// A map as SOM_PAK stores it.
#[derive(Debug, Clone, PartialEq)]
pub struct CodFile<T: Real> {
    /// The map; a plane with Euclidean distance, because the format knows no other.
    pub map: Som<T>,
    /// [`Neighborhood::Bubble`] or [`Neighborhood::KohonenGaussian`]; no other can be written.
    pub neighborhood: Neighborhood,
    /// Labels of every unit, without white space.
    pub labels: Vec<Vec<String>>,
}

/// Samples as SOM_PAK stores them.
#[derive(Debug, Clone, PartialEq)]
pub struct DatFile<T: Real> {
    /// D × n; NaN where a value is missing.
    pub samples: Matrix<T>,
    /// Labels of every sample, without white space.
    pub labels: Vec<Vec<String>>,
}

/// One line of values, then labels.
fn row<T: Real>(
    line: usize,
    text: &str,
    features: usize,
    missing: bool,
    values: &mut Vec<T>,
) -> Result<Vec<String>, SomError> {
    let mut fields = text.split_whitespace();
    for feature in 0..features {
        let field = fields.next();
        let value = match field {
            Some("x") if missing => T::from_f64(f64::NAN),
            _ => number(line, &format!("feature {feature} of {features}"), field)?,
        };
        values.push(value);
    }
    Ok(fields.take_while(|label| !label.starts_with('#')).map(str::to_owned).collect())
}

/// The next line that is no comment.
fn content<R: BufRead>(lines: &mut Lines<R>) -> Result<Option<(usize, String)>, SomError> {
    while let Some(line) = lines.next_line()? {
        if !line.starts_with('#') {
            let line = line.to_owned();
            return Ok(Some((lines.number(), line)));
        }
    }
    Ok(None)
}

impl<T: Real> CodFile<T> {
    /// Reads a `.cod` file.
    ///
    /// # Errors
    /// [`SomError::Format`] and [`SomError::Read`] with the line, and everything of [`Som::new`].
    ///
    /// ```
    /// let text = "2 hexa 2 1 bubble\n0.5 1\n-2 3e1 cat\n";
    /// let file = som::CodFile::<f64>::read(text.as_bytes())?;
    /// assert_eq!(file.map.codebook().as_slice(), [0.5, 1.0, -2.0, 30.0]);
    /// assert_eq!(file.labels[1], ["cat"]);
    /// # Ok::<(), som::SomError>(())
    /// ```
    pub fn read(reader: impl BufRead) -> Result<Self, SomError> {
        const HEADER: &str = "dimension, topology, columns, rows, neighborhood";
        let mut lines = Lines::new(reader);
        let Some((line, header)) = content(&mut lines)? else {
            return Err(lines.error(HEADER, "the end of the file"));
        };
        let mut fields = header.split_whitespace();
        let features = size(line, "a dimension", fields.next())?;
        let error = |expected: &str, found: Option<&str>| {
            let found = found.map_or_else(|| "nothing".into(), quoted);
            Err(SomError::Format { line, expected: expected.into(), found })
        };
        let topology = match fields.next() {
            Some("rect") => Topology::Rectangular,
            Some("hexa") => Topology::Hexagonal,
            other => return error("the topology rect or hexa", other),
        };
        let columns = size(line, "a number of columns", fields.next())?;
        let rows = size(line, "a number of rows", fields.next())?;
        let neighborhood = match fields.next() {
            Some("bubble") => Neighborhood::Bubble,
            Some("gaussian") => Neighborhood::KohonenGaussian,
            other => return error("the neighborhood bubble or gaussian", other),
        };
        let lattice = Lattice::new(rows, columns, topology, Boundary::Planar)?;
        let (mut values, mut labels) = (Vec::new(), Vec::new());
        while let Some((line, text)) = content(&mut lines)? {
            if labels.len() == lattice.units() {
                let expected = format!("the end of the file after {} units", lattice.units());
                return Err(SomError::Format { line, expected, found: quoted(&text) });
            }
            labels.push(row(line, &text, features, false, &mut values)?);
        }
        if labels.len() < lattice.units() {
            let expected = format!("{} units", lattice.units());
            return Err(lines.error(expected, format!("the end of the file after {}", labels.len())));
        }
        let map = Som::new(lattice, samples_from_rows(features, values)?, Distance::Euclidean)?;
        Ok(Self { map, neighborhood, labels })
    }

    /// Writes a `.cod` file; values are written so that reading gives the same bits.
    ///
    /// # Errors
    /// [`SomError::Unsupported`] for a cylinder or torus, another neighborhood than the format has, labels with white space, or
    /// another number of them than units (none at all will do); [`SomError::Io`].
    pub fn write(&self, mut writer: impl Write) -> Result<(), SomError> {
        let lattice = self.map.lattice();
        if lattice.boundary() != Boundary::Planar {
            return Err(SomError::Unsupported("a .cod file describes planar maps only"));
        }
        let topology = match lattice.topology() {
            Topology::Rectangular => "rect",
            Topology::Hexagonal => "hexa",
            _ => return Err(SomError::Unsupported("a .cod file knows rectangular and hexagonal lattices only")),
        };
        let neighborhood = match self.neighborhood {
            Neighborhood::Bubble => "bubble",
            Neighborhood::KohonenGaussian => "gaussian",
            _ => {
                return Err(SomError::Unsupported(
                    "a .cod file knows the neighborhoods Bubble and KohonenGaussian only",
                ));
            }
        };
        let (features, columns, rows) = (self.map.features(), lattice.columns(), lattice.rows());
        writeln!(writer, "{features} {topology} {columns} {rows} {neighborhood}")?;
        write_rows(&mut writer, self.map.codebook(), &self.labels)
    }
}

impl<T: Real> DatFile<T> {
    /// Reads a `.dat` file.
    ///
    /// # Errors
    /// [`SomError::Format`] and [`SomError::Read`] with the line.
    ///
    /// ```
    /// let file = som::DatFile::<f64>::read("3\n# a comment\n1 x 3 cat\n4 5 6\n".as_bytes())?;
    /// assert_eq!(file.samples.shape(), (3, 2));
    /// assert!(file.samples[(1, 0)].is_nan());
    /// # Ok::<(), som::SomError>(())
    /// ```
    pub fn read(reader: impl BufRead) -> Result<Self, SomError> {
        let mut lines = Lines::new(reader);
        let Some((line, header)) = content(&mut lines)? else {
            return Err(lines.error("a dimension", "the end of the file"));
        };
        let features = size(line, "a dimension", header.split_whitespace().next())?;
        let (mut values, mut labels) = (Vec::new(), Vec::new());
        while let Some((line, text)) = content(&mut lines)? {
            labels.push(row(line, &text, features, true, &mut values)?);
        }
        Ok(Self { samples: samples_from_rows(features, values)?, labels })
    }

    /// Writes a `.dat` file, `x` for NaN; reading gives the same bits.
    ///
    /// # Errors
    /// [`SomError::Unsupported`] for infinite values and as [`CodFile::write`] for labels; [`SomError::NoFeatures`];
    /// [`SomError::Io`].
    pub fn write(&self, mut writer: impl Write) -> Result<(), SomError> {
        if self.samples.nrows() == 0 {
            return Err(SomError::NoFeatures);
        }
        writeln!(writer, "{}", self.samples.nrows())?;
        write_rows(&mut writer, &self.samples, &self.labels)
    }
}

fn write_rows<T: Real>(writer: &mut impl Write, rows: &Matrix<T>, labels: &[Vec<String>]) -> Result<(), SomError> {
    if !labels.is_empty() && labels.len() != rows.ncols() {
        return Err(SomError::SampleCount { what: "lists of labels", samples: rows.ncols(), found: labels.len() });
    }
    let broken = |label: &String| label.is_empty() || label.starts_with('#') || label.contains(char::is_whitespace);
    if labels.iter().flatten().any(broken) {
        return Err(SomError::Unsupported("a label must not be empty, begin with # or contain white space"));
    }
    for (index, row) in rows.column_iter().enumerate() {
        for (feature, value) in row.iter().map(|value| value.to_f64()).enumerate() {
            let gap = if feature == 0 { "" } else { " " };
            if value.is_nan() {
                write!(writer, "{gap}x")?;
            } else if value.is_finite() {
                // Display of T, not of its f64: the shortest text that reads back.
                write!(writer, "{gap}{}", row[feature])?;
            } else {
                return Err(SomError::Unsupported("an infinite value has no text in this format"));
            }
        }
        for label in labels.get(index).into_iter().flatten() {
            write!(writer, " {label}")?;
        }
        writeln!(writer)?;
    }
    Ok(())
}
