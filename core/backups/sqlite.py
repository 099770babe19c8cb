"""SQLite: the copy is a file beside the database, put in its place by renaming."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from django.db import connection

from core.backups import archive
from core.errors import RuleBroken

PART = "database.sqlite3"


def dump(writer: archive.Writer, folder: Path) -> dict[str, int]:
    """Write the database as it is at this moment, while others go on writing; returns the rows of each table."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".copy-") as scratch:
        copy = Path(scratch) / PART
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        with closing(sqlite3.connect(copy)) as opened:
            tables = opened.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            ).fetchall()
            rows = {
                name: opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
                for (name,) in tables
            }
        with copy.open("rb") as file, writer.part(PART, compressed=True) as stream:
            shutil.copyfileobj(file, stream, 1 << 20)
    return rows


def refuse_others() -> None:
    """Raises RuleBroken IN_USE while another program has the database open."""
    connection.close()
    if not _path().exists():
        return
    with closing(sqlite3.connect(_path(), timeout=2)) as opened:
        try:
            # Needs the file for itself alone; also takes the write-ahead log into it.
            opened.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise RuleBroken("IN_USE", "数据库正在使用。请先停止系统(网页服务和后台任务),再恢复。") from error


def load(stream: BinaryIO) -> None:
    """Write the dump beside the database."""
    forget()
    with _copy().open("xb") as file:
        _copy().chmod(0o600)
        shutil.copyfileobj(stream, file, 1 << 20)


@contextmanager
def looking_at_copy() -> Iterator[None]:
    """The product reads and writes the copy."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(_copy())
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def put_in_place() -> None:
    """The copy becomes the database, in one step."""
    with closing(sqlite3.connect(_copy())) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
    with _copy().open("rb+") as file:
        os.fsync(file.fileno())
    refuse_others()
    _copy().replace(_path())
    archive.flush_folder(_path().parent)


def forget() -> bool:
    """Remove a copy that an earlier restore has left; returns whether there was one."""
    left = [
        path for ending in ("", "-wal", "-shm", "-journal") if (path := Path(f"{_copy()}{ending}")).exists()
    ]
    for path in left:
        path.unlink()
    return bool(left)


def _path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _copy() -> Path:
    return Path(f"{_path()}.restoring")
