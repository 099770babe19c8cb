"""Rosters: schools by grade and class (domain §7.3), by day (S36); the staff of shops and their 安心便签 (S80)."""

from tests.reports.independent.asking import GIVEN, OF_AGE, Asked, by_key, rows, sums

# Everybody who stands on a roster today and is on a register, with the place in the campaign.
_ROLLED = f"""
    rolled AS (
        SELECT r.organisation_id, g.name, g.kind, g.shop_type, v.name AS village, r.grade, r.class_no, r.home_county,
               r.confirmed_at, p.id AS resident_id, p.conditions, e.id AS enrolment_id, e.status,
               e.unit_code <> '' AND {OF_AGE} AS on_target
        FROM residents_rosterentry r JOIN places_organisation g ON g.id = r.organisation_id
            JOIN places_place v ON v.id = g.place_id JOIN residents_resident p ON p.id = r.resident_id
            LEFT JOIN residents_enrolment e ON e.resident_id = p.id AND e.campaign_id = %(campaign)s
        WHERE r.until IS NULL AND p.removed_on IS NULL AND g.is_active AND v.code LIKE %(under)s
    )"""
_REACHED = "rolled.resident_id IN (SELECT resident_id FROM given WHERE {when})"
_CONSENTS = """EXISTS (SELECT 1 FROM residents_consent c WHERE c.enrolment_id = rolled.enrolment_id AND c.given
    AND c.withdrawn_at IS NULL AND c.invalidated_at IS NULL)"""


def classes(asked: Asked) -> dict[tuple[str, int | None, str], dict[str, int]]:
    """学校年级班汇总: {(school, grade, class): {people, target, agreed, first, second, none, ill, deferred, contra, outside}}."""
    columns = {
        "people": "1 = 1",
        "target": "on_target",
        "agreed": _CONSENTS,
        "first": _REACHED.format(when="n = 1"),
        "second": _REACHED.format(when="n = 2"),
        "none": f"NOT {_REACHED.format(when='n = 1')}",
        "ill": "conditions <> ''",
        "deferred": "status IN ('hold', 'review')",
        "contra": "status = 'contra'",
        "outside": "home_county <> ''",
    }
    sql = f"""WITH {GIVEN}, {_ROLLED} SELECT {sums(columns, before=["name", "grade", "class_no"])} FROM rolled
        WHERE kind = 'school' GROUP BY name, grade, class_no"""
    return by_key(rows(sql, asked), columns, keys=3)


def days(asked: Asked) -> dict[str, dict[str, int]]:
    """学校每日接种 at the end of the day: {school: {people, target, left, today_1, today_2, today_more, until_1, until_2}}."""
    people = {
        "people": "1 = 1",
        "target": "on_target",
        "left": f"on_target AND NOT {_REACHED.format(when='given_on <= %(day)s')}",
    }
    doses = {
        "today_1": "given_on = %(day)s AND n = 1",
        "today_2": "given_on = %(day)s AND n = 2",
        "today_more": "given_on = %(day)s AND n > 2",
        "until_1": "given_on <= %(day)s AND n = 1",
        "until_2": "given_on <= %(day)s AND n = 2",
    }
    of_people = f"""WITH {GIVEN}, {_ROLLED} SELECT {sums(people, before=["name"])} FROM rolled WHERE kind = 'school'
        GROUP BY name"""
    of_doses = f"""WITH {GIVEN}, {_ROLLED} SELECT {sums(doses, before=["name"])} FROM rolled
        JOIN given ON given.resident_id = rolled.resident_id WHERE kind = 'school' GROUP BY name"""
    found = by_key(rows(of_people, asked), people)
    for school, values in by_key(rows(of_doses, asked), doses).items():
        found[school] |= values
    return found


def stickers(asked: Asked) -> dict[tuple[str, str], dict[str, int]]:
    """安心便签: shops in use and stickers on their doors: {(village, type of shop): {shops, shown}}."""
    columns = {
        "shops": "1 = 1",
        "shown": """EXISTS (SELECT 1 FROM residents_sticker k WHERE k.organisation_id = g.id
            AND k.revoked_on IS NULL)""",
    }
    sql = f"""SELECT {sums(columns, before=["v.name", "g.shop_type"])} FROM places_organisation g
        JOIN places_place v ON v.id = g.place_id
        WHERE g.kind = 'shop' AND g.is_active AND v.code LIKE %(under)s GROUP BY v.name, g.shop_type"""
    return by_key(rows(sql, asked), columns, keys=2)


def staff(asked: Asked) -> dict[tuple[str, str], dict[str, int]]:
    """The staff of each shop: {(village, shop): {people, done, excused, missing}}. Done: the whole primary course; excused: not
    done, and a doctor says 禁忌 or outside the ages of the campaign's rules."""
    done, excused = _REACHED.format(when="n = need"), "status IN ('contra', 'ineligible')"
    columns = {
        "people": "1 = 1",
        "done": done,
        "excused": f"{excused} AND NOT {done}",
        "missing": f"(status IS NULL OR NOT {excused}) AND NOT {done}",
    }
    sql = f"""WITH {GIVEN}, {_ROLLED} SELECT {sums(columns, before=["village", "name"])} FROM rolled WHERE kind = 'shop'
        GROUP BY village, name"""
    return by_key(rows(sql, asked), columns, keys=2)
