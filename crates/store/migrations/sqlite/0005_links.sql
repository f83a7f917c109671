-- Clicks on invitation links, counted a day and label: no addresses, no browsers, no people. Days are yyyymmdd
-- in the company's zone.
CREATE TABLE link_clicks (
    day INTEGER NOT NULL CHECK (day BETWEEN 20000101 AND 21991231),
    partner_id BLOB NOT NULL REFERENCES partners (id),
    source TEXT NOT NULL,
    campaign TEXT NOT NULL,
    clicks INTEGER NOT NULL CHECK (clicks > 0),
    PRIMARY KEY (partner_id, day, source, campaign)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_seller ON orders (seller_id, paid_at) WHERE seller_id IS NOT NULL;
