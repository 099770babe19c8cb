"""Copies of a database: every contender of a writing line begins with the same rows."""

import shutil
from pathlib import Path

from django.db import connection, connections


def use(name: str) -> None:
    """Let the product work in the database ``name`` (on SQLite a file beside the first one)."""
    connections.close_all()
    connection.settings_dict["NAME"] = _path(name) if connection.vendor == "sqlite" else name


def move(host: str, port: int) -> None:
    """Let the product work on another server."""
    connections.close_all()
    connection.settings_dict.update(HOST=host, PORT=port)


def current() -> str:
    """The database in which the product works."""
    name = str(connection.settings_dict["NAME"])
    return Path(name).stem if connection.vendor == "sqlite" else name


def exists(name: str) -> bool:
    """Whether there is such a database."""
    if connection.vendor == "sqlite":
        return _path(name).exists()
    with _server() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def copy(source: str, name: str) -> None:
    """Make ``name`` a fresh copy of ``source``."""
    drop(name)
    if connection.vendor == "sqlite":
        use(source)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections.close_all()
        shutil.copyfile(_path(source), _path(name))
    else:
        with _server() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')
            cursor.execute("CHECKPOINT")  # not in the middle of what is measured next


def rename(name: str, to: str) -> None:
    """Call the database ``name`` ``to`` from now on."""
    if connection.vendor == "sqlite":
        use(name)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections.close_all()
        for ending in ("-wal", "-shm"):
            _path(name).with_name(f"{_path(name).name}{ending}").unlink(missing_ok=True)
        _path(name).rename(_path(to))
    else:
        with _server() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" RENAME TO "{to}"')


def drop(name: str) -> None:
    """Remove ``name`` if it is there."""
    connections.close_all()
    if connection.vendor == "sqlite":
        for ending in ("", "-wal", "-shm"):
            _path(name).with_name(f"{_path(name).name}{ending}").unlink(missing_ok=True)
    else:
        with _server() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _path(name: str) -> Path:
    return Path(connection.settings_dict["NAME"]).with_name(f"{name}.sqlite3")


def _server():
    """A cursor that stands in no database of ours."""
    connections.close_all()
    return connection._nodb_cursor()
