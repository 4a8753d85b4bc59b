//! [`Sliding`]: a network along a larger image, every window answered at once.

use crate::convolution::sides;
use crate::subsampling::Windows;
use crate::{Bias, Cnn, CnnError, Convolution, Dense, Layer, Pooling, RadialBasis, Shape, Subsampling};
use nn_core::{DecisionRule, Matrix, Real};

/// A trained network along a larger image. A dense layer is a convolution whose kernel is as large as what it sees; on a larger
/// image it has more than one position, and the outputs become maps: their value in row y and column x is the answer to the
/// window that begins at row y · [`Sliding::step`] and column x · step. What neighboring windows share is computed once.
///
/// ```
/// use cnn::{Cnn, CnnConfig, Shape};
/// use nn_core::{Matrix, Stream};
///
/// let network: Cnn<f32> = CnnConfig::lenet_5().initialize(&Stream::new(1998))?;
/// let sliding = network.sliding(32, 64)?;
/// assert_eq!((sliding.output(), sliding.step()), (Shape::new(10, 1, 9), 4));
/// let answers = sliding.forward(&Matrix::zeros(32 * 64, 1))?;
/// assert_eq!(answers.nrows(), 10 * 9);
/// # Ok::<(), cnn::CnnError>(())
/// ```
///
/// # Source
/// LeCun, Bottou, Bengio and Haffner (1998), section VII: the space displacement neural network.
#[derive(Debug, Clone, PartialEq)]
pub struct Sliding<T: Real> {
    network: Cnn<T>,
    distances: Option<RadialBasis<T>>,
    rule: DecisionRule,
    step: usize,
}

impl<T: Real> Cnn<T> {
    /// The network along images of this size, with as many maps as its input has.
    ///
    /// # Errors
    /// [`CnnError::Slide`] for layers whose answer depends on the place in the image: with a border, a bias a unit, or dense above
    /// maps that are not square; [`CnnError::Window`] and [`CnnError::Tiling`] when the image is too small or a window of
    /// subsampling does not tile its maps.
    pub fn sliding(&self, height: usize, width: usize) -> Result<Sliding<T>, CnnError> {
        let input = Shape::new(self.input().maps, height, width);
        let (mut below, mut layers, mut distances, mut step) = (input, Vec::new(), None, 1_usize);
        for (index, layer) in self.layers().iter().enumerate() {
            let number = index + 1;
            let on_larger = match layer {
                Layer::Convolution(layer) => {
                    step = step.saturating_mul(layer.stride);
                    Layer::Convolution(convolution(layer, number, below)?)
                }
                Layer::Subsampling(layer) => {
                    let windows = Windows::new(number, "subsampling", below, layer.windows.side)?;
                    step = step.saturating_mul(windows.side);
                    Layer::Subsampling(Subsampling { windows, ..layer.clone() })
                }
                Layer::Pooling(layer) => {
                    let windows = Windows::new(number, "pooling", below, layer.windows.side)?;
                    step = step.saturating_mul(windows.side);
                    Layer::Pooling(Pooling { windows, ..*layer })
                }
                Layer::Dense(layer) => Layer::Convolution(dense(layer, number, self.below(index), below)?),
                // Drops nothing in use.
                Layer::Dropout(_) => continue,
                Layer::RadialBasis(layer) => {
                    distances = Some(layer.clone());
                    continue;
                }
            };
            below = on_larger.output();
            layers.push(on_larger);
        }
        if layers.is_empty() {
            return Err(CnnError::Slide { layer: 1, kind: "radial basis", reason: "it stands alone" });
        }
        Ok(Sliding { network: Cnn::of_layers(input, layers), distances, rule: self.decision_rule(), step })
    }
}

/// The same kernels on larger maps.
fn convolution<T: Real>(layer: &Convolution<T>, number: usize, below: Shape) -> Result<Convolution<T>, CnnError> {
    let refused = |reason| Err(CnnError::Slide { layer: number, kind: "convolution", reason });
    if layer.padding > 0 {
        return refused("it has a border, which windows inside of an image do not have");
    }
    if layer.bias_kind == Bias::PerUnit {
        return refused("its biases belong to units, not to maps");
    }
    let (height, width) = sides(number, below, layer.kernel, layer.stride, 0)?;
    Ok(Convolution { input: below, output: Shape::new(layer.output.maps, height, width), ..layer.clone() })
}

/// A dense layer on maps of the shape `seen` as a convolution on larger ones: its weights lie in the same order.
fn dense<T: Real>(layer: &Dense<T>, number: usize, seen: Shape, below: Shape) -> Result<Convolution<T>, CnnError> {
    if seen.height != seen.width {
        let reason = "it sees maps that are not square";
        return Err(CnnError::Slide { layer: number, kind: "dense", reason });
    }
    let (height, width) = sides(number, below, seen.height, 1, 0)?;
    Ok(Convolution {
        input: below,
        output: Shape::new(layer.units(), height, width),
        kernel: seen.height,
        stride: 1,
        padding: 0,
        padding_value: T::ZERO,
        sees: vec![(0..seen.maps).collect(); layer.units()],
        weight: layer.weight.clone(),
        bias: layer.bias.clone(),
        bias_kind: Bias::Shared,
        activation: layer.activation,
    })
}

impl<T: Real> Sliding<T> {
    /// Shape of the images.
    pub fn input(&self) -> Shape {
        self.network.input()
    }

    /// A map for each output of the network, a value for each window.
    pub fn output(&self) -> Shape {
        let below = self.network.last().output();
        Shape { maps: self.distances.as_ref().map_or(below.maps, |layer| layer.codes.ncols()), ..below }
    }

    /// Pixels from a window to the next.
    pub fn step(&self) -> usize {
        self.step
    }

    /// The outputs for every window: images a column each, map after map, row after row, as they go in and as they come out.
    ///
    /// # Errors
    /// [`CnnError::Inputs`] when the images have another size.
    pub fn forward(&self, images: &Matrix<T>) -> Result<Matrix<T>, CnnError> {
        let features = self.network.forward(images)?;
        let Some(distances) = &self.distances else { return Ok(features) };
        let (positions, (inputs, classes)) = (self.output().positions(), distances.codes.shape());
        let mut output = Matrix::zeros(classes * positions, images.ncols());
        let (mut f, mut y) = (vec![T::ZERO; inputs], vec![T::ZERO; classes]);
        for (features, mut output) in features.column_iter().zip(output.column_iter_mut()) {
            for position in 0..positions {
                f.iter_mut().enumerate().for_each(|(map, f)| *f = features[map * positions + position]);
                distances.net_input(&f, &mut y);
                y.iter().enumerate().for_each(|(class, &y)| output[class * positions + position] = y);
            }
        }
        Ok(output)
    }

    /// The class of every window, a column for each image, row after row: as [`Cnn::predict`] chooses it.
    ///
    /// # Errors
    /// As [`Sliding::forward`].
    pub fn predict(&self, images: &Matrix<T>) -> Result<Vec<Vec<usize>>, CnnError> {
        let (output, shape) = (self.forward(images)?, self.output());
        let of_image = |image: usize| -> Vec<usize> {
            let at = |class: usize, position: usize| output[(class * shape.positions() + position, image)];
            let window = |position: usize| -> Vec<T> { (0..shape.maps).map(|class| at(class, position)).collect() };
            (0..shape.positions()).map(|position| self.rule.class(&window(position))).collect()
        };
        Ok((0..images.ncols()).map(of_image).collect())
    }
}
