//! Graphs with whole weights, maximum cuts, and the files of the G-set.

use crate::EnergyError;
use crate::error::check_length;
use nn_core::{NumberedLines, Stream};
use std::io::BufRead;

/// Vertices at most: what is kept for each of them still fits into memory.
const MOST_VERTICES: usize = 1 << 24;

/// Bytes of a line at most: three numbers are shorter.
const LONGEST_LINE: usize = 1 << 10;

/// An edge between two vertices, which count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// One end.
    pub a: u32,
    /// The other end.
    pub b: u32,
    /// What cutting it is worth; may be negative.
    pub weight: i32,
}

/// An undirected graph without loops and double edges.
///
/// A cut divides the vertices in two; its value is the weight of the edges between the parts. Finding the largest is finding
/// the ground state of spins with couplings Jᵢⱼ = −weight: [`crate::Ising::from`].
///
/// ```
/// use energy::{Edge, Graph};
///
/// let triangle = Graph::new(3, vec![Edge { a: 0, b: 1, weight: 1 }, Edge { a: 1, b: 2, weight: 1 }, Edge { a: 0, b: 2, weight: 1 }])?;
/// assert_eq!(triangle.cut(&[true, false, false])?, 2);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    vertices: usize,
    edges: Vec<Edge>,
}

impl Graph {
    /// A graph of these edges.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`] without a vertex; [`EnergyError::Graph`] for the first edge with an end that does not exist, two
    /// ends that are one, or two that had an edge before, and for more than 2²⁴ vertices.
    pub fn new(vertices: usize, edges: Vec<Edge>) -> Result<Self, EnergyError> {
        if vertices == 0 {
            return Err(EnergyError::NoUnits);
        }
        if vertices > MOST_VERTICES {
            let problem = format!("expected at most {MOST_VERTICES} vertices, found {vertices}");
            return Err(EnergyError::Graph { problem });
        }
        for (index, edge) in edges.iter().enumerate() {
            if let Some(problem) = problem_of(edge, vertices) {
                return Err(EnergyError::Graph { problem: format!("edge {index}: {problem}") });
            }
        }
        let mut ends: Vec<(u32, u32)> = edges.iter().map(|edge| (edge.a.min(edge.b), edge.a.max(edge.b))).collect();
        ends.sort_unstable();
        if let Some(pair) = ends.windows(2).find(|pair| pair[0] == pair[1]) {
            let problem = format!("the vertices {} and {} have two edges", pair[0].0, pair[0].1);
            return Err(EnergyError::Graph { problem });
        }
        Ok(Self { vertices, edges })
    }

    /// A graph drawn uniformly from those with so many vertices and edges of weight 1.
    ///
    /// # Errors
    /// As [`Graph::new`], and [`EnergyError::Graph`] when so many edges do not fit.
    pub fn random(vertices: usize, edges: usize, stream: &Stream) -> Result<Self, EnergyError> {
        let most = vertices.saturating_mul(vertices.saturating_sub(1)) / 2;
        if edges > most || vertices > MOST_VERTICES {
            let problem = format!("expected at most {most} edges between {vertices} vertices, found {edges}");
            return Err(EnergyError::Graph { problem });
        }
        let mut stream = stream.named("graph");
        let mut there = std::collections::BTreeSet::new();
        while there.len() < edges {
            let (a, b) = (stream.below(vertices as u32), stream.below(vertices as u32));
            if a != b {
                there.insert((a.min(b), a.max(b)));
            }
        }
        Self::new(vertices, there.into_iter().map(|(a, b)| Edge { a, b, weight: 1 }).collect())
    }

