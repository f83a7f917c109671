//! `shop_products`, `shop_sources`, `shop_syncs`: what the shop told of its catalogue, and when.

use domain::ids::ProductId;
use domain::offer::Source;
use domain::order::ExternalId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, digest, instant, micros, optional_instant, parsed};
use crate::{StoreError, Tx};

/// A product as a source names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The source.
    pub source: Source,
    /// Its name for the product.
    pub external_id: ExternalId,
    /// The product.
    pub product: ProductId,
    /// The category in which the source told it last.
    pub category: Option<String>,
    /// Whether it could be bought at once, as told last.
    pub available: Option<bool>,
    /// Since when the source tells of it no more.
    pub vanished_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    external_id: String,
    product_id: Uuid,
    category: Option<String>,
    available: Option<bool>,
    vanished_at: Option<i64>,
}

/// Every product that a source ever told, by its name for it.
pub async fn links(tx: &mut Tx, source: Source) -> Result<Vec<Link>, StoreError> {
    const TABLE: &str = "shop_products";
    let sql = "SELECT external_id, product_id, category, available, vanished_at FROM shop_products
        WHERE source = $1 ORDER BY external_id";
    let link = |row: LinkRow| {
        Ok(Link {
            source,
            external_id: parsed(TABLE, &row.external_id, ExternalId::parse)?,
            product: ProductId::new(row.product_id),
            category: row.category,
            available: row.available,
            vanished_at: optional_instant(TABLE, row.vanished_at)?,
        })
    };
    fetch_all!(tx, LinkRow, sql, source.as_str())?.into_iter().map(link).collect()
}

/// Stores links; one that is known gets what is told now.
pub async fn put_links(tx: &mut Tx, links: &[Link], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO shop_products (source, external_id, product_id, category, available, vanished_at, recorded_at) ",
        links,
        |row| (
            row.source.as_str(),
            row.external_id.as_str().to_owned(),
            row.product.uuid(),
            row.category.clone(),
            row.available,
            row.vanished_at.map(micros),
            micros(now),
        ),
        " ON CONFLICT (source, external_id) DO UPDATE SET product_id = excluded.product_id,
            category = excluded.category, available = excluded.available, vanished_at = excluded.vanished_at"
    );
    Ok(())
}

/// What was taken last from a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The source.
    pub source: Source,
    /// The date that it carried itself.
    pub told_at: Option<Timestamp>,
    /// From where and by which settings it was read: by others the marks below say nothing.
    pub read_as: String,
    /// The mark of its content over HTTP.
    pub etag: Option<String>,
    /// When its content changed last, in the server's words.
    pub last_modified: Option<String>,
}

/// What was taken last from a source, if anything was.
pub async fn taken(tx: &mut Tx, source: Source) -> Result<Option<Taken>, StoreError> {
    type Row = (Option<i64>, String, Option<String>, Option<String>);
    let sql = "SELECT told_at, read_as, etag, last_modified FROM shop_sources WHERE source = $1";
    let Some((told_at, read_as, etag, last_modified)) = fetch_optional!(tx, Row, sql, source.as_str())?
    else {
        return Ok(None);
    };
    let told_at = optional_instant("shop_sources", told_at)?;
    Ok(Some(Taken { source, told_at, read_as, etag, last_modified }))
}

/// Notes what is taken from a source, in place of what was.
pub async fn put_taken(tx: &mut Tx, taken: &Taken) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO shop_sources (source, told_at, read_as, etag, last_modified) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (source) DO UPDATE SET told_at = excluded.told_at, read_as = excluded.read_as,
            etag = excluded.etag, last_modified = excluded.last_modified",
        taken.source.as_str(),
        taken.told_at.map(micros),
        taken.read_as.clone(),
        taken.etag.clone(),
        taken.last_modified.clone(),
    )?;
    Ok(())
}

/// How a sync ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// What was told holds now.
    Applied,
    /// The source says that nothing changed since it was taken last.
    Unchanged,
    /// Nothing was changed, since a person has to look first.
    Held,
    /// The source told nothing that could be read.
    Failed,
}

const OUTCOMES: [(Outcome, &str); 4] = [
    (Outcome::Applied, "applied"),
    (Outcome::Unchanged, "unchanged"),
    (Outcome::Held, "held"),
    (Outcome::Failed, "failed"),
];

