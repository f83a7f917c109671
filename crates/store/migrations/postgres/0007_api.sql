-- What was answered to a request that carried an idempotency key; empty while it runs.
CREATE TABLE idempotency_keys (
    user_id UUID NOT NULL,
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
    route TEXT NOT NULL,
    body_hash BYTEA NOT NULL CHECK (length(body_hash) = 32),
    run_id UUID NOT NULL,
    leased_until BIGINT NOT NULL,
    status BIGINT CHECK (status BETWEEN 200 AND 499),
    headers TEXT,
    body BYTEA,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, key),
    CHECK ((status IS NULL) = (headers IS NULL) AND (status IS NULL) = (body IS NULL))
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- Lists are read in pages along these.
CREATE INDEX partners_joined ON partners (joined_at, id);
CREATE INDEX partners_first_name ON partners (first_name COLLATE "C");
CREATE INDEX partners_last_name ON partners (last_name COLLATE "C");
CREATE INDEX orders_ordered ON orders (ordered_at, id);
CREATE INDEX orders_number ON orders (number);
CREATE INDEX payouts_state ON payouts (state, number);
CREATE INDEX receipts_received ON receipts (received_at, id);
-- Texts are searched and sorted byte by byte, whatever the locale of the server.
CREATE INDEX partners_code_bytes ON partners (code COLLATE "C", id);
CREATE INDEX partners_phone_bytes ON partners (phone COLLATE "C");
