//! Stores what the files tell, some thousand rows a transaction.

mod orders;

use std::collections::{HashMap, HashSet};

use domain::catalog::Sku;
use domain::ids::PartnerId;
use domain::lang::Text;
use domain::order::{ExternalId, OrderEvent};
use domain::partner::{Partner, PartnerCode};
use domain::text;
use jiff::Timestamp;
use store::partners::Handle;
use store::{StoreError, Tx};

use self::orders::{lines_of, unsettled};
use super::rows::{ACTIVITY, At, Company, FeeRow, LINES, ORDERS, PARTNERS, PRODUCTS, PartnerRow, REFUNDS};
use super::{ImportError, Progress, RowError, Stage, StageReport};
use crate::App;
use crate::accruals::{self, Judge, Sight};
use crate::activity::{self, FeeError, FeePayment};
use crate::catalog::{self, Terms};
use crate::enroll;
use crate::orders::{Outcome, record_all};
use crate::plans;

pub(super) use self::orders::before_the_order;

/// Rows that share a transaction: with more of them a page that each transaction touches is written less often.
const BATCH: usize = 4_000;

/// New and known rows.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    new: usize,
    known: usize,
}

pub(super) async fn refuse_without_plan(app: &App, company: &Company) -> Result<(), ImportError> {
    let Some(first) = company.first_instant() else {
        return Ok(());
    };
    let timeline = plans::timeline(app, &mut app.store.begin_read().await?).await?;
    timeline.in_force(first).map(|_| ()).ok_or(ImportError::NoPlan(first))
}

