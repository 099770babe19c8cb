"""Many rows into one table at the speed of the engine: COPY on PostgreSQL, one prepared statement on SQLite.

Rows are plain tuples, not model instances: nothing is validated, no signal is sent, and what the caller leaves out gets
the default of its field. The caller's service has checked the values; constraints of the table hold as always.
"""

import csv
import io
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import repeat
from operator import attrgetter

from django.db import connection, connections, models, transaction
from django.utils import timezone

from core.crypto import EncryptedTextField, key_ring

# What psycopg and sqlite3 take as it is, without a look at each value.
_AS_THEY_ARE = (models.CharField, models.IntegerField, models.ForeignKey, models.BooleanField)


def reserve(model: type[models.Model], count: int) -> Sequence[int]:
    """``count`` primary keys that nobody else will get, ascending; call it in the transaction that inserts the rows."""
    if not count:
        return []
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), column, count],
            )
            return [pk for (pk,) in cursor.fetchall()]
        # The transaction is IMMEDIATE: no other writer can take these numbers before it ends.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return range(last + 1, last + 1 + count)


Ready = Mapping[models.Field, Iterable]


def ready(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence]) -> Ready:
    """Some columns of ``rows`` as the database takes them: converted, encrypted. For an ``insert`` whose transaction, in which
    others may have to wait, is to be short."""
    columns = [model._meta.get_field(name) for name in columns]
    given = zip(columns, zip(*rows, strict=True), strict=True)
    return {field: _converted(values, _converter(field)) for field, values in given}


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence], *, made: Ready | None = None
) -> None:
    """Insert ``rows``; ``columns`` are field names or attribute names (``village_id``), in the order of the values. ``made`` are
    further columns of the same rows.

    All of them or none. Raises IntegrityError like any insert.
    """
    if not rows:
        return
    fields, data = _complete(model, {**ready(model, columns, rows), **(made or {})}, len(rows))
    write = _copy if connection.vendor == "postgresql" else _prepared
    write(model, fields, data)


def alike(model: type[models.Model], count: int, **values) -> Ready:
    """Columns with one value for all of ``count`` rows, for the ``made`` of an ``insert``."""
    fields = [model._meta.get_field(name) for name in values]
    given = zip(fields, values.values(), strict=True)
    return {field: _converted([value], _converter(field)) * count for field, value in given}


def insert_found(model: type[models.Model], columns: Sequence[str], found: models.QuerySet, **same) -> int:
    """Insert what ``found`` (a query of values, in the order of ``columns``) answers; ``same``: columns with one value for all rows,
    at least one. Between them they name every column but the key. Returns how many rows they are."""
    if connection.vendor == "postgresql":
        # It counts on several processors only what it does not write in the same statement.
        rows = list(found)
        insert(model, columns, rows, made=alike(model, len(rows), **same))
        return len(rows)
    fixed = alike(model, 1, **same)
    table, names = _names(model, [*fixed, *(model._meta.get_field(name) for name in columns)])
    sql, params = found.query.sql_with_params()
    marks = ", ".join("%s" for _ in same)
    statement = f"INSERT INTO {table} ({names}) SELECT {marks}, found.* FROM ({sql}) found"  # noqa: S608 (our own SQL)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(value for (value,) in fixed.values()), *params])
        return cursor.rowcount


def _complete(model, given: Ready, count: int) -> tuple[list[models.Field], list[Iterable]]:
    """All columns of the table, column-wise, each as the database takes it."""
    fields = [f for f in model._meta.concrete_fields if f in given or not f.primary_key]
    return fields, [given[f] if f in given else _default(f, _converter(f), count) for f in fields]


def _converted(values: Iterable, convert: Callable | None) -> Iterable:
    return [None if value is None else convert(value) for value in values] if convert else values


def _default(field: models.Field, convert: Callable | None, count: int) -> Iterable:
    if field.has_default() and callable(field.default):
        return _converted([field.default() for _ in range(count)], convert)  # a fresh one for every row
    is_moment = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return _converted([timezone.now() if is_moment else field.get_default()], convert) * count


def _converter(field: models.Field) -> Callable | None:
    if isinstance(field, EncryptedTextField):
        ring, context = key_ring(), field.context
        return lambda text: text and ring.encrypt(text, context)
    if isinstance(field, models.JSONField):
        encode = (field.encoder or json.JSONEncoder)(ensure_ascii=False).encode
        return lambda value: "[]" if value in ([], ()) else encode(value)  # nearly every row has nothing
    if isinstance(field, _AS_THEY_ARE):
        return None
    if connection.vendor == "postgresql":
        # The same day or moment stands in thousands of rows, and COPY takes text.
        return lru_cache(maxsize=10_000)(str) if isinstance(field, models.DateField) else None
    if field.__class__ is models.DateField:
        return date.isoformat
    if isinstance(field, models.UUIDField):
        return attrgetter("hex")
    here = connections[connection.alias]  # not the proxy, which looks for its thread at every word

    def prepared(value: object) -> object:
        return field.get_db_prep_save(value, here)

    # The same moment stands in thousands of rows.
    return lru_cache(maxsize=10_000)(prepared) if isinstance(field, models.DateTimeField) else prepared


def _names(model, fields) -> tuple[str, str]:
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), ", ".join(quote(field.column) for field in fields)


def _copy(model, fields, data) -> None:
    null = secrets.token_hex(8)  # no value can be mistaken for it
    for at, field in enumerate(fields):
        if field.null:
            data[at] = [null if value is None else value for value in data[at]]
    text = io.StringIO()
    csv.writer(text).writerows(zip(*data, strict=True))
    if "\\." in text.getvalue():  # alone on a line it would end the data, in servers before PostgreSQL 18
        _prepared(model, fields, [[None if v is null else v for v in values] for values in data])
        return
    text.seek(0)
    table, columns = _names(model, fields)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, NULL '{null}')", text)


def _prepared(model, fields, data) -> None:
    table, columns = _names(model, fields)
    marks = ", ".join(repeat("%s", len(fields)))
    with (
        transaction.atomic(savepoint=False),
        connection.cursor() as cursor,
    ):  # else every row is a commit of its own
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608 (names of our own models)
            list(zip(*data, strict=True)),
        )


def update(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence]) -> None:
    """Set ``columns`` of many rows by primary key: each of ``rows`` is (pk, value, …)."""
    if not rows:
        return
    fields = [model._meta.get_field(name) for name in columns]
    converters = [_converter(field) for field in fields]
    keys, *given = zip(*rows, strict=True)
    columns_of = [_converted(values, convert) for values, convert in zip(given, converters, strict=True)]
    data = list(zip(*columns_of, keys, strict=True))
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            sets = ", ".join(f"{quote(field.column)} = %s" for field in fields)
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE {key} = %s", data)  # noqa: S608
            return
        # One list a column: as (VALUES …) every single value would carry its type.
        types = [field.db_type(connection) for field in (*fields, model._meta.pk)]
        lists = ", ".join(f"%s::{name}[]" for name in types)
        sets = ", ".join(f"{quote(field.column)} = v.c{n}" for n, field in enumerate(fields))
        names = ", ".join(f"c{n}" for n in range(len(types)))
        cursor.execute(
            f"UPDATE {table} AS t SET {sets} FROM unnest({lists}) AS v ({names})"  # noqa: S608
            f" WHERE t.{key} = v.c{len(fields)}",
            [list(values) for values in zip(*data, strict=True)],
        )
