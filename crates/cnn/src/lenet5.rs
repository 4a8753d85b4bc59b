//! LeNet-5, the network of 1998, for digits of 28 × 28 pixels in the middle of 32 × 32.

use crate::{
    CnnConfig, Connections, ConvolutionConfig, DenseConfig, DiagonalLevenbergMarquardt, LayerConfig, Objective, Shape,
    SubsamplingConfig, digit_codes,
};
use nn_core::{Activation, Batch, Loss, RateSchedule, Reduction};

/// Table I: the maps of S2 that each of C3's sixteen maps sees, 60 kernels.
pub fn c3_connections() -> Connections {
    const TABLE: [&[usize]; 16] = [
        &[0, 1, 2],
        &[1, 2, 3],
        &[2, 3, 4],
        &[3, 4, 5],
        &[0, 4, 5],
        &[0, 1, 5],
        &[0, 1, 2, 3],
        &[1, 2, 3, 4],
        &[2, 3, 4, 5],
        &[0, 3, 4, 5],
        &[0, 1, 4, 5],
        &[0, 1, 2, 5],
        &[0, 1, 3, 4],
        &[1, 2, 4, 5],
        &[0, 2, 3, 5],
        &[0, 1, 2, 3, 4, 5],
    ];
    Connections::Table(TABLE.iter().map(|row| row.to_vec()).collect())
}

/// C1 to F6: what LeNet-5 has below its outputs.
fn below_the_outputs(activation: Activation) -> Vec<LayerConfig> {
    let maps = |maps, connections| {
        LayerConfig::Convolution(ConvolutionConfig { connections, ..ConvolutionConfig::new(maps, 5, activation) })
    };
    // Four inputs: ½ is 1/√F, where the weights of the other layers have their bound.
    let sums =
        || LayerConfig::Subsampling(SubsamplingConfig { coefficient: 0.5, ..SubsamplingConfig::new(2, activation) });
    vec![
        maps(6, Connections::Full),
        sums(),
        maps(16, c3_connections()),
        sums(),
        maps(120, Connections::Full),
        LayerConfig::Dense(DenseConfig::new(84, activation)),
    ]
}

/// **Eq. lenet-5** (slide 86): input 32 × 32; C1 6 maps of 28 × 28; S2 6 of 14 × 14; C3 16 of 10 × 10, connected by Table I; S4 16
/// of 5 × 5; C5 120 of 1 × 1; F6 84 units; 10 distances to the codes of [`digit_codes`]. 156 / 12 / 1,516 / 32 / 48,120 / 10,164 /
/// 0 parameters, 60,000 in all; 122,304 / 5,880 / 151,600 / 2,000 / 48,120 / 10,164 / 840 connections, 340,908 in all.
///
/// 1.7159 tanh(2a/3) everywhere below the outputs, weights from ±1/√F, coefficients of S2 and S4 from ½ = 1/√4.
///
/// The paper prints ±2.4/F. With it, C5 begins at 0.001 and all second derivatives but those of F6's biases below 0.05: the diagonal
/// method then begins with its largest rate, η/μ = 0.025, for nearly every weight, and the units saturate within the first pass.
/// The paper's own rates of the first pass, 0.00007 to 0.016, belong to second derivatives of 0.011 to 7; ±1/√F and ½ give 0.014 to
/// 4.
///
/// # Source
/// LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86 (1998) 2278-2324.
pub fn lenet_5() -> Vec<LayerConfig> {
    let mut layers = below_the_outputs(Activation::ScaledTanh);
    layers.push(LayerConfig::RadialBasis { codes: digit_codes() });
    layers
}

/// LeNet-5 as most programs have it: full connections, means without parameters, ten logits instead of distances.
pub fn lenet_5_plain() -> Vec<LayerConfig> {
    use crate::PoolingKind::Average;
    let activation = Activation::Tanh;
    let means = || LayerConfig::Pooling { kind: Average, window: 2 };
    vec![
        LayerConfig::Convolution(ConvolutionConfig::new(6, 5, activation)),
        means(),
        LayerConfig::Convolution(ConvolutionConfig::new(16, 5, activation)),
        means(),
        LayerConfig::Convolution(ConvolutionConfig::new(120, 5, activation)),
        LayerConfig::Dense(DenseConfig::new(84, activation)),
        LayerConfig::Dense(DenseConfig::new(10, Activation::Identity)),
    ]
}

