//! Every paper that an experiment names stands in docs/REFERENCES.md, whose entries are in order.

use super::Finding;
use crate::experiments;
use experiment::Experiment;
use std::path::Path;

const FILE: &str = "docs/REFERENCES.md";

/// How an entry begins: the anchor, then the authors and the year.
const ENTRY: &str = "- <a id=\"";

/// Particles of a name, as they may also be written.
const PARTICLES: [&str; 4] = ["De", "Du", "Van", "Von"];

/// Every rule about references.
///
/// # Errors
/// When the page cannot be read.
pub fn check(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let Ok(page) = std::fs::read_to_string(root.join(FILE)) else {
        return Ok(vec![Finding::new(FILE, 0, "is missing")]);
    };
    let (keys, mut findings) = entries(&page);
    for experiment in experiments::ALL.iter() {
        findings.extend(cited(experiment, &keys));
    }
    Ok(findings)
}

/// The keys of the entries, and what is wrong with the entries.
fn entries(page: &str) -> (Vec<String>, Vec<Finding>) {
    let mut keys: Vec<String> = Vec::new();
    let mut findings = Vec::new();
    let lines: Vec<&str> = page.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let Some((key, rest)) = line.strip_prefix(ENTRY).and_then(|rest| rest.split_once("\"></a>**")) else {
            continue;
        };
        let mut find = |message: String| findings.push(Finding::new(FILE, index + 1, message));
        match citations(rest).first() {
            Some(Ok(written)) if written == key => {}
            Some(Ok(written)) => find(format!("the anchor `{key}` must be `{written}`")),
            _ => find(format!("the entry `{key}` must begin with `**Author (year)**`")),
        }
        if keys.last().is_some_and(|last| last.as_str() >= key) {
            find(format!("the entry `{key}` must stand before `{}`", keys[keys.len() - 1]));
        }
        if !lines.get(index + 1).is_some_and(|next| next.starts_with("  Taken: ")) {
            find(format!("the entry `{key}` must say on its second line what was taken: `  Taken: ...`"));
        }
        keys.push(key.into());
    }
    (keys, findings)
}

/// What the source of an experiment names and no entry has, or what cannot be looked up.
fn cited(experiment: &Experiment, keys: &[String]) -> Vec<Finding> {
    let file = format!("the source of experiment {}", experiment.id);
    let citations = citations(experiment.source);
    if citations.is_empty() && !experiment.source.contains("ecture") {
        let message = "names neither a slide of the lecture nor a paper as `Author (year)`";
        return vec![Finding::new(file, 0, message)];
    }
    let missing = citations.into_iter().filter_map(|citation| match citation {
        Ok(key) if keys.contains(&key) => None,
        Ok(key) => Some(format!("`{key}` is not in {FILE}")),
        Err(year) => Some(format!("({year}) must follow its authors: `Author and Author (year)`")),
    });
    missing.map(|message| Finding::new(&file, 0, message)).collect()
}

/// `kohonen-1982` for every `Kohonen (1982)`; the year alone where no name stands before it.
fn citations(text: &str) -> Vec<Result<String, String>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('(') {
        let inside = text[at + 1..].split(')').next().unwrap_or_default();
        // `(1986)`, `(1986a)`, `(1979, 1980)`: the first year counts.
        let year = inside.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(year) = year.filter(|year| matches!(year.get(..2), Some("18" | "19" | "20"))) else { continue };
        if !inside[4..].trim_start_matches(|c: char| c.is_ascii_lowercase()).starts_with([',', '-', '/'])
            && inside.len() > 5
        {
            continue;
        }
        found.push(first_author(&text[..at]).map(|name| format!("{name}-{year}")).ok_or_else(|| year.to_string()));
    }
    found
}

