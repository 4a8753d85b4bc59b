//! The peers' processes, one each, alive as long as the run, and the lines they exchange with us.

use super::row::{Peer, Row, Work};
use super::turn::Turn;
use anyhow::{Context as _, anyhow, bail};
use io::Array;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Lines of a dead child's messages, and of an installer's, that an error shows.
const TAIL: usize = 15;

/// What we ask: one turn of a row.
#[derive(Debug, Serialize)]
struct Request<'a> {
    row: &'a str,
    seconds: f64,
    inputs: &'a BTreeMap<&'static str, PathBuf>,
    parameters: &'a Value,
}

/// What a peer says.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Answer {
    /// First, before it is asked anything.
    Ready { versions: BTreeMap<String, String> },
    /// After a turn.
    Turn(Turn),
    /// Instead of a turn.
    Failed { error: String },
}

/// A peer that is running.
struct Process {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Where its standard error goes.
    messages: PathBuf,
}

impl Process {
    fn start(mut command: Command, messages: PathBuf) -> anyhow::Result<Self> {
        let file = std::fs::File::create(&messages).with_context(|| format!("cannot write {}", messages.display()))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(file);
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command.spawn().with_context(|| format!("cannot run {program}"))?;
        let (questions, answers) = child.stdin.take().zip(child.stdout.take()).context("the child has no pipes")?;
        Ok(Self { child, questions, answers: BufReader::new(answers), messages })
    }

    fn ask(&mut self, request: &Request<'_>) -> anyhow::Result<()> {
        let line = serde_json::to_string(request)? + "\n";
        self.questions.write_all(line.as_bytes()).map_err(|_| self.death())
    }

    fn answer(&mut self) -> anyhow::Result<Answer> {
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(0) | Err(_) => Err(self.death()),
            Ok(_) => parse(&line),
        }
    }

    /// How the child ended, and its last words.
    fn death(&mut self) -> anyhow::Error {
        // A child that closed its pipes has nothing left to do.
        let _ = self.child.kill();
        let status = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        anyhow!("it ended ({status}){}", last_words(&self.messages))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing can be done about a child that does not die.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parse(line: &str) -> anyhow::Result<Answer> {
    serde_json::from_str(line).map_err(|_| anyhow!("expected an answer in JSON, found {:?}", line.trim_end()))
}

/// The end of a log file, ready to follow a sentence.
pub fn last_words(log: &Path) -> String {
    let text = std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(TAIL)..].join("\n  ");
    if tail.is_empty() {
        return format!("; {} is empty", log.display());
    }
    format!("; the end of {}:\n  {tail}", log.display())
}

/// All peers of a run.
pub struct Peers {
    python: PathBuf,
    /// Folder of the scripts.
    scripts: PathBuf,
    /// Folder for data and messages.
    folder: PathBuf,
    threads: usize,
    running: Vec<(Peer, Process)>,
    /// Of all programs and libraries so far.
    pub versions: BTreeMap<String, String>,
}

impl Peers {
    /// None is running yet.
    ///
    /// # Errors
    /// When the folder for data cannot be made.
    pub fn new(python: PathBuf, scripts: PathBuf, folder: PathBuf, threads: usize) -> anyhow::Result<Self> {
        let data = folder.join("data");
        std::fs::create_dir_all(&data).with_context(|| format!("cannot make the folder {}", data.display()))?;
        Ok(Self { python, scripts, folder, threads, running: Vec::new(), versions: BTreeMap::new() })
    }

