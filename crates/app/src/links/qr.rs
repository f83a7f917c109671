//! A link as a QR code: for print (SVG) and for messengers (PNG).
//!
//! The PNG is written by `png` itself: a black and white raster of a bit a pixel needs no renderer of
//! vectors.

use domain::lang::Text;
use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder, QRCode};

/// The white border that readers need around a code, in modules.
const MARGIN: usize = 4;

/// The side of a picture in pixels: 128 to 2048.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side(u32);

/// Why a number of pixels is no side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a QR code is 128 to 2048 pixels wide, not {0}")]
pub struct SideError(String);

impl From<SideError> for Text {
    fn from(error: SideError) -> Self {
        Self::new(format!("сторона кода от 128 до 2048 точек, а не {}", error.0), error.to_string())
    }
}

impl Side {
    /// Reads a number of pixels.
    pub fn parse(text: &str) -> Result<Self, SideError> {
        let is_plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let pixels = text.parse().ok().filter(|pixels| is_plain && (128..=2_048).contains(pixels));
        pixels.map(Self).ok_or_else(|| SideError(text.chars().take(20).collect()))
    }

    /// In pixels.
    pub const fn pixels(self) -> u32 {
        self.0
    }
}

impl Default for Side {
    fn default() -> Self {
        Self(512)
    }
}

/// Why a link has no picture.
#[derive(Debug, thiserror::Error)]
pub enum QrError {
    /// More than a code can hold.
    #[error("the link does not fit into a QR code")]
    TooLong,
    /// The picture could not be written.
    #[error("could not write the PNG")]
    Png(#[from] png::EncodingError),
}

/// A link as SVG, black on white with its border.
pub fn svg(link: &str) -> Result<String, QrError> {
    Ok(SvgBuilder::default().margin(MARGIN).to_str(&code(link)?))
}

/// A link as a square PNG of the side. Every module has the same whole number of pixels; what is left over
/// widens the border.
pub fn png(link: &str, side: Side) -> Result<Vec<u8>, QrError> {
    let code = code(link)?;
    let side = side.0 as usize;
    let scale = side / (code.size + 2 * MARGIN);
    if scale == 0 {
        return Err(QrError::TooLong);
    }
    let border = (side - scale * code.size) / 2;
    let width = side.div_ceil(8);
    let mut raster = vec![WHITE; width * border];
    for row in 0..code.size {
        let mut line = vec![WHITE; width];
        let dark = (0..code.size).filter(|column| is_dark(&code, row, *column));
        for x in dark.flat_map(|column| (0..scale).map(move |pixel| border + column * scale + pixel)) {
            if let Some(byte) = line.get_mut(x / 8) {
                *byte &= !(0x80 >> (x % 8));
            }
        }
        (0..scale).for_each(|_| raster.extend_from_slice(&line));
    }
    raster.resize(width * side, WHITE);
    written(side, &raster)
}

/// Eight white pixels.
const WHITE: u8 = 0xff;

fn is_dark(code: &QRCode, row: usize, column: usize) -> bool {
    code.data.get(row * code.size + column).is_some_and(|module| module.value())
}

fn written(side: usize, raster: &[u8]) -> Result<Vec<u8>, QrError> {
    let pixels = u32::try_from(side).map_err(|_| QrError::TooLong)?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels, pixels);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(raster)?;
    writer.finish()?;
    Ok(file)
}

/// Level M: read with up to 15 % of it spoilt, as on paper.
fn code(link: &str) -> Result<QRCode, QrError> {
    QRBuilder::new(link).ecl(ECL::M).build().map_err(|_| QrError::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://office.nanorvs.ru/r/ABCDEFGH";

    /// What another program reads in a PNG.
    fn scanned(file: &[u8]) -> Vec<String> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("a picture");
        let (width, height) = (info.width as usize, info.height as usize);
        let grey = |x: usize, y: usize| pixels[y * width + x];
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
        picture.detect_grids().iter().map(|grid| grid.decode().expect("it can be read").1).collect()
    }

    #[test]
    fn a_reader_that_nobody_here_wrote_reads_the_link() {
        for side in ["128", "129", "500", "512", "2048"] {
            let side = Side::parse(side).expect("a side");
            let file = png(LINK, side).expect("a picture");
            assert_eq!(scanned(&file), [LINK], "{side:?}");
        }
        let long = format!("https://{}.ru/r/ABCDEFGH", "a".repeat(90));
        assert_eq!(scanned(&png(&long, Side::parse("128").expect("a side")).expect("a picture")), [long]);
    }

    #[test]
    fn a_picture_is_as_large_as_asked_and_small_to_send() {
        let file = png(LINK, Side::parse("2048").expect("a side")).expect("a picture");
        let reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().expect("a PNG");
        assert_eq!((reader.info().width, reader.info().height), (2_048, 2_048));
        assert!(file.len() < 20_000, "{} bytes", file.len());
    }

    #[test]
    fn sides_are_bounded() {
        for text in ["", "0", "127", "2049", "-512", "+512", "512.0", "9999999999", "５１２", "0x200", " 512"]
        {
            assert!(Side::parse(text).is_err(), "{text}");
        }
    }

    /// The SVG holds the same modules as the PNG: each dark one is a square in its path.
    #[test]
    fn the_vector_holds_the_same_modules() {
        let drawn = svg(LINK).expect("a picture");
        let code = code(LINK).expect("a code");
        let dark = (0..code.size * code.size).filter(|place| code.data[*place].value()).count();
        assert_eq!(drawn.matches("h1v1h-1").count(), dark);
        assert!(drawn.starts_with("<svg viewBox=\"0 0 ") && !drawn.contains("script"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(matches!(svg(&"x".repeat(5_000)), Err(QrError::TooLong)));
    }
}
