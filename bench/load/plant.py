"""The programs of the product as the units of ``deploy/systemd`` start them: pages, pages of reports, a worker for each queue,
the timetable."""

import os
import shutil
import signal
import subprocess
import sys
import time
from http.client import HTTPException
from pathlib import Path

from django.db import connection

from bench.browser import Browser
from tools.processes import family, free_port, start, stop

# Of the units: (lower priority, seconds that one statement may take).
_UNITS = {
    "web": (0, 30),
    "reports": (10, 60),
    "worker-floor": (10, 600),
    "worker-reports": (10, 600),
    "beat": (0, 0),
}


class Plant:
    """``web``, ``reports`` (unless ``pools`` is 1), two workers and ``beat`` with their logs in ``work``; ``workers``: processes of
    ``web``. ``ports``: beginning of the path → where the proxy would send it."""

    def __init__(self, work: Path, database: str, *, workers: int, pools: int):
        self.work, self.pools, self.port = work, pools, free_port()
        self.ports = {"/": self.port} | ({"/reports/": free_port()} if pools > 1 else {})
        self.running: dict[str, subprocess.Popen] = {}
        metrics = work / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir()
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "WEB_BIND": f"127.0.0.1:{self.port}",
            "WEB_WORKERS": str(workers),
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        }

    def start(self) -> None:
        """Raises RuntimeError when the pages do not come up."""
        for name, arguments in self._arguments().items():
            nice, seconds = _UNITS[name]
            with self._log(name).open("wb") as log:
                self.running[name] = start(
                    ["nice", "-n", str(nice), sys.executable, "-m", *arguments],
                    death_signal=signal.SIGTERM,
                    env=self.environment | {"STATEMENT_SECONDS": str(seconds)},
                    start_new_session=True,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
        until = time.monotonic() + 60
        for port in self.ports.values():
            while not _answers(port):
                if time.monotonic() > until:
                    raise RuntimeError(f"the pages did not come up: see {self.work}")
                time.sleep(0.2)

    def stop(self) -> None:
        """In good order."""
        for process in reversed(self.running.values()):
            stop(process, grace=20)

    def complaints(self) -> list[str]:
        """What the programs wrote of faults."""
        lines = [
            f"{name}: {line}"
            for name in self.running
            for line in self._log(name).read_text(errors="replace").splitlines()
        ]
        return [
            line[:300] for line in lines if " ERROR " in line or "Traceback" in line or "CRITICAL" in line
        ]

    def processor_seconds(self) -> dict[str, float]:
        """What each program and the database have used of the processors since they began."""
        pids = {name: process.pid for name, process in self.running.items()} | {"database": _postmaster()}
        return {name: sum(map(_seconds_of, family(pid))) for name, pid in pids.items()}

    def _log(self, name: str) -> Path:
        return self.work / f"{name}.log"

    def _arguments(self) -> dict[str, list[str]]:
        celery = ["celery", "-A", "vaxcampaign", "--quiet"]
        worker = ["worker", "-c", "1", "-l", "WARNING"]
        schedule = self.work / "celerybeat-schedule"
        schedule.unlink(missing_ok=True)
        web = ["gunicorn", "vaxcampaign.wsgi", "--config", "deploy/gunicorn.conf.py"]
        reports = (
            [*web, "--bind", f"127.0.0.1:{self.ports['/reports/']}", "--workers", "2"]
            if self.pools > 1
            else []
        )
        return {
            "web": web,
            **({"reports": reports} if reports else {}),
            **{
                f"worker-{queue}": [*celery, *worker, "-Q", queue, "-n", f"{queue}@%h"]
                for queue in ("floor", "reports")
            },
            "beat": [*celery, "beat", "-s", str(schedule), "--pidfile=", "-l", "WARNING"],
        }


def _answers(port: int) -> bool:
    try:
        return Browser(port).request("GET", "/readyz")[0] == 200
    except (OSError, HTTPException):
        return False


def _postmaster() -> int:
    """The parent of all processes of the database; what those that have ended used is counted with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return int(_fields(pid)[1])


def _seconds_of(pid: int) -> float:
    try:
        used = _fields(pid)[11:15]  # its own, and those of its children that have ended
    except OSError:
        return 0.0
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
