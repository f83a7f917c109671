-- Instants are microseconds since 1970 UTC, money is kopecks, periods are yyyymm.

-- The one counter of facts. Whoever posts money holds it shared, whoever adds a fact holds it alone.
CREATE TABLE fact_clock (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL
);
INSERT INTO fact_clock (id, seq) VALUES (1, 0);

CREATE TABLE partners (
    id UUID PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    referral_code TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL CHECK (first_name <> ''),
    last_name TEXT NOT NULL CHECK (last_name <> ''),
    phone TEXT UNIQUE,
    email TEXT UNIQUE,
    inviter_id UUID REFERENCES partners (id) CHECK (inviter_id <> id),
    joined_at BIGINT NOT NULL,
    seq BIGINT NOT NULL UNIQUE,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX partners_inviter ON partners (inviter_id);

CREATE TABLE sponsorships (
    partner_id UUID NOT NULL REFERENCES partners (id),
    sponsor_id UUID REFERENCES partners (id) CHECK (sponsor_id <> partner_id),
    since BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (partner_id, seq)
);
CREATE INDEX sponsorships_sponsor ON sponsorships (sponsor_id);

CREATE TABLE activity_fees (
    partner_id UUID NOT NULL REFERENCES partners (id),
    seq BIGINT NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    paid_at BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('monthly', 'annual')),
    months BIGINT NOT NULL CHECK (months BETWEEN 1 AND 120),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (partner_id, seq),
    UNIQUE (source, external_id)
);

CREATE TABLE activity_periods (
    partner_id UUID NOT NULL REFERENCES partners (id),
    seq BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL CHECK (until > since),
    superseded BIGINT CHECK (superseded > seq),
    PRIMARY KEY (partner_id, seq, since)
);

CREATE TABLE partner_ranks (
    partner_id UUID NOT NULL REFERENCES partners (id),
    seq BIGINT NOT NULL,
    rank TEXT NOT NULL CHECK (rank <> ''),
    since BIGINT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (partner_id, seq)
);

CREATE TABLE partner_holds (
    partner_id UUID NOT NULL REFERENCES partners (id),
    seq BIGINT NOT NULL,
    held BOOLEAN NOT NULL,
    since BIGINT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (partner_id, seq)
);

CREATE TABLE products (
    id UUID PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('goods', 'fee')),
    recorded_at BIGINT NOT NULL
);

CREATE TABLE product_prices (
    product_id UUID NOT NULL REFERENCES products (id),
    since BIGINT NOT NULL,
    price BIGINT NOT NULL CHECK (price >= 0),
    cost BIGINT NOT NULL CHECK (cost >= 0),
    volume BIGINT NOT NULL CHECK (volume >= 0),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (product_id, since)
);

CREATE TABLE orders (
    id UUID PRIMARY KEY,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    number TEXT,
    buyer_id UUID REFERENCES partners (id),
    seller_id UUID REFERENCES partners (id),
    ordered_at BIGINT NOT NULL,
    paid_at BIGINT,
    delivered_at BIGINT,
    cancelled_at BIGINT,
    body_hash BYTEA NOT NULL CHECK (octet_length(body_hash) = 32),
    version BIGINT NOT NULL CHECK (version > 0),
    recorded_at BIGINT NOT NULL,
    UNIQUE (source, external_id)
);
CREATE INDEX orders_buyer ON orders (buyer_id, paid_at);

CREATE TABLE order_lines (
    order_id UUID NOT NULL REFERENCES orders (id),
    line_no BIGINT NOT NULL CHECK (line_no > 0),
    product_id UUID NOT NULL REFERENCES products (id),
    sku TEXT NOT NULL,
    category TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('goods', 'fee')),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    unit_price BIGINT NOT NULL CHECK (unit_price >= 0),
    unit_cost BIGINT NOT NULL CHECK (unit_cost >= 0),
    unit_volume BIGINT NOT NULL CHECK (unit_volume >= 0),
    PRIMARY KEY (order_id, line_no)
);

CREATE TABLE refunds (
    id UUID PRIMARY KEY,
    order_id UUID NOT NULL REFERENCES orders (id),
    position BIGINT NOT NULL CHECK (position > 0),
    external_id TEXT NOT NULL,
    refunded_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    UNIQUE (order_id, external_id),
    UNIQUE (order_id, position)
);

CREATE TABLE refund_lines (
    refund_id UUID NOT NULL REFERENCES refunds (id),
    line_no BIGINT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (refund_id, line_no)
);

CREATE TABLE receipts (
    id UUID PRIMARY KEY,
    message_id TEXT NOT NULL,
    body_hash BYTEA NOT NULL CHECK (octet_length(body_hash) = 32),
    body BYTEA NOT NULL,
    headers TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'duplicate', 'refused', 'conflict')),
    problem TEXT,
    order_id UUID REFERENCES orders (id),
    deliveries BIGINT NOT NULL CHECK (deliveries > 0),
    received_at BIGINT NOT NULL,
    UNIQUE (message_id, body_hash)
);

CREATE TABLE plan_versions (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    since BIGINT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    activated_by TEXT,
    activated_at BIGINT,
    CHECK ((activated_by IS NULL) = (activated_at IS NULL))
);

CREATE TABLE accounts (
    id UUID PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    partner_id UUID UNIQUE REFERENCES partners (id) CHECK (partner_id = id)
);
INSERT INTO accounts (id, code) VALUES
    ('00000000-0000-0000-0000-000000000001', 'company:commissions'),
    ('00000000-0000-0000-0000-000000000002', 'company:breakage'),
    ('00000000-0000-0000-0000-000000000003', 'company:payouts_in_transit'),
    ('00000000-0000-0000-0000-000000000004', 'company:bank');