/// How many products a sync told, and how many of them in what way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Products told in all, refused ones among them.
    pub told: u64,
    /// Not known before.
    pub added: u64,
    /// Told with another price.
    pub repriced: u64,
    /// Told with another name.
    pub renamed: u64,
    /// Told no more.
    pub vanished: u64,
    /// Told again after they had vanished.
    pub returned: u64,
    /// That could not be read.
    pub refused: u64,
}

/// One sync, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    /// Identity.
    pub id: Uuid,
    /// Of which source.
    pub source: Source,
    /// Who asked for it.
    pub actor: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// Why nothing was changed, if it was held or failed.
    pub problem: Option<String>,
    /// The date that the catalogue carried itself.
    pub told_at: Option<Timestamp>,
    /// The SHA-256 of what was read.
    pub digest: Option<[u8; 32]>,
    /// How many products in what way.
    pub counts: Counts,
}

#[derive(sqlx::FromRow)]
struct SyncRow {
    id: Uuid,
    source: String,
    actor: String,
    started_at: i64,
    ended_at: i64,
    outcome: String,
    problem: Option<String>,
    told_at: Option<i64>,
    digest: Option<Vec<u8>>,
    told: i64,
    added: i64,
    repriced: i64,
    renamed: i64,
    vanished: i64,
    returned: i64,
    refused: i64,
}

impl TryFrom<SyncRow> for Sync {
    type Error = StoreError;

    fn try_from(row: SyncRow) -> Result<Self, StoreError> {
        const TABLE: &str = "shop_syncs";
        let unknown = |text: &str| StoreError::corrupt(TABLE, format!("{text:?} is not known"));
        let outcome = OUTCOMES.iter().find(|(_, word)| *word == row.outcome).map(|(outcome, _)| *outcome);
        Ok(Self {
            id: row.id,
            source: Source::parse(&row.source).ok_or_else(|| unknown(&row.source))?,
            actor: row.actor,
            started_at: instant(TABLE, row.started_at)?,
            ended_at: instant(TABLE, row.ended_at)?,
            outcome: outcome.ok_or_else(|| unknown(&row.outcome))?,
            problem: row.problem,
            told_at: optional_instant(TABLE, row.told_at)?,
            digest: row.digest.map(|bytes| digest(TABLE, bytes)).transpose()?,
            counts: Counts {
                told: count(TABLE, row.told)?,
                added: count(TABLE, row.added)?,
                repriced: count(TABLE, row.repriced)?,
                renamed: count(TABLE, row.renamed)?,
                vanished: count(TABLE, row.vanished)?,
                returned: count(TABLE, row.returned)?,
                refused: count(TABLE, row.refused)?,
            },
        })
    }
}

/// Remembers a sync.
pub async fn insert_sync(tx: &mut Tx, sync: &Sync) -> Result<(), StoreError> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let outcome = OUTCOMES.iter().find(|(outcome, _)| *outcome == sync.outcome).map_or("", |(_, word)| word);
    insert_all!(
        tx,
        "INSERT INTO shop_syncs (id, source, actor, started_at, ended_at, outcome, problem, told_at, digest, told,
            added, repriced, renamed, vanished, returned, refused) ",
        std::slice::from_ref(sync),
        |row| (
            row.id,
            row.source.as_str(),
            row.actor.clone(),
            micros(row.started_at),
            micros(row.ended_at),
            outcome,
            row.problem.clone(),
            row.told_at.map(micros),
            row.digest.map(|digest| digest.to_vec()),
            number(row.counts.told),
            number(row.counts.added),
            number(row.counts.repriced),
            number(row.counts.renamed),
            number(row.counts.vanished),
            number(row.counts.returned),
            number(row.counts.refused),
        ),
        ""
    );
    Ok(())
}

/// The last syncs, the latest first.
pub async fn syncs(tx: &mut Tx, most: i64) -> Result<Vec<Sync>, StoreError> {
    let sql = "SELECT id, source, actor, started_at, ended_at, outcome, problem, told_at, digest, told, added,
        repriced, renamed, vanished, returned, refused FROM shop_syncs ORDER BY started_at DESC, id DESC LIMIT $1";
    fetch_all!(tx, SyncRow, sql, most)?.into_iter().map(Sync::try_from).collect()
}
