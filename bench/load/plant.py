"""The programs of the product as the units of ``deploy/systemd`` start them: web, a worker for each queue, the timetable."""

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

NICE = {"worker-floor": 5, "worker-reports": 5, "beat": 0, "web": 0}


class Plant:
    """``web``, ``worker-floor``, ``worker-reports`` and ``beat`` with their logs in ``work``; ``workers``: web processes."""

    def __init__(self, work: Path, database: str, workers: int):
        self.work, self.port = work, free_port()
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
            with self._log(name).open("wb") as log:
                self.running[name] = start(
                    ["nice", "-n", str(NICE[name]), sys.executable, "-m", *arguments],
                    death_signal=signal.SIGTERM,
                    env=self.environment,
                    start_new_session=True,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if Browser(self.port).request("GET", "/readyz")[0] == 200:
                    return
            except (OSError, HTTPException):
                time.sleep(0.2)
        raise RuntimeError(f"the pages did not come up: see {self.work}")

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
        return {
            "web": ["gunicorn", "vaxcampaign.wsgi", "--config", "deploy/gunicorn.conf.py"],
            **{
                f"worker-{queue}": [*celery, *worker, "-Q", queue, "-n", f"{queue}@%h"]
                for queue in ("floor", "reports")
            },
            "beat": [*celery, "beat", "-s", str(schedule), "--pidfile=", "-l", "WARNING"],
        }


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
