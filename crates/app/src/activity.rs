//! Activity fees: a partner pays and is active for a month or a year.

use std::collections::{BTreeMap, BTreeSet};

use domain::activity::{FeeKind, Span, spans};
use domain::actor::Actor;
use domain::ids::{FactSeq, PartnerId};
use domain::money::Money;
use domain::network::KnownSpan;
use domain::partner::PartnerCode;
use domain::time::CLOCKS_DIFFER;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::activity::{Fee, Reach};
use store::{StoreError, Tx};

use crate::App;
use crate::accruals::reconsider;
use crate::audit::{self, Act};
use crate::notices;
use crate::plans::{self, Timeline};
use crate::retry::{may_retry, retrying};

/// A fee as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeePayment {
    /// Who paid.
    pub partner: PartnerCode,
    /// When.
    pub paid_at: Timestamp,
    /// Which fee.
    pub kind: FeeKind,
    /// Who tells it.
    pub source: String,
    /// By which key; the same key again changes nothing.
    pub external_id: String,
}

/// Why a fee is not taken.
#[derive(Debug, thiserror::Error)]
pub enum FeeError {
    /// Nobody has that code.
    #[error("there is no partner {0}")]
    UnknownPartner(PartnerCode),
    /// The plan of that time has no such fee.
    #[error("the plan in force at {at} has no {kind} fee")]
    NoSuchFee {
        /// When it was paid.
        at: Timestamp,
        /// Which fee.
        kind: FeeKind,
    },
    /// No plan was in force.
    #[error("no plan is in force at {0}: activate one first")]
    NoPlan(Timestamp),
    /// It has not happened yet.
    #[error("{0} lies ahead: a fee is told when it is paid")]
    Ahead(Timestamp),
    /// The key is known with another content.
    #[error("fee {0} is known with another partner, date or kind")]
    Conflict(String),
    /// The database failed.
    #[error("could not store the fee")]
    Store(#[from] StoreError),
}
may_retry!(FeeError);

/// What came of a fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is taken.
    New,
    /// It was known.
    Duplicate,
}

/// Takes a fee; the partner is active from its payment, or from the end of his running period.
pub async fn take_fee(app: &App, actor: &Actor, payment: &FeePayment) -> Result<Taken, FeeError> {
    retrying(|| take_once(app, actor, payment)).await
}

async fn take_once(app: &App, actor: &Actor, payment: &FeePayment) -> Result<Taken, FeeError> {
    let now = app.now();
    if payment.paid_at > now + CLOCKS_DIFFER {
        return Err(FeeError::Ahead(payment.paid_at));
    }
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let Some(partner) = store::partners::by_code(&mut tx, &payment.partner).await? else {
        return Err(FeeError::UnknownPartner(payment.partner.clone()));
    };
    let timeline = plans::timeline(app, &mut tx).await?;
    let known =
        store::activity::fees_by_key(&mut tx, &payment.source, std::slice::from_ref(&payment.external_id))
            .await?;
    if let Some(known) = known.first() {
        return same_fee(known, partner.id, payment).map(|()| Taken::Duplicate);
    }
    let fee = priced(&timeline, partner.id, payment)?;
    insert_all(app, &mut tx, vec![fee], &timeline.zone(), now).await?;
    let act = Act {
        actor,
        action: "activity.take_fee",
        entity: format!("partner:{}", payment.partner),
        before: None::<()>,
        after: Some(
            serde_json::json!({ "kind": payment.kind, "paid_at": payment.paid_at.to_string(), "key": payment.external_id }),
        ),
        reason: None,
    };
    audit::append(&mut tx, act, now).await?;
    tx.commit().await?;
    app.ring();
    Ok(Taken::New)
}

/// Whether a known fee is the one told; a conflict otherwise.
pub(crate) fn same_fee(known: &Fee, partner: PartnerId, told: &FeePayment) -> Result<(), FeeError> {
    if (known.partner, known.paid_at, known.kind) == (partner, told.paid_at, told.kind) {
        return Ok(());
    }
    Err(FeeError::Conflict(told.external_id.clone()))
}

/// The fee with its price and months by the plan of its time; numbered when it is stored.
pub(crate) fn priced(timeline: &Timeline, partner: PartnerId, payment: &FeePayment) -> Result<Fee, FeeError> {
    let (_, plan) = timeline.in_force(payment.paid_at).ok_or(FeeError::NoPlan(payment.paid_at))?;
    let terms =
        plan.fee(payment.kind).ok_or(FeeError::NoSuchFee { at: payment.paid_at, kind: payment.kind })?;
    let (months, amount): (u8, Money) = (terms.months, terms.price);
    Ok(Fee {
        partner,
        seq: FactSeq(0),
        source: payment.source.clone(),
        external_id: payment.external_id.clone(),
        paid_at: payment.paid_at,
        kind: payment.kind,
        months,
        amount,
    })
}

