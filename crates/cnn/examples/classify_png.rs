//! Reads a digit from a PNG file with a network that `train_lenet1989` has saved: `classify_png NETWORK.safetensors IMAGE.png`.
//!
//! The image is gray, dark ink on light paper or the other way round, of any size; it is resized to 16 x 16.

use cnn::{Cnn, CnnConfig, Shape, resized};
use io::{Limits, load_parameters_file};
use nn_core::{Matrix, Stream};
use std::{fs::File, io::BufReader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let usage = "usage: classify_png NETWORK.safetensors IMAGE.png";
    let (network, image) = (std::env::args().nth(1).ok_or(usage)?, std::env::args().nth(2).ok_or(usage)?);

    let mut decoder = png::Decoder::new(BufReader::new(File::open(image)?));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().ok_or("the image is too large")?];
    let info = reader.next_frame(&mut bytes)?;
    let channels = info.color_type.samples();
    let (height, width) = (info.height as usize, info.width as usize);
    // The first channel is enough for gray images.
    let gray: Vec<f32> = bytes.chunks(channels).take(height * width).map(|pixel| f32::from(pixel[0]) / 255.0).collect();
    // Most of an image is paper; paper is −1, ink 1.
    let dark_ink = gray.iter().sum::<f32>() > 0.5 * gray.len() as f32;
    let pixel = |value: &f32| if dark_ink { 1.0 - 2.0 * value } else { 2.0 * value - 1.0 };
    let image = Matrix::from_iterator(height * width, 1, gray.iter().map(pixel));
    let image = resized(&image, Shape::new(1, height, width), 16, 16)?;

    let mut model: Cnn<f32> = CnnConfig::lenet_1989().initialize(&Stream::new(0))?;
    load_parameters_file(&network, &mut model, &Limits::default())?;
    let mut runner = model.runner();
    println!("this is a {}", runner.predict(image.as_slice())?);
    println!("outputs: {:.1?}", runner.forward(image.as_slice())?);
    Ok(())
}
