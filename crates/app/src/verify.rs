//! Proves the books: recomputes everything from the facts and names every difference.
//!
//! One reading transaction sees one state. Orders whose job still waits are counted as pending, not
//! as wrong.

mod acts;
mod adjustments;
mod bonuses;
mod facts;
mod money;
mod network;
mod orders;
mod payouts;
mod periods;
mod world;

use serde::Serialize;
use store::StoreError;

use crate::App;
use crate::ledger;
use world::World;

/// What was proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Check by check.
    pub checks: Vec<Check>,
    /// How many things were counted.
    pub counts: Counts,
    /// How many differences there are in all.
    pub differences: usize,
    /// The digest of the ledger.
    pub ledger_sha256: String,
}

/// How many things were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Partners.
    pub partners: usize,
    /// Orders.
    pub orders: usize,
    /// Orders whose job still waits.
    pub pending: usize,
    /// Accruals.
    pub accruals: usize,
    /// Transfers.
    pub transfers: usize,
    /// Payouts.
    pub payouts: usize,
    /// Lines of the trail.
    pub audit: usize,
}

/// One law and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The number of the invariant.
    pub id: &'static str,
    /// The law, in Russian.
    pub law: &'static str,
    /// How many things it was tried on.
    pub tried: usize,
    /// Where it does not hold.
    pub differences: Vec<String>,
}

impl Check {
    const fn new(id: &'static str, law: &'static str) -> Self {
        Self { id, law, tried: 0, differences: Vec::new() }
    }

    /// Tries the law on one thing; `difference` tells what is wrong when it does not hold.
    fn expect(&mut self, holds: bool, difference: impl FnOnce() -> String) {
        self.tried += 1;
        if !holds {
            self.differences.push(difference());
        }
    }
}

/// Proves the books.
///
/// # Errors
/// Only when the database cannot be read; what is wrong with the books stands in the report.
pub async fn verify(app: &App) -> Result<Report, StoreError> {
    let world = World::load(app).await?;
    let mut checks = money::checks(&world);
    checks.extend(orders::checks(&world));
    checks.extend(network::checks(&world));
    checks.extend(facts::checks(&world));
    checks.extend(payouts::checks(&world));
    checks.extend(adjustments::checks(&world));
    checks.extend(periods::checks(&world));
    checks.extend(bonuses::checks(&world));
    checks.extend(acts::checks(&world));
    let digest = ledger::digest_of(&world.transfers, &world.accounts, &world.causes, None);
    Ok(Report {
        differences: checks.iter().map(|check| check.differences.len()).sum(),
        counts: world.counts(),
        ledger_sha256: hex::encode(digest.sha256),
        checks,
    })
}
