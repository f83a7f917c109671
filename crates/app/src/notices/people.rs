//! What is told of partners.

use domain::activity::Span;
use domain::ids::{FactSeq, PartnerId};
use domain::notice::{ActivityExtended, Currency, Notice, NoticeKind, PartnerEnrolled, SponsorChanged};
use domain::partner::Partner;
use jiff::Timestamp;
use store::activity::Fee;
use store::sponsorships::Sponsorship;
use store::{StoreError, Tx};

use super::{Codes, Listeners, Told};
use crate::App;

/// Partners joined.
pub(crate) async fn enrolled(
    app: &App,
    tx: &mut Tx,
    partners: &[Partner],
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(listeners) = Listeners::of(tx, &[NoticeKind::PartnerEnrolled]).await? else {
        return Ok(());
    };
    let concerned = partners.iter().flat_map(|partner| partner.inviter.into_iter().chain([partner.id]));
    let codes = Codes::load(tx, concerned.collect()).await?;
    let told = |partner: &Partner| {
        let notice = Notice::PartnerEnrolled(PartnerEnrolled {
            partner: codes.told(partner.id)?,
            sponsor: partner.inviter.and_then(|sponsor| codes.told(sponsor)),
            joined_at: partner.joined_at,
        });
        Some(Told::new(partner.id.to_string(), notice))
    };
    let told: Vec<Told> = partners.iter().filter_map(told).collect();
    listeners.tell(app, tx, &told, now).await
}

/// Partners stand under another sponsor; each with the one before.
pub(crate) async fn moved(
    app: &App,
    tx: &mut Tx,
    moves: &[(&Sponsorship, Option<PartnerId>)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(listeners) = Listeners::of(tx, &[NoticeKind::SponsorChanged]).await? else {
        return Ok(());
    };
    let concerned = moves
        .iter()
        .flat_map(|(fact, before)| [Some(fact.partner), fact.sponsor, *before].into_iter().flatten());
    let codes = Codes::load(tx, concerned.collect()).await?;
    let told = |(fact, before): &(&Sponsorship, Option<PartnerId>)| {
        let notice = Notice::SponsorChanged(SponsorChanged {
            partner: codes.told(fact.partner)?,
            sponsor: fact.sponsor.and_then(|sponsor| codes.told(sponsor)),
            previous_sponsor: before.and_then(|sponsor| codes.told(sponsor)),
            since: fact.since,
        });
        Some(Told::new(format!("{}/{}", fact.partner, fact.seq.0), notice))
    };
    let told: Vec<Told> = moves.iter().filter_map(told).collect();
    listeners.tell(app, tx, &told, now).await
}

/// Fees were taken, and gave these spans of activity.
pub(crate) async fn extended(
    app: &App,
    tx: &mut Tx,
    fees: &[Fee],
    spans: &[(PartnerId, FactSeq, Span)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(listeners) = Listeners::of(tx, &[NoticeKind::ActivityExtended]).await? else {
        return Ok(());
    };
    let codes = Codes::load(tx, fees.iter().map(|fee| fee.partner).collect()).await?;
    let told = |fee: &Fee| {
        let of_payer = spans.iter().filter(|(partner, ..)| *partner == fee.partner);
        let notice = Notice::ActivityExtended(ActivityExtended {
            partner: codes.told(fee.partner)?,
            fee: fee.kind,
            paid_at: fee.paid_at,
            amount: fee.amount,
            currency: Currency::Rub,
            active_until: of_payer.map(|(_, _, span)| span.until).max()?,
        });
        Some(Told::new(format!("{}/{}", fee.partner, fee.seq.0), notice))
    };
    let told: Vec<Told> = fees.iter().filter_map(told).collect();
    listeners.tell(app, tx, &told, now).await
}
