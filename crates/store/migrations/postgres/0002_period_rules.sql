-- Whether staff gave the rank; otherwise the close of a period found it.
ALTER TABLE partner_ranks ADD COLUMN by_staff BOOLEAN NOT NULL DEFAULT TRUE;

-- The close of a period: what was reckoned, in two steps. A run above 1 adjusts a closed period by what
-- became known later.
CREATE TABLE period_runs (
    id UUID PRIMARY KEY,
    period BIGINT NOT NULL CHECK (period BETWEEN 200001 AND 219912),
    run BIGINT NOT NULL CHECK (run > 0),
    plan_version_id UUID NOT NULL REFERENCES plan_versions (id),
    known_seq BIGINT NOT NULL,
    inputs BYTEA NOT NULL CHECK (octet_length(inputs) = 32),
    standings BYTEA NOT NULL CHECK (octet_length(standings) = 32),
    qualified_by TEXT NOT NULL,
    qualified_at BIGINT NOT NULL,
    result BYTEA CHECK (octet_length(result) = 32),
    paid_by TEXT,
    paid_at BIGINT,
    UNIQUE (period, run),
    CHECK ((result IS NULL) = (paid_by IS NULL) AND (result IS NULL) = (paid_at IS NULL))
);

-- The orders that a run counted, each with how many of its refunds were known.
CREATE TABLE period_orders (
    run_id UUID NOT NULL REFERENCES period_runs (id),
    order_id UUID NOT NULL REFERENCES orders (id),
    refunds BIGINT NOT NULL CHECK (refunds >= 0),
    cancelled BOOLEAN NOT NULL,
    PRIMARY KEY (run_id, order_id)
);
CREATE INDEX period_orders_order ON period_orders (order_id);

CREATE TABLE period_standings (
    run_id UUID NOT NULL REFERENCES period_runs (id),
    partner_id UUID NOT NULL REFERENCES partners (id),
    personal BIGINT NOT NULL,
    unrolled BIGINT NOT NULL,
    customers BIGINT NOT NULL,
    frontline BIGINT NOT NULL,
    group_volume BIGINT NOT NULL,
    paid_as TEXT,
    highest TEXT,
    PRIMARY KEY (run_id, partner_id)
);

-- What period rules pay; each carries the id of its transfer.
CREATE TABLE period_accruals (
    id UUID PRIMARY KEY REFERENCES transfers (id),
    run_id UUID NOT NULL REFERENCES period_runs (id),
    rule TEXT NOT NULL,
    earner_id UUID NOT NULL REFERENCES partners (id),
    source TEXT NOT NULL CHECK (source IN ('partner', 'legs', 'company', 'reached', 'carried')),
    source_id UUID REFERENCES partners (id),
    level BIGINT NOT NULL CHECK (level > 0),
    base BIGINT NOT NULL,
    rate BIGINT,
    raw BIGINT NOT NULL CHECK (raw > 0),
    paid BIGINT NOT NULL CHECK (paid > 0),
    CHECK ((source = 'partner') = (source_id IS NOT NULL))
);
CREATE INDEX period_accruals_run ON period_accruals (run_id);
CREATE INDEX period_accruals_earner ON period_accruals (earner_id);

-- What a cap of the period took back of commissions that orders had paid; each carries the id of its transfer.
CREATE TABLE period_cuts (
    id UUID PRIMARY KEY REFERENCES transfers (id),
    run_id UUID NOT NULL REFERENCES period_runs (id),
    rule TEXT NOT NULL,
    earner_id UUID NOT NULL REFERENCES partners (id),
    amount BIGINT NOT NULL CHECK (amount > 0)
);

CREATE TABLE period_unpaid (
    run_id UUID NOT NULL REFERENCES period_runs (id),
    place BIGINT NOT NULL CHECK (place > 0),
    rule TEXT,
    partner_id UUID REFERENCES partners (id),
    reason TEXT NOT NULL CHECK (reason IN ('nobody', 'held', 'over_cap', 'carried_over', 'to_pool')),
    amount BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (run_id, place)
);

CREATE TABLE period_carries (
    run_id UUID NOT NULL REFERENCES period_runs (id),
    place BIGINT NOT NULL CHECK (place > 0),
    rule TEXT,
    partner_id UUID REFERENCES partners (id),
    what TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (run_id, place)
);

CREATE TABLE period_awards (
    run_id UUID NOT NULL REFERENCES period_runs (id),
    rule TEXT NOT NULL,
    partner_id UUID NOT NULL REFERENCES partners (id),
    item_ru TEXT NOT NULL,
    item_en TEXT NOT NULL,
    PRIMARY KEY (run_id, rule, partner_id)
);

-- What was paid is never changed; a first step that was not paid may be taken again.
CREATE FUNCTION refuse_change_of_paid_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.result IS NOT NULL THEN
        RAISE EXCEPTION 'period_runs are immutable';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER period_runs_no_update BEFORE UPDATE ON period_runs FOR EACH ROW EXECUTE FUNCTION refuse_change_of_paid_run();
CREATE TRIGGER period_runs_no_delete BEFORE DELETE ON period_runs FOR EACH ROW EXECUTE FUNCTION refuse_change_of_paid_run();
CREATE TRIGGER period_runs_no_truncate BEFORE TRUNCATE ON period_runs EXECUTE FUNCTION refuse_change();
CREATE TRIGGER period_accruals_no_update BEFORE UPDATE ON period_accruals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER period_accruals_no_delete BEFORE DELETE ON period_accruals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER period_accruals_no_truncate BEFORE TRUNCATE ON period_accruals EXECUTE FUNCTION refuse_change();
CREATE TRIGGER period_cuts_no_update BEFORE UPDATE ON period_cuts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER period_cuts_no_delete BEFORE DELETE ON period_cuts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER period_cuts_no_truncate BEFORE TRUNCATE ON period_cuts EXECUTE FUNCTION refuse_change();
