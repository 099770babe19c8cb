"""Which names stand behind a cell of the daily report: those that were frozen, or those that count now."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from places.models import Place, Site
from reports import metrics, named
from reports.counted import ELDER_AGES, TARGET, elder_code
from reports.filed import ALL_DOSES
from reports.filing_rules import LATE, NEW, TOTAL
from reports.metrics import states
from reports.models import FiledReport

_REACHED = {"first": metrics.FIRST, "complete": metrics.COMPLETE, "booster": metrics.BOOSTER}
# Column of the sheet → figure and part in a frozen report.
_FROZEN = {
    "target": (TARGET, TOTAL),
    "late": (ALL_DOSES, LATE),
    **{f"day_{metric.code}": (metric.code, NEW) for metric in metrics.DOSES},
    **{f"sum_{metric.code}": (metric.code, TOTAL) for metric in metrics.DOSES},
    **{key: (metric.code, TOTAL) for key, metric in _REACHED.items()},
    **{f"target_{age}": (elder_code(TARGET, age), TOTAL) for age in ELDER_AGES},
    **{
        f"{key}_{age}": (elder_code(_REACHED[key].code, age), TOTAL)
        for key in ("first", "complete")
        for age in ELDER_AGES
    },
}
# Column → what the list of now is asked for; "ever" unless it says otherwise.
_LIVE = {
    key: {"metric": figure, "span": "day" if part == NEW else "ever"}
    for key, (figure, part) in _FROZEN.items()
    if key != "late"
} | {f"target_{age}": {"metric": TARGET, "cohort": str(age)} for age in ELDER_AGES}
_LIVE |= {code: {"metric": code} for code in (*states.STATE_WORDS, states.AWAY_NOW, named.LATE)}


def line_address(what: str, site: str, *, user, place: Place, day: date, closed: FiledReport | None) -> str:
    """The address of the rows behind a number under the table (``workbooks.daily_parts``); "" where there is none, as for a
    day that is closed: what it counted is frozen, the rows are not."""
    where, asked = {"place": place.code}, day.isoformat()
    if not what or closed is not None:
        return ""
    if what in ("given", "guests"):
        query = where | {"metric": named.GIVEN, "day": asked} | ({"guests": 1} if what == "guests" else {})
        return f"{reverse('reports:names')}?{urlencode(query)}"
    if what == "stock":
        pk = _site(site, place) if user.can("stock.view") else None
        return f"{reverse('inventory:stock')}?{urlencode({'site': pk})}" if pk else ""
    if not user.can("aefi.view"):
        return ""
    query = where | {"reported_until": asked} | ({"reported_since": asked} if what == "aefi_day" else {})
    return f"{reverse('clinic:aefi')}?{urlencode(query)}"


def _site(name: str, place: Place) -> int | None:
    """The site of that name in the place, when there is one only."""
    found = list(Site.objects.inside({place.prefix}).filter(name=name).values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def address_of(key: str, *, place_code: str, day: date, closed: FiledReport | None) -> str:
    """The address of the names behind the cell in column ``key``; "" where a cell has none."""
    if closed is not None and key in _FROZEN:
        figure, part = _FROZEN[key]
        query = {"metric": figure, "part": part, "place": place_code}
        return f"{reverse('reports:filed_names', args=[closed.uid])}?{urlencode(query)}"
    if closed is None and key in _LIVE:
        query = {"place": place_code, "day": day.isoformat(), **_LIVE[key]}
        return f"{reverse('reports:names')}?{urlencode(query)}"
    return ""
