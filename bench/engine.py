"""Everything that is measured on one engine; started by ``bench`` with the database in the environment."""

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import django

django.setup()

from bench.lines import census, floor, ledger, recall, rollups, search  # noqa: E402
from bench.measure import say  # noqa: E402

LINES = {
    "P1": rollups.lines,
    "P4": census.lines,
    "P7": floor.lines,
    "P10": search.lines,
    "P11": ledger.lines,
    "P12": recall.lines,
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
    for name, lines in LINES.items():
        if setup.only and name not in setup.only:
            continue
        say(f"{name} on {setup.engine} (load {os.getloadavg()[0]:.1f})")
        for line in lines(setup):
            line.notes.append(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")
            done.append(line.as_dict())
            (setup.work / "lines.json").write_text(json.dumps(done, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
