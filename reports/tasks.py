"""Celery tasks of the reports; each is one service call. Without a broker they run in the web process."""

from celery import shared_task
from django.utils import timezone

from reports.services import rollups


@shared_task(ignore_result=True)
def fill_dirty() -> int:
    """Every minute: refill the finished days whose facts changed."""
    return rollups.fill_dirty(now=timezone.now())


@shared_task(ignore_result=True)
def nightly() -> int:
    """At 03:00: refill the last week of every campaign."""
    return rollups.nightly(now=timezone.now())
