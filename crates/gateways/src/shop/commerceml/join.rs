//! Goods and their prices become rows.

use std::collections::{BTreeSet, HashMap};

use app::ports::catalogue::{Place, Row, SourceError, Told};
use domain::lang::Text;
use domain::money::Money;
use domain::offer::{Offer, ShopText};
use domain::text;

use super::{CommerceMl, Export, Good, Price, PriceType, Priced};
use crate::shop::fields::{self, SkuFrom, in_field, shortened};
use crate::shop::xml::{Content, unreadable};

/// Every product once, then prices of products that no catalogue of these files tells.
pub(super) fn rows(export: Export, commerceml: &CommerceMl) -> Result<Vec<Row>, SourceError> {
    let Export { groups, price_types, goods, priced, .. } = export;
    let kind = wanted_type(&priced, &price_types, commerceml.price_type.as_deref())?;
    let prices = Prices { kind: kind.as_deref(), types: &price_types };
    let mut by_product: HashMap<String, Vec<&Priced>> = HashMap::new();
    let mut nameless = Vec::new();
    for one in &priced {
        match &one.id {
            // What follows the sign # names a variety of the product.
            Ok(id) => by_product.entry(product_of(id).to_owned()).or_default().push(one),
            Err(problem) => nameless.push(row(one.place.clone(), refused(None, problem.clone()))),
        }
    }
    let mut rows = Vec::with_capacity(goods.len());
    for good in goods {
        let offers =
            good.id.as_ref().ok().and_then(|id| by_product.remove(product_of(id))).unwrap_or_default();
        rows.push(row(good.place.clone(), told(&good, &offers, &groups, &prices, commerceml.sku)));
    }
    // In the order of the files, not of the map.
    for one in &priced {
        let offers = one.id.as_ref().ok().and_then(|id| by_product.remove(product_of(id)));
        if let (Some(offers), Ok(id)) = (offers, &one.id) {
            rows.push(row(one.place.clone(), prices_alone(id, &offers, &prices, commerceml.sku)));
        }
    }
    rows.extend(nameless);
    Ok(rows)
}

fn product_of(id: &str) -> &str {
    id.split('#').next().unwrap_or(id).trim()
}

const fn row(place: Place, told: Told) -> Row {
    Row { place, told }
}

const fn refused(external_id: Option<domain::order::ExternalId>, problem: Text) -> Told {
    Told::Refused { external_id, problem }
}

/// The type of the price that customers pay; `None` where prices name no type.
fn wanted_type(
    priced: &[Priced],
    types: &HashMap<String, PriceType>,
    wanted: Option<&str>,
) -> Result<Option<String>, SourceError> {
    let told =
        priced.iter().flat_map(|one| &one.prices).filter_map(|price| price.kind.as_ref()?.as_ref().ok());
    let used: BTreeSet<&str> = told.map(|kind| kind.trim()).collect();
    let names = || {
        let name = |id: &&str| types.get(*id).map_or_else(|| shortened(id), |kind| shortened(&kind.name));
        used.iter().map(name).take(20).collect::<Vec<_>>().join(", ")
    };
    if let Some(wanted) = wanted {
        let by_name = types.iter().find(|(_, kind)| kind.name == wanted).map(|(id, _)| id.as_str());
        let found = by_name.or_else(|| used.iter().find(|id| **id == wanted).copied());
        // Without prices there is nothing to choose from.
        if found.is_none() && !used.is_empty() {
            let (wanted, names) = (shortened(wanted), names());
            return Err(unreadable(text!(
                "типа цен {wanted:?} в файлах нет; есть: {names} (настройка shop.commerceml.price_type)",
                "the files have no price type {wanted:?}; there are: {names} (setting shop.commerceml.price_type)"
            )));
        }
        return Ok(found.map(str::to_owned));
    }
    if used.len() > 1 {
        let names = names();
        return Err(unreadable(text!(
            "цен несколько типов: {names}; укажите нужный в shop.commerceml.price_type",
            "prices are of several types: {names}; name the one in shop.commerceml.price_type"
        )));
    }
    Ok(used.first().map(|kind| (*kind).to_owned()))
}

fn told(
    good: &Good,
    offers: &[&Priced],
    groups: &HashMap<String, Result<ShopText, Text>>,
    prices: &Prices<'_>,
    from: SkuFrom,
) -> Told {
    let id = match good.id.clone().and_then(|id| fields::id(product_of(&id))) {
        Ok(id) => id,
        Err(problem) => return refused(None, problem),
    };
    if good.is_deleted {
        return Told::Withdrawn(id);
    }
    let offer = || {
        if let Some(problem) = &good.problem {
            return Err(problem.clone());
        }
        let sku = match from {
            SkuFrom::Id => fields::sku(id.as_str())?,
            SkuFrom::Article => {
                let article =
                    text_of(good.article.as_ref(), "Артикул")?.map(str::trim).filter(|text| !text.is_empty());
                fields::sku(article.ok_or_else(|| {
                    text!(
                        "нет артикула: задайте его в 1С или укажите shop.commerceml.sku = \"id\"",
                        "there is no article: set it in 1C, or write shop.commerceml.sku = \"id\""
                    )
                })?)?
            }
        };
        refuse_other_articles(good.article.as_ref(), offers, from)?;
        Ok(Offer {
            external_id: id.clone(),
            sku: Some(sku),
            name: Some(fields::name(text_of(good.name.as_ref(), "Наименование")?.unwrap_or_default())?),
            price: prices.of(offers)?,
            category: group(good, groups)?,
            available: None,
        })
    };
    offer().map_or_else(|problem| refused(Some(id.clone()), problem), Told::Offer)
}

