//! Which rows share a transaction: each text gives the instant of the transaction, then the row.

/// Rows of one table, and what is done with them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layer {
    pub(super) table: &'static str,
    pub(super) act: Act,
    /// The first column is the group; the others are the table's.
    pub(super) sql: &'static str,
}

/// What is done with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// They are written.
    Insert,
    /// Those of the ids are deleted.
    Delete,
}

const fn insert(table: &'static str, sql: &'static str) -> Layer {
    Layer { table, act: Act::Insert, sql }
}

/// A webhook: its receipt, its order, its job.
pub(super) const INTAKE: &[Layer] = &[
    insert("orders", "SELECT recorded_at AS g, o.* FROM orders o"),
    insert("order_lines", "SELECT o.recorded_at AS g, l.* FROM order_lines l JOIN orders o ON o.id = l.order_id"),
    insert("receipts", "SELECT received_at AS g, r.* FROM receipts r"),
    insert(
        "jobs",
        "SELECT recorded_at AS g, id, 'settle_order' AS kind, '00000000-0000-7000-8000-' || external_id AS key,
            'waiting' AS state, recorded_at AS run_at, CAST(0 AS BIGINT) AS attempts,
            recorded_at AS created_at FROM orders",
    ),
];

/// An order's accruals; its job goes.
pub(super) const ACCRUALS: &[Layer] = &[
    insert("accrual_runs", "SELECT recorded_at AS g, r.* FROM accrual_runs r"),
    insert(
        "transfers",
        "SELECT r.recorded_at AS g, t.* FROM transfers t JOIN accrual_runs r ON r.order_id = t.cause WHERE t.reverses IS NULL",
    ),
    insert(
        "accruals",
        "SELECT r.recorded_at AS g, a.* FROM accruals a JOIN accrual_runs r ON r.order_id = a.order_id AND r.run = a.run",
    ),
    Layer {
        table: "jobs",
        act: Act::Delete,
        sql: "SELECT recorded_at AS g, order_id AS id FROM accrual_runs",
    },
];

/// What an import knows before the first order.
pub(super) const PEOPLE: &[Layer] = &[
    insert("plan_versions", "SELECT proposed_at AS g, v.* FROM plan_versions v"),
    insert("products", "SELECT recorded_at AS g, p.* FROM products p"),
    insert("product_prices", "SELECT recorded_at AS g, p.* FROM product_prices p"),
    insert("partners", "SELECT recorded_at AS g, p.* FROM partners p ORDER BY p.seq"),
    insert(
        "accounts",
        "SELECT p.recorded_at AS g, a.* FROM accounts a JOIN partners p ON p.id = a.partner_id",
    ),
    insert("sponsorships", "SELECT recorded_at AS g, s.* FROM sponsorships s"),
    insert("activity_fees", "SELECT recorded_at AS g, f.* FROM activity_fees f"),
    insert(
        "activity_periods",
        "SELECT f.recorded_at AS g, p.* FROM activity_periods p
            JOIN activity_fees f ON f.partner_id = p.partner_id AND f.seq = p.seq",
    ),
];

/// Orders with their accruals, then refunds with their reversals.
pub(super) const HISTORY: &[Layer] = &[
    insert("orders", "SELECT recorded_at AS g, o.* FROM orders o"),
    insert(
        "order_lines",
        "SELECT o.recorded_at AS g, l.* FROM order_lines l JOIN orders o ON o.id = l.order_id",
    ),
    insert(
        "accrual_runs",
        "SELECT o.recorded_at AS g, r.* FROM accrual_runs r JOIN orders o ON o.id = r.order_id",
    ),
    insert(
        "transfers",
        "SELECT o.recorded_at AS g, t.* FROM transfers t JOIN orders o ON o.id = t.cause WHERE t.reverses IS NULL",
    ),
    insert("accruals", "SELECT o.recorded_at AS g, a.* FROM accruals a JOIN orders o ON o.id = a.order_id"),
    insert("refunds", "SELECT recorded_at AS g, r.* FROM refunds r"),
    insert(
        "refund_lines",
        "SELECT r.recorded_at AS g, l.* FROM refund_lines l JOIN refunds r ON r.id = l.refund_id",
    ),
    insert(
        "transfers",
        "SELECT r.recorded_at AS g, t.* FROM transfers t JOIN refunds r ON r.id = t.cause WHERE t.reverses IS NOT NULL",
    ),
];
