"""Making a report as a workbook and keeping it: one way for every kind, as a job with progress."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from accounts.models import User
from campaigns.models import Campaign
from core import xlsx
from core.xlsx import Sheet
from places.models import Organisation, Place
from reports.models import ReportFile
from reports.services import files
from reports.services.exports import sheets_of
from reports.sheet_kinds import KINDS


@dataclass(frozen=True)
class Order:
    """What is asked for: a ``kind`` of ``KINDS`` about a place (one 组 of a village, one school) and a day."""

    kind: str
    place: Place
    day: date
    campaign: Campaign | None
    group: str | None = None
    school: Organisation | None = None

    def sheets(self, now: datetime) -> list[Sheet]:
        """As counted at ``now``. Raises RuleBroken as ``exports.export``."""
        asked = {"place": self.place, "day": self.day, "campaign": self.campaign}
        return sheets_of(self.kind, now=now, group=self.group, school=self.school, **asked)

    @property
    def where(self) -> str:
        """As the name of the file says it."""
        return f"{self.school or self.place.name}{f'{self.group}组' if self.group else ''}"


def produce(order: Order, *, by: User, now: datetime, job=None, progress=None) -> ReportFile:
    """Count, write, keep. A workbook that names people is kept encrypted and will name who takes it.

    Raises RuleBroken as ``exports.export``.
    """
    kind = KINDS[order.kind]
    sheets = order.sheets(now)
    if progress:
        progress.step(1, 3, "数字已算好,正在写表格")
    if kind.is_personal:
        sheets = [replace(sheet, stamp=xlsx.STAMP) for sheet in sheets]
    content = xlsx.build(sheets)
    if progress:
        progress.step(2, 3, "表格已写好,正在保存")
    row = files.keep(
        content,
        kind=order.kind,
        campaign=order.campaign,
        place=order.place,
        organisation=order.school,
        day=order.day,
        cut_off=now,
        name=xlsx.file_name(order.where, kind.title, order.day),
        by=by,
        is_personal=kind.is_personal,
        job=job,
    )
    if progress:
        progress.step(3, 3, f"已生成 {row.file_name}")
    return row
