"""Logs of logging in, and of what was refused."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session

from accounts.models import SecurityEvent
from core.locks import deed

KEEP_LOGIN_DAYS = 400  # the law asks for six months at least


def old_login_rows(now: datetime) -> list:
    """What is older: attempts, log-ins, the security log, and sessions that have ended. (The audit trail of log-ins stays.)"""
    before = now - timedelta(days=KEEP_LOGIN_DAYS)
    return [
        AccessAttempt.objects.filter(attempt_time__lt=before),
        AccessLog.objects.filter(attempt_time__lt=before),
        SecurityEvent.objects.filter(at__lt=before),
        Session.objects.filter(expire_date__lt=now),
    ]


@deed()
def remove_old_login_rows(*, now: datetime) -> int:
    """Delete them; returns how many rows."""
    return sum(rows.delete()[0] for rows in old_login_rows(now))
