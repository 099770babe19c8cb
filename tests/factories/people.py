"""Synthetic people for tests: numbers of a region that no real card carries, correct check digits."""

from datetime import date
from itertools import count

from core.idnumbers import check_digit, mask
from residents.models import Enrolment, Resident, ResidentIdentifier
from residents.services.enrolments import enrol

_sequence = count(1)


def id_number(birth: date, sequence: int, region: str = "999999") -> str:
    """An 18-digit number; an odd ``sequence`` is a man's."""
    body = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return body + check_digit(body)


def make_resident(
    village, *, name="王伟", birth_date=date(1980, 5, 1), sex="M", number=None, **fields
) -> Resident:
    """A resident with one ID card, written directly (not through the service): for tests of other rooms."""
    n = next(_sequence)
    resident = Resident.objects.create(
        name=name, birth_date=birth_date, sex=sex, village=village, village_code=village.code, **fields
    )
    number = number or id_number(birth_date, (n * 2 + (sex == "M")) % 1000, f"99{n // 400 % 10000:04d}")
    ResidentIdentifier.objects.create(
        resident=resident,
        number=number,
        number_hash=ResidentIdentifier.hash_of("01", number),
        masked=mask(number),
        last4=number[-4:],
    )
    return resident


def make_enrolled(village, campaign, today, actor=None, **fields):
    """A resident enrolled in ``campaign``; returns the enrolment."""
    (enrolment,) = enrol_all([make_resident(village, **fields)], campaign, today, actor)
    return enrolment


def enrol_all(residents, campaign, today, actor=None) -> list[Enrolment]:
    """The enrolments of ``residents`` in their order, made in one deed, which is cheaper than one a person."""
    enrol(residents=residents, campaign=campaign, actor=actor, today=today)
    rows = Enrolment.objects.filter(campaign=campaign, resident__in=residents)
    made = {row.resident_id: row for row in rows}
    for resident in residents:
        made[resident.pk].resident = resident
    return [made[resident.pk] for resident in residents]
