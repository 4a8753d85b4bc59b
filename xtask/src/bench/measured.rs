//! [`Measured`]: the turns of a row, the ratios that follow, and the verdict.

use super::row::{Against, Goal, Row};
use super::turn::Turn;
use experiment::statistics::{Spread, median};
use serde::Serialize;
use std::collections::BTreeMap;

/// The turns of one row, ours and the peers' in the order of [`Row::peers`], the same number of each.
#[derive(Debug)]
pub struct Measured {
    /// The row.
    pub row: &'static Row,
    /// Ours.
    pub ours: Vec<Turn>,
    /// Those of the peers that took part, by name.
    pub peers: Vec<(&'static str, Vec<Turn>)>,
    /// What our work came to, for comparison with [`Turn::results`] of the peers.
    pub results: BTreeMap<String, f64>,
}

/// How many times as fast as a peer we are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ratio {
    /// Median of our rates by median of the peer's.
    pub of_medians: f64,
    /// The ratios of neighboring turns.
    pub by_turn: Spread,
    /// As `of_medians`, with rates by CPU time.
    pub by_cpu_time: Option<f64>,
}

/// What a ratio says about its goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// At least what the project wants.
    Aim,
    /// At least what has to be shown.
    Reached,
    /// Less than what has to be shown.
    Missed,
    /// Less than what the project wants, where nothing has to be shown.
    BelowAim,
}

impl Verdict {
    /// Of a ratio.
    pub fn of(ratio: f64, goal: &Goal) -> Self {
        let reached = |limit: Option<f64>| limit.map(|limit| ratio >= limit);
        match (reached(goal.aim), reached(goal.must)) {
            (Some(true), _) => Self::Aim,
            (_, Some(true)) => Self::Reached,
            (_, Some(false)) => Self::Missed,
            (_, None) => Self::BelowAim,
        }
    }

    /// In a word or two.
    pub fn text(self) -> &'static str {
        match self {
            Self::Aim => "aim",
            Self::Reached => "reached",
            Self::Missed => "missed",
            Self::BelowAim => "below aim",
        }
    }
}

/// The rates of some turns by wall time.
pub fn rates(turns: &[Turn]) -> Vec<f64> {
    turns.iter().map(|turn| turn.rate).collect()
}

impl Measured {
    /// Our rates.
    pub fn spread(&self) -> Spread {
        Spread::of(&rates(&self.ours))
    }

    /// Our ratio to a peer, if it took part.
    pub fn ratio(&self, peer: &str) -> Option<Ratio> {
        let (_, theirs) = self.peers.iter().find(|(name, _)| *name == peer)?;
        let by_turn: Vec<f64> = self.ours.iter().zip(theirs).map(|(ours, theirs)| ours.rate / theirs.rate).collect();
        let by_cpu_time = |turns: &[Turn]| {
            let rates: Option<Vec<f64>> = turns.iter().map(Turn::rate_by_cpu_time).collect();
            rates.map(|rates| median(&rates))
        };
        Some(Ratio {
            of_medians: self.spread().median / median(&rates(theirs)),
            by_turn: Spread::of(&by_turn),
            by_cpu_time: by_cpu_time(&self.ours).zip(by_cpu_time(theirs)).map(|(ours, theirs)| ours / theirs),
        })
    }

    /// The goal for so many threads, and the ratio it is about; none if what it is against was not measured.
    pub fn goal(&self, threads: usize, all: &[Self]) -> Option<(&'static Goal, f64)> {
        let goal = self.row.goal(threads)?;
        let ratio = match goal.against {
            Against::Peer(name) => self.ratio(name)?.of_medians,
            Against::FastestPeer => {
                let ratios = self.peers.iter().filter_map(|(name, _)| self.ratio(name));
                ratios.map(|ratio| ratio.of_medians).reduce(f64::min)?
            }
            Against::FastestRow(ids) => {
                let rates = ids.iter().map(|id| all.iter().find(|other| other.row.id == *id));
                let rates: Option<Vec<f64>> = rates.map(|other| Some(other?.spread().median)).collect();
                self.spread().median / rates?.into_iter().reduce(f64::max)?
            }
        };
        Some((goal, ratio))
    }
}

#[cfg(test)]
pub mod tests {
    use super::super::row::{Peer, Threads, Unit};
    use super::*;

