//! Hinton's two family trees of twelve persons each, and the 104 questions about them (1986).

use nn_core::{Matrix, Real};

/// Persons of the two families, person k of the second in the place of person k of the first.
const FAMILIES: [[&str; 12]; 2] = [
    [
        "Christopher",
        "Andrew",
        "Arthur",
        "James",
        "Charles",
        "Colin",
        "Penelope",
        "Christine",
        "Victoria",
        "Jennifer",
        "Margaret",
        "Charlotte",
    ],
    [
        "Roberto",
        "Pierro",
        "Emilio",
        "Marco",
        "Tomaso",
        "Alfonso",
        "Maria",
        "Francesca",
        "Lucia",
        "Angela",
        "Gina",
        "Sophia",
    ],
];

/// The first six of each family are men; the husband's place, the wife's place.
const COUPLES: [(usize, usize); 5] = [(0, 6), (1, 7), (2, 10), (3, 8), (4, 9)];

/// The father's place, the children's places; the mother is his wife.
const CHILDREN: [(usize, [usize; 2]); 3] = [(0, [2, 8]), (1, [3, 9]), (3, [5, 11])];

/// 0 for the grandparents' generation, then 1 and 2.
const GENERATIONS: [usize; 12] = [0, 0, 1, 1, 1, 2, 0, 0, 1, 1, 1, 2];

/// 0 for the branch of Christopher, 1 for that of Andrew, both for their common grandchildren.
const BRANCHES: [Option<usize>; 12] =
    [Some(0), Some(1), Some(0), Some(1), Some(1), None, Some(0), Some(1), Some(0), Some(1), Some(0), None];

const RELATIONS: [&str; 12] =
    ["father", "mother", "husband", "wife", "son", "daughter", "uncle", "aunt", "brother", "sister", "nephew", "niece"];

/// Questions "who is this person's ...?" and the persons who answer them.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyTrees<T: Real> {
    /// 36 × 104: 1 at the person asked about (rows 0 to 23) and at the relation (rows 24 to 35).
    pub inputs: Matrix<T>,
    /// 24 × 104: 1 at every person who answers, two of them in eight cases.
    pub targets: Matrix<T>,
    /// (person, relation) of every question.
    pub questions: Vec<(usize, usize)>,
    /// The persons: twelve English ones, then twelve Italian ones in the same places.
    pub persons: Vec<&'static str>,
    /// The relations.
    pub relations: [&'static str; 12],
    /// 0, 1 or 2 of every person.
    pub generations: Vec<usize>,
    /// 0 or 1 of every person by blood or marriage; nothing for the grandchildren of both branches.
    pub branches: Vec<Option<usize>>,
}

fn is_man(place: usize) -> bool {
    place < 6
}

fn spouse(place: usize) -> Option<usize> {
    let other = |&(husband, wife): &(usize, usize)| match place {
        _ if place == husband => Some(wife),
        _ if place == wife => Some(husband),
        _ => None,
    };
    COUPLES.iter().find_map(other)
}

fn parents(place: usize) -> Vec<usize> {
    let father = CHILDREN.iter().find(|(_, children)| children.contains(&place)).map(|(father, _)| *father);
    father.into_iter().chain(father.and_then(spouse)).collect()
}

fn children(place: usize) -> Vec<usize> {
    (0..12).filter(|child| parents(*child).contains(&place)).collect()
}

fn siblings(place: usize) -> Vec<usize> {
    (0..12).filter(|other| *other != place && !parents(place).is_empty() && parents(*other) == parents(place)).collect()
}

/// The places of all who answer, in ascending order.
fn answers(place: usize, relation: usize) -> Vec<usize> {
    // Uncles and aunts, nephews and nieces: by blood or by marriage.
    let with_spouses = |of: Vec<usize>| of.into_iter().flat_map(|person| [Some(person), spouse(person)]).flatten();
    let mut found: Vec<usize> = match relation {
        0 | 1 => parents(place),
        2 | 3 => spouse(place).into_iter().collect(),
        4 | 5 => children(place),
        6 | 7 => with_spouses(parents(place).into_iter().flat_map(siblings).collect()).collect(),
        8 | 9 => siblings(place),
        _ => {
            let own = [Some(place), spouse(place)].into_iter().flatten();
            own.flat_map(siblings).flat_map(children).collect()
        }
    };
    // Relations alternate between men and women.
    found.retain(|person| is_man(*person) == relation.is_multiple_of(2));
    found.sort_unstable();
    found.dedup();
    found
}

