//! Samples that change each time they are seen: shifts, affine distortions, random erasing.

use crate::{CnnError, Shape};
use nn_core::{CoreError, Matrix, Real, Stream, math};

/// How samples change before a network sees them in training; every change is drawn anew for each sample and epoch.
///
/// What comes in from outside of the image is the background, never the opposite side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Augmentation {
    /// The shape of a sample.
    pub shape: Shape,
    /// The value outside of the image.
    pub background: f64,
    /// Shift by a whole number of pixels, uniform on −shift..=shift, for rows and columns each.
    pub shift: usize,
    /// Planar affine distortion.
    pub affine: Option<Affine>,
    /// Random erasing.
    pub erasing: Option<RandomErasing>,
}

/// A planar affine distortion around the center of the image, each part uniform on ± its width (LeCun et al., 1998, section
/// III-C: translations, scaling, squeezing, horizontal shearing).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// Shift in pixels.
    pub translation: f64,
    /// Relative change of size.
    pub scale: f64,
    /// Relative change of width against height.
    pub squeeze: f64,
    /// Horizontal shear: columns a row.
    pub shear: f64,
    /// Angle in radians.
    pub rotation: f64,
}

impl Affine {
    /// Small distortions for digits: 1.5 pixels, 10 % in size, 10 % squeeze, 0.2 shear, no rotation. The paper gives no widths.
    pub const DIGITS: Self = Self { translation: 1.5, scale: 0.1, squeeze: 0.1, shear: 0.2, rotation: 0.0 };
}

/// A rectangle of random place and size filled with random values (Zhong et al., 2017).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomErasing {
    /// Probability that a sample is changed.
    pub probability: f64,
    /// Least and largest share of the area.
    pub area: (f64, f64),
    /// Least ratio of height to width, r₁; the largest is 1/r₁.
    pub least_aspect: f64,
    /// Least and largest value that pixels are filled with.
    pub fill: (f64, f64),
}

impl RandomErasing {
    /// p = 0.5, area from 0.02 to 0.4, r₁ = 0.3, values from 0 to 1.
    ///
    /// # Source
    /// Z. Zhong et al., "Random erasing data augmentation" (2017), arXiv:1708.04896.
    pub const PAPER: Self = Self { probability: 0.5, area: (0.02, 0.4), least_aspect: 0.3, fill: (0.0, 1.0) };
}

impl Augmentation {
    /// Nothing changes yet: a beginning for struct-literal updates.
    pub const fn new(shape: Shape, background: f64) -> Self {
        Self { shape, background, shift: 0, affine: None, erasing: None }
    }

    pub(crate) fn check(&self, input: Shape) -> Result<(), CnnError> {
        if self.shape.units() != input.units() {
            return Err(CnnError::Inputs { expected: input, found: self.shape.units() });
        }
        let wrong = |name, rule, value| Err(CoreError::OutOfRange { name, rule, value }.into());
        if !self.background.is_finite() {
            return wrong("the background", "finite", self.background);
        }
        if let Some(Affine { translation, scale, squeeze, shear, rotation }) = self.affine {
            for (name, value) in [("translation", translation), ("shear", shear), ("rotation", rotation)] {
                if !(value >= 0.0 && value.is_finite()) {
                    return wrong(name, "non-negative and finite", value);
                }
            }
            for (name, value) in [("scale", scale), ("squeeze", squeeze)] {
                if !(0.0..1.0).contains(&value) {
                    return wrong(name, "at least 0 and below 1", value);
                }
            }
        }
        if let Some(RandomErasing { probability, area: (least, most), least_aspect, fill }) = self.erasing {
            if !(0.0..=1.0).contains(&probability) {
                return wrong("the probability of erasing", "between 0 and 1", probability);
            }
            if !(0.0 < least && least <= most && most <= 1.0) {
                return wrong("the least erased area", "positive, at most the largest, which is at most 1", least);
            }
            if !(0.0 < least_aspect && least_aspect <= 1.0) {
                return wrong("the least aspect of erasing", "positive and at most 1", least_aspect);
            }
            if !(fill.0.is_finite() && fill.1.is_finite()) {
                return wrong("the fill of erasing", "finite", fill.0);
            }
        }
        Ok(())
    }

