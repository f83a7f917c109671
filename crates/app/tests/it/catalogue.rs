//! The shop's catalogue is taken in whole or not at all, and the company's own facts stay its own.

mod laws;
mod script;

use app::catalog::sync::{Counts, Outcome, SyncError, SyncOutcome, Wanted, history};
use app::ports::catalogue::{Marks, Reading};
use domain::actor::Actor;
use domain::catalog::{Product, ProductKind, Sku, Volume};
use domain::lang::Lang;
use domain::money::Money;
use domain::partner::PartnerCode;
use testkit::{Company, FakeEndpoint, TestApp, at, for_each_backend, on_sqlite, rub, staff};

use script::{WANTED, broken, listing, nameless, offer, refused, sync, takes, withdrawn};

async fn product(test: &TestApp, sku: &str) -> Product {
    let found = app::catalog::list(&test.app).await.expect("read");
    found.into_iter().find(|product| product.sku.as_str() == sku).expect("the product is there")
}

async fn prices(test: &TestApp, sku: &str) -> Vec<(String, i64)> {
    let skus = [sku.to_owned()];
    let mut tx = test.app.store.begin_read().await.expect("read");
    let versions = store::products::by_skus(&mut tx, &skus).await.expect("read");
    versions.iter().rev().map(|version| (version.since.to_string(), version.terms.price.minor())).collect()
}

