"""What every peer shares: the history it is given, and how it tells its answer.

A history is a folder of columns, each a file of little-endian 64-bit integers. Instants are microseconds.
"""

import resource
import sys
import time
from pathlib import Path

import numpy

LEVELS = [120_000, 100_000, 80_000, 60_000, 50_000, 30_000, 12_000, 10_000, 8_000, 6_000, 5_000, 3_000]
CAP = 400_000
WHOLE = 1_000_000


def column(name):
    return numpy.fromfile(Path(sys.argv[1]) / name, dtype="<i8")


class Stopwatch:
    """Times the job alone: the columns are in the peer's own memory before, and sums are told after."""

    def __init__(self):
        self.started = time.monotonic()
        self.before = resource.getrusage(resource.RUSAGE_SELF).ru_utime

    def tell(self, accruals, earned, seconds=None, processors=None):
        """Prints the answer: `earned` is pairs of a seat and his kopecks."""
        seconds = time.monotonic() - self.started if seconds is None else seconds
        usage = resource.getrusage(resource.RUSAGE_SELF)
        processors = usage.ru_utime - self.before if processors is None else processors
        earned = list(earned)
        paid = sum(kopecks for _, kopecks in earned)
        weighed = sum((seat % 1009 + 1) * kopecks for seat, kopecks in earned)
        orders = len(column("orders.buyer"))
        print(orders, 0, int(seconds * 1e6), int(processors * 1e6), accruals, paid, weighed, usage.ru_maxrss * 1024)
