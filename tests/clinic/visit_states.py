"""docs/visit-states.md read as data: the one source of what may follow what."""

from collections.abc import Iterator
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "visit-states.md"


def cells() -> Iterator[tuple[str, str, str]]:
    """(stage, deed, result) for every cell of the table; a result is a stage or the code of a refusal."""
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    deeds = rows[0][1:]
    for stage, *results in rows[2:]:
        for deed, result in zip(deeds, results, strict=True):
            yield stage, deed, result
