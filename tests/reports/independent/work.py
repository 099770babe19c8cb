"""The work behind the figures: visits, rides, publicity, plans handed in, key groups, the doctors' list; what a bulletin tells."""

from datetime import date

from tests.reports.independent.asking import COUNTED, GIVEN, OF_AGE, Asked, midnight, rows, sums

_DONE = "{of}.{key} IN (SELECT resident_id FROM given)"


def visits(asked: Asked, since: date) -> dict[str, int]:
    """走访 of people of the place from ``since`` to the day: {times, people, promised, rides}."""
    columns = "COUNT(*), COUNT(DISTINCT v.resident_id), COUNT(DISTINCT CASE WHEN v.promised_on IS NOT NULL THEN v.resident_id END)"
    sql = f"""SELECT {columns} FROM residents_outreach v JOIN residents_resident p ON p.id = v.resident_id
        WHERE p.village_code LIKE %(under)s AND v.at >= %(from)s AND v.at < %(end)s"""
    [numbers] = rows(sql, asked, **{"from": midnight(since)})
    sql = """SELECT COUNT(*) FROM residents_liftrequest l JOIN residents_resident p ON p.id = l.resident_id
        WHERE p.village_code LIKE %(under)s AND l.state = 'done' AND l."on" >= %(since)s AND l."on" <= %(day)s"""
    [(rides,)] = rows(sql, asked, since=since)
    return dict(zip(("times", "people", "promised"), numbers, strict=True)) | {"rides": rides}


def publicity(asked: Asked, since: date) -> dict[tuple[str, str], int]:
    """宣传统计 from ``since`` to the day, without what was corrected since: {(village, kind): count}."""
    sql = """SELECT v.name, c.kind, SUM(c.count) FROM residents_publicitycount c JOIN places_place v ON v.id = c.place_id
        WHERE v.code LIKE %(under)s AND c.day >= %(since)s AND c.day <= %(day)s AND c.superseded_by_id IS NULL
        GROUP BY v.name, c.kind"""
    return {(village, kind): int(n) for village, kind, n in rows(sql, asked, since=since) if n}


def groups(asked: Asked) -> dict[tuple[str, str], tuple[int, int]]:
    """重点人群统计: people of the register who carry a group, and those of them with a dose: {(village, group): (people, done)}."""
    sql = f"""WITH {GIVEN} SELECT v.name, g.code, COUNT(*), SUM(CASE WHEN {_DONE.format(of="p", key="id")} THEN 1 ELSE 0 END)
        FROM residents_resident p JOIN places_place v ON v.id = p.village_id
            JOIN residents_resident_priority_groups m ON m.resident_id = p.id
            JOIN campaigns_prioritygroup g ON g.id = m.prioritygroup_id
        WHERE p.village_code LIKE %(under)s AND p.removed_on IS NULL AND g.campaign_id IS NULL GROUP BY v.name, g.code"""
    return {(village, group): (n, int(done)) for village, group, n, done in rows(sql, asked)}


def leading(asked: Asked) -> dict[tuple[str, str], tuple[int, int]]:
    """党员, 村两委 and the others of their households (S72): {(village, party/official/family): (people, done)}."""
    tagged = """SELECT r.resident_id FROM residents_resident_tags r JOIN residents_tag t ON t.id = r.tag_id
        JOIN residents_resident x ON x.id = r.resident_id WHERE x.removed_on IS NULL AND t.code IN ({tags})"""
    both = tagged.format(tags="'party', 'official'")
    wholes = {tag: f"p.id IN ({tagged.format(tags=repr(tag))})" for tag in ("party", "official")}
    wholes[
        "family"
    ] = f"""p.id NOT IN ({both}) AND p.household_id IN (SELECT household_id FROM residents_resident
        WHERE household_id IS NOT NULL AND id IN ({both}))"""
    found = {}
    for what, condition in wholes.items():
        sql = f"""WITH {GIVEN} SELECT v.name, COUNT(*), SUM(CASE WHEN {_DONE.format(of="p", key="id")} THEN 1 ELSE 0 END)
            FROM residents_resident p JOIN places_place v ON v.id = p.village_id
            WHERE p.village_code LIKE %(under)s AND p.removed_on IS NULL AND {condition} GROUP BY v.name"""
        found |= {(village, what): (n, int(done)) for village, n, done in rows(sql, asked)}
    return found


