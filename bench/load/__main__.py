"""`make load`: pages under load, on real PostgreSQL and Valkey, gunicorn as deploy/ configures it and two Celery workers.

    python -m bench.load [--people 1000000] [--seconds 60] [--cadres N] [--teams N] [--offices N] [--downloads N] [--work DIR]

Everybody works for so many seconds, then the floor and the cadres alone; each answer is checked for its status and for what
must stand on it. Prints how long each page took and what went wrong. Exit 1 on any error or when the books do not agree.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.environment import ROOT, environment


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="vax-load-", ignore_cleanup_errors=True) as scratch:
        Path(scratch).chmod(0o711)
        work = (options.work or Path(scratch)) / "postgresql"
        (work / "static").mkdir(parents=True, exist_ok=True)
        size = {name: value for name, value in vars(options).items() if name != "work"} | {"work": str(work)}
        told = environment(work, DJANGO_SETTINGS_MODULE="bench.load.settings", BENCH_LOAD=json.dumps(size))
        services = ["tools/with_services.py", "--data", str(work / "servers"), "--with-parent"]
        command = [sys.executable, *services, sys.executable, "-m", "bench.load.run"]
        return subprocess.run(command, cwd=ROOT, env=told, check=False).returncode


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000, help="people on the register (100000)")
    parser.add_argument("--seconds", type=int, default=60, help="length of each of the two phases")
    parser.add_argument("--warm", type=int, default=10, help="seconds before that are not counted")
    parser.add_argument("--pace", type=float, default=1.0, help="think times are multiplied by this")
    parser.add_argument("--cadres", type=int, default=18)
    parser.add_argument(
        "--teams", type=int, default=9, help="floor teams; one at each of five sites, the rest at one more"
    )
    parser.add_argument("--offices", type=int, default=6, help="the first is the county's")
    parser.add_argument("--downloads", type=int, default=3)
    parser.add_argument(
        "--per-site", type=int, default=400, help="people of each of the five sites on the day"
    )
    workers = 2 * (os.cpu_count() or 2) + 1
    parser.add_argument(
        "--workers", type=int, default=workers, help="web processes (two a processor, and one)"
    )
    parser.add_argument(
        "--pools", type=int, choices=(1, 2), default=2, help="2: pages of reports have processes of their own"
    )
    parser.add_argument("--work", type=Path, help="keep the generated register here and use it again")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
