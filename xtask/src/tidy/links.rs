//! Every link of the Markdown pages leads to a file, a line or an anchor that is there.

use super::{Finding, walk};
use crate::files::relative;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The links of every Markdown file at the root, under `docs`, and in the folders of the crates.
///
/// # Errors
/// When a page cannot be read.
pub fn check(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let mut pages = BTreeMap::new();
    for path in pages_of(root)? {
        let text = std::fs::read_to_string(&path)?;
        pages.insert(relative(root, &path), text);
    }
    let mut findings = Vec::new();
    for (file, text) in &pages {
        for (line, target) in links(text) {
            if let Some(message) = broken(root, file, &target, &pages) {
                findings.push(Finding::new(file, line, message));
            }
        }
    }
    Ok(findings)
}

fn pages_of(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut pages = walk::files(&root.join("docs"), &["md"])?;
    for entry in std::fs::read_dir(root)? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|ending| ending == "md") {
            pages.push(path);
        }
    }
    for name in walk::folders(&root.join("crates"))? {
        let readme = root.join("crates").join(name).join("README.md");
        if readme.is_file() {
            pages.push(readme);
        }
    }
    Ok(pages)
}

/// The targets of `[text](target)` and `![text](target)` with their lines, code left out.
pub fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for (at, _) in line.match_indices("](") {
            // An odd number of backticks before it: the brackets stand inside code.
            if line[..at].matches('`').count() % 2 == 1 && !line[..at].ends_with('`') {
                continue;
            }
            let rest = &line[at + 2..];
            if let Some(end) = rest.find(')') {
                found.push((index + 1, rest[..end].to_string()));
            }
        }
    }
    found
}

/// What is wrong with a link of this page.
fn broken(root: &Path, file: &str, target: &str, pages: &BTreeMap<String, String>) -> Option<String> {
    if ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme)) {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let goal = if path.is_empty() { PathBuf::from(file) } else { normal(&folder.join(path))? };
    let goal_name = goal.to_string_lossy().replace('\\', "/");
    if !root.join(&goal).exists() {
        return Some(format!("the link `{target}` leads nowhere: there is no {goal_name}"));
    }
    if anchor.is_empty() {
        return None;
    }
    if let Some(line) = anchor.strip_prefix('L').and_then(|line| line.parse::<usize>().ok()) {
        let lines = std::fs::read_to_string(root.join(&goal)).map_or(0, |text| text.lines().count());
        return (line == 0 || line > lines).then(|| format!("the link `{target}`: {goal_name} has {lines} lines"));
    }
    let page = pages.get(&goal_name)?;
    (!anchors(page).any(|other| other == anchor))
        .then(|| format!("the link `{target}`: {goal_name} has no anchor `{anchor}`"))
}

/// Without `.` and `..`; `None` above the root.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !parts.pop() {
                    return None;
                }
            }
            part => parts.push(part),
        }
    }
    Some(parts)
}

/// `<a id="...">`, and headings as they are turned into anchors.
fn anchors(page: &str) -> impl Iterator<Item = String> + '_ {
    let given = page.split("<a id=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_string()));
    let headings = page.lines().filter_map(|line| line.strip_prefix('#')).map(|heading| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    });
    given.chain(headings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("docs")).unwrap();
        std::fs::create_dir_all(root.path().join("figures/a")).unwrap();
        std::fs::write(root.path().join("figures/a/figure.svg"), "one\ntwo\n").unwrap();
        std::fs::write(root.path().join("README.md"), "# Which crate do I need?\n").unwrap();
        std::fs::write(root.path().join("docs/PAGE.md"), text).unwrap();
        check(root.path()).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn links_to_files_lines_anchors_and_elsewhere_are_fine() {
        let text = "<a id=\"here\"></a>[a](#here) ![b](../figures/a/figure.svg) [c](../figures/a/figure.svg#L2)\n\
                    [d](../README.md#which-crate-do-i-need) [e](https://example.org) `[f](nowhere)`\n```\n[g](nowhere)\n```\n";
        assert_eq!(messages(text), Vec::<String>::new());
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found_with_its_line() {
        assert_eq!(
            messages("# A\n\n[a](B.md) [b](#no)\n[c](../figures/a/figure.svg#L3) [`d`](../README.md#no)\n"),
            [
                "docs/PAGE.md:3: the link `B.md` leads nowhere: there is no docs/B.md",
                "docs/PAGE.md:3: the link `#no`: docs/PAGE.md has no anchor `no`",
                "docs/PAGE.md:4: the link `../figures/a/figure.svg#L3`: figures/a/figure.svg has 2 lines",
                "docs/PAGE.md:4: the link `../README.md#no`: README.md has no anchor `no`",
            ]
        );
    }
}
