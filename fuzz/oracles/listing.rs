//! What must hold of any listing that was read from bytes.

use std::io::Read;

use app::ports::catalogue::{Listing, Position, SourceError, Told};

/// Bytes that come one at a time.
struct Slowly<'a>(&'a [u8]);

impl Read for Slowly<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let (Some(to), Some((from, rest))) = (into.first_mut(), self.0.split_first()) else { return Ok(0) };
        *to = *from;
        self.0 = rest;
        Ok(1)
    }
}

/// Checks a reader on bytes, whole, slowly, and without their last one.
pub(crate) fn holds(bytes: &[u8], read: impl Fn(Box<dyn Read + '_>) -> Result<Listing, SourceError>) {
    let whole = read(Box::new(bytes));
    let slowly = read(Box::new(Slowly(bytes)));
    let listing = match (whole, slowly) {
        (Ok(whole), Ok(slowly)) => {
            assert_eq!(whole, slowly, "it says the same however it comes");
            whole
        }
        (Err(_), Err(_)) => return,
        (whole, slowly) => panic!("it is read once and refused once: {whole:?} {slowly:?}"),
    };
    // Where letters take two bytes, the last one's first may be no end of a line.
    if !bytes.starts_with(&[0xfe, 0xff]) && !bytes.starts_with(&[0xff, 0xfe]) {
        let body = bytes.trim_ascii_end();
        let cut = body.split_last().map(|(_, rest)| rest).unwrap_or_default();
        assert!(read(Box::new(cut)).is_err(), "what is broken off is refused");
    }
    for row in &listing.rows {
        let (Position::Line(line) | Position::Item(line)) = row.place.position;
        assert!(line > 0 && line <= 1 + bytes.len() as u64, "a row stands somewhere");
        if let Told::Offer(offer) = &row.told {
            assert!(offer.price.is_none_or(domain::money::Money::is_positive), "a price is above zero");
        }
    }
}
