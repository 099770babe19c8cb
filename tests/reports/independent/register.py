"""People of the register by village and by who answers for them: 漏斗 and 零消号 (S108, S109), 未接种, 老年人 (domain §7.2, §7.7),
the phases of the campaign."""

import json
from datetime import date

from tests.reports.independent.answering import name_of
from tests.reports.independent.asking import COUNTED, GIVEN, REGISTERED, Asked, as_day, by_key, rows, sums

_DONE = "{of}.resident_id IN (SELECT resident_id FROM given WHERE given_on <= %(day)s)"
_IN_FORCE = "h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(day)s)"


def _held(how: str) -> str:
    return f"""EXISTS (SELECT 1 FROM residents_hold h WHERE h.enrolment_id = registered.enrolment_id AND {_IN_FORCE}
        AND {how})"""


# Everybody of the campaign's age on the register of a village is in exactly one of these, the first that fits.
_PART = f"""CASE
    WHEN substr(residence, 1, 3) = 'in_' AND {_DONE.format(of="registered")} THEN 'in_done'
    WHEN substr(residence, 1, 3) = 'in_' THEN 'in_left'
    WHEN {_DONE.format(of="registered")} THEN 'done'
    WHEN {_held("h.kind = 'contra' AND h.scope = 'all'")} THEN 'contra'
    WHEN {_held("h.kind = 'self'")} THEN 'self'
    WHEN residence IN ('away_county', 'away_province', 'away_abroad') THEN 'away'
    WHEN {_held("h.kind = 'defer'")} OR status IN ('review', 'ineligible', 'out') THEN 'later'
    ELSE 'left' END"""
_VISITED = "EXISTS (SELECT 1 FROM residents_outreach o WHERE o.resident_id = counted.resident_id)"


def _of_unit(by_who: bool, of: str) -> tuple[list[str], str]:
    keys = ["unit", f"{name_of(of)} AS who"] if by_who else ["unit"]
    return keys, "unit, who" if by_who else "unit"


def parts(asked: Asked, *, by_who: bool = False) -> dict:
    """The parts of the funnel: {village (or (village, who answers)): {part: people}}."""
    keys, group = _of_unit(by_who, "registered")
    sql = f"""WITH {GIVEN}, {REGISTERED} SELECT {", ".join(keys)}, {_PART} AS part, COUNT(*)
        FROM registered WHERE of_age GROUP BY {group}, part"""
    found: dict = {}
    for *key, part, n in rows(sql, asked):
        found.setdefault(tuple(key) if by_who else key[0], {})[part] = n
    return found


def funnel(asked: Asked) -> dict[str, dict[str, int]]:
    """漏斗 of each village, as its words define the steps."""
    found = {}
    for village, n in parts(asked).items():
        local = sum(people for part, people in n.items() if not part.startswith("in_"))
        incoming = n.get("in_done", 0) + n.get("in_left", 0)
        steps = {"hukou": local, "able": n.get("done", 0) + n.get("left", 0), "inflow": incoming}
        kept = {part: people for part, people in n.items() if part != "in_left"}
        steps = steps | kept | {"all": local + incoming}
        found[village] = {step: people for step, people in steps.items() if people}
    return found


def zero(asked: Asked, *, by_who: bool) -> dict:
    """零消号: who must still be seen to, and who is struck off; {village (or (village, who)): {column: people}}."""
    found = {}
    for key, n in parts(asked, by_who=by_who).items():
        still = {part: n.get(part, 0) for part in ("left", "self", "later", "in_left")}
        done = {"done": n.get("done", 0) + n.get("in_done", 0)}
        off = {part: n.get(part, 0) for part in ("contra", "away")}
        columns = {"all": sum(n.values()), "open": sum(still.values())} | still | done | off
        found[key] = {column: people for column, people in columns.items() if people}
    return found


