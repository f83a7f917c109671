//! The settings: one TOML file, over it the environment. Everything is checked at start, and all
//! mistakes are told at once.

mod links;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use app::sealed::Sealer;
use domain::lang::{Lang, Text};
use domain::link::PublicUrl;
use domain::order::ExternalId;
use domain::webhook::{Secret, Secrets};
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use figment::value::{Dict, Value};
use secrecy::{ExposeSecret, SecretString};
use web::limits::Proxies;

pub(crate) use links::LinkSettings;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people, in colours.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// The settings of the program.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// May hold a password.
    pub(crate) database_url: SecretString,
    pub(crate) listen: SocketAddr,
    /// Where it is reached from outside.
    pub(crate) public_url: Option<PublicUrl>,
    /// Those who are believed whom they speak for.
    pub(crate) proxies: Proxies,
    /// The links of partners.
    pub(crate) links: LinkSettings,
    /// The only shop whose webhooks are taken; `None` takes any.
    pub(crate) source: Option<ExternalId>,
    pub(crate) secrets: Secrets,
    /// The keys that seal what is kept secret; the first seals, all open.
    pub(crate) secrets_keys: Vec<SecretString>,
    /// Where that key stands, if it is not in the settings.
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) log_format: LogFormat,
    /// What is logged; `None` leaves it to the command.
    pub(crate) log_filter: Option<String>,
}

/// Everything that is wrong with the settings.
#[derive(Debug)]
pub(crate) struct ConfigError(Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "настройки не приняты, ошибок: {}", self.0.len())?;
        self.0.iter().try_for_each(|mistake| write!(f, "\n  • {mistake}"))
    }
}

impl std::error::Error for ConfigError {}

/// Setting, environment variable.
const KEYS: [(&str, &str); 17] = [
    ("database.url", "NANOREM_DATABASE_URL"),
    ("http.listen", "NANOREM_HTTP_LISTEN"),
    ("http.public_url", "NANOREM_HTTP_PUBLIC_URL"),
    ("http.trusted_proxies", "NANOREM_HTTP_TRUSTED_PROXIES"),
    ("links.window_days", "NANOREM_LINKS_WINDOW_DAYS"),
    ("links.shop_url", "NANOREM_LINKS_SHOP_URL"),
    ("links.targets", "NANOREM_LINKS_TARGETS"),
    ("links.erid", "NANOREM_LINKS_ERID"),
    ("links.cookie_key", "NANOREM_LINKS_COOKIE_KEY"),
    ("shop.source", "NANOREM_SHOP_SOURCE"),
    ("shop.webhook_secrets", "NANOREM_SHOP_WEBHOOK_SECRETS"),
    ("shop.legacy_header", "NANOREM_SHOP_LEGACY_HEADER"),
    ("shop.legacy_secret", "NANOREM_SHOP_LEGACY_SECRET"),
    ("secrets.key", "NANOREM_SECRETS_KEY"),
    ("secrets.key_file", "NANOREM_SECRETS_KEY_FILE"),
    ("log.format", "NANOREM_LOG_FORMAT"),
    ("log.filter", "NANOREM_LOG_FILTER"),
];

/// The file that is read when none is named and it is there.
const DEFAULT_FILE: &str = "nanorem.toml";

impl Settings {
    /// Reads the file, if there is one, and the environment over it.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let path = file.map_or_else(|| PathBuf::from(DEFAULT_FILE), Path::to_owned);
        if file.is_some() && !path.exists() {
            return Err(ConfigError(vec![format!("файла {} нет", path.display())]));
        }
        let mut figment = Figment::new();
        if path.exists() {
            refuse_broken(&path)?;
            figment = figment.merge(Toml::file_exact(&path));
        }
        let figment = figment.merge(environment());
        let values: Dict = figment.extract().map_err(|error| {
            ConfigError(error.into_iter().map(|one| format!("{}: {one}", path.display())).collect())
        })?;
        Reader { values, mistakes: Vec::new(), file: path }.settings()
    }
}

