//! [`Experiment`]: one claim of the lecture or of a paper, and the run that checks it.
//!
//! # How to add one
//!
//! 1. Write `experiments/<crate>/<id>.rs` with a `pub const EXPERIMENT: Experiment` and a
//!    `fn run(context: &mut Context) -> anyhow::Result<Outcome>`. The file's name is the id: a name such as
//!    `som-uniform-square`, never a slide number. `<crate>` is the folder of the model under `crates/`.
//! 2. Register it in `experiments/<crate>/lib.rs`, in slide order: the module with `#[path]`, the constant in `all`.
//! 3. `cargo xtask reproduce-figures <id>` until the picture says what the claim says. Take the `expected` intervals
//!    from many seeds (`--block 1`, `--block 2` .. run others): a metric outside its interval fails the command. Write `paper` from the source, not from the
//!    run; an honest "not reproduced" with the reason in a note is a result, a widened interval is not.
//! 4. `cargo xtask reproduce-figures <id> --accept`, and the same with `--quick`: figure and numbers are now in
//!    `figures/<id>/`, and `--check` compares every later run with them bit for bit.
//!
//! An experiment holds no code that a model crate should have. Everything random comes from [`Context::stream`] or
//! [`Context::seeded_stream`]; nothing depends on time, threads or the machine. `experiments/nn-core/activations.rs`
//! is the smallest complete example.

pub mod statistics;

use anyhow::ensure;
use nn_core::Stream;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};

/// The seed below which every stream of every experiment lies.
pub const BASE_SEED: u64 = 20_240_313;

/// The interval of any finite number, for [`Experiment::invariants`].
pub const FINITE: RangeInclusive<f64> = f64::MIN..=f64::MAX;

/// Closed intervals by metric.
pub type Intervals = &'static [(&'static str, RangeInclusive<f64>)];

/// One claim, and the run that checks it.
pub struct Experiment {
    /// The name, equal to the file's name and to the folder under `figures/`.
    pub id: &'static str,
    /// The slides it belongs to; the first one gives its place in the gallery.
    pub slides: &'static [u32],
    /// A heading of a few words.
    pub title: &'static str,
    /// The lecture's own term for it; may be empty.
    pub title_japanese: &'static str,
    /// Where claim and numbers come from.
    pub source: &'static str,
    /// What the figure shows, as one sentence that can be wrong.
    pub claim: &'static str,
    /// Tags of the equation register that the run uses.
    pub equations: &'static [&'static str],
    /// What the source leaves open, and what was assumed instead.
    pub assumptions: &'static [&'static str],
    /// The data it wants.
    pub data: Data,
    /// How many seeds it takes its statistics over.
    pub seeds: Seeds,
    /// What the source reports.
    pub paper: &'static [Reported],
    /// Where the metrics of a full run lie; a metric outside fails the command.
    pub expected: Intervals,
    /// What holds at any size: exact counts, signs, [`FINITE`] values.
    pub invariants: Intervals,
    /// The run itself.
    pub run: fn(&mut Context<'_>) -> anyhow::Result<Outcome>,
}

/// The data an experiment wants.
#[derive(Debug, Clone)]
pub enum Data {
    /// Made by code.
    Generated,
    /// Part of crate `datasets`, by name.
    Embedded(&'static str),
    /// The folder `name` of the data directory.
    Directory {
        /// The folder's name, for instance `mnist`.
        name: &'static str,
        /// The embedded set that takes its place where there is none; without one the experiment is skipped.
        stand_in: Option<&'static str>,
        /// The expected intervals on these data, where they are not those on the stand-in.
        expected: Option<Intervals>,
    },
}

/// The number of seeds at either size; 0 means that nothing is random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeds {
    /// Seeds of the full size.
    pub full: u64,
    /// Seeds of the quick size.
    pub quick: u64,
}

