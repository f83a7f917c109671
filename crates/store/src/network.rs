//! Loads the network, whole or the part above a few buyers.

use domain::activity::Span;
use domain::ids::{FactSeq, PartnerId};
use domain::network::{Dated, KnownSpan, Network};
use domain::partner::PartnerCode;
use uuid::Uuid;

use crate::activity::known_span;
use crate::columns::{instant, micros, parsed};
use crate::standing::NO_RANK;
use crate::{StoreError, Tx};

/// What part of the network is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose uplines.
    pub below: Vec<PartnerId>,
    /// So many sponsors above each.
    pub generations: i64,
    /// The span of effective instants that will be asked about, both ends included.
    pub over: Span,
    /// So many active invited partners are enough for every level; 0 if nobody asks.
    pub enough_invited: u32,
}

/// Loads the uplines of buyers with everything a plan asks of them over a span of time, as known now.
pub async fn load(tx: &mut Tx, wanted: &Wanted) -> Result<Network, StoreError> {
    let buyers: Vec<Uuid> = wanted.below.iter().map(|partner| partner.uuid()).collect();
    let sql = "WITH RECURSIVE up (id, distance) AS (
            SELECT id, 0 FROM partners WHERE id IN ({list})
            UNION
            SELECT s.sponsor_id, up.distance + 1 FROM up
            JOIN sponsorships s ON s.partner_id = up.id AND s.sponsor_id IS NOT NULL
            WHERE up.distance < $1)
        SELECT DISTINCT p.id, p.code, p.joined_at FROM up JOIN partners p ON p.id = up.id";
    let people = fetch_listed!(tx, PersonRow, sql, [wanted.generations], buyers);
    let mut ids: Vec<Uuid> = people.iter().map(|(id, _, _)| *id).collect();
    ids.sort_unstable();
    ids.dedup();

    let mut network = Network::default();
    put_people(&mut network, people)?;
    let sql = "SELECT partner_id, sponsor_id, since, seq FROM sponsorships WHERE partner_id IN ({list})";
    put_sponsors(&mut network, fetch_listed!(tx, SponsorRow, sql, [], ids))?;
    let sql = "SELECT partner_id, since, until, seq, superseded FROM activity_periods
        WHERE since <= $1 AND until > $2 AND partner_id IN ({list})";
    let (first, last) = (micros(wanted.over.from), micros(wanted.over.until));
    for (id, known) in spans(fetch_listed!(tx, SpanRow, sql, [last, first], ids))? {
        network.person(id).activity.push(known);
    }
    let sql = "SELECT partner_id, rank, since, seq FROM partner_ranks WHERE partner_id IN ({list})";
    put_ranks(&mut network, fetch_listed!(tx, RankRow, sql, [], ids))?;
    let sql = "SELECT partner_id, held, since, seq FROM partner_holds WHERE partner_id IN ({list})";
    put_holds(&mut network, fetch_listed!(tx, HoldRow, sql, [], ids))?;
    if wanted.enough_invited > 0 {
        load_invited(tx, &mut network, &ids, wanted).await?;
    }
    Ok(network)
}

/// Loads the activity of the invited. Of one with more than enough active over the whole span only
/// their number is loaded, at most `enough_invited`.
async fn load_invited(
    tx: &mut Tx,
    network: &mut Network,
    ids: &[Uuid],
    wanted: &Wanted,
) -> Result<(), StoreError> {
    let (first, last) = (micros(wanted.over.from), micros(wanted.over.until));
    let enough = i64::from(wanted.enough_invited);
    // An inner count is not merged into a join, so that even without statistics the invited are looked
    // up one after the other, and only until there are enough.
    let sql = "SELECT m.id, (SELECT COUNT(*) FROM (
                SELECT 1 FROM partners p WHERE p.inviter_id = m.id AND (
                    SELECT COUNT(*) FROM activity_periods a WHERE a.partner_id = p.id
                    AND a.since <= $1 AND a.until > $2 AND a.superseded IS NULL) > 0
                LIMIT $3) AS sure)
        FROM partners m WHERE m.id IN ({list})";
    let sure = fetch_listed!(tx, (Uuid, i64), sql, [first, last, enough], ids);
    let (plenty, few): (Vec<_>, Vec<_>) = sure.into_iter().partition(|(_, count)| *count >= enough);
    for (id, _) in plenty {
        network.person(PartnerId::new(id)).surely_active_invited = wanted.enough_invited;
    }
    let few: Vec<Uuid> = few.into_iter().map(|(id, _)| id).collect();
    let sql = "SELECT p.inviter_id, a.since, a.until, a.seq, a.superseded
        FROM partners p JOIN activity_periods a ON a.partner_id = p.id
        WHERE a.since <= $1 AND a.until > $2 AND p.inviter_id IN ({list})";
    for (id, known) in spans(fetch_listed!(tx, SpanRow, sql, [last, first], few))? {
        network.person(id).invited_activity.push(known);
    }
    Ok(())
}

