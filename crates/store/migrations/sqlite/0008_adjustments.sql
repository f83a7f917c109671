-- no-transaction
-- What the office gives and takes by hand; above a limit another person must agree.
CREATE TABLE IF NOT EXISTS adjustments (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    number INTEGER NOT NULL UNIQUE CHECK (number > 0),
    partner_id BLOB NOT NULL REFERENCES partners (id),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    reason TEXT NOT NULL CHECK (reason <> ''),
    state TEXT NOT NULL CHECK (state IN ('requested', 'made', 'rejected')),
    requested_by TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    decided_by TEXT CHECK (decided_by <> requested_by),
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS adjustments_partner ON adjustments (partner_id);
CREATE INDEX IF NOT EXISTS adjustments_maker ON adjustments (requested_by, requested_at);
INSERT OR IGNORE INTO accounts (id, code) VALUES (x'00000000000000000000000000000005', 'company:adjustments');

-- SQLite cannot change a CHECK: the table is made anew, as https://sqlite.org/lang_altertable.html
-- (section 7) says. Run again after a kill it comes to the same.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TABLE transfers_new (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    debit_id BLOB NOT NULL REFERENCES accounts (id),
    credit_id BLOB NOT NULL REFERENCES accounts (id) CHECK (credit_id <> debit_id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    kind TEXT NOT NULL CHECK (kind IN ('accrual', 'breakage', 'refund_reversal', 'cancel_reversal',
        'correction_reversal', 'payout_request', 'payout_settlement', 'payout_return',
        'adjustment')),
    cause BLOB NOT NULL CHECK (length(cause) = 16),
    reverses BLOB REFERENCES transfers_new (id),
    effective_at INTEGER NOT NULL,
    available_at INTEGER NOT NULL CHECK (available_at >= effective_at),
    recorded_at INTEGER NOT NULL,
    period INTEGER NOT NULL CHECK (period BETWEEN 200001 AND 219912),
    CHECK ((reverses IS NOT NULL) = (kind IN ('refund_reversal', 'cancel_reversal', 'correction_reversal', 'payout_return')))
) STRICT, WITHOUT ROWID;
INSERT INTO transfers_new SELECT * FROM transfers;
DROP TABLE transfers;
ALTER TABLE transfers_new RENAME TO transfers;
CREATE INDEX transfers_debit ON transfers (debit_id, available_at);
CREATE INDEX transfers_credit ON transfers (credit_id, available_at);
CREATE UNIQUE INDEX transfers_reversal ON transfers (reverses, cause) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX transfers_payout ON transfers (cause, kind) WHERE kind IN ('payout_request', 'payout_settlement', 'payout_return', 'adjustment');
CREATE TRIGGER transfers_no_update BEFORE UPDATE ON transfers BEGIN SELECT RAISE(ABORT, 'transfers are immutable'); END;
CREATE TRIGGER transfers_no_delete BEFORE DELETE ON transfers BEGIN SELECT RAISE(ABORT, 'transfers are immutable'); END;
CREATE TRIGGER transfers_period_open BEFORE INSERT ON transfers
    WHEN NEW.period <= (SELECT MAX(period) FROM periods)
    BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
COMMIT;
PRAGMA foreign_keys = ON;
