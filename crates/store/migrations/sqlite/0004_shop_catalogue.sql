-- The products as the shop names them. The company's own facts stay in products and product_prices.
CREATE TABLE shop_products (
    source TEXT NOT NULL CHECK (source IN ('api', 'yml', 'commerceml')),
    external_id TEXT NOT NULL CHECK (external_id <> ''),
    product_id BLOB NOT NULL REFERENCES products (id),
    category TEXT,
    available INTEGER CHECK (available IN (0, 1)),
    vanished_at INTEGER,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (source, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX shop_products_product ON shop_products (product_id);

-- What was last taken from a source: what came before it is stale, what equals it need not come again.
CREATE TABLE shop_sources (
    source TEXT PRIMARY KEY CHECK (source IN ('api', 'yml', 'commerceml')),
    told_at INTEGER,
    read_as TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE shop_syncs (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    source TEXT NOT NULL CHECK (source IN ('api', 'yml', 'commerceml')),
    actor TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'unchanged', 'held', 'failed')),
    problem TEXT,
    told_at INTEGER,
    digest BLOB CHECK (length(digest) = 32),
    told INTEGER NOT NULL CHECK (told >= 0),
    added INTEGER NOT NULL CHECK (added >= 0),
    repriced INTEGER NOT NULL CHECK (repriced >= 0),
    renamed INTEGER NOT NULL CHECK (renamed >= 0),
    vanished INTEGER NOT NULL CHECK (vanished >= 0),
    returned INTEGER NOT NULL CHECK (returned >= 0),
    refused INTEGER NOT NULL CHECK (refused >= 0),
    CHECK ((problem IS NULL) = (outcome IN ('applied', 'unchanged')))
) STRICT, WITHOUT ROWID;
CREATE INDEX shop_syncs_started ON shop_syncs (started_at);

-- Named work that comes round by a cron expression; whoever holds the lease does it.
CREATE TABLE schedules (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    cron TEXT NOT NULL,
    next_run_at INTEGER NOT NULL,
    holder BLOB CHECK (length(holder) = 16),
    lease_until INTEGER,
    started_at INTEGER,
    ended_at INTEGER,
    outcome TEXT CHECK (outcome IN ('done', 'held', 'failed')),
    told TEXT,
    failures INTEGER NOT NULL CHECK (failures >= 0),
    CHECK ((holder IS NULL) = (lease_until IS NULL))
) STRICT, WITHOUT ROWID;
