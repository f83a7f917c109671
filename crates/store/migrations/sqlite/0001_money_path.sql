-- Instants are microseconds since 1970 UTC, money is kopecks, periods are yyyymm.

-- The one counter of facts. Whoever posts money holds it shared, whoever adds a fact holds it alone.
CREATE TABLE fact_clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
) STRICT;
INSERT INTO fact_clock (id, seq) VALUES (1, 0);

CREATE TABLE partners (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    code TEXT NOT NULL UNIQUE,
    referral_code TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL CHECK (first_name <> ''),
    last_name TEXT NOT NULL CHECK (last_name <> ''),
    phone TEXT UNIQUE,
    email TEXT UNIQUE,
    inviter_id BLOB REFERENCES partners (id) CHECK (inviter_id <> id),
    joined_at INTEGER NOT NULL,
    seq INTEGER NOT NULL UNIQUE,
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX partners_inviter ON partners (inviter_id);

CREATE TABLE sponsorships (
    partner_id BLOB NOT NULL REFERENCES partners (id),
    sponsor_id BLOB REFERENCES partners (id) CHECK (sponsor_id <> partner_id),
    since INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (partner_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX sponsorships_sponsor ON sponsorships (sponsor_id);

CREATE TABLE activity_fees (
    partner_id BLOB NOT NULL REFERENCES partners (id),
    seq INTEGER NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    paid_at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('monthly', 'annual')),
    months INTEGER NOT NULL CHECK (months BETWEEN 1 AND 120),
    amount INTEGER NOT NULL CHECK (amount >= 0),
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (partner_id, seq),
    UNIQUE (source, external_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity_periods (
    partner_id BLOB NOT NULL REFERENCES partners (id),
    seq INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL CHECK (until > since),
    superseded INTEGER CHECK (superseded > seq),
    PRIMARY KEY (partner_id, seq, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE partner_ranks (
    partner_id BLOB NOT NULL REFERENCES partners (id),
    seq INTEGER NOT NULL,
    rank TEXT NOT NULL CHECK (rank <> ''),
    since INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (partner_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE partner_holds (
    partner_id BLOB NOT NULL REFERENCES partners (id),
    seq INTEGER NOT NULL,
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    since INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (partner_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE products (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    sku TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('goods', 'fee')),
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE product_prices (
    product_id BLOB NOT NULL REFERENCES products (id),
    since INTEGER NOT NULL,
    price INTEGER NOT NULL CHECK (price >= 0),
    cost INTEGER NOT NULL CHECK (cost >= 0),
    volume INTEGER NOT NULL CHECK (volume >= 0),
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (product_id, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    message_id TEXT NOT NULL,
    body_hash BLOB NOT NULL CHECK (length(body_hash) = 32),
    body BLOB NOT NULL,
    headers TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'duplicate', 'refused', 'conflict')),
    problem TEXT,
    order_id BLOB REFERENCES orders (id),
    deliveries INTEGER NOT NULL CHECK (deliveries > 0),
    received_at INTEGER NOT NULL,
    UNIQUE (message_id, body_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    number TEXT,
    buyer_id BLOB REFERENCES partners (id),
    seller_id BLOB REFERENCES partners (id),
    ordered_at INTEGER NOT NULL,
    paid_at INTEGER,
    delivered_at INTEGER,
    cancelled_at INTEGER,
    body_hash BLOB NOT NULL CHECK (length(body_hash) = 32),
    version INTEGER NOT NULL CHECK (version > 0),
    recorded_at INTEGER NOT NULL,
    UNIQUE (source, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_buyer ON orders (buyer_id, paid_at);

CREATE TABLE order_lines (
    order_id BLOB NOT NULL REFERENCES orders (id),
    line_no INTEGER NOT NULL CHECK (line_no > 0),
    product_id BLOB NOT NULL REFERENCES products (id),
    sku TEXT NOT NULL,
    category TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('goods', 'fee')),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    unit_price INTEGER NOT NULL CHECK (unit_price >= 0),
    unit_cost INTEGER NOT NULL CHECK (unit_cost >= 0),
    unit_volume INTEGER NOT NULL CHECK (unit_volume >= 0),
    PRIMARY KEY (order_id, line_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE refunds (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    order_id BLOB NOT NULL REFERENCES orders (id),
    position INTEGER NOT NULL CHECK (position > 0),
    external_id TEXT NOT NULL,
    refunded_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (order_id, external_id),
    UNIQUE (order_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE refund_lines (
    refund_id BLOB NOT NULL REFERENCES refunds (id),
    line_no INTEGER NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (refund_id, line_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_versions (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    since INTEGER NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    activated_by TEXT,
    activated_at INTEGER,
    CHECK ((activated_by IS NULL) = (activated_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    code TEXT NOT NULL UNIQUE,
    partner_id BLOB UNIQUE REFERENCES partners (id) CHECK (partner_id = id)
) STRICT, WITHOUT ROWID;
INSERT INTO accounts (id, code) VALUES
    (x'00000000000000000000000000000001', 'company:commissions'),
    (x'00000000000000000000000000000002', 'company:breakage'),
    (x'00000000000000000000000000000003', 'company:payouts_in_transit'),
    (x'00000000000000000000000000000004', 'company:bank');

CREATE TABLE transfers (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    debit_id BLOB NOT NULL REFERENCES accounts (id),
    credit_id BLOB NOT NULL REFERENCES accounts (id) CHECK (credit_id <> debit_id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    kind TEXT NOT NULL CHECK (kind IN ('accrual', 'breakage', 'refund_reversal', 'cancel_reversal',
        'correction_reversal', 'payout_request', 'payout_settlement', 'payout_return')),
    cause BLOB NOT NULL CHECK (length(cause) = 16),
    reverses BLOB REFERENCES transfers (id),
    effective_at INTEGER NOT NULL,
    available_at INTEGER NOT NULL CHECK (available_at >= effective_at),
    recorded_at INTEGER NOT NULL,
    period INTEGER NOT NULL CHECK (period BETWEEN 200001 AND 219912),
    CHECK ((reverses IS NOT NULL) = (kind IN ('refund_reversal', 'cancel_reversal', 'correction_reversal', 'payout_return')))
) STRICT, WITHOUT ROWID;
CREATE INDEX transfers_debit ON transfers (debit_id, available_at);
CREATE INDEX transfers_credit ON transfers (credit_id, available_at);
CREATE UNIQUE INDEX transfers_reversal ON transfers (reverses, cause) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX transfers_payout ON transfers (cause, kind) WHERE kind IN ('payout_request', 'payout_settlement', 'payout_return');

-- One judgement of an order by the plan; a run above 1 is a correction by facts that came late.
CREATE TABLE accrual_runs (
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    order_id BLOB NOT NULL REFERENCES orders (id),
    run INTEGER NOT NULL CHECK (run > 0),
    plan_version_id BLOB NOT NULL REFERENCES plan_versions (id),
    known_seq INTEGER NOT NULL,
    is_first INTEGER NOT NULL CHECK (is_first IN (0, 1)),
    effective_at INTEGER NOT NULL,
    maximum INTEGER NOT NULL CHECK (maximum >= 0),
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (order_id, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX accrual_runs_effective ON accrual_runs (effective_at);

CREATE TABLE accruals (
    order_id BLOB NOT NULL,
    run INTEGER NOT NULL,
    rule TEXT NOT NULL,
    level INTEGER NOT NULL CHECK (level > 0),
    earner_id BLOB NOT NULL REFERENCES partners (id),
    id BLOB NOT NULL REFERENCES transfers (id),
    base INTEGER NOT NULL CHECK (base > 0),
    rate INTEGER NOT NULL CHECK (rate BETWEEN 1 AND 1000000),
    raw INTEGER NOT NULL CHECK (raw > 0),
    paid INTEGER NOT NULL CHECK (paid > 0),
    PRIMARY KEY (order_id, run, rule, level, earner_id),
    FOREIGN KEY (order_id, run) REFERENCES accrual_runs (order_id, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE periods (
    period INTEGER PRIMARY KEY CHECK (period BETWEEN 200001 AND 219912),
    closed_at INTEGER NOT NULL,
    closed_by TEXT NOT NULL,
    transfers INTEGER NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

CREATE TABLE balances_at_close (
    account_id BLOB NOT NULL REFERENCES accounts (id),
    period INTEGER NOT NULL REFERENCES periods (period),
    total INTEGER NOT NULL,
    PRIMARY KEY (account_id, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE payouts (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    number INTEGER NOT NULL UNIQUE CHECK (number > 0),
    partner_id BLOB NOT NULL REFERENCES partners (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'rejected', 'sent', 'settled', 'failed')),
    requested_by TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    approved_by TEXT CHECK (approved_by <> requested_by),
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payouts_partner ON payouts (partner_id);

CREATE TABLE jobs (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'dead')),
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_due ON jobs (kind, state, run_at);

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    entity TEXT NOT NULL,
    before TEXT,
    after TEXT,
    reason TEXT,
    at INTEGER NOT NULL,
    previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- What is written of money and of acts is never changed.
CREATE TRIGGER transfers_no_update BEFORE UPDATE ON transfers BEGIN SELECT RAISE(ABORT, 'transfers are immutable'); END;
CREATE TRIGGER transfers_no_delete BEFORE DELETE ON transfers BEGIN SELECT RAISE(ABORT, 'transfers are immutable'); END;
CREATE TRIGGER accruals_no_update BEFORE UPDATE ON accruals BEGIN SELECT RAISE(ABORT, 'accruals are immutable'); END;
CREATE TRIGGER accruals_no_delete BEFORE DELETE ON accruals BEGIN SELECT RAISE(ABORT, 'accruals are immutable'); END;
CREATE TRIGGER accrual_runs_no_update BEFORE UPDATE ON accrual_runs BEGIN SELECT RAISE(ABORT, 'accrual_runs are immutable'); END;
CREATE TRIGGER accrual_runs_no_delete BEFORE DELETE ON accrual_runs BEGIN SELECT RAISE(ABORT, 'accrual_runs are immutable'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is immutable'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is immutable'); END;
CREATE TRIGGER periods_no_update BEFORE UPDATE ON periods BEGIN SELECT RAISE(ABORT, 'periods are immutable'); END;
CREATE TRIGGER periods_no_delete BEFORE DELETE ON periods BEGIN SELECT RAISE(ABORT, 'periods are immutable'); END;
CREATE TRIGGER balances_at_close_no_update BEFORE UPDATE ON balances_at_close BEGIN SELECT RAISE(ABORT, 'balances_at_close are immutable'); END;
CREATE TRIGGER balances_at_close_no_delete BEFORE DELETE ON balances_at_close BEGIN SELECT RAISE(ABORT, 'balances_at_close are immutable'); END;
CREATE TRIGGER transfers_period_open BEFORE INSERT ON transfers
    WHEN NEW.period <= (SELECT MAX(period) FROM periods)
    BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
