//! [`Convolution`]: feature maps, each a kernel that moves over maps below. The loops here are the definition; the fast ones
//! (`fast`) are tested against them.

use crate::error::check_size;
use crate::{CnnError, Connections, Shape};
use nn_core::{Activation, Init, Real, Stream};

/// Whether the units of a map share a bias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bias {
    /// One bias a map (LeNet-5 and everything since).
    #[default]
    Shared,
    /// One bias a unit: only the kernels are shared (LeNet of 1989).
    PerUnit,
    /// No bias.
    None,
}

/// A convolution before its weights are drawn.
///
/// ```
/// use cnn::{Bias, Connections, ConvolutionConfig};
/// use nn_core::Activation;
///
/// let h1 = ConvolutionConfig {
///     stride: 2,
///     padding: 2,
///     padding_value: -1.0,
///     bias: Bias::PerUnit,
///     ..ConvolutionConfig::new(12, 5, Activation::Tanh)
/// };
/// assert_eq!(h1.connections, Connections::Full);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConvolutionConfig {
    /// Number of feature maps, at least 1.
    pub maps: usize,
    /// Side of the kernels.
    pub kernel: usize,
    /// Step of the kernels, at least 1.
    pub stride: usize,
    /// Width of the border around the maps below.
    pub padding: usize,
    /// The value of that border: the background, −1 in 1989.
    pub padding_value: f64,
    /// Which maps see which.
    pub connections: Connections,
    /// Whether units share a bias.
    pub bias: Bias,
    /// Activation of the units.
    pub activation: Activation,
    /// Distribution of the kernels at the beginning; the fan-in F is the number of weights of a unit.
    pub weight_init: Init,
    /// Distribution of the biases at the beginning.
    pub bias_init: Init,
}

impl ConvolutionConfig {
    /// Stride 1, no border, full connections, a bias a map, weights uniform on ±1/√F, biases zero.
    pub const fn new(maps: usize, kernel: usize, activation: Activation) -> Self {
        Self {
            maps,
            kernel,
            stride: 1,
            padding: 0,
            padding_value: 0.0,
            connections: Connections::Full,
            bias: Bias::Shared,
            activation,
            weight_init: Init::LeCunUniform,
            bias_init: Init::Zero,
        }
    }
}

/// A convolution: a = Σ over the maps it sees and the kernel's places of w · x, plus the bias; z = h(a).
#[derive(Debug, Clone, PartialEq)]
pub struct Convolution<T: Real> {
    pub(crate) input: Shape,
    pub(crate) output: Shape,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) padding: usize,
    pub(crate) padding_value: T,
    /// For every map the maps below that it sees.
    pub(crate) sees: Vec<Vec<usize>>,
    /// `[map][map below][row][column]`, zero where the table has no kernel.
    pub(crate) weight: Vec<T>,
    /// `[map]`, `[map][row][column]`, or nothing.
    pub(crate) bias: Vec<T>,
    pub(crate) bias_kind: Bias,
    pub(crate) activation: Activation,
}

const KIND: &str = "convolution";

/// Rows and columns of a map whose kernel moves over maps of this shape.
pub(crate) fn sides(
    layer: usize,
    below: Shape,
    kernel: usize,
    stride: usize,
    padding: usize,
) -> Result<(usize, usize), CnnError> {
    let side = |length: usize| {
        let padded = length.saturating_add(padding.saturating_mul(2));
        // A border as wide as the kernel would make units that see nothing.
        let fits = padded >= kernel && padding < kernel;
        fits.then(|| (padded - kernel) / stride + 1)
    };
    let sides = side(below.height).zip(side(below.width));
    sides.ok_or(CnnError::Window { layer, kind: KIND, window: kernel, below, padding })
}

impl<T: Real> Convolution<T> {
    /// Draws weights and biases. `layer` is the number in error messages.
    pub(crate) fn initialize(
        config: &ConvolutionConfig,
        layer: usize,
        input: Shape,
        stream: &mut Stream,
    ) -> Result<Self, CnnError> {
        let &ConvolutionConfig { maps, kernel, stride, padding, padding_value, bias, activation, .. } = config;
        for (value, what) in [(maps, "the number of maps"), (kernel, "the kernel's side"), (stride, "the stride")] {
            if value == 0 {
                return Err(CnnError::Zero { layer, kind: KIND, what });
            }
        }
        if !padding_value.is_finite() {
            let (name, rule) = ("padding_value", "finite");
            return Err(nn_core::CoreError::OutOfRange { name, rule, value: padding_value }.into());
        }
        let (height, width) = sides(layer, input, kernel, stride, padding)?;
        let output = Shape::new(maps, height, width);
        let area = kernel.saturating_mul(kernel);
        check_size(layer, KIND, maps.saturating_mul(input.maps).saturating_mul(area), output.units())?;
        let sees = config.connections.lists(layer, input.maps, maps)?;
        let mut weight = vec![T::ZERO; maps * input.maps * area];
        for (map, sees) in sees.iter().enumerate() {
            for &below in sees {
                let kernel = &mut weight[(map * input.maps + below) * area..][..area];
                config.weight_init.fill(sees.len() * area, maps, kernel, stream)?;
            }
        }
        let biases = match bias {
            Bias::Shared => maps,
            Bias::PerUnit => output.units(),
            Bias::None => 0,
        };
        let mut biases = vec![T::ZERO; biases];
        config.bias_init.fill(input.maps * area, maps, &mut biases, stream)?;
        Ok(Self {
            input,
            output,
            kernel,
            stride,
            padding,
            padding_value: T::from_f64(padding_value),
            sees,
            weight,
            bias: biases,
            bias_kind: bias,
            activation,
        })
    }

