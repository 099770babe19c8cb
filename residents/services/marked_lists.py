"""A list of the unvaccinated that came back from school or site with marks: compared name by name, taken over one by one.

Reading writes nothing. What is taken over becomes the word of the school (``reconciling.say``); a difference to the site's
record is then settled as any other.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from campaigns.models import Campaign
from core.errors import RuleBroken
from core.idnumbers import damaged, mask, normalise, upgrade15
from core.locks import deed
from core.text import clean
from core.xlsx import Column, Sheet, build
from places.models import Organisation
from residents.fields import plain_title
from residents.marks import NO_DAY, Mark, against, read_mark
from residents.reconciling import Said
from residents.services.census_reading import RawRow, cell_text, read_content
from residents.services.reconciling import Line, lines, say

MOST = 5000  # rows; a list of one school


@dataclass(frozen=True)
class Row:
    """One row of the file. ``line`` is the pupil it means (None: not on the roster), ``problem`` why it cannot be taken over,
    ``difference`` where it and the site's record differ, ``changes`` whether it says something else than the school said."""

    raw: RawRow
    name: str
    line: Line | None
    mark: Mark
    problem: str = ""
    difference: str = ""
    changes: bool = False

    @property
    def may_be_taken(self) -> bool:
        return self.changes and not self.problem

    @property
    def packed(self) -> str:
        """The row as the form sends it back."""
        day = self.mark.said.given_on
        return json.dumps(
            {
                "entry": str(self.line.entry.uid),
                "vaccinated": self.mark.said.is_vaccinated,
                "on": day.isoformat() if day else "",
                "place": self.mark.place_name,
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True)
class Compared:
    """Every row of the file, and the pupils without a record whom the file does not name."""

    rows: list[Row]
    absent: list[Line]

    @property
    def differing(self) -> int:
        """Rows that somebody has to look at."""
        return sum(
            bool(row.difference or row.problem or (row.changes and row.line.claim)) for row in self.rows
        )


def blank_list(organisation: Organisation, campaign: Campaign, dose_number: int, *, today: date) -> bytes:
    """The list to send: who has no record of this dose, with columns to mark. Numbers partly hidden; they match all the same."""
    dose = f"第{dose_number}针"
    columns = [
        Column("serial", "序号", width=6, format="serial"),
        Column("part", "年级班级", width=14),
        Column("name", "姓名", width=12),
        Column("number", "证件号码(部分隐藏)", width=22),
        Column("mark", "是否接种", width=10, choices=["是", "否"]),
        Column("on", f"{dose}日期", width=13, note="已接种的填,如 2026-11-01"),
        Column("place", f"{dose}地点", width=22),
        Column("reason", "未接种原因", width=18),
    ]
    missing = [line for line in lines(organisation, campaign, dose_number) if line.record is None]
    rows = [
        {
            "serial": number,
            "part": line.entry.class_word or "未分班",
            "name": line.entry.resident.name,
            "number": str(line.entry.resident.primary_identifier or ""),
            "reason": line.entry.resident.get_not_vaccinated_reason_display(),
        }
        for number, line in enumerate(missing, start=1)
    ]
    sheet = Sheet(
        "未接种名单",
        columns,
        rows,
        title=f"{organisation}第{dose_number}剂未接种名单(核对用)",
        unit="人",
        cut_off=today.isoformat(),
        filled_by=str(organisation),
        footer_lines=["填报人:            负责人:            日期:            单位(盖章):"],
        freeze_columns=3,
    )
    return build([sheet])


def compare(
    content: bytes, *, organisation: Organisation, campaign: Campaign, dose_number: int, today: date
) -> Compared:
    """Match the rows of a file with the roster by number and hold their marks against the records (reads only).

    A number that is partly hidden matches together with the name. Raises RuleBroken: those of ``read_content``, NO_HEADER,
    TOO_MANY_ROWS.
    """
    dose = f"dose{dose_number}"
    plain = {
        "接种日期": f"{dose}_on",
        "接种时间": f"{dose}_on",
        "接种地点": f"{dose}_place",
        "标记": "vaccinated",
    }
    reading = read_content(content, meanings={plain_title(title): key for title, key in plain.items()})
    if reading.missing:
        titles = "、".join(f"“{title}”" for title in reading.missing)
        raise RuleBroken("NO_HEADER", f"没有认出哪一列是{titles},请用下载的名单填写。", "file")
    if len(reading.rows) > MOST:
        raise RuleBroken("TOO_MANY_ROWS", f"名单超过 {MOST} 行,请只上传本校的名单。", "file")
    pupils = lines(organisation, campaign, dose_number)
    book = _Book(pupils)
    rows, seen = [], set()
    for raw in reading.rows:
        row = _row(raw, book, dose_number, today)
        if row.line and row.line.entry.pk in seen:
            row = Row(raw, row.name, row.line, row.mark, "名单里重复了这个人")
        if row.line:
            seen.add(row.line.entry.pk)
        rows.append(row)
    return Compared(rows, [line for line in pupils if line.record is None and line.entry.pk not in seen])


class _Book:
    """The roster by number."""

    def __init__(self, pupils: Iterable[Line]):
        self.whole: dict[str, Line] = {}
        self.hidden: dict[tuple[str, str], list[Line]] = {}
        for line in pupils:
            for document in line.entry.resident.identifiers.all():
                self.whole[document.number] = line
                key = mask(document.number), line.entry.resident.name
                self.hidden.setdefault(key, []).append(line)

    def find(self, number: str, name: str) -> Line | None:
        if "*" in number:
            found = self.hidden.get((number, name), [])
            return found[0] if len(found) == 1 else None
        return self.whole.get(upgrade15(number) if len(number) == 15 and number.isdigit() else number)


def _row(raw: RawRow, book: _Book, dose_number: int, today: date) -> Row:
    cell = raw.cells.get("number", "")
    name, number = clean(raw.cells.get("name")), normalise("01", cell_text(cell))
    mark = read_mark(raw.cells, dose_number, today=today)
    line = book.find(number, name)
    if line is None and (wrong := damaged(cell)):
        return Row(raw, name, None, mark, wrong.message)
    if line is None:
        return Row(raw, name, None, mark, "不在本校名册上,或证件号码不对")
    if line.entry.resident.name != name:
        return Row(raw, name, line, mark, f"证件号码在名册上是{line.entry.resident.name}")
    if mark.problem:
        return Row(raw, name, line, mark, mark.problem)
    record, claim = line.record, line.claim
    found = against(mark, Said(record is not None, record.given_on if record else None))
    if mark.said is None:
        return Row(raw, name, line, mark)
    told = Said(claim.is_vaccinated, claim.given_on) if claim else None
    without_day = mark.said.is_vaccinated and mark.said.given_on is None
    if without_day and found:
        return Row(raw, name, line, mark, NO_DAY, found)
    return Row(raw, name, line, mark, "", found, told != mark.said and not without_day)


@deed()
def take(
    packed: Iterable[str],
    *,
    organisation: Organisation,
    campaign: Campaign,
    dose_number: int,
    actor,
    now: datetime,
) -> int:
    """Take the chosen rows (``Row.packed``) over as the word of the school; returns how many were new.

    Raises RuleBroken: NOTHING_CHOSEN, ROW_UNREADABLE (also a pupil of another school), and those of ``say``.
    """
    chosen = [_unpacked(text) for text in packed]
    if not chosen:
        raise RuleBroken("NOTHING_CHOSEN", "还没有勾选要采用的人。")
    pupils = {str(line.entry.uid): line for line in lines(organisation, campaign, dose_number)}
    taken = 0
    for entry, said, place in chosen:
        line = pupils.get(entry)
        if line is None:
            raise RuleBroken("ROW_UNREADABLE", "名册刚才有变动,请重新上传名单。")
        if line.claim and Said(line.claim.is_vaccinated, line.claim.given_on) == said:
            continue
        say(
            entry=line.entry,
            campaign=campaign,
            dose_number=dose_number,
            is_vaccinated=said.is_vaccinated,
            given_on=said.given_on,
            place_name=place,
            actor=actor,
            now=now,
        )
        taken += 1
    return taken


def _unpacked(text: str) -> tuple[str, Said, str]:
    try:
        row = json.loads(text)
        day = date.fromisoformat(row["on"]) if row["on"] else None
        return str(row["entry"]), Said(row["vaccinated"] is True, day), str(row["place"])
    except (ValueError, KeyError, TypeError) as error:
        raise RuleBroken("ROW_UNREADABLE", "页面内容不完整,请重新上传名单。") from error
