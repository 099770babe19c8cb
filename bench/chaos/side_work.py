"""Programs that run beside the desks and are killed on their own: a backup, a restore, the filling of roll-ups."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from django.db import connections
from processes import start

from bench import databases
from bench.chaos.stage import DATABASE, EMPTY_DATABASE
from bench.web import address_of
from core.backups import archive


class SideWork:
    """Knows how to begin each of them and what it may have left."""

    def __init__(self, plant):
        self.plant, self.folder = plant, plant.disk.folder / "backups"
        other = plant.disk.folder / "other machine"
        other.mkdir(exist_ok=True)
        # A machine of its own: another database, another folder, no broker (a restore empties it).
        self.other = {name: value for name, value in plant.environment.items() if name != "REDIS_URL"}
        self.other |= {
            "VAR_DIR": str(other),
            "DATABASE_URL": address_of(EMPTY_DATABASE),
            "JOBS_BACKEND": "inline",
        }
        databases.drop(EMPTY_DATABASE)  # of an earlier run in the same folder
        with databases._server() as cursor:
            cursor.execute(f"CREATE DATABASE {EMPTY_DATABASE}")

    def begin(self, name: str) -> subprocess.Popen:
        """Start ``backup``, ``restore`` or ``roll-up``."""
        arguments, environment = {
            "backup": (["manage.py", "backup", str(self.folder), "--keep", "3"], self.plant.environment),
            "restore": (["manage.py", "restore", str(self._latest()), "--replace"], self.other),
            "roll-up": (["-m", "bench.chaos.filling"], self.plant.environment),
        }[name]
        with (self.plant.work / "side.log").open("ab") as log:
            return start(
                [sys.executable, *arguments],
                death_signal=signal.SIGKILL,
                env=environment,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def run(self, name: str) -> None:
        """To its end. Raises RuntimeError when it does not succeed."""
        if code := self.begin(name).wait():
            raise RuntimeError(
                f"{name} ended with {code}: {(self.plant.work / 'side.log').read_text()[-800:]}"
            )

    def problems(self) -> list[str]:
        """A backup under its own name that is not whole; a restored database that is neither empty nor whole."""
        found = []
        for path in self.folder.glob("*.zip"):
            with archive.reading(path) as (source, manifest):
                found += [f"{path.name}: {part} is damaged" for part in archive.damaged(source, manifest)]
        tables, users = self._restored()
        if tables and (tables != self._tables() or not users):
            found.append(f"half a database is served: {tables} tables, {users} users")
        return found

    def _latest(self) -> Path:
        return max(self.folder.glob("*.zip"), default=Path("none"))

    def _restored(self) -> tuple[int, int]:
        try:
            databases.use(EMPTY_DATABASE)
            tables = self._tables()
            return tables, _one("SELECT count(*) FROM accounts_user") if tables else 0
        finally:
            databases.use(DATABASE)

    def _tables(self) -> int:
        return _one("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")


def kill(process: subprocess.Popen) -> int:
    """kill -9 of a program and what it has started, unless it has ended; returns how many were hit."""
    if process.poll() is not None:
        return 0
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return 1


def _one(sql: str) -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def settings_of_the_server() -> str:
    """What a power cut depends on, as one line; raises RuntimeError when the server does not write for real."""
    names = ("fsync", "synchronous_commit", "full_page_writes")
    with connections["default"].cursor() as cursor:
        found = {}
        for name in names:
            cursor.execute(f"SHOW {name}")
            found[name] = cursor.fetchone()[0]
    if set(found.values()) != {"on"}:
        raise RuntimeError(f"the server does not write for real: {json.dumps(found)}")
    return ", ".join(f"{name} {value}" for name, value in found.items())