impl Seeds {
    /// Nothing is random.
    pub const NONE: Self = Self { full: 0, quick: 0 };
    /// One seed, where the spread over seeds is not the point.
    pub const ONE: Self = Self { full: 1, quick: 1 };

    /// Statistics over `full` seeds; two of them in a quick run.
    pub const fn many(full: u64) -> Self {
        Self { full, quick: if full < 2 { full } else { 2 } }
    }
}

/// A number as the source reports it.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The metric of the outcome it belongs to.
    pub metric: &'static str,
    /// The source's own words: `5.1 %`, `about 0.14 N`, `no number`.
    pub value: &'static str,
    /// What counts as the same result; `None` where the source gives no number.
    pub agrees: Option<RangeInclusive<f64>>,
    /// How sure the quotation is.
    pub confidence: Confidence,
}

/// How sure a quotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// Read in the source itself.
    Read,
    /// Quoted without the source at hand, surely right.
    High,
    /// Quoted without the source at hand, probably right.
    Medium,
    /// Quoted without the source at hand, to be looked up.
    Low,
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read in the source",
            Self::High => "quoted from memory, confidence high",
            Self::Medium => "quoted from memory, confidence medium",
            Self::Low => "quoted from memory, confidence low",
        })
    }
}

/// How much of an experiment runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// Seconds: checked for its bits and its invariants.
    Quick,
    /// The size that carries the expected intervals and the verdict.
    Full,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quick => "quick",
            Self::Full => "full",
        })
    }
}

/// What a run is given.
pub struct Context<'a> {
    experiment: &'a Experiment,
    size: Size,
    block: u64,
    data_directory: Option<PathBuf>,
    progress: &'a (dyn Fn(u64, u64, &str) + Sync),
}

impl<'a> Context<'a> {
    /// A run of this experiment at this size; `data_directory` only if it holds the experiment's data.
    pub fn new(
        experiment: &'a Experiment,
        size: Size,
        data_directory: Option<PathBuf>,
        progress: &'a (dyn Fn(u64, u64, &str) + Sync),
    ) -> Self {
        Self { experiment, size, block: 0, data_directory, progress }
    }

    /// The same run with another block of seeds, none of which is in any other block. Block 0 is the one whose numbers are
    /// accepted; how far the metrics of other blocks lie apart says how wide [`Experiment::expected`] has to be.
    #[must_use]
    pub fn with_block(self, block: u64) -> Self {
        Self { block, ..self }
    }

    /// The size of this run.
    pub fn size(&self) -> Size {
        self.size
    }

    /// One value or the other, by the size of this run.
    pub fn sized<V>(&self, full: V, quick: V) -> V {
        match self.size {
            Size::Full => full,
            Size::Quick => quick,
        }
    }

    /// The folder of the experiment's own data (`DIR/mnist`), or `None`: then the embedded stand-in is to be used.
    pub fn data_directory(&self) -> Option<&Path> {
        self.data_directory.as_deref()
    }

    /// The seeds of this run: `0..n`, each for [`Context::seeded_stream`].
    pub fn seeds(&self) -> Range<u64> {
        0..self.sized(self.experiment.seeds.full, self.experiment.seeds.quick)
    }

    /// The stream of this name for one seed. No two experiments share a stream.
    pub fn seeded_stream(&self, seed: u64, name: &str) -> Stream {
        Stream::new(BASE_SEED.wrapping_add(self.block)).named(self.experiment.id).at(seed).named(name)
    }

    /// The stream of this name for the first seed.
    pub fn stream(&self, name: &str) -> Stream {
        self.seeded_stream(0, name)
    }

    /// Tells the progress bar: `done` of `total` steps of what the message says. May be called from any thread.
    pub fn progress(&self, done: u64, total: u64, message: &str) {
        (self.progress)(done, total, message);
    }
}

/// The file format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Curves, points, maps.
    Svg,
    /// Many pixels: images, rasters, dense heat maps.
    Png,
}

