"""Is an account locked out by wrong passwords (axes), and until when."""

from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings


def locked_out_until(username: str, now: datetime) -> datetime | None:
    """When the lock-out of ``username`` ends; None when there is none at ``now``."""
    last = (
        AccessAttempt.objects.filter(
            username=username,
            failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
            attempt_time__gt=now - settings.AXES_COOLOFF_TIME,
        )
        .order_by("-attempt_time")
        .first()
    )
    return last and last.attempt_time + settings.AXES_COOLOFF_TIME
