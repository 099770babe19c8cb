"""Handing in a report: frozen with its cut-off, one after the other, never changed. Nobody else writes FiledReport."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from places.models import Place
from reports.choices import FiledKind
from reports.filing_reasons import Reasoned
from reports.filing_rules import DOSE, Step
from reports.models import FiledChange, FiledLine, FiledReport, ReportSeen

Line = tuple[
    Place, dict[str, int], dict[str, str]
]  # unit, whole numbers by code, words that are frozen with them


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: the report that has this key already, else the last one of the row."""

    same: FiledReport | None
    last: FiledReport | None


def take_turn(
    *,
    kind: str,
    campaign: Campaign,
    place: Place,
    day: date,
    cut_off: datetime,
    key: uuid.UUID,
    now: datetime,
) -> Turn:
    """Let one deed at a time go on with this row of reports. Call it first in the deed; raises as ``write_report``."""
    alone(f"filing:{kind}:{campaign.pk}:{place.pk}")
    chain = FiledReport.objects.chain(kind=kind, campaign=campaign, place=place)
    last = chain.select_related("filed_by", "place").last()
    same = FiledReport.objects.filter(key=key).first()
    if same is None:
        _check_turn(kind, last, day, cut_off, now)
    return Turn(same, last)


@deed()
def write_report(
    *,
    kind: str,
    campaign: Campaign,
    place: Place,
    day: date,
    cut_off: datetime,
    lines: Iterable[Line],
    changes: Iterable[Reasoned] = (),
    actor: User | None,
    key: uuid.UUID,
    now: datetime,
    slot: str = "",
    note: str = "",
) -> FiledReport:
    """Freeze a report behind the last one of its kind, campaign and place. Posted twice it is the same report.

    Raises RuleBroken: FILED_ALREADY (this cut-off, or this day), FILED_LATER (a later one is in), CUT_OFF_AHEAD.
    """
    where = {"kind": kind, "campaign": campaign, "place": place, "day": day, "cut_off": cut_off}
    turn = take_turn(**where, key=key, now=now)
    if turn.same is not None:
        return turn.same
    report = FiledReport.objects.create(
        **where, key=key, slot=slot, filed_at=now, filed_by=actor, previous=turn.last, note=note.strip()
    )
    rows = [
        FiledLine(report=report, place=unit, figures=figures, words=words) for unit, figures, words in lines
    ]
    FiledLine.objects.bulk_create(rows, batch_size=500)
    FiledChange.objects.bulk_create((_change(report, *one) for one in changes), batch_size=1000)
    data = {"kind": kind, "day": day.isoformat(), "cut_off": cut_off.isoformat(), "lines": len(rows)}
    audit.record("report.filed", actor=actor, target=report, place_code=place.code, data=data)
    return report


def _change(report: FiledReport, step: Step, reason: str) -> FiledChange:
    metric, pk = step.item.metric, step.key[1]
    of = {"record_id": pk} if step.key[0] == DOSE else {"enrolment_id": pk}
    where = {"metric": metric, "place_code": step.item.unit, "on": step.item.on}
    return FiledChange(report=report, sign=step.sign, reason=reason, **where, **of)


def _check_turn(kind: str, last: FiledReport | None, day: date, cut_off: datetime, now: datetime) -> None:
    if cut_off > now:
        at = f"{timezone.localtime(cut_off):%H:%M}"
        raise RuleBroken("CUT_OFF_AHEAD", f"还没到截止时间 {at},请到点后再报。", "cut_off")
    if last is None:
        return
    who = f"{last.filed_by or '系统'} 已于 {timezone.localtime(last.filed_at):%m-%d %H:%M} 报送"
    if last.cut_off == cut_off or (kind != FiledKind.PROGRESS and last.day == day):
        raise RuleBroken("FILED_ALREADY", f"这一份{who},不用再报。以后的更正会列在下一份里。", "cut_off")
    if last.cut_off > cut_off or last.day > day:
        raise RuleBroken("FILED_LATER", f"{last}{who},它之前的不能再补报;漏报的数已经包含在里面。", "cut_off")


@deed()
def mark_seen(*, report: FiledReport, user: User, now: datetime) -> bool:
    """Note that ``user`` has opened the report; the first time counts. True when this was it."""
    _, is_first = ReportSeen.objects.get_or_create(report=report, user=user, defaults={"at": now})
    if is_first:
        audit.record("report.seen", actor=user, target=report, place_code=report.place.code)
    return is_first
