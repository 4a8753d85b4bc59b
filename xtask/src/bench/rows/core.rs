//! What every model stands on: the matrix product in its four forms, and functions of slices. Ours alone.

use crate::bench::row::{Against, Goal, Measure, Row, Threads, Unit, Work};
use nn_core::{Matrix, Stream, View, gemm, math, simd};
use serde_json::Value;
use std::hint::black_box;

/// The rows.
pub const ROWS: &[Row] = &[
    Row { id: "core-gemm", title: "A B, 512 x 784 x 128", run: |m| product(false, false, m), ..PRODUCT },
    Row { id: "core-gemm-ta", title: "A\u{1d40} B, 512 x 784 x 128", run: |m| product(true, false, m), ..PRODUCT },
    Row { id: "core-gemm-tb", title: "A B\u{1d40}, 512 x 784 x 128", run: |m| product(false, true, m), ..PRODUCT },
    Row {
        id: "core-gemm-tt",
        title: "A\u{1d40} B\u{1d40}, 512 x 784 x 128",
        run: |m| product(true, true, m),
        ..PRODUCT
    },
    Row { id: "core-exp", title: "exp of 4096 numbers", run: |m| slice(math::exp_slice, m), ..SLICE },
    Row { id: "core-tanh", title: "tanh of 4096 numbers", run: |m| slice(math::tanh_slice, m), ..SLICE },
    Row { id: "core-sigmoid", title: "sigmoid of 4096 numbers", run: |m| slice(math::sigmoid_slice, m), ..SLICE },
    Row { id: "core-dot", title: "dot product of 4096 numbers", run: dot, ..SLICE },
];

/// A transposed factor must not fall off the fast path: no form below half of the fastest.
const PRODUCT: Row = Row {
    unit: Unit::Rate("FLOP/s"),
    goals: &[Goal {
        threads: Threads::One,
        against: Against::FastestRow(&["core-gemm", "core-gemm-ta", "core-gemm-tb", "core-gemm-tt"]),
        must: Some(0.5),
        aim: None,
    }],
    ..SLICE
};

const SLICE: Row = Row {
    id: "",
    library: "core",
    title: "",
    unit: Unit::Time("per element"),
    peers: &[],
    goals: &[],
    run: |_| Ok(()),
};

/// Elements of a slice: 16 KiB, in the first cache.
const LENGTH: usize = 4096;

/// Calls between two looks at the clock.
const CALLS: usize = 100;

fn random(rows: usize, columns: usize, name: &str) -> Matrix<f32> {
    let mut matrix = Matrix::zeros(rows, columns);
    Stream::new(4096).named(name).fill_uniform(matrix.as_mut_slice(), -3.0, 3.0);
    matrix
}

fn alone(ours: &mut dyn FnMut() -> anyhow::Result<f64>, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    measure(Work { ours, inputs: &[], parameters: Value::Null })
}

fn product(transpose_a: bool, transpose_b: bool, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (m, k, n) = (512, 784, 128);
    let a = if transpose_a { random(k, m, "a") } else { random(m, k, "a") };
    let b = if transpose_b { random(n, k, "b") } else { random(k, n, "b") };
    let mut c = Matrix::zeros(m, n);
    let view = |matrix, transpose| if transpose { View::from(matrix).transposed() } else { View::from(matrix) };
    let mut ours = || {
        gemm(1.0, view(&a, transpose_a), view(&b, transpose_b), 0.0, black_box(&mut c))?;
        Ok((2 * m * k * n) as f64)
    };
    alone(&mut ours, measure)
}

fn slice(
    function: fn(&[f32], &mut [f32]) -> Result<(), nn_core::CoreError>,
    measure: &mut Measure<'_>,
) -> anyhow::Result<()> {
    let x = random(LENGTH, 1, "x");
    let mut y = vec![0.0; LENGTH];
    let mut ours = || {
        for _ in 0..CALLS {
            function(black_box(x.as_slice()), black_box(&mut y))?;
        }
        Ok((CALLS * LENGTH) as f64)
    };
    alone(&mut ours, measure)
}

fn dot(measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (x, y) = (random(LENGTH, 1, "x"), random(LENGTH, 1, "y"));
    let mut ours = || {
        for _ in 0..CALLS {
            black_box(simd::dot(black_box(x.as_slice()), black_box(y.as_slice())));
        }
        Ok((CALLS * LENGTH) as f64)
    };
    alone(&mut ours, measure)
}
