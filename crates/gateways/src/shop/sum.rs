//! The SHA-256 of what is read, while it is read.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

pub(super) struct Summed<R> {
    inner: R,
    sum: Sha256,
}

impl<R> Summed<R> {
    /// Goes on from the sum of what was read before.
    pub(super) const fn from(inner: R, sum: Sha256) -> Self {
        Self { inner, sum }
    }

    pub(super) fn into_sum(self) -> Sha256 {
        self.sum
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let amount = self.inner.read(into)?;
        self.sum.update(into.get(..amount).unwrap_or_default());
        Ok(amount)
    }
}

/// The sum of a text, to be kept instead of it.
pub(super) fn of(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text.as_bytes())))
}
