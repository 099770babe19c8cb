"""Statements that PostgreSQL reads and plans once for a connection, and several of them in one trip to it.

A plan of three joined tables costs the server several times what following it does. The server keeps a plan for the life
of the connection and makes it anew when tables or their statistics change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from django.db import DEFAULT_DB_ALIAS, connections

Statement = tuple[str, Sequence]  # SQL with %s, values


@dataclass
class _Known:
    """What one connection has seen."""

    connection: object
    names: dict[str, str] = field(default_factory=dict)  # SQL → name; "" when it was asked once only
    numbers: count = field(default_factory=count)


def execute(cursor, *statements: Statement) -> None:
    """Run ``statements`` one after the other; ``cursor`` holds the answer of the last. One trip on PostgreSQL, where
    each sees what was committed before its own beginning.

    The texts must be few and the same every time: each stays with the connection. What is asked once only (a job, a
    connection of a thread) is not prepared.
    """
    # Once: the proxy looks for the thread's connection at each attribute.
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor != "postgresql":
        for sql, values in statements:
            cursor.execute(sql, values)
        return
    known, new = _known(here), {}
    calls = [_call(known, new, sql, len(values)) for sql, values in statements]
    # First of all, so that none is missing when a later one is refused.
    before = [f"PREPARE {name} AS {_numbered(sql)}" for sql, name in new.items() if name]
    cursor.execute("; ".join([*before, *calls]), [value for _, values in statements for value in values])
    known.names |= new


def _known(here) -> _Known:
    """Of the connection that is open now: another one has nothing prepared."""
    here.ensure_connection()
    known = getattr(here, "prepared", None)
    if known is None or known.connection is not here.connection:
        known = here.prepared = _Known(here.connection)
    return known


def _call(known: _Known, new: dict[str, str], sql: str, values: int) -> str:
    if sql not in known.names:
        new[sql] = ""
        return sql
    if not (name := known.names[sql] or new.get(sql, "")):
        # A number is never used twice: the server keeps what was prepared in a deed that was taken back.
        name = new[sql] = f"kept_{next(known.numbers)}"
    return f"EXECUTE {name}({', '.join(['%s'] * values)})" if values else f"EXECUTE {name}"


def _numbered(sql: str) -> str:
    first, *rest = sql.split("%s")
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))
