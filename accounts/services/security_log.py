"""The log of log-ins and of what was refused. Written after the answer, so that no roll-back takes it away."""

import logging

from django.utils import timezone

from accounts.choices import SecurityKind
from accounts.models import SecurityEvent, User
from core import audit, rates, requests
from core.locks import deed

logger = logging.getLogger("security")
# Rows an hour of one address (or user) and kind; whoever sends more fills the process's log only, not the database.
MOST = 200
_HOUR = 3600


def note(kind: SecurityKind, *, user: User | None = None, page: str = "", detail: str = "") -> None:
    """Keep that ``kind`` happened: to ``user`` (None for nobody known), on ``page`` (the name of an address, no ids)."""
    info = requests.current.get()
    logger.info("%s user=%s page=%s ip=%s %s", kind, user and user.pk, page, info.ip, detail)
    if rates.over(f"security.{kind}.{user.pk if user else info.ip}", most=MOST, seconds=_HOUR):
        return
    SecurityEvent.objects.create(
        at=timezone.now(),
        kind=kind,
        user=user,
        page=page[:60],
        detail=detail[:120],
        ip=info.ip,
        request_id=info.request_id,
    )


def note_login(*, user: User, kind: SecurityKind = SecurityKind.LOGGED_IN) -> None:
    """Keep that ``user`` logged in, and from where: in the log, and in the trail that nobody can change."""
    with deed():
        audit.record("account.logged_in", actor=user, target=user)
    note(kind, user=user)


def failed(sender, credentials, **kwargs) -> None:
    """Receiver of ``user_login_failed``. A name that is no account's is not kept: people type passwords there."""
    note(SecurityKind.WRONG, user=_known(credentials.get("username")), page="login")


def locked_out(sender, username=None, **kwargs) -> None:
    """Receiver of axes' ``user_locked_out``."""
    note(SecurityKind.LOCKED, user=_known(username), page="login")


def logged_out(sender, user, **kwargs) -> None:
    """Receiver of ``user_logged_out``."""
    if user is not None:
        note(SecurityKind.LOGGED_OUT, user=user)


def _known(username: str | None) -> User | None:
    return User.objects.filter(username=username).first() if username and "\0" not in username else None
