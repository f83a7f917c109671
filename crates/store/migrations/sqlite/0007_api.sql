-- What was answered to a request that carried an idempotency key; empty while it runs.
CREATE TABLE idempotency_keys (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
    route TEXT NOT NULL,
    body_hash BLOB NOT NULL CHECK (length(body_hash) = 32),
    run_id BLOB NOT NULL CHECK (length(run_id) = 16),
    leased_until INTEGER NOT NULL,
    status INTEGER CHECK (status BETWEEN 200 AND 499),
    headers TEXT,
    body BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, key),
    CHECK ((status IS NULL) = (headers IS NULL) AND (status IS NULL) = (body IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- Lists are read in pages along these.
CREATE INDEX partners_joined ON partners (joined_at, id);
CREATE INDEX partners_first_name ON partners (first_name);
CREATE INDEX partners_last_name ON partners (last_name);
CREATE INDEX orders_ordered ON orders (ordered_at, id);
CREATE INDEX orders_number ON orders (number);
CREATE INDEX payouts_state ON payouts (state, number);
CREATE INDEX receipts_received ON receipts (received_at, id);
