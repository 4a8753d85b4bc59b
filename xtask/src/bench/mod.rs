//! `bench`: speed, ours alone or against other people's programs on the same data, turn by turn: ours, first peer, second
//! peer, ours ... Ratios count, absolute figures do not: machines differ and drift. The figures of this command are the
//! only source of a public claim about speed.

mod environment;
mod measured;
mod page;
mod peer;
mod quantity;
mod record;
mod row;
mod rows;
mod scaling;
mod table;
mod turn;

use crate::files::{print, write_atomic};
use crate::number::at_least_1;
use anyhow::{Context as _, ensure};
use clap::builder::PossibleValuesParser;
use measured::Measured;
use peer::Peers;
use record::{Machine, Record};
use row::Row;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Measure speed, ours alone or with --peers turn by turn against others on the same data.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Rows, or crates for all of their rows; everything if none is named (see --list). `scaling` alone doubles sizes and
    /// prints how cost grows.
    #[arg(value_name = "ROW", hide_possible_values = true, value_parser = PossibleValuesParser::new(rows::names().into_iter().chain([scaling::NAME])))]
    rows: Vec<String>,
    /// Print the rows and measure nothing.
    #[arg(long)]
    list: bool,
    /// Measure other people's programs too, in Python, and print the ratios.
    #[arg(long)]
    peers: bool,
    /// Threads, ours and the peers'.
    #[arg(long, value_name = "N", default_value = "1", value_parser = at_least_1)]
    threads: NonZeroUsize,
    /// Turns of each side.
    #[arg(long, value_name = "N", default_value = "5", value_parser = at_least_1)]
    turns: NonZeroUsize,
    /// Seconds of a turn.
    #[arg(long, value_name = "S", default_value = "1.0", value_parser = seconds)]
    seconds: f64,
    /// A Python with the packages of xtask/peers/requirements.txt. Default: an environment made under target/peers.
    #[arg(long, value_name = "PATH", requires = "peers")]
    python: Option<PathBuf>,
    /// Write the tables into docs/BENCHMARKS.md, in the place of older ones of the same crates and threads.
    #[arg(long, requires = "peers")]
    write: bool,
    /// The record of all turns, as JSON. Default: target/bench/CRATE.json, or all.json for more than one crate.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.001..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected a number of seconds from 0.001 to 3600".into()),
    }
}

/// Between two turns: threads of a library that still wait for work in a loop fall asleep.
const PAUSE: Duration = Duration::from_millis(50);

