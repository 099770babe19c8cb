"""What the engine says of a statement (EXPLAIN)."""

import json
import re

from django.db import connection

_TABLE = re.compile(r"SCAN (\S+)")


def discarded(sql: str, values: tuple) -> tuple[int, str]:
    """(most rows that one step reads and throws away, that step). PostgreSQL counts them while it runs the statement;
    SQLite names the tables that it reads from end to end, whose rows are counted here unless they are all wanted."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
            (plan,) = cursor.fetchone()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        return max(_steps(plan[0]["Plan"]), key=lambda step: step[0])
    return _scanned(sql, values)


def read_by(sql: str, values: tuple) -> str:
    """How each table is read, in a line."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            return "; ".join(row[-1] for row in cursor.fetchall())
        cursor.execute(f"EXPLAIN {sql}", values)
        rows = [row[0].strip(" ->").partition("  (cost")[0] for row in cursor.fetchall()]
    return "; ".join(row for row in rows if "Scan" in row)


def _steps(plan: dict) -> list[tuple[int, str]]:
    thrown = sum(plan.get(key, 0) for key in plan if key.startswith("Rows Removed"))
    where = plan.get("Index Name") or plan.get("Relation Name") or ""
    mine = (int(thrown * plan.get("Actual Loops", 1)), f"{plan['Node Type']} {where}".strip())
    return [mine, *(step for part in plan.get("Plans", ()) for step in _steps(part))]


def _scanned(sql: str, values: tuple) -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        steps = [row[-1] for row in cursor.fetchall()]
        cursor.execute(sql, values)
        given, most = len(cursor.fetchall()), (0, "")
        for step in steps:
            found = _TABLE.match(step)
            if not found or found[1].startswith(("(", "CONSTANT")):
                continue
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name = %s", [found[1]])
            if cursor.fetchone():
                cursor.execute(f"SELECT COUNT(*) FROM {found[1]}")
                most = max(most, (cursor.fetchone()[0] - given, step))
    return most
