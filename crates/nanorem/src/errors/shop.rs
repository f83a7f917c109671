//! Failures around the shop: its catalogue, promo codes, comparing its orders with ours.

use app::catalog::sync::SyncError;
use app::promo::PromoError;
use app::reconcile::ReconcileError;

use super::{NOT_STAFF, STORE, no_partner};
use crate::output::moment;

pub(super) fn comparison(error: &ReconcileError) -> String {
    match error {
        ReconcileError::NotStaff => NOT_STAFF.to_owned(),
        ReconcileError::Order { from, until } => {
            format!("конец {} не позже начала {}", moment(*until), moment(*from))
        }
        ReconcileError::Store(_) => STORE.to_owned(),
    }
}

pub(super) fn promo(error: &PromoError) -> String {
    match error {
        PromoError::UnknownPartner(code) => no_partner(code),
        PromoError::Taken { code, partner, since } => {
            format!(
                "промокод {code} с {} у партнёра {partner}: сначала nanorem promo end {code}",
                moment(*since)
            )
        }
        PromoError::Nobodys(code) => format!("промокод {code} в это время ни за кем не закреплён"),
        PromoError::Order { since, until } => {
            format!("конец {} не позже начала {}", moment(*until), moment(*since))
        }
        PromoError::Over(at) => {
            format!("{} уже прошло: промокод прекращают с этой минуты или позже", moment(*at))
        }
        PromoError::NotStaff => NOT_STAFF.to_owned(),
        PromoError::Store(_) => STORE.to_owned(),
    }
}

pub(super) fn shop_sync(error: &SyncError) -> String {
    match error {
        SyncError::NotStaff => NOT_STAFF.to_owned(),
        SyncError::Store(_) => STORE.to_owned(),
    }
}
