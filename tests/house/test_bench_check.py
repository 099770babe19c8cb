"""`make bench-check` names what misses its target and what was never measured."""

from datetime import UTC, datetime

from bench import check

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def line(id, engine="sqlite", ok=True):
    return {"id": id, "engine": engine, "title": "t", "verdicts": [["1.9 ≤ 1.5", ok]]}


def test_a_later_run_replaces_its_own_lines_only(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "RESULTS", tmp_path / "var" / "bench.json")
    check.keep([line("P1"), line("P4", ok=False)], small=False, now=NOW)
    check.keep([line("P1", ok=False)], small=True, now=NOW)
    assert [(kept["id"], kept["small"]) for kept in check.kept()] == [("P4", False), ("P1", True)]
    faults = check.faults(check.kept())
    assert faults[0] == "P4 on sqlite (t, 2026-11-22 08:00): missed 1.9 ≤ 1.5"
    assert "P1 on sqlite: not measured at full size" in faults
    assert "P4 on sqlite: not measured at full size" not in faults


def test_it_is_silent_when_all_is_well(monkeypatch, capsys):
    every = [line(id, engine) | {"at": "now", "small": False} for id, engine in check.EXPECTED]
    monkeypatch.setattr(check, "kept", lambda: every)
    assert check.main() == 0
    monkeypatch.setattr(check, "kept", list)
    assert check.main() == 1 and "P12 on postgresql: not measured" in capsys.readouterr().out
