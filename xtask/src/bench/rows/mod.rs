//! Everything that is measured, one file a crate or a part of one. A new crate adds its file and its line in [`all`].

mod boltzmann;
mod cnn;
mod core;
mod cortex;
mod hopfield;
mod mlp;
mod som;

use super::row::Row;

/// The rows in the order of the tables.
pub fn all() -> impl Iterator<Item = &'static Row> {
    [som::ROWS, mlp::ROWS, hopfield::ROWS, boltzmann::ROWS, cnn::ROWS, cortex::ROWS, core::ROWS].into_iter().flatten()
}

/// What a user may ask for: crates and rows.
pub fn names() -> Vec<&'static str> {
    let mut crates: Vec<&str> = all().map(|row| row.library).collect();
    crates.dedup();
    crates.into_iter().chain(all().map(|row| row.id)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::row::Against;
    use super::*;
    use rayon::iter::{ParallelBridge, ParallelIterator};

    #[test]
    fn names_are_unique_and_begin_with_their_crate() {
        let names = names();
        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].contains(name), "{name} stands twice");
        }
        assert!(all().all(|row| row.id.starts_with(&format!("{}-", row.library))));
    }

    #[test]
    fn goals_are_to_something_that_is_measured() {
        for row in all() {
            for goal in row.goals {
                let there = match goal.against {
                    Against::FastestPeer => !row.peers.is_empty(),
                    Against::Peer(name) => row.peers.iter().any(|peer| peer.name == name),
                    Against::FastestRow(ids) => {
                        ids.contains(&row.id) && ids.iter().all(|id| all().any(|other| other.id == *id))
                    }
                };
                assert!(there, "{}", row.id);
                let (must, aim) = (goal.must.unwrap_or(0.0), goal.aim.unwrap_or(f64::INFINITY));
                assert!(must < aim && (goal.must.is_some() || goal.aim.is_some()), "{}", row.id);
            }
        }
    }

    #[test]
    fn every_row_does_its_work() {
        all().par_bridge().for_each(|row| {
            let mut units = 0.0;
            (row.run)(&mut |work| {
                units = (work.ours)()?;
                assert_eq!(row.peers.is_empty(), work.inputs.is_empty(), "{}", row.id);
                Ok(())
            })
            .unwrap();
            assert!(units > 0.0, "{}", row.id);
        });
    }
}
