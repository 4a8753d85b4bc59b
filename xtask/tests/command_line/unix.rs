//! What a Unix shell can do to a program.

use super::*;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::time::Duration;

/// Starts the tool with this root in the place of the workspace, its standard error piped.
fn start(root: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(root).env_remove("NN_DATA_DIR").arg("--root").arg(root).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the tool starts")
}

/// Sends a signal by name, `INT` or `KILL`.
fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
}

/// The folder holds a whole figure: every picture of its record and the numbers.
fn is_complete(folder: &Path) -> bool {
    let Ok(record) = std::fs::read_to_string(folder.join("run.json")) else { return false };
    let record: serde_json::Value = serde_json::from_str(&record).expect("a whole record");
    let pictures = record["pictures"].as_array().expect("pictures");
    has_numbers(folder) && pictures.iter().all(|picture| is_whole(&folder.join(picture["file"].as_str().unwrap())))
}

/// Numbers that can be read.
fn has_numbers(folder: &Path) -> bool {
    let Ok(metrics) = std::fs::read_to_string(folder.join("metrics.json")) else { return false };
    serde_json::from_str::<serde_json::Value>(&metrics).expect("whole numbers").is_object()
}

/// A picture or page is there to its last tag.
fn is_whole(file: &Path) -> bool {
    std::fs::read_to_string(file)
        .is_ok_and(|text| ["</svg>", "</html>"].iter().any(|tag| text.trim_end().ends_with(tag)))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn ctrl_c_keeps_what_is_finished_and_resume_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let ids = ["perceptron-and-xor", "mlp-digits"];
    let arguments = [&["reproduce-figures", "--jobs", "1"], &ids[..]].concat();
    let mut child = start(root.path(), &arguments);
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert!(line.starts_with("[1/2] perceptron-and-xor"), "{line}");
    signal(&child, "INT");
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("interrupted: finished figures stay in "), "{rest}");
    assert!(rest.contains("cargo xtask reproduce-figures perceptron-and-xor mlp-digits --resume\n"), "{rest}");
    let out = root.path().join("target/figures");
    assert_eq!(names(&out), ["index.html", "perceptron-and-xor"]);
    assert!(is_complete(&out.join("perceptron-and-xor")));
    assert!(std::fs::read_to_string(out.join("index.html")).unwrap().contains("perceptron-and-xor/figure.svg"));

    let marked = out.join("perceptron-and-xor/figure.svg");
    std::fs::write(&marked, "marked").unwrap();
    let output = xtask(root.path(), &["reproduce-figures", "perceptron-and-xor", "--resume"]);
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    assert_eq!(std::fs::read_to_string(&marked).unwrap(), "marked");
}

/// Starts the tool again and again and kills it at random moments: while it starts, computes, writes and renames. After
/// each time `check` looks at what is left.
fn killed(root: &Path, arguments: &[&str], rounds: u64, check: impl Fn(u64)) {
    let mut moments = nn_core::Stream::new(50);
    for round in 0..rounds {
        let mut child = start(root, arguments);
        std::thread::sleep(Duration::from_micros(u64::from(moments.below(80_000))));
        // It may have ended by itself.
        child.kill().unwrap();
        child.wait().unwrap();
        check(round);
    }
}

#[test]
fn a_killed_run_loses_nothing_but_what_it_had_not_finished() {
    let root = tempfile::tempdir().unwrap();
    let ids = ["activations", "sigmoid-derivative", "relu-derivative", "gradient-descent-1d"];
    let arguments = [&["reproduce-figures", "--quick"], &ids[..]].concat();
    assert_eq!(code(&xtask(root.path(), &arguments)), Some(0));
    let out = root.path().join("target/figures");
    killed(root.path(), &arguments, 20, |round| {
        for id in ids {
            let left = names(&out).into_iter().filter(|name| name.starts_with(&format!(".old-{id}-")));
            let old = left.map(|name| out.join(name)).any(|old| is_complete(&old));
            assert!(is_complete(&out.join(id)) || old, "round {round}: {id} is lost: {:?}", names(&out));
        }
        assert!(is_whole(&out.join("index.html")), "round {round}");
    });
    let output = xtask(root.path(), &[&arguments[..], &["--resume"]].concat());
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    let mut expected = [&ids[..], &["index.html"]].concat();
    expected.sort_unstable();
    assert_eq!(names(&out), expected, "the leftovers are swept");
}

