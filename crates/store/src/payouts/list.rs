//! Payouts in pages, filtered.

use domain::ids::PartnerId;
use domain::page::{Key, Page, Place, Window};
use domain::payout::{Payout, PayoutState};
use jiff::Timestamp;

use super::{Row, columns};
use crate::columns::micros;
use crate::select::Select;
use crate::{StoreError, Tx};

/// Which payouts are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// To this partner.
    pub partner: Option<PartnerId>,
    /// In this state.
    pub state: Option<PayoutState>,
    /// Asked for from then on.
    pub from: Option<Timestamp>,
    /// Asked for before then.
    pub until: Option<Timestamp>,
}

/// A page of payouts, by number.
pub async fn list(tx: &mut Tx, wanted: &Wanted, window: &Window) -> Result<Page<Payout>, StoreError> {
    let mut select = Select::new(tx, columns!(""));
    if let Some(partner) = wanted.partner {
        select.and("partner_id = ?", [partner.uuid().into()]);
    }
    if let Some(state) = wanted.state {
        select.and("state = ?", [state.as_str().into()]);
    }
    for (condition, bound) in [("requested_at >= ?", wanted.from), ("requested_at < ?", wanted.until)] {
        if let Some(bound) = bound {
            select.and(condition, [micros(bound).into()]);
        }
    }
    let select = select.within(window, "number", "id");
    let payouts =
        fetch_select!(tx, Row, select).into_iter().map(Payout::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.page(payouts, |payout| Place { key: Key::Number(payout.number), id: payout.id.uuid() }))
}
