"""Reading what ``stock_rules`` counts: a fixed number of queries, whatever the number of sites and movements."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Min, Q, Sum
from django.db.models.functions import Coalesce

from appointments.choices import SessionState
from appointments.models import ClinicSession
from inventory.choices import CLOSED_LOSSES, MovementKind
from inventory.models import StockLevel, StockMovement, Vaccine
from places.models import Site
from reports.stock_rules import LOOK_BACK, Figure, LotDays, empty_days, last_open_days, together

_DOSES = F("vials") * F("lot__presentation__doses_per_vial") + F("open_doses")
_VACCINE = "lot__presentation__vaccine"
_COLUMNS = {
    MovementKind.USE: "used",
    MovementKind.WASTE_OPEN: "wasted_open",
    **dict.fromkeys(CLOSED_LOSSES, "wasted_closed"),
}


@dataclass(frozen=True)
class Asked:
    """Which sites, and the days (both counted) of what is lost and missing."""

    sites: dict[int, Site]
    since: date
    until: date
    today: date


def figures(
    sites: Iterable[Site], *, since: date, until: date, today: date
) -> list[tuple[Figure, list[Figure]]]:
    """For each vaccine that the ``sites`` have or had: the figure of all of them, and of each site.

    Losses and stock-outs are those of ``since`` to ``until``; stock and pace those of ``today``.
    """
    asked = Asked({site.pk: site for site in sites}, since, until, today)
    known = {
        vaccine.pk: vaccine
        for vaccine in Vaccine.objects.filter(presentations__lots__levels__site__in=asked.sites).distinct()
    }
    found: dict[tuple[int, int], Figure] = {}
    for row in _stock(asked):
        one = Figure(known[row[_VACCINE]], asked.sites[row["site"]])
        one.vials, one.doses, one.usable = row["vials_here"], row["all_doses"], row["usable_doses"]
        found[row[_VACCINE], row["site"]] = one
    for row in _flows(asked):
        one, column = found[row[_VACCINE], row["site"]], _COLUMNS[row["deed"]]
        setattr(one, column, getattr(one, column) - row["change"])
    for pair, days in _outs(asked).items():
        found[pair].outs = [(day, found[pair].site) for day in days]
    return _paced(found, known, _used(asked))


def _paced(found, known, used) -> list[tuple[Figure, list[Figure]]]:
    groups = []
    all_days, by_site = Counter(), defaultdict(Counter)
    for (_, site, day), doses in used.items():
        all_days[day] += doses
        by_site[site][day] += doses
    everywhere = last_open_days(all_days)
    for pk, vaccine in sorted(known.items(), key=lambda pair: pair[1].code):
        parts = [one for (which, _), one in found.items() if which == pk]
        for one in parts:
            one.open_days = last_open_days(by_site[one.site.pk])
            one.paced = sum(used[pk, one.site.pk, day] for day in one.open_days)
        paced = sum(used[pk, one.site.pk, day] for one in parts for day in everywhere)
        groups.append((together(vaccine, parts, paced, everywhere), sorted(parts, key=lambda f: f.site.code)))
    return groups


def _stock(asked: Asked):
    usable = Q(lot__state="usable", held_reason="", lot__expires_on__gte=asked.today)
    rows = StockLevel.objects.filter(site__in=asked.sites).with_doses().order_by()
    return rows.values("site", _VACCINE).annotate(
        vials_here=Sum("vials"),
        all_doses=Sum("doses"),
        usable_doses=Coalesce(Sum("doses", filter=usable), 0),
    )


def _moved(asked: Asked):
    return StockMovement.objects.filter(site__in=asked.sites).order_by().with_deed()


def _flows(asked: Asked):
    rows = _moved(asked).filter(on__range=(asked.since, asked.until), deed__in=_COLUMNS)
    return rows.values("site", _VACCINE, "deed").annotate(change=Sum(_DOSES))


def _used(asked: Asked) -> Counter:
    """Doses by (vaccine, site, day) of the last ``LOOK_BACK`` days."""
    rows = _moved(asked).filter(deed=MovementKind.USE, on__gt=asked.today - timedelta(days=LOOK_BACK))
    rows = rows.values_list(_VACCINE, "site", "on").annotate(change=Sum(_DOSES))
    return Counter({(vaccine, site, day): -change for vaccine, site, day, change in rows})


def _outs(asked: Asked) -> dict[tuple[int, int], list[date]]:
    """Days without a dose by (vaccine, site)."""
    sessions = ClinicSession.objects.filter(site__in=asked.sites, on__range=(asked.since, asked.until))
    sessions = sessions.exclude(state__in=(SessionState.PLANNED, SessionState.CANCELLED)).order_by()
    days = defaultdict(set)
    for site, on in sessions.filter(on__lte=asked.today).values_list("site", "on").distinct():
        days[site].add(on)
    lots = defaultdict(list)
    for site, vaccine, lot in _lot_days(asked, days):
        lots[vaccine, site].append(lot)
    return {pair: empty_days(mine, days[pair[1]]) for pair, mine in lots.items()}


def _lot_days(asked: Asked, sites) -> list[tuple[int, int, LotDays]]:
    """(site, vaccine, days) for each lot that was ever at one of the ``sites``."""
    rows = StockMovement.objects.filter(site__in=list(sites)).order_by()
    known = rows.values_list("site", "lot", _VACCINE, "lot__expires_on").annotate(
        first=Min("on"), before=Coalesce(Sum(_DOSES, filter=Q(on__lt=asked.since)), 0)
    )
    found = {
        (site, lot): (site, vaccine, LotDays(expires, first, before))
        for site, lot, vaccine, expires, first, before in known
    }
    came = Coalesce(Sum(_DOSES, filter=Q(vials__gt=0) | Q(open_doses__gt=0, vials=0)), 0)
    of_days = rows.filter(on__range=(asked.since, asked.until))
    for site, lot, day, change, arrived in of_days.values_list("site", "lot", "on").annotate(
        change=Sum(_DOSES), arrived=came
    ):
        found[site, lot][2].days[day] = (change, arrived)
    return list(found.values())
