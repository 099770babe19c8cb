"""What lies ahead: the sessions of the coming week, who is booked, who is due without a place, who waits for a second dose."""

from datetime import date, time, timedelta

from tests.reports.independent.asking import GIVEN, REGISTERED, Asked, by_key, rows, sums

_DONE = "registered.resident_id IN (SELECT resident_id FROM given)"
_BOOKED = """SELECT 1 FROM appointments_booking b JOIN appointments_slot sl ON sl.id = b.slot_id
    JOIN appointments_clinicsession cs ON cs.id = sl.session_id WHERE b.enrolment_id = registered.enrolment_id"""
_ACTIVE = "b.state IN ('booked', 'arrived')"
_PLACED = "b.state IN ('booked', 'arrived', 'done', 'not_done')"


def next_week(day: date) -> dict[str, date]:
    """Monday and Sunday of the week after the one of ``day``."""
    monday = day + timedelta(days=7 - day.weekday())
    return {"monday": monday, "sunday": monday + timedelta(days=6)}


def sessions(asked: Asked) -> dict[tuple[date, time], tuple[int, int]]:
    """Sessions of the coming week at the sites of the place, without those called off: {session id: (places, booked)}."""
    sql = f"""SELECT cs.id, COALESCE(SUM(sl.capacity - sl.reserved), 0), COALESCE(SUM((SELECT COUNT(*)
            FROM appointments_booking b WHERE b.slot_id = sl.id AND {_PLACED})), 0)
        FROM appointments_clinicsession cs LEFT JOIN appointments_slot sl ON sl.session_id = cs.id
            JOIN places_site s ON s.id = cs.site_id JOIN places_place o ON o.id = s.place_id
        WHERE o.code LIKE %(under)s AND cs.campaign_id = %(campaign)s AND cs.state <> 'cancelled'
            AND cs."on" >= %(monday)s AND cs."on" <= %(sunday)s GROUP BY cs.id"""
    return {pk: (int(places), int(taken)) for pk, places, taken in rows(sql, asked, **next_week(asked.day))}


def villages(asked: Asked) -> dict[str, dict[str, int]]:
    """下周接种安排 by village of the register: {village: {first, later, again, anew}}: booked for a first or a later dose, due for
    a later or the first one by that Sunday without any booking."""
    in_week = f'{_BOOKED} AND {_PLACED} AND cs."on" >= %(monday)s AND cs."on" <= %(sunday)s'
    due = f"""(status = 'open' OR (status = 'hold' AND hold_until <= %(sunday)s)) AND due_from <= %(sunday)s
        AND NOT EXISTS ({_BOOKED} AND {_ACTIVE})"""
    columns = {
        "first": f"EXISTS ({in_week} AND b.dose_number = 1)",
        "later": f"EXISTS ({in_week} AND b.dose_number > 1)",
        "again": f"{due} AND next_dose > 1",
        "anew": f"{due} AND NOT {_DONE}",
    }
    sql = f"WITH {GIVEN}, {REGISTERED} SELECT {sums(columns, before=['unit'])} FROM registered GROUP BY unit"
    return by_key(rows(sql, asked, **next_week(asked.day)), columns)


def second(asked: Asked) -> dict[str, dict[str, int]]:
    """第二剂到期: who waits for a second or later dose within a week, by village and how pressing it is; ``unbooked``: without a
    place for it."""
    now = "due_from <= %(day)s"
    columns = {
        "overdue": f"{now} AND due_to < %(day)s",
        "closing": f"{now} AND due_to >= %(day)s AND due_to <= %(soon)s",
        "due": f"{now} AND (due_to > %(soon)s OR due_to IS NULL)",
        "coming": "due_from > %(day)s",
        "": "1 = 1",
        "unbooked": f"NOT EXISTS ({_BOOKED} AND {_ACTIVE} AND b.dose_number = next_dose)",
    }
    sql = f"""WITH {REGISTERED} SELECT {sums(columns, before=["unit"])} FROM registered
        WHERE next_dose >= 2 AND due_from <= %(soon)s AND (status = 'open' OR (status = 'hold' AND hold_until <= %(day)s))
        GROUP BY unit"""
    return by_key(rows(sql, asked, soon=asked.day + timedelta(days=7)), columns)


def rosters(asked: Asked) -> dict[int, int]:
    """预约花名册 of the day: {session id: people of the place booked there}."""
    sql = f"""SELECT cs.id, COUNT(*) FROM appointments_booking b JOIN appointments_slot sl ON sl.id = b.slot_id
            JOIN appointments_clinicsession cs ON cs.id = sl.session_id
        WHERE cs.campaign_id = %(campaign)s AND cs."on" = %(day)s AND cs.state <> 'cancelled' AND {_PLACED}
            AND b.village_code LIKE %(under)s GROUP BY cs.id"""
    return dict(rows(sql, asked))
