//! XML that strangers write, read as a stream within bounds.
//!
//! Entities of a document's own are refused, so none can grow or reach elsewhere; depth, the length of one
//! piece and of the whole are bounded; a document that breaks off is an error, never a shorter document.

mod bounded;
mod decoded;

use std::io::Read;

use app::ports::catalogue::SourceError;
use domain::lang::Text;
use domain::text;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use bounded::{Bounded, Exceeded};
use decoded::Decoded;

/// How deep elements may stand in each other.
const DEEPEST: usize = 64;
/// The longest text of an element that is kept, in bytes.
const LONGEST_TEXT: usize = 64 * 1024;

/// A document on its way.
pub(super) struct Xml<R: Read> {
    reader: Reader<Bounded<Decoded<R>>>,
    buffer: Vec<u8>,
    depth: usize,
    is_begun: bool,
}

/// An element that has been opened.
pub(super) struct Element {
    start: BytesStart<'static>,
}

/// The text of an element, or what is wrong with it. It is the row that is wrong then, not the document.
pub(super) type Content = Result<String, Text>;

impl<R: Read> Xml<R> {
    /// Begins to read a document of at most so many bytes, decoded.
    pub(super) fn new(input: R, most_bytes: u64) -> Result<Self, SourceError> {
        let decoded = Decoded::new(input)?;
        let mut reader = Reader::from_reader(Bounded::new(decoded, most_bytes));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        // A bare ampersand is a usual slip, and as text it can mean nothing else.
        config.allow_dangling_amp = true;
        Ok(Self { reader, buffer: Vec::new(), depth: 0, is_begun: false })
    }

    /// The line that is being read, from 1.
    pub(super) fn line(&self) -> u64 {
        self.reader.get_ref().lines() + 1
    }

    /// How many bytes have been read, decoded.
    pub(super) fn bytes(&self) -> u64 {
        self.reader.get_ref().total()
    }

    /// The root element, which must have this name.
    pub(super) fn root(&mut self, name: &str) -> Result<Element, SourceError> {
        let root = self.child()?.ok_or_else(|| unreadable(text!("файл пуст", "the file is empty")))?;
        let found: String = root.name().chars().take(40).collect();
        if found == name {
            return Ok(root);
        }
        Err(unreadable(text!(
            "в начале стоит <{found}>, а нужно <{name}>: это другой файл",
            "it begins with <{found}>, not with <{name}>: this is another file"
        )))
    }

    /// The next element within the one that is open; `None` where that ends.
    pub(super) fn child(&mut self) -> Result<Option<Element>, SourceError> {
        loop {
            match self.next()? {
                Piece::Open(start) => return Ok(Some(Element { start })),
                Piece::Close | Piece::End => return Ok(None),
                Piece::Text(_) => {}
            }
        }
    }

    /// Passes the element that is open.
    pub(super) fn skip(&mut self) -> Result<(), SourceError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.next()?;
        }
        Ok(())
    }

    /// The text of the element that is open, up to its end.
    pub(super) fn text(&mut self) -> Result<Content, SourceError> {
        let outside = self.depth.saturating_sub(1);
        let mut content: Content = Ok(String::new());
        while self.depth > outside {
            match self.next()? {
                Piece::Text(more) => content = joined(content, more),
                Piece::Open(start) if content.is_ok() => {
                    let name: String = start.local_name().as_ref().chars().take(40).collect();
                    content = Err(text!(
                        "внутри стоит <{name}>, а нужен текст",
                        "<{name}> stands in it where text should"
                    ));
                }
                Piece::Open(_) | Piece::Close | Piece::End => {}
            }
        }
        Ok(content)
    }

    /// Makes sure that nothing but white space follows the root, and reads it.
    pub(super) fn end(&mut self) -> Result<(), SourceError> {
        loop {
            match self.next()? {
                Piece::End => return Ok(()),
                Piece::Text(Ok(text)) if text.trim().is_empty() => {}
                Piece::Text(_) | Piece::Open(_) | Piece::Close => {
                    return Err(
                        self.broken(&text!("за концом каталога что-то стоит", "something follows the end"))
                    );
                }
            }
        }
    }

    /// Takes the reader out, with what it counted.
    pub(super) fn into_input(self) -> R {
        self.reader.into_inner().into_inner().into_inner()
    }

    fn next(&mut self) -> Result<Piece, SourceError> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().begin_piece();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Err(told(&error, self.line())),
            };
            let piece = match event {
                Event::Start(start) => {
                    self.depth += 1;
                    self.is_begun = true;
                    Some(Piece::Open(start.into_owned()))
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Some(Piece::Close)
                }
                Event::Text(text) => Some(Piece::Text(Ok(text.xml10_content().into_owned()))),
                Event::CData(text) => Some(Piece::Text(Ok(text.xml10_content().into_owned()))),
                Event::GeneralRef(reference) => Some(Piece::Text(resolved(&reference))),
                Event::DocType(doctype) if doctype.contains('[') => return Err(self.own_entities()),
                Event::Eof => Some(Piece::End),
                Event::DocType(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {
                    None
                }
            };
            if self.depth > DEEPEST {
                return Err(self.broken(&text!(
                    "элементы вложены глубже {DEEPEST}",
                    "elements stand in each other deeper than {DEEPEST}"
                )));
            }
            match piece {
                // An end that comes while elements are open, or before any was.
                Some(Piece::End) if self.depth > 0 || !self.is_begun => return Err(self.broken_off()),
                Some(piece) => return Ok(piece),
                None => {}
            }
        }
    }

    fn broken(&self, problem: &Text) -> SourceError {
        at_line(self.line(), problem)
    }

    fn broken_off(&self) -> SourceError {
        if self.is_begun {
            return self.broken(&text!("файл оборван", "the file breaks off"));
        }
        unreadable(text!(
            "в файле нет ни одного элемента XML: он пуст или это другой файл",
            "the file holds no XML element: it is empty, or another file"
        ))
    }

    fn own_entities(&self) -> SourceError {
        self.broken(&text!(
            "DOCTYPE объявляет сущности: уберите из него часть в []",
            "the DOCTYPE declares entities: remove the part in []"
        ))
    }
}

