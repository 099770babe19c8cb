"""Celery tasks of the reports; each is one service call. Without a broker they run in the web process."""

from datetime import date

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import jobs
from core.models import Job
from places.models import Place
from reports.services import files, rollups


@shared_task(ignore_result=True)
def fill_dirty() -> int:
    """Every minute: refill the finished days whose facts changed."""
    return rollups.fill_dirty(now=timezone.now())


@shared_task(ignore_result=True)
def refill(job_id: int) -> None:
    """The same with a job's progress: started by a page that found many changed days and no timetable."""
    jobs.run(job_id, lambda progress: {"pairs": rollups.fill_dirty(now=timezone.now(), progress=progress)})


@shared_task(ignore_result=True)
def nightly() -> int:
    """At 03:00: refill the last week of every campaign."""
    return rollups.nightly(now=timezone.now())


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
