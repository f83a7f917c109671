//! How the shop is asked for its catalogue and its orders.

use std::path::PathBuf;

use app::schedule::Cron;
use domain::lang::{Lang, Text};
use domain::money::Rate;
use domain::offer::Source;
use domain::outward::OutwardUrl;
use gateways::shop::{
    ApiFields, CommerceMl, JsonPath, OrderFields, Origin, PriceUnit, ProductFields, SkuFrom, Yml,
};
use secrecy::{ExposeSecret, SecretString};

use super::orders::Orders;
use super::reader::Reader;

/// The shop.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) api: Api,
    pub(crate) yml: Yml,
    pub(crate) commerceml: CommerceMl,
    /// From where the catalogue comes; `None` if nobody said.
    pub(crate) catalogue: Option<Catalogue>,
    /// The largest share of the known products that may vanish at once.
    pub(crate) most_vanished: Rate,
    /// How it is asked about its orders.
    pub(crate) orders: Orders,
}

/// The shop's own API.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) base: OutwardUrl,
    pub(crate) key: Option<SecretString>,
    pub(crate) category: Option<String>,
    pub(crate) fields: ApiFields,
}

/// From where the catalogue comes, and when.
#[derive(Debug, Clone)]
pub(crate) struct Catalogue {
    pub(crate) source: Source,
    /// Where it stands, unless it is the API's.
    pub(crate) origin: Option<Origin>,
    /// `None`: only by hand.
    pub(crate) schedule: Option<Cron>,
}

/// The shop of the program before this one.
const USUAL_SHOP: &str = "https://nanorvs.ru";
const USUAL_SCHEDULE: &str = "0 4 * * *";
/// A fifth.
const USUAL_MOST_VANISHED: Rate = Rate::from_ppm(200_000);

impl Reader {
    /// `None` if something in it is wrong; what, stands among the mistakes.
    pub(super) fn shop(&mut self) -> Option<Shop> {
        let api = self.api();
        let yml = self.word("shop.yml.sku", &[("id", SkuFrom::Id), ("vendorCode", SkuFrom::Article)]);
        let commerceml =
            self.word("shop.commerceml.sku", &[("article", SkuFrom::Article), ("id", SkuFrom::Id)]);
        let price_type = self.text("shop.commerceml.price_type");
        let most_vanished = self.read("shop.catalogue.most_vanished", str::parse::<Rate>);
        Some(Shop {
            orders: self.orders(),
            catalogue: self.catalogue(),
            api: api?,
            yml: Yml { sku: yml? },
            commerceml: CommerceMl { sku: commerceml?, price_type },
            most_vanished: most_vanished.unwrap_or(USUAL_MOST_VANISHED),
        })
    }

