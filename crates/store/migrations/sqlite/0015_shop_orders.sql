-- Whose a promo code is, for a time. A code is never two partners' at once: whoever writes here holds the
-- gate of facts alone.
CREATE TABLE promo_codes (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (code <> ''),
    partner_id BLOB NOT NULL REFERENCES partners (id),
    since INTEGER NOT NULL,
    until INTEGER CHECK (until > since),
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX promo_codes_code ON promo_codes (code, since);

-- By what the outside customer of an order is known again: digests of his phone and e-mail. He belongs to the
-- seller of the first order that he paid.
CREATE TABLE customer_orders (
    customer BLOB NOT NULL CHECK (length(customer) = 32),
    order_id BLOB NOT NULL REFERENCES orders (id),
    PRIMARY KEY (customer, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_orders_order ON customer_orders (order_id);

-- Who was named in an order beside those whom it belongs to.
CREATE TABLE attribution_disputes (
    order_id BLOB NOT NULL REFERENCES orders (id),
    named TEXT NOT NULL CHECK (named IN ('partner_code', 'phone', 'email', 'referral_code', 'promo_code')),
    partner_id BLOB NOT NULL REFERENCES partners (id),
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (order_id, named, partner_id)
) STRICT, WITHOUT ROWID;

-- When the shop was last asked about an order that may still change.
CREATE TABLE order_looks (
    order_id BLOB PRIMARY KEY REFERENCES orders (id),
    looked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What we know compared with what the shop knows, of the orders placed in a span.
CREATE TABLE reconciliations (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    source TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL CHECK (until > since),
    actor TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    compared INTEGER NOT NULL CHECK (compared >= 0),
    unanswered INTEGER NOT NULL CHECK (unanswered >= 0),
    is_listed INTEGER NOT NULL CHECK (is_listed IN (0, 1)),
    problem TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX reconciliations_started ON reconciliations (started_at);

CREATE TABLE reconciliation_differences (
    reconciliation_id BLOB NOT NULL REFERENCES reconciliations (id),
    external_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('missing_here', 'missing_there', 'total', 'state', 'paid_at')),
    ours TEXT,
    theirs TEXT,
    PRIMARY KEY (reconciliation_id, external_id, kind)
) STRICT, WITHOUT ROWID;
