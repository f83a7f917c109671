//! The catalogue: products and their dated terms.

pub mod sync;

use std::collections::HashMap;

use domain::actor::Actor;
use domain::catalog::{Product, ProductKind, ProductTerms, Sku};
use domain::ids::ProductId;
use jiff::Timestamp;
use store::{StoreError, Tx};

use crate::App;
use crate::audit::{self, Act};
use crate::notices;
use crate::retry::retrying;

/// The name under which the catalogue is read by the clock.
pub const SCHEDULE: &str = "catalogue";

/// A product as a shop or a file tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductFacts {
    /// The article.
    pub sku: Sku,
    /// The name on screens.
    pub name: String,
    /// The shop's category.
    pub category: String,
    /// Goods or a fee.
    pub kind: ProductKind,
    /// Price, cost and points.
    pub terms: ProductTerms,
}

/// What storing products did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stocked {
    /// Products that were new.
    pub new: usize,
    /// Products whose terms changed from now on.
    pub changed: usize,
    /// Products that were known so.
    pub unchanged: usize,
    /// Products that were told with another name, category or kind than they keep: orders have been
    /// accrued by them.
    pub kept: usize,
}

/// Stores products as staff or a shop tell them.
pub async fn put(app: &App, actor: &Actor, facts: &[ProductFacts]) -> Result<Stocked, StoreError> {
    let stocked = retrying(|| put_once(app, actor, facts)).await?;
    app.ring();
    Ok(stocked)
}

async fn put_once(app: &App, actor: &Actor, facts: &[ProductFacts]) -> Result<Stocked, StoreError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    let stocked = put_all(app, &mut tx, facts, now).await?;
    let act = Act {
        actor,
        action: "catalog.put",
        entity: "catalog".to_owned(),
        before: None::<()>,
        after: Some(serde_json::json!({ "new": stocked.new, "changed": stocked.changed })),
        reason: None,
    };
    audit::append(&mut tx, act, now).await?;
    tx.commit().await?;
    Ok(stocked)
}

/// The first terms of a product hold for orders of any earlier date too.
pub(crate) fn from_the_beginning() -> Timestamp {
    domain::time::parse_instant("2000-01-01T00:00:00Z").expect("a valid instant")
}

/// Stores products: new ones from the beginning, changed terms from now on.
pub(crate) async fn put_all(
    app: &App,
    tx: &mut Tx,
    facts: &[ProductFacts],
    now: Timestamp,
) -> Result<Stocked, StoreError> {
    // Beside a sync of the shop's catalogue each would carry the other's old terms on.
    store::facts::lock(tx).await?;
    let skus: Vec<String> = facts.iter().map(|product| product.sku.to_string()).collect();
    let known = Terms::load(tx, &skus).await?;
    let mut stocked = Stocked::default();
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for product in facts {
        let made = |id, since| Product {
            id,
            sku: product.sku.clone(),
            name: product.name.clone(),
            category: product.category.clone(),
            kind: product.kind,
            terms: product.terms,
            since,
        };
        match known.latest(&product.sku) {
            None => new.push(made(ProductId::new(app.ids.uuid(now)), from_the_beginning())),
            Some(latest) => {
                let told = (&product.name, &product.category, product.kind);
                stocked.kept += usize::from(told != (&latest.name, &latest.category, latest.kind));
                if latest.terms == product.terms {
                    stocked.unchanged += 1;
                } else {
                    changed.push(made(latest.id, now));
                }
            }
        }
    }
    (stocked.new, stocked.changed) = (new.len(), changed.len());
    store::products::insert_all(tx, &new, now).await?;
    store::products::insert_terms(tx, &changed, now).await?;
    notices::company::catalogue(app, tx, &new, &changed, now).await?;
    Ok(stocked)
}

/// The terms of some products, by article and date.
#[derive(Debug, Default)]
pub(crate) struct Terms(HashMap<Sku, Vec<Product>>);

impl Terms {
    /// Loads the terms of articles.
    pub(crate) async fn load(tx: &mut Tx, skus: &[String]) -> Result<Self, StoreError> {
        let mut terms: HashMap<Sku, Vec<Product>> = HashMap::new();
        for product in store::products::by_skus(tx, skus).await? {
            terms.entry(product.sku.clone()).or_default().push(product);
        }
        Ok(Self(terms))
    }

    /// Whether there is such an article at all.
    pub(crate) fn knows(&self, sku: &Sku) -> bool {
        self.0.contains_key(sku)
    }

    /// The last terms of an article.
    fn latest(&self, sku: &Sku) -> Option<&Product> {
        self.0.get(sku)?.first()
    }

    /// The terms of an article as of an instant.
    pub(crate) fn at(&self, sku: &Sku, at: Timestamp) -> Option<&Product> {
        self.0.get(sku)?.iter().find(|product| product.since <= at)
    }
}

/// The products with the terms in force now, by article.
pub async fn list(app: &App) -> Result<Vec<Product>, StoreError> {
    let now = app.now();
    let mut products = store::products::all(&mut app.store.begin_read().await?).await?;
    // Of each article the latest terms come first.
    products.retain(|product| product.since <= now);
    products.dedup_by(|later, kept| later.sku == kept.sku);
    Ok(products)
}

/// Every terms that an article had and has, the latest first; nothing if there is no such article.
pub async fn history(app: &App, sku: &Sku) -> Result<Vec<Product>, StoreError> {
    store::products::by_skus(&mut app.store.begin_read().await?, &[sku.to_string()]).await
}
