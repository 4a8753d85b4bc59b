//! The Rust snippets of README.md and of the tutorials are compiled and run by the workspace's tests.

use super::{Finding, walk};
use crate::files::relative;
use std::path::Path;

/// Every Markdown file with Rust snippets must be included by a documentation test in `tests/`.
///
/// # Errors
/// When a file cannot be read.
pub fn check(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let mut tests = String::new();
    for path in walk::files(&root.join("tests"), &["rs"])? {
        tests += &std::fs::read_to_string(path)?;
    }
    let readme = root.join("README.md");
    let mut findings = Vec::new();
    if !readme.is_file() {
        findings.push(Finding::new("README.md", 0, "is missing"));
    }
    let pages = walk::files(&root.join("docs"), &["md"])?.into_iter().chain(readme.is_file().then_some(readme));
    for page in pages {
        findings.extend(uncovered(&relative(root, &page), &std::fs::read_to_string(&page)?, &tests));
    }
    Ok(findings)
}

fn uncovered(file: &str, text: &str, tests: &str) -> Option<Finding> {
    let snippet = text.lines().position(|line| line.starts_with("```rust"))?;
    // A line `#[doc = include_str!("../README.md")]` makes every snippet a documentation test.
    let included = tests.lines().any(|line| line.contains("include_str!(") && line.contains(&format!("../{file}\"")));
    let message = format!("no test includes this page: add `#[doc = include_str!(\"../{file}\")]` to tests/lib.rs");
    (!included).then(|| Finding::new(file, snippet + 1, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_with_snippets_needs_a_test_that_includes_it() {
        let page = "# Title\n\n```rust\nlet a = 1;\n```\n";
        assert_eq!(uncovered("README.md", page, "").unwrap().line, 3);
        assert_eq!(uncovered("README.md", page, "#[doc = include_str!(\"../README.md\")]\nmod readme {}\n"), None);
        assert!(uncovered("docs/models/som.md", page, "#[doc = include_str!(\"../README.md\")]").is_some());
        assert_eq!(uncovered("README.md", "```sh\nls\n```\n", ""), None);
    }
}
