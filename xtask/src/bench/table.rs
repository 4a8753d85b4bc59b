//! The tables: ours alone, or ours beside the peers' with the ratios.

use super::measured::{Measured, Verdict, rates};
use super::quantity::in_unit;
use super::row::{Goal, Row, Unit};
use crate::files::aligned;
use crate::number::significant;
use experiment::statistics::{Spread, median};

/// The goal of a row, the ratio it is about, and the verdict in words.
type Judge<'a> = dyn Fn(&Measured) -> Option<(&'static Goal, f64, String)> + 'a;

/// One table for each crate, in the order of the rows; verdicts in doubt get a question mark.
pub fn tables(all: &[Measured], threads: usize, in_doubt: bool) -> String {
    let tables = by_crate(all, threads, in_doubt).into_iter();
    tables.map(|(_, lines)| aligned(&lines)).collect::<Vec<_>>().join("\n")
}

/// The lines of those tables, the heads first, with the names of the crates.
pub fn by_crate(all: &[Measured], threads: usize, in_doubt: bool) -> Vec<(&'static str, Vec<Vec<String>>)> {
    let verdict = |measured: &Measured| {
        let (goal, ratio) = measured.goal(threads, all)?;
        let text = format!("{}{}", Verdict::of(ratio, goal).text(), if in_doubt { "?" } else { "" });
        Some((goal, ratio, text))
    };
    let of_crate = |rows: &[Measured]| {
        let peers = peers(rows);
        let lines = if peers.is_empty() { alone(rows, &verdict) } else { compared(rows, &peers, &verdict) };
        (rows[0].row.library, lines)
    };
    all.chunk_by(|a, b| a.row.library == b.row.library).map(of_crate).collect()
}

/// What the work of a row came to on every side, and by how much the peers' differ from ours at most; empty where none says.
pub fn results(all: &[Measured]) -> String {
    let mut lines = vec![["row", "result", "ours", "peers", "difference"].map(String::from).to_vec()];
    for measured in all {
        for (name, ours) in &measured.results {
            let of_peer = |(peer, turns): &(&str, Vec<super::turn::Turn>)| {
                turns.last().and_then(|turn| turn.results.get(name)).map(|value| ((*peer).to_string(), *value))
            };
            let theirs: Vec<(String, f64)> = measured.peers.iter().filter_map(of_peer).collect();
            let worst = theirs.iter().map(|(_, value)| (value - ours).abs()).fold(0.0, f64::max);
            let peers: Vec<String> = theirs.iter().map(|(peer, value)| format!("{peer} {value:.6}")).collect();
            let difference = if theirs.is_empty() { "-".into() } else { format!("{worst:.1e}") };
            lines.push(vec![
                measured.row.id.into(),
                name.clone(),
                format!("{ours:.6}"),
                or_dash(peers.join(", ")),
                difference,
            ]);
        }
    }
    if lines.len() == 1 { String::new() } else { aligned(&lines) + "\n" }
}

/// The rows there are.
pub fn list<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let mut lines = vec![["row", "unit", "peers", "case"].map(String::from).to_vec()];
    lines.extend(rows.map(|row| {
        let peers: Vec<&str> = row.peers.iter().map(|peer| peer.name).collect();
        vec![row.id.into(), unit(row.unit).into(), or_dash(peers.join(", ")), row.title.into()]
    }));
    aligned(&lines)
}

/// A finished row in one line.
pub fn line(measured: &Measured) -> String {
    let Row { id, unit: counted, .. } = measured.row;
    let mut line = format!("{id}: {} {}", in_unit(measured.spread().median, *counted), unit(*counted));
    for (name, _) in &measured.peers {
        let ratio = measured.ratio(name).map_or(f64::NAN, |ratio| ratio.of_medians);
        line += &format!(", {} x {name}", significant(ratio, 3));
    }
    line
}

/// The names of all peers that took part in some row.
fn peers(rows: &[Measured]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for (name, _) in rows.iter().flat_map(|measured| &measured.peers) {
        if !names.contains(name) {
            names.push(*name);
        }
    }
    names
}

fn alone(rows: &[Measured], verdict: &Judge<'_>) -> Vec<Vec<String>> {
    let mut lines = vec![["row", "unit", "median", "slowest", "fastest", "spread", "case"].map(String::from).to_vec()];
    lines.extend(rows.iter().map(|measured| {
        let Row { id, title, unit: counted, .. } = measured.row;
        let spread = measured.spread();
        let number = |rate| in_unit(rate, *counted);
        let goal = verdict(measured).map(|(goal, ratio, verdict)| {
            let must = goal.must.map(|must| format!(", must {}", significant(must, 3))).unwrap_or_default();
            format!("; {} of the fastest{must}: {verdict}", significant(ratio, 2))
        });
        vec![
            (*id).into(),
            unit(*counted).into(),
            number(spread.median),
            number(spread.lowest),
            number(spread.highest),
            format!("{:.0} %", 100.0 * (spread.highest - spread.lowest) / spread.median),
            format!("{title}{}", goal.unwrap_or_default()),
        ]
    }));
    lines
}