    /// A file of the G-set (rudy's format): a line with the numbers of vertices and edges, then a line for every edge with its
    /// two ends, counted from 1, and its weight (1 if it is left out). More words on the first line and empty lines are ignored.
    ///
    /// Nothing is allocated for what a header promises.
    ///
    /// # Errors
    /// [`EnergyError::Format`] names the line (counted from 1), what was expected and what was found; [`EnergyError::Read`] when
    /// reading fails, and for lines that are too long or no text.
    ///
    /// ```
    /// let graph = energy::Graph::read_gset("3 2\n1 2 1\n2 3 -1\n".as_bytes())?;
    /// assert_eq!((graph.vertices(), graph.edges()[1].weight), (3, -1));
    /// # Ok::<(), energy::EnergyError>(())
    /// ```
    pub fn read_gset(reader: impl BufRead) -> Result<Self, EnergyError> {
        let mut lines = NumberedLines::new(reader, LONGEST_LINE);
        let format = |line: usize, expected: &str, found: &str| EnergyError::Format {
            line,
            expected: expected.into(),
            found: found.chars().take(60).collect(),
        };
        let header = "the numbers of vertices and edges";
        let Some((number, line)) = next(&mut lines)? else { return Err(format(1, header, "the end of the file")) };
        let mut words = line.split_ascii_whitespace().map(str::parse::<usize>);
        let (Some(Ok(vertices)), Some(Ok(promised))) = (words.next(), words.next()) else {
            return Err(format(number, header, line));
        };
        if vertices == 0 || vertices > MOST_VERTICES {
            return Err(format(number, &format!("1 to {MOST_VERTICES} vertices"), line));
        }
        let mut edges = Vec::new();
        while let Some((number, line)) = next(&mut lines)? {
            let words: Vec<&str> = line.split_ascii_whitespace().take(4).collect();
            let parsed: Option<Vec<i64>> = words.iter().map(|word| word.parse().ok()).collect();
            let edge = match parsed.as_deref() {
                Some(&[a, b]) => Some((a, b, 1)),
                Some(&[a, b, weight]) => Some((a, b, weight)),
                _ => None,
            };
            let expected = "two vertices and a whole weight";
            let Some((a, b, weight)) = edge else { return Err(format(number, expected, line)) };
            let end = |vertex: i64| {
                let from_0 = vertex.checked_sub(1).and_then(|vertex| u32::try_from(vertex).ok());
                from_0.filter(|&vertex| (vertex as usize) < vertices)
            };
            let (Some(a), Some(b)) = (end(a), end(b)) else {
                return Err(format(number, &format!("vertices from 1 to {vertices}"), line));
            };
            let Some(weight) = i32::try_from(weight).ok().filter(|weight| weight.unsigned_abs() <= 1 << 20) else {
                return Err(format(number, "a weight between -1048576 and 1048576", line));
            };
            if a == b {
                return Err(format(number, "two different vertices", line));
            }
            if edges.len() == promised {
                return Err(format(number, &format!("the end of the file after {promised} edges"), line));
            }
            edges.push(Edge { a, b, weight });
        }
        if edges.len() < promised {
            let found = format!("the end of the file after {}", edges.len());
            return Err(format(lines.number(), &format!("{promised} edges"), &found));
        }
        Self::new(vertices, edges)
    }

    /// Number of vertices.
    pub fn vertices(&self) -> usize {
        self.vertices
    }

    /// The edges in the order they came.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The sum of all weights.
    pub fn total_weight(&self) -> i64 {
        self.edges.iter().map(|edge| i64::from(edge.weight)).sum()
    }

    /// The weight of the edges between the vertices that are `true` and those that are `false`.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn cut(&self, part: &[bool]) -> Result<i64, EnergyError> {
        check_length("the division", self.vertices, part.len())?;
        let cut = self.edges.iter().filter(|edge| part[edge.a as usize] != part[edge.b as usize]);
        Ok(cut.map(|edge| i64::from(edge.weight)).sum())
    }

    /// The cut of a state of [`crate::Ising::from`] this graph with this energy: (W − E)/2, W the sum of all weights.
    pub fn cut_of_energy(&self, energy: f64) -> f64 {
        0.5 * (self.total_weight() as f64 - energy)
    }
}

