"""Stock: everything from the movements, in vials and doses; what is set apart from the word on the shelf."""

from datetime import date, timedelta

from tests.reports.independent.asking import Asked, as_day, by_key, rows

_MOVED = """
    moved AS (
        SELECT m.site_id, s.name AS site, m.lot_id, l.lot_no, l.expires_on, l.state, x.code AS vaccine, m."on" AS moved_on,
               m.vials, m.open_doses, m.vials * pr.doses_per_vial + m.open_doses AS doses,
               COALESCE(back.kind, m.kind) AS deed
        FROM inventory_stockmovement m LEFT JOIN inventory_stockmovement back ON back.id = m.reverses_id
            JOIN inventory_lot l ON l.id = m.lot_id JOIN inventory_presentation pr ON pr.id = l.presentation_id
            JOIN inventory_vaccine x ON x.id = pr.vaccine_id
            JOIN places_site s ON s.id = m.site_id JOIN places_place o ON o.id = s.place_id
        WHERE o.code LIKE %(under)s
    )"""
_ENDS = ("< %(since)s", "<= %(day)s")
# A lot may be given to its last day, unless it is recalled or held everywhere, or held on this shelf.
_GOOD = """state = 'usable' AND expires_on >= %(day)s AND NOT EXISTS (SELECT 1 FROM inventory_stocklevel v
    WHERE v.site_id = moved.site_id AND v.lot_id = moved.lot_id AND v.held_reason <> '')"""


def stock(asked: Asked) -> dict[str, tuple[int, int]]:
    """What the movements leave at each site of the place: {site: (vials, doses)}, sites with nothing left out."""
    sql = f"WITH {_MOVED} SELECT site, SUM(vials), SUM(doses) FROM moved GROUP BY site"
    return {site: (int(vials), int(left)) for site, vials, left in rows(sql, asked) if vials or left}


def lots(asked: Asked) -> dict[tuple[str, str], tuple[int, int, int]]:
    """库存表: {(site, lot): (vials, opened doses, doses)}."""
    sql = f"""WITH {_MOVED} SELECT site, lot_no, SUM(vials), SUM(open_doses), SUM(doses) FROM moved
        GROUP BY site, lot_no"""
    found = {(site, lot): tuple(map(int, left)) for site, lot, *left in rows(sql, asked)}
    return {key: left for key, left in found.items() if any(left)}


def ledger(asked: Asked, since: date) -> dict[tuple[str, str], tuple[int, ...]]:
    """出入库台账 of lots with a balance or a movement: {(site, lot): (vials before ``since``, after the day, doses before, after)}."""
    ends = [
        f"SUM(CASE WHEN moved_on {when} THEN {what} ELSE 0 END)"
        for what in ("vials", "doses")
        for when in _ENDS
    ]
    moved = "SUM(CASE WHEN moved_on >= %(since)s AND moved_on <= %(day)s THEN 1 ELSE 0 END)"
    sql = f"WITH {_MOVED} SELECT site, lot_no, {moved}, {', '.join(ends)} FROM moved GROUP BY site, lot_no"
    found = {}
    for site, lot, moves, *numbers in rows(sql, asked, since=since):
        ends = tuple(map(int, numbers))
        if moves or ends[0] or ends[2]:
            found[site, lot] = ends
    return found


def by_vaccine(asked: Asked, since: date) -> dict[tuple[str, str], dict[str, int]]:
    """库存分析 on the day: {(vaccine, site): {vials, doses, usable, used, wasted_open, wasted_closed}}; the last three from
    ``since`` to the day, a movement that takes another one back counting with the kind of that one."""
    spell = "moved_on >= %(since)s AND moved_on <= %(day)s"
    amounts = {
        "vials": "vials",
        "doses": "doses",
        "usable": f"CASE WHEN {_GOOD} THEN doses ELSE 0 END",
        "used": f"CASE WHEN {spell} AND deed = 'use' THEN -doses ELSE 0 END",
        "wasted_open": f"CASE WHEN {spell} AND deed = 'waste_open' THEN -doses ELSE 0 END",
        "wasted_closed": f"CASE WHEN {spell} AND deed IN ('waste_closed', 'disposal') THEN -doses ELSE 0 END",
    }
    columns = ", ".join(f"SUM({one})" for one in amounts.values())
    sql = f"WITH {_MOVED} SELECT vaccine, site, {columns} FROM moved GROUP BY vaccine, site"
    return by_key(rows(sql, asked, since=since), amounts, keys=2)


def used_by_day(asked: Asked) -> dict[tuple[str, date], int]:
    """Doses given at the sites of the place in the sixty days to the day: {(vaccine, day): doses}."""
    sql = f"""WITH {_MOVED} SELECT vaccine, moved_on, -SUM(doses) FROM moved
        WHERE deed = 'use' AND moved_on > %(back)s AND moved_on <= %(day)s GROUP BY vaccine, moved_on"""
    found = rows(sql, asked, back=asked.day - timedelta(days=60))
    return {(vaccine, as_day(day)): int(doses) for vaccine, day, doses in found}


def cover(asked: Asked) -> dict[str, int]:
    """够用几天: how many open days the usable doses of a vaccine last, going on as on the last seven days on which any vaccine was
    given; vaccines of which nothing was given then are left out."""
    used = used_by_day(asked)
    totals: dict[date, int] = {}
    for (_, day), doses in used.items():
        totals[day] = totals.get(day, 0) + doses
    opened = sorted((day for day, doses in totals.items() if doses > 0), reverse=True)[:7]
    usable: dict[str, int] = {}
    for (vaccine, _), values in by_vaccine(asked, asked.day).items():
        usable[vaccine] = usable.get(vaccine, 0) + values.get("usable", 0)
    paced = {vaccine: sum(used.get((vaccine, day), 0) for day in opened) for vaccine in usable}
    return {vaccine: usable[vaccine] * len(opened) // n for vaccine, n in paced.items() if n > 0}