/// Loads everybody with every fact, superseded ones too.
pub async fn load_whole(tx: &mut Tx) -> Result<Network, StoreError> {
    let mut network = Network::default();
    put_people(&mut network, fetch_all!(tx, PersonRow, "SELECT id, code, joined_at FROM partners")?)?;
    let sql = "SELECT partner_id, sponsor_id, since, seq FROM sponsorships";
    put_sponsors(&mut network, fetch_all!(tx, SponsorRow, sql)?)?;
    let inviters: std::collections::HashMap<Uuid, Uuid> =
        fetch_all!(tx, (Uuid, Uuid), "SELECT id, inviter_id FROM partners WHERE inviter_id IS NOT NULL")?
            .into_iter()
            .collect();
    let sql = "SELECT partner_id, since, until, seq, superseded FROM activity_periods";
    for (id, known) in spans(fetch_all!(tx, SpanRow, sql)?)? {
        network.person(id).activity.push(known);
        if let Some(inviter) = inviters.get(&id.uuid()) {
            network.person(PartnerId::new(*inviter)).invited_activity.push(known);
        }
    }
    put_ranks(
        &mut network,
        fetch_all!(tx, RankRow, "SELECT partner_id, rank, since, seq FROM partner_ranks")?,
    )?;
    put_holds(
        &mut network,
        fetch_all!(tx, HoldRow, "SELECT partner_id, held, since, seq FROM partner_holds")?,
    )?;
    Ok(network)
}

type PersonRow = (Uuid, String, i64);
type SponsorRow = (Uuid, Option<Uuid>, i64, i64);
type SpanRow = (Uuid, i64, i64, i64, Option<i64>);
type RankRow = (Uuid, String, i64, i64);
type HoldRow = (Uuid, bool, i64, i64);

fn put_people(network: &mut Network, rows: Vec<PersonRow>) -> Result<(), StoreError> {
    for (id, code, joined_at) in rows {
        let person = network.person(PartnerId::new(id));
        person.code = Some(parsed("partners", &code, PartnerCode::parse)?);
        person.joined_at = Some(instant("partners", joined_at)?);
    }
    Ok(())
}

fn put_sponsors(network: &mut Network, rows: Vec<SponsorRow>) -> Result<(), StoreError> {
    for (partner, sponsor, since, seq) in rows {
        let fact = dated("sponsorships", since, seq, sponsor.map(PartnerId::new))?;
        network.person(PartnerId::new(partner)).sponsors.push(fact);
    }
    Ok(())
}

fn put_ranks(network: &mut Network, rows: Vec<RankRow>) -> Result<(), StoreError> {
    for (partner, rank, since, seq) in rows {
        let rank = (rank != NO_RANK).then_some(rank);
        network.person(PartnerId::new(partner)).ranks.push(dated("partner_ranks", since, seq, rank)?);
    }
    Ok(())
}

fn put_holds(network: &mut Network, rows: Vec<HoldRow>) -> Result<(), StoreError> {
    for (partner, held, since, seq) in rows {
        network.person(PartnerId::new(partner)).holds.push(dated("partner_holds", since, seq, held)?);
    }
    Ok(())
}

fn spans(rows: Vec<SpanRow>) -> Result<Vec<(PartnerId, KnownSpan)>, StoreError> {
    rows.into_iter()
        .map(|(id, since, until, seq, superseded)| {
            Ok((PartnerId::new(id), known_span(since, until, seq, superseded)?))
        })
        .collect()
}

fn dated<T>(table: &'static str, since: i64, seq: i64, fact: T) -> Result<Dated<T>, StoreError> {
    Ok(Dated { from: instant(table, since)?, seq: FactSeq(seq), fact })
}
