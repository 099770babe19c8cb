"""The whole product on one machine, part by part: each may be killed as no part is ever asked to end, and comes up again."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

from postgres_server import Postgres
from processes import family, free_port, start, stop
from services import Valkey

from bench.browser import Browser
from bench.chaos import marks
from bench.chaos.disk import Disk

SERVERS = ("database", "broker")
PROGRAMS = ("web", "worker", "beat")


class Plant:
    """``database``, ``broker``, ``web``, ``worker`` and ``beat`` with their ``disk``; what they say is in ``work/*.log``."""

    def __init__(self, work: Path, scratch: Path, *, keep: bool):
        self.work, self.port = work, free_port()
        self.doing = work / "doing"
        self.doing.mkdir(exist_ok=True)
        self.disk = Disk(work, keep=keep)
        home = self.disk.folder
        self.servers = {"database": Postgres(home, scratch, keep=True), "broker": Valkey(home, keep=True)}
        for name, server in self.servers.items():
            server.log_path = work / f"{name}.log"  # not on the disk that fails
        self.environment = dict(os.environ)
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, *names: str) -> None:
        """Start these parts; the servers are ready when this returns."""
        for name in names:
            if name in SERVERS:
                self.servers[name].start()
            else:
                with (self.work / f"{name}.log").open("ab") as log:
                    self.running[name] = start(
                        [sys.executable, "-m", *self._arguments(name)],
                        death_signal=signal.SIGKILL,
                        env=self.environment,
                        start_new_session=True,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                    )

    def processes(self, *names: str) -> list[int]:
        """Of these parts, as far as they run."""
        return [pid for name in names for pid in family(self._process(name).pid)]

    def kill(self, *names: str) -> int:
        """kill -9 of these parts with all their processes; returns how many processes."""
        count = kill_family(*map(self._process, names))
        marks.clear(self.doing)
        return count

    def gone(self) -> list[str]:
        """Parts that have ended by themselves."""
        parts = [name for name in (*SERVERS, *PROGRAMS) if name in SERVERS or name in self.running]
        return [name for name in parts if self._process(name).poll() is not None]

    def kill_one_web_worker(self) -> int:
        """kill -9 of one process that serves pages; the others go on."""
        children = family(self._process("web").pid)[1:]
        for pid in children[:1]:
            os.kill(pid, signal.SIGKILL)
        return len(children[:1])

    def wait_until_ready(self, seconds: float = 120) -> float:
        """Until ``/readyz`` says so; returns after how many seconds. Raises RuntimeError."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if Browser(self.port).request("GET", "/readyz")[0] == 200:
                    return time.monotonic() - began
            except (OSError, HTTPException):
                pass
            time.sleep(0.1)
        raise RuntimeError(f"not ready after {seconds:.0f} s: see {self.work}")

    def stop(self) -> None:
        """In good order; the disk goes with them."""
        for name in ("web", "beat", "worker"):
            if name in self.running:
                stop(self.running[name], grace=20)
        for name in SERVERS:
            self.servers[name].stop()
        self.disk.close()

    def _process(self, name: str) -> subprocess.Popen:
        return self.servers[name].process if name in SERVERS else self.running[name]

    def _arguments(self, name: str) -> list[str]:
        celery = ["celery", "-A", "vaxcampaign", "--quiet"]
        schedule = str(self.disk.folder / "celerybeat-schedule")
        web = ["gunicorn", "vaxcampaign.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "4"]
        # Loaded once for all: a run of many deaths is mostly coming up again.
        web += ["--preload", "--worker-class", "sync", "--timeout", "120", "--no-control-socket"]
        return {
            "web": web,
            "worker": [*celery, "worker", "-c", "2", "-l", "WARNING"],
            "beat": [*celery, "beat", "-s", schedule, "--pidfile=", "-l", "WARNING"],
        }[name]


def kill_family(*processes: subprocess.Popen) -> int:
    """kill -9 of these and all that descend from them, at once; returns how many."""
    doomed = [pid for process in processes for pid in family(process.pid)]
    for pid in doomed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for process in processes:
        process.wait()
    for pid in doomed:
        _wait_for_end(pid)
    return len(doomed)


def _wait_for_end(pid: int) -> None:
    for _ in range(600):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return
        if state == "Z":
            return
        time.sleep(0.05)
