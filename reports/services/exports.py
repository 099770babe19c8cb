"""Every report that ``export_report`` writes: kind → sheets."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core import audit, xlsx
from core.errors import RuleBroken
from core.locks import deed
from core.xlsx import Sheet
from places.choices import Level
from places.models import Organisation, Place
from reports.choices import BulletinKind, ReportKind, TargetKind
from reports.days import day_bounds
from reports.services.bulletins.paper import docx_of
from reports.services.bulletins.writing import standing_or_draft
from reports.services.daily_closing import report_of_day
from reports.services.duty_sheets import duty_sheets
from reports.services.floor_sheets import aefi_sheets, booking_sheets, stock_sheets
from reports.services.people_sheets import census_sheets, elderly_sheets, unvaccinated_sheets, zero_sheets
from reports.services.progress_sheets import progress_sheets
from reports.services.register_sheets import plan_sheets, school_sheets, sticker_pages
from reports.services.week_plan import week_plan_sheets
from reports.services.weekly_publishing import ranking
from reports.services.weekly_sheet import weekly_sheet
from reports.services.workbooks import daily_sheet

SIGN_OFF = ["填报人:            负责人:            日期:            单位(盖章):"]
_BY_TOWN = {ReportKind.DAILY}  # reports that are made by township
_OF_TOWNS = {ReportKind.DUTY}  # kept by townships: there is none of a village
_AT_VILLAGE = {ReportKind.CENSUS}  # the register with full numbers goes out village by village
_BY_GROUP = {
    ReportKind.CENSUS,
    ReportKind.UNVACCINATED,
    ReportKind.ELDERLY,
    ReportKind.ZERO,
}  # may be made for one 组
_OF_NOW = {ReportKind.STOCK, ReportKind.STICKERS}  # of this moment, whatever day was asked for
_SIMPLE = {
    ReportKind.CENSUS: census_sheets,
    ReportKind.UNVACCINATED: unvaccinated_sheets,
    ReportKind.ELDERLY: elderly_sheets,
    ReportKind.AEFI: aefi_sheets,
    ReportKind.PLAN: plan_sheets,
    ReportKind.SCHOOL: school_sheets,
    ReportKind.ZERO: zero_sheets,
    ReportKind.WEEK_PLAN: week_plan_sheets,
    ReportKind.DUTY: duty_sheets,
}
_NEEDS_CAMPAIGN = {
    *_SIMPLE,
    ReportKind.DAILY,
    ReportKind.PROGRESS,
    ReportKind.ROSTER,
    ReportKind.WEEKLY,
    ReportKind.BULLETIN,
}
DONE = (*_SIMPLE, *(kind for kind in ReportKind if kind in _NEEDS_CAMPAIGN - {*_SIMPLE} or kind in _OF_NOW))


@dataclass(frozen=True)
class Exported:
    """A written report: its bytes, and how many rows each sheet (of a text: paragraphs each section) holds."""

    content: bytes
    rows: dict[str, int]


@deed()
def export(
    kind: str,
    *,
    place: Place,
    day: date,
    campaign: Campaign | None,
    by: User | None,
    now: datetime,
    group: str | None = None,
    text: str = BulletinKind.SUMMARY,
) -> Exported:
    """The workbook of ``kind`` for ``place`` (or one 组 of a village) on ``day``; the export is recorded. A bulletin is a .docx: the
    last version of the office, else what the data say; ``text`` is its kind.

    Raises RuleBroken: REPORT_KIND (not made yet), REPORT_PLACE (wrong level), REPORT_GROUP (not made by 组),
    REPORT_DAY (in the future), REPORT_CAMPAIGN (none given and none running).
    """
    if kind == ReportKind.BULLETIN:
        _check(kind, place, day, campaign, timezone.localdate(now))
        _check_group(kind, place, group)
        made = _bulletin(text, place, day, campaign, now)
    else:
        sheets = sheets_of(kind, place=place, day=day, campaign=campaign, now=now, group=group)
        made = Exported(xlsx.build(sheets), {sheet.name: len(list(sheet.rows)) for sheet in sheets})
    data = {
        "kind": kind,
        "day": day.isoformat(),
        "rows": made.rows,
        "full_numbers": kind == ReportKind.CENSUS,
    }
    if group is not None:
        data["group"] = group
    audit.record("report.exported", actor=by, place_code=place.code, data=data)
    return made


def _bulletin(text: str, place: Place, day: date, campaign: Campaign, now: datetime) -> Exported:
    bulletin, version = standing_or_draft(kind=text, campaign=campaign, place=place, day=day, now=now)
    return Exported(docx_of(bulletin, version), {heading: len(lines) for heading, lines in version.filled})


def sheets_of(
    kind: str,
    *,
    place: Place,
    day: date,
    campaign: Campaign | None,
    now: datetime,
    group: str | None = None,
    school: Organisation | None = None,
) -> list[Sheet]:
    """The sheets of ``kind``: what its workbook holds and its page shows. Raises RuleBroken as ``export``."""
    _check(kind, place, day, campaign, timezone.localdate(now))
    _check_group(kind, place, group)
    return _sheets(ReportKind(kind), place, day, campaign, now, group, school)


def _check(kind: str, place: Place, day: date, campaign: Campaign | None, today: date) -> None:
    if kind not in DONE:
        known = "、".join(f"{ReportKind(one).value}({ReportKind(one).label})" for one in DONE)
        raise RuleBroken("REPORT_KIND", f"没有“{kind}”这种报表。可以导出:{known}。", "kind")
    if kind in _BY_TOWN and place.level != Level.TOWN:
        raise RuleBroken("REPORT_PLACE", "日报按乡镇(街道)编制,请给乡镇的区划代码。", "place")
    if kind in _OF_TOWNS and place.level == Level.VILLAGE:
        raise RuleBroken("REPORT_PLACE", "带班和会议由乡镇(街道)登记,请选择乡镇。", "place")
    if kind in _AT_VILLAGE and place.level not in (Level.VILLAGE, Level.TOWN):
        raise RuleBroken("REPORT_PLACE", "摸排登记表按村(社区)或乡镇导出,请给它的区划代码。", "place")
    if day > today and kind != ReportKind.ROSTER:
        raise RuleBroken("REPORT_DAY", "日期不能晚于今天。", "day")
    if campaign is None and kind in _NEEDS_CAMPAIGN:
        raise RuleBroken("REPORT_CAMPAIGN", "没有正在进行的接种活动,请用 --campaign 指明编号。", "campaign")


def _check_group(kind: str, place: Place, group: str | None) -> None:
    if group is None:
        return
    if kind not in _BY_GROUP:
        raise RuleBroken("REPORT_GROUP", f"{ReportKind(kind).label}不按组编制,请去掉 --group。", "group")
    if place.level != Level.VILLAGE:
        raise RuleBroken("REPORT_GROUP", "按组导出时,请给村(社区)的区划代码。", "group")


def _sheets(
    kind: ReportKind,
    place: Place,
    day: date,
    campaign: Campaign | None,
    now: datetime,
    group: str | None,
    school: Organisation | None,
) -> list[Sheet]:
    end = day_bounds(day)[1]
    cut_off = f"{timezone.localtime(min(now, end)):%Y-%m-%d %H:%M}"
    if kind == ReportKind.DAILY:
        report = report_of_day(campaign, place, day, now)
        return [daily_sheet(report, filled_by=place.name, addressed_to=str(place.parent or ""))]
    if kind == ReportKind.ROSTER:
        local = timezone.localtime(now)
        return booking_sheets(place=place, campaign=campaign, day=day, now=local, filled_by=place.name)
    heads = {"cut_off": cut_off, "filled_by": place.name}
    if kind in _OF_NOW:
        heads["cut_off"] = f"{timezone.localtime(now):%Y-%m-%d %H:%M}"
    if kind == ReportKind.STICKERS:
        return sticker_pages(place=place, footer_lines=SIGN_OFF, **heads)
    if kind == ReportKind.STOCK:
        return stock_sheets(place=place, day=timezone.localdate(now), footer_lines=SIGN_OFF, **heads)
    if kind == ReportKind.PROGRESS:
        asked = {"place": place, "campaign": campaign, "day": day, "now": now}
        return progress_sheets(**asked, footer_lines=SIGN_OFF, **heads)
    if kind == ReportKind.WEEKLY:
        return [
            weekly_sheet(ranking(campaign=campaign, place=place, kind=TargetKind.FIRST, day=day, now=now))
        ]
    if kind in _BY_GROUP:
        heads["group"] = group
    if school is not None:
        heads |= {"school": school, "filled_by": str(school)}
    return _SIMPLE[kind](place=place, campaign=campaign, day=day, footer_lines=SIGN_OFF, **heads)
