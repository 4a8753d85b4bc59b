//! Slide 72 and after: the traveling salesman of Hopfield and Tank, with an honest count of valid tours.

use energy::{GradedConfig, GradedNetwork};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Matrix, Stream, math};
use plot::{Axis, Curve, Figure, HeatMap, Histogram, Line, LineStyle, Marker, Reference, Values};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "hopfield-tsp",
    slides: &[72],
    title: "A salesman among ten cities",
    title_japanese: "巡回セールスマン問題",
    source: "Hopfield and Tank (1985), Biol. Cybern. 52:141-152; Wilson and Pawley (1988), Biol. Cybern. 58:63-70",
    claim: "The graded network of 100 units finds tours through ten cities; how often a run ends in a tour at all is counted here without a goal.",
    equations: &[],
    assumptions: &[
        "the paper's cities are not at hand: random cities in the unit square, a new set for every 100 starts",
        "A = B = D = 500, C = 200, u₀ = 0.02, R = 1, current C n with n = 15; Euler steps of 10⁻⁵, at most 2,000 of them",
        "starts: all outputs 0.1 up to a uniform noise of ±0.1 u₀; a unit counts as on above 0.5, and a tour is a permutation",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 10, quick: 1 },
    paper: &[
        Reported {
            metric: "valid_tours",
            value: "16 of 20 (Hopfield and Tank); 15 % (Wilson and Pawley)",
            agrees: Some(0.6..=0.95),
            confidence: Confidence::Medium,
        },
        Reported {
            metric: "best_or_second_of_valid",
            value: "about half of the valid ones",
            agrees: Some(0.35..=0.65),
            confidence: Confidence::Medium,
        },
    ],
    // Fifteen blocks of ten other maps each: mean ± 3 standard deviations between blocks.
    expected: &[("valid_tours", 0.024..=0.215), ("mean_length_over_shortest", 1.111..=1.267)],
    invariants: &[],
    run,
};

const CITIES: usize = 10;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let (starts, steps) = context.sized((100, 2000), (12, 200));
    let context = &*context;
    let of_seed = |seed: u64| tours(&context.seeded_stream(seed, "cities"), starts, steps);
    let maps = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<Map>>>()?;
    let all = (maps.len() * starts) as f64;
    let valid: Vec<f64> = maps.iter().flat_map(|map| map.lengths.iter().map(|length| length / map.best)).collect();
    let shortest =
        maps.iter().flat_map(|map| map.lengths.iter().filter(|length| **length <= map.second + 1e-9)).count();
    let count = valid.len() as f64;
    let per_map: Vec<f64> = maps.iter().map(|map| map.lengths.len() as f64 / starts as f64).collect();
    let random = maps.iter().map(|map| map.random / map.best).sum::<f64>() / maps.len() as f64;
    let figure = figure(&maps, &valid, random);
    Ok(Outcome::new()
        .metric("valid_tours", count / all)
        .metric("valid_tours_on_the_worst_map", per_map.iter().copied().fold(1.0, f64::min))
        .metric("valid_tours_on_the_best_map", per_map.iter().copied().fold(0.0, f64::max))
        .metric("best_or_second_of_valid", shortest as f64 / count.max(1.0))
        .metric("mean_length_over_shortest", valid.iter().sum::<f64>() / count.max(1.0))
        .metric("random_tour_over_shortest", random)
        .metric("unsettled", maps.iter().map(|map| map.unsettled).sum::<usize>() as f64 / all)
        .note("Far from the 16 of 20 of Hopfield and Tank, near the 15 % of Wilson and Pawley: what settles is a good tour, but many runs are under way at the limit of steps or rest between tours.")
        .note(format!(
            "{all} starts on {} maps. The rate of valid tours depends on the map more than on the start.",
            maps.len()
        ))
        .figure(figure))
}

/// What one set of cities gave.
struct Map {
    starts: usize,
    cities: Vec<[f64; 2]>,
    /// Lengths of the valid tours.
    lengths: Vec<f64>,
    best: f64,
    second: f64,
    /// Mean length of random tours.
    random: f64,
    unsettled: usize,
    /// The shortest tour found, and the outputs of its run.
    tour: Option<(Vec<usize>, Matrix<f64>)>,
}

/// The network of Hopfield and Tank: unit 10 X + i is city X at place i of the tour.
fn network(distance: &dyn Fn(usize, usize) -> f64) -> anyhow::Result<GradedNetwork<f32>> {
    let (a, b, c, d, n) = (500.0, 500.0, 200.0, 500.0, 15.0);
    let conductance = |row: usize, column: usize| {
        let ((x, i), (y, j)) = ((row / CITIES, row % CITIES), (column / CITIES, column % CITIES));
        let mut value = -c;
        if x == y && i != j {
            value -= a;
        }
        if i == j && x != y {
            value -= b;
        }
        if j == (i + 1) % CITIES || i == (j + 1) % CITIES {
            value -= d * distance(x, y);
        }
        value as f32
    };
    let units = CITIES * CITIES;
    Ok(GradedNetwork::new(Matrix::from_fn(units, units, conductance), vec![(c * n) as f32; units])?)
}