/// The surname of the first of the authors that end this text, in lowercase ASCII.
fn first_author(text: &str) -> Option<String> {
    let mut first = None;
    for word in text.split_whitespace().rev() {
        let name = word.trim_end_matches(',').trim_matches('*');
        let joins = matches!(name, "and" | "et" | "al." | "al" | "others" | "&" | "von" | "van" | "der" | "de");
        let initial = name.ends_with('.') && name.chars().count() <= 5;
        let surname = name.chars().next().is_some_and(char::is_uppercase)
            && name.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'));
        if surname && !PARTICLES.contains(&name) {
            first = Some(name);
        } else if !joins && !initial && !PARTICLES.contains(&name) {
            break;
        }
    }
    first.map(plain)
}

/// Without accents: those that names of the field carry.
fn plain(name: &str) -> String {
    let letter = |c: char| match c {
        'ä' | 'á' | 'à' | 'â' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ï' => 'i',
        'ö' | 'ó' | 'ô' | 'ø' => 'o',
        'ü' | 'ú' => 'u',
        'ç' | 'č' | 'ć' => 'c',
        'ñ' => 'n',
        other => other,
    };
    name.chars().flat_map(char::to_lowercase).map(letter).filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        citations(text).into_iter().map(|citation| citation.unwrap_or_else(|year| format!("? {year}"))).collect()
    }

    #[test]
    fn citations_are_found_by_the_first_author() {
        for (text, expected) in [
            ("Kohonen (1982), Biol. Cybern. 43:59-69", &["kohonen-1982"][..]),
            (
                "Lecture, slides 60-63; Glorot and Bengio (2010), AISTATS; He, Zhang, Ren, Sun (2015)",
                &["glorot-2010", "he-2015"],
            ),
            ("Lapicque (1907) for the cell, Hodgkin and Huxley (1952) for it", &["lapicque-1907", "hodgkin-1952"]),
            ("after von der Malsburg (1973)", &["malsburg-1973"]),
            ("Willshaw and von der Malsburg (1976)", &["willshaw-1976"]),
            ("D. E. Rumelhart et al. (1986), Nature", &["rumelhart-1986"]),
            ("Ultsch and Mörchen (2005)", &["ultsch-2005"]),
            ("De Valois, Yund and Hepler (1982)", &["valois-1982"]),
            ("LeCun et al. (1989), Neural Computation 1(4):541-551", &["lecun-1989"]),
            ("Fukushima (1979, 1980)", &["fukushima-1979"]),
            ("the version of (1998)", &["? 1998"]),
            ("Lecture, slide 20 (2000 samples)", &[]),
        ] {
            assert_eq!(keys(text), expected, "{text}");
        }
    }

    #[test]
    fn an_entry_has_its_anchor_its_place_and_what_was_taken() {
        let page = "- <a id=\"cover-1965\"></a>**Cover (1965)**. Title.\n  Taken: a number.\n";
        assert_eq!(entries(page), (vec!["cover-1965".into()], vec![]));
        let second = "- <a id=\"amit-1986\"></a>**Amit and Gutfreund (1985)**. Title.\n";
        let messages: Vec<String> = entries(&format!("{page}{second}")).1.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "docs/REFERENCES.md:3: the anchor `amit-1986` must be `amit-1985`",
                "docs/REFERENCES.md:3: the entry `amit-1986` must stand before `cover-1965`",
                "docs/REFERENCES.md:3: the entry `amit-1986` must say on its second line what was taken: `  Taken: ...`",
            ]
        );
    }

    #[test]
    fn a_source_without_an_entry_is_found() {
        let experiment = Experiment {
            source: "Hebb (1949), The Organization of Behavior",
            data: experiment::Data::Generated,
            ..experiments::ALL[0]
        };
        let found: Vec<String> = cited(&experiment, &["cover-1965".into()]).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [format!("the source of experiment {}: `hebb-1949` is not in docs/REFERENCES.md", experiment.id)]
        );
        assert_eq!(cited(&experiment, &["hebb-1949".into()]), []);
        let silent = Experiment { source: "a blog", ..experiment };
        assert_eq!(cited(&silent, &[]).len(), 1);
    }
}
