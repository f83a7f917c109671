//! `products` and their dated prices.

use domain::catalog::{Product, ProductKind, ProductTerms, Sku, Volume};
use domain::ids::ProductId;
use domain::money::Money;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{instant, micros, parsed};
use crate::{StoreError, Tx};

const TABLE: &str = "products";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    sku: String,
    name: String,
    category: String,
    kind: String,
    since: i64,
    price: i64,
    cost: i64,
    volume: i64,
}

/// The word stored for a kind.
pub(crate) const fn kind_text(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Goods => "goods",
        ProductKind::Fee => "fee",
    }
}

/// The kind of a stored word.
pub(crate) fn parse_kind(table: &'static str, text: &str) -> Result<ProductKind, StoreError> {
    match text {
        "goods" => Ok(ProductKind::Goods),
        "fee" => Ok(ProductKind::Fee),
        _ => Err(StoreError::corrupt(table, format!("{text:?} is no kind of product"))),
    }
}

impl TryFrom<Row> for Product {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: ProductId::new(row.id),
            sku: parsed(TABLE, &row.sku, Sku::parse)?,
            name: row.name,
            category: row.category,
            kind: parse_kind(TABLE, &row.kind)?,
            terms: ProductTerms {
                price: Money::from_minor(row.price),
                cost: Money::from_minor(row.cost),
                volume: Volume(row.volume),
            },
            since: instant(TABLE, row.since)?,
        })
    }
}

/// Stores new products with their first terms.
pub async fn insert_all(tx: &mut Tx, products: &[Product], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO products (id, sku, name, category, kind, recorded_at) ",
        products,
        |row| (
            row.id.uuid(),
            row.sku.as_str().to_owned(),
            row.name.clone(),
            row.category.clone(),
            kind_text(row.kind),
            micros(now),
        ),
        ""
    );
    insert_terms(tx, products, now).await
}

/// Stores terms that hold from each product's `since` on.
pub async fn insert_terms(tx: &mut Tx, products: &[Product], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO product_prices (product_id, since, price, cost, volume, recorded_at) ",
        products,
        |row| (
            row.id.uuid(),
            micros(row.since),
            row.terms.price.minor(),
            row.terms.cost.minor(),
            row.terms.volume.0,
            micros(now),
        ),
        ""
    );
    Ok(())
}

/// Every version of the products of these SKUs, the latest terms first.
pub async fn by_skus(tx: &mut Tx, skus: &[String]) -> Result<Vec<Product>, StoreError> {
    let sql = "SELECT p.id, p.sku, p.name, p.category, p.kind, t.since, t.price, t.cost, t.volume
        FROM products p JOIN product_prices t ON t.product_id = p.id
        WHERE p.sku IN ({list}) ORDER BY p.sku, t.since DESC";
    fetch_listed!(tx, Row, sql, [], skus).into_iter().map(Product::try_from).collect()
}

/// Every version of every product.
pub async fn all(tx: &mut Tx) -> Result<Vec<Product>, StoreError> {
    let sql = "SELECT p.id, p.sku, p.name, p.category, p.kind, t.since, t.price, t.cost, t.volume
        FROM products p JOIN product_prices t ON t.product_id = p.id ORDER BY p.sku, t.since DESC";
    fetch_all!(tx, Row, sql)?.into_iter().map(Product::try_from).collect()
}

/// Every product with the last terms it has.
pub async fn latest(tx: &mut Tx) -> Result<Vec<Product>, StoreError> {
    let sql = "SELECT p.id, p.sku, p.name, p.category, p.kind, t.since, t.price, t.cost, t.volume
        FROM products p JOIN product_prices t ON t.product_id = p.id
        WHERE t.since = (SELECT MAX(l.since) FROM product_prices l WHERE l.product_id = p.id) ORDER BY p.sku";
    fetch_all!(tx, Row, sql)?.into_iter().map(Product::try_from).collect()
}

/// Gives products other names. Nothing but screens depends on a name.
pub async fn rename_all(tx: &mut Tx, names: &[(ProductId, String)]) -> Result<(), StoreError> {
    for (id, name) in names {
        execute!(tx, "UPDATE products SET name = $1 WHERE id = $2", name.clone(), id.uuid())?;
    }
    Ok(())
}
