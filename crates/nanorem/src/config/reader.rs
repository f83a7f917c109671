//! Values by their names, and every mistake in them.

use std::path::PathBuf;

use figment::value::{Dict, Value};
use secrecy::SecretString;

use super::KEYS;

/// The values of the file with the environment over them.
pub(super) struct Reader {
    pub(super) values: Dict,
    pub(super) mistakes: Vec<String>,
    pub(super) file: PathBuf,
}

impl Reader {
    pub(super) fn refuse_unknown(&mut self) {
        let mut unknown = Vec::new();
        unknown_in("", &self.values, &mut unknown);
        let file = self.file.display().to_string();
        for name in unknown {
            // Of a long list only what stands beside it helps.
            let beside: Vec<&str> =
                KEYS.iter().map(|(key, _)| *key).filter(|key| are_kin(key, &name)).collect();
            let beside = if beside.is_empty() { sections() } else { beside };
            let known = beside.join(", ");
            self.mistakes.push(format!("{file}: настройка {name} неизвестна; есть: {known}"));
        }
    }

    pub(super) fn mistake(&mut self, key: &str, problem: &str) {
        let variable = KEYS.iter().find(|(name, _)| *name == key).map_or("", |(_, variable)| variable);
        self.mistakes.push(format!("{key} ({variable}): {problem}"));
    }

    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        let mut names = key.split('.');
        let mut here = self.values.get(names.next()?)?;
        for name in names {
            let Value::Dict(_, entries) = here else { return None };
            here = entries.get(name)?;
        }
        Some(here)
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.value(key)? {
            Value::String(_, text) if text.is_empty() => None,
            Value::String(_, text) => Some(text.clone()),
            // The environment's values are guessed at: a number there is a text all the same.
            Value::Num(_, number) => Some(match (number.to_u128(), number.to_i128()) {
                (Some(number), _) => number.to_string(),
                (None, Some(number)) => number.to_string(),
                (None, None) => number.to_f64().unwrap_or(f64::NAN).to_string(),
            }),
            _ => {
                self.mistake(key, "ожидается строка");
                None
            }
        }
    }

    /// A list in the file, or a text with commas in the environment.
    pub(super) fn list(&mut self, key: &str) -> Vec<SecretString> {
        let texts: Vec<String> = match self.value(key) {
            None => Vec::new(),
            Some(Value::Array(_, values)) => {
                let text = |value: &Value| match value {
                    Value::Num(_, number) => number.to_i128().map(|number| number.to_string()),
                    other => other.as_str().map(str::to_owned),
                };
                let texts: Vec<Option<String>> = values.iter().map(text).collect();
                if texts.contains(&None) {
                    self.mistake(key, "ожидаются строки в кавычках");
                }
                texts.into_iter().flatten().collect()
            }
            Some(_) => self
                .text(key)
                .map(|text| text.split(',').map(str::trim).map(str::to_owned).collect())
                .unwrap_or_default(),
        };
        texts.into_iter().filter(|text| !text.is_empty()).map(SecretString::from).collect()
    }

    pub(super) fn parsed<T: std::str::FromStr>(&mut self, key: &str, default: &str, help: &str) -> Option<T> {
        let text = self.text(key).unwrap_or_else(|| default.to_owned());
        let value = text.parse().ok();
        if value.is_none() {
            self.mistake(key, &format!("{text:?}: {help}"));
        }
        value
    }

    /// A value that is read from a text; `None` where nothing is written, or something wrong.
    pub(super) fn read<T, E: Into<domain::lang::Text>>(
        &mut self,
        key: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(key)?;
        let told = |problem: E| problem.into().in_lang(domain::lang::Lang::Ru).to_owned();
        read(&text).map_err(told).map_err(|problem| self.mistake(key, &problem)).ok()
    }

    /// One of several words, each with what it means; the first where nothing is written.
    pub(super) fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let Some(text) = self.text(key) else { return words.first().map(|(_, meaning)| *meaning) };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            self.mistake(key, &format!("напишите {}", known.join(" или ")));
        }
        found
    }

    /// Whether an empty text is written there: the owner says that there is no such thing.
    pub(super) fn is_emptied(&self, key: &str) -> bool {
        matches!(self.value(key), Some(Value::String(_, text)) if text.is_empty())
    }
}

fn unknown_in(section: &str, entries: &Dict, unknown: &mut Vec<String>) {
    for (name, value) in entries {
        let path = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
        let is_key = KEYS.iter().any(|(key, _)| *key == path);
        let is_section =
            KEYS.iter().any(|(key, _)| key.strip_prefix(&path).is_some_and(|rest| rest.starts_with('.')));
        match value {
            Value::Dict(_, entries) if is_section => unknown_in(&path, entries, unknown),
            _ if is_key => {}
            _ => unknown.push(path),
        }
    }
}

/// Whether two names stand in the same section.
fn are_kin(one: &str, other: &str) -> bool {
    let section = |name: &str| name.rsplit_once('.').map(|(section, _)| section.to_owned());
    section(one) == section(other) && section(one).is_some()
}

/// The sections there are.
fn sections() -> Vec<&'static str> {
    let mut sections: Vec<&str> = KEYS.iter().filter_map(|(key, _)| Some(key.rsplit_once('.')?.0)).collect();
    sections.dedup();
    sections
}
