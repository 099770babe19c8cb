"""Filed reports through their services."""

from uuid import uuid4

from django.utils import timezone

from reports.models import FiledReport
from reports.services import progress, timetables


def make_progress(campaign, place, *, actor=None, at=None, now=None, **more) -> FiledReport:
    """The progress of a town, handed in at its cut-off ``at`` (default: now)."""
    at = at or timezone.now()
    return progress.file_progress(
        **{"campaign": campaign, "place": place, "day": timezone.localdate(at), "slot": "上午", "cut_off": at}
        | {"actor": actor, "key": uuid4(), "now": now or at}
        | more
    )


def of_reports(campaign, place) -> dict:
    """What the addresses of filed reports need (tests/access_matrix.py)."""
    now = timezone.now()
    push_day = timetables.name_push_day(
        campaign=campaign, place=place, day=timezone.localdate(now), reason="", actor=None, now=now
    )
    return {"push_day": [push_day.pk], "filed": [make_progress(campaign, place).uid]}
