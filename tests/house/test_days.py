"""A day is the local day: an aware moment's own ``.date()`` is the day in UTC, which is yesterday until eight in the morning."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [
    "core",
    "places",
    "accounts",
    "inventory",
    "campaigns",
    "residents",
    "appointments",
    "planning",
    "clinic",
    "reports",
]
# Cells of a workbook have no zone; the template filter has made its value local before.
_NAIVE = {
    "core/dates.py",
    "core/templatetags/vax.py",
    "inventory/logger_files.py",
    "residents/services/census_reading.py",
}


@pytest.mark.parametrize("room", ROOMS)
def test_days_are_local(room):
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"\.date\(\)", path.read_text("utf-8"))
    ]
    assert set(found) <= _NAIVE, "use django.utils.timezone.localdate(moment)"
