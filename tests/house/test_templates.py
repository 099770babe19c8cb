"""Templates ask models what a state means; they do not compare stored codes."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
_RAW = re.compile(r"""{%\s*(?:el)?if[^%]*\b(?:status|state|stage|outcome)\s*(?:==|!=|in)\s*["']""")

# These still do. Mend one, take it off the list; nothing is added.
_NOT_YET = {
    "templates/appointments/session.html",
    "templates/residents/_import_state.html",
    "templates/residents/import_detail.html",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_raw_state_is_compared(path):
    compares = bool(_RAW.search(path.read_text(encoding="utf-8")))
    assert compares == (path.relative_to(ROOT).as_posix() in _NOT_YET)
