//! The sixteen animals of Ritter and Kohonen (1989).

use nn_core::{Matrix, Real};

/// Sixteen animals and their attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Animals<T: Real> {
    /// 13 × 16: 1 where the animal (column) has the attribute (row), else 0.
    pub samples: Matrix<T>,
    /// The animals: seven birds, then nine mammals.
    pub names: [&'static str; 16],
    /// The attributes: three sizes, two numbers of legs, four body parts, four habits.
    pub attributes: [&'static str; 13],
}

const ATTRIBUTES: [&str; 13] =
    ["small", "medium", "big", "2 legs", "4 legs", "hair", "hooves", "mane", "feathers", "hunt", "run", "fly", "swim"];

#[rustfmt::skip]
const TABLE: [(&str, [u8; 13]); 16] = [
    ("dove",  [1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0]),
    ("hen",   [1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
    ("duck",  [1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
    ("goose", [1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1]),
    ("owl",   [1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0]),
    ("hawk",  [1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0]),
    ("eagle", [0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0]),
    ("fox",   [0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0]),
    ("dog",   [0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0]),
    ("wolf",  [0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0]),
    ("cat",   [1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0]),
    ("tiger", [0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0]),
    ("lion",  [0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0]),
    ("horse", [0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0]),
    ("zebra", [0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0]),
    ("cow",   [0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]),
];

/// Sixteen animals by thirteen binary attributes. Owl and hawk have the same attributes, and so have horse and zebra.
///
/// # Source
/// H. Ritter, T. Kohonen, "Self-organizing semantic maps", Biological Cybernetics 61 (1989) 241-254, table 1.
///
/// ```
/// let animals = datasets::animals::<f64>();
/// assert_eq!(animals.samples.shape(), (13, 16));
/// assert_eq!(animals.samples[(11, 0)], 1.0); // the dove flies
/// ```
pub fn animals<T: Real>() -> Animals<T> {
    Animals {
        samples: Matrix::from_fn(13, 16, |attribute, animal| T::from_f64(f64::from(TABLE[animal].1[attribute]))),
        names: TABLE.map(|(name, _)| name),
        attributes: ATTRIBUTES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_birds_and_nine_mammals_each_of_one_size_and_with_one_number_of_legs() {
        let animals = animals::<f64>();
        let sum = |rows: std::ops::Range<usize>, animal: usize| -> f64 {
            rows.map(|row| animals.samples[(row, animal)]).sum::<f64>()
        };
        for animal in 0..16 {
            let bird = f64::from(u8::from(animal < 7));
            assert_eq!(sum(0..3, animal), 1.0, "size of {}", animals.names[animal]);
            assert_eq!((sum(3..4, animal), sum(4..5, animal)), (bird, 1.0 - bird), "legs of {}", animals.names[animal]);
            assert_eq!((sum(8..9, animal), sum(5..6, animal)), (bird, 1.0 - bird), "coat of {}", animals.names[animal]);
        }
        assert_eq!(animals.samples.sum(), 76.0);
    }

    #[test]
    fn only_owl_and_hawk_and_horse_and_zebra_are_alike() {
        let animals = animals::<f32>();
        let mut alike = Vec::new();
        for first in 0..16 {
            for second in first + 1..16 {
                if animals.samples.column(first) == animals.samples.column(second) {
                    alike.push((animals.names[first], animals.names[second]));
                }
            }
        }
        assert_eq!(alike, [("owl", "hawk"), ("horse", "zebra")]);
    }
}
