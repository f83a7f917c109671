use std::time::Duration;

use app::ports::catalogue::{Catalogue as _, Listing, Marks, Reading, SourceError};
use app::ports::orders::{AskError, ShopOrders as _};
use domain::activity::Span;
use domain::order::{ExternalId, OrderState};
use domain::outward::OutwardUrl;
use gateways::outward::{Limits, Outward};
use gateways::shop::{Api, ApiFields, AskedApi, PriceUnit, ProductFields, StateWords};
use serde_json::json;
use testkit::{Manner, ShopSite};

use super::{briefs, problem, refused};

fn client(site: &ShopSite, fields: ApiFields) -> Api {
    let outward = Outward::new(Limits::default()).expect("a client");
    let base = OutwardUrl::parse_owners(&site.url("")).expect("an address");
    Api::new(outward, base, Some("key-7".to_owned().into()), None, fields)
}

async fn read(site: &ShopSite, fields: ProductFields) -> Result<Listing, SourceError> {
    let api = client(site, ApiFields { product: fields, ..ApiFields::default() });
    match api.read(None, &|_| {}).await? {
        Reading::Told(listing) => Ok(listing),
        Reading::Unchanged => panic!("it was asked without a mark"),
    }
}

fn id(text: &str) -> ExternalId {
    ExternalId::parse(text).expect("tests write valid ids")
}

#[tokio::test]
async fn the_old_shapes_are_understood_without_settings() {
    let site = ShopSite::open().await;
    site.put_products(
        &json!([
            { "id": 17, "name": "РВС <b>100</b>", "price": 1490.5, "description": "…", "category": "Присадки" },
            { "id": "A-18", "name": "Ускоритель", "price": "890,50", "category": null },
        ]),
        "v1",
    );
    let listing = read(&site, ProductFields::default()).await.expect("a list");
    assert_eq!(
        briefs(&listing),
        [("17", "РВС <b>100</b>", 1_490_50, "Присадки"), ("A-18", "Ускоритель", 890_50, "")]
    );
    assert!(listing.is_whole);
    let asked = site.asked();
    assert_eq!((asked[0].path.as_str(), asked[0].key.as_deref()), ("/api/products", Some("Bearer key-7")));
}

#[tokio::test]
async fn other_names_units_and_places_are_the_owners_to_say() {
    let site = ShopSite::open().await;
    site.put_products(
        &json!({ "data": { "items": [
            { "uid": "u1", "article": "RVS", "title": { "ru": "РВС" }, "prices": [{ "value": 149_050, "cur": "RUR" }], "on": 1 },
            { "uid": "u2", "article": "ACC", "title": { "ru": "Уск" }, "prices": [{ "value": 1.5, "cur": "RUB" }], "on": true },
            { "uid": "u3", "article": "EUR", "title": { "ru": "Евро" }, "prices": [{ "value": 100, "cur": "EUR" }], "on": true },
            { "uid": "u4", "article": "OFF", "title": { "ru": "Снят" }, "prices": [{ "value": 100, "cur": "RUB" }], "on": "maybe" },
        ] } }),
        "v1",
    );
    let path = |text: &str| text.parse().expect("a path");
    let fields = ProductFields {
        list: path("data.items"),
        id: path("uid"),
        sku: path("article"),
        name: path("title.ru"),
        price: path("prices.0.value"),
        price_unit: PriceUnit::Kopecks,
        category: None,
        active: Some(path("on")),
        currency: Some(path("prices.0.cur")),
    };
    let listing = read(&site, fields).await.expect("a list");
    assert_eq!(briefs(&listing), [("RVS", "РВС", 1_490_50, "")]);
    let whys: Vec<_> =
        refused(&listing).into_iter().map(|(id, place, why)| format!("{id} {place} {why}")).collect();
    assert!(whys[0].starts_with("u2 2 цена в копейках: \"1.5\""), "{whys:?}");
    assert!(whys[1].starts_with("u3 3 валюта: \"eur\""), "{whys:?}");
    assert!(whys[2].starts_with("u4 4 active: \"maybe\" — не true"), "{whys:?}");
}

