"""听取汇报 (S97): a leader hears how the day stands. The figures are those of the daily report of that moment and stay as heard."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core.errors import RuleBroken
from core.locks import deed
from places.models import Place
from reports import metrics
from reports.models import Hearing
from reports.services.daily import DailyReport, DailyRow
from reports.services.daily_closing import report_of_day
from reports.services.duty_book import head, needed, open_book, put, said


def figures_of(report: DailyReport) -> dict:
    """What a leader hears of ``report``: ``{"total": row, "villages": [row, …], "given_here", "given_to_guests", "aefi"}``, a row
    being ``{"name", "doses", "late", "first", "complete", "booster", "quota", "on_task", "target"}``: doses of the day, doses
    recorded late, people so far, the task (None: none given), the people held against it, the target population.
    """
    return {
        "total": _row(report.total),
        "villages": [_row(row) for row in report.rows],
        "given_here": report.given_here,
        "given_to_guests": report.given_to_guests,
        "aefi": report.aefi_day,
    }


def _row(row: DailyRow) -> dict:
    people = {"first": metrics.FIRST, "complete": metrics.COMPLETE, "booster": metrics.BOOSTER}
    return {
        "name": row.place.name,
        "doses": sum(row.day.get(dose.code, 0) for dose in metrics.DOSES),
        "late": row.late,
        "quota": row.quota,
        "on_task": row.on_task,
        "target": row.target,
        **{name: row.sums.get(metric.code, 0) for name, metric in people.items()},
    }


@deed()
def hear(
    *,
    place: Place,
    campaign: Campaign,
    day: date,
    words: dict[str, str],
    actor: User | None,
    key: UUID,
    now: datetime,
) -> Hearing:
    """Freeze the figures of ``day`` as they are counted at ``now`` (of a closed day: as it was closed), with who heard them and what
    was said; ``words`` by field of ``Hearing.WORDS``. A day may be heard more than once.

    Raises NotAllowed; RuleBroken HEARING_DAY (to come, or before the campaign), WORDS_MISSING, and as ``duty_book.open_book``.
    """
    open_book(actor, place)
    if not campaign.starts_on <= day <= timezone.localdate(now):
        text = f"请选择活动开始({campaign.starts_on})到今天之间的日期。"
        raise RuleBroken("HEARING_DAY", text, "day")
    words = _checked(words)
    report = report_of_day(campaign, place, day, now)
    frozen = {"figures": figures_of(report), "cut_off": report.cut_off}
    entry = Hearing(campaign=campaign, day=day, **words, **frozen, **head(actor, place, key, now))
    return put(entry, subject="hearing", last=None, based_on=0)


@deed()
def correct(
    *,
    hearing: Hearing,
    words: dict[str, str],
    reason: str,
    based_on: int,
    actor: User | None,
    key: UUID,
    now: datetime,
) -> Hearing:
    """The next version of the words; the figures stay as they were heard.

    Raises NotAllowed; RuleBroken WORDS_MISSING, and as ``duty_book.open_book`` and ``put``.
    """
    open_book(actor, hearing.place)
    last = Hearing.objects.filter(uid=hearing.uid).select_related("campaign", "by").latest("number")
    heard = {name: getattr(last, name) for name in ("campaign", "day", "figures", "cut_off")}
    entry = Hearing(**heard, **_checked(words), **head(actor, hearing.place, key, now, reason))
    return put(entry, subject="hearing", last=last, based_on=based_on)


def _checked(words: dict[str, str]) -> dict[str, str]:
    words = dict.fromkeys(Hearing.WORDS, "") | said(words)
    needed(words, heard_by="请填写听取汇报的领导。")
    return words
