//! `equations`: every equation of the lecture stands at exactly one place in the code, and a test names it.
//!
//! The doc comment of the function (or enum variant) carries `**Eq. som-update** (slide 15)`. A test names the equation
//! it proves without the stars, in its doc comment or in a comment inside: `/// Eq. som-update: ...`. Equations whose
//! home is a test carry the starred form there. A crate that is not there yet leaves its equations pending.

mod page;
pub mod register;
mod scan;

use crate::files::{self, aligned, print};
use anyhow::Context as _;
use register::EQUATIONS;
use scan::{Mention, scan};
use std::path::Path;
use std::process::ExitCode;

/// A row of the register.
#[derive(Debug)]
pub struct Equation {
    /// The slides it stands on.
    pub slides: &'static [u32],
    /// Its name.
    pub tag: &'static str,
    /// The equation itself.
    pub formula: &'static str,
    /// The lecture's term.
    pub japanese: &'static str,
    /// The function or type that implements it.
    pub function: &'static str,
    /// The file, below `crates/` without `src/`; a folder of tests where the home is a test.
    pub home: &'static str,
}

impl Equation {
    /// The crate's folder under `crates/`.
    pub fn crate_name(&self) -> &'static str {
        self.home.split('/').next().unwrap_or(self.home)
    }

    /// Whether the tag stands in a test instead of in the code.
    pub fn in_test(&self) -> bool {
        self.home.ends_with("/tests")
    }
}

/// Check the equation register against the sources and write docs/EQUATIONS.md.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Write nothing; fail if docs/EQUATIONS.md is not up to date.
    #[arg(long)]
    check: bool,
}

/// Where an equation of the register was found.
#[derive(Debug)]
pub struct Place {
    /// The row.
    pub equation: &'static Equation,
    /// The place of the starred tag; `None` while its crate is not there.
    pub home: Option<Mention>,
    /// The tests that name it.
    pub tests: Vec<Mention>,
}

