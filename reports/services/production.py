"""Making a report as a workbook and keeping it: one way for every kind, as a job with progress or at a time of the day."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from accounts.models import User
from campaigns.models import Campaign
from core import replica, xlsx
from core.locks import deed
from core.xlsx import Sheet
from places.models import Organisation, Place
from reports.choices import ReportKind
from reports.days import day_bounds
from reports.models import ReportFile, ScheduledRun
from reports.services import files
from reports.services.daily_closing import closed_report
from reports.services.exports import sheets_of
from reports.sheet_kinds import PRODUCED
from residents.services import export_gate


@dataclass(frozen=True)
class Order:
    """What is asked for: a ``kind`` of ``PRODUCED`` about a place (one 组 of a village, one school) and a day."""

    kind: str
    place: Place
    day: date
    campaign: Campaign | None
    group: str | None = None
    school: Organisation | None = None

    def sheets(self, now: datetime) -> list[Sheet]:
        """As counted at ``now``, with all their rows. Raises RuleBroken as ``exports.export``."""
        asked = {"place": self.place, "day": self.day, "campaign": self.campaign}

        def counted() -> list[Sheet]:
            found = sheets_of(self.kind, now=now, group=self.group, school=self.school, **asked)
            return [replace(sheet, rows=list(sheet.rows)) for sheet in found]

        return replica.read(counted)

    def cut_off(self, now: datetime) -> datetime:
        """Until when a report made at ``now`` counts: the end of its day; of a closed day, what it was frozen with."""
        if self.kind == ReportKind.DAILY and (closed := closed_report(self.campaign, self.place, self.day)):
            return closed.cut_off
        return min(now, day_bounds(self.day)[1]) if PRODUCED[self.kind].of_day else now

    @property
    def where(self) -> str:
        """As the name of the file says it."""
        return f"{self.school or self.place.name}{f'{self.group}组' if self.group else ''}"


@dataclass(frozen=True)
class Origin:
    """Which due moment of a schedule a file is made for, what the file says about it, and what is done in the same deed in
    which the file is kept."""

    run: ScheduledRun
    note: str
    finish: Callable[[], None]


def produce(
    order: Order,
    *,
    by: User | None,
    now: datetime,
    job=None,
    progress=None,
    origin: Origin | None = None,
    approval: int | None = None,
) -> ReportFile:
    """Count, write, keep. A workbook that names people is kept encrypted and will name who takes it. The daily report of a
    township goes to its county as well.

    Raises RuleBroken as ``exports.export``, NeedsApproval where it names many people and nobody else has agreed.
    """
    kind = PRODUCED[order.kind]
    sheets = order.sheets(now)
    if kind.is_personal:
        most = max((len(sheet.rows) for sheet in sheets), default=0)
        export_gate.admit(most, approval=approval, job=job, now=now)
    if progress:
        progress.step(1, 3, "数字已算好,正在写表格")
    content = xlsx.build([_dressed(sheet, kind.is_personal, origin) for sheet in sheets])
    if progress:
        progress.step(2, 3, "表格已写好,正在保存")
    with deed():
        if origin:
            origin.finish()
        row = files.keep(
            content,
            kind=order.kind,
            campaign=order.campaign,
            place=order.place,
            addressee=order.place.parent if order.kind == ReportKind.DAILY else None,
            organisation=order.school,
            day=order.day,
            cut_off=order.cut_off(now),
            name=xlsx.file_name(order.where, kind.title, order.day),
            by=by,
            is_personal=kind.is_personal,
            job=job,
            run=origin.run if origin else None,
            note=origin.note if origin else "",
        )
    if progress:
        progress.step(3, 3, f"已生成 {row.file_name}")
    return row


def _dressed(sheet: Sheet, is_personal: bool, origin: Origin | None) -> Sheet:
    more = {"stamp": xlsx.STAMP} if is_personal else {}
    if origin and origin.note:
        more["footer_lines"] = [*sheet.footer_lines, origin.note]
    return replace(sheet, **more)
