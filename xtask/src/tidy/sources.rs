//! Rules about text: module documentation, line endings, marks of unfinished work, what model crates may not touch.

use super::{Finding, walk};
use crate::files::relative;
use std::path::Path;

/// Endings of the text files that are checked.
const TEXT: &[&str] = &["rs", "toml", "md", "html", "yml", "yaml"];

/// Folders of the repository with text in them.
const FOLDERS: &[&str] = &["crates", "xtask", "tests", "docs", "examples"];

/// Marks of unfinished work. Written in two parts so that this file does not find itself.
const MARKS: &[&str] = &[
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
    concat!("FIX", "ME"),
    concat!("#[", "ignore"),
];

/// What the code of `nn-core` and of a model crate may not do.
const FORBIDDEN_IN_MODELS: &[(&str, &str)] = &[
    ("std::fs", "opens no file"),
    ("std::time", "reads no clock"),
    ("std::env", "reads no environment"),
    ("println!", "prints nothing"),
    ("print!", "prints nothing"),
];

const SUPPORT_CRATES: [&str; 3] = ["datasets", "io", "plot"];

/// Lines of a file from which on it is probably two ideas.
const LONG: usize = 450;

/// All rules on all text files.
///
/// # Errors
/// When a file cannot be read.
pub fn check(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let mut paths = Vec::new();
    for folder in FOLDERS {
        paths.extend(walk::files(&root.join(folder), TEXT)?);
    }
    for entry in std::fs::read_dir(root)? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|ending| TEXT.iter().any(|text| ending == *text)) {
            paths.push(path);
        }
    }
    let mut findings = Vec::new();
    for path in paths {
        let file = relative(root, &path);
        match String::from_utf8(std::fs::read(&path)?) {
            Ok(text) => findings.extend(check_text(&file, &text)),
            Err(_) => findings.push(Finding::new(file, 0, "is not UTF-8")),
        }
    }
    Ok(findings)
}

fn check_text(file: &str, text: &str) -> Vec<Finding> {
    let mut findings = line_endings(file, text);
    if file.ends_with(".rs") {
        findings.extend(marks(file, text));
        findings.extend(module_documentation(file, text));
        findings.extend(length(file, text));
        findings.extend(forbidden_in_models(file, text));
    }
    findings
}

fn line_endings(file: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let mut find = |message: &str| findings.push(Finding::new(file, index + 1, message));
        if line.ends_with('\r') {
            find("a carriage return ends the line");
        } else if line.ends_with([' ', '\t']) {
            find("trailing blanks");
        }
        if file.ends_with(".rs") && line.contains('\t') {
            find("a tab");
        }
    }
    if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
        findings.push(Finding::new(file, text.lines().count(), "the file must end with exactly one line end"));
    }
    findings
}

fn marks(file: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().enumerate();
    let hits = lines.flat_map(|(index, line)| MARKS.iter().filter(|m| line.contains(**m)).map(move |m| (index, m)));
    hits.map(|(index, mark)| Finding::new(file, index + 1, format!("`{mark}` is a mark of unfinished work"))).collect()
}

fn module_documentation(file: &str, text: &str) -> Option<Finding> {
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!"));
    (!first.is_some_and(|line| line.starts_with("//!")))
        .then(|| Finding::new(file, 1, "the file must begin with a `//!` comment that says what it is"))
}

fn length(file: &str, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    let finding = || Finding::new(file, 0, format!("{lines} lines: more than {LONG} are usually two ideas"));
    (file.starts_with("crates/") && lines > LONG).then(|| Finding { warning: true, ..finding() })
}

/// Looks at the code of `crates/*/src` up to its unit tests, comments left out.
fn forbidden_in_models(file: &str, text: &str) -> Vec<Finding> {
    let mut parts = file.split('/');
    let (Some("crates"), Some(name), Some("src")) = (parts.next(), parts.next(), parts.next()) else {
        return Vec::new();
    };
    if SUPPORT_CRATES.contains(&name) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let code = text.lines().enumerate().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
    for (index, line) in code.filter(|(_, line)| !line.trim_start().starts_with("//")) {
        if let Some((what, rule)) = FORBIDDEN_IN_MODELS.iter().find(|(what, _)| line.contains(what)) {
            findings.push(Finding::new(file, index + 1, format!("`{what}`: a model crate {rule}")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(file: &str, text: &str) -> Vec<String> {
        check_text(file, text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_clean_file_has_no_finding() {
        assert_eq!(messages("crates/som/src/map.rs", "//! The map.\n\nfn map() {}\n"), Vec::<String>::new());
        assert_eq!(messages("docs/NOTATION.md", "# Notation\n"), Vec::<String>::new());
    }

    #[test]
    fn endings_blanks_and_tabs_are_found_with_their_line() {
        assert_eq!(
            messages("a.md", "one \ntwo\r\nthree"),
            [
                "a.md:1: trailing blanks",
                "a.md:2: a carriage return ends the line",
                "a.md:3: the file must end with exactly one line end",
            ]
        );
        assert_eq!(messages("a.md", "one\n\n"), ["a.md:2: the file must end with exactly one line end"]);
        assert_eq!(messages("a.rs", "//! A.\n\tfn a() {}\n"), ["a.rs:2: a tab"]);
        assert_eq!(messages("a.toml", "a =\t1\n"), Vec::<String>::new());
    }

    #[test]
    fn every_mark_of_unfinished_work_is_found() {
        for mark in MARKS {
            let text = format!("//! A.\nfn a() {{}} // {mark}\n");
            assert_eq!(messages("a.rs", &text), [format!("a.rs:2: `{mark}` is a mark of unfinished work")]);
        }
    }

    #[test]
    fn a_file_without_module_documentation_is_found() {
        let message = "a.rs:1: the file must begin with a `//!` comment that says what it is";
        assert_eq!(messages("a.rs", "use a::b;\n"), [message]);
        assert_eq!(messages("a.rs", "#![no_std]\n//! A.\n"), Vec::<String>::new());
    }

    #[test]
    fn a_model_crate_that_prints_or_opens_files_is_found_outside_comments_and_tests() {
        let text =
            "//! A.\n/// println!\nfn a() {\n    std::fs::read(b);\n}\n#[cfg(test)]\nmod tests {\n    println!()\n}\n";
        let found = ["crates/som/src/map.rs:4: `std::fs`: a model crate opens no file"];
        assert_eq!(messages("crates/som/src/map.rs", text), found);
        for elsewhere in ["crates/io/src/csv.rs", "crates/som/examples/quickstart.rs", "xtask/src/main.rs"] {
            assert_eq!(messages(elsewhere, text), Vec::<String>::new());
        }
    }

    #[test]
    fn a_long_file_is_a_warning() {
        let text = format!("//! A.\n{}", "fn a() {}\n".repeat(450));
        let found = check_text("crates/som/src/map.rs", &text);
        assert!(found.len() == 1 && found[0].warning, "{found:?}");
        assert_eq!(
            found[0].to_string(),
            "crates/som/src/map.rs: warning: 451 lines: more than 450 are usually two ideas"
        );
    }
}
