//! The 89 slides of the lecture: what each is about, and what covers it. Titles are ours, in English with the term in
//! Japanese; numbers are those of version 2024-03-13.

/// A slide.
#[derive(Debug, Clone, Copy)]
pub struct Slide {
    /// Its page number.
    pub number: u32,
    /// What it is about.
    pub title: &'static str,
    /// The term in Japanese; empty where there is none.
    pub japanese: &'static str,
    /// What covers it besides the experiments and equations that name it.
    pub cover: Cover,
}

/// What a slide asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// A title page or a heading.
    Heading,
    /// Text alone: nothing to compute.
    Text,
    /// The same as another slide.
    Repeats(u32),
    /// These experiments; those that are not there are pending.
    Experiments(&'static [&'static str]),
    /// Its equations.
    Equations,
    /// Code and tests without an equation or a figure of its own: where.
    Code(&'static str),
}

/// A part of the lecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its first slide.
    pub first: u32,
    /// Its last slide.
    pub last: u32,
    /// The heading.
    pub title: &'static str,
    /// The heading in Japanese.
    pub japanese: &'static str,
}

impl Part {
    /// The name of its heading in links.
    pub fn anchor(&self) -> String {
        format!("slides-{}-{}", self.first, self.last)
    }

    /// The part in which a slide stands.
    pub fn of(slide: u32) -> Option<&'static Self> {
        PARTS.iter().find(|part| (part.first..=part.last).contains(&slide))
    }
}

/// The title of a slide with the term in Japanese.
pub fn title(number: u32) -> String {
    match SLIDES.iter().find(|slide| slide.number == number) {
        Some(Slide { title, japanese: "", .. }) => (*title).into(),
        Some(slide) => format!("{} ({})", slide.title, slide.japanese),
        None => String::new(),
    }
}

/// Techniques that the last slide lists and that come later, with the experiments planned for them.
pub const LATER: &[(&str, &[&str])] = &[
    ("group method of data handling (GMDH)", &["gmdh-layers"]),
    ("recurrent networks after Elman and Jordan", &["elman-xor", "jordan-cycle"]),
    ("long short-term memory (LSTM)", &["lstm-adding", "lstm-reber"]),
    ("temporal-difference learning (TD)", &["td-random-walk", "td-pig"]),
    ("dropout", &["dropout"]),
    ("residual networks", &["residual-depth"]),
    ("generative adversarial networks (GAN)", &["gan-1d", "gan-ring"]),
    ("random erasing", &["random-erasing"]),
];

const fn part(first: u32, last: u32, title: &'static str, japanese: &'static str) -> Part {
    Part { first, last, title, japanese }
}

/// The parts, from the first slide to the last.
pub const PARTS: &[Part] = &[
    part(1, 9, "The visual cortex", "視覚野"),
    part(10, 17, "The self-organizing map", "自己組織化マップ"),
    part(18, 23, "The perceptron", "パーセプトロン"),
    part(24, 30, "Networks of two layers", "2層ネットワーク"),
    part(31, 49, "Error, gradient, backpropagation", "誤差逆伝播法"),
    part(50, 57, "Activation functions", "活性化関数"),
    part(58, 64, "Limits of depth", "勾配消失問題"),
    part(65, 67, "Autoencoders", "自己符号化器"),
    part(68, 73, "The Hopfield network", "ホップフィールドネットワーク"),
    part(74, 84, "The Boltzmann machine", "ボルツマンマシン"),
    part(85, 86, "Convolutional networks", "畳み込みニューラルネットワーク"),
    part(87, 89, "Looking back and ahead", "まとめ"),
];

const fn slide(number: u32, title: &'static str, japanese: &'static str, cover: Cover) -> Slide {
    Slide { number, title, japanese, cover }
}

use Cover::{Code, Equations, Experiments, Heading, Repeats, Text};

