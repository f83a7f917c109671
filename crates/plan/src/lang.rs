//! The two languages in which the plan speaks to people.

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    ru: String,
    en: String,
}

impl Text {
    /// Wraps the Russian and the English wording.
    pub fn new(ru: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ru: ru.into(), en: en.into() }
    }

    /// The wording in a language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.ru,
            Lang::En => &self.en,
        }
    }
}

/// `text!("русский {x}", "English {x}")`: both wordings, formatted from the same values.
macro_rules! text {
    ($ru:literal, $en:literal $(, $value:expr)* $(,)?) => {
        $crate::lang::Text::new(format!($ru $(, $value)*), format!($en $(, $value)*))
    };
}
