//! docs/SLIDES.md: slide by slide, what covers it.

use crate::equations::register::EQUATIONS;
use crate::slides::{Cover, LATER, PARTS, SLIDES, Slide, title};
use experiment::Experiment;
use std::path::Path;

const HEAD: &str = "\
<!-- Written by `cargo xtask gallery`. Do not edit. -->

# The lecture, slide by slide

What computes each of the 89 slides: experiments (in the [gallery](GALLERY.md)) and equations (in the
[register](EQUATIONS.md)). Titles are ours, for orientation; the terms in Japanese are those of the field.
";

/// What stands in the last column of a slide.
struct Covered {
    experiments: Vec<String>,
    equations: Vec<String>,
    otherwise: String,
    pending: usize,
}

/// The page's text. Equations whose crate is not in the folder of crates, and planned experiments that are not
/// there, are pending.
pub fn page(crates: &Path, experiments: &[Experiment]) -> String {
    let covered: Vec<(&Slide, Covered)> =
        SLIDES.iter().map(|slide| (slide, cover(slide, crates, experiments))).collect();
    let mut text = HEAD.to_string();
    let count = |test: fn(&Slide) -> bool| SLIDES.iter().filter(|slide| test(slide)).count();
    let pending: usize = covered.iter().map(|(_, covered)| covered.pending).sum();
    text += &format!(
        "\n{} slides: {} headings, {} of text alone, {} repetitions, {} that ask for something to be computed; {} of \
         their experiments and equations are pending.\n",
        SLIDES.len(),
        count(|slide| slide.cover == Cover::Heading),
        count(|slide| slide.cover == Cover::Text),
        count(|slide| matches!(slide.cover, Cover::Repeats(_))),
        count(|slide| !matches!(slide.cover, Cover::Heading | Cover::Text | Cover::Repeats(_))),
        if pending == 0 { "none".into() } else { pending.to_string() },
    );
    for part in PARTS {
        text += &format!("\n## {} ({})\n\n", part.title, part.japanese);
        text += "| slide | title | experiments | equations | otherwise |\n|--|--|--|--|--|\n";
        for (slide, covered) in covered.iter().filter(|(slide, _)| (part.first..=part.last).contains(&slide.number)) {
            let cells = |cells: &[String]| if cells.is_empty() { "-".into() } else { cells.join(", ") };
            text += &format!(
                "| {} | {} | {} | {} | {} |\n",
                slide.number,
                title(slide.number),
                cells(&covered.experiments),
                cells(&covered.equations),
                if covered.otherwise.is_empty() { "-" } else { &covered.otherwise }
            );
        }
    }
    text += "\n## Later work\n\nTechniques of slide 89 beyond those of the other slides:\n\n";
    for (technique, ids) in LATER {
        let ids: Vec<String> =
            ids.iter().map(|id| planned(id, experiments).unwrap_or_else(|| format!("`{id}`"))).collect();
        text += &format!("- {technique}: {}\n", ids.join(", "));
    }
    text
}

fn cover(slide: &Slide, crates: &Path, experiments: &[Experiment]) -> Covered {
    let ids: &[&str] = if let Cover::Experiments(ids) = slide.cover { ids } else { &[] };
    let named = experiments.iter().filter(|experiment| experiment.slides.contains(&slide.number));
    let others = named.filter(|experiment| !ids.contains(&experiment.id)).map(|experiment| experiment.id);
    let mut pending = 0;
    let mut shown = Vec::new();
    for id in ids.iter().copied().chain(others) {
        shown.push(planned(id, experiments).unwrap_or_else(|| {
            pending += 1;
            format!("`{id}` (pending)")
        }));
    }
    let equations = EQUATIONS.iter().filter(|equation| equation.slides.contains(&slide.number)).map(|equation| {
        if crates.join(equation.crate_name()).is_dir() {
            format!("[`{0}`](EQUATIONS.md#{0})", equation.tag)
        } else {
            pending += 1;
            format!("`{}` (pending)", equation.tag)
        }
    });
    let equations = equations.collect();
    let otherwise = match slide.cover {
        Cover::Heading => "heading".into(),
        Cover::Text => "text only".into(),
        Cover::Repeats(other) => format!("as slide {other}"),
        Cover::Code(place) => place.into(),
        Cover::Experiments(_) | Cover::Equations => String::new(),
    };
    Covered { experiments: shown, equations, otherwise, pending }
}

/// The link to an experiment, if it is there.
fn planned(id: &str, experiments: &[Experiment]) -> Option<String> {
    experiments.iter().any(|experiment| experiment.id == id).then(|| format!("[`{id}`](GALLERY.md#{id})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments;

    #[test]
    fn every_slide_has_a_row_with_what_covers_it() {
        let crates = tempfile::tempdir().unwrap();
        std::fs::create_dir(crates.path().join("som")).unwrap();
        let page = page(crates.path(), &experiments::ALL[..1]);
        assert_eq!(page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| slide")).count(), 89);
        let row = |number: u32| page.lines().find(|line| line.starts_with(&format!("| {number} |"))).unwrap();
        assert!(row(15).contains("[`som-winner`](EQUATIONS.md#som-winner)"), "{}", row(15));
        assert!(row(39).contains("`gradient-step` (pending)"), "{}", row(39));
        assert!(row(7).ends_with("| - | - | text only |"), "{}", row(7));
        assert!(row(57).ends_with("| as slide 56 |"), "{}", row(57));
        assert!(row(86).contains("`feature-maps` (pending)"), "{}", row(86));
    }

    #[test]
    fn slides_with_equations_of_the_register_are_not_called_text() {
        for slide in SLIDES.iter().filter(|slide| matches!(slide.cover, Cover::Heading | Cover::Text)) {
            assert!(!EQUATIONS.iter().any(|equation| equation.slides.contains(&slide.number)), "{}", slide.number);
        }
        for slide in SLIDES.iter().filter(|slide| slide.cover == Cover::Equations) {
            assert!(EQUATIONS.iter().any(|equation| equation.slides.contains(&slide.number)), "{}", slide.number);
        }
    }
}
