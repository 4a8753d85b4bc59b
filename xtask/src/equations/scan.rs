//! Finds `**Eq. tag** (slide 15)` and `Eq. tag` in the sources.

use crate::files::relative;
use crate::tidy::walk;
use std::fmt;
use std::path::Path;

/// One mention of an equation.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// The equation's name.
    pub tag: String,
    /// The file below the root.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// With stars: this is the equation's home.
    pub starred: bool,
    /// The slides behind a starred tag.
    pub slides: Vec<u32>,
    /// The test it stands in or above.
    pub test: Option<String>,
    /// Whether the file lies in a folder of tests.
    pub in_tests_folder: bool,
}

impl fmt::Display for Mention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Every mention in the comments under `crates/` and `tests/`, by file and line.
///
/// # Errors
/// When a file cannot be read.
pub fn scan(root: &Path) -> anyhow::Result<Vec<Mention>> {
    let mut mentions = Vec::new();
    for folder in ["crates", "tests"] {
        for path in walk::files(&root.join(folder), &["rs"])? {
            let file = relative(root, &path);
            mentions.extend(mentions_in(&file, &std::fs::read_to_string(&path)?));
        }
    }
    Ok(mentions)
}

fn mentions_in(file: &str, text: &str) -> Vec<Mention> {
    let in_tests_folder = file.split('/').any(|folder| folder == "tests");
    let lines: Vec<&str> = text.lines().collect();
    let tests = tests_in(&lines);
    let mut mentions = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(comment) = line.find("//").map(|at| &line[at..]) else { continue };
        for (at, _) in comment.match_indices("Eq. ") {
            let (before, after) = (&comment[..at], &comment[at + 4..]);
            let end = after.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '-');
            let (tag, rest) = after.split_at(end.unwrap_or(after.len()));
            // A tag between backticks is an example of the notation, not a mention.
            if tag.is_empty() || before.ends_with('`') || before.ends_with("`**") {
                continue;
            }
            let starred = before.ends_with("**") && rest.starts_with("**");
            let test = tests.iter().find(|test| (test.first..=test.last).contains(&index));
            mentions.push(Mention {
                tag: tag.trim_end_matches('-').into(),
                file: file.into(),
                line: index + 1,
                starred,
                slides: if starred { slides(&rest[2..]) } else { Vec::new() },
                test: test.map(|test| test.name.clone()),
                in_tests_folder,
            });
        }
    }
    mentions
}

/// The slides of ` (slide 15)`, ` (slides 27-28)`, ` (slides 75, 79)`; none if it is not written so.
fn slides(text: &str) -> Vec<u32> {
    let inner = || text.strip_prefix(" (slide")?.split_once(')').map(|(inner, _)| inner.trim_start_matches('s'));
    let mut slides = Vec::new();
    for part in inner().unwrap_or_default().split([',', '&']).flat_map(|part| part.split(" and ")) {
        let mut ends = part.split(['-', '–']).map(|number| number.trim().parse::<u32>());
        match (ends.next(), ends.next()) {
            (Some(Ok(slide)), None) => slides.push(slide),
            (Some(Ok(first)), Some(Ok(last))) if last < 1000 => slides.extend(first..=last),
            _ => return Vec::new(),
        }
    }
    slides
}

struct Test {
    name: String,
    /// First line of its comments and attributes.
    first: usize,
    last: usize,
}

/// The test functions with the lines they span, comments above included.
fn tests_in(lines: &[&str]) -> Vec<Test> {
    let mut tests = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if !matches!(line.trim(), "#[test]") {
            continue;
        }
        let heading = |line: &&&str| line.trim_start().starts_with("//") || line.trim_start().starts_with("#[");
        let above = lines[..index].iter().rev().take_while(heading).count();
        let below = lines[index..].iter().take_while(heading).count();
        let Some(function) = lines.get(index + below) else { continue };
        let Some(name) = function.trim_start().strip_prefix("fn ") else { continue };
        let name = name.split(['(', '<']).next().unwrap_or(name).to_string();
        let indent = function.len() - function.trim_start().len();
        let closing = format!("{}}}", &function[..indent]);
        let last = lines[index..].iter().position(|line| **line == closing);
        let last = last.map_or(lines.len(), |offset| index + offset);
        tests.push(Test { name, first: index - above, last });
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_starred_tag_is_a_home_with_its_slides() {
        let found = mentions_in("crates/mlp/src/a.rs", "/// **Eq. net-input** (slides 27-28): a\nfn forward() {}\n");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].tag.as_str(), found[0].line, found[0].starred), ("net-input", 1, true));
        assert_eq!((found[0].slides.as_slice(), found[0].test.as_deref()), ([27, 28].as_slice(), None));
    }

    #[test]
    fn an_example_between_backticks_is_no_mention() {
        assert_eq!(mentions_in("a.rs", "//! `**Eq. gradient-step** (slide 39)` marks it, as does `Eq. step`\n"), []);
        assert_eq!(mentions_in("a.rs", "let text = \"Eq. step\";\n"), [], "only comments count");
    }

    #[test]
    fn a_test_names_an_equation_above_or_inside_itself() {
        let text = "mod tests {\n    /// Eq. step, at zero.\n    #[test]\n    fn it_is_zero() {\n        // Eq. relu\n    }\n\n    // Eq. tanh\n}\n";
        let found = mentions_in("crates/nn-core/src/a.rs", text);
        let tests: Vec<_> = found.iter().map(|mention| (mention.tag.as_str(), mention.test.as_deref())).collect();
        assert_eq!(tests, [("step", Some("it_is_zero")), ("relu", Some("it_is_zero")), ("tanh", None)]);
        assert!(found.iter().all(|mention| !mention.starred));
    }

    #[test]
    fn slides_are_single_listed_or_a_range() {
        for (text, expected) in [
            (" (slide 15)", &[15][..]),
            (" (slides 27-28): a", &[27, 28]),
            (" (slides 27–28)", &[27, 28]),
            (" (slides 75, 79)", &[75, 79]),
            (" (slides 47 and 48)", &[47, 48]),
            (" (page 15)", &[]),
            ("", &[]),
            (" (slide x)", &[]),
        ] {
            assert_eq!(slides(text), expected, "{text}");
        }
    }
}
