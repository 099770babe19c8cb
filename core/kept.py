"""Statements that are built once. What one deed asks and writes the same way all day costs Django more to put into SQL than the
database to do; here only the values change from one time to the next.

For the few hottest deeds. A statement is still written with the ORM, so columns and tables follow the models.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, models
from django.db.models import Expression, QuerySet
from django.db.models.query import get_related_populators
from psycopg2.extensions import AsIs

from core import prepared

_MARK = "<hole>"
_FEW = 8  # rows; more are worth a statement of their own


class Hole(Expression):
    """Where a value will stand, by name: ``filter(pk=Hole("pk"))``."""

    def __init__(self, name: str):
        super().__init__(output_field=models.Field())
        self.name = name

    def as_sql(self, compiler, connection):
        """Itself as the parameter; ``Kept`` puts the value in."""
        return "%s", [self]


class Kept:
    """A question whose SQL is built when it is asked for the first time.

    ``build()`` returns the QuerySet of whole rows (``select_related``, ``only``, ``annotate``, ``select_for_update``; no
    ``prefetch_related``) with a ``Hole`` for each value: a number, text, bool, day, moment or UUID; never None, whose SQL is another.
    ``lock()`` returns the rows to be locked before, in the same trip to the server: what is read then, joined rows too, is
    as it is after the wait. (One SELECT that locks would show what is joined as it was before.)
    """

    def __init__(self, build: Callable[[], QuerySet], *, lock: Callable[[], QuerySet] | None = None):
        self._build, self._lock = build, lock
        self._made: dict[str, _Made] = {}  # by engine

    def __call__(self, **values) -> list:
        """The rows for these values of the holes."""
        vendor = connection.vendor
        made = self._made.get(vendor)
        if made is None:
            made = self._made[vendor] = _Made(self._build(), self._lock and self._lock())
        return list(made.rows(values))

    def first(self, **values):
        """The first of the rows, or None."""
        return next(iter(self(**values)), None)


@lru_cache(maxsize=64)
def locking(model: type[models.Model], *names: str, only: str = "") -> Kept:
    """The rows with these values, by their keys, locked; all their columns, or ``only`` one."""
    rows = model._base_manager.order_by("pk").only(*filter(None, [only]))
    return Kept(lambda: rows.select_for_update().filter(**{name: Hole(name) for name in names}))


@lru_cache(maxsize=64)
def locking_as(rows: QuerySet) -> Kept:
    """One of ``rows`` by its key, locked without what is joined to it. Kept for a QuerySet that its owner keeps."""
    return locked_and_read(lambda: rows, "pk")


def locked_and_read(build: Callable[[], QuerySet], *names: str) -> Kept:
    """The rows of ``build()`` with these values: locked, then read."""
    holes = {name: Hole(name) for name in names}
    return Kept(
        lambda: build().filter(**holes),
        lock=lambda: (
            build().model._base_manager.order_by("pk").only("pk").select_for_update().filter(**holes)
        ),
    )


def give(row: models.Model, name: str, rows: Collection[models.Model]) -> None:
    """Have the related rows ``name`` of ``row`` count as read: as ``prefetch_related`` leaves them."""
    if rows:
        related = getattr(row, name).all()
    else:  # of the model, not of the relation, whose filter takes ten times as long to build
        related = row._meta.get_field(name).related_model._default_manager.none()
    related._result_cache = list(rows)
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related


class _Made:
    """The SQL of a question, and how its answers become rows: as ``ModelIterable`` does it."""

    def __init__(self, queryset: QuerySet, lock: QuerySet | None):
        self._compiler = compiler = queryset.query.get_compiler(using=connection.alias)
        self._statements: list[tuple[str, list]] = []
        if lock is not None and connection.vendor == "postgresql":  # SQLite: the transaction is the lock
            self._statements.append(_with_holes(*lock.query.get_compiler(using=connection.alias).as_sql()))
        try:
            self._statements.append(_with_holes(*compiler.as_sql()))
        except EmptyResultSet:  # nobody can be meant, whatever the values
            self._statements = []
            return
        info = compiler.klass_info
        self._model, at = info["model"], info["select_fields"]
        self._own = slice(at[0], at[-1] + 1)
        self._names = [column[0].target.attname for column in compiler.select[self._own]]
        self._converters = compiler.get_converters([column[0] for column in compiler.select])
        self._related = get_related_populators(info, compiler.select, connection.alias)
        self._annotations = list(compiler.annotation_col_map.items())

    def rows(self, values: dict) -> Iterator[models.Model]:
        """The rows; ``values`` by the names of the holes."""
        if not self._statements:
            return
        here = connections[DEFAULT_DB_ALIAS]
        given = [
            (sql, [_stored(values[one.name], here) if one.__class__ is Hole else one for one in params])
            for sql, params in self._statements
        ]
        with here.cursor() as cursor:
            prepared.execute(cursor, *given)
            found = cursor.fetchall()
        if self._converters:
            found = self._compiler.apply_converters(found, self._converters)
        for columns in found:
            row = self._model.from_db(DEFAULT_DB_ALIAS, self._names, columns[self._own])
            for one in self._related:
                one.populate(columns, row)
            for name, at in self._annotations:
                setattr(row, name, columns[at])
            yield row


def _with_holes(sql: str, params: tuple) -> tuple[str, tuple]:
    """The statement with its holes only: what is the same every time stands in the text on PostgreSQL, so that its plan may
    rest on it (an index over some of the rows)."""
    if connection.vendor != "postgresql":
        return sql, params
    holes = tuple(one for one in params if one.__class__ is Hole)
    with connection.cursor() as cursor:
        text = cursor.mogrify(sql, [AsIs(_MARK) if one.__class__ is Hole else one for one in params]).decode()
    return text.replace("%", "%%").replace(_MARK, "%s"), holes


def _stored(value, here):
    """As the database takes it."""
    if value.__class__ is UUID and here.vendor == "sqlite":
        return value.hex
    if value.__class__ is datetime:
        return here.ops.adapt_datetimefield_value(value)
    return here.ops.adapt_datefield_value(value) if value.__class__ is date else value


Columns = tuple[models.Model, tuple[str, ...]]  # a row and the names of its columns


def insert(*rows: models.Model, saved: Sequence[Columns] = ()) -> None:
    """Save new ``rows`` of one model, with their keys set, as ``bulk_create`` would (no signal is sent).

    ``saved``: columns of rows that this deed has locked, saved before, on PostgreSQL in the same trip.
    """
    if not rows:
        return
    model = rows[0].__class__
    if len(rows) <= _FEW and connection.vendor == "postgresql":
        _insert(model, rows, saved)
        return
    for row, names in saved:
        save(row, *names)
    if len(rows) > _FEW:
        model._base_manager.bulk_create(rows, batch_size=500)
    else:  # SQLite tells the key of one row only
        for row in rows:
            _insert(model, [row])


def _insert(model: type[models.Model], rows, saved: Sequence[Columns] = ()) -> None:
    here = connections[DEFAULT_DB_ALIAS]
    sql, fields = _insertion(model, len(rows), here.vendor)
    values = [field.get_db_prep_save(field.pre_save(row, True), here) for row in rows for field in fields]
    with here.cursor() as cursor:
        prepared.execute(cursor, *[_saving(row, names, here) for row, names in saved], (sql, values))
        keys = cursor.fetchall() if here.vendor == "postgresql" else [[cursor.lastrowid]]
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def save(row: models.Model, *names: str, **among: Collection) -> bool:
    """Save these columns of ``row``, which is there, as ``Model.save`` would (no signal is sent): only while each column of
    ``among`` has one of its values, else False.

    Raises DatabaseError when the row is not there any more and nothing was said of its values.
    """
    here = connections[DEFAULT_DB_ALIAS]
    with here.cursor() as cursor:
        prepared.execute(cursor, _saving(row, names, here, **among))
        is_saved = cursor.rowcount == 1
    if not is_saved and not among:
        raise DatabaseError(f"{row._meta.label} {row.pk} is not there to be saved")
    return is_saved


def _saving(row: models.Model, names: tuple[str, ...], here, **among: Collection) -> prepared.Statement:
    sql, fields = _change(row.__class__, names, tuple((name, len(values)) for name, values in among.items()))
    values = [field.get_db_prep_save(field.pre_save(row, False), here) for field in fields]
    return sql, [*values, row.pk, *(value for some in among.values() for value in some)]


@lru_cache(maxsize=256)
def _insertion(model: type[models.Model], count: int, vendor: str) -> tuple[str, list[models.Field]]:
    quote, own = connection.ops.quote_name, model._meta
    fields = [field for field in own.concrete_fields if not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    sql = f"INSERT INTO {quote(own.db_table)} ({columns}) VALUES {marks}"  # noqa: S608 (names of our own models)
    returning = f" RETURNING {quote(own.pk.column)}" if vendor == "postgresql" else ""
    return sql + returning, fields


@lru_cache(maxsize=256)
def _change(
    model: type[models.Model], names: tuple[str, ...], among: tuple[tuple[str, int], ...]
) -> tuple[str, list[models.Field]]:
    quote, own = connection.ops.quote_name, model._meta
    fields = [own.get_field(name) for name in names]
    sets = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    sql = f"UPDATE {quote(own.db_table)} SET {sets} WHERE {quote(own.pk.column)} = %s"  # noqa: S608
    for name, count in among:
        sql += f" AND {quote(own.get_field(name).column)} IN ({', '.join(['%s'] * count)})"
    return sql, fields
