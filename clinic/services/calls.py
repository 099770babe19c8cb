"""叫号: each person in the line is called to one desk, never by two nurses at once."""

from datetime import datetime, timedelta

from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone

from clinic.models import Visit
from clinic.services.access import require
from clinic.services.visits import note_step
from core.locks import deed, lock_one
from places.models import Site

MAY_COME_LATE = timedelta(minutes=3)  # ours: so long a called person belongs to the desk that called
_SAME_PRESS = timedelta(seconds=2)


def line(site: Site, stage: str, *, actor, now: datetime) -> QuerySet[Visit]:
    """Whom ``actor`` may call to the step after ``stage``: by number; after them those who were called and did not come,
    the longest ago first. Whoever another desk has just called is left to it."""
    waiting = Visit.objects.filter(site=site, on=timezone.localdate(now), stage=stage)
    called = Q(called_for=F("stage"))
    mine = Q(called_by=actor) | Q(called_at__lt=now - MAY_COME_LATE)
    last = Case(When(called, then=F("called_at")))
    return waiting.filter(~called | mine).order_by(last.asc(nulls_first=True), "queue_no")


def call_next(*, site: Site, stage: str, actor, station: str, now: datetime) -> Visit | None:
    """Call the next person to ``station`` ("" when the desk has no name); None when nobody waits. A second press of the
    same key is one call. Raises NotAllowed."""
    require(actor, "clinic.view", site)
    just_now = Visit.objects.filter(site=site, stage=stage, called_for=stage, called_by=actor)
    if repeated := just_now.filter(called_at__gt=now - _SAME_PRESS).order_by("-called_at").first():
        return repeated
    for visit in line(site, stage, actor=actor, now=now)[:20]:
        if called := _call(visit, stage, actor, station, now):
            return called
    return None


@deed()
def _call(visit: Visit, stage: str, actor, station: str, now: datetime) -> Visit | None:
    """None when somebody else was quicker."""
    row = lock_one(Visit, visit.pk)
    if (row.stage, row.called_for, row.called_at) != (stage, visit.called_for, visit.called_at):
        return None
    row.called_for, row.called_to, row.called_at, row.called_by = stage, station, now, actor
    row.save(update_fields=["called_for", "called_to", "called_at", "called_by"])
    note_step(row, "visit.called", actor, station=station)
    return row
