//! [`Digits`]: gray images with a class each, and [`Split`]: a training and a test part.

use crate::{DatasetError, selection};
use nn_core::{CoreError, Matrix, Real, samples_from_rows};
use std::{fmt, ops::RangeInclusive, path::PathBuf};

/// Classes of every set of digits (and of Fashion-MNIST).
pub const CLASSES: usize = 10;

/// Gray images of one size, each with a label 0 to 9. Pixels are stored as the integers the set was published with, so
/// nothing about their scale is hidden: [`Digits::samples`] asks for a [`Scale`].
///
/// | set | pixels | paper | ink |
/// |---|---|---|---|
/// | MNIST, Fashion-MNIST | 28 × 28 | 0 | 255 |
/// | optdigits | 8 × 8 | 0 | 16 |
/// | USPS | 16 × 16, in thousandths | −1000 | 1000 |
#[derive(Debug, Clone, PartialEq)]
pub struct Digits {
    id: &'static str,
    width: usize,
    height: usize,
    paper: i16,
    ink: i16,
    pixels: Vec<i16>,
    labels: Vec<usize>,
}

/// How a pixel becomes a number; u = (pixel − paper) / (ink − paper) is its darkness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// The stored integer: 0 to 255 for MNIST, 0 to 16 for optdigits, thousandths for USPS.
    Stored,
    /// u, from 0 (paper) to 1 (ink): x / 255 for MNIST, x / 16 for optdigits.
    Unit,
    /// 2 u − 1, from −1 (paper) to 1 (ink): x / 127.5 − 1 for MNIST, the values as published for USPS.
    Signed,
    /// (1 − u) paper + u ink, for instance −0.1 and 1.175 in LeNet-5.
    Between {
        /// What paper becomes.
        paper: f64,
        /// What ink becomes.
        ink: f64,
    },
}

impl Digits {
    /// Checks what a file said: as many pixels as labels ask for, pixels between paper and ink, labels below 10.
    pub(crate) fn new(
        id: &'static str,
        file: &str,
        (width, height): (usize, usize),
        levels: RangeInclusive<i16>,
        pixels: Vec<i16>,
        labels: Vec<usize>,
    ) -> Result<Self, DatasetError> {
        if labels.is_empty() || pixels.is_empty() {
            let found = format!("{} pixels and {} labels", pixels.len(), labels.len());
            return Err(DatasetError::content(file, "all images", "at least one", found));
        }
        let size = width * height;
        if size.checked_mul(labels.len()) != Some(pixels.len()) {
            let expected = format!("{} images of {width} x {height} pixels, one a label", labels.len());
            return Err(DatasetError::content(file, "all images", expected, format!("{} pixels", pixels.len())));
        }
        if let Some(index) = labels.iter().position(|&label| label >= CLASSES) {
            return Err(DatasetError::content(file, format!("sample {index}"), "a label from 0 to 9", labels[index]));
        }
        let (paper, ink) = (*levels.start(), *levels.end());
        let inside = pixels.iter().fold(true, |all, &pixel| all & (pixel >= paper) & (pixel <= ink));
        if !inside && let Some(index) = pixels.iter().position(|pixel| !levels.contains(pixel)) {
            let place = format!("sample {}, pixel {}", index / size, index % size);
            return Err(DatasetError::content(file, place, format!("a value from {paper} to {ink}"), pixels[index]));
        }
        Ok(Self { id, width, height, paper, ink, pixels, labels })
    }

    /// The set these images belong to, for instance `mnist-10k`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// There is no image.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Pixels of a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows of an image.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The stored pixels from paper to ink, paper first.
    pub fn levels(&self) -> RangeInclusive<i16> {
        self.paper..=self.ink
    }

    /// All pixels, image after image; inside an image pixel width · row + column.
    pub fn pixels(&self) -> &[i16] {
        &self.pixels
    }

    /// The pixels of one image: pixel width · row + column. `None` when there is no such image.
    pub fn image(&self, index: usize) -> Option<&[i16]> {
        self.pixels.chunks_exact(self.width * self.height).nth(index)
    }

    /// The class of each image, 0 to 9.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// How many images each class has.
    pub fn class_counts(&self) -> [usize; CLASSES] {
        let mut counts = [0; CLASSES];
        self.labels.iter().for_each(|&label| counts[label] += 1);
        counts
    }