#[test]
fn a_run_killed_while_it_accepts_loses_no_committed_figure() {
    let root = accepted();
    let (figures, docs) = (root.path().join("figures"), root.path().join("docs"));
    let accept = ["reproduce-figures", "activations", "--quick", "--accept"];
    killed(root.path(), &accept, 20, |round| {
        let mut folders = names(&figures).into_iter().filter(|name| !name.starts_with(".partial-"));
        let whole =
            |name: String| has_numbers(&figures.join(&name)) && is_whole(&figures.join(name).join("figure.svg"));
        assert!(folders.any(whole), "round {round}: {:?}", names(&figures));
    });
    assert_eq!(code(&xtask(root.path(), &accept)), Some(0));
    assert_eq!(names(&figures), ["activations"], "the leftovers are swept");
    assert_eq!(names(&docs), ["GALLERY.md", "SLIDES.md"], "the leftovers are swept");
    let check = xtask(root.path(), &["reproduce-figures", "activations", "--check"]);
    assert_eq!(code(&check), Some(0), "{}", stderr(&check));
}

#[test]
fn a_full_disk_is_the_failure_of_its_figure_and_leaves_nothing_half_written() {
    let root = tempfile::tempdir().unwrap();
    let tool = env!("CARGO_BIN_EXE_xtask");
    // A limit of the size of a file (in blocks of 512 or 1024 bytes) whose signal is ignored: writing fails.
    let script = format!("trap '' XFSZ; ulimit -f 2; exec {tool} --root . reproduce-figures activations --quick");
    let output = Command::new("sh").current_dir(root.path()).args(["-c", &script]).output().unwrap();
    assert_eq!(code(&output), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("cannot write "), "{}", stderr(&output));
    let left = names(&root.path().join("target/figures"));
    assert!(!left.iter().any(|name| name.starts_with(".partial-") || name == "activations"), "{left:?}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let root = tempfile::tempdir().unwrap();
    let tool = env!("CARGO_BIN_EXE_xtask");
    for (arguments, redirect) in [
        ("list", "| true"),
        ("--help", "| true"),
        ("equations", "| true"),
        ("reproduce-figures activations --quick", "2>&1 | true"),
        ("reproduce-figures activations --quick --out file", "2>&1 >/dev/null | true"),
    ] {
        // The shell waits for both; the status of the tool is written beside.
        let script = format!("( {tool} --root . {arguments}; echo $? > status ) {redirect}");
        let status = Command::new("sh").current_dir(root.path()).args(["-c", &script]).status().unwrap();
        assert!(status.success(), "{arguments}");
        // The left side may still be running when `true` has ended.
        let mut written = String::new();
        for _ in 0..200 {
            written = std::fs::read_to_string(root.path().join("status")).unwrap_or_default();
            if !written.is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(written.trim(), "0", "{arguments}");
        std::fs::remove_file(root.path().join("status")).unwrap();
    }
}

#[test]
fn a_full_standard_output_is_an_error_with_a_message() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.arg("list").stdout(full).output().unwrap();
    assert_eq!(code(&output), Some(1));
    assert!(stderr(&output).starts_with("error: cannot write to the standard output: "), "{}", stderr(&output));
}

#[test]
fn without_a_terminal_a_home_and_a_locale_everything_works_and_no_escape_is_printed() {
    let root = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.env_clear().stdin(Stdio::null()).current_dir(root.path()).args(["--root", "."]);
    let output = command.args(["reproduce-figures", "activations", "--quick"]).output().unwrap();
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
}

#[test]
fn a_path_that_is_not_utf_8_is_a_path() {
    use std::os::unix::ffi::OsStrExt;
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("--root").arg(root.path()).args(["reproduce-figures", "activations", "--quick", "--out"]).arg(&out);
    let output = command.output().unwrap();
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    assert!(is_complete(&out.join("activations")));
}
