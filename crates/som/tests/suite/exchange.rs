//! SOM_PAK's and ESOM's files: what is written is read back, and what is broken is named by its line.

use nn_core::{Boundary, Lattice, Matrix, Stream, Topology};
use proptest::prelude::*;
use som::{
    CodFile, DatFile, Distance, LrnFile, Neighborhood, Som, read_bm, read_umx, read_wts, write_bm, write_umx, write_wts,
};

fn map(rows: usize, columns: usize, features: usize, topology: Topology, seed: u64) -> Som<f32> {
    let lattice = Lattice::new(rows, columns, topology, Boundary::Planar).unwrap();
    let mut codebook = Matrix::zeros(features, lattice.units());
    Stream::new(seed).named("codebook").fill_normal(codebook.as_mut_slice(), 0.0, 1e3);
    Som::new(lattice, codebook, Distance::Euclidean).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_back(
        (rows, columns, features) in (1..6_usize, 1..6_usize, 1..6_usize), hexagonal in any::<bool>(),
        label in "[a-zA-Z0-9_.]{1,8}", seed in any::<u64>(),
    ) {
        let topology = if hexagonal { Topology::Hexagonal } else { Topology::Rectangular };
        let map = map(rows, columns, features, topology, seed);
        let mut labels = vec![Vec::new(); map.units()];
        labels[seed as usize % map.units()] = vec![label.clone(), "2".into()];
        let cod = CodFile { map: map.clone(), neighborhood: Neighborhood::Bubble, labels: labels.clone() };
        let mut file = Vec::new();
        cod.write(&mut file).unwrap();
        prop_assert_eq!(CodFile::read(file.as_slice()).unwrap(), cod);

        let mut samples = map.codebook().clone();
        samples[0] = f32::NAN;
        let mut file = Vec::new();
        DatFile { samples: samples.clone(), labels: labels.clone() }.write(&mut file).unwrap();
        let found = DatFile::<f32>::read(file.as_slice()).unwrap();
        prop_assert_eq!(&found.labels, &labels);
        prop_assert!(found.samples[0].is_nan());
        prop_assert_eq!(&found.samples.as_slice()[1..], &samples.as_slice()[1..]);

        let names = (0..features).map(|k| format!("{label}{k}")).collect();
        let keys = (0..map.units() as u64).map(|n| 3 * n + 1).collect();
        let lrn = LrnFile { samples: map.codebook().clone(), keys, names };
        let mut file = Vec::new();
        lrn.write(&mut file).unwrap();
        prop_assert_eq!(LrnFile::read(file.as_slice()).unwrap(), lrn.clone());

        // NumPy sees a unit a row.
        let mut file = Vec::new();
        io::write_npy(&mut file, &io::Array::from_samples(map.codebook().clone())).unwrap();
        let array = io::read_npy::<f32>(file.as_slice(), &io::Limits::default()).unwrap();
        prop_assert_eq!(&array.shape, &[map.units(), features]);
        let codebook = array.into_samples().unwrap();
        prop_assert_eq!(&Som::new(*map.lattice(), codebook, map.distance()).unwrap(), &map);

        let u_matrix = map.u_matrix(som::Adjacency::Edges);
        let mut file = Vec::new();
        write_umx(&u_matrix, &mut file).unwrap();
        prop_assert_eq!(read_umx(file.as_slice()).unwrap(), u_matrix);

        let mut file = Vec::new();
        if hexagonal {
            prop_assert!(write_wts(&map, &mut file).is_err());
        } else {
            write_wts(&map, &mut file).unwrap();
            prop_assert_eq!(&read_wts::<f32>(file.as_slice(), Boundary::Planar).unwrap(), &map);
            let winners = map.winners(map.codebook()).unwrap();
            let mut file = Vec::new();
            write_bm(&winners, &lrn.keys, map.lattice(), &mut file).unwrap();
            let expected: Vec<_> = lrn.keys.iter().zip(&winners).map(|(&key, winner)| (key, winner.unit)).collect();
            prop_assert_eq!(read_bm(file.as_slice(), map.lattice()).unwrap(), expected);
        }
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "[%#0-9x. \\-ehrctanbul\n]{0,120}") {
        let lattice = Lattice::new(2, 2, Topology::Rectangular, Boundary::Planar).unwrap();
        drop(CodFile::<f32>::read(text.as_bytes()));
        drop(DatFile::<f64>::read(text.as_bytes()));
        drop(LrnFile::<f64>::read(text.as_bytes()));
        drop(read_wts::<f32>(text.as_bytes(), Boundary::Torus));
        drop(read_bm(text.as_bytes(), &lattice));
        drop(read_umx(text.as_bytes()));
    }
}

