//! The network of 1989, for zip-code digits of 16 × 16 pixels.

use crate::{Bias, CnnConfig, Connections, ConvolutionConfig, DenseConfig, LayerConfig, Objective, Shape};
use nn_core::{Activation, Batch, GradientDescent, Init, Loss, RateSchedule, Reduction};

/// How the paper's "2.4/F" is read; F is the number of inputs of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InitReading {
    /// Uniform on ±2.4/F, as printed.
    Printed,
    /// Uniform on ±2.4/√F, as the well-known reproduction in Python reads it.
    SquareRoot,
}

impl InitReading {
    fn init(self, fan_in: usize) -> Init {
        match self {
            Self::Printed => Init::LeCun1989,
            Self::SquareRoot => Init::Uniform(2.4 / (fan_in as f64).sqrt()),
        }
    }
}

/// The maps of H1 that each of H2's twelve maps sees: 0-3 see 0-7, 4-7 see 4-11, 8-11 see 8-11 and 0-3.
///
/// The paper says "eight of the twelve" and no more; this choice is that of the reproduction in Python.
pub fn h2_connections() -> Connections {
    let block = |first: usize| {
        let mut maps: Vec<usize> = (first..first + 8).map(|map| map % 12).collect();
        maps.sort_unstable();
        maps
    };
    Connections::Table((0..12).map(|map| block(map / 4 * 4)).collect())
}

/// **Eq. lenet-1989** (slide 86): input 16 × 16; H1 12 maps of 8 × 8; H2 12 maps of 4 × 4, each on eight maps of H1; H3 30 units;
/// 10 outputs. 1,256 units, 64,660 connections, 9,760 parameters: 19,968 / 38,592 / 5,790 / 310 links into the four layers,
/// 1,068 / 2,592 / 5,790 / 310 parameters.
///
/// Kernels 5 × 5 that move by two pixels; a border of two pixels of background, −1; kernels shared within a map, **biases not**.
/// Hidden biases begin at 0, those of the outputs at `output_bias`.
///
/// # Source
/// LeCun, Boser, Denker, Henderson, Howard, Hubbard and Jackel, "Backpropagation applied to handwritten zip code recognition",
/// Neural Computation 1 (1989) 541-551.
pub fn lecun_1989(activation: Activation, reading: InitReading, output_bias: f64) -> Vec<LayerConfig> {
    let maps = |connections: Connections, fan_in: usize| {
        LayerConfig::Convolution(ConvolutionConfig {
            stride: 2,
            padding: 2,
            padding_value: -1.0,
            connections,
            bias: Bias::PerUnit,
            weight_init: reading.init(fan_in),
            ..ConvolutionConfig::new(12, 5, activation)
        })
    };
    let dense = |units: usize, fan_in: usize, bias: f64| {
        LayerConfig::Dense(DenseConfig {
            weight_init: reading.init(fan_in),
            bias_init: Init::Constant(bias),
            ..DenseConfig::new(units, activation)
        })
    };
    vec![maps(Connections::Full, 25), maps(h2_connections(), 200), dense(30, 192, 0.0), dense(10, 30, output_bias)]
}

/// Shape of a digit of 1989.
pub const INPUT: Shape = Shape::new(1, 16, 16);

impl CnnConfig {
    /// The recipe as printed: weights from ±2.4/F, 1.7159 tanh(2a/3) everywhere, targets ±1, half the squared
    /// error, one step a sample in a fixed order, 23 passes.
    ///
    /// The paper used a diagonal second-order method with rates it does not give; here it is plain gradient descent. The rate
    /// 0.02 is for the mean squared error over ten outputs, 2/10 of the slope of the paper's.
    pub fn lenet_1989() -> Self {
        Self {
            input: INPUT,
            layers: lecun_1989(Activation::ScaledTanh, InitReading::Printed, 0.0),
            objective: Objective::Loss(Loss::MeanSquaredError),
            reduction: Reduction::Mean,
            method: GradientDescent::new(0.02).into(),
            schedule: RateSchedule::Constant,
            batch: Batch::Online,
            epochs: 23,
            shuffle: false,
            augmentation: None,
        }
    }

    /// The recipe of the well-known reproduction in Python: weights from ±2.4/√F, plain tanh, output biases −1, rate 0.03.
    ///
    /// # Source
    /// A. Karpathy, "Deep neural nets: 33 years ago and 33 years from now" (2022), and its code.
    pub fn lenet_1989_well_known() -> Self {
        Self {
            layers: lecun_1989(Activation::Tanh, InitReading::SquareRoot, -1.0),
            method: GradientDescent::new(0.03).into(),
            ..Self::lenet_1989()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cnn;
    use nn_core::{Parameters, Stream};

    /// Eq. lenet-1989: the numbers of the slide, layer by layer.
    #[test]
    fn the_network_of_1989_has_its_published_counts() {
        let network: Cnn<f32> = CnnConfig::lenet_1989().initialize(&Stream::new(1989)).unwrap();
        let rows = network.structure();
        let of = |count: fn(&crate::LayerStructure) -> usize| rows.iter().map(count).collect::<Vec<_>>();
        assert_eq!(of(|row| row.output.units()), [768, 192, 30, 10]);
        assert_eq!(of(|row| row.connections), [19_968, 38_592, 5_790, 310]);
        assert_eq!(of(|row| row.parameters), [1_068, 2_592, 5_790, 310]);
        let totals = (network.units(), network.connections(), network.parameter_count());
        assert_eq!(totals, (1_256, 64_660, 9_760));
    }

    #[test]
    fn both_readings_keep_their_bounds() {
        for (reading, bounds) in [
            (InitReading::Printed, [2.4 / 25.0, 2.4 / 200.0, 2.4 / 192.0, 2.4 / 30.0]),
            (InitReading::SquareRoot, [2.4 / 5.0, 0.169_705_6, 0.173_205_1, 0.438_178_1]),
        ] {
            let layers = lecun_1989(Activation::Tanh, reading, -1.0);
            let network = Cnn::<f64>::new(INPUT, &layers, &Stream::new(3)).unwrap();
            for (layer, bound) in network.layers().iter().zip(bounds) {
                let largest = layer.learned()[0].2.iter().fold(0.0_f64, |largest, w| largest.max(w.abs()));
                assert!((0.97 * bound..bound).contains(&largest), "{reading:?}: {largest} for {bound}");
            }
            assert!(network.layers()[3].learned()[1].2.iter().all(|&bias| bias == -1.0));
        }
    }
}
