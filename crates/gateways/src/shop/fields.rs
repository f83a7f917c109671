//! The fields of a row, whatever the format: each right, absent, or refused with its name.

use domain::catalog::Sku;
use domain::lang::{Lang, Text};
use domain::money::Money;
use domain::offer::ShopText;
use domain::order::ExternalId;
use domain::text;

/// Which field of a row is the article that orders name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkuFrom {
    /// The id of the row.
    Id,
    /// The article: `vendorCode` of YML, `Артикул` of `CommerceML`.
    Article,
}

/// What is wrong, with the field in which it is wrong.
pub(super) fn in_field(ru: &str, en: &str, problem: impl Into<Text>) -> Text {
    let problem = problem.into();
    Text::new(format!("{ru}: {}", problem.in_lang(Lang::Ru)), format!("{en}: {}", problem.in_lang(Lang::En)))
}

pub(super) fn id(text: &str) -> Result<ExternalId, Text> {
    ExternalId::parse(text.trim()).map_err(|problem| in_field("id", "id", problem))
}

pub(super) fn sku(text: &str) -> Result<Sku, Text> {
    Sku::parse(text.trim()).map_err(|problem| in_field("артикул", "article", problem))
}

pub(super) fn name(text: &str) -> Result<ShopText, Text> {
    ShopText::parse(text).map_err(|problem| in_field("название", "name", problem))
}

pub(super) fn category(text: &str) -> Result<ShopText, Text> {
    ShopText::parse(text).map_err(|problem| in_field("категория", "category", problem))
}

pub(super) fn price(text: &str) -> Result<Money, Text> {
    Money::parse_written(text).map_err(|problem| in_field("цена", "price", problem))
}

/// Refuses a currency that is not the rouble, by whatever of its names.
pub(super) fn roubles(currency: Option<&str>) -> Result<(), Text> {
    const NAMES: [&str; 5] = ["rub", "rur", "643", "руб", "руб."];
    let problem = match currency.map(|currency| currency.trim().to_lowercase()) {
        Some(name) if NAMES.contains(&name.as_str()) => return Ok(()),
        Some(name) => {
            let name: String = name.chars().take(20).collect();
            text!("{name:?}, а нужны рубли (RUB)", "{name:?}, but roubles (RUB) are wanted")
        }
        None => text!("не указана, а нужны рубли (RUB)", "it is not told, but roubles (RUB) are wanted"),
    };
    Err(in_field("валюта", "currency", problem))
}

/// Cuts a text from outside to what a report shows of it.
pub(super) fn shortened(text: &str) -> String {
    text.trim().chars().take(60).collect()
}
