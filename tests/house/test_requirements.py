"""docs/requirements.md tells the truth: all ids, known states, and tests that carry the markers it names."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATES = {"done", "partly", "later", "people"}
_MARKER = re.compile(r"""requirement\(\s*["'](S\d+)["']""")


def _table() -> dict[str, dict[str, str]]:
    rows = {}
    for line in (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if re.fullmatch(r"S\d+", cells[0]):
            assert cells[0] not in rows, f"{cells[0]} stands twice"
            rows[cells[0]] = dict(zip(("what", "state", "where", "tests"), cells[1:], strict=True))
    return rows


def _marked() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        if path.resolve() != Path(__file__).resolve():
            for number in _MARKER.findall(path.read_text(encoding="utf-8")):
                found.setdefault(number, set()).add(path.relative_to(ROOT).as_posix())
    return found


def test_every_id_stands_in_the_table():
    assert list(_table()) == [f"S{n}" for n in range(1, 121)]


def test_states_are_known_and_rows_are_filled():
    for number, row in _table().items():
        assert row["state"] in STATES, number
        assert len(row["what"]) > 10, number
        assert row["where"] or row["state"] in {"later", "people"}, f"{number}: where is it?"


def test_done_is_proved_by_a_marked_test():
    marked = _marked()
    assert [n for n, row in _table().items() if row["state"] == "done" and n not in marked] == []


def test_marked_requirements_are_not_called_missing():
    table = _table()
    assert [
        n for n in _marked() if table[n]["state"] in {"later", "people"} and table[n]["where"] == ""
    ] == []


def test_named_tests_carry_the_marker():
    marked = _marked()
    for number, row in _table().items():
        for path in re.findall(r"`(tests/[^`]+)`", row["tests"]):
            assert path in marked.get(number, set()), f"{number}: {path} does not carry the marker"
