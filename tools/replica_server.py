"""A PostgreSQL server that follows another one, as reports read it and as it takes its place."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from postgres_server import DATA_FOLDER, DATABASE, Postgres
from processes import HERE, Failure, Where


class Replica(Postgres):
    """A server that follows the one at ``source`` (its address), which runs, through a slot of its own: what it misses is kept
    for it."""

    options = ("wal_receiver_timeout=10s", "hot_standby_feedback=on")
    slot = "replica"

    def __init__(self, home: Path, scratch: Path, *, source: str, keep: bool, where: Where = HERE):
        self.source = source
        super().__init__(home, scratch, keep=keep, where=where)
        self._password = urlsplit(source).password
        self.url = f"postgres://postgres:{self._password}@{where.address}:{self.port}/{DATABASE}"

    def _fill(self, scratch: Path) -> None:
        arguments = ["-D", DATA_FOLDER, "-d", self.source, "-R", "-C", "-S", self.slot]
        arguments += ["-X", "stream", "-c", "fast"]
        common = self._common | self._user
        made = subprocess.run(
            [self._programs / "pg_basebackup", *arguments], capture_output=True, text=True, **common
        )
        if made.returncode:
            raise Failure(f"pg_basebackup failed: {made.stderr.strip()}")

    def promote(self) -> None:
        """From now on it is a server of its own, which takes writes."""
        common = self._common | self._user
        subprocess.run([self._programs / "pg_ctl", "promote", "-D", DATA_FOLDER, "-w"], check=True, **common)