/// A variety with an article of its own would be a product of its own, which one row cannot say.
fn refuse_other_articles(article: Option<&Content>, offers: &[&Priced], from: SkuFrom) -> Result<(), Text> {
    let own = |offer: &&&Priced| {
        let theirs = offer.article.as_ref().and_then(|article| article.as_ref().ok()).map(|text| text.trim());
        let ours = article.and_then(|article| article.as_ref().ok()).map(|text| text.trim());
        theirs.is_some_and(|theirs| !theirs.is_empty() && Some(theirs) != ours)
    };
    if from == SkuFrom::Article && offers.iter().any(|offer| own(&offer)) {
        return Err(text!(
            "у характеристик товара свои артикулы: выгрузите их отдельными товарами",
            "varieties of the product have articles of their own: export them as products"
        ));
    }
    Ok(())
}

/// A price of a product that is told elsewhere.
fn prices_alone(id: &str, offers: &[&Priced], prices: &Prices<'_>, from: SkuFrom) -> Told {
    let id = match fields::id(product_of(id)) {
        Ok(id) => id,
        Err(problem) => return refused(None, problem),
    };
    let sku = match from {
        SkuFrom::Id => fields::sku(id.as_str()).map(Some),
        // By its id the product is known; its article is the catalogue's to tell.
        SkuFrom::Article => Ok(None),
    };
    match sku.and_then(|sku| Ok((sku, prices.of(offers)?))) {
        Ok((sku, price)) => {
            Told::Offer(Offer { external_id: id, sku, name: None, price, category: None, available: None })
        }
        Err(problem) => refused(Some(id), problem),
    }
}

fn text_of<'a>(content: Option<&'a Content>, name: &str) -> Result<Option<&'a str>, Text> {
    let text = content.map(|content| content.as_deref().map_err(Clone::clone)).transpose();
    text.map_err(|problem| in_field(&format!("<{name}>"), &format!("<{name}>"), problem))
}

fn group(good: &Good, groups: &HashMap<String, Result<ShopText, Text>>) -> Result<Option<ShopText>, Text> {
    let Some(id) = text_of(good.group.as_ref(), "Группы")? else { return Ok(None) };
    // A change of goods need not tell the groups again.
    if groups.is_empty() {
        return Ok(None);
    }
    let found = groups.get(id.trim()).cloned().transpose()?;
    found.map(Some).ok_or_else(|| {
        let id = shortened(id);
        let problem = text!("группы {id:?} в файлах нет", "the files have no group {id:?}");
        in_field("категория", "category", problem)
    })
}

struct Prices<'a> {
    kind: Option<&'a str>,
    types: &'a HashMap<String, PriceType>,
}

impl Prices<'_> {
    /// The one price of a product; `None` if none is told.
    fn of(&self, offers: &[&Priced]) -> Result<Option<Money>, Text> {
        let mut found: Option<Money> = None;
        for price in offers.iter().flat_map(|offer| &offer.prices) {
            let kind = text_of(price.kind.as_ref(), "ИдТипаЦены")?.map(str::trim);
            if kind != self.kind {
                continue;
            }
            let price = self.price(price, kind)?;
            if found.is_some_and(|found| found != price) {
                return Err(text!(
                    "у характеристик товара разные цены: выгрузите их отдельными товарами",
                    "varieties of the product have other prices: export them as products"
                ));
            }
            found = Some(price);
        }
        Ok(found)
    }

    fn price(&self, price: &Price, kind: Option<&str>) -> Result<Money, Text> {
        let declared = kind.and_then(|kind| self.types.get(kind)?.currency.as_deref());
        let currency = text_of(price.currency.as_ref(), "Валюта")?.or(declared);
        fields::roubles(currency)?;
        let ratio = text_of(price.ratio.as_ref(), "Коэффициент")?.map(str::trim);
        if let Some(ratio) = ratio.filter(|ratio| !["", "1", "1.0", "1,0", "1.00", "1.000"].contains(ratio)) {
            let ratio = shortened(ratio);
            let problem = text!("за {ratio} единиц, а нужна за одну", "it is for {ratio} units, not for one");
            return Err(in_field("цена", "price", problem));
        }
        fields::price(text_of(price.amount.as_ref(), "ЦенаЗаЕдиницу")?.unwrap_or_default())
    }
}
