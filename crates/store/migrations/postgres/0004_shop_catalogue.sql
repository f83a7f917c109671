-- The products as the shop names them. The company's own facts stay in products and product_prices.
CREATE TABLE shop_products (
    source TEXT NOT NULL CHECK (source IN ('api', 'yml', 'commerceml')),
    external_id TEXT NOT NULL CHECK (external_id <> ''),
    product_id UUID NOT NULL REFERENCES products (id),
    category TEXT,
    available BOOLEAN,
    vanished_at BIGINT,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (source, external_id)
);
CREATE INDEX shop_products_product ON shop_products (product_id);

-- What was last taken from a source: what came before it is stale, what equals it need not come again.
CREATE TABLE shop_sources (
    source TEXT PRIMARY KEY CHECK (source IN ('api', 'yml', 'commerceml')),
    told_at BIGINT,
    read_as TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT
);

CREATE TABLE shop_syncs (
    id UUID PRIMARY KEY,
    source TEXT NOT NULL CHECK (source IN ('api', 'yml', 'commerceml')),
    actor TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'unchanged', 'held', 'failed')),
    problem TEXT,
    told_at BIGINT,
    digest BYTEA CHECK (octet_length(digest) = 32),
    told BIGINT NOT NULL CHECK (told >= 0),
    added BIGINT NOT NULL CHECK (added >= 0),
    repriced BIGINT NOT NULL CHECK (repriced >= 0),
    renamed BIGINT NOT NULL CHECK (renamed >= 0),
    vanished BIGINT NOT NULL CHECK (vanished >= 0),
    returned BIGINT NOT NULL CHECK (returned >= 0),
    refused BIGINT NOT NULL CHECK (refused >= 0),
    CHECK ((problem IS NULL) = (outcome IN ('applied', 'unchanged')))
);
CREATE INDEX shop_syncs_started ON shop_syncs (started_at);

-- Named work that comes round by a cron expression; whoever holds the lease does it.
CREATE TABLE schedules (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    cron TEXT NOT NULL,
    next_run_at BIGINT NOT NULL,
    holder UUID,
    lease_until BIGINT,
    started_at BIGINT,
    ended_at BIGINT,
    outcome TEXT CHECK (outcome IN ('done', 'held', 'failed')),
    told TEXT,
    failures BIGINT NOT NULL CHECK (failures >= 0),
    CHECK ((holder IS NULL) = (lease_until IS NULL))
);
