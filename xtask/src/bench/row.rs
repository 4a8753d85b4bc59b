//! [`Row`]: one line of the table of measurements, and what it has to reach.

use nn_core::Matrix;
use serde_json::Value;

/// Something that is measured, alone or against other people's programs. Rows are values in `rows/<crate>.rs`.
#[derive(Debug)]
pub struct Row {
    /// Its name on the command line: the crate's name, a hyphen, the case.
    pub id: &'static str,
    /// The crate that does the work.
    pub library: &'static str,
    /// The case in a few words: sizes, batch, method.
    pub title: &'static str,
    /// What is counted.
    pub unit: Unit,
    /// Who else does the same work. Empty: ours alone.
    pub peers: &'static [Peer],
    /// What the ratio has to be, for one thread and for several.
    pub goals: &'static [Goal],
    /// Makes data and model and hands the work to the argument, which calls it for as long as it likes.
    pub run: fn(&mut Measure<'_>) -> anyhow::Result<()>,
}

/// What calls the work.
pub type Measure<'a> = dyn FnMut(Work<'_>) -> anyhow::Result<()> + 'a;

/// The work of a row, ours and what the peers need to do the same.
pub struct Work<'a> {
    /// Does a piece of the work, best between 10 microseconds and 100 milliseconds of it; returns how many units it was.
    pub ours: &'a mut dyn FnMut() -> anyhow::Result<f64>,
    /// The peers' inputs by name, a sample a column here and a row there: the same bytes.
    pub inputs: &'a [(&'static str, &'a Matrix<f32>)],
    /// What else the peers' script must know. `results`, if there are any, are numbers by name that the work comes to, as
    /// the peers' answers have them: they are printed side by side.
    pub parameters: Value,
}

/// What a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// So many of these a second: `samples/s`.
    Rate(&'static str),
    /// Seconds for one of these: `per element`.
    Time(&'static str),
}

/// A program of other people: a name that the script under `xtask/peers` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Name in tables and on the script's command line.
    pub name: &'static str,
    /// The script's file name.
    pub script: &'static str,
}

/// How many times as fast as something else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// The number of threads, ours and theirs, that this goal is for.
    pub threads: Threads,
    /// As fast as what.
    pub against: Against,
    /// The ratio that has to be shown.
    pub must: Option<f64>,
    /// The ratio that the project wants.
    pub aim: Option<f64>,
}

/// One thread or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// One thread on every side.
    One,
    /// The same number of threads, two or more, on every side.
    Several,
}

/// What a ratio is a ratio to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// The fastest peer of the row.
    FastestPeer,
    /// The peer of this name, where the goal was set against it.
    Peer(&'static str),
    /// The fastest of these rows, which are all of ours.
    FastestRow(&'static [&'static str]),
}

impl Goal {
    /// A ratio to the fastest peer, one thread on every side.
    pub const fn one_thread(must: f64, aim: f64) -> Self {
        Self { threads: Threads::One, against: Against::FastestPeer, must: Some(must), aim: Some(aim) }
    }
}

impl Row {
    /// The goal for so many threads, if there is one.
    pub fn goal(&self, threads: usize) -> Option<&'static Goal> {
        let wanted = if threads == 1 { Threads::One } else { Threads::Several };
        self.goals.iter().find(|goal| goal.threads == wanted)
    }
}
