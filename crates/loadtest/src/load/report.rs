//! What was measured, ours and the floor side by side.

use std::fmt;
use std::time::Duration;

use super::Sent;
use crate::database::Kind;
use crate::program::Verified;
use crate::table::{Table, millis, per_second, percentile, ratio};

/// What a load gave.
#[derive(Debug)]
pub struct LoadReport {
    /// On which database.
    pub kind: Kind,
    /// Connections at once.
    pub clients: usize,
    /// What the clients saw; the latencies are sorted.
    pub sent: Sent,
    /// Until the last answer.
    pub answered: Duration,
    /// Until the last accrual.
    pub drained: Duration,
    /// The books afterwards.
    pub verified: Verified,
    /// The most memory the server held.
    pub peak_memory: String,
    /// Rows the floor wrote.
    pub rows: usize,
    /// Transactions the floor made: of webhooks, of accruals.
    pub groups: (usize, usize),
    /// How long the floor took.
    pub floor_took: Duration,
}

/// What an import gave.
#[derive(Debug)]
pub struct ImportReport {
    /// On which database.
    pub kind: Kind,
    /// Rows of the files.
    pub lines: usize,
    /// How long the import took.
    pub took: Duration,
    /// The books afterwards.
    pub verified: Verified,
    /// Rows the floor wrote.
    pub rows: usize,
    /// Transactions the floor made: of people and products, of orders and refunds.
    pub groups: (usize, usize),
    /// How long the floor took.
    pub floor_took: Duration,
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let orders = self.sent.latencies.len();
        let (intakes, settlements) = self.groups;
        let ours = per_second(orders, self.drained);
        let floor = per_second(orders, self.floor_took);
        let latency = |percent| millis(percentile(&self.sent.latencies, percent));
        let mut table =
            Table::new(format!("load on {}, {} clients", self.kind, self.clients), &["ours", "floor"]);
        table.row("orders", &[&orders, &orders]);
        table.row("accruals", &[&self.verified.accruals, &self.verified.accruals]);
        table.row("rows written in all", &[&"", &self.rows]);
        table.row("transactions of webhooks", &[&intakes, &intakes]);
        table.row("transactions of accruals", &[&settlements, &settlements]);
        table.row("webhooks a transaction", &[&ratio(orders as u128, intakes as u128), &""]);
        table.row("orders a transaction of accruals", &[&ratio(orders as u128, settlements as u128), &""]);
        table.row("until the last answer", &[&millis(self.answered), &""]);
        table.row("until the last accrual", &[&millis(self.drained), &millis(self.floor_took)]);
        table.row("orders/s answered", &[&per_second(orders, self.answered), &""]);
        table.row("orders/s to committed accruals", &[&ours, &floor]);
        table.row("ours/floor", &[&ratio(ours, floor), &""]);
        table.row("latency p50", &[&latency(50), &""]);
        table.row("latency p99", &[&latency(99), &""]);
        table.row("latency max", &[&latency(100), &""]);
        table.row("answers 429 and 503", &[&self.sent.asked_to_wait, &""]);
        table.row("server's peak memory", &[&self.peak_memory, &""]);
        write!(f, "{table}")
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (people, orders) = self.groups;
        let ours = per_second(self.lines, self.took);
        let floor = per_second(self.lines, self.floor_took);
        let mut table = Table::new(format!("import on {}", self.kind), &["ours", "floor"]);
        table.row("rows of the files", &[&self.lines, &self.lines]);
        table.row("orders", &[&self.verified.orders, &self.verified.orders]);
        table.row("accruals", &[&self.verified.accruals, &self.verified.accruals]);
        table.row("rows written in all", &[&"", &self.rows]);
        table.row("transactions", &[&"", &(people + orders)]);
        table.row("took", &[&millis(self.took), &millis(self.floor_took)]);
        table.row("rows/s", &[&ours, &floor]);
        table.row(
            "orders/s with their accruals",
            &[&per_second(usize::try_from(self.verified.orders).unwrap_or(usize::MAX), self.took), &""],
        );
        table.row("ours/floor", &[&ratio(ours, floor), &""]);
        write!(f, "{table}")
    }
}
