"""`make bench-check`: which lines miss their target, by the results kept of the last runs."""

import json
from datetime import datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "var" / "bench.json"
_ON_POSTGRESQL_ONLY = {"P7", "P8", "P11"}
_BOTH = {f"P{n}" for n in range(1, 14)} - _ON_POSTGRESQL_ONLY
# (line, engine) of everything that is to be measured.
EXPECTED = {(line, engine) for line in _BOTH for engine in ("sqlite", "postgresql")} | {
    (line, "postgresql") for line in _ON_POSTGRESQL_ONLY
}


def kept() -> list[dict]:
    """The lines of the last runs."""
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else []


def keep(lines: list[dict], *, small: bool, now: datetime) -> None:
    """Keep ``lines`` in place of earlier ones of the same id and engine; a run of some lines leaves the others."""
    measured = {(line["id"], line["engine"]) for line in lines}
    old = [line for line in kept() if (line["id"], line["engine"]) not in measured]
    new = [line | {"at": f"{now:%Y-%m-%d %H:%M}", "small": small} for line in lines]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(old + new, ensure_ascii=False, indent=1))


def faults(lines: list[dict]) -> list[str]:
    """One sentence for every target that is missed and every line that was not measured at its full size."""
    found = [
        f"{line['id']} on {line['engine']} ({line['title']}, {line['at']}): missed {target}"
        for line in lines
        for target, ok in line["verdicts"]
        if not ok
    ]
    full = {(line["id"], line["engine"]) for line in lines if not line["small"]}
    return found + [
        f"{line} on {engine}: not measured at full size" for line, engine in _sorted(EXPECTED - full)
    ]


def main() -> int:
    """1 and the sentences when there are any."""
    wrong = faults(kept())
    print("\n".join(wrong) if wrong else "every line was measured and meets its targets")
    return int(bool(wrong))


def _sorted(pairs: set[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: (int(pair[0][1:]), pair[1]))
