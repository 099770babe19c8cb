"""Long work: the same task inline, in a thread of the web process, and under a Celery worker on a real broker."""

import time
from datetime import timedelta

import pytest
from celery import shared_task
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from core import jobs
from core.choices import JobState
from core.errors import RuleBroken
from core.models import AuditChain, Job
from vaxcampaign.celery import app


@shared_task(name="tests.count_to")
def count_to(job_id: int, number: int) -> None:
    """Counts, one row of proof and one step of progress each."""

    def work(progress):
        for done in range(1, number + 1):
            AuditChain.objects.create(key=f"job {job_id} step {done}")
            progress.step(done, number, f"第 {done} 步")
        return {"counted": number}

    jobs.run(job_id, work)


@shared_task(name="tests.refuse")
def refuse(job_id: int) -> None:
    def work(progress):
        raise RuleBroken("NO", "文件里没有名单,请换一个文件。")

    jobs.run(job_id, work)


@shared_task(name="tests.crash")
def crash(job_id: int) -> None:
    def work(progress):
        raise ZeroDivisionError

    jobs.run(job_id, work)


def steps() -> int:
    """How many steps were counted; the reference data has a chain too."""
    return AuditChain.objects.filter(key__startswith="job ").count()


def start(task, **kwargs) -> Job:
    return jobs.start(task, kind="test", title="测试", by=None, **kwargs)


def wait_for(job: Job, seconds: float = 120) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job.refresh_from_db()
        if job.is_over:
            return job
        time.sleep(0.05)
        close_old_connections()
    raise AssertionError(f"job still {job.state} after {seconds} s")


@pytest.mark.django_db(transaction=True)
def test_a_job_does_its_work_and_says_how_far_it_is():
    job = start(count_to, number=3)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent) == (JobState.DONE, 3, 3, 100)
    assert (job.result, job.message) == ({"counted": 3}, "第 3 步")


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_told_in_its_own_words():
    job = start(refuse)
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "文件里没有名单,请换一个文件。")


@pytest.mark.django_db(transaction=True)
def test_a_crash_says_what_to_do_and_shows_no_inside():
    with pytest.raises(ZeroDivisionError):
        start(crash)
    job = Job.objects.get()
    assert job.state == JobState.FAILED
    assert "重新开始" in job.message
    assert "Zero" not in job.message


@pytest.mark.django_db(transaction=True)
def test_a_task_delivered_twice_works_once():
    job = start(count_to, number=2)
    count_to.run(job.pk, number=2)
    assert steps() == 2


@pytest.mark.django_db(transaction=True)
def test_a_job_that_was_asked_to_stop_keeps_what_it_has_saved():
    job = Job.objects.create(kind="test", title="测试", cancel_asked=True)
    count_to.run(job.pk, number=5)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert steps() == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_process_died_is_settled_and_may_be_taken_over():
    long_ago = timezone.now() - jobs.STALE_AFTER - timedelta(minutes=1)
    dead = Job.objects.create(kind="test", title="测试", state=JobState.RUNNING, beat_at=long_ago)
    alive = Job.objects.create(kind="test", title="测试", state=JobState.RUNNING, beat_at=timezone.now())
    count_to.run(alive.pk, number=1)
    assert steps() == 0
    assert jobs.settle_interrupted() == 1
    dead.refresh_from_db()
    assert (dead.state, "重新开始" in dead.message) == (JobState.FAILED, True)


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_web_process_does_it_in_the_background(settings):
    settings.JOBS_BACKEND = "thread"
    job = wait_for(start(count_to, number=3))
    assert (job.state, job.result) == (JobState.DONE, {"counted": 3})


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not settings.REDIS_URL, reason="needs a broker: runs in the stage with real servers")
def test_with_a_broker_a_celery_worker_does_the_same_task(settings):
    settings.JOBS_BACKEND = "celery"
    app.control.purge()
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=120):
        job = wait_for(start(count_to, number=3))
    assert (job.state, job.result) == (JobState.DONE, {"counted": 3})
