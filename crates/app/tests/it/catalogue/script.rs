//! A shop that tells what the test writes.

use std::sync::Mutex;

use app::catalog::sync::{Report, Wanted};
use app::ports::catalogue::{
    Catalogue, Listing, Marks, Place, Position, Reading, Row, SourceError, Told, Watch,
};
use domain::catalog::Sku;
use domain::lang::Text;
use domain::money::{Money, Rate};
use domain::offer::{Offer, ShopText, Source};
use domain::order::ExternalId;
use futures::future::BoxFuture;
use testkit::{TestApp, staff};

/// As the settings have it when nobody wrote any.
pub(super) const WANTED: Wanted = Wanted {
    dry_run: false,
    only_if_changed: false,
    most_vanished: Rate::from_ppm(200_000),
    accept_vanished: false,
};

pub(super) struct Scripted {
    pub(super) answer: Result<Reading, SourceError>,
    pub(super) read_as: String,
    pub(super) asked: Mutex<Vec<Option<Marks>>>,
}

impl From<Reading> for Scripted {
    fn from(reading: Reading) -> Self {
        Self { answer: Ok(reading), read_as: "settings".to_owned(), asked: Mutex::default() }
    }
}

impl Scripted {
    /// With which marks it was asked.
    pub(super) fn asked(&self) -> Vec<Option<Marks>> {
        self.asked.lock().expect("no test panics while it asks").clone()
    }
}

impl Catalogue for Scripted {
    fn source(&self) -> Source {
        Source::Yml
    }

    fn read_as(&self) -> String {
        self.read_as.clone()
    }

    fn read<'a>(
        &'a self,
        known: Option<&'a Marks>,
        _watch: &'a Watch<'a>,
    ) -> BoxFuture<'a, Result<Reading, SourceError>> {
        self.asked.lock().expect("no test panics while it asks").push(known.cloned());
        Box::pin(async { self.answer.clone() })
    }
}

pub(super) fn broken(problem: &str) -> Scripted {
    let answer = Err(SourceError::Unreadable(Text::new(problem, problem)));
    Scripted { answer, ..Reading::Unchanged.into() }
}

pub(super) async fn sync(test: &TestApp, shop: &Scripted, wanted: Wanted) -> Report {
    app::catalog::sync::sync(&test.app, &staff("elena"), shop, &wanted, &|_| {})
        .await
        .expect("it can be stored")
}

pub(super) async fn takes(test: &TestApp, listing: &Listing) -> Report {
    sync(test, &Reading::Told(listing.clone()).into(), WANTED).await
}

pub(super) fn listing(rows: impl IntoIterator<Item = Row>) -> Listing {
    let rows = rows.into_iter().collect();
    Listing { rows, is_whole: true, told_at: None, digest: [7; 32], marks: Marks::default() }
}

fn id(text: &str) -> ExternalId {
    ExternalId::parse(text).expect("tests write valid ids")
}

pub(super) fn row(text: &str, told: Told) -> Row {
    let id = (!text.is_empty()).then(|| text.to_owned());
    Row { place: Place { file: None, position: Position::Line(7), id }, told }
}

pub(super) fn offer(external_id: &str, sku: &str, name: &str, kopecks: i64) -> Row {
    let text = |text| Some(ShopText::parse(text).expect("tests write lines"));
    let offer = Offer {
        external_id: id(external_id),
        sku: Some(Sku::parse(sku).expect("tests write valid articles")),
        name: text(name),
        price: Some(Money::from_minor(kopecks)),
        category: text("Присадки"),
        available: Some(true),
    };
    row(external_id, Told::Offer(offer))
}

pub(super) fn withdrawn(external_id: &str) -> Row {
    row(external_id, Told::Withdrawn(id(external_id)))
}

pub(super) fn refused(external_id: &str) -> Row {
    let problem = Text::new("цена не читается", "the price cannot be read");
    row(external_id, Told::Refused { external_id: Some(id(external_id)), problem })
}

pub(super) fn nameless() -> Row {
    let problem = Text::new("нет id", "there is no id");
    row("", Told::Refused { external_id: None, problem })
}
