//! The two languages in which the program speaks to people, and what says one thing in both.

use std::fmt;

use serde::Serialize;

/// A language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Russian.
    #[default]
    Ru,
    /// English.
    En,
}

/// One thought in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    ru: String,
    en: String,
}

impl Text {
    /// Wraps the Russian and the English wording.
    pub fn new(ru: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ru: ru.into(), en: en.into() }
    }

    /// What an error says, with its Russian wording beside its own.
    pub(crate) fn of(error: &impl std::error::Error, ru: impl Into<String>) -> Self {
        Self::new(ru, error.to_string())
    }

    /// The wording in a language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.ru,
            Lang::En => &self.en,
        }
    }
}

/// English, as logs and programs read it; a person is told [`Text::in_lang`].
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// `text!("русский {x}", "English {x}")`: both wordings, formatted from the same values.
#[macro_export]
macro_rules! text {
    ($ru:literal, $en:literal $(, $value:expr)* $(,)?) => {
        $crate::lang::Text::new(format!($ru $(, $value)*), format!($en $(, $value)*))
    };
}
