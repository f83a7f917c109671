"""The whole job as one would write it first: order by order, partner by partner."""

from bisect import bisect_right

from job import CAP, LEVELS, WHOLE, Stopwatch, column

sponsors = column("partners.sponsor").tolist()
begins = [[] for _ in sponsors]
ends = [[] for _ in sponsors]
invited_begins = [[] for _ in sponsors]
invited_ends = [[] for _ in sponsors]
for seat, start, end in zip(*(column(f"spans.{name}").tolist() for name in ("seat", "from", "until"))):
    begins[seat].append(start)
    ends[seat].append(end)
    if sponsors[seat] >= 0:
        invited_begins[sponsors[seat]].append(start)
        invited_ends[sponsors[seat]].append(end)
for instants in (begins, ends, invited_begins, invited_ends):
    for each in instants:
        each.sort()
orders = list(zip(*(column(f"orders.{name}").tolist() for name in ("buyer", "at", "base"))))


def count(starts, stops, at):
    return bisect_right(starts, at) - bisect_right(stops, at)


def claims(buyer, at):
    """The levels that somebody earns, with who he is."""
    found = []
    level = 0
    partner = sponsors[buyer]
    while partner >= 0 and level < len(LEVELS):
        if count(begins[partner], ends[partner], at):
            level += 1
            if count(invited_begins[partner], invited_ends[partner], at) >= level:
                found.append((level, partner))
        partner = sponsors[partner]
    return found


def shares(found, base):
    """What each claim gets, cut to the cap in proportion, by the largest remainder."""
    exact = [base * LEVELS[level - 1] for level, _ in found]
    raw = [(amount + WHOLE // 2) // WHOLE for amount in exact]
    limit = base * CAP // WHOLE
    if sum(raw) <= limit:
        return raw
    whole = sum(exact)
    parts = [min(amount * limit // whole, most) for amount, most in zip(exact, raw)]
    missing = limit - sum(parts)
    turns = sorted(range(len(exact)), key=lambda turn: (-(exact[turn] * limit % whole), turn))
    while missing:
        for turn in turns:
            if missing and parts[turn] < raw[turn]:
                parts[turn] += 1
                missing -= 1
    return parts


stopwatch = Stopwatch()
earned = [0] * len(sponsors)
accruals = 0
for buyer, at, base in orders:
    found = claims(buyer, at)
    for (_, partner), part in zip(found, shares(found, base)):
        earned[partner] += part
        accruals += part > 0
stopwatch.tell(accruals, enumerate(earned))
