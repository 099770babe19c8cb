"""What people who know both say of two records that look alike, so that nobody is asked twice."""

from datetime import datetime

from django.db import IntegrityError, transaction

from core import audit
from core.errors import Busy, NotAllowed, RuleBroken
from core.locks import deed
from residents.choices import PairVerdict
from residents.models import PairMark, Resident


@deed()
def mark_pair(*, one: Resident, other: Resident, verdict: str, reason: str, actor, now: datetime) -> PairMark:
    """Say that two records may be one person (for the office to merge) or are two people (never asked again).

    The last word about a pair replaces the one before, which stays readable. Saying the same again changes nothing.
    Raises NotAllowed unless the actor registers for one of them, and for both when they are said to be two people;
    RuleBroken: SAME_RECORD, REASON_MISSING (two people: why), Busy.
    """
    if one.pk == other.pk:
        raise RuleBroken("SAME_RECORD", "这是同一份档案。请选择另一份。")
    _may_mark(actor, one, other, verdict)
    reason = reason.strip()[:200]
    if verdict == PairVerdict.DIFFERENT and len(reason) < 2:
        raise RuleBroken("REASON_MISSING", "请写明怎么知道是两个人,例如“查户口本,是堂兄弟”。", "reason")
    first, second = sorted((one, other), key=lambda person: person.pk)
    current = PairMark.objects.current().filter(first=first, second=second)
    last = current.first()
    if last is not None and (last.verdict, last.reason) == (verdict, reason):
        return last
    current.update(superseded_at=now)
    try:
        with transaction.atomic():
            mark = PairMark.objects.create(
                first=first, second=second, verdict=verdict, reason=reason, at=now, by=actor
            )
    except IntegrityError as error:  # somebody else said something of this pair at this very moment
        raise Busy from error
    for person in (first, second):
        audit.record(
            "resident.pair_marked",
            actor=actor,
            target=mark,
            subject=person,
            place_code=person.village_code,
            data={"verdict": verdict, "reason": reason, "other": str((first, second)[person == first].uid)},
        )
    return mark


def _may_mark(actor, one: Resident, other: Resident, verdict: str) -> None:
    if actor is None:
        return
    mine = Resident.objects.visible_to(actor, "residents.edit").filter(pk__in=[one.pk, other.pk]).count()
    if mine == 0:
        raise NotAllowed("这两份档案都不在您登记的范围内。")
    if verdict == PairVerdict.DIFFERENT and mine < 2:
        raise NotAllowed("另一份档案不在您登记的范围内,请标记“可能重复”,由镇办核实。")
