"""Who is counted where, the doses and the people who reached a state (domain §7.5), and how the others stand."""

from datetime import date

from tests.reports.independent.asking import COUNTED, GIVEN, Asked, as_day, by_key, rows, sums

_DOSE_COLUMNS = {
    "dose_1": "n <= need AND n = 1",
    "dose_2": "n <= need AND n = 2",
    "dose_3": "n <= need AND n >= 3",
    "booster_1": "n = need + 1",
    "booster_2": "n > need + 1",
}
_PEOPLE_COLUMNS = {"first": "n = 1", "complete": "n = need", "booster": "n = need + 1"}


def targets(asked: Asked) -> dict[str, dict[str, int]]:
    """应种人数, all, of 60 and over, of 80 and over: {unit: {target, target_60, target_80}}."""
    names = {
        "target": "on_target",
        "target_60": "on_target AND birth_date <= %(born_60)s",
        "target_80": "on_target AND birth_date <= %(born_80)s",
    }
    sql = f"WITH {COUNTED} SELECT {sums(names, before=['unit'])} FROM counted GROUP BY unit"
    return by_key(rows(sql, asked), names)


def doses(asked: Asked, *, of_day: bool) -> dict[str, dict[str, int]]:
    """Doses by number in people whom a unit counts, of the day or until the day: {unit: {dose_1 … booster_2}}."""
    when = "=" if of_day else "<="
    sql = f"""WITH {GIVEN}, {COUNTED} SELECT {sums(_DOSE_COLUMNS, before=["unit"])}
        FROM given JOIN counted ON counted.resident_id = given.resident_id
        WHERE given_on {when} %(day)s GROUP BY unit"""
    return by_key(rows(sql, asked), _DOSE_COLUMNS)


def people(asked: Asked, *, of_day: bool = False, older: int = 0) -> dict[str, dict[str, int]]:
    """Target persons who reached 首剂, 全程, 加强 on the day or until it: {unit: {first, complete, booster}}."""
    when = "=" if of_day else "<="
    aged = f"AND birth_date <= %(born_{older})s" if older else ""
    sql = f"""WITH {GIVEN}, {COUNTED} SELECT {sums(_PEOPLE_COLUMNS, before=["unit"])}
        FROM given JOIN counted ON counted.resident_id = given.resident_id
        WHERE given_on {when} %(day)s AND on_target {aged} GROUP BY unit"""
    return by_key(rows(sql, asked), _PEOPLE_COLUMNS)


def late(asked: Asked) -> dict[str, int]:
    """补录: doses written down on the day and given before it: {unit: doses}."""
    sql = f"""WITH {GIVEN}, {COUNTED} SELECT unit, COUNT(*)
        FROM given JOIN counted ON counted.resident_id = given.resident_id
        WHERE recorded_at >= %(start)s AND recorded_at < %(end)s AND given_on < %(day)s GROUP BY unit"""
    return dict(rows(sql, asked))


def unreached(asked: Asked) -> dict[str, int]:
    """Target persons without any dose until the day: {unit: people}."""
    sql = f"""WITH {GIVEN}, {COUNTED} SELECT unit, COUNT(*) FROM counted
        WHERE on_target AND counted.resident_id NOT IN (SELECT resident_id FROM given WHERE given_on <= %(day)s) GROUP BY unit"""
    return dict(rows(sql, asked))


def between(asked: Asked, since: date | None, until: date) -> dict[str, dict[str, int]]:
    """People who reached a state in these days (since None: ever), and ``doses``: {unit: {first, complete, booster, doses}}."""
    columns = {name: f"on_target AND {when}" for name, when in _PEOPLE_COLUMNS.items()} | {"doses": "1 = 1"}
    sql = f"""WITH {GIVEN}, {COUNTED} SELECT {sums(columns, before=["unit"])}
        FROM given JOIN counted ON counted.resident_id = given.resident_id
        WHERE given_on >= %(since)s AND given_on <= %(until)s GROUP BY unit"""
    return by_key(rows(sql, asked, since=since or date.min, until=until), columns)


def states(asked: Asked) -> dict[str, dict[str, int]]:
    """How target persons stand: {unit: {contra, hold, refused}}. Who refuses: a standing signed refusal of the next dose, or
    no dose and 拒绝 as the noted reason."""
    columns = {
        "contra": "status = 'contra'",
        "hold": "status = 'hold' AND hold_until > %(day)s",
        "refused": """EXISTS (SELECT 1 FROM residents_consent c WHERE c.enrolment_id = counted.enrolment_id AND NOT c.given
            AND c.dose_number = next_dose AND c.withdrawn_at IS NULL AND c.invalidated_at IS NULL)
            OR (reason = 'R04' AND counted.resident_id NOT IN (SELECT resident_id FROM given))""",
    }
    sql = f"WITH {GIVEN}, {COUNTED} SELECT {sums(columns, before=['unit'])} FROM counted WHERE on_target GROUP BY unit"
    return by_key(rows(sql, asked), columns)


def away(asked: Asked) -> dict[str, int]:
    """外出: who is on the register of a village and lives elsewhere: {village: people}, whatever the age."""
    sql = """SELECT village_code, COUNT(*) FROM residents_resident WHERE village_code LIKE %(under)s
        AND removed_on IS NULL AND substr(residence, 1, 4) = 'away' GROUP BY village_code"""
    return dict(rows(sql, asked))


def next_doses(asked: Asked, until: date) -> dict[date, int]:
    """Who has begun and may have the next dose by ``until``: {first day on which it may be given: people}."""
    sql = f"""WITH {GIVEN}, {COUNTED} SELECT CASE WHEN hold_until > due_from THEN hold_until ELSE due_from END, COUNT(*)
        FROM counted WHERE on_target AND due_from <= %(until)s
            AND counted.resident_id IN (SELECT resident_id FROM given)
            AND (status = 'open' OR (status = 'hold' AND hold_until <= %(until)s))
        GROUP BY CASE WHEN hold_until > due_from THEN hold_until ELSE due_from END"""
    return {as_day(day): n for day, n in rows(sql, asked, until=until)}
