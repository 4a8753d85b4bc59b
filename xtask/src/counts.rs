//! `counts`: how many instructions small fixed pieces of work take, counted by valgrind, compared with the committed
//! numbers. They repeat on any machine, however busy it is; timings do not.
//!
//! The work is `tests/workloads` as the tests build it, on one thread: with overflow checks, and nothing is compiled once more
//! after the tests. valgrind knows no AVX-512: this watches the path for AVX2. Another compiler makes other code, so numbers of
//! another compiler are shown and not judged.

use crate::files::{self, aligned, print};
use anyhow::{Context as _, ensure};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

/// The committed numbers, below the root.
const FILE: &str = "tests/instruction-counts.json";

/// The largest change that passes, in percent of the committed number.
const TOLERANCE: u64 = 3;

/// Count instructions under valgrind and compare them with the committed numbers.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Commit these numbers.
    #[arg(long)]
    accept: bool,
}

/// The content of the file.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Counts {
    /// As `rustc --version` says.
    rustc: String,
    /// Instructions by workload.
    instructions: BTreeMap<String, u64>,
}

/// Runs the command.
///
/// # Errors
/// When valgrind is not there, or the workloads cannot be built or run. More or fewer instructions are reported, and
/// give the exit code 1.
pub fn run(options: &Options, root: &Path) -> anyhow::Result<ExitCode> {
    let committed: Counts = match std::fs::read_to_string(root.join(FILE)) {
        Ok(text) => serde_json::from_str(&text).with_context(|| format!("{FILE} is damaged"))?,
        Err(_) if options.accept => Counts::default(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {FILE}")),
    };
    let program = build(root)?;
    let rustc = text(&output(Command::new("rustc").arg("--version"), "rustc")?.stdout);
    let names = text(&output(&mut Command::new(&program), "the list of workloads")?.stdout);
    let names: Vec<&str> = names.lines().collect();
    let counted = |name: &&str| Ok(((*name).into(), count(&program, name)?));
    let instructions = names.par_iter().map(counted).collect::<anyhow::Result<_>>()?;
    let found = Counts { rustc: rustc.trim().into(), instructions };
    let judged = committed.rustc == found.rustc;
    let (rows, problems) = compared(&committed, &found);
    print(&aligned(&rows))?;
    if options.accept {
        files::write_atomic(&root.join(FILE), (serde_json::to_string_pretty(&found)? + "\n").as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if !judged {
        note!("the committed numbers are those of {}: not judged with {}", committed.rustc, found.rustc);
        return Ok(ExitCode::SUCCESS);
    }
    problems.iter().for_each(|problem| note!("{problem}"));
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // The whole workspace, because it decides which features of other crates are on.
    command.current_dir(root).args(["test", "--workspace", "--no-run", "--message-format", "json"]);
    // As CI builds: what can be compiled in parts is divided, and put inline, in another way.
    command.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_DEV_DEBUG", "false");
    let output = output(&mut command, "cargo test --workspace --no-run")?;
    let messages = text(&output.stdout);
    let program =
        messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()).find_map(|m| {
            (m["target"]["name"] == "workloads" && m["target"]["kind"][0] == "bin")
                .then(|| m["executable"].as_str().map(PathBuf::from))
                .flatten()
        });
    program.context("cargo built no program `workloads`")
}

fn count(program: &Path, name: &str) -> anyhow::Result<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).arg(name);
    command.env("RAYON_NUM_THREADS", "1");
    let output = output(&mut command, "valgrind (a Linux package of that name)")?;
    let report = text(&output.stderr);
    collected(&report).with_context(|| format!("valgrind counted nothing for {name}: {report}"))
}

/// The number in `==42== Collected : 123456`.
fn collected(report: &str) -> Option<u64> {
    let line = report.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(':').next()?.trim().parse().ok()
}

fn output(command: &mut Command, what: &str) -> anyhow::Result<Output> {
    let output = command.output().with_context(|| format!("cannot run {what}"))?;
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{what} ended with {}: {}", output.status, message.trim());
    Ok(output)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The table, and a line for every number that changed by more than the tolerance or has no counterpart.
fn compared(committed: &Counts, found: &Counts) -> (Vec<Vec<String>>, Vec<String>) {
    let mut rows = vec![["workload", "instructions", "committed", "change"].map(String::from).to_vec()];
    let mut problems = Vec::new();
    for (name, &count) in &found.instructions {
        let before = committed.instructions.get(name).copied();
        let change = before.map(|before| count as f64 / before as f64 - 1.0);
        rows.push(vec![
            name.clone(),
            count.to_string(),
            before.map_or("-".into(), |before| before.to_string()),
            change.map_or("-".into(), |change| format!("{:+.2} %", 100.0 * change)),
        ]);
        let passes = before.is_some_and(|before| 100 * count.abs_diff(before) <= TOLERANCE * before);
        match change {
            Some(_) if passes => {}
            Some(change) => problems.push(format!(
                "{name}: {:+.1} % instructions, at most {TOLERANCE} % pass; cargo xtask counts --accept commits a change that is meant",
                100.0 * change,
            )),
            None => problems.push(format!("{name}: no committed number; cargo xtask counts --accept")),
        }
    }
    for name in committed.instructions.keys().filter(|name| !found.instructions.contains_key(*name)) {
        problems.push(format!("{name}: committed, but there is no such workload"));
    }
    (rows, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(instructions: &[(&str, u64)]) -> Counts {
        let instructions = instructions.iter().map(|(name, count)| ((*name).to_string(), *count)).collect();
        Counts { rustc: String::new(), instructions }
    }

    #[test]
    fn the_number_is_read_from_the_report() {
        assert_eq!(collected("==7== Events    : Ir\n==7== Collected : 20123456\n==7==\n"), Some(20_123_456));
        assert_eq!(collected("==7== nothing\n"), None);
    }

    #[test]
    fn a_change_of_more_than_three_percent_is_a_problem_in_both_directions() {
        let of = |count| compared(&counts(&[("a", 1000)]), &counts(&[("a", count)])).1.len();
        assert_eq!([of(970), of(1000), of(1030), of(969), of(1031)], [0, 0, 0, 1, 1]);
    }

    #[test]
    fn a_workload_on_one_side_only_is_a_problem() {
        let (rows, problems) = compared(&counts(&[("old", 1)]), &counts(&[("new", 1)]));
        assert_eq!(rows.len(), 2);
        assert_eq!(problems.len(), 2, "{problems:?}");
    }
}