#[tokio::test]
async fn wrong_types_are_refused_row_by_row() {
    let site = ShopSite::open().await;
    let body = r#"[{"id":1,"name":"A","price":1e5},{"id":2,"name":["B"],"price":1},{"id":3,"name":"C","price":null},
        {"id":4,"name":"D","price":1,"price":2},{"name":"E","price":1},"F",{"id":{},"name":"G","price":1},
        {"id":8,"name":"H\u0000","price":1},{"id":9,"name":"I","price":100000000000000000000},{"id":10,"name":"J","price":1.10}]"#;
    site.put("/api/products", body, "v1");
    let listing = read(&site, ProductFields::default()).await.expect("a list");
    assert_eq!(briefs(&listing), [("10", "J", 1_10, "")]);
    let told = refused(&listing);
    assert_eq!(told.iter().map(|(_, place, _)| *place).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(
        told[0].2.contains("1e5") && told[2].2.contains("price") && told[3].2.contains("дважды"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_shop_that_lies_tells_nothing() {
    let site = ShopSite::open().await;
    let goods = json!([{ "id": 1, "name": "A", "price": 1 }, { "id": 2, "name": "B", "price": 1 }]);
    site.put_products(&goods, "v1");
    for (manner, why) in [
        (Manner::Status(500), "ответ 500"),
        (Manner::Status(401), "ключ не принят"),
        (Manner::Status(204), "ответ 204"),
        (Manner::Redirect("http://127.0.0.1:9/".to_owned()), "перенаправляет"),
        (Manner::BrokenOff, "оборвался"),
        (Manner::CutShort, "оборван"),
        (Manner::Endless, "больше"),
    ] {
        site.behave(manner.clone());
        let told = problem(read(&site, ProductFields::default()).await);
        assert!(told.contains(why), "{manner:?}: {told}");
    }
    site.behave(Manner::Honest);
    for (body, why) in [
        ("", "не JSON"),
        ("<html></html>", "не JSON"),
        ("{\"error\": \"no\"}", "не список"),
        ("\"[]\"", "не список"),
        ("null", "нет списка"),
        ("[1,2", "не JSON"),
        ("[] []", "не JSON"),
    ] {
        site.put("/api/products", body, "v1");
        let told = problem(read(&site, ProductFields::default()).await);
        assert!(told.contains(why), "{body:?}: {told}");
    }
    site.put("/api/products", [0xff, 0xfe, b'['], "v1");
    assert!(problem(read(&site, ProductFields::default()).await).contains("UTF-8"));
    site.put("/api/products", "[]", "v1");
    assert_eq!(read(&site, ProductFields::default()).await.expect("an empty list").rows, []);
}

#[tokio::test]
async fn a_shop_that_does_not_answer_is_not_waited_for() {
    let site = ShopSite::open().await;
    site.behave(Manner::Silent);
    let api = client(&site, ApiFields::default()).within(Duration::from_millis(50));
    assert!(problem(api.read(None, &|_| {}).await).contains("нет ответа"));
    let gone = ShopSite::open().await.url("");
    let base = OutwardUrl::parse_owners(&gone).expect("an address");
    let outward = Outward::new(Limits::default()).expect("a client");
    let api = Api::new(outward, base, None, None, ApiFields::default()).within(Duration::from_secs(5));
    assert!(problem(api.health().await).contains("источник недоступен"));
}

#[tokio::test]
async fn a_known_mark_spares_the_reading() {
    let site = ShopSite::open().await;
    site.put_products(&json!([{ "id": 1, "name": "A", "price": 1 }]), "v1");
    let api = client(&site, ApiFields::default());
    let Ok(Reading::Told(first)) = api.read(None, &|_| {}).await else { panic!("it is told") };
    assert_eq!(first.marks.etag.as_deref(), Some("\"v1\""));
    assert_eq!(api.read(Some(&first.marks), &|_| {}).await, Ok(Reading::Unchanged));
    site.put_products(&json!([{ "id": 1, "name": "A", "price": 2 }]), "v2");
    assert!(matches!(api.read(Some(&first.marks), &|_| {}).await, Ok(Reading::Told(_))));
    site.behave(Manner::Status(304));
    assert!(api.read(None, &|_| {}).await.is_err(), "unchanged against nothing is no answer");
    let forged = Marks { etag: Some("a\r\nX-Evil: 1".to_owned()), last_modified: None };
    assert!(api.read(Some(&forged), &|_| {}).await.is_err());
}

#[tokio::test]
async fn ids_cannot_climb_out_of_their_path() {
    let site = ShopSite::open().await;
    let api = client(&site, ApiFields::default());
    for text in ["../admin/users?x=", "a/b", "%2e%2e", "a#b", "a?b=c", "..%2f"] {
        assert_eq!(api.product(&id(text)).await, Ok(None), "{text}");
    }
    let asked: Vec<_> = site.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(
        asked,
        [
            "/api/products/..%2Fadmin%2Fusers%3Fx=",
            "/api/products/a%2Fb",
            "/api/products/%252e%252e",
            "/api/products/a%23b",
            "/api/products/a%3Fb=c",
            "/api/products/..%252f",
        ]
    );
    for text in [".", ".."] {
        assert!(api.product(&id(text)).await.is_err(), "{text}");
    }
    assert_eq!(site.asked().len(), 6, "nothing was asked for them");
}

#[tokio::test]
async fn one_product_an_order_and_health_are_asked_for() {
    let site = ShopSite::open().await;
    let api = client(&site, ApiFields::default());
    assert!(problem(api.health().await).contains("404"));
    site.put("/api/health", "{\"status\":\"ok\"}", "v1");
    api.health().await.expect("the shop is well");
    site.put("/api/products/17", json!({ "id": 17, "name": "РВС", "price": "x" }).to_string(), "v1");
    let seen = api.product(&id("17")).await.expect("an answer").expect("it is there");
    assert_eq!(seen.fields[3].found.as_deref(), Some("\"x\""));
    assert!(seen.offer.expect_err("its price is wrong").to_string().contains("price"));
    site.put(
        "/api/orders/1002",
        json!({ "id": 1002, "partner_id": 2, "total_amount": 1000, "status": "completed" }).to_string(),
        "v1",
    );
    let order = api.order(&id("1002")).await.expect("an answer").expect("it is there");
    assert_eq!((order.status.as_deref(), order.partner.as_deref()), (Some("completed"), Some("2")));
    assert_eq!(order.total.map(domain::money::Money::minor), Some(1_000_00));
    assert_eq!(api.order(&id("1003")).await, Ok(None));
    site.put("/api/orders/1004", "{\"id\":1004,\"total_amount\":\"1e3\"}", "v1");
    assert!(problem(api.order(&id("1004")).await).contains("total"));
}

#[tokio::test]
async fn a_category_is_asked_for_encoded_and_settings_tell_readings_apart() {
    let site = ShopSite::open().await;
    site.put("/api/products", "[]", "v1");
    let outward = Outward::new(Limits::default()).expect("a client");
    let base = OutwardUrl::parse_owners(&site.url("")).expect("an address");
    let category = Some("Масла & смазки".to_owned());
    let api = Api::new(outward, base, None, category, ApiFields::default());
    api.read(None, &|_| {}).await.expect("an answer");
    let path = site.asked()[0].path.clone();
    assert!(path.starts_with("/api/products?category=%D0%9C") && path.contains("%26"), "{path}");
    let plain = client(&site, ApiFields::default());
    assert_ne!(plain.read_as(), api.read_as());
    assert!(!api.read_as().contains("127.0.0.1"), "an address may hold a key");
}

#[tokio::test]
async fn what_it_says_of_orders_is_put_into_our_words_and_silence_is_no_answer() {
    let site = ShopSite::open().await;
    let asked =
        AskedApi { api: client(&site, ApiFields::default()), words: StateWords::default(), can_list: true };
    site.put("/api/orders/7", "{\"id\":7,\"status\":\"Completed\",\"total_amount\":100}", "v1");
    site.put("/api/orders/8", "{\"id\":8,\"status\":\"teleported\"}", "v1");
    let seven = asked.order(&id("7")).await.expect("an answer").expect("it is there");
    assert_eq!(
        (seven.state, seven.total.map(domain::money::Money::minor)),
        (Some(OrderState::Paid), Some(100_00))
    );
    let eight = asked.order(&id("8")).await.expect("an answer").expect("it is there");
    assert_eq!((eight.state, eight.total), (None, None), "a strange word means nothing");
    assert_eq!(asked.order(&id("9")).await, Ok(None));
    let over = Span {
        from: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        until: "2026-01-02T00:00:00Z".parse().expect("an instant"),
    };
    let missing = asked.placed_within(over).await;
    assert!(matches!(missing, Err(AskError::Silent(_))), "no list is not an empty list: {missing:?}");
    site.put("/api/orders", "[{\"id\":7,\"status\":\"paid\"},{\"id\":8}]", "v1");
    let listed = asked.placed_within(over).await.expect("an answer").expect("a list");
    assert_eq!(listed.iter().map(|seen| seen.id.as_str()).collect::<Vec<_>>(), ["7", "8"]);
    let requests = site.asked();
    let path = &requests.last().expect("it was asked").path;
    assert_eq!(path, "/api/orders?from=2026-01-01T00%3A00%3A00Z&until=2026-01-02T00%3A00%3A00Z");
    site.put("/api/orders", "[{\"id\":7},{\"status\":\"paid\"}]", "v1");
    assert!(
        matches!(asked.placed_within(over).await, Err(AskError::Unreadable(_))),
        "a shorter list would lie"
    );
    for manner in [Manner::Status(500), Manner::Status(403), Manner::BrokenOff] {
        site.behave(manner.clone());
        assert!(matches!(asked.order(&id("7")).await, Err(AskError::Silent(_))), "{manner:?}");
        assert!(matches!(asked.placed_within(over).await, Err(AskError::Silent(_))), "{manner:?}");
    }
    site.behave(Manner::CutShort);
    assert!(matches!(asked.order(&id("7")).await, Err(AskError::Unreadable(_))));
    let unlisted = AskedApi { can_list: false, ..asked };
    assert_eq!(unlisted.placed_within(over).await, Ok(None));
}
