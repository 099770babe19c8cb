"""People through the register's own services."""

from itertools import count
from uuid import uuid4

from residents.services.persons import clean_values
from residents.services.register import add_resident
from tests.factories.people import id_number

_sequence = count(1)


def typed(birth_date, **more) -> dict:
    """What a cadre types for a man with a correct card; ``more`` changes or adds fields."""
    number = id_number(birth_date, (next(_sequence) * 2 + 1) % 1000, "998877")
    return {"name": "李建国", "id_type": "01", "number": number, "phone": "13812345678"} | more


def cleaned(village, today, **raw):
    """The PersonValues of ``raw``; fails the test on a problem."""
    values, problems = clean_values(raw, village=village, today=today)
    assert values is not None, problems
    return values


def register_person(village, today, *, actor=None, birth_date=None, **more):
    """A resident registered through the service."""
    born = birth_date or today.replace(year=today.year - 40, day=1)
    raw = typed(born, **more) | ({"birth_date": born} if more.get("id_type", "01") != "01" else {})
    return add_resident(actor=actor, values=cleaned(village, today, **raw), key=uuid4(), today=today)
