//! The products of the API.

use app::ports::catalogue::{Place, Position, Row, Told};
use domain::lang::Text;
use domain::money::Money;
use domain::offer::Offer;
use domain::order::ExternalId;
use domain::text;
use serde::Serialize;

use crate::shop::feed;
use crate::shop::fields::{self, in_field, shortened};
use crate::shop::json::{self, Raw};
use crate::shop::path::JsonPath;

/// What a number that is a price counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PriceUnit {
    /// Roubles, with at most two decimals.
    #[default]
    Roubles,
    /// Whole kopecks.
    Kopecks,
}

/// How the fields of a product are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductFields {
    /// Where the list stands in the answer; empty if the answer is the list.
    pub list: JsonPath,
    /// The shop's id.
    pub id: JsonPath,
    /// The article that orders name.
    pub sku: JsonPath,
    /// The name.
    pub name: JsonPath,
    /// The price of a piece.
    pub price: JsonPath,
    /// What the price counts.
    pub price_unit: PriceUnit,
    /// The category, if there is a field for it.
    pub category: Option<JsonPath>,
    /// Whether it is on sale, if there is a field for it.
    pub active: Option<JsonPath>,
    /// The currency, if there is a field for it: anything but roubles is refused.
    pub currency: Option<JsonPath>,
}

/// The names of the program before this one. It had no article: orders named products by their id.
impl Default for ProductFields {
    fn default() -> Self {
        let path = |text: &str| text.parse::<JsonPath>().unwrap_or_default();
        Self {
            list: JsonPath::default(),
            id: path("id"),
            sku: path("id"),
            name: path("name"),
            price: path("price"),
            price_unit: PriceUnit::Roubles,
            category: Some(path("category")),
            active: None,
            currency: None,
        }
    }
}

/// How one product is understood, field by field: a value, or what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductSeen {
    /// Each field with its path and what was found there.
    pub fields: Vec<FieldSeen>,
    /// The whole, as a sync would take it.
    pub offer: Result<Offer, Text>,
}

/// What was found at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldSeen {
    /// The setting's name of the field.
    pub field: &'static str,
    /// Its path.
    pub path: String,
    /// As it is written, shortened; `None` if nothing stands there.
    pub found: Option<String>,
}

impl ProductFields {
    /// The items of the list.
    pub(super) fn items<'a>(&self, whole: Raw<'a>) -> Result<Vec<Raw<'a>>, Text> {
        let list = json::at(whole, &self.list)?.ok_or_else(|| {
            let path = &self.list;
            text!(
                "в ответе нет списка товаров {path:?} (настройка shop.api.product.list)",
                "the answer has no list of products {path:?} (setting shop.api.product.list)"
            )
        })?;
        let items =
            json::list(list).map_err(|problem| in_field("список товаров", "list of products", problem))?;
        if items.len() > feed::MOST_ROWS {
            let most = feed::MOST_ROWS;
            return Err(text!("товаров больше {most}", "there are more than {most} products"));
        }
        Ok(items)
    }

    pub(super) fn rows(&self, whole: Raw<'_>) -> Result<Vec<Row>, Text> {
        let items = self.items(whole)?;
        Ok((1..).zip(items).map(|(number, item)| self.row(number, item)).collect())
    }

    fn row(&self, number: u64, item: Raw<'_>) -> Row {
        let written =
            text_at(item, &self.id, "id").and_then(|id| id.ok_or_else(|| text!("нет id", "there is no id")));
        let place = Place {
            file: None,
            position: Position::Item(number),
            id: written.as_ref().ok().map(|id| shortened(id)),
        };
        let told = match written.and_then(|id| fields::id(&id)) {
            Err(problem) => Told::Refused { external_id: None, problem },
            Ok(id) => match self.offer(id.clone(), item) {
                Ok(offer) => Told::Offer(offer),
                Err(problem) => Told::Refused { external_id: Some(id), problem },
            },
        };
        Row { place, told }
    }

    pub(super) fn seen(&self, item: Raw<'_>) -> ProductSeen {
        let found = |field, path: &JsonPath| {
            let found = json::at(item, path).ok().flatten().map(|raw| shortened(raw.get()));
            FieldSeen { field, path: path.to_string(), found }
        };
        let mut seen = vec![
            found("id", &self.id),
            found("sku", &self.sku),
            found("name", &self.name),
            found("price", &self.price),
        ];
        let optional = [("category", &self.category), ("active", &self.active), ("currency", &self.currency)];
        seen.extend(optional.iter().filter_map(|(field, path)| Some(found(*field, path.as_ref()?))));
        let Row { told, .. } = self.row(1, item);
        let offer = match told {
            Told::Offer(offer) => Ok(offer),
            Told::Refused { problem, .. } => Err(problem),
            Told::Withdrawn(_) => Err(text!("снят с продажи", "withdrawn")),
        };
        ProductSeen { fields: seen, offer }
    }

    fn offer(&self, id: ExternalId, item: Raw<'_>) -> Result<Offer, Text> {
        let lacks = |path: &JsonPath| text!("поля {path} нет", "there is no field {path}");
        let text = |path: &JsonPath, name| text_at(item, path, name)?.ok_or_else(|| lacks(path));
        if let Some(path) = &self.currency {
            fields::roubles(text_at(item, path, "currency")?.as_deref())?;
        }
        let category =
            self.category.as_ref().map(|path| text_at(item, path, "category")).transpose()?.flatten();
        let active = self.active.as_ref().map(|path| json::at(item, path)).transpose()?.flatten();
        Ok(Offer {
            external_id: id,
            sku: Some(fields::sku(&text(&self.sku, "sku")?)?),
            name: Some(fields::name(&text(&self.name, "name")?)?),
            price: Some(self.price_of(&text(&self.price, "price")?)?),
            category: category.as_deref().map(fields::category).transpose()?,
            available: active
                .map(json::flag)
                .transpose()
                .map_err(|problem| in_field("active", "active", problem))?,
        })
    }

    fn price_of(&self, text: &str) -> Result<Money, Text> {
        match self.price_unit {
            PriceUnit::Roubles => fields::price(text),
            PriceUnit::Kopecks => Money::parse_kopecks(text)
                .map_err(|problem| in_field("цена в копейках", "price in kopecks", problem)),
        }
    }
}

fn text_at(item: Raw<'_>, path: &JsonPath, name: &str) -> Result<Option<String>, Text> {
    let found = json::at(item, path).and_then(|found| found.map(json::scalar).transpose());
    found.map_err(|problem| in_field(name, name, problem))
}
