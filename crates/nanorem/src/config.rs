//! The settings: one TOML file, over it the environment. Everything is checked at start, and all
//! mistakes are told at once.

mod links;
mod orders;
mod reader;
mod shop;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use app::sealed::Sealer;
use domain::lang::{Lang, Text};
use domain::link::PublicUrl;
use domain::order::ExternalId;
use domain::outward::{OutwardRules, OutwardUrl};
use domain::webhook::{Secret, Secrets};
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use figment::value::Dict;
use secrecy::{ExposeSecret, SecretString};
use web::limits::Proxies;

pub(crate) use links::LinkSettings;

use reader::Reader;
pub(crate) use shop::Shop;

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
    /// How the shop is asked for its catalogue and its orders.
    pub(crate) shop: Shop,
    /// Where that key stands, if it is not in the settings.
    pub(crate) key_file: Option<PathBuf>,
    /// Which addresses may be called.
    pub(crate) outward: OutwardRules,
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
const KEYS: &[(&str, &str)] = &[
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
    ("shop.api.base_url", "NANOREM_SHOP_API_BASE_URL"),
    ("shop.api.key", "NANOREM_SHOP_API_KEY"),
    ("shop.api.category", "NANOREM_SHOP_API_CATEGORY"),
    ("shop.api.product.list", "NANOREM_SHOP_API_PRODUCT_LIST"),
    ("shop.api.product.id", "NANOREM_SHOP_API_PRODUCT_ID"),
    ("shop.api.product.sku", "NANOREM_SHOP_API_PRODUCT_SKU"),
    ("shop.api.product.name", "NANOREM_SHOP_API_PRODUCT_NAME"),
    ("shop.api.product.price", "NANOREM_SHOP_API_PRODUCT_PRICE"),
    ("shop.api.product.price_unit", "NANOREM_SHOP_API_PRODUCT_PRICE_UNIT"),
    ("shop.api.product.category", "NANOREM_SHOP_API_PRODUCT_CATEGORY"),
    ("shop.api.product.active", "NANOREM_SHOP_API_PRODUCT_ACTIVE"),
    ("shop.api.product.currency", "NANOREM_SHOP_API_PRODUCT_CURRENCY"),
    ("shop.api.order.id", "NANOREM_SHOP_API_ORDER_ID"),
    ("shop.api.order.status", "NANOREM_SHOP_API_ORDER_STATUS"),
    ("shop.api.order.total", "NANOREM_SHOP_API_ORDER_TOTAL"),
    ("shop.api.order.total_unit", "NANOREM_SHOP_API_ORDER_TOTAL_UNIT"),
    ("shop.api.order.partner", "NANOREM_SHOP_API_ORDER_PARTNER"),
    ("shop.api.order.paid_at", "NANOREM_SHOP_API_ORDER_PAID_AT"),
    ("shop.api.order.when_created", "NANOREM_SHOP_API_ORDER_WHEN_CREATED"),
    ("shop.api.order.when_paid", "NANOREM_SHOP_API_ORDER_WHEN_PAID"),
    ("shop.api.order.when_cancelled", "NANOREM_SHOP_API_ORDER_WHEN_CANCELLED"),
    ("shop.api.order.when_refunded", "NANOREM_SHOP_API_ORDER_WHEN_REFUNDED"),
    ("shop.orders.list", "NANOREM_SHOP_ORDERS_LIST"),
    ("shop.orders.poll", "NANOREM_SHOP_ORDERS_POLL"),
    ("shop.orders.reconcile", "NANOREM_SHOP_ORDERS_RECONCILE"),
    ("shop.orders.days", "NANOREM_SHOP_ORDERS_DAYS"),
    ("shop.catalogue.source", "NANOREM_SHOP_CATALOGUE_SOURCE"),
    ("shop.catalogue.url", "NANOREM_SHOP_CATALOGUE_URL"),
    ("shop.catalogue.path", "NANOREM_SHOP_CATALOGUE_PATH"),
    ("shop.catalogue.schedule", "NANOREM_SHOP_CATALOGUE_SCHEDULE"),
    ("shop.catalogue.most_vanished", "NANOREM_SHOP_CATALOGUE_MOST_VANISHED"),
    ("shop.yml.sku", "NANOREM_SHOP_YML_SKU"),
    ("shop.commerceml.sku", "NANOREM_SHOP_COMMERCEML_SKU"),
    ("shop.commerceml.price_type", "NANOREM_SHOP_COMMERCEML_PRICE_TYPE"),
    ("secrets.key", "NANOREM_SECRETS_KEY"),
    ("secrets.key_file", "NANOREM_SECRETS_KEY_FILE"),
    ("outward.ports", "NANOREM_OUTWARD_PORTS"),
    ("outward.own_hosts", "NANOREM_OUTWARD_OWN_HOSTS"),
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
        let shop = self.shop();
        let key_file = self.text("secrets.key_file").map(PathBuf::from);
        let outward = self.outward();
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
        match (listen, shop, self.mistakes.is_empty()) {
            (Some(listen), Some(shop), true) => Ok(Settings {
                database_url: database_url.into(),
                listen,
                public_url,
                proxies,
                links,
                source,
                secrets,
                secrets_keys,
                shop,
                key_file,
                outward,
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

    fn outward(&mut self) -> OutwardRules {
        let mut rules = OutwardRules::default();
        for port in self.list("outward.ports") {
            match port.expose_secret().parse::<u16>() {
                Ok(port) if port > 0 => rules.ports.push(port),
                _ => self.mistake("outward.ports", "порт — число от 1 до 65535"),
            }
        }
        for host in self.list("outward.own_hosts") {
            match OutwardUrl::parse_owners(&format!("http://{}/", host.expose_secret())) {
                Ok(url) if url.as_str() == format!("http://{}/", url.host()) => {
                    rules.own_hosts.push(url.host().to_owned());
                }
                _ => self.mistake("outward.own_hosts", "напишите только имя узла или его IP-адрес"),
            }
        }
        rules
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn mistakes(toml: &str) -> String {
        read(toml).expect_err("something is wrong").to_string()
    }

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
    fn own_hosts_and_ports_are_read_and_nothing_else() {
        let rules = |text: &str| read(&format!("[outward]\n{text}")).map(|settings| settings.outward);
        let read_well =
            rules("ports = [8443]\nown_hosts = [\"crm.lan\", \"127.0.0.1\", \"[::1]\"]").expect("right");
        assert_eq!(read_well.ports, [8443]);
        assert_eq!(read_well.own_hosts, ["crm.lan", "127.0.0.1", "[::1]"]);
        assert_eq!(rules("ports = \"8443, 9443\"").expect("right").ports, [8443, 9443]);
        for wrong in [
            "ports = [0]",
            "ports = [70000]",
            "ports = [\"http\"]",
            "own_hosts = [\"crm.lan:9000\"]",
            "own_hosts = [\"http://crm.lan\"]",
            "own_hosts = [\"crm.lan/path\"]",
            "own_hosts = [\"169.254.169.254\"]",
            "own_hosts = [\"\\u0000\"]",
        ] {
            assert_eq!(rules(wrong).expect_err("wrong").0.len(), 1, "{wrong}");
        }
    }

    #[test]
    fn a_key_that_is_none_is_told_and_not_repeated() {
        let error = read("[secrets]\nkey = \"c2hvcnQ=\"").expect_err("too short");
        assert!(error.to_string().contains("NANOREM_SECRETS_KEY") && !error.to_string().contains("c2hv"));
        let key = "b2xkLWtleS1vbGQta2V5LW9sZC1rZXktb2xkLWtleS0=";
        let settings = read(&format!("[secrets]\nkey = \"{key},{key}\"")).expect("right");
        assert_eq!(settings.secrets_keys.len(), 2);
    }

    #[test]
    fn secrets_come_as_a_list_or_with_commas() {
        let one = "whsec_dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdC1zZWM=";
        let list = read(&format!("[shop]\nwebhook_secrets = [\"{one}\", \"{one}\"]")).expect("right");
        let commas = read(&format!("[shop]\nwebhook_secrets = \"{one}, {one}\"")).expect("right");
        assert_eq!((list.secrets.standard.len(), commas.secrets.standard.len()), (2, 2));
    }
}
