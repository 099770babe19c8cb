"""`make bench`: every figure beside the raw limit and a peer, measured in the same run.

    python -m bench [--only P1,P4,P5,P9] [--rows N] [--quick] [--engines sqlite,postgresql] [--rounds N] [--work DIR]

This program only arranges: for each engine it starts ``bench.engine`` with an empty database of its own (PostgreSQL from
the wheel, through ``tools/with_services.py``), collects the lines, prints the table and keeps them in ``var/bench.json``;
``--check`` (`make bench-check`) reads that file and names the lines that miss their target.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench import check, table
from bench.environment import ROOT, environment

ENGINES = ("sqlite", "postgresql")
QUICK = {"rows": 5_000, "people": 50_000, "doses": 40, "per_site": 100}
FULL = {"rows": 100_000, "people": 1_000_000, "doses": 400, "per_site": 1_000}


def main() -> int:
    """1 when a target is missed, so that a pipeline can tell; 2 when a measurement broke."""
    options = _options()
    if options.check:
        return check.main()
    size = QUICK if options.quick else FULL
    results, broken = [], False
    for engine in options.engines.split(","):
        with tempfile.TemporaryDirectory(prefix="vax-bench-", ignore_cleanup_errors=True) as scratch:
            work = (options.work or Path(scratch)) / engine
            work.mkdir(parents=True, exist_ok=True)
            Path(scratch).chmod(0o711)
            out = work / "lines.json"
            out.unlink(missing_ok=True)
            settings = {
                "engine": engine,
                **{name: getattr(options, name) or usual for name, usual in size.items()},
                "rounds": options.rounds,
                "peer_rounds": options.peer_rounds,
                "only": options.only.split(",") if options.only else [],
                "work": str(work),
            }
            broken |= _run(engine, settings, work) != 0
            if out.exists():
                results += json.loads(out.read_text())
    table.show(results)
    small = any((getattr(options, name) or usual) < FULL[name] for name, usual in size.items())
    check.keep(results, small=small, now=datetime.now(UTC))
    missed = any(not ok for line in results for _, ok in line["verdicts"])
    return 2 if broken else int(missed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="ids of lines, e.g. P4,P10")
    parser.add_argument("--rows", type=int, default=0, help="rows of the census file (100000)")
    parser.add_argument("--people", type=int, default=0, help="people on the full register (1000000)")
    parser.add_argument("--doses", type=int, default=0, help="doses in each round of the floor (400)")
    parser.add_argument(
        "--per-site", type=int, default=0, help="people of each of the five sites on the day (1000)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="small: 5000 rows, 50000 people, 40 doses, 100 a site"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-rounds", type=int, default=1, help="rounds of slow peers (minutes each)")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument(
        "--check", action="store_true", help="name the lines that miss their target, by the last results"
    )
    parser.add_argument("--work", type=Path, help="keep the generated register here and use it again")
    return parser.parse_args()


def _run(engine: str, settings: dict, work: Path) -> int:
    told = environment(
        work, DJANGO_SETTINGS_MODULE="bench.settings", JOBS_BACKEND="inline", BENCH=json.dumps(settings)
    )
    command = [sys.executable, "-m", "bench.engine"]
    if engine == "postgresql":
        # A kept folder makes the server flush its commits as one in production does.
        services = [
            sys.executable,
            "tools/with_services.py",
            "--data",
            str(work / "servers"),
            "--with-parent",
        ]
        command = services + command
    return subprocess.run(command, cwd=ROOT, env=told, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
