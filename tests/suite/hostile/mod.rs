//! Public functions called with nothing, with numbers that are none, and with shapes that do not fit: each answers with
//! an error that says something, or does something sensible; none panics.

mod cnn;
mod cortex;
mod data_and_figures;
mod energy;
mod mlp;
mod nn_core;
mod som;

use ::nn_core::{Matrix, Stream};
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a call came to: its error in words.
pub type Outcome = Result<(), String>;

pub fn outcome<V, E: Display>(result: Result<V, E>) -> Outcome {
    result.map(drop).map_err(|error| error.to_string())
}

pub fn zeros(rows: usize, columns: usize) -> Matrix<f64> {
    Matrix::zeros(rows, columns)
}

/// Zeros with one number that is none.
pub fn spoiled(rows: usize, columns: usize, value: f64) -> Matrix<f64> {
    let mut matrix = zeros(rows, columns);
    matrix[(rows - 1, columns - 1)] = value;
    matrix
}

pub fn stream() -> Stream {
    Stream::new(13)
}

pub const NAN: f64 = f64::NAN;
pub const INF: f64 = f64::INFINITY;

/// What is called with what, words of the message, and the call.
pub type Row<'a> = (&'static str, &'static str, Box<dyn FnOnce() -> Outcome + 'a>);

macro_rules! rows {
    ($($name:literal $(, $words:literal)? => $call:expr),* $(,)?) => {
        vec![$((
            $name,
            concat!($($words)?),
            Box::new(|| $crate::hostile::outcome($call)) as Box<dyn FnOnce() -> $crate::hostile::Outcome>,
        )),*]
    };
}
pub(crate) use rows;

/// No call may panic; what is wrong with the answer of one that does not.
fn answers(rows: Vec<Row<'_>>, wrong: impl Fn(&str, Outcome) -> Option<String>) {
    let problems = rows.into_iter().filter_map(|(name, words, call)| {
        let problem = match catch_unwind(AssertUnwindSafe(call)) {
            Err(_) => Some("panics".into()),
            Ok(outcome) => wrong(words, outcome),
        };
        problem.map(|problem| format!("{name}: {problem}"))
    });
    let problems: Vec<String> = problems.collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Every call must fail with a message of some words, these among them.
pub fn refused(rows: Vec<Row<'_>>) {
    answers(rows, |words, outcome| match outcome {
        Ok(()) => Some("is accepted".into()),
        Err(message) if message.split_whitespace().count() < 3 || !message.contains(words) => {
            Some(format!("says `{message}`"))
        }
        Err(_) => None,
    });
}

/// Every call may answer as it likes.
pub fn survived(rows: Vec<Row<'_>>) {
    answers(rows, |_, _| None);
}

/// A call with words must fail with a message that has them, a call without may answer as it likes.
pub fn answered(rows: Vec<Row<'_>>) {
    let (refusals, others) = rows.into_iter().partition(|(_, words, _)| !words.is_empty());
    refused(refusals);
    survived(others);
}