/// A piece of a document.
enum Piece {
    Open(BytesStart<'static>),
    Text(Content),
    Close,
    End,
}

impl Element {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// An attribute's value, if it stands there.
    pub(super) fn attribute(&self, name: &str) -> Result<Option<String>, Text> {
        let wrong = |problem: &dyn std::fmt::Display| {
            text!("атрибут {name} не читается: {problem}", "attribute {name} cannot be read: {problem}")
        };
        let found = self.start.try_get_attribute(name).map_err(|error| wrong(&error))?;
        let value = |attribute: Attribute<'_>| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| wrong(&error))?;
            if value.len() > LONGEST_TEXT { Err(too_long()) } else { Ok(value.into_owned()) }
        };
        found.map(value).transpose()
    }
}

fn joined(content: Content, more: Content) -> Content {
    let (mut content, more) = (content?, more?);
    if content.len() + more.len() > LONGEST_TEXT {
        return Err(too_long());
    }
    content.push_str(&more);
    Ok(content)
}

fn too_long() -> Text {
    text!("длиннее {LONGEST_TEXT} байт", "longer than {LONGEST_TEXT} bytes")
}

/// The letter that a reference stands for: a number, or one of the five names of XML.
fn resolved(reference: &BytesRef<'_>) -> Content {
    let name: String = reference.chars().take(40).collect();
    let unknown = || {
        text!(
            "&{name}; в XML ничего не значит: напишите сам знак или его номер",
            "&{name}; means nothing in XML: write the character itself or its number"
        )
    };
    match reference.resolve_char_ref() {
        Ok(Some(letter)) => Ok(letter.to_string()),
        Ok(None) => resolve_predefined_entity(reference).map(str::to_owned).ok_or_else(unknown),
        Err(_) => Err(unknown()),
    }
}

pub(super) fn unreadable(problem: Text) -> SourceError {
    SourceError::Unreadable(problem)
}

fn at_line(line: u64, problem: &Text) -> SourceError {
    use domain::lang::Lang::{En, Ru};
    let (ru, en) = (problem.in_lang(Ru), problem.in_lang(En));
    unreadable(text!("строка {line}: {ru}", "line {line}: {en}"))
}

fn told(error: &quick_xml::Error, line: u64) -> SourceError {
    let quick_xml::Error::Io(io) = error else {
        return at_line(
            line,
            &text!("это не XML или файл оборван ({error})", "this is not XML, or it breaks off ({error})"),
        );
    };
    match io.get_ref().and_then(|inner| inner.downcast_ref::<Exceeded>()) {
        Some(Exceeded::Piece(most)) => {
            at_line(line, &text!("одна запись длиннее {most} байт", "one piece is longer than {most} bytes"))
        }
        Some(Exceeded::Whole(most)) => {
            unreadable(text!("каталог больше {most} байт", "the catalogue is larger than {most} bytes"))
        }
        None => at_line(line, &text!("файл не читается: {io}", "the file cannot be read: {io}")),
    }
}