    fn api(&mut self) -> Option<Api> {
        let key = "shop.api.base_url";
        let base = self.text(key).unwrap_or_else(|| USUAL_SHOP.to_owned());
        let base = OutwardUrl::parse_owners(&base).map_err(Text::from);
        let base = base.map_err(|problem| self.mistake(key, problem.in_lang(Lang::Ru))).ok();
        let secret = self.text("shop.api.key").map(SecretString::from);
        if secret
            .as_ref()
            .is_some_and(|secret| !secret.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()))
        {
            self.mistake("shop.api.key", "в ключе есть пробел или знак не из ASCII");
        }
        let category = self.text("shop.api.category");
        let product = self.product();
        let order = self.order();
        Some(Api {
            base: base?,
            key: secret,
            category,
            fields: ApiFields { product: product?, order: order? },
        })
    }

    fn product(&mut self) -> Option<ProductFields> {
        let usual = ProductFields::default();
        let id = self.path("shop.api.product.id", usual.id);
        // Where the shop has no article, orders name products by their id.
        let sku = self.path("shop.api.product.sku", id.clone());
        Some(ProductFields {
            list: self.path("shop.api.product.list", usual.list),
            name: self.path("shop.api.product.name", usual.name),
            price: self.path("shop.api.product.price", usual.price),
            category: self.optional_path("shop.api.product.category", usual.category),
            active: self.optional_path("shop.api.product.active", usual.active),
            currency: self.optional_path("shop.api.product.currency", usual.currency),
            price_unit: self.unit("shop.api.product.price_unit")?,
            id,
            sku,
        })
    }

    fn order(&mut self) -> Option<OrderFields> {
        let usual = OrderFields::default();
        Some(OrderFields {
            id: self.path("shop.api.order.id", usual.id),
            status: self.path("shop.api.order.status", usual.status),
            total: self.path("shop.api.order.total", usual.total),
            partner: self.optional_path("shop.api.order.partner", usual.partner),
            paid_at: self.optional_path("shop.api.order.paid_at", usual.paid_at),
            total_unit: self.unit("shop.api.order.total_unit")?,
        })
    }

    fn unit(&mut self, key: &str) -> Option<PriceUnit> {
        self.word(key, &[("rubles", PriceUnit::Roubles), ("kopecks", PriceUnit::Kopecks)])
    }

    fn path(&mut self, key: &str, usual: JsonPath) -> JsonPath {
        self.read(key, str::parse::<JsonPath>).unwrap_or(usual)
    }

    /// An empty text says that the shop has no such field.
    fn optional_path(&mut self, key: &str, usual: Option<JsonPath>) -> Option<JsonPath> {
        if self.is_emptied(key) { None } else { self.read(key, str::parse::<JsonPath>).or(usual) }
    }

    fn catalogue(&mut self) -> Option<Catalogue> {
        let urls: Vec<String> =
            self.list("shop.catalogue.url").iter().map(|url| url.expose_secret().to_owned()).collect();
        let path = self.text("shop.catalogue.path").map(PathBuf::from);
        let schedule = self.schedule();
        let word = self.text("shop.catalogue.source");
        let Some(word) = word else {
            if !urls.is_empty() || path.is_some() {
                self.mistake(
                    "shop.catalogue.source",
                    "напишите, что это: \"api\", \"yml\" или \"commerceml\"",
                );
            }
            return None;
        };
        let Some(source) = Source::parse(&word) else {
            self.mistake("shop.catalogue.source", "напишите \"api\", \"yml\" или \"commerceml\"");
            return None;
        };
        let urls = self.urls(&urls);
        let origin = match (source, urls.is_empty(), path) {
            (Source::Api, true, None) => None,
            (Source::Api, ..) => {
                self.mistake(
                    "shop.catalogue.source",
                    "адрес API — shop.api.base_url; url и path для него не нужны",
                );
                None
            }
            (Source::Yml, false, None) if urls.len() > 1 => {
                self.mistake("shop.catalogue.url", "у фида YML один адрес");
                None
            }
            (_, false, None) => Some(Origin::Urls(urls)),
            (_, true, Some(path)) => Some(Origin::Path(path)),
            _ => {
                self.mistake(
                    "shop.catalogue.url",
                    "укажите, где каталог: url или shop.catalogue.path, одно из двух",
                );
                None
            }
        };
        Some(Catalogue { source, origin, schedule })
    }

    fn urls(&mut self, urls: &[String]) -> Vec<OutwardUrl> {
        let mut read = Vec::new();
        for url in urls {
            match OutwardUrl::parse_owners(url) {
                Ok(url) => read.push(url),
                Err(problem) => self.mistake("shop.catalogue.url", Text::from(problem).in_lang(Lang::Ru)),
            }
        }
        read
    }

    /// An empty text says: only by hand.
    fn schedule(&mut self) -> Option<Cron> {
        let key = "shop.catalogue.schedule";
        if self.is_emptied(key) {
            return None;
        }
        let usual = || USUAL_SCHEDULE.parse().ok();
        if self.text(key).is_none() { usual() } else { self.read(key, str::parse::<Cron>) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{mistakes, read};
    use super::*;

    #[test]
    fn nothing_written_is_the_shop_of_before_and_no_catalogue() {
        let shop = read("").expect("defaults are right").shop;
        assert_eq!(shop.api.base.as_str(), "https://nanorvs.ru/");
        assert_eq!(shop.api.fields, ApiFields::default());
        assert!(shop.catalogue.is_none() && shop.api.key.is_none());
        assert_eq!(shop.most_vanished.to_string(), "20%");
    }

    #[test]
    fn fields_are_called_as_the_owner_writes() {
        let shop = read(
            "[shop.api]\nbase_url = \"http://127.0.0.1:9\"\nkey = \"k\"\n[shop.api.product]\nlist = \"data.items\"\n\
id = \"uid\"\nprice = \"price.amount\"\nprice_unit = \"kopecks\"\ncategory = \"\"\nactive = \"on\"",
        )
        .expect("right")
        .shop;
        let fields = shop.api.fields.product;
        let path = |text: &str| text.parse::<JsonPath>().expect("a path");
        assert_eq!((fields.list, fields.price), (path("data.items"), path("price.amount")));
        assert_eq!(
            (fields.id, fields.sku),
            (path("uid"), path("uid")),
            "without an article the id stands for it"
        );
        assert_eq!((fields.category, fields.active), (None, Some(path("on"))));
        assert_eq!(fields.price_unit, PriceUnit::Kopecks);
    }

    #[test]
    fn a_catalogue_has_one_place_and_a_time() {
        let shop = |text: &str| read(&format!("[shop.catalogue]\n{text}")).expect("right").shop.catalogue;
        let api = shop("source = \"api\"").expect("a source");
        assert_eq!(
            (api.origin, api.schedule.map(|cron| cron.to_string()).as_deref()),
            (None, Some("0 4 * * *"))
        );
        let yml = shop("source = \"yml\"\nurl = \"https://shop.example/feed.yml\"\nschedule = \"\"")
            .expect("a source");
        assert!(matches!(yml.origin, Some(Origin::Urls(urls)) if urls.len() == 1));
        assert_eq!(yml.schedule, None, "only by hand");
        let list = "url = [\"https://shop.example/import.xml\", \"https://shop.example/offers.xml\"]";
        let export = shop(&format!("source = \"commerceml\"\n{list}")).expect("a source");
        assert!(matches!(export.origin, Some(Origin::Urls(urls)) if urls.len() == 2));
        let folder = shop("source = \"commerceml\"\npath = \"/var/1c\"").expect("a source");
        assert_eq!(folder.origin, Some(Origin::Path("/var/1c".into())));
    }

    #[test]
    fn every_mistake_is_told_with_its_name() {
        let told = mistakes(
            "[shop.api]\nbase_url = \"ftp://x\"\nkey = \"a b\"\n[shop.api.product]\nprice = \"a..b\"\nprice_unit = \"euros\"\n\
nonsense = 1\n[shop.catalogue]\nsource = \"csv\"\nschedule = \"каждый день\"\nmost_vanished = \"200%\"\n[shop.yml]\nsku = \"x\"",
        );
        for name in [
            "shop.api.base_url (NANOREM_SHOP_API_BASE_URL)",
            "shop.api.key",
            "shop.api.product.price (",
            "shop.api.product.price_unit",
            "shop.api.product.nonsense неизвестна; есть: shop.api.product.list",
            "shop.catalogue.source",
            "shop.catalogue.schedule",
            "shop.catalogue.most_vanished",
            "shop.yml.sku",
        ] {
            assert!(told.contains(name), "{name}: {told}");
        }
        assert!(!told.contains("a b"), "a key is never repeated");
        for (text, name) in [
            ("url = \"https://shop.example/\"", "shop.catalogue.source"),
            ("source = \"yml\"", "shop.catalogue.path"),
            ("source = \"yml\"\nurl = \"https://a.example\"\npath = \"/x\"", "одно из двух"),
            ("source = \"yml\"\nurl = [\"https://a.example\", \"https://b.example\"]", "один адрес"),
            ("source = \"api\"\npath = \"/x\"", "shop.api.base_url"),
            ("source = \"yml\"\nurl = \"https://user:pass@a.example\"", "shop.catalogue.url"),
        ] {
            let told = mistakes(&format!("[shop.catalogue]\n{text}"));
            assert!(told.contains(name), "{text}: {told}");
        }
    }
}