fn compared(rows: &[Measured], peers: &[&str], verdict: &Judge<'_>) -> Vec<Vec<String>> {
    let mut head: Vec<String> = ["row", "unit", "ours"].map(String::from).to_vec();
    head.extend(peers.iter().map(|peer| (*peer).into()));
    head.extend(peers.iter().map(|peer| format!("ours / {peer}")));
    head.extend(["by CPU time", "must", "aim", "verdict"].map(String::from));
    let mut lines = vec![head];
    lines.extend(rows.iter().map(|measured| {
        let counted = measured.row.unit;
        let ratios: Vec<_> = peers.iter().map(|peer| measured.ratio(peer)).collect();
        let mut line = vec![measured.row.id.into(), unit(counted).into(), in_unit(measured.spread().median, counted)];
        line.extend(peers.iter().map(|peer| {
            let turns = measured.peers.iter().find(|(name, _)| name == peer);
            or_dash(turns.map(|(_, turns)| in_unit(median(&rates(turns)), counted)).unwrap_or_default())
        }));
        line.extend(ratios.iter().map(|ratio| {
            let Some(ratio) = ratio else { return "-".into() };
            let Spread { lowest, highest, .. } = ratio.by_turn;
            let [ratio, lowest, highest] = [ratio.of_medians, lowest, highest].map(|ratio| significant(ratio, 3));
            format!("{ratio} ({lowest} to {highest})")
        }));
        let by_cpu_time = ratios.iter().map(|ratio| ratio.and_then(|ratio| ratio.by_cpu_time));
        let by_cpu_time = by_cpu_time.map(|ratio| ratio.map_or("-".into(), |ratio| significant(ratio, 3)));
        line.push(by_cpu_time.collect::<Vec<_>>().join(", "));
        let (goal, verdict) = match verdict(measured) {
            Some((goal, _, verdict)) => (Some(goal), verdict),
            None => (None, String::new()),
        };
        let limit = |limit: Option<f64>| limit.map(|limit| significant(limit, 3)).unwrap_or_default();
        line.push(or_dash(limit(goal.and_then(|goal| goal.must))));
        line.push(or_dash(limit(goal.and_then(|goal| goal.aim))));
        line.push(or_dash(verdict));
        line
    }));
    lines
}

fn unit(unit: Unit) -> &'static str {
    let (Unit::Rate(name) | Unit::Time(name)) = unit;
    name
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::super::measured::tests::{ROW, measured};
    use super::*;

    #[test]
    fn a_table_with_peers_has_every_ratio_and_the_verdict() {
        assert_eq!(
            tables(&[measured()], 1, false),
            "row    unit       ours  first  second  ours / first    ours / second   by CPU time  must  aim  verdict\n\
             mlp-x  samples/s  250   50     100     5 (4.8 to 7.5)  2.5 (2.5 to 3)  5, 2.5       2     3    reached\n"
        );
    }

    #[test]
    fn a_verdict_in_doubt_has_a_question_mark() {
        assert!(tables(&[measured()], 1, true).ends_with("  reached?\n"));
    }

    #[test]
    fn without_a_goal_there_is_no_verdict() {
        let table = tables(&[measured()], 2, false);
        assert!(table.ends_with("  -     -    -\n"), "{table}");
    }

    #[test]
    fn a_table_of_ours_alone_has_the_spread() {
        let measured = Measured { peers: vec![], ..measured() };
        assert_eq!(
            tables(&[measured], 1, false),
            "row    unit       median  slowest  fastest  spread  case\n\
             mlp-x  samples/s  250     240      300      24 %    a case\n"
        );
    }

    #[test]
    fn results_stand_side_by_side_with_the_largest_difference() {
        assert_eq!(results(&[measured()]), "");
        let mut measured = measured();
        measured.results = [("error".to_string(), 0.25)].into();
        measured.peers[1].1[2].results = [("error".to_string(), 0.2505)].into();
        assert_eq!(
            results(&[measured]),
            "row    result  ours      peers            difference\n\
             mlp-x  error   0.250000  second 0.250500  5.0e-4\n\n"
        );
    }

    #[test]
    fn a_finished_row_is_one_line() {
        assert_eq!(line(&measured()), "mlp-x: 250 samples/s, 5 x first, 2.5 x second");
    }

    #[test]
    fn the_list_names_the_peers() {
        let alone = Row { id: "mlp-y", peers: &[], ..ROW };
        assert_eq!(
            list([&ROW, &alone].into_iter()),
            "row    unit       peers          case\n\
             mlp-x  samples/s  first, second  a case\n\
             mlp-y  samples/s  -              a case\n"
        );
    }
}
