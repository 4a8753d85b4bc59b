//! `metrics.json`: the numbers of an experiment by size and data, exact to the last bit.

use anyhow::Context as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// A number that survives JSON: finite values in their shortest exact form, the others as `"NaN"`, `"inf"`, `"-inf"`.
#[derive(Debug, Clone, Copy)]
pub struct Metric(pub f64);

/// The same bits; every NaN equals every other.
impl PartialEq for Metric {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits() || (self.0.is_nan() && other.0.is_nan())
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() { serializer.serialize_f64(self.0) } else { serializer.collect_str(&self.0) }
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(value) => Ok(Self(value)),
            Written::Text(text) => text.parse().map(Self).map_err(serde::de::Error::custom),
        }
    }
}

/// The numbers of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The data used, in words.
    pub data: String,
    /// How long the run took, to a tenth of a second; never compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// The numbers by name.
    pub metrics: BTreeMap<String, Metric>,
}

/// The content of a `metrics.json`: one entry for each size and data set (`quick`, `full`, `full+mnist`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metrics(pub BTreeMap<String, Entry>);

impl Metrics {
    /// Reads the file; one that does not exist has no entries.
    ///
    /// # Errors
    /// When it cannot be read or is not what this module writes.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// The file's content.
    ///
    /// # Errors
    /// Never in practice; serde_json's own.
    pub fn to_json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// One line for each metric that is not bit for bit the committed one, or that only one side has.
pub fn differences(committed: &Entry, found: &Entry) -> Vec<String> {
    let names = committed.metrics.keys().chain(found.metrics.keys().filter(|n| !committed.metrics.contains_key(*n)));
    names
        .filter_map(|name| match (committed.metrics.get(name), found.metrics.get(name)) {
            (Some(expected), Some(found)) if expected == found => None,
            (Some(expected), Some(found)) => Some(format!("{name}: expected {expected}, found {found}")),
            (Some(expected), None) => Some(format!("{name}: expected {expected}, found nothing")),
            (None, Some(found)) => Some(format!("{name}: not committed, found {found}")),
            (None, None) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(metrics: &[(&str, f64)]) -> Entry {
        Entry {
            data: "generated".into(),
            seconds: None,
            metrics: metrics.iter().map(|(name, value)| ((*name).to_string(), Metric(*value))).collect(),
        }
    }

    #[test]
    fn every_number_survives_json_to_the_last_bit() {
        let mut values = vec![0.0, -0.0, 1.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::NAN, f64::INFINITY];
        values.push(f64::NEG_INFINITY);
        let mut stream = nn_core::Stream::new(1);
        values.extend((0..2000).map(|_| f64::from_bits(nn_core::rand::Rng::next_u64(&mut stream))));
        let named: BTreeMap<String, Metric> =
            values.iter().enumerate().map(|(i, value)| (format!("{i:05}"), Metric(*value))).collect();
        let written = Metrics(BTreeMap::from([(
            "full".to_string(),
            Entry { data: String::new(), seconds: Some(0.1), metrics: named },
        )]));
        let read: Metrics = serde_json::from_str(&written.to_json().unwrap()).unwrap();
        assert_eq!(read, written);
    }

    #[test]
    fn a_metric_differs_by_its_last_bit() {
        let next = f64::from_bits(0.1f64.to_bits() + 1);
        let lines = differences(&entry(&[("error", 0.1)]), &entry(&[("error", next)]));
        assert_eq!(lines, [format!("error: expected 0.1, found {next:?}")]);
        assert_eq!(differences(&entry(&[("zero", 0.0)]), &entry(&[("zero", -0.0)])).len(), 1);
        assert!(differences(&entry(&[("nan", f64::NAN)]), &entry(&[("nan", -f64::NAN)])).is_empty());
    }

    #[test]
    fn seconds_are_no_difference_and_may_be_missing() {
        let slow = Entry { seconds: Some(9.5), ..entry(&[("a", 1.0)]) };
        assert!(differences(&entry(&[("a", 1.0)]), &slow).is_empty());
        let without: Metrics = serde_json::from_str("{\"full\": {\"data\": \"generated\", \"metrics\": {}}}").unwrap();
        assert_eq!(without.0["full"], entry(&[]));
    }

    #[test]
    fn a_metric_on_one_side_only_is_a_difference() {
        let lines = differences(&entry(&[("a", 1.0), ("b", 2.0)]), &entry(&[("b", 2.0), ("c", 3.0)]));
        assert_eq!(lines, ["a: expected 1.0, found nothing", "c: not committed, found 3.0"]);
    }

    #[test]
    fn a_missing_file_has_no_entries_and_a_damaged_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.json");
        assert_eq!(Metrics::read(&path).unwrap(), Metrics::default());
        std::fs::write(&path, "{ \"full\": ").unwrap();
        assert!(Metrics::read(&path).unwrap_err().to_string().ends_with("metrics.json is damaged"));
    }
}
