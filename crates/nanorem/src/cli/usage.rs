//! What a person is told who writes a command wrongly: in Russian, like every screen.

use std::fmt::Write as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use domain::lang::{Lang, Text};

/// Reads a value; what is wrong with it is told in Russian.
pub(super) fn read<T, E: Into<Text>>(
    parse: impl Fn(&str) -> Result<T, E> + Clone,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| parse(text).map_err(|error| error.into().in_lang(Lang::Ru).to_owned())
}

/// The help that was asked for, with the words of the parser itself in Russian.
pub(super) fn help(error: &clap::Error) -> String {
    let words = [
        ("[OPTIONS]", "[ПАРАМЕТРЫ]"),
        ("[default: ", "[по умолчанию: "),
        ("[env: ", "[переменная: "),
        ("[possible values: ", "[бывает: "),
        ("Possible values:", "Бывает:"),
    ];
    let text = error.render().to_string();
    words.into_iter().fold(text, |text, (english, russian)| text.replace(english, russian))
}

/// The mistake in Russian; `None` for what is no mistake: help and version.
pub(super) fn told(error: &clap::Error) -> Option<String> {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let (arg, value) = (context(ContextKind::InvalidArg), context(ContextKind::InvalidValue));
    let mut told = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            Some(problem) => format!("{arg}: {problem}"),
            None => format!("{arg}: не подходит {value:?}"),
        },
        ErrorKind::InvalidValue if value.is_empty() => format!("{arg}: не хватает значения"),
        ErrorKind::InvalidValue => format!("{arg}: не подходит {value:?}"),
        ErrorKind::UnknownArgument => format!("параметр {arg} неизвестен"),
        ErrorKind::InvalidSubcommand => {
            format!("команда {} неизвестна", context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("не хватает: {arg}"),
        ErrorKind::MissingSubcommand => "не хватает команды".to_owned(),
        ErrorKind::ArgumentConflict => {
            format!("{arg} нельзя вместе с {}", context(ContextKind::PriorArg))
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{arg}: не столько значений")
        }
        ErrorKind::NoEquals => format!("{arg}: значение пишут после знака «=»"),
        ErrorKind::InvalidUtf8 => "текст команды не в кодировке UTF-8".to_owned(),
        _ => error.to_string(),
    };
    let valid = [context(ContextKind::ValidValue), context(ContextKind::ValidSubcommand)].concat();
    if !valid.is_empty() {
        let _ = write!(told, "; бывает: {valid}");
    }
    let alike = [
        context(ContextKind::SuggestedSubcommand),
        context(ContextKind::SuggestedArg),
        context(ContextKind::SuggestedValue),
    ];
    if let Some(alike) = alike.iter().find(|alike| !alike.is_empty()) {
        let _ = write!(told, "; может быть, {alike}?");
    }
    Some(told)
}
