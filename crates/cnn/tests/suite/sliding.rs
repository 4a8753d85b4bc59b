//! A network along a larger image says what it says to every window by itself.

use cnn::{
    Cnn, CnnConfig, ConvolutionConfig, DenseConfig, LayerConfig, PoolingKind, Shape, SubsamplingConfig, lenet1, lenet5,
};
use nn_core::{Activation, Matrix, Stream};

/// The worst difference between the maps and single windows, and whether all classes agree.
fn compared(network: &Cnn<f64>, height: usize, width: usize) -> (f64, usize) {
    let (window, sliding) = (network.input(), network.sliding(height, width).unwrap());
    let (input, output, step) = (sliding.input(), sliding.output(), sliding.step());
    let mut images = Matrix::zeros(input.units(), 3);
    Stream::new(7).named("images").fill_uniform(images.as_mut_slice(), -1.0, 1.0);
    let (answers, classes) = (sliding.forward(&images).unwrap(), sliding.predict(&images).unwrap());
    let (mut worst, mut windows) = (0.0_f64, 0);
    for image in 0..3 {
        for y in 0..output.height {
            for x in 0..output.width {
                let pixel = |place: usize, _: usize| {
                    let (map, row) = (place / window.positions(), place % window.positions() / window.width);
                    let column = place % window.width;
                    images[((map * input.height + y * step + row) * input.width + x * step + column, image)]
                };
                let cut = Matrix::from_fn(window.units(), 1, pixel);
                let expected = network.forward(&cut).unwrap();
                let position = y * output.width + x;
                for (class, expected) in expected.iter().enumerate() {
                    let found = answers[(class * output.positions() + position, image)];
                    worst = worst.max((found - expected).abs() / (1.0 + expected.abs()));
                }
                assert_eq!(classes[image][position], network.predict(&cut).unwrap()[0]);
                windows += 1;
            }
        }
    }
    (worst, windows)
}

#[test]
fn lenet_5_lenet_1_and_a_small_network_answer_every_window() {
    let of = |input: Shape, layers: &[LayerConfig]| Cnn::<f64>::new(input, layers, &Stream::new(1998)).unwrap();
    let small = [
        LayerConfig::Convolution(ConvolutionConfig { stride: 2, ..ConvolutionConfig::new(3, 3, Activation::Tanh) }),
        LayerConfig::Subsampling(SubsamplingConfig::new(2, Activation::Tanh)),
        LayerConfig::Pooling { kind: PoolingKind::Max, window: 1 },
        LayerConfig::Dense(DenseConfig::new(5, Activation::Tanh)),
        LayerConfig::Dropout { rate: 0.5 },
        LayerConfig::Dense(DenseConfig::new(4, Activation::Identity)),
    ];
    let cases = [
        (of(lenet5::INPUT, &lenet5::lenet_5()), 36, 48, 3 * 2 * 5),
        (of(lenet1::INPUT, &lenet1::lenet_1()), 28, 40, 3 * 4),
        (of(Shape::new(2, 9, 9), &small), 17, 13, 3 * 3 * 2),
    ];
    for (network, height, width, expected) in cases {
        let (worst, windows) = compared(&network, height, width);
        assert_eq!(windows, expected);
        assert!(worst < 1e-12, "{worst:e}");
    }
}

#[test]
fn on_its_own_input_it_is_the_network() {
    let network: Cnn<f64> = CnnConfig::lenet_5().initialize(&Stream::new(3)).unwrap();
    assert_eq!(compared(&network, 32, 32).1, 3);
}

#[test]
fn networks_that_know_their_place_and_images_that_do_not_fit_are_refused() {
    let message = |network: &Cnn<f64>, height, width| network.sliding(height, width).unwrap_err().to_string();
    let of_1989: Cnn<f64> = CnnConfig::lenet_1989().initialize(&Stream::new(1)).unwrap();
    assert_eq!(
        message(&of_1989, 32, 32),
        "layer 1 (convolution) does not slide along larger images: it has a border, which windows inside of an image do not have"
    );
    let of_1998: Cnn<f64> = CnnConfig::lenet_5().initialize(&Stream::new(1)).unwrap();
    assert_eq!(message(&of_1998, 32, 33), "layer 2 (subsampling): windows of 2 x 2 do not tile 6 maps of 28 x 29");
    assert_eq!(
        message(&of_1998, 28, 32),
        "layer 5 (convolution): a window of 5 x 5 does not fit into 16 maps of 4 x 5 with a border of 0"
    );
    assert!(of_1998.sliding(32, 32).unwrap().forward(&Matrix::zeros(5, 1)).is_err());
}
