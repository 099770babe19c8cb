"""Reading from a streaming replica of PostgreSQL (DATABASE_REPLICA_URL), so that reports do not slow the floor down.

Only what runs inside ``read`` is asked there, and only once the replica knows all that the primary had committed when it was
asked for; so a report says the same on either server. Deeds, verdicts and everything about accounts stay with the primary.
ADR 0016.
"""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS as PRIMARY
from django.db import Error, InterfaceError, OperationalError, connection, connections

from core.metrics import REPORT_READS
from core.outages import TOO_LONG, outage

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
REPLICA = "replica"
# Who may do what, log-ins and jobs: never from a copy. To write them is no reason to leave the replica either.
_ALWAYS_PRIMARY = {"accounts", "auth", "axes", "contenttypes", "sessions"}
_REST = 10.0  # seconds in which a process does not ask a replica again that was away or behind
_POLL = 0.01


@dataclass
class _Reading:
    """One running ``read``; ``is_over`` once it has written: who writes reads what was written."""

    is_over: bool = False


_reading: ContextVar[_Reading | None] = ContextVar("reading", default=None)
_resting_until = 0.0


class Router:
    """Where the ORM asks. Always says a name: otherwise Django would go on, and save, where a row was read."""

    def db_for_read(self, model, **hints) -> str:
        reading = _reading.get()
        is_asked = reading and not reading.is_over and not connection.in_atomic_block
        return REPLICA if is_asked and _is_copied(model) else PRIMARY

    def db_for_write(self, model, **hints) -> str:
        if _is_copied(model):
            end_reading()
        return PRIMARY

    def allow_relation(self, one, other, **hints) -> bool:
        return True  # two doors to the same rows

    def allow_migrate(self, db: str, app_label: str, **hints) -> bool:
        return db == PRIMARY


def _is_copied(model) -> bool:
    return model._meta.app_label not in _ALWAYS_PRIMARY and model._meta.label != "core.Job"


def read(work: Callable[[], Answer]) -> Answer:
    """``work()``, its questions answered by the replica if there is one that has caught up, else by the primary.

    ``work`` only reads and returns what it has read (nothing lazy): when the replica fails meanwhile, it is done once more
    with the primary. Inside a transaction of the primary everything is asked there.
    """
    if REPLICA not in settings.DATABASES or _reading.get() or connection.in_atomic_block:
        return work()
    if _may_be_asked():
        token = _reading.set(_Reading())
        try:
            answer = work()
        except (OperationalError, InterfaceError) as error:
            if outage(error) is TOO_LONG:
                raise  # it would be on the primary, too
            _rest(f"failed ({type(error).__name__})")
        else:
            REPORT_READS.labels("replica").inc()
            return answer
        finally:
            _reading.reset(token)
    REPORT_READS.labels("primary").inc()
    return work()


def end_reading() -> None:
    """From here on the running ``read`` asks the primary: something was written. Called by every deed."""
    if reading := _reading.get():
        reading.is_over = True


def seconds_behind(patience: float = 0.3) -> float | None:
    """How old what the replica says is: 0 when it has all that the primary has; None when it does not answer or is none."""
    try:
        if _catches_up(patience):
            return 0.0
        with connections[REPLICA].cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())")
            (seconds,) = cursor.fetchone()
    except Error:
        connections[REPLICA].close()
        return None
    return None if seconds is None else max(0.0, float(seconds))


def state() -> str:
    """For ``/readyz``: none, ok, behind (then the primary is asked) or down."""
    if REPLICA not in settings.DATABASES:
        return "none"
    seconds = seconds_behind()
    if seconds is None:
        return "down"
    return "ok" if seconds <= settings.DATABASE_REPLICA_SECONDS else "behind"


def _may_be_asked() -> bool:
    if time.monotonic() < _resting_until:
        return False
    try:
        if _catches_up(settings.DATABASE_REPLICA_SECONDS):
            return True
    except Error as error:
        _rest(f"does not answer ({type(error).__name__})")
    else:
        _rest(f"is more than {settings.DATABASE_REPLICA_SECONDS} s behind, or no replica of this server")
    return False


def _catches_up(patience: float) -> bool:
    """Whether the replica has, or gets within ``patience`` seconds, everything that is committed on the primary now.

    By positions in the log, not by clocks: a replica whose link is cut believes itself to be up to date.
    """
    with connection.cursor() as cursor:
        # What was acknowledged is flushed (synchronous_commit, docs/install.md).
        cursor.execute("SELECT pg_current_wal_flush_lsn(), system_identifier FROM pg_control_system()")
        asked = cursor.fetchone()
    until = time.monotonic() + patience
    with connections[REPLICA].cursor() as cursor:
        while True:
            # Of a server that replays nothing the position is NULL; of another installation it means nothing.
            cursor.execute(
                "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn, system_identifier = %s FROM pg_control_system()",
                asked,
            )
            has_all, is_ours = cursor.fetchone()
            if has_all is None or not is_ours:
                return False
            if has_all:
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(_POLL)


def _rest(why: str) -> None:
    global _resting_until
    _resting_until = time.monotonic() + _REST
    connections[REPLICA].close()
    logger.warning("replica %s: reports read the primary for %d s", why, _REST)
