//! The judgement of a run: against its intervals, and against what the source reports.

use crate::number;
use crate::record::Record;
use experiment::{Data, Experiment, Size};
use std::fmt;

/// Digits that tell any two numbers apart.
const EXACT: usize = 17;

/// How a run compares with what its source reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every number the source reports came out the same, on the source's kind of data.
    Reproduced,
    /// Some of the numbers came out the same, or all of them on stand-in data.
    Partly,
    /// No number came out the same.
    NotReproduced,
    /// The source reports no number.
    NoNumber,
    /// A quick run is too small to be judged.
    Quick,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reproduced => "reproduced",
            Self::Partly => "partly",
            Self::NotReproduced => "not reproduced",
            Self::NoNumber => "no number in the source",
            Self::Quick => "quick run, not judged",
        })
    }
}

/// The verdict on these numbers.
pub fn verdict(experiment: &Experiment, record: &Record) -> Verdict {
    if record.size == Size::Quick {
        return Verdict::Quick;
    }
    judge(experiment, record.directory.is_some(), |metric| record.metric(metric))
}

/// The verdict on the numbers of a full run, with or without the data directory.
pub fn judge(experiment: &Experiment, with_directory: bool, number: impl Fn(&str) -> Option<f64>) -> Verdict {
    let agreements: Vec<bool> = experiment
        .paper
        .iter()
        .filter_map(|reported| Some((reported.metric, reported.agrees.as_ref()?)))
        .map(|(metric, interval)| number(metric).is_some_and(|value| interval.contains(&value)))
        .collect();
    let stand_in = matches!(experiment.data, Data::Directory { .. }) && !with_directory;
    match agreements.iter().filter(|&&agrees| agrees).count() {
        _ if agreements.is_empty() => Verdict::NoNumber,
        0 => Verdict::NotReproduced,
        count if count == agreements.len() && !stand_in => Verdict::Reproduced,
        _ => Verdict::Partly,
    }
}

/// One sentence for each metric that lies outside its interval or is not there at all.
pub fn violations(experiment: &Experiment, record: &Record) -> Vec<String> {
    let text = |interval| number::interval(interval, EXACT);
    let intervals = record.intervals(experiment).into_iter().flatten();
    let outside = intervals.filter_map(|(metric, interval)| match record.metric(metric) {
        Some(value) if interval.contains(&value) => None,
        Some(value) => Some(format!("{metric} must be {}, is {value:?}", text(interval))),
        None => Some(format!("{metric} must be {}, but the run gives no such metric", text(interval))),
    });
    let unknown = experiment.paper.iter().filter(|reported| reported.agrees.is_some());
    let unknown = unknown.filter(|reported| record.metric(reported.metric).is_none());
    let unknown = unknown.map(|reported| format!("{} is reported, but the run gives no such metric", reported.metric));
    outside.chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{Confidence, FINITE, Outcome, Reported, Seeds};

    const REPORTED: &[Reported] = &[
        Reported { metric: "a", value: "1", agrees: Some(0.9..=1.1), confidence: Confidence::Read },
        Reported { metric: "b", value: "2", agrees: Some(1.9..=2.1), confidence: Confidence::High },
        Reported { metric: "c", value: "no number", agrees: None, confidence: Confidence::Read },
    ];
    const WITH_DIRECTORY: Data =
        Data::Directory { name: "mnist", stand_in: Some("mnist-10k"), expected: Some(&[("a", 5.0..=6.0)]) };

    fn experiment() -> Experiment {
        Experiment {
            id: "test",
            slides: &[1],
            title: "Test",
            title_japanese: "",
            source: "",
            claim: "",
            equations: &[],
            assumptions: &[],
            data: Data::Generated,
            seeds: Seeds::NONE,
            paper: REPORTED,
            expected: &[("a", 0.0..=1.0)],
            invariants: &[("b", FINITE)],
            run: |_| Ok(Outcome::new()),
        }
    }

    fn record(experiment: &Experiment, size: Size, directory: Option<&str>, a: f64, b: f64) -> Record {
        let outcome = Outcome::new().metric("a", a).metric("b", b);
        Record::new(experiment, size, directory.map(Into::into), 0, &outcome)
    }

    #[test]
    fn the_verdict_counts_the_numbers_that_agree() {
        let experiment = experiment();
        let of = |a, b| verdict(&experiment, &record(&experiment, Size::Full, None, a, b));
        assert_eq!(of(1.0, 2.0), Verdict::Reproduced);
        assert_eq!(of(1.0, 3.0), Verdict::Partly);
        assert_eq!(of(0.0, f64::NAN), Verdict::NotReproduced);
    }

    #[test]
    fn stand_in_data_never_reproduce_a_number() {
        let experiment = Experiment { data: WITH_DIRECTORY, ..experiment() };
        let of = |directory| verdict(&experiment, &record(&experiment, Size::Full, directory, 1.0, 2.0));
        assert_eq!(of(None), Verdict::Partly);
        assert_eq!(of(Some("mnist")), Verdict::Reproduced);
    }

    #[test]
    fn a_source_without_numbers_gives_no_verdict_and_a_quick_run_none_either() {
        let silent = Experiment { paper: &REPORTED[2..], ..experiment() };
        assert_eq!(verdict(&silent, &record(&silent, Size::Full, None, 1.0, 2.0)), Verdict::NoNumber);
        let experiment = experiment();
        assert_eq!(verdict(&experiment, &record(&experiment, Size::Quick, None, 1.0, 2.0)), Verdict::Quick);
    }

    #[test]
    fn a_violation_names_metric_interval_and_value() {
        let experiment = experiment();
        let of = |size, a, b| violations(&experiment, &record(&experiment, size, None, a, b));
        assert_eq!(of(Size::Full, 1.5, f64::NAN), ["b must be finite, is NaN", "a must be in [0, 1], is 1.5"]);
        assert_eq!(of(Size::Quick, 1.5, 0.0), Vec::<String>::new(), "expected intervals are for the full size");
    }

    #[test]
    fn the_data_directory_has_intervals_of_its_own() {
        let experiment = Experiment { data: WITH_DIRECTORY, ..experiment() };
        let of = |directory, a| violations(&experiment, &record(&experiment, Size::Full, directory, a, 2.0)).len();
        assert_eq!((of(None, 1.0), of(None, 5.5), of(Some("mnist"), 1.0), of(Some("mnist"), 5.5)), (0, 1, 1, 0));
    }

    #[test]
    fn a_metric_that_the_run_does_not_give_is_a_violation() {
        let experiment = experiment();
        let empty = Record::new(&experiment, Size::Full, None, 0, &Outcome::new());
        assert_eq!(violations(&experiment, &empty).len(), 4);
    }
}
