//! How values of the domain stand in the API, with their description for the document.

use std::borrow::Cow;

use domain::lang::{Lang, Text};
use domain::money::Money;
use domain::text;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The one currency of the company.
pub(super) const CURRENCY: &str = "RUB";

/// Refuses every currency but the company's.
pub(super) fn currency(text: &str) -> Result<(), Text> {
    if text == CURRENCY {
        return Ok(());
    }
    Err(text!("валюта компании — {CURRENCY}", "the company's currency is {CURRENCY}"))
}

/// An amount as `"1234.50"`; the currency stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Amount(pub(super) Money);

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self(money)
    }
}

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("An amount in the currency that stands beside it, to the kopeck."))
            .pattern(Some(r"^-?\d+\.\d{2}$"))
            .examples([json!("1234.50")])
            .into()
    }
}

impl ToSchema for Amount {
    fn name() -> Cow<'static, str> {
        "Amount".into()
    }
}

/// An instant, RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Instant(pub(super) Timestamp);

impl From<Timestamp> for Instant {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp)
    }
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples([json!("2026-01-10T09:00:00Z")])
            .into()
    }
}

impl ToSchema for Instant {
    fn name() -> Cow<'static, str> {
        "Instant".into()
    }
}

/// One thought in both languages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Text)]
pub(super) struct Both {
    /// Russian.
    #[schema(example = "не активен, поэтому пропущен")]
    ru: String,
    /// English.
    #[schema(example = "not active, so passed over")]
    en: String,
}

impl Both {
    pub(super) fn new(ru: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ru: ru.into(), en: en.into() }
    }
}

impl From<Text> for Both {
    fn from(text: Text) -> Self {
        Self::new(text.in_lang(Lang::Ru), text.in_lang(Lang::En))
    }
}

/// The word by which a value is known to programs, as it is serialised.
pub(super) fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        // A variant that carries more has its word in a field.
        Ok(value) => value.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned(),
        Err(_) => String::new(),
    }
}