/// Shape of a digit of 1998, border included.
pub const INPUT: Shape = Shape::new(1, 32, 32);
/// What white becomes, so that the mean input is about 0.
pub const BACKGROUND: f64 = -0.1;
/// What black becomes, so that the variance is about 1.
pub const FOREGROUND: f64 = 1.175;

/// The global learning rates of 1998 as multiples of 0.0005: 0.0005 for two passes, 0.0002 for three, 0.0001 for three, 0.00005
/// for four, then 0.00001.
pub fn learning_rates() -> RateSchedule {
    RateSchedule::Steps(vec![(2, 1.0), (3, 0.4), (3, 0.2), (4, 0.1), (1, 0.02)])
}

impl CnnConfig {
    /// LeNet-5 as in 1998: equation 9 (MAP) with rubbish at 10, the stochastic diagonal Levenberg-Marquardt method with its
    /// schedule, one step a sample, 20 passes. Targets are one-hot. Samples go in a new order each pass.
    ///
    /// j is not in the paper. At 10, the right code goes on to attract until it is nearer than 10; the nearest two codes are 48 apart.
    /// At 84, the distance of an F6 of zeros to every code, it no longer attracts as soon as it is the nearest by a few units, and the
    /// network learns badly.
    ///
    /// μ is 0.2 and not the paper's 0.02, with which many units of C3 to C5 saturate in the first passes, where rates are large.
    pub fn lenet_5() -> Self {
        Self {
            input: INPUT,
            layers: lenet_5(),
            objective: Objective::MaximumAPosteriori { rubbish: 10.0 },
            reduction: Reduction::Mean,
            method: DiagonalLevenbergMarquardt { damping: 0.2, ..DiagonalLevenbergMarquardt::LECUN_1998 }.into(),
            schedule: learning_rates(),
            batch: Batch::Online,
            epochs: 20,
            shuffle: true,
            augmentation: None,
        }
    }

    /// [`lenet_5_plain`] with softmax cross-entropy, Adam, minibatches.
    pub fn lenet_5_plain() -> Self {
        let config = Self::classifier(INPUT, lenet_5_plain());
        Self { objective: Objective::Loss(Loss::SoftmaxCrossEntropyLogits), ..config }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cnn, Layer};
    use nn_core::{Parameters, Stream};

    /// Eq. lenet-5: the numbers of the paper, layer by layer.
    #[test]
    fn lenet_5_has_its_published_counts() {
        let network: Cnn<f32> = CnnConfig::lenet_5().initialize(&Stream::new(1998)).unwrap();
        let rows = network.structure();
        let of = |count: fn(&crate::LayerStructure) -> usize| rows.iter().map(count).collect::<Vec<_>>();
        assert_eq!(of(|row| row.output.units()), [4704, 1176, 1600, 400, 120, 84, 10]);
        assert_eq!(of(|row| row.connections), [122_304, 5_880, 151_600, 2_000, 48_120, 10_164, 840]);
        assert_eq!(of(|row| row.parameters), [156, 12, 1_516, 32, 48_120, 10_164, 0]);
        assert_eq!((network.connections(), network.parameter_count()), (340_908, 60_000));
    }

    #[test]
    fn the_schedule_of_1998_has_its_five_rates() {
        let rate = |pass| CnnConfig::lenet_5().method.learning_rate() * learning_rates().factor(pass, 20);
        let expected = [(0..2, 5e-4), (2..5, 2e-4), (5..8, 1e-4), (8..12, 5e-5), (12..20, 1e-5)];
        for (passes, expected) in expected {
            assert!(passes.into_iter().all(|pass| (rate(pass) - expected).abs() < 1e-18));
        }
    }

    #[test]
    fn kernels_outside_of_table_1_are_zero() {
        let network: Cnn<f64> = CnnConfig::lenet_5().initialize(&Stream::new(1)).unwrap();
        let Layer::Convolution(c3) = &network.layers()[2] else { panic!("C3 is a convolution") };
        assert_eq!(c3.kernels(), 60);
        for map in 0..16 {
            for below in 0..6 {
                let there = c3.kernel_of(map, below).iter().any(|&w| w != 0.0);
                assert_eq!(there, c3.sees()[map].contains(&below));
            }
        }
    }
}
