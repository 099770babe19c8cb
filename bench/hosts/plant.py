"""What runs on which machine."""

import os
import signal
import subprocess
import sys
import time
from http.client import HTTPException
from pathlib import Path

from postgres_server import Postgres
from processes import start, stop
from replica_server import Replica
from services import Valkey

from bench.browser import Browser
from bench.chaos.plant import kill_family
from bench.hosts import proxy
from bench.hosts.network import Network

SERVERS = ("primary", "replica", "broker")
WEB = ("web-a", "web-b")
PROGRAMS = (*WEB, "floor", "reports", "beat", "proxy")
PORT = 8000


class Plant:
    """Nine machines; what they say is in ``work/<machine>/*.log``."""

    def __init__(self, work: Path, scratch: Path):
        proxy.program()  # said now, not after minutes
        self.work = work
        self.network = Network([*SERVERS, *PROGRAMS])
        self.servers: dict = {}
        self.running: dict[str, subprocess.Popen] = {}
        self.environment = dict(os.environ)
        self.scratch = scratch
        shared = work / "files"  # stands for the folder that all of them mount
        shared.mkdir(exist_ok=True)
        (shared / ".shared").touch()
        for name in (*SERVERS, *PROGRAMS):
            self.folder(name).mkdir(exist_ok=True)
        for name in PROGRAMS:
            (self.folder(name) / "files").symlink_to(shared)
            for inside in ("static", "metrics"):
                (self.folder(name) / inside).mkdir()

    def folder(self, name: str) -> Path:
        """The disk of a machine."""
        return self.work / name

    def address(self, name: str) -> str:
        """Its address on the switch."""
        return self.network.where(name).address

    def start_servers(self) -> None:
        """The database, the copy that follows it, and the broker."""
        at, folder = self.network.where, self.folder
        primary = Postgres(folder("primary"), self._scratch("primary"), keep=True, where=at("primary"))
        self.servers = {"primary": primary, "broker": Valkey(folder("broker"), keep=True, where=at("broker"))}
        for server in self.servers.values():
            server.start()
        source = f"{primary.url}?application_name=replica"
        scratch = self._scratch("replica")
        replica = Replica(folder("replica"), scratch, source=source, keep=True, where=at("replica"))
        self.servers["replica"] = replica
        replica.start()

    def start(self, *names: str) -> None:
        """Start what runs on these machines."""
        for name in names:
            if name in SERVERS:
                self.servers[name].start()
                continue
            with (self.folder(name) / "log").open("ab") as log:
                self.running[name] = start(
                    [*self.network.where(name).enter, *self._arguments(name)],
                    death_signal=signal.SIGKILL,
                    env=self.environment | self._own(name),
                    start_new_session=True,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )

    def kill(self, name: str) -> int:
        """kill -9 of all that runs on a machine; returns how many processes."""
        return kill_family(self.servers[name].process if name in SERVERS else self.running[name])

    def wait_until_ready(self, *names: str, seconds: float = 120) -> float:
        """Until these web machines say so; returns after how many seconds. Raises RuntimeError."""
        began = time.monotonic()
        waiting = list(names or WEB)
        while waiting and time.monotonic() - began < seconds:
            try:
                if Browser(PORT, host=self.address(waiting[0])).request("GET", "/readyz")[0] == 200:
                    waiting.pop(0)
                    continue
            except (OSError, HTTPException):
                pass
            time.sleep(0.1)
        if waiting:
            raise RuntimeError(f"{waiting} not ready after {seconds:.0f} s: see {self.work}")
        return time.monotonic() - began

    def stop(self) -> None:
        """In good order."""
        for process in self.running.values():
            stop(process, grace=20)
        for server in reversed(self.servers.values()):
            server.stop()
        self.network.remove()

    def _scratch(self, name: str) -> Path:
        folder = self.scratch / name
        folder.mkdir(mode=0o711)
        return folder

    def _own(self, name: str) -> dict[str, str]:
        folder = self.folder(name)
        return {"VAR_DIR": str(folder), "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics")}

    def _arguments(self, name: str) -> list[str]:
        python, celery = [sys.executable, "-m"], ["celery", "-A", "vaxcampaign", "--quiet"]
        if name == "proxy":
            return proxy.command(self.folder(name), self.address(name), [self.address(one) for one in WEB])
        if name in WEB:
            web = ["gunicorn", "vaxcampaign.wsgi", "--bind", f"{self.address(name)}:{PORT}", "--workers", "2"]
            return [*python, *web, "--worker-class", "sync", "--timeout", "120", "--no-control-socket"]
        if name == "beat":
            schedule = str(self.folder(name) / "schedule")
            return [*python, *celery, "beat", "-s", schedule, "--pidfile=", "-l", "WARNING"]
        return [*python, *celery, "worker", "-Q", name, "-n", f"{name}@{name}", "-c", "1", "-l", "WARNING"]
