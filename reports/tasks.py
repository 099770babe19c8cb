"""Celery tasks of the reports; each is one service call. Without a broker they run in the web process."""

from datetime import date

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import jobs
from core.models import Job
from places.models import Organisation, Place
from reports.services import files, housekeeping, production, rollups, scheduled_runs
from residents.services.export_gate import Gate


@shared_task(ignore_result=True)
def fill_dirty() -> dict[str, int]:
    """Every minute: refill the finished days whose facts changed, settle interrupted jobs."""
    return housekeeping.every_minute(now=timezone.now())


@shared_task(ignore_result=True)
def refill(job_id: int) -> None:
    """Changed days with a job's progress: started by a page that found many of them and no timetable."""
    jobs.run(job_id, lambda progress: {"pairs": rollups.fill_dirty(now=timezone.now(), progress=progress)})


@shared_task(ignore_result=True)
def nightly() -> dict[str, int | str]:
    """At 03:00: what ``manage.py run_due_jobs`` does."""
    return housekeeping.run_due(now=timezone.now())


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
