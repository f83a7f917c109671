//! One digest of the ledger: equal facts give equal bytes on either database, whatever the ids and
//! whenever they were written.

use std::collections::HashMap;

use domain::ids::AccountId;
use domain::ledger::Transfer;
use domain::period::Period;
use sha2::{Digest as _, Sha256};
use store::{StoreError, Tx};
use uuid::Uuid;

use crate::App;

/// The digest of the ledger, or of its part up to a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// How many transfers it covers.
    pub transfers: i64,
    /// SHA-256 over their lines, sorted.
    pub sha256: [u8; 32],
}

/// The digest of the whole ledger.
pub async fn digest(app: &App) -> Result<Digest, StoreError> {
    digest_up_to(&mut app.store.begin_read().await?, None).await
}

pub(crate) async fn digest_up_to(tx: &mut Tx, last: Option<Period>) -> Result<Digest, StoreError> {
    let accounts = store::balances::accounts(tx).await?.into_iter().collect();
    let causes = store::transfers::causes(tx).await?.into_iter().collect();
    let transfers = store::transfers::all(tx).await?;
    Ok(digest_of(&transfers, &accounts, &causes, last))
}

/// A line a transfer, of what people know it by: kind, accounts, amount, cause, dates, period.
pub(crate) fn digest_of(
    transfers: &[Transfer],
    accounts: &HashMap<AccountId, String>,
    causes: &HashMap<Uuid, String>,
    last: Option<Period>,
) -> Digest {
    let name = |account| accounts.get(&account).map_or("?", String::as_str);
    let mut lines: Vec<String> = transfers
        .iter()
        .filter(|transfer| last.is_none_or(|last| transfer.period <= last))
        .map(|transfer| {
            format!(
                "{}|{}|{}|{}|{}|{}|{}|{}\n",
                causes.get(&transfer.cause).map_or("?", String::as_str),
                transfer.kind,
                name(transfer.debit),
                name(transfer.credit),
                transfer.amount.minor(),
                transfer.effective_at.as_microsecond(),
                transfer.available_at.as_microsecond(),
                transfer.period,
            )
        })
        .collect();
    lines.sort_unstable();
    let mut sha256 = Sha256::new();
    for line in &lines {
        sha256.update(line);
    }
    Digest { transfers: i64::try_from(lines.len()).unwrap_or(i64::MAX), sha256: sha256.finalize().into() }
}