/// Refuses what is not TOML by its place alone: the line may hold a secret.
fn refuse_broken(path: &Path) -> Result<(), ConfigError> {
    let told = |problem: String| ConfigError(vec![format!("{}: {problem}", path.display())]);
    let text = std::fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
    let Err(error) = text.parse::<toml::Table>() else { return Ok(()) };
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.lines().count().max(1);
    Err(told(format!(
        "строка {line} (или конец предыдущей) — не TOML: проверьте кавычки, скобки и повторы ключей"
    )))
}

/// `NANOREM_DATABASE_URL` stands for `database.url`; other variables are not ours.
fn environment() -> Env {
    Env::raw()
        .filter(|name| KEYS.iter().any(|(_, variable)| name.as_str().eq_ignore_ascii_case(variable)))
        .map(|name| {
            let found = KEYS.iter().find(|(_, variable)| name.as_str().eq_ignore_ascii_case(variable));
            found.map_or(name.as_str(), |(key, _)| key).into()
        })
        .split(".")
}

struct Reader {
    values: Dict,
    mistakes: Vec<String>,
    file: PathBuf,
}

impl Reader {
    fn settings(mut self) -> Result<Settings, ConfigError> {
        self.refuse_unknown();
        let database_url = self.text("database.url").unwrap_or_else(|| "sqlite://var/nanorem.db".to_owned());
        if !["sqlite://", "sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| database_url.starts_with(scheme))
        {
            self.mistake(
                "database.url",
                "начните с sqlite:///путь/к/файлу.db или postgres://пользователь@узел/база",
            );
        }
        let listen =
            self.parsed("http.listen", "127.0.0.1:8080", "напишите адрес и порт, например 127.0.0.1:8080");
        let (public_url, proxies, links) = (self.public_url(), self.proxies(), self.links());
        let source = self.text("shop.source").and_then(|source| {
            let parsed = ExternalId::parse(&source);
            parsed.map_err(|problem| self.mistake("shop.source", Text::from(problem).in_lang(Lang::Ru))).ok()
        });
        let secrets = self.secrets();
        let secrets_keys = self.secrets_keys();
        let key_file = self.text("secrets.key_file").map(PathBuf::from);
        let log_format = match self.text("log.format").as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(_) => {
                self.mistake("log.format", "напишите \"text\" или \"json\"");
                LogFormat::Text
            }
        };
        let log_filter = self.text("log.filter");
        if let Some(Err(problem)) =
            log_filter.as_deref().map(str::parse::<tracing_subscriber::filter::Targets>)
        {
            self.mistake("log.filter", &problem.to_string());
        }
        match (listen, self.mistakes.is_empty()) {
            (Some(listen), true) => Ok(Settings {
                database_url: database_url.into(),
                listen,
                public_url,
                proxies,
                links,
                source,
                secrets,
                secrets_keys,
                key_file,
                log_format,
                log_filter,
            }),
            _ => Err(ConfigError(self.mistakes)),
        }
    }

    fn secrets(&mut self) -> Secrets {
        let mut secrets = Secrets::default();
        for (text, number) in self.list("shop.webhook_secrets").into_iter().zip(1..) {
            match Secret::parse(text.expose_secret()) {
                Ok(secret) => secrets.standard.push(secret),
                Err(problem) => self.mistake("shop.webhook_secrets", &format!("секрет {number}: {problem}")),
            }
        }
        match (self.text("shop.legacy_header"), self.text("shop.legacy_secret")) {
            (None, None) => {}
            (Some(header), Some(secret)) => match Secret::legacy(&secret) {
                Ok(secret) => secrets.legacy = Some((header.to_ascii_lowercase(), secret)),
                Err(problem) => self.mistake("shop.legacy_secret", &problem.to_string()),
            },
            (Some(_), None) => self.mistake("shop.legacy_secret", "нужен вместе с shop.legacy_header"),
            (None, Some(_)) => self
                .mistake("shop.legacy_header", "нужен вместе с shop.legacy_secret: имя заголовка с подписью"),
        }
        secrets
    }

