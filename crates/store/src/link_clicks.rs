//! `link_clicks`: how often the link of a partner was followed, by day and label.

use domain::ids::PartnerId;
use domain::link::Campaign;
use jiff::civil::Date;
use uuid::Uuid;

use crate::columns::{count, day, day_number};
use crate::{StoreError, Tx};

const TABLE: &str = "link_clicks";

/// Clicks of one day on one partner's link under one label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clicks {
    /// Whose link.
    pub partner: PartnerId,
    /// On which day.
    pub day: Date,
    /// Under which label.
    pub campaign: Campaign,
    /// How many, at least one.
    pub clicks: u64,
}

/// Adds clicks to those that are counted already; the keys of one call differ.
pub async fn add_all(tx: &mut Tx, clicks: &[Clicks]) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO link_clicks (day, partner_id, source, campaign, clicks) ",
        clicks,
        |row| (
            day_number(row.day),
            row.partner.uuid(),
            row.campaign.source.clone(),
            row.campaign.name.clone(),
            i64::try_from(row.clicks).unwrap_or(i64::MAX),
        ),
        " ON CONFLICT (partner_id, day, source, campaign) DO UPDATE SET clicks = link_clicks.clicks + excluded.clicks"
    );
    Ok(())
}

/// The labels under which clicks of a day are counted already for these partners.
pub async fn labels_of(
    tx: &mut Tx,
    day: Date,
    partners: &[PartnerId],
) -> Result<Vec<(PartnerId, Campaign)>, StoreError> {
    let ids: Vec<Uuid> = partners.iter().map(|partner| partner.uuid()).collect();
    let sql =
        "SELECT partner_id, source, campaign FROM link_clicks WHERE day = $1 AND partner_id IN ({list})";
    let rows = fetch_listed!(tx, (Uuid, String, String), sql, [day_number(day)], ids);
    let label = |(partner, source, name)| (PartnerId::new(partner), Campaign { source, name });
    Ok(rows.into_iter().map(label).collect())
}

/// The clicks on a partner's link from the first day to the last, both included, by day and label.
pub async fn of_partner(
    tx: &mut Tx,
    partner: PartnerId,
    first: Date,
    last: Date,
) -> Result<Vec<Clicks>, StoreError> {
    let sql = "SELECT day, source, campaign, clicks FROM link_clicks
        WHERE partner_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day, source, campaign";
    let rows =
        fetch_all!(tx, (i64, String, String, i64), sql, partner.uuid(), day_number(first), day_number(last))?;
    let clicks = |(number, source, name, clicks): (i64, String, String, i64)| {
        Ok(Clicks {
            partner,
            day: day(TABLE, number)?,
            campaign: Campaign { source, name },
            clicks: count(TABLE, clicks)?,
        })
    };
    rows.into_iter().map(clicks).collect()
}