fn tours(stream: &Stream, starts: usize, steps: u64) -> anyhow::Result<Map> {
    let mut places = stream.named("places");
    let cities: Vec<[f64; 2]> = (0..CITIES).map(|_| [places.uniform(), places.uniform()]).collect();
    let distance = |x: usize, y: usize| {
        let [dx, dy] = [cities[x][0] - cities[y][0], cities[x][1] - cities[y][1]];
        (dx * dx + dy * dy).sqrt()
    };
    let length = |tour: &[usize]| (0..CITIES).map(|i| distance(tour[i], tour[(i + 1) % CITIES])).sum::<f64>();
    let network = network(&distance)?;
    let config = GradedConfig { width: 0.02, resistance: 1.0, time_step: 1e-5 };
    // The potential of the output 0.1.
    let resting = -0.5 * config.width * math::ln(9.0);
    let mut noise = stream.named("noise");
    let start = Matrix::from_fn(CITIES * CITIES, starts, |_, _| {
        (resting + config.width * noise.uniform_between(-0.1, 0.1)) as f32
    });
    let mut run = config.start(&network, start)?;
    run.settle(steps, 1.0)?;
    let (mut lengths, mut unsettled, mut tour) = (Vec::new(), 0, None);
    let mut shortest = f64::INFINITY;
    for outputs in run.outputs().column_iter() {
        unsettled += usize::from(outputs.iter().any(|v| (0.2..0.8).contains(v)));
        let on: Vec<Vec<usize>> = (0..CITIES)
            .map(|place| (0..CITIES).filter(|&city| outputs[CITIES * city + place] > 0.5).collect())
            .collect();
        let order: Vec<usize> = on.iter().filter(|cities| cities.len() == 1).map(|cities| cities[0]).collect();
        let mut visited = order.clone();
        visited.sort_unstable();
        if visited == (0..CITIES).collect::<Vec<_>>() {
            let found = length(&order);
            lengths.push(found);
            if found < shortest {
                shortest = found;
                tour = Some((order, Matrix::from_fn(CITIES, CITIES, |x, i| f64::from(outputs[CITIES * x + i]))));
            }
        }
    }
    let (best, second, random) = all_tours(&length);
    Ok(Map { starts, cities, lengths, best, second, random, unsettled, tour })
}

/// Every tour once in each direction, from city 0: the shortest length, the second, and the mean.
fn all_tours(length: &dyn Fn(&[usize]) -> f64) -> (f64, f64, f64) {
    let (mut best, mut second, mut sum, mut count) = (f64::INFINITY, f64::INFINITY, 0.0, 0.0);
    let mut tour: Vec<usize> = (0..CITIES).collect();
    let mut counters = [0; CITIES];
    let mut visit = |tour: &[usize]| {
        let found = length(tour);
        sum += found;
        count += 1.0;
        if found < best - 1e-9 {
            (second, best) = (best, found);
        } else if found > best + 1e-9 && found < second {
            second = found;
        }
    };
    visit(&tour);
    // Heap's way through the permutations of the other nine.
    let mut i = 1;
    while i < CITIES - 1 {
        if counters[i] < i {
            let other = if i.is_multiple_of(2) { 0 } else { counters[i] };
            tour.swap(1 + i, 1 + other);
            if tour[1] < tour[CITIES - 1] {
                visit(&tour);
            }
            counters[i] += 1;
            i = 1;
        } else {
            counters[i] = 0;
            i += 1;
        }
    }
    (best, second, sum / count)
}

fn figure(maps: &[Map], ratios: &[f64], random: f64) -> Figure {
    let mut panels: Vec<plot::Panel> = Vec::new();
    if let Some((map, (tour, outputs))) = maps.iter().find_map(|map| map.tour.as_ref().map(|tour| (map, tour))) {
        let corner = |k: usize| map.cities[tour[k % CITIES]];
        let line = |axis: usize| (0..=CITIES).map(|k| corner(k)[axis]).collect::<Vec<f64>>();
        panels.push(
            Curve {
                title: "The shortest tour found on the first map".to_owned(),
                lines: vec![Line {
                    style: LineStyle::Solid,
                    marker: Some(Marker::Circle),
                    ..Line::new("", line(0), line(1))
                }],
                x: Axis { range: Some((0.0, 1.0)), ..Axis::new("x") },
                y: Axis { range: Some((0.0, 1.0)), ..Axis::new("y") },
                equal_aspect: true,
                ..Curve::default()
            }
            .into(),
        );
        panels.push(
            HeatMap {
                title: "Outputs of its 100 units".to_owned(),
                range: Some((0.0, 1.0)),
                color_bar: Some("output V".to_owned()),
                row_labels: (0..CITIES).map(|city| format!("{}", char::from(b'A' + city as u8))).collect(),
                column_labels: (1..=CITIES).map(|place| place.to_string()).collect(),
                x_label: "place in the tour".to_owned(),
                y_label: "city".to_owned(),
                ..HeatMap::new(outputs.clone())
            }
            .into(),
        );
    }
    if !ratios.is_empty() {
        panels.push(
            Histogram {
                title: "Lengths of all valid tours".to_owned(),
                series: vec![Values::new("", ratios.to_vec())],
                x: Axis::new("length over the shortest tour"),
                y: Axis::new("tours"),
                references: vec![Reference::vertical(random, "mean of all tours")],
                ..Histogram::default()
            }
            .into(),
        );
    }
    let rate = |map: &Map| 100.0 * map.lengths.len() as f64 / map.starts as f64;
    let rates = maps.iter().enumerate().map(|(k, map)| (k as f64 + 1.0, rate(map))).unzip();
    let (x, y): (Vec<f64>, Vec<f64>) = rates;
    panels.push(
        Curve {
            title: "Valid tours by map".to_owned(),
            lines: vec![Line { style: LineStyle::Hidden, marker: Some(Marker::Square), ..Line::new("", x, y) }],
            x: Axis { ticks: plot::Ticks::Whole, ..Axis::new("map") },
            y: Axis { range: Some((0.0, 100.0)), ..Axis::new("valid tours, % of the starts") },
            references: vec![
                Reference::horizontal(80.0, "Hopfield and Tank (1985)"),
                Reference::horizontal(15.0, "Wilson and Pawley (1988)"),
            ],
            ..Curve::default()
        }
        .into(),
    );
    Figure::grid(2, panels).sized(1100, 950)
}
