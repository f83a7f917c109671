//! An order of the API, as far as it can be compared with ours.

use domain::lang::Text;
use domain::money::Money;
use domain::order::ExternalId;
use domain::text;
use domain::time::parse_instant;
use jiff::Timestamp;
use serde::Serialize;

use super::products::PriceUnit;
use crate::shop::dates;
use crate::shop::fields::{self, in_field, shortened};
use crate::shop::json::{self, Raw};
use crate::shop::path::JsonPath;

/// How the fields of an order are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFields {
    /// The shop's id.
    pub id: JsonPath,
    /// How it stands, in the shop's words.
    pub status: JsonPath,
    /// What it comes to.
    pub total: JsonPath,
    /// What the total counts.
    pub total_unit: PriceUnit,
    /// Who bought or brought it, if there is a field for it.
    pub partner: Option<JsonPath>,
    /// When it was paid, if there is a field for it.
    pub paid_at: Option<JsonPath>,
}

/// The names of the program before this one, in its webhook.
impl Default for OrderFields {
    fn default() -> Self {
        let path = |text: &str| text.parse::<JsonPath>().unwrap_or_default();
        Self {
            id: path("id"),
            status: path("status"),
            total: path("total_amount"),
            total_unit: PriceUnit::Roubles,
            partner: Some(path("partner_id")),
            paid_at: None,
        }
    }
}

/// An order as the shop has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderSeen {
    /// The shop's id.
    pub id: ExternalId,
    /// How it stands, in the shop's words; `None` if that is not told.
    pub status: Option<String>,
    /// What it comes to; `None` if that is not told.
    pub total: Option<Money>,
    /// Who bought or brought it, in the shop's words.
    pub partner: Option<String>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
}

impl OrderFields {
    pub(super) fn read(&self, whole: Raw<'_>) -> Result<OrderSeen, Text> {
        let text = |path: &JsonPath, name: &str| {
            let found = json::at(whole, path).and_then(|found| found.map(json::scalar).transpose());
            found.map_err(|problem| in_field(name, name, problem))
        };
        let optional = |path: &Option<JsonPath>, name: &str| {
            path.as_ref().map(|path| text(path, name)).transpose().map(Option::flatten)
        };
        let id = text(&self.id, "id")?.ok_or_else(|| text!("нет id", "there is no id"))?;
        let total = text(&self.total, "total")?.map(|total| self.money(&total)).transpose()?;
        let paid_at = optional(&self.paid_at, "paid_at")?.map(|paid_at| date(&paid_at)).transpose()?;
        Ok(OrderSeen {
            id: fields::id(&id)?,
            status: text(&self.status, "status")?,
            total,
            partner: optional(&self.partner, "partner")?,
            paid_at,
        })
    }

    fn money(&self, text: &str) -> Result<Money, Text> {
        let money = match self.total_unit {
            PriceUnit::Roubles => Money::parse_written(text),
            PriceUnit::Kopecks => Money::parse_kopecks(text),
        };
        money.map_err(|problem| in_field("total", "total", problem))
    }
}

fn date(text: &str) -> Result<Timestamp, Text> {
    dates::instant(text).or_else(|| parse_instant(text).ok()).ok_or_else(|| {
        let text = shortened(text);
        in_field("paid_at", "paid_at", text!("{text:?} — не дата", "{text:?} is no date"))
    })
}
