//! A reader that counts lines and ends before it is flooded.

use std::io::{self, BufRead, Read};

/// The longest piece between two others: a tag, a text, a comment.
const LONGEST_PIECE: u64 = 4 * 1024 * 1024;

/// What was exceeded, in bytes.
#[derive(Debug, thiserror::Error)]
pub(super) enum Exceeded {
    #[error("one piece is longer than {0} bytes")]
    Piece(u64),
    #[error("the whole is longer than {0} bytes")]
    Whole(u64),
}

pub(super) struct Bounded<R> {
    inner: R,
    most: u64,
    total: u64,
    piece: u64,
    lines: u64,
}

impl<R> Bounded<R> {
    pub(super) const fn new(inner: R, most: u64) -> Self {
        Self { inner, most, total: 0, piece: 0, lines: 0 }
    }

    pub(super) const fn begin_piece(&mut self) {
        self.piece = 0;
    }

    /// Ends of lines that were read.
    pub(super) const fn lines(&self) -> u64 {
        self.lines
    }

    /// Bytes that were read.
    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.total > self.most {
            return Err(io::Error::other(Exceeded::Whole(self.most)));
        }
        if self.piece > LONGEST_PIECE {
            return Err(io::Error::other(Exceeded::Piece(LONGEST_PIECE)));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // What is consumed is in the buffer: to look at it reads nothing.
        if let Ok(buffer) = self.inner.fill_buf() {
            let ends = buffer.iter().take(amount).filter(|byte| **byte == b'\n').count();
            self.lines += u64::try_from(ends).unwrap_or(0);
        }
        let bytes = u64::try_from(amount).unwrap_or(u64::MAX);
        self.total = self.total.saturating_add(bytes);
        self.piece = self.piece.saturating_add(bytes);
        self.inner.consume(amount);
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let amount = available.len().min(into.len());
        for (to, from) in into.iter_mut().zip(available) {
            *to = *from;
        }
        self.consume(amount);
        Ok(amount)
    }
}
