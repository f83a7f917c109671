-- The whole job in PostgreSQL: each order's walk by a recursive query, then the cap by windows.
-- Columns come from :folder; the last lines printed are the seconds and what everybody earns.
\set ON_ERROR_STOP on
\set QUIET on
\pset format unaligned
\pset tuples_only on
SET jit = off;
SET work_mem = '1GB';
CREATE UNLOGGED TABLE partners (seat BIGINT, sponsor BIGINT);
CREATE UNLOGGED TABLE spans (seat BIGINT, since BIGINT, until BIGINT);
CREATE UNLOGGED TABLE orders (id BIGINT, buyer BIGINT, at BIGINT, base BIGINT);
CREATE UNLOGGED TABLE levels (level BIGINT, rate BIGINT);
\copy partners FROM 'partners.csv' WITH (FORMAT csv)
\copy spans FROM 'spans.csv' WITH (FORMAT csv)
\copy orders FROM 'orders.csv' WITH (FORMAT csv)
\copy levels FROM 'levels.csv' WITH (FORMAT csv)
CREATE UNIQUE INDEX ON partners (seat) INCLUDE (sponsor);
VACUUM ANALYZE partners, spans, orders, levels;
SELECT extract(epoch FROM clock_timestamp()) AS started \gset

CREATE UNLOGGED TABLE steps AS
WITH edges AS (
    SELECT seat AS partner, since AS at, 1 AS active, 0 AS invited FROM spans
    UNION ALL SELECT seat, until, -1, 0 FROM spans
    UNION ALL SELECT sponsor, since, 0, 1 FROM spans JOIN partners USING (seat) WHERE sponsor >= 0
    UNION ALL SELECT sponsor, until, 0, -1 FROM spans JOIN partners USING (seat) WHERE sponsor >= 0
)
SELECT partner, at, (sum(sum(active)) OVER past)::INT AS active, (sum(sum(invited)) OVER past)::INT AS invited
FROM edges GROUP BY partner, at
WINDOW past AS (PARTITION BY partner ORDER BY at);
CREATE UNIQUE INDEX ON steps (partner, at) INCLUDE (active, invited);
VACUUM ANALYZE steps;

-- No base is so small that a rate of it rounds to nothing.
CREATE UNLOGGED TABLE paid AS
WITH RECURSIVE walk AS (
    SELECT id, at, base, seat, sponsor, 0::BIGINT AS level, NULL::BIGINT AS earns
    FROM orders JOIN partners ON seat = buyer
    UNION ALL
    SELECT id, walk.at, base, partners.seat, partners.sponsor, level + coalesce(step.active, 0),
           CASE WHEN step.active > 0 AND step.invited > level THEN level + 1 END
    FROM walk
    JOIN partners ON partners.seat = walk.sponsor
    LEFT JOIN LATERAL (
        SELECT active, invited FROM steps
        WHERE steps.partner = walk.sponsor AND steps.at <= walk.at
        ORDER BY steps.at DESC LIMIT 1
    ) AS step ON true
    WHERE level < (SELECT count(*) FROM levels)
), asked AS (
    SELECT id, seat, levels.level, rate, (base * rate + 500000) / 1000000 AS raw, base * 400000 / 1000000 AS most
    FROM walk JOIN levels ON levels.level = earns
), summed AS (
    SELECT *, sum(raw) OVER one > most AS cut, (sum(rate) OVER one)::BIGINT AS whole
    FROM asked WINDOW one AS (PARTITION BY id)
), parts AS (
    SELECT *, CASE WHEN cut THEN least(rate * most / whole, raw) ELSE raw END AS part,
           rate * most % whole AS remainder
    FROM summed
), turns AS (
    SELECT *, most - sum(part) OVER (PARTITION BY id) AS missing,
           row_number() OVER (PARTITION BY id ORDER BY part < raw DESC, remainder DESC, level) AS turn
    FROM parts
)
SELECT seat, part + (cut AND turn <= missing)::INT AS part FROM turns;

CREATE UNLOGGED TABLE earned AS
SELECT seat, sum(part) AS kopecks, count(*) FILTER (WHERE part > 0) AS accruals FROM paid GROUP BY seat;
SELECT extract(epoch FROM clock_timestamp()) - :started;
SELECT seat, kopecks, accruals FROM earned;
