//! Invitation links: whose they are, how often they are followed, and how they look as a QR code.

mod clicks;
mod figures;
pub mod qr;

use domain::ids::PartnerId;
use domain::partner::ReferralCode;
use store::StoreError;

pub use clicks::{Clicks, Flusher};
pub use figures::{ByCampaign, ByDay, Counts, Figures, figures};

use crate::App;

/// Whose link it is. A hold on a partner's earnings closes no link: neither does it keep anybody from
/// joining by his code.
pub async fn owner(app: &App, code: &ReferralCode) -> Result<Option<PartnerId>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let partner = store::partners::by_referral_code(&mut tx, code).await?;
    Ok(partner.map(|partner| partner.id))
}
