use std::path::PathBuf;

use app::ports::catalogue::{Catalogue as _, Reading, SourceError};
use domain::outward::OutwardUrl;
use gateways::outward::{Limits, Outward};
use gateways::shop::{CommerceMl, Feed, Format, Origin, SkuFrom, Yml};
use tempfile::TempDir;
use testkit::{Manner, ShopSite};

use super::{briefs, problem};

const FEED: &str = "<yml_catalog date=\"2026-01-10 09:30\"><shop><offers><offer id=\"1\"><price>5</price>\
<currencyId>RUB</currencyId><name>А</name></offer></offers></shop></yml_catalog>";
const IMPORT: &str = "<КоммерческаяИнформация><Каталог><Товары><Товар><Ид>a</Ид><Артикул>A</Артикул>\
<Наименование>А</Наименование></Товар></Товары></Каталог></КоммерческаяИнформация>";
const OFFERS: &str = "<КоммерческаяИнформация><ПакетПредложений><Предложения><Предложение><Ид>a</Ид><Цены><Цена>\
<ЦенаЗаЕдиницу>5</ЦенаЗаЕдиницу><Валюта>RUB</Валюта></Цена></Цены></Предложение></Предложения></ПакетПредложений>\
</КоммерческаяИнформация>";

fn yml(origin: Origin) -> Feed {
    feed(origin, Format::Yml(Yml { sku: SkuFrom::Id }))
}

fn commerceml(origin: Origin) -> Feed {
    feed(origin, Format::CommerceMl(CommerceMl { sku: SkuFrom::Article, price_type: None }))
}

fn feed(origin: Origin, format: Format) -> Feed {
    Feed { outward: Outward::new(Limits::default()).expect("a client"), origin, format }
}

fn urls(site: &ShopSite, paths: &[&str]) -> Origin {
    let url = |path: &&str| OutwardUrl::parse_owners(&site.url(path)).expect("an address");
    Origin::Urls(paths.iter().map(url).collect())
}

fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let path = folder.path().to_owned();
    (folder, path)
}

async fn articles(feed: &Feed) -> Result<Vec<String>, SourceError> {
    match feed.read(None, &|_| {}).await? {
        Reading::Told(listing) => {
            Ok(briefs(&listing).into_iter().map(|(sku, _, price, _)| format!("{sku} {price}")).collect())
        }
        Reading::Unchanged => panic!("it was asked without a mark"),
    }
}

#[tokio::test]
async fn a_file_and_an_address_give_the_same() {
    let (_kept, path) = folder(&[("feed.yml", FEED)]);
    let site = ShopSite::open().await;
    site.put("/feed.yml", FEED, "v1");
    let (file, address) = (yml(Origin::Path(path.join("feed.yml"))), yml(urls(&site, &["/feed.yml"])));
    let (Ok(Reading::Told(from_file)), Ok(Reading::Told(from_there))) =
        (file.read(None, &|_| {}).await, address.read(None, &|_| {}).await)
    else {
        panic!("both are told")
    };
    assert_eq!((&from_file.rows, from_file.digest), (&from_there.rows, from_there.digest));
    assert_eq!(address.read(Some(&from_there.marks), &|_| {}).await, Ok(Reading::Unchanged));
    assert_ne!(file.read_as(), address.read_as());
}

#[tokio::test]
async fn an_export_is_a_folder_or_several_addresses() {
    let (_kept, path) = folder(&[("import.xml", IMPORT), ("offers.XML", OFFERS), ("photo.jpg", "x")]);
    assert_eq!(articles(&commerceml(Origin::Path(path))).await, Ok(vec!["A 500".to_owned()]));
    let site = ShopSite::open().await;
    site.put("/import.xml", IMPORT, "v1");
    site.put("/offers.xml", OFFERS, "v1");
    let feed = commerceml(urls(&site, &["/import.xml", "/offers.xml"]));
    assert_eq!(articles(&feed).await, Ok(vec!["A 500".to_owned()]));
    let Ok(Reading::Told(listing)) = feed.read(None, &|_| {}).await else { panic!("it is told") };
    assert!(listing.marks.is_empty(), "the mark of one file says nothing of the other");
}

#[tokio::test]
async fn what_is_not_there_or_lies_tells_nothing() {
    let (_kept, path) = folder(&[("a.txt", "x")]);
    assert!(problem(articles(&yml(Origin::Path(path.join("none.yml")))).await).contains("none.yml"));
    assert!(problem(articles(&commerceml(Origin::Path(path))).await).contains("*.xml 0"));
    let site = ShopSite::open().await;
    site.put("/feed.yml", FEED, "v1");
    for (manner, why) in [
        (Manner::Status(503), "ответ 503"),
        (Manner::Redirect("http://127.0.0.1:9/".to_owned()), "перенаправляет"),
        (Manner::BrokenOff, "оборвался"),
        (Manner::CutShort, "оборван"),
    ] {
        site.behave(manner.clone());
        let told = problem(articles(&yml(urls(&site, &["/feed.yml"]))).await);
        assert!(told.contains(why), "{manner:?}: {told}");
    }
    site.behave(Manner::Honest);
    assert!(problem(articles(&yml(urls(&site, &["/other.yml"]))).await).contains("404"));
}
