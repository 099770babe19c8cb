"""Loading official lists of divisions (统计用区划代码)."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from core import audit
from core.errors import RuleBroken
from core.locks import deed
from places.choices import PREFIX_DIGITS, Level
from places.models import Place

_LEVELS = {
    "province": Level.PROVINCE,
    "city": Level.CITY,
    "county": Level.COUNTY,
    "area": Level.COUNTY,
    "district": Level.COUNTY,
    "township": Level.TOWN,
    "town": Level.TOWN,
    "street": Level.TOWN,
    "village": Level.VILLAGE,
    "community": Level.VILLAGE,
} | {
    "省": Level.PROVINCE,
    "省级": Level.PROVINCE,
    "市": Level.CITY,
    "地级": Level.CITY,
    "县": Level.COUNTY,
    "县级": Level.COUNTY,
    "乡": Level.TOWN,
    "乡级": Level.TOWN,
    "村": Level.VILLAGE,
    "村级": Level.VILLAGE,
}


@dataclass
class DivisionCounts:
    """What an import did."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    problems: list[str] = field(default_factory=list)


def read_divisions(path: Path) -> list[dict[str, str]]:
    """Rows ``{code, name, level}`` of a CSV file. Raises RuleBroken when the file is not such a list."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RuleBroken(
            "DIVISIONS_UNREADABLE", f"读不了文件 {path.name}:请提供 UTF-8 编码的 CSV。({error})"
        ) from error
    if not rows or not {"code", "name", "level"} <= set(rows[0]):
        raise RuleBroken("DIVISIONS_HEADER", "文件第一行应为 code,name,level 三列。")
    return rows


@deed()
def import_divisions(rows: Iterable[dict[str, str]], *, actor, today: date) -> DivisionCounts:
    """Create, rename and close places so that the listed counties look as the list says. Idempotent.

    Source: 统计用区划代码 (domain list of levels: 001-099 街道 … 400-599 开发区; village codes up to 999 all occur). A city
    without districts (4419…, 4604…) may be listed as a city, as a county, or as both with one code: the lower level wins.
    A code of a listed county that is no longer on the list is closed (``valid_to``), never deleted; a closed code that
    comes back is opened again. A list with a bad row closes nothing.
    """
    counts = DivisionCounts()
    listed: dict[str, tuple[str, Level]] = {}
    for number, row in enumerate(rows, start=2):
        counts.rows += 1
        code, name = (row.get("code") or "").strip(), (row.get("name") or "").strip()
        level = _LEVELS.get((row.get("level") or "").strip().lower())
        if not (code.isascii() and code.isdigit() and len(code) == 12) or not name or level is None:
            counts.problems.append(
                f"第 {number} 行: code 应为 12 位数字,name 不能为空,level 应为 province/city/county/township/village"
            )
            continue
        if code not in listed or PREFIX_DIGITS[level] > PREFIX_DIGITS[listed[code][1]]:
            listed[code] = (name, level)
    known = {place.code: place for place in Place.objects.filter(level__in=PREFIX_DIGITS)}
    for code in sorted(listed, key=lambda c: (PREFIX_DIGITS[listed[c][1]], c)):
        name, level = listed[code]
        parent = _parent(code, level, known)
        if parent is None and level in (Level.TOWN, Level.VILLAGE):
            counts.problems.append(f"{code} {name}: 上级不在名单和系统中,未导入")
            continue
        _put(known, counts, code=code, name=name, level=level, parent=parent, today=today)
    if not counts.problems:  # a damaged line must not pass for an abolished village
        _close_missing(known, listed, counts, today)
    data = {
        "rows": counts.rows,
        "created": counts.created,
        "updated": counts.updated,
        "closed": counts.closed,
    }
    audit.record("places.imported", actor=actor, data=data)
    return counts


def _parent(code: str, level: Level, known: dict[str, Place]) -> Place | None:
    digits = PREFIX_DIGITS[level]
    for shorter in (9, 6, 4, 2):
        if (
            shorter < digits
            and (place := known.get(code[:shorter].ljust(12, "0"))) is not None
            and place.code != code
        ):
            return place
    return None


def _put(known, counts, *, code, name, level, parent, today) -> None:
    place = known.get(code)
    if place is None:
        known[code] = Place.objects.create(code=code, name=name, level=level, parent=parent, valid_from=today)
        counts.created += 1
        return
    wanted = {"name": name, "level": level, "parent_id": parent and parent.pk, "valid_to": None}
    changed = [key for key, value in wanted.items() if getattr(place, key) != value]
    for key in changed:
        setattr(place, key, wanted[key])
    if changed:
        place.save(update_fields=[key.removesuffix("_id") for key in changed])
        counts.updated += 1
    else:
        counts.unchanged += 1


def _close_missing(known, listed, counts, today) -> None:
    counties = {code[:6] for code, (_, level) in listed.items() if level in (Level.TOWN, Level.VILLAGE)}
    for code, place in known.items():
        if (
            code not in listed
            and place.valid_to is None
            and place.level in (Level.TOWN, Level.VILLAGE)
            and code[:6] in counties
        ):
            place.valid_to = today
            place.save(update_fields=["valid_to"])
            counts.closed += 1