    /// One change of one sample.
    pub(crate) fn draw<T: Real>(&self, sample: &[T], changed: &mut [T], stream: &mut Stream) {
        let background = T::from_f64(self.background);
        match self.affine {
            Some(affine) => affine.draw(self.shape, background, sample, changed, stream),
            None => changed.copy_from_slice(sample),
        }
        if self.shift > 0 {
            let mut step = || i64::from(stream.below(2 * self.shift as u32 + 1)) - self.shift as i64;
            let (down, right) = (step(), step());
            let source = changed.to_vec();
            shift_image(self.shape, &source, down, right, background, changed);
        }
        if let Some(erasing) = &self.erasing {
            erasing.draw(self.shape, changed, stream);
        }
    }

    /// Every sample changed once: sample s draws from position s of the stream.
    ///
    /// # Errors
    /// [`CnnError::Inputs`] when the samples have another size, [`CnnError::Core`] for settings out of range.
    pub fn apply<T: Real>(&self, samples: &Matrix<T>, stream: &Stream) -> Result<Matrix<T>, CnnError> {
        self.check(self.shape)?;
        check_size(samples, self.shape)?;
        let mut changed = samples.clone();
        let units = self.shape.units();
        let columns = samples.as_slice().chunks_exact(units).zip(changed.as_mut_slice().chunks_exact_mut(units));
        for (index, (sample, changed)) in columns.enumerate() {
            self.draw(sample, changed, &mut stream.at(index as u64));
        }
        Ok(changed)
    }
}

fn check_size<T: Real>(samples: &Matrix<T>, shape: Shape) -> Result<(), CnnError> {
    if samples.nrows() == shape.units() && shape.units() > 0 {
        return Ok(());
    }
    Err(CnnError::Inputs { expected: shape, found: samples.nrows() })
}

/// Images with more pixels along a side are not meant.
fn check_pixels(name: &'static str, pixels: usize) -> Result<(), CnnError> {
    match pixels {
        0..=16_384 => Ok(()),
        _ => Err(CoreError::OutOfRange { name, rule: "at most 16384 pixels", value: pixels as f64 }.into()),
    }
}

fn shift_image<T: Real>(shape: Shape, image: &[T], down: i64, right: i64, background: T, shifted: &mut [T]) {
    let area = shape.positions();
    for (image, shifted) in image.chunks_exact(area).zip(shifted.chunks_exact_mut(area)) {
        for (y, row) in shifted.chunks_exact_mut(shape.width).enumerate() {
            for (x, value) in row.iter_mut().enumerate() {
                let (from_y, from_x) = ((y as i64).saturating_sub(down), (x as i64).saturating_sub(right));
                let inside = (0..shape.height as i64).contains(&from_y) && (0..shape.width as i64).contains(&from_x);
                *value = if inside { image[from_y as usize * shape.width + from_x as usize] } else { background };
            }
        }
    }
}

/// Every sample shifted by so many pixels down and to the right (negative: up, left); the background comes in.
///
/// # Errors
/// [`CnnError::Inputs`] when the samples have another size.
pub fn shifted<T: Real>(
    samples: &Matrix<T>,
    shape: Shape,
    down: i64,
    right: i64,
    background: T,
) -> Result<Matrix<T>, CnnError> {
    check_size(samples, shape)?;
    let mut changed = samples.clone();
    let units = shape.units();
    for (image, changed) in samples.as_slice().chunks_exact(units).zip(changed.as_mut_slice().chunks_exact_mut(units)) {
        shift_image(shape, image, down, right, background, changed);
    }
    Ok(changed)
}

