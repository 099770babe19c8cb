"""The web server of the product as ``make full`` runs it: sync workers, as many as cores, persistent connections."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException

from bench.browser import Browser
from tools.processes import free_port, start, stop

WORKERS = os.cpu_count() or 2


@contextmanager
def serving(database: str) -> Iterator[int]:
    """gunicorn with ``database``; yields its port."""
    port = free_port()
    environment = {**os.environ, "DATABASE_URL": address_of(database)}
    process = start(
        [sys.executable, "-m", "gunicorn", "vaxcampaign.wsgi", "--bind", f"127.0.0.1:{port}"]
        + ["--workers", str(WORKERS), "--worker-class", "sync", "--timeout", "120"]
        + ["--log-level", "warning", "--no-control-socket"],
        env=environment,
    )
    try:
        _wait(process, port)
        yield port
    finally:
        stop(process)


def address_of(database: str) -> str:
    """The address of ``database`` on the server of this run."""
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{database}"


def _wait(process, port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if Browser(port).request("GET", "/healthz")[0] == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise RuntimeError("the web server did not come up")
