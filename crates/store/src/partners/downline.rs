//! Those below a partner as they stand at an instant.

use domain::ids::PartnerId;
use domain::page::{Key, Page, Place, Window};
use domain::partner::Partner;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Begins, Row, columns};
use crate::columns::{count, micros};
use crate::select::Select;
use crate::{StoreError, Tx};

/// A sponsorship `s` that holds at `$1`, as known now.
macro_rules! holds {
    ($at:literal) => {
        concat!(
            "s.since <= ",
            $at,
            " AND NOT EXISTS (SELECT 1 FROM sponsorships l WHERE l.partner_id = s.partner_id AND l.since <= ",
            $at,
            " AND (l.since > s.since OR (l.since = s.since AND l.seq > s.seq)))"
        )
    };
}

/// A page of those directly below a partner, by code.
pub async fn frontline(
    tx: &mut Tx,
    sponsor: PartnerId,
    at: Timestamp,
    window: &Window,
) -> Result<Page<Partner>, StoreError> {
    let mut select = Select::new(tx, columns!("p JOIN sponsorships s ON s.partner_id = p.id"));
    let at = micros(at);
    select.and("s.sponsor_id = ?", [sponsor.uuid().into()]);
    select.and(holds!("?"), [at.into(), at.into()]);
    let select = select.within(window, "code{bytewise}", "id");
    let partners =
        fetch_select!(tx, Row, select).into_iter().map(Partner::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.page(partners, place))
}

fn place(partner: &Partner) -> Place {
    Place { key: Key::Text(partner.code.to_string()), id: partner.id.uuid() }
}

/// Those directly below each of the partners, as (sponsor, partner): of each sponsor the first by code, at
/// most so many.
pub async fn frontlines(
    tx: &mut Tx,
    sponsors: &[PartnerId],
    at: Timestamp,
    most: u16,
) -> Result<Vec<(PartnerId, PartnerId)>, StoreError> {
    let sponsors: Vec<Uuid> = sponsors.iter().map(|sponsor| sponsor.uuid()).collect();
    let sql = concat!(
        "SELECT sponsor_id, partner_id FROM (SELECT s.sponsor_id, s.partner_id,
            ROW_NUMBER() OVER (PARTITION BY s.sponsor_id ORDER BY p.code) AS place
            FROM sponsorships s JOIN partners p ON p.id = s.partner_id WHERE s.sponsor_id IN ({list}) AND ",
        holds!("$1"),
        ") AS numbered WHERE place <= $2 ORDER BY sponsor_id, place"
    );
    let rows = fetch_listed!(tx, (Uuid, Uuid), sql, [micros(at), i64::from(most)], sponsors);
    Ok(rows.into_iter().map(|(sponsor, id)| (PartnerId::new(sponsor), PartnerId::new(id))).collect())
}

/// How many stand at each level below each of the partners, as (partner, level, count), by level.
pub async fn below_by_level(
    tx: &mut Tx,
    tops: &[PartnerId],
    at: Timestamp,
) -> Result<Vec<(PartnerId, u32, u64)>, StoreError> {
    let tops: Vec<Uuid> = tops.iter().map(|top| top.uuid()).collect();
    // No one stands above himself at any date, so that the walk down ends.
    let sql = concat!(
        "WITH RECURSIVE down (top, id, level) AS (
            SELECT id, id, 0 FROM partners WHERE id IN ({list})
            UNION ALL
            SELECT down.top, s.partner_id, down.level + 1 FROM down JOIN sponsorships s ON s.sponsor_id = down.id
            WHERE ",
        holds!("$1"),
        ") SELECT top, CAST(level AS BIGINT), COUNT(*) FROM down WHERE level > 0 GROUP BY top, level ORDER BY top, level"
    );
    fetch_listed!(tx, (Uuid, i64, i64), sql, [micros(at)], tops)
        .into_iter()
        .map(|(top, level, below)| {
            Ok((PartnerId::new(top), count("sponsorships", level)?, count("sponsorships", below)?))
        })
        .collect()
}

/// How far below another a partner stands: 0 if he is it himself; `None` if he does not stand below.
pub async fn level_below(
    tx: &mut Tx,
    top: PartnerId,
    partner: PartnerId,
    at: Timestamp,
) -> Result<Option<u32>, StoreError> {
    let sql = concat!(
        "WITH RECURSIVE up (id, level) AS (
            SELECT id, 0 FROM partners WHERE id = $2
            UNION ALL
            SELECT s.sponsor_id, up.level + 1 FROM up JOIN sponsorships s ON s.partner_id = up.id
            WHERE s.sponsor_id IS NOT NULL AND up.id <> $3 AND ",
        holds!("$1"),
        ") SELECT CAST(level AS BIGINT) FROM up WHERE id = $3"
    );
    let found = fetch_optional!(tx, (i64,), sql, micros(at), partner.uuid(), top.uuid())?;
    found.map(|(level,)| count("sponsorships", level)).transpose()
}

/// A page of those anywhere below a partner whose code or name begins so, by code.
pub async fn search_below(
    tx: &mut Tx,
    top: PartnerId,
    begins: &Begins,
    at: Timestamp,
    window: &Window,
) -> Result<Page<Partner>, StoreError> {
    let head = concat!(
        "WITH RECURSIVE down (below) AS (
            SELECT s.partner_id FROM sponsorships s WHERE s.sponsor_id = ? AND ",
        holds!("?"),
        " UNION ALL
            SELECT s.partner_id FROM down JOIN sponsorships s ON s.sponsor_id = down.below WHERE ",
        holds!("?"),
        ") ",
        columns!("p JOIN down ON down.below = p.id")
    );
    let instant = micros(at);
    let values = [top.uuid().into(), instant.into(), instant.into(), instant.into(), instant.into()];
    let mut select = Select::with(tx, head, values);
    match begins {
        Begins::Phone(phone) => select.and_begins(&["phone"], std::slice::from_ref(phone)),
        Begins::CodeOrName(texts) => select.and_begins(&["code", "first_name", "last_name"], texts),
    }
    let select = select.within(window, "code{bytewise}", "id");
    let partners =
        fetch_select!(tx, Row, select).into_iter().map(Partner::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.page(partners, place))
}
