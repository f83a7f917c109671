"""The whole job in DuckDB: one step up for all orders at once, again and again, then the cap by windows."""

import duckdb
import numpy
from job import CAP, LEVELS, WHOLE, Stopwatch, column

database = duckdb.connect()
database.execute("SET threads = 2; SET preserve_insertion_order = false; SET memory_limit = '10GB'")


def table(name, columns):
    given = {name: column(file) for name, file in columns.items()}
    given["number"] = numpy.arange(len(next(iter(given.values()))))
    database.execute(f"CREATE TABLE {name} AS SELECT * FROM given")


database.execute("CREATE TABLE levels (level BIGINT, rate BIGINT)")
database.executemany("INSERT INTO levels VALUES (?, ?)", list(enumerate(LEVELS, 1)))
table("partners", {"sponsor": "partners.sponsor"})
table("spans", {"seat": "spans.seat", "since": "spans.from", "until": "spans.until"})
table("orders", {"buyer": "orders.buyer", "moment": "orders.at", "base": "orders.base"})
database.execute("ALTER TABLE partners RENAME number TO seat; ALTER TABLE orders RENAME number TO id")

STEPS = """
CREATE TABLE steps AS
WITH edges AS (
    SELECT seat AS partner, since AS moment, 1 AS active, 0 AS invited FROM spans
    UNION ALL SELECT seat, until, -1, 0 FROM spans
    UNION ALL SELECT sponsor, since, 0, 1 FROM spans JOIN partners USING (seat) WHERE sponsor >= 0
    UNION ALL SELECT sponsor, until, 0, -1 FROM spans JOIN partners USING (seat) WHERE sponsor >= 0
)
SELECT partner, moment,
       (sum(sum(active)) OVER past)::INT AS active, (sum(sum(invited)) OVER past)::INT AS invited
FROM edges GROUP BY partner, moment
WINDOW past AS (PARTITION BY partner ORDER BY moment)
"""

MET = """
CREATE OR REPLACE TABLE met AS
SELECT walk.*, coalesce(active, 0) AS active, coalesce(invited, 0) AS invited
FROM walk ASOF LEFT JOIN steps ON walk.partner = steps.partner AND walk.moment >= steps.moment
"""

# No base is so small that a rate of it rounds to nothing.
CUT = f"""
WITH asked AS (
    SELECT *, (base * rate + {WHOLE // 2}) // {WHOLE} AS raw, base * {CAP} // {WHOLE} AS most
    FROM claims JOIN levels USING (level)
), summed AS (
    SELECT *, (sum(raw) OVER one)::BIGINT > most AS cut, (sum(rate) OVER one)::BIGINT AS whole
    FROM asked WINDOW one AS (PARTITION BY id)
), parts AS (
    SELECT *, CASE WHEN cut THEN least(rate * most // whole, raw) ELSE raw END AS part,
           rate * most % whole AS remainder
    FROM summed
), turns AS (
    SELECT *, (most - sum(part) OVER (PARTITION BY id))::BIGINT AS missing,
           row_number() OVER (PARTITION BY id ORDER BY part < raw DESC, remainder DESC, level) AS turn
    FROM parts
), paid AS (
    SELECT partner, part + (cut AND turn <= missing)::INT AS part FROM turns
)
SELECT partner, sum(part)::BIGINT, count(*) FILTER (part > 0) FROM paid GROUP BY partner
"""

stopwatch = Stopwatch()
database.execute(STEPS)
database.execute("CREATE TABLE claims (id BIGINT, base BIGINT, partner BIGINT, level BIGINT)")
database.execute(
    "CREATE TABLE walk AS SELECT id, moment, base, sponsor AS partner, 0::BIGINT AS level "
    "FROM orders JOIN partners ON seat = buyer WHERE sponsor >= 0"
)
while database.execute("SELECT count(*) FROM walk").fetchone()[0]:
    database.execute(MET)
    database.execute(
        "INSERT INTO claims SELECT id, base, partner, level + 1 FROM met WHERE active > 0 AND invited > level"
    )
    database.execute(
        "CREATE OR REPLACE TABLE walk AS SELECT id, moment, base, sponsor AS partner, level + active AS level "
        f"FROM met JOIN partners ON seat = partner WHERE sponsor >= 0 AND level + active < {len(LEVELS)}"
    )
rows = database.execute(CUT).fetchall()
stopwatch.tell(sum(count for _, _, count in rows), [(seat, kopecks) for seat, kopecks, _ in rows])
