"""Starting long work and following it. The same task function runs under Celery or in a thread of the web process."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway
from redis import Redis
from redis.exceptions import RedisError

from core.choices import JobState
from core.errors import RuleBroken
from core.models import Job
from core.outages import outage

logger = logging.getLogger(__name__)
# One thread: long work is written in small transactions and must leave the database to the people at the desks.
_threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job")
STALE_AFTER = settings.JOBS_STALE_AFTER


class Cancelled(Exception):
    """The person asked the job to stop; work committed so far stays. Work that knows more raises it with a message."""


def start(task, *, kind: str, title: str, by, total: int = 0, about: str = "", **kwargs) -> Job:
    """Create the job's row and run ``task(job_id, **kwargs)`` after the running transaction commits.

    ``task`` is a Celery task; ``kwargs`` are plain ids and texts. ``about`` is the address of the page the work belongs
    to, where it can be started again. Returns the row whose page shows progress.
    """
    result = {"next": about, "next_word": "回到原来的页面"} if about else {}
    job = Job.objects.create(kind=kind, title=title, created_by=by, total=total, result=result)
    transaction.on_commit(lambda: _dispatch(task, job.pk, kwargs))
    return job


def _dispatch(task, job_id: int, kwargs: dict) -> None:
    if settings.JOBS_BACKEND == "celery":
        try:
            task.delay(job_id, **kwargs)
        except (BrokerAway, OSError) as error:
            # What led here is saved; only this work was not begun, and its page says so.
            logger.warning("job %s was not taken: %s", job_id, type(error).__name__)
            _finish(job_id, JobState.FAILED, "任务队列暂时不能用,这项任务没有开始。请过几分钟重新开始。", {})
    elif settings.JOBS_BACKEND == "thread":
        _threads.submit(_in_thread, task, job_id, kwargs)
    else:
        task.run(job_id, **kwargs)


def _in_thread(task, job_id: int, kwargs: dict) -> None:
    close_old_connections()
    try:
        task.run(job_id, **kwargs)
    except Exception:
        logger.exception("job %s", job_id)
    finally:
        connection.close()


def run(job_id: int, work: Callable[["Progress"], dict | None]) -> None:
    """The body of every task: claim the job, do ``work(progress)``, keep its outcome.

    ``work`` returns the result dict (counts, "next" address). RuleBroken becomes the job's message; anything else is
    logged and the job says that the office should be told. A job that was already finished is left alone, so a task
    delivered twice does its work once.
    """
    now = timezone.now()
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, beat_at__lt=now - STALE_AFTER)
    if not Job.objects.filter(free, pk=job_id).update(state=JobState.RUNNING, started_at=now, beat_at=now):
        return
    progress = Progress(job_id)
    try:
        result = work(progress) or {}
    except Cancelled as stop:
        message = str(stop) or "已按您的要求停止;已保存的部分仍然有效。"
        _finish(job_id, JobState.CANCELLED, message, progress.result)
    except RuleBroken as error:
        _finish(job_id, JobState.FAILED, error.message, progress.result)
    except Exception as error:
        logger.exception("job %s failed", job_id)
        found = outage(error)
        ours = f"系统出错,未能完成。请重新开始;若再次出错请告知管理员(任务 {job_id})。"
        message = f"{found.message}这项任务没有做完,恢复后请重新开始。" if found else ours
        _finish(job_id, JobState.FAILED, message, progress.result)
        if settings.JOBS_BACKEND == "inline":
            raise error
    else:
        _finish(job_id, JobState.DONE, progress.message, result)


def _finish(job_id: int, state: str, message: str, result: dict) -> None:
    outcome = {"result": result} if result else {}  # without one, the way back stays
    Job.objects.filter(pk=job_id).update(
        state=state, message=message[:500], finished_at=timezone.now(), **outcome
    )


class Progress:
    """Handed to the work: tells the page how far it is and the work whether to stop."""

    def __init__(self, job_id: int):
        self.job_id, self.message, self.result = job_id, "", {}

    def step(self, done: int, total: int, message: str = "") -> None:
        """Note ``done`` of ``total``; call between transactions, a few times a second at most.

        Raises Cancelled when the person asked to stop.
        """
        self.message = message or self.message
        Job.objects.filter(pk=self.job_id).update(
            done=done, total=total, message=self.message[:500], beat_at=timezone.now()
        )
        if Job.objects.filter(pk=self.job_id, cancel_asked=True).exists():
            raise Cancelled


def settle_interrupted() -> int:
    """Mark jobs whose process died, so that their page says what to do. Returns how many.

    Jobs that wait for work nobody has any more died with it. Reads only, unless something is to be settled.
    """
    oldest = timezone.now() - STALE_AFTER
    silent = Q(state=JobState.RUNNING, beat_at__lt=oldest) | Q(state=JobState.WAITING, created_at__lt=oldest)
    found = dict(Job.objects.filter(silent).values_list("pk", "state"))
    if JobState.WAITING in found.values() and not _has_nobody(oldest):
        found = {pk: state for pk, state in found.items() if state == JobState.RUNNING}
    if not found:
        return 0
    return Job.objects.filter(silent, pk__in=found).update(
        state=JobState.FAILED,
        finished_at=timezone.now(),
        message="服务器中途重启,任务已中断。请重新开始;已完成的部分不会重复。",
    )


def _has_nobody(oldest: datetime) -> bool:
    """Whether the jobs that wait are lost: without a broker they wait behind the running one in the same process; a broker
    that was killed may have forgotten the last second."""
    if settings.JOBS_BACKEND == "thread":
        return not Job.objects.filter(state=JobState.RUNNING, beat_at__gte=oldest).exists()
    if settings.JOBS_BACKEND != "celery":
        return False
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as broker:
            # Every queue, and what workers hold, or held when they died: that comes back to its queue.
            return not broker.hlen("unacked") and not any(
                broker.llen(queue.name) for queue in settings.CELERY_TASK_QUEUES
            )
    except RedisError:
        return False
