"""Transactions of services and the one lock order.

Every service runs inside ``deed()``: one atomic transaction that turns a lock time-out into ``Busy`` and keeps the lock
order Enrolment → Slot → Visit → StockDocument → StockLevel → DocumentCounter → audit chain (by primary key within a kind).
A call that would lock against the order fails at once in every environment, so a deadlock cannot be written by accident.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.db.models import QuerySet

from core import replica
from core.errors import Busy, Gone
from core.kept import Kept, locking, locking_as

ORDER = (
    "residents.enrolment",
    "appointments.slot",
    "clinic.visit",
    "inventory.stockdocument",
    "inventory.stocklevel",
    "inventory.documentcounter",
    "core.auditchain",
)
LOCK_TIMEOUT = "3s"  # longer than any honest transaction of ours, shorter than a nurse's patience
# SQLite lets waiting writers try about ten times a second; so long large work leaves the door open between its deeds.
_BREATH = 0.12
_PG_BUSY = {"55P03", "40P01", "40001"}  # lock not available, deadlock, serialization failure


@dataclass
class _Deed:
    """What the running outermost deed holds: highest lock rank, locked rows, work to do just before the commit."""

    highest: int = -1
    rows: dict[tuple[str, object], None] = field(default_factory=dict)  # in the order of locking
    pending: dict[Callable, list] = field(default_factory=dict)


_current: ContextVar[_Deed | None] = ContextVar("deed", default=None)


@contextmanager
def deed() -> Iterator[None]:
    """One atomic deed; also usable as a decorator ``@deed()``. Nested deeds join the outer one.

    Raises Busy when another transaction holds a needed row for longer than ``LOCK_TIMEOUT``; nothing is saved then.
    """
    if (outer := _current.get()) is not None:
        marks = {work: len(items) for work, items in outer.pending.items()}
        held, highest = len(outer.rows), outer.highest
        try:
            with transaction.atomic():
                yield
        except BaseException:
            for work, items in outer.pending.items():
                del items[marks.get(work, 0) :]
            while len(outer.rows) > held:  # the database let them go with the savepoint
                outer.rows.popitem()
            outer.highest = highest
            raise
        return
    current = _Deed()
    token = _current.set(current)
    replica.end_reading()
    try:
        _limit_waiting()
        with transaction.atomic():
            yield
            for work, items in current.pending.items():
                if items:
                    work(items)
    except OperationalError as error:
        if is_busy(error):
            raise Busy from error
        raise
    finally:
        _current.reset(token)


def _limit_waiting() -> None:
    """How long this connection waits for a row. Said once, outside a transaction, whose end could take it back."""
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor != "postgresql":
        return
    here.close_if_health_check_failed()  # as the first question would: a broken one is not the one we meant
    here.ensure_connection()
    if getattr(here, "limits_waiting", None) is here.connection:
        return
    with here.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    if not here.in_atomic_block:
        here.limits_waiting = here.connection


@contextmanager
def part() -> Iterator[None]:
    """A part of a larger deed, also usable as a decorator ``@part()``: it takes no savepoint of its own. What it raises ends
    the whole deed; who wants to go on after its refusal calls it in a ``deed()``. Outside a deed it is one."""
    if _current.get() is None:
        with deed():
            yield
    else:
        with transaction.atomic(savepoint=False):
            yield


def before_commit(work: Callable[[list], None], item) -> bool:
    """Have ``work([item, …])`` called once at the end of the running deed, inside its transaction.

    Returns False (and does nothing) when no deed is running. Items added by a nested deed that fails are dropped.
    """
    current = _current.get()
    if current is None:
        return False
    current.pending.setdefault(work, []).append(item)
    return True


def alone(name: str) -> None:
    """Let only one deed at a time pass here until it ends; call it first in the deed, before any row lock (or last, where every caller of a
    name does).

    For work that rewrites whole sets of rows, where row locks cannot keep two writers apart. Raises Busy like a row
    lock. On SQLite the transaction itself (IMMEDIATE) keeps others away.
    """
    if _current.get() is None:
        raise RuntimeError(f"alone({name}) needs an open deed()")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"vax:{name}"])


def breathe(since: float | None = None) -> None:
    """Let others write between two deeds of large work, counted from ``since`` (monotonic seconds, default now).

    PostgreSQL needs no such pause: there only the rows themselves are locked.
    """
    if connection.vendor == "sqlite":
        passed = time.monotonic() - since if since is not None else 0
        time.sleep(max(0.0, _BREATH - passed))


def is_busy(error: OperationalError) -> bool:
    """True when the database refused only because someone else holds the row or the file."""
    cause = error.__cause__
    return getattr(cause, "pgcode", None) in _PG_BUSY or "database is locked" in str(error)


def lock(model, pks: Iterable) -> list:
    """Lock the rows ``pks`` of ``model`` until the deed ends and return them freshly read, in pk order.

    Rows this deed already holds may be asked for again at any time. Raises RuntimeError outside ``deed()`` or against
    the lock order, Gone when a row was deleted. On SQLite the transaction itself (IMMEDIATE) is the lock.
    """
    current, label, wanted = _current.get(), model._meta.label_lower, sorted(set(pks))
    if current is None:
        raise RuntimeError(f"lock({label}) needs an open deed()")
    keys = dict.fromkeys((label, pk) for pk in wanted)
    if not keys.keys() <= current.rows.keys():
        _keep_order(current, label)
        current.rows |= keys
    if len(wanted) == 1:
        rows = locking(model, "pk")(pk=wanted[0])
    else:
        rows = list(model._base_manager.select_for_update().filter(pk__in=wanted).order_by("pk"))
    if len(rows) != len(wanted):
        raise Gone
    return rows


def keep_locked(model, pks: Iterable) -> None:
    """See that this deed holds the rows ``pks``, for work that reads them in its own way; asks for those it does not hold."""
    current, label = _current.get(), model._meta.label_lower
    wanted = list(pks)
    if current is None or any((label, pk) not in current.rows for pk in wanted):
        lock(model, wanted)


def lock_one(model, pk):
    """Lock one row; see ``lock``."""
    return lock(model, [pk])[0]


def lock_found(model, **key):
    """Lock the row with this unique ``key`` and return it, or None when there is none: one query instead of looking up
    its pk first. The order holds as in ``lock``."""
    current, label = _current.get(), model._meta.label_lower
    if current is None:
        raise RuntimeError(f"lock_found({label}) needs an open deed()")
    _keep_order(current, label)
    row = locking(model, *key).first(**_keys(key))
    if row is not None:
        current.rows[label, row.pk] = None
    return row


def lock_and_read(kept: Kept, model, **values):
    """Lock the row of ``model`` that ``kept`` (see ``locked_and_read``) asks for and return it as it reads it, or None when there
    is none. The order holds as in ``lock``."""
    current, label = _current.get(), model._meta.label_lower
    if current is None:
        raise RuntimeError(f"lock_and_read({label}) needs an open deed()")
    if (label, values.get("pk")) not in current.rows:
        _keep_order(current, label)
    row = kept.first(**values)
    if row is not None:
        current.rows[label, row.pk] = None
    return row


def lock_all(model, **key) -> list:
    """Lock all rows with this ``key``, in pk order, and return their pks: one query. The order holds as in ``lock``."""
    current, label = _current.get(), model._meta.label_lower
    if current is None:
        raise RuntimeError(f"lock_all({label}) needs an open deed()")
    _keep_order(current, label)
    pks = [row.pk for row in locking(model, *key, only="pk")(**_keys(key))]
    current.rows |= dict.fromkeys((label, pk) for pk in pks)
    return pks


def lock_in(rows: QuerySet, pk, **values):
    """Lock one row and read it as ``rows`` says (``select_related``, ``only``), a QuerySet that the caller makes once. What is
    joined is not locked, but read after the wait. ``values`` of the holes in ``rows``. See ``lock``."""
    current, label = _current.get(), rows.model._meta.label_lower
    if current is None:
        raise RuntimeError(f"lock_in({label}) needs an open deed()")
    if (label, pk) not in current.rows:
        _keep_order(current, label)
        current.rows[label, pk] = None
    row = locking_as(rows).first(pk=pk, **values)
    if row is None:
        raise Gone
    return row


def _keys(given: dict) -> dict:
    """Rows among the values by their keys."""
    return {name: getattr(value, "pk", value) for name, value in given.items()}


def _keep_order(current: _Deed, label: str) -> None:
    rank = ORDER.index(label)
    if rank < current.highest:
        raise RuntimeError(f"lock order broken: {label} asked for after {ORDER[current.highest]}")
    current.highest = rank
