-- Whether staff gave the rank; otherwise the close of a period found it.
ALTER TABLE partner_ranks ADD COLUMN by_staff INTEGER NOT NULL DEFAULT 1 CHECK (by_staff IN (0, 1));

-- The close of a period: what was reckoned, in two steps. A run above 1 adjusts a closed period by what
-- became known later.
CREATE TABLE period_runs (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    period INTEGER NOT NULL CHECK (period BETWEEN 200001 AND 219912),
    run INTEGER NOT NULL CHECK (run > 0),
    plan_version_id BLOB NOT NULL REFERENCES plan_versions (id),
    known_seq INTEGER NOT NULL,
    inputs BLOB NOT NULL CHECK (length(inputs) = 32),
    standings BLOB NOT NULL CHECK (length(standings) = 32),
    qualified_by TEXT NOT NULL,
    qualified_at INTEGER NOT NULL,
    result BLOB CHECK (length(result) = 32),
    paid_by TEXT,
    paid_at INTEGER,
    UNIQUE (period, run),
    CHECK ((result IS NULL) = (paid_by IS NULL) AND (result IS NULL) = (paid_at IS NULL))
) STRICT, WITHOUT ROWID;

-- The orders that a run counted, each with how many of its refunds were known.
CREATE TABLE period_orders (
    run_id BLOB NOT NULL REFERENCES period_runs (id),
    order_id BLOB NOT NULL REFERENCES orders (id),
    refunds INTEGER NOT NULL CHECK (refunds >= 0),
    cancelled INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
    PRIMARY KEY (run_id, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX period_orders_order ON period_orders (order_id);

CREATE TABLE period_standings (
    run_id BLOB NOT NULL REFERENCES period_runs (id),
    partner_id BLOB NOT NULL REFERENCES partners (id),
    personal INTEGER NOT NULL,
    unrolled INTEGER NOT NULL,
    customers INTEGER NOT NULL,
    frontline INTEGER NOT NULL,
    group_volume INTEGER NOT NULL,
    paid_as TEXT,
    highest TEXT,
    PRIMARY KEY (run_id, partner_id)
) STRICT, WITHOUT ROWID;

-- What period rules pay; each carries the id of its transfer.
CREATE TABLE period_accruals (
    id BLOB PRIMARY KEY REFERENCES transfers (id),
    run_id BLOB NOT NULL REFERENCES period_runs (id),
    rule TEXT NOT NULL,
    earner_id BLOB NOT NULL REFERENCES partners (id),
    source TEXT NOT NULL CHECK (source IN ('partner', 'legs', 'company', 'reached', 'carried')),
    source_id BLOB REFERENCES partners (id),
    level INTEGER NOT NULL CHECK (level > 0),
    base INTEGER NOT NULL,
    rate INTEGER,
    raw INTEGER NOT NULL CHECK (raw > 0),
    paid INTEGER NOT NULL CHECK (paid > 0),
    CHECK ((source = 'partner') = (source_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX period_accruals_run ON period_accruals (run_id);
CREATE INDEX period_accruals_earner ON period_accruals (earner_id);

-- What a cap of the period took back of commissions that orders had paid; each carries the id of its transfer.
CREATE TABLE period_cuts (
    id BLOB PRIMARY KEY REFERENCES transfers (id),
    run_id BLOB NOT NULL REFERENCES period_runs (id),
    rule TEXT NOT NULL,
    earner_id BLOB NOT NULL REFERENCES partners (id),
    amount INTEGER NOT NULL CHECK (amount > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE period_unpaid (
    run_id BLOB NOT NULL REFERENCES period_runs (id),
    place INTEGER NOT NULL CHECK (place > 0),
    rule TEXT,
    partner_id BLOB REFERENCES partners (id),
    reason TEXT NOT NULL CHECK (reason IN ('nobody', 'held', 'over_cap', 'carried_over', 'to_pool')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (run_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE period_carries (
    run_id BLOB NOT NULL REFERENCES period_runs (id),
    place INTEGER NOT NULL CHECK (place > 0),
    rule TEXT,
    partner_id BLOB REFERENCES partners (id),
    what TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (run_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE period_awards (
    run_id BLOB NOT NULL REFERENCES period_runs (id),
    rule TEXT NOT NULL,
    partner_id BLOB NOT NULL REFERENCES partners (id),
    item_ru TEXT NOT NULL,
    item_en TEXT NOT NULL,
    PRIMARY KEY (run_id, rule, partner_id)
) STRICT, WITHOUT ROWID;

-- What was paid is never changed; a first step that was not paid may be taken again.
CREATE TRIGGER period_runs_no_update BEFORE UPDATE ON period_runs WHEN OLD.result IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'period_runs are immutable'); END;
CREATE TRIGGER period_runs_no_delete BEFORE DELETE ON period_runs WHEN OLD.result IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'period_runs are immutable'); END;
CREATE TRIGGER period_accruals_no_update BEFORE UPDATE ON period_accruals BEGIN SELECT RAISE(ABORT, 'period_accruals are immutable'); END;
CREATE TRIGGER period_accruals_no_delete BEFORE DELETE ON period_accruals BEGIN SELECT RAISE(ABORT, 'period_accruals are immutable'); END;
CREATE TRIGGER period_cuts_no_update BEFORE UPDATE ON period_cuts BEGIN SELECT RAISE(ABORT, 'period_cuts are immutable'); END;
CREATE TRIGGER period_cuts_no_delete BEFORE DELETE ON period_cuts BEGIN SELECT RAISE(ABORT, 'period_cuts are immutable'); END;
