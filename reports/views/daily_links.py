"""Which names stand behind a cell of the daily report: those that were frozen, or those that count now."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from reports import metrics
from reports.counted import ELDER_AGES, TARGET, elder_code
from reports.filed import ALL_DOSES
from reports.filing_rules import LATE, NEW, TOTAL
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