    /// Writes the inputs of a row for all its peers; the names of the files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_inputs(&self, row: &Row, work: &Work<'_>) -> anyhow::Result<BTreeMap<&'static str, PathBuf>> {
        let write = |(name, matrix): &(&'static str, &nn_core::Matrix<f32>)| {
            let path = self.folder.join("data").join(format!("{}-{name}.npy", row.id));
            let array = Array::from_samples((*matrix).clone());
            io::write_atomic(&path, |file| io::write_npy(file, &array))?;
            Ok((*name, path))
        };
        work.inputs.iter().map(write).collect()
    }

    /// One turn of a peer, which is started if it is not running.
    ///
    /// # Errors
    /// When it cannot be started, fails or dies: its own words.
    pub fn turn(
        &mut self,
        peer: Peer,
        row: &Row,
        seconds: f64,
        inputs: &BTreeMap<&'static str, PathBuf>,
        parameters: &Value,
    ) -> anyhow::Result<Turn> {
        let index = self.running.iter().position(|(running, _)| *running == peer);
        let index = match index {
            Some(index) => index,
            None => self.start(peer).with_context(|| format!("the peer {} did not start", peer.name))?,
        };
        let process = &mut self.running[index].1;
        let request = Request { row: row.id, seconds, inputs, parameters };
        let answer = process.ask(&request).and_then(|()| process.answer()).and_then(|answer| match answer {
            Answer::Turn(turn) => Ok(turn),
            Answer::Failed { error } => bail!("{error}{}", last_words(&process.messages)),
            Answer::Ready { .. } => bail!("it started twice"),
        });
        answer.with_context(|| format!("the peer {} failed in the row {}", peer.name, row.id))
    }

    fn start(&mut self, peer: Peer) -> anyhow::Result<usize> {
        let threads = self.threads.to_string();
        let mut command = Command::new(&self.python);
        command.arg(self.scripts.join(peer.script)).args([peer.name, &threads]);
        for library in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
            command.env(library, &threads);
        }
        // Compiled scripts would lie between the sources.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        let mut process = Process::start(command, self.folder.join(format!("{}.log", peer.name)))?;
        match process.answer()? {
            Answer::Ready { versions } => self.versions.extend(versions),
            Answer::Failed { error } => bail!(error),
            Answer::Turn(_) => bail!("it answered before it was asked"),
        }
        self.running.push((peer, process));
        Ok(self.running.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_answer_is_understood() {
        let turn = r#"{"rate": 2.0, "work": 4, "wall_seconds": 2.5, "cpu_seconds": 1.5}"#;
        let expected =
            Turn { rate: 2.0, work: 4.0, wall_seconds: 2.5, cpu_seconds: Some(1.5), results: BTreeMap::new() };
        assert_eq!(parse(turn).unwrap(), Answer::Turn(expected.clone()));
        let turn = r#"{"rate": 2.0, "work": 4, "wall_seconds": 2.5, "cpu_seconds": 1.5, "results": {"error": 0.25}}"#;
        let results = [("error".to_string(), 0.25)].into();
        assert_eq!(parse(turn).unwrap(), Answer::Turn(Turn { results, ..expected }));
        let failed = r#"{"error": "ArithmeticError: the loss is nan"}"#;
        assert_eq!(parse(failed).unwrap(), Answer::Failed { error: "ArithmeticError: the loss is nan".into() });
        let ready = r#"{"versions": {"PyTorch": "2.15.0"}}"#;
        let versions = [("PyTorch".to_string(), "2.15.0".to_string())].into();
        assert_eq!(parse(ready).unwrap(), Answer::Ready { versions });
    }

    #[test]
    fn what_is_no_answer_is_quoted() {
        for line in ["hello\n", "{}\n", r#"{"rate": 1}"#, r#"{"rate": NaN, "work": 1, "wall_seconds": 1}"#, "\n"] {
            let error = parse(line).unwrap_err().to_string();
            assert_eq!(error, format!("expected an answer in JSON, found {:?}", line.trim_end()));
        }
    }

    #[test]
    fn a_request_is_one_line_of_json() {
        let inputs = [("samples", PathBuf::from("data/x.npy"))].into();
        let request = Request { row: "mlp-d", seconds: 0.5, inputs: &inputs, parameters: &serde_json::json!({"a": 1}) };
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"row":"mlp-d","seconds":0.5,"inputs":{"samples":"data/x.npy"},"parameters":{"a":1}}"#
        );
    }

    #[test]
    fn a_child_that_dies_is_reported_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        // Any program that writes to standard error and fails will do: this test's own, with an argument it refuses.
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("--no-such-option");
        let mut process = Process::start(command, folder.path().join("x.log")).unwrap();
        let error = process.answer().unwrap_err().to_string();
        assert!(error.starts_with("it ended (exit status: 1"), "{error}");
        assert!(error.contains("x.log:\n") && error.contains("no-such-option"), "{error}");
    }

    #[test]
    fn only_the_end_of_a_long_log_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("pip.log");
        assert!(last_words(&log).ends_with("pip.log is empty"));
        std::fs::write(&log, (0..100).map(|line| format!("line {line}\n")).collect::<String>()).unwrap();
        let words = last_words(&log);
        assert!(words.contains(":\n  line 85\n") && words.ends_with("line 99") && !words.contains("84"), "{words}");
    }
}