/// Every slide.
pub const SLIDES: &[Slide] = &[
    slide(1, "Title", "", Heading),
    slide(2, "Contents", "目次", Heading),
    slide(3, "Neuroscience and research on neural networks", "神経科学", Heading),
    slide(4, "The visual pathway", "視覚経路", Text),
    slide(
        5,
        "Orientation-selective cells of Hubel and Wiesel",
        "方位選択性",
        Experiments(&["hw-tuning-curve", "hw-raster", "hw-dog-vs-gabor"]),
    ),
    slide(6, "Orientation maps and retinotopy", "方位マップ", Experiments(&["som-orientation-map", "retinotopy"])),
    slide(7, "Top-down and bottom-up", "", Text),
    slide(8, "Marr's three levels", "マーの3つのレベル", Text),
    slide(
        9,
        "Models of the visual cortex",
        "視覚野のモデル",
        Experiments(&["som-orientation-map", "neocognitron-1980", "sparse-coding-bases", "sparse-coding-control"]),
    ),
    slide(10, "The self-organizing map", "自己組織化マップ", Heading),
    slide(11, "Von der Malsburg's model", "競合層", Experiments(&["vdm1973-map"])),
    slide(12, "Neighbors answer alike", "近傍", Experiments(&["vdm1973-tuning", "som-waveforms"])),
    slide(13, "Structure of the map: the winner takes all", "勝者ユニット", Code("`Som::best_matching_unit`")),
    slide(14, "Units on a grid", "格子", Code("`nn_core::Lattice`, its positions and neighbors tested there")),
    slide(15, "The algorithm", "学習アルゴリズム", Equations),
    slide(16, "A square unfolds", "一様分布の学習", Experiments(&["som-uniform-square"])),
    slide(
        17,
        "Uses of the map",
        "次元削減, ベクトル量子化, 可視化, クラスタリング",
        Experiments(&["som-colors", "som-vq", "som-umatrix", "som-clusters"]),
    ),
    slide(18, "Multilayer perceptron and backpropagation", "", Heading),
    slide(19, "The multilayer perceptron", "多層パーセプトロン", Heading),
    slide(20, "The perceptron and linear separability", "線形分離可能", Experiments(&["perceptron-and-xor"])),
    slide(21, "XOR by two lines", "排他的論理和", Experiments(&["xor-two-lines"])),
    slide(22, "How layers are counted", "層の数え方", Code("messages and shapes of `Mlp` count weight layers from 1")),
    slide(23, "Rosenblatt's random connections", "ランダム結合", Experiments(&["perceptron-random-units"])),
    slide(24, "Structure of the network", "", Heading),
    slide(25, "A network of two layers", "2層ネットワーク", Experiments(&["mlp-digits"])),
    slide(26, "Inputs and the bias unit", "バイアス", Equations),
    slide(27, "Hidden units", "中間層", Equations),
    slide(28, "Output units", "出力層", Equations),
    slide(29, "Summary of the network", "", Repeats(28)),
    slide(30, "The network as one formula", "", Equations),
    slide(31, "The error", "", Heading),
    slide(32, "Why an error is needed", "誤差関数", Text),
    slide(33, "The squared error", "二乗誤差", Equations),
    slide(34, "The sum over all samples; cross entropy", "交差エントロピー", Equations),
    slide(35, "The error as a picture", "", Text),
    slide(36, "Learning", "学習", Heading),
    slide(37, "A smaller error, a better network", "", Text),
    slide(38, "Stationary points", "極小値", Experiments(&["error-curve-tangents"])),
    slide(39, "Gradient descent", "勾配降下法", Equations),
    slide(40, "Steps down a curve", "学習率", Experiments(&["gradient-descent-1d"])),
    slide(
        41,
        "Online, minibatch, batch",
        "オンライン学習, ミニバッチ学習, バッチ学習",
        Experiments(&["online-batch-minibatch"]),
    ),
    slide(42, "The error of one layer", "", Repeats(33)),
    slide(43, "The gradient of one layer", "デルタ則", Experiments(&["delta-rule"])),
    slide(44, "The network of two layers again", "", Repeats(29)),
    slide(
        45,
        "The chain rule",
        "連鎖律",
        Code("the gradient check of `Mlp::gradient` in crates/mlp/tests/suite/properties.rs"),
    ),
    slide(46, "The deltas of the output layer", "出力層の誤差", Equations),
    slide(47, "The deltas of the hidden layer", "中間層の誤差", Equations),
    slide(48, "Backpropagation", "誤差逆伝播法", Experiments(&["mlp-digits"])),
    slide(49, "The step function cannot learn", "ステップ関数", Equations),
    slide(50, "Activation functions", "活性化関数", Heading),
    slide(51, "Five activation functions", "活性化関数", Experiments(&["activations"])),
    slide(52, "Why the sigmoid", "シグモイド関数", Experiments(&["why-sigmoid"])),
    slide(53, "ReLU today", "正規化線形関数", Experiments(&["relu-vs-sigmoid-depth", "init-sensitivity", "int8"])),
    slide(54, "Fukushima's feature extractor of 1969", "特徴抽出", Experiments(&["fukushima-1969"])),
    slide(55, "Where the idea came from", "", Text),
    slide(56, "Universal approximation", "万能近似定理", Experiments(&["universal-approximation"])),
    slide(57, "Universal approximation again", "", Repeats(56)),
    slide(58, "Limits of the multilayer perceptron", "", Heading),
    slide(59, "The winter of neural networks", "", Text),
    slide(60, "Layers near the input stay random", "", Experiments(&["random-layers"])),
    slide(61, "Vanishing gradients", "勾配消失問題", Experiments(&["vanishing-gradient"])),
    slide(62, "The slope of the sigmoid", "シグモイド関数の微分", Experiments(&["sigmoid-derivative"])),
    slide(63, "The slope of ReLU", "ReLU の微分", Experiments(&["relu-derivative"])),
    slide(64, "Is backpropagation in the brain?", "", Text),
    slide(65, "Autoencoders", "自己符号化器", Heading),
    slide(66, "The hourglass network", "砂時計型ネットワーク", Experiments(&["autoencoder-digits"])),
    slide(67, "The bottleneck keeps what matters", "次元削減", Experiments(&["ae-vs-pca", "encoder-838"])),
    slide(68, "The Hopfield network", "ホップフィールドネットワーク", Heading),
    slide(69, "The update of a unit", "更新則", Equations),
    slide(70, "Associative memory", "連想記憶", Experiments(&["hopfield-recall"])),
    slide(71, "The energy", "エネルギー関数", Equations),
    slide(72, "Descent to a local minimum", "極小値", Experiments(&["hopfield-energy"])),
    slide(73, "Hebb's rule", "ヘブ則", Experiments(&["hopfield-capacity"])),
    slide(74, "The Boltzmann machine", "ボルツマンマシン", Heading),
    slide(75, "A stochastic unit", "確率的更新", Equations),
    slide(76, "Two levels of energy", "カノニカル分布", Equations),
    slide(77, "The Boltzmann distribution", "ボルツマン分布", Equations),
    slide(78, "A long observation", "状態の頻度", Experiments(&["boltzmann-histogram"])),
    slide(79, "The temperature", "温度", Experiments(&["boltzmann-temperature"])),
    slide(80, "Simulated annealing", "焼きなまし法", Experiments(&["annealing"])),
    slide(81, "The divergence of two distributions", "KLダイバージェンス", Equations),
    slide(82, "Its derivative", "", Equations),
    slide(83, "The derivation", "", Equations),
    slide(84, "The learning rule", "学習則", Experiments(&["boltzmann-learning"])),
    slide(85, "Convolutional networks", "畳み込みニューラルネットワーク", Heading),
    slide(86, "LeNet", "LeNet", Experiments(&["lenet1989-usps", "feature-maps"])),
    slide(87, "Summary", "まとめ", Heading),
    slide(88, "What the models leave open", "", Text),
    slide(89, "Techniques until the 1980s and after 1990", "", Code("the list below")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slide_stands_once_in_order_and_in_one_part() {
        let numbers: Vec<u32> = SLIDES.iter().map(|slide| slide.number).collect();
        assert_eq!(numbers, (1..=89).collect::<Vec<_>>());
        let parts: Vec<u32> = PARTS.iter().flat_map(|part| part.first..=part.last).collect();
        assert_eq!(parts, numbers);
    }

    #[test]
    fn a_repetition_is_of_a_slide_that_is_not_one_itself_or_leads_to_it() {
        for slide in SLIDES {
            let mut at = *slide;
            for _ in 0..SLIDES.len() {
                let Repeats(other) = at.cover else { break };
                at = SLIDES[other as usize - 1];
            }
            assert!(!matches!(at.cover, Repeats(_)), "{}", slide.number);
        }
    }

    #[test]
    fn a_title_carries_its_japanese_term() {
        assert_eq!(title(39), "Gradient descent (勾配降下法)");
        assert_eq!(title(1), "Title");
        assert_eq!(title(90), "");
    }
}
