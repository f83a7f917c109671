//! Payouts as they are shown: in pages, and one by its number.

use std::collections::HashMap;

use domain::ids::PartnerId;
use domain::page::{Page, Window};
use domain::partner::PartnerCode;
use domain::payout::{Payout, PayoutState};
use jiff::Timestamp;
use store::{StoreError, Tx};

use super::PayoutError;
use crate::App;
use crate::people::{PeopleError, id_of};

/// Whose payouts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    Everybody,
    /// A partner's whom staff name.
    Named(PartnerCode),
    /// The partner's own who asks.
    Own(PartnerId),
}

/// Which payouts are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whose.
    pub whose: Whose,
    /// In this state.
    pub state: Option<PayoutState>,
    /// Asked for from then on.
    pub from: Option<Timestamp>,
    /// Asked for before then.
    pub until: Option<Timestamp>,
}

/// A payout with the code of its partner.
pub type Shown = (Payout, PartnerCode);

/// A page of payouts, by number.
///
/// # Errors
/// [`PeopleError::UnknownPartner`] if nobody has the code.
pub async fn page(app: &App, wanted: &Wanted, window: &Window) -> Result<Page<Shown>, PeopleError> {
    let mut tx = app.store.begin_read().await?;
    let partner = match &wanted.whose {
        Whose::Everybody => None,
        Whose::Named(code) => id_of(&mut tx, Some(code)).await?,
        Whose::Own(partner) => Some(*partner),
    };
    let (state, from, until) = (wanted.state, wanted.from, wanted.until);
    let wanted = store::payouts::Wanted { partner, state, from, until };
    let page = store::payouts::list(&mut tx, &wanted, window).await?;
    let items = with_codes(&mut tx, page.items).await?;
    Ok(Page { items, next: page.next })
}

/// The payout of a number.
pub async fn one(app: &App, number: i64) -> Result<Shown, PayoutError> {
    let mut tx = app.store.begin_read().await?;
    let payout = store::payouts::by_number(&mut tx, number).await?.ok_or(PayoutError::Unknown(number))?;
    with_codes(&mut tx, vec![payout]).await?.pop().ok_or(PayoutError::Unknown(number))
}

/// Puts the code of its partner beside each payout.
pub(super) async fn with_codes(tx: &mut Tx, payouts: Vec<Payout>) -> Result<Vec<Shown>, StoreError> {
    let ids: Vec<PartnerId> = payouts.iter().map(|payout| payout.partner).collect();
    let codes: HashMap<PartnerId, PartnerCode> = store::partners::by_ids(tx, &ids)
        .await?
        .into_iter()
        .map(|partner| (partner.id, partner.code))
        .collect();
    let shown = |payout: Payout| codes.get(&payout.partner).cloned().map(|code| (payout, code));
    Ok(payouts.into_iter().filter_map(shown).collect())
}