    /// Shape of what comes in.
    pub fn input(&self) -> Shape {
        self.input
    }

    /// Shape of what goes out.
    pub fn output(&self) -> Shape {
        self.output
    }

    /// Side of the kernels.
    pub fn kernel(&self) -> usize {
        self.kernel
    }

    /// The kernel from a map below to a map, row after row; zeros where they are not connected, nothing where there is no such
    /// map.
    pub fn kernel_of(&self, map: usize, below: usize) -> &[T] {
        let area = self.kernel * self.kernel;
        match map < self.output.maps && below < self.input.maps {
            true => &self.weight[(map * self.input.maps + below) * area..][..area],
            false => &[],
        }
    }

    /// For every map the maps below that it sees.
    pub fn sees(&self) -> &[Vec<usize>] {
        &self.sees
    }

    /// Number of kernels in the table.
    pub fn kernels(&self) -> usize {
        self.sees.iter().map(Vec::len).sum()
    }

    /// The activation h.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    pub(crate) fn parameters(&self) -> usize {
        self.kernels() * self.kernel * self.kernel + self.bias.len()
    }

    pub(crate) fn connections(&self) -> usize {
        let bias = usize::from(self.bias_kind != Bias::None) * self.output.maps;
        self.output.positions() * (self.kernels() * self.kernel * self.kernel + bias)
    }

    /// Sizes of the bias tensor.
    pub(crate) fn bias_shape(&self) -> Vec<usize> {
        match self.bias_kind {
            Bias::PerUnit => vec![self.output.maps, self.output.height, self.output.width],
            _ => vec![self.bias.len()],
        }
    }

    /// A unit as a dense layer's: one position, no border, every map below seen.
    pub(crate) fn is_dense(&self) -> bool {
        let full = self.sees.iter().all(|sees| sees.len() == self.input.maps);
        self.output.positions() == 1
            && full
            && self.padding == 0
            && self.bias_kind != Bias::None
            && (self.kernel, self.kernel) == (self.input.height, self.input.width)
    }

    /// Where the value for kernel row `ky` and output row `y` lies in a map below; nothing on the border.
    fn place(&self, y: usize, ky: usize, length: usize) -> Option<usize> {
        (y * self.stride + ky).checked_sub(self.padding).filter(|&place| place < length)
    }

    /// Every connection: (unit, weight, value below or nothing on the border).
    fn for_each(&self, mut visit: impl FnMut(usize, usize, Option<usize>)) {
        let (input, output, kernel) = (self.input, self.output, self.kernel);
        for (map, sees) in self.sees.iter().enumerate() {
            for y in 0..output.height {
                for x in 0..output.width {
                    let unit = (map * output.height + y) * output.width + x;
                    for &below in sees {
                        for ky in 0..kernel {
                            for kx in 0..kernel {
                                let weight = ((map * input.maps + below) * kernel + ky) * kernel + kx;
                                let row = self.place(y, ky, input.height);
                                let column = self.place(x, kx, input.width);
                                let value = row
                                    .zip(column)
                                    .map(|(row, column)| (below * input.height + row) * input.width + column);
                                visit(unit, weight, value);
                            }
                        }
                    }
                }
            }
        }
    }

    /// The bias of a unit's place in the bias tensor.
    pub(crate) fn bias_of(&self, unit: usize) -> Option<usize> {
        match self.bias_kind {
            Bias::Shared => Some(unit / self.output.positions()),
            Bias::PerUnit => Some(unit),
            Bias::None => None,
        }
    }

    /// a = b + Σ w x, by the definition.
    pub(crate) fn net_input(&self, x: &[T], a: &mut [T]) {
        for (unit, a) in a.iter_mut().enumerate() {
            *a = self.bias_of(unit).map_or(T::ZERO, |bias| self.bias[bias]);
        }
        self.for_each(|unit, weight, value| {
            a[unit] += self.weight[weight] * value.map_or(self.padding_value, |value| x[value]);
        });
    }

    /// From δ = ∂E/∂a: adds ∂E/∂w and ∂E/∂b to the gradients and ∂E/∂x to `below`.
    pub(crate) fn backward(
        &self,
        x: &[T],
        delta: &[T],
        weight_gradient: &mut [T],
        bias_gradient: &mut [T],
        below: &mut [T],
    ) {
        for (unit, &delta) in delta.iter().enumerate() {
            if let Some(bias) = self.bias_of(unit) {
                bias_gradient[bias] += delta;
            }
        }
        self.for_each(|unit, weight, value| {
            weight_gradient[weight] += delta[unit] * value.map_or(self.padding_value, |value| x[value]);
            if let Some(value) = value {
                below[value] += delta[unit] * self.weight[weight];
            }
        });
    }
}
