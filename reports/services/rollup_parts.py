"""The full check of the roll-ups, and of the people to vaccinate, in parts, one for each township, so that several workers share a
county and none holds it whole.

What is owed stands in the table (``RollupPart``), not in the queue: a part that died, and one that the queue has lost, is found by
whoever looks next. Doing a part twice is doing it once.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, Q, Sum
from django.utils import timezone

from campaigns.models import Campaign
from core import jobs
from core.choices import JobState
from core.errors import Busy
from core.locks import alone, deed
from core.models import Job
from reports.models import RollupPart
from reports.services import population, rollups

logger = logging.getLogger(__name__)
KIND, TITLE = "rollup_check", "核对汇总"
_AGAIN_AFTER = timedelta(minutes=10)  # what did not come back; workers and the queue have had their time


def nightly(*, now: datetime, hand_out: Callable[[], None] | None = None) -> int:
    """Dirty days, then every stored day of every campaign whatever the notes say. Returns the rows written by the check; 0 when
    ``hand_out`` gives the parts to workers."""
    rollups.fill_dirty(now=now)
    ask(now=now)
    if hand_out:
        hand_out()
        return 0
    return do_all(now=now)


def ask(*, now: datetime) -> None:
    """Have every township of every campaign checked from now on."""
    for campaign in Campaign.objects.select_related("place"):
        rows = [
            RollupPart(campaign=campaign, prefix=town, asked_at=now) for town in rollups.towns_of(campaign)
        ]
        RollupPart.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["campaign", "prefix"],
            update_fields=["asked_at", "done_at"],
        )


def owed():
    """Parts that were asked for and not done since."""
    return RollupPart.objects.filter(done_at=None)


@deed()
def do(pk: int, *, now: datetime) -> None:
    """Check one township, unless that was done meanwhile. Raises Busy while somebody else fills it."""
    part = RollupPart.objects.select_related("campaign__place").get(pk=pk)
    rollups.alone_in([part.prefix])
    if not owed().filter(pk=pk).exists():
        return
    here = {"campaign": part.campaign, "prefix": part.prefix, "now": now}
    written = rollups.check(**here) + population.check(**here)
    # Who has asked again since wants it counted again.
    RollupPart.objects.filter(pk=pk, asked_at=part.asked_at).update(done_at=now, rows_written=written)


def do_all(*, now: datetime) -> int:
    """Do what is owed here, one after the other; returns the rows written."""
    mine = list(owed().order_by("campaign", "prefix").values_list("pk", flat=True))
    for pk in mine:
        do(pk, now=now)
    return _written(mine)


@deed()
def begin(*, now: datetime) -> tuple[Job, list[int]] | None:
    """(the job that tells how far it is, the parts to be handed out), or None: nothing is owed, or it is under way."""
    alone(KIND)
    is_alive = Q(state=JobState.RUNNING, beat_at__gte=now - jobs.STALE_AFTER)
    recent = Job.objects.filter(is_alive | Q(created_at__gte=now - _AGAIN_AFTER), kind=KIND)
    parts = list(owed().order_by("campaign", "prefix").values_list("pk", flat=True))
    if not parts or recent.exists():
        return None
    about = {"kind": KIND, "title": TITLE, "state": JobState.RUNNING, "total": len(parts)}
    return Job.objects.create(**about, started_at=now, beat_at=now, result={"asked": parts}), parts


def do_for(job_id: int, pk: int, *, now: datetime) -> None:
    """One part on a worker: ``do``, and the job hears of it. What goes wrong leaves the part owed and the others going on."""
    try:
        do(pk, now=now)
    except Busy:  # somebody else fills the same days
        pass
    except Exception:
        logger.exception("roll-ups: part %s", pk)
    Job.objects.filter(pk=job_id).update(done=F("done") + 1, beat_at=timezone.now())


def end(job_id: int, *, now: datetime) -> None:
    """All parts came back: the job is done, or says that some are still owed (and will be handed out again)."""
    job = Job.objects.get(pk=job_id)
    parts = job.result["asked"]
    left = owed().filter(pk__in=parts).count()
    state = JobState.FAILED if left else JobState.DONE
    message = f"还有 {left} 个乡镇没有核对,系统会自动再做。" if left else ""
    result = {"asked": parts, "rows_written": _written(parts)}
    Job.objects.filter(pk=job_id).update(state=state, message=message, result=result, finished_at=now)


def _written(parts: list[int]) -> int:
    return RollupPart.objects.filter(pk__in=parts).aggregate(n=Sum("rows_written"))["n"] or 0