/// The two family trees. Questions without an answer ("Christopher's father") are left out: 104 remain, with 112 answers.
///
/// # Source
/// G. E. Hinton, "Learning distributed representations of concepts", Proceedings of the Eighth Annual Conference of the
/// Cognitive Science Society (1986) 1-12; figure 2 of Rumelhart, Hinton, Williams, Nature 323 (1986) 533-536.
///
/// ```
/// let trees = datasets::family_trees::<f64>();
/// assert_eq!((trees.inputs.shape(), trees.targets.shape()), ((36, 104), (24, 104)));
/// ```
pub fn family_trees<T: Real>() -> FamilyTrees<T> {
    let of_person = |person: usize| (0..12).map(move |relation| (person, relation));
    let asked = |&(person, relation): &(usize, usize)| !answers(person % 12, relation).is_empty();
    let questions: Vec<(usize, usize)> = (0..24).flat_map(of_person).filter(asked).collect();
    let bit = |set: bool| if set { T::ONE } else { T::ZERO };
    FamilyTrees {
        inputs: Matrix::from_fn(36, questions.len(), |row, column| {
            let (person, relation) = questions[column];
            bit(row == person || row == 24 + relation)
        }),
        targets: Matrix::from_fn(24, questions.len(), |row, column| {
            let (person, relation) = questions[column];
            bit(row / 12 == person / 12 && answers(person % 12, relation).contains(&(row % 12)))
        }),
        questions,
        persons: FAMILIES.concat(),
        relations: RELATIONS,
        generations: GENERATIONS.repeat(2),
        branches: BRANCHES.repeat(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_104_questions_with_112_answers() {
        let trees = family_trees::<f64>();
        assert_eq!(trees.questions.len(), 104);
        assert_eq!(trees.targets.sum(), 112.0);
        assert_eq!(trees.inputs.sum(), 208.0);
        let of_relation = |relation: usize| trees.questions.iter().filter(|(_, asked)| *asked == relation).count();
        let counts: Vec<usize> = (0..12).map(of_relation).collect();
        assert_eq!(counts, [12, 12, 10, 10, 12, 12, 4, 4, 6, 6, 8, 8]);
    }

    #[test]
    fn known_answers_are_there() {
        let trees = family_trees::<f32>();
        let who = |person: &str, relation: &str| -> Vec<&str> {
            let asked = |(p, r): &(usize, usize)| trees.persons[*p] == person && trees.relations[*r] == relation;
            let Some(column) = trees.questions.iter().position(asked) else { return Vec::new() };
            (0..24).filter(|row| trees.targets[(*row, column)] == 1.0).map(|row| trees.persons[row]).collect()
        };
        assert_eq!(who("Colin", "father"), ["James"]);
        assert_eq!(who("Colin", "mother"), ["Victoria"]);
        assert_eq!(who("Colin", "aunt"), ["Jennifer", "Margaret"]);
        assert_eq!(who("Charlotte", "uncle"), ["Arthur", "Charles"]);
        assert_eq!(who("Alfonso", "sister"), ["Sophia"]);
        assert_eq!(who("Margaret", "nephew"), ["Colin"]);
        assert_eq!(who("Arthur", "wife"), ["Margaret"]);
        assert_eq!(who("Emilio", "niece"), ["Sophia"]);
        assert_eq!(who("Maria", "daughter"), ["Lucia"]);
        assert!(who("Christopher", "father").is_empty() && who("Margaret", "brother").is_empty());
    }

    #[test]
    fn the_families_have_one_tree() {
        let trees = family_trees::<f64>();
        assert_eq!(trees.persons.len(), 24);
        for (column, (person, relation)) in trees.questions.iter().take(52).enumerate() {
            assert_eq!(trees.questions[column + 52], (person + 12, *relation));
            assert_eq!(trees.targets.view((0, column), (12, 1)), trees.targets.view((12, column + 52), (12, 1)));
        }
        assert_eq!(trees.targets.view((12, 0), (12, 52)).sum(), 0.0);
    }
}