def doctors(asked: Asked) -> dict[str, int]:
    """医生鉴定清单 (S109): people of the campaign's age on the register: who says 禁忌 and waits for a doctor, who came from elsewhere
    without a dose and was never asked, who is deferred."""
    held = """EXISTS (SELECT 1 FROM residents_hold h WHERE h.enrolment_id = e.id AND h.lifted_at IS NULL
        AND {how})"""
    columns = {
        "said": held.format(how="h.kind = 'self'"),
        "incoming": f"""substr(p.residence, 1, 3) = 'in_' AND NOT {_DONE.format(of="p", key="id")}
            AND NOT EXISTS (SELECT 1 FROM residents_hold h WHERE h.enrolment_id = e.id)""",
        "not_yet": held.format(how="h.kind = 'defer' AND h.until > %(day)s"),
    }
    sql = f"""WITH {GIVEN} SELECT {sums(columns)} FROM residents_enrolment e JOIN residents_resident p ON p.id = e.resident_id
        WHERE e.campaign_id = %(campaign)s AND p.village_code LIKE %(under)s AND e.unit_code <> '' AND {OF_AGE}"""
    [numbers] = rows(sql, asked)
    return {name: int(n or 0) for name, n in zip(columns, numbers, strict=True)}


def planned(asked: Asked, since: date, until: date) -> int | None:
    """People of the plans handed in whose days all lie in the period; None where there is none."""
    sql = """SELECT SUM(r.people) FROM residents_planrow r JOIN residents_submission s ON s.id = r.submission_id
            JOIN residents_submissioncall c ON c.id = s.call_id JOIN places_place v ON v.id = s.place_id
        WHERE v.code LIKE %(under)s AND c.campaign_id = %(campaign)s AND c.closed_at IS NULL
            AND s.state IN ('submitted', 'accepted') AND r.from_on >= %(since)s AND r.to_on <= %(until)s"""
    [(people,)] = rows(sql, asked, since=since, until=until)
    return None if people is None else int(people)


def handed_in(asked: Asked) -> int:
    """上报的接种计划: lines of the plans that were handed in and not sent back, of calls that are not closed."""
    sql = """SELECT COALESCE(SUM(r.people), 0) FROM residents_planrow r JOIN residents_submission s ON s.id = r.submission_id
            JOIN residents_submissioncall c ON c.id = s.call_id JOIN places_place v ON v.id = s.place_id
        WHERE v.code LIKE %(under)s AND c.campaign_id = %(campaign)s AND c.closed_at IS NULL AND c.kind = 'plan'
            AND s.state IN ('submitted', 'accepted')"""
    [(people,)] = rows(sql, asked)
    return int(people)


def sessions(asked: Asked, since: date) -> dict[str, int]:
    """Sessions from ``since`` to the day at the sites, without those called off: {kind: how many}."""
    sql = """SELECT cs.kind, COUNT(*) FROM appointments_clinicsession cs JOIN places_site s ON s.id = cs.site_id
            JOIN places_place o ON o.id = s.place_id
        WHERE o.code LIKE %(under)s AND cs.campaign_id = %(campaign)s AND cs.state <> 'cancelled'
            AND cs."on" >= %(since)s AND cs."on" <= %(day)s GROUP BY cs.kind"""
    return dict(rows(sql, asked, since=since))


def waiting(asked: Asked) -> dict[str, int]:
    """What a bulletin says of those who wait: {R01 … "": people without a dose by noted reason; overdue, due_soon: target persons
    who have begun and may have the next dose (past its last day; within a week)}."""
    sql = f"""WITH {GIVEN}, {COUNTED} SELECT reason, COUNT(*) FROM counted
        WHERE on_target AND NOT {_DONE.format(of="counted", key="resident_id")} GROUP BY reason"""
    found = dict(rows(sql, asked))
    columns = {
        "overdue": """due_from <= %(day)s AND due_to < %(day)s
            AND (status = 'open' OR (status = 'hold' AND hold_until <= %(day)s))""",
        "due_soon": """due_from <= %(soon)s AND (status = 'open' OR (status = 'hold' AND hold_until <= %(soon)s))""",
    }
    soon = date.fromordinal(asked.day.toordinal() + 7)
    sql = f"WITH {COUNTED} SELECT {sums(columns)} FROM counted WHERE on_target AND next_dose >= 2"
    [numbers] = rows(sql, asked, soon=soon)
    return found | {name: int(n or 0) for name, n in zip(columns, numbers, strict=True)}


def registered(asked: Asked) -> int:
    """Everybody on the registers of the place."""
    sql = "SELECT COUNT(*) FROM residents_resident WHERE village_code LIKE %(under)s AND removed_on IS NULL"
    [(people,)] = rows(sql, asked)
    return people