#[test]
fn broken_lines_are_named() {
    let cod = |text: &str| CodFile::<f64>::read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(cod(""), "line 1: expected dimension, topology, columns, rows, neighborhood, found the end of the file");
    assert_eq!(cod("0 rect 1 1 bubble"), "line 1: expected a dimension, at least 1, found \"0\"");
    assert_eq!(cod("2 round 1 1 bubble"), "line 1: expected the topology rect or hexa, found \"round\"");
    assert_eq!(cod("2 rect 1 1"), "line 1: expected the neighborhood bubble or gaussian, found nothing");
    assert_eq!(
        cod("# map\n2 rect 1 2 bubble\n1 2\n3\n"),
        "line 4: expected a finite number for feature 1 of 2, found \"nothing\""
    );
    assert_eq!(cod("2 rect 1 2 bubble\n1 x\n"), "line 2: expected a finite number for feature 1 of 2, found \"x\"");
    assert_eq!(cod("1 rect 1 2 bubble\n1\n\n"), "line 4: expected 2 units, found the end of the file after 1");
    assert_eq!(cod("1 rect 1 1 bubble\n1\n2\n"), "line 3: expected the end of the file after 1 units, found \"2\"");
    // A hostile header promises more than there is, and takes no memory for it.
    assert_eq!(
        cod("1000000000 rect 1000000000 1000000000 bubble\n1\n"),
        "line 2: expected a finite number for feature 1 of 1000000000, found \"nothing\""
    );
    let dat = |text: &str| DatFile::<f64>::read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(dat("2\n1 inf\n"), "line 2: expected a finite number for feature 1 of 2, found \"inf\"");
    let wts = |text: &str| read_wts::<f64>(text.as_bytes(), Boundary::Planar).unwrap_err().to_string();
    assert_eq!(wts("2 2\n"), "line 1: expected % and rows and columns, found \"2 2\"");
    assert_eq!(wts("%1 2\n%2\n1 2\n3 4 5\n"), "line 4: expected 2 values, found 3");
    assert_eq!(wts("%1 2\n%2\n1 2\n"), "line 4: expected 2 units, found the end of the file");
    let lattice = Lattice::new(2, 3, Topology::Rectangular, Boundary::Planar).unwrap();
    let bm = |text: &str| read_bm(text.as_bytes(), &lattice).unwrap_err().to_string();
    assert_eq!(bm("%3 2\n"), "line 1: expected 2 rows and 3 columns, found 3 and 2");
    assert_eq!(bm("%2 3\n0 2 0\n"), "line 2: expected a row and a column of the lattice, found \"0 2 0\"");
    assert_eq!(bm("%2 3\n%2\n0 1 0\n"), "line 4: expected 2 best matches, found 1");
    let lrn = |text: &str| LrnFile::<f64>::read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(lrn("% 1\n% 2\n% 9\n"), "line 3: expected 2 types, found 1");
    assert_eq!(lrn("% 1\n% 1\n% 9\n% Key\n1\n"), "line 3: expected at least one column of type 1, found \"9\"");
}

/// somoclu writes best matches as `index row column`, its weights with ten decimals.
#[test]
fn the_files_of_somoclu_are_read() {
    let wts = "%1 2\n%3\n0.1000000015 -0.2500000000 3.0000000000 \n1.0000000000 2.0000000000 3.0000000000 \n";
    let map = read_wts::<f32>(wts.as_bytes(), Boundary::Planar).unwrap();
    assert_eq!(map.codebook().as_slice(), [0.1, -0.25, 3.0, 1.0, 2.0, 3.0]);
    assert_eq!(read_bm("%1 2\n0 0 1\n1 0 0\n".as_bytes(), map.lattice()).unwrap(), [(0, 1), (1, 0)]);
}
