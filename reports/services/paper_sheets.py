"""Registers on paper (domain §7.1, §7.2, §7.3, §7.7): a sheet of A4 landscape for each 组 of a village or class of a school.

The page that is printed and the workbook beside it are made of these sheets, so they are the same list. Numbers are partly
hidden: paper lies about. The census form with full numbers is ``export_report census`` and the export with a purpose.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime

from django.db import models
from django.utils import timezone

from campaigns.models import Campaign
from core.dates import age_on
from core.phones import mask
from core.xlsx import Column, Sheet
from places.models import Organisation, Place
from reports.services.exports import SIGN_OFF
from reports.services.people_sheets import (
    elderly_sheets,
    group_title,
    in_group,
    registered,
    unvaccinated_sheets,
    where,
)
from reports.services.register_sheets import school_sheets
from residents.fields import BY_KEY, DOSES
from residents.models import Resident


class PaperKind(models.TextChoices):
    """The forms that a village or school prints and signs."""

    CENSUS = "census", "摸排登记表"
    UNVACCINATED = "unvaccinated", "未接种名单(含原因)"
    ELDERLY = "elderly", "老年人台账"
    SCHOOL = "school", "学校摸底登记表"


# 27 of the 46 columns fit on A4: codes of a machine, the address of the hukou and what is told twice are left to the workbook
# of the export; the parts of a dose share a cell.
_ON_PAPER = [
    *("household_no", "name", "sex", "number", "birth_date", "age", "phone", "residence", "address"),
    *("away_place", "workplace", "occupation", "priority_groups", "conditions"),
]
_BEHIND_DOSES = ["not_vaccinated_reason", "willing", "responsible_name", "note"]
_DOSE_PARTS = ("on", "vaccine", "place")


def papers(
    kind: str,
    *,
    place: Place,
    campaign: Campaign,
    day: date,
    now: datetime,
    group: str | None = None,
    school: Organisation | None = None,
) -> list[Sheet]:
    """The sheets of ``kind`` for the village ``place`` (one 组 of it, if given) or for ``school``, by 组 or class.

    A sheet without people is left out, so a village without anybody to list gives []. Fixed number of queries.
    """
    heads = {
        "cut_off": f"{timezone.localtime(now):%Y-%m-%d %H:%M}",
        "filled_by": str(school or place),
        "footer_lines": SIGN_OFF,
    }
    if kind == PaperKind.SCHOOL:
        names, summary = school_sheets(place=place, campaign=campaign, day=day, school=school, **heads)
        return [*_parts(names, "part", lambda part: (part, f"{names.title} {part}")), *_filled([summary])]
    made = _BUILT[PaperKind(kind)](place=place, campaign=campaign, day=day, group=group, **heads)
    names, *summaries = made

    def title(part: str) -> tuple[str, str]:
        word = group_title(part)
        whole = (
            names.title if group is not None else names.title.replace(place.name, f"{place.name} {word} ", 1)
        )
        return word, whole

    return [*_parts(names, "group", title, _group_order), *_filled(summaries)]


def _census(*, place: Place, campaign: Campaign, day: date, group: str | None, **heads) -> list[Sheet]:
    columns = [
        *(_column(key) for key in _ON_PAPER),
        *(Column(dose, title, width=13) for dose, title in DOSES.items()),
        *(_column(key) for key in _BEHIND_DOSES),
    ]
    rows = [_line(person, day) for person in in_group(registered(place, campaign), group)]
    title = f"{where(place, group)}疫苗接种摸排登记表"
    return [Sheet("摸排登记表", columns, rows, title=title, unit="人", **heads)]


def _column(key: str) -> Column:
    field = BY_KEY[key]
    return Column(key, field.title, width=field.width, format=field.format)


def _line(person: Resident, day: date) -> dict:
    document = person.primary_identifier
    return {
        "group": person.group_no,
        **{key: BY_KEY[key].show(person) for key in (*_ON_PAPER, *_BEHIND_DOSES)},
        **{dose: _dose(person, dose) for dose in DOSES},
        "number": document.masked if document else "",
        "age": age_on(person.birth_date, day),
        "phone": mask(person.phone) if person.phone else "",
    }


def _dose(person: Resident, dose: str) -> str:
    """2021-06-01 北京科兴中维 迎泽街道卫生院: as much of it as is known."""
    parts = (BY_KEY[f"{dose}_{part}"].show(person) for part in _DOSE_PARTS)
    return " ".join(str(part) for part in parts if part)


def _elderly(**asked) -> list[Sheet]:
    """One list: those of 80 and over stand among those of 60 and over, with their age."""
    return elderly_sheets(**asked)[:1]


_BUILT = {
    PaperKind.CENSUS: _census,
    PaperKind.ELDERLY: _elderly,
    PaperKind.UNVACCINATED: unvaccinated_sheets,
}


def _parts(
    sheet: Sheet,
    key: str,
    name: Callable[[str], tuple[str, str]],
    order: Callable[[str], tuple] | None = None,
) -> list[Sheet]:
    """A sheet for each value of ``key`` in the rows, numbered from 1; ``name`` gives its tab and title."""
    parts: dict[str, list[dict]] = {}
    for row in sheet.rows:
        parts.setdefault(row[key], []).append(row)
    serial = Column("serial", "序号", width=5, format="serial")
    columns = [
        serial,
        *(column for column in sheet.columns if column.key not in (key, "serial", "village", "school")),
    ]
    made = []
    for part in sorted(parts, key=order) if order else parts:
        tab, title = name(part)
        rows = [{**row, "serial": number} for number, row in enumerate(parts[part], start=1)]
        made.append(replace(sheet, name=tab, title=title, rows=rows, columns=columns))
    return made


def _group_order(group: str) -> tuple:
    """2组 before 10组, names after numbers, who is in none last."""
    return (not group, not group.isdigit(), int(group) if group.isdigit() else 0, group)


def _filled(sheets: Iterable[Sheet]) -> list[Sheet]:
    return [sheet for sheet in sheets if sheet.rows]