/// Refuses partners, products and orders that are neither in the files nor known, before anything is
/// written.
pub(super) async fn refuse_unknown(
    app: &App,
    company: &Company,
    source: &ExternalId,
) -> Result<(), ImportError> {
    let mut tx = app.store.begin_read().await?;
    let own = company.own_codes();
    let named: Vec<_> = named_partners(company).filter(|(.., code)| !own.contains(code)).collect();
    let codes: Vec<String> = named.iter().map(|(.., code)| code.to_string()).collect();
    let known: HashSet<String> = store::partners::ids_by(&mut tx, Handle::Code, &codes)
        .await?
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    let mut errors = Vec::new();
    for (file, column, line, code) in named {
        if !known.contains(code.as_str()) {
            let problem = text!("партнёра {code} нет", "there is no partner {code}");
            errors.push(RowError::new(file, line, column, problem));
        }
    }
    let own: HashSet<&Sku> = company.products.iter().map(|row| &row.value.sku).collect();
    let sold: Vec<&At<Sku>> = company.sold.iter().filter(|row| !own.contains(&row.value)).collect();
    let skus: Vec<String> = sold.iter().map(|row| row.value.to_string()).collect();
    let terms = Terms::load(&mut tx, &skus).await?;
    for At { line, value: sku } in sold {
        if !terms.knows(sku) {
            let problem = text!(
                "товара {sku} нет ни в {PRODUCTS}, ни в каталоге",
                "product {sku} is neither in {PRODUCTS} nor in the catalogue"
            );
            errors.push(RowError::new(LINES, *line, "sku", problem));
        }
    }
    let own: HashSet<&ExternalId> = company.orders.iter().map(|row| &row.value.order.external_id).collect();
    let given_back: Vec<_> =
        company.refunds.iter().filter(|row| !own.contains(&row.value.order.external_id)).collect();
    let ids: Vec<String> = given_back.iter().map(|row| row.value.order.external_id.to_string()).collect();
    let known: HashMap<ExternalId, Timestamp> = store::orders::by_keys(&mut tx, source, &ids)
        .await?
        .into_iter()
        .map(|stored| (stored.order.key.external_id, stored.order.ordered_at))
        .collect();
    for row in given_back {
        let id = &row.value.order.external_id;
        let refunded_at = row.value.refund.as_ref().map(|refund| refund.refunded_at);
        if let (Some(ordered_at), Some(refunded_at)) = (known.get(id), refunded_at)
            && refunded_at < *ordered_at
        {
            errors.push(RowError::new(REFUNDS, row.line, "refunded_at", before_the_order()));
        }
        if !known.contains_key(id) {
            let problem = text!(
                "заказа {id} нет ни в {ORDERS}, ни в базе",
                "order {id} is neither in {ORDERS} nor known"
            );
            errors.push(RowError::new(REFUNDS, row.line, "order_id", problem));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(ImportError::Rows(errors)) }
}

/// Says what is new, writing nothing.
pub(super) async fn dry_run(
    app: &App,
    company: &Company,
    source: &ExternalId,
) -> Result<Vec<StageReport>, ImportError> {
    let mut tx = app.store.begin_read().await?;
    let codes: Vec<String> = company.partners.iter().map(|row| row.value.code.to_string()).collect();
    let known_partners = store::partners::ids_by(&mut tx, Handle::Code, &codes).await?.len();
    let ids: Vec<String> = company.orders.iter().map(|row| row.value.order.external_id.to_string()).collect();
    let known_orders = store::orders::by_keys(&mut tx, source, &ids).await?.len();
    let report = |stage, rows: usize, known: usize| StageReport { stage, rows, new: rows - known, known };
    Ok(vec![
        report(Stage::Products, company.products.len(), 0),
        report(Stage::Partners, company.partners.len(), known_partners),
        report(Stage::Activity, company.fees.len(), 0),
        report(Stage::Orders, company.orders.len(), known_orders),
        report(Stage::Refunds, company.refunds.len(), 0),
    ])
}

fn named_partners(company: &Company) -> impl Iterator<Item = (&'static str, &'static str, u64, PartnerCode)> {
    let sponsors = company
        .partners
        .iter()
        .filter_map(|row| Some((PARTNERS, "sponsor_code", row.line, row.value.sponsor.clone()?)));
    let payers =
        company.fees.iter().map(|row| (ACTIVITY, "partner_code", row.line, row.value.partner.clone()));
    let buyers = company.orders.iter().filter_map(|row| {
        Some((ORDERS, "buyer_code", row.line, row.value.order.details.as_ref()?.buyer.partner_code.clone()?))
    });
    sponsors.chain(payers).chain(buyers)
}

pub(super) async fn run(
    app: &App,
    company: &Company,
    source: &ExternalId,
    progress: &mut impl FnMut(Progress),
) -> Result<Vec<StageReport>, ImportError> {
    let mut reports = Vec::new();
    let mut sight = Sight::Whole(None);
    macro_rules! stage {
        ($stage:expr, $rows:expr, $store:expr) => {{
            let mut sum = Tally::default();
            let mut done = 0;
            progress(Progress { stage: $stage, done, total: $rows.len() });
            for batch in $rows.chunks(BATCH) {
                let now = app.now();
                let mut tx = app.store.begin().await?;
                let tally: Tally = $store(&mut tx, batch, now).await?;
                tx.commit().await?;
                sum.new += tally.new;
                sum.known += tally.known;
                done += batch.len();
                progress(Progress { stage: $stage, done, total: $rows.len() });
            }
            reports.push(StageReport { stage: $stage, rows: $rows.len(), new: sum.new, known: sum.known });
        }};
    }
    stage!(Stage::Products, company.products, async |tx: &mut Tx,
                                                     batch: &[At<catalog::ProductFacts>],
                                                     now| {
        let facts: Vec<_> = batch.iter().map(|row| row.value.clone()).collect();
        let stocked = catalog::put_all(app, tx, &facts, now).await?;
        Ok::<_, ImportError>(Tally { new: stocked.new + stocked.changed, known: stocked.unchanged })
    });
    stage!(Stage::Partners, company.partners, async |tx: &mut Tx, batch, now| partners(app, tx, batch, now)
        .await);
    stage!(Stage::Activity, company.fees, async |tx: &mut Tx, batch, now| fees(app, tx, batch, source, now)
        .await);
    stage!(Stage::Orders, company.orders, async |tx: &mut Tx, batch, now| orders(
        app, tx, ORDERS, batch, source, &mut sight, now
    )
    .await);
    stage!(Stage::Refunds, company.refunds, async |tx: &mut Tx, batch, now| orders(
        app, tx, REFUNDS, batch, source, &mut sight, now
    )
    .await);
    Ok(reports)
}

async fn partners(
    app: &App,
    tx: &mut Tx,
    batch: &[At<PartnerRow>],
    now: Timestamp,
) -> Result<Tally, ImportError> {
    store::facts::lock(tx).await?;
    let known = known_partners(tx, batch).await?;
    let mut ids: HashMap<PartnerCode, PartnerId> =
        known.values().map(|partner| (partner.code.clone(), partner.id)).collect();
    let mut new = Vec::new();
    let mut errors = Vec::new();
    for At { line, value: row } in batch {
        let sponsor = row.sponsor.as_ref().map(|code| ids.get(code).copied());
        let Some(inviter) = sponsor.map_or(Some(None), |found| found.map(Some)) else {
            let problem = text!(
                "спонсор должен стоять в файле выше этой строки или уже быть партнёром",
                "the sponsor must stand above this line or be a partner already"
            );
            errors.push(RowError::new(PARTNERS, *line, "sponsor_code", problem));
            continue;
        };
        if let Some(partner) = known.get(&row.code) {
            let same = partner.inviter == inviter && partner.joined_at == row.joined_at;
            if !same {
                let problem = text!(
                    "этот партнёр известен с другим спонсором или датой вступления",
                    "this partner is known with another sponsor or date of joining"
                );
                errors.push(RowError::new(PARTNERS, *line, "code", problem));
            }
            continue;
        }
        let sponsor = row.sponsor.as_ref().and_then(|code| known.get(code));
        if sponsor.is_some_and(|sponsor| sponsor.joined_at > row.joined_at) {
            let problem = text!("вступил раньше своего спонсора", "joined before his sponsor did");
            errors.push(RowError::new(PARTNERS, *line, "joined_at", problem));
            continue;
        }
        let partner = Partner {
            id: PartnerId::new(app.ids.uuid(now)),
            code: row.code.clone(),
            referral_code: app.ids.referral_code(),
            name: row.name.clone(),
            phone: row.phone.clone(),
            email: row.email.clone(),
            inviter,
            joined_at: row.joined_at,
        };
        ids.insert(partner.code.clone(), partner.id);
        new.push((*line, partner));
    }
    errors.extend(taken(tx, &new).await?);
    if !errors.is_empty() {
        return Err(ImportError::Batch(errors));
    }
    let new: Vec<Partner> = new.into_iter().map(|(_, partner)| partner).collect();
    enroll::insert_all(app, tx, &new, now).await?;
    Ok(Tally { new: new.len(), known: batch.len() - new.len() })
}

/// The partners and sponsors of a batch that are known.
async fn known_partners(
    tx: &mut Tx,
    batch: &[At<PartnerRow>],
) -> Result<HashMap<PartnerCode, Partner>, StoreError> {
    let codes = batch.iter().flat_map(|row| row.value.sponsor.iter().chain([&row.value.code]));
    let codes: Vec<String> = codes.map(ToString::to_string).collect();
    let ids: Vec<PartnerId> =
        store::partners::ids_by(tx, Handle::Code, &codes).await?.into_iter().map(|(_, id)| id).collect();
    let partners = store::partners::by_ids(tx, &ids).await?;
    Ok(partners.into_iter().map(|partner| (partner.code.clone(), partner)).collect())
}

/// New partners whose phone or e-mail belongs to somebody.
async fn taken(tx: &mut Tx, new: &[(u64, Partner)]) -> Result<Vec<RowError>, StoreError> {
    let mut errors = Vec::new();
    for (column, handle) in [("phone", Handle::Phone), ("email", Handle::Email)] {
        let value = |partner: &Partner| match handle {
            Handle::Phone => partner.phone.as_ref().map(ToString::to_string),
            _ => partner.email.as_ref().map(ToString::to_string),
        };
        let values: Vec<String> = new.iter().filter_map(|(_, partner)| value(partner)).collect();
        let owners: HashMap<String, PartnerId> =
            store::partners::ids_by(tx, handle, &values).await?.into_iter().collect();
        for (line, partner) in new {
            if value(partner).is_some_and(|value| owners.contains_key(&value)) {
                let problem = text!(
                    "принадлежит партнёру, который уже вступил",
                    "belongs to a partner who has joined already"
                );
                errors.push(RowError::new(PARTNERS, *line, column, problem));
            }
        }
    }
    Ok(errors)
}

async fn fees(
    app: &App,
    tx: &mut Tx,
    batch: &[At<FeeRow>],
    source: &ExternalId,
    now: Timestamp,
) -> Result<Tally, ImportError> {
    store::facts::lock(tx).await?;
    let timeline = plans::timeline(app, tx).await?;
    let codes: Vec<String> = batch.iter().map(|row| row.value.partner.to_string()).collect();
    let ids: HashMap<String, PartnerId> =
        store::partners::ids_by(tx, Handle::Code, &codes).await?.into_iter().collect();
    let payments: Vec<FeePayment> = batch.iter().map(|row| payment(&row.value, source)).collect();
    let keys: Vec<String> = payments.iter().map(|payment| payment.external_id.clone()).collect();
    let known: HashMap<String, _> = store::activity::fees_by_key(tx, source.as_str(), &keys)
        .await?
        .into_iter()
        .map(|fee| (fee.external_id.clone(), fee))
        .collect();
    let (mut new, mut errors) = (Vec::new(), Vec::new());
    let mut in_batch = std::collections::HashSet::new();
    for (At { line, value: row }, payment) in batch.iter().zip(&payments) {
        let code = &row.partner;
        let Some(partner) = ids.get(code.as_str()).copied() else {
            let problem = text!("партнёра {code} нет", "there is no partner {code}");
            errors.push(RowError::new(ACTIVITY, *line, "partner_code", problem));
            continue;
        };
        if known.contains_key(&payment.external_id) || !in_batch.insert(payment.external_id.clone()) {
            continue;
        }
        match activity::priced(&timeline, partner, payment) {
            Ok(fee) => new.push(fee),
            Err(problem) => errors.push(RowError::new(ACTIVITY, *line, "kind", unpriced(&problem))),
        }
    }
    if !errors.is_empty() {
        return Err(ImportError::Batch(errors));
    }
    let tally = Tally { new: new.len(), known: batch.len() - new.len() };
    activity::insert_all(app, tx, new, &timeline.zone(), now).await?;
    Ok(tally)
}

fn unpriced(problem: &FeeError) -> Text {
    match problem {
        FeeError::NoSuchFee { at, kind } => text!(
            "в плане, который действовал {at}, нет взноса {kind}",
            "the plan in force at {at} has no {kind} fee"
        ),
        other => text!("взнос не принят: {other}", "{other}"),
    }
}

/// The file has no key of its own, so partner, instant and kind are the key.
fn payment(row: &FeeRow, source: &ExternalId) -> FeePayment {
    FeePayment {
        partner: row.partner.clone(),
        paid_at: row.paid_at,
        kind: row.kind,
        source: source.to_string(),
        external_id: format!("{}/{}/{}", row.partner, row.kind, row.paid_at),
    }
}

/// Orders and refunds alike: the events are recorded and the orders settled in one transaction.
async fn orders(
    app: &App,
    tx: &mut Tx,
    file: &'static str,
    batch: &[At<OrderEvent>],
    source: &ExternalId,
    sight: &mut Sight,
    now: Timestamp,
) -> Result<Tally, ImportError> {
    let events: Vec<OrderEvent> = batch
        .iter()
        .map(|row| {
            let mut event = row.value.clone();
            event.order.source = source.clone();
            event
        })
        .collect();
    let recorded = record_all(app, tx, &events, now).await?;
    let mut tally = Tally::default();
    let mut errors = Vec::new();
    for (row, outcome) in batch.iter().zip(recorded.outcomes) {
        match outcome {
            Outcome::Changed(_) => tally.new += 1,
            Outcome::Known(_) => tally.known += 1,
            Outcome::Refused(refusal, _) => {
                errors.push(RowError::new(file, row.line, "order_id", refusal));
            }
        }
    }
    let lines = lines_of(batch, &recorded.to_settle);
    if errors.is_empty() {
        let settled = accruals::settle(app, tx, recorded.to_settle, Judge::Once, sight).await?;
        for (order, verdict) in settled {
            if let Err(problem) = verdict {
                let line = lines.get(&order).copied().unwrap_or(0);
                errors.push(RowError::new(file, line, "order_id", unsettled(&problem)));
            }
        }
    }
    if errors.is_empty() { Ok(tally) } else { Err(ImportError::Batch(errors)) }
}
