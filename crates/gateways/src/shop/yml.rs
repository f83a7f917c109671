//! YML, the feed of Yandex Market: `yml_catalog@date > shop > categories, offers > offer@id@available`.
//!
//! Read are `price`, `currencyId`, `categoryId`, `name` (or `typePrefix`, `vendor`, `model` of the custom
//! form) and `vendorCode`. Source: <https://yandex.ru/support/partnermarket/offers.html>,
//! <https://yandex.ru/support/partnermarket/export/vendor-model.html>.

use std::collections::HashMap;
use std::io::Read;

use app::ports::catalogue::{Listing, Marks, Place, Position, Progress, Row, SourceError, Told, Watch};
use domain::lang::Text;
use domain::offer::{Offer, ShopText};
use domain::order::ExternalId;
use domain::text;
use sha2::{Digest, Sha256};

use super::fields::{self, SkuFrom, in_field, shortened};
use super::sum::Summed;
use super::xml::{Content, Element, Xml, unreadable};
use super::{dates, feed};

/// How a feed is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yml {
    /// The article that orders name.
    pub sku: SkuFrom,
}

/// How many offers pass between two words of progress.
pub(super) const OFTEN: usize = 1_000;

/// Reads a feed whole.
///
/// # Errors
/// [`SourceError::Unreadable`] if it is not a feed, breaks off, or is larger than the program takes.
pub fn read(input: impl Read, yml: Yml, watch: &Watch<'_>) -> Result<Listing, SourceError> {
    let mut xml = Xml::new(Summed::from(input, Sha256::new()), feed::MOST_BYTES)?;
    let root = xml.root("yml_catalog")?;
    let date = root.attribute("date").ok().flatten();
    let mut told = Reader { yml, categories: HashMap::new(), rows: Vec::new(), watch };
    let mut has_offers = false;
    while let Some(element) = xml.child()? {
        if element.name() == "shop" {
            has_offers |= told.shop(&mut xml)?;
        } else {
            xml.skip()?;
        }
    }
    xml.end()?;
    if !has_offers {
        return Err(unreadable(text!("в фиде нет раздела <offers>", "the feed has no section <offers>")));
    }
    watch(progress(&xml, told.rows.len()));
    Ok(Listing {
        rows: told.rows,
        is_whole: true,
        told_at: date.as_deref().and_then(dates::instant),
        digest: xml.into_input().into_sum().finalize().into(),
        marks: Marks::default(),
    })
}

pub(super) fn progress<R: Read>(xml: &Xml<R>, rows: usize) -> Progress {
    Progress { bytes: xml.bytes(), of_bytes: None, rows: u64::try_from(rows).unwrap_or(u64::MAX) }
}

struct Reader<'a> {
    yml: Yml,
    categories: HashMap<String, Result<ShopText, Text>>,
    rows: Vec<Row>,
    watch: &'a Watch<'a>,
}