/// A picture of an outcome.
pub struct Picture {
    /// Empty for the first picture (`figure.svg`); a word for the others (`figure-weights.svg`).
    pub name: String,
    /// The drawing.
    pub figure: plot::Figure,
    /// The file format.
    pub format: Format,
}

/// A small table for the gallery, as text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The heading of each column.
    pub header: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

/// What a run gives back, built up call by call.
#[derive(Default)]
pub struct Outcome {
    /// Numbers by name, in the order of the gallery.
    pub metrics: Vec<(String, f64)>,
    /// Pictures; the first one is the figure.
    pub pictures: Vec<Picture>,
    /// Sentences for the reader: what to look at, why a number differs from the paper's.
    pub notes: Vec<String>,
    /// The data really used, in words; empty means what [`Experiment::data`] says.
    pub data_used: String,
    /// A small table for the gallery.
    pub table: Option<Table>,
}

impl Outcome {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a number.
    #[must_use]
    pub fn metric(mut self, name: impl Into<String>, value: f64) -> Self {
        self.metrics.push((name.into(), value));
        self
    }

    /// Adds the figure, as SVG.
    #[must_use]
    pub fn figure(self, figure: plot::Figure) -> Self {
        self.picture("", figure, Format::Svg)
    }

    /// Adds a picture; the figure itself has the empty name.
    #[must_use]
    pub fn picture(mut self, name: impl Into<String>, figure: plot::Figure, format: Format) -> Self {
        self.pictures.push(Picture { name: name.into(), figure, format });
        self
    }

    /// Adds a sentence for the reader.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says which data were used.
    #[must_use]
    pub fn data_used(mut self, data: impl Into<String>) -> Self {
        self.data_used = data.into();
        self
    }

    /// Adds the table.
    #[must_use]
    pub fn table(mut self, header: &[&str], rows: Vec<Vec<String>>) -> Self {
        self.table = Some(Table { header: header.iter().map(ToString::to_string).collect(), rows });
        self
    }

    /// Metric names are unique, there is a figure, picture names are unique, table rows fit their header.
    ///
    /// # Errors
    /// The first rule that is broken, with the name.
    pub fn check(&self) -> anyhow::Result<()> {
        for (index, (name, _)) in self.metrics.iter().enumerate() {
            ensure!(!self.metrics[..index].iter().any(|(other, _)| other == name), "metric `{name}` is given twice");
        }
        ensure!(!self.pictures.is_empty(), "the outcome has no figure");
        for (index, picture) in self.pictures.iter().enumerate() {
            let name = &picture.name;
            ensure!(index != 0 || name.is_empty(), "the first picture is the figure and has no name, not `{name}`");
            ensure!(!self.pictures[..index].iter().any(|other| other.name == *name), "picture `{name}` is given twice");
        }
        if let Some(table) = &self.table {
            let columns = table.header.len();
            for (index, row) in table.rows.iter().enumerate() {
                ensure!(row.len() == columns, "row {index} of the table has {} cells, expected {columns}", row.len());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_repeats_its_own_numbers_and_no_other_blocks() {
        let experiment = Experiment {
            id: "blocks",
            slides: &[],
            title: "",
            title_japanese: "",
            source: "",
            claim: "",
            equations: &[],
            assumptions: &[],
            data: Data::Generated,
            seeds: Seeds::many(3),
            paper: &[],
            expected: &[],
            invariants: &[],
            run: |_| Ok(Outcome::new()),
        };
        let draws = |block: u64| -> Vec<f64> {
            let context = Context::new(&experiment, Size::Full, None, &|_, _, _| {}).with_block(block);
            context.seeds().map(|seed| context.seeded_stream(seed, "draw").uniform()).collect()
        };
        assert_eq!(draws(1), draws(1));
        let mut all: Vec<f64> = (0..4).flat_map(draws).collect();
        all.sort_by(f64::total_cmp);
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
    }
}