/// Every sample in the middle of a larger image: a border of `border` background pixels on all sides.
///
/// # Errors
/// [`CnnError::Inputs`] when the samples have another size, [`CnnError::Core`] for a border above 16,384.
pub fn bordered<T: Real>(
    samples: &Matrix<T>,
    shape: Shape,
    border: usize,
    background: T,
) -> Result<Matrix<T>, CnnError> {
    check_size(samples, shape)?;
    check_pixels("the border", border)?;
    let (height, width) = (shape.height + 2 * border, shape.width + 2 * border);
    let mut larger = Matrix::from_element(shape.maps * height * width, samples.ncols(), background);
    let columns = samples
        .as_slice()
        .chunks_exact(shape.units())
        .zip(larger.as_mut_slice().chunks_exact_mut(shape.maps * height * width));
    for (image, larger) in columns {
        for (row, values) in image.chunks_exact(shape.width).enumerate() {
            let (map, y) = (row / shape.height, row % shape.height);
            larger[(map * height + y + border) * width + border..][..shape.width].copy_from_slice(values);
        }
    }
    Ok(larger)
}

/// Every sample resized to height × width, each new pixel from the four nearest old ones (bilinear, centers aligned as pixels'
/// centers, no smoothing before: as PyTorch's `interpolate` without `align_corners` and without `antialias`).
///
/// # Errors
/// [`CnnError::Inputs`] when the samples have another size, [`CnnError::NoInput`] for an empty image, [`CnnError::Core`] for a
/// side above 16,384.
pub fn resized<T: Real>(samples: &Matrix<T>, shape: Shape, height: usize, width: usize) -> Result<Matrix<T>, CnnError> {
    check_size(samples, shape)?;
    if height == 0 || width == 0 {
        return Err(CnnError::NoInput { shape: Shape::new(shape.maps, height, width) });
    }
    check_pixels("the height", height)?;
    check_pixels("the width", width)?;
    let place = |to: usize, new: usize, old: usize| {
        let at = ((to as f64 + 0.5) * old as f64 / new as f64 - 0.5).max(0.0);
        let low = (at as usize).min(old - 1);
        (low, (low + 1).min(old - 1), T::from_f64(at - low as f64))
    };
    let rows: Vec<_> = (0..height).map(|y| place(y, height, shape.height)).collect();
    let columns: Vec<_> = (0..width).map(|x| place(x, width, shape.width)).collect();
    let mut values = Vec::with_capacity(shape.maps * height * width * samples.ncols());
    for map in samples.as_slice().chunks_exact(shape.positions()) {
        for &(top, bottom, down) in &rows {
            for &(left, right, across) in &columns {
                let at = |y: usize, x: usize| map[y * shape.width + x];
                let mix = |a: T, b: T, t: T| a * (T::ONE - t) + b * t;
                let upper = mix(at(top, left), at(top, right), across);
                values.push(mix(upper, mix(at(bottom, left), at(bottom, right), across), down));
            }
        }
    }
    Ok(Matrix::from_vec(shape.maps * height * width, samples.ncols(), values))
}

impl Affine {
    fn draw<T: Real>(&self, shape: Shape, background: T, image: &[T], changed: &mut [T], stream: &mut Stream) {
        let mut within = |width: f64| stream.uniform_between(-width, width);
        let (down, right) = (within(self.translation), within(self.translation));
        let (scale, squeeze) = (1.0 + within(self.scale), 1.0 + within(self.squeeze));
        let (shear, angle) = (within(self.shear), within(self.rotation));
        let (sin, cos) = (math::sin(angle), math::cos(angle));
        let (center_y, center_x) = ((shape.height as f64 - 1.0) / 2.0, (shape.width as f64 - 1.0) / 2.0);
        let area = shape.positions();
        for (image, changed) in image.chunks_exact(area).zip(changed.chunks_exact_mut(area)) {
            for (index, value) in changed.iter_mut().enumerate() {
                // Where this pixel comes from: undo the shift, the rotation, the shear, then the change of size.
                let y = (index / shape.width) as f64 - center_y - down;
                let x = (index % shape.width) as f64 - center_x - right;
                let (y, x) = (cos * y - sin * x, sin * y + cos * x);
                let (y, x) = (y / (scale * squeeze) + center_y, (x - shear * y) * squeeze / scale + center_x);
                *value = interpolated(shape, image, y, x, background);
            }
        }
    }
}