#[tokio::test]
async fn a_new_product_comes_in_as_goods_without_cost_and_points_and_is_named() {
    for_each_backend(async |test| {
        let report = takes(&test, &listing([offer("17", "RVS-100", "РВС <b>100</b> мл", 1_490_00)])).await;
        assert_eq!(report.outcome, SyncOutcome::Applied);
        assert_eq!(report.new.iter().map(|new| new.sku.as_str()).collect::<Vec<_>>(), ["RVS-100"]);
        let got = product(&test, "RVS-100").await;
        assert_eq!((got.name.as_str(), got.category.as_str()), ("РВС <b>100</b> мл", "Присадки"));
        assert_eq!((got.kind, got.terms.price), (ProductKind::Goods, Money::from_minor(1_490_00)));
        assert_eq!((got.terms.cost, got.terms.volume), (Money::ZERO, Volume(0)));
        let again = takes(&test, &listing([offer("17", "RVS-100", "РВС <b>100</b> мл", 1_490_00)])).await;
        assert!(!again.changes_anything(), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_price_changes_from_the_catalogues_date_and_history_is_never_rewritten() {
    for_each_backend(async |test| {
        let told = |kopecks, date: Option<&str>| {
            let mut listing = listing([offer("1", "A", "А", kopecks)]);
            listing.told_at = date.map(at);
            listing
        };
        takes(&test, &told(100_00, None)).await;
        test.it_is("2026-01-11T12:00:00+03:00");
        takes(&test, &told(110_00, Some("2026-01-11T04:00:00+03:00"))).await;
        test.it_is("2026-01-12T12:00:00+03:00");
        let ahead = takes(&test, &told(120_00, Some("2026-01-13T04:00:00+03:00"))).await;
        assert_eq!(ahead.told_at, None, "a date that lies ahead is none");
        test.it_is("2026-01-12T13:00:00+03:00");
        let behind = takes(&test, &told(130_00, Some("2026-01-11T04:00:00+03:00"))).await;
        assert_eq!(behind.repriced.len(), 1, "the same date is not older");
        assert_eq!(
            prices(&test, "A").await,
            [
                ("2000-01-01T00:00:00Z".to_owned(), 100_00),
                ("2026-01-11T01:00:00Z".to_owned(), 110_00),
                ("2026-01-12T09:00:00Z".to_owned(), 120_00),
                ("2026-01-12T09:00:00.000001Z".to_owned(), 130_00),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn cost_points_and_kind_are_left_to_the_company() {
    for_each_backend(async |test| {
        Company::with_plan(&test, "nanorem-5").await;
        let report =
            takes(&test, &listing([offer("1", "RVS", "Другое", 777_00), offer("2", "FEE", "Взнос", 5_00)]))
                .await;
        assert_eq!((report.repriced.len(), report.renamed.len()), (2, 2));
        let (goods, fee) = (product(&test, "RVS").await, product(&test, "FEE").await);
        assert_eq!(
            (goods.kind, goods.terms.cost, goods.terms.volume),
            (ProductKind::Goods, rub(400), Volume(1_000))
        );
        assert_eq!((fee.kind, fee.terms.cost, fee.terms.volume), (ProductKind::Fee, Money::ZERO, Volume(0)));
        assert_eq!((goods.name.as_str(), goods.terms.price), ("Другое", rub(777)));
        assert_eq!(goods.category, "Тест", "plans may pay by category: it stays");
        assert_eq!(report.recategorised.len(), 2, "but the other category is told");
        let again =
            takes(&test, &listing([offer("1", "RVS", "Другое", 777_00), offer("2", "FEE", "Взнос", 5_00)]))
                .await;
        assert_eq!(again.recategorised, [], "and told once");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_told_no_more_vanishes_by_name_only_and_comes_back() {
    for_each_backend(async |test| {
        let six = || (1..=6).map(|number| offer(&number.to_string(), &format!("S{number}"), "Имя", 100_00));
        takes(&test, &listing(six())).await;
        let report = takes(&test, &listing(six().skip(1))).await;
        assert_eq!(report.vanished.iter().map(Sku::as_str).collect::<Vec<_>>(), ["S1"]);
        assert_eq!(product(&test, "S1").await.terms.price, rub(100), "orders of it may still come");
        let silent = takes(&test, &listing(six().skip(1))).await;
        assert!(!silent.changes_anything(), "it vanishes once: {silent:?}");
        let back = takes(&test, &listing(six())).await;
        assert_eq!(back.returned.iter().map(Sku::as_str).collect::<Vec<_>>(), ["S1"]);
    })
    .await;
}

#[tokio::test]
async fn an_empty_a_broken_and_a_short_answer_change_nothing_and_staff_are_told() {
    for_each_backend(async |test| {
        let ten = || (1..=10).map(|number| offer(&number.to_string(), &format!("S{number}"), "Имя", 100_00));
        takes(&test, &listing(ten())).await;
        let empty = takes(&test, &listing([])).await;
        assert!(matches!(&empty.outcome, SyncOutcome::Held(why) if why.in_lang(Lang::Ru).contains("пуст")));
        let short = takes(&test, &listing(ten().skip(3).map(|row| repriced(row, 5_00)))).await;
        assert!(
            matches!(&short.outcome, SyncOutcome::Held(why) if why.in_lang(Lang::Ru).contains("3 из 10"))
        );
        let failed = sync(&test, &broken("оборвано"), WANTED).await;
        assert!(matches!(&failed.outcome, SyncOutcome::Failed(_)));
        let unread = takes(&test, &listing((1..=10).map(|number| refused(&number.to_string())))).await;
        assert!(
            matches!(&unread.outcome, SyncOutcome::Held(why) if why.in_lang(Lang::Ru).contains("ни одна"))
        );
        assert_eq!(prices(&test, "S5").await.len(), 1, "nothing of the short one holds");
        let accepted = Wanted { accept_vanished: true, ..WANTED };
        let report = sync(&test, &Reading::Told(listing(ten().skip(3))).into(), accepted).await;
        assert_eq!((report.outcome, report.vanished.len()), (SyncOutcome::Applied, 3));
        let outcomes: Vec<_> =
            history(&test.app, 9).await.expect("read").into_iter().map(|sync| sync.outcome).collect();
        let expected = [
            Outcome::Applied,
            Outcome::Held,
            Outcome::Failed,
            Outcome::Held,
            Outcome::Held,
            Outcome::Applied,
        ];
        assert_eq!(outcomes, expected);
        let trail =
            store::audit::all(&mut test.app.store.begin_read().await.expect("read")).await.expect("read");
        let acts = trail.iter().filter(|line| line.action == "catalog.sync");
        assert_eq!(acts.filter(|line| line.reason.is_some()).count(), 3, "what was held stands in the trail");
    })
    .await;
}

fn repriced(mut row: app::ports::catalogue::Row, kopecks: i64) -> app::ports::catalogue::Row {
    if let app::ports::catalogue::Told::Offer(offer) = &mut row.told {
        offer.price = Some(Money::from_minor(kopecks));
    }
    row
}

#[tokio::test]
async fn a_bad_row_is_refused_by_its_place_and_the_rest_goes_on() {
    on_sqlite(async |test| {
        takes(&test, &listing([offer("1", "A", "А", 100_00), offer("2", "B", "Б", 100_00)])).await;
        let report = takes(&test, &listing([refused("1"), offer("2", "B", "Б", 200_00)])).await;
        assert_eq!((report.outcome.clone(), report.repriced.len()), (SyncOutcome::Applied, 1));
        assert_eq!(report.refused.len(), 1);
        assert_eq!(report.refused[0].place.in_lang(Lang::Ru), "строка 7, id \"1\"");
        assert_eq!(report.vanished, [], "told wrongly is not told no more");
        let report = takes(&test, &listing([nameless(), offer("2", "B", "Б", 200_00)])).await;
        assert_eq!(report.vanished, [], "the nameless row may be about any product");
        assert!(report.absence_is_unsure);
    })
    .await;
}

#[tokio::test]
async fn rows_that_contradict_each_other_do_not_hold() {
    on_sqlite(async |test| {
        let report = takes(
            &test,
            &listing([
                offer("1", "A", "А", 100_00),
                offer("1", "A", "А", 100_00),
                offer("2", "B", "Б", 100_00),
                offer("2", "B", "Б", 200_00),
                offer("3", "C", "В", 100_00),
                offer("4", "C", "В", 100_00),
                offer("5", "D", "Г", 100_00),
            ]),
        )
        .await;
        assert_eq!(report.new.iter().map(|new| new.sku.as_str()).collect::<Vec<_>>(), ["A", "D"]);
        assert_eq!(report.refused.len(), 4, "{:?}", report.refused);
    })
    .await;
}

#[tokio::test]
async fn an_article_that_changed_is_another_product_and_is_told() {
    on_sqlite(async |test| {
        let goods = |first: &str, second: &str| {
            listing([offer("1", first, "А", 100_00), offer("2", second, "Б", 100_00)])
        };
        takes(&test, &goods("A", "B")).await;
        let held = takes(&test, &goods("A2", "B")).await;
        assert!(matches!(held.outcome, SyncOutcome::Held(_)), "it would come without cost: half is too much");
        let accepted = Wanted { accept_vanished: true, ..WANTED };
        let accept = async |listing| sync(&test, &Reading::Told(listing).into(), accepted).await;
        let report = accept(goods("A2", "B")).await;
        assert_eq!((report.moved.len(), report.new.len(), report.vanished.len()), (1, 1, 0));
        let swapped = accept(goods("B", "A2")).await;
        assert_eq!((swapped.moved.len(), swapped.new.len()), (2, 0));
        assert_eq!(prices(&test, "A").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn changes_alone_leave_the_others_and_tell_no_more_than_they_tell() {
    for_each_backend(async |test| {
        let four = || (1..=4).map(|number| offer(&number.to_string(), &format!("S{number}"), "Имя", 100_00));
        takes(&test, &listing(four())).await;
        let mut price_only = offer("2", "S2", "Имя", 150_00);
        if let app::ports::catalogue::Told::Offer(offer) = &mut price_only.told {
            (offer.sku, offer.name, offer.category, offer.available) = (None, None, None, None);
        }
        let mut unknown = price_only.clone();
        if let app::ports::catalogue::Told::Offer(offer) = &mut unknown.told {
            offer.external_id = domain::order::ExternalId::parse("99").expect("an id");
        }
        let changes = app::ports::catalogue::Listing {
            is_whole: false,
            ..listing([price_only, unknown, withdrawn("3"), withdrawn("77")])
        };
        let report = takes(&test, &changes).await;
        assert!(matches!(report.outcome, SyncOutcome::Held(_)), "a quarter is too much");
        let report =
            sync(&test, &Reading::Told(changes).into(), Wanted { accept_vanished: true, ..WANTED }).await;
        let counts = Counts { told: 4, repriced: 1, vanished: 1, refused: 1, ..Counts::default() };
        assert_eq!((report.outcome.clone(), report.counts()), (SyncOutcome::Applied, counts));
        let told = report.refused[0].problem.in_lang(Lang::Ru);
        assert_eq!(told, "товар неизвестен, и у него нет: артикула, названия");
        let nothing = app::ports::catalogue::Listing { is_whole: false, ..listing([]) };
        assert_eq!(takes(&test, &nothing).await.outcome, SyncOutcome::Applied, "no changes is no empty shop");
    })
    .await;
}

#[tokio::test]
async fn a_catalogue_older_than_the_last_is_held() {
    on_sqlite(async |test| {
        let of = |date: &str, kopecks| {
            let mut listing = listing([offer("1", "A", "А", kopecks)]);
            listing.told_at = Some(at(date));
            listing
        };
        takes(&test, &of("2026-01-09T04:00:00+03:00", 100_00)).await;
        let stale = takes(&test, &of("2026-01-08T04:00:00+03:00", 50_00)).await;
        assert!(matches!(&stale.outcome, SyncOutcome::Held(why) if why.in_lang(Lang::Ru).contains("старше")));
        let mut undated = of("2026-01-09T04:00:00+03:00", 110_00);
        undated.told_at = None;
        takes(&test, &undated).await;
        let stale = takes(&test, &of("2026-01-08T04:00:00+03:00", 50_00)).await;
        assert!(matches!(stale.outcome, SyncOutcome::Held(_)), "the last date that was told still counts");
        assert_eq!(product(&test, "A").await.terms.price, rub(110));
        let other = Reading::Told(of("2026-01-08T04:00:00+03:00", 50_00)).into();
        let elsewhere = script::Scripted { read_as: "another file".to_owned(), ..other };
        let report = sync(&test, &elsewhere, WANTED).await;
        assert_eq!(report.outcome, SyncOutcome::Applied, "dates of another place cannot be compared");
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_says_what_a_run_would_do_and_writes_nothing() {
    for_each_backend(async |test| {
        takes(&test, &listing([offer("1", "A", "А", 100_00)])).await;
        let next = listing([offer("1", "A", "Ая", 200_00), offer("2", "B", "Б", 100_00)]);
        let dry = sync(&test, &Reading::Told(next.clone()).into(), Wanted { dry_run: true, ..WANTED }).await;
        assert!(dry.dry_run);
        assert_eq!(product(&test, "A").await.terms.price, rub(100));
        sync(&test, &broken("нет"), Wanted { dry_run: true, ..WANTED }).await;
        assert_eq!(history(&test.app, 9).await.expect("read").len(), 1, "a dry run is not remembered");
        let wet = takes(&test, &next).await;
        assert_eq!((dry.new, dry.repriced, dry.renamed), (wet.new, wet.repriced, wet.renamed));
    })
    .await;
}

#[tokio::test]
async fn marks_are_shown_to_the_source_only_if_what_they_mark_was_taken_in() {
    on_sqlite(async |test| {
        let marked = |tag: &str, rows: Vec<app::ports::catalogue::Row>| {
            let mut listing = listing(rows);
            listing.marks.etag = Some(tag.to_owned());
            Reading::Told(listing).into()
        };
        let ask = Wanted { only_if_changed: true, ..WANTED };
        let first: script::Scripted = marked("a", vec![offer("1", "A", "А", 100_00)]);
        sync(&test, &first, ask).await;
        assert_eq!(first.asked(), [None], "nothing is known yet");
        let held: script::Scripted = marked("b", vec![]);
        sync(&test, &held, ask).await;
        let tag = Some(Marks { etag: Some("a".to_owned()), last_modified: None });
        assert_eq!(held.asked(), vec![tag.clone()]);
        let unchanged: script::Scripted = Reading::Unchanged.into();
        let report = sync(&test, &unchanged, ask).await;
        assert_eq!(unchanged.asked(), [tag], "what was held was not taken in");
        assert_eq!(report.outcome, SyncOutcome::Unchanged);
        let elsewhere =
            script::Scripted { read_as: "other settings".to_owned(), ..Reading::Unchanged.into() };
        sync(&test, &elsewhere, ask).await;
        assert_eq!(elsewhere.asked(), [None], "by other settings it may mean something else");
        let by_hand: script::Scripted = Reading::Unchanged.into();
        sync(&test, &by_hand, WANTED).await;
        assert_eq!(by_hand.asked(), [None]);
    })
    .await;
}

#[tokio::test]
async fn a_partner_takes_no_catalogue_in() {
    on_sqlite(async |test| {
        let partner = Actor::Partner(PartnerCode::parse("ANNA").expect("a code"));
        let source: script::Scripted = Reading::Told(listing([])).into();
        let refused = app::catalog::sync::sync(&test.app, &partner, &source, &WANTED, &|_| {}).await;
        assert!(matches!(refused, Err(SyncError::NotStaff)));
        assert_eq!(source.asked(), [], "nobody was asked");
        assert_eq!(staff("anna").to_string(), "staff:anna");
    })
    .await;
}

#[tokio::test]
async fn who_listens_is_told_of_new_products_and_prices() {
    on_sqlite(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "catalogue.changed").await;
        let told = |price| listing([offer("1", "A", "А", price), offer("2", "B", "Б", 100_00)]);
        for price in [100_00, 100_00, 150_00] {
            takes(&test, &told(price)).await;
        }
        let endpoint = FakeEndpoint::default();
        test.deliver(&endpoint).await;
        let data = |message: &app::ports::Message| {
            let body: serde_json::Value = serde_json::from_str(&message.body).expect("JSON");
            body["data"].clone()
        };
        let mut told: Vec<_> = endpoint.heard().iter().map(data).collect();
        // They travel at once, and which arrives first is not promised.
        told.sort_by_key(|data| data["new"].as_array().map_or(0, Vec::len));
        let new = serde_json::json!({ "new": ["A", "B"], "changed": [] });
        assert_eq!(told, [serde_json::json!({ "new": [], "changed": ["A"] }), new]);
    })
    .await;
}

#[tokio::test]
async fn two_syncs_at_once_make_one_product() {
    for_each_backend(async |test| {
        let told: Vec<_> = (1..=50).map(|n| offer(&n.to_string(), &format!("S{n}"), "Имя", 100_00)).collect();
        let next: Vec<_> = told.iter().cloned().map(|row| repriced(row, 150_00)).collect();
        for rows in [told, next] {
            let (one, other) =
                (Reading::Told(listing(rows.clone())).into(), Reading::Told(listing(rows)).into());
            tokio::join!(sync(&test, &one, WANTED), sync(&test, &other, WANTED));
        }
        assert_eq!(app::catalog::list(&test.app).await.expect("read").len(), 50);
        assert_eq!(prices(&test, "S7").await.len(), 2, "each price once");
    })
    .await;
}
