//! Codes for one use: 128 random bits in letters that can be dictated.

use secrecy::{ExposeSecret, SecretString};

use crate::App;

/// A code for one use. It is shown once and kept as a hash.
#[derive(Debug, Clone)]
pub struct OneTimeCode(SecretString);

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl OneTimeCode {
    /// Makes a code of 26 letters, in groups.
    pub(crate) fn new(app: &App) -> Self {
        let number = u128::from_be_bytes(app.ids.random());
        Self(letters(number, 26).into())
    }

    /// Makes a recovery code of 16 letters (80 bits).
    pub(crate) fn short(app: &App) -> Self {
        let number = u128::from_be_bytes(app.ids.random());
        Self(letters(number, 16).into())
    }

    /// Reads what a person typed: blanks and dashes do not count, small letters are capitals, and what
    /// looks alike is the same.
    pub fn typed(text: &str) -> Self {
        let letters: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .take(64)
            .map(|letter| match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        Self(letters.into())
    }

    /// The code as it is shown, once: `ABCD-EFGH-…`.
    pub fn reveal(&self) -> String {
        let letters: Vec<char> = self.0.expose_secret().chars().collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        super::digest_of(&self.0)
    }
}

fn letters(mut number: u128, count: usize) -> String {
    (0..count)
        .map(|_| {
            let index = usize::try_from(number % 32).expect("a remainder of 32 fits");
            number /= 32;
            ALPHABET.get(index).map_or('0', |letter| char::from(*letter))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_is_read_as_it_was_shown() {
        let code = OneTimeCode(letters(u128::MAX / 3, 26).into());
        let typed = OneTimeCode::typed(&format!(" {} ", code.reveal().to_lowercase().replace('-', " ")));
        assert_eq!(typed.digest(), code.digest());
        assert_eq!(OneTimeCode::typed("oil").digest(), OneTimeCode::typed("011").digest());
    }

    #[test]
    fn every_bit_of_chance_stands_in_the_code() {
        assert_ne!(letters(1 << 127, 26), letters(0, 26));
        assert_ne!(letters(1 << 79, 16), letters(0, 16));
    }
}
