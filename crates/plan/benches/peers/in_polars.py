"""The whole job in Polars: one step up for all orders at once, again and again, then the cap by windows."""

import polars
from job import CAP, LEVELS, WHOLE, Stopwatch, column
from polars import col

sponsors = polars.DataFrame({"sponsor": column("partners.sponsor")}).with_row_index("partner")
sponsors = sponsors.with_columns(col("partner").cast(polars.Int64))
spans = polars.DataFrame(
    {"partner": column("spans.seat"), "since": column("spans.from"), "until": column("spans.until")}
)
orders = polars.DataFrame(
    {"partner": column("orders.buyer"), "at": column("orders.at"), "base": column("orders.base")}
).with_row_index("id")
levels = polars.DataFrame({"level": range(1, len(LEVELS) + 1), "rate": LEVELS})


def edges(of, who, active, invited):
    """One more when a span begins, one less when it ends."""
    counts = [("since", 1), ("until", -1)]
    return [
        of.select(col(who).alias("partner"), col(at).alias("at"), active=active * sign, invited=invited * sign)
        for at, sign in counts
    ]


def steps():
    """How things stand with a partner from each instant on at which they change."""
    of_inviters = spans.join(sponsors, on="partner").filter(col("sponsor") >= 0)
    changes = polars.concat(edges(spans, "partner", 1, 0) + edges(of_inviters, "sponsor", 0, 1))
    summed = changes.group_by("partner", "at").sum().sort("partner", "at")
    running = [col(name).cum_sum().over("partner") for name in ("active", "invited")]
    return summed.with_columns(running).sort("at")


def claims(stands):
    """Who earns which level of which order."""
    found = []
    walk = orders.with_columns(level=polars.lit(0, polars.Int64))
    while True:
        walk = walk.join(sponsors, on="partner", maintain_order="left").filter(col("sponsor") >= 0)
        walk = walk.select("id", "at", "base", "level", partner="sponsor")
        if walk.is_empty():
            return polars.concat(found)
        met = walk.join_asof(stands, on="at", by="partner", check_sortedness=False).fill_null(0)
        earns = (col("active") > 0) & (col("invited") > col("level"))
        found.append(met.filter(earns).select("id", "base", "partner", level=col("level") + 1))
        walk = met.with_columns(level=col("level") + col("active")).filter(col("level") < len(LEVELS))


def cut(found):
    """What each claim gets. No base is so small that a rate of it rounds to nothing."""
    asked = found.join(levels, on="level").with_columns(
        raw=(col("base") * col("rate") + WHOLE // 2) // WHOLE, most=col("base") * CAP // WHOLE
    )
    asked = asked.with_columns(
        cut=col("raw").sum().over("id") > col("most"), whole=col("rate").sum().over("id")
    )
    scaled = col("rate") * col("most")
    part = polars.when("cut").then(polars.min_horizontal(scaled // col("whole"), "raw")).otherwise("raw")
    parts = asked.with_columns(part=part, remainder=scaled % col("whole"))
    parts = parts.sort(["id", col("part") < col("raw"), "remainder", "level"], descending=[False, True, True, False])
    parts = parts.with_columns(
        missing=col("most") - col("part").sum().over("id"), turn=polars.int_range(polars.len()).over("id")
    )
    return parts.select("partner", part=col("part") + (col("cut") & (col("turn") < col("missing"))))


stopwatch = Stopwatch()
paid = cut(claims(steps()))
earned = paid.group_by("partner").agg(col("part").sum())
accruals = paid.filter(col("part") > 0).height
stopwatch.tell(accruals, earned.iter_rows())
