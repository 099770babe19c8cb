"""Reading what a close is about: the books of a site since its last close, lot by lot."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import F, Max, QuerySet, Value

from inventory.choices import CloseState
from inventory.closing_rules import Amount, Given, LotDay, Move, days_owed, equation, match
from inventory.models import CloseLine, DayClose, StockLevel, StockMovement
from places.models import Site

LOOK_BACK = 60  # days in which days without a close are looked for


def closed_until(site: Site) -> date | None:
    """The last closed day of ``site``."""
    return DayClose.objects.filter(site=site, state=CloseState.CLOSED).aggregate(last=Max("on"))["last"]


def day_lines(site: Site, on: date, given: Collection[Given]) -> list[LotDay]:
    """The equation of every lot of ``site`` from its last close to the end of ``on``; lots without anything are left out.

    ``given``: the doses on people that belong to these days.
    """
    until, last = closed_until(site), _last_lines(site)
    moves, balances = _moves(site, until, on, {lot: line.through for lot, line in last.items()})
    later = set(
        StockMovement.objects.filter(site=site, on__gt=on).order_by().values_list("lot", flat=True).distinct()
    )
    levels = StockLevel.objects.filter(site=site).select_related("lot__presentation__vaccine")
    found = []
    for level in levels.order_by("lot__presentation__vaccine__code", "lot__expires_on", "lot_id"):
        lot = level.lot
        opening = last[lot.pk].closing if lot.pk in last else Amount()
        mine = moves.get(lot.pk, [])
        through, vials, left = balances.get(lot.pk) or _as_closed(last.get(lot.pk), lot)
        book = equation(opening, mine, Amount(vials, vials * lot.presentation.doses_per_vial + left))
        pairs = match(lot.pk, book.uses, given, until)
        if any(opening) or any(book.closing) or mine or pairs.given:
            found.append(LotDay(lot, book, pairs, through, left, moved_on=lot.pk in later))
    return found


def _as_closed(line: CloseLine | None, lot) -> tuple[int, int, int]:
    if line is None:
        return 0, 0, 0
    left = line.closing_doses - line.closing_vials * lot.presentation.doses_per_vial
    return line.through, line.closing_vials, left


def _last_lines(site: Site) -> dict[int, CloseLine]:
    """The last closed line of each lot."""
    closed = CloseLine.objects.filter(close__site=site, close__state=CloseState.CLOSED).order_by()
    newest = closed.values("lot").annotate(newest=Max("pk")).values("newest")
    return {line.lot_id: line for line in CloseLine.objects.filter(pk__in=newest)}


def _moves(site: Site, until: date | None, on: date, through: dict[int, int]):
    """Movements that no close has taken in yet by lot, and the (pk, vials, open doses) after the last of them."""
    rows = StockMovement.objects.filter(site=site, on__lte=on).order_by("pk")
    if until is not None:  # what was posted after a close carries the day of the close or a later one
        rows = rows.filter(on__gte=until)
    moves, balances = defaultdict(list), {}
    names = ("pk", "lot", "kind", "vials", "open_doses", "on", "reverses", "reverses__kind")
    names += ("balance_vials", "balance_open", "lot__presentation__doses_per_vial")
    for pk, lot, kind, vials, doses, day, taken, taken_kind, left, left_open, size in rows.values_list(
        *names
    ):
        if pk > through.get(lot, 0):
            moves[lot].append(Move(pk, kind, vials, vials * size + doses, day, taken, taken_kind or ""))
            balances[lot] = pk, left, left_open
    return moves, balances


def days_without_close(sites: QuerySet, today: date) -> list[tuple[int, date]]:
    """(site id, day) of every day before ``today`` at ``sites`` that waits for its close, oldest first; one query."""
    closed = DayClose.objects.filter(site__in=sites, state=CloseState.CLOSED).order_by()
    closed = closed.values("site").annotate(day=Max("on"), what=Value("closed"))
    span = (today - timedelta(days=LOOK_BACK), today - timedelta(days=1))
    moves = StockMovement.objects.filter(site__in=sites, on__range=span).order_by()
    moves = moves.annotate(day=F("on"), what=Value("moved"))
    columns, days = ("site", "day", "what"), defaultdict(lambda: defaultdict(list))
    for site, day, what in closed.values_list(*columns).union(moves.values_list(*columns)):
        days[site][what].append(day)
    owed = [
        (day, site)
        for site, found in days.items()
        for day in days_owed(found["moved"], max(found["closed"], default=None), today)
    ]
    return [(site, day) for day, site in sorted(owed)]
