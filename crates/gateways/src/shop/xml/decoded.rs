//! The document as UTF-8, whatever encoding its first line names.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use app::ports::catalogue::SourceError;
use domain::text;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::encoding::DecodingReader;

use super::unreadable;

/// Within how many bytes the declaration must end.
const LONGEST_DECLARATION: u64 = 512;

type Whole<R> = Chain<Cursor<Vec<u8>>, BufReader<R>>;

/// A reader of UTF-8. What the encoding does not know is an error: letters are never guessed.
pub(super) struct Decoded<R: Read>(DecodingReader<Whole<R>>);

impl<R: Read> Decoded<R> {
    pub(super) fn new(mut input: R) -> Result<Self, SourceError> {
        let mut head = Vec::new();
        input.by_ref().take(LONGEST_DECLARATION).read_to_end(&mut head).map_err(|error| {
            unreadable(text!("файл не читается: {error}", "the file cannot be read: {error}"))
        })?;
        let encoding = declared(&head)?;
        let mut reader = DecodingReader::new(Cursor::new(head).chain(BufReader::new(input)));
        reader.set_encoding(encoding);
        Ok(Self(reader))
    }

    pub(super) fn into_inner(self) -> R {
        let (_, rest) = self.0.into_inner().into_inner();
        rest.into_inner()
    }
}

/// The encoding that the first line names; UTF-8 if it names none, or if a mark of the byte order stands
/// before it, which says more.
fn declared(head: &[u8]) -> Result<&'static Encoding, SourceError> {
    if Encoding::for_bom(head).is_some() {
        return Ok(UTF_8);
    }
    let text = String::from_utf8_lossy(head);
    let declaration = text.strip_prefix("<?xml").and_then(|rest| rest.split("?>").next()).unwrap_or_default();
    let Some((_, after)) = declaration.split_once("encoding") else { return Ok(UTF_8) };
    let value = after.trim_start().strip_prefix('=').unwrap_or_default().trim_start();
    let quoted = value.strip_prefix(['"', '\'']).unwrap_or_default();
    let label: String = quoted.split(['"', '\'']).next().unwrap_or_default().chars().take(40).collect();
    let known = Encoding::for_label(label.as_bytes());
    // Letters of two bytes could not have named themselves in letters of one.
    known.filter(|encoding| ![UTF_16LE, UTF_16BE].contains(encoding)).ok_or_else(|| {
        unreadable(text!(
            "кодировка {label:?} неизвестна: сохраните файл в UTF-8",
            "encoding {label:?} is not known: save the file as UTF-8"
        ))
    })
}

impl<R: Read> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.0.consume(amount);
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}
