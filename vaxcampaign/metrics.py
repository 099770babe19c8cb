"""``/metrics`` for Prometheus: requests of this machine's web processes, jobs, queues, roll-ups, backups, proofs, the last night, doses of today.

Only for who knows METRICS_TOKEN (``Authorization: Bearer …``), or without one for a program on this machine that asks the
web server itself: what comes through a proxy is the world outside.
"""

import hmac
import os
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.http import Http404, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis import Redis
from redis.exceptions import RedisError

from clinic.models import Dose
from core import replica
from core.choices import JobState
from core.models import AuditProof, ChangeNote, Job
from reports.services.housekeeping import NIGHTLY

_LOCAL = {"127.0.0.1", "::1"}
_PROXIED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")

_NIGHT = (
    ("vax_ledger_problems", "ledger_problems", "What verify_ledger finds"),
    ("vax_rollups_rewritten", "rows_written", "Stored sums that were not what the facts say, put right"),
    (
        "vax_enrolments_refreshed",
        "enrolments_refreshed",
        "Enrolments that time had moved or that were wrong, put right",
    ),
)


def metrics(request):
    """The page; 404 for whom it is not meant."""
    if not _may_see(request):
        raise Http404
    own = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(own)
    own.register(_Facts(timezone.now()))
    page = generate_latest(own)
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        page += generate_latest(REGISTRY)
    return HttpResponse(page, content_type=CONTENT_TYPE_LATEST)


def _may_see(request) -> bool:
    if token := settings.METRICS_TOKEN:
        given = request.headers.get(
            "Authorization", ""
        ).encode()  # as bytes: of texts only ASCII can be compared
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    is_proxied = any(name in request.META for name in _PROXIED)
    return request.META.get("REMOTE_ADDR") in _LOCAL and not is_proxied


class _Facts(Collector):
    """What the database and the broker say at this moment; a few counts over indexed columns."""

    def __init__(self, now: datetime):
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield self._table(
            "vax_jobs", "Jobs by state.", "state", Job.objects.values_list("state").annotate(Count("pk"))
        )
        oldest = Job.objects.filter(state=JobState.WAITING).aggregate(Min("created_at"))["created_at__min"]
        yield self._age(
            "vax_oldest_waiting_job_seconds", "How long the first waiting job has waited.", oldest, 0
        )
        yield self._table("vax_queue_length", "Tasks that no worker has taken.", "queue", _queues())
        if replica.REPLICA in settings.DATABASES:
            seconds = replica.seconds_behind()
            what = "How old what the replica says is; -1: it does not answer."
            yield GaugeMetricFamily("vax_replica_behind_seconds", what, -1 if seconds is None else seconds)
        notes = ChangeNote.objects.filter(day__lt=timezone.localdate(self.now))
        yield GaugeMetricFamily("vax_changes_waiting", "Finished days whose roll-ups wait.", notes.count())
        ended = Job.objects.filter(state=JobState.DONE)
        last = ended.aggregate(backup=Max("finished_at", filter=Q(kind="backup")))["backup"]
        yield self._age(
            "vax_last_backup_age_seconds", "Since the last backup that succeeded; -1: none.", last, -1
        )
        proof = AuditProof.objects.order_by("-number").first()
        found = proof.problem_count if proof else -1
        yield GaugeMetricFamily(
            "vax_audit_problems", "Found by the last proof of the audit trail; -1: none.", found
        )
        at = proof.at if proof else None
        yield self._age("vax_last_audit_proof_age_seconds", "Since the last proof; -1: none.", at, -1)
        yield from self._last_night()
        today = Dose.objects.counted().filter(visit__on=timezone.localdate(self.now))
        sites = today.values_list("site__code").order_by().annotate(Count("pk"))
        yield self._table("vax_doses_today", "Doses given today, by site.", "site", sites)

    def _last_night(self) -> Iterator[GaugeMetricFamily]:
        ended = Job.objects.filter(kind=NIGHTLY, state=JobState.DONE).order_by("-finished_at")
        at, found = ended.values_list("finished_at", "result").first() or (None, {})
        yield self._age(
            "vax_last_night_age_seconds", "Since the work of a night ended well; -1: never.", at, -1
        )
        for name, key, what in _NIGHT:
            yield GaugeMetricFamily(name, f"{what}, of the last night; -1: none.", found.get(key, -1))

    def _age(self, name: str, what: str, since: datetime | None, without: int) -> GaugeMetricFamily:
        return GaugeMetricFamily(name, what, (self.now - since).total_seconds() if since else without)

    @staticmethod
    def _table(name: str, what: str, label: str, rows) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, what, labels=[label])
        for value, count in rows:
            family.add_metric([value], count)
        return family


def _queues() -> list[tuple[str, int]]:
    """The length of each queue; nothing without a broker or while it is away."""
    if settings.JOBS_BACKEND != "celery":
        return []
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as broker:
            return [(queue.name, broker.llen(queue.name)) for queue in settings.CELERY_TASK_QUEUES]
    except RedisError:
        return []
