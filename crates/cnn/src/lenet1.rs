//! LeNet-1, the network of 1990, for digits of 28 × 28 pixels.

use crate::{Cnn, Connections, ConvolutionConfig, DenseConfig, LayerConfig, Shape, SubsamplingConfig};
use nn_core::{Activation, Init, Real};

/// The maps of H2 that each of H3's twelve maps sees, as in table 1 of 1990: 20 kernels.
pub fn h3_connections() -> Connections {
    let half = |first: usize| {
        let (one, two) = (first, first + 1);
        [vec![one], vec![one, two], vec![one, two], vec![two], vec![one, two], vec![one, two]]
    };
    Connections::Table(half(0).into_iter().chain(half(2)).collect())
}

/// LeNet-1: input 28 × 28; H1 4 maps of 24 × 24; H2 their means by 2 × 2; H3 12 maps of 8 × 8 with 20 kernels; H4 their means; 10
/// outputs. 98,442 connections, 2,578 parameters, with a coefficient and a bias for each map of means.
///
/// # Source
/// LeCun et al., "Handwritten digit recognition with a back-propagation network", NIPS 2 (1990).
pub fn lenet_1() -> Vec<LayerConfig> {
    let activation = Activation::ScaledTanh;
    let maps = |maps, connections| {
        let config = ConvolutionConfig::new(maps, 5, activation);
        LayerConfig::Convolution(ConvolutionConfig { connections, weight_init: Init::LeCun1989, ..config })
    };
    let dense = DenseConfig { weight_init: Init::LeCun1989, ..DenseConfig::new(10, activation) };
    vec![
        maps(4, Connections::Full),
        LayerConfig::Subsampling(SubsamplingConfig::new(2, activation)),
        maps(12, h3_connections()),
        LayerConfig::Subsampling(SubsamplingConfig::new(2, activation)),
        LayerConfig::Dense(dense),
    ]
}

/// Shape of a digit of 1990.
pub const INPUT: Shape = Shape::new(1, 28, 28);

/// Units as the paper counts them: one more than input and layers have, presumably the unit that is always 1.
pub fn units_of_1990<T: Real>(network: &Cnn<T>) -> usize {
    network.units() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::{Parameters, Stream};

    #[test]
    fn lenet_1_has_its_published_counts() {
        let network = Cnn::<f32>::new(INPUT, &lenet_1(), &Stream::new(1990)).unwrap();
        let parameters: Vec<usize> = network.structure().iter().map(|row| row.parameters).collect();
        assert_eq!(parameters, [104, 8, 512, 24, 1930]);
        let totals = (units_of_1990(&network), network.connections(), network.parameter_count());
        assert_eq!(totals, (4_635, 98_442, 2_578));
    }
}
