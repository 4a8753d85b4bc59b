//! docs/EQUATIONS.md: slide, equation, term, place in the code, test.

use super::{Place, scan::Mention};
use crate::list::slides;

const HEAD: &str = "\
<!-- Written by `cargo xtask equations`. Do not edit. -->

# The equations of the lecture in the code

One equation, one place. The link goes to the doc comment of the function that implements it; the tests in the last
column name the equation they prove.

| slide | equation | 用語 | name | in the code | tests |
|--|--|--|--|--|--|
";

/// The page's text.
pub fn page(places: &[Place]) -> String {
    let mut text = HEAD.to_string();
    for place in places {
        let equation = place.equation;
        let code = match &place.home {
            Some(home) => format!("`{}` [{home}]({})", equation.function, link(home)),
            None => format!("crate `{}` is not there yet", equation.crate_name()),
        };
        let tests: Vec<String> = place
            .tests
            .iter()
            .map(|test| format!("[{}]({})", test.test.as_deref().unwrap_or_default(), link(test)))
            .collect();
        let tests = if tests.is_empty() { "-".into() } else { tests.join("<br>") };
        text += &format!(
            "| {} | {} | {} | <a id=\"{tag}\"></a>`{tag}` | {code} | {tests} |\n",
            slides(equation.slides),
            equation.formula.replace('|', "\\|").replace('<', "&lt;").replace('_', "\\_"),
            equation.japanese,
            tag = equation.tag,
        );
    }
    text
}

fn link(mention: &Mention) -> String {
    format!("../{}#L{}", mention.file, mention.line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::equations::register::EQUATIONS;

    #[test]
    fn a_row_links_to_the_line_and_to_the_test() {
        let mention = |line, test: Option<&str>| Mention {
            tag: "som-winner".into(),
            file: "crates/som/src/map.rs".into(),
            line,
            starred: test.is_none(),
            slides: vec![15],
            test: test.map(Into::into),
            in_tests_folder: false,
        };
        let tests = vec![mention(90, Some("ties_go_to_the_lowest_index"))];
        let text = page(&[
            Place { equation: &EQUATIONS[0], home: Some(mention(12, None)), tests },
            Place { equation: &EQUATIONS[1], home: None, tests: vec![] },
        ]);
        let rows: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("|--")).skip(1).collect();
        assert!(rows[0].contains("`Som::best_matching_unit` [crates/som/src/map.rs:12](../crates/som/src/map.rs#L12)"));
        assert!(rows[0].ends_with("[ties_go_to_the_lowest_index](../crates/som/src/map.rs#L90) |"));
        assert!(rows[1].contains("| crate `som` is not there yet | - |"));
    }
}
