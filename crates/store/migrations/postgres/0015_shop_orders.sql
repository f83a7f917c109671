-- Whose a promo code is, for a time. A code is never two partners' at once: whoever writes here holds the
-- gate of facts alone.
CREATE TABLE promo_codes (
    id UUID PRIMARY KEY,
    code TEXT NOT NULL CHECK (code <> ''),
    partner_id UUID NOT NULL REFERENCES partners (id),
    since BIGINT NOT NULL,
    until BIGINT CHECK (until > since),
    recorded_at BIGINT NOT NULL
);
CREATE INDEX promo_codes_code ON promo_codes (code, since);

-- By what the outside customer of an order is known again: digests of his phone and e-mail. He belongs to the
-- seller of the first order that he paid.
CREATE TABLE customer_orders (
    customer BYTEA NOT NULL CHECK (octet_length(customer) = 32),
    order_id UUID NOT NULL REFERENCES orders (id),
    PRIMARY KEY (customer, order_id)
);
CREATE INDEX customer_orders_order ON customer_orders (order_id);

-- Who was named in an order beside those whom it belongs to.
CREATE TABLE attribution_disputes (
    order_id UUID NOT NULL REFERENCES orders (id),
    named TEXT NOT NULL CHECK (named IN ('partner_code', 'phone', 'email', 'referral_code', 'promo_code')),
    partner_id UUID NOT NULL REFERENCES partners (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, named, partner_id)
);

-- When the shop was last asked about an order that may still change.
CREATE TABLE order_looks (
    order_id UUID PRIMARY KEY REFERENCES orders (id),
    looked_at BIGINT NOT NULL
);

-- What we know compared with what the shop knows, of the orders placed in a span.
CREATE TABLE reconciliations (
    id UUID PRIMARY KEY,
    source TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL CHECK (until > since),
    actor TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    compared BIGINT NOT NULL CHECK (compared >= 0),
    unanswered BIGINT NOT NULL CHECK (unanswered >= 0),
    is_listed BIGINT NOT NULL CHECK (is_listed IN (0, 1)),
    problem TEXT
);
CREATE INDEX reconciliations_started ON reconciliations (started_at);

CREATE TABLE reconciliation_differences (
    reconciliation_id UUID NOT NULL REFERENCES reconciliations (id),
    external_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('missing_here', 'missing_there', 'total', 'state', 'paid_at')),
    ours TEXT,
    theirs TEXT,
    PRIMARY KEY (reconciliation_id, external_id, kind)
);
