"""One walk through all migrations serves every SQLite test database of a run.

The first process that needs a database keeps a copy of the migrated, still empty file in pytest's cache; the others
begin with that copy, and Django's own ``migrate`` finds nothing left to do. The copy is named after the migrations and
what they import, so a changed one starts anew. ``make test`` has a cache of its own: it always walks once.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


class MigratedCopy:
    """The kept copy in ``folder``. Between ``offer`` and ``keep`` other processes wait for their turn."""

    def __init__(self, folder: Path, connection):
        self.kept, self.connection = folder / f"{_name()}.sqlite3", connection
        self.turn = (folder / "turn").open("w")

    def offer(self) -> None:
        """Have the test database begin as the kept copy, when there is one."""
        fcntl.flock(self.turn, fcntl.LOCK_EX)
        creation = self.connection.creation
        make_empty = creation._create_test_db

        def make(*args, **kwargs):
            name = make_empty(*args, **kwargs)
            if self.kept.exists():
                shutil.copyfile(self.kept, name)
            return name

        creation._create_test_db = make

    def keep(self) -> None:
        """Keep the test database, just migrated, and let the next process in."""
        if not self.kept.exists():
            for older in self.kept.parent.glob("*.sqlite3"):
                older.unlink()
            draft = self.kept.with_suffix(f".{os.getpid()}")
            self.connection.ensure_connection()
            with closing(sqlite3.connect(draft)) as copy:
                self.connection.connection.backup(copy)
            draft.replace(self.kept)
        self.turn.close()


def _name() -> str:
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("core/*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:32]