impl Reader<'_> {
    /// Gives whether there was a section of offers.
    fn shop<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<bool, SourceError> {
        let mut has_offers = false;
        while let Some(element) = xml.child()? {
            match element.name() {
                "categories" => self.read_categories(xml)?,
                "offers" => {
                    has_offers = true;
                    self.offers(xml)?;
                }
                _ => xml.skip()?,
            }
        }
        Ok(has_offers)
    }

    fn read_categories<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), SourceError> {
        while let Some(element) = xml.child()? {
            let id = element.attribute("id").ok().flatten();
            let name = xml.text()?.and_then(|name| fields::category(&name));
            if self.categories.len() >= feed::MOST_ROWS {
                return Err(feed::too_many());
            }
            if let Some(id) = id {
                self.categories.insert(id.trim().to_owned(), name);
            }
        }
        Ok(())
    }

    fn offers<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), SourceError> {
        while let Some(element) = xml.child()? {
            if element.name() != "offer" {
                xml.skip()?;
                continue;
            }
            if self.rows.len() >= feed::MOST_ROWS {
                return Err(feed::too_many());
            }
            let line = xml.line();
            let draft = Draft::read(xml)?;
            self.rows.push(self.row(line, &element, draft));
            if self.rows.len().is_multiple_of(OFTEN) {
                (self.watch)(progress(xml, self.rows.len()));
            }
        }
        Ok(())
    }

    fn row(&self, line: u64, element: &Element, draft: Draft) -> Row {
        let written = element.attribute("id").map(Option::unwrap_or_default);
        let shown = written.as_ref().ok().map(|id| shortened(id)).filter(|id| !id.is_empty());
        let place = Place { file: None, position: Position::Line(line), id: shown };
        let told = match written.and_then(|id| fields::id(&id)) {
            Err(problem) => Told::Refused { external_id: None, problem },
            Ok(id) => match self.offer(id.clone(), element, draft) {
                Ok(offer) => Told::Offer(offer),
                Err(problem) => Told::Refused { external_id: Some(id), problem },
            },
        };
        Row { place, told }
    }

    fn offer(&self, id: ExternalId, element: &Element, mut draft: Draft) -> Result<Offer, Text> {
        fields::roubles(draft.take("currencyId")?.as_deref())?;
        let price = draft.take("price")?.unwrap_or_default();
        if draft.is_price_from {
            let problem = text!("«от» — не точная цена", "\"from\" is no exact price");
            return Err(in_field("цена", "price", problem));
        }
        let sku = match self.yml.sku {
            SkuFrom::Id => fields::sku(id.as_str())?,
            SkuFrom::Article => fields::sku(&draft.take("vendorCode")?.unwrap_or_default())?,
        };
        let available = element.attribute("available")?;
        Ok(Offer {
            external_id: id,
            sku: Some(sku),
            price: Some(fields::price(&price)?),
            name: Some(fields::name(&draft.name()?)?),
            category: self.category(&mut draft)?,
            available: available.map(|available| available.trim() != "false"),
        })
    }

    fn category(&self, draft: &mut Draft) -> Result<Option<ShopText>, Text> {
        let Some(id) = draft.take("categoryId")? else { return Ok(None) };
        let found = self.categories.get(id.trim()).cloned().transpose()?;
        found.map(Some).ok_or_else(|| {
            let id = shortened(&id);
            let problem = text!("категории {id:?} в фиде нет", "the feed has no category {id:?}");
            in_field("категория", "category", problem)
        })
    }
}

/// The elements of an offer that are read.
const READ: [&str; 8] =
    ["price", "currencyId", "categoryId", "name", "typePrefix", "vendor", "model", "vendorCode"];

/// An offer as it is written.
#[derive(Default)]
struct Draft {
    fields: HashMap<&'static str, Content>,
    is_price_from: bool,
}

impl Draft {
    fn read<R: Read>(xml: &mut Xml<R>) -> Result<Self, SourceError> {
        let mut draft = Self::default();
        while let Some(element) = xml.child()? {
            let Some(name) = READ.iter().find(|name| **name == element.name()) else {
                xml.skip()?;
                continue;
            };
            draft.is_price_from |= *name == "price"
                && element.attribute("from").is_ok_and(|from| from.as_deref() == Some("true"));
            let content = xml.text()?;
            let is_second = draft.fields.contains_key(name);
            let twice = || Err(text!("стоит дважды", "it stands there twice"));
            draft.fields.insert(name, if is_second { twice() } else { content });
        }
        Ok(draft)
    }

    fn take(&mut self, name: &'static str) -> Result<Option<String>, Text> {
        let content = self.fields.remove(name).transpose();
        content.map_err(|problem| in_field(&format!("<{name}>"), &format!("<{name}>"), problem))
    }

    /// The name, or what the custom form makes it of.
    fn name(&mut self) -> Result<String, Text> {
        if let Some(name) = self.take("name")? {
            return Ok(name);
        }
        let parts = [self.take("typePrefix")?, self.take("vendor")?, self.take("model")?];
        Ok(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}
