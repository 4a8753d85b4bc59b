//! docs/BENCHMARKS.md: the tables of the runs with `--peers --write`, each with its day, machine and versions.

use super::measured::Measured;
use super::record::Record;
use super::table;
use crate::files::write_atomic;
use std::path::Path;

/// The page below the root.
const FILE: &str = "docs/BENCHMARKS.md";

const HEAD: &str = "\
<!-- Written by `cargo xtask bench --peers --write`. Do not edit. -->

# Benchmarks

Ours and other packages' programs on the same data in one run, turn by turn, on the machine that stands above each
table. Ratios count, absolute figures do not. `ours / other` is how many times as fast we are by the medians of the
turns, with the range over neighboring turns in parentheses; `must` and `aim` are what the project asks of the ratio to
the fastest of the others. A verdict with a question mark was measured while the machine had other work.
";

/// What stands above the tables of a run.
pub fn heading(record: &Record, conditions: &str) -> String {
    let commit = record.commit.as_ref().map(|commit| format!(", sources {commit}")).unwrap_or_default();
    let conditions: Vec<&str> = conditions.lines().collect();
    format!("{}{commit}: {}.", record.date, conditions.join("; "))
}

/// Puts the tables of a run into the page.
///
/// # Errors
/// When the page cannot be written.
pub fn write(root: &Path, all: &[Measured], threads: usize, in_doubt: bool, heading: &str) -> anyhow::Result<()> {
    let path = root.join(FILE);
    let mut page = std::fs::read_to_string(&path).unwrap_or_default();
    for (library, lines) in table::by_crate(all, threads, in_doubt) {
        let threads = if threads == 1 { "1 thread".into() } else { format!("{threads} threads") };
        page = merged(&page, &format!("{library}, {threads}"), heading, &markdown(&lines, all));
    }
    write_atomic(&path, page.as_bytes())
}

/// The lines as a table, and below it what each row is.
fn markdown(lines: &[Vec<String>], all: &[Measured]) -> String {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        text += &format!("| {} |\n", line.join(" | "));
        if index == 0 {
            text += &format!("|{}\n", "--|".repeat(line.len()));
        }
    }
    text.push('\n');
    for line in &lines[1..] {
        if let Some(measured) = all.iter().find(|measured| measured.row.id == line[0]) {
            text += &format!("- {}: {}\n", line[0], measured.row.title);
        }
    }
    text
}

/// The page with this section in the place of the one with the same title, or at its place in the alphabet.
fn merged(page: &str, title: &str, heading: &str, table: &str) -> String {
    let mut sections: Vec<String> = page.split("\n## ").skip(1).map(|section| section.trim_end().to_string()).collect();
    sections.retain(|section| section.lines().next() != Some(title));
    sections.push(format!("{title}\n\n{heading}\n\n{}", table.trim_end()));
    sections.sort();
    let mut text = HEAD.to_string();
    for section in sections {
        text += &format!("\n## {section}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::measured::tests::measured;
    use super::*;

    #[test]
    fn a_run_replaces_its_own_section_and_leaves_the_others() {
        let root = tempfile::tempdir().unwrap();
        for (threads, heading) in [(2, "old"), (1, "one"), (2, "new")] {
            write(root.path(), &[measured()], threads, false, heading).unwrap();
        }
        let page = std::fs::read_to_string(root.path().join(FILE)).unwrap();
        assert_eq!(page.matches("\n## ").count(), 2);
        assert!(!page.contains("old") && page.contains("## mlp, 1 thread\n\none\n"), "{page}");
        assert!(page.contains("## mlp, 2 threads\n\nnew\n\n| row | unit | ours |"), "{page}");
        assert!(page.contains("| 2 | 3 | reached |\n\n- mlp-x: a case\n"), "{page}");
        assert!(page.ends_with('\n') && !page.ends_with("\n\n"));
    }
}
