//! What the shop tells of its products: that one is another now. What it is the catalogue says, so the
//! catalogue is read soon; many tellings in a row cost one reading.

use std::collections::HashSet;

use domain::shop_event::ShopEvent;
use domain::webhook::VerifiedBody;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::{StoreError, Tx};

use super::Received;
use crate::catalog::SCHEDULE;

/// For how long tellings gather before the catalogue is read.
const GATHER: SignedDuration = SignedDuration::from_secs(30);

/// Answers to the tellings of products among some bodies, by their place; the catalogue is read soon if any of
/// them is new.
pub(super) async fn take(
    tx: &mut Tx,
    told: &[(&VerifiedBody, &ShopEvent)],
    now: Timestamp,
) -> Result<Vec<Received>, StoreError> {
    let ids: Vec<String> = told.iter().map(|(body, _)| body.message_id().to_owned()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut known: HashSet<(String, Vec<u8>)> = store::receipts::known(tx, &ids).await?.into_iter().collect();
    let mut is_news = false;
    let mut answers = Vec::with_capacity(told.len());
    for (body, event) in told {
        let key = (body.message_id().to_owned(), Sha256::digest(body.bytes()).to_vec());
        let is_new = known.insert(key);
        is_news |= is_new;
        if let ShopEvent::Product(event) = event
            && is_new
        {
            tracing::debug!(product.id = %event.product, "a product changed in the shop");
        }
        answers.push(if is_new { Received::Accepted } else { Received::Duplicate });
    }
    if is_news {
        store::schedules::hurry(tx, SCHEDULE, now + GATHER).await?;
    }
    Ok(answers)
}