/// The value between four pixels; outside of the image is background.
fn interpolated<T: Real>(shape: Shape, image: &[T], y: f64, x: f64, background: T) -> T {
    let (top, left) = (y.floor(), x.floor());
    let (down, across) = (T::from_f64(y - top), T::from_f64(x - left));
    let at = |y: f64, x: f64| {
        let inside = y >= 0.0 && x >= 0.0 && y < shape.height as f64 && x < shape.width as f64;
        if inside { image[y as usize * shape.width + x as usize] } else { background }
    };
    let mix = |a: T, b: T, t: T| a * (T::ONE - t) + b * t;
    let upper = mix(at(top, left), at(top, left + 1.0), across);
    mix(upper, mix(at(top + 1.0, left), at(top + 1.0, left + 1.0), across), down)
}

impl RandomErasing {
    /// Fills one rectangle with random values, or leaves the sample as it is. Rectangles that do not fit or whose whole pixels
    /// leave the bounds of the area are drawn again; after a hundred misses nothing is erased.
    pub(crate) fn draw<T: Real>(&self, shape: Shape, sample: &mut [T], stream: &mut Stream) {
        if stream.uniform() >= self.probability {
            return;
        }
        let pixels = shape.positions() as f64;
        for _ in 0..100 {
            let area = stream.uniform_between(self.area.0, self.area.1) * pixels;
            let aspect = stream.uniform_between(self.least_aspect, 1.0 / self.least_aspect);
            let (height, width) = ((area * aspect).sqrt().round() as usize, (area / aspect).sqrt().round() as usize);
            let share = (height * width) as f64 / pixels;
            if height > shape.height || width > shape.width || share < self.area.0 || share > self.area.1 {
                continue;
            }
            let top = stream.below((shape.height - height + 1) as u32) as usize;
            let left = stream.below((shape.width - width + 1) as u32) as usize;
            for map in sample.chunks_exact_mut(shape.positions()) {
                for row in map.chunks_exact_mut(shape.width).skip(top).take(height) {
                    stream.fill_uniform(&mut row[left..left + width], self.fill.0, self.fill.1);
                }
            }
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape::new(1, 28, 28);

    fn ramp(count: usize) -> Matrix<f64> {
        Matrix::from_fn(SHAPE.units(), count, |pixel, sample| (pixel * 31 + sample * 17) as f64 % 101.0)
    }

    #[test]
    fn erasing_keeps_area_frequency_and_everything_outside() {
        let samples = Matrix::<f64>::from_element(SHAPE.units(), 4000, -1.0);
        let erasing = Augmentation { erasing: Some(RandomErasing::PAPER), ..Augmentation::new(SHAPE, -1.0) };
        let changed = erasing.apply(&samples, &Stream::new(89).named("erase")).unwrap();
        let mut erased = 0;
        for image in changed.as_slice().chunks_exact(784) {
            let inside: Vec<usize> = (0..784).filter(|&pixel| image[pixel] != -1.0).collect();
            if inside.is_empty() {
                continue;
            }
            erased += 1;
            let share = inside.len() as f64 / 784.0;
            assert!((0.02..=0.4).contains(&share), "{share}");
            let bound = |of: fn(usize) -> usize| {
                let values = inside.iter().map(|&pixel| of(pixel));
                values.clone().max().unwrap() - values.min().unwrap() + 1
            };
            // All of one rectangle, and nothing outside of it.
            assert_eq!(bound(|pixel| pixel / 28) * bound(|pixel| pixel % 28), inside.len());
        }
        // Four standard deviations of 4000 draws with p = 0.5 are 126.
        assert!((2000_i32 - erased).abs() < 126, "{erased} of 4000");
    }

    #[test]
    fn shifts_bring_in_background_and_lose_what_leaves() {
        let samples = ramp(2);
        let moved = shifted(&samples, SHAPE, 2, -3, -7.0).unwrap();
        for (y, x) in [(0, 0), (1, 5), (5, 27), (27, 24)] {
            let expected = if y < 2 || x + 3 > 27 { -7.0 } else { samples[((y - 2) * 28 + x + 3, 1)] };
            assert_eq!(moved[(y * 28 + x, 1)], expected, "{y} {x}");
        }
    }

    #[test]
    fn a_distortion_of_width_zero_changes_nothing() {
        let still = Affine { translation: 0.0, scale: 0.0, squeeze: 0.0, shear: 0.0, rotation: 0.0 };
        let augmentation = Augmentation { affine: Some(still), ..Augmentation::new(SHAPE, 0.0) };
        let samples = ramp(3);
        assert_eq!(augmentation.apply(&samples, &Stream::new(1)).unwrap(), samples);
    }

    #[test]
    fn distortions_keep_most_of_the_ink() {
        let mut samples = Matrix::<f64>::zeros(784, 50);
        for sample in 0..50 {
            for y in 8..20 {
                for x in 11..17 {
                    samples[(y * 28 + x, sample)] = 1.0;
                }
            }
        }
        let augmentation = Augmentation { affine: Some(Affine::DIGITS), ..Augmentation::new(SHAPE, 0.0) };
        let changed = augmentation.apply(&samples, &Stream::new(2)).unwrap();
        for sample in 0..50 {
            // The area changes by (1 ± 0.1)² at most, and the interpolation by a little.
            let ratio = changed.column(sample).sum() / samples.column(sample).sum();
            assert!((0.78..=1.25).contains(&ratio), "{ratio}");
        }
        assert_ne!(changed.column(0), changed.column(1));
    }

    #[test]
    fn borders_and_resizing_keep_what_they_must() {
        let samples = ramp(2);
        let larger = bordered(&samples, SHAPE, 2, -0.1).unwrap();
        assert_eq!(larger.nrows(), 1024);
        assert_eq!((larger[(0, 1)], larger[(2 * 32 + 2, 1)]), (-0.1, samples[(0, 1)]));
        assert_eq!(resized(&samples, SHAPE, 28, 28).unwrap(), samples);
        let constant = Matrix::<f64>::from_element(784, 1, 0.25);
        assert!(resized(&constant, SHAPE, 16, 16).unwrap().iter().all(|&value| value == 0.25));
        // The first of 16 pixels lies at 0.375 of 28: three eighths of the way from pixel 0 to pixel 1, in both directions.
        let small = resized(&samples, SHAPE, 16, 16).unwrap();
        let at = |y: usize, x: usize| samples[(y * 28 + x, 0)];
        let row = |y| at(y, 0) * 0.625 + at(y, 1) * 0.375;
        assert!((small[(0, 0)] - (row(0) * 0.625 + row(1) * 0.375)).abs() < 1e-12);
    }

    #[test]
    fn settings_out_of_range_are_named() {
        let erasing = RandomErasing { area: (0.5, 0.4), ..RandomErasing::PAPER };
        let augmentation = Augmentation { erasing: Some(erasing), ..Augmentation::new(SHAPE, 0.0) };
        let error = augmentation.apply(&ramp(1), &Stream::new(1)).unwrap_err().to_string();
        assert_eq!(error, "the least erased area must be positive, at most the largest, which is at most 1, is 0.5");
        let error = shifted(&ramp(1), Shape::new(1, 5, 5), 0, 0, 0.0).unwrap_err().to_string();
        assert_eq!(error, "the network expects samples of 25 values (1 map of 5 x 5), the samples have 784");
    }
}