    /// A row with a goal for one thread.
    pub const ROW: Row = Row {
        id: "mlp-x",
        library: "mlp",
        title: "a case",
        unit: Unit::Rate("samples/s"),
        peers: &[Peer { name: "first", script: "" }, Peer { name: "second", script: "" }],
        goals: &[Goal { threads: Threads::One, against: Against::FastestPeer, must: Some(2.0), aim: Some(3.0) }],
        run: |_| Ok(()),
    };
    const SISTER: Row = Row {
        goals: &[Goal {
            threads: Threads::One,
            against: Against::FastestRow(&["mlp-x", "mlp-y"]),
            must: Some(0.5),
            aim: None,
        }],
        peers: &[],
        ..ROW
    };
    static PEERS: Row = ROW;
    static SISTERS: [Row; 2] = [SISTER, Row { id: "mlp-y", ..SISTER }];

    /// Turns of one second at these rates, in twice the CPU time.
    fn turns(rates: &[f64]) -> Vec<Turn> {
        let turn =
            |&rate| Turn { rate, work: rate, wall_seconds: 1.0, cpu_seconds: Some(2.0), results: BTreeMap::new() };
        rates.iter().map(turn).collect()
    }

    /// A row against two peers, 2.5 times as fast as the faster one.
    pub fn measured() -> Measured {
        let peers = vec![("first", turns(&[50.0, 50.0, 40.0])), ("second", turns(&[100.0, 80.0, 100.0]))];
        Measured { row: &PEERS, ours: turns(&[250.0, 240.0, 300.0]), peers, results: BTreeMap::new() }
    }

    #[test]
    fn a_ratio_is_that_of_the_medians_and_its_spread_that_of_neighboring_turns() {
        let ratio = measured().ratio("second").unwrap();
        assert_eq!(ratio.of_medians, 2.5);
        assert_eq!(ratio.by_turn, Spread { median: 3.0, lowest: 2.5, highest: 3.0 });
        assert_eq!(ratio.by_cpu_time, Some(2.5));
        assert_eq!(measured().ratio("third"), None);
    }

    #[test]
    fn a_goal_about_a_peer_is_about_no_other() {
        static GOALS: [Goal; 1] = [Goal { against: Against::Peer("first"), ..ROW.goals[0] }];
        static NAMED: Row = Row { goals: &GOALS, ..ROW };
        assert_eq!(Measured { row: &NAMED, ..measured() }.goal(1, &[]).unwrap().1, 5.0);
    }

    #[test]
    fn a_ratio_without_cpu_time_has_none() {
        let mut measured = measured();
        measured.peers[1].1[2].cpu_seconds = None;
        assert_eq!(measured.ratio("second").unwrap().by_cpu_time, None);
    }

    #[test]
    fn a_goal_is_about_the_fastest_peer() {
        let measured = measured();
        let (goal, ratio) = measured.goal(1, &[]).unwrap();
        assert_eq!((goal.must, ratio), (Some(2.0), 2.5));
        assert!(measured.goal(2, &[]).is_none());
        assert!(Measured { peers: vec![], ..measured }.goal(1, &[]).is_none());
    }

    #[test]
    fn a_goal_about_rows_needs_all_of_them() {
        let one = |row, rate| Measured { row, ours: turns(&[rate]), peers: vec![], results: BTreeMap::new() };
        let all = [one(&SISTERS[0], 60.0), one(&SISTERS[1], 100.0)];
        assert_eq!(all[0].goal(1, &all).unwrap().1, 0.6);
        assert_eq!(all[1].goal(1, &all).unwrap().1, 1.0);
        assert!(all[0].goal(1, &all[..1]).is_none());
    }

    #[test]
    fn a_verdict_is_reached_at_the_limit_itself() {
        let goal = |must, aim| Goal { must, aim, ..ROW.goals[0] };
        for (ratio, must, aim, verdict) in [
            (3.0, Some(2.0), Some(3.0), Verdict::Aim),
            (2.99, Some(2.0), Some(3.0), Verdict::Reached),
            (2.0, Some(2.0), Some(3.0), Verdict::Reached),
            (1.99, Some(2.0), Some(3.0), Verdict::Missed),
            (f64::NAN, Some(2.0), Some(3.0), Verdict::Missed),
            (0.5, Some(0.5), None, Verdict::Reached),
            (0.4, Some(0.5), None, Verdict::Missed),
            (1.2, None, Some(1.2), Verdict::Aim),
            (1.1, None, Some(1.2), Verdict::BelowAim),
        ] {
            assert_eq!(Verdict::of(ratio, &goal(must, aim)), verdict, "{ratio}");
        }
    }
}