/// Runs the command. A missed goal is no failure: timings depend on what else the machine does.
///
/// # Errors
/// When a row fails, a peer cannot be had or dies, or the record cannot be written.
pub fn run(options: &Options, root: &Path) -> anyhow::Result<ExitCode> {
    let asked = |row: &&Row| options.rows.iter().any(|name| name == row.id || name == row.library);
    let selected: Vec<&'static Row> = rows::all().filter(|row| options.rows.is_empty() || asked(row)).collect();
    if options.list {
        print(&table::list(selected.into_iter()))?;
        return Ok(ExitCode::SUCCESS);
    }
    if options.rows.iter().any(|name| name == scaling::NAME) {
        ensure!(options.rows.len() == 1, "`{}` stands alone, without rows", scaling::NAME);
        scaling::run()?;
        return Ok(ExitCode::SUCCESS);
    }
    let threads = options.threads.get();
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().context("cannot start the threads")?;
    let mut peers = match options.peers && selected.iter().any(|row| !row.peers.is_empty()) {
        true => Some(peers(options, root)?),
        false => None,
    };
    let mut record = Record {
        date: record::now(),
        commit: record::commit(root),
        machine: Machine::here(),
        threads,
        seconds: options.seconds,
        versions: Default::default(),
        rows: Vec::new(),
    };
    let mut all = Vec::new();
    for row in selected {
        let measured = measure(row, options, peers.as_mut()).with_context(|| format!("the row {}", row.id))?;
        note!("{}", table::line(&measured));
        all.push(measured);
    }
    record.machine.load_after = record::load();
    record.versions = peers.map(|peers| peers.versions.clone()).unwrap_or_default();
    record.rows = record::rows(&all, threads);
    let out = options.out.clone().unwrap_or_else(|| default_out(root, &all, threads));
    write_atomic(&out, (serde_json::to_string_pretty(&record)? + "\n").as_bytes())?;
    let in_doubt = record.machine.too_busy(threads).is_some();
    let conditions = conditions(&record, options);
    print(&format!(
        "\n{}\n{}{conditions}\nrecord: {}\n",
        table::tables(&all, threads, in_doubt),
        table::results(&all),
        out.display()
    ))?;
    if options.write {
        page::write(root, &all, threads, in_doubt, &page::heading(&record, &conditions))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn peers(options: &Options, root: &Path) -> anyhow::Result<Peers> {
    let scripts = root.join("xtask").join("peers");
    let folder = root.join("target").join("peers");
    let python = match &options.python {
        Some(python) => environment::given(python)?,
        None => environment::interpreter(&folder, &scripts.join("requirements.txt"))?,
    };
    Peers::new(python, scripts, folder, options.threads.get())
}

/// All turns of one row.
fn measure(row: &'static Row, options: &Options, mut peers: Option<&mut Peers>) -> anyhow::Result<Measured> {
    let named = if peers.is_some() { row.peers } else { &[] };
    let mut measured = Measured {
        row,
        ours: Vec::new(),
        peers: named.iter().map(|peer| (peer.name, Vec::new())).collect(),
        results: Default::default(),
    };
    (row.run)(&mut |work| {
        if let Some(results) = work.parameters.get("results") {
            measured.results = serde_json::from_value(results.clone()).context("results are numbers by name")?;
        }
        let inputs = match &peers {
            Some(peers) => peers.write_inputs(row, &work)?,
            None => Default::default(),
        };
        for _ in 0..options.turns.get() {
            std::thread::sleep(PAUSE);
            measured.ours.push(turn::turn(options.seconds, work.ours)?);
            let Some(peers) = &mut peers else { continue };
            for (peer, (_, turns)) in named.iter().zip(&mut measured.peers) {
                std::thread::sleep(PAUSE);
                turns.push(peers.turn(*peer, row, options.seconds, &inputs, &work.parameters)?);
            }
        }
        Ok(())
    })?;
    Ok(measured)
}

/// `mlp.json`, `mlp-2-threads.json`, `all.json`.
fn default_out(root: &Path, all: &[Measured], threads: usize) -> PathBuf {
    let library = all.first().map_or("all", |first| first.row.library);
    let name = if all.iter().all(|measured| measured.row.library == library) { library } else { "all" };
    let threads = if threads == 1 { String::new() } else { format!("-{threads}-threads") };
    root.join("target").join("bench").join(format!("{name}{threads}.json"))
}

/// What the figures were measured under, and a warning if others were at work.
fn conditions(record: &Record, options: &Options) -> String {
    let Machine { cpu, cores, simd, .. } = &record.machine;
    let versions = record.versions.iter().map(|(name, version)| format!(", {name} {version}"));
    let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let mut text = format!(
        "{}, {} of {} s; {cpu}, {}, {simd}{}\n",
        plural(record.threads, "thread"),
        plural(options.turns.get(), "turn"),
        record.seconds,
        plural(*cores, "core"),
        versions.collect::<String>()
    );
    if let Some(load) = record.machine.too_busy(record.threads) {
        text += &format!("others kept the machine busy (load {load:.2}): no verdict holds, repeat when it is quiet\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_lasts_a_positive_time() {
        assert_eq!(seconds("0.5"), Ok(0.5));
        for text in ["0", "-1", "NaN", "inf", "1e9", "one"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_record_is_named_after_the_crate_and_the_threads() {
        let name = |all: &[Measured], threads| default_out(Path::new("w"), all, threads);
        let mlp = measured::tests::measured;
        assert_eq!(name(&[mlp()], 1), Path::new("w/target/bench/mlp.json"));
        assert_eq!(name(&[mlp(), mlp()], 2), Path::new("w/target/bench/mlp-2-threads.json"));
        let core = Measured {
            row: rows::all().find(|row| row.library == "core").unwrap(),
            ours: vec![],
            peers: vec![],
            results: Default::default(),
        };
        assert_eq!(name(&[mlp(), core], 1), Path::new("w/target/bench/all.json"));
    }
}
