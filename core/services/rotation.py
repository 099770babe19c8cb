"""Moving everything that is encrypted to the first key of the ring while people work.

Each value says which key it carries, so there is no list of what is done: whoever starts again after a crash goes on with
what is left. A value is replaced only while it is still the one that was read; who saves meanwhile wins.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from core import files
from core.crypto import EncryptedTextField, Undecipherable, key_ring
from core.errors import Busy
from core.locks import breathe, deed

_CHUNK = 500  # values of one transaction: some ten milliseconds
_PASSES = 3  # what was saved under an old key meanwhile is found by the next one
_BESIDE = ".new"
_KID = re.compile(rb"([A-Za-z0-9._-]{1,20}):")

Step = Callable[[str, int], None]


def encrypted_fields() -> list[EncryptedTextField]:
    """Every encrypted column of every room, by its table."""
    fields = (field for model in apps.get_models() for field in model._meta.concrete_fields)
    mine = (field for field in fields if isinstance(field, EncryptedTextField))
    return sorted(mine, key=lambda field: (field.model._meta.db_table, field.column))


def held() -> dict[str, dict[str, int]]:
    """How many values each key holds, by where they are: {"table.column" or "files/folder": {key name: count}}."""
    rows = {f"{f.model._meta.db_table}.{f.column}": _held_in(f) for f in encrypted_fields()}
    sealed = {f"files/{folder}": _held_by_files(folder) for folder in sorted(settings.SEALED_FILES)}
    return {where: dict(sorted(counts.items())) for where, counts in (rows | sealed).items() if counts}


def left(found: dict[str, dict[str, int]]) -> dict[str, int]:
    """Of ``held()``, how many values are not under the first key, by key."""
    sums: Counter[str] = Counter()
    for counts in found.values():
        sums.update(counts)
    return {kid: count for kid, count in sorted(sums.items()) if kid != key_ring().current}


def reencrypt(*, step: Step = lambda where, count: None) -> int:
    """Put every value under the first key; ``step`` is told where and how many so far. Returns how many.

    What cannot be read, or is saved under an old key again and again, is left: ``held()`` tells.
    """
    done = 0
    for _ in range(_PASSES):
        for field in encrypted_fields():
            for count in _rows(field):
                done += count
                step(f"{field.model._meta.db_table}.{field.column}", done)
        for folder, contexts in sorted(settings.SEALED_FILES.items()):
            for half_written in files.kept(folder).glob(f".*{_BESIDE}"):  # by one that was killed
                half_written.unlink()
            for path in _sealed_in(folder):
                done += _reseal(path, contexts)
                step(f"files/{folder}", done)
        if not left(held()):
            break
    return done


def _held_in(field: models.Field) -> Counter:
    table, column = _quoted(field)
    kid = f"split_part({column}, ':', 1)"
    if connection.vendor == "sqlite":
        kid = f"substr({column}, 1, instr({column}, ':') - 1)"
    sql = f"SELECT {kid}, COUNT(*) FROM {table} WHERE {column} <> '' GROUP BY 1"  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return Counter(dict(cursor.fetchall()))


def _rows(field: EncryptedTextField) -> Iterator[int]:
    """Chunk by chunk through the table, by primary key."""
    last = None
    while chunk := _old_values(field, last):
        last = chunk[-1][0]
        yield _replace(field, chunk)
        breathe()


def _old_values(field: models.Field, after) -> list[tuple[object, str]]:
    table, column = _quoted(field)
    key = connection.ops.quote_name(field.model._meta.pk.column)
    mark = f"{key_ring().current}:"
    sql = (
        f"SELECT {key}, {column} FROM {table} WHERE {column} <> '' AND substr({column}, 1, {len(mark)}) <> %s"  # noqa: S608
    )
    params = [mark]
    if after is not None:
        sql, params = f"{sql} AND {key} > %s", [mark, after]
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {key} LIMIT {_CHUNK}", params)
        return cursor.fetchall()


def _replace(field: EncryptedTextField, chunk: list[tuple[object, str]]) -> int:
    """Compare and set, in one transaction. Somebody who holds one of the rows is waited for."""
    changes = []
    for pk, stored in chunk:
        if (anew := _anew(stored, [field.context])) is not None:
            changes.append((anew, pk, stored))
    for patience in (2, 1, 0):
        try:
            with deed():
                return _set(field, changes)
        except Busy:
            if not patience:
                return 0  # the next pass comes here again
    return 0


def _set(field: models.Field, changes: list[tuple]) -> int:
    table, column = _quoted(field)
    key = connection.ops.quote_name(field.model._meta.pk.column)
    with connection.cursor() as cursor:
        if not changes:
            return 0
        if connection.vendor == "sqlite":
            sql = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608
            cursor.executemany(sql, changes)
            return cursor.rowcount
        rows = ", ".join(["(%s, %s, %s)"] * len(changes))
        cursor.execute(
            f"UPDATE {table} AS t SET {column} = v.anew FROM (VALUES {rows}) AS v (anew, pk, stored) "  # noqa: S608
            f"WHERE t.{key} = v.pk AND t.{column} = v.stored",
            [value for change in changes for value in change],
        )
        return cursor.rowcount


def _anew(stored: str, contexts: list[str]) -> str | None:
    """``stored`` under the first key; None when no key and context of ours reads it."""
    ring = key_ring()
    for context in contexts:
        try:
            return ring.encrypt(ring.decrypt(stored, context), context)
        except Undecipherable:
            continue
    return None


def _quoted(field: models.Field) -> tuple[str, str]:
    quote = connection.ops.quote_name
    return quote(field.model._meta.db_table), quote(field.column)


def _sealed_in(folder: str) -> Iterator[Path]:
    """The files of a folder that carry a key's name."""
    for path in sorted(files.kept(folder).glob("[!.]*")):
        if _kid_of(path):
            yield path


def _kid_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            found = _KID.match(file.read(24))
    except (FileNotFoundError, IsADirectoryError):  # taken away while we looked
        return ""
    return found[1].decode() if found else ""


def _held_by_files(folder: str) -> Counter:
    return Counter(_kid_of(path) for path in _sealed_in(folder))


def _reseal(path: Path, contexts: list[str]) -> int:
    """Write it anew beside itself and put it in its place. A sealed file is never changed, only removed."""
    if _kid_of(path) == key_ring().current:
        return 0
    try:
        anew = _anew(path.read_text(encoding="ascii"), contexts)
    except FileNotFoundError:
        return 0
    if anew is None:
        return 0
    beside = path.with_name(f".{path.name}{_BESIDE}")
    with beside.open("w", encoding="ascii") as file:
        file.write(anew)
        file.flush()
        os.fsync(file.fileno())
    if not path.exists():
        beside.unlink()
        return 0
    os.replace(beside, path)
    return 1
