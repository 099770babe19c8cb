"""Everything that is measured on one engine; started by ``bench`` with the database in the environment."""

import json
import os
import sys
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import django

django.setup()

from bench.measure import say  # noqa: E402

# Imported when its turn comes: a contender in a process of its own carries only what it needs.
LINES = {
    "P1": "rollups",
    "P4": "census",
    "P5": "export",
    "P6": "daily",
    "P7": "floor",
    "P8": "booking",
    "P9": "pages",
    "P10": "search",
    "P11": "ledger",
    "P12": "sealing",
    "P13": "recall",
}


@dataclass
class Setup:
    """Sizes and places of this run."""

    engine: str
    rows: int
    people: int
    rounds: int
    peer_rounds: int
    doses: int
    per_site: int
    work: Path
    only: list[str] = field(default_factory=list)


def main() -> int:
    """Run the chosen lines and write them down, each as soon as it is known."""
    setup = Setup(**json.loads(os.environ["BENCH"]))
    setup.work = Path(setup.work)
    unknown = set(setup.only) - LINES.keys()
    if unknown:
        sys.exit(f"no such line: {', '.join(sorted(unknown))}; there are {', '.join(LINES)}")
    done: list[dict] = []
    for name, module in LINES.items():
        if setup.only and name not in setup.only:
            continue
        say(f"{name} on {setup.engine} (load {os.getloadavg()[0]:.1f})")
        for line in import_module(f"bench.lines.{module}").lines(setup):
            line.notes.append(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")
            done.append(line.as_dict())
            (setup.work / "lines.json").write_text(json.dumps(done, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
