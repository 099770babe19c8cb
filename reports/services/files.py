"""Producing report files and keeping them: for whom, by whom, up to when."""

import hashlib
import uuid
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core import audit, files, replica, xlsx
from core.errors import RuleBroken
from core.handing_out import taken_by
from core.locks import deed
from places.choices import Level
from places.models import Organisation, Place
from reports.choices import ReportKind
from reports.models import ReportFile, ScheduledRun
from reports.services.daily_closing import report_of_day
from reports.services.workbooks import daily_workbook

KEEP_PERSONAL_DAYS = 30  # lists of people are not hoarded; who made which and took it when stays on record
_CONTEXT = "report_file"
_ADDRESSEE = "[[addressee]]"


def produce_daily(
    *, campaign: Campaign, place: Place, day: date, by: User | None, now: datetime, job=None, progress=None
) -> list[ReportFile]:
    """Count the daily report of a township once and file it twice: one for the county, a copy for the town (S26). Of a day
    that has been closed the files hold what was frozen.

    Raises RuleBroken: REPORT_PLACE (not a township), REPORT_DAY (in the future).
    """
    if place.level != Level.TOWN:
        raise RuleBroken("REPORT_PLACE", "日报按乡镇(街道)编制,请选择乡镇。", "place")
    if day > timezone.localdate(now):
        raise RuleBroken("REPORT_DAY", "日期不能晚于今天。", "day")
    report = replica.read(lambda: report_of_day(campaign, place, day, now))
    if progress:
        progress.step(1, 3, "数字已汇总,正在写表")
    sheet, made = daily_workbook(report, filled_by=place.name, addressed_to=_ADDRESSEE), []
    for step, addressee in enumerate(filter(None, (place.parent, place)), start=2):
        content = xlsx.filled(sheet, _ADDRESSEE, addressee.name)
        name = xlsx.file_name(place.name, f"日报(报{addressee.name})" if addressee != place else "日报", day)
        made.append(
            keep(
                content,
                kind=ReportKind.DAILY,
                campaign=campaign,
                place=place,
                addressee=addressee,
                day=day,
                cut_off=report.cut_off,
                name=name,
                by=by,
                job=job,
            )
        )
        if progress:
            progress.step(step, 3, f"已生成 {name}")
    return made


@deed()
def keep(
    content: bytes,
    *,
    kind: str,
    campaign: Campaign | None,
    place: Place,
    day: date,
    cut_off: datetime,
    name: str,
    by: User | None,
    addressee: Place | None = None,
    organisation: Organisation | None = None,
    is_personal: bool = False,
    job=None,
    run: ScheduledRun | None = None,
    note: str = "",
) -> ReportFile:
    """Store a produced workbook with its fingerprint; the file itself is written before the row that names it.

    What names people (``is_personal``) is kept encrypted.
    """
    if is_personal:
        stored_as = files.keep_sealed(content, "reports", context=_CONTEXT).stored_as
    else:
        stored_as = f"reports/{uuid.uuid4().hex}.xlsx"
        path = files.kept(stored_as)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    row = ReportFile.objects.create(
        organisation=organisation,
        is_personal=is_personal,
        kind=kind,
        campaign=campaign,
        place=place,
        day=day,
        cut_off=cut_off,
        file_name=name,
        stored_as=stored_as,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        job=job,
        run=run,
        note=note,
        created_by=by,
    )
    data = {"kind": kind, "day": day.isoformat(), "sha256": row.sha256}
    if run:
        data["due"] = run.due.isoformat()
    if addressee:
        row.copies_to.add(addressee)
        data["to"] = addressee.code
    audit.record("report.produced", actor=by, target=row, place_code=place.code, data=data)
    return row


@deed()
def take(row: ReportFile, *, by: User, now: datetime) -> bytes:
    """The content of ``row`` for ``by``, who must be one it is handed to. A list of people names who takes it and when;
    the fingerprint of that copy is on record.

    Raises RuleBroken REPORT_GONE when the content was removed or cannot be read.
    """
    path = files.kept(row.stored_as)
    if row.removed_at or not path.is_file():
        raise RuleBroken("REPORT_GONE", "这个文件的内容已经清除,请重新生成。")
    if row.is_personal:
        content = files.open_sealed(row.stored_as, context=_CONTEXT)
        content = xlsx.stamp(content, taken_by(by, now))
    else:
        content = path.read_bytes()
    data = {"file": row.file_name, "sha256": hashlib.sha256(content).hexdigest()}
    audit.record("report.downloaded", actor=by, target=row, place_code=row.place.code, data=data)
    return content


@deed()
def remove_old(*, now: datetime) -> int:
    """Remove the content of lists of people older than ``KEEP_PERSONAL_DAYS``; their rows stay. Returns how many."""
    old = old_lists(now)
    for row in old:
        files.kept(row.stored_as).unlink(missing_ok=True)
    return old.update(removed_at=now)


def old_lists(now: datetime):
    """What ``remove_old`` removes."""
    before = now - timedelta(days=KEEP_PERSONAL_DAYS)
    return ReportFile.objects.filter(is_personal=True, removed_at=None, created_at__lt=before)
