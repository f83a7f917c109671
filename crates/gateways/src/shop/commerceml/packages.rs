//! `ПакетПредложений`: types of prices, and the prices of products.

use std::io::Read;

use app::ports::catalogue::{SourceError, Watch};
use domain::text;

use super::goods::{missing, place};
use super::{Export, Price, PriceType, Priced};
use crate::shop::feed;
use crate::shop::fields::shortened;
use crate::shop::xml::{Content, Xml};
use crate::shop::yml::{OFTEN, progress};

/// How many prices of one product are read.
const MOST_PRICES: usize = 64;
/// How many types of prices there may be.
const MOST_TYPES: usize = 1_000;

impl Export {
    pub(super) fn package<R: Read>(
        &mut self,
        xml: &mut Xml<R>,
        file: &str,
        watch: &Watch<'_>,
    ) -> Result<(), SourceError> {
        while let Some(element) = xml.child()? {
            match element.name() {
                "ТипыЦен" => self.read_price_types(xml)?,
                "Предложения" => self.offers(xml, file, watch)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    pub(super) fn read_price_types<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), SourceError> {
        while let Some(element) = xml.child()? {
            if element.name() != "ТипЦены" {
                xml.skip()?;
                continue;
            }
            let (mut id, mut name, mut currency) = (None, String::new(), None);
            while let Some(element) = xml.child()? {
                match element.name() {
                    "Ид" => id = xml.text()?.ok(),
                    "Наименование" => name = xml.text()?.unwrap_or_default(),
                    "Валюта" => currency = xml.text()?.ok(),
                    _ => xml.skip()?,
                }
            }
            if self.price_types.len() >= MOST_TYPES {
                return Err(feed::too_many());
            }
            if let Some(id) = id {
                self.price_types
                    .insert(id.trim().to_owned(), PriceType { name: name.trim().to_owned(), currency });
            }
        }
        Ok(())
    }

    fn offers<R: Read>(
        &mut self,
        xml: &mut Xml<R>,
        file: &str,
        watch: &Watch<'_>,
    ) -> Result<(), SourceError> {
        while let Some(element) = xml.child()? {
            if element.name() != "Предложение" {
                xml.skip()?;
                continue;
            }
            if self.priced.len() >= feed::MOST_ROWS {
                return Err(feed::too_many());
            }
            let mut priced =
                Priced { place: place(file, xml.line()), id: missing(), article: None, prices: Vec::new() };
            while let Some(element) = xml.child()? {
                match element.name() {
                    "Ид" => priced.id = xml.text()?,
                    "Артикул" => priced.article = Some(xml.text()?),
                    "Цены" => prices(xml, &mut priced.prices)?,
                    _ => xml.skip()?,
                }
            }
            priced.place.id = priced.id.as_ref().ok().map(|id| shortened(id));
            self.priced.push(priced);
            if self.priced.len().is_multiple_of(OFTEN) {
                watch(progress(xml, self.priced.len()));
            }
        }
        Ok(())
    }
}

fn prices<R: Read>(xml: &mut Xml<R>, prices: &mut Vec<Price>) -> Result<(), SourceError> {
    while let Some(element) = xml.child()? {
        if element.name() != "Цена" || prices.len() >= MOST_PRICES {
            xml.skip()?;
            continue;
        }
        let mut price = Price::default();
        while let Some(element) = xml.child()? {
            let field = match element.name() {
                "ИдТипаЦены" => &mut price.kind,
                "ЦенаЗаЕдиницу" => &mut price.amount,
                "Валюта" => &mut price.currency,
                "Коэффициент" => &mut price.ratio,
                _ => {
                    xml.skip()?;
                    continue;
                }
            };
            let content = xml.text()?;
            *field = Some(once(field.is_some(), content));
        }
        prices.push(price);
    }
    Ok(())
}

fn once(is_second: bool, content: Content) -> Content {
    if is_second { Err(text!("стоит дважды", "it stands there twice")) } else { content }
}
