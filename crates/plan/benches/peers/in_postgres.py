"""Gives the history to a PostgreSQL of its own and lets it run the job; see in_postgres.sql."""

import os
import subprocess
import sys
from pathlib import Path

import numpy
from job import LEVELS, Stopwatch, column

folder = Path(sys.argv[1])


def write(name, *columns):
    rows = zip(*(column.tolist() for column in columns))
    (folder / name).write_text("".join(",".join(map(str, row)) + "\n" for row in rows))


sponsors = column("partners.sponsor")
write("partners.csv", numpy.arange(len(sponsors)), sponsors)
write("spans.csv", column("spans.seat"), column("spans.from"), column("spans.until"))
buyers = column("orders.buyer")
write("orders.csv", numpy.arange(len(buyers)), buyers, column("orders.at"), column("orders.base"))
(folder / "levels.csv").write_text("".join(f"{level},{rate}\n" for level, rate in enumerate(LEVELS, 1)))

script = Path(__file__).with_suffix(".sql").resolve()
psql = ["psql", "-X", "-q", "-d", os.environ["NANOREM_TEST_POSTGRES"], "-f", str(script)]
told = subprocess.run(psql, cwd=folder, check=True, capture_output=True, text=True).stdout.split()
rows = [tuple(map(int, row.split("|"))) for row in told[1:]]
accruals = sum(count for _, _, count in rows)
# What the server spent and held is not the client's to see.
Stopwatch().tell(accruals, [(seat, kopecks) for seat, kopecks, _ in rows], float(told[0]), 0)