    /// The images as a d × n matrix, one image a column, d = width · height; feature width · row + column.
    ///
    /// # Errors
    /// [`DatasetError::Core`] when `paper` or `ink` of [`Scale::Between`] is not finite.
    ///
    /// ```
    /// use datasets::{Scale, optdigits};
    ///
    /// let samples = optdigits()?.samples::<f32>(Scale::Unit)?;
    /// assert_eq!(samples.shape(), (64, 1797));
    /// assert!(samples.iter().all(|&pixel| (0.0..=1.0).contains(&pixel)));
    /// # Ok::<(), datasets::DatasetError>(())
    /// ```
    pub fn samples<T: Real>(&self, scale: Scale) -> Result<Matrix<T>, DatasetError> {
        if let Scale::Between { paper, ink } = scale
            && let Some(value) = [paper, ink].into_iter().find(|value| !value.is_finite())
        {
            return Err(CoreError::OutOfRange { name: "the value of paper and of ink", rule: "finite", value }.into());
        }
        let levels: Vec<T> = self.levels().map(|pixel| T::from_f64(self.scaled(pixel, scale))).collect();
        let values = self.pixels.iter().map(|&pixel| levels[usize::from(pixel.abs_diff(self.paper))]).collect();
        Ok(samples_from_rows(self.width * self.height, values)?)
    }

    /// Sums and differences here are of small integers, so that each of the first three rules rounds once at most.
    fn scaled(&self, pixel: i16, scale: Scale) -> f64 {
        let (x, paper, ink) = (f64::from(pixel), f64::from(self.paper), f64::from(self.ink));
        let darkness = (x - paper) / (ink - paper);
        match scale {
            Scale::Stored => x,
            Scale::Unit => darkness,
            Scale::Signed => (2.0 * x - paper - ink) / (ink - paper),
            Scale::Between { paper, ink } => (1.0 - darkness) * paper + darkness * ink,
        }
    }

    /// The images of these indices, in this order; an index may occur several times.
    ///
    /// # Errors
    /// [`DatasetError::Selection`] when there is no such image.
    pub fn select(&self, indices: &[usize]) -> Result<Self, DatasetError> {
        selection::check(self.len(), indices)?;
        let size = self.width * self.height;
        let pixels =
            indices.iter().flat_map(|&index| &self.pixels[size * index..size * (index + 1)]).copied().collect();
        let labels = indices.iter().map(|&index| self.labels[index]).collect();
        Ok(Self { pixels, labels, ..*self })
    }

    /// The first n images: a smaller **training** set. Never take a prefix of a test set: the first 5,000 of MNIST's
    /// test digits are more than twice as hard as the others. [`Digits::strided`] is the way.
    ///
    /// # Errors
    /// [`DatasetError::Selection`] when there are fewer than n images.
    pub fn first(&self, n: usize) -> Result<Self, DatasetError> {
        match n.checked_sub(1) {
            Some(last) => selection::check(self.len(), &[last])?,
            None => return self.select(&[]),
        }
        let pixels = self.pixels[..self.width * self.height * n].to_vec();
        Ok(Self { pixels, labels: self.labels[..n].to_vec(), ..*self })
    }

    /// Images offset, offset + every, offset + 2 · every, ...: a sample of the whole set.
    ///
    /// # Errors
    /// [`DatasetError::Core`] when `every` is 0.
    pub fn strided(&self, every: usize, offset: usize) -> Result<Self, DatasetError> {
        self.select(&selection::strided(self.len(), every, offset)?)
    }

    /// The images that [`Digits::strided`] takes become the test part, all others the training part.
    ///
    /// Both parts share their writers: an error rate on such a test part is lower than on the official one.
    ///
    /// # Errors
    /// [`DatasetError::Core`] when `every` is 0.
    ///
    /// ```
    /// let split = datasets::optdigits()?.split_strided(5, 4)?;
    /// assert_eq!((split.train.len(), split.test.len()), (1438, 359));
    /// # Ok::<(), datasets::DatasetError>(())
    /// ```
    pub fn split_strided(&self, every: usize, offset: usize) -> Result<Split, DatasetError> {
        let test = selection::strided(self.len(), every, offset)?;
        let train = selection::complement(self.len(), &test);
        Ok(Split::new(self.select(&train)?, self.select(&test)?))
    }
}

/// A training and a test part of one set.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The images to learn from.
    pub train: Digits,
    /// The images to be judged by.
    pub test: Digits,
    /// Files whose content is not the published one, by its SHA-256: worth a warning, and no number measured on them
    /// is one on this set. Empty for embedded sets.
    pub unrecognized: Vec<PathBuf>,
}

impl Split {
    pub(crate) fn new(train: Digits, test: Digits) -> Self {
        Self { train, test, unrecognized: Vec::new() }
    }

    /// The name of the set, for instance `mnist-10k`.
    pub fn id(&self) -> &'static str {
        self.train.id
    }

    /// Every file has the published content, by its SHA-256.
    pub fn known(&self) -> bool {
        self.unrecognized.is_empty()
    }
}

/// `mnist-10k: 10000 training and 10000 test images of 28 x 28 pixels`, and a warning for files of unknown content.
impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Digits { id, width, height, .. } = self.train;
        let (train, test) = (self.train.len(), self.test.len());
        write!(f, "{id}: {train} training and {test} test images of {width} x {height} pixels")?;
        for path in &self.unrecognized {
            write!(f, "; warning: {} does not have the published content", path.display())?;
        }
        Ok(())
    }
}