/// Stores fees one after the other, with the spans of activity they give. A fee that was paid before
/// one that is known moves the spans after it: the old ones count no more from this fact on.
pub(crate) async fn insert_all(
    app: &App,
    tx: &mut Tx,
    mut fees: Vec<Fee>,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<(), StoreError> {
    let first = store::facts::take(tx, i64::try_from(fees.len()).unwrap_or(i64::MAX)).await?;
    for (fee, number) in fees.iter_mut().zip(first.0..) {
        fee.seq = FactSeq(number);
    }
    let mut books = load_books(tx, &fees).await?;
    let mut ended = Vec::new();
    let mut changed_since = Vec::new();
    for fee in &fees {
        let (superseded, since) = books.entry(fee.partner).or_default().take(fee, zone);
        ended.extend(superseded.into_iter().map(|known| (fee.partner, known, fee.seq)));
        changed_since.push((fee.seq, fee.partner, since));
    }
    let fresh: Vec<(PartnerId, FactSeq, Span)> = books
        .iter()
        .flat_map(|(partner, book)| book.fresh().map(|known| (*partner, known.seq, known.span)))
        .collect();
    store::activity::insert_fees(tx, &fees, now).await?;
    store::activity::insert_spans(tx, &fresh).await?;
    notices::people::extended(app, tx, &fees, &fresh, now).await?;
    for (partner, known, by) in ended {
        store::activity::supersede(tx, partner, &known, by).await?;
    }
    reconsider::note(app, tx, &changed_since, now).await
}

/// The books of the partners who paid: whole where a fee came late, otherwise only how far they reach.
async fn load_books(tx: &mut Tx, fees: &[Fee]) -> Result<BTreeMap<PartnerId, Book>, StoreError> {
    let partners: BTreeSet<PartnerId> = fees.iter().map(|fee| fee.partner).collect();
    let partners: Vec<PartnerId> = partners.into_iter().collect();
    let reaches: BTreeMap<PartnerId, Reach> =
        store::activity::reach_of(tx, &partners).await?.into_iter().collect();
    let mut last_paid =
        reaches.iter().map(|(partner, reach)| (*partner, reach.last_paid_at)).collect::<BTreeMap<_, _>>();
    let mut late = BTreeSet::new();
    for fee in fees {
        let last = last_paid.entry(fee.partner).or_insert(fee.paid_at);
        if fee.paid_at < *last {
            late.insert(fee.partner);
        }
        *last = fee.paid_at.max(*last);
    }
    let late: Vec<PartnerId> = late.into_iter().collect();
    let mut books: BTreeMap<PartnerId, Book> = reaches
        .into_iter()
        .map(|(partner, reach)| (partner, Book { reach: Some(reach), ..Book::default() }))
        .collect();
    for partner in &late {
        books.insert(*partner, Book::default());
    }
    for fee in store::activity::fees_of(tx, &late).await? {
        books.entry(fee.partner).or_default().fees.push((fee.paid_at, fee.seq, fee.months));
    }
    for (partner, known) in store::activity::spans_of(tx, &late).await? {
        books.entry(partner).or_default().spans.push((known, IsStored::Yes));
    }
    Ok(books)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IsStored {
    Yes,
    No,
}

/// One partner's fees (paid at, number, months) and the spans that count.
#[derive(Debug, Default)]
struct Book {
    /// How far the fees reach that are not in `fees`; all of those here were paid after them.
    reach: Option<Reach>,
    fees: Vec<(Timestamp, FactSeq, u8)>,
    spans: Vec<(KnownSpan, IsStored)>,
}

impl Book {
    /// Takes a fee in. Gives the stored spans that count no more, and from when on activity changed.
    fn take(&mut self, fee: &Fee, zone: &TimeZone) -> (Vec<KnownSpan>, Timestamp) {
        self.fees.push((fee.paid_at, fee.seq, fee.months));
        self.fees.sort_unstable();
        let fees = self.fees.iter().map(|(paid_at, _, months)| (*paid_at, *months));
        let after = spans(fees, self.reach.map(|reach| reach.until), zone);
        let same =
            self.spans.iter().zip(&after).take_while(|((known, _), span)| known.span == **span).count();
        let ended = self.spans.split_off(same.min(self.spans.len()));
        let fresh = after.iter().skip(same);
        let since = fresh.clone().map(|span| span.from).min().unwrap_or(fee.paid_at);
        let fresh =
            fresh.map(|span| (KnownSpan { span: *span, seq: fee.seq, superseded: None }, IsStored::No));
        self.spans.extend(fresh);
        let ended =
            ended.into_iter().filter(|(_, is_stored)| *is_stored == IsStored::Yes).map(|(known, _)| known);
        (ended.collect(), since)
    }

    /// The spans still to be stored.
    fn fresh(&self) -> impl Iterator<Item = &KnownSpan> {
        self.spans.iter().filter(|(_, is_stored)| *is_stored == IsStored::No).map(|(known, _)| known)
    }
}