fn problem_of(edge: &Edge, vertices: usize) -> Option<String> {
    if let Some(end) = [edge.a, edge.b].into_iter().find(|end| *end as usize >= vertices) {
        return Some(format!("expected vertices from 0 to {}, found {end}", vertices - 1));
    }
    if edge.weight.unsigned_abs() > 1 << 20 {
        return Some(format!("expected a weight between -1048576 and 1048576, found {}", edge.weight));
    }
    (edge.a == edge.b).then(|| format!("expected two different vertices, found {} twice", edge.a))
}

/// The next line with its number.
fn next<R: BufRead>(lines: &mut NumberedLines<R>) -> Result<Option<(usize, &str)>, EnergyError> {
    match lines.next_line() {
        Ok(None) => Ok(None),
        Ok(Some(_)) => Ok(Some((lines.number(), lines.line()))),
        Err(error) => Err(EnergyError::Read { line: lines.number(), problem: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Graph::read_gset(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_file_of_the_g_set_is_read() {
        let graph = Graph::read_gset("4 3 J\n1 2 1\n\n 2 3\t-1 \r\n4 1\n".as_bytes()).unwrap();
        let edges = [(0, 1, 1), (1, 2, -1), (3, 0, 1)].map(|(a, b, weight)| Edge { a, b, weight });
        assert_eq!((graph.vertices(), graph.edges()), (4, &edges[..]));
        assert_eq!(graph.cut(&[true, false, true, false]).unwrap(), 1);
        assert_eq!(graph.total_weight(), 1);
    }

    #[test]
    fn a_broken_file_is_an_error_with_its_line() {
        assert_eq!(error(""), "line 1: expected the numbers of vertices and edges, found the end of the file");
        assert_eq!(error("\n\nfive 3\n"), "line 3: expected the numbers of vertices and edges, found five 3");
        assert_eq!(error("3 1\n1 4 1\n"), "line 2: expected vertices from 1 to 3, found 1 4 1");
        assert_eq!(error("3 1\n0 1 1\n"), "line 2: expected vertices from 1 to 3, found 0 1 1");
        let least = error("3 1\n-9223372036854775808 1 1\n");
        assert_eq!(least, "line 2: expected vertices from 1 to 3, found -9223372036854775808 1 1");
        assert_eq!(error("3 1\n2 2 1\n"), "line 2: expected two different vertices, found 2 2 1");
        assert_eq!(error("3 1\n1 2 0.5\n"), "line 2: expected two vertices and a whole weight, found 1 2 0.5");
        assert_eq!(error("3 2\n1 2 1\n"), "line 3: expected 2 edges, found the end of the file after 1");
        assert_eq!(error("3 1\n1 2 1\n2 3 1\n"), "line 3: expected the end of the file after 1 edges, found 2 3 1");
        assert_eq!(error("3 2\n1 2 1\n2 1 1\n"), "a graph: the vertices 0 and 1 have two edges");
        assert_eq!(
            error("3 1\n1 2 9999999999\n"),
            "line 2: expected a weight between -1048576 and 1048576, found 1 2 9999999999"
        );
        let hostile = error("4611686018427387904 4611686018427387904\n");
        assert!(hostile.starts_with("line 1: expected 1 to 16777216 vertices"), "{hostile}");
        assert_eq!(
            error("5 4611686018427387904\n"),
            "line 2: expected 4611686018427387904 edges, found the end of the file after 0"
        );
        assert_eq!(error(&"1".repeat(5000)), "line 1: expected a line below 1024 bytes, found a longer one");
    }

    #[test]
    fn random_graphs_have_what_was_asked_for() {
        let graph = Graph::random(50, 300, &Stream::new(3)).unwrap();
        assert_eq!((graph.vertices(), graph.edges().len()), (50, 300));
        assert_eq!(graph.total_weight(), 300);
        assert!(Graph::random(4, 7, &Stream::new(3)).is_err());
        assert_eq!(Graph::new(0, vec![]).unwrap_err(), EnergyError::NoUnits);
    }
}