def unvaccinated(asked: Asked, *, by_who: bool) -> dict:
    """Target persons without a dose: {unit (or (unit, who answers)): {people, elder, visited, R01 … R99, untold}}."""
    codes = [f"R{n:02d}" for n in (*range(1, 15), 99)]
    columns = {"people": "1 = 1", "elder": "birth_date <= %(born_60)s", "visited": _VISITED}
    columns |= {code: f"reason = '{code}'" for code in codes} | {"untold": "reason = ''"}
    keys, group = _of_unit(by_who, "counted")
    sql = f"""WITH {GIVEN}, {COUNTED} SELECT {sums(columns, before=keys)} FROM counted
        WHERE on_target AND NOT {_DONE.format(of="counted")} GROUP BY {group}"""
    return by_key(rows(sql, asked), columns, keys=1 + by_who)


def elders(asked: Asked) -> dict[str, dict[str, int]]:
    """Target persons of 60 and over, of 80 and over, by how far they are, and who sees to those without a dose."""
    reached = """counted.resident_id IN (SELECT resident_id FROM given WHERE given_on <= %(day)s
        AND {when})"""
    states = {
        "due": "1 = 1",
        "first": reached.format(when="n = 1"),
        "complete": reached.format(when="n = need"),
        "booster": reached.format(when="n = need + 1"),
        "none": f"NOT {_DONE.format(of='counted')}",
    }
    columns = {
        f"{name}_{age}": f"birth_date <= %(born_{age})s AND {state}"
        for age in (60, 80)
        for name, state in states.items()
    }
    care = {
        "alone": """EXISTS (SELECT 1 FROM residents_resident_tags r JOIN residents_tag t ON t.id = r.tag_id
            WHERE r.resident_id = counted.resident_id AND t.code = 'alone')""",
        "visited": _VISITED,
        "unseen": f"NOT {_VISITED}",
        "ride": """EXISTS (SELECT 1 FROM residents_liftrequest l WHERE l.resident_id = counted.resident_id
            AND l.state IN ('asked', 'arranged'))""",
    }
    columns |= {name: f"{states['none']} AND {state}" for name, state in care.items()}
    sql = f"""WITH {GIVEN}, {COUNTED} SELECT {sums(columns, before=["unit"])} FROM counted
        WHERE on_target AND birth_date <= %(born_60)s GROUP BY unit"""
    return by_key(rows(sql, asked), columns)


def phases(asked: Asked) -> dict[int, dict[str, int]]:
    """Of each phase by its ages: {order: {target, first, complete, left, daily}}; ``daily``: how many have to begin each day
    from today, its last day included, everybody who is left once it is over."""
    told = rows(
        'SELECT "order", cohort, ends_on FROM campaigns_phase WHERE campaign_id = %(campaign)s', asked
    )
    found = {}
    for order, cohort, ends_on in told:
        numbers = _of_phase(asked, json.loads(cohort) if isinstance(cohort, str) else cohort)
        days = max((as_day(ends_on) - asked.day).days + 1, 1)
        numbers["daily"] = -(-numbers["left"] // days)
        found[order] = {name: n for name, n in numbers.items() if n}
    return found


def _of_phase(asked: Asked, cohort: dict) -> dict[str, int]:
    assert set(cohort) <= {"age_min", "age_max"}, "a phase of other people than an age needs its words here"
    reached = "counted.resident_id IN (SELECT resident_id FROM given WHERE {when})"
    columns = {
        "target": "1 = 1",
        "first": reached.format(when="n = 1"),
        "complete": reached.format(when="n = need"),
        "left": f"NOT {reached.format(when='n = 1')}",
    }
    high = cohort.get("age_max")
    ages = {
        "from_age": asked.born_by(cohort.get("age_min", 0)),
        "over_age": date.min if high is None else asked.born_by(high + 1),
    }
    sql = f"""WITH {GIVEN}, {COUNTED} SELECT {sums(columns)} FROM counted
        WHERE on_target AND birth_date <= %(from_age)s AND birth_date > %(over_age)s"""
    [numbers] = rows(sql, asked, **ages)
    return {name: int(n or 0) for name, n in zip(columns, numbers, strict=True)}
