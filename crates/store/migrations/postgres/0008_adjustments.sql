-- What the office gives and takes by hand; above a limit another person must agree.
CREATE TABLE adjustments (
    id UUID PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE CHECK (number > 0),
    partner_id UUID NOT NULL REFERENCES partners (id),
    amount BIGINT NOT NULL CHECK (amount <> 0),
    reason TEXT NOT NULL CHECK (reason <> ''),
    state TEXT NOT NULL CHECK (state IN ('requested', 'made', 'rejected')),
    requested_by TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    decided_by TEXT CHECK (decided_by <> requested_by),
    changed_at BIGINT NOT NULL
);
CREATE INDEX adjustments_partner ON adjustments (partner_id);
CREATE INDEX adjustments_maker ON adjustments (requested_by, requested_at);
INSERT INTO accounts (id, code) VALUES ('00000000-0000-0000-0000-000000000005', 'company:adjustments');

ALTER TABLE transfers DROP CONSTRAINT transfers_kind_check;
ALTER TABLE transfers ADD CONSTRAINT transfers_kind_check CHECK (kind IN ('accrual', 'breakage',
    'refund_reversal', 'cancel_reversal', 'correction_reversal', 'payout_request', 'payout_settlement',
    'payout_return', 'adjustment'));
DROP INDEX transfers_payout;
CREATE UNIQUE INDEX transfers_payout ON transfers (cause, kind)
    WHERE kind IN ('payout_request', 'payout_settlement', 'payout_return', 'adjustment');
