//! The count of verdicts by parts of the lecture, at the top of both galleries.

use crate::slides::{PARTS, Part};
use serde::Serialize;

/// The columns: what a verdict counts as.
pub const KINDS: [Kind; 6] =
    [Kind::Reproduced, Kind::Partly, Kind::NotReproduced, Kind::NoNumber, Kind::Outside, Kind::NotJudged];

/// What a verdict counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Every number the source reports came out.
    Reproduced,
    /// Some of them, or all on stand-in data.
    Partly,
    /// None of them.
    NotReproduced,
    /// The source reports no number.
    NoNumber,
    /// It failed, or a number lies outside its interval.
    Outside,
    /// A quick run, or none at all.
    NotJudged,
}

impl Kind {
    /// The heading of its column.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::Partly => "partly",
            Self::NotReproduced => "not reproduced",
            Self::NoNumber => "no number in the source",
            Self::Outside => "failed or outside",
            Self::NotJudged => "not judged",
        }
    }

    /// The heading where there is little room.
    fn short(self) -> &'static str {
        match self {
            Self::Reproduced => "yes",
            Self::Partly => "partly",
            Self::NotReproduced => "not",
            Self::NoNumber => "no number",
            Self::Outside => "failed",
            Self::NotJudged => "not judged",
        }
    }

    /// The name of its color.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Reproduced => "good",
            Self::Partly => "fair",
            Self::NotReproduced | Self::Outside => "bad",
            Self::NoNumber => "silent",
            Self::NotJudged => "none",
        }
    }
}

/// The table.
#[derive(Debug, Serialize)]
pub struct Overview {
    /// The columns that are needed: the four verdicts, and what else there is.
    pub columns: Vec<Column>,
    /// The parts that have experiments.
    pub rows: Vec<Row>,
    /// The sums of the columns.
    pub total: Row,
}

/// A column.
#[derive(Debug, Serialize)]
pub struct Column {
    /// What it counts.
    pub kind: Kind,
    /// Its heading.
    pub heading: &'static str,
    /// The same where there is little room.
    pub short: &'static str,
    /// The name of its color.
    pub tone: &'static str,
}

/// A row.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The part's heading.
    pub title: String,
    /// The part's heading in Japanese.
    pub japanese: String,
    /// Its slides: `10-17`.
    pub slides: String,
    /// The name of its heading in links.
    pub anchor: String,
    /// The counts by column.
    pub counts: Vec<usize>,
    /// Their sum.
    pub sum: usize,
}

/// Counts verdicts, each given with the first slide of its experiment.
pub fn overview(verdicts: &[(u32, Kind)]) -> Overview {
    let needed = |kind: &Kind| {
        !matches!(kind, Kind::Outside | Kind::NotJudged) || verdicts.iter().any(|(_, other)| other == kind)
    };
    let kinds: Vec<Kind> = KINDS.into_iter().filter(needed).collect();
    let row = |part: Option<&Part>| {
        let inside = |slide: u32| part.is_none_or(|part| Part::of(slide) == Some(part));
        let count = |kind: &Kind| verdicts.iter().filter(|(slide, other)| other == kind && inside(*slide)).count();
        let counts: Vec<usize> = kinds.iter().map(count).collect();
        Row {
            title: part.map_or("all", |part| part.title).into(),
            japanese: part.map_or("", |part| part.japanese).into(),
            slides: part.map(|part| format!("{}-{}", part.first, part.last)).unwrap_or_default(),
            anchor: part.map(Part::anchor).unwrap_or_default(),
            sum: counts.iter().sum(),
            counts,
        }
    };
    Overview {
        rows: PARTS.iter().map(|part| row(Some(part))).filter(|row| row.sum > 0).collect(),
        total: row(None),
        columns: kinds
            .iter()
            .map(|&kind| Column { kind, heading: kind.heading(), short: kind.short(), tone: kind.tone() })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_counted_by_part_and_in_all() {
        let table = overview(&[(15, Kind::Reproduced), (16, Kind::NoNumber), (86, Kind::Reproduced)]);
        assert_eq!(table.columns.len(), 4, "columns for failures appear when there are some");
        assert_eq!(table.total.counts, [2, 0, 0, 1]);
        let rows: Vec<_> = table.rows.iter().map(|row| (row.slides.as_str(), row.counts.clone(), row.sum)).collect();
        assert_eq!(rows, [("10-17", vec![1, 0, 0, 1], 2), ("85-86", vec![1, 0, 0, 0], 1)]);
    }

    #[test]
    fn failures_and_quick_runs_have_columns_of_their_own() {
        let table = overview(&[(15, Kind::Outside), (16, Kind::NotJudged)]);
        assert_eq!(table.total.counts, [0, 0, 0, 0, 1, 1]);
        assert_eq!(table.columns[4].heading, "failed or outside");
    }
}