/// Runs the command.
///
/// # Errors
/// When files cannot be read or written. A broken register is reported, and gives the exit code 1.
pub fn run(options: &Options, root: &Path) -> anyhow::Result<ExitCode> {
    let (places, problems) = check(root)?;
    let rows: Vec<Vec<String>> =
        places.iter().map(|place| vec![place.equation.tag.into(), place_text(place)]).collect();
    print(&aligned(&rows))?;
    for problem in &problems {
        note!("{problem}");
    }
    if !problems.is_empty() {
        note!("{} problems; docs/EQUATIONS.md is left as it is", problems.len());
        return Ok(ExitCode::FAILURE);
    }
    let pending = places.iter().filter(|place| place.home.is_none()).count();
    let untested = places.iter().filter(|place| place.home.is_some() && place.tests.is_empty()).count();
    print(&format!(
        "\n{} equations: {} in place, {pending} pending; {untested} of those in place are named by no test\n",
        places.len(),
        places.len() - pending
    ))?;
    let path = root.join("docs").join("EQUATIONS.md");
    let page = page::page(&places);
    if !options.check {
        files::write_atomic(&path, page.as_bytes())?;
    } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&page) {
        note!("docs/EQUATIONS.md is not up to date: run cargo xtask equations");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Every equation with its places, and what is wrong with the tags in the sources.
///
/// # Errors
/// When a source cannot be read.
pub fn check(root: &Path) -> anyhow::Result<(Vec<Place>, Vec<String>)> {
    let mentions = scan(root).context("cannot scan the sources for equations")?;
    let mut problems = Vec::new();
    for mention in mentions.iter().filter(|mention| mention.starred) {
        match EQUATIONS.iter().find(|equation| equation.tag == mention.tag) {
            None => problems.push(format!("{mention}: no equation `{}` is in the register", mention.tag)),
            Some(equation) => problems.extend(misplaced(equation, mention)),
        }
    }
    let mut places = Vec::new();
    for equation in EQUATIONS {
        let mut homes = mentions.iter().filter(|mention| mention.starred && mention.tag == equation.tag);
        let home = homes.next();
        if let Some(first) = home {
            problems.extend(homes.map(|m| format!("{m}: equation `{}` stands at {first} already", equation.tag)));
        } else if root.join("crates").join(equation.crate_name()).is_dir() {
            let expected = format!("expected in crates/{}", equation.home);
            problems.push(format!(
                "crates/{}: equation `{}` is missing, {expected}",
                equation.crate_name(),
                equation.tag
            ));
        }
        let tests = mentions.iter().filter(|mention| mention.tag == equation.tag && mention.test.is_some());
        places.push(Place { equation, home: home.cloned(), tests: tests.cloned().collect() });
    }
    Ok((places, problems))
}

fn misplaced(equation: &Equation, mention: &Mention) -> Vec<String> {
    let mut problems = Vec::new();
    if mention.slides.is_empty() || !mention.slides.iter().all(|slide| equation.slides.contains(slide)) {
        let expected = crate::list::slides(equation.slides);
        problems.push(format!("{mention}: equation `{}` stands on slide {expected}: write it so", equation.tag));
    }
    let home = format!("crates/{}/", equation.crate_name());
    let right_folder = if equation.in_test() {
        mention.in_tests_folder && (mention.file.starts_with(&home) || mention.file.starts_with("tests/"))
    } else {
        !mention.in_tests_folder && mention.file.starts_with(&home)
    };
    if !right_folder {
        problems.push(format!("{mention}: equation `{}` belongs in crates/{}", equation.tag, equation.home));
    }
    problems
}

fn place_text(place: &Place) -> String {
    place.home.as_ref().map_or("pending".into(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace with crate `som` alone, whose map.rs holds this text.
    fn problems(map: &str) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        let rest = "/// **Eq. som-neighborhood** (slide 15)\n/// **Eq. som-decay** (slide 15)\n";
        for (file, text) in [("map.rs", map), ("rest.rs", rest)] {
            files::write_atomic(&root.path().join("crates/som/src").join(file), text.as_bytes()).unwrap();
        }
        check(root.path()).unwrap().1
    }

    const WINNER: &str = "/// **Eq. som-winner** (slide 15): c\nfn a() {}\n";
    const UPDATE: &str = "/// **Eq. som-update** (slide 15): w\nfn b() {}\n";

    #[test]
    fn tags_are_unique_in_slide_order_and_within_the_lecture() {
        for (index, equation) in EQUATIONS.iter().enumerate() {
            assert!(EQUATIONS[..index].iter().all(|other| other.tag != equation.tag), "{}", equation.tag);
            assert!(equation.slides.is_sorted() && equation.slides.iter().all(|slide| (1..=89).contains(slide)));
        }
        assert_eq!(EQUATIONS.len(), 46);
    }

    #[test]
    fn a_complete_crate_has_no_problem_and_absent_crates_are_pending() {
        assert_eq!(problems(&format!("{WINNER}{UPDATE}")), Vec::<String>::new());
    }

    #[test]
    fn a_missing_equation_names_its_home() {
        assert_eq!(problems(WINNER), ["crates/som: equation `som-update` is missing, expected in crates/som/map.rs"]);
    }

    #[test]
    fn a_doubled_equation_names_both_places() {
        let message = "crates/som/src/map.rs:5: equation `som-update` stands at crates/som/src/map.rs:3 already";
        assert_eq!(problems(&format!("{WINNER}{UPDATE}{UPDATE}")), [message]);
    }

    #[test]
    fn an_unknown_tag_and_a_wrong_slide_are_reported() {
        let text = format!("{}{UPDATE}/// **Eq. som-magic** (slide 15)\n", WINNER.replace("15", "16"));
        assert_eq!(
            problems(&text),
            [
                "crates/som/src/map.rs:1: equation `som-winner` stands on slide 15: write it so",
                "crates/som/src/map.rs:5: no equation `som-magic` is in the register",
            ]
        );
    }

    #[test]
    fn an_equation_of_another_crate_is_reported() {
        let text = format!("{WINNER}{UPDATE}/// **Eq. energy** (slide 71)\n");
        assert_eq!(problems(&text), ["crates/som/src/map.rs:5: equation `energy` belongs in crates/energy/network.rs"]);
    }
}
