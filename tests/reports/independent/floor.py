"""What happened at the sites: doses, guests, reactions, whom the doctors sent away."""

from datetime import date

from tests.reports.independent.asking import Asked, midnight, rows, sums

_AT_SITES = "JOIN places_site s ON s.id = {of}.site_id JOIN places_place o ON o.id = s.place_id"


def given_here(asked: Asked, start=None, end=None) -> tuple[int, int]:
    """Workload: doses given at the sites of the place (of the day, or between two moments), and how many of them to people
    registered elsewhere."""
    sql = f"""SELECT COUNT(*), SUM(CASE WHEN p.village_code LIKE %(under)s THEN 0 ELSE 1 END)
        FROM clinic_dose d JOIN residents_vaccinationrecord r ON r.id = d.record_id
            JOIN residents_resident p ON p.id = r.resident_id {_AT_SITES.format(of="d")}
        WHERE o.code LIKE %(under)s AND r.voided_at IS NULL AND d.given_at >= %(start)s AND d.given_at < %(end)s"""
    span = {name: moment for name, moment in (("start", start), ("end", end)) if moment is not None}
    [(all_of_them, guests)] = rows(sql, asked, **span)
    return all_of_them, guests or 0


def reactions(asked: Asked, start=None, end=None) -> tuple[int, int]:
    """AEFI told of doses given at the sites of the place: (on the day or between two moments, until its end)."""
    sql = f"""SELECT SUM(CASE WHEN a.reported_at >= %(start)s THEN 1 ELSE 0 END), COUNT(*)
        FROM clinic_adverseevent a JOIN clinic_dose d ON d.id = a.dose_id {_AT_SITES.format(of="d")}
        WHERE o.code LIKE %(under)s AND a.reported_at < %(end)s"""
    span = {name: moment for name, moment in (("start", start), ("end", end)) if moment is not None}
    [(of_day, so_far)] = rows(sql, asked, **span)
    return of_day or 0, so_far


def cases(asked: Asked) -> dict[str, tuple[int, int]]:
    """AEFI of this campaign told until the end of the day: {class: (cases, serious ones)}."""
    sql = f"""SELECT a.first_class, COUNT(*), SUM(CASE WHEN a.is_serious THEN 1 ELSE 0 END)
        FROM clinic_adverseevent a JOIN clinic_dose d ON d.id = a.dose_id JOIN clinic_visit v ON v.id = d.visit_id
            JOIN residents_enrolment e ON e.id = v.enrolment_id {_AT_SITES.format(of="d")}
        WHERE o.code LIKE %(under)s AND e.campaign_id = %(campaign)s AND a.reported_at < %(end)s GROUP BY a.first_class"""
    return {kind: (n, int(serious)) for kind, n, serious in rows(sql, asked)}


def cases_by_vaccine(asked: Asked, since: date) -> dict[str, dict[str, int]]:
    """Of doses given from ``since`` to the day at the sites: {vaccine: {class: cases, "doses": valid doses}}."""
    of_them = f"""FROM clinic_dose d JOIN residents_vaccinationrecord r ON r.id = d.record_id
            JOIN inventory_lot l ON l.id = d.lot_id JOIN inventory_presentation pr ON pr.id = l.presentation_id
            JOIN inventory_vaccine x ON x.id = pr.vaccine_id JOIN clinic_visit v ON v.id = d.visit_id
            JOIN residents_enrolment e ON e.id = v.enrolment_id {_AT_SITES.format(of="d")}"""
    where = """WHERE o.code LIKE %(under)s AND e.campaign_id = %(campaign)s
            AND r.given_on >= %(since)s AND r.given_on <= %(day)s"""
    sql = f"""SELECT x.code, 'doses', COUNT(*) {of_them} {where} AND r.voided_at IS NULL GROUP BY x.code
        UNION ALL SELECT x.code, a.first_class, COUNT(*) {of_them} JOIN clinic_adverseevent a ON a.dose_id = d.id
            {where} GROUP BY x.code, a.first_class"""
    found: dict[str, dict[str, int]] = {}
    for vaccine, what, n in rows(sql, asked, since=since):
        found.setdefault(vaccine, {})[what] = n
    return found


def sent_away(asked: Asked, since: date) -> dict[str, int]:
    """People sent away from ``since`` to the day, each once by the last decision that was no pass: {DEFER, CONTRA: people}."""
    sql = f"""SELECT outcome, COUNT(*) FROM (
            SELECT c.outcome, ROW_NUMBER() OVER (PARTITION BY v.enrolment_id ORDER BY c.at DESC, c.id DESC) AS back
            FROM clinic_screening c JOIN clinic_visit v ON v.id = c.visit_id
                JOIN residents_enrolment e ON e.id = v.enrolment_id {_AT_SITES.format(of="v")}
            WHERE o.code LIKE %(under)s AND e.campaign_id = %(campaign)s AND c.outcome <> 'PASS'
                AND v."on" >= %(since)s AND v."on" <= %(day)s) AS sent WHERE back = 1 GROUP BY outcome"""
    return dict(rows(sql, asked, since=since))


def screened(asked: Asked, since: date) -> dict[str, int]:
    """Screenings from ``since`` to the day at the sites, whatever the campaign: {outcome: how many}."""
    sql = f"""SELECT c.outcome, COUNT(*) FROM clinic_screening c JOIN clinic_visit v ON v.id = c.visit_id
            {_AT_SITES.format(of="v")}
        WHERE o.code LIKE %(under)s AND c.at >= %(from)s AND c.at < %(end)s GROUP BY c.outcome"""
    return dict(rows(sql, asked, **{"from": midnight(since)}))


def guests(asked: Asked, since: date) -> tuple[int, int]:
    """就近接种 (S116): visits of people of other townships at the sites of the place, and of people of the place at the sites of
    other townships, from ``since`` to the day. Where somebody came from is as it was noted at check-in."""
    columns = {"here": "o.code LIKE %(under)s", "away": "h.code LIKE %(under)s"}
    sql = f"""SELECT {sums(columns)} FROM clinic_visit v JOIN places_place h ON h.id = v.guest_from_id
            {_AT_SITES.format(of="v")}
        WHERE v."on" >= %(since)s AND v."on" <= %(day)s"""
    [(here, gone)] = rows(sql, asked, since=since)
    return here or 0, gone or 0


def where_given(asked: Asked) -> dict[tuple[int | None, str], int]:
    """All doses until the day that were given at a site of the place or count in a unit of it: {(site id, unit): doses}; site
    None: given outside this system; unit "": counts nowhere in the place."""
    sql = """SELECT d.site_id, COALESCE(e.unit_code, ''), COUNT(*)
        FROM residents_vaccinationrecord r
            LEFT JOIN residents_enrolment e ON e.resident_id = r.resident_id AND e.campaign_id = %(campaign)s
                AND e.unit_code LIKE %(under)s
            LEFT JOIN clinic_dose d ON d.record_id = r.id
            LEFT JOIN places_site s ON s.id = d.site_id LEFT JOIN places_place o ON o.id = s.place_id
        WHERE r.voided_at IS NULL AND r.disease = %(disease)s AND r.season = %(season)s AND r.given_on <= %(day)s
            AND (e.unit_code IS NOT NULL OR o.code LIKE %(under)s)
        GROUP BY d.site_id, COALESCE(e.unit_code, '')"""
    return {(site, unit): n for site, unit, n in rows(sql, asked)}
