"""Celery tasks of the reports; each is one service call. Without a broker they run in the web process."""

import logging
from datetime import date

from celery import chord, shared_task
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from campaigns.models import Campaign
from core import jobs
from core.models import Job
from places.models import Organisation, Place
from reports.services import files, housekeeping, production, rollup_parts, rollups, scheduled_runs
from residents.services.export_gate import Gate

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def fill_dirty() -> dict[str, int]:
    """Every minute: refill the finished days whose facts changed, settle interrupted jobs, see that no township of the last
    night's check was left out."""
    done = housekeeping.every_minute(now=timezone.now())
    hand_out_check()
    return done


@shared_task(ignore_result=True)
def refill(job_id: int) -> None:
    """Changed days with a job's progress: started by a page that found many of them and no timetable."""
    jobs.run(job_id, lambda progress: {"pairs": rollups.fill_dirty(now=timezone.now(), progress=progress)})


@shared_task(ignore_result=True)
def nightly() -> dict[str, int | str]:
    """At 03:00: what ``manage.py run_due_jobs`` does."""
    hand_out = hand_out_check if settings.JOBS_BACKEND == "celery" else None
    return housekeeping.run_due(now=timezone.now(), hand_out=hand_out)


def hand_out_check() -> None:
    """The townships whose stored days are to be checked, a task each; when all came back, the end of it is noted."""
    if settings.JOBS_BACKEND != "celery" or not (begun := rollup_parts.begin(now=timezone.now())):
        return
    job, parts = begun
    try:
        chord([check_part.s(job.pk, part) for part in parts])(end_check.si(job.pk))
    except (BrokerAway, RedisError, OSError) as error:  # the parts are owed: a later minute hands them out
        logger.warning("check of the roll-ups not handed out: %s", type(error).__name__)


@shared_task(ignore_result=False)  # the chord counts who came back
def check_part(job_id: int, part: int) -> None:
    """The stored days of one township."""
    rollup_parts.do_for(job_id, part, now=timezone.now())


@shared_task(ignore_result=True)
def end_check(job_id: int) -> None:
    """Whether all townships were checked."""
    rollup_parts.end(job_id, now=timezone.now())


@shared_task(ignore_result=True)
def nightly_job(job_id: int) -> None:
    """The work of a night, started by the first page of the day on a PC without a timetable."""
    jobs.run(job_id, lambda progress: housekeeping.night(now=timezone.now(), progress=progress))


@shared_task(ignore_result=True)
def produce_daily(job_id: int, *, campaign_id: int, place_id: int, day: str) -> None:
    """The daily report of a township: one file for the county, a copy for the town."""

    def work(progress):
        job = Job.objects.get(pk=job_id)
        made = files.produce_daily(
            campaign=Campaign.objects.get(pk=campaign_id),
            place=Place.objects.select_related("parent").get(pk=place_id),
            day=date.fromisoformat(day),
            by=job.created_by,
            now=timezone.localtime(),
            job=job,
            progress=progress,
        )
        return {
            "files": [row.pk for row in made],
            "next": reverse("reports:files"),
            "next_word": "查看报表文件",
        }

    jobs.run(job_id, work)


@shared_task(ignore_result=True)
def produce_sheets(
    job_id: int,
    *,
    report: str,
    campaign_id: int | None,
    place_id: int,
    day: str,
    group: str | None,
    school_id: int | None,
    approval: int | None = None,
) -> None:
    """One report as a workbook, kept for whoever asked."""
    asked = {"report": report, "campaign_id": campaign_id, "place_id": place_id, "day": day}
    gate = Gate(produce_sheets, job_id, approval, asked | {"group": group, "school_id": school_id})

    def work(progress):
        job = Job.objects.get(pk=job_id)
        order = production.Order(
            kind=report,
            place=Place.objects.get(pk=place_id),
            day=date.fromisoformat(day),
            campaign=Campaign.objects.filter(pk=campaign_id).first(),
            group=group,
            school=Organisation.objects.filter(pk=school_id).first(),
        )
        made = production.produce(
            order, by=job.created_by, now=timezone.now(), job=job, progress=progress, approval=approval
        )
        where = reverse("reports:download", args=[made.uid])
        return {"files": [made.pk], "next": where, "next_word": f"下载 {made.file_name}"}

    jobs.run(job_id, gate.guarding(work))


@shared_task(ignore_result=True)
def run_schedules() -> dict[str, int]:
    """Every minute: make the scheduled reports that are due."""
    return scheduled_runs.run_due(now=timezone.now())


@shared_task(ignore_result=True)
def schedules_job(job_id: int) -> None:
    """The same as a job: started by a page where there is no timetable, and by whoever asks for a report once more."""

    def work(progress):
        done = scheduled_runs.run_due(now=timezone.now(), progress=progress)
        return {**done, "next": reverse("reports:schedules"), "next_word": "查看定时报表"}

    jobs.run(job_id, work)
