//! The order in which experiments are started: the longest first, so that none of them is left alone at the end.

use crate::metrics::Metrics;
use crate::record::{Record, entry_name};
use crate::run::Settings;
use experiment::Experiment;
use std::path::Path;

/// The experiments by the seconds of their last run of this size, in the output folder or as committed; those that
/// never ran come first. Equal ones keep their order.
pub fn longest_first<'a>(selected: &[&'a Experiment], settings: &Settings, committed: &Path) -> Vec<&'a Experiment> {
    let mut queue = selected.to_vec();
    queue.sort_by_cached_key(|experiment| {
        let seconds = seconds(experiment.id, settings, committed).unwrap_or(f64::INFINITY);
        std::cmp::Reverse((1e3 * seconds.max(0.0)) as u64)
    });
    queue
}

fn seconds(id: &str, settings: &Settings, committed: &Path) -> Option<f64> {
    let last = Record::read(&settings.out.join(id)).filter(|record| record.size == settings.size);
    last.map(|record| record.seconds).or_else(|| {
        let metrics = Metrics::read(&committed.join(id).join("metrics.json")).ok()?;
        metrics.0.get(&entry_name(settings.size, None))?.seconds
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::ALL;
    use experiment::{Outcome, Size};

    #[test]
    fn experiments_that_never_ran_come_first_and_then_the_longest() {
        let folder = tempfile::tempdir().unwrap();
        let settings =
            Settings { size: Size::Quick, data_directory: None, out: folder.path().into(), resume: false, block: 0 };
        for (experiment, seconds) in ALL[..3].iter().zip([1.0, 3.0, 2.0]) {
            let mut record = Record::new(experiment, Size::Quick, None, 0, &Outcome::new());
            record.seconds = seconds;
            let path = folder.path().join(experiment.id);
            std::fs::create_dir(&path).unwrap();
            std::fs::write(path.join(crate::record::FILE), record.to_json().unwrap()).unwrap();
        }
        let selected: Vec<&Experiment> = ALL[..4].iter().collect();
        let queue: Vec<&str> = longest_first(&selected, &settings, folder.path()).iter().map(|e| e.id).collect();
        assert_eq!(queue, [ALL[3].id, ALL[1].id, ALL[2].id, ALL[0].id]);
    }
}
