"""How the facts are asked: one campaign, the places under a code prefix, a day; and the rows that most questions share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

# A person's doses against the disease, numbered by day; ``need``: the doses of a whole primary course of the product.
GIVEN = """
    given AS MATERIALIZED (
        SELECT d.id, d.resident_id, d.given_on, d.recorded_at, v.primary_doses AS need,
               ROW_NUMBER() OVER (PARTITION BY d.resident_id ORDER BY d.given_on, d.id) AS n
        FROM residents_vaccinationrecord d JOIN inventory_vaccine v ON v.id = d.vaccine_id
        WHERE d.voided_at IS NULL AND d.disease = %(disease)s AND d.season = %(season)s
    )"""
OF_AGE = "p.removed_on IS NULL AND p.birth_date <= %(oldest_needed)s AND p.birth_date > %(too_old)s"
# Who is counted in a unit of the place.
COUNTED = f"""
    counted AS (
        SELECT e.id AS enrolment_id, e.unit_code AS unit, p.id AS resident_id, p.birth_date, {OF_AGE} AS on_target,
               e.status, e.hold_until, e.next_dose, e.due_from, e.due_to, p.village_id, p.village_code, p.group_no, p.grid,
               p.residence, p.not_vaccinated_reason AS reason, p.responsible_name
        FROM residents_enrolment e JOIN residents_resident p ON p.id = e.resident_id
        WHERE e.campaign_id = %(campaign)s AND e.unit_code LIKE %(under)s
    )"""
# Who is on the register of a village of the place, wherever counted.
REGISTERED = f"""
    registered AS (
        SELECT e.id AS enrolment_id, p.id AS resident_id, p.village_code AS unit, p.village_id, p.village_code, p.group_no,
               p.grid, p.birth_date, p.residence, p.responsible_name, e.status, e.hold_until, e.next_dose, e.due_from,
               e.due_to, {OF_AGE} AS of_age
        FROM residents_enrolment e JOIN residents_resident p ON p.id = e.resident_id
        WHERE e.campaign_id = %(campaign)s AND p.village_code LIKE %(under)s AND p.removed_on IS NULL
    )"""


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
            "start": midnight(self.day),
            "end": midnight(self.day + timedelta(days=1)),
        }

    def born_by(self, age: int) -> date:
        """The last birthday that makes ``age`` on the reference day of the campaign."""
        ref = self.campaign.target_age_ref_date
        try:
            return ref.replace(year=ref.year - age)
        except ValueError:  # born on a 29 February: of age on 1 March
            return date(ref.year - age, 2, 28)


def stored(moment: datetime):
    """A moment as the database keeps it: SQLite compares texts, in UTC."""
    return connection.ops.adapt_datetimefield_value(moment)


def midnight(day: date):
    """When ``day`` begins, as the database keeps it."""
    return stored(timezone.make_aware(datetime.combine(day, time.min)))


def rows(sql: str, asked: Asked, **more) -> list[tuple]:
    """What ``sql`` answers, with the values of ``asked`` and ``more`` as its parameters."""
    with connection.cursor() as cursor:
        cursor.execute(sql, asked.values | more)
        return cursor.fetchall()


def sums(columns: dict[str, str], *, before: Iterable[str] = ()) -> str:
    """The columns ``before``, then how many rows meet each condition."""
    return ", ".join([*before, *(f"SUM(CASE WHEN {when} THEN 1 ELSE 0 END)" for when in columns.values())])


def by_key(found: Iterable[tuple], names: Iterable[str], keys: int = 1) -> dict:
    """{key: {name: number}}, without zeros and without keys that have nothing. ``keys``: how many columns make the key."""
    names, table = list(names), {}
    for row in found:
        key = row[0] if keys == 1 else row[:keys]
        values = {name: int(n) for name, n in zip(names, row[keys:], strict=True) if n}
        if values:
            table[key] = values
    return table


def as_day(value) -> date | None:
    """A date, which SQLite may hand out as a text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
