"""Tasks (任务): which one a place is measured against, what it is a percentage of, where each village stands."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

from tests.reports.independent.asking import COUNTED, Asked, as_day, rows
from tests.reports.independent.coverage import between

Task = tuple[int, date, date | None]  # how many, by when, counted from which day


def given_out(asked: Asked, kind: str, cohort: str = "") -> dict[str, Task]:
    """The task in force of each place by its code: the next to fall due, after the last day the last one."""
    sql = """SELECT o.code, t.quantity, t.due_on, t.starts_on FROM reports_target t JOIN places_place o ON o.id = t.place_id
        WHERE t.campaign_id = %(campaign)s AND t.kind = %(kind)s AND t.cohort = %(cohort)s AND t.group_no = ''
            AND t.superseded_at IS NULL AND o.code LIKE %(under)s ORDER BY t.due_on DESC"""
    found: dict[str, Task] = {}
    for code, quantity, due_on, starts_on in rows(sql, asked, kind=kind, cohort=cohort):
        if code not in found or as_day(due_on) >= asked.day:  # the later ones came first
            found[code] = quantity, as_day(due_on), as_day(starts_on)
    return found


def shared_out(asked: Asked, code: str, kind: str, due_on: date | None) -> tuple[int | None, int]:
    """(the own task of the place that falls due on that day or next after it, the tasks of its villages for that very day)."""
    if due_on is None:
        return None, 0
    goal = given_out(replace(asked, day=due_on), kind).get(code)
    sql = """SELECT COALESCE(SUM(t.quantity), 0) FROM reports_target t JOIN places_place o ON o.id = t.place_id
        WHERE t.campaign_id = %(campaign)s AND t.kind = %(kind)s AND t.cohort = '' AND t.group_no = ''
            AND t.superseded_at IS NULL AND t.due_on = %(due_on)s AND o.code LIKE %(under)s AND o.code <> %(code)s"""
    [(assigned,)] = rows(sql, asked, kind=kind, due_on=due_on, code=code)
    return goal and goal[0], int(assigned)


def groups_of(asked: Asked, village: str) -> dict[str, int]:
    """Target persons of a village by the 组 in which they are registered there; "": in none, or registered elsewhere."""
    own = "CASE WHEN village_code = unit THEN group_no ELSE '' END"
    sql = f"""WITH {COUNTED} SELECT {own}, COUNT(*) FROM counted WHERE on_target AND unit = %(village)s GROUP BY {own}"""
    return dict(rows(sql, asked, village=village))


def of_base(asked: Asked) -> dict[int, tuple[int, int, int]]:
    """Tasks that are a percentage of a kept base and of everybody in it: {target id: (as given out, as the base says, rounded up
    for every unit, people in the base)}."""
    sql = """SELECT t.id, t.quantity, t.percent, (SELECT COUNT(*) FROM residents_registermember m
            WHERE m.version_id = t.base_id AND m.is_target AND substr(m.unit_code, 1, length(u.prefix)) = u.prefix)
        FROM reports_target t JOIN (SELECT id, code, CASE level WHEN 'county' THEN substr(code, 1, 6)
                WHEN 'town' THEN substr(code, 1, 9) ELSE code END AS prefix FROM places_place) u ON u.id = t.place_id
        WHERE t.campaign_id = %(campaign)s AND t.basis = 'percent' AND t.cohort = '' AND t.group_no = ''
            AND u.code LIKE %(under)s"""
    found = {}
    for pk, quantity, percent, people in rows(sql, asked):
        found[pk] = quantity, ceil(people * Fraction(Decimal(str(percent))) / 100), people
    return found


def standings(asked: Asked, kind: str, today: date) -> dict[str, dict]:
    """Each village with a task at the end of the day: {village: {quantity, done, today, missing, pace, days_left, forecast}}.

    Pace: how many a day are needed to be in time; forecast: when it is done, going on as in the last seven finished days.
    """
    last = min(asked.day, today - timedelta(days=1))
    spells = {
        "done": between(asked, None, asked.day),
        "today": between(asked, asked.day, asked.day),
        "lately": between(asked, last - timedelta(days=6), last),
    }
    given, found = given_out(asked, kind), {}
    earlier = {
        start: between(asked, None, start - timedelta(days=1)) for _, _, start in given.values() if start
    }
    for code, (quantity, due_on, starts_on) in given.items():
        numbers = {name: values.get(code, {}).get(kind, 0) for name, values in spells.items()}
        if starts_on:
            numbers["done"] -= earlier[starts_on].get(code, {}).get(kind, 0)
        missing, days = max(0, quantity - numbers["done"]), max(0, (due_on - asked.day).days)
        lately, ahead = numbers.pop("lately"), None
        if missing and lately > 0:
            ahead = asked.day + timedelta(days=ceil(Fraction(7 * missing, lately)))
        found[code] = numbers | {
            "quantity": quantity,
            "missing": missing,
            "pace": ceil(Fraction(missing, max(1, days))),
            "days_left": days,
            "forecast": ahead,
        }
    return found