    fn secrets_keys(&mut self) -> Vec<SecretString> {
        let keys = self.list("secrets.key");
        let parsed = Sealer::parse(keys.iter().map(ExposeSecret::expose_secret));
        if !keys.is_empty() && parsed.is_err() {
            self.mistake("secrets.key", "ключ — 32 байта в base64: openssl rand -base64 32");
        }
        keys
    }

    fn refuse_unknown(&mut self) {
        let mut unknown = Vec::new();
        for (section, value) in &self.values {
            let Value::Dict(_, entries) = value else {
                unknown.push(section.clone());
                continue;
            };
            let names = entries.keys().map(|name| format!("{section}.{name}"));
            unknown.extend(names.filter(|name| !KEYS.iter().any(|(key, _)| key == name)));
        }
        let known = KEYS.map(|(key, _)| key).join(", ");
        let file = self.file.display().to_string();
        self.mistakes.extend(
            unknown.into_iter().map(|name| format!("{file}: настройка {name} неизвестна; есть: {known}")),
        );
    }

    fn mistake(&mut self, key: &str, problem: &str) {
        let variable = KEYS.iter().find(|(name, _)| *name == key).map_or("", |(_, variable)| variable);
        self.mistakes.push(format!("{key} ({variable}): {problem}"));
    }

    fn value(&self, key: &str) -> Option<&Value> {
        let (section, name) = key.split_once('.')?;
        match self.values.get(section)? {
            Value::Dict(_, entries) => entries.get(name),
            _ => None,
        }
    }

    fn text(&mut self, key: &str) -> Option<String> {
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
    fn list(&mut self, key: &str) -> Vec<SecretString> {
        let texts: Vec<String> = match self.value(key) {
            None => Vec::new(),
            Some(Value::Array(_, values)) => {
                let texts: Vec<Option<String>> =
                    values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
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

    fn parsed<T: std::str::FromStr>(&mut self, key: &str, default: &str, help: &str) -> Option<T> {
        let text = self.text(key).unwrap_or_else(|| default.to_owned());
        let value = text.parse().ok();
        if value.is_none() {
            self.mistake(key, &format!("{text:?}: {help}"));
        }
        value
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn read(toml: &str) -> Result<Settings, ConfigError> {
        let values: Dict = Figment::from(Toml::string(toml)).extract().expect("the test's TOML can be read");
        Reader { values, mistakes: Vec::new(), file: "nanorem.toml".into() }.settings()
    }

    #[test]
    fn an_empty_file_gives_the_defaults() {
        let settings = read("").expect("defaults are right");
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.database_url.expose_secret(), "sqlite://var/nanorem.db");
        assert!(settings.secrets.is_empty());
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let error = read(
            "[database]\nurl = \"mysql://x\"\n[http]\nlisten = \"nowhere\"\nport = 1\n[shop]\nwebhook_secrets = [\"whsec_AAAA\"]\nlegacy_header = \"X\"\n[log]\nformat = \"xml\"",
        )
        .expect_err("everything is wrong");
        assert_eq!(error.0.len(), 6, "{error}");
        assert!(!error.to_string().contains("AAAA"), "secrets are never repeated");
    }

    #[test]
    fn secrets_come_as_a_list_or_with_commas() {
        let one = "whsec_dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdC1zZWM=";
        let list = read(&format!("[shop]\nwebhook_secrets = [\"{one}\", \"{one}\"]")).expect("right");
        let commas = read(&format!("[shop]\nwebhook_secrets = \"{one}, {one}\"")).expect("right");
        assert_eq!((list.secrets.standard.len(), commas.secrets.standard.len()), (2, 2));
    }
}
