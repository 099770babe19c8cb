"""`make full`: the production form on one machine: PostgreSQL, Valkey, gunicorn, a Celery worker and beat.

Everything is kept under var/full and stops together: on Ctrl-C, when one part ends, and after ``kill -9``.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from prepare import address, allow_host, make_secrets, url, var_dir
from processes import Failure, Stopped, die_with_parent, main_or_sentence, raise_on_signals, start, stop
from services import services

TOOLS = Path(__file__).resolve().parent


def main() -> int:
    """0 after Ctrl-C or SIGTERM; a part that ends by itself is a failure."""
    if "--with-parent" in sys.argv[1:]:
        die_with_parent()
    host, port = address()
    allow_host(host)
    os.environ["VAR_DIR"] = str(var_dir() / "full")
    var = var_dir()
    make_secrets(var)
    os.chdir(TOOLS.parent)
    raise_on_signals()
    try:
        with services(var) as urls, ExitStack() as running:
            environment = {**os.environ, **urls, "PROMETHEUS_MULTIPROC_DIR": str(_empty(var / "metrics"))}
            if start([sys.executable, TOOLS / "prepare.py"], env=environment).wait():
                raise Failure("没有启动:原因见上。")
            parts = {}
            for name, arguments, death_signal in _parts(host, port, var):
                parts[name] = start(
                    [sys.executable, "-m", *arguments],
                    death_signal=death_signal,
                    env=environment,
                    start_new_session=True,  # the terminal's Ctrl-C comes to us, and we stop them in order
                )
                running.callback(stop, parts[name], grace=20)
            print(f"\n请在浏览器打开 {url(host, port)}  (按 Ctrl-C 停止)", flush=True)
            _watch(parts)
    except Stopped:
        return 0


def _parts(host: str, port: int, var: Path) -> list[tuple[str, list[str], int]]:
    """(name, module and arguments, signal when we die) in the order of starting; stopping goes backwards."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    celery = ["celery", "-A", "vaxcampaign", "--quiet"]
    schedule = str(var / "celerybeat-schedule")
    return [
        # Their broker dies with us, and either shutdown of a worker waits for it; tasks are acknowledged late, so
        # one that is cut off runs again. The worker's own children follow it by the same means.
        ("worker", [*celery, "worker", "-c", "2", "-l", "WARNING"], signal.SIGKILL),
        ("beat", [*celery, "beat", "-s", schedule, "--pidfile=", "-l", "WARNING"], signal.SIGKILL),
        (
            "web",
            ["gunicorn", "vaxcampaign.wsgi", "--bind", bind, "--workers", "2", "--worker-class", "sync"]
            + ["--timeout", "120", "--log-level", "warning", "--no-control-socket"],
            signal.SIGTERM,
        ),
    ]


def _empty(folder: Path) -> Path:
    """Where the web processes add up what they count; what those of an earlier start counted is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _watch(parts: dict[str, subprocess.Popen]) -> None:
    """Wait until one part ends, which none should."""
    while True:
        for name, process in parts.items():
            if process.poll() is not None:
                raise Failure(f"{name} 自己结束了(退出码 {process.returncode}),全部停止。")
        time.sleep(0.5)


if __name__ == "__main__":
    main_or_sentence(main)