CREATE TABLE transfers (
    id UUID PRIMARY KEY,
    debit_id UUID NOT NULL REFERENCES accounts (id),
    credit_id UUID NOT NULL REFERENCES accounts (id) CHECK (credit_id <> debit_id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    kind TEXT NOT NULL CHECK (kind IN ('accrual', 'breakage', 'refund_reversal', 'cancel_reversal',
        'correction_reversal', 'payout_request', 'payout_settlement', 'payout_return')),
    cause UUID NOT NULL,
    reverses UUID REFERENCES transfers (id),
    effective_at BIGINT NOT NULL,
    available_at BIGINT NOT NULL CHECK (available_at >= effective_at),
    recorded_at BIGINT NOT NULL,
    period BIGINT NOT NULL CHECK (period BETWEEN 200001 AND 219912),
    CHECK ((reverses IS NOT NULL) = (kind IN ('refund_reversal', 'cancel_reversal', 'correction_reversal', 'payout_return')))
);
CREATE INDEX transfers_debit ON transfers (debit_id, available_at);
CREATE INDEX transfers_credit ON transfers (credit_id, available_at);
CREATE UNIQUE INDEX transfers_reversal ON transfers (reverses, cause) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX transfers_payout ON transfers (cause, kind) WHERE kind IN ('payout_request', 'payout_settlement', 'payout_return');

-- One judgement of an order by the plan; a run above 1 is a correction by facts that came late.
CREATE TABLE accrual_runs (
    id UUID NOT NULL UNIQUE,
    order_id UUID NOT NULL REFERENCES orders (id),
    run BIGINT NOT NULL CHECK (run > 0),
    plan_version_id UUID NOT NULL REFERENCES plan_versions (id),
    known_seq BIGINT NOT NULL,
    is_first BOOLEAN NOT NULL,
    effective_at BIGINT NOT NULL,
    maximum BIGINT NOT NULL CHECK (maximum >= 0),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, run)
);
CREATE INDEX accrual_runs_effective ON accrual_runs (effective_at);

CREATE TABLE accruals (
    order_id UUID NOT NULL,
    run BIGINT NOT NULL,
    rule TEXT NOT NULL,
    level BIGINT NOT NULL CHECK (level > 0),
    earner_id UUID NOT NULL REFERENCES partners (id),
    id UUID NOT NULL REFERENCES transfers (id),
    base BIGINT NOT NULL CHECK (base > 0),
    rate BIGINT NOT NULL CHECK (rate BETWEEN 1 AND 1000000),
    raw BIGINT NOT NULL CHECK (raw > 0),
    paid BIGINT NOT NULL CHECK (paid > 0),
    PRIMARY KEY (order_id, run, rule, level, earner_id),
    FOREIGN KEY (order_id, run) REFERENCES accrual_runs (order_id, run)
);

CREATE TABLE periods (
    period BIGINT PRIMARY KEY CHECK (period BETWEEN 200001 AND 219912),
    closed_at BIGINT NOT NULL,
    closed_by TEXT NOT NULL,
    transfers BIGINT NOT NULL,
    digest BYTEA NOT NULL CHECK (octet_length(digest) = 32)
);

CREATE TABLE balances_at_close (
    account_id UUID NOT NULL REFERENCES accounts (id),
    period BIGINT NOT NULL REFERENCES periods (period),
    total BIGINT NOT NULL,
    PRIMARY KEY (account_id, period)
);

CREATE TABLE payouts (
    id UUID PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE CHECK (number > 0),
    partner_id UUID NOT NULL REFERENCES partners (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'rejected', 'sent', 'settled', 'failed')),
    requested_by TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    approved_by TEXT CHECK (approved_by <> requested_by),
    changed_at BIGINT NOT NULL
);
CREATE INDEX payouts_partner ON payouts (partner_id);

CREATE TABLE jobs (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'dead')),
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (kind, key)
);
CREATE INDEX jobs_due ON jobs (kind, state, run_at);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY CHECK (seq > 0),
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    entity TEXT NOT NULL,
    before TEXT,
    after TEXT,
    reason TEXT,
    at BIGINT NOT NULL,
    previous_hash BYTEA NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32)
);

-- What is written of money and of acts is never changed.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are immutable', TG_TABLE_NAME;
END $$;
CREATE TRIGGER transfers_no_update BEFORE UPDATE ON transfers FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfers_no_delete BEFORE DELETE ON transfers FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfers_no_truncate BEFORE TRUNCATE ON transfers EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accruals_no_update BEFORE UPDATE ON accruals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accruals_no_delete BEFORE DELETE ON accruals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accruals_no_truncate BEFORE TRUNCATE ON accruals EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accrual_runs_no_update BEFORE UPDATE ON accrual_runs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accrual_runs_no_delete BEFORE DELETE ON accrual_runs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accrual_runs_no_truncate BEFORE TRUNCATE ON accrual_runs EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit EXECUTE FUNCTION refuse_change();
CREATE TRIGGER periods_no_update BEFORE UPDATE ON periods FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER periods_no_delete BEFORE DELETE ON periods FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER periods_no_truncate BEFORE TRUNCATE ON periods EXECUTE FUNCTION refuse_change();
CREATE TRIGGER balances_at_close_no_update BEFORE UPDATE ON balances_at_close FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER balances_at_close_no_delete BEFORE DELETE ON balances_at_close FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER balances_at_close_no_truncate BEFORE TRUNCATE ON balances_at_close EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_closed_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM new_rows WHERE period <= (SELECT MAX(period) FROM periods)) THEN
        RAISE EXCEPTION 'the period is closed';
    END IF;
    RETURN NULL;
END $$;
-- Once a statement rather than once a row: transfers come by the hundred.
CREATE TRIGGER transfers_period_open AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_period();
