"""Counting what was done to tell people. A figure is never edited: a correction is a new row that replaces it."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import deed
from core.repeats import same
from places.models import Place
from residents.models import PublicityCount


@deed()
def record(
    *,
    place: Place,
    day: date,
    counts: Mapping[str, int],
    actor: User,
    key: UUID,
    now: datetime,
    note: str = "",
) -> list[PublicityCount]:
    """Put down what a village did on ``day``: kind → number; zeros are left out. A repeat of ``key`` changes nothing.

    Raises NotAllowed, RuleBroken: NOTHING_COUNTED, DAY_FUTURE, KEY_USED.
    """
    _may_record(actor, place)
    repeated = list(PublicityCount.objects.filter(key=key))
    if repeated:
        return [same(row, place=place, day=day, by=actor) for row in repeated]
    if day > timezone.localdate(now):
        raise RuleBroken("DAY_FUTURE", "日期不能晚于今天。", "day")
    rows = [
        PublicityCount(
            key=key, place=place, day=day, kind=kind, count=count, note=note.strip()[:120], by=actor, at=now
        )
        for kind, count in counts.items()
        if count
    ]
    if not rows:
        raise RuleBroken("NOTHING_COUNTED", "请至少填写一项数量。")
    PublicityCount.objects.bulk_create(rows)
    data = {"day": day.isoformat(), "counts": {row.kind: row.count for row in rows}}
    audit.record("publicity.recorded", actor=actor, place_code=place.code, data=data)
    return rows


@deed()
def correct(*, row: PublicityCount, count: int, reason: str, actor: User, now: datetime) -> PublicityCount:
    """Replace a figure by ``count`` (0: it did not happen). Raises NotAllowed, RuleBroken: REASON_MISSING,
    CORRECTED_ALREADY."""
    _may_record(actor, row.place)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明更正的原因。", "reason")
    new = PublicityCount.objects.create(
        key=uuid4(),
        place=row.place,
        day=row.day,
        kind=row.kind,
        count=count,
        note=f"更正:{reason.strip()}"[:120],
        by=actor,
        at=now,
    )
    if not PublicityCount.objects.counted().filter(pk=row.pk).update(superseded_by=new):
        raise RuleBroken("CORRECTED_ALREADY", "这个数已经更正过,请在新的一行上更正。")
    data = {
        "kind": row.kind,
        "day": row.day.isoformat(),
        "count": [row.count, count],
        "reason": reason.strip(),
    }
    audit.record("publicity.corrected", actor=actor, target=new, place_code=row.place.code, data=data)
    return new


def _may_record(actor: User, place: Place) -> None:
    if not actor.scope("publicity.record").covers(place.code):
        raise NotAllowed(f"您不负责填报{place}的宣传统计。")
