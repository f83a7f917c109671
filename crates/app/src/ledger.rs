//! The ledger as people read it: statements, the trial balance, and one digest of everything.

mod digest;
mod statement;

use std::collections::BTreeMap;

use domain::ids::AccountId;
use domain::money::Money;
use serde::Serialize;
use store::StoreError;

pub use digest::{Digest, digest};
pub(crate) use digest::{digest_of, digest_up_to};
pub use statement::{Statement, StatementError, StatementLine, statement};

use crate::App;

/// What moved on one account in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrialLine {
    /// The account's code.
    pub account: String,
    /// Everything taken from it.
    pub debits: Money,
    /// Everything brought to it.
    pub credits: Money,
    /// The difference.
    pub balance: Money,
}

/// Every account that ever moved; the balances sum to zero.
pub async fn trial_balance(app: &App) -> Result<Vec<TrialLine>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let codes = store::balances::accounts(&mut tx).await?;
    let mut moved: BTreeMap<AccountId, (Money, Money)> = BTreeMap::new();
    for transfer in store::transfers::all(&mut tx).await? {
        moved.entry(transfer.debit).or_default().0 += transfer.amount;
        moved.entry(transfer.credit).or_default().1 += transfer.amount;
    }
    let line = |(id, account): (AccountId, String)| {
        let (debits, credits) = *moved.get(&id)?;
        Some(TrialLine { account, debits, credits, balance: credits - debits })
    };
    Ok(codes.into_iter().filter_map(line).collect())
}
