"""The figures of the reports once more: plain SQL over the facts, written from the words of docs/reports.md and
domain §7, without a line of ``reports``. What both ways agree on is right twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

# A person's doses against the disease, numbered by day; ``need``: the doses of a whole primary course of the product.
_GIVEN = """
    given AS (
        SELECT d.resident_id, d.given_on, d.recorded_at, v.primary_doses AS need,
               ROW_NUMBER() OVER (PARTITION BY d.resident_id ORDER BY d.given_on, d.id) AS n
        FROM residents_vaccinationrecord d JOIN inventory_vaccine v ON v.id = d.vaccine_id
        WHERE d.voided_at IS NULL AND d.disease = %(disease)s AND d.season = %(season)s
    )"""
_COUNTED = """
    counted AS (
        SELECT e.id AS enrolment_id, e.unit_code AS unit, p.id AS resident_id, p.birth_date,
               p.removed_on IS NULL AND p.birth_date <= %(oldest_needed)s AND p.birth_date > %(too_old)s AS on_target
        FROM residents_enrolment e JOIN residents_resident p ON p.id = e.resident_id
        WHERE e.campaign_id = %(campaign)s AND e.unit_code LIKE %(under)s
    )"""
_DOSE_COLUMNS = {
    "dose_1": "n <= need AND n = 1",
    "dose_2": "n <= need AND n = 2",
    "dose_3": "n <= need AND n >= 3",
    "booster_1": "n = need + 1",
    "booster_2": "n > need + 1",
}
_PEOPLE_COLUMNS = {"first": "n = 1", "complete": "n = need", "booster": "n = need + 1"}


@dataclass(frozen=True)
class Asked:
    """One campaign, the places under one code prefix, one day."""

    campaign: object
    prefix: str
    day: date

    @property
    def values(self) -> dict:
        """The parameters that every question shares."""
        low, high = self.campaign.cohort.get("age_min", 0), self.campaign.cohort.get("age_max")
        start = timezone.make_aware(datetime.combine(self.day, time.min))
        return {
            "campaign": self.campaign.pk,
            "disease": self.campaign.disease,
            "season": self.campaign.season,
            "under": f"{self.prefix}%",
            "oldest_needed": self.born_by(low),
            "too_old": date.min if high is None else self.born_by(high + 1),
            "born_60": self.born_by(60),
            "born_80": self.born_by(80),
            "day": self.day,
            # As the database keeps them: SQLite compares texts, in UTC.
            "start": connection.ops.adapt_datetimefield_value(start),
            "end": connection.ops.adapt_datetimefield_value(start + timedelta(days=1)),
        }

    def born_by(self, age: int) -> date:
        """The last birthday that makes ``age`` on the reference day of the campaign."""
        ref = self.campaign.target_age_ref_date
        try:
            return ref.replace(year=ref.year - age)
        except ValueError:  # born on a 29 February: of age on 1 March
            return date(ref.year - age, 2, 28)


def _rows(sql: str, asked: Asked) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked.values)
        return cursor.fetchall()


def _sums(columns: dict[str, str], *, before: Iterable[str] = ()) -> str:
    return ", ".join([*before, *(f"SUM(CASE WHEN {when} THEN 1 ELSE 0 END)" for when in columns.values())])


def _by_unit(sql: str, asked: Asked, names: Iterable[str]) -> dict[str, dict[str, int]]:
    """{unit: {name: number}}, without zeros and without units that have nothing."""
    names, found = list(names), {}
    for unit, *numbers in _rows(sql, asked):
        values = {name: int(n) for name, n in zip(names, numbers, strict=True) if n}
        if values:
            found[unit] = values
    return found


def targets(asked: Asked) -> dict[str, dict[str, int]]:
    """应种人数, all, of 60 and over, of 80 and over: {unit: {target, target_60, target_80}}."""
    names = {
        "target": "on_target",
        "target_60": "on_target AND birth_date <= %(born_60)s",
        "target_80": "on_target AND birth_date <= %(born_80)s",
    }
    sql = f"WITH {_COUNTED} SELECT {_sums(names, before=['unit'])} FROM counted GROUP BY unit"
    return _by_unit(sql, asked, names)


def doses(asked: Asked, *, of_day: bool) -> dict[str, dict[str, int]]:
    """Doses by number in people whom a unit counts, of the day or until the day: {unit: {dose_1 … booster_2}}."""
    when = "=" if of_day else "<="
    sql = f"""WITH {_GIVEN}, {_COUNTED} SELECT {_sums(_DOSE_COLUMNS, before=["unit"])}
        FROM given JOIN counted ON counted.resident_id = given.resident_id
        WHERE given_on {when} %(day)s GROUP BY unit"""
    return _by_unit(sql, asked, _DOSE_COLUMNS)


def people(asked: Asked, *, of_day: bool = False, older: int = 0) -> dict[str, dict[str, int]]:
    """Target persons who reached 首剂, 全程, 加强 on the day or until it: {unit: {first, complete, booster}}."""
    when = "=" if of_day else "<="
    aged = f"AND birth_date <= %(born_{older})s" if older else ""
    sql = f"""WITH {_GIVEN}, {_COUNTED} SELECT {_sums(_PEOPLE_COLUMNS, before=["unit"])}
        FROM given JOIN counted ON counted.resident_id = given.resident_id
        WHERE given_on {when} %(day)s AND on_target {aged} GROUP BY unit"""
    return _by_unit(sql, asked, _PEOPLE_COLUMNS)


def late(asked: Asked) -> dict[str, int]:
    """补录: doses written down on the day and given before it: {unit: doses}."""
    sql = f"""WITH {_GIVEN}, {_COUNTED} SELECT unit, COUNT(*)
        FROM given JOIN counted ON counted.resident_id = given.resident_id
        WHERE recorded_at >= %(start)s AND recorded_at < %(end)s AND given_on < %(day)s GROUP BY unit"""
    return dict(_rows(sql, asked))


def unreached(asked: Asked) -> dict[str, int]:
    """Target persons without any dose until the day: {unit: people}."""
    sql = f"""WITH {_GIVEN}, {_COUNTED} SELECT unit, COUNT(*) FROM counted
        WHERE on_target AND NOT EXISTS (SELECT 1 FROM given
            WHERE given.resident_id = counted.resident_id AND given_on <= %(day)s) GROUP BY unit"""
    return dict(_rows(sql, asked))


def given_here(asked: Asked) -> tuple[int, int]:
    """Workload: doses given at the sites of the place on the day, and how many of them to people registered elsewhere."""
    sql = """SELECT COUNT(*), SUM(CASE WHEN p.village_code LIKE %(under)s THEN 0 ELSE 1 END)
        FROM clinic_dose d JOIN residents_vaccinationrecord r ON r.id = d.record_id
            JOIN residents_resident p ON p.id = r.resident_id
            JOIN places_site s ON s.id = d.site_id JOIN places_place o ON o.id = s.place_id
        WHERE o.code LIKE %(under)s AND r.voided_at IS NULL AND d.given_at >= %(start)s AND d.given_at < %(end)s"""
    [(all_of_them, guests)] = _rows(sql, asked)
    return all_of_them, guests or 0


def stock(asked: Asked) -> dict[str, tuple[int, int]]:
    """What the movements leave at each site of the place: {site: (vials, doses)}, sites with nothing left out."""
    sql = """SELECT s.name, SUM(m.vials), SUM(m.vials * pr.doses_per_vial + m.open_doses)
        FROM inventory_stockmovement m JOIN inventory_lot l ON l.id = m.lot_id
            JOIN inventory_presentation pr ON pr.id = l.presentation_id JOIN places_site s ON s.id = m.site_id JOIN places_place o ON o.id = s.place_id
        WHERE o.code LIKE %(under)s GROUP BY s.name"""
    return {site: (int(vials), int(left)) for site, vials, left in _rows(sql, asked) if vials or left}


def reactions(asked: Asked) -> tuple[int, int]:
    """AEFI told of doses given at the sites of the place: (on the day, until the day)."""
    sql = """SELECT SUM(CASE WHEN a.reported_at >= %(start)s THEN 1 ELSE 0 END), COUNT(*)
        FROM clinic_adverseevent a JOIN clinic_dose d ON d.id = a.dose_id
            JOIN places_site s ON s.id = d.site_id JOIN places_place o ON o.id = s.place_id
        WHERE o.code LIKE %(under)s AND a.reported_at < %(end)s"""
    [(of_day, so_far)] = _rows(sql, asked)
    return of_day or 0, so_far


def where_given(asked: Asked) -> dict[tuple[int | None, str], int]:
    """All doses until the day that were given at a site of the place or count in a unit of it: {(site id, unit): doses}; site
    None: given outside this system; unit "": counts nowhere in the place."""
    sql = f"""WITH {_COUNTED} SELECT d.site_id, COALESCE(counted.unit, ''), COUNT(*)
        FROM residents_vaccinationrecord r
            LEFT JOIN counted ON counted.resident_id = r.resident_id
            LEFT JOIN clinic_dose d ON d.record_id = r.id
            LEFT JOIN places_site s ON s.id = d.site_id LEFT JOIN places_place o ON o.id = s.place_id
        WHERE r.voided_at IS NULL AND r.disease = %(disease)s AND r.season = %(season)s AND r.given_on <= %(day)s
            AND (counted.unit IS NOT NULL OR o.code LIKE %(under)s)
        GROUP BY d.site_id, COALESCE(counted.unit, '')"""
    return {(site, unit): n for site, unit, n in _rows(sql, asked)}
